"""ringer doctor beside a real Postfix that ringer init has set up: green, then one deliberate mistake after the other."""
import contextlib
import glob
import sqlite3
from setup import *

# whether this machine's clock is synchronised and its kernel is new are no matters of ours
SKIP = ('--skip', 'time-sync', '--skip', 'landlock')


def doctor(*args, code=None, env=None):
    command = ('doctor', '-c', S.conf, '--postfix', S.mta.dir + '/etc', *SKIP, *args)
    if not env:
        return S.ringer(*command, code=code)
    return subprocess.run([os.path.join(BUILD, 'ringer'), *command], capture_output=True, text=True, timeout=90, env=dict(os.environ, **env))


def findings(*args, **kw):
    run = doctor('--json', *args, **kw)
    got = json.loads(run.stdout)
    equal(run.returncode, {'ok': 0, 'warn': 1, 'FAIL': 2}[got['status']])
    return got['checks']


def finds(check, status, finding, remedy, **kw):
    """Exactly this check finds this, with this remedy."""
    all_of_them = findings(**kw)
    got = [c for c in all_of_them if c['check'] == check]
    true(got, (check, all_of_them))
    equal((got[0]['check'], got[0]['status']), (check, status))
    true(finding in got[0]['finding'], got[0])
    true(remedy in got[0]['remedy'], got[0])
    return [c['check'] for c in all_of_them if c['status'] != 'ok']


def only(check, status, finding, remedy, **kw):
    equal(finds(check, status, finding, remedy, **kw), [check])


@contextlib.contextmanager
def changed(path, old=None, new=b''):
    """The file, with `old` replaced; as it was afterwards, with its times, owner and mode."""
    text, st = slurp(path), os.stat(path)
    if old is not None:
        true(old in text, (old, text))
        with open(path, 'wb') as f:
            f.write(text.replace(old, new, 1))
    try:
        yield
    finally:
        with open(path, 'wb') as f:
            f.write(text)
        os.chmod(path, st.st_mode & 0o7777)
        os.chown(path, st.st_uid, st.st_gid)
        os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))


@contextlib.contextmanager
def configured(old, new, restart=False):
    with changed(S.conf, old.encode(), new.encode()):
        if restart:
            S.stop()
            S.start()
        else:
            S.ringer('reload', '-c', S.conf, code=None)  # what needs a restart is no success
        yield
    if restart:
        S.stop()
        S.start()
    else:
        S.ringer('reload', '-c', S.conf)


def store_path():
    return S.root + '/var/lib/ringer/ringer.db'


def green():
    out = doctor(code=0).stdout
    true(re.search(r'^ok   socket: postfix reaches ringerd as each of \d+ smtpd services would$', out, re.M), out)
    true(re.search(r'^ok   sandbox: .* passes its self-test$', out, re.M), out)
    true(re.search(r'^ok   generation: generation 1 is what the files say$', out, re.M), out)
    true(all(line.startswith('ok   ') for line in out.splitlines()), out)


def quiet_says_nothing_when_all_is_well():
    equal(doctor('--quiet', code=0).stdout, '')
    equal(json.loads(doctor('--quiet', '--json', code=0).stdout), {'status': 'ok', 'checks': []})


def checks_can_be_chosen():
    names = S.ringer('doctor', '--list').stdout.split()
    true(len(names) == len(set(names)) > 20, names)
    out = doctor('--only', 'socket', '--only', 'store', code=0).stdout
    equal(len(out.splitlines()), 2)
    run = S.ringer('doctor', '--only', 'frobnicate', code=3)
    true("no check 'frobnicate'" in run.stderr)
    S.ringer('doctor', 'surplus', code=3)
    true('usage' in S.ringer('doctor', '--help').stdout)
    manual = slurp(os.path.join(SRC, 'man/ringer-doctor.1')).decode()
    for name in names:
        true('.It Li %s\n' % name in manual, name)


def the_group_of_the_socket():
    socket = S.mta.dir + '/spool/ringer/ringer.sock'
    st = os.stat(socket)
    os.chown(socket, st.st_uid, 0)
    try:
        only('socket', 'FAIL', "user postfix may not come to the socket: %s/spool/ringer (nobody:postfix, mode 2750), %s (nobody:root, mode 0660)"
             % (S.mta.dir, socket), 'the group of postfix')
    finally:
        os.chown(socket, st.st_uid, st.st_gid)


