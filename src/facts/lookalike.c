/*
 * Domains in the sender's fields and among the recipients that look like protected ones. The worst finding
 * leads, but a strong one in a field that people see, of a domain that somebody configured, before all others: it may
 * decide alone, and no second lookalike must hide it. Authentication that passes plays no part here (it only proves
 * that the lookalike is who it is).
 */
#include <string.h>

#include "facts/families.h"
#include "facts/written.h"

struct best {
    const struct lookalike_finding *finding;
    const char *domain, *field;
    bool decisive;
};

static bool is_decisive(const struct lookalike_finding *f, const char *field)
{
    return f->score >= LOOKALIKE_STRONG && (f->relation == RELATION_OWN || f->relation == RELATION_PARTNER) &&
           strcmp(field, "Return-Path") != 0;
}

/* `written`: the domain with its capitals, or NULL. */
static void consider(struct fact_work *work, struct best *best, const char *domain, const char *written,
                     const char *field)
{
    if (!domain || !*domain)
        return;
    const struct lookalike_result *r = fact_match(work, domain);
    if (!r->idna_valid)
        facts_set_bool(work->facts, FACT_LOOKALIKE_IDNA_INVALID, true);
    if (r->kind != LOOKALIKE_SUSPECT || r->n_findings == 0)
        return;
    const struct lookalike_finding *f = &r->findings[0];
    for (size_t i = 1; i < r->n_findings && !is_decisive(f, field); i++)
        if (is_decisive(&r->findings[i], field))
            f = &r->findings[i];
    bool decisive = is_decisive(f, field);
    if (!best->finding || (decisive != best->decisive ? decisive : f->score > best->finding->score))
        *best = (struct best){fact_as_written(work->arena, f, written), domain, field, decisive};
}

static void consider_list(struct fact_work *work, struct best *best, const struct mailbox_list *list,
                          const char *field)
{
    for (size_t i = 0; i < list->n; i++)
        consider(work, best, list->v[i].domain, list->v[i].written, field);
}

static void sender_fields(struct fact_work *work)
{
    const struct message *m = work->message;
    struct facts *facts = work->facts;
    struct best best = {0};
    facts_set_bool(facts, FACT_LOOKALIKE_IDNA_INVALID, false);
    consider_list(work, &best, &m->from, "From");
    consider_list(work, &best, &m->sender, "Sender");
    consider_list(work, &best, &m->reply_to, "Reply-To");
    consider_list(work, &best, &m->return_path, "Return-Path");
    consider(work, &best, message_envelope_domain(m), NULL, "Return-Path");
    facts_set_int(facts, FACT_LOOKALIKE_SCORE, best.finding ? best.finding->score : 0);
    if (!best.finding)
        return;
    facts_set_string(facts, FACT_LOOKALIKE_TARGET, best.finding->target);
    facts_set_string(facts, FACT_LOOKALIKE_DOMAIN, best.domain);
    facts_set_string(facts, FACT_LOOKALIKE_RELATION, relation_name(best.finding->relation));
    facts_set_string(facts, FACT_LOOKALIKE_FIELD, best.field);
    facts_set_string(facts, FACT_LOOKALIKE_WHY, best.finding->why);
    facts_set_string(facts, FACT_LOOKALIKE_DIFFERS, best.finding->differs);
    facts_set_list_empty(facts, FACT_LOOKALIKE_CLASSES);
    for (unsigned c = 0; c < 32; c++)
        if (best.finding->classes & (1u << c))
            facts_add(facts, FACT_LOOKALIKE_CLASSES, lookalike_class_name((enum lookalike_class)c));
}

static bool is_protected(struct fact_work *work, const char *domain)
{
    return lookalike_is_genuine(fact_match(work, domain));
}

/* company.example@gmail.example; the genuine domains may write themselves into local parts as they like. */
static void local_parts(struct fact_work *work)
{
    const struct lookalike_finding *best = NULL;
    const struct mailbox_list *lists[] = {&work->message->from, &work->message->reply_to};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->n; i++) {
            const struct mailbox *box = &lists[l]->v[i];
            if (!*box->domain || is_protected(work, box->domain))
                continue;
            const struct lookalike_finding *f =
                lookalike_match_local(work->sources->index, work->arena, box->local);
            if (f && (!best || f->score > best->score))
                best = f;
        }
    facts_set_int(work->facts, FACT_LOCAL_SCORE, best ? best->score : 0);
    facts_set_string(work->facts, FACT_LOCAL_WHY, best ? best->why : NULL);
}

static void colleagues(struct fact_work *work)
{
    struct best best = {0};
    consider_list(work, &best, &work->message->to, "To");
    consider_list(work, &best, &work->message->cc, "Cc");
    facts_set_int(work->facts, FACT_COLLEAGUE_SCORE, best.finding ? best.finding->score : 0);
    facts_set_string(work->facts, FACT_COLLEAGUE_WHY, best.finding ? best.finding->why : NULL);
}

void facts_lookalike(struct fact_work *work)
{
    sender_fields(work);
    local_parts(work);
    colleagues(work);
}
