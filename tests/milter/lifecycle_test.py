"""ringerd as a process: sockets, user, reload, stop, control socket, store failures."""
import grp
import sqlite3
import stat
import sys
import threading
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *


def attack(n=1):
    return ATTACK.replace('{id}', 'attack%d' % n)


def ham(n=1):
    return HAM.replace('{id}', 'ham%d' % n)


def failed_start(d, text):
    d.start(wait=False)
    code = d.process.wait(PATIENCE)
    d.process = None
    true(code not in (0, None), code)
    true(text in d.text(), d.text())
    return code


def checks_its_configuration():
    d = Ringerd()
    program = os.path.join(BUILD, 'ringerd')
    run = subprocess.run([program, '-n', '-c', d.conf], capture_output=True, timeout=PATIENCE)
    equal((run.returncode, run.stderr), (0, b''))
    d.write_conf(more='no-such-key: 1\n')
    run = subprocess.run([program, '-n', '-c', d.conf], capture_output=True, timeout=PATIENCE)
    equal(run.returncode, 3)
    true(b'ringer.yaml:' in run.stderr and b'no-such-key' in run.stderr, run.stderr)
    equal(subprocess.run([program, '--help'], capture_output=True).returncode, 0)
    equal(subprocess.run([program, '--nonsense'], capture_output=True).returncode, 2)
    equal(subprocess.run([program, '-n', '-c', '/does/not/exist'], capture_output=True).returncode, 3)


def gives_up_root():
    if not as_root():
        return
    d = Ringerd(user='')
    failed_start(d, 'will not run as root')
    failed_start(Ringerd(user='nosuchuser'), "no user 'nosuchuser'")
    d = Ringerd(milter='  socket-mode: 0620\n  socket-group: mail\n').start()
    with open('/proc/%d/status' % d.process.pid) as f:
        status = f.read()
    uid = str(pwd.getpwnam('nobody').pw_uid)
    equal(re.search(r'Uid:\s+(.*)', status)[1].split(), [uid] * 4)
    true('0' not in re.search(r'Groups:\s*(.*)', status)[1].split(), status)
    equal(re.search(r'CapPrm:\s+(\w+)', status)[1], '0' * 16)
    equal(re.search(r'NoNewPrivs:\s+(\d)', status)[1], '1')
    st = os.stat(d.var + '/milter.sock')
    equal((stat.S_IMODE(st.st_mode), st.st_gid), (0o620, grp.getgrnam('mail').gr_gid))
    equal(stat.S_IMODE(os.stat(d.var + '/control.sock').st_mode), 0o600)
    d.ringer('status', user='nobody')
    refused = d.ringer('status', code=1, user='mail').stderr.decode()
    true(refused.endswith('control.sock: Permission denied: run this as root or as the user that ringerd runs as\n'), refused)
    equal(d.stop(), 0)


def replaces_stale_sockets_only():
    d = Ringerd().start()
    d.process.kill()
    d.process.wait()
    true(os.path.exists(d.var + '/milter.sock'))
    d.start()  # over the stale ones
    equal(d.client().start().message(ham())[0], 'c')
    second = Ringerd(directory=d.dir)
    second.log_path += '2'
    failed_start(second, 'stop the other ringerd first')
    equal(d.client().start().message(ham())[0], 'c')
    equal(d.stop(), 0)
    with open(d.var + '/milter.sock', 'w') as f:
        f.write('precious')
    failed_start(d, 'is no socket')
    with open(d.var + '/milter.sock') as f:
        equal(f.read(), 'precious')


def listens_on_TCP():
    d = Ringerd(socket_spec='inet:%d@127.0.0.1' % free_port()).start()
    equal(d.client().start().message(ham())[0], 'c')
    failed_start(Ringerd(socket_spec=d.socket_spec), 'cannot listen on')
    equal(d.stop(), 0)