def the_mode_of_its_folder():
    folder = S.mta.dir + '/spool/ringer'
    os.chmod(folder, 0o2700)
    try:
        only('socket', 'FAIL', '%s (nobody:postfix, mode 2700)' % folder, '`ringer init` makes the folder')
    finally:
        os.chmod(folder, 0o2750)


def a_socket_outside_the_chroot():
    elsewhere = S.root + '/run/ringer/outside.sock'
    old = 'unix:%s/spool/ringer/ringer.sock' % S.mta.dir
    line = b'127.0.0.1:%d inet n' % S.mta.port
    master = [row for row in slurp(S.master).splitlines() if row.startswith(line)][0]
    chrooted = re.sub(rb'(inet\s+n\s+-\s+)n', rb'\1y', master)
    with configured("socket: '%s'\n  socket-mode: 0660" % old, "socket: 'unix:%s'\n  socket-mode: 0666" % elsewhere, restart=True), \
            changed(S.main, b'unix:ringer/ringer.sock', b'unix:' + elsewhere.encode()):
        only_when_chrooted = findings()
        equal([c['check'] for c in only_when_chrooted if c['status'] != 'ok'], [])
        with changed(S.master, master, chrooted):
            only('socket', 'FAIL', 'runs in a chroot below %s/spool and cannot see %s' % (S.mta.dir, elsewhere),
                 'set milter.socket to unix:%s/spool/ringer/ringer.sock' % S.mta.dir)


def no_milter():
    with changed(S.main):
        S.postconf('-X', 'smtpd_milters')
        only('milter', 'FAIL', 'no smtpd of Postfix asks Ringer', '`ringer init --apply`')


def a_listener_without_ringer():
    with changed(S.master):
        with open(S.master, 'a') as f:
            f.write('smtp inet n - n - - smtpd\n  -o smtpd_milters=inet:127.0.0.1:9999\n')
        only('milter', 'WARN'.lower(), 'smtp of master.cf has milters of its own, without Ringer', 'add Ringer to its smtpd_milters')


def another_milter_behind_ringer():
    with changed(S.main):
        S.postconf('-e', 'smtpd_milters = %s, inet:127.0.0.1:8893' % S.postconf('-h', 'smtpd_milters').strip())
        equal(finds('milter-order', 'FAIL', 'OpenDMARC (inet:127.0.0.1:8893) runs behind Ringer', 'put Ringer last in smtpd_milters'),
              ['milter-order', 'authserv-id'])
        finds('authserv-id', 'warn', 'trust.authserv-ids is empty', 'by default mx.ringer.example')


def mail_passes_while_ringerd_is_down():
    with changed(S.main, b'default_action=tempfail', b'default_action=accept'):
        only('milter-down', 'warn', 'lets all mail pass unjudged', 'default_action=tempfail')


def no_own_domains():
    with configured("own-domains: ['buyer.example']", 'own-domains: []'):
        only('own-domains', 'FAIL', 'own-domains is empty', 'name your domains in protect.own-domains')


def a_broken_configuration():
    with changed(S.conf, b'own-domains', b'own-domians'):
        line = slurp(S.conf).split(b'own-domians')[0].count(b'\n') + 1
        finds('configuration', 'FAIL', "%s:%d: unknown option 'own-domians'" % (S.conf, line), "did you mean 'own-domains'?")


def a_configuration_that_everybody_may_change():
    with changed(S.conf):
        os.chmod(S.conf, 0o666)
        only('config-file', 'FAIL', 'everybody may change', 'chmod o-w ' + S.conf)


def a_configuration_that_ringerd_cannot_read():
    with changed(S.conf):
        os.chmod(S.conf, 0o600)
        only('config-file', 'FAIL', "ringerd's user cannot read", 'chmod a+r ' + S.conf)


def a_stale_configuration():
    with changed(S.conf, b'mode: monitor', b'mode: enforce'):
        only('generation', 'warn', 'changed since ringerd read them', '`ringer reload`')


