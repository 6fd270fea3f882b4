"""ringerd behind a real Postfix: what arrives, what is held, what is tried again."""
import sqlite3
import threading
from mta import *

def without_trace(data):
    """A delivered message as it came in: without what delivery and the release listener put on top; LF line ends."""
    lines = data.split(b'\n')
    at = 0
    while re.match(rb'(Return-Path|X-Original-To|Delivered-To|Received):|\s+\S', lines[at]):
        at += 1
    return b'\n'.join(lines[at:])


D = Ringerd()


def adds_headers_to_mail_that_passes():
    text, key = fresh(HAM)
    equal(P.send(text)[0], 250)
    data = P.delivered(key)['compta@buyer.example']
    true(re.search(rb'^X-Ringer-Verdict: pass; score=\d+; axes=[a-z,]+; mode=enforce$', data, re.M), data)
    queue_id = re.search(rb'ESMTP id (\w+)', data)[1].decode()
    true(re.search(r'%s: action=pass' % queue_id, D.text()), D.text())  # the MTA's queue id leads our line


def holds_an_attack_byte_for_byte_and_releases_it_unchanged():
    text, key = fresh(ATTACK)
    text = text.replace('\nMIME', '\nX-Odd:no blank\nX-Folded:  two blanks\n\tand a fold\n  and another\nX-Trailing: blank \nMIME')
    text += 'a line\n.leading dot\n..two\n\n\ntrailing blanks  \n\n'
    equal(P.send(text)[0], 250)
    held = held_with(D, key)
    equal(len(held), 1)
    equal(D.ringer('quarantine', 'show', '--raw', held[0]['id']).stdout, crlf(text))
    equal(P.arrived(key), {})
    D.ringer('quarantine', 'release', held[0]['id'], '--smtp', 'smtp://127.0.0.1:%d' % P.release_port)
    data = P.delivered(key)['compta@buyer.example']
    equal(without_trace(data), text.encode())
    equal(held_with(D, key), [])


def holds_for_every_recipient_and_spares_other_messages():
    bad, bad_key = fresh(ATTACK)
    good, good_key = fresh(HAM)
    rcpts = ['a%d@buyer.example' % i for i in range(5)]
    equal(P.send(bad, rcpts)[0], 250)
    equal(P.send(good, rcpts)[0], 250)
    equal(sorted(P.delivered(good_key, 5)), rcpts)
    held = held_with(D, bad_key)
    equal(len(held), 1)
    D.ringer('quarantine', 'release', held[0]['id'], '--smtp', 'smtp://127.0.0.1:%d' % P.release_port)
    equal(sorted(P.delivered(bad_key, 5)), rcpts)


def delivers_to_recipients_for_whom_it_is_not_held():
    D.write_conf(quarantine='  never-hold-for: [abuse@buyer.example]\n')
    D.ringer('reload')
    text, key = fresh(ATTACK)
    equal(P.send(text, ['a@buyer.example', 'abuse@buyer.example', 'b@buyer.example'])[0], 250)
    data = P.delivered(key)['abuse@buyer.example']
    true(b'\nX-Ringer-Id: ' in data and b'\nSubject: [Suspicious] ' in data, data)
    equal(len(held_with(D, key)), 1)
    time.sleep(0.3)
    equal(sorted(P.arrived(key)), ['abuse@buyer.example'])
    held = held_with(D, key)[0]
    D.ringer('quarantine', 'release', held['id'], '--smtp', 'smtp://127.0.0.1:%d' % P.release_port)
    equal(sorted(P.delivered(key, 3)), ['a@buyer.example', 'abuse@buyer.example', 'b@buyer.example'])
    D.write_conf()
    D.ringer('reload')


def removes_forged_headers():
    text, key = fresh(HAM)
    forged = 'X-Ringer-Verdict: pass; forged\nX-ringer-id: forged\n' + text.replace('Subject', 'X-Ringer-Verdict: forged\nSubject')
    equal(P.send(forged)[0], 250)
    data = P.delivered(key)['compta@buyer.example']
    true(b'forged' not in data, data)
    equal(len(re.findall(rb'^X-Ringer-Verdict:', data, re.M | re.I)), 1)


