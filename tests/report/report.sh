#!/bin/sh
# `ringer report` over a store with held, tagged and passed mail, hostile mail among it.
set -u
. "${abs_top_srcdir:-.}/tests/tap.sh"
report() {
    "$build/ringer" report --store "sqlite:$dir/db" "$@"
}
"$build/tests/store/store_tool" sample "sqlite:$dir/db" || echo "# sample failed"

report >"$dir/out" 2>"$dir/err"
grep -q '^45 judged, 3 held, 1 would be held, 1 tagged$' "$dir/out" && grep -q 'If genuine ringer quarantine release' "$dir/out"
ok "the text counts and says what to do"
grep -A1 'Written    arce1or.example' "$dir/out" | tail -1 | grep -qx '                 ^' &&
    grep -A1 'Genuine    arcelor.example   (your partner)' "$dir/out" | tail -1 | grep -qx '                 ^'
ok "the differing characters are marked on both sides"

report --html "$dir/page.html" >"$dir/out" 2>"$dir/err"
python3 - "$dir/page.html" >>"$dir/out" 2>&1 <<'PY'
import html.parser, sys
text = open(sys.argv[1], encoding="utf-8").read()
allowed = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li", "b", "article",
           "header", "span", "time", "dl", "dt", "dd", "bdi", "table", "tbody", "tr", "th", "td", "mark", "code", "strong"}
class Page(html.parser.HTMLParser):
    stack, marks = [], 0
    def handle_starttag(self, tag, attrs):
        assert tag in allowed, tag
        for name, value in attrs:
            assert name in {"class", "lang", "charset", "http-equiv", "content", "name", "scope"}, (tag, name)
        self.marks += tag == "mark"
        if tag != "meta":
            self.stack.append(tag)
    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, tag
page = Page()
page.feed(text)
assert not page.stack and page.marks >= 10, page.marks
assert "url(" not in text and "@import" not in text and "://" not in text.replace("http://evil.example", "")
assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text and "U+202E" in text
PY
ok "the page is well-formed, has no scripts and fetches nothing"
[ -s "$dir/page.html" ] && [ ! -f "$dir/page.html.tmp" ] && report --html - 2>/dev/null | head -1 | grep -qx '<!DOCTYPE html>'
ok "to a file, and to standard output"

report --json >"$dir/out" 2>"$dir/err"
python3 -c 'import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert len(rows) == 45 and rows == sorted(rows, key=lambda r: r["time"])
assert sum(r["quarantine_id"] is not None for r in rows) == 3
assert sum(r["action"] == "pass" and r["verdict"] == "quarantine" for r in rows) == 1
assert all(r["subject"] is None for r in rows if r["from_domain"] == "ok.example")' "$dir/out" 2>>"$dir/err"
ok "--json has every decision, in order"
report --csv >"$dir/out" 2>"$dir/err"
python3 -c 'import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")))
assert len(rows) == 45 and all(None not in r and None not in r.values() for r in rows)
assert not any(v[:1] in "=+-@" for r in rows for v in r.values() if v)' "$dir/out" 2>>"$dir/err"
ok "--csv is CSV, and no formula"
[ "$(report --json --action tag | wc -l)" = 1 ] && [ "$(report --csv --action pass | wc -l)" = 42 ]
ok "--action picks"
report --since 2020-01-01 --until 2020-01-02 >"$dir/out" 2>"$dir/err" && grep -q '^0 judged, 0 held, 0 tagged$' "$dir/out" &&
    report --max 1 >"$dir/out" && grep -q '4 more are not shown' "$dir/out"
ok "--since, --until and --max bound it"
bad=
for args in "extra" "--json --csv" "--since yesterday" "--max 0" "--since 1h --until 2h"; do
    # shellcheck disable=SC2086
    report $args >"$dir/out" 2>"$dir/err"
    [ $? = 2 ] && [ -s "$dir/err" ] || bad="$bad '$args'"
done
"$build/ringer" report --store "sqlite:$dir/none" >"$dir/out" 2>"$dir/err"
[ $? = 1 ] && [ -z "$bad" ]
ok "wrong usage is 2, no store is 1"
done_testing
