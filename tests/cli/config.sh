#!/bin/sh
# ringer config: check and show, the shipped example, and the manual.
. "${abs_top_srcdir:-.}/tests/tap.sh"
unset RINGER_CONFIG
exits() { # exits CODE COMMAND...
    want=$1
    shift
    "$@" >"$dir/out" 2>"$dir/err"
    [ $? -eq "$want" ]
}

printf 'mode: tag\nprotect:\n  own-domains: [company.example]\n' >"$dir/good.yaml"
printf 'mode: tag\nprotect:\n  own-domians: [company.example]\n' >"$dir/bad.yaml"

exits 0 "$ringer" config check -c "$dir/good.yaml"; ok "a valid file"
grep -q "1 own, 0 partner" "$dir/out"; ok "check counts what is protected"
exits 3 "$ringer" config check -c "$dir/bad.yaml"; ok "an invalid file"
grep -q "bad.yaml:3:3: error: unknown option 'own-domians' under protect" "$dir/err"; ok "the error names file, line and column"
grep -q "did you mean 'own-domains'?" "$dir/err"; ok "and what to do"
grep -q "own-domians: \[company.example\]" "$dir/err"; ok "and shows the line"
exits 3 "$ringer" config check -c "$dir/none.yaml"; ok "a file that is not there"
exits 3 "$ringer" config show -c "$dir/bad.yaml"; ok "show refuses an invalid file too"
printf 'rules:\n  packs: [none.yaml]\n' >"$dir/rules.yaml"
exits 3 "$ringer" config check -c "$dir/rules.yaml"; ok "rules with which ringerd would not start"
printf 'rules:\n  disabled: [no.such-rule]\n' >"$dir/rules.yaml"
exits 3 "$ringer" config check -c "$dir/rules.yaml"; ok "a disabled rule that does not exist"
printf "quarantine:\n  never-hold-for: [abuse@a.example, '@b.example', abuse]\n" >"$dir/never.yaml"
exits 3 "$ringer" config check -c "$dir/never.yaml" && grep -q "never.yaml:2:51: error: 'abuse' in never-hold-for" "$dir/err"; ok "an entry that could never match"
exits 2 "$ringer" config frobnicate; ok "wrong usage"
exits 0 "$ringer" config --help; ok "help"

exits 0 "$ringer" config show -c "$dir/good.yaml" && cp "$dir/out" "$dir/shown.yaml" &&
    grep -q '^mode: tag$' "$dir/out" && grep -q '^  drain: 30s # default$' "$dir/out"; ok "show tells values from defaults"
exits 0 "$ringer" config show -c "$dir/shown.yaml" &&
    sed 's/ # default$//' "$dir/shown.yaml" | cmp - "$dir/out"; ok "what it shows loads to the same"
exits 0 "$ringer" config show -c "$dir/good.yaml" --json &&
    grep -A2 '^  "mode": {' "$dir/out" | tr -d ' \n' | grep -q '"mode":{"value":"tag","default":false'; ok "show as JSON"
exits 0 "$ringer" config show --defaults && cmp "$dir/out" "$abs_top_srcdir/contrib/ringer.yaml"; ok "the shipped example is the defaults"
exits 0 "$ringer" config check -c "$abs_top_srcdir/contrib/ringer.yaml"; ok "the shipped example is valid"

# every option and section of the example stands in the manual
sed -n 's/^ *\([a-z][a-z-]*\):.*/\1/p' "$abs_top_srcdir/contrib/ringer.yaml" >"$dir/names"
missing=$(while read -r name; do
    grep -Eq "^\.(It )?Ic $name :" "$abs_top_builddir/man/ringer.yaml.5" || echo "$name"
done <"$dir/names")
[ -s "$dir/names" ] && [ -z "$missing" ]; ok "every option stands in ringer.yaml(5) $missing"
if command -v mandoc >/dev/null; then
    warnings=$(mandoc -Tlint -W warning "$abs_top_builddir/man/ringer.yaml.5" 2>&1)
else
    warnings=$(LC_ALL=C.UTF-8 man --warnings -l -Tutf8 "$abs_top_builddir/man/ringer.yaml.5" 2>&1 >/dev/null)
fi
[ -z "$warnings" ]; ok "ringer.yaml(5) formats without warnings $warnings"
exits 1 sh -c "'$ringer' config show --defaults >/dev/full"; ok "a full disk is an error"
done_testing
