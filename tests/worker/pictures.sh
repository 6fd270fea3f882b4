#!/bin/sh
# What is read in pictures: see pictures_test.py.
. "${abs_top_srcdir:-.}/tests/tap.sh"
[ -x "$build/ringer-qr" ] || skip_all "built without zbar"
command -v qrencode >/dev/null || skip_all "qrencode is not installed"
exec python3 -B "$top/tests/worker/pictures_test.py"
