/*
 * A row of release_pass: (name, item, until_ms, rcpts, seal). name = H(secret, "name"), seal = H(secret, "seal", name,
 * item, until, recipients, digest of the bytes), with H keyed BLAKE2b. Using a pass deletes its row: of two that come
 * at once, one deletes.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"

#include "store/internal.h"
#include "store/pass.h"

_Static_assert(PASS_BYTES == crypto_generichash_KEYBYTES, "a secret is a key");
_Static_assert(PASS_BYTES == crypto_generichash_BYTES, "a name is a hash");

void pass_digest_begin(struct pass_digest *digest)
{
    crypto_generichash_init(&digest->state, NULL, 0, PASS_BYTES);
}

void pass_digest_add(struct pass_digest *digest, struct span bytes)
{
    while (bytes.n) {
        size_t n = 0;
        while (n < bytes.n && bytes.p[n] != '\r' && bytes.p[n] != '\n')
            n++;
        crypto_generichash_update(&digest->state, (const unsigned char *)bytes.p, n);
        n += n < bytes.n;
        bytes.p += n;
        bytes.n -= n;
    }
}

struct row {
    const char *name, *item, *rcpts; /* rcpts: a line each */
    int64_t until_ms;
    unsigned char seal[PASS_BYTES];
};

static bool key_of(const char *secret, unsigned char key_r[PASS_BYTES])
{
    size_t n = 0;
    const char *end = NULL;
    return sodium_hex2bin(key_r, PASS_BYTES, secret, strnlen(secret, PASS_TEXT_SIZE), NULL, &n, &end) == 0 &&
           n == PASS_BYTES && !*end;
}

static void name_of(const unsigned char key[PASS_BYTES], char name_r[PASS_TEXT_SIZE])
{
    unsigned char hash[PASS_BYTES];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)"name", 4, key, PASS_BYTES);
    sodium_bin2hex(name_r, PASS_TEXT_SIZE, hash, sizeof(hash));
}

static void add_text(crypto_generichash_state *state, const char *text)
{
    crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1); /* the NUL parts them */
}

static void seal(const unsigned char key[PASS_BYTES], const struct row *row, struct pass_digest *digest,
                 unsigned char seal_r[PASS_BYTES])
{
    crypto_generichash_state state;
    unsigned char bytes[PASS_BYTES];
    char until[24];
    struct pass_digest copy = *digest; /* it can be asked again */
    crypto_generichash_final(&copy.state, bytes, sizeof(bytes));
    snprintf(until, sizeof(until), "%lld", (long long)row->until_ms);
    crypto_generichash_init(&state, key, PASS_BYTES, PASS_BYTES);
    add_text(&state, "seal");
    add_text(&state, row->name);
    add_text(&state, row->item);
    add_text(&state, until);
    add_text(&state, row->rcpts);
    crypto_generichash_update(&state, bytes, sizeof(bytes));
    crypto_generichash_final(&state, seal_r, PASS_BYTES);
}

/* --- the side that releases */

static int issue_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    const struct row *row = arg;
    struct db_value old[] = {value_text(store->tenant), value_int(wall_ms())};
    struct db_value args[] = {
        value_text(store->tenant), value_text(row->name),
        value_text(row->item),     value_int(row->until_ms),
        value_text(row->rcpts),    value_bytes((struct span){(const char *)row->seal, sizeof(row->seal)})};
    return db->driver->run(db, SQL_PASS_OLD, old, 2, NULL, NULL, NULL, error) ||
                   db->driver->run(db, SQL_PASS_PUT, args, 6, NULL, NULL, NULL, error)
               ? -1
               : 0;
}

int store_pass_issue(struct store *store, const char *item, struct pass_digest *digest,
                     const char *const *rcpts, size_t n_rcpts, struct pass *pass_r, struct store_error *error)
{
    unsigned char key[PASS_BYTES];
    struct arena *arena = arena_new();
    struct buf lines = {0};
    randombytes_buf(key, sizeof(key));
    sodium_bin2hex(pass_r->secret, sizeof(pass_r->secret), key, sizeof(key));
    name_of(key, pass_r->name);
    for (size_t i = 0; i < n_rcpts; i++)
        buf_printf(&lines, "%s\n", rcpts[i]);
    struct row row = {.name = pass_r->name, .item = item, .until_ms = wall_ms() + PASS_MS};
    row.rcpts = value_foreign(arena, lines.n ? lines.p : "").s.p;
    seal(key, &row, digest, row.seal);
    int result = writer_run(store, issue_job, &row, 0, error);
    buf_free(&lines);
    arena_free(&arena);
    return result;
}

