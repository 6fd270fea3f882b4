# Sourced by the benches.
wait_for() { # SOCKET LOG
    tries=0
    until [ -S "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || { echo "bench: $1 does not come up" >&2; cat "$2" >&2; exit 1; }
        sleep 0.01
    done
}
