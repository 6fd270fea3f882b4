"""The same conversation with a real Sendmail: it differs from Postfix in macros, negotiation and what it tolerates.

Its package conflicts with Postfix's, so it is unpacked into the build folder instead of being installed.
"""
import socketserver
import sqlite3
import threading
import os
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../postfix'))
from mta import *

CACHE = os.path.join(BUILD, 'tests/sendmail/root')
PACKAGES = ['sendmail-bin', 'sendmail-base', 'sendmail-cf', 'libwrap0', 'liblockfile1', 'libnsl2', 'libdb5.3', 'libsasl2-2',
            'libldap-2.5-0']
CONFIG = '''divert(-1)
divert(0)dnl
VERSIONID(`ringer test')
OSTYPE(`linux')dnl
define(`QUEUE_DIR', `{dir}/queue')dnl
define(`STATUS_FILE', `')dnl
define(`ALIAS_FILE', `')dnl
define(`HELP_FILE', `')dnl
define(`confPID_FILE', `{dir}/sendmail.pid')dnl
define(`confSERVICE_SWITCH_FILE', `{dir}/service.switch')dnl
define(`confHOSTS_FILE', `{dir}/hosts')dnl
define(`confCW_FILE', `-o {dir}/local-host-names')dnl
define(`confTO_IDENT', `0s')dnl
define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe')dnl
define(`confDELIVERY_MODE', `background')dnl
define(`confLOG_LEVEL', `9')dnl
define(`confPRIVACY_FLAGS', `goaway')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {sink}')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Port={port}, Addr=127.0.0.1, Name=MTA')dnl
INPUT_MAIL_FILTER(`ringer', `S={milter}, F=T, T=C:10s;S:30s;R:30s;E:5m')dnl
MAILER(`smtp')dnl
'''


class Sink(socketserver.StreamRequestHandler):
    """Where Sendmail delivers: keeps what it gets."""
    got = []  # (recipients, bytes)

    def handle(self):
        self.reply('220 sink')
        rcpts = []
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b'RCPT':
                rcpts.append(re.search(rb'<(.*)>', line)[1].decode())
                self.reply('250 ok')
            elif verb == b'DATA':
                self.reply('354 go on')
                data = b''
                for line in self.rfile:
                    if line == b'.\r\n':
                        break
                    data += line[1:] if line[:1] == b'.' else line
                Sink.got.append((rcpts, data))
                rcpts = []
                self.reply('250 kept')
            elif verb == b'QUIT':
                self.reply('221 bye')
                return
            else:
                self.reply('250 sink')

    def reply(self, text):
        self.wfile.write(text.encode() + b'\r\n')


def unpack():
    """Sendmail's program and m4 files below CACHE; skips the tests when the packages cannot be had."""
    if not os.path.exists(CACHE + '/done'):
        os.makedirs(CACHE, exist_ok=True)
        run = subprocess.run(['apt-get', 'download', '-q', *PACKAGES], cwd=CACHE, capture_output=True, text=True)
        debs = [name for name in os.listdir(CACHE) if name.endswith('.deb')]
        if run.returncode != 0 or len(debs) < len(PACKAGES):
            skip_all("Sendmail's packages cannot be downloaded: " + run.stderr.strip().replace('\n', ' ')[:200])
        for deb in debs:
            subprocess.run(['dpkg', '-x', deb, '.'], cwd=CACHE, check=True)
        program = CACHE + '/usr/libexec/sendmail/sendmail'
        os.chmod(program, 0o755)  # not setgid: it would not find its libraries
        open(CACHE + '/done', 'w').close()