def takes_sockets_from_systemd_and_notifies_it():
    for family in (socket.AF_UNIX, socket.AF_INET):
        d = Ringerd(milter='  drain: 1s\n')
        path = d.dir + '/passed.sock'
        listening = socket.socket(family)
        listening.bind(path if family == socket.AF_UNIX else ('127.0.0.1', 0))
        if family == socket.AF_UNIX:
            os.chmod(path, 0o666)
        listening.listen(16)
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(d.dir + '/notify')
        os.chmod(d.dir + '/notify', 0o666)
        notify.settimeout(PATIENCE)
        d.socket_spec = 'fd:milter'
        d.write_conf(milter='  drain: 1s\n')

        # LISTEN_PID must be the daemon's own: a shell that becomes it knows that
        wrap = ['/bin/sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh']
        fd = listening.fileno()
        env = dict(os.environ, LISTEN_FDS='1', LISTEN_FDNAMES='milter', NOTIFY_SOCKET=d.dir + '/notify')
        d.start(wrap=wrap, env=env, pass_fds=(3,), preexec_fn=lambda: os.dup2(fd, 3))
        true(b'READY=1' in notify.recv(4096))
        d.socket_spec = 'unix:' + path if family == socket.AF_UNIX else 'inet:%d@127.0.0.1' % listening.getsockname()[1]
        equal(d.client().start().message(ham())[0], 'c')
        d.process.send_signal(signal.SIGHUP)
        message = notify.recv(4096)
        true(b'RELOADING=1' in message and b'MONOTONIC_USEC=' in message, message)
        true(b'READY=1' in notify.recv(4096))
        equal(d.stop(), 0)
        true(b'STOPPING=1' in notify.recv(4096))
        if family == socket.AF_UNIX:
            true(os.path.exists(path), 'systemd owns it')
        late = d.client(negotiate=False)  # waits in the queue for the next daemon
        late.close()
        listening.close()
        notify.close()


def answers_the_watchdog_of_systemd():
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    d = Ringerd()
    notify.bind(d.dir + '/notify')
    os.chmod(d.dir + '/notify', 0o666)
    notify.settimeout(PATIENCE)
    d.start(env=dict(os.environ, NOTIFY_SOCKET=d.dir + '/notify', WATCHDOG_USEC='120000000'))
    true(b'READY=1' in notify.recv(4096))
    for _ in range(3):
        equal(notify.recv(4096), b'WATCHDOG=1')
    equal(d.stop(), 0)
    notify.close()


def reloads_and_keeps_the_last_good():
    d = Ringerd().start()
    c = d.client().start()
    equal(c.message(attack())[0], 'd')
    d.write_conf(more='nonsense: 1\n')
    answer = d.control('reload')
    equal(answer['ok'], False)
    true('nonsense' in answer['report'] and 'ringer.yaml' in answer['report'], answer)
    equal(c.message(attack())[0], 'd')
    status = d.status()
    equal((status['generation'], status['last_reload']['ok'], status['counters']['reloads_failed']), (1, False, 1))
    run = d.ringer('reload', '-s', d.var + '/control.sock', code=3)
    true(b'last good configuration stays in force' in run.stderr, run.stderr)
    d.write_conf(mode='monitor')
    d.process.send_signal(signal.SIGHUP)
    wait_for('the reload', lambda: d.status()['mode'] == 'monitor')
    equal(c.message(attack())[0], 'c')
    run = d.ringer('status')
    for part in (b'mode monitor', b'messages', b'last reload', b': good'):
        true(part in run.stdout, run.stdout)
    true(json.loads(d.ringer('status', '--json').stdout)['ok'])
    d.ringer('status', '-s', d.var + '/nothing', code=1)
    equal(d.stop(), 0)


