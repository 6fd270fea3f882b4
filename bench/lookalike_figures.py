#!/usr/bin/env python3
"""What the engine finds in labelled domains, and what it says of popular ones that it has not seen.

usage: bench/lookalike_figures.py DATA [--ringer PATH] [--curve] [--misses N] [--only SET]
       bench/lookalike_figures.py DATA --halves FOLDER     data folders and harmless domains for bench/fit_lookalike

DATA is a folder of tab-separated lists: bec_actor_domains, squats_udrp, homographs_idn, phish_hosts, typos_malicious
(.tsv: domain, the domain that it imitates), companies.tsv (what else is protected), brand_families.tsv (domain, owner),
benign.txt (harmless domains). Nothing of it is in this repository but popular_cc0.txt, as data/lookalike/crowd.txt.

The engine counts how many popular domains lie near a protected name (crowding), so the shipped list of them must not be
what false findings are counted in. The list is dealt into two halves by a hash of the name: the engine is given
one, in a data folder of its own, and is asked about the harmless domains that are not in it; then the other way round.
Short lists are several samples of the companies, each asked alone, and the mean is printed.
"""
import argparse, collections, hashlib, json, os, shutil, subprocess, tempfile, time

ap = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
ap.add_argument("data")
ap.add_argument("--ringer", default="ringer")
ap.add_argument("--curve", action="store_true", help="what is found, and what of popular domains, from each score")
ap.add_argument("--misses", type=int, default=0, help="print N misses and false findings of each set")
ap.add_argument("--only", default="", help="only the sets whose names begin so")
ap.add_argument("--halves", help="only write FOLDER/0, FOLDER/1 (data) and FOLDER/harmless0, FOLDER/harmless1")
args = ap.parse_args()
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
WEAK, STRONG = 50, 70
SETS = ("bec_actor_domains", "bec_cases", "squats_udrp", "homographs_idn", "phish_hosts", "typos_malicious")


def rows(name):
    path = os.path.join(args.data, name)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip()]


def half(name):
    return hashlib.sha256(name.encode()).digest()[0] & 1


def data_folder(folder, keep):
    """The repository's data, with the half of the crowd that `keep` says; None = all of it."""
    for name in ("rules", "data"):
        shutil.copytree(os.path.join(root, name), os.path.join(folder, name))
    crowd = os.path.join(folder, "data", "lookalike", "crowd.txt")
    if keep is not None and os.path.exists(crowd):
        with open(crowd, encoding="utf-8") as f:
            lines = [line for line in f if line.startswith("#") or half(line.strip()) == keep]
        with open(crowd, "w", encoding="utf-8") as f:
            f.writelines(lines)


def write_halves(folder):
    for keep in (0, 1):
        data_folder(os.path.join(folder, str(keep)), keep)
        with open(os.path.join(folder, f"harmless{keep}"), "w", encoding="utf-8") as f:
            f.writelines(r[0] + "\n" for r in rows("benign.txt") if half(r[0]) != keep)


