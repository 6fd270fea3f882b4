"""ringerd and a store that fails: full, read-only, damaged, taken away while in use. Real disks, real damage."""
import glob
import sqlite3
import sys
import threading
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *


def attack(n=1):
    return ATTACK.replace('{id}', 'attack%s' % n)


def ham(n=1):
    return HAM.replace('{id}', 'ham%s' % n)


def health(d):
    return d.status()['store']['health']


def wait_for_state(d, state):
    wait_for('the store to be ' + state, lambda: health(d)['state'] == state)


def is_refused(c, n=1):
    reply = c.message(attack(n), queue_id='REFUSED%s' % n)
    true(reply[0] == 'y' and reply[1].startswith(b'451 4.7.1'), reply)


class Disk:
    """A file system of its own for the daemon's files; in our mount namespace, so it goes with us."""

    def __init__(self, size='6m'):
        self.dir = private_dir()
        self.var = os.path.join(self.dir, 'var')
        os.mkdir(self.var)
        self.mount('-t', 'tmpfs', '-o', 'size=%s,mode=755,uid=%d' % (size, pwd.getpwnam('nobody').pw_uid), 'none')
        atexit.register(self.unmount)

    def mount(self, *options):
        subprocess.run(['mount', *options, self.var], check=True)

    def unmount(self):
        subprocess.run(['umount', '-l', self.var])

    def fill(self):
        """Not a byte is left."""
        with open(self.var + '/filler', 'wb', buffering=0) as f:
            for size in (65536, 4096):
                try:
                    while True:
                        f.write(b'x' * size)
                except OSError:
                    pass


def daemon_on(disk):
    d = Ringerd(directory=disk.dir)
    return d


def starts_on_a_full_disk_and_recovers():
    disk = Disk()
    d = daemon_on(disk)
    disk.fill()
    d.start()
    true('mail that must be held gets the answer of on-error: store' in d.text() and 'no space left' in d.text(), d.text())
    c = d.client().start()
    equal(c.message(ham())[0], 'c')
    is_refused(c)
    shown = d.ringer('status').stdout.decode()
    true(re.search(r'^STORE waiting since .*no space left', shown, re.M), shown)
    true('\nringer_store_good 0\n' in d.ringer('status', '--metrics').stdout.decode())
    os.unlink(disk.var + '/filler')
    wait_for_state(d, 'good')
    equal(c.message(attack(2))[0], 'd')
    equal(len(d.held()), 1)
    true('the store works again' in d.text(), d.text())
    true('STORE' not in d.ringer('status').stdout.decode())
    equal(d.stop(), 0)


def starts_read_only_and_recovers():
    disk = Disk()
    d = daemon_on(disk).start()
    equal(d.client().start().message(attack(1))[0], 'd')
    equal(d.stop(), 0)
    d.socket_spec = 'inet:%d@127.0.0.1' % free_port()  # sockets cannot be made there
    d.write_conf(daemon='  control-socket: %s/control.sock\n' % disk.dir)
    with open(d.conf) as f:
        text = f.read().replace('  control-socket: %s/control.sock\n' % disk.var, '', 1)
    with open(d.conf, 'w') as f:
        f.write(text)
    disk.mount('-o', 'remount,ro')
    d.start()
    d.var, var = disk.dir, d.var
    true('read-only' in d.text().lower(), d.text())
    c = d.client().start()
    equal(c.message(ham())[0], 'c')
    is_refused(c, 2)
    equal(health(d)['state'], 'waiting')
    disk.mount('-o', 'remount,rw')
    d.var = var
    equal(len(d.held()), 1)
    d.var = disk.dir
    wait_for_state(d, 'good')
    equal(c.message(attack(3))[0], 'd')
    equal(len(d.held()), 2)
    equal(d.stop(), 0)


