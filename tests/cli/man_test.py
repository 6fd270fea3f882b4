"""Every command's --help against its manual page: the same options, the same sub-commands, one layout."""
import glob
import sys
sys.path.insert(0, __file__.rpartition('/')[0] + '/../milter')
from harness import *

SECTIONS = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'EXIT STATUS', 'EXAMPLES', 'SEE ALSO']  # in every page of a program
OPTION = r'(?<![\w-])(--[a-z][a-z0-9-]*|-[a-zA-Z])(?![\w-])'


def run(*argv):
    return subprocess.run([os.path.join(BUILD, argv[0]), *argv[1:]], capture_output=True, text=True, timeout=PATIENCE)


def help_of(*argv):
    out = run(*argv, '--help')
    equal((argv, out.returncode, out.stderr), (argv, 0, ''))
    return out.stdout


def commands():
    return re.findall(r'^  ([a-z-]+)  +\S', help_of('ringer').split('\n\n', 1)[1], re.M)


def sub_commands(command):
    """From the usage, `ringer history show`, or the list of a command that has very many."""
    text = help_of('ringer', command)
    found = re.findall(r'^(?:usage:|      ) ringer %s (?:\[-d DIR\] )?([a-z]+)\b' % command, text, re.M)
    return found or (re.findall(r'^  ([a-z]+) ', text, re.M) if ' COMMAND ' in text else [])


def helps(command):
    text = help_of('ringer', command)
    return text + ''.join(help_of('ringer', command, sub) for sub in sub_commands(command))


def programs():
    """Page -> what the help of its program says."""
    out = {'man/ringer-%s.1' % c: helps(c) for c in commands() if c != 'version'}
    out['man/ringer.1'] = help_of('ringer')
    out['man/ringerd.8'] = help_of('ringerd')
    out['man/ringer-worker.8'] = help_of('ringer-worker')
    return out


def source(page):
    with open(os.path.join(SRC, page)) as f:
        return f.read()


def pages():
    """Of the source tree, and those that are made from tables."""
    made = glob.glob(os.path.join(BUILD, 'man/*.[1-8]'))
    kept = glob.glob(os.path.join(SRC, 'man/*.[1-8]'))
    return {os.path.basename(p): p for p in made + kept}


def options_of_page(page):
    """What stands behind Fl, up to the next macro; "Fl fnVh" is four."""
    out = set()
    for flags in re.findall(r'\bFl((?: +(?:Ns +)?[-\w]+| ,)+)', source(page)):
        for word in re.findall(r'[-\w]+', flags):
            if word in ('Ns', 'Ar', 'Cm', 'Fl', 'Oc', 'Op', 'Oo', 'No', 'Pq', 'Pa', 'Xr'):
                break
            out.update(['-' + word] if word[0] == '-' else ['-' + letter for letter in word])
    return out


def options_of_examples(page):
    """Of commands that are shown: `ringer scan -q`."""
    return [(command, option) for command, rest in re.findall(r'\bringer ([a-z-]+)\b([^|\n>]*)', source(page))
            for option in re.findall(OPTION, rest)]


def each_command_has_its_page():
    equal([p for p in programs() if not os.path.exists(os.path.join(SRC, p))], [])


def help_and_page_know_the_same_options():
    wrong = []
    for page, text in programs().items():
        if not os.path.exists(os.path.join(SRC, page)):
            continue
        helped, paged = set(re.findall(OPTION, text)), options_of_page(page)
        wrong += ['%s lacks %s' % (page, o) for o in sorted(helped - paged)]
        wrong += ['%s has %s, its --help not' % (page, o) for o in sorted(paged - helped)]
    equal(wrong, [])


def every_help_tells_how_to_get_it():
    equal([page for page, text in programs().items() if not re.search(r'(?<![\w-])--help\b', text)], [])


def every_option_that_is_accepted_is_told():
    told = set(re.findall(OPTION, ''.join(programs().values())))
    accepted = set()
    for path in glob.glob(os.path.join(SRC, 'src/cli/*.c')) + [os.path.join(SRC, 'src/milter/options.c')]:
        with open(path) as f:
            accepted.update('--' + name for name in re.findall(r'\{"([a-z-]+)", *(?:no|required|optional)_argument', f.read()))
    true(len(accepted) > 20, accepted)
    equal(sorted(accepted - told - {'--create', '--recipient'}), [])  # of earlier versions: they still do what they did


def examples_use_options_that_there_are():
    wrong = []
    for page in [p for p in pages().values() if p.startswith(SRC)]:
        for command, option in options_of_examples(os.path.relpath(page, SRC)):
            if command in commands() and option not in re.findall(OPTION, helps(command)):
                wrong.append('%s: ringer %s has no %s' % (os.path.basename(page), command, option))
    equal(wrong, [])


def help_and_page_know_the_same_sub_commands():
    wrong, seen = [], 0
    for command in commands():
        page = 'man/ringer-%s.1' % command
        for sub in sub_commands(command) if os.path.exists(os.path.join(SRC, page)) else []:
            seen += 1
            if not re.search(r'^\.It Cm (.* , )?%s\b' % sub, source(page), re.M):
                wrong.append('%s does not explain %s' % (page, sub))
            if not re.search(r'^\.Nm( ringer %s)?\n(\.(Op|Oo|Oc|Fl) .*\n|\.Oc\n)*\.Cm (.* \| )?%s\b' % (command, sub), source(page), re.M):
                wrong.append("%s: %s is not in the synopsis" % (page, sub))
    true(seen > 20, seen)
    equal(wrong, [])


def pages_have_one_layout():
    wrong = []
    for page in programs():
        if os.path.exists(os.path.join(SRC, page)):
            heads = [h.strip('"') for h in re.findall(r'^\.Sh (.*)', source(page), re.M)]
            if [h for h in heads if h in SECTIONS] != SECTIONS:
                wrong.append('%s: %s' % (page, ', '.join(heads)))
    equal(wrong, [])


def references_lead_somewhere():
    there, wrong = set(pages()), []
    for name, path in pages().items():
        with open(path) as f:
            text = f.read()
        wrong += ['%s: %s(%s)' % (name, page, section) for page, section in re.findall(r'\bXr (ringer[\w.-]*) (\d)', text)
                  if page + '.' + section not in there]
    equal(wrong, [])
    with open(os.path.join(SRC, 'man/local.mk')) as f:
        listed = f.read()
    equal([name for name in sorted(there) if 'man/' + name not in listed], [])


def pages_format_without_warnings():
    if not shutil.which('mandoc'):
        print('# mandoc is missing')
        return
    lint = subprocess.run(['mandoc', '-Tlint', '-W', 'warning', *sorted(pages().values())], capture_output=True, text=True)
    equal(lint.stdout + lint.stderr, '')


if __name__ == '__main__':
    run_tests([each_command_has_its_page, every_help_tells_how_to_get_it, every_option_that_is_accepted_is_told,
               help_and_page_know_the_same_options, help_and_page_know_the_same_sub_commands,
               examples_use_options_that_there_are, pages_have_one_layout, references_lead_somewhere,
               pages_format_without_warnings])
