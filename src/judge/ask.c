/*
 * What a judgement asks of others: the workers for the text of attachments, the DNS for authentication, the store for
 * history. Nobody is waited for beyond a deadline; an answer that does not come leaves its facts unknown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#include "lookalike/domain.h"

#include "judge/ask.h"
#include "judge/passwords.h"

enum {
    SHARE_LEAST_MS =
        200, /* of one attachment: a worker that must start first takes as long on a busy machine */
    CPU_MS =
        1200, /* of the workers for all attachments of a message, so that no mail takes more than 2 s in all */
    SCAN_BYTES = 40,    /* of text, below which pages count as pictures */
    DRAWN_BYTES = 2048, /* of a PDF: a page that shows a letter without text has more, however it is packed */
};

enum attachment_status ask_status(enum worker_status status)
{
    static const enum attachment_status statuses[] = {
        [WORKER_OK] = ATTACHMENT_READ,
        [WORKER_ENCRYPTED] = ATTACHMENT_ENCRYPTED,
        [WORKER_BROKEN] = ATTACHMENT_BROKEN,
        [WORKER_TOO_BIG] = ATTACHMENT_TOO_BIG,
        [WORKER_TIMEOUT] = ATTACHMENT_TIMEOUT,
        [WORKER_DIED] = ATTACHMENT_DIED,
        [WORKER_UNSUPPORTED] = ATTACHMENT_UNSUPPORTED,
        [WORKER_UNAVAILABLE] = ATTACHMENT_UNAVAILABLE,
        [WORKER_NO_READER] = ATTACHMENT_NO_READER,
    };
    _Static_assert(sizeof(statuses) / sizeof(*statuses) == WORKER_STATUSES, "one row for each status");
    return statuses[status];
}

/* Signatures and keys beside a mail say nothing to its reader; all else that is kept might. */
static bool holds_text(const struct message_attachment *a)
{
    static const char *const types[] = {"application/pgp-signature", "application/pgp-keys",
                                        "application/pgp-encrypted", "application/pkcs7-signature",
                                        "application/x-pkcs7-signature"};
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(a->type, types[i]) == 0)
            return false;
    return true;
}

struct reading {
    size_t attachment;
    unsigned cost;
    size_t size;
};

/* Cheap ones first, then small ones: what is dear must not keep the rest waiting. */
static int by_cost(const void *a, const void *b)
{
    const struct reading *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return (x->attachment > y->attachment) - (x->attachment < y->attachment);
}

/* The attachments that a worker can read, in the order in which they are; the others get their status. */
static size_t plan(const struct message *message, struct reading *readings, struct attachment_answer *answers)
{
    size_t n = 0;
    for (size_t i = 0; i < message->n_attachments; i++) {
        const struct message_attachment *a = &message->attachments[i];
        if (!a->bytes.n || !holds_text(a))
            continue;
        unsigned cost = worker_cost(a->sniffed, a->filename, a->bytes);
        answers[i].status = ATTACHMENT_UNSUPPORTED;
        if (cost)
            readings[n++] = (struct reading){i, cost, a->bytes.n};
    }
    if (n)
        qsort(readings, n, sizeof(*readings), by_cost);
    return n;
}

static int64_t share_of(int64_t rest, size_t left)
{
    int64_t equal = rest / (int64_t)left, own = equal > SHARE_LEAST_MS ? equal : SHARE_LEAST_MS;
    return own < rest ? own : rest;
}

int64_t ask_share(int64_t deadline, size_t left)
{
    int64_t now = monotonic_ms();
    return now + share_of(deadline > now ? deadline - now : 0, left);
}

bool ask_is_scan(struct span text)
{
    return span_trim(text).n < SCAN_BYTES;
}

/* A small PDF with a few words says no more than these; one with none shows something else, as a page of lines does. */
static enum attachment_status status_of(bool pdf, size_t size, enum worker_status status,
                                        const struct worker_text *text)
{
    bool scan = pdf && status == WORKER_OK && ask_is_scan(text->text) &&
                (size >= DRAWN_BYTES || !span_trim(text->text).n);
    return scan ? ATTACHMENT_NO_TEXT : ask_status(status);
}

/* Looked for where there is something to open. */
static struct span candidates(struct arena *arena, const struct message *message,
                              const struct reading *readings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct message_attachment *a = &message->attachments[readings[i].attachment];
        if (worker_takes_passwords(a->sniffed, a->filename, a->bytes))
            return passwords_find(arena, message);
    }
    return (struct span){NULL, 0};
}

