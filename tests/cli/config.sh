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

# A pipe in place of a file or folder, for each option that names one: refused by name, never waited for. The guard
# against a hang is generous and no measure of speed.
mkfifo "$dir/pipe" "$dir/pipe.yaml"
mkdir "$dir/packs" "$dir/phrases" "$dir/signed" && mkfifo "$dir/packs/p.yaml" "$dir/signed/state.json"
cp "$top"/rules/phrases/*.yaml "$dir/phrases/" && rm "$dir/phrases/concepts.yaml" && mkfifo "$dir/phrases/concepts.yaml"
pipes() { # lines of: option code value
    cat <<-END
	protect.own-domains 3 {file: pipe}
	protect.partner-domains 3 {file: pipe}
	protect.affiliate-domains 3 {file: pipe}
	protect.allow-domains 3 {file: pipe}
	protect.people 3 {file: pipe}
	protect.freemail-domains 3 pipe
	protect.brands-file 3 pipe
	trust.services 3 pipe
	rules.packs 3 [pipe]
	rules.packs 3 [pipe.yaml]
	rules.packs 3 [packs]
	rules.signed-packs 0 pipe
	rules.signed-packs 0 signed
	rules.keys 3 [pipe]
	rules.phrases 3 pipe
	rules.phrases 3 phrases
	quarantine.store 0 'sqlite:$dir/pipe'
	daemon.pid-file 0 pipe
	daemon.control-socket 0 pipe
	daemon.event-file 0 pipe
	worker.path 0 pipe
	END
}
pipes >"$dir/pipes"
while read -r option code value; do
    printf '%s:\n  %s: %s\n' "${option%.*}" "${option#*.}" "$value" >"$dir/piped.yaml"
    exits "$code" timeout 60 "$ringer" config check -c "$dir/piped.yaml" </dev/null; ok "$option: $value"
done <"$dir/pipes"
for value in '[pipe]' '[packs]'; do
    printf 'rules:\n  packs: %s\n' "$value" >"$dir/piped.yaml"
    exits 3 "$ringer" config check -c "$dir/piped.yaml"
    grep -Eq "(pipe|p.yaml): error: cannot read the rules: it is a pipe" "$dir/err"; ok "the error names file and reason: $value"
done
exits 3 timeout 60 "$ringer" config check -c "$dir/pipe"; ok "and the configuration itself"
sed -n 's/^OPTION("\([^"]*\)", "\([^"]*\)", [a-z_]*, \(PATHS*\|DOMAINS\|PEOPLE\|STORE\),.*/\1.\2/p' "$top/src/conf/options.def" >"$dir/options"
missing=$(cut -d' ' -f1 "$dir/pipes" | sort -u | comm -13 - "$(sort "$dir/options" >"$dir/sorted"; echo "$dir/sorted")")
[ -s "$dir/options" ] && [ -z "$missing" ]; ok "no option that names a file was left out $missing"

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
