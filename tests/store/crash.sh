#!/bin/sh
# What was acknowledged is there: after kill -9, on a full disk, without the right to write.
set -u
. "${abs_top_srcdir:-.}/tests/tap.sh"
tool=$build/tests/store/store_tool

# --- killed in the middle, five times over; the store is never repaired by hand
bad=0 total=0
for delay in 0.3 0.45 0.6 0.35 0.5; do
    "$tool" hammer "sqlite:$dir/db" 8 >"$dir/ids" 2>"$dir/err" &
    pid=$!
    sleep $delay
    kill -9 $pid
    wait $pid 2>/dev/null
    grep -E '^[0-9a-z]{26}$' "$dir/ids" >>"$dir/all"
    checked=$("$tool" verify "sqlite:$dir/db" <"$dir/all" 2>"$dir/err") || bad=1
    total=${checked:-0}
done
echo "# $total messages were acknowledged"
[ $bad = 0 ] && [ "$total" -gt 50 ]
ok "everything acknowledged before kill -9 is there, unharmed"
[ "$(python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone()[0])' "$dir/db")" = ok ]
ok "the file is sound"

# --- a disk that fills up (a limit on file size where no file system can be mounted)
mkdir "$dir/full"
mounted=
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=6m none "$dir/full" 2>/dev/null; then
    mounted=1
    at_exit() { umount "$dir/full"; }
    "$tool" hammer "sqlite:$dir/full/db" 4 >"$dir/ids" 2>"$dir/err"
    status=$?
else
    (ulimit -f 6000; trap '' XFSZ; "$tool" hammer "sqlite:$dir/full/db" 4) >"$dir/ids" 2>"$dir/err"
    status=$?
fi
[ $status = 1 ] && grep -Eq 'no space left|full' "$dir/err" && [ "$(wc -l <"$dir/ids")" -gt 50 ]
ok "a full disk is an error with a remedy${mounted:+ (tmpfs)}"
"$tool" verify "sqlite:$dir/full/db" <"$dir/ids" >"$dir/out" 2>"$dir/err"
ok "and everything acknowledged before is there"

# --- no right to write: root may always, so it becomes nobody first
chmod 755 "$dir"
cp "$dir/db" "$dir/ro.db"
if [ "$(id -u)" = 0 ]; then
    chmod 444 "$dir/ro.db"
    as="setpriv --reuid=65534 --regid=65534 --clear-groups"
else
    chmod 444 "$dir/ro.db"
    chmod 555 "$dir"
    as=
fi
# shellcheck disable=SC2086
timeout 30 $as "$tool" hammer "sqlite:$dir/ro.db" 1 >"$dir/ids" 2>"$dir.err"
status=$?
[ $status = 1 ] && [ ! -s "$dir/ids" ] && grep -Eq 'cannot be written|Permission|cannot create' "$dir.err"
status=$?
chmod 755 "$dir"
mv "$dir.err" "$dir/err"
ok "a store that cannot be written acknowledges nothing" [ $status = 0 ]

# --- damage
cp "$dir/db" "$dir/bad.db"
size=$(stat -c %s "$dir/bad.db")
dd if=/dev/urandom of="$dir/bad.db" bs=4096 seek=1 count=$((size / 4096 - 1)) conv=notrunc 2>/dev/null
timeout 30 "$tool" hammer "sqlite:$dir/bad.db" 1 >"$dir/ids" 2>"$dir/err"
[ $? = 1 ] && [ ! -s "$dir/ids" ] && grep -q '\.recover' "$dir/err"
ok "a damaged store acknowledges nothing and says how to rescue it"
done_testing
