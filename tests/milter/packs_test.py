"""Signed packs in the running daemon: reloads under load, what is refused, the periodic check."""
import sqlite3
import sys
import threading
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *

RULE = '''  - id: ours.{name}-v{version}
    title: {name}
    axis: context
    when: message.size > 0
    why: version {version}
    score: 1
    tests: [{{facts: {{message.size: 1}}, hit: true}}, {{facts: {{message.size: 0}}, hit: false}}]
'''
NAMES = ['one', 'two', 'three']


class Packs:
    """A daemon, keys, and versions 1 to 3 of a pack, each with the same three rules under other ids."""

    def __init__(self):
        self.d = Ringerd(daemon='', more='')
        self.dir = self.d.dir
        self.run('keygen', self.path('key'))
        self.run('keygen', self.path('stranger'))
        self.d.write_conf(more='rules:\n  signed-packs: %s\n  keys: [key.pub]\n  check-packs: 1s\n' % self.path('packs'))
        for version in (1, 2, 3):
            self.sign('key', version)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run(self, *args, code=0):
        return self.d.ringer('rules', *args, code=code)

    def sign(self, key, version, name=None):
        os.makedirs(self.path('src'), exist_ok=True)
        with open(self.path('src/ours.yaml'), 'w') as f:
            f.write('pack: ours\nrules:\n' + ''.join(RULE.format(name=n, version=version) for n in NAMES))
        self.run('sign', '-k', self.path(key + '.key'), '-n', 'ours', '-s', str(version), '-e', '2099-12-31',
                 '-o', self.path(name or 'ours-%d.tar' % version), self.path('src'))

    def install(self, version, code=0):
        return self.run('install', self.path('ours-%d.tar' % version), code=code)

    def installed(self, version):
        return self.path('packs/ours-%d.tar' % version)

    def tamper(self, version):
        with open(self.installed(version), 'r+b') as f:
            f.seek(600)
            f.write(b'X')

    def seq(self):
        packs = self.d.status()['rules']['packs']
        return packs[0]['seq'] if packs else None


def versions(client):
    """Which version's rules the last message was judged by; all of them, or it is half a set."""
    ids = [i for i in client.added().get('X-Ringer-Rules', '').split() if i.startswith('ours.')]
    found = {i.rpartition('-v')[2] for i in ids}
    equal(len(found), 1)
    equal(sorted(ids), sorted('ours.%s-v%s' % (n, found.copy().pop()) for n in NAMES))
    return found.pop()


def ham():
    return HAM.replace('{id}', 'ham')


def is_judged_by_whole_sets_while_packs_are_swapped():
    p = Packs()
    p.install(1)
    p.install(2)
    d = p.d.start()
    stop, answers, errors, seen = threading.Event(), [], [], set()

    def load():
        try:
            c = d.client().start()
            while not stop.is_set():
                answers.append(c.message(ham())[0])
                seen.add(versions(c))
            c.quit()
        except Exception as e:  # noqa: seen by the main thread
            errors.append(e)
    threads = [threading.Thread(target=load) for _ in range(4)]
    for t in threads:
        t.start()
    for _ in range(4):
        p.run('rollback', 'ours')
        true(d.control('reload')['ok'])
        equal(p.seq(), 1)
        p.install(2)
        true(d.control('reload')['ok'])
        equal(p.seq(), 2)
    stop.set()
    for t in threads:
        t.join()
    equal(errors, [])
    equal(set(answers), {'c'})
    equal(d.counter('messages'), len(answers))
    equal(seen, {'1', '2'})
    text = d.text()
    true('signed pack ours seq 2, key' in text and 'digest' in text, text)
    equal(d.stop(), 0)


def keeps_the_last_good_pack():
    p = Packs()
    p.install(1)
    p.install(2)
    d = p.d.start()
    c = d.client().start()
    digest = d.status()['rules']['digest']

    def refused(word):
        answer = d.control('reload')
        equal(answer['ok'], False)
        true(word in answer['report'], answer['report'])
        equal(c.message(ham())[0], 'c')
        equal(versions(c), '2')
        equal(d.status()['rules']['digest'], digest)
    p.tamper(2)
    refused('signed pack ours is refused')
    shutil.copy(p.path('ours-1.tar'), p.installed(2))  # an old one in place of the new one
    shutil.copy(p.path('ours-1.tar.minisig'), p.installed(2) + '.minisig')
    refused('stands in place of seq 2')
    p.sign('stranger', 2, 'strange.tar')
    shutil.copy(p.path('strange.tar'), p.installed(2))
    shutil.copy(p.path('strange.tar.minisig'), p.installed(2) + '.minisig')
    refused('signed pack ours is refused')
    p.install(3)
    true(d.control('reload')['ok'])
    equal(c.message(ham())[0], 'c')
    equal(versions(c), '3')
    equal(d.stop(), 0)


def falls_back_at_the_start():
    p = Packs()
    p.install(1)
    p.install(2)
    p.tamper(2)
    d = p.d.start()
    c = d.client().start()
    equal(c.message(ham())[0], 'c')
    equal(versions(c), '1')
    true('its previous version, seq 1, is used' in d.text(), d.text())
    equal(d.status()['rules']['packs'][0]['fallback'], True)
    true(b'PREVIOUS VERSION' in d.ringer('status').stdout)
    equal(d.stop(), 0)


