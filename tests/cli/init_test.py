"""ringer init against a real Postfix: what it writes, what it refuses, the test attack, and the way back."""
import grp
import pty
import pwd
import stat
from setup import *


def files():
    return {path: slurp(path) for path in (S.main, S.master)}


def left_over():
    return sorted(name for name in os.listdir(S.mta.dir + '/etc') if 'ringer' in name)


def own_domains_must_be_named():
    run = S.init(code=1)
    true('--own-domain company.example' in run.stderr, run.stderr)
    true(not os.path.exists(S.conf))
    S.postconf('-e', 'relay_domains = buyer.example, hash:/nowhere, mx.ringer.example')
    run = S.init(code=1)
    true('Postfix takes mail for: buyer.example\n' in run.stderr, run.stderr)
    S.postconf('-e', 'relay_domains =')


def a_dry_run_writes_nothing():
    before = files()
    out = S.init('--own-domain', 'buyer.example', '--dry-run', '--apply').stdout
    for words in ('would write ' + S.conf, "own-domains: ['buyer.example']", 'would make the store', 'would make the folder',
                  'would write ' + S.root + '/etc/systemd/system/ringerd.service.d/postfix.conf', 'postconf -c'):
        true(words in out, (words, out))
    equal(files(), before)
    equal(os.listdir(S.root), [])


def a_domain_that_is_none_is_refused():
    run = S.init('--own-domain', 'not a domain', code=1)
    true('this would be no valid configuration' in run.stderr, run.stderr)
    true(not os.path.exists(S.conf))
    S.init('--own-domain', 'buyer.example', '--mode', 'frobnicate', code=1)
    S.init('--frobnicate', code=2)
    S.init('surplus', code=2)
    true('usage' in S.ringer('init', '--help').stdout)


def without_apply_it_prints_the_lines():
    before = files()
    out = S.init('--own-domain', 'buyer.example', '--partner-domain', "valdormetaux.example", '--mode', 'enforce').stdout
    true("-e 'smtpd_milters = { unix:ringer/ringer.sock, default_action=tempfail, " in out, out)
    true('-M -e ' in out and 'smtpd_milters= ' in out, out)
    true('to be told' in out, out)
    equal(files(), before)
    true('mode enforce; 1 own, 1 partner' in S.ringer('config', 'check', '-c', S.conf).stdout)


def on_a_terminal_it_asks():
    """With answers to the questions about domains, partners, an archive, and whether to set Postfix."""
    root = private_dir()
    archive = private_dir()
    with open(archive + '/a.eml', 'w') as f:
        f.write('From: joe@asked.example\nTo: jane@supplier.example\nSubject: x\nMessage-ID: <b@asked.example>\n'
                'Date: Mon, 23 Nov 2026 10:00:00 +0000\n\nhello\n')
    before = files()
    master, slave = pty.openpty()
    command = [os.path.join(BUILD, 'ringer'), 'init', '--root', root, '-c', root + '/ringer.yaml', '--postfix', S.mta.dir + '/etc',
               '--user', 'nobody']
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env={k: v for k, v in os.environ.items() if k != 'RINGER_CONFIG'})
    os.close(slave)
    said = b''
    for question, answer in ((b'Your own domains', b'asked.example, asked2.example\n'), (b'Domains of suppliers', b'partner.example\n'),
                             (b'An archive of your mail', archive.encode() + b'\n'), (b'set Postfix now', b'\n')):
        at = len(said)
        while question not in said[at:]:
            piece = os.read(master, 4096)
            true(piece, said)
            said += piece
        os.write(master, answer)
    try:
        while piece := os.read(master, 4096):
            said += piece
    except OSError:  # its end
        pass
    equal(process.wait(PATIENCE), 0)
    os.close(master)
    text = slurp(root + '/ringer.yaml')
    true(b"own-domains: ['asked.example', 'asked2.example']" in text and b"partner-domains: ['partner.example']" in text, text)
    true(b'learned from 0 received and 1 sent' in said, said)
    equal(files(), before)  # the answer was no
    shutil.rmtree(S.mta.dir + '/spool/ringer')


def the_store_is_ringerds_and_its_folder_roots():
    nobody, folder = pwd.getpwnam('nobody'), S.root + '/var/lib/ringer'
    st = os.stat(folder + '/ringer.db')
    equal((st.st_uid, stat.S_IMODE(st.st_mode)), (nobody.pw_uid, 0o600))
    st = os.stat(folder)
    equal((st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode)), (0, nobody.pw_gid, 0o1771))
    st = os.stat(folder + '/packs')
    equal((st.st_uid, stat.S_IMODE(st.st_mode)), (0, 0o755))


def only_postfix_comes_to_the_socket():
    st = os.stat(S.mta.dir + '/spool/ringer')
    equal((st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode)),
          (pwd.getpwnam('nobody').pw_uid, pwd.getpwnam('postfix').pw_gid, 0o2750))


