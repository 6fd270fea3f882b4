"""What the daemon's tests share: a ringerd of their own, a milter client that can also be rude, TAP."""
import atexit
import json
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

SRC = os.environ.get('abs_top_srcdir') or os.path.abspath(os.path.join(os.path.dirname(__file__), '../..'))
BUILD = os.environ.get('abs_top_builddir') or os.path.join(SRC, 'build')
os.environ.setdefault('RINGER_DATADIR', SRC)
os.environ.setdefault('TSAN_OPTIONS', 'suppressions=' + SRC + '/tests/milter/tsan.supp')
PATIENCE = 30  # seconds for anything to happen; sanitizer builds on a busy machine are slow

ATTACK = '''From: "Marie Dubois" <marie.dubois@valdor-metaux.example>
To: compta@buyer.example
Subject: Changement de coordonnees bancaires
Message-ID: <{id}@valdor-metaux.example>
Date: Mon, 27 Jul 2020 10:00:00 +0200
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

Bonjour,

Our bank details have changed. Please pay all open invoices from now on into our new
bank account: IBAN IT60 X054 2811 1010 0000 0123 456, BIC BCITITMM.
Nos coordonnees bancaires ont change. Merci de regler les factures en attente sur notre nouveau compte.

Marie Dubois
'''
GENUINE = 'valdormetaux.example'
HAM = '''From: Paul Martin <paul@elsewhere.example>
To: compta@buyer.example
Subject: Lunch on Thursday
Message-ID: <{id}@elsewhere.example>
Date: Mon, 27 Jul 2020 10:00:00 +0200

Shall we meet at noon?
'''


def crlf(text):
    return text.replace('\r\n', '\n').replace('\n', '\r\n').encode('utf-8', 'surrogateescape')


# --- TAP

def run_tests(tests):
    """Each function is a test, its name with blanks the title; prints TAP and exits."""
    failed = 0
    print('1..%d' % len(tests), flush=True)
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace('_', ' ')
        try:
            test()
            print('ok %d - %s' % (number, name), flush=True)
        except Exception:
            failed += 1
            print('not ok %d - %s' % (number, name))
            for line in traceback.format_exc().splitlines():
                print('# ' + line)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)


def skip_all(why):
    print('1..0 # SKIP ' + why)
    sys.exit(0)


def equal(got, want):
    if got != want:
        raise AssertionError('got %r, want %r' % (got, want))


def true(value, what=''):
    if not value:
        raise AssertionError('not true: %s' % (what,))


