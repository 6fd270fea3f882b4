"""In a container whose first process is a systemd (unit.sh): does ringerd do its work with all that its unit forbids?"""
import base64
import grp
import os
import socket
import subprocess
import sys

TOP = os.environ['abs_top_srcdir']
sys.path.insert(0, TOP + '/tests/milter')
import harness  # noqa: E402
from harness import equal, run_tests, true, wait_for  # noqa: E402

os.environ['RINGER_CONFIG'] = '/etc/ringer/ringer.yaml'  # the build may have another prefix
TEST = os.environ['RINGER_TEST_DIR']
UNIT = 'ringerd.service'
DROPIN = '/etc/systemd/system/%s.d' % UNIT
STORE = '/var/lib/ringer'
SPOOL = '/var/spool/postfix/ringer'
LOG = '/var/log/ringerd.log'


def run(*command, code=0):
    done = subprocess.run(command, capture_output=True, text=True, timeout=harness.PATIENCE * 4)
    if code is not None and done.returncode != code:
        raise AssertionError('%s: exit %d\n%s%s\n%s\n%s' % (command, done.returncode, done.stdout, done.stderr, state(), log()))
    return done


def state():
    return subprocess.run(['systemctl', 'status', '--lines=0', '--no-pager', UNIT], capture_output=True, text=True).stdout


def log():
    try:
        with open(LOG, errors='replace') as f:
            return f.read()[-4000:]
    except FileNotFoundError:
        return ''


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)


def shows(name, unit=UNIT):
    return run('systemctl', 'show', '-P', name, unit).stdout.strip()


def configure(socket):
    write('/etc/ringer/ringer.yaml', 'mode: enforce\n'
          'protect:\n  own-domains: [buyer.example]\n  partner-domains: [%s]\n'
          'trust:\n  internal-networks: [10.0.0.0/8]\n  dns-deadline: 20s\n'
          'worker:\n  deadline: 20s\n  path: /usr/libexec/ringer/ringer-worker\n'
          'milter:\n  socket: unix:%s\n  socket-mode: 0660\n' % (harness.GENUINE, socket))


class Daemon(harness.Ringerd):
    """The one that systemd runs; only its sockets are of interest."""

    def __init__(self, socket):
        self.socket_spec = 'unix:' + socket
        self.var = '/run/ringer'


def start_dns():
    write(TEST + '/unbound.conf', 'server:\n username: ""\n chroot: ""\n directory: "/tmp"\n pidfile: ""\n'
          ' use-syslog: no\n logfile: "/run/unbound.log"\n verbosity: 1\n interface: 127.0.0.1\n do-ip6: no\n num-threads: 1\n'
          ' module-config: "iterator"\n local-zone: "." static\n'
          ' local-data: \'elsewhere.example. TXT "v=spf1 ip4:192.0.2.0/28 -all"\'\n'
          'remote-control:\n control-enable: no\n')
    try:
        os.unlink('/etc/resolv.conf')
    except FileNotFoundError:
        pass
    write('/etc/resolv.conf', 'nameserver 127.0.0.1\n')
    subprocess.Popen(['/usr/sbin/unbound', '-d', '-c', TEST + '/unbound.conf'])
    wait_for('the DNS server', lambda: os.path.exists('/run/unbound.log') and 'start of service' in open('/run/unbound.log').read())


def mail_with(*files):
    text = ('From: Paul <paul@elsewhere.example>\nTo: compta@buyer.example\nSubject: Letter\nMIME-Version: 1.0\n'
            'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nSee there.\n')
    for name in files:
        with open('%s/tests/worker/data/%s' % (TOP, name), 'rb') as f:
            text += ('--x\nContent-Type: application/octet-stream; name="%s"\nContent-Transfer-Encoding: base64\n\n%s'
                     % (name, base64.encodebytes(f.read()).decode()))
    return text + '--x--\n'


def held():
    return len(run('ringer', 'quarantine', 'list', '--json').stdout.splitlines())


def may_connect(group):
    """Somebody in that group, from the queue directory: as smtpd does, chrooted or not."""
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir('/var/spool/postfix')
            os.setgroups([grp.getgrnam(group).gr_gid])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            socket.socket(socket.AF_UNIX).connect('ringer/ringer.sock')
            os._exit(0)
        except PermissionError:
            os._exit(1)
        finally:
            os._exit(2)
    return {0: True, 256: False}[os.waitpid(pid, 0)[1]]


# --- the tests, in this order

def sysusers_and_tmpfiles_make_what_the_unit_needs():
    run('systemd-sysusers', 'ringer.conf')
    run('systemd-tmpfiles', '--create', 'ringer.conf')
    entry = run('getent', 'passwd', 'ringer').stdout.split(':')
    equal((entry[5], entry[6].strip()), (STORE, '/usr/sbin/nologin'))
    equal(run('stat', '-c', '%a %U %G', STORE, STORE + '/packs').stdout, '1771 root ringer\n755 root root\n')


def the_filter_is_in_force():
    """Without the calls of the sandbox, as our first unit was, a worker cannot start: so this test can fail."""
    lines = open('/usr/lib/systemd/system/' + UNIT).read().splitlines()
    allowed = [line for line in lines if line.startswith('SystemCallFilter=')]
    true(len(allowed) == 2, allowed)
    for name, filters, results in ('old', allowed[:1], ('signal', 'core-dump')), ('new', [*allowed, 'SystemCallErrorNumber=EPERM'], ('success',)):
        write('/run/systemd/system/selftest-%s.service' % name,
              '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nUser=ringer\nNoNewPrivileges=yes\n'
              'ExecStart=/usr/libexec/ringer/ringer-worker --self-test\nStandardOutput=append:%s\n%s\n'
              % (LOG, '\n'.join(filters)))
        run('systemctl', 'daemon-reload')
        run('systemctl', 'start', 'selftest-%s' % name, code=None)
        true(shows('Result', 'selftest-%s' % name) in results, (name, shows('Result', 'selftest-%s' % name)))


