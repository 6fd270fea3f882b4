#!/bin/sh
# As root in a mount namespace of its own: the file systems that are mounted go with the test.
# In a chroot, / is no mount whose propagation could be changed; the test unmounts at its end by itself.
if [ "$(id -u)" = 0 ]; then
    unshare -m true 2>/dev/null && exec unshare -m python3 -B "${0%.sh}_test.py"
    exec unshare -m --propagation unchanged python3 -B "${0%.sh}_test.py"
fi
exec python3 -B "${0%.sh}_test.py"
