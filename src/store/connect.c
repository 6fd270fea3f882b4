/*
 * A connection that writes: the url picks the driver, the schema is brought forward step by step inside one
 * transaction, and a store written by a newer Ringer is refused.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#include "store/internal.h"
#include "store/schema.inc"

static const struct db_driver *const drivers[] = {&db_sqlite};
enum { N_DRIVERS = sizeof(drivers) / sizeof(*drivers) };

const struct db_driver *store_driver(const char *url, const char **where_r)
{
    for (size_t i = 0; i < N_DRIVERS; i++) {
        size_t n = strlen(drivers[i]->scheme);
        if (strncmp(url, drivers[i]->scheme, n) == 0 && url[n] == ':' && url[n + 1]) {
            *where_r = url + n + 1;
            return drivers[i];
        }
    }
    return NULL;
}

static int read_version(void *context, const struct db_value *columns, size_t n)
{
    *(int64_t *)context = n == 1 && columns[0].type == DB_INT ? columns[0].i : 0;
    return 0;
}

/* 0 when there is no schema yet. */
static int schema_version(struct db *db, int64_t *version_r, struct store_error *error)
{
    *version_r = 0;
    if (db->driver->run(db, SQL_SCHEMA_VERSION, NULL, 0, read_version, version_r, NULL, error) == 0)
        return 0;
    return error->cause == STORE_OTHER ? 0 : -1; /* no such table */
}

static int apply_steps(struct db *db, struct store_error *error)
{
    int64_t version;
    if (db->driver->script(db,
                           "CREATE TABLE IF NOT EXISTS ringer_schema (version BIGINT NOT NULL PRIMARY KEY, "
                           "applied_ms BIGINT NOT NULL)",
                           error) ||
        schema_version(db, &version, error))
        return -1;
    for (; version < N_SCHEMA_STEPS; version++) {
        struct db_value args[] = {value_int(version + 1), value_int(wall_ms())};
        if (db->driver->script(db, schema_steps[version], error) ||
            db->driver->run(db, SQL_SCHEMA_APPLIED, args, 2, NULL, NULL, NULL, error))
            return -1;
    }
    return 0;
}

static int migrate(struct store *store, struct db *db, struct store_error *error)
{
    int64_t version;
    if (schema_version(db, &version, error))
        return -1;
    if (version > N_SCHEMA_STEPS) {
        store_fail(error, STORE_INVALID, "%s: written by a newer Ringer (schema %lld, this one knows %d)",
                   store->url, (long long)version, N_SCHEMA_STEPS);
        return -1;
    }
    if (version == N_SCHEMA_STEPS)
        return 0;
    if (store->flags & STORE_RDONLY) {
        store_fail(error, STORE_INVALID, "%s: %s; start ringerd once, or open it for writing", store->url,
                   version ? "written by an older Ringer" : "no Ringer store");
        return -1;
    }
    if (version == 0 && !(store->flags & STORE_CREATE)) {
        store_fail(error, STORE_INVALID, "%s: no Ringer store; ringerd creates it when it first starts",
                   store->url);
        return -1;
    }
    if (db->driver->begin(db, error))
        return -1;
    if (apply_steps(db, error) == 0)
        return db->driver->commit(db, error);
    db->driver->rollback(db);
    return -1;
}

static int prepare(struct store *store, struct db *db, struct store_error *error)
{
    return store->flags & STORE_RDONLY ? 0 : history_make_key(store, db, error);
}

struct db *store_connect(struct store *store, struct store_error *error)
{
    unsigned flags = store->opened ? store->flags & ~(unsigned)STORE_CREATE : store->flags;
    struct db *db = store->driver->open(store->where, flags, error);
    if (!db)
        return NULL;
    if (migrate(store, db, error) || prepare(store, db, error)) {
        store->driver->close(db);
        return NULL;
    }
    store->opened = true;
    error->text[0] = '\0'; /* whatever was refused on the way, as the version of a file that is new */
    return db;
}

bool store_exists(const char *url)
{
    const char *where;
    return store_driver(url, &where) != &db_sqlite || access(where, F_OK) == 0;
}