def a_stale_list():
    with open(S.root + '/partners.txt', 'w') as f:
        f.write('supplier.example\n')
    with configured('partner-domains: []', 'partner-domains: {file: %s/partners.txt}' % S.root):
        equal([c['check'] for c in findings() if c['status'] != 'ok'], [])
        with open(S.root + '/partners.txt', 'a') as f:
            f.write('bank.example\n')
        only('generation', 'warn', 'the configuration or its lists were changed', '`ringer reload`')
        S.ringer('reload', '-c', S.conf)
        os.utime(S.root + '/partners.txt', (1, 1))
        only('lists', 'warn', 'partners.txt was last changed', 'look through it')


def a_reload_that_failed():
    with changed(S.conf, b'own-domains', b'own-domians'):
        S.ringer('reload', '-s', S.root + '/run/ringer/control.sock', code=3)
    only('generation', 'FAIL', 'the last reload failed', '`ringer reload`')
    S.ringer('reload', '-c', S.conf)


def an_option_that_waits_for_a_restart():
    with configured('socket-mode: 0660', "socket-mode: 0660\n  socket-group: 'nogroup'"):
        finds('generation', 'warn', 'wait for a restart: milter.socket-group', 'systemctl restart ringerd')


def the_daemon_is_not_running():
    S.stop()
    try:
        bad = finds('daemon', 'FAIL', 'ringerd does not answer', '`systemctl start ringerd`')
        equal(bad, ['daemon', 'socket'])
        finds('socket', 'FAIL', 'does not reach', '`systemctl start ringerd`')
    finally:
        S.start()


def too_many_connections():
    with configured('socket-mode: 0660', 'socket-mode: 0660\n  max-connections: 10000'):
        limit = re.search(r'Max open files +(\d+)', open('/proc/%d/limits' % S.daemon.pid).read())[1]
        if int(limit) < 30128:
            finds('descriptors', 'FAIL', 'ringerd may open %s files; 10000 connections need 30128' % limit, 'LimitNOFILE=30128')


def tested_itself(fails):
    """ringerd tests its workers beside its start and its reloads."""
    def as_expected():
        workers = json.loads(S.ringer('status', '--json', '-c', S.conf).stdout)['workers']
        return workers['done'] and (workers['failing'] > 0) == fails
    wait_for('the self-test of ringerd', as_expected)


def no_worker():
    with configured('daemon:', "worker:\n  path: '%s/no-such-worker'\ndaemon:" % S.root):
        tested_itself(True)
        bad = finds('sandbox', 'FAIL', 'no-such-worker is missing: no attachment and no SPF is read', 'name it in worker.path')
        equal(bad, ['sandbox', 'attachments', 'workers'])
    tested_itself(False)


def a_worker_that_dies_in_the_daemon():
    """As under a unit whose filter of system calls kills it."""
    script = S.root + '/worker'
    with open(script, 'w') as f:
        f.write('#!/bin/sh\ncase $1 in --self-test) exit 0 ;; esac\nkill -SYS $$\n')
    os.chmod(script, 0o755)
    with configured('daemon:', "worker:\n  path: '%s'\ndaemon:" % script):
        text, key = fresh(HAM.replace('Subject:', 'MIME-Version: 1.0\nContent-Type: application/rtf; name=a.rtf\nSubject:')
                          .replace('Shall we', '{\\rtf1 Shall we}'))
        equal(S.mta.send(text)[0], 250)
        S.mta.delivered(key)
        tested_itself(True)
        finds('workers', 'FAIL', "ringerd's own workers fail: attachments: ", 'SystemCallFilter')
    tested_itself(False)


def a_resolver_that_does_not_answer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
        hole.bind(('127.0.0.1', 0))
        with configured('dns-servers: []', "dns-servers: ['127.0.0.1@%d']\n  dns-deadline: 500ms" % hole.getsockname()[1]):
            only('resolver', 'FAIL', 'does not answer', 'name servers that answer in trust.dns-servers')


