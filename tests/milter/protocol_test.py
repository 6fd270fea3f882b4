"""ringerd against a milter client that knows the protocol's corners: what it does, and what it survives."""
import hashlib
import random
import sqlite3
import sys
import threading
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *

ID = iter(range(1, 1000000))


def attack(**replace):
    return ATTACK.replace('{id}', 'attack%d' % next(ID))


def ham():
    return HAM.replace('{id}', 'ham%d' % next(ID))


D = Ringerd(milter='  max-connections: 40\n  drain: 4s\n')


def session(**kw):
    return D.client(**kw).start()


def decisions(name):
    return D.counter(name)


# --- negotiation

def negotiates_what_it_needs():
    D.start()
    c = D.client()
    equal(c.version, 6)
    equal(c.actions & ~SETSYMLIST, ADDHDRS | CHGHDRS | DELRCPT | QUARANTINE)
    for step in (LEADSPC, NODATA, NOEOH, NOUNKNOWN, NR_HDR, NR_HELO):
        true(c.steps & step, hex(step))
    for needed in (0x01, 0x02, 0x04, 0x08, 0x10, 0x20):  # connect, helo, mail, rcpt, body, headers
        true(not c.steps & needed, hex(needed))
    true(b'{auth_authen}' in c.symlist and b'{client_name}' in c.symlist, c.symlist)
    c.quit()


def works_with_an_old_MTA_that_offers_little():
    c = D.client(version=2, actions=ADDHDRS, steps=0x3f).start()
    equal(c.version, 2)
    equal(c.message(ham())[0], 'c')
    true(c.added()['X-Ringer-Verdict'].startswith('pass; score='), c.added())
    equal(c.message(attack(), rcpts=('<a@buyer.example>', '<b@buyer.example>'))[0], 'd')
    true('does not offer milter action' in D.text(), D.text())
    c.quit()


def works_without_any_action():
    c = D.client(actions=0x02, steps=0).start()  # 0 would mean version 1's default
    equal(c.message(ham())[0], 'c')
    equal(c.edits, [])
    equal(c.message(attack())[0], 'd')
    c.quit()


# --- messages

def adds_the_verdict():
    c = session()
    equal(c.message(ham())[0], 'c')
    verdict = c.added()['X-Ringer-Verdict']
    true(verdict.startswith(' pass; score=') and verdict.endswith('mode=enforce'), verdict)
    true('X-Ringer-Id' not in c.added())
    c.quit()


def holds_an_attack_with_its_bytes():
    text = attack().replace('\nMIME', '\nX-Odd:no blank\nX-Folded:  two blanks\n\tand a fold\nX-Empty:\nMIME')
    c = session()
    equal(c.message(text, queue_id='HOLDME1')[0], 'd')
    c.quit()
    held = [m for m in D.held() if m['queue_id'] == 'HOLDME1'][0]
    equal(D.ringer('quarantine', 'show', '--raw', held['id']).stdout, crlf(text))
    line = [l for l in D.text().splitlines() if 'HOLDME1' in l][0]
    for part in ('HOLDME1: action=quarantine', 'id=' + held['id'], 'rcpts=1 held=1', 'subject="Changement'):
        true(part in line, line)


