#!/usr/bin/env python3
"""make bench-hostile: what the mails of mails.py cost, beside the budget of each. Nothing here passes or fails.

usage: run.py BUILD-FOLDER [NAME...]     names of mails.py; default: all, then eight at once of the worst
  HOSTILE_MB      size of the mails (32)
  HOSTILE_CHECK   with any value, exit 1 when something is over its budget

CPU is that of `ringer scan` and its workers from the moment when it waits for the mail; memory is the sum of the peaks
of the processes that were there at once, above what they had then.
"""
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import mails

CPU_BUDGET, ONE_BUDGET, EIGHT_BUDGET = 2.0, 200, 600  # seconds, MB above idle
AT_ONCE = 8
MB = 1 << 20
CONFIG = '''mode: monitor
protect: {{partner-domains: [valdormetaux.example], own-domains: [buyer.example],
  people: [{{name: Petra Vogel, address: p.vogel@valdormetaux.example, role: vip}}]}}
trust: {{dns-servers: []}}
quarantine: {{store: "sqlite:{dir}/store/ringer.db"}}
milter: {{socket: "unix:{dir}/ringer.sock"}}
daemon: {{{user}control-socket: "", log: stderr, log-level: warning}}
'''


def family(pid):
    """pid and what it started."""
    pids = [pid]
    for p in pids:
        try:
            for task in os.listdir('/proc/%d/task' % p):
                with open('/proc/%d/task/%s/children' % (p, task)) as f:
                    pids += [int(c) for c in f.read().split()]
        except OSError:
            pass  # gone meanwhile
    return pids


def memory(pid, what):
    """Sum of VmRSS or VmHWM of the family, in MB."""
    total = 0
    for p in family(pid):
        try:
            with open('/proc/%d/status' % p) as f:
                total += sum(int(line.split()[1]) for line in f if line.startswith(what))
        except OSError:
            pass
    return total / 1024


def clear_peak(pid):
    with open('/proc/%d/clear_refs' % pid, 'w') as f:
        f.write('5')


def cpu_now(pid):
    with open('/proc/%d/stat' % pid) as f:
        fields = f.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def wait_idle(pid):
    """Until it waits for its standard input: no CPU for a while."""
    before, calm = -1, 0
    while calm < 5:
        time.sleep(0.05)
        now = cpu_now(pid)
        calm = calm + 1 if now == before and now > 0.1 else 0
        before = now


def scan(build, config, path):
    """CPU seconds and peak in MB above idle of judging one mail."""
    child = subprocess.Popen([build + '/ringer', 'scan', '--json', '-c', config, '-'], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_idle(child.pid)
    start, idle, peak = cpu_now(child.pid), memory(child.pid, 'VmRSS:'), 0
    clear_peak(child.pid)
    with open(path, 'rb') as f:
        feeder = threading.Thread(target=lambda: (shutil.copyfileobj(f, child.stdin, MB), child.stdin.close()))
        feeder.start()
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, memory(child.pid, 'VmHWM:'))
            time.sleep(0.005)
        feeder.join()
    if status:
        sys.exit('%s: ringer scan ended with status %d' % (path, status))
    return usage.ru_utime + usage.ru_stime - start, peak - idle


def eight_at_once(build, config, folder, paths):
    """Peak of ringerd and its workers above idle, in MB."""
    daemon = subprocess.Popen([build + '/ringerd', '-f', '-c', config])
    try:
        while not os.path.exists(folder + '/ringer.sock'):
            time.sleep(0.02)
        load = [build + '/bench/milter_load', folder + '/ringer.sock']
        subprocess.run(load + ['1', '1', folder + '/tiny.eml'], check=True, capture_output=True)
        idle = memory(daemon.pid, 'VmRSS:')
        clients = subprocess.Popen(load + [str(AT_ONCE), str(AT_ONCE)] + paths,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak = 0
        while clients.poll() is None:
            peak = max(peak, memory(daemon.pid, 'VmRSS:'))
            time.sleep(0.01)
        return peak - idle
    finally:
        daemon.terminate()
        daemon.wait()


def prepare(folder):
    user = ''
    os.mkdir(folder + '/store')
    with open(folder + '/tiny.eml', 'wb') as f:
        f.write(mails.plain(b'Hello\r\n'))
    if os.geteuid() == 0:  # ringerd does not run as root
        user = 'user: nobody, '
        os.chmod(folder, 0o755)
    with open(folder + '/ringer.yaml', 'w') as f:
        f.write(CONFIG.format(dir=folder, user=user))
    if user:
        nobody = pwd.getpwnam('nobody')
        for path in (folder, folder + '/store'):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return folder + '/ringer.yaml'


def main(argv):
    build, names = os.path.abspath(argv[0]), argv[1:] or list(mails.MAILS)
    os.environ.setdefault('RINGER_DATADIR', os.path.abspath(os.path.dirname(__file__) + '/../..'))
    size = int(os.environ.get('HOSTILE_MB', '32'))
    folder = tempfile.mkdtemp(prefix='ringer-hostile.')
    try:
        return measure(build, names, size, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(build, names, size, folder):
    config, over, taken = prepare(folder), 0, []
    print('budget of each: %.0f CPU s, %d MB above idle' % (CPU_BUDGET, ONE_BUDGET))
    for name in names:
        path = '%s/%s.eml' % (folder, name)
        mails.main([folder, '--mb', str(size), name])
        cpu, mb = scan(build, config, path)
        taken.append((cpu, mb, name))
        bad = cpu > CPU_BUDGET or mb > ONE_BUDGET
        over += bad
        print('%-20s %7.2f CPU s %6.0f MB%s' % (name, cpu, mb, '  over' if bad else ''), flush=True)
        os.unlink(path)
    print('worst: %.2f CPU s (%s), %.0f MB (%s)' % (*max(taken)[::2], *max((t[1], t[2]) for t in taken)))
    hungry = [t[2] for t in sorted(taken, key=lambda t: -t[1]) if not t[2].startswith('header')]  # libmilter bounds these
    sets = [[name] for name in hungry[:3]] + [hungry[:AT_ONCE]]
    for group in sets:
        mails.main([folder, '--mb', str(size)] + group)
        mb = eight_at_once(build, config, folder, ['%s/%s.eml' % (folder, n) for n in group])
        over += mb > EIGHT_BUDGET
        print('eight at once: %4.0f MB above idle (budget: %d)  %s' % (mb, EIGHT_BUDGET, ' '.join(group)), flush=True)
    return 1 if over and os.environ.get('HOSTILE_CHECK') else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
