#!/bin/sh
# Signed packs: made, verified, installed, taken back; and what is refused while the last good one stays in force.
. "${abs_top_srcdir:-.}/tests/tap.sh"
server=
at_exit() { [ -z "$server" ] || kill "$server"; }
rule() { # score
    cat <<END
pack: ours
version: 1
rules:
  - id: ours.hello
    title: Hello
    axis: context
    when: message.subject == "hello"
    why: it says hello
    score: $1
    tests: [{facts: {message.subject: hello}, hit: true}, {facts: {message.subject: bye}, hit: false}]
END
}
cd "$dir" || exit 1
mkdir src
rule 60 >src/ours.yaml
printf 'From: a@b.example\nTo: c@d.example\nSubject: hello\n\nHello.\n' >mail.eml

says "a key pair is made" 0 "one.key" "$ringer" rules keygen one
says "and not made over it again" 1 "File exists" "$ringer" rules keygen one
"$ringer" rules keygen two >/dev/null
"$ringer" rules keygen stranger >/dev/null
cat >ringer.yaml <<END
rules:
  signed-packs: $dir/packs
  keys: [one.pub, $(sed -n 2p two.pub)]
END
without() { score | grep ours.hello || echo '! ours.hello'; }
sign() { # key, seq, output
    "$ringer" rules sign -k "$1" -n ours -s "$2" -e 2099-12-31 -o "$3" src >/dev/null || echo "# signing failed"
}
score() { # "ours.hello=60" for each rule that hits; "nothing" without
    "$ringer" scan -c ringer.yaml --json mail.eml 2>/dev/null |
        grep -o '"id":"[a-z.]*","title":"Hello","axis":"context","score":-*[0-9]*' |
        sed 's/"id":"//; s/",.*:/=/' | grep . || echo nothing
}

says "a pack is signed" 0 "pack ours seq 1" \
    "$ringer" rules sign -k one.key -n ours -s 1 -e 2099-12-31 -o ours-1.tar src
says "verify by key" 0 "good: pack ours seq 1" "$ringer" rules verify -k one.pub ours-1.tar
says "verify by the configuration" 0 "accepted until 2099-12-31" "$ringer" rules verify -c ringer.yaml ours-1.tar
says "verify by another key" 1 "ours-1.tar" "$ringer" rules verify -k stranger.pub ours-1.tar
says "a least seq" 1 "below --min-seq" "$ringer" rules verify -k one.pub --min-seq 2 ours-1.tar
says "a day that has passed is not signed" 2 "a day that has not passed" \
    "$ringer" rules sign -k one.key -n ours -s 1 -e 2020-01-01 src
sed 's/hello"/hello/' src/ours.yaml >broken.yaml
says "rules that are not right are not signed" 3 "error:" \
    "$ringer" rules sign -k one.key -n ours -s 1 -e 2099-12-31 broken.yaml
says "install without keys" 3 "no key is accepted" "$ringer" rules install -c /dev/null ours-1.tar
says "install" 0 "installed: pack ours seq 1" "$ringer" rules install -c ringer.yaml ours-1.tar
says "its rule is in force" 0 "ours.hello" score
says "packs are listed" 0 "ours                            1" "$ringer" rules packs -c ringer.yaml

rule 70 >src/ours.yaml
sign two.key 2 ours-2.tar
says "the second key is accepted, too" 0 "seq 2" "$ringer" rules install -c ringer.yaml ours-2.tar
says "and the new rule is in force" 0 ours.hello=70 score
says "an older one is refused" 1 "is not newer than seq 2" "$ringer" rules install -c ringer.yaml ours-1.tar
says "rollback" 0 "back at seq 1" "$ringer" rules rollback -c ringer.yaml ours
says "the old rule is in force" 0 ours.hello=60 score
says "it is written down" 0 '"what":"rollback"' cat packs/history.log
says "there is no further version" 1 "has no previous version" "$ringer" rules rollback -c ringer.yaml ours
says "another old one is refused still" 1 "is not newer than seq 2" "$ringer" rules install -c ringer.yaml ours-1.tar
says "the newest one may come back" 0 "seq 2" "$ringer" rules install -c ringer.yaml ours-2.tar

rule 80 >src/ours.yaml
sign stranger.key 3 ours-3.tar
says "a strange key is refused" 1 "ours-3.tar" "$ringer" rules install -c ringer.yaml ours-3.tar
sign one.key 3 ours-3.tar
printf x | dd of=ours-3.tar bs=1 seek=600 conv=notrunc 2>/dev/null
says "a changed pack is refused" 1 "ours-3.tar" "$ringer" rules install -c ringer.yaml ours-3.tar
rm ours-3.tar.minisig
says "a pack without signature is refused" 1 "ours-3.tar.minisig: No such file" \
    "$ringer" rules install -c ringer.yaml ours-3.tar
