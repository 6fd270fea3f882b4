#!/bin/sh
# Writes a large policy for the bench: a phrase pack and a rule pack of invented words.
#   bench/policy_files.sh FOLDER PHRASES RULES
set -eu
mkdir -p "$1/phrases"
awk -v n="$2" '
function word(i,   w) {
    w = ""
    do { w = w substr("bdfgklmnprstvz", i % 14 + 1, 1) substr("aeiou", int(i / 14) % 5 + 1, 1); i = int(i / 70) } while (i)
    return w
}
BEGIN {
    print "language: x-bench\nwords:"
    for (i = 0; i < 50; i++)
        printf "  noun%d: [%s konto, %s account, \"%s (nummer|number)\"]\n", i, word(i), word(i + 50), word(i + 100)
    for (i = 0; i < 50; i++)
        printf "  verb%d: [transfer %s, \"(use|take) %s\", %s]\n", i, word(i), word(i), word(i + 9000)
    print "phrases:"
    for (i = 0; i < n; i++)
        printf "  - {id: p%d, kind: bank-change, strength: %d, all: [noun%d, verb%d, [%s, %s invoice]], yes: [\"%s konto %s transfer %s\"]}\n",
            i, 20 + i % 40, i % 50, int(i / 50) % 50, word(i + 20000), word(i + 3), word(i % 50), word(i + 20000), word(int(i / 50) % 50)
}' >"$1/phrases/bench.yaml"
awk -v n="$3" '
BEGIN {
    print "rules:"
    for (i = 0; i < n; i++)
        printf "  - {id: bench.r%d, title: t, axis: context, why: \"{from.address}\", score: 1, when: \"request.bank_change >= %d and recipient.count < %d and message.subject matches /payment %d/i\"}\n",
            i, 1 + i % 69, 2 + i % 30, i
}' >"$1/rules.yaml"
