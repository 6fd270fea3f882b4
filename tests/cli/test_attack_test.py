"""ringer test-attack through a real Postfix: seen from loopback, held in every mode, and nobody else can do the same."""
import os
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../postfix'))
from mta import *  # noqa

D = Ringerd(mode='monitor', internal=('127.0.0.0/8',))


def attack(*args, code=0):
    return D.ringer('test-attack', '--smtp', 'smtp://127.0.0.1:%d' % P.port, *args, code=code)


def token():
    return D.control('test')['token']


def with_token(value, text=ATTACK):
    text, key = fresh(text)
    return 'X-Ringer-Test: %s\n%s' % (value, text), key


def history_size():
    """Everything that a message could teach."""
    import sqlite3
    store = sqlite3.connect('file:%s/store.db?mode=ro' % D.var, uri=True)
    return {name: store.execute('SELECT count(*) FROM ' + name).fetchone()[0]
            for name in ('history_peer', 'history_person', 'history_thread', 'history_account', 'history_campaign', 'decision')}


def an_attack_from_loopback_is_not_judged():
    text, key = fresh(ATTACK)
    equal(smtp_send(P.port, text)[0], 250)
    true(b'X-Ringer' not in P.delivered(key)['compta@buyer.example'])


def the_test_is_held_in_mode_monitor_and_its_id_is_shown():
    out = attack().stdout.decode()
    ident = re.search(r'was held: id (\w+), score (\d+)', out)
    true(ident, out)
    true('in mode monitor other attacks are delivered' in out, out)
    held = D.held()
    equal([m['id'] for m in held], [ident[1]])
    true(held[0]['reason'].startswith('a test attack, sent by ringer itself: '), held)


def it_tells_json():
    got = json.loads(attack('--json', 'compta@buyer.example').stdout)
    equal((got['ok'], got['verdict'], got['mode']), (True, 'quarantine', 'monitor'))
    true(got['id'] in [m['id'] for m in D.held()], got)
    true(re.match(r'[0-9A-F]+$', got['queue_id']), got)


def nobody_gets_it_and_nothing_remembers_it():
    D.write_conf(mode='monitor', internal=('127.0.0.0/8',), quarantine='  never-hold-for: [compta@buyer.example]\n')
    D.ringer('reload')
    before = history_size()
    mails = len(P.mail())
    attack('compta@buyer.example')
    text, key = fresh(HAM)  # what was sent later has arrived: so would the test have
    equal(P.send(text)[0], 250)
    P.delivered(key)
    equal(len(P.mail()), mails + 1)
    wait_for('the decision about the ham', lambda: history_size()['decision'] == before['decision'] + 1)
    equal(history_size(), dict(before, decision=before['decision'] + 1, history_thread=before['history_thread'] + 1))  # of the ham
    D.write_conf(mode='monitor', internal=('127.0.0.0/8',))
    D.ringer('reload')


def a_token_counts_once():
    t = token()
    text, key = with_token(t)
    equal(smtp_send(P.port, text)[0], 250)
    equal(len(held_with(D, key)), 1)
    equal(D.control('test ' + t)['state'], 'done')
    text, key = with_token(t)
    equal(smtp_send(P.port, text)[0], 250)
    P.delivered(key)  # ordinary mail from loopback
    equal(held_with(D, key), [])


def a_held_test_has_no_token_to_be_seen_by_others():
    t = token()
    equal(D.control('test ' + t)['state'], 'open')
    equal(D.control('test ' + 'f' * 32)['state'], 'unknown')
    equal(D.control('test x')['state'], 'unknown')


def an_invented_token_is_nothing_and_is_removed():
    for value in ('0' * 32, '', 'x' * 31, token()[:31]):
        text, key = with_token(value, HAM)
        equal(P.send(text)[0], 250)  # from outside
        true(b'X-Ringer-Test' not in P.delivered(key)['compta@buyer.example'])


def tokens_are_few():
    answers = [D.control('test') for _ in range(20)]
    true(any(not a['ok'] and 'too many' in a['report'] for a in answers), answers)
    attack(code=1)
    D.stop()
    D.start()


def forged_results_are_told_until_the_mail_server_removes_them():
    D.write_conf(mode='monitor', internal=('127.0.0.0/8',), trust='  authserv-ids: [mx.buyer.example]\n')
    D.ringer('reload')
    url = 'smtp://127.0.0.1:%d' % P.port

    def doctor(*args):
        run = D.ringer('doctor', '--json', '--only', 'authserv-forged', *args, code=None)
        return json.loads(run.stdout)['checks'][0]
    true('not tried' in doctor()['finding'], doctor())
    run = attack()
    true(b"in the name of 'mx.buyer.example' came through" in run.stderr, run.stderr)
    equal(doctor()['status'], 'FAIL')
    with open(D.dir + '/checks', 'w') as f:  # as ringer init prints them
        f.write('/^Authentication-Results:.*mx\\.buyer\\.example/ IGNORE\n/^Authentication-Results:[^;]*"/ IGNORE\n')
    P.set('header_checks=regexp:' + D.dir + '/checks')
    equal(doctor('--probe=' + url)['status'], 'ok')
    out = attack().stdout
    true(b'were removed before Ringer' in out, out)
    for forged in ('mx.buyer.example', '(a; b) MX.buyer.example', '"mx.buyer\\.example"'):
        text, key = fresh('Authentication-Results: %s; dmarc=pass header.from=elsewhere.example\n%s' % (forged, HAM))
        equal(P.send(text)[0], 250)
        true(b'dmarc=pass' not in P.delivered(key)['compta@buyer.example'], forged)
    P.set('header_checks=')
    D.write_conf(mode='monitor', internal=('127.0.0.0/8',))
    D.ringer('reload')


def a_listener_without_the_milter_is_told():
    run = D.ringer('test-attack', '--smtp', 'smtp://127.0.0.1:%d' % P.release_port, code=1)
    true(b'ringerd never saw it' in run.stderr and b'smtpd_milters' in run.stderr, run.stderr)


def a_closed_port_is_told():
    run = D.ringer('test-attack', '--smtp', 'smtp://127.0.0.1:%d' % free_port(), code=1)
    true(b'did not take it' in run.stderr and b'is the mail server running?' in run.stderr, run.stderr)


def without_own_domains_there_is_nothing_to_imitate():
    D.write_conf(own=())
    run = D.ringer('test-attack', code=1)
    true(b'own-domains is empty' in run.stderr, run.stderr)
    D.write_conf(mode='monitor', internal=('127.0.0.0/8',))


def without_the_daemon_there_is_no_token():
    D.stop()
    true(b'is ringerd running?' in attack(code=1).stderr)
    D.ringer('test-attack', 'a@b', 'c@d', code=2)
    D.ringer('test-attack', '--frobnicate', code=2)
    true(b'usage' in D.ringer('test-attack', '--help').stdout)


if __name__ == '__main__':
    P = Postfix(D.socket_spec)
    D.start()
    run_tests([an_attack_from_loopback_is_not_judged, the_test_is_held_in_mode_monitor_and_its_id_is_shown, it_tells_json,
               nobody_gets_it_and_nothing_remembers_it, a_token_counts_once, a_held_test_has_no_token_to_be_seen_by_others,
               an_invented_token_is_nothing_and_is_removed, tokens_are_few, forged_results_are_told_until_the_mail_server_removes_them, a_listener_without_the_milter_is_told,
               a_closed_port_is_told, without_own_domains_there_is_nothing_to_imitate, without_the_daemon_there_is_no_token])
