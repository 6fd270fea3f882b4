#!/bin/sh
# ringerd as `make install` leaves it, run by a real systemd with everything that our unit forbids: systemd is the first
# process of a container of its own, which sees this machine's programs and writes to memory only. In it inside.py
# sends mail with attachments and asks for SPF.
. "${abs_top_srcdir:-.}/tests/tap.sh"
[ "$(id -u)" = 0 ] || skip_all "only root can start a systemd"
[ -x /lib/systemd/systemd ] || skip_all "systemd is not installed"
command -v unshare >/dev/null || skip_all "unshare is not installed"

# at most 15 tenths of exposure, and nothing in it that this systemd does not know
systemd-analyze verify --help >/dev/null 2>&1 || skip_all "no systemd-analyze"
root=$dir/root
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$build" install DESTDIR="$root" prefix=/usr sysconfdir=/etc \
    localstatedir=/var mandir=/usr/share/man bindir=/usr/bin sbindir=/usr/sbin >"$dir/out" 2>&1
ok "make install"
unit=$root/usr/lib/systemd/system/ringerd.service
says "the unit is well confined" 0 "" systemd-analyze security --offline=true --threshold=15 --no-pager "$unit"

# Everything below /usr, /etc and /var may be written to and is forgotten; this machine's kernel settings may not.
cat >"$dir/inside" <<EOF
set -e
umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -o remount,bind,ro /proc/sys 2>/dev/null || { mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys; }
mkdir "$dir/memory"
mount -t tmpfs -o mode=755 tmpfs "$dir/memory"
for top in etc usr var; do
    mkdir -p "$dir/memory/\$top" "$dir/memory/work-\$top" "$root/\$top"
    mount -t overlay -o "lowerdir=$root/\$top:/\$top,upperdir=$dir/memory/\$top,workdir=$dir/memory/work-\$top" overlay /\$top
done
mount -t tmpfs -o mode=755 tmpfs /run
# only what this test starts: nothing that the machine has enabled
rm -rf /etc/systemd/system
mkdir -p /etc/systemd/system /run/systemd/system /var/log
cat >/run/systemd/system/test.service <<UNIT
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
Environment="abs_top_srcdir=$top" "abs_top_builddir=$build" "RINGER_TEST_DIR=$dir" "PATH=$PATH"
ExecStart=/usr/bin/env python3 -B $top/tests/systemd/inside.py
ExecStopPost=/bin/kill -s RTMIN+4 1
StandardOutput=file:$dir/tap
StandardError=file:$dir/tap.err
UNIT
exec env -i container=ringer-test /lib/systemd/systemd --system --unit=test.service --log-target=console --show-status=0
EOF
unshare --mount sh "$top/tests/systemd/own_cgroup.sh" timeout -k 9 240 unshare --cgroup --pid --ipc --uts --net --fork --kill-child \
    --mount-proc sh "$dir/inside" >"$dir/console" 2>&1
if [ ! -s "$dir/tap" ]; then
    grep -q "unshare failed\|root filesystem propagation\|overlay.*unknown\|Operation not permitted\|Permission denied" "$dir/console" &&
        skip "ringerd under its unit" "no container here: $(head -n 1 "$dir/console")" && done_testing && exit
    cp "$dir/console" "$dir/out"
    ok "a systemd in a container" false
fi
while read -r line; do
    case $line in
    "ok "*) tap_line 0 "${line#ok * - }" ;;
    "not ok "*) tap_n=$((tap_n + 1)) && echo "not ok $tap_n - ${line#not ok * - }" ;;
    "#"*) echo "$line" ;;
    esac
done <"$dir/tap"
ok "all of the test ran" grep -q '^1\.\.' "$dir/tap"
sed 's/^/# /' "$dir/tap.err"
done_testing
