/*
 * Finds phrases: one pass of the trie over each sentence gives the groups that occur; only phrases whose
 * groups all occur are looked at, then for nearness, contrast words, vetoes, an optional regular
 * expression, and stance. It refuses to work without bounds: what is over them sets limit_hit.
 */
#include <string.h>

#include "payment/phrases.h"
#include "payment/stance.h"

static void on_hit(void *context, struct trie_hit hit)
{
    struct scan *scan = context;
    int16_t guess = scan->packs->guess_of[hit.group];
    if (guess >= 0) {
        if (scan->where == PAYMENT_OWN || scan->where == PAYMENT_SUBJECT)
            scan->guessed[guess]++;
        return;
    }
    if (scan->n_hits >= SCAN_HITS) {
        scan->result->limit_hit = true;
        return;
    }
    scan->hits[scan->n_hits++] = (struct hit){hit.group, hit.start, hit.end, scan->sentence};
    scan->seen[hit.group] = scan->sentence;
    /* Groups that have this one among their terms; no circles: a group names only those above it. */
    const struct phrase_list *also = &scan->packs->also[hit.group];
    for (size_t i = 0; i < also->n; i++)
        on_hit(scan, (struct trie_hit){(uint16_t)also->v[i], hit.start, hit.end});
}

static bool occurs(const struct scan *scan, uint16_t group, unsigned sentences)
{
    return scan->seen[group] + sentences > scan->sentence;
}

/* Is the word, or a piece of it, another part of the phrase already? */
static bool taken(const struct found *f, const struct hit *h)
{
    for (unsigned i = 0; i < f->phrase->n_groups; i++)
        if (!(f->phrase->shares & (1u << i)) && h->start < f->to[i] && f->at[i] < h->end)
            return true;
    return false;
}

/* `first`: the part in whose sentence those that stand together must be. */
/* The hit of a part that keeps [*start, *end) shortest; NULL when none is within reach. */
static const struct hit *nearest(const struct scan *scan, const struct phrase *p, unsigned part,
                                 unsigned first, const struct found *f)
{
    uint16_t group = p->groups[part];
    const struct hit *best = NULL;
    uint32_t best_length = p->within + 1;
    for (size_t i = scan->since[p->sentences]; i < scan->n_hits; i++) {
        const struct hit *h = &scan->hits[i];
        if (h->group != group ||
            (part < p->together && part != first && scan->sentence - h->sentence != f->ago[first]) ||
            (!(p->shares & (1u << part)) && taken(f, h)))
            continue;
        uint32_t start = h->start < f->start ? h->start : f->start, end = h->end > f->end ? h->end : f->end;
        if (end - start < best_length) {
            best = h;
            best_length = end - start;
        }
    }
    return best;
}

static bool regex_holds(struct scan *scan, const struct found *f)
{
    if (!f->phrase->match)
        return true;
    if (++scan->regexes > SCAN_REGEX) {
        scan->result->limit_hit = true;
        return false;
    }
    if (!scan->match)
        scan->match = pcre2_match_data_create(1, NULL);
    size_t from = f->start < scan->clause.start ? f->start : scan->clause.start;
    int rc = pcre2_match(f->phrase->match, (PCRE2_SPTR)(scan->text.p + from), scan->clause.end - from, 0,
                         PCRE2_NO_UTF_CHECK, scan->match, scan->packs->limits);
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        scan->result->limit_hit = true;
    return rc >= 0;
}

/* All parts near the hit of part `key`? */
static bool gather(const struct scan *scan, const struct phrase *p, unsigned key, const struct hit *at,
                   struct found *f)
{
    *f = (struct found){.phrase = p, .start = at->start, .end = at->end};
    f->ago[key] = (uint8_t)(scan->sentence - at->sentence);
    f->at[key] = at->start;
    f->to[key] = at->end;
    for (unsigned i = 0; i < p->n_groups; i++) {
        const struct hit *h = i == key ? at : nearest(scan, p, i, key < p->together ? key : 0, f);
        if (!h)
            return false;
        f->ago[i] = (uint8_t)(scan->sentence - h->sentence);
        f->at[i] = h->start;
        f->to[i] = h->end;
        f->start = h->start < f->start ? h->start : f->start;
        f->end = h->end > f->end ? h->end : f->end;
    }
    return p->across || !stance_contrast(scan, p->pack, f->start, f->end);
}

static struct payment_request *request_slot(struct scan *scan, const struct phrase *p, struct span evidence)
{
    struct payment_result *result = scan->result;
    for (size_t i = 0; i < result->n_requests; i++)
        if (scan->requests[i].kind == p->kind && scan->requests[i].text == scan->text_index &&
            scan->requests[i].evidence.p == evidence.p)
            return &scan->requests[i];
    if (result->n_requests == SCAN_REQUESTS) {
        result->limit_hit = true;
        return NULL;
    }
    struct payment_request *r = &scan->requests[result->n_requests++];
    *r = (struct payment_request){.kind = p->kind, .stance = STANCE_NEGATED, .text = scan->text_index};
    return r;
}

