"""Connections that say nothing, or too many of them: mail goes on, and the log tells of it."""
import resource
import sys
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *

MUTE = 1500
HAM_TEXT = HAM.replace('{id}', 'ham')


def threads(d):
    return len(os.listdir('/proc/%d/task' % d.process.pid))


def gone(sockets):
    """How many of them the daemon has closed."""
    n = 0
    for s in sockets:
        s.setblocking(False)
        try:
            n += s.recv(1) == b''
        except BlockingIOError:
            pass
        except ConnectionResetError:
            n += 1
    return n


def closes_those_who_never_begin_and_mail_goes_on():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    d = Ringerd(milter='  drain: 2s\n  socket-mode: 0666\n  negotiate-timeout: 4s\n').start()
    equal(d.client().start().message(HAM_TEXT)[0], 'c')
    before = threads(d)
    mute = [d.connect() for _ in range(MUTE)]
    for _ in range(5):
        equal(d.client().start().message(HAM_TEXT)[0], 'c')
    true(threads(d) < before + 20, 'no thread waits for each of them: %d, before %d' % (threads(d), before))
    true(0 < d.status()['connections_waiting'] <= 200 + 64, d.status())
    true(re.search(rb'of at most 200, \d+ have not begun', d.ringer('status').stdout))
    wait_for('the end of all of them', lambda: gone(mute) == MUTE, 60)
    equal(d.counter('connections_mute'), MUTE)
    true(re.search(r'connections did not begin', d.text()), d.text())
    equal(d.status()['connections_waiting'], 0)
    equal(d.client().start().message(HAM_TEXT)[0], 'c')
    equal(d.stop(), 0)


def closes_those_who_begin_with_something_else():
    d = Ringerd(milter='  negotiate-timeout: 3s\n  drain: 1s\n').start()
    web, half, slow = d.connect(), d.connect(), d.connect()
    web.sendall(b'GET / HTTP/1.0\r\n\r\n')
    half.sendall(b'\0\0\0\x0dO\0\0')  # the rest never comes
    packet = struct.pack('>Ic3I', 13, b'O', 6, ALL_ACTIONS, ALL_STEPS)
    for i in range(len(packet)):  # one byte at a time is slow, and good
        slow.sendall(packet[i:i + 1])
        time.sleep(0.01)
    equal(slow.recv(4)[:3], b'\0\0\0')
    wait_for('the end of the web client', lambda: gone([web]))
    wait_for('the end of half a packet', lambda: gone([half]))
    equal(gone([slow]), 0)
    equal(d.counter('connections_mute'), 2)
    d.connect().close()  # one that only looks whether somebody is there
    equal(d.client().start().message(HAM_TEXT)[0], 'c')
    equal(d.counter('connections_mute'), 2)
    equal(d.stop(), 0)


def open_files(soft, hard):
    """Started with these limits, as a unit's LimitNOFILE= does."""
    return {'preexec_fn': lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))}


def soft_limit(d):
    with open('/proc/%d/limits' % d.process.pid) as f:
        return int(re.search(r'Max open files +(\d+)', f.read())[1])


def says_that_descriptors_are_short_and_goes_on():
    d = Ringerd(milter='  max-connections: 4\n  drain: 1s\n  socket-mode: 0666\n').start(**open_files(144, 144))
    c = d.client().start()
    equal(c.message(HAM_TEXT)[0], 'c')
    talking = []
    while 'cannot accept' not in d.text() and len(talking) < 200:  # those who begin are not pushed out
        s = d.connect()
        s.settimeout(0.5)
        s.sendall(struct.pack('>Ic3I', 13, b'O', 6, ALL_ACTIONS, ALL_STEPS))
        talking.append(s)
        try:
            true(s.recv(100))
        except socket.timeout:
            break
    wait_for('the complaint', lambda: 'cannot accept connections: Too many open files' in d.text())
    time.sleep(0.5)
    equal(d.text().count('cannot accept connections'), 1)  # not a line for each try
    equal(c.message(HAM_TEXT)[0], 'c')  # who is in is served
    for s in talking:
        s.close()
    equal(d.client().start().message(HAM_TEXT)[0], 'c')  # and whoever comes, once there is room
    true(d.counter('accept_failed') > 0)
    equal(d.stop(), 0)


def refuses_to_start_without_descriptors_for_its_connections():
    d = Ringerd(milter='  max-connections: 400\n  socket-mode: 0666\n')
    d.start(wait=False, **open_files(256, 600))
    equal(d.process.wait(PATIENCE), 1)
    d.process = None
    for words in ('600 open files', 'max-connections is 400', 'LimitNOFILE=', 'at most '):
        true(words in d.text(), d.text())
    room = re.search(r'lower max-connections to at most (\d+)', d.text())[1]
    d.write_conf(milter='  max-connections: %s\n  socket-mode: 0666\n' % room)
    d.start(**open_files(256, 600))
    true(soft_limit(d) > 256, soft_limit(d))
    d.write_conf(milter='  max-connections: 400\n')
    equal(d.control('reload')['ok'], True)
    true('max-connections is 400' in d.text()[d.log_start:], d.text())
    equal(d.stop(), 0)


if __name__ == '__main__':
    run_tests([closes_those_who_never_begin_and_mail_goes_on, closes_those_who_begin_with_something_else,
               says_that_descriptors_are_short_and_goes_on, refuses_to_start_without_descriptors_for_its_connections])