def the_drop_in_names_folder_and_group():
    text = slurp(S.root + '/etc/systemd/system/ringerd.service.d/postfix.conf').decode()
    group = grp.getgrgid(pwd.getpwnam('postfix').pw_gid).gr_name
    true('ExecStartPre=+/usr/bin/install -d -o nobody -g %s -m 2750 %s/spool/ringer\n' % (group, S.mta.dir) in text, text)
    true('ReadWritePaths=-%s/spool/ringer\n' % S.mta.dir in text, text)
    shipped = slurp(os.path.join(SRC, 'contrib/systemd/postfix.conf')).decode()
    shipped = shipped.replace('/var/spool/postfix', S.mta.dir + '/spool').replace('-o ringer ', '-o nobody ')

    def settings(conf):
        return [line for line in conf.splitlines() if not line.startswith('#')]
    equal(settings(text), settings(shipped))


def it_changes_nothing_while_ringerd_is_not_reached():
    before = files()
    run = S.init('--apply', code=1)
    true('does not reach ringerd' in run.stderr and 'Postfix was not changed' in run.stderr, run.stderr)
    equal(files(), before)
    equal(left_over(), [])


def an_existing_configuration_is_kept():
    before = slurp(S.conf)
    true('is kept as it is' in S.init().stdout)
    run = S.init('--own-domain', 'other.example', code=1)
    true('is there already' in run.stderr and '--replace' in run.stderr, run.stderr)
    equal(slurp(S.conf), before)
    true('is kept as it is' in S.init('--own-domain', 'buyer.example', '--partner-domain', 'valdormetaux.example', '--mode', 'enforce').stdout)  # the same


def replace_keeps_a_copy():
    before = slurp(S.conf)
    out = S.init('--replace', '--own-domain', 'buyer.example', '--mode', 'enforce').stdout
    true('is kept as %s.before-init\n' % S.conf in out, out)
    equal(slurp(S.conf + '.before-init'), before)
    os.unlink(S.conf + '.before-init')


def a_file_of_mere_defaults_is_replaced():
    with open(S.conf, 'wb') as f:
        f.write(slurp(os.path.join(SRC, 'contrib/ringer.yaml')))
    os.chmod(S.conf, 0o640)
    S.init('--own-domain', 'buyer.example', '--mode', 'enforce')
    true(b"own-domains: ['buyer.example']" in slurp(S.conf))
    equal([stat.S_IMODE(os.stat(f).st_mode) for f in (S.conf, S.conf + '.before-init')], [0o640, 0o640])
    os.chmod(S.conf, 0o644)
    os.unlink(S.conf + '.before-init')


def a_broken_configuration_is_told():
    good = slurp(S.conf)
    with open(S.conf, 'ab') as f:
        f.write(b'frobnicate: yes\n')
    run = S.init(code=1)
    true('is not valid' in run.stderr and '--replace' in run.stderr, run.stderr)
    with open(S.conf, 'wb') as f:
        f.write(good)


def apply_sets_postfix_and_a_test_attack_is_held():
    S.start()
    group = grp.getgrgid(os.stat(S.mta.dir + '/spool/ringer/ringer.sock').st_gid).gr_name
    equal(group, grp.getgrgid(pwd.getpwnam('postfix').pw_gid).gr_name)
    S.before = files()
    out = S.init('--apply', '--test=compta@buyer.example').stdout
    true('Postfix is reloaded' in out, out)
    ident = re.search(r'to compta@buyer.example was held: id (\w+)', out)
    true(ident, out)
    true(ident[1] in S.ringer('quarantine', 'list', '--json', '-c', S.conf).stdout)
    true('ringer init --undo' in out and 'cp -p %s.before-ringer %s' % (S.main, S.main) in out, out)
    equal(files(), {path: slurp(path) for path in files()})


def mail_from_outside_is_judged_and_released():
    text, key = fresh(ATTACK.replace('valdor-metaux', 'buyerr').replace('valdor', 'buyerr'))
    equal(S.mta.send(text)[0], 250)
    held = [json.loads(line) for line in S.ringer('quarantine', 'list', '--json', '-c', S.conf).stdout.splitlines()]
    held = [m for m in held if key in (m.get('message_id') or '')]
    equal(len(held), 1)
    S.ringer('quarantine', 'release', held[0]['id'], '-c', S.conf)
    S.mta.delivered(key)


def apply_again_changes_nothing():
    before = files()
    true('asks Ringer already' in S.init('--apply').stdout)
    equal(files(), before)


