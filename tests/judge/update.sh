#!/bin/sh
# test_judge --update: expected results are rewritten to what there is, and nothing else of a case.
. "${abs_top_srcdir:-.}/tests/tap.sh"
cases=$abs_top_srcdir/tests/cases/identity
mkdir -p "$dir/cases/some"
cp "$cases/ringer.yaml" "$cases"/capital_letter_thread.* "$cases"/genuine_partner_change.* "$dir/cases/some/"
judge() { "$build/tests/judge/test_judge" "$@" "$dir/cases" >"$dir/out" 2>&1; }

cp -r "$dir/cases" "$dir/right"
judge --update && diff -r "$dir/right" "$dir/cases" >"$dir/err"; ok "what is right stays as it is"
changed=$dir/cases/some/capital_letter_thread.json
sed -e 's/"quarantine"/"pass"/' -e 's/"from.domain": ".*"/"from.domain": "wrong.example"/' \
    -e '/"rules"/s/rules/not/' "$changed" >"$dir/new" && mv "$dir/new" "$changed"
judge; grep -q '^not ok .* capital_letter_thread' "$dir/out"; ok "what is wrong fails"
judge --update; grep -q 'capital_letter_thread.json: rewritten' "$dir/out"; ok "--update says what it rewrote"
judge && grep -q '"action": "quarantine"' "$changed" && grep -q '"from.domain": "vogel-maschine.example"' "$changed"; ok "then it passes"
grep -A1 '"rules"' "$changed" | grep -q 'identity.thread-pair'; ok "a rule that was forbidden and hits is expected"
cmp -s "$cases/genuine_partner_change.json" "$dir/cases/some/genuine_partner_change.json"; ok "other cases are left alone"
done_testing
