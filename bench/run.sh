#!/bin/sh
# make bench: speed, as ratios and figures of one run on this machine. Nothing here passes or fails.
#   bench/run.sh [BUILD-FOLDER]
set -eu
build=$(cd "${1:-.}" && pwd)
src=$(cd "$(dirname "$0")/.." && pwd)
export RINGER_DATADIR="$src"
dir=$(mktemp -d)
trap 'kill $null $ringerd 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
null=
ringerd=
messages=${BENCH_MESSAGES:-20000}
rounds=${BENCH_ROUNDS:-5}

wait_for() {
    tries=0
    until [ -S "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "bench: $1 does not come up" >&2; cat "$dir/ringerd.log" >&2; exit 1; }
        sleep 0.1
    done
}

echo "== lookups (bench_lookalike)"
[ ! -x "$build/bench/bench_lookalike" ] || "$build/bench/bench_lookalike"

echo "== durable quarantine (bench_store)"
[ ! -x "$build/bench/bench_store" ] || "$build/bench/bench_store"

echo "== ringerd against a null filter: 16 connections, 4 KB text, 10,000 protected names, $messages messages a round"
mkdir "$dir/store"
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "supplier-%c%c%c%d-works.example\n", 97 + i % 26, 97 + int(i / 26) % 26, 97 + int(i / 676) % 26, i }' >"$dir/partners.txt"
cat >"$dir/ringer.yaml" <<EOF
mode: monitor
protect: {partner-domains: {file: partners.txt}, own-domains: [buyer.example]}
quarantine: {store: "sqlite:$dir/store/ringer.db"}
milter: {socket: "unix:$dir/ringer.sock", max-connections: 100}
daemon: {control-socket: "", log: stderr, log-level: warning}
EOF
"$build/bench/null_milter" "$dir/null.sock" &
null=$!
"$build/ringerd" -f -c "$dir/ringer.yaml" 2>"$dir/ringerd.log" &
ringerd=$!
wait_for "$dir/null.sock"
wait_for "$dir/ringer.sock"
i=0
while [ $i -lt "$rounds" ]; do
    a=$("$build/bench/milter_load" "$dir/null.sock" 16 "$messages" 2>"$dir/null.answers")
    b=$("$build/bench/milter_load" "$dir/ringer.sock" 16 "$messages" 2>"$dir/ringer.answers")
    awk -v a="$a" -v b="$b" 'BEGIN { printf "  null %6d/s   ringerd %6d/s   ratio %.2f\n", a, b, b / a }'
    i=$((i + 1))
done
grep -v "answered 'c'\|answered 'a'" "$dir/ringer.answers" || true
awk '/^VmRSS/ { printf "  ringerd holds %.0f MB\n", $2 / 1024 }' "/proc/$ringerd/status"

echo "== ringer scan, one core"
if [ -n "${BENCH_MAIL:-}" ]; then
    "$build/ringer" scan -c "$dir/ringer.yaml" "$BENCH_MAIL" 2>&1 >/dev/null | tail -n 1
else
    i=0
    while [ $i -lt 40 ]; do
        for f in "$src"/tests/cases/*/h*.eml "$src"/tests/cases/identity/*.eml; do
            echo "From x@example.org Mon Nov 23 08:00:00 2026"
            sed 's/^\(>*From \)/>\1/' "$f"
            echo
        done
        i=$((i + 1))
    done >"$dir/box"
    "$build/ringer" scan -c "$dir/ringer.yaml" "$dir/box" 2>&1 >/dev/null | tail -n 1
fi
