#!/bin/sh
# The Debian package in a clean Debian, booted with systemd in a container: install, mail through a chrooted Postfix,
# upgrade, remove, purge, install again. Not part of `make check`: it takes minutes, root and a Debian mirror
# (apt's own; what was fetched stays in package-cache/ of the build folder).
#
#   make check-package [SUITE=bookworm]
#
# Steps are functions, called at the end; `inside` runs a command in the container, which has loopback only.
. "${abs_top_srcdir:-.}/tests/tap.sh"
[ "$(id -u)" = 0 ] || skip_all "only root can boot a container"
for tool in debootstrap systemd-nspawn dh nsenter; do
    command -v $tool >/dev/null || skip_all "$tool is missing: apt-get install debootstrap systemd-container debhelper util-linux"
done
suite=${SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
cache=$build/package-cache
machine=$dir/machine
arch=$(dpkg --print-architecture)
first=/packages/ringer_0.1.0-1_$arch.deb
pictures=/packages/ringer-pictures_0.1.0-1_$arch.deb
next=/packages/ringer_0.1.1-1_$arch.deb
container=

# --- the container

mirror() {
    apt-get indextargets --format '$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)' |
        sed -n 's/^Packages [^ -]* main \(.*\)/\1/p' | head -n 1
}

in_folder() { # FOLDER SCRIPT: with the network, but nothing runs there yet
    unshare --mount sh "$top/tests/systemd/own_cgroup.sh" systemd-nspawn --register=no --keep-unit --quiet --pipe -D "$1" \
        env DEBIAN_FRONTEND=noninteractive sh -ec "$2" </dev/null
}

# A Debian with what the test itself needs. What Ringer depends on comes with the package.
prepare_base() {
    mkdir -p "$cache"
    [ ! -s "$cache/$suite.tar" ] || return 0
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2 "$suite" "$dir/base" "$(mirror)" || return 1
    in_folder "$dir/base" "
        echo 'postfix postfix/main_mailer_type select Local only' | debconf-set-selections
        echo 'postfix postfix/mailname string mx.example' | debconf-set-selections
        apt-get -qq -o Dpkg::Use-Pty=0 update
        apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends postfix swaks unbound jq" || return 1
    tar -C "$dir/base" -cf "$cache/$suite.tar.new" . && mv "$cache/$suite.tar.new" "$cache/$suite.tar"
    rm -rf "$dir/base"
}

# Our package, the same with a higher version and another default configuration, and what they depend on.
prepare_machine() {
    mkdir -p "$machine" "$cache/$suite-debs" && tar -C "$machine" -xf "$cache/$suite.tar" || return 1
    cp -r "$top/tests/worker/data" "$machine/samples"
    "$top/scripts/build-deb" "$machine/packages" 0.1.0-1 || return 1
    dpkg-deb -R "$machine$first" "$dir/next" || return 1
    sed -i 's/^Version:.*/Version: 0.1.1-1/' "$dir/next/DEBIAN/control"
    echo '# another default' >>"$dir/next/etc/ringer/ringer.yaml"
    dpkg-deb -b "$dir/next" "$machine$next" >/dev/null || return 1
    cp "$cache/$suite-debs/"*.deb "$machine/var/cache/apt/archives" 2>/dev/null
    in_folder "$machine" "apt-get -qq -o Dpkg::Use-Pty=0 update && apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends --download-only $first && apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends --download-only $first $pictures tesseract-ocr-eng" || return 1
    cp "$machine"/var/cache/apt/archives/*.deb "$cache/$suite-debs"
}

inside() {
    nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}
say() { inside sh -c "$1"; } # a command line
does() { # NAME COMMAND...
    tap_name=$1
    shift
    "$@" >"$dir/out" 2>&1
    ok "$tap_name"
}
wait_until() { # NAME COMMAND...
    tap_name=$1 tries=0
    shift
    until "$@" >"$dir/out" 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 150 ] || { ok "$tap_name" false; return 1; }
        sleep 0.2
    done
    ok "$tap_name" true
}

boot() {
    unshare --mount sh "$top/tests/systemd/own_cgroup.sh" systemd-nspawn --register=no --keep-unit --private-network --quiet \
        --link-journal=no --console=pipe -D "$machine" --boot >"$dir/console" 2>&1 </dev/null &
    container=$!
    is_up() { nspawn=$(pgrep -P $container) && leader=$(pgrep -P "$nspawn") && inside systemctl is-system-running | grep -q 'running\|degraded'; }
    wait_until "a Debian boots" is_up
}
at_exit() {
    [ -z "$container" ] || { inside systemctl poweroff; wait $container; } >/dev/null 2>&1
}

# --- helpers in it

start_dns() {
    say 'systemctl stop unbound 2>/dev/null; cat >/etc/unbound/unbound.conf <<EOF
server:
  username: ""
  chroot: ""
  interface: 127.0.0.1
  do-ip6: no
  module-config: "iterator"
  local-zone: "." static
  local-data: "elsewhere.example. TXT \"v=spf1 ip4:192.0.2.0/28 -all\""
EOF
rm -f /etc/resolv.conf; echo nameserver 127.0.0.1 >/etc/resolv.conf; mkdir -p /var/spool/postfix/etc
cp /etc/resolv.conf /var/spool/postfix/etc; systemctl start unbound'
}
status() { inside ringer status --json | inside_jq "$1"; }
inside_jq() { nsenter --target "$leader" --mount --pid -- jq -r "$1"; }
mail() { # SENDER SUBJECT BODY [swaks options]: from a client outside, by SMTP
    from=$1 subject=$2 body=$3
    shift 3
    inside swaks --server 127.0.0.1 --xclient-addr 192.0.2.10 --xclient-name client.elsewhere.example --from "$from" \
        --to root@mx.example --header "Subject: $subject" --header "From: <$from>" --body "$body" --hide-all "$@"
}
inside_mode() { [ "$(status .mode)" = "$1" ]; }
held() { inside ringer quarantine list --json | wc -l; }

# --- the steps

has_pictures_apart() {
    says "the readers of pictures are a package of their own" 0 /usr/libexec/ringer/ringer-ocr \
        dpkg-deb -c "$machine$pictures"
    dpkg-deb -f "$machine$first" Depends >"$dir/out"
    ok "nothing else wants their libraries" sh -c '! grep -q "libzbar\|libtesseract" "$1"' - "$dir/out"
}
installs() {
    does "apt installs the package with what it depends on" inside apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends $first
    wait_until "ringerd runs" inside systemctl is-active ringerd
    says "it belongs to nobody else" 0 "1771 root ringer" inside stat -c '%a %U %G' /var/lib/ringer
    says "the packs are root's" 0 "755 root root" inside stat -c '%a %U %G' /var/lib/ringer/packs
    wait_until "the socket is where a chrooted smtpd finds it" inside test -S /var/spool/postfix/ringer/ringer.sock
    says "and belongs to Postfix's group" 0 "660 ringer postfix" inside stat -c '%a %U %G' /var/spool/postfix/ringer/ringer.sock
    does "the configuration is valid" inside ringer config check
    for file in /usr/share/man/man8/ringerd.8.gz /usr/share/bash-completion/completions/ringer \
        /usr/share/zsh/vendor-completions/_ringer /etc/logrotate.d/ringer /usr/share/doc/ringer/copyright; do
        ok "there is $file" inside test -s $file
    done
    does "users without rights see no complaints" say 'su -s /bin/sh nobody -c "ringer domain company.example" 2>&1 >/dev/null | grep -v "protects no domain" | grep . && exit 1; true'
}
attaches() {
    start_dns
    say 'postconf -e smtpd_authorized_xclient_hosts=127.0.0.0/8 myhostname=mx.example mydestination=mx.example inet_interfaces=loopback-only'
    says "smtpd is chrooted" 0 "y" inside postconf -F smtp/inet/chroot
    ok "Postfix starts" inside systemctl restart postfix
    does "ringer init sets Ringer up beside the packaged configuration, and attaches it" \
        inside ringer init --own-domain mx.example --partner-domain valdormetaux.example --mode enforce --apply
    says "Postfix asks it" 0 "ringer/ringer.sock" inside postconf smtpd_milters
    wait_until "ringerd has its configuration" inside_mode enforce
    wait_until "Postfix answers" say 'swaks --server 127.0.0.1 --quit-after EHLO --hide-all'
}
works() {
    does "mail is accepted" mail paul@elsewhere.example letter "See there." --attach-type application/pdf --attach-name letter.pdf \
        --attach @/samples/letter.pdf --attach-type application/octet-stream --attach-name letter.docx --attach @/samples/letter.docx
    wait_until "it is delivered, and says that it was judged" say 'grep -q "^X-Ringer-Verdict: " /var/mail/root'
    says "PDF and DOCX are read" 0 2 status .attachments.ok
    says "SPF is answered" 0 1 status .spf.ok
    does "an attack is accepted" mail marie@valdor-metaux.example "New bank details" \
        "Our bank details have changed. Please pay all open invoices from now on into our new bank account: IBAN IT60 X054 2811 1010 0000 0123 456."
    ok "and held" [ "$(held)" = 1 ]
    ok "Postfix has no complaints" say '! journalctl --no-pager -t postfix/smtpd | grep "warning\|milter"'
    ok "all is well in the log of ringerd" say '! journalctl --no-pager -u ringerd -p err | grep ringerd'
}
doctor() { inside ringer doctor --quiet --skip time-sync --skip landlock; } # what only the machine outside can mend
is_well() {
    says "a test attack is held, and its id shown" 0 "was held: id " inside ringer test-attack root@mx.example
    id=$(sed -n 's/.* was held: id \([a-z0-9]*\),.*/\1/p' "$dir/out")
    does "it can be deleted like other held mail" inside ringer quarantine delete "$id"
    does "ringer doctor finds nothing" doctor
    ok "and has nothing to say" [ ! -s "$dir/out" ]
}
self_test() { [ "$(status '.workers | .done, (.codes.state // "-"), (.words.state // "-")' | tr '\n' ' ')" = "true $1 $1 " ]; }
reads_pictures() {
    wait_until "without their package no reader of pictures is missed" self_test -
    does "the readers of pictures are installed" inside apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends $pictures tesseract-ocr-eng
    inside systemctl restart ringerd
    wait_until "under the unit they read a code and a word" self_test works
    does "and can be removed" inside apt-get -qq -o Dpkg::Use-Pty=0 purge -y ringer-pictures
}
mistake() { # NAME MISTAKE FINDING REMEDY UNDO
    say "$2" >"$dir/out" 2>&1
    doctor >"$dir/out" 2>&1
    [ $? = 2 ] && grep "^FAIL $3" "$dir/out" | grep -qF -- "$4"
    ok "ringer doctor finds $1, and says what to do"
    say "$5" >"$dir/out" 2>&1
}
finds_mistakes() {
    mistake "a socket of the wrong group" 'chgrp root /var/spool/postfix/ringer/ringer.sock' \
        "socket: Postfix's user postfix may not come to the socket" 'the group of postfix' 'chgrp postfix /var/spool/postfix/ringer/ringer.sock'
    mistake "a Postfix that does not ask" 'cp /etc/postfix/main.cf /main.cf && postconf -X smtpd_milters' \
        'milter: no smtpd of Postfix asks Ringer' 'ringer init --apply' 'cp /main.cf /etc/postfix/main.cf'
    mistake "a ringerd that does not run" 'systemctl stop ringerd' 'daemon: ringerd does not answer' 'systemctl start ringerd' \
        'systemctl start ringerd'
    mistake "that nobody is protected" "cp /etc/ringer/ringer.yaml / && sed -i 's/own-domains: .*/own-domains: []/' /etc/ringer/ringer.yaml && ringer reload" \
        'own-domains: protect.own-domains is empty' 'name your domains' 'cp /ringer.yaml /etc/ringer/ringer.yaml && ringer reload'
    mistake "no listener for released mail" 'cp /etc/postfix/master.cf /master.cf && postconf -MX 127.0.0.1:10026/inet && postfix reload && sleep 1' \
        'release: smtp://127.0.0.1:10026 does not answer' 'ringer init --apply' 'cp /master.cf /etc/postfix/master.cf && postfix reload && sleep 1'
    mistake "a filter of system calls that kills the workers" 'printf "[Service]\nSystemCallFilter=\nSystemCallFilter=@system-service\nSystemCallFilter=~seccomp\nSystemCallErrorNumber=\n" \
            >/etc/systemd/system/ringerd.service.d/zz.conf && systemctl daemon-reload && systemctl restart ringerd &&
        for i in $(seq 100); do ringer status --json | jq -e .workers.done >/dev/null && break; sleep 0.1; done' \
        "workers: ringerd's own workers fail" 'compare SystemCallFilter' \
        'rm /etc/systemd/system/ringerd.service.d/zz.conf && systemctl daemon-reload && systemctl restart ringerd'
    wait_until "and is content when all is as before" doctor
}
upgrades() {
    before=$(inside sha256sum /etc/ringer/ringer.yaml)
    pid=$(inside systemctl show -P MainPID ringerd)
    does "an upgrade succeeds" inside apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends -o Dpkg::Options::=--force-confold $next
    ok "the changed configuration is kept" [ "$(inside sha256sum /etc/ringer/ringer.yaml)" = "$before" ]
    wait_until "the new ringerd runs" say "systemctl is-active ringerd && [ \$(systemctl show -P MainPID ringerd) != $pid ]"
    ok "held mail is still there" [ "$(held)" = 1 ]
}
is_removed() {
    says "it can be removed, and says what Postfix would do" 0 "Postfix still asks ringerd" inside apt-get -qq -o Dpkg::Use-Pty=0 remove -y ringer
    ok "ringerd has ended" say '! systemctl is-active --quiet ringerd'
    ok "the store is kept" inside test -s /var/lib/ringer/ringer.db
    ok "the configuration is kept" inside test -s /etc/ringer/ringer.yaml
}
is_purged_and_keeps_the_store() {
    does "a purge asks nobody where nobody answers" inside apt-get -qq -o Dpkg::Use-Pty=0 purge -y ringer
    ok "and keeps the store" inside test -s /var/lib/ringer/ringer.db
    ok "the configuration is gone" inside test ! -e /etc/ringer
    ok "the drop-in is gone" inside test ! -e /etc/systemd/system/ringerd.service.d
}
comes_back() {
    does "it can be installed again" inside apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends $first
    wait_until "ringerd runs again" inside systemctl is-active ringerd
    ok "with the held mail of before" [ "$(held)" = 1 ]
}
is_purged_with_the_store() {
    say 'echo ringer ringer/purge-store boolean true | debconf-set-selections'
    does "a purge that was answered with yes" inside apt-get -qq -o Dpkg::Use-Pty=0 purge -y ringer
    ok "deletes the store" inside test ! -e /var/lib/ringer
}
does_without_Postfix() {
    say 'apt-get -qq -o Dpkg::Use-Pty=0 purge -y postfix && rm -rf /var/spool/postfix && { ! getent group postfix || groupdel postfix; }' >"$dir/out" 2>&1
    does "beside no Postfix it installs" inside apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends $first
    wait_until "ringerd runs there" inside test -S /run/ringer/ringer.sock
    ok "without a drop-in" inside test ! -e /etc/systemd/system/ringerd.service.d
}

if prepare_base >"$dir/out" 2>&1 && prepare_machine >"$dir/out" 2>&1; then
    ok "the package is built"
else
    tail -n 30 "$dir/out" >"$dir/err" && : >"$dir/out"
    ok "the package is built" false
    done_testing
    exit
fi
boot || { cp "$dir/console" "$dir/err"; ok "so nothing can be tested" false; done_testing; exit; }
has_pictures_apart
installs
attaches
works
is_well
reads_pictures
finds_mistakes
upgrades
is_removed
is_purged_and_keeps_the_store
comes_back
is_purged_with_the_store
does_without_Postfix
done_testing
