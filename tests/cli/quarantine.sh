#!/bin/sh
# `ringer quarantine` against a real store and a real SMTP conversation.
set -u
. "${abs_top_srcdir:-.}/tests/tap.sh"
tool=$build/tests/store/store_tool
sink=
stop_sink() {
    [ -z "$sink" ] || { kill "$sink"; wait "$sink"; } 2>/dev/null
    sink=
}
at_exit() { stop_sink; }
quarantine() {
    "$build/ringer" quarantine "$@" --store "sqlite:$dir/db"
}
start_sink() {
    stop_sink
    rm -rf "$dir/sink"
    mkdir "$dir/sink"
    timeout 120 python3 "$top/tests/cli/smtp_sink.py" "$dir/sink" "$@" &
    sink=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -f "$dir/sink/port" ] && break
        sleep 0.2
    done
    url="smtp://127.0.0.1:$(cat "$dir/sink/port")"
}
put() { # put FILE SENDER RCPT...
    id=$("$tool" put "sqlite:$dir/db" "$@") || echo "# put failed"
}
run() {
    "$@" >"$dir/out" 2>"$dir/err"
    status=$?
}
state() {
    quarantine show "$1" --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["state"])'
}

# --- messages that SMTP clients like to spoil
python3 - "$dir" <<'PY'
import random, sys
d = sys.argv[1]
random.seed(4711)
head = b"From: a@b.example\r\nSubject: x\r\n\r\n"
cases = {
    "dots": head + b".\r\n..\r\n.a\r\n...\r\nend.\r\n.\r\n",
    "first-dot": b".begins: with a dot\r\n\r\nx\r\n",
    "bare-lf": head + b"one\ntwo\n\nthree\r\nfour\n",
    "bare-cr": head + b"one\rtwo\r\r\nthree\r\n",
    "no-end": head + b"no line end",
    "ends-cr": head + b"ends with CR\r",
    "empty-lines": head + b"\r\n\r\n\r\n",
    "eight-bit": head + bytes(range(1, 10)) + bytes(range(14, 256)) + b"\r\n",
    "nul": head + b"a\0b\r\n",
    "long-line": head + b"x" * 20000 + b"\r\n" + b"." * 3000 + b"\r\n",
    "crlf-only": b"\r\n",
    "big": head + b"".join(b"." * (i % 3) + b"line %d of a message that is longer than any buffer\r\n" % i for i in range(60000)),
    "random": head + b"".join(random.choice([b".", b"\r\n", b"a", b"\r\n.", b"\r\n..", b"b\n", b"\r"]) for _ in range(200000)).replace(b"\n.", b"\r\n.").replace(b"\r\r", b"\r").replace(b"\r.", b"x."),
}
import re
r = cases["random"]
r = re.sub(rb"(?<!\r)\n\.", b"\nq", r)
r = re.sub(rb"\r\.", b"\rq", r)
cases["random"] = r
for name, data in cases.items():
    open(f"{d}/{name}.eml", "wb").write(data)
PY
start_sink
good=0 bad=
for f in dots first-dot bare-lf bare-cr no-end ends-cr empty-lines eight-bit nul long-line crlf-only big random; do
    put "$dir/$f.eml" sender@b.example clerk@buyer.example
    run quarantine release "$id" --smtp "$url"
    good=$((good + 1))
    # SMTP cannot carry a message without a line end after its last line: that one is added
    python3 - "$dir/$f.eml" "$dir/sink/$good.raw" <<'PY' || bad="$bad $f"
import sys
want, got = (open(p, "rb").read() for p in sys.argv[1:3])
sys.exit(0 if got == want + (b"" if want.endswith(b"\r\n") else b"\r\n") else 1)
PY
    [ "$status" = 0 ] && [ "$(state "$id")" = released ] || bad="$bad $f(status)"
done
[ -z "$bad" ] || echo "# spoilt:$bad"
ok "the bytes arrive unchanged ($good messages)" [ -z "$bad" ]

bad=
for f in bare-lf eight-bit nul big; do
    put "$dir/$f.eml" sender@b.example clerk@buyer.example
    quarantine show "$id" --raw >"$dir/raw" && cmp -s "$dir/raw" "$dir/$f.eml" || bad=1
done
ok "show --raw prints the original bytes" [ -z "$bad" ]

grep -q '^MAIL FROM:<sender@b.example>' "$dir/sink/1.env" && grep -q '^RCPT TO:<clerk@buyer.example>' "$dir/sink/1.env"
ok "with the original envelope"