def wait_for(what, check, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError('timeout while waiting for ' + what)
        time.sleep(0.02)


# --- a private folder and a daemon

def private_dir():
    path = tempfile.mkdtemp(prefix='ringer-test.')
    os.chmod(path, 0o755)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def as_root():
    return os.geteuid() == 0


def open_to_all(path):
    """May every user come to `path`? A checkout in /root is not."""
    while os.stat(path).st_mode & 0o001:
        if path == '/':
            return True
        path = os.path.dirname(path)
    return False


def use_copies():
    """ringerd gives up root and then reads its data and state and starts its worker: from where it may."""
    global BUILD
    top = private_dir()
    for name in ('rules', 'data'):
        shutil.copytree(os.path.join(SRC, name), os.path.join(top, name), dirs_exist_ok=True)
    os.mkdir(os.path.join(top, 'build'))
    for name in ('ringer', 'ringerd', 'ringer-worker'):
        shutil.copy(os.path.join(BUILD, name), os.path.join(top, 'build', name))
    shutil.copytree(os.path.join(BUILD, 'man'), os.path.join(top, 'build/man'))
    subprocess.run(['chmod', '-R', 'a+rX', top], check=True)
    BUILD = os.path.join(top, 'build')
    os.environ['RINGER_DATADIR'] = top
    for name in ('RINGER_STATEDIR', 'RINGER_CONFDIR'):
        os.environ[name] = os.path.join(top, 'none')


if as_root() and not (open_to_all(SRC) and open_to_all(BUILD)):
    use_copies()


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Ringerd:
    """A ringerd in the foreground with a configuration of its own."""

    def __init__(self, directory=None, socket_spec=None, **options):
        self.dir = directory or private_dir()
        self.var = os.path.join(self.dir, 'var')
        os.makedirs(self.var, exist_ok=True)
        if as_root():
            nobody = pwd.getpwnam('nobody')
            os.chown(self.var, nobody.pw_uid, nobody.pw_gid)
        self.socket_spec = socket_spec or 'unix:' + os.path.join(self.var, 'milter.sock')
        self.conf = os.path.join(self.dir, 'ringer.yaml')
        self.log_path = os.path.join(self.dir, 'ringerd.log')
        self.process = None
        self.write_conf(**options)
        atexit.register(self.kill)

    def write_conf(self, **options):
        with open(self.conf + '.new', 'w') as f:
            f.write(self.conf_text(**options))
        os.chmod(self.conf + '.new', 0o644)
        os.rename(self.conf + '.new', self.conf)

    def conf_text(self, mode='enforce', more='', user=None, own=('buyer.example',), partners=(GENUINE,), internal=('10.0.0.0/8',), dns=(),
                  milter='  drain: 2s\n  socket-mode: 0666\n', daemon='', tag="  subject-prefix: '[Suspicious]'\n", quarantine='', on_error='', trust=''):
        user = 'nobody' if user is None and as_root() else user or ''
        return ('mode: {mode}\n'
                'protect:\n  own-domains: [{own}]\n  partner-domains: [{partners}]\n'
                'trust:\n  internal-networks: [{internal}]\n  dns-servers: [{dns}]\n{trust}'
                'tag:\n{tag}'
                'quarantine:\n  store: sqlite:{var}/store.db\n{quarantine}'
                'on-error:\n  store: tempfail\n{on_error}'
                'milter:\n  socket: {socket}\n{milter}'
                'daemon:\n  user: "{user}"\n  control-socket: {var}/control.sock\n{daemon}'
                '{more}').format(mode=mode, own=', '.join(own), partners=', '.join(partners), internal=', '.join(internal), dns=', '.join(dns),
                                 tag=tag, var=self.var, quarantine=quarantine, on_error=on_error, trust=trust,
                                 socket=self.socket_spec, milter=milter, user=user, daemon=daemon, more=more)

    def start(self, wait=True, wrap=(), **popen):
        self.log_start = len(self.text())
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen([*wrap, os.path.join(BUILD, 'ringerd'), '-f', '-c', self.conf],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, **popen)
        if wait:
            wait_for('the start of ringerd', self.started)
        return self

    def text(self):
        try:
            with open(self.log_path, encoding='utf-8', errors='replace') as f:
                return f.read()
        except FileNotFoundError:
            return ''

    def started(self):
        if self.process.poll() is not None:
            raise AssertionError('ringerd ended with %s:\n%s' % (self.process.returncode, self.text()))
        return re.search(r'ringerd \S+ started', self.text()[self.log_start:])

    def stop(self, sig=signal.SIGTERM, seconds=PATIENCE):
        """Its exit status; a sanitizer's finding is a failure."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(sig)
        code = self.process.wait(seconds)
        self.process = None
        text = self.text()
        finding = re.search(r'.*(Sanitizer|runtime error)', text)
        true(not finding, finding and text[finding.start():][:4000])
        return code

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def control(self, request, raw=False):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE)
            s.connect(os.path.join(self.var, 'control.sock'))
            s.sendall(request if raw else request.encode() + b'\n')
            data = b''
            while True:
                try:
                    piece = s.recv(65536)
                except ConnectionResetError:  # it did not read all that we sent
                    break
                if not piece:
                    break
                data += piece
        return json.loads(data) if data else None

    def status(self):
        return self.control('status')

    def counter(self, name):
        return self.status()['counters'][name]

    def ringer(self, *args, code=0, stdin=None, user=None):
        run = subprocess.run([os.path.join(BUILD, 'ringer'), *args], input=stdin, capture_output=True, user=user,
                             timeout=PATIENCE, env=dict(os.environ, RINGER_CONFIG=self.conf))
        if code is not None and run.returncode != code:
            raise AssertionError('ringer %s: exit %d\n%s%s' % (args, run.returncode, run.stdout, run.stderr))
        return run

    def held(self):
        """What is in quarantine, newest first."""
        return [json.loads(line) for line in self.ringer('quarantine', 'list', '--json').stdout.splitlines()]

    def client(self, **kw):
        return MilterClient(self.connect(), **kw)

    def connect(self):
        kind, rest = self.socket_spec.split(':', 1)
        if kind == 'unix':
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(PATIENCE)
            s.connect(rest)
        else:
            port, host = rest.split('@')
            s = socket.create_connection((host.strip('[]'), int(port)), timeout=PATIENCE)
        return s


# --- the milter protocol, version 6 (libmilter/mfdef.h)

ADDHDRS, CHGBODY, ADDRCPT, DELRCPT, CHGHDRS, QUARANTINE = 1, 2, 4, 8, 16, 32
SETSYMLIST = 0x100
ALL_ACTIONS = 0x1ff
NOEOH, NR_HDR, NOUNKNOWN, NODATA, SKIP, NR_HELO, LEADSPC = 0x40, 0x80, 0x100, 0x200, 0x400, 0x2000, 0x100000
ALL_STEPS = 0x1fffff


class Gone(Exception):
    """The filter closed the connection."""


class MilterClient:
    """The MTA's side. `steps` and `actions` are what this MTA offers."""

    def __init__(self, sock, actions=ALL_ACTIONS, steps=ALL_STEPS, version=6, negotiate=True):
        self.s = sock
        self.buffer = b''
        self.edits = []
        self.steps = steps
        if negotiate:
            self.send('O', struct.pack('>III', version, actions, steps))
            kind, data = self.receive()
            equal(kind, 'O')
            self.version, self.actions, self.steps = struct.unpack('>III', data[:12])
            self.symlist = data[12:]
            equal(self.actions & ~actions, 0)
            equal(self.steps & ~steps, 0)

    def send(self, kind, data=b''):
        self.s.sendall(struct.pack('>I', len(data) + 1) + kind.encode() + data)

    def receive(self):
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack('>I', self.buffer[:4])[0]:
            try:
                piece = self.s.recv(65536)
            except ConnectionResetError:
                piece = b''
            if not piece:
                raise Gone()
            self.buffer += piece
        n = struct.unpack('>I', self.buffer[:4])[0]
        frame, self.buffer = self.buffer[4:4 + n], self.buffer[4 + n:]
        return frame[:1].decode(), frame[1:]

    def macros(self, stage, **values):
        data = stage.encode()
        for name, value in values.items():
            name = name if len(name) == 1 else '{%s}' % name
            data += name.encode() + b'\0' + value.encode() + b'\0'
        self.send('D', data)

    def command(self, kind, data=b'', replies=True):
        """Sends a command; returns (kind, data) of its final reply and keeps the edits before it."""
        self.send(kind, data)
        while replies:
            reply = self.receive()
            if reply[0] in 'hmieq+-b2p':
                self.edits.append(reply)
                continue
            return reply
        return None

    def connect(self, address='192.0.2.10', name='client.elsewhere.example', family='4'):
        data = name.encode() + b'\0' + family.encode()
        if family != 'U':
            data += struct.pack('>H', 12345) + address.encode() + b'\0'
        return self.command('C', data)

    def helo(self, name='client.elsewhere.example'):
        return self.command('H', name.encode() + b'\0', replies=not self.steps & NR_HELO)

    def mail(self, sender='<someone@elsewhere.example>', auth=None):
        login = {'auth_authen': auth} if auth else {}  # an MTA sends its macros anew for each message
        self.macros('M', mail_addr=sender.strip('<>'), **login)
        return self.command('M', sender.encode() + b'\0')

    def rcpt(self, rcpt='<compta@buyer.example>'):
        return self.command('R', rcpt.encode() + b'\0')

    def header(self, name, value):
        data = name.encode('utf-8', 'surrogateescape') + b'\0' + value.encode('utf-8', 'surrogateescape') + b'\0'
        return self.command('L', data, replies=not self.steps & NR_HDR)

    def body(self, data):
        return self.command('B', data)

    def eom(self, queue_id='4bcD5F12345', data=b''):
        self.edits = []
        if queue_id:
            self.macros('E', i=queue_id)
        return self.command('E', data)

    def abort(self):
        self.send('A')

    def quit(self):
        self.send('Q')

    def start(self, address='192.0.2.10', **kw):
        equal(self.connect(address, **kw)[0], 'c')
        self.helo()
        return self

    def message(self, text, rcpts=('<compta@buyer.example>',), queue_id='4bcD5F12345',
                sender='<someone@elsewhere.example>', auth=None, chunk=65535):
        """A whole transaction; the final reply."""
        equal(self.mail(sender, auth)[0], 'c')
        for rcpt in rcpts:
            equal(self.rcpt(rcpt)[0], 'c')
        head, _, body = text.replace('\r\n', '\n').partition('\n\n')
        for field in re.split(r'\n(?![ \t])', head):
            name, _, value = field.partition(':')
            if not self.steps & LEADSPC and value[:1] == ' ':
                value = value[1:]
            self.header(name, value)
        if not self.steps & NOEOH:
            equal(self.command('N')[0], 'c')
        data = crlf(body)
        for at in range(0, len(data), chunk):
            equal(self.body(data[at:at + chunk])[0], 'c')
        return self.eom(queue_id)

    def added(self):
        """Headers that were added, name -> value."""
        pairs = [data.split(b'\0')[:2] for kind, data in self.edits if kind == 'h']
        return {name.decode(): value.decode() for name, value in pairs}

    def changed(self):
        """Header changes as (index, name, value)."""
        out = []
        for kind, data in self.edits:
            if kind == 'm':
                name, value = data[4:].split(b'\0')[:2]
                out.append((struct.unpack('>I', data[:4])[0], name.decode(), value.decode()))
        return out

    def removed_rcpts(self):
        return [data.rstrip(b'\0').decode() for kind, data in self.edits if kind == '-']

    def close(self):
        self.s.close()
