#!/bin/sh
# Replays the corpus of every fuzz target: a crash once found stays mended. One TAP line a target.
cd "${abs_top_builddir:-.}" || exit 1
corpus=${abs_top_srcdir:-.}/fuzz/corpus
n=0
for target in fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=${target#fuzz/fuzz_}
    n=$((n + 1))
    if [ ! -d "$corpus/$name" ] || [ -z "$(ls -A "$corpus/$name")" ]; then
        echo "not ok $n - $name has no corpus in fuzz/corpus/$name"
    elif out=$("$target" "$corpus/$name" 2>&1); then
        echo "ok $n - $name: $(echo "$out" | tail -n 1)"
    else
        echo "not ok $n - $name"
        echo "$out" | tail -n 30 | sed 's/^/# /'
    fi
done
echo "1..$n"
exit 0 # the harness counts the "not ok" lines