def a_release_listener_that_runs_the_milter():
    with changed(S.master):
        port = re.search(r'release-smtp: .*:(\d+)', slurp(S.conf).decode())[1]
        S.postconf('-P', '-X', '127.0.0.1:%s/inet/smtpd_milters' % port)
        only('release', 'FAIL', 'asks Ringer again', "postconf -P '127.0.0.1:%s/inet/smtpd_milters='" % port)


def no_release_listener():
    url = re.search(r'release-smtp: .*', slurp(S.conf).decode())[0]
    with configured(url, "release-smtp: 'smtp://127.0.0.1:%d'" % free_port()):
        only('release', 'FAIL', 'does not answer, held mail cannot be released', 'adds such a listener to master.cf')


def a_wrong_authserv_id():
    with configured('authserv-ids: []', 'authserv-ids: [mx.wrong.example]'):
        equal([c['check'] for c in findings() if c['status'] != 'ok'], [])  # nothing came yet
        for _ in range(3):
            text, key = fresh('Authentication-Results: mx.right.example; spf=pass smtp.mailfrom=elsewhere.example\n' + HAM)
            equal(S.mta.send(text)[0], 250)
        S.mta.delivered(key)
        only('authserv-id', 'FAIL', "none bears Authentication-Results of 'mx.wrong.example'; most bear those of 'mx.right.example'",
             "name that in trust.authserv-ids")
    with configured('authserv-ids: []', 'authserv-ids: [mx.right.example]'):
        text, key = fresh('Authentication-Results: mx.right.example; spf=pass smtp.mailfrom=elsewhere.example\n' + HAM)
        equal(S.mta.send(text)[0], 250)
        S.mta.delivered(key)
        equal([c['check'] for c in findings() if c['status'] != 'ok'], [])


def a_store_that_cannot_be_written():
    st = os.stat(store_path())
    os.chown(store_path(), 0, 0)
    os.chmod(store_path(), 0o640)
    try:
        only('store', 'FAIL', "ringerd's user cannot write the store: %s: Permission denied" % store_path(), 'chown nobody')
    finally:
        os.chown(store_path(), st.st_uid, st.st_gid)
        os.chmod(store_path(), st.st_mode & 0o7777)


def a_store_that_everybody_may_read():
    os.chmod(store_path(), 0o644)
    try:
        only('store-file', 'FAIL', 'everybody may read held mail', 'chmod o= ')
    finally:
        os.chmod(store_path(), 0o600)


def a_folder_of_packs_that_ringerd_may_write():
    folder = S.root + '/var/lib/ringer/packs'
    os.chown(folder, os.stat(store_path()).st_uid, 0)
    try:
        only('pack-folder', 'warn', 'bring old packs back', 'chown -R root: ' + folder)
    finally:
        os.chown(folder, 0, 0)


def rows_from_the_future():
    with contextlib.closing(sqlite3.connect(store_path())) as db, db:
        db.execute("INSERT INTO decision (tenant, id, time_ms, score, action) SELECT tenant, 'future', time_ms + 864000000000, 0, 'pass' "
                   "FROM decision LIMIT 1")
        equal(db.execute("SELECT count(*) FROM decision WHERE id = 'future'").fetchone()[0], 1)
    only('clock', 'FAIL', 'rows from the future', 'set the clock')
    with contextlib.closing(sqlite3.connect(store_path())) as db, db:
        db.execute("DELETE FROM decision WHERE id = 'future'")


def a_damaged_store():
    """A copy: ringerd keeps the good one."""
    copy = S.root + '/var/lib/ringer/damaged.db'
    with contextlib.closing(sqlite3.connect(store_path())) as db, contextlib.closing(sqlite3.connect(copy)) as out:
        db.backup(out)
        root = out.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'decision'").fetchone()[0]
        size = out.execute('PRAGMA page_size').fetchone()[0]
    with open(copy, 'r+b') as f:
        f.seek((root - 1) * size)
        f.write(b'\xff' * size)
    os.chown(copy, os.stat(store_path()).st_uid, -1)
    with changed(S.conf, b'/ringer.db', b'/damaged.db'):
        finds('integrity', 'FAIL', 'damaged.db', 'sqlite3 FILE .recover')
    for name in glob.glob(copy + '*'):
        os.unlink(name)