def logs_a_line_that_others_can_read_and_nobody_can_forge():
    field = re.compile(r' ([a-z-]+)=("(?:[^"\\]|\\.)*"(?:\.\.\.)?|[^" ]*)')
    failregex = re.search(r'^\\eS\+: .*<HOST>.*$', open(SRC + '/man/ringerd.8').read(), re.M)[0].replace('\\e', '\\')
    failregex = failregex.replace('<HOST>', r'(?P<host>[0-9a-f.:]+)')
    evil = 'x" client=198.51.100.9 rcpts=1 action=pass \\'
    rcpts = ['<r%d@buyer.example>' % i for i in range(30)]
    c = session()
    text = attack().replace('Subject: Ch', 'Subject: %s\u2028\x1b[2J Ch' % evil)
    equal(c.message(text, rcpts=rcpts, queue_id='PARSED', sender='<"%s"@elsewhere.example>' % evil.replace(' ', '_'))[0], 'd')
    c.quit()
    held = [m for m in D.held() if m['queue_id'] == 'PARSED'][0]
    lines = [l for l in D.text().splitlines() if 'PARSED' in l]
    equal(len(lines), 1)
    head, _, rest = lines[0].partition(': ')[2].partition(':')
    equal(head, 'PARSED')
    true(re.fullmatch('(?:%s)+' % field.pattern, rest), rest)
    fields = dict(field.findall(rest))
    equal([fields[k] for k in ('action', 'verdict', 'id', 'client', 'rcpts', 'held')],
          ['quarantine', 'quarantine', held['id'], '192.0.2.10', '30', '30'])
    equal(fields['score'], str(held['score']))
    true('identity.' in fields['rules'] and 'payment.' in fields['rules'], fields)
    true(re.fullmatch(r'"r0@buyer\.example,.*,\+\d+"', fields['to']), fields)
    true(fields['sender'].startswith('"\\"x\\"_client=198') and fields['sender'].endswith('@elsewhere.example"'), fields)
    equal(re.search(failregex, lines[0])['host'], '192.0.2.10')
    equal([m for m in re.finditer(failregex, D.text()) if m['host'] == '198.51.100.9'], [])


def shows_a_lookalike_as_it_was_written():
    c = session()
    equal(c.message(attack().replace('valdor-metaux', 'vaIdormetaux'), queue_id='CAPITAL1')[0], 'd')
    c.quit()
    held = [m for m in D.held() if m['queue_id'] == 'CAPITAL1'][0]
    equal(held['from'], 'Marie Dubois <marie.dubois@vaIdormetaux.example>')
    shown = D.ringer('quarantine', 'show', held['id']).stdout.decode()
    true(re.search(r'va\W*I\W*dormetaux\.example', shown) and 'the mail writes it `vaIdormetaux.example`' in shown, shown)
    report = D.ringer('report').stdout.decode()
    true(re.search(r'va\W*I\W*dormetaux\.example', report), report)


def keeps_a_large_message_in_a_file_and_whole():
    text = attack() + ''.join('%07d abcdefghijklmnopqrstuvwxyz\n' % i for i in range(60000))
    c = session()
    equal(c.message(text, queue_id='LARGE1', chunk=60001)[0], 'd')
    c.quit()
    held = [m for m in D.held() if m['queue_id'] == 'LARGE1'][0]
    equal(D.ringer('quarantine', 'show', '--raw', held['id']).stdout, crlf(text))


def speaks_several_messages_in_one_session_and_forgets_each():
    c = session()
    equal(c.message(ham(), queue_id='A1')[0], 'c')
    equal(c.message(attack(), queue_id='A2')[0], 'd')
    equal(c.message(ham(), queue_id='A3')[0], 'c')
    true(c.added()['X-Ringer-Verdict'].startswith(' pass; score='), c.added())
    c.quit()


def forgets_an_aborted_message():
    before = decisions('aborted')
    c = session()
    c.mail()
    c.rcpt('<first@buyer.example>')
    c.header('From', ' evil@%s' % GENUINE.replace('r', 'rn'))
    c.header('X-Ringer-Verdict', ' forged')
    c.body(b'Our bank details have changed\r\n')
    c.abort()
    equal(c.message(ham(), queue_id='AFTERABORT')[0], 'c')
    equal(c.changed(), [])
    line = [l for l in D.text().splitlines() if 'AFTERABORT' in l][0]
    true('rcpts=1 ' in line and 'action=pass' in line, line)
    equal(decisions('aborted'), before + 1)
    c.mail()
    c.close()  # in the middle of a message
    wait_for('the abort', lambda: decisions('aborted') == before + 2)


