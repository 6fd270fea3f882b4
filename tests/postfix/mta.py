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