class Sendmail:
    def __init__(self, milter):
        self.dir = private_dir()
        self.sink = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Sink)
        self.sink.daemon_threads = True
        threading.Thread(target=self.sink.serve_forever, daemon=True).start()
        self.port = free_port()
        for name in ('queue',):
            os.mkdir(os.path.join(self.dir, name), 0o700)
        self.write('service.switch', 'hosts files\naliases files\n')
        self.write('hosts', '127.0.0.1 localhost mx.ringer.example\n')
        self.write('local-host-names', '')
        self.write('test.mc', CONFIG.format(dir=self.dir, port=self.port, sink=self.sink.server_address[1], milter=milter))
        cf = CACHE + '/usr/share/sendmail/cf/'
        run = subprocess.run(['m4', '-D_CF_DIR_=' + cf, cf + 'm4/cf.m4', self.dir + '/test.mc'], capture_output=True, text=True)
        true(run.returncode == 0, run.stderr)
        self.write('sendmail.cf', run.stdout)
        libraries = ':'.join(os.path.join(CACHE, d) for d in ('lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu')
                             if os.path.isdir(os.path.join(CACHE, d)))
        multiarch = subprocess.run(['dpkg-architecture', '-qDEB_HOST_MULTIARCH'], capture_output=True, text=True).stdout.strip()
        if multiarch:
            libraries += ':' + ':'.join('%s/%s/%s' % (CACHE, d, multiarch) for d in ('lib', 'usr/lib'))
        # a host name of its own with a dot in it, or Sendmail waits a minute for one
        command = 'hostname mx.ringer.example; exec "$0" -C "$1" -bD -q1h'
        self.log = open(self.dir + '/log', 'wb')
        self.process = subprocess.Popen(
            ['unshare', '-u' if as_root() else '-Uru', 'sh', '-c', command, CACHE + '/usr/libexec/sendmail/sendmail',
             self.dir + '/sendmail.cf'],
            env=dict(os.environ, LD_LIBRARY_PATH=libraries), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        atexit.register(self.stop)
        wait_for('Sendmail', self.answers)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), 'w') as f:
            f.write(text)

    def answers(self):
        if self.process.poll() is not None:
            with open(self.dir + '/log') as f:
                raise AssertionError('sendmail ended: ' + f.read())
        try:
            socket.create_connection(('127.0.0.1', self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.sink.shutdown()

    def send(self, text, rcpts=('compta@buyer.example',)):
        return smtp_send(self.port, text, rcpts)

    def arrived(self, key):
        return [(rcpts, data) for rcpts, data in Sink.got if key.encode() in data]

    def delivered(self, key):
        return wait_for('the delivery of ' + key, lambda: self.arrived(key))[0]


def adds_headers_to_mail_that_passes():
    text, key = fresh(HAM)
    equal(S.send(text)[0], 250)
    rcpts, data = S.delivered(key)
    equal(rcpts, ['compta@buyer.example'])
    true(re.search(rb'^X-Ringer-Verdict: pass; score=\d+; axes=[a-z,]+; mode=enforce\r$', data, re.M), data)
    queue_id = re.search(rb'with E?SMTP id (\w+)', data)[1].decode()
    true(re.search(r'%s: action=pass' % queue_id, D.text()), D.text())
    line = re.search(r'.*%s: action=pass.*' % queue_id, D.text())[0]
    true('client=127.0.0.1' in line, line)


def holds_an_attack_byte_for_byte():
    text, key = fresh(ATTACK)
    text = text.replace('\nMIME', '\nX-Odd:no blank\nX-Folded:  two blanks\n\tand a fold\nMIME') + '.dot\n\nend\n'
    equal(S.send(text, ['a@buyer.example', 'b@buyer.example'])[0], 250)
    held = held_with(D, key)
    equal(len(held), 1)
    equal(D.ringer('quarantine', 'show', '--raw', held[0]['id']).stdout, crlf(text))
    time.sleep(0.3)
    equal(S.arrived(key), [])


def removes_forged_headers():
    text, key = fresh(HAM)
    equal(S.send('X-Ringer-Verdict: forged\nX-ringer-id: forged\n' + text.replace('Subject', 'X-Ringer-Verdict: forged\nSubject'))[0],
          250)
    rcpts, data = S.delivered(key)
    true(b'forged' not in data, data)
    equal(len(re.findall(rb'^X-Ringer-Verdict:', data, re.M | re.I)), 1)


def marks_subjects_in_tag_mode():
    D.write_conf(mode='tag')
    D.ringer('reload')
    text, key = fresh(ATTACK.replace('Subject: Changement de', 'Subject: Changement\n de'))
    equal(S.send(text)[0], 250)
    rcpts, data = S.delivered(key)
    true(b'\nSubject: [Suspicious] Changement\r\n de' in data, data)
    true(b'\nX-Ringer-Verdict: quarantine; ' in data and b'\nX-Ringer-Reason: ' in data, data)
    D.write_conf()
    D.ringer('reload')


def answers_4xx_when_the_store_fails_and_loses_nothing():
    text, key = fresh(ATTACK)
    lock = sqlite3.connect(D.var + '/store.db', isolation_level=None)
    lock.execute('BEGIN EXCLUSIVE')
    code, answer = S.send(text)
    lock.execute('ROLLBACK')
    lock.close()
    equal(code, 451)
    true(b'Mail filter cannot work now' in answer, answer)
    equal(S.send(text)[0], 250)
    equal(len(held_with(D, key)), 1)
    equal(S.arrived(key), [])


def answers_4xx_when_ringerd_is_gone():
    D.kill()
    text, key = fresh(HAM)
    try:
        equal(S.send(text)[0] // 100, 4)
    except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected) as e:
        true(getattr(e, 'smtp_code', 421) // 100 == 4, e)  # already at the greeting
    D.start()
    equal(S.send(text)[0], 250)
    S.delivered(key)


def ends_in_order():
    equal(D.stop(), 0)


if __name__ == '__main__':
    unpack()
    D = Ringerd(socket_spec='inet:%d@127.0.0.1' % free_port()).start()  # no local socket: Sendmail distrusts /tmp
    S = Sendmail(D.socket_spec)
    run_tests([adds_headers_to_mail_that_passes, holds_an_attack_byte_for_byte, removes_forged_headers, marks_subjects_in_tag_mode,
               answers_4xx_when_the_store_fails_and_loses_nothing, answers_4xx_when_ringerd_is_gone, ends_in_order])
