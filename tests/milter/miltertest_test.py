"""Runs conversation.lua with miltertest against a ringerd."""
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *

if not shutil.which('miltertest'):
    skip_all('no miltertest program: apt-get install miltertest')
D = Ringerd().start()
run = subprocess.run(['miltertest', '-D', 'socket=' + D.socket_spec, '-s', os.path.join(SRC, 'tests/milter/conversation.lua')],
                     capture_output=True, text=True, timeout=2 * PATIENCE)
print(run.stdout, end='', flush=True)
print(''.join('# %s\n' % line for line in run.stderr.splitlines()), end='', flush=True)
code = D.stop()
sys.exit(run.returncode or code)
