/*
 * Attachments: how many, what they are by content, and names that speak of bank details. Their text is
 * looked at together with the body's (facts/payment.c).
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "facts/families.h"

static bool is_program(const struct message_attachment *a)
{
    static const char *const endings[] = {".exe", ".scr", ".com", ".bat", ".cmd", ".js",  ".jse",
                                          ".vbs", ".vbe", ".wsf", ".hta", ".ps1", ".msi", ".jar",
                                          ".lnk", ".iso", ".img", ".vhd", ".pif", ".cpl", ".reg"};
    size_t n = strlen(a->filename);
    if (strcmp(a->sniffed, "exe") == 0)
        return true;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        size_t e = strlen(endings[i]);
        if (n > e && strcasecmp(a->filename + n - e, endings[i]) == 0)
            return true;
    }
    return false;
}

/* Latin words of the list stand between non-letters of the file name; others anywhere. */
static bool speaks_of_payment(struct fact_work *work, const char *filename)
{
    const struct wordset *names = work->sources->lists->payment_names;
    struct span folded = text_fold(work->arena, span_of(filename))->text;
    for (size_t i = 0; i < wordset_size(names); i++) {
        struct span word = span_of(wordset_at(names, i));
        const char *hit = folded.n >= word.n ? memmem(folded.p, folded.n, word.p, word.n) : NULL;
        if (!hit)
            continue;
        bool latin = (unsigned char)word.p[0] < 0x80;
        const char *end = hit + word.n;
        bool left = hit == folded.p || !(hit[-1] >= 'a' && hit[-1] <= 'z');
        bool right = end == folded.p + folded.n || !(*end >= 'a' && *end <= 'z');
        if (!latin || (left && right))
            return true;
    }
    return false;
}

/* Without a worker nobody knows what stands in the attachments: unknown, not "readable". */
static void reading(struct fact_work *work)
{
    const struct message *m = work->message;
    bool encrypted = false;
    if (!m->attachments_asked)
        return;
    facts_set_list_empty(work->facts, FACT_ATTACHMENT_UNREAD);
    for (size_t i = 0; i < m->n_attachments; i++) {
        const struct message_attachment *a = &m->attachments[i];
        if (a->status == ATTACHMENT_NOT_ASKED || a->status == ATTACHMENT_READ ||
            a->status == ATTACHMENT_CODES)
            continue;
        encrypted = encrypted || a->status == ATTACHMENT_ENCRYPTED;
        facts_add(work->facts, FACT_ATTACHMENT_UNREAD,
                  arena_printf(work->arena, "%s: %s", a->filename, attachment_status_name(a->status)));
    }
    facts_set_bool(work->facts, FACT_ATTACHMENT_ENCRYPTED, encrypted);
}

/* EPC069-12, the Swiss QR-bill, Pix (EMV), UPI: codes that a bank's app takes for an order to pay. */
static bool orders_payment(struct span code)
{
    return span_starts_nocase(code, SPAN_LIT("BCD\n")) || span_starts_nocase(code, SPAN_LIT("SPC\n")) ||
           span_starts_nocase(code, SPAN_LIT("000201")) || span_starts_nocase(code, SPAN_LIT("upi:"));
}

/* Hosts only: whole links, and what a payment says, would go into logs. */
static void codes(struct fact_work *work)
{
    const struct message *m = work->message;
    for (size_t i = 0; i < m->n_texts; i++) {
        struct span rest = m->texts[i].text, url;
        if (!m->texts[i].code)
            continue;
        bool link = false;
        for (; link_next(&rest, &url); link = true)
            facts_add(work->facts, FACT_ATTACHMENT_CODES,
                      link_make(work->arena, arena_span(work->arena, url), NULL).host);
        if (!link)
            facts_add(work->facts, FACT_ATTACHMENT_CODES,
                      orders_payment(m->texts[i].text) ? "payment" : "text");
    }
}

void facts_attachment(struct fact_work *work)
{
    const struct message *m = work->message;
    struct facts *facts = work->facts;
    facts_set_int(facts, FACT_ATTACHMENT_COUNT, (int64_t)m->n_attachments);
    facts_set_list_empty(facts, FACT_ATTACHMENT_TYPES);
    facts_set_list_empty(facts, FACT_ATTACHMENT_NAMES);
    for (size_t i = 0; i < m->n_attachments; i++) {
        const struct message_attachment *a = &m->attachments[i];
        facts_add(facts, FACT_ATTACHMENT_TYPES, *a->sniffed ? a->sniffed : a->type);
        if (*a->filename)
            facts_add(facts, FACT_ATTACHMENT_NAMES, a->filename);
        if (is_program(a))
            facts_set_string(facts, FACT_ATTACHMENT_PROGRAM, *a->filename ? a->filename : a->sniffed);
        if (speaks_of_payment(work, a->filename))
            facts_set_string(facts, FACT_ATTACHMENT_PAYMENT_NAME, a->filename);
    }
    codes(work);
    reading(work);
}
