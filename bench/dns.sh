#!/bin/sh
# Part of make bench: what SPF and DMARC cost when every message comes from a domain that no cache knows. Three ringerds
# side by side in one run: asking nobody, asking a DNS server on loopback, asking one that never answers.
#   bench/dns.sh [BUILD-FOLDER]
#   BENCH_MESSAGES, BENCH_ROUNDS   messages a round, rounds (10000, 3)
set -eu
build=$(cd "${1:-.}" && pwd)
src=$(cd "$(dirname "$0")/.." && pwd)
export RINGER_DATADIR="$src"
. "$src/bench/wait.sh"
messages=${BENCH_MESSAGES:-10000}
rounds=${BENCH_ROUNDS:-3}
pids=
dir=$(mktemp -d)
# shellcheck disable=SC2086 # a list of numbers
trap 'kill $pids 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo "== SPF and DMARC: 16 connections, 4 KB text, $messages messages a round, each from a new domain"
command -v python3 >/dev/null && [ -x /usr/sbin/unbound ] || { echo "  not run: needs unbound and python3"; exit 0; }

# A server that takes questions and says nothing, and a free port for the one that answers.
python3 - "$dir" <<'PY' &
import signal, socket, sys
silent, free = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
for s in silent, free:
    s.bind(("127.0.0.1", 0))
open(sys.argv[1] + "/port", "w").write(str(free.getsockname()[1]))
free.close()
open(sys.argv[1] + "/silent", "w").write(str(silent.getsockname()[1]))
signal.pause()
PY
pids=$!
tries=0
until [ -s "$dir/silent" ]; do
    tries=$((tries + 1))
    [ $tries -lt 500 ] || exit 1
    sleep 0.01
done
cat >"$dir/unbound.conf" <<CONF
server:
 username: ""
 chroot: ""
 directory: "$dir"
 pidfile: ""
 use-syslog: no
 logfile: "$dir/unbound.log"
 interface: 127.0.0.1@$(cat "$dir/port")
 do-ip6: no
 num-threads: 1
 module-config: "iterator"
 local-zone: "example." redirect
 local-data: 'example. TXT "v=spf1 ip4:192.0.2.0/24 ~all"'
 local-data: 'example. TXT "v=DMARC1; p=none"'
remote-control:
 control-enable: no
CONF
/usr/sbin/unbound -d -c "$dir/unbound.conf" &
pids="$pids $!"

user=
if [ "$(id -u)" = 0 ]; then # ringerd does not run as root
    user="user: nobody, "
    chmod 755 "$dir"
fi
serve() { # NAME DNS-SERVERS
    mkdir "$dir/$1"
    cat >"$dir/$1.yaml" <<CONF
mode: monitor
protect: {own-domains: [buyer.example]}
trust: {dns-servers: $2}
quarantine: {store: "sqlite:$dir/$1/ringer.db"}
milter: {socket: "unix:$dir/$1.sock", max-connections: 1000}
daemon: {${user}control-socket: "$dir/$1.control", log: stderr, log-level: warning}
CONF
    [ -z "$user" ] || chown nobody "$dir" "$dir/$1"
    "$build/ringerd" -f -c "$dir/$1.yaml" 2>"$dir/$1.log" &
    pids="$pids $!"
    wait_for "$dir/$1.sock" "$dir/$1.log"
}
load() { # NAME MESSAGES
    "$build/bench/milter_load" -n "$dir/$1.sock" 16 "$2" 2>"$dir/$1.answers"
}
serve off "[]"
serve answers "[127.0.0.1@$(cat "$dir/port")]"
serve dead "[127.0.0.1@$(cat "$dir/silent")]"
for name in off answers dead; do
    load $name 64 >/dev/null # the workers start; the dead resolver is noticed
done
i=0
while [ $i -lt "$rounds" ]; do
    off=$(load off "$messages")
    answers=$(load answers "$messages")
    dead=$(load dead "$messages")
    awk -v off="$off" -v a="$answers" -v d="$dead" 'BEGIN {
        printf "  off %6d/s   answers %6d/s, ratio %.2f (budget: 0.70)   dead %6d/s, ratio %.2f (budget: 0.95)\n", off, a, a / off, d, d / off }'
    i=$((i + 1))
done
"$build/ringer" status -s "$dir/answers.control" | awk '/SPF and DMARC/ { on = 1 } on && ($1 == "asked" || $1 == "ok") { printf "  %s %s", $1, $2 } END { print "  (questions of the server that answers)" }'
