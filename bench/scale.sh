#!/bin/sh
# What 1,000 more rules and 10,000 more phrases cost: time to load the policy, messages a second on one core, and
# memory, each against the shipped set in the same run. BENCH_MAIL names other mail than the test cases.
#   bench/scale.sh [BUILD-FOLDER [RULES [PHRASES]]]
set -eu
build=$(cd "${1:-.}" && pwd)
src=$(cd "$(dirname "$0")/.." && pwd)
export RINGER_DATADIR="$src"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$src/bench/policy_files.sh" "$dir" "${3:-10000}" "${2:-1000}"
cp "$src"/rules/phrases/*.yaml "$dir/phrases/"
echo 'protect: {own-domains: [buyer.example]}' >"$dir/shipped.yaml"
{ cat "$dir/shipped.yaml"; echo "rules: {packs: [rules.yaml], phrases: phrases}"; } >"$dir/large.yaml"
mail=${BENCH_MAIL:-$dir/box}
i=0
while [ -z "${BENCH_MAIL:-}" ] && [ $i -lt 40 ]; do
    for f in "$src"/tests/cases/*/*.eml; do
        echo "From x@example.org Mon Nov 23 08:00:00 2026"
        sed 's/^\(>*From \)/>\1/' "$f"
        echo
    done >>"$dir/box"
    i=$((i + 1))
done
printf 'Subject: x\n\nx\n' >"$dir/one.eml"
for round in 1 2 3; do
    for set in shipped large; do
        for what in one.eml box; do
            path=$mail
            [ $what = box ] || path=$dir/one.eml
            start=$(date +%s.%N)
            "$build/ringer" scan -c "$dir/$set.yaml" "$path" >/dev/null 2>"$dir/err"
            end=$(date +%s.%N)
            awk -v s="$start" -v e="$end" -v round="$round" -v set="$set" -v what="$what" -v last="$(tail -n 1 "$dir/err")" \
                'BEGIN { printf "  %d %-8s %s %.2f s  %s\n", round, set, what == "box" ? "all mail " : "load only", e - s, what == "box" ? last : "" }'
        done
    done
done
