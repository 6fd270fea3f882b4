#!/bin/sh
# unshare --mount own_cgroup.sh COMMAND...: runs the command in a cgroup of its own, which goes with it, and with cgroups
# of the second version where it looks for them. A systemd in a container needs both.
set -e
cgroups=/sys/fs/cgroup
mount --make-rprivate /
if [ "$(stat -f -c %T $cgroups)" != cgroup2fs ]; then
    umount -l $cgroups 2>/dev/null || :
    mount -t cgroup2 cgroup2 $cgroups
fi
own=$cgroups$(sed -n 's/^0:://p' /proc/self/cgroup)
group=$own/ringer-test.$$
mkdir "$group"
echo 0 >"$group/cgroup.procs"
code=0
"$@" || code=$?
echo 0 >"$own/cgroup.procs"
find "$group" -depth -type d -exec rmdir {} + || :
exit $code
