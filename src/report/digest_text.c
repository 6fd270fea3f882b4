/*
 * The digest as plain text, for a terminal or a mail.
 */
#include <string.h>

#include "report/digest.h"
#include "report/safetext.h"
#include "report/when.h"

static void field(struct buf *out, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(out, "  %-11s", name);
    safetext_plain(out, value);
    buf_addc(out, '\n');
}

static void one_side(struct buf *out, const char *indent, const char *label, const char *domain,
                     const char *note, bool colour)
{
    struct buf carets = {0};
    buf_printf(out, "%s%-11s", indent, label);
    safetext_marked(out, domain, colour ? "\033[1;31m" : "", colour ? "\033[0m" : "");
    if (note) {
        buf_adds(out, "   (");
        safetext_plain(out, note);
        buf_addc(out, ')');
    }
    buf_addc(out, '\n');
    safetext_carets(&carets, domain);
    if (carets.n)
        buf_printf(out, "%s%-11s%s\n", indent, "", carets.p);
    buf_free(&carets);
}

void digest_side_by_side(const struct evidence *evidence, struct buf *out, const char *indent, bool colour)
{
    for (size_t i = 0; i < evidence->n_lookalikes; i++) {
        const struct evidence_lookalike *l = &evidence->lookalikes[i];
        struct buf where = {0};
        if (l->where)
            buf_printf(&where, "in %s", l->where);
        one_side(out, indent, "Written", l->written, where.p, colour);
        one_side(out, indent, "Genuine", l->genuine, l->whose, colour);
        buf_free(&where);
    }
}

static void rcpts(struct buf *out, const struct store_mail *mail)
{
    struct buf all = {0};
    for (size_t i = 0; i < mail->n_rcpts; i++)
        buf_printf(&all, "%s%s", i ? ", " : "", mail->rcpts[i]);
    field(out, "To", all.p);
    buf_free(&all);
}

static void what_to_do(struct buf *out, const struct digest_entry *entry)
{
    char when[WHEN_SIZE];
    if (entry->changed_by) {
        buf_printf(out, "  %-11s%s ", "Done", digest_kind_name(entry->kind));
        buf_printf(out, "%s by ", when_local(entry->changed_ms, when));
        safetext_plain(out, entry->changed_by);
        buf_addc(out, '\n');
    }
    if (entry->kind != DIGEST_HELD || !entry->id)
        return;
    field(out, "Last try", entry->last_error);
    buf_printf(out, "  %-11sringer quarantine release %.10s\n", "If genuine", entry->id);
}

static void entry_text(struct buf *out, const struct digest_entry *entry, bool colour)
{
    struct arena *arena = arena_new();
    char when[WHEN_SIZE];
    size_t n;
    const char *const *reasons = digest_reasons(arena, entry, &n);
    const struct store_mail *mail = &entry->mail;
    buf_printf(out, "\n%s%s%s  %s  score %d%s%.10s\n", colour ? "\033[1m" : "", digest_kind_name(entry->kind),
               colour ? "\033[0m" : "", when_local(mail->time_ms, when), mail->score,
               entry->id ? "  id " : "", entry->id ? entry->id : "");
    field(out, "From", mail->from ? mail->from : mail->from_domain);
    field(out, "Sender", mail->sender && !*mail->sender ? "<>" : mail->sender);
    rcpts(out, mail);
    field(out, "Subject", mail->subject);
    for (size_t i = 0; i < n; i++)
        field(out, i ? "" : "Why", reasons[i]);
    field(out, "Campaign", digest_campaign(arena, entry));
    digest_side_by_side(&entry->evidence, out, "  ", colour);
    what_to_do(out, entry);
    arena_free(&arena);
}

void digest_text(const struct digest *digest, struct buf *out, bool colour)
{
    char since[WHEN_SIZE], until[WHEN_SIZE];
    buf_printf(out, "Ringer report, %s to %s\n", when_local(digest->since_ms, since),
               when_local(digest->until_ms, until));
    buf_printf(out, "%llu judged", (unsigned long long)digest->judged);
    for (int kind = 0; kind < DIGEST_KINDS; kind++)
        if (digest->count[kind] || kind == DIGEST_HELD || kind == DIGEST_TAGGED)
            buf_printf(out, ", %llu %s", (unsigned long long)digest->count[kind],
                       digest_kind_name((enum digest_kind)kind));
    buf_addc(out, '\n');
    for (size_t i = 0; i < digest->n; i++)
        entry_text(out, &digest->v[i], colour);
    if (digest->left_out)
        buf_printf(out, "\n%llu more are not shown; choose a shorter time with --since.\n",
                   (unsigned long long)digest->left_out);
    if (digest->n)
        buf_adds(out,
                 "\nDo not answer these messages, and do not use telephone numbers or links in them. Ask\n"
                 "the company on a number that you already had. Only then release.\n");
}
