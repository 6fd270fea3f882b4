"""Big messages at once, under a limit of memory that the process cannot exceed; and a log that nobody reads."""
import base64
import fcntl
import resource
import sys
import threading
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *

MB = 1 << 20
ROOM = 480 * MB  # of the process, with its stacks and what the allocator keeps
BIG = HAM.replace('{id}', 'big').replace('\n\n', '\nMIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n', 1)
BIG = BIG[:BIG.index('\n\n') + 2] + base64.encodebytes(b'<p>a<p>' * (2 * MB // 7)).decode()
CROWD = 40
LIMIT = 150  # MB


def sanitized():
    return re.search('lib[at]san', os.popen("ldd '%s/ringerd'" % BUILD).read())


def at_once(d, text):
    """What became of a crowd of messages that end at the same time: final replies, None where the daemon went away."""
    answers = []
    barrier = threading.Barrier(CROWD)
    head, _, body = text.partition('\n\n')

    def send(i):
        try:
            c = d.client().start()
            c.s.settimeout(120)
            c.mail()
            c.rcpt()
            for field in head.split('\n'):
                name, _, value = field.partition(':')
                c.header(name, value)
            data = crlf(body)
            for at in range(0, len(data), 65535):
                c.body(data[at:at + 65535])
            barrier.wait(120)
            answers.append(c.eom('BIG%d' % i))
            c.quit()
        except (Gone, OSError):
            answers.append(None)
    threads = [threading.Thread(target=send, args=(i,)) for i in range(CROWD)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return answers


def limited():
    """Memory as a container has it; small stacks and few arenas, so that it is the messages that count."""
    def limits():
        resource.setrlimit(resource.RLIMIT_DATA, (ROOM, ROOM))
        resource.setrlimit(resource.RLIMIT_STACK, (MB, MB))
    return {'preexec_fn': limits, 'env': dict(os.environ, MALLOC_ARENA_MAX='2')}


def lets_in_what_there_is_memory_for():
    if sanitized():
        return
    d = Ringerd(milter='  drain: 1s\n  max-connections: 400\n', more='limits:\n  memory: %dMB\n' % LIMIT).start(**limited())
    seen, done = [], threading.Event()

    def watch():
        while not done.wait(0.02):
            try:
                seen.append(d.status()['memory']['in_use'])
            except (OSError, TypeError):  # it went away: the answers say so
                return
    watcher = threading.Thread(target=watch)
    watcher.start()
    answers = at_once(d, BIG)
    done.set()
    watcher.join()
    true(None not in answers, answers)
    true(100 * MB < max(seen) <= LIMIT * MB, max(seen))
    for kind, data in answers:
        true(kind == 'c' or (kind == 'y' and data.startswith(b'451 4.3.1')), (kind, data))
    true([a for a in answers if a[0] == 'c'], answers)
    turned_away = len([a for a in answers if a[0] == 'y'])
    equal(d.counter('memory_refused'), turned_away)
    memory = d.status()['memory']
    equal((memory['in_use'], memory['limit']), (0, LIMIT * MB))
    equal(d.client().start().message(BIG)[0], 'c')  # what was turned away comes again
    equal(d.stop(), 0)


def turns_away_what_there_is_none_for():
    d = Ringerd(milter='  drain: 1s\n', more='limits:\n  memory: 16MB\n  spool: 32MB\n').start()
    c = d.client().start()
    equal(c.message(BIG + BIG[BIG.index('\n\n'):] * 8)[0], 'y')  # while it is collected
    equal(c.message(HAM.replace('{id}', 'small'))[0], 'c')
    true(re.search(r'action=tempfail.*error="no memory', d.text()), d.text())
    d.write_conf(milter='  drain: 1s\n', more='limits:\n  memory: 16MB\n')
    d.ringer('reload')
    equal(c.message(BIG)[0], 'c')  # to a file, and alone it is let in
    busy = d.client().start()
    many = []
    for n in range(200000):  # recipients take memory, too
        if n % 9999 == 0:
            busy = d.client().start()
            busy.mail()
            many.append(busy)
        reply = busy.rcpt('<%s%d@buyer.example>' % ('r' * 200, n))
        if reply[0] != 'c':
            break
    true(reply[0] == 'y' and reply[1].startswith(b'452 4.3.1'), reply)
    for b in many:
        b.close()
    wait_for('the memory to come back', lambda: d.status()['memory']['in_use'] == 0)
    equal(c.message(HAM.replace('{id}', 'small'))[0], 'c')
    equal(d.stop(), 0)


def mail_that_is_not_judged_needs_none():
    d = Ringerd(milter='  drain: 1s\n', more='limits:\n  memory: 16MB\n').start()
    ours = d.client().start('10.1.2.3')
    ours.mail()
    ours.rcpt()
    many = []
    for n in range(200000):  # others take all that there is
        if n % 9999 == 0:
            many.append(d.client().start())
            many[-1].mail()
        if many[-1].rcpt('<%s%d@buyer.example>' % ('r' * 200, n))[0] != 'c':
            break
    for n in range(12):  # history would like to know these
        ours.header('References', ' ' + '<%d@elsewhere.example>\n ' % n * 400)
    equal(ours.eom('OURS')[0], 'c')
    true(re.search(r'OURS: action=skip why=internal', d.text()), d.text())
    equal(d.counter('skipped_internal'), 1)
    theirs = d.client().start()
    theirs.mail()
    true('y' in (theirs.rcpt('<%s%d@buyer.example>' % ('r' * 200, n))[0] for n in range(9999)))  # there is none still
    for b in many:
        b.close()
    equal(d.stop(), 0)


def a_log_that_nobody_reads_stops_no_mail():
    d = Ringerd(milter='  drain: 1s\n')
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, 1031, 4096)  # F_SETPIPE_SZ
    d.process = subprocess.Popen([os.path.join(BUILD, 'ringerd'), '-f', '-c', d.conf], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=write_end)
    os.close(write_end)
    said = b''
    while b'started' not in said:
        said += os.read(read_end, 4096)
    c = d.client().start()
    for n in range(300):
        equal(c.message(HAM.replace('{id}', 'm%d' % n), queue_id='LOG%d' % n)[0], 'c')
    true(d.status()['log_lines_lost'] > 100, d.status())
    lost = d.status()['log_lines_lost']
    true(b'LOG: %d lines were lost' % lost in d.ringer('status').stdout)
    true(b'messages under way may take 0 MB of at most 640' in d.ringer('status').stdout)
    said += os.read(read_end, 65536)
    equal(c.message(HAM.replace('{id}', 'last'), queue_id='LAST')[0], 'c')
    said += os.read(read_end, 65536)
    equal(d.stop(), 0)
    said += os.read(read_end, 65536)
    lines = said.decode().splitlines()
    true(any('%d log lines were lost' % lost in line for line in lines), lines[-3:])
    true(any('LAST: action=pass' in line for line in lines), lines[-3:])
    for line in lines:  # whole lines only
        true(line.startswith('ringerd: '), line)


if __name__ == '__main__':
    run_tests([lets_in_what_there_is_memory_for, turns_away_what_there_is_none_for, mail_that_is_not_judged_needs_none,
               a_log_that_nobody_reads_stops_no_mail])
