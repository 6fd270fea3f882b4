#!/bin/sh
# ringer scan on real files: messages, mbox, Maildir, folders, standard input, order, errors, exit codes.
. "${abs_top_srcdir:-.}/tests/tap.sh"
cases=$top/tests/cases/scenarios
scan() { "$ringer" scan --no-attachments -c "$cases/ringer.yaml" "$@" 2>"$dir/err"; }
field() { sed "s/.*\"$1\":\"\{0,1\}\([^\",]*\).*/\1/"; }

mkdir -p "$dir/Maildir/new" "$dir/Maildir/cur" "$dir/Maildir/tmp"
cp "$cases/h08_vendor_manager.eml" "$dir/Maildir/new/1.a"
cp "$cases/b02_fr_rib_lookalike.eml" "$dir/Maildir/cur/2.a:2,S"
: >"$dir/all.mbox"
for f in "$cases"/b02*.eml "$cases"/h08*.eml "$cases"/b05*.eml; do
    echo "From x@example.org Mon Nov 23 08:00:00 2026" >>"$dir/all.mbox"
    sed 's/^\(>*From \)/>\1/' "$f" >>"$dir/all.mbox"
    echo >>"$dir/all.mbox"
done

one() { [ "$(scan --json "$cases/b02_fr_rib_lookalike.eml" | field action)" = quarantine ]; }
ok "an attack would be held" one
ham() { [ "$(scan --json "$cases/h08_vendor_manager.eml" | field action)" = pass ]; }
ok "ordinary mail passes" ham
mbox() {
    [ "$(scan --json "$dir/all.mbox" | field path | tr '\n' ' ')" = \
        "$dir/all.mbox#1 $dir/all.mbox#2 $dir/all.mbox#3 " ]
}
ok "an mbox gives its messages in order" mbox
same() { scan --json -j 4 "$dir/all.mbox" >"$dir/4" && scan --json "$dir/all.mbox" >"$dir/1" && cmp -s "$dir/1" "$dir/4"; }
ok "-j 4 prints the same as -j 1" same
maildir() { [ "$(scan --json "$dir/Maildir" | wc -l)" = 2 ]; }
ok "a Maildir is walked" maildir
input() { [ "$(scan --json - <"$cases/b02_fr_rib_lookalike.eml" | field action)" = quarantine ]; }
ok "standard input" input
quiet() { [ "$(scan -q "$dir/Maildir" | grep -c '^[a-z]')" = 1 ]; }
ok "--quiet leaves out what passes" quiet
missing() {
    scan --json "$dir/nothing" "$cases/h08_vendor_manager.eml" >"$dir/out"
    [ $? = 1 ] && [ "$(wc -l <"$dir/out")" = 1 ] && grep -q "$dir/nothing: No such file" "$dir/err"
}
ok "a missing path is named, the rest is scanned, exit 1" missing
usage() { scan --frobnicate; [ $? = 2 ]; }
ok "an unknown option exits with 2" usage
client() { scan --client 192.0.2.999 "$cases"; [ $? = 2 ]; }
ok "a client that is no address exits with 2" client
none() { scan; [ $? = 2 ]; }
ok "no path exits with 2" none
config() {
    printf 'mode: enforced\n' >"$dir/bad.yaml"
    "$ringer" scan -c "$dir/bad.yaml" "$cases" >/dev/null 2>"$dir/err"
    [ $? = 3 ] && grep -q "$dir/bad.yaml:1:7: error:" "$dir/err"
}
ok "a wrong configuration exits with 3 and says where" config
device() { scan --json /dev/zero >"$dir/out"; [ $? = 1 ] && grep -q "/dev/zero: it is a device" "$dir/err"; }
ok "a device is refused: it may never end" device
empty() { : >"$dir/empty"; [ "$(scan --json "$dir/empty" | field action)" = pass ]; }
ok "an empty file is judged, not skipped" empty
done_testing
