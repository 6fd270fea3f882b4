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
# an archive that held a genuine lookalike twice, an authentic stranger twice, and a fraud
mkdir "$dir/archive"
letter() { # name, from, domain of the signature, day
    printf 'Authentication-Results: mx.company.example; dkim=pass header.d=%s\nFrom: %s\nTo: ap@company.example\nSubject: %s\nDate: %s Nov 2026 10:00:00 +0000\nMessage-ID: <%s@x>\n\nOur bank details have changed. Please pay into our new account DE89 3704 0044 0532 0130 00.\n' \
        "$3" "$2" "x" "$4" "$1" >"$dir/archive/$1.eml"
}
letter a1 "A <a@northgate-tooling-group.example>" northgate-tooling-group.example 2
letter a2 "A <a@northgate-tooling-group.example>" northgate-tooling-group.example 9
letter b1 "Karen Whitfield <k.whitfield@gmail.com>" gmail.com 3
letter b2 "Karen Whitfield <k.whitfield@gmail.com>" gmail.com 5
letter c1 "B <b@northgate-toolling.example>" other.example 3
propose() {
    sed 's/^ *authserv-ids:.*/  authserv-ids: [mx.company.example]/' "$cases/ringer.yaml" >"$dir/archive.yaml"
    grep -q 'authserv-ids: .mx' "$dir/archive.yaml" || printf 'trust: {authserv-ids: [mx.company.example]}\n' >>"$dir/archive.yaml"
    cp "$cases"/*.txt "$cases"/*.tsv "$dir"
    "$ringer" scan --no-attachments --propose -c "$dir/archive.yaml" "$dir/archive" >"$dir/proposals.yaml" 2>"$dir/err"
}
held() { propose && grep -q '^# Of 5 messages enforce mode would have held 5' "$dir/proposals.yaml"; }
ok "--propose says what would be held" held
affiliate() { grep -q "^    - 'northgate-tooling-group.example'" "$dir/proposals.yaml"; }
ok "it proposes an affiliate" affiliate
allow() { grep -q "^    - {from: 'k.whitfield@gmail.com', require: aligned" "$dir/proposals.yaml"; }
ok "and an allow entry" allow
fraud() { grep -q "^    # - 'northgate-toolling.example'" "$dir/proposals.yaml" && ! grep -q "^    - 'northgate-toolling" "$dir/proposals.yaml"; }
ok "what was not authentic is a comment" fraud
pasted() {
    sed '/^protect:/d; s/^  affiliate-domains:/affiliate-domains:/' "$dir/proposals.yaml" >"$dir/paste"
    awk 'FNR==NR { if (/^exceptions:/) e=1; if (e) x=x $0 "\n"; else a=a "  " $0 "\n"; next } { print } /^protect:/ { printf "%s", a } END { printf "%s", x }' \
        "$dir/paste" "$dir/archive.yaml" >"$dir/pasted.yaml"
    "$ringer" scan --no-attachments -q -c "$dir/pasted.yaml" "$dir/archive" >"$dir/out" 2>"$dir/err"
    [ "$(grep -c '^quarantine' "$dir/out")" = 1 ] && grep -q 'from b@northgate-toolling' "$dir/out"
}
ok "pasted, it lets the genuine ones through and no other" pasted
both() { scan --propose --json "$dir/archive"; [ $? = 2 ]; }
ok "--propose prints no JSON" both
empty() { : >"$dir/empty"; [ "$(scan --json "$dir/empty" | field action)" = pass ]; }
ok "an empty file is judged, not skipped" empty
done_testing
