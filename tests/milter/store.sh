#!/bin/sh
# As root in a mount namespace of its own: the file systems that are mounted go with the test.
[ "$(id -u)" != 0 ] || exec unshare -m python3 -B "${0%.sh}_test.py"
exec python3 -B "${0%.sh}_test.py"
