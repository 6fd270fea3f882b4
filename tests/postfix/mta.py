"""What the tests with a real mail server share: sending with XCLIENT, looking at what was delivered."""
import os
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../milter'))
from harness import *  # noqa: the tests use it through us
import smtplib

_count = iter(range(1, 1000000))


def fresh(text):
    """A message with an id of its own, and what to look for."""
    key = 'm%d.%d@' % (os.getpid(), next(_count))
    return text.replace('{id}@', key), key


def held_with(daemon, key):
    return [m for m in daemon.held() if key in (m.get('message_id') or '')]


def smtp_send(port, text, rcpts=('compta@buyer.example',), sender='someone@elsewhere.example', before=None):
    """The server's last reply: (code, text)."""
    with smtplib.SMTP('127.0.0.1', port, timeout=PATIENCE) as smtp:
        smtp.ehlo('client.elsewhere.example')
        if before:
            before(smtp)
        reply = smtp.mail(sender)
        for rcpt in rcpts:
            if reply[0] == 250:
                reply = smtp.rcpt(rcpt)
        return smtp.data(crlf(text)) if reply[0] == 250 else reply


class Postfix:
    """A Postfix of its own (scripts/private-postfix) with that milter; skips the test where none can be had."""
    SCRIPT = os.path.join(SRC, 'scripts/private-postfix')

    def __init__(self, milter):
        self.dir = private_dir()
        run = subprocess.run([self.SCRIPT, 'start', self.dir, milter], capture_output=True, text=True, timeout=60)
        if run.returncode == 77:
            skip_all(run.stderr.strip())
        true(run.returncode == 0, run.stdout + run.stderr)
        atexit.register(self.stop)
        with open(self.dir + '/ports') as f:
            ports = dict(line.strip().split('=') for line in f)
        self.port, self.release_port = int(ports['SMTP_PORT']), int(ports['RELEASE_PORT'])

    def stop(self):
        subprocess.run([self.SCRIPT, 'stop', self.dir], timeout=60)

    def set(self, *options):
        """Options of main.cf, for connections from now on."""
        for command in (['postconf', '-e', *options], ['postfix', 'reload']):
            subprocess.run([command[0], '-c', self.dir + '/etc', *command[1:]], check=True, capture_output=True, timeout=60)

    def mail(self):
        """All messages delivered so far: [(recipient, bytes)]."""
        folder = self.dir + '/mail/all/new'
        out = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), 'rb') as f:
                data = f.read()
            out.append((re.search(rb'^X-Original-To: (.*)$', data, re.M)[1].decode(), data))
        return out

    def arrived(self, key):
        return {rcpt: data for rcpt, data in self.mail() if key.encode() in data}

    def delivered(self, key, count=1):
        """Waits for that many deliveries of a message: {recipient: bytes}."""
        wait_for('%d deliveries of %s' % (count, key), lambda: len(self.arrived(key)) >= count)
        return self.arrived(key)

    def send(self, text, rcpts=('compta@buyer.example',), client='192.0.2.10', login=None):
        def come_from(smtp):
            attributes = 'ADDR=%s NAME=client.elsewhere.example' % client + (' LOGIN=%s' % login if login else '')
            equal(smtp.docmd('XCLIENT', attributes)[0], 220)
            smtp.ehlo('client.elsewhere.example')
        return smtp_send(self.port, text, rcpts, before=come_from)