says "what was in force stays" 0 ours.hello=70 score
first=$("$ringer" rules list | awk 'NR == 2 { print $1 }')
sed "s/ours.hello/$first/" src/ours.yaml >clash.yaml
"$ringer" rules sign -k one.key -n ours -s 4 -e 2099-12-31 -o clash.tar clash.yaml >/dev/null
says "a pack that does not fit is refused" 3 "not right together with those in force" \
    "$ringer" rules install -c ringer.yaml clash.tar

# a shipped file is replaced by the pack's file of its name
mkdir gone
cp src/ours.yaml gone/payroll.yaml
says "there is a payroll rule" 0 "payroll." "$ringer" rules list
sed 's/ours.hello/ours.payroll/' src/ours.yaml >gone/payroll.yaml
"$ringer" rules sign -k one.key -n payroll -s 1 -e 2099-12-31 -o payroll-1.tar gone >/dev/null
says "a pack with a shipped file's name" 0 "installed" "$ringer" rules install -c ringer.yaml payroll-1.tar
says "is in force" 0 "ours.payroll" score

# a full disk, and a crash in the middle
sign one.key 5 ours-5.tar
says "no room for the pack" 1 "what was in force stays" \
    sh -c "ulimit -f 4; trap '' XFSZ; exec '$ringer' rules install -c ringer.yaml ours-5.tar"
says "the old one is in force" 0 ours.hello=70 score
echo half >packs/ours-5.tar
echo half >packs/state.json.new
says "the traces of a crash change nothing" 0 ours.hello=70 score
says "and do not hinder the next install" 0 "seq 5" "$ringer" rules install -c ringer.yaml ours-5.tar
says "which is in force" 0 ours.hello=80 score

# tampering with what is installed
cp packs/ours-5.tar kept.tar
printf x | dd of=packs/ours-5.tar bs=1 seek=600 conv=notrunc 2>/dev/null
says "a changed pack on disk: its previous version is used" 0 ours.hello=70 score
says "and that is said" 1 "its previous version, seq 2, is used" "$ringer" rules packs -c ringer.yaml
cp ours-1.tar packs/ours-5.tar
cp ours-1.tar.minisig packs/ours-5.tar.minisig
says "an old pack in place of the new one" 1 "another version: ours seq 1 stands in place of seq 5" \
    "$ringer" rules packs -c ringer.yaml
says "is not used" 0 ours.hello=70 score
rm packs/ours-2.tar
says "without a good one the shipped rules are used" 0 '! ours.hello' without
says "a good one mends it" 0 "installed" "$ringer" rules install -c ringer.yaml ours-5.tar
says "and is in force" 0 ours.hello=80 score

# revoked keys
number=$(sed -n '1s/.* //p' one.pub)
{ cat ringer.yaml; echo "  revoked-keys: [$number]"; } >revoked.yaml
says "a revoked key is refused" 1 "is revoked" "$ringer" rules install -c revoked.yaml ours-5.tar
says "also for what is installed" 1 "is revoked" "$ringer" rules packs -c revoked.yaml
{ cat ringer.yaml; echo "  revoked-keys: [x]"; } >wrong.yaml
says "a wrong number of a key" 3 "is no number of a key" "$ringer" rules packs -c wrong.yaml
sed 's/one.pub/none.pub/' ringer.yaml >wrong.yaml
says "a key that is not there" 3 "none.pub" "$ringer" rules packs -c wrong.yaml

# local rules
sed 's/ours.hello/local.hello/; s/score: 80/score: -80/' src/ours.yaml >local.yaml
{ cat ringer.yaml; echo "  packs: [local.yaml]"; } >local-conf.yaml
says "a local rule may not lower" 3 "local.yaml:9:12: error: the local rule local.hello lowers the score: -80" \
    "$ringer" scan -c local-conf.yaml mail.eml
echo "  local-may-lower: true" >>local-conf.yaml
says "unless that is allowed" 0 "local.hello" "$ringer" scan -c local-conf.yaml --json mail.eml

sed 's/score: -80/score: 80/; s/local.hello/ours.hello/' local.yaml >local2.yaml && mv local2.yaml local.yaml
says "a local rule cannot put a signed one out of force" 3 "ours.hello" "$ringer" scan -c local-conf.yaml mail.eml

