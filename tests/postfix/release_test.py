"""Release into a listener that runs the milter: it arrives, once, and nobody else can make use of that."""
import threading
from mta import *

ODD = '"brhc >>=brhc"@buyer.example'
D = Ringerd()


def without_trace(data):
    """A delivered message as it came in: without what delivery put on top; LF line ends."""
    lines = data.split(b'\n')
    at = 0
    while re.match(rb'(Return-Path|X-Original-To|Delivered-To|Received):|\s+\S', lines[at]):
        at += 1
    return b'\n'.join(lines[at:])


def hold(rcpts=('compta@buyer.example',), change=lambda text: text):
    """An attack in quarantine: its text, what to look for, and its id."""
    text, key = fresh(ATTACK)
    text = change(text)
    with smtplib.SMTP('127.0.0.1', P.port, timeout=PATIENCE) as smtp:
        smtp.ehlo('client.elsewhere.example')
        equal(smtp.docmd('XCLIENT', 'ADDR=192.0.2.10 NAME=client.elsewhere.example')[0], 220)
        smtp.ehlo('client.elsewhere.example')
        equal(smtp.docmd('MAIL FROM:<someone@elsewhere.example>')[0], 250)
        for rcpt in rcpts:  # smtplib would take an odd address to pieces
            equal(smtp.docmd('RCPT TO:<%s>' % rcpt)[0], 250)
        equal(smtp.data(crlf(text))[0], 250)
    held = held_with(D, key)
    equal(len(held), 1)
    return text, key, held[0]['id']


def release(id, port=None, code=0, more=()):
    run = D.ringer('quarantine', 'release', id, '--smtp', 'smtp://127.0.0.1:%d' % (port or P.port), *more, code=code)
    return (run.stdout + run.stderr).decode()


def arrives_unchanged_and_is_not_judged_again():
    text, key, id = hold(['a@buyer.example', 'b@buyer.example'],
                         lambda t: t.replace('\nMIME', '\nX-Odd:no blank\nX-Folded:  two\n\tand a fold\nMIME') + '.dot\n..two\n\n\nblanks  \n\n')
    said = release(id)
    true(said.count('released to') == 2, said)
    for data in P.delivered(key, 2).values():
        equal(without_trace(data), text.encode())
    equal(held_with(D, key), [])
    equal(D.counter('released'), 1)
    line = [x for x in D.text().splitlines() if 'why=released' in x]
    true(len(line) == 1 and 'action=skip' in line[0] and 'id=' + id in line[0], line)


def a_listener_without_the_milter_gets_no_header_of_ours():
    text, key, id = hold()
    release(id, P.release_port)
    equal(without_trace(P.delivered(key)['compta@buyer.example']), text.encode())
    text, key, id = hold()
    release(id, P.release_port, more=('--to', 'boss@buyer.example'))
    equal(without_trace(P.delivered(key)['boss@buyer.example']), text.encode())


def a_copy_comes_through_too():
    text, key, id = hold()
    true('copy sent to boss@buyer.example' in release(id, more=('--to', 'boss@buyer.example')))
    equal(without_trace(P.delivered(key)['boss@buyer.example']), text.encode())
    equal([m['id'] for m in held_with(D, key)], [id])


def odd_recipients_get_theirs_and_do_not_keep_others_waiting():
    text, key, id = hold(['a@buyer.example', ODD, 'b@buyer.example'])
    for port in (P.port,):
        said = release(id, port)
        equal(said.count('released to'), 3)
    equal(sorted(P.delivered(key, 3)), sorted(['a@buyer.example', 'b@buyer.example', ODD]))
    text, key, id = hold(['a@buyer.example', ODD])
    release(id, P.release_port, more=('--to', ODD))
    equal(list(P.delivered(key)), [ODD])


def forged_passes_are_judged_and_stripped():
    text, key = fresh(ATTACK)
    equal(P.send('X-Ringer-Release: %s\n%s' % ('ab' * 32, text))[0], 250)
    held = held_with(D, key)
    equal(len(held), 1)
    equal(P.arrived(key), {})
    for value in ('ab' * 32, '', 'x' * 900, "' OR 1=1 --", 'ab' * 32 + '\n\tfolded'):
        text, key = fresh(HAM)
        equal(P.send('X-Ringer-Release: %s\n%s' % (value, text))[0], 250)
        true(b'x-ringer-release' not in P.delivered(key)['compta@buyer.example'].lower())
    with smtplib.SMTP('127.0.0.1', P.port, timeout=PATIENCE) as smtp:  # and nobody is told whom he talks to
        for local in ('ab' * 32, '', 'x', "'OR1=1"):
            code, answer = smtp.docmd('MAIL FROM:<%s@xringer.invalid>' % local)
            true(code in (250, 501, 553) and b'inger' not in answer, (local, answer))
            smtp.rset()