def notices_what_changes_on_disk():
    p = Packs()
    p.install(1)
    d = p.d.start()
    alarms = lambda: d.status()['rules']['alarms']
    wait_for('a check', lambda: d.status()['rules']['checked'] > 0)
    equal(alarms(), [])
    p.install(2)
    wait_for('the note about the new version', alarms)
    true('seq 2 is installed, but seq 1 is in force' in alarms()[0], alarms())
    true(d.control('reload')['ok'])
    equal(alarms(), [])
    p.tamper(2)
    wait_for('the alarm', alarms)
    true('signed pack ours is refused' in alarms()[0], alarms())
    true('rule packs: signed pack ours is refused' in d.text(), d.text())
    equal(d.text().count('rule packs: signed pack ours is refused'), 1)
    run = d.ringer('status')
    true(b'ALARM: signed pack ours is refused' in run.stdout, run.stdout)
    metrics = d.ringer('status', '--metrics').stdout.decode()
    for line in ('ringer_pack_seq{pack="ours"} 2', 'ringer_pack_alarms 1', 'ringer_policy_generation 2',
                 'ringer_rule_limits_total 0'):
        true(line + '\n' in metrics, metrics)
    shutil.copy(p.path('ours-2.tar'), p.installed(2))
    wait_for('the end of the alarm', lambda: not alarms())
    p.run('rollback', 'ours')
    wait_for('the alarm about the rollback', alarms)
    true('went back to seq 1, but seq 2 is in force' in alarms()[0], alarms())
    equal(d.stop(), 0)


def notices_that_a_shipped_file_changed():
    d = Ringerd(daemon='', more='rules:\n  check-packs: 1s\n')
    data = d.dir + '/data'
    for name in ('rules', 'data'):
        shutil.copytree(os.path.join(SRC, name), os.path.join(data, name))
    file = data + '/rules/payment.yaml'
    genuine = open(file).read()
    before, os.environ['RINGER_DATADIR'] = os.environ['RINGER_DATADIR'], data
    try:
        d.start()
        c = d.client().start()
        wait_for('a check', lambda: d.status()['rules']['checked'] > 0)
        equal(d.status()['rules']['alarms'], [])
        with open(file, 'w') as f:
            f.write(genuine.replace('score: 70', 'score: 1'))
        wait_for('the alarm', lambda: d.status()['rules']['alarms'])
        true('payment.yaml is not the file that this Ringer was built with' in d.text(), d.text())
        answer = d.control('reload')
        equal(answer['ok'], False)
        true('payment.yaml' in answer['report'], answer['report'])
        equal(c.message(ATTACK.replace('{id}', 'x'))[0], 'd')  # held: the rules in force are the genuine ones
        with open(file, 'w') as f:
            f.write(genuine)
        wait_for('the end of the alarm', lambda: not d.status()['rules']['alarms'])
        true(d.control('reload')['ok'])
        equal(d.stop(), 0)
    finally:
        os.environ['RINGER_DATADIR'] = before


def counts_what_rules_did_and_tries_others_on_held_mail():
    d = Ringerd().start()
    c = d.client().start()
    for i in range(3):
        equal(c.message(ATTACK.replace('{id}', str(i)))[0], 'd')
    equal(c.message(ham())[0], 'c')
    equal(d.stop(), 0)
    ids = [item['id'] for item in d.held()]
    equal(len(ids), 3)
    d.ringer('quarantine', 'delete', ids[0])
    with sqlite3.connect(d.var + '/store.db') as db:  # as a release would
        db.execute("UPDATE quarantine SET state = 'released' WHERE id = ?", (ids[1],))
    rows = {}
    for line in d.ringer('rules', 'stats', '--json').stdout.splitlines():
        row = json.loads(line)
        rows[row['id']] = row
    top = max((r for r in rows.values() if r['held']), key=lambda r: r['counted'])
    equal((top['hits'], top['counted'], top['held'], top['released'], top['deleted']), (3, 3, 3, 1, 1))
    true(top['last_ms'] > 0)
    true(any(r['hits'] == 0 and r['last_ms'] == 0 for r in rows.values()), 'rules that never hit')
    text = d.ringer('rules', 'stats').stdout.decode()
    true(re.search(re.escape(top['id']) + r' +3 +3 +3 +1 +50%  20', text), text)
    true('never' in text)
    with open(d.dir + '/new.yaml', 'w') as f:
        f.write('rules:\n  - {id: x.rcpt, title: t, axis: context, when: recipient.count == 1, why: w, score: 1}\n')
    text = d.ringer('rules', 'try', '--only', '-r', d.dir + '/new.yaml', '--quarantine').stdout.decode()
    true('+ x.rcpt (+1): w' in text and '- ' + top['id'] in text, text)
    true('2 messages, 2 with another score or action' in text, text)
    true('quarantine -> pass: 2' in text, text)
    d.ringer('rules', 'try', '-r', d.dir + '/new.yaml', code=2)


if __name__ == '__main__':
    run_tests([is_judged_by_whole_sets_while_packs_are_swapped, keeps_the_last_good_pack, falls_back_at_the_start,
               notices_what_changes_on_disk,
               notices_that_a_shipped_file_changed, counts_what_rules_did_and_tries_others_on_held_mail])
