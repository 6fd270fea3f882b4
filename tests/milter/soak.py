"""make soak: a ringerd under traffic and reloads, whose memory must stay level.

Not part of make check, for it takes a minute or more. Each round is one reload through the control socket while
sixteen connections send mail. The allocator's arenas and SQLite's pages are there after the warm-up; what grows after
it is a leak, and what a reload leaves behind for good is memory that is not given back.
    SOAK_ROUNDS   reloads (200), of which the first fifth is the warm-up
    SOAK_NAMES    protected names (10000)
"""
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness
from harness import Ringerd, equal, true

ROUNDS = int(os.environ.get('SOAK_ROUNDS', 200))
NAMES = int(os.environ.get('SOAK_NAMES', 10000))
WARM = max(ROUNDS // 5, 1)
MESSAGES, CONNECTIONS = 160, 16
# What an idle daemon with its one policy grows to under traffic, and what it may still grow after the warm-up. A second
# policy that stays is a ratio of 2; one list of a policy that leaks with each reload is more than the second ratio.
TRAFFIC_RATIO, LEVEL_RATIO = 1.5, 1.15


def write_names(path):
    a = 'abcdefghijklmnopqrstuvwxyz'
    with open(path, 'w') as f:
        for i in range(NAMES):
            f.write('supplier-%s%s%s%d-works.example\n' % (a[i % 26], a[i // 26 % 26], a[i // 676 % 26], i))
    os.chmod(path, 0o644)


def kilobytes(daemon, what):
    with open('/proc/%d/status' % daemon.process.pid) as f:
        return int(re.search(what + r':\s+(\d+) kB', f.read()).group(1))


def private(daemon):
    """At rest: two answers mean that its main loop came round once more."""
    harness.wait_for('the end of the connections', lambda: daemon.status()['connections'] == 0)
    daemon.status()
    return kilobytes(daemon, 'RssAnon')


def one_round(daemon, files):
    program = os.path.join(os.environ.get('abs_top_builddir', harness.BUILD), 'bench/milter_load')
    client = subprocess.Popen([program, daemon.socket_spec.partition(':')[2], str(CONNECTIONS), str(MESSAGES), *files],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    reloaded = daemon.control('reload')
    said = client.communicate(timeout=120)[1]
    true(reloaded['ok'], reloaded['report'])
    equal(client.returncode and said, 0)


def memory_stays_level_under_traffic_and_reloads():
    daemon = Ringerd()
    write_names(os.path.join(daemon.dir, 'partners.txt'))
    daemon.write_conf(partners=('{file: partners.txt}',))
    daemon.start()
    files = sorted(glob.glob(harness.SRC + '/tests/cases/*/*.eml'))
    true(files, 'mail of the test cases')
    idle = now = private(daemon)
    print('# at the start: %d KiB private' % idle, flush=True)
    for n in range(1, ROUNDS + 1):
        one_round(daemon, files)
        now = private(daemon)
        if n == WARM:
            warm = now
        if n <= 5 or n % max(ROUNDS // 10, 1) == 0:
            print('# %4d reloads, %6d messages: %d KiB private, %d KiB resident' % (
                n, n * MESSAGES, now, kilobytes(daemon, 'VmRSS')), flush=True)
    equal(daemon.status()['generation'], ROUNDS + 1)
    true(warm <= idle * TRAFFIC_RATIO, '%d KiB at the start, %d KiB after the warm-up' % (idle, warm))
    true(now <= warm * LEVEL_RATIO, '%d KiB after the warm-up, %d KiB at the end' % (warm, now))
    equal(daemon.stop(), 0)


harness.run_tests([memory_stays_level_under_traffic_and_reloads])
