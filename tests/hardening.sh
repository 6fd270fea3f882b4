#!/bin/sh
# The programs are hardened as configure found that the compiler can.
. "${abs_top_srcdir:-.}/tests/tap.sh"
command -v readelf >/dev/null || skip_all "readelf is not installed"
harden=$(sed -n 's/^RINGER_HARDEN = //p' "$build/Makefile")
sanitized=$(sed -n 's/^RINGER_SAN_CFLAGS = //p' "$build/Makefile")
asked() { case " $harden " in *" $1"*) true ;; *) false ;; esac; }
[ -z "$sanitized" ] || skip_all "built with $sanitized"
for program in ringer ringerd ringer-worker; do
    readelf -W -h -d -l -n --dyn-syms "$build/$program" >"$dir/elf" 2>/dev/null
    has() { grep -q -- "$1" "$dir/elf"; }
    ok "$program is bound at its start, and then read only" has 'FLAGS_1.*NOW'
    ok "$program has no stack that can be run" has 'GNU_STACK.* RW  '
    ok "$program guards its stack" has '__stack_chk_fail'
    if asked -D_FORTIFY_SOURCE; then ok "$program has fortified functions" has '__[a-z]*_chk'; else skip "$program is fortified" "not by this compiler"; fi
done
case $(uname -m) in
x86_64) ok "stack clash protection and CET are asked for" sh -c 'case $0 in *-fstack-clash-protection*-fcf-protection*) ;; *) exit 1 ;; esac' "$harden" ;;
*) skip "stack clash protection and CET" "not on this machine" ;;
esac
done_testing
