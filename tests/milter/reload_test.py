"""What a reload changes: the column of options.def, held against the running daemon."""
import stat
import sys
sys.path.insert(0, __file__.rpartition('/')[0])
from harness import *

# For each option a value that is neither its default nor what Daemon.base() says; DIR is the daemon's folder.
OTHER = {
    'mode': 'tag',
    'protect own-domains': '[buyer.example, second.example]',
    'protect partner-domains': '[%s, third.example]' % GENUINE,
    'protect affiliate-domains': '[fourth.example]',
    'protect allow-domains': '[fifth.example]',
    'protect brands': 'true',
    'protect brands-file': 'DIR/brands',
    'protect people': '[{name: Karen Whitfield, address: karen@buyer.example, role: vip}]',
    'protect freemail-domains': 'DIR/freemail',
    'trust internal-networks': '[10.0.0.0/8, 192.0.2.0/24]',
    'trust skip-authenticated': 'false',
    'trust authserv-ids': '[mx.buyer.example]',
    'trust arc-sealers': '[lists.example]',
    'trust mailing-lists': '[purchasing.lists.example]',
    'trust services': 'DIR/services',
    'trust new-domain-lists': '[new.example.net=127.0.2.*]',
    'trust dns-servers': "['127.0.0.1@9']",
    'trust dns-deadline': '1s',
    'rules shipped': 'false',
    'rules packs': '[DIR/own.yaml]',
    'rules local-may-lower': 'true',
    'rules signed-packs': 'DIR/packs',
    'rules keys': '[RWSZLwFlVWFggoynFSW9LGtCJ8BnsA9lMFpIBtISVdH9LUKi+TBORMcp]',
    'rules revoked-keys': "['0123456789ABCDEF']",
    'rules check-packs': '1h',
    'rules phrases': os.environ['RINGER_DATADIR'] + '/rules/phrases',
    'rules disabled': '[executive.person-freemail]',
    'thresholds tag': '51',
    'thresholds hold': '91',
    'thresholds identity-floor': '21',
    'thresholds request-floor': '21',
    'thresholds reject': '900',
    'thresholds groups': '[{name: finance, recipients: [compta@buyer.example], hold: 80}]',
    'exceptions allow': '[{from: a@b.example, require: dmarc, owner: Ada, reason: known, expires: 2199-01-01}]',
    'exceptions rules': '[{from: a@b.example, axis: request, require: dmarc, owner: Ada, reason: known, expires: 2199-01-01}]',
    'tag add-headers': 'false',
    'tag subject-prefix': "'[Careful]'",
    'quarantine store': 'sqlite:VAR/other.db',
    'quarantine retention': '91d',
    'quarantine decision-retention': '91d',
    'quarantine never-hold-for': '[abuse@buyer.example]',
    'quarantine hold-method': 'mta-hold',
    'quarantine release-smtp': 'smtp://127.0.0.1:10027',
    'history learn': 'false',
    'history retention': '396d',
    'history learning-time': '15d',
    'history established-messages': '4',
    'history established-time': '15d',
    'history campaign-window': '8d',
    'history hash-addresses': 'true',
    'history deadline': '101ms',
    'on-error store': 'accept',
    'on-error worker': 'tempfail',
    'on-error internal': 'accept',
    'on-error overload': 'accept',
    'milter socket': 'unix:VAR/other.sock',
    'milter socket-mode': '0600',
    'milter socket-group': 'nogroup',
    'milter timeout': '1h',
    'milter max-connections': '100',
    'milter drain': '3s',
    'milter negotiate-timeout': '29s',
    'daemon user': 'daemon',
    'daemon group': 'daemon',
    'daemon pid-file': 'VAR/other.pid',
    'daemon control-socket': 'VAR/other-control.sock',
    'daemon event-file': 'VAR/events',
    'daemon log': 'stderr',
    'daemon log-level': 'debug',
    'worker path': 'BUILD/ringer-worker',
    'worker processes': '2',
    'worker spf-processes': '3',
    'worker picture-processes': '3',
    'worker picture-deadline': '7s',
    'worker ocr': 'no',
    'worker deadline': '5s',
    'worker memory': '300MB',
    'worker output': '2MB',
    'worker allow-unsandboxed': 'true',
    'worker required': 'true',
    'limits message': '31MB',
    'limits spool': '128KB',
    'limits header-bytes': '128KB',
    'limits headers': '900',
    'limits parts': '400',
    'limits depth': '31',
    'limits text': '2MB',
    'limits attachments': '15MB',
    'limits memory': '500MB',
    'limits addresses': '900',
    'limits links': '400',
}
RULE = '''pack: own
rules:
  - id: own.any
    title: any
    axis: context
    when: message.size > 0
    why: any
    score: 1
    tests: [{facts: {message.size: 1}, hit: true}, {facts: {message.size: 0}, hit: false}]
'''


