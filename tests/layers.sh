#!/bin/sh
# Includes point only downward (CONTRIBUTING.md): base <- mail, lookalike, payment <- facts <- rules <- policy <- judge
# <- (milter, cli); store and conf know base only; worker reads mail/html; only src/milter/ includes libmilter.
# facts know of the store what a contact is (store/contact.h), and no more.
. "${abs_top_srcdir:-.}/tests/tap.sh"
src=$top/src
allowed() {
    case $1 in
    base) echo base ;;
    mail) echo base mail ;;
    lookalike) echo base lookalike ;;
    payment) echo base payment ;;
    facts) echo base mail lookalike payment facts ;; # and store/contact.h
    rules) echo base facts rules ;;
    conf) echo base conf ;;
    store) echo base store ;;
    worker) echo base mail worker ;;
    report) echo base store report ;;
    policy) echo base mail lookalike payment facts rules conf store policy ;;
    judge) echo base mail lookalike payment facts rules conf store worker policy judge ;;
    milter) echo base mail lookalike payment facts rules conf store worker report policy judge milter ;;
    cli) echo base mail lookalike payment facts rules conf store worker report policy judge cli ;;
    esac
}
check() { # description, list of offenders
    echo "$2" >"$dir/out"
    ok "$1" [ -z "$2" ]
}
for folder in base mail lookalike payment facts rules conf store worker report policy judge milter cli; do
    [ -d "$src/$folder" ] || continue
    may=$(allowed $folder | tr ' ' '\n' | sed 's,.*,/"&/,' | paste -sd'|' | sed 's,/",",g; s,/|,/|,g; s,"$,,')
    offenders=$(grep -Hn '^#include "' "$src/$folder"/*.c "$src/$folder"/*.h 2>/dev/null |
        grep -vE "#include ($may)" |
        case $folder in
        facts) grep -v '#include "store/contact.h"' ;;
        base) grep -v '#include "config.h"' ;;
        *) cat ;;
        esac)
    check "src/$folder includes only downward" "$offenders"
done
python3 -B "$top/tests/circles.py" >"$dir/circles" 2>"$dir/err"
ok "the includes and calls of all files can be read"
check "no circles of files (tests/circles.py --why tells what ties them)" "$(cat "$dir/circles")"
check "no loose files above the folders" "$(find "$src" -maxdepth 1 -name '*.[ch]')"
check "only src/milter includes libmilter" \
    "$(grep -rln 'libmilter/mfapi.h' "$src" | grep -v '/milter/')"
check "no logging or exit below cli and milter" \
    "$(grep -nE '\b(syslog|fprintf\(stderr|exit)\(' "$src"/mail/*.c "$src"/lookalike/*.c "$src"/payment/*.c \
        "$src"/facts/*.c "$src"/rules/*.c "$src"/conf/*.c "$src"/store/*.c "$src"/base/*.c "$src"/report/*.c "$src"/policy/*.c "$src"/judge/*.c 2>/dev/null | grep -v '_exit(')"
done_testing