def deletes_on_a_full_disk():
    disk = Disk('32m')
    d = daemon_on(disk).start()
    c = d.client().start()
    big = attack('big') + ('x' * 75 + '\n') * 40000
    equal(c.message(big)[0], 'd')
    true(os.path.exists(disk.var + '/store.db-reserve'))
    n = 0
    disk.fill()
    while n < 5000:  # what the log has room for is still held
        n += 1
        reply = c.message(attack(n) + 'y' * 900 * (n % 7), queue_id='FULL%d' % n)
        if reply[0] != 'd':
            break
    equal(reply[0], 'y')
    true(re.search(r'FULL%d: action=tempfail.*(full|no space)' % n, d.text()), d.text())
    disk.fill()
    before = os.statvfs(disk.var).f_bavail
    id = [m['id'] for m in d.held() if 'attackbig' in m['message_id']][0]
    d.ringer('quarantine', 'delete', id)
    true(os.statvfs(disk.var).f_bavail > before + 500, os.listdir(disk.var))  # 2 MB and more came back
    wait_for_state(d, 'good')
    equal(c.message(attack('after'))[0], 'd')
    true(not os.path.exists(disk.var + '/store.db-reserve'))
    os.unlink(disk.var + '/filler')
    wait_for('the reserve', lambda: os.path.exists(disk.var + '/store.db-reserve'))
    equal(d.stop(), 0)
    disk.fill()  # and without the daemon, when not even the log can be made
    id = [m['id'] for m in d.held() if 'attackafter' in m['message_id']][0]
    d.ringer('quarantine', 'delete', id)


def page_of(path, table):
    """Where the first page of a table lies in the file: (offset, size)."""
    with sqlite3.connect(path) as db:
        root = db.execute('SELECT rootpage FROM sqlite_master WHERE name = ?', (table,)).fetchone()[0]
        size = db.execute('PRAGMA page_size').fetchone()[0]
    db.close()
    return (root - 1) * size, size


def overwrite(path, offset, data):
    with open(path, 'r+b') as f:
        f.seek(offset)
        before = f.read(len(data))
        f.seek(offset)
        f.write(data)
    return before


def starts_with_a_damaged_store_and_takes_a_rescued_one():
    d = Ringerd().start()
    equal(d.client().start().message(attack(1))[0], 'd')
    equal(d.stop(), 0)
    path = d.var + '/store.db'
    shutil.copy2(path, path + '.good')
    shutil.chown(path + '.good', user=os.stat(path).st_uid)
    for damage in ('a page', 'the head'):
        offset, size = page_of(path + '.good', 'decision') if damage == 'a page' else (0, 4096)
        overwrite(path, offset, os.urandom(size))
        d.start()
        wait_for_state(d, 'damaged')
        c = d.client().start()
        equal(c.message(ham())[0], 'c')
        is_refused(c, 2)
        true('.recover' in health(d)['why'] and re.search(r'store: .*damaged', d.text()), d.text())
        for ending in ('-wal', '-shm'):
            if os.path.exists(path + ending):
                os.unlink(path + ending)
        shutil.copy2(path + '.good', path + '.new')
        shutil.chown(path + '.new', user=os.stat(path).st_uid)
        os.rename(path + '.new', path)
        wait_for_state(d, 'good')
        equal(c.message(attack(damage))[0], 'd')
        true('attack1@' in json.dumps(d.held()), d.held())
        equal(d.stop(), 0)
        shutil.copy2(path, path + '.good')


def damage_while_it_runs_stops_it_from_holding():
    d = Ringerd().start()
    c = d.client().start()
    equal(c.message(attack(1))[0], 'd')
    equal(d.stop(), 0)
    path = d.var + '/store.db'
    offset, size = page_of(path, 'decision')
    d.start()
    wait_for('the first check', lambda: health(d)['state'] == 'good')
    before = overwrite(path, offset, b'\xff' * size)
    c = d.client().start()
    equal(c.message(ham())[0], 'c')  # its row is written in the background, and cannot be
    wait_for_state(d, 'damaged')
    is_refused(c, 2)
    true(re.search(r'REFUSED2: action=tempfail .* held=0 ', d.text()), d.text())
    true(re.search(r'store: .*(malformed|damaged).*is refused for now', d.text()), d.text())
    wait_for('a line about the failures', lambda: re.search(r'store: \d+ failures, the last: ', d.text()))
    overwrite(path, offset, before)
    wait_for_state(d, 'good')
    equal(c.message(attack(3))[0], 'd')
    equal(len(d.held()), 2)
    equal(d.stop(), 0)


