#!/bin/sh
# Replays the corpus of every fuzz target: a crash once found stays mended. One TAP line a target.
. "${abs_top_srcdir:-.}/tests/tap.sh"
cd "$build" || exit 1
has_files() { [ -n "$(ls -A "$1" 2>/dev/null)" ]; }
for target in fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=${target#fuzz/fuzz_}
    corpus=$top/fuzz/corpus/$name
    if has_files "$corpus"; then
        "$target" "$corpus" >"$dir/out" 2>&1
        ok "$name: $(tail -n 1 "$dir/out")"
    else
        ok "$name has a corpus in fuzz/corpus/$name" false
    fi
done
done_testing
