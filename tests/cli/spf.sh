#!/bin/sh
# ringer scan with a client: SPF and DMARC by our own look-ups against a real DNS server on loopback; with DNS that
# does not answer, or without, everything stays unknown and the answer comes in time.
. "${abs_top_srcdir:-.}/tests/tap.sh"
[ -x /usr/sbin/unbound ] || skip_all "unbound is not installed"
pid= silent=
at_exit() { [ -z "$pid$silent" ] || kill $pid $silent; } 2>/dev/null # two numbers
port=$(python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$dir/unbound.conf" <<EOF
server:
 username: ""
 chroot: ""
 directory: "$dir"
 pidfile: ""
 use-syslog: no
 logfile: "$dir/log"
 interface: 127.0.0.1@$port
 do-ip6: no
 num-threads: 1
 module-config: "iterator"
 local-zone: "." static
 local-data: 'buyer.example. TXT "v=spf1 ip4:192.0.2.0/28 -all"'
 local-data: '_dmarc.buyer.example. TXT "v=DMARC1; p=reject"'
 local-data: 'supplier.example. TXT "v=spf1 ip4:192.0.2.0/28 ~all"'
 local-data: 'evil.example. TXT "v=spf1 +all"'
remote-control:
 control-enable: no
EOF
/usr/sbin/unbound -d -c "$dir/unbound.conf" 2>/dev/null &
pid=$!
python3 - <<'EOF' >"$dir/silent" &
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(120)
EOF
silent=$!
conf() { # name, dns-servers, how long an answer may take
    cat >"$dir/$1.yaml" <<EOF
protect:
  own-domains: [buyer.example]
  partner-domains: [supplier.example]
trust:
  internal-networks: [10.0.0.0/8]
  dns-deadline: ${3:-10s}
  dns-servers: $2
EOF
}
for i in 1 2 3 4 5 6 7 8 9 10; do
    [ -s "$dir/silent" ] && grep -qs "start of service" "$dir/log" && break
    sleep 0.2
done
conf dns "[127.0.0.1@$port]"
conf silent "[127.0.0.1@$(cat "$dir/silent")]" 1500ms
conf off "[]"
mail() { # file, From
    printf 'From: %s\r\nTo: ap@buyer.example\r\nSubject: Invoice\r\n\r\nPlease find our invoice attached.\r\n' "$2" >"$dir/$1"
}
mail own.eml 'Boss <boss@buyer.example>'
mail supplier.eml 'Supplier <billing@supplier.example>'
scan() { # conf, mail, client, sender
    timeout 20 "$ringer" scan -c "$dir/$1.yaml" --json --client "$3" --sender "$4" "$dir/$2" >"$dir/out" 2>"$dir/err"
}
fact() { grep -q "\"$1\":$2" "$dir/out"; }

scan dns own.eml 192.0.2.1 boss@buyer.example
fact auth.own_spf '"pass"' && fact auth.dmarc '"pass"' && fact auth.aligned true && fact auth.spoof false && fact auth.unproven false
ok "own domain from its own server"
scan dns own.eml 198.51.100.1 boss@buyer.example
fact auth.own_spf '"fail"' && fact auth.dmarc '"fail"' && fact auth.spoof true && grep -q identity.spoof "$dir/out"
ok "own domain from a stranger"
scan dns own.eml 198.51.100.1 x@evil.example
fact auth.own_spf '"pass"' && fact auth.dmarc '"fail"' && fact auth.dmarc_policy '"reject"' && fact auth.spoof true
ok "SPF that passes for the forger's domain proves nothing about From"
scan dns supplier.eml 198.51.100.1 billing@supplier.example
fact auth.own_spf '"softfail"' && fact auth.dmarc_policy '"missing"' && fact auth.spoof false
ok "a softfail without a DMARC record is no spoof"
scan dns supplier.eml 192.0.2.1 billing@supplier.example
fact auth.own_spf '"pass"' && fact auth.aligned true
ok "a supplier from its own server"
scan dns own.eml 10.1.2.3 boss@buyer.example
! grep -q own_spf "$dir/out" && ! grep -q '"auth.spoof":true' "$dir/out"
ok "of internal clients nothing is asked"
scan dns own.eml 127.0.0.1 boss@buyer.example
! grep -q own_spf "$dir/out"
ok "of loopback nothing is asked"
scan off own.eml 198.51.100.1 boss@buyer.example
! grep -q own_spf "$dir/out" && ! grep -q unproven "$dir/out" && grep -q '"action":"pass"' "$dir/out"
ok "without DNS everything is unknown, and the mail passes"
before=$(date +%s%N)
scan silent own.eml 198.51.100.1 boss@buyer.example
after=$(date +%s%N)
! grep -q '"auth.spoof":true' "$dir/out" && ! grep -q '"auth.dmarc"' "$dir/out" && grep -q '"action"' "$dir/out" &&
    [ $(((after - before) / 1000000)) -lt 20000 ] # without a deadline it takes minutes
ok "DNS that does not answer: unknown within the deadline ($(((after - before) / 1000000)) ms with start-up)"
printf 'trust:\n  dns-servers: [localhost]\n' >"$dir/bad.yaml"
"$ringer" config check -c "$dir/bad.yaml" >"$dir/out" 2>&1
[ $? = 3 ] && grep -q "'localhost' is no DNS server's address" "$dir/out"
ok "a name in place of a DNS server's address is refused"
done_testing