static void record(struct scan *scan, const struct found *f, enum stance stance)
{
    const struct phrase *p = f->phrase;
    if (p->is_booster) {
        if (stance == STANCE_ASSERTED && scan->where != PAYMENT_QUOTED && scan->where != PAYMENT_HIDDEN)
            scan->result->boosters |= 1u << p->booster;
        return;
    }
    size_t from = f->start < scan->clause.start ? f->start : scan->clause.start;
    struct span evidence = text_fold_original(scan->folded, from, scan->clause.end);
    struct payment_request *r = request_slot(scan, p, evidence);
    if (!r)
        return;
    /* One sentence, one kind: what is asserted counts before what is denied, then the stronger. */
    bool better =
        !r->phrase || (stance == STANCE_ASSERTED && r->stance != STANCE_ASSERTED) ||
        ((stance == STANCE_ASSERTED) == (r->stance == STANCE_ASSERTED) && p->strength > r->strength);
    if (better)
        *r = (struct payment_request){p->kind,           stance,   p->strength,     p->id,
                                      p->pack->language, evidence, scan->text_index};
}

static void try_phrase(struct scan *scan, const struct phrase *p, uint16_t group)
{
    struct found f, denied;
    enum stance stance = STANCE_ASSERTED;
    bool any = false;
    unsigned key = 0;
    for (unsigned i = 0; i < p->n_groups; i++) {
        if (!occurs(scan, p->groups[i], p->sentences))
            return;
        if (p->groups[i] == group)
            key = i;
    }
    for (unsigned i = 0; i < p->n_vetoes; i++)
        if (occurs(scan, p->vetoes[i], p->sentences))
            return;
    unsigned tries = 0;
    for (size_t i = scan->first; i < scan->n_hits && tries < SCAN_TRIES; i++) {
        if (scan->hits[i].group != group)
            continue;
        tries++;
        scan->work += p->n_groups * (scan->n_hits - scan->since[p->sentences]);
        if (scan->work > SCAN_WORK) {
            scan->result->limit_hit = true;
            return;
        }
        if (!gather(scan, p, key, &scan->hits[i], &f) || !regex_holds(scan, &f))
            continue;
        enum stance s = stance_of(scan, &f);
        if (s == STANCE_ASSERTED) {
            record(scan, &f, s);
            return;
        }
        if (!any)
            denied = f, stance = s;
        any = true;
    }
    if (any)
        record(scan, &denied, stance);
}

static void try_phrases(struct scan *scan)
{
    for (size_t i = scan->first; i < scan->n_hits; i++) {
        uint16_t group = scan->hits[i].group;
        const struct phrase_list *list = &scan->packs->by_group[group];
        if (scan->tried[group] == scan->sentence)
            continue;
        scan->tried[group] = scan->sentence;
        for (size_t j = 0; j < list->n; j++)
            try_phrase(scan, scan->packs->phrases[list->v[j]], group);
    }
}

/* The account numbers of the sentence: a number is as good a word as "below". */
static void hit_numbers(struct scan *scan)
{
    const struct payment_result *result = scan->result;
    for (size_t i = 0; i < result->n_accounts; i++) {
        const struct payment_account *a = &result->accounts[i];
        if (a->text == scan->text_index && a->kind != ACCOUNT_BIC && a->at >= scan->clause.start &&
            a->at < scan->clause.end)
            on_hit(scan, (struct trie_hit){scan->packs->number, (uint32_t)a->at, (uint32_t)a->at + 1});
    }
}

/* Keeps the hits of the sentences that have just ended, for phrases over several. */
static void next_sentence(struct scan *scan)
{
    size_t from = scan->since[PACK_SENTENCES - 1];
    size_t n = scan->n_hits - from;
    memmove(scan->hits, scan->hits + from, n * sizeof(*scan->hits));
    for (unsigned k = PACK_SENTENCES; k > 1; k--)
        scan->since[k] = scan->since[k - 1] - from;
    scan->n_hits = scan->first = scan->since[1] = n;
    scan->sentence++;
    scan->questions <<= 1;
}

void scan_text(struct scan *scan)
{
    size_t pos = 0;
    scan->n_hits = scan->first = 0;
    memset(scan->since, 0, sizeof(scan->since));
    scan->questions = 0;
    scan->sentence += PACK_SENTENCES; /* nothing of the text before is near */
    while (clause_next(scan->text, &pos, &scan->clause)) {
        if (scan->sentence >= scan->stop) {
            scan->result->limit_hit = true;
            return;
        }
        trie_scan(scan->packs->trie, scan->text, scan->clause.start, scan->clause.end, on_hit, scan);
        scan->questions |= scan->clause.question;
        hit_numbers(scan);
        try_phrases(scan);
        next_sentence(scan);
    }
}