put "$dir/dots.eml" "" one@buyer.example two@buyer.example
start_sink
run quarantine release "$id" --smtp "$url"
grep -q '^MAIL FROM:<>' "$dir/sink/1.env" && [ "$(grep -c '^RCPT' "$dir/sink/1.env")" = 2 ] && [ "$status" = 0 ]
ok "the null sender stays null; all held recipients in one transaction"
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && grep -q 'already released' "$dir/err" && [ ! -f "$dir/sink/2.raw" ]
ok "what is released is not sent again"

# --- refusals
start_sink --refuse two@buyer.example
put "$dir/dots.eml" s@b.example one@buyer.example two@buyer.example three@buyer.example
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ "$(state "$id")" = held ] && grep -q 'NOT sent to two@buyer.example: 550' "$dir/out" &&
    grep -q 'released to one@buyer.example: 250' "$dir/out"
ok "a refused recipient stays held, with the server's words"
quarantine show "$id" >"$dir/out"
grep -q 'two@buyer.example *not released: 550' "$dir/out" && grep -q 'one@buyer.example *released' "$dir/out"
ok "show tells which recipients have it"
start_sink
run quarantine release "$id" --smtp "$url"
[ "$status" = 0 ] && [ "$(state "$id")" = released ] && grep -q 'RCPT TO:<two@' "$dir/sink/1.env" &&
    [ "$(grep -c '^RCPT' "$dir/sink/1.env")" = 1 ]
ok "the next release goes to the missing one only"

for reply in "550 5.7.1 not that" "451 4.3.0 later" "554 5.6.0 no"; do
    start_sink --dot-reply "$reply" --quit-reply "221 2.0.0 Bye"
    put "$dir/dots.eml" s@b.example one@buyer.example
    run quarantine release "$id" --smtp "$url"
    [ "$status" = 1 ] && [ "$(state "$id")" = held ] && grep -q "$reply" "$dir/err" &&
        quarantine show "$id" | grep -q "Last try.*$reply"
    ok "'$reply' at the end of the data: not released, shown"
done
start_sink --data-reply "451 4.3.0 no data now" --quit-reply "221 2.0.0 Bye"
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ "$(state "$id")" = held ] && grep -q "451 4.3.0 no data now" "$dir/err" && ! grep -q "221" "$dir/out" "$dir/err"
ok "refused at DATA: not released, and the reply that mattered is quoted"
start_sink --answer MAIL "550 5.7.1 not you" --quit-reply "221 2.0.0 Bye"
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && grep -q "550 5.7.1 not you" "$dir/err" && grep -q "NOT sent to one@buyer.example: 550" "$dir/out"
ok "refused at MAIL: so is that"
start_sink --drop-at-dot
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ "$(state "$id")" = held ] && grep -q "perhaps delivered" "$dir/err" && grep -q "perhaps delivered" "$dir/out"
ok "a connection lost before the answer: not released, perhaps delivered"
start_sink --refuse one@buyer.example
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ "$(state "$id")" = held ] && grep -q '550' "$dir/out"
ok "all recipients refused: not released"
stop_sink
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ "$(state "$id")" = held ] && [ -s "$dir/err" ]
ok "nobody listens: not released"

# --- odd addresses
put "$dir/dots.eml" s@b.example one@buyer.example '"brhc >>=brhc"@buyer.example' 'bl ank@buyer.example' "$(printf 'x\001y@buyer.example')"
start_sink
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ "$(state "$id")" = held ] && grep -qF 'RCPT TO:<"brhc >>=brhc"@buyer.example>' "$dir/sink/1.env" &&
    grep -qF 'RCPT TO:<"bl ank"@buyer.example>' "$dir/sink/1.env" && grep -qF 'RCPT TO:<one@buyer.example>' "$dir/sink/1.env" &&
    [ "$(grep -c '^RCPT' "$dir/sink/1.env")" = 3 ] && grep -q 'NOT sent to x.*no SMTP command can carry' "$dir/out"
ok "an odd recipient is quoted, an impossible one is left out, and the others get theirs"
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ ! -f "$dir/sink/2.env" ] && grep -q "no SMTP command can carry" "$dir/err"
ok "what is left says why"
put "$dir/dots.eml" s@b.example one@buyer.example

# --- two at once
start_sink --slow 1
quarantine release "$id" --smtp "$url" >/dev/null 2>"$dir/err1" &
first=$!
quarantine release "$id" --smtp "$url" >/dev/null 2>"$dir/err2"
second=$?
wait $first
first=$?
[ $((first + second)) = 1 ] && [ "$(ls "$dir/sink" | grep -c raw)" = 1 ] && cat "$dir/err1" "$dir/err2" | grep -Eq 'just now|already released'
ok "two people at once: sent once"

