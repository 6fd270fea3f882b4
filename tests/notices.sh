#!/bin/sh
# Data of others keeps its notice: a file that speaks of a licence or a copyright has an entry in THIRD-PARTY.
. "${abs_top_srcdir:-.}/tests/tap.sh"
cd "$abs_top_srcdir" || exit 1
listed() { sed -n 's/^== //p' THIRD-PARTY | tr -d ' ' | tr ',' '\n'; }

missing=
for f in $(listed); do [ -f "$f" ] || missing="$missing $f"; done
[ -n "$(listed)" ] && [ -z "$missing" ]; ok "every file in THIRD-PARTY is there:$missing"

# the head of a file says where it comes from
unlisted=
for f in data/*/* rules/*.yaml rules/phrases/*.yaml; do
    if head -n 20 "$f" | grep -qiE 'copyright|©|licen[cs]e|\((MIT|CC0|BSD|GPL)|\<derived from'; then
        listed | grep -Fqx "$f" || unlisted="$unlisted $f"
    fi
done
[ -z "$unlisted" ]; ok "no data of others without an entry:$unlisted"
grep -q '^Copyright (c) .* The Ringer developers$' COPYING && grep -q 'THIRD-PARTY' COPYING; ok "COPYING names its holders and THIRD-PARTY"
done_testing