struct take {
    const char *name;
    uint64_t taken;
};

static int take_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct take *take = arg;
    struct db_value args[] = {value_text(store->tenant), value_text(take->name)};
    return db->driver->run(db, SQL_PASS_TAKE, args, 2, NULL, NULL, &take->taken, error);
}

int store_pass_withdraw(struct store *store, const struct pass *pass, bool *used_r, struct store_error *error)
{
    struct take take = {.name = pass->name};
    int result = writer_run(store, take_job, &take, 0, error);
    *used_r = result == 0 && take.taken == 0;
    return result;
}

/* --- the side that lets through */

struct reading {
    struct arena *arena;
    struct row row;
    bool found;
};

static int read_row(void *context, const struct db_value *c, size_t n_columns)
{
    struct reading *r = context;
    r->found = c[3].s.n == PASS_BYTES;
    r->row.item = arena_span(r->arena, c[0].s);
    r->row.until_ms = c[1].i;
    r->row.rcpts = arena_span(r->arena, c[2].s);
    if (r->found)
        memcpy(r->row.seal, c[3].s.p, PASS_BYTES);
    return 0;
}

/* Of a pass that has not ended. */
static int find(struct store *store, const char *name, struct reading *r, struct store_error *error)
{
    struct db_value args[] = {value_text(store->tenant), value_text(name), value_int(wall_ms())};
    r->row.name = name;
    return reader_query(store, SQL_PASS_GET, args, 3, read_row, r, error);
}

int store_pass_named(struct store *store, const char *name, struct store_error *error)
{
    unsigned char ignored[PASS_BYTES];
    if (!key_of(name, ignored)) /* not even its form: no question to the store */
        return 0;
    struct reading r = {.arena = arena_new()};
    int failed = find(store, name, &r, error);
    arena_free(&r.arena);
    return failed ? -1 : r.found;
}

int store_pass_open(struct store *store, const char *secret, struct store_error *error)
{
    unsigned char key[PASS_BYTES];
    char name[PASS_TEXT_SIZE];
    if (!key_of(secret, key))
        return 0;
    name_of(key, name);
    return store_pass_named(store, name, error);
}

static bool is_among(const char *rcpts, const char *address)
{
    struct span lines = span_of(rcpts);
    while (lines.n)
        if (span_eq_nocase(span_cut(&lines, '\n'), span_of(address)))
            return true;
    return false;
}

static bool fits(const unsigned char key[PASS_BYTES], const struct row *row, struct pass_digest *digest,
                 const char *const *rcpts, size_t n_rcpts)
{
    unsigned char expected[PASS_BYTES];
    seal(key, row, digest, expected);
    bool good = sodium_memcmp(expected, row->seal, PASS_BYTES) == 0 && n_rcpts > 0;
    for (size_t i = 0; i < n_rcpts && good; i++)
        good = is_among(row->rcpts, rcpts[i]);
    return good;
}

int store_pass_use(struct store *store, struct arena *arena, const char *secret, struct pass_digest *digest,
                   const char *const *rcpts, size_t n_rcpts, const char **item_r, struct store_error *error)
{
    unsigned char key[PASS_BYTES];
    char name[PASS_TEXT_SIZE];
    struct reading r = {.arena = arena};
    if (!key_of(secret, key))
        return 1;
    name_of(key, name);
    if (find(store, name, &r, error))
        return -1;
    if (!r.found || !fits(key, &r.row, digest, rcpts, n_rcpts))
        return 1;
    struct take take = {.name = name};
    if (writer_run(store, take_job, &take, 0, error))
        return -1;
    *item_r = r.row.item;
    return take.taken == 1 ? 0 : 1;
}
