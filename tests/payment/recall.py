#!/usr/bin/env python3
"""Run the sample mails in these folders through `ringer phrases match --lines`.

usage: recall.py [--ringer PATH] [--tap] [FILE...]
cases/ was written with the packs, mails/ by somebody who had not read them (the odd ones have taught the packs
since), fresh/ later still, then blind/, and fresh2/ in rounds (a, b, c) with the concepts: the packs have learned
from each round after its first run. blind2/ was written without a look at any of this, and no phrase has been
made from it: how many of it are listed says how the packs read what they have never seen. known-misses lists those that
are still got wrong: one more fails, and so does one that is got right and still listed.
A line: id, expected kinds (comma; "kind~" = weakly is enough; "none" = nothing plain), text (\\n = line end).
"""
import argparse, collections, glob, os, subprocess, sys
ap = argparse.ArgumentParser()
ap.add_argument("--ringer", default="ringer")
ap.add_argument("--tap", action="store_true")
ap.add_argument("files", nargs="*")
args = ap.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
files = args.files or [f for d in ("cases", "mails", "fresh", "blind", "fresh2", "blind2") for f in sorted(glob.glob(os.path.join(here, d, "*.tsv")))]
known = {l.split()[0] for l in open(os.path.join(here, "known-misses"), encoding="utf-8") if l.strip() and l[0] != "#"}
rows = []
for f in files:
    for line in open(f, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            lang, folder = os.path.basename(f)[:-4], os.path.basename(os.path.dirname(os.path.abspath(f)))
            row = line.rstrip("\n").split("\t")
            rows.append([lang, folder + "/" + row[0]] + row[1:])
out = subprocess.run([args.ringer, "phrases", "match", "--lines"], input="\n".join(r[3] for r in rows) + "\n",
                     stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True).stdout.split("\n")
right, total, language = collections.Counter(), collections.Counter(), collections.Counter()
if args.tap:
    print("1..%d" % (len(rows) + 1))
for n, (row, got) in enumerate(zip(rows, out), 1):
    lang, name, want, text = row
    tag, requests, boosters, accounts = got.split("\t")[:4]
    best = collections.defaultdict(int)
    for r in requests.split():
        kind, strength, stance, phrase = r.split(":")
        if stance == "asserted":
            best[kind] = max(best[kind], int(strength))
    # A change of account may be taken for a new payee and the other way round: both are held alike.
    pair = max(best["bank-change"], best["new-payee"])
    def met(w):
        kind, least = (w[:-1], 20) if w.endswith("~") else (w, 60)
        return (pair if kind in ("bank-change", "new-payee") else best[kind]) >= least
    ok = not any(v >= 60 for v in best.values()) if want == "none" else all(met(w) for w in want.split(","))
    hard = "ham" if want == "none" else "ask"
    total[lang, hard] += 1
    right[lang, hard] += ok
    language[lang] += tag.lower().startswith(lang[:2])
    if args.tap:
        print("%sok %d - %s %s%s" % ("" if ok else "not ", n, name, want, " # TODO known miss" if name in known else ""))
    if not ok:
        print("# %s want %s got [%s] %s\n#    %s" % (name, want, requests, boosters, text[:230]))
all_right = sum(right.values())
for lang in sorted({r[0] for r in rows}):
    print("# %-8s requests %d of %d, hard negatives %d of %d, language %d" % (lang, right[lang, "ask"],
          total[lang, "ask"], right[lang, "ham"], total[lang, "ham"], language[lang]))
print("# right: %d of %d" % (all_right, len(rows)))
if args.tap:
    good = sum(language.values()) >= 0.95 * len(rows)
    print("%sok %d - the language is guessed for 95 in 100 (%d of %d)" % ("" if good else "not ", len(rows) + 1, sum(language.values()), len(rows)))