class Load:
    """Attacks on several connections; keeps the ids of messages that were acknowledged."""

    def __init__(self, d, threads=4):
        self.d, self.acknowledged, self.refused, self.stopped = d, [], 0, False
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(threads)]
        for t in self.threads:
            t.start()

    def run(self, number):
        n = 0
        try:
            c = self.d.client().start()
            while not self.stopped:
                n += 1
                key = '%d.%d' % (number, n)
                answer = c.message(attack(key), queue_id='Q%s' % key.replace('.', 'x'))[0]
                if answer == 'd':
                    self.acknowledged.append('attack%s@' % key)
                else:
                    self.refused += 1
        except (Gone, OSError):
            pass

    def end(self):
        self.stopped = True
        for t in self.threads:
            t.join()


def kill_and_compare(d, load):
    d.process.kill()
    d.process.wait()
    load.end()
    d.start()
    held = {m['message_id'].split('@')[0] + '@' for m in d.held()}
    lost = [key for key in load.acknowledged if key not in held]
    equal(lost, [])
    print('# %d acknowledged, %d refused' % (len(load.acknowledged), load.refused))


def a_log_that_is_removed_loses_nothing():
    for taken in (('-wal',), ('-shm',), ('-wal', '-shm')):
        d = Ringerd().start()
        load = Load(d)
        wait_for('some messages', lambda: len(load.acknowledged) > 20)
        for ending in taken:
            os.unlink(d.var + '/store.db' + ending)
        at = len(load.acknowledged)
        wait_for('the rescue', lambda: 'all that was in it is saved' in d.text())
        true(all(os.path.exists(d.var + '/store.db' + ending) for ending in taken))
        wait_for('more messages', lambda: len(load.acknowledged) > at + 20)
        kill_and_compare(d, load)
        equal(d.stop(), 0)


def a_log_that_is_removed_is_missed_without_mail():
    d = Ringerd().start()
    for n in range(3):
        equal(d.client().start().message(attack(n))[0], 'd')
    os.rename(d.var + '/store.db-wal', d.var + '/moved')
    wait_for('the rescue', lambda: 'all that was in it is saved' in d.text())
    d.process.kill()
    d.process.wait()
    d.start()
    equal(len(d.held()), 3)
    equal(d.stop(), 0)


def a_log_that_is_cut_is_told_with_the_messages():
    d = Ringerd().start()
    c = d.client().start()
    for n in range(3):
        equal(c.message(attack(n), queue_id='CUT%d' % n)[0], 'd')
    os.truncate(d.var + '/store.db-wal', 0)
    wait_for('the alarm', lambda: re.search(r'store: LOST: .*CUT0.*CUT1.*CUT2', d.text()))
    wait_for_state(d, 'good')
    equal(c.message(attack('after'))[0], 'd')
    equal(len(d.held()), 1)
    equal(d.stop(), 0)


def another_file_in_its_place_is_used():
    d = Ringerd().start()
    c = d.client().start()
    equal(c.message(attack(1), queue_id='BACKED')[0], 'd')
    path = d.var + '/store.db'
    with sqlite3.connect(path) as source, sqlite3.connect(d.dir + '/backup.db') as target:
        source.backup(target)
    source.close()
    target.close()
    equal(c.message(attack(2), queue_id='NOTBACKED')[0], 'd')
    os.unlink(path)
    is_refused(c, 3)
    true('removed or replaced while in use' in health(d)['why'], health(d))
    shutil.chown(d.dir + '/backup.db', user=os.stat(d.var).st_uid)
    shutil.move(d.dir + '/backup.db', path)
    wait_for_state(d, 'good')
    equal(c.message(attack(4))[0], 'd')
    equal(sorted(m['queue_id'] for m in d.held() if m['queue_id']), ['4bcD5F12345', 'BACKED'])
    true(re.search(r'LOST: .*NOTBACKED', d.text()) and not re.search(r'LOST: .*\(BACKED', d.text()), d.text())
    equal(d.stop(), 0)


