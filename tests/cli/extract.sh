#!/bin/sh
# ringer extract: files and standard input, what is said of those that cannot be read, exit codes.
. "${abs_top_srcdir:-.}/tests/tap.sh"
data=$top/tests/worker/data
extract() { "$ringer" extract "$@"; }
stdin() { extract - <"$1"; }

says "a PDF is read" 0 "Our bank details have changed." extract "$data/letter.pdf"
says "so is standard input" 0 "IBAN" stdin "$data/letter.docx"
says "a file that cannot be read is named with the reason" 1 "ringer extract: $data/locked.pdf: encrypted" \
    extract "$data/locked.pdf" "$data/letter.rtf"
grep -q "Our new account" "$dir/out"; ok "the others are read"
says "one that is not there" 1 "$dir/none: No such file or directory" extract "$dir/none"
yes "Our bank details have changed, please pay into the new account" | head -c 2000000 >"$dir/long.txt"
says "of a text that was cut it is said that there is more" 0 "ok (there is more text)" extract "$dir/long.txt"
says "a timeout that is no number" 2 "--timeout 4s: a number from 1 on is wanted" extract -t 4s "$data/letter.pdf"
says "less than a worker needs" 2 "at least 32 MiB" extract --memory=1 "$data/letter.pdf"
says "a timeout beyond all bounds" 2 "100 to 600000" extract --timeout=99999999999 "$data/letter.pdf"
says "no file" 2 "which file?" extract
says "an option that there is not" 2 "usage:" extract --frobnicate
says "its help tells the formats" 0 "CSV" extract --help
done_testing