def takes_body_bytes_that_come_with_the_end():
    c = session()
    c.mail()
    c.rcpt()
    for field in ham().partition('\n\n')[0].split('\n'):
        name, _, value = field.partition(':')
        c.header(name, value)
    equal(c.eom(data=b'the whole body\r\n')[0], 'c')
    true(c.added())
    c.quit()


def skips_internal_and_authenticated_clients():
    c = D.client().start(address='10.1.2.3')
    equal(c.message(attack(), queue_id='INTERNAL')[0], 'c')
    equal(c.added(), {})
    c.quit()
    c = session()
    equal(c.message(attack(), queue_id='LOGGEDIN', auth='marie')[0], 'c')
    equal(c.added(), {})
    equal(c.message(attack())[0], 'd')  # the login belonged to that message alone
    c.quit()
    true('INTERNAL: action=skip why=internal' in D.text())
    true('LOGGEDIN: action=skip why=authenticated' in D.text())


def takes_all_kinds_of_clients():
    for family, address in (('6', '2001:db8::5'), ('6', 'IPv6:2001:db8::5'), ('L', '/run/x'), ('U', '')):
        c = D.client()
        try:
            reply = c.connect(address, family=family)
        except Gone:
            equal(address, 'IPv6:2001:db8::5')  # libmilter does not take the prefix
            continue
        equal(reply[0], 'c')
        c.helo()
        equal(c.message(ham())[0], 'c')
        c.quit()


# --- what senders try

def removes_forged_headers_last_to_first():
    forged = ham().replace('Subject:', 'X-Ringer-Verdict: pass\nx-ringer-verdict: pass\nX-RINGER-ANYTHING: 1\nX-Ringer-Verdict: 2\n'
                           'X-Ringerish: stays not ours\nSubject:')
    c = session()
    equal(c.message(forged)[0], 'c')
    equal(c.changed(), [(3, 'X-Ringer-Verdict', ''), (1, 'X-RINGER-ANYTHING', ''), (2, 'x-ringer-verdict', ''),
                        (1, 'X-Ringer-Verdict', '')])
    c.quit()


def asks_the_store_about_the_first_pass_only():
    secret = bytes(range(32))
    name = hashlib.blake2b(b'name', key=secret, digest_size=32).hexdigest()
    with sqlite3.connect(D.var + '/store.db') as db:
        db.execute("INSERT INTO release_pass (tenant, name, item, until_ms, rcpts, seal) VALUES ('default', ?, 'x', ?, '', ?)",
                   (name, int(time.time() * 1000) + 600000, bytes(32)))
    db.close()
    known, invented = 'X-Ringer-Release: %s\n' % secret.hex(), 'X-Ringer-Release: %s\n' % ('ab' * 32)
    c = session()
    equal(c.message(known + ham(), queue_id='KNOWN')[0], 'c')
    true('KNOWN: the pass of a release does not fit' in D.text())
    equal(c.message(invented + known + ham(), queue_id='SECOND')[0], 'c')
    true('SECOND: action=pass' in D.text() and 'SECOND: the pass' not in D.text(), D.text())
    equal([change[:2] for change in c.changed()], [(2, 'X-Ringer-Release'), (1, 'X-Ringer-Release')])
    c.quit()
    ours = D.client().start('10.1.2.3')  # what stood before it was not kept: nobody is to judge the rest
    equal(ours.message(known + ham(), queue_id='FIRST')[0], 'c')
    true('FIRST: the pass of a release does not fit' in D.text(), D.text())
    equal(ours.message('Received: from elsewhere\n' + known + ham(), queue_id='LATE')[0], 'c')
    true('LATE: action=skip why=internal' in D.text() and 'LATE: the pass' not in D.text(), D.text())
    rename = "ALTER TABLE %s RENAME TO %s"
    with sqlite3.connect(D.var + '/store.db') as db:
        db.execute(rename % ('release_pass', 'elsewhere'))
    equal(ours.message(known + ham(), queue_id='UNASKED')[0], 'c')
    true(re.search('the pass of a release cannot be looked up: .*release_pass', D.text()), D.text())
    with sqlite3.connect(D.var + '/store.db') as db:
        db.execute(rename % ('elsewhere', 'release_pass'))
    db.close()
    ours.quit()


