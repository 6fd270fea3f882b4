#!/bin/sh
# The schema and every statement are understood by a real PostgreSQL, with the parameter types that we bind.
set -u
. "${abs_top_srcdir:-.}/tests/tap.sh"
tool=$build/tests/store/store_tool
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb 2>/dev/null || echo /nonexistent/initdb)")
[ -x "$bin/initdb" ] || skip_all "no PostgreSQL server here"
as=
if [ "$(id -u)" = 0 ]; then # its server refuses root
    id postgres >/dev/null 2>&1 || skip_all "root, and no user postgres"
    as="runuser -u postgres --"
fi
at_exit() { $as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; }
[ -z "$as" ] || chown postgres "$dir"
cd "$dir" || exit 1
$as "$bin/initdb" -D "$dir/data" -A trust -N >"$dir/log" 2>&1 &&
    $as "$bin/pg_ctl" -D "$dir/data" -o "-k $dir -h '' -F" -l "$dir/server.log" -w start >>"$dir/log" 2>&1
if [ $? != 0 ]; then
    sed 's/^/# /' "$dir/log"
    echo "Bail out! PostgreSQL does not start"
    exit 1
fi
{
    echo "CREATE TABLE ringer_schema (version BIGINT NOT NULL PRIMARY KEY, applied_ms BIGINT NOT NULL);"
    cat "$top/src/store/schema.sql"
    "$tool" sql POSTGRESQL
    echo "SELECT 'prepared ' || count(*) FROM pg_prepared_statements;"
    echo "SELECT 'types ' || string_agg(DISTINCT t::text, ' ' ORDER BY t::text) FROM pg_prepared_statements, unnest(parameter_types) t;"
} | $as "$bin/psql" -h "$dir" -d postgres -q -A -t -v ON_ERROR_STOP=1 >"$dir/out" 2>&1
status=$?
[ $status = 0 ] && grep -qx "prepared $("$tool" sql POSTGRESQL | wc -l)" "$dir/out"
ok "schema and statements"
grep -qx 'types bigint bytea text' "$dir/out"
ok "parameters are bigint, bytea and text only"
done_testing
