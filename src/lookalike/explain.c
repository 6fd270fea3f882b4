/*
 * Findings in words: one sentence for a clerk with target, relation and the differing characters, and the
 * domain with the differing characters marked.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "lookalike/match.h"

static const char *relation_words(enum relation relation)
{
    switch (relation) {
    case RELATION_OWN:
        return "your own domain";
    case RELATION_PARTNER:
        return "your partner";
    case RELATION_LEARNED:
        return "your correspondent";
    case RELATION_QUOTED:
        return "the genuine address in this thread:";
    }
    return "";
}

static const char *copy(struct query *q, const char *p, size_t n)
{
    return arena_span(q->arena,
                      text_valid_utf8(q->arena, (struct span){p, n})); /* edits may part a character */
}

static const char *one_edit(struct query *q, const struct hit *hit, const struct edit *e)
{
    const char *key = index_key(hit->index, hit_core(hit));
    const char *seen = copy(q, hit->part + hit->begin + e->at, e->n);
    const char *genuine = copy(q, key + e->at_genuine, e->n_genuine);
    switch (e->kind) {
    case EDIT_OMIT:
        return arena_printf(q->arena, "`%s` is missing", genuine);
    case EDIT_INSERT:
        return arena_printf(q->arena, "`%s` is added", seen);
    case EDIT_REPEAT:
        return arena_printf(q->arena, e->n ? "`%s` is doubled" : "`%s` is no longer doubled",
                            e->n ? seen : genuine);
    case EDIT_PLURAL:
        return e->n ? "`s` is added at the end" : "`s` at the end is missing";
    case EDIT_TRANSPOSE:
        return arena_printf(q->arena, "`%s` is turned round", genuine);
    default:
        return arena_printf(q->arena, "`%s` stands for `%s`", seen, genuine);
    }
}

static void say_edits(struct query *q, const struct hit *hit, struct buf *out)
{
    for (unsigned i = 0; i < hit->alignment.n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", one_edit(q, hit, &hit->alignment.edits[i]));
}

static void say_rest(struct query *q, const struct hit *hit, struct buf *out)
{
    const char *before = copy(q, hit->part, hit->begin),
               *after = copy(q, hit->part + hit->end, hit->n_seen - hit->end);
    if (*before)
        buf_printf(out, "`%s` stands before it", before);
    if (*after)
        buf_printf(out, "%s`%s` stands behind it", *before ? ", " : "", after);
}

const char *explain_why(struct query *q, const struct hit *hit)
{
    struct buf out = {0};
    const struct name *name = hit_name(hit);
    const char *target = hit->index->pool + name->text;
    buf_printf(&out, "`%s` %s %s `%s`", q->domain->unicode,
               hit->contained ? "contains the name of" : "looks like",
               relation_words((enum relation)name->relation), target);
    size_t head = out.n;
    buf_adds(&out, ": ");
    size_t start = out.n;
    if (hit->contained)
        say_rest(q, hit, &out);
    if (hit->alignment.n) {
        if (out.n > start)
            buf_adds(&out, "; ");
        say_edits(q, hit, &out);
    }
    if (hit->classes & (1u << LOOKALIKE_IDN_HOMOGRAPH | 1u << LOOKALIKE_DIACRITIC))
        buf_printf(&out, "%sit has letters that only look like the genuine ones", out.n > start ? "; " : "");
    if (hit->classes & 1u << LOOKALIKE_HYPHEN)
        buf_printf(&out, "%sthe hyphens differ", out.n > start ? "; " : "");
    if (hit->classes & 1u << LOOKALIKE_TLD_SWAP)
        buf_printf(&out, "%sit ends in `.%s`, not in `.%s`", out.n > start ? "; " : "",
                   q->domain->suffix_ascii, hit->index->pool + name->ascii + name->suffix);
    if (out.n == start)
        out.n = head;
    const char *text = arena_span(q->arena, buf_span(&out));
    buf_free(&out);
    return text;
}

const char *explain_differs(struct query *q, const struct hit *hit)
{
    struct buf out = {0};
    const char *u = q->domain->unicode;
    size_t at = 0, n = strlen(u);
    for (unsigned i = 0; i < hit->n_marks; i++) {
        size_t from = hit->mark[i].at, to = from + hit->mark[i].n;
        if (from < at || to > n)
            continue;
        buf_add(&out, u + at, from - at);
        buf_addc(&out, '\x02');
        buf_add(&out, u + from, to - from);
        buf_addc(&out, '\x03');
        at = to;
    }
    buf_add(&out, u + at, n - at);
    const char *text = arena_span(q->arena, buf_span(&out));
    buf_free(&out);
    return text;
}
