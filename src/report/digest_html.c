/*
 * The digest as one HTML page. Everything from a mail goes through safetext_html; the page's own policy
 * (Content-Security-Policy) forbids scripts and anything from outside, should that ever be forgotten.
 */
#include <string.h>

#include "report/digest.h"
#include "report/safetext.h"
#include "report/when.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<title>Ringer report</title>\n<style>\n";

static const char style[] =
#include "report/digest.css.inc"
    ;

static void span_of_text(struct buf *out, const char *tag, const char *s)
{
    buf_printf(out, "<%s>", tag);
    safetext_html(out, s);
    buf_printf(out, "</%s>", tag);
}

/* Direction of the mail's text must not leak into the page: <bdi>. */
static void row(struct buf *out, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(out, "<dt>%s</dt><dd><bdi>", name);
    safetext_html(out, value);
    buf_adds(out, "</bdi></dd>\n");
}

static const char *const kind_class[DIGEST_KINDS] = {
    [DIGEST_HELD] = "held",     [DIGEST_WOULD_HOLD] = "held",  [DIGEST_REJECTED] = "held",
    [DIGEST_TAGGED] = "tagged", [DIGEST_WOULD_TAG] = "tagged", [DIGEST_RELEASED] = "done",
    [DIGEST_DELETED] = "done"};

static void tiles(struct buf *out, const struct digest *digest)
{
    buf_printf(out, "<ul class=\"tiles\"><li><b>%llu</b> judged</li>\n", (unsigned long long)digest->judged);
    for (int kind = 0; kind < DIGEST_KINDS; kind++)
        if (digest->count[kind] || kind == DIGEST_HELD || kind == DIGEST_TAGGED)
            buf_printf(out, "<li class=\"%s\"><b>%llu</b> %s</li>\n", kind_class[kind],
                       (unsigned long long)digest->count[kind], digest_kind_name((enum digest_kind)kind));
    buf_adds(out, "</ul>\n");
}

static void lookalikes(struct buf *out, const struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->n_lookalikes; i++) {
        const struct evidence_lookalike *l = &evidence->lookalikes[i];
        buf_adds(out,
                 "<table class=\"pair\"><tr><th scope=\"row\">in this mail</th><td class=\"fake\"><bdi>");
        safetext_html_marked(out, l->written);
        buf_adds(out, "</bdi></td><td class=\"note\">");
        if (l->where) {
            buf_adds(out, "in ");
            safetext_html(out, l->where);
        }
        buf_adds(out, "</td></tr>\n<tr><th scope=\"row\">genuine</th><td class=\"real\"><bdi>");
        safetext_html_marked(out, l->genuine);
        buf_adds(out, "</bdi></td><td class=\"note\">");
        safetext_html(out, l->whose);
        buf_adds(out, "</td></tr></table>\n");
    }
}

static void reasons(struct buf *out, const struct digest_entry *entry)
{
    struct arena *arena = arena_new();
    size_t n;
    const char *const *v = digest_reasons(arena, entry, &n);
    if (n)
        buf_adds(out, "<ul class=\"why\">\n");
    for (size_t i = 0; i < n; i++)
        span_of_text(out, "li", v[i]);
    if (n)
        buf_adds(out, "</ul>\n");
    arena_free(&arena);
}

static void what_to_do(struct buf *out, const struct digest_entry *entry)
{
    char when[WHEN_SIZE];
    if (entry->changed_by) {
        buf_printf(out, "<p class=\"todo\">%s %s by <bdi>", digest_kind_name(entry->kind),
                   when_local(entry->changed_ms, when));
        safetext_html(out, entry->changed_by);
        buf_adds(out, "</bdi></p>\n");
    }
    if (entry->kind != DIGEST_HELD || !entry->id)
        return;
    if (entry->last_error) {
        buf_adds(out, "<p class=\"todo\">The last release failed: <bdi>");
        safetext_html(out, entry->last_error);
        buf_adds(out, "</bdi></p>\n");
    }
    buf_printf(out,
               "<p class=\"todo\">If it turns out to be genuine: <code>ringer quarantine release "
               "%.10s</code></p>\n",
               entry->id);
}

static void recipients(struct buf *out, const struct store_mail *mail)
{
    if (mail->n_rcpts == 0)
        return;
    buf_adds(out, "<dt>To</dt><dd>");
    for (size_t i = 0; i < mail->n_rcpts; i++) {
        buf_adds(out, i ? ", " : "");
        span_of_text(out, "bdi", mail->rcpts[i]);
    }
    buf_adds(out, "</dd>\n");
}

static void card(struct buf *out, const struct digest_entry *entry)
{
    char when[WHEN_SIZE];
    struct arena *arena = arena_new();
    const struct store_mail *mail = &entry->mail;
    buf_printf(out, "<article class=\"%s\">\n<header><span class=\"kind\">%s</span><time>%s</time>",
               kind_class[entry->kind], digest_kind_name(entry->kind), when_local(mail->time_ms, when));
    buf_printf(out, "<span class=\"score\">score %d</span></header>\n<h2><bdi>", mail->score);
    safetext_html(out, mail->subject && *mail->subject ? mail->subject : "(no subject)");
    buf_adds(out, "</bdi></h2>\n<dl>\n");
    row(out, "From", mail->from ? mail->from : mail->from_domain);
    row(out, "Sent as", mail->sender && !*mail->sender ? "<>" : mail->sender);
    recipients(out, mail);
    row(out, "Campaign", digest_campaign(arena, entry));
    buf_adds(out, "</dl>\n");
    lookalikes(out, &entry->evidence);
    reasons(out, entry);
    what_to_do(out, entry);
    buf_adds(out, "</article>\n");
    arena_free(&arena);
}

static void advice(struct buf *out, const struct digest *digest)
{
    if (digest->n == 0)
        buf_adds(out, "<p class=\"none\">Nothing was held or tagged in this time.</p>\n");
    else
        buf_adds(
            out,
            "<p class=\"advice\"><strong>Before you act on any of these:</strong> do not answer, and do not "
            "use telephone numbers or links in the message. Call the company on a number that you "
            "already had. Release a message only then.</p>\n");
}

void digest_html(const struct digest *digest, struct buf *out)
{
    char since[WHEN_SIZE], until[WHEN_SIZE];
    buf_adds(out, head);
    buf_adds(out, style);
    buf_printf(
        out, "</style>\n</head>\n<body>\n<main>\n<h1>Ringer report</h1>\n<p class=\"period\">%s to %s</p>\n",
        when_local(digest->since_ms, since), when_local(digest->until_ms, until));
    tiles(out, digest);
    advice(out, digest);
    for (size_t i = 0; i < digest->n; i++)
        card(out, &digest->v[i]);
    if (digest->left_out)
        buf_printf(out, "<p class=\"none\">%llu more are not shown; choose a shorter time.</p>\n",
                   (unsigned long long)digest->left_out);
    buf_adds(out, "</main>\n</body>\n</html>\n");
}
