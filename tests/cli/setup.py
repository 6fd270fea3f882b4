"""A private Postfix and a ringerd that `ringer init` sets up below a folder: nothing of the machine is touched."""
import os
import sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../postfix'))
from mta import *  # noqa: the tests use it through us


class Setup:
    def __init__(self):
        if not as_root():
            skip_all('Postfix changes users: only root can start it')
        self.root = private_dir()
        self.mta = Postfix('inet:127.0.0.1:%d' % free_port())
        self.main, self.master = self.mta.dir + '/etc/main.cf', self.mta.dir + '/etc/master.cf'
        self.postconf('-X', 'smtpd_milters')
        # $(sysconfdir)/ringer/ringer.yaml below the folder; where that is, is the build's matter
        self.conf = self.root + '/etc/ringer/ringer.yaml'
        self.daemon = None
        self.log = self.root + '/ringerd.log'
        atexit.register(self.stop)

    def postconf(self, *args):
        return subprocess.run(['postconf', '-c', self.mta.dir + '/etc', *args], check=True, capture_output=True, text=True).stdout

    def reload_postfix(self):
        subprocess.run(['postfix', '-c', self.mta.dir + '/etc', 'reload'], check=True, capture_output=True)

    def ringer(self, *args, code=0, stdin=''):
        env = {k: v for k, v in os.environ.items() if k not in ('RINGER_CONFIG', 'MAIL_CONFIG')}
        run = subprocess.run([os.path.join(BUILD, 'ringer'), *args], input=stdin, capture_output=True, text=True, timeout=90, env=env)
        if code is not None and run.returncode != code:
            raise AssertionError('ringer %s: exit %d\n%s%s' % (args, run.returncode, run.stdout, run.stderr))
        return run

    def init(self, *args, code=0, stdin=''):
        return self.ringer('init', '--root', self.root, '-c', self.conf, '--postfix', self.mta.dir + '/etc', '--user', 'nobody',
                           '--smtp', 'smtp://127.0.0.1:%d' % self.mta.port, *args, code=code, stdin=stdin)

    def edit(self, old, new):
        """Changes the configuration as an admin would."""
        text = slurp(self.conf).decode()
        true(old in text, (old, text))
        with open(self.conf, 'w') as f:
            f.write(text.replace(old, new, 1))

    def start(self):
        if 'dns-servers' not in slurp(self.conf).decode():  # a test asks nobody outside
            self.edit('  authserv-ids:', '  dns-servers: []\n  authserv-ids:')
            self.edit('smtp://127.0.0.1:', 'smtp://127.0.0.1:%d' % free_port() + "' # was ")
        before = len(self.text())
        with open(self.log, 'ab') as log:
            self.daemon = subprocess.Popen([os.path.join(BUILD, 'ringerd'), '-f', '-c', self.conf], stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log)

        def started():
            true(self.daemon.poll() is None, self.text())
            return ' started: ' in self.text()[before:]
        wait_for('the start of ringerd', started)

    def stop(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.terminate()
            self.daemon.wait(PATIENCE)
        self.daemon = None

    def text(self):
        return slurp(self.log).decode(errors='replace') if os.path.exists(self.log) else ''


def slurp(path):
    with open(path, 'rb') as f:
        return f.read()
