#!/bin/sh
# Cross-check of the IBAN table and of the Spanish CCC: random numbers, with python3-stdnum as the judge.
py=python3
[ -x /usr/bin/python3 ] && py=/usr/bin/python3
"$py" -c 'import stdnum.iban' 2>/dev/null || { echo "1..0 # SKIP python3-stdnum is missing"; exit 0; }
exec "$py" - "${abs_top_builddir:-.}/ringer" <<'EOF'
import random, re, subprocess, sys, stdnum.es.ccc, stdnum.iban, stdnum.numdb
random.seed(7)
db = open(re.sub(r"iban\.py$", "iban.dat", stdnum.iban.__file__), encoding="utf-8").read()
alphabet = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
lines, want = [], []
for country, bban in re.findall(r'^(\w\w) country=".*?" bban="(.*?)"', db, re.M):
    for good in (True, True, False):
        body = "".join(random.choice(alphabet[k]) for n, k in re.findall(r"(\d+)!(\w)", bban) for _ in range(int(n)))
        check = stdnum.iban.calc_check_digits(country + "00" + body)
        if not good:
            check = "%02d" % ((int(check) + random.randint(1, 90)) % 97)
            good = stdnum.iban.is_valid(country + check + body, check_country=False)
        number = country + check + body
        lines.append("IBAN: " + " ".join(number[i:i + 4] for i in range(0, len(number), 4)))
        want.append((number, good))
countries = len(want)
for i in range(200):
    ccc = "".join(random.choice("0123456789") for _ in range(20))
    if i % 2:
        ccc = ccc[:8] + stdnum.es.ccc.calc_check_digits(ccc) + ccc[10:]
    lines.append("CCC: " + ccc)
    want.append(("ES" + stdnum.iban.calc_check_digits("ES00" + ccc) + ccc, stdnum.es.ccc.is_valid(ccc)))
out = subprocess.run([sys.argv[1], "phrases", "match", "--lines"], input="\n".join(lines) + "\n",
                     stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")
bad = 0
for (number, good), got in zip(want, out):
    if number.startswith("ES") and not good and lines[want.index((number, good))].startswith("CCC"):
        bad += bool(got.split("\t")[3])
    elif ("iban:%s:%s:%s" % (number, number[:2], "valid" if good else "invalid")) not in got.split("\t")[3].split():
        bad += 1
        print("# %s valid=%s got %s" % (number, good, got.split("\t")[3]))
print("1..2")
print("%sok 1 - %d IBANs and CCCs agree with stdnum" % ("not " if bad else "", len(want)))
print("%sok 2 - at least 75 countries were tried" % ("" if countries >= 225 else "not "))
EOF
