#!/bin/sh
# A few kills in make check; `make kills` does KILLS=1000.
exec python3 -B "${abs_top_srcdir:?is set by make check}/tests/postfix/kills_test.py"