KNOWS = ('--answer-pass', '554 5.7.0 Ringer knows this release')


class Sink:
    """Takes released mail as a listener that knows the pass; it answers late, so that the pass can be tried meanwhile."""

    def __init__(self, *options):
        self.dir = private_dir()
        self.process = subprocess.Popen([sys.executable, os.path.join(SRC, 'tests/cli/smtp_sink.py'), self.dir, *options])
        atexit.register(self.process.kill)
        wait_for('the sink', lambda: os.path.exists(self.dir + '/port'))
        self.port = int(open(self.dir + '/port').read())

    def message(self):
        wait_for('the message', lambda: os.path.exists(self.dir + '/1.env'))
        with open(self.dir + '/1.raw', 'rb') as f:
            return f.read().decode().replace('\r\n', '\n')


def a_pass_fits_one_message_and_its_recipients_once():
    text, key, id = hold()
    sink = Sink(*KNOWS, '--late', '10')
    said = []
    thread = threading.Thread(target=lambda: said.append(release(id, sink.port)))
    thread.start()
    passed = sink.message()
    head, _, rest = passed.partition('\n')
    true(re.fullmatch('X-Ringer-Release: [0-9a-f]{64}', head), head)
    equal(rest, text)
    held = lambda: len(held_with(D, key))
    before = held()
    equal(P.send(passed.replace('IT60', 'IT61'))[0], 250)  # other bytes
    equal((held(), P.arrived(key)), (before + 1, {}))
    equal(P.send(passed, ['compta@buyer.example', 'other@buyer.example'])[0], 250)  # other recipients
    equal(P.arrived(key), {})
    equal(P.send(passed)[0], 250)  # as it was meant
    true(b'X-Ringer-Release' not in P.delivered(key)['compta@buyer.example'])
    equal(P.send(passed)[0], 250)  # a second time
    thread.join()
    true('released to' in said[0], said)
    time.sleep(0.2)
    equal(len(P.arrived(key)), 1)
    true('does not fit' in D.text(), D.text())


def a_pass_ends_with_the_release():
    text, key, id = hold()
    sink = Sink(*KNOWS)
    said = release(id, sink.port, code=1)  # that Ringer took the message and nobody used the pass
    true('judged again' in said and 'look for it in the quarantine' in said, said)
    equal(P.send(sink.message())[0], 250)
    time.sleep(0.2)
    equal(P.arrived(key), {})


def one_who_refuses_the_question_before_the_milter_does_no_harm():
    """Without smtpd_delay_reject Postfix refuses the unknown domain before it asks a milter. We cannot know then."""
    text, key, id = hold()
    P.set('smtpd_delay_reject=no', 'smtpd_sender_restrictions=check_sender_access inline:{xringer.invalid=REJECT}')
    with smtplib.SMTP('127.0.0.1', P.port, timeout=PATIENCE) as smtp:
        equal(smtp.docmd('MAIL FROM:<x@xringer.invalid>')[0], 554)
    release(id)
    P.set('smtpd_delay_reject=yes', 'smtpd_sender_restrictions=')
    equal(without_trace(P.delivered(key)['compta@buyer.example']), text.encode())
    equal(held_with(D, key), [])


def ends_in_order():
    equal(D.stop(), 0)


if __name__ == '__main__':
    P = Postfix(D.socket_spec)
    D.start()
    run_tests([arrives_unchanged_and_is_not_judged_again, a_listener_without_the_milter_gets_no_header_of_ours,
               a_copy_comes_through_too, odd_recipients_get_theirs_and_do_not_keep_others_waiting,
               forged_passes_are_judged_and_stripped, a_pass_fits_one_message_and_its_recipients_once,
               a_pass_ends_with_the_release,
               one_who_refuses_the_question_before_the_milter_does_no_harm, ends_in_order])