def never_waits_for_a_pipe():
    """In place of a pack, a list or the event file: whoever opens one waits until somebody writes."""
    d = Ringerd().start()
    c = d.client().start()
    pipe = d.dir + '/pipe'
    os.mkfifo(pipe)
    os.chmod(pipe, 0o666)
    for n, more in enumerate(('rules:\n  packs: [pipe]\n', 'rules:\n  phrases: pipe\n'), 1):
        d.write_conf(more=more)
        d.process.send_signal(signal.SIGHUP)
        wait_for('the refusal', lambda: d.counter('reloads_failed') == n)
        equal(c.message(attack(n))[0], 'd')
    true(pipe + ':0:0: cannot read the rules: it is a pipe: name a regular file' in d.text(), d.text())
    d.write_conf(daemon='  event-file: pipe\n')
    equal(d.control('reload')['ok'], True)
    equal(d.client().start().message(ham())[0], 'c')
    wait_for('the complaint', lambda: 'cannot write events to %s: it is no regular file' % pipe in d.text())
    equal(d.stop(), 0)


def drops_decisions_past_their_retention():
    d = Ringerd()
    d.write_conf(quarantine='  decision-retention: 30d\n')
    d.start()
    c = d.client().start()
    for n, queue_id in enumerate(('OLD', 'NEWER', 'NOW')):
        equal(c.message(ham(n), queue_id=queue_id)[0], 'c')
    wait_for('the rows', lambda: d.status()['store']['decisions'] == 3)
    equal(d.stop(), 0)
    with sqlite3.connect(d.var + '/store.db') as db:
        for queue_id, days in (('OLD', 31), ('NEWER', 29)):
            db.execute('UPDATE decision SET time_ms = time_ms - ? WHERE queue_id = ?', (days * 86400000, queue_id))
    db.close()
    d.start()
    left = wait_for('the housekeeping', lambda: 'decisions: dropped 1 entries' in d.text() and
                    [json.loads(line)['queue_id'] for line in d.ringer('report', '--json', '--since', '60d').stdout.splitlines()])
    equal(left, ['NEWER', 'NOW'])
    equal(d.stop(), 0)


def serve_no_names(s):
    """A DNS server that knows no name: the question comes back with NXDOMAIN, until the socket is closed."""
    while True:
        try:
            query, peer = s.recvfrom(4096)
        except OSError:
            return
        end = query.index(b'\0', 12) + 5
        s.sendto(query[:2] + b'\x81\x83\0\1\0\0\0\0\0\0' + query[12:end], peer)


def tells_how_its_services_do():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('127.0.0.1', 0))
        threading.Thread(target=serve_no_names, args=(s,), daemon=True).start()
        d = Ringerd()
        d.write_conf(dns=('127.0.0.1@%d' % s.getsockname()[1],))
        d.start()
        equal((d.status()['spf']['asked'], d.status()['attachments']['ok']), (0, 0))
        c = d.client().start(address='198.51.100.7')
        for n in range(3):
            equal(c.message(ham(n))[0], 'c')
        document = HAM.replace('\n\n', '\nMIME-Version: 1.0\nContent-Type: application/rtf; name=a.rtf\n\n').replace(
            'Shall', '{\\rtf1 Shall').replace('noon?', 'noon?}')
        equal(c.message(document, sender='<other@elsewhere.example>')[0], 'c')
        status = d.status()
        spf, read = status['spf'], status['attachments']
        equal([spf[k] for k in ('asked', 'from_cache', 'short_deadline', 'ok', 'timeout', 'died', 'unavailable')], [1, 3, 0, 1, 0, 0, 0])
        equal((spf['workers_started'] > 0, spf['worker_start_failures'], spf['last_error']), (True, 0, ''))
        equal((read['ok'], read['died'], read['workers_started'] > 0), (1, 0, True))
        shown = d.ringer('status').stdout.decode()
        for part in ('SPF and DMARC, asked of DNS\n', r'  asked +1\n', r'  from cache +3\n', 'text of attachments\n', r'  ok +1\n'):
            true(re.search(part, shown), shown)
        metrics = d.ringer('status', '--metrics').stdout.decode()
        true('\nringer_spf_asked_total 1\n' in metrics and '\nringer_attachments_ok_total 1\n' in metrics, metrics)
        equal(json.loads(d.ringer('status', '--json').stdout)['spf'], spf)
        equal(d.stop(), 0)


