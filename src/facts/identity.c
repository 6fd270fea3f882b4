/*
 * Who the message says it is from: the address, and what its display name shows beside it.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "facts/families.h"

static bool is_address_byte(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           memchr("._+-", c, 4);
}

/* The first thing of the form a@b.c in a display name; NULL when there is none. */
static const char *address_in(struct arena *arena, const char *name)
{
    for (const char *at = strchr(name, '@'); at; at = strchr(at + 1, '@')) {
        const char *start = at, *end = at + 1;
        while (start > name && is_address_byte((unsigned char)start[-1]))
            start--;
        while (*end && is_address_byte((unsigned char)*end))
            end++;
        while (end > at + 1 && end[-1] == '.')
            end--;
        if (start < at && memchr(at, '.', (size_t)(end - at)))
            return arena_strndup(arena, start, (size_t)(end - start));
    }
    return NULL;
}

static bool same_owner(struct fact_work *work, const char *domain)
{
    const char *registrable = lookalike_registrable(work->sources->index, work->arena, domain);
    return registrable && work->from_registrable && strcasecmp(registrable, work->from_registrable) == 0;
}

/* "x.example-Accounts" and "x.example_Accounts": how much of it is a domain, as the owner's other words begin there. */
static const char *domain_before_words(struct fact_work *work, const char *domain)
{
    domain = arena_strndup(work->arena, domain, strcspn(domain, "_+"));
    for (const char *dash = strrchr(domain, '-'), *dot = strrchr(domain, '.'); dash && dash > dot;) {
        const char *shorter = arena_strndup(work->arena, domain, (size_t)(dash - domain));
        if (same_owner(work, shorter) || lookalike_is_genuine(fact_match(work, shorter)))
            return shorter;
        dash = memrchr(domain, '-', (size_t)(dash - domain));
    }
    return domain;
}

static void name_with_address(struct fact_work *work)
{
    const char *name = work->from->name, *shown = address_in(work->arena, name);
    if (!shown && strchr(name, '\xef')) /* full-width "@" and dots */
        shown = address_in(work->arena, text_fold(work->arena, span_of(name))->text.p);
    if (!shown)
        return;
    const char *at = strrchr(shown, '@'), *domain = domain_before_words(work, at + 1);
    if (!same_owner(work, domain))
        facts_set_string(work->facts, FACT_FROM_NAME_ADDRESS,
                         arena_printf(work->arena, "%.*s@%s", (int)(at - shown), shown, domain));
}

/* "company.example Accounts" <x@elsewhere.example>: a word of the name that is a protected domain. */
static void name_with_domain(struct fact_work *work)
{
    struct span rest = span_of(work->from->name);
    while (rest.n) {
        struct span word = span_trim(span_cut(&rest, ' '));
        const char *at = word.n ? memchr(word.p, '@', word.n) : NULL;
        if (at)
            word = (struct span){at + 1, (size_t)(word.p + word.n - at - 1)};
        while (word.n && strchr("<>()[]\"',;:", word.p[0]))
            word.p++, word.n--;
        while (word.n && strchr("<>()[]\"',;:.", word.p[word.n - 1]))
            word.n--;
        if (word.n < 4 || !memchr(word.p, '.', word.n))
            continue;
        const char *domain = domain_before_words(work, arena_span(work->arena, word));
        const struct lookalike_result *r = fact_match(work, domain);
        if (lookalike_is_genuine(r) && !same_owner(work, domain)) {
            facts_set_string(work->facts, FACT_FROM_NAME_DOMAIN, r->genuine);
            return;
        }
    }
}

static bool ascii_word(struct span text, size_t at, size_t n)
{
    bool left =
        at == 0 || !((unsigned char)text.p[at - 1] >= 0x80 || is_address_byte((unsigned char)text.p[at - 1]));
    bool right = at + n == text.n || !is_address_byte((unsigned char)text.p[at + n]);
    return left && right;
}

/* Titles stand as whole words, but CJK titles may touch the name: 王建國董事長. */
static const char *find_title(const struct wordset *titles, struct span folded)
{
    for (size_t i = 0; i < wordset_size(titles); i++) {
        const char *title = wordset_at(titles, i);
        size_t n = strlen(title);
        const char *hit = folded.n >= n ? memmem(folded.p, folded.n, title, n) : NULL;
        if (hit && ((unsigned char)title[0] >= 0x80 || ascii_word(folded, (size_t)(hit - folded.p), n)))
            return title;
    }
    return NULL;
}

static struct span folded_name(struct fact_work *work, const char *name)
{
    return span_trim(text_fold(work->arena, span_of(name))->text);
}

/* To: "Karen Whitfield" <karen@company.example>, and From: "Karen Whitfield" <someone@elsewhere.example>. */
static void recipients_name(struct fact_work *work)
{
    const struct message *m = work->message;
    struct span shown = folded_name(work, work->from->name);
    const struct mailbox *only = m->to.n == 1 && m->cc.n == 0 ? &m->to.v[0] : NULL;
    if (!only)
        return;
    struct span name = folded_name(work, only->name);
    bool named = shown.n && memchr(shown.p, ' ', shown.n) && span_eq(shown, name);
    bool self = strcasecmp(only->address, work->from->address) == 0;
    facts_set_bool(work->facts, FACT_FROM_NAME_RECIPIENT, named && !self);
}

void facts_identity(struct fact_work *work)
{
    struct facts *facts = work->facts;
    if (!work->from)
        return;
    facts_set_string(facts, FACT_FROM_ADDRESS, work->from->address);
    facts_set_string(facts, FACT_FROM_NAME, work->from->name);
    facts_set_string(facts, FACT_FROM_DOMAIN, work->from->domain);
    facts_set_string(facts, FACT_FROM_REGISTRABLE, work->from_registrable);
    bool genuine = lookalike_is_genuine(work->from_match);
    facts_set_string(facts, FACT_FROM_RELATION,
                     genuine ? relation_name(work->from_match->genuine_relation) : "none");
    facts_set_bool(facts, FACT_FROM_FREEMAIL,
                   wordset_domain(work->sources->lists->freemail, work->from->domain) != NULL);
    name_with_address(work);
    name_with_domain(work);
    struct span folded = text_fold(work->arena, span_of(work->from->name))->text;
    facts_set_string(facts, FACT_FROM_TITLE, find_title(work->sources->lists->titles, folded));
    recipients_name(work);
}