def undo_gives_back_the_same_bytes():
    out = S.init('--undo').stdout
    equal(files(), S.before)
    equal(left_over(), [])
    true(not os.path.exists(S.root + '/etc/systemd'.replace('/etc/systemd', '/etc/systemd/system/ringerd.service.d')))
    true(os.path.exists(S.root + '/var/lib/ringer/ringer.db') and os.path.exists(S.conf))
    true('are left' in out, out)
    text, key = fresh(HAM)
    equal(S.mta.send(text)[0], 250)
    true(b'X-Ringer' not in S.mta.delivered(key)['compta@buyer.example'])
    true('nothing to undo' in S.init('--undo').stdout)


def it_appends_to_what_is_there():
    S.postconf('-e', 'smtpd_milters = inet:127.0.0.1:8891, { unix:/other.sock, default_action=accept }',
               'non_smtpd_milters = $smtpd_milters')
    before = files()
    S.init('--apply')
    value = S.postconf('-h', 'smtpd_milters').strip()
    true(value.startswith('inet:127.0.0.1:8891, { unix:/other.sock, default_action=accept }, { unix:ringer/ringer.sock, '), value)
    equal(S.postconf('-h', 'non_smtpd_milters').strip(), '$smtpd_milters')
    S.init('--undo')
    equal(files(), before)


def undo_of_files_that_were_changed_since_takes_only_ours_out():
    S.postconf('-e', 'smtpd_milters = inet:127.0.0.1:8891')
    S.init('--apply')
    S.postconf('-e', 'smtpd_milters = inet:127.0.0.1:8892, %s, inet:127.0.0.1:8893' % S.postconf('-h', 'smtpd_milters').strip(),
               'message_size_limit = 12345678')
    with open(S.master, 'a') as f:
        f.write('# a remark of the admin\n')
    out = S.init('--undo').stdout
    equal(S.postconf('-h', 'smtpd_milters').strip(), 'inet:127.0.0.1:8892, inet:127.0.0.1:8891, inet:127.0.0.1:8893')
    equal(S.postconf('-h', 'message_size_limit').strip(), '12345678')
    true(b'a remark' in slurp(S.master) and b'postfix/ringer' not in slurp(S.master), slurp(S.master)[-300:])
    equal(out.count('was changed since'), 2)
    equal(left_over(), ['main.cf.before-ringer', 'master.cf.before-ringer'])
    for name in left_over():
        os.unlink(S.mta.dir + '/etc/' + name)


def undo_leaves_ringerd_alone_while_postfix_asks_it():
    S.init()
    S.postconf('-e', 'smtpd_milters = unix:ringer/ringer.sock')  # by hand
    run = S.init('--undo', code=1)
    true('Postfix still asks Ringer' in run.stderr, run.stderr)
    true(os.path.exists(S.root + '/etc/systemd/system/ringerd.service.d/postfix.conf'))
    S.postconf('-X', 'smtpd_milters')


def a_verifier_before_us_is_believed():
    S.postconf('-e', 'smtpd_milters = inet:127.0.0.1:8893')
    os.makedirs(S.root + '/etc', exist_ok=True)
    with open(S.root + '/etc/opendmarc.conf', 'w') as f:
        f.write('# AuthservID comment\nAuthservID mx.buyer.example\n')
    out = S.init('--replace', '--own-domain', 'buyer.example').stdout
    true('OpenDMARC runs before Ringer' in out, out)
    true(b"authserv-ids: ['mx.buyer.example']" in slurp(S.conf))
    true('/^Authentication-Results:.*mx\\.buyer\\.example/ IGNORE' in out and 'header_checks = regexp:' in out, out)
    os.unlink(S.root + '/etc/opendmarc.conf')
    S.init('--replace', '--own-domain', 'buyer.example')
    true(b"authserv-ids: ['mx.ringer.example']" in slurp(S.conf))  # myhostname
    S.postconf('-X', 'smtpd_milters')
    S.init('--replace', '--own-domain', 'buyer.example')
    true(b'authserv-ids: []' in slurp(S.conf))  # nobody writes any: anybody could


def a_socket_outside_the_chroot_is_refused():
    good = slurp(S.conf)
    with open(S.conf, 'wb') as f:
        f.write(re.sub(rb"socket: '.*'", b"socket: 'unix:" + S.root.encode() + b"/run/ringer/r.sock'", good, count=1))
    master = slurp(S.master)
    with open(S.master, 'wb') as f:
        f.write(master.replace(b'inet n - n - - smtpd', b'inet n - y - - smtpd', 1))
    run = S.init('--apply', code=1)
    true('runs in a chroot' in run.stderr and 'set milter.socket to unix:%s/spool/ringer/ringer.sock' % S.mta.dir in run.stderr, run.stderr)
    for path, text in ((S.conf, good), (S.master, master)):
        with open(path, 'wb') as f:
            f.write(text)