def what_came_twice_is_listed_once():
    d = Ringerd().start()
    equal(d.client().start().message(attack(1), queue_id='FIRST')[0], 'd')
    equal(d.client().start('198.51.100.9').message(attack(1), queue_id='SECOND')[0], 'd')
    true(re.search(r'SECOND: action=quarantine .* again=yes ', d.text()), d.text())
    equal([m['queue_id'] for m in d.held()], ['FIRST'])
    equal(d.status()['store']['again'], 1)
    rows = [json.loads(line) for line in d.ringer('report', '--json').stdout.splitlines()]
    equal([(row['queue_id'], row['action']) for row in rows], [('FIRST', 'quarantine')])
    equal(d.stop(), 0)


def rows_that_could_not_be_written_are_told_at_the_end():
    d = Ringerd(milter='  drain: 1s\n').start()
    c = d.client().start()
    with_lock = sqlite3.connect(d.var + '/store.db', isolation_level=None)
    with_lock.execute('BEGIN IMMEDIATE')  # until the daemon has given up
    equal(c.message(ham())[0], 'c')
    c.quit()
    wait_for('its row to be tried in vain', lambda: d.status()['store']['failures'] > 0)
    equal(d.stop(), 0)
    with_lock.close()
    true(re.search(r'store: LOST 1 rows of the log of decisions and \d of history: they could not be written before the end: '
                   '.*locked', d.text()), d.text())


DAY_MS = 86400000


def change(d, sql, *args):
    with sqlite3.connect(d.var + '/store.db') as db:
        out = db.execute(sql, args).fetchall()
    db.close()
    return out


def in_future(days):
    """The environment of a process whose clock is ahead; its monotonic clock is right."""
    lib = glob.glob('/usr/lib/*/faketime/libfaketime.so.1') + glob.glob('/usr/lib/faketime/libfaketime.so.1')
    sanitized = 'libasan' in os.popen("ldd '%s/ringerd'" % BUILD).read()
    if not lib or sanitized:
        return None
    return dict(os.environ, LD_PRELOAD=lib[0], FAKETIME='+%dd' % days, DONT_FAKE_MONOTONIC='1', FAKETIME_DONT_FAKE_MONOTONIC='1',
                FAKETIME_DISABLE_SHM='1')


def left(d):
    return [n[0] for table in ('quarantine', 'decision', 'history_thread') for n in change(d, 'SELECT count(*) FROM ' + table)]


def a_clock_far_ahead_purges_nothing():
    env = in_future(500)
    if not env:
        return
    d = Ringerd().start()
    c = d.client().start()
    for n in range(3):
        equal(c.message(attack(n))[0], 'd')
    d.ringer('quarantine', 'delete', d.held()[0]['id'])
    equal(c.message(ham())[0], 'c')
    wait_for('the rows', lambda: d.status()['store']['learned'] > 0 and left(d)[1] == 4)
    equal(d.stop(), 0)
    before = left(d)
    for _ in range(2):  # what the first one writes must not make the second one believe its clock
        d.start(env=env)
        wait_for('the doubt', lambda: 'the clock is far from what the store knows' in d.text()[d.log_start:])
        equal(d.client().start().message(ham('future'))[0], 'c')
        equal(d.status()['store']['health']['purges'], False)
        true('NOTHING IS PURGED' in d.ringer('status').stdout.decode())
        true('\nringer_store_purges 0\n' in d.ringer('status', '--metrics').stdout.decode())
        equal(d.stop(), 0)
    true(all(now >= then for now, then in zip(left(d), before)), (before, left(d)))
    ringer = [os.path.join(BUILD, 'ringer'), 'quarantine', 'purge', '-c', d.conf]
    run = subprocess.run(ringer + ['--older-than', '90d'], env=env, capture_output=True)
    true(run.returncode == 1 and b'--confirm-clock' in run.stderr, run)
    equal(left(d)[0], 3)
    d.start(env=env)
    run = subprocess.run(ringer + ['--confirm-clock'], env=env, capture_output=True)
    true(run.returncode == 0 and b'the clock is right' in run.stdout, run)
    wait_for('the purge', lambda: 'decisions: dropped' in d.text())
    equal(left(d)[0], 2)  # the deleted one went; held ones must be announced first
    equal(d.stop(), 0)
    equal([row[0] for row in change(d, "SELECT what FROM audit WHERE what = 'confirm-clock'")], ['confirm-clock'])