def ringerd_starts_under_its_unit():
    start_dns()
    configure('/run/ringer/ringer.sock')
    # there is no journal here; nothing of the unit's restrictions is changed
    write(DROPIN + '/test.conf', '[Unit]\nDefaultDependencies=no\n[Service]\nStandardError=append:%s\n'
          'Environment=ASAN_OPTIONS=detect_leaks=0 RINGER_CONFIG=/etc/ringer/ringer.yaml\nWatchdogSec=20s\n' % LOG)
    run('systemctl', 'daemon-reload')
    run('systemctl', 'start', UNIT)
    equal((shows('ActiveState'), shows('SubState')), ('active', 'running'))
    status = open('/proc/%s/status' % shows('MainPID')).read()
    true('Seccomp:\t2' in status and 'NoNewPrivs:\t1' in status and 'CapBnd:\t0000000000000000' in status, status)


def reads_a_PDF_and_a_DOCX_and_asks_for_SPF():
    d = Daemon('/run/ringer/ringer.sock')
    equal(d.client().start('192.0.2.10').message(mail_with('letter.pdf', 'letter.docx'), sender='<paul@elsewhere.example>')[0], 'c')
    status = d.status()
    attachments, spf = status['attachments'], status['spf']
    equal((attachments['ok'], attachments['last_error']), (2, ''))
    equal((spf['asked'], spf['ok'], spf['last_error']), (1, 1, ''))


def holds_an_attack():
    d = Daemon('/run/ringer/ringer.sock')
    equal(d.client().start().message(harness.ATTACK.format(id='a'))[0], 'd')
    equal(held(), 1)


def answers_the_watchdog():
    def asked():
        return int(shows('WatchdogTimestampMonotonic'))
    first = asked()
    wait_for('an answer to the watchdog', lambda: asked() > first)
    equal(shows('NRestarts'), '0')


def reloads():
    write('/etc/ringer/ringer.yaml', open('/etc/ringer/ringer.yaml').read().replace('enforce', 'monitor'))
    run('systemctl', 'reload', UNIT)
    wait_for('the reload', lambda: Daemon('/run/ringer/ringer.sock').status()['mode'] == 'monitor')


def cannot_touch_the_state_of_the_packs():
    write(STORE + '/packs/state.json', '{}\n')
    os.chmod(STORE + '/packs/state.json', 0o644)
    for action in ('rm packs/state.json', 'echo x >packs/state.json', 'mv packs p', 'rmdir packs', 'touch packs/x'):
        done = run('setpriv', '--reuid=ringer', '--regid=ringer', '--clear-groups', 'sh', '-c', 'cd %s && %s' % (STORE, action), code=None)
        true(done.returncode != 0, action)
    run('setpriv', '--reuid=ringer', '--regid=ringer', '--clear-groups', 'touch', STORE + '/own')
    os.unlink(STORE + '/packs/state.json')


def comes_back_after_a_kill():
    pid = shows('MainPID')
    os.kill(int(pid), 9)
    wait_for('the restart', lambda: shows('SubState') == 'running' and shows('MainPID') not in (pid, '0'))
    equal(shows('NRestarts'), '1')
    equal(held(), 1)


def an_invalid_configuration_is_no_reason_to_try_for_ever():
    configure('/run/ringer/ringer.sock')
    with open('/etc/ringer/ringer.yaml', 'a') as f:
        f.write('nonsense: 1\n')
    run('systemctl', 'stop', UNIT)
    run('systemctl', 'start', UNIT, code=1)
    equal((shows('ActiveState'), shows('ExecMainStatus')), ('failed', '3'))


def the_drop_in_puts_the_socket_where_a_chrooted_Postfix_finds_it():
    run('getent', 'group', 'postfix', code=None).returncode == 0 or run('groupadd', '--system', 'postfix')
    os.makedirs('/var/spool/postfix', exist_ok=True)
    write(DROPIN + '/postfix.conf', open('/usr/share/ringer/systemd/postfix.conf').read())
    configure(SPOOL + '/ringer.sock')
    run('systemctl', 'daemon-reload')
    run('systemctl', 'start', UNIT)
    equal(run('stat', '-c', '%a %U %G', SPOOL, SPOOL + '/ringer.sock').stdout, '2750 ringer postfix\n660 ringer postfix\n')
    equal((may_connect('postfix'), may_connect('nogroup')), (True, False))


def stops_in_order():
    run('systemctl', 'stop', UNIT)
    equal((shows('ActiveState'), shows('Result')), ('inactive', 'success'))
    true(not os.path.exists(SPOOL + '/ringer.sock'))


run_tests([sysusers_and_tmpfiles_make_what_the_unit_needs, the_filter_is_in_force, ringerd_starts_under_its_unit,
           reads_a_PDF_and_a_DOCX_and_asks_for_SPF, holds_an_attack, answers_the_watchdog, reloads, cannot_touch_the_state_of_the_packs,
           comes_back_after_a_kill, an_invalid_configuration_is_no_reason_to_try_for_ever,
           the_drop_in_puts_the_socket_where_a_chrooted_Postfix_finds_it, stops_in_order])
