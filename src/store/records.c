/*
 * Reading decisions and the audit trail back, page by page, and dropping what is old.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#include "store/audit.h"
#include "store/internal.h"
#include "store/records.h"

enum { DECISION_PAGE = 200 }; /* the LIMIT of DECISION_LIST */

struct page {
    struct arena *arena;
    struct decision *v;
    size_t n;
};

static int split_rcpts(struct arena *arena, const struct db_value *value, struct store_mail *mail)
{
    struct span rest = value->s;
    size_t n = 1;
    if (value->type != DB_TEXT)
        return 0;
    for (size_t i = 0; i < rest.n; i++)
        n += rest.p[i] == '\n';
    const char **v = arena_array(arena, n, sizeof(*v));
    for (size_t i = 0; i < n; i++)
        v[i] = arena_span(arena, span_cut(&rest, '\n'));
    mail->rcpts = v;
    mail->n_rcpts = n;
    return 0;
}

static int add_decision(void *context, const struct db_value *c, size_t n_columns)
{
    struct page *page = context;
    struct decision *d = &page->v[page->n++];
    const struct db_value *quarantine_id = &c[2 + MAIL_COLUMNS];
    snprintf(d->id, sizeof(d->id), "%.*s", (int)c[0].s.n, c[0].s.p);
    mail_from_values(page->arena, c + 1, &d->mail);
    split_rcpts(page->arena, &c[1 + MAIL_COLUMNS], &d->mail);
    if (quarantine_id->type == DB_TEXT)
        snprintf(d->quarantine_id, sizeof(d->quarantine_id), "%.*s", (int)quarantine_id->s.n,
                 quarantine_id->s.p);
    return page->n == DECISION_PAGE;
}

/* The page behind (*after_ms, after_id), which move to its end. */
static int next_page(struct store *store, const struct decision_filter *filter, int64_t *after_ms,
                     char after_id[STORE_ID_SIZE], struct page *page, struct store_error *error)
{
    struct db_value args[] = {
        value_text(store->tenant), value_int(filter->until_ms ? filter->until_ms : INT64_MAX),
        value_text(filter->action ? filter->action : ""), value_int(*after_ms), value_text(after_id)};
    page->n = 0;
    page->v = arena_array(page->arena, DECISION_PAGE, sizeof(*page->v));
    if (reader_query(store, SQL_DECISION_LIST, args, 5, add_decision, page, error))
        return -1;
    if (page->n > 0) {
        *after_ms = page->v[page->n - 1].mail.time_ms;
        memcpy(after_id, page->v[page->n - 1].id, STORE_ID_SIZE);
    }
    return 0;
}

int store_decision_each(struct store *store, const struct decision_filter *filter,
                        int (*row)(void *context, const struct decision *decision), void *context,
                        struct store_error *error)
{
    struct page page = {.arena = arena_new()};
    char after_id[STORE_ID_SIZE] = "";
    int64_t after_ms = filter->since_ms;
    int result, stop = 0;
    do {
        arena_reset(page.arena);
        result = next_page(store, filter, &after_ms, after_id, &page, error);
        for (size_t i = 0; i < page.n && result == 0 && !stop; i++)
            stop = row(context, &page.v[i]);
    } while (result == 0 && !stop && page.n == DECISION_PAGE);
    arena_free(&page.arena);
    return result;
}

struct drop {
    int64_t before_ms;
    uint64_t n;
};

static int drop_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    struct drop *drop = arg;
    struct db_value args[] = {value_text(store->tenant), value_int(drop->before_ms)};
    return db->driver->run(db, SQL_DECISION_DROP, args, 2, NULL, NULL, &drop->n, error);
}

int store_decision_purge(struct store *store, int64_t before_ms, uint64_t *removed_r,
                         struct store_error *error)
{
    struct drop drop = {.before_ms = before_ms};
    int result = 0;
    bool more = true;
    *removed_r = 0;
    while (result == 0 && more && !store_leaves(store)) {
        drop.n = 0;
        result = writer_free(store, drop_job, &drop, error);
        *removed_r += result == 0 ? drop.n : 0;
        more = drop.n > 0;
    }
    if (*removed_r)
        writer_tidy(store);
    return result;
}

int audit_in_job(struct store *store, struct db *db, const struct audit_row *row, struct store_error *error)
{
    char id[STORE_ID_SIZE];
    store_new_id(id);
    struct db_value args[] = {
        value_text(store->tenant), value_text(id),        value_int(row->time_ms ? row->time_ms : wall_ms()),
        value_text(row->who),      value_text(row->what), value_text(row->item),
        value_text(row->detail)};
    return db->driver->run(db, SQL_AUDIT_PUT, args, 7, NULL, NULL, NULL, error);
}

static int audit_job(struct store *store, struct db *db, void *arg, struct store_error *error)
{
    return audit_in_job(store, db, arg, error);
}

int store_audit_put(struct store *store, const struct audit_row *row, struct store_error *error)
{
    struct arena *arena = arena_new();
    struct audit_row valid = {row->time_ms, value_foreign(arena, row->who).s.p, row->what, row->item,
                              value_foreign(arena, row->detail).s.p};
    int result = writer_run(store, audit_job, &valid, 0, error);
    arena_free(&arena);
    return result;
}

struct audit_rows {
    struct arena *arena;
    struct audit_row *v;
    size_t n, cap;
};

static int add_audit(void *context, const struct db_value *c, size_t n_columns)
{
    struct audit_rows *rows = context;
    if (rows->n == rows->cap) {
        size_t cap = rows->cap ? rows->cap * 2 : 16;
        rows->v = arena_grow(rows->arena, rows->v, rows->n, cap, sizeof(*rows->v));
        rows->cap = cap;
    }
    rows->v[rows->n++] =
        (struct audit_row){c[0].i, column_text(rows->arena, &c[1]), column_text(rows->arena, &c[2]),
                           column_text(rows->arena, &c[3]), column_text(rows->arena, &c[4])};
    return 0;
}

int store_audit_list(struct store *store, struct arena *arena, const char *item, int64_t since_ms,
                     struct audit_list *list_r, struct store_error *error)
{
    struct audit_rows rows = {.arena = arena};
    struct db_value args[] = {value_text(store->tenant), value_int(since_ms), value_text(item ? item : "")};
    if (reader_query(store, SQL_AUDIT_LIST, args, 3, add_audit, &rows, error))
        return -1;
    *list_r = (struct audit_list){rows.v, rows.n};
    return 0;
}
