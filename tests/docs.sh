#!/bin/sh
# What documents and comments cite is there: files by path or name, sections of ARCHITECTURE.md, and the steps of its
# tables ("grep -rn X src") find something.
. "${abs_top_srcdir:-.}/tests/tap.sh"
python3 -c '' 2>/dev/null || skip_all "python3 is not there"
cited() {
    python3 - "$top" >"$dir/out" <<'END'
import os, re, sys
top = sys.argv[1]
files = []
for at, dirs, names in os.walk(top):
    dirs[:] = [d for d in dirs if not d.startswith(('.git', 'build', 'autom4te')) and d not in ('run', 'b', 'ba', 'bt')
               and not os.path.exists(os.path.join(at, d, 'config.status'))]
    files += [os.path.relpath(os.path.join(at, n), top) for n in names]
known = set(files)
base = {os.path.basename(f) for f in files}
# made when Ringer is built, of other projects, or no file (b.c is a host)
elsewhere = {'main.cf', 'ringer.db', 'mfapi.h', 'state.json', 'history.log', 'config.h', 'configure', 'sendmail.mc', 'mfdef.h', 'misc.lua', 'b.c', 'spf_dns_rr.h', 'server.py'}
made = re.compile(r'(\.inc|_rows\.h)$')
name = re.compile(r'(?<![\w/.*<>{}$-])((?:[\w-]+/)*[A-Za-z0-9][\w-]*\.(?:md|c|h|def|sql|awk|sh|py|lua|mk))\b(?![/*])')
bad = 0
def comments(path, text):
    if path.endswith(('.md',)):
        return [text]
    return re.findall(r'/\*.*?\*/|(?m:^\s*#(?!include|define|undef|if|else|endif|error|pragma).*$)', text, re.S)
for f in sorted(files):
    if not f.endswith(('.c', '.h', '.def', '.md', '.sh', '.mk', '.sql', '.am')) or f.startswith('build-aux'):
        continue
    try:
        text = open(os.path.join(top, f), encoding='utf-8').read()
    except UnicodeDecodeError:
        continue
    for part in comments(f, text):
        for cited in name.findall(part):
            here = os.path.join(os.path.dirname(f), cited)
            if '/' in cited:
                ok = any(p in known for p in (cited, here, 'src/' + cited, 'tests/' + cited))
            else:
                ok = cited in base
            if not ok and cited not in elsewhere and not made.search(cited) and os.path.basename(cited) not in elsewhere \
                    and not re.search(r'(^|/)(cmd_NAME|example|new|local)\b', cited):
                print('%s cites %s, which is not there' % (f, cited)); bad += 1
        for section in re.findall(r'ARCHITECTURE\.md, "([^"]+)"', ' '.join(part.split()).replace(' * ', ' ')):
            if '\n## %s\n' % section not in open(os.path.join(top, 'ARCHITECTURE.md'), encoding='utf-8').read():
                print('%s cites a section "%s" that ARCHITECTURE.md does not have' % (f, section)); bad += 1
sys.exit(bad > 0)
END
}
ok "every file and section that is cited is there" cited
greps() { # the commands in the table of ARCHITECTURE.md lead to the files that it names
    python3 - "$top" >"$dir/out" <<'END'
import os, re, subprocess, sys
os.chdir(sys.argv[1])
table = re.search(r'\n## Tracing.*?(?=\n## )', open('ARCHITECTURE.md', encoding='utf-8').read(), re.S).group()
rows = [r.split('|') for r in table.splitlines() if r.startswith('| ') and '`grep ' in r]
bad = len(rows) < 5
for row in rows:
    command = re.search(r'`(grep [^`]*)`', row[2]).group(1)
    found = subprocess.run(command + ' /dev/null' * ('-r' not in command), shell=True, text=True, capture_output=True).stdout
    for name in re.findall(r'`((?:[\w-]+/)*[\w-]+\.(?:c|h|def))`', row[3]) or ['']:
        if not found or name not in found:
            print('%s does not lead to %s' % (command, name or 'anything')); bad += 1
sys.exit(bad > 0)
END
}
ok "the greps of ARCHITECTURE.md find what they say" greps
families() { # a fact that is set in a file of another name than its first word stands in the paragraph about that
    python3 - "$top" >"$dir/out" <<'END'
import glob, os, re, sys
os.chdir(sys.argv[1])
read = lambda path: open(path, encoding='utf-8').read()
facts = dict(re.findall(r'^FACT\((\w+), "([^"]+)"', read('src/facts/facts.def'), re.M))
told = re.search(r"\nThe first word of a fact's name.*?\n\n", read('ARCHITECTURE.md'), re.S).group().split(';')
bad = len(facts) < 100
for path in sorted(glob.glob('src/facts/*.c')):
    file = os.path.basename(path)
    for id in set(re.findall(r'facts_set\w*\([^;]*?\bFACT_(\w+)', read(path))) & set(facts):
        word = facts[id].split('.')[0]
        if file != word + '.c' and not any('`%s`' % file in t and re.search('`%s[`.]' % word, t) for t in told):
            print('%s is set in %s, which ARCHITECTURE.md does not tell' % (facts[id], path)); bad += 1
sys.exit(bad > 0)
END
}
ok "facts whose file has another name are told" families
done_testing