def does_not_wait_for_dns_that_does_not_answer():
    """The first messages wait, the others do not; the log and the status say so, and when it is over."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(('127.0.0.1', 0))
        d = Ringerd(dns=('127.0.0.1@%d' % s.getsockname()[1],), trust='  dns-deadline: 1s\n').start()
        c = d.client().start(address='198.51.100.7')

        def judge_new():
            judge_new.n += 1
            equal(c.message(ham(judge_new.n).replace('elsewhere.example', 'e%d.example' % judge_new.n),
                            sender='<a@e%d.example>' % judge_new.n)[0], 'c')
            return d.status()['spf']
        judge_new.n = 0
        spf = wait_for('the breaker', lambda: (lambda spf: not spf['dns_answers'] and spf)(judge_new()))
        for _ in range(20):
            after = judge_new()
        equal((after['asked'], after['not_asked'] - spf['not_asked'], after['dns_outages']), (spf['asked'], 20, 1))
        equal(d.text().count('does not answer'), 1)
        true('DNS DOES NOT ANSWER' in d.ringer('status').stdout.decode())
        true('\nringer_dns_answers 0\n' in d.ringer('status', '--metrics').stdout.decode())
        threading.Thread(target=serve_no_names, args=(s,), daemon=True).start()
        wait_for('answers', lambda: d.status()['spf']['dns_answers'])
        judge_new()
        equal(d.status()['spf']['asked'], spf['asked'] + 1)
        true(re.search(r'DNS \(127.0.0.1@\d+\) answers again after \d+ s; SPF and DMARC of \d+ messages', d.text()), d.text())
        true('DNS DOES NOT' not in d.ringer('status').stdout.decode())
        equal(d.stop(), 0)


def tests_its_workers_at_the_start():
    """What they cannot do is an error in the log and in the status, and where it is wanted no start."""
    d = Ringerd(dns=('127.0.0.1@9',)).start()
    workers = wait_for('the self-test', lambda: (lambda w: w['done'] and w)(d.status()['workers']))
    equal((workers['failing'], workers['pdf']['state'], workers['docx']['state'], workers['spf']['state']), (0, 'works', 'works', 'works'))
    true('FAILS' not in d.ringer('status').stdout.decode())
    true('\nringer_worker_parts_failing 0\n' in d.ringer('status', '--metrics').stdout.decode())
    d.write_conf(dns=('127.0.0.1@9',), more='worker: {path: /nonexistent/ringer-worker}\n')
    d.ringer('reload')
    wait_for('the self-test of the reload', lambda: d.status()['workers']['failing'])
    true(re.search(r'self-test of the workers: attachments: no ringer-worker starts: /nonexistent/ringer-worker: No such file', d.text()), d.text())
    true(re.search(r'WORKERS: spf FAILS: no ringer-worker starts', d.ringer('status').stdout.decode()))
    equal(d.stop(), 0)
    d.write_conf(dns=('127.0.0.1@9',), more='worker: {path: /nonexistent/ringer-worker, required: yes}\n')
    d.start(wait=False)
    equal(d.process.wait(PATIENCE), 1)
    true('worker.required, and their self-test failed: attachments: no ringer-worker starts' in d.text(), d.text())
    d.write_conf(more='worker: {required: yes}\n')
    equal(d.start().stop(), 0)


def shows_nothing_of_services_that_are_off():
    d = Ringerd().start()
    equal(d.status()['spf'], None)
    true('SPF' not in d.ringer('status').stdout.decode())
    true('ringer_spf' not in d.ringer('status', '--metrics').stdout.decode())
    equal(d.stop(), 0)


def loses_nothing_when_reloaded_under_load():
    d = Ringerd().start()
    stop, answers, errors = threading.Event(), [], []

    def load():
        try:
            c = d.client().start()
            while not stop.is_set():
                answers.append(c.message(ham())[0])
            c.quit()
        except Exception as e:  # noqa: seen by the main thread
            errors.append(e)
    threads = [threading.Thread(target=load) for _ in range(4)]
    for t in threads:
        t.start()
    try:
        for i in range(30):  # by signal in a burst, and one that waits for the answer
            d.process.send_signal(signal.SIGHUP)
            if i % 10 == 9:
                reply = d.control('reload')
                true(reply['ok'], reply)
    finally:  # or the test would never end
        stop.set()
        for t in threads:
            t.join()
    equal(errors, [])
    equal(set(answers), {'c'})
    equal(d.counter('messages'), len(answers))
    true(d.status()['generation'] > 4, d.status())
    equal(d.stop(), 0)


def lets_messages_end_when_stopped():
    d = Ringerd(milter='  drain: 20s\n').start()
    c = d.client().start()
    c.mail()
    c.rcpt()
    c.header('Subject', ' half of it')
    d.process.send_signal(signal.SIGTERM)
    wait_for('the door to close', lambda: not os.path.exists(d.var + '/milter.sock'))
    try:
        equal(d.client().connect()[0], 'y')
        raise AssertionError('a connection after the signal')
    except OSError:
        pass
    c.body(b'the other half\r\n')
    equal(c.eom()[0], 'c')
    c.quit()
    began = time.monotonic()
    equal(d.stop(), 0)
    true(time.monotonic() - began < 10)


def stops_at_the_deadline_or_the_second_signal():
    d = Ringerd(milter='  drain: 1s\n').start()
    idle = d.client().start()
    equal(d.stop(), 0)
    true('1 connections are still open' in d.text(), d.text())
    idle.close()
    d = Ringerd(milter='  drain: 1h\n').start()
    idle = d.client().start()
    d.process.send_signal(signal.SIGTERM)
    wait_for('the stop', lambda: 'stopping' in d.text())
    equal(d.stop(), 0)
    idle.close()


def control_socket_takes_anything():
    d = Ringerd().start()
    silent = socket.socket(socket.AF_UNIX)
    silent.connect(d.var + '/control.sock')
    true(d.status()['ok'])  # the silent one cost a second at most
    equal(d.control('shutdown')['ok'], False)
    equal(d.control(b'x' * 1000, raw=True), None)
    equal(d.control(b'\0\n', raw=True)['ok'], False)
    true(d.status()['ok'])
    silent.close()
    equal(d.stop(), 0)


def answers_451_when_the_store_fails():
    d = Ringerd().start()
    c = d.client().start()
    lock = sqlite3.connect(d.var + '/store.db', isolation_level=None)
    lock.execute('BEGIN EXCLUSIVE')
    reply = c.message(attack(1), queue_id='LOCKED')
    true(reply[0] == 'y' and reply[1].startswith(b'451 4.7.1'), reply)
    true('LOCKED: action=tempfail' in d.text(), d.text())
    equal(c.message(ham())[0], 'c')  # mail that is not held does not need the store
    lock.execute('ROLLBACK')
    lock.close()
    equal(c.message(attack(2))[0], 'd')
    equal(len(d.held()), 1)
    equal(d.counter('errors_store'), 1)
    c.quit()
    equal(d.stop(), 0)


def a_test_attack_is_in_no_mailbox_though_all_errors_are_accepted():
    d = Ringerd()
    text = open(d.conf).read().replace('  store: tempfail', '  store: accept\n  internal: accept')
    open(d.conf, 'w').write(text)
    d.start(env=dict(os.environ, TMPDIR='/does/not/exist'))
    c = d.client().start()
    large = 'x' * 70 + '\n' * 400000

    def marked(text):
        return 'X-Ringer-Test: %s\n%s' % (d.control('test')['token'], text)
    equal(c.message(attack(1) + large)[0], 'c')
    reply = c.message(marked(attack(2) + large))
    true(reply[0] == 'y' and reply[1].startswith(b'451 4.7.1'), reply)
    os.unlink(d.var + '/store.db')
    equal(c.message(attack(3))[0], 'c')
    reply = c.message(marked(attack(4)))
    true(reply[0] == 'y' and reply[1].startswith(b'451 4.7.1'), reply)
    equal(d.stop(), 0)


def answers_451_when_a_message_cannot_be_spooled():
    d = Ringerd()
    d.start(env=dict(os.environ, TMPDIR='/does/not/exist'))
    c = d.client().start()
    reply = c.message(attack() + 'x' * 70 + '\n' * 400000)
    true(reply[0] == 'y' and reply[1].startswith(b'451 4.7.1'), reply)
    true('cannot spool the message in /does/not/exist' in d.text(), d.text())
    equal(c.message(ham())[0], 'c')
    equal(d.stop(), 0)


def writes_a_pid_file_in_the_background():
    d = Ringerd(daemon='  pid-file: ringerd.pid\n')
    run = subprocess.run([os.path.join(BUILD, 'ringerd'), '-c', d.conf], capture_output=True, timeout=PATIENCE)
    equal((run.returncode, run.stdout), (0, b''))
    with open(d.dir + '/ringerd.pid') as f:
        pid = int(f.read())
    try:
        equal(d.status()['pid'], pid)
        equal(d.client().start().message(ham())[0], 'c')
        again = subprocess.run([os.path.join(BUILD, 'ringerd'), '-c', d.conf], capture_output=True, timeout=PATIENCE)
        equal(again.returncode, 1)
        true(b'another ringerd holds it' in again.stderr, again.stderr)
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_for('its end', lambda: not os.path.exists('/proc/%d' % pid))


def needs_little_memory_for_an_idle_connection():
    if 'sanitiz' in os.popen("ldd '%s/ringerd'" % BUILD).read() or 'asan' in os.popen("ldd '%s/ringerd'" % BUILD).read():
        return

    def resident():
        with open('/proc/%d/status' % d.process.pid) as f:
            return int(re.search(r'VmRSS:\s+(\d+)', f.read())[1])
    d = Ringerd(milter='  max-connections: 1000\n').start()
    warm = [d.client().start() for _ in range(20)]
    for c in warm:
        c.message(ham())
    before = resident()
    idle = [d.client().start() for _ in range(200)]
    for c in idle:
        c.message(ham())
    used = (resident() - before) / 200
    print('# %.1f KiB an idle connection' % used)
    true(used <= 64, used)
    for c in warm + idle:
        c.quit()
        c.close()
    equal(d.stop(), 0)


def stop_while_the_store_is_asked():
    d = Ringerd(milter='  drain: 0s\n').start()
    going = []

    def ask():
        c = d.client().start()
        going.append(c)
        try:
            c.mail()
            c.rcpt()
            while True:
                c.send('M', b'<' + b'ab' * 32 + b'@xringer.invalid>\0')
                c.header('X-Ringer-Release', 'cd' * 32)
                c.receive()
        except (Gone, OSError):
            pass
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for t in threads:
        t.start()
    wait_for('all of them', lambda: len(going) == 8)
    time.sleep(0.3)
    code = d.stop()
    for t in threads:
        t.join()
    equal(code, 0)


def what_asks_the_store_while_it_is_closed_does_no_harm():
    for _ in range(5):  # one in three crashed
        stop_while_the_store_is_asked()


if __name__ == '__main__':
    run_tests([checks_its_configuration, gives_up_root, replaces_stale_sockets_only, listens_on_TCP,
               takes_sockets_from_systemd_and_notifies_it, answers_the_watchdog_of_systemd, reloads_and_keeps_the_last_good,
               never_waits_for_a_pipe,
               tells_how_its_services_do, does_not_wait_for_dns_that_does_not_answer,
               tests_its_workers_at_the_start,
               drops_decisions_past_their_retention, shows_nothing_of_services_that_are_off,
               loses_nothing_when_reloaded_under_load, lets_messages_end_when_stopped,
               stops_at_the_deadline_or_the_second_signal, control_socket_takes_anything, answers_451_when_the_store_fails,
               a_test_attack_is_in_no_mailbox_though_all_errors_are_accepted,
               answers_451_when_a_message_cannot_be_spooled, writes_a_pid_file_in_the_background,
               needs_little_memory_for_an_idle_connection, what_asks_the_store_while_it_is_closed_does_no_harm])
