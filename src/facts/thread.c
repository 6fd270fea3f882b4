/*
 * Replies and threads: what the subject claims, what the headers support, and whether the sender's domain
 * looks like a domain in the quoted text (two lookalike domains inside one message need no configuration).
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "facts/families.h"
#include "facts/written.h"

enum { MAX_QUOTED = 32 }; /* quoted addresses looked at: a real thread seldom has more people */

/* Reply prefixes in the ten languages; "Fwd" forms claim no earlier part in a thread. */
static bool reply_subject(const char *subject)
{
    static const char *const prefixes[] = {"re",  "aw",  "sv",   "antw", "odp",  "rif",  "ref",  "rép",
                                           "rep", "res", "resp", "回复", "回覆", "答复", "答覆", "返信"};
    if (!subject)
        return false;
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        if (strncasecmp(subject, prefixes[i], n) != 0)
            continue;
        const char *rest = subject + n;
        while (*rest == ' ' || *rest == '[' || *rest == ']' || isdigit((unsigned char)*rest))
            rest++;
        if (*rest == ':' || strncmp(rest, "\xEF\xBC\x9A", 3) == 0 || strncmp(rest, "\xC2\xA0:", 3) == 0)
            return true;
    }
    return false;
}

static bool has_quoted(const struct message *m)
{
    for (size_t i = 0; i < m->n_texts; i++)
        if (m->texts[i].kind == TEXT_QUOTED && m->texts[i].text.n)
            return true;
    return false;
}

static void pair(struct fact_work *work)
{
    const struct message *m = work->message;
    const char *domains[MAX_QUOTED];
    size_t n = 0;
    if (!work->from || !*work->from->domain)
        return;
    for (size_t i = 0; i < m->n_quoted && i < MAX_QUOTED; i++)
        if (*m->quoted[i].mailbox.domain)
            domains[n++] = m->quoted[i].mailbox.domain;
    const struct lookalike_finding *best = lookalike_match_pairs(work->arena, work->from->domain, domains, n);
    facts_set_int(work->facts, FACT_THREAD_PAIR_SCORE, best ? best->score : 0);
    if (best) {
        best = fact_as_written(work->arena, best, work->from->written);
        facts_set_string(work->facts, FACT_THREAD_PAIR_TARGET, best->target);
        facts_set_string(work->facts, FACT_THREAD_PAIR_WHY, best->why);
        facts_set_string(work->facts, FACT_THREAD_PAIR_DIFFERS, best->differs);
    }
}

void facts_thread(struct fact_work *work)
{
    const struct message *m = work->message;
    bool subject = reply_subject(m->subject), quoted = has_quoted(m);
    bool headers = m->in_reply_to || m->n_references;
    facts_set_bool(work->facts, FACT_THREAD_QUOTED, quoted);
    facts_set_bool(work->facts, FACT_THREAD_CLAIMED, subject || headers || quoted);
    facts_set_bool(work->facts, FACT_THREAD_UNSUPPORTED, subject && !headers);
    pair(work);
}