class Daemon(Ringerd):
    """A ringerd whose options are a dictionary: "section name" -> YAML."""

    def __init__(self):
        self.options = {}
        super().__init__()
        for name, text in (('freemail', 'mail.example\n'), ('services', 'portal.example\n'), ('brands', 'paypal.com\n'), ('own.yaml', RULE)):
            with open(os.path.join(self.dir, name), 'w') as f:
                f.write(text)
            os.chmod(f.name, 0o644)
        os.mkdir(os.path.join(self.dir, 'phrases'))  # one language: a hundred reloads, each runs the examples of all
        for name in ('concepts.yaml', 'en.yaml'):
            shutil.copy(os.path.join(SRC, 'rules/phrases', name), os.path.join(self.dir, 'phrases', name))

    def base(self):
        return {'mode': 'enforce', 'protect own-domains': '[buyer.example]', 'protect partner-domains': '[%s]' % GENUINE,
                'trust internal-networks': '[10.0.0.0/8]', 'trust dns-servers': '[]', 'rules phrases': 'DIR/phrases',
                'quarantine store': 'sqlite:VAR/store.db', 'milter socket': self.socket_spec, 'milter drain': '2s',
                'milter socket-mode': '0666', 'daemon user': 'nobody' if as_root() else "''",
                'daemon control-socket': 'VAR/control.sock', 'tag subject-prefix': "'[Suspicious]'"}

    def conf_text(self, **_):
        sections = {'': []}
        for option, value in {**self.base(), **self.options}.items():
            section, _, name = option.rpartition(' ')
            sections.setdefault(section, []).append((name, self.expand(value)))
        text = ''.join('%s: %s\n' % pair for pair in sections.pop(''))
        return text + ''.join('%s:\n' % s + ''.join('  %s: %s\n' % pair for pair in pairs) for s, pairs in sections.items())

    def expand(self, value):
        return value.replace('DIR', self.dir).replace('VAR', self.var).replace('BUILD', BUILD)

    def change(self, **options):
        """The base and these options; what `ringer reload` says."""
        self.options = {k.replace('__', ' ').replace('_', '-'): v for k, v in options.items()}
        return self.reload()

    def reload(self):
        self.write_conf()
        answer = self.control('reload')
        true(answer['ok'], answer)
        return answer['last_reload']['needs_restart']


def options():
    """The column: "section name" -> when a running daemon follows."""
    run = subprocess.run([os.path.join(BUILD, 'ringer'), 'config', 'show', '--defaults', '--json'], capture_output=True, check=True)
    out = {}
    for key, value in json.loads(run.stdout).items():
        if 'value' in value and 'default' in value:
            out[key] = value['reload']
        else:
            out.update({key + ' ' + name: option['reload'] for name, option in value.items()})
    return out


def every_option_has_its_scope_and_a_change_to_try():
    scopes = options()
    equal(sorted(set(scopes.values())), ['next connection', 'now', 'restart'])
    equal(sorted(OTHER), sorted(scopes))


def names_exactly_the_options_that_need_a_restart():
    d = Daemon().start()
    for option, scope in options().items():
        d.options = {option: OTHER[option]}
        named = d.reload()
        if scope != 'restart':
            equal((option, named), (option, []))
            continue
        equal([(c['section'] + ' ' + c['option'], c['wanted']) for c in named], [(option, d.expand(OTHER[option]))])
        if option in d.base():
            equal(named[0]['running'], d.expand(d.base()[option]))
    equal(d.change(), [])
    equal(d.stop(), 0)


def says_so_at_each_reload_until_the_restart():
    d = Daemon().start()
    d.options = {'milter timeout': '1h', 'mode': 'tag'}
    d.write_conf()
    for generation in (2, 3):
        run = d.ringer('reload', code=4)
        equal(run.stdout.decode(), 'reloaded: generation %d is in force\n' % generation)
        equal(run.stderr.decode(), 'milter timeout: 1h needs a restart of ringerd, 2h stays in force\n')
    equal(d.text().count('reload: milter timeout: 1h needs a restart of ringerd, 2h stays in force'), 2)
    equal(d.status()['mode'], 'tag')
    true('milter timeout: 1h needs a restart' in d.ringer('status').stdout.decode())
    d.options = {'milter timeout': '7200s'}  # the same by another name
    d.write_conf()
    d.ringer('reload', code=0)
    true('needs a restart' not in d.ringer('status').stdout.decode())
    d.options = {'milter timeout': '1h'}
    d.write_conf()
    d.ringer('reload', '--json', code=4)
    equal(d.stop(), 0)
    d.start()
    d.ringer('reload', code=0)
    equal(d.stop(), 0)