def ask(protected, domains, folder):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as f:
        f.write("\n".join(sorted(protected)) + "\n")
        f.flush()
        env = dict(os.environ, RINGER_DATADIR=folder)
        p = subprocess.run([args.ringer, "domain", "--json", "-p", f.name, "-"], input="\n".join(domains) + "\n",
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8", env=env)
    out = [json.loads(line) for line in p.stdout.splitlines() if line.strip()]
    if len(out) != len(domains):
        raise SystemExit(f"ringer answered {len(out)} of {len(domains)} domains (exit {p.returncode})")
    return out


def same_name(a, b):
    return (a or "").split(".")[0] == b.split(".")[0]


def labelled(name, companies, folder, alone=False):
    pairs = [r for r in rows(name + ".tsv") if r[0] != r[1]]
    if not pairs:
        return None
    start = time.monotonic()
    protected = {r[1] for r in pairs} | (set() if alone else companies)
    out = ask(protected, [r[0] for r in pairs], folder)
    found = sum(o["score"] >= WEAK for o in out)
    right = sum(o["score"] >= WEAK and same_name(o["target"], r[1]) for o, r in zip(out, pairs))
    strong = sum(o["score"] >= STRONG for o in out)
    print(f"{name + (' alone' if alone else ''):24} {len(pairs):7} {strong / len(pairs):8.1%} {found / len(pairs):8.1%} "
          f"{right / max(found, 1):8.1%} {time.monotonic() - start:6.1f}", flush=True)
    by_class = collections.defaultdict(list)
    for o, r in zip(out, pairs):
        by_class[r[2] if len(r) > 2 else "-"].append(o["score"])
    if args.misses and name.startswith("bec"):
        for c, s in sorted(by_class.items()):
            print(f"     {c:28} {len(s):4} strong {sum(x >= STRONG for x in s):4} found {sum(x >= WEAK for x in s):4}")
    for o, r in [x for x in zip(out, pairs) if x[0]["score"] < (STRONG if name.startswith("bec") else WEAK)][:args.misses]:
        print("    ", "\t".join(r[:3]), o["score"], o["target"], ",".join(o["class"]))
    return [o["score"] for o in out]


def harmless(label, lists, benign, folders):
    strong = found = asked = 0
    scores = []
    for protected in lists:
        for keep, folder in folders.items():
            domains = [b for b in benign if b not in protected and half(b) != keep]
            out = ask(protected, domains, folder)
            scores += [o["score"] for o in out]
            asked += len(domains)
            for o, b in [x for x in zip(out, domains) if x[0]["score"] >= STRONG][:args.misses]:
                print("     false", b, o["target"], o["score"], ",".join(o["class"]))
    strong, found = sum(s >= STRONG for s in scores), sum(s >= WEAK for s in scores)
    print(f"{label:24} {asked:7} {strong * 1e4 / asked:8.2f} {found * 1e4 / asked:8.2f}    of 10,000", flush=True)
    return scores


def families(folder):
    owners = collections.defaultdict(list)
    for r in rows("brand_families.tsv"):
        owners[r[1]].append(r[0])
    first = {}
    for domains in owners.values():
        domains.sort(key=lambda d: (len(d), d))
        first.update((d, domains[0]) for d in domains[1:])
    asked = [d for d in first if d not in set(first.values())]
    if asked:
        out = ask(set(first.values()), asked, folder)
        print(f"{'brand_families':24} {len(asked):7} {sum(o['score'] >= STRONG for o in out) / len(asked):8.1%} "
              f"{sum(o['score'] >= WEAK for o in out) / len(asked):8.1%}    (one owner)")


def samples(names, n, count):
    return [set(names[i::max(len(names) // n, 1)][:n]) for i in range(count)]


def main():
    if args.halves:
        write_halves(args.halves)
        return
    companies = {r[0] for r in rows("companies.tsv")}
    ranked = sorted(companies, key=lambda c: hashlib.sha256(c.encode()).digest())
    benign = [r[0] for r in rows("benign.txt")]
    suppliers = {r[1] for r in rows("bec_actor_domains.tsv")}
    more = sorted({r[1] for r in rows("squats_udrp.tsv")} - companies - suppliers)
    with tempfile.TemporaryDirectory() as work:
        folders = {}
        for keep in (0, 1, None):
            folder = os.path.join(work, str(keep))
            data_folder(folder, keep)
            folders[keep] = folder
        everything = folders.pop(None)
        print(f"{'set':24} {'n':>7} {'strong':>8} {'found':>8} {'target':>8} {'s':>6}")
        scores = {}
        for name in SETS:
            if name.startswith(args.only):
                scores[name] = labelled(name, companies, everything)
        if "bec".startswith(args.only[:3]):
            scores["bec alone"] = labelled("bec_actor_domains", companies, everything, alone=True)
        lists = {"harmless/100": samples(ranked, 100, 3), "harmless/150": samples(ranked, 150, 4),
                 "harmless/suppliers": [suppliers], "harmless/1000": samples(ranked, 1000, 2),
                 "harmless/5000": [companies | suppliers | set(more[:5000 - len(companies | suppliers)])]}
        for label, names in lists.items():
            if label.startswith(args.only):
                scores[label] = harmless(label, names, benign, folders)
        if "brand".startswith(args.only[:5]):
            families(everything)
    if args.curve:
        kinds = {k: v for k, v in scores.items() if v}
        print("\nscore " + " ".join(f"{k[-14:]:>14}" for k in kinds))
        for s in range(44, 92, 2):
            print(f"{s:5} " + " ".join(f"{sum(x >= s for x in v) * (1e4 if k.startswith('harm') else 100) / len(v):14.2f}"
                                       for k, v in kinds.items()))


main()