def a_folder_of_postfix_stays_postfixs():
    good = slurp(S.conf)
    dropin = S.root + '/etc/systemd/system/ringerd.service.d/postfix.conf'
    before = slurp(dropin) if os.path.exists(dropin) else b''
    for place in ('private/ringer.sock', 'ringer.sock'):
        folder = os.path.dirname(S.mta.dir + '/spool/' + place)
        os.makedirs(folder, exist_ok=True)
        st = os.stat(folder)
        with open(S.conf, 'wb') as f:
            f.write(re.sub(rb"socket: '.*'", b"socket: 'unix:" + S.mta.dir.encode() + b'/spool/' + place.encode() + b"'", good, count=1))
        run = S.init(code=1)
        true('%s, where milter.socket lies, is not a folder of user nobody' % folder in run.stderr, run.stderr)
        true('unix:%s/spool/ringer/ringer.sock' % S.mta.dir in run.stderr, run.stderr)
        now = os.stat(folder)
        equal((now.st_uid, now.st_gid, now.st_mode), (st.st_uid, st.st_gid, st.st_mode))
    with open(S.conf, 'wb') as f:  # a name that only begins as the queue directory's does is outside
        f.write(re.sub(rb"socket: '.*'", b"socket: 'unix:" + S.mta.dir.encode() + b"/spool2/ringer.sock'", good, count=1))
    S.init()
    text = slurp(dropin).decode()
    true('install' not in text and 'ReadWritePaths=-%s/spool2\n' % S.mta.dir in text, text)
    true(not os.path.exists(S.mta.dir + '/spool2'))
    with open(S.conf, 'wb') as f:
        f.write(good)
    if before:
        with open(dropin, 'wb') as f:
            f.write(before)


def it_learns_from_an_archive():
    folder = private_dir()
    with open(folder + '/sent.eml', 'w') as f:
        f.write('From: joe@buyer.example\nTo: jane@supplier.example\nSubject: x\nMessage-ID: <a@buyer.example>\n'
                'Date: Mon, 23 Nov 2026 10:00:00 +0000\n\nhello\n')
    out = S.init('--learn', folder).stdout
    true('1 messages: learned from 0 received and 1 sent' in out, out)
    st = os.stat(S.root + '/var/lib/ringer')
    for name in os.listdir(S.root + '/var/lib/ringer'):
        if name.startswith('ringer.db'):  # root learned, ringerd must still be able to write
            equal(os.stat(S.root + '/var/lib/ringer/' + name).st_uid, pwd.getpwnam('nobody').pw_uid)
    true(st)


def sendmail_gets_its_lines():
    out = S.ringer('init', '--sendmail', '--root', S.root, '-c', S.root + '/etc/sendmail-ringer.yaml', '--user', 'nobody',
                   '--own-domain', 'buyer.example').stdout
    true("INPUT_MAIL_FILTER(`ringer', `S=local:%s/run/ringer/ringer.sock, F=T," % S.root in out, out)
    true("DAEMON_OPTIONS(`Port=10026, Addr=127.0.0.1, Name=ringer-release, InputMailFilters=')dnl" in out, out)


def no_user_no_store():
    root = private_dir()
    run = S.ringer('init', '--root', root, '-c', root + '/ringer.yaml', '--postfix', S.mta.dir + '/etc', '--user', 'nosuchuser', '--own-domain',
                   'buyer.example', code=1)
    equal(os.listdir(root), [])
    true('there is no user nosuchuser' in run.stderr and 'systemd-sysusers' in run.stderr, run.stderr)


def no_postfix_no_init():
    run = S.ringer('init', '--root', private_dir(), '--postfix', '/nonexistent', '--own-domain', 'a.example', code=1)
    true('no working Postfix' in run.stderr, run.stderr)


if __name__ == '__main__':
    S = Setup()
    run_tests([own_domains_must_be_named, a_dry_run_writes_nothing, a_domain_that_is_none_is_refused, on_a_terminal_it_asks, without_apply_it_prints_the_lines,
               the_store_is_ringerds_and_its_folder_roots, only_postfix_comes_to_the_socket, the_drop_in_names_folder_and_group,
               it_changes_nothing_while_ringerd_is_not_reached, an_existing_configuration_is_kept, replace_keeps_a_copy,
               a_file_of_mere_defaults_is_replaced, a_broken_configuration_is_told, apply_sets_postfix_and_a_test_attack_is_held,
               mail_from_outside_is_judged_and_released, apply_again_changes_nothing, undo_gives_back_the_same_bytes,
               it_appends_to_what_is_there, undo_of_files_that_were_changed_since_takes_only_ours_out, undo_leaves_ringerd_alone_while_postfix_asks_it,
               a_verifier_before_us_is_believed,
               a_socket_outside_the_chroot_is_refused, a_folder_of_postfix_stays_postfixs, it_learns_from_an_archive, sendmail_gets_its_lines, no_user_no_store,
               no_postfix_no_init])