# a pack that does not fit any more, say to a newer Ringer
sed "s,$dir/packs,$dir/packs2," ringer.yaml >fit.yaml
{ cat fit.yaml; echo "  shipped: false"; } >alone.yaml
says "a pack that fits alone" 0 "seq 4" "$ringer" rules install -c alone.yaml clash.tar
says "but not beside the shipped rules: those are used" 0 "the shipped ones are used" \
    "$ringer" scan -c fit.yaml mail.eml

# a folder, and HTTPS
mkdir folder
cp ours-1.tar* ours-5.tar* folder
rm -rf packs
says "the packs of a folder" 0 "seq 5" "$ringer" rules install -c ringer.yaml folder
says "again: nothing to do" 0 "is installed already" "$ringer" rules install -c ringer.yaml folder
says "only https" 1 "only https:// is accepted" "$ringer" rules install -c ringer.yaml http://localhost/x.tar
if command -v openssl >/dev/null && command -v python3 >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca >/dev/null 2>&1
    openssl req -newkey rsa:2048 -nodes -keyout tls.key -out tls.csr -subj /CN=localhost >/dev/null 2>&1
    printf 'subjectAltName=DNS:localhost\n' >san
    openssl x509 -req -in tls.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out tls.pem \
        >/dev/null 2>&1
    cat >server.py <<'END'
import http.server, ssl, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith('/redirect'):
            self.send_response(302)
            self.send_header('Location', 'http://localhost:%d/ours-6.tar' % self.server.server_port)
            self.end_headers()
        elif self.path.startswith('/huge'):
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(20):
                    self.wfile.write(b'x' * 1048576)
            except OSError:
                pass
        else:
            super().do_GET()
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('tls.pem', 'tls.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
open('port.new', 'w').write(str(server.server_port))
import os
os.rename('port.new', 'port')
server.serve_forever()
END
    sign one.key 6 ours-6.tar
    python3 server.py 2>server.log &
    server=$!
    for _ in $(seq 100); do [ -f port ] && break; sleep 0.1; done
    url=https://localhost:$(cat port)
    export no_proxy=localhost
    says "a server that nobody vouches for" 1 "ertificate" "$ringer" rules install -c ringer.yaml "$url/ours-6.tar"
    says "by HTTPS" 0 "seq 6" "$ringer" rules install -c ringer.yaml --cacert ca.pem "$url/ours-6.tar"
    says "what is not there" 1 "404" "$ringer" rules install -c ringer.yaml --cacert ca.pem "$url/none.tar"
    says "a redirect out of HTTPS" 1 "redirect" "$ringer" rules install -c ringer.yaml --cacert ca.pem "$url/redirect.tar"
    says "more than a pack may have" 1 "larger than" "$ringer" rules install -c ringer.yaml --cacert ca.pem "$url/huge.tar"
else
    skip "HTTPS" "no openssl or no python3"
fi

# minisign itself
if command -v minisign >/dev/null; then
    sign one.key 7 ours-7.tar
    says "minisign verifies our packs" 0 "pack=ours seq=7 expires=2099-12-31" minisign -V -p one.pub -m ours-7.tar
    minisign -G -W -p mini.pub -s mini.key >/dev/null 2>&1
    sed "s/one.pub/mini.pub/" ringer.yaml >mini.yaml
    minisign -S -s mini.key -m ours-7.tar -t "pack=ours seq=7 expires=2099-12-31" >/dev/null 2>&1
    says "we verify packs of minisign" 0 "good: pack ours seq 7" "$ringer" rules verify -c mini.yaml ours-7.tar
    minisign -S -s mini.key -m ours-7.tar -t "pack=ours seq=7 expires=2020-12-31" >/dev/null 2>&1
    says "an expired one is refused" 1 "it expired" "$ringer" rules verify -c mini.yaml ours-7.tar
    says "and not installed" 1 "it expired" "$ringer" rules install -c mini.yaml ours-7.tar
    minisign -S -s mini.key -m ours-7.tar -t "just a comment" >/dev/null 2>&1
    says "one that says nothing is refused" 1 "no pack=NAME" "$ringer" rules verify -c mini.yaml ours-7.tar
    says "its secret keys can be used" 0 "seq 8" \
        "$ringer" rules sign -k mini.key -n ours -s 8 -e 2099-12-31 -o ours-8.tar src
    says "and minisign verifies that" 0 "seq=8" minisign -V -p mini.pub -m ours-8.tar
else
    skip "minisign" "the program is not installed"
fi
done_testing