def a_full_disk():
    folder = S.root + '/small'
    os.mkdir(folder)
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4m,mode=777', 'tmpfs', folder], capture_output=True).returncode != 0:
        print('# no tmpfs may be mounted here')
        return
    try:
        with changed(S.conf, b'/var/lib/ringer/ringer.db', b'/small/ringer.db'):
            finds('space', 'FAIL', 'MB are free in %s: held mail will be refused soon' % folder, 'ringer quarantine purge')
    finally:
        subprocess.run(['umount', folder], check=True)


def a_pack_that_expires():
    sanitized = b'libasan' in subprocess.run(['ldd', BUILD + '/ringer'], capture_output=True).stdout  # which must be the first library
    faketime = [] if sanitized else glob.glob('/usr/lib/*/faketime/libfaketimeMT.so.1')
    pack = S.root + '/src'
    os.mkdir(pack)
    with open(pack + '/ours.yaml', 'w') as f:
        f.write('pack: ours\nversion: 1\nrules:\n  - id: ours.hello\n    title: Hello\n    axis: context\n    when: message.subject == "hello"\n'
                '    why: it says hello\n    score: 5\n    tests: [{facts: {message.subject: hello}, hit: true}, '
                '{facts: {message.subject: bye}, hit: false}]\n')
    S.ringer('rules', 'keygen', S.root + '/key')
    expires = time.strftime('%Y-%m-%d', time.gmtime(time.time() + 3 * 86400))
    S.ringer('rules', 'sign', '-k', S.root + '/key.key', '-n', 'ours', '-s', '1', '-e', expires, '-o', S.root + '/ours-1.tar', pack)
    folder = S.root + '/var/lib/ringer/packs'
    with configured('rules:\n', 'rules:\n  keys: [%s/key.pub]\n' % S.root):
        S.ringer('rules', 'install', '-c', S.conf, S.root + '/ours-1.tar')
        equal(sorted(finds('generation', 'warn', 'the rules were changed', '`ringer reload`')), ['generation', 'packs'])
        S.ringer('reload', '-c', S.conf)
        only('packs', 'warn', 'ours seq 1 expires in', 'install a newer version')
        if faketime:
            finds('packs', 'FAIL', 'signed pack ours is refused: it expired', 'install a good version',
                  env={'LD_PRELOAD': faketime[0], 'FAKETIME': '+10d'})
        with changed(folder + '/ours-1.tar', b'hello', b'hullo'):
            finds('packs', 'FAIL', 'signed pack ours', 'ringer rules install')
        for name in glob.glob(folder + '/*'):
            os.unlink(name)


def no_postfix():
    run = S.ringer('doctor', '--quiet', '-c', S.conf, '--postfix', '/nonexistent', *SKIP, code=1)
    equal(len(run.stdout.splitlines()), 1)
    true(run.stdout.startswith('warn milter: no Postfix to be asked: '), run.stdout)


def green_again():
    equal([c for c in findings() if c['status'] != 'ok'], [])


if __name__ == '__main__':
    S = Setup()
    S.init('--own-domain', 'buyer.example')
    S.start()
    S.init('--apply')
    run_tests([green, quiet_says_nothing_when_all_is_well, checks_can_be_chosen, the_group_of_the_socket, the_mode_of_its_folder,
               a_socket_outside_the_chroot, no_milter, a_listener_without_ringer, another_milter_behind_ringer,
               mail_passes_while_ringerd_is_down, no_own_domains, a_broken_configuration, a_configuration_that_everybody_may_change,
               a_configuration_that_ringerd_cannot_read, a_stale_configuration, a_stale_list, a_reload_that_failed,
               an_option_that_waits_for_a_restart, the_daemon_is_not_running, too_many_connections, no_worker,
               a_worker_that_dies_in_the_daemon, a_resolver_that_does_not_answer, a_release_listener_that_runs_the_milter,
               no_release_listener, a_wrong_authserv_id, a_store_that_cannot_be_written, a_store_that_everybody_may_read,
               a_folder_of_packs_that_ringerd_may_write, rows_from_the_future, a_damaged_store, a_full_disk, a_pack_that_expires,
               no_postfix, green_again])