/* One deadline for all attachments of a message: many must not add up to a long wait, and none may eat it up. */
const struct message *ask_attachments(const struct services *services, struct arena *arena,
                                      const struct message_limits *limits, const struct message *message)
{
    if (!services || !services->workers)
        return message;
    struct attachment_answer *answers = arena_array(arena, message->n_attachments, sizeof(*answers));
    struct reading *readings = arena_array(arena, message->n_attachments, sizeof(*readings));
    size_t n = plan(message, readings, answers);
    int64_t deadline = worker_deadline(services->workers);
    struct span passwords = candidates(arena, message, readings, n);
    unsigned cpu_ms = CPU_MS;
    for (size_t i = 0; i < n; i++) {
        const struct message_attachment *a = &message->attachments[readings[i].attachment];
        struct attachment_answer *answer = &answers[readings[i].attachment];
        struct worker_text text;
        answer->status = ATTACHMENT_TOO_BIG; /* beside the others of this mail, today and at each retry */
        if (!cpu_ms)
            continue;
        enum worker_status status =
            worker_extract_with(services->workers, arena, ask_share(deadline, n - i), a->sniffed, a->filename,
                                passwords, (unsigned)share_of(cpu_ms, n - i), a->bytes, &text);
        cpu_ms -= text.cpu_ms < cpu_ms ? text.cpu_ms : cpu_ms;
        answer->status = status_of(strcmp(a->sniffed, "pdf") == 0, a->bytes.n, status, &text);
        answer->text = text.text;
    }
    return message_with_answers(arena, message, answers, limits);
}

/* libspf2 takes every loopback client for a pass, and so would we. */
static bool is_internal(const struct conf *conf, const struct envelope *e)
{
    return e->auth_user || strncmp(e->client_ip, "127.", 4) == 0 || strcmp(e->client_ip, "::1") == 0 ||
           conf_network_match(&conf->internal_networks, e->client_ip);
}

static const char *ascii_domain(struct arena *arena, const char *name)
{
    struct domain domain;
    domain_parse(arena, name, &domain);
    return domain.ascii;
}

/* The organisation in From, unless it is one that is protected or allowed: lists need not hear whom we know. */
static const char *stranger(const struct fact_sources *sources, struct arena *arena, const char *from)
{
    const struct lookalike_result *r = lookalike_match(sources->index, arena, from);
    return r->kind == LOOKALIKE_GENUINE || !r->registrable ? NULL : ascii_domain(arena, r->registrable);
}

const struct auth_lookup *ask_authentication(const struct services *services, const struct conf *conf,
                                             const struct fact_sources *sources, struct arena *arena,
                                             const struct message *message)
{
    const struct envelope *e = message->envelope;
    struct spf_answer answer;
    if (!e || !e->client_ip || !*e->client_ip)
        return NULL;
    struct auth_lookup *lookup = arena_alloc(arena, sizeof(*lookup));
    lookup->internal = is_internal(conf, e);
    const char *from = message->from.n && *message->from.v[0].domain ? message->from.v[0].domain : NULL;
    if (lookup->internal || !services || !services->spf || !from)
        return lookup;
    struct spf_question question = {
        .registered = conf->new_domain_lists.n ? stranger(sources, arena, from) : NULL,
        .new_lists = conf->new_domain_lists.v,
        .n_new_lists = conf->new_domain_lists.n,
    };
    lookup->asked = facts_auth_needed(sources, arena, message);
    if (lookup->asked) {
        question.client_ip = e->client_ip;
        question.helo = e->helo;
        question.mail_from = e->mail_from;
        question.from_domain = ascii_domain(arena, from);
    }
    spf_check(services->spf, arena, &question, &answer);
    lookup->age_known = answer.age != AGE_UNKNOWN;
    lookup->is_new = answer.age == AGE_NEW;
    if (!lookup->asked)
        return lookup;
    lookup->spf = answer.spf == SPF_UNKNOWN ? NULL : spf_result_name(answer.spf);
    lookup->spf_domain = answer.domain;
    lookup->record_known = answer.dmarc != DMARC_UNKNOWN;
    lookup->record = answer.record;
    lookup->record_of_organisation = answer.dmarc == DMARC_ORGANISATION || answer.dmarc == DMARC_FOR_MISSING;
    lookup->from_missing = answer.dmarc == DMARC_FOR_MISSING;
    return lookup;
}

const struct contact_view *ask_history(const struct services *services, const struct policy *policy,
                                       struct arena *arena, const struct contact *contact)
{
    struct store_error error;
    if (!services || !services->store || !policy->conf->history_learn || !contact)
        return NULL;
    struct contact_view *view = arena_alloc(arena, sizeof(*view));
    return history_look(services->store, arena, &policy->history, contact, view, &error) == 0 ? view : NULL;
}
