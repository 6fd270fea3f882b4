# What the tests written in sh share: test lines in TAP, the programs, and a folder that goes with the test.
#   . "${abs_top_srcdir:-.}/tests/tap.sh"
# shellcheck disable=SC2034 # what is set here is used there
# Sets $top and $build (absolute), $ringer, and $dir. A test may define at_exit(), which comes before $dir goes.
# What the commands said is looked for in $dir/out and $dir/err, and follows a "not ok".
top=${abs_top_srcdir:-$(pwd)}
build=${abs_top_builddir:-$(pwd)}
ringer=$build/ringer
tap_n=0
at_exit() { :; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/ringer-test.XXXXXX") || exit 1
trap 'at_exit; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

tap_line() { # STATUS NAME
    tap_n=$((tap_n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tap_n - $2"
        return
    fi
    echo "not ok $tap_n - $2"
    for tap_file in "$dir/out" "$dir/err"; do
        [ ! -s "$tap_file" ] || head -c 4000 "$tap_file" | sed 's/^/# /;$a\'
    done
}
# ok NAME [COMMAND...]: did the command succeed, or without one, the command before?
ok() {
    tap_status=$?
    tap_name=$1
    shift
    if [ $# -gt 0 ]; then
        "$@"
        tap_status=$?
    fi
    tap_line $tap_status "$tap_name"
}
# says NAME CODE WORDS COMMAND...: does it exit with CODE and print WORDS (as they are, on either stream)?
says() {
    tap_name=$1 tap_code=$2 tap_words=$3
    shift 3
    "$@" >"$dir/out" 2>&1
    tap_status=$?
    if [ $tap_status = "$tap_code" ] && grep -qF -- "$tap_words" "$dir/out"; then
        tap_line 0 "$tap_name"
    else
        tap_line 1 "$tap_name (exit $tap_status)"
    fi
}
skip() { # NAME WHY
    tap_n=$((tap_n + 1))
    echo "ok $tap_n - $1 # SKIP $2"
}
skip_all() { # WHY
    echo "1..0 # SKIP $1"
    exit 0
}
# At the end of each test: without its line the harness knows that the test did not come so far.
done_testing() {
    echo "1..$tap_n"
}
