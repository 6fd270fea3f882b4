/*
 * Decisions as CSV. Columns are one table, so that head and rows cannot drift apart.
 */
#include <stdio.h>
#include <string.h>

#include "report/csv.h"
#include "report/evidence.h"
#include "report/safetext.h"
#include "report/when.h"

static const struct {
    const char *name;
    size_t offset; /* of a const char * in struct store_mail */
} texts[] = {
#define COLUMN(name)                                                                                         \
    {                                                                                                        \
#name, offsetof(struct store_mail, name)                                                             \
    }
    COLUMN(action),      COLUMN(verdict),   COLUMN(axes),   COLUMN(queue_id),
    COLUMN(message_id),  COLUMN(client_ip), COLUMN(sender), COLUMN(from),
    COLUMN(from_domain), COLUMN(subject),   COLUMN(reason),
#undef COLUMN
};
enum { N_TEXTS = sizeof(texts) / sizeof(*texts) };

void csv_head(struct buf *out)
{
    buf_adds(out, "time,score");
    for (size_t i = 0; i < N_TEXTS; i++)
        buf_printf(out, ",%s", texts[i].name);
    buf_adds(out, ",recipients,rules,quarantine_id\r\n");
}

static void add_list(struct buf *out, const char *const *v, size_t n)
{
    struct buf joined = {0};
    for (size_t i = 0; i < n; i++)
        buf_printf(&joined, "%s%s", i ? " " : "", v[i]);
    safetext_csv(out, joined.p);
    buf_free(&joined);
}

static void add_rules(struct buf *out, const struct store_mail *mail)
{
    struct arena *arena = arena_new();
    struct evidence evidence = evidence_read(arena, mail);
    const char **ids = arena_array(arena, evidence.n_rules, sizeof(*ids));
    for (size_t i = 0; i < evidence.n_rules; i++)
        ids[i] = evidence.rules[i].id;
    add_list(out, ids, evidence.n_rules);
    arena_free(&arena);
}

void csv_decision(struct buf *out, const struct decision *decision)
{
    char when[WHEN_SIZE];
    const struct store_mail *mail = &decision->mail;
    buf_printf(out, "%s,%d", when_utc(mail->time_ms, when), mail->score);
    for (size_t i = 0; i < N_TEXTS; i++) {
        const char *text;
        memcpy(&text, (const char *)mail + texts[i].offset, sizeof(text));
        buf_addc(out, ',');
        safetext_csv(out, text);
    }
    buf_addc(out, ',');
    add_list(out, mail->rcpts, mail->n_rcpts);
    buf_addc(out, ',');
    add_rules(out, mail);
    buf_printf(out, ",%s\r\n", decision->quarantine_id);
}