def keeps_what_needs_a_restart():
    d = Daemon().start()
    equal(d.client().start().message(ATTACK.replace('{id}', '1'), queue_id='BEFORE')[0], 'd')
    before = open('/proc/%d/status' % d.process.pid).read()
    scopes = options()
    d.options = {name: OTHER[name] for name, scope in scopes.items() if scope == 'restart'}
    equal(len(d.reload()), len(d.options))
    equal(d.client().start().message(ATTACK.replace('{id}', '2'), queue_id='AFTER')[0], 'd')
    for name in ('other.db', 'other.sock', 'other.pid', 'other-control.sock'):
        true(not os.path.exists(os.path.join(d.var, name)), name)
    after = open('/proc/%d/status' % d.process.pid).read()
    for field in ('Uid', 'Gid', 'Groups'):
        equal(re.search(field + r':\s+(.*)', after)[1], re.search(field + r':\s+(.*)', before)[1])
    d.options = {}
    equal(d.reload(), [])
    equal(sorted(h['queue_id'] for h in d.held()), ['AFTER', 'BEFORE'])
    d.options = {'milter socket': OTHER['milter socket'], 'daemon pid-file': OTHER['daemon pid-file']}
    d.write_conf()
    equal(d.stop(), 0)
    d.socket_spec = d.expand(OTHER['milter socket'])  # and the restart brings them
    equal(d.start().client().start().message(HAM)[0], 'c')
    equal(d.status()['last_reload']['needs_restart'], [])
    equal(d.stop(), 0)


def changes_for_the_next_message():
    d = Daemon().start()
    c = d.client().start()
    equal(c.message(ATTACK)[0], 'd')
    equal(d.change(mode='tag'), [])
    equal(c.message(ATTACK)[0], 'c')
    true(any(name == 'Subject' and '[Suspicious]' in value for _, name, value in c.changed()), c.changed())
    equal(d.change(mode='tag', tag__subject_prefix="'[Careful]'", tag__add_headers='false'), [])
    c.message(ATTACK)
    true(any('[Careful]' in value for _, name, value in c.changed()), c.changed())
    equal(c.added(), {})
    equal(d.change(quarantine__never_hold_for="['@buyer.example']"), [])
    equal(c.message(ATTACK)[0], 'c')
    equal(d.change(daemon__event_file='VAR/events', trust__skip_authenticated='false'), [])
    equal(c.message(ATTACK, auth='paul')[0], 'd')
    equal(len(open(os.path.join(d.var, 'events')).readlines()), 1)
    equal(d.change(trust__internal_networks='[192.0.2.0/24]'), [])
    equal(c.message(ATTACK)[0], 'c')
    equal(d.counter('skipped_internal'), 1)
    equal(d.change(daemon__log_level='error'), [])
    length = len(d.text())
    c.message(HAM)
    equal(d.text()[length:], '')
    equal(d.stop(), 0)


RTF = HAM.replace('\n\n', '\nMIME-Version: 1.0\nContent-Type: application/rtf; name=a.rtf\n\n').replace(
    'Shall', '{\\rtf1 Shall').replace('noon?', 'noon?}')


def starts_services_anew_when_their_options_change():
    d = Daemon()
    d.options = base = {'trust dns-servers': "['127.0.0.1@%d']" % free_port(), 'trust dns-deadline': '100ms'}  # nobody answers there
    d.write_conf()
    d.start()
    c = d.client().start(address='198.51.100.7')

    def asked():
        status = d.status()
        return [status[s] and status[s][key] for s, key in (('attachments', 'ok'), ('spf', 'asked'))]
    anew = [o for o in OTHER if o.startswith('worker ') and o not in ('worker required', 'worker ocr')] + ['trust dns-servers', 'trust dns-deadline']
    equal(len(anew), 11)
    for option in anew + ['thresholds tag']:
        equal(c.message(RTF)[0], 'c')
        true(all(asked()), (option, d.status()))
        d.options = dict(base, **{option: OTHER[option]})
        equal(d.reload(), [])
        equal((option, all(asked())), (option, option not in anew))
        d.options = base
        d.reload()
    d.options = dict(base, **{'worker processes': '0', 'worker spf-processes': '0'})
    equal(d.reload(), [])
    equal(c.message(RTF)[0], 'c')
    equal(asked(), [None, None])
    equal(d.stop(), 0)


def changes_the_sockets_permissions():
    d = Daemon().start()
    for mode in (0o600, 0o660, 0o666):
        equal(d.change(milter__socket_mode='%04o' % mode), [])
        equal(stat.S_IMODE(os.stat(d.var + '/milter.sock').st_mode), mode)
    equal(d.client().start().message(HAM)[0], 'c')
    equal(d.stop(), 0)


def changes_for_the_next_connection():
    d = Daemon().start()
    first = d.client().start()
    equal(d.change(milter__max_connections='1'), [])
    equal(first.message(HAM)[0], 'c')
    equal(d.client().connect()[0], 'y')
    equal(first.message(HAM)[0], 'c')
    equal(d.change(milter__max_connections='1', on_error__overload='accept'), [])
    equal(d.client().connect()[0], 'a')
    equal(d.change(milter__max_connections='2'), [])
    second = d.client().start()
    equal(second.message(HAM)[0], 'c')
    equal(d.stop(), 0)


if __name__ == '__main__':
    run_tests([every_option_has_its_scope_and_a_change_to_try, names_exactly_the_options_that_need_a_restart,
               says_so_at_each_reload_until_the_restart, keeps_what_needs_a_restart,
               changes_for_the_next_message,
               starts_services_anew_when_their_options_change, changes_the_sockets_permissions,
               changes_for_the_next_connection])