def skips_internal_and_authenticated_clients():
    for how in ({'client': '10.1.2.3'}, {'login': 'marie'}):
        text, key = fresh(ATTACK)
        equal(P.send(text, **how)[0], 250)
        data = P.delivered(key)['compta@buyer.example']
        true(b'X-Ringer' not in data, data)
    true('why=authenticated' in D.text() and 'why=internal' in D.text(), D.text())


def marks_subjects_in_tag_mode():
    D.write_conf(mode='tag')
    D.ringer('reload')
    text, key = fresh(ATTACK.replace('Subject: Changement de', 'Subject: Changement\n de'))
    equal(P.send(text)[0], 250)
    data = P.delivered(key)['compta@buyer.example']
    true(b'\nSubject: [Suspicious] Changement\n de' in data, data)
    equal(data.count(b'\nSubject:'), 1)
    true(b'\nX-Ringer-Verdict: quarantine; ' in data, data)
    true(b'\nX-Ringer-Reason: ' in data, data)
    D.write_conf()
    D.ringer('reload')


def uses_the_hold_queue_when_asked_to():
    D.write_conf(quarantine='  hold-method: mta-hold\n')
    D.ringer('reload')
    text, key = fresh(ATTACK)
    equal(P.send(text)[0], 250)
    wait_for('the hold queue', lambda: os.listdir(P.dir + '/spool/hold'))
    equal(P.arrived(key), {})
    equal(held_with(D, key), [])
    D.write_conf()
    D.ringer('reload')


def tries_again_when_the_store_fails_and_loses_nothing():
    text, key = fresh(ATTACK)
    lock = sqlite3.connect(D.var + '/store.db', isolation_level=None)
    lock.execute('BEGIN EXCLUSIVE')
    code, answer = P.send(text)
    lock.execute('ROLLBACK')
    lock.close()
    equal(code, 451)
    true(b'4.7.1 Mail filter cannot work now' in answer, answer)
    equal(P.arrived(key), {})
    equal(P.send(text)[0], 250)
    equal(len(held_with(D, key)), 1)


def reloads_under_load_and_loses_nothing():
    keys, errors, stop = [], [], threading.Event()

    def load():
        try:
            while not stop.is_set():
                text, key = fresh(HAM)
                equal(P.send(text)[0], 250)
                keys.append(key)
        except Exception as e:  # noqa: seen by the main thread
            errors.append(e)
    threads = [threading.Thread(target=load) for _ in range(3)]
    for t in threads:
        t.start()
    for _ in range(8):
        D.process.send_signal(signal.SIGHUP)
        time.sleep(0.15)
    stop.set()
    for t in threads:
        t.join()
    equal(errors, [])
    true(keys)

    def all_there():
        mail = b''.join(data for rcpt, data in P.mail())
        return all(key.encode() in mail for key in keys)
    wait_for('all messages', all_there)


def answers_4xx_when_ringerd_is_killed():
    text, key = fresh(HAM)
    D.kill()
    equal(P.send(text)[0] // 100, 4)
    D.start()
    equal(P.send(text)[0], 250)
    P.delivered(key)
    with smtplib.SMTP('127.0.0.1', P.port, timeout=PATIENCE) as smtp:  # and in the middle of a message
        smtp.ehlo('client.elsewhere.example')
        equal(smtp.mail('someone@elsewhere.example')[0], 250)
        equal(smtp.rcpt('compta@buyer.example')[0], 250)
        D.kill()
        equal(smtp.data(crlf(text))[0] // 100, 4)
    D.start()


def ends_in_order():
    equal(D.stop(), 0)


if __name__ == '__main__':
    P = Postfix(D.socket_spec)
    D.start()
    run_tests([adds_headers_to_mail_that_passes, holds_an_attack_byte_for_byte_and_releases_it_unchanged,
               holds_for_every_recipient_and_spares_other_messages,
               delivers_to_recipients_for_whom_it_is_not_held, removes_forged_headers,
               skips_internal_and_authenticated_clients, marks_subjects_in_tag_mode, uses_the_hold_queue_when_asked_to,
               tries_again_when_the_store_fails_and_loses_nothing, reloads_under_load_and_loses_nothing,
               answers_4xx_when_ringerd_is_killed, ends_in_order])
