#!/bin/sh
# make bench: speed and memory, side by side in one run on this machine, each beside its budget. Nothing here
# passes or fails: a busy machine is no bug.
#   bench/run.sh [BUILD-FOLDER]
#   BENCH_MESSAGES, BENCH_ROUNDS   messages a round, rounds (10000, 3)
#   BENCH_MAIL                     mail for the scan (default: an mbox of the test cases)
#   BENCH_NAMES                    protected names for the lookups ("1000 10000 100000 1000000")
set -eu
build=$(cd "${1:-.}" && pwd)
src=$(cd "$(dirname "$0")/.." && pwd)
export RINGER_DATADIR="$src"
dir=$(mktemp -d)
null=
ringerd=
idle=
trap 'kill $null $ringerd $idle 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
messages=${BENCH_MESSAGES:-10000}
rounds=${BENCH_ROUNDS:-3}

. "$src/bench/wait.sh"

ms() {
    echo $(($(date +%s%N) / 1000000))
}

load() { # SOCKET MESSAGES [FILE]: prints the rate; answers and the longest wait go to $dir/answers
    "$build/bench/milter_load" "$1" 16 "$2" ${3:+"$3"} 2>"$dir/answers"
}

kilobytes() { # of VmRSS or VmHWM
    awk -v what="$1:" '$1 == what { print $2 }' "/proc/$ringerd/status"
}

echo "== lookups (budgets: p50/p99 1/5 us at 1,000 names, 3/25 at 100,000, 25/500 at 1,000,000; 256 bytes a name)"
# shellcheck disable=SC2086 # a list of numbers
"$build/bench/bench_lookalike" ${BENCH_NAMES:-}

echo "== durable quarantine (budget: 1,000 messages/s)"
"$build/bench/bench_store"

echo "== rules and phrases"
"$build/bench/rules" 1000
"$src/bench/policy_files.sh" "$dir/big" 10000 1000
cp "$src"/rules/phrases/*.yaml "$dir/big/phrases/"
printf 'protect: {own-domains: [buyer.example]}\nrules: {phrases: phrases, packs: [rules.yaml]}\n' >"$dir/big/ringer.yaml"
printf 'From: a@b.example\n\nHello\n' >"$dir/one.eml"
start=$(ms)
"$build/ringer" scan -q -c "$dir/big/ringer.yaml" --no-attachments "$dir/one.eml" 2>/dev/null
echo "  a policy of 1,000 rules and 10,000 phrases beside the shipped ones loads in $(($(ms) - start)) ms"

mkdir "$dir/store"
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "supplier-%c%c%c%d-works.example\n", 97 + i % 26, 97 + int(i / 26) % 26, 97 + int(i / 676) % 26, i }' >"$dir/partners.txt"
user=
if [ "$(id -u)" = 0 ]; then # ringerd does not run as root
    user="user: nobody, "
    chmod 755 "$dir"
fi
cat >"$dir/ringer.yaml" <<EOF
mode: monitor
protect: {partner-domains: {file: partners.txt}, own-domains: [buyer.example]}
trust: {dns-servers: []}
quarantine: {store: "sqlite:$dir/store/ringer.db"}
milter: {socket: "unix:$dir/ringer.sock", max-connections: 1000}
daemon: {${user}control-socket: "", log: stderr, log-level: warning}
EOF
[ -z "$user" ] || chown -R nobody "$dir"

echo "== ringerd against a null filter: 16 connections, 4 KB text, 10,000 protected names, $messages messages a round"
"$build/bench/null_milter" "$dir/null.sock" &
null=$!
wait_for "$dir/null.sock" "$dir/ringerd.log"
start=$(ms)
"$build/ringerd" -f -c "$dir/ringer.yaml" 2>"$dir/ringerd.log" &
ringerd=$!
wait_for "$dir/ringer.sock" "$dir/ringerd.log"
load "$dir/ringer.sock" 16 >/dev/null
echo "  start to the first answers: $(($(ms) - start)) ms (budget: 500 ms)"
i=0
while [ $i -lt "$rounds" ]; do
    a=$(load "$dir/null.sock" "$messages")
    b=$(load "$dir/ringer.sock" "$messages")
    awk -v a="$a" -v b="$b" 'BEGIN { printf "  null %6d/s   ringerd %6d/s   ratio %.2f (budget: 0.80)\n", a, b, b / a }'
    i=$((i + 1))
done
tail -n 1 "$dir/answers"
(for i in 1 2 3 4 5; do
    sleep 0.2
    kill -HUP "$ringerd"
done) &
load "$dir/ringer.sock" "$messages" >/dev/null
echo "  under reloads:$(tail -n 1 "$dir/answers") (budget: 50 ms more than without)"
grep "answered '[^ca]'" "$dir/answers" || true

"$src/bench/dns.sh" "$build"

echo "== memory"
before=$(kilobytes VmRSS)
mkfifo "$dir/open"
"$build/bench/milter_load" "$dir/ringer.sock" 500 0 <"$dir/open" >/dev/null 2>&1 &
idle=$!
exec 3>"$dir/open"
sleep 2
echo "  $before KiB resident, $((($(kilobytes VmRSS) - before) / 500)) KiB an idle connection (budget: 64)"
exec 3>&-
wait $idle || true
idle=
{
    printf 'From: a@b.example\nTo: ap@buyer.example\nSubject: long\n\n'
    awk 'BEGIN { for (i = 0; i < 104858; i++) printf "%07d The second drawing shows the housing from the left, as we agreed, and the shaft.....\n", i }'
} >"$dir/long.eml"
before=$(kilobytes VmRSS)
if echo 5 2>/dev/null >"/proc/$ringerd/clear_refs"; then # VmHWM begins anew
    "$build/bench/milter_load" "$dir/ringer.sock" 1 1 "$dir/long.eml" >/dev/null 2>&1
    echo "  a message of 10 MB: $(($(kilobytes VmHWM) - before)) KiB at the most (budget: 3 x limit of kept text)"
fi

echo "== ringer scan, one core (budget: 3,000 messages/s of mailing lists)"
mail=${BENCH_MAIL:-}
if [ -z "$mail" ]; then
    mail=$dir/box
    i=0
    while [ $i -lt 40 ]; do
        for f in "$src"/tests/cases/*/h*.eml "$src"/tests/cases/identity/*.eml; do
            echo "From x@example.org Mon Nov 23 08:00:00 2026"
            sed 's/^\(>*From \)/>\1/' "$f"
            echo
        done
        i=$((i + 1))
    done >"$mail"
fi
"$build/ringer" scan -j 1 -c "$dir/ringer.yaml" --no-attachments "$mail" 2>&1 >/dev/null | tail -n 1