def refuses_a_flood_of_forged_headers():
    c = session()
    c.mail()
    c.rcpt()
    for i in range(1100):
        c.header('X-Ringer-Verdict', ' %d' % i)
    reply = c.eom()
    equal(reply[0], 'y')
    true(reply[1].startswith(b'550 5.6.0'), reply)
    equal(c.edits, [])
    c.quit()


def encodes_what_senders_write_into_our_headers():
    D.write_conf(mode='tag', milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')
    name = '\u202eK\u00e4ren\r\n Injected: yes\r\nX-Injected: yes'
    text = attack().replace('"Marie Dubois" <marie', '"%s" <marie' % name.replace('\r\n', '\n '))
    text = text.replace('Subject: Changement', 'Subject: =?utf-8?q?a=0D=0AX-Injected:_yes?= \u00e9t\u00e9 Changement')
    c = session()
    equal(c.message(text)[0], 'c')
    added = c.added()
    true('X-Ringer-Reason' in added, added)
    for key, value in added.items():
        true(all(line[:1] in ' \t' for line in value.split('\n')[1:]), (key, value))
        true(all(0x20 <= ord(ch) < 0x7f or ch == '\n' for ch in value), (key, value))
        true(max(map(len, (key + ':' + value).split('\n'))) <= 78, (key, value))
    subject = [v for i, n, v in c.changed() if n == 'Subject']
    equal(len(subject), 1)
    true(subject[0].startswith(' [Suspicious] '), subject)
    c.quit()
    for line in D.text().splitlines():
        true(not line.startswith('X-Injected') and '\u202e' not in line, line)


def marks_in_tag_mode_and_only_reports_in_monitor_mode():
    c = session()
    equal(c.message(attack())[0], 'c')
    equal([v for i, n, v in c.changed()], [' [Suspicious] Changement de coordonnees bancaires'])
    true(c.added()['X-Ringer-Verdict'].startswith(' quarantine; score='), c.added())
    true(c.added()['X-Ringer-Verdict'].endswith('mode=tag'), c.added())
    D.write_conf(mode='monitor', milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')
    equal(c.message(attack())[0], 'c')
    equal(c.changed(), [])
    true(c.added()['X-Ringer-Verdict'].endswith('mode=monitor'), c.added())
    c.quit()
    D.write_conf(milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')


def marks_subjects_and_reasons_that_people_can_read():
    """Without any option of the admin's; the lookalike has a Cyrillic letter."""
    D.write_conf(mode='tag', tag='  add-headers: true\n')
    D.ringer('reload')
    c = session()
    cyrillic = 'valdorm\u0435taux.example'.encode('idna').decode()
    equal(c.message(attack().replace('valdor-metaux.example', cyrillic), queue_id='READABLE')[0], 'c')
    subject = [value for index, name, value in c.changed() if name == 'Subject'][0]
    equal(subject, ' [Check sender] Changement de coordonnees bancaires')
    reason = c.added()['X-Ringer-Reason']
    true('=?' not in reason and reason.isascii() and 'valdorm<U+0435>taux.example' in reason.replace('\n ', ' '), reason)
    c.quit()
    D.write_conf()
    D.ringer('reload')


def offers_the_hold_queue_of_the_MTA():
    D.write_conf(quarantine='  hold-method: mta-hold\n', milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')
    c = session()
    equal(c.message(attack())[0], 'c')
    reasons = [data for kind, data in c.edits if kind == 'q']
    equal(len(reasons), 1)
    true(len(reasons[0]) > 2 and b'\n' not in reasons[0], reasons)
    c.quit()
    c = D.client(actions=ADDHDRS).start()
    reply = c.message(attack())
    true(reply[0] == 'y' and reply[1].startswith(b'451 '), reply)
    c.quit()
    D.write_conf(milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')


def holds_for_some_and_delivers_to_others():
    D.write_conf(quarantine="  never-hold-for: [abuse@buyer.example, '@lab.example']\n", milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')
    c = session()
    rcpts = ('<a@buyer.example>', '<Abuse@buyer.example>', '<b@buyer.example>', '<x@lab.example>')
    equal(c.message(attack(), rcpts=rcpts, queue_id='PARTLY')[0], 'c')
    equal(c.removed_rcpts(), ['<a@buyer.example>', '<b@buyer.example>'])
    held = [m for m in D.held() if m['queue_id'] == 'PARTLY'][0]
    equal(c.added()['X-Ringer-Id'].strip(), held['id'])
    true(any(v.startswith(' [Suspicious]') for i, n, v in c.changed()), c.changed())
    true('rcpts=4 held=2' in [line for line in D.text().splitlines() if 'PARTLY' in line][0])
    equal(c.message(attack(), rcpts=('<x@lab.example>',), queue_id='NOBODY')[0], 'c')
    equal((c.removed_rcpts(), 'X-Ringer-Id' in c.added()), ([], False))
    c.quit()
    D.write_conf(milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')


def judges_each_recipient_by_its_own_group():
    groups = ("  groups:\n  - {name: lab, recipients: ['*@lab.example'], mode: monitor}\n"
              '  - {name: sales, recipients: [sales@buyer.example], hold: 1000}\n')
    D.write_conf(more='thresholds:\n' + groups, milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')
    c = session()
    equal(c.message(attack(), rcpts=('<a@buyer.example>', '<x@lab.example>'), queue_id='TWOGROUPS')[0], 'c')
    equal(c.removed_rcpts(), ['<a@buyer.example>'])
    equal([v for i, n, v in c.changed() if n == 'Subject'], [])  # who is in monitor mode sees nothing
    held = [m for m in D.held() if m['queue_id'] == 'TWOGROUPS'][0]
    equal([r['address'] for r in held['recipients']], ['a@buyer.example'])
    equal(c.message(attack(), rcpts=('<sales@buyer.example>', '<a@buyer.example>', '<x@lab.example>'), queue_id='THREE')[0], 'c')
    equal(c.removed_rcpts(), ['<a@buyer.example>'])
    true(any(v.startswith(' [Suspicious]') for i, n, v in c.changed()), c.changed())
    equal(c.message(attack(), rcpts=('<sales@buyer.example>', '<x@lab.example>'), queue_id='NOBODYHELD')[0], 'c')
    equal((c.removed_rcpts(), 'X-Ringer-Id' in c.added()), ([], False))
    equal(c.message(attack(), rcpts=('<x@lab.example>',), queue_id='ONLYLAB')[0], 'c')
    equal((c.removed_rcpts(), [n for i, n, v in c.changed() if n == 'Subject']), ([], []))
    true('mode=monitor' in c.added()['X-Ringer-Verdict'], c.added())
    c.quit()
    D.write_conf(milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')


def rejects_only_what_is_rejected_for_all():
    groups = "  reject: 100\n  groups:\n  - {name: sales, recipients: [sales@buyer.example], hold: 1000}\n"
    D.write_conf(more='thresholds:\n' + groups, milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')
    c = session()
    equal(c.message(attack(), rcpts=('<a@buyer.example>', '<b@buyer.example>'), queue_id='REFUSED')[0], 'y')
    equal(c.message(attack(), rcpts=('<a@buyer.example>', '<sales@buyer.example>'), queue_id='HALFREFUSED')[0], 'c')
    equal(c.removed_rcpts(), ['<a@buyer.example>'])
    equal([r['address'] for m in D.held() if m['queue_id'] == 'HALFREFUSED' for r in m['recipients']], ['a@buyer.example'])
    c.quit()
    D.write_conf(milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')


def removes_results_that_ours_deny():
    ours = 'Authentication-Results: mx.buyer.example; '
    forged = [ours + 'dmarc=pass header.from=elsewhere.example', ours + 'dmarc=none', ours + 'dmarc=pass header.from=x.example']
    text = '\n'.join([ours + 'dmarc=fail header.from=elsewhere.example', 'Authentication-Results: mx.elsewhere.example; dmarc=pass'] + forged)
    D.write_conf(trust='  authserv-ids: [mx.buyer.example]\n', milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')
    before = D.counter('authres_removed')
    c = session()
    equal(c.message(text + '\n' + ham(), queue_id='FORGEDRESULTS')[0], 'c')
    equal(c.changed(), [(5, 'Authentication-Results', ''), (3, 'Authentication-Results', '')])
    equal(D.counter('authres_removed') - before, 2)
    c.quit()
    D.write_conf(milter='  max-connections: 40\n  drain: 4s\n')
    D.ringer('reload')


# --- what clients of the socket try

def read_to_the_end(c):
    c.s.shutdown(socket.SHUT_WR)
    while c.s.recv(65536):
        pass


def survives_malformed_frames():
    rnd = random.Random(20200727)
    frames = [b'\0\0\0\0', b'\xff\xff\xff\xff', b'\x7f\xff\xff\xffB', b'\0\x10\0\x01B', b'\0\0\0\x01O', b'\0\0\0\x05O\0\0\0\6',
              b'\0\0\0\x0dO' + struct.pack('>III', 1, 0, 0), b'\0\0\0\x0dO' + struct.pack('>III', 0xffffffff, 0, 0),
              b'GET / HTTP/1.0\r\n\r\n', b'\x16\x03\x01\x02\x00', b'\0\0\0\x02Dx', b'\0\0\0\x01D', b'\0\0\0\x03DCi',
              b'\0\0\0\x01?', b'\0\0\0\x02C\0', b'\0\0\0\x04Ca\x004', b'\0\0\0\x09Ca\x004\0\0abc', b'\0\0\0\x02H\0',
              b'\0\0\0\x02Mx', b'\0\0\0\x01M', b'\0\0\0\x01R', b'\0\0\0\x02Lx', b'\0\0\0\x03L\0\0', b'\0\0\0\x01E', b'\0\0\0\x01Q',
              b'\0\0\0\x01A', b'\0\0\0\x01K']
    frames += [bytes(rnd.randrange(256) for _ in range(rnd.randrange(1, 60))) for _ in range(40)]
    for negotiate in (False, True):
        for frame in frames:
            c = D.client(negotiate=negotiate)
            try:
                if negotiate and rnd.random() < 0.7:
                    c.start()
                    if rnd.random() < 0.5:
                        c.mail()
                        c.rcpt()
                c.s.sendall(frame)
                read_to_the_end(c)
            except (Gone, ConnectionError):
                pass
            c.close()
    commands_in_any_order(rnd)
    equal(session().message(ham())[0], 'c')
    wait_for('all sessions to end', lambda: D.status()['connections'] <= 1)


def commands_in_any_order(rnd):
    pieces = [('C', b'x\x004\0\0' + b'192.0.2.1\0'), ('H', b'x\0'), ('M', b'<a@b.example>\0'), ('R', b'<c@d.example>\0'),
              ('L', b'Subject\0 x\0'), ('L', b'X-Ringer-Verdict\0x\0'), ('N', b''), ('B', b'text\r\n'), ('E', b''), ('A', b''),
              ('T', b''), ('U', b'foo\0'), ('D', b'Mi\0QUEUE\0'), ('D', b'E{auth_authen}\0x\0'), ('K', b''),
              ('O', struct.pack('>III', 6, 0x1ff, 0x1fffff))]
    for _ in range(60):
        c = D.client()
        try:
            c.s.setblocking(False)
            for _ in range(rnd.randrange(1, 30)):
                c.send(*rnd.choice(pieces))
            c.s.setblocking(True)
            read_to_the_end(c)
        except (ConnectionError, BlockingIOError):
            pass
        c.close()


def half_open_clients_do_not_stop_others():
    stuck = []
    for data in (b'', b'\0\0', b'\0\0\0\x0dO\0', b'\0\x0f\0\0B' + b'x' * 100):
        for _ in range(5):
            c = D.client(negotiate=False)
            c.s.sendall(data)
            stuck.append(c)
    equal(session().message(ham())[0], 'c')
    for c in stuck:
        c.close()


def answers_451_above_its_limit_of_connections():
    clients = [session() for _ in range(38)]
    wait_for('the count', lambda: D.status()['connections'] >= 38)
    refused = 0
    for _ in range(10):
        c = D.client()
        reply = c.connect()
        if reply[0] == 'y':
            true(reply[1].startswith(b'451 4.3.2'), reply)
            refused += 1
        clients.append(c)
    true(refused >= 8, refused)
    equal(clients[0].message(ham())[0], 'c')  # those who are in are served
    for c in clients:
        c.quit()
        c.close()
    wait_for('room', lambda: D.status()['connections'] == 0)
    equal(session().message(ham())[0], 'c')
    true(D.counter('connections_refused') >= 8)


def survives_floods_of_connections():
    for _ in range(3):
        flood = []
        for i in range(150):
            c = D.client(negotiate=False)
            c.s.sendall(b'\0\0\0\x0dO' + struct.pack('>III', 6, 0x1ff, 0x1fffff))
            flood.append(c)
        for c in flood:
            c.close()
    wait_for('room', lambda: D.status()['connections'] <= 2)
    equal(session().message(ham())[0], 'c')


def many_threads_at_once():
    errors = []

    def one(n):
        try:
            c = D.client().start()
            for i in range(10):
                equal(c.message(attack() if (n + i) % 3 == 0 else ham())[0], 'd' if (n + i) % 3 == 0 else 'c')
            c.quit()
        except Exception as e:  # noqa: seen by the main thread
            errors.append(e)
    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(errors, [])


def ends_in_order():
    equal(D.stop(), 0)
    true(not os.path.exists(D.var + '/milter.sock') and not os.path.exists(D.var + '/control.sock'))


if __name__ == '__main__':
    run_tests([negotiates_what_it_needs, works_with_an_old_MTA_that_offers_little, works_without_any_action, adds_the_verdict,
               holds_an_attack_with_its_bytes,
               logs_a_line_that_others_can_read_and_nobody_can_forge, marks_subjects_and_reasons_that_people_can_read, shows_a_lookalike_as_it_was_written, keeps_a_large_message_in_a_file_and_whole,
               speaks_several_messages_in_one_session_and_forgets_each, forgets_an_aborted_message,
               takes_body_bytes_that_come_with_the_end, skips_internal_and_authenticated_clients, takes_all_kinds_of_clients,
               removes_forged_headers_last_to_first, asks_the_store_about_the_first_pass_only, refuses_a_flood_of_forged_headers,
               encodes_what_senders_write_into_our_headers, marks_in_tag_mode_and_only_reports_in_monitor_mode,
               offers_the_hold_queue_of_the_MTA, holds_for_some_and_delivers_to_others, judges_each_recipient_by_its_own_group, rejects_only_what_is_rejected_for_all, removes_results_that_ours_deny, survives_malformed_frames, half_open_clients_do_not_stop_others,
               answers_451_above_its_limit_of_connections, survives_floods_of_connections, many_threads_at_once, ends_in_order])
