#!/bin/sh
# ringer learn and ringer history on 1,000 ordinary mails of ten invented suppliers: afterwards their lookalikes,
# changed accounts, fake threads and first contacts are recognised without any partner list, and what the ten
# write on stays clean. Without the store nobody is new and nothing is missing.
. "${abs_top_srcdir:-.}/tests/tap.sh"
conf() { # name, further lines
    cat >"$dir/$1.yaml" <<EOF
protect:
  own-domains: [arbelmond.example]
trust:
  authserv-ids: [mx.arbelmond.example]
quarantine:
  store: sqlite:$dir/$1.db
$2
EOF
}
scan() { # configuration, folder: JSON in $dir/out
    "$ringer" scan --no-attachments --json -c "$dir/$1.yaml" "$dir/$2" >"$dir/out" 2>"$dir/err"
}
all() { # pattern: every line of $dir/out has it
    [ -s "$dir/out" ] && ! grep -qv -e "$1" "$dir/out"
}
none() { [ -s "$dir/out" ] && ! grep -q -e "$1" "$dir/out"; }

if ! python3 -c '' 2>/dev/null; then
    skip_all "python3 is not there"
fi
python3 "$top/tests/cli/learn_mail.py" "$dir" || { echo "Bail out! no test mail"; exit 1; }
conf on ""
conf off "history: {learn: false}"
conf missing ""
learn() { "$ringer" learn -c "$dir/on.yaml" --no-attachments "$@" >"$dir/out" 2>"$dir/err"; }

nowhere() { "$ringer" learn -c "$dir/on.yaml" --store "sqlite:$dir/no/such/on.db" "$dir/archive" >"$dir/out" 2>"$dir/err"; [ $? = 1 ] && grep -q "no/such/on.db" "$dir/err"; }
ok "a store that cannot be made is named" nowhere
given() {
    [ "$(id -u)" = 0 ] || return 0
    mkdir "$dir/theirs" && chown nobody "$dir/theirs" &&
        "$ringer" learn -q -c "$dir/on.yaml" --store "sqlite:$dir/theirs/on.db" --no-attachments "$dir/next" &&
        [ -z "$(find "$dir/theirs" ! -user nobody)" ]
}
ok "a store that root makes belongs to the owner of its folder" given
# as /var/lib/ringer is: root's and sticky, so that the daemon cannot remove what is root's in it
group_given() {
    [ "$(id -u)" = 0 ] || return 0
    mkdir "$dir/sticky" && chown root:nogroup "$dir/sticky" && chmod 1771 "$dir/sticky" &&
        "$ringer" learn -q -c "$dir/on.yaml" --store "sqlite:$dir/sticky/on.db" --no-attachments "$dir/next" &&
        [ "$(stat -c '%a %G' "$dir/sticky/on.db")" = "660 nogroup" ]
}
ok "or to the group that may make files there" group_given
private() { # the store is not for everybody, and everybody may ask about domains
    [ "$(id -u)" = 0 ] || return 0
    # programs and data for whom the source, in /root perhaps, is closed
    mkdir "$dir/share" && cp "$ringer" "$dir/ringer" && cp -R "$top/rules" "$top/data" "$dir/share" && chmod 755 "$dir" && chmod -R a+rX "$dir/share" &&
        sed "s,sqlite:.*,sqlite:$dir/sticky/on.db," "$dir/on.yaml" >"$dir/private.yaml" &&
        (cd / && RINGER_DATADIR=$dir/share RINGER_STATEDIR=$dir/none RINGER_CONFDIR=$dir/none setpriv --reuid=65533 --regid=65533 --clear-groups "$dir/ringer" domain -c "$dir/private.yaml" other.example) >"$dir/out" 2>"$dir/err" &&
        [ ! -s "$dir/err" ]
}
ok "who may not read the store sees no complaint" private
seed() {
    learn "$dir/archive" "$dir/sent" && [ ! -s "$dir/err" ] &&
        grep -q "^12[0-9][0-9] messages: learned from 1000 received and 2[0-9][0-9] sent, 0 of them already known" "$dir/out" &&
        grep -q "knows 10 correspondents, 10 of them established, and 13 accounts" "$dir/out"
}
ok "1,000 mails of ten suppliers are learned" seed
twice() { learn "$dir/archive" && grep -q "1000 of them already known" "$dir/out"; }
ok "what was learned before is not counted twice" twice
hundred() { "$ringer" history show castelviel.example -c "$dir/on.yaml" >"$dir/out" && grep -q "  100 received, [0-9]* sent, 1 accounts" "$dir/out"; }
ok "a supplier's hundred mails are counted once" hundred

