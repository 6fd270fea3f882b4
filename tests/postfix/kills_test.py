"""
ringerd is killed again and again behind a real Postfix under load, while senders try each message until it is taken, as
an MTA does. Then everything that was taken is where it belongs, once: lost, delivered twice and listed twice are 0.
"""
import random
import sqlite3
import threading
from collections import Counter
from mta import *

KILLS = int(os.environ.get('KILLS', '8'))
SENDERS = 6


def come_from_outside(smtp):
    equal(smtp.docmd('XCLIENT', 'ADDR=192.0.2.10 NAME=client.elsewhere.example')[0], 220)
    smtp.ehlo('client.elsewhere.example')


class Senders:
    def __init__(self, port):
        self.port, self.stopped = port, False
        self.taken, self.tries, self.errors = {'attack': [], 'ham': []}, 0, []
        self.threads = [threading.Thread(target=self.run) for _ in range(SENDERS)]
        for t in self.threads:
            t.start()

    def run(self):
        try:
            while not self.stopped:
                kind = random.choice(('attack', 'ham'))
                text, key = fresh(ATTACK if kind == 'attack' else HAM)
                self.send(text)
                self.taken[kind].append(key)
        except Exception as e:  # noqa: seen by the main thread
            self.errors.append(e)

    def send(self, text):
        for _ in range(2000):
            self.tries += 1
            code = smtp_send(self.port, text, before=come_from_outside)[0]
            if code == 250:
                return
            equal(code // 100, 4)
            time.sleep(0.1)
        raise AssertionError('not taken after many tries')

    def count(self):
        return sum(len(keys) for keys in self.taken.values())

    def end(self):
        self.stopped = True
        for t in self.threads:
            t.join()


def kill_and_start(senders):
    """Somewhere in the middle of what it does: at a random moment after it took some messages."""
    at = senders.count()
    wait_for('mail to go on', lambda: senders.errors or senders.count() > at + random.randrange(1, 8), 120)
    time.sleep(random.random() * 0.02)
    D.process.kill()
    D.process.wait()
    D.start(wait=False)


def rows(sql):
    with sqlite3.connect(D.var + '/store.db') as db:
        found = Counter(row[0].split('@')[0] + '@' for row in db.execute(sql))
    db.close()
    return found


def where_they_are():
    """key -> how often: listed in the quarantine, in the log of decisions as held, delivered."""
    delivered = Counter(key.decode() for _, data in P.mail() for key in set(re.findall(rb'Message-ID: <(m\d+\.\d+@)', data)))
    return (rows('SELECT message_id FROM quarantine'),
            rows("SELECT message_id FROM decision WHERE action = 'quarantine'"), delivered)


def loses_and_doubles_nothing_when_it_is_killed():
    senders = Senders(P.port)
    for n in range(KILLS):
        kill_and_start(senders)
        if n % 100 == 99:
            print('# %d kills, %d messages' % (n + 1, senders.count()), flush=True)
    senders.end()
    equal(senders.errors, [])
    wait_for('its start', D.started)
    attacks, hams = senders.taken['attack'], senders.taken['ham']
    wait_for('the deliveries', lambda: len(P.mail()) >= len(hams), 120)
    time.sleep(0.5)
    held, decided, delivered = where_they_are()
    print('# %d kills; %d attacks and %d others in %d tries' % (KILLS, len(attacks), len(hams), senders.tries))
    equal([key for key in attacks if not held[key]], [])  # lost
    equal([key for key in hams if not delivered[key]], [])
    equal([key for key in delivered if delivered[key] > 1], [])  # delivered twice
    equal([key for key in attacks if delivered[key]], [])
    equal([key for key in held if held[key] > 1], [])  # listed twice
    equal([key for key in attacks if decided[key] != 1], [])  # their rows in the log of decisions
    equal(D.stop(), 0)


D = Ringerd()
if __name__ == '__main__':
    P = Postfix(D.socket_spec)
    D.start()
    run_tests([loses_and_doubles_nothing_when_it_is_killed])
