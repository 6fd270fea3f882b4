#!/bin/sh
# ringer domain: one answer a line in order, the fields that measuring tools read, exit codes.
. "${abs_top_srcdir:-.}/tests/tap.sh"
printf 'kestrelvale.com\n# a comment\n\narvel-metal.fr\nco.uk\n' >"$dir/names"
printf 'kestre1vale.com\nkestrelvale.com\nunrelated.example\n\nx.arvel-metal.fr\n' |
    "$ringer" domain --json -p "$dir/names" - >"$dir/out" 2>"$dir/err"
ok 'exit code 0 although a lookalike was found'
[ "$(wc -l <"$dir/out")" = 5 ]
ok 'one object a line, also for an empty line'
sed -n 1p "$dir/out" | grep -q '"target":"kestrelvale.com","relation":"partner","class":\["confusable"\],"score":[7-9][0-9],'
ok 'target, relation, class and score of a lookalike'
sed -n 2p "$dir/out" | grep -q '"target":null.*"score":0.*"genuine":"kestrelvale.com"'
ok 'the genuine one is no finding'
grep -q 'names:5:1: warning: this is a public suffix' "$dir/err"
ok 'a name that cannot be protected is named with its line'
"$ringer" domain -p "$dir/names" kestre1vale.com | grep -qF 'kestre[1]vale.com'
ok 'the differing character is marked'
"$ringer" domain --variants kestrelvale.com | grep -q '^kestrelva1e\.com	confusable	[7-9]'
ok 'variants with their class and score'
"$ringer" domain --variants co.uk >/dev/null 2>&1
[ $? = 1 ]
ok 'no variants of a suffix'
"$ringer" domain >/dev/null 2>&1
[ $? = 2 ]
ok 'wrong usage'
"$ringer" domain -p "$dir/missing" x.example >/dev/null 2>&1
[ $? = 3 ]
ok 'names that cannot be read'
: >"$dir/none"
"$ringer" domain -p "$dir/none" kestre1vale.com >"$dir/out" 2>"$dir/err" && grep -qF "$dir/none protects no domain" "$dir/err"
ok 'that nothing is protected is said'
"$ringer" domain -p "$dir/names" kestre1vale.com 2>&1 >/dev/null | grep -q 'protects no'
[ $? = 1 ]
ok 'and only then'
printf 'protect: {own-domains: [kestrelvale.com]}\nrules: {packs: [%s/none.yaml]}\nquarantine: {store: "sqlite:%s/x.db"}\n' \
    "$dir" "$dir" >"$dir/ringer.yaml"
"$ringer" domain -c "$dir/ringer.yaml" kestre1vale.com 2>"$dir/err" | grep -q 'own domain .kestrelvale.com' && [ ! -s "$dir/err" ]
ok 'names are all it reads: rules that are not there are no hindrance'
cat >"$dir/ringer.yaml" <<END
protect:
  own-domains: [kestrelvale.com]
  brands: yes
END
"$ringer" domain -c "$dir/ringer.yaml" --json rnicrosoft.com paypa1.com symatnec.com microsoftonline.com kestrelvale.com >"$dir/out" 2>"$dir/err"
[ "$(grep -c '"relation":"brand".*"score":[56][0-9],' "$dir/out")" = 3 ]
ok 'often imitated brands are weak findings'
sed -n 4p "$dir/out" | grep -q '"target":null' && sed -n 5p "$dir/out" | grep -q '"genuine":"kestrelvale.com"'
ok 'other domains of a brand are none'
sed -i 's/yes/no/' "$dir/ringer.yaml"
"$ringer" domain -c "$dir/ringer.yaml" --json rnicrosoft.com | grep -q '"target":null'
ok 'and only where they are asked for'
printf 'kestrelhop.com kestrelhop.net\nno..domain at all\n' >"$dir/brands"
printf 'protect: {brands: yes, brands-file: %s}\n' "$dir/brands" >"$dir/ringer.yaml"
"$ringer" domain -c "$dir/ringer.yaml" kestre1hop.com >/dev/null 2>"$dir/err"
[ $? = 3 ] && grep -q "$dir/brands:2" "$dir/err"
ok 'a wrong line of an own list is named'
sed -i 2d "$dir/brands"
"$ringer" domain -c "$dir/ringer.yaml" kestre1hop.com 2>/dev/null | grep -q 'often imitated .kestrelhop.com'
ok 'an own list'
"$ringer" domain --help | grep -q -- --variants
ok 'help'
done_testing
