#!/bin/sh
exec python3 -B "${abs_top_srcdir:?is set by make check}/tests/mail/html_test.py"
