"""What ringerd learns from the mail that it sees, and what it does not."""
import sys
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *

ID = iter(range(1, 1000000))
D = Ringerd(more='history:\n  learning-time: 0s\n')


def trust_our_server():
    text = open(D.conf).read().replace('trust:\n', 'trust:\n  authserv-ids: [mx.buyer.example]\n')
    with open(D.conf, 'w') as f:
        f.write(text)


def mail(sender, to, extra='', body='The samples arrived today.', passes=True):
    domain = sender.partition('@')[2]
    result = 'Authentication-Results: mx.buyer.example; dmarc=%s header.from=%s\n' % ('pass' if passes else 'fail', domain)
    number = next(ID)
    text = ('%sFrom: %s\nTo: %s\nSubject: Samples\nMessage-ID: <m%d@%s>\n%sDate: Mon, 23 Nov 2026 10:00:00 +0100\n\n%s\n'
            % (result, sender, to, number, domain, extra, body))
    return text, '<m%d@%s>' % (number, domain)


def history(name):
    """What is known of a correspondent; None when nothing is."""
    shown = subprocess.run([os.path.join(BUILD, 'ringer'), 'history', 'show', '--json', name, '-c', D.conf],
                           capture_output=True, text=True)
    true(shown.returncode in (0, 1), shown.stderr)
    return json.loads(shown.stdout) if shown.returncode == 0 else None


def send(text, **kw):
    c = D.client().start(address=kw.pop('address', '192.0.2.10'))
    reply = c.message(text, **kw)
    c.quit()
    return reply[0]


def learns_from_mail_of_ours():
    trust_our_server()
    D.start()
    equal(send(mail('ann@buyer.example', 'pim@tessarotter.example')[0], auth='ann', rcpts=('<pim@tessarotter.example>',)), 'c')
    equal(send(mail('ann@buyer.example', 'x@castelviel.example')[0], address='10.1.2.3', rcpts=('<x@castelviel.example>',)), 'c')
    wait_for('both', lambda: history('tessarotter.example') and history('castelviel.example'))
    known = history('tessarotter.example')
    equal((known['sent'], known['received'], known['with']), (1, 0, ['ann@buyer.example']))


def does_not_take_automatic_answers_for_letters():
    equal(send(mail('ann@buyer.example', 'a@away.example', 'Auto-Submitted: auto-replied\n')[0], auth='ann', rcpts=('<a@away.example>',)), 'c')
    equal(send(mail('ann@buyer.example', 'b@away.example')[0], auth='ann', sender='<>', rcpts=('<b@away.example>',)), 'c')
    # nor what an internal relay passes on for others
    equal(send(mail('them@elsewhere.example', 'c@relayed.example')[0], address='10.1.2.3', rcpts=('<c@relayed.example>',)), 'c')


def learns_from_authenticated_mail_only():
    equal(send(mail('pim@tessarotter.example', 'ann@buyer.example')[0], rcpts=('<ann@buyer.example>',)), 'c')
    equal(send(mail('joe@unproven.example', 'ann@buyer.example', passes=False)[0], rcpts=('<ann@buyer.example>',)), 'c')
    equal(send(mail('joe@gmail.com', 'ann@buyer.example')[0], rcpts=('<ann@buyer.example>',)), 'c')
    wait_for('the address', lambda: history('joe@gmail.com'))
    equal(history('tessarotter.example')['received'], 1)
    for name in ('unproven.example', 'gmail.com', 'away.example', 'relayed.example', 'buyer.example'):
        equal(history(name), None)


def learns_nothing_good_from_an_attack():
    equal(send(ATTACK.replace('{id}', 'x1').replace('From:', 'Authentication-Results: mx.buyer.example; '
                                                    'dmarc=pass header.from=valdor-metaux.example\nFrom:', 1)), 'd')
    equal(history('valdor-metaux.example'), None)


def sees_a_campaign():
    for n in (2, 3):
        time.sleep(0.5)  # what is learned is written in the background
        equal(send(ATTACK.replace('{id}', 'x%d' % n), queue_id='CAMPAIGN%d' % n), 'd')

    def facts(n):
        held = [m for m in D.held() if m['queue_id'] == 'CAMPAIGN%d' % n][0]
        return json.loads(D.ringer('quarantine', 'show', '--json', held['id']).stdout)['facts']
    equal([facts(n)['campaign.count'] for n in (2, 3)], [2, 3])
    equal(facts(2)['campaign.id'], facts(3)['campaign.id'])
    report = D.ringer('report').stdout.decode()
    true('3 messages in this campaign' in report, report)


def knows_threads():
    text, first = mail('ann@buyer.example', 'pim@tessarotter.example')
    equal(send(text, auth='ann', rcpts=('<pim@tessarotter.example>',)), 'c')
    wait_for('it', lambda: history('tessarotter.example')['sent'] == 2)
    for sender, changed in (('pim@tessarotter.example', False), ('eve@stranger.example', True)):
        text, _ = mail(sender, 'ann@buyer.example', 'In-Reply-To: %s\n' % first)
        with open(D.dir + '/reply.eml', 'w') as f:
            f.write(text)
        facts = json.loads(D.ringer('scan', '--json', '-c', D.conf, D.dir + '/reply.eml').stdout)['facts']
        equal((facts['thread.known'], facts['thread.participants_changed']), (True, changed))


def forgets_what_is_past_its_retention():
    equal(D.stop(), 0)
    old = mail('old@pellwormer.example', 'ann@buyer.example')[0].replace('23 Nov 2026', time.strftime('%d %b %Y', time.gmtime(time.time() - 90 * 86400)))
    with open(D.dir + '/old.eml', 'w') as f:
        f.write(old)
    D.ringer('learn', '-q', '--no-attachments', '-c', D.conf, D.dir + '/old.eml')
    true(history('pellwormer.example'))
    text = open(D.conf).read().replace('history:\n', 'history:\n  retention: 30d\n')
    with open(D.conf, 'w') as f:
        f.write(text)
    D.start()
    wait_for('the housekeeping', lambda: not history('pellwormer.example'))
    true(history('tessarotter.example'))
    true('history: dropped' in D.text(), D.text())


def learns_nothing_when_told_so():
    equal(D.stop(), 0)
    text = open(D.conf).read().replace('history:\n', 'history:\n  learn: false\n')
    with open(D.conf, 'w') as f:
        f.write(text)
    D.start()
    equal(send(mail('ann@buyer.example', 'z@silent.example')[0], auth='ann', rcpts=('<z@silent.example>',)), 'c')
    equal(D.stop(), 0)
    equal(history('silent.example'), None)


if __name__ == '__main__':
    run_tests([learns_from_mail_of_ours, does_not_take_automatic_answers_for_letters, learns_from_authenticated_mail_only,
               learns_nothing_good_from_an_attack, sees_a_campaign, knows_threads, forgets_what_is_past_its_retention,
               learns_nothing_when_told_so])