# --- a dot on a line that only some servers see would begin a second message
printf 'Subject: x\r\n\r\nText\n.\r\nMAIL FROM:<boss@buyer.example>\r\n' >"$dir/smuggle.eml"
put "$dir/smuggle.eml" s@b.example one@buyer.example
rm -f "$dir"/sink/*.raw
run quarantine release "$id" --smtp "$url"
[ "$status" = 1 ] && [ ! -f "$dir/sink/1.raw" ] && grep -q 'bare line end' "$dir/err"
ok "a smuggled end of data is not sent"

# --- copies
start_sink
put "$dir/dots.eml" s@b.example one@buyer.example two@buyer.example
run quarantine release "$id" --smtp "$url" --to analyst@buyer.example
[ "$status" = 0 ] && [ "$(state "$id")" = held ] && grep -q 'RCPT TO:<analyst@' "$dir/sink/1.env" &&
    quarantine show "$id" | grep -q 'copy by '
ok "--to somebody else: a copy, with an audit row; still held"
run quarantine release "$id" --smtp "$url" --to TWO@buyer.example
[ "$status" = 0 ] && [ "$(state "$id")" = held ] && [ "$(grep -c '^RCPT TO:<two@' "$dir/sink/2.env")" = 1 ]
ok "--to one of the recipients: released for that one"

# --- lists, deletion, export, purge
quarantine list --json --rcpt one@buyer.example >"$dir/out"
[ "$(python3 -c 'import json,sys; print(all(json.loads(l)["state"] == "held" for l in sys.stdin))' <"$dir/out")" = True ] && [ -s "$dir/out" ]
ok "list --json: one object a line"
short=$(printf '%.8s' "$id")
run quarantine delete "$short"
[ "$status" = 0 ] && [ "$(state "$id")" = deleted ]
run quarantine show "$id" --raw
[ "$status" = 1 ] && [ ! -s "$dir/out" ]
ok "deleted by a cut id: the bytes are gone"
put "$dir/eight-bit.eml" s@b.example one@buyer.example
rm -rf "$dir/exported" # export makes it
run quarantine export --dir "$dir/exported" "$id"
cmp -s "$dir/exported/$id.eml" "$dir/eight-bit.eml" && python3 -m json.tool "$dir/exported/$id.json" >/dev/null
ok "export writes the original bytes and the record"
printf 'Subject: \033[2J\033]0;x\007\r\nX: \302\233 31m\r\n\r\nx\r\n' >"$dir/esc.eml"
put "$dir/esc.eml" "$(printf 'a\033[31m@b.example')" one@buyer.example
quarantine show "$id" >"$dir/out" && quarantine list >>"$dir/out"
python3 -c 'import sys; sys.exit(any(ord(c) < 32 and c != "\n" or 126 < ord(c) < 160 for c in open(sys.argv[1]).read()))' "$dir/out"
ok "nothing of a mail reaches the terminal as a control character"
run quarantine purge --older-than 1d
grep -q '^0 messages' "$dir/out"
a=$?
run quarantine purge --older-than "$(date -d '+1 day' +%F)" --decisions
[ $a = 0 ] && [ "$status" = 0 ] && [ -z "$(quarantine list --state all --json)" ]
ok "purge removes what is older, and only that"

bad=
for args in "" "nonsense" "show" "release" "list extra" "purge" "list --state no" "list --since 7" "list --limit 0" "export"; do
    # shellcheck disable=SC2086
    run quarantine $args
    [ "$status" = 2 ] && [ -s "$dir/err" ] || bad="$bad '$args'"
done
[ -z "$bad" ] || echo "# not refused:$bad"
run "$build/ringer" quarantine --help
[ -z "$bad" ] && [ "$status" = 0 ] && grep -q -- --older-than "$dir/out"
ok "wrong usage is exit code 2; --help is 0"

cat >"$dir/ringer.yaml" <<CONF
quarantine:
  store: sqlite:$dir/db
  release-smtp: $url
CONF
put "$dir/dots.eml" s@b.example one@buyer.example
run "$build/ringer" quarantine release -c "$dir/ringer.yaml" "$id"
[ "$status" = 0 ] && grep -q 'released to one@' "$dir/out"
a=$?
echo nonsense: 1 >>"$dir/ringer.yaml"
run "$build/ringer" quarantine list -c "$dir/ringer.yaml"
[ $a = 0 ] && [ "$status" = 3 ]
ok "store and listener come from the configuration; a broken one is exit code 3"
done_testing