def a_clock_that_jumps_sweeps_away_nothing_under_way():
    env = in_future(0)
    if not env:
        return
    d = Ringerd().start()
    equal(d.client().start().message(ham())[0], 'c')
    wait_for('the clock to be believed', lambda: change(d, "SELECT 1 FROM store_meta WHERE name = 'clock'"))
    equal(d.stop(), 0)
    now = int(time.time() * 1000)
    for id, begun in (('crashed', now - 3 * 3600000), ('under way', now)):
        change(d, "INSERT INTO quarantine_part VALUES ('default', ?, ?)", id, begun)
        change(d, "INSERT INTO quarantine_piece VALUES ('default', ?, 0, 'x')", id)
    clock = d.dir + '/clock'  # of the running daemon

    def set_clock(offset):
        with open(clock + '.new', 'w') as f:
            f.write(offset)
        os.rename(clock + '.new', clock)
    set_clock('+500d')
    del env['FAKETIME']
    d.start(env=dict(env, FAKETIME_TIMESTAMP_FILE=clock, FAKETIME_NO_CACHE='1'))
    wait_for('the doubt', lambda: 'the clock is far from what the store knows' in d.text()[d.log_start:])
    parts = 'SELECT id FROM quarantine_part ORDER BY id'
    equal(change(d, parts), [('crashed',), ('under way',)])  # by this clock both are old
    set_clock('+0d')
    wait_for('the sweep', lambda: len(change(d, parts)) < 2)
    true('the clock is believed' in d.text())
    equal(change(d, parts), [('under way',)])
    equal(change(d, "SELECT id FROM quarantine_piece WHERE bytes = 'x'"), [('under way',)])
    equal(d.stop(), 0)


def held_mail_is_announced_before_it_is_purged():
    d = Ringerd().start()
    c = d.client().start()
    for n in range(3):
        equal(c.message(attack(n), queue_id='OLD%d' % n)[0], 'd')
    d.ringer('quarantine', 'delete', [m['id'] for m in d.held() if m['queue_id'] == 'OLD0'][0])
    equal(d.stop(), 0)
    change(d, "UPDATE quarantine SET time_ms = time_ms - ? WHERE queue_id <> 'OLD2'", 91 * DAY_MS)
    d.start()
    wait_for('the warning', lambda: '1 held messages that nobody released or deleted' in d.text())
    wait_for('the purge', lambda: 'quarantine: dropped 1 entries' in d.text())
    equal(sorted(m['queue_id'] for m in d.held()), ['OLD1', 'OLD2'])
    equal(d.stop(), 0)
    d.start()  # a day must pass: many starts make no day
    time.sleep(0.5)
    equal(d.stop(), 0)
    equal(len(d.held()), 2)
    id = [m['id'] for m in d.held() if m['queue_id'] == 'OLD1'][0]
    change(d, "UPDATE store_meta SET number = number - ? WHERE name = 'notice-at'", DAY_MS + 60000)
    d.start()
    wait_for('the purge', lambda: [m['queue_id'] for m in d.held()] == ['OLD2'])
    equal(d.stop(), 0)
    equal(change(d, "SELECT what FROM audit WHERE item = ? ORDER BY time_ms", id), [('purge-unreviewed',)])
    equal(len(change(d, "SELECT 1 FROM audit WHERE what = 'purge-notice'")), 1)


if __name__ == '__main__':
    disks = [starts_on_a_full_disk_and_recovers, starts_read_only_and_recovers, deletes_on_a_full_disk]
    run_tests((disks if as_root() else []) +
              [starts_with_a_damaged_store_and_takes_a_rescued_one, damage_while_it_runs_stops_it_from_holding,
               a_log_that_is_removed_loses_nothing, a_log_that_is_removed_is_missed_without_mail,
               a_log_that_is_cut_is_told_with_the_messages, another_file_in_its_place_is_used,
               what_came_twice_is_listed_once, rows_that_could_not_be_written_are_told_at_the_end, a_clock_far_ahead_purges_nothing,
               a_clock_that_jumps_sweeps_away_nothing_under_way,
               held_mail_is_announced_before_it_is_purged])