clean() { scan on next && [ "$(wc -l <"$dir/out")" -ge 100 ] && all '"action":"pass"' && none 'first_contact":true'; }
ok "the ordinary continuation of all ten stays clean" clean
known() { grep '"account.known"' "$dir/out" >"$dir/accounts"; [ "$(wc -l <"$dir/accounts")" -ge 20 ] && ! grep -q '"account.known":false' "$dir/accounts"; }
ok "their accounts are known" known
replies() { grep '"thread.known"' "$dir/out" >"$dir/threads"; [ "$(wc -l <"$dir/threads")" -ge 10 ] && grep -q '"thread.known":true' "$dir/threads" && none '"thread.participants_changed":true'; }
ok "their threads are known" replies

lookalikes() { scan on lookalike && all '"action":"quarantine"' && all '"lookalike.relation":"learned"' && all '"account.differs":true'; }
ok "lookalikes of all ten would be held, without a partner list" lookalikes
imitated() { [ "$(grep -o '"account.payee":"[^"]*"' "$dir/out" | sort -u | wc -l)" = 10 ]; }
ok "their accounts are compared with those of the imitated supplier" imitated
changed() { scan on changed && all '"action":"quarantine"' && all '"auth.aligned":true' && all 'history.account-contradicts'; }
ok "changed accounts from all ten authenticated suppliers would be held" changed
other() { scan on other-account && all '"action":"quarantine"' && all 'history.account-new'; }
ok "another account of a supplier with few is held, without a word of a change" other
fake() { scan on fake-thread && all '"thread.known":false' && all 'history.thread-unknown' && all '"action":"tag"'; }
ok "fake threads are recognised" fake
hijack() { scan on hijack && all '"thread.known":true' && all '"thread.participants_changed":true' && all 'history.thread-stranger'; }
ok "a stranger in a genuine thread is recognised" hijack
first() { scan on first-plain && all '"action":"quarantine"' && all 'history.first-contact'; }
ok "a first contact with a plain request would be held" first
catalogue() { scan on first-ordinary && all '"action":"pass"' && all '"history.first_contact":true'; }
ok "a first contact with a catalogue passes" catalogue

missing() {
    for f in next lookalike changed fake-thread first-plain first-ordinary; do
        scan missing $f && none '"history\.' && none '"thread.known"' && none '"account.differs"' &&
            none '"action":"quarantine"' || return 1
    done
    [ ! -e "$dir/missing.db" ]
}
ok "store missing: nothing becomes first contact, and no store is made" missing
off() { scan off first-plain && none '"history\.' && none '"action":"quarantine"'; }
ok "history off: nothing becomes first contact" off
damaged() {
    "$ringer" history export -c "$dir/on.yaml" >/dev/null || return 1
    cp "$dir/on.db" "$dir/missing.db"
    # the header and the schema stay, the rest is gone
    size=$(wc -c <"$dir/missing.db")
    tr '\0-\377' '\377' <"$dir/missing.db" | dd of="$dir/missing.db" bs=4096 skip=2 seek=2 conv=notrunc 2>/dev/null
    [ "$(wc -c <"$dir/missing.db")" = "$size" ] || return 1
    scan missing first-plain
    none '"history\.' && none '"action":"quarantine"'
    code=$?
    rm -f "$dir/missing.db"*
    return $code
}
ok "store damaged: nothing becomes first contact, mail is judged" damaged

direction() {
    printf 'quarantine: {store: "sqlite:%s/on.db"}\n' "$dir" >"$dir/bare.yaml"
    "$ringer" learn -c "$dir/bare.yaml" "$dir/next" >"$dir/out" 2>"$dir/err"
    [ $? = 2 ] && grep -q "say --sent or --received" "$dir/err"
}
ok "without own domains the direction must be said" direction
frauds() {
    learn "$dir/lookalike" && grep -q "learned from 0 received" "$dir/out" && grep -q "10 left out: the rules would hold" "$dir/out" &&
        [ "$(grep -c 'left out, it would be held: ' "$dir/err")" = 10 ]
}
ok "frauds in an archive are left out and named" frauds
poisoned() { # an archive holds a fraud from a supplier's own mailbox: the account in it stays unknown
    conf seed ""
    mkdir "$dir/poison" && cp "$dir"/archive/cur/*.eml "$dir/changed"/*.eml "$dir/other-account"/*.eml "$dir/poison" || return 1
    "$ringer" learn -q -c "$dir/seed.yaml" --no-attachments "$dir/poison" >"$dir/out" 2>"$dir/err" || return 1
    [ "$(grep -c 'left out, it would be held' "$dir/err")" = 10 ] || return 1
    scan seed changed && all '"action":"quarantine"' && all '"account.differs":true' &&
        scan seed other-account && all '"account.differs":true' && all '"action":"quarantine"'
}
ok "an account that a fraud in the archive names does not become known" poisoned
first_seen() { # where nothing is known yet, a message that speaks of a change is learned but for its account
    conf fresh ""
    "$ringer" learn -q -c "$dir/fresh.yaml" --no-attachments "$dir/changed" >"$dir/out" 2>"$dir/err" || return 1
    [ "$(grep -c 'account is not learned: .*bank details' "$dir/err")" = 10 ] && "$ringer" history show -c "$dir/fresh.yaml" >"$dir/out" && grep -q ' 0 accounts' "$dir/out"
}
ok "nor where nothing is known of the supplier yet" first_seen
vouched() {
    "$ringer" learn -q --all -c "$dir/seed.yaml" --no-attachments "$dir/changed" >"$dir/out" 2>&1 &&
        scan seed changed && none '"account.differs":true'
}
ok "and does with --all, when somebody made sure of it" vouched
export_csv() { "$ringer" history export --csv -c "$dir/on.yaml" >"$dir/out" && [ "$(grep -c ',yes' "$dir/out")" = 10 ] && head -1 "$dir/out" | grep -q '^correspondent,first,last'; }
ok "history is exported as CSV" export_csv
export_json() { "$ringer" history export -c "$dir/on.yaml" >"$dir/out" && python3 -c 'import json,sys; assert all(json.loads(l)["established"] for l in sys.stdin if ".example" in l)' <"$dir/out"; }
ok "and as JSON" export_json
no_numbers() { ! grep -qE '[A-Z]{2}[0-9]{2}[A-Z0-9]{11}' "$dir/out" && ! grep -aqE '(DE|FR|GB|NL|BE|DK|AT)[0-9]{2}[A-Z0-9]{11}' "$dir/on.db"; }
ok "no account is readable in the export or in the store" no_numbers
forget() {
    "$ringer" history forget hexwick-tools.example -c "$dir/on.yaml" >"$dir/out" 2>&1 || return 1
    "$ringer" history show hexwick-tools.example -c "$dir/on.yaml" >"$dir/out" 2>&1
    [ $? = 1 ] && "$ringer" history show --json -c "$dir/on.yaml" | grep -q '"correspondents":9,'
}
ok "a forgotten supplier is gone" forget
usage() { "$ringer" history frobnicate 2>/dev/null; [ $? = 2 ] && "$ringer" learn 2>/dev/null; [ $? = 2 ]; }
ok "wrong usage exits with 2" usage
done_testing
