/*
 * Findings in words: one sentence for a clerk with target, relation and the differing characters, and the
 * domain with the differing characters marked.
 */
#include <string.h>

#include <unictype.h>

#include "base/buf.h"
#include "base/text.h"

#include "lookalike/explain.h"

static const char *relation_words(enum relation relation)
{
    switch (relation) {
    case RELATION_OWN:
        return "your own domain";
    case RELATION_PARTNER:
        return "your partner";
    case RELATION_LEARNED:
        return "your correspondent";
    case RELATION_BRAND:
        return "the often imitated";
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

struct explain_letter explain_letter(const struct hit *hit, const struct form *form, unsigned at)
{
    struct explain_letter seen = {.end = at + 1};
    unsigned begin = at;
    while (begin > 0 && form->source[begin - 1] == form->source[at]) /* one character may be read as two */
        begin--;
    while (seen.end < form->n && form->source[seen.end] == form->source[at])
        seen.end++;
    const char *p = hit->text + form->source[begin], *end = hit->text + form->source[seen.end], *q = p + 1;
    while (q < end && (unsigned char)*q >= 0x80)
        q++;
    seen.text = (struct span){p, (size_t)(q - p)};
    const struct name *name = hit_name(hit);
    const char *target = hit->index->pool + name->text;
    bool strange = (unsigned char)*p >= 0x80 || q > p + 1;
    seen.replaced = strange && (unsigned char)form->plain[at] < 0x80 &&
                    !memmem(target, strlen(target), seen.text.p, seen.text.n);
    return seen;
}

/* The script of a letter that is not of the Latin alphabet, in brackets. */
static const char *script_words(struct query *q, struct span text)
{
    uint32_t cp;
    text_decode(text.p, text.n, &cp);
    const uc_script_t *script = uc_is_property_alphabetic(cp) ? uc_script(cp) : NULL;
    if (!script || strcmp(script->name, "Latin") == 0 || strcmp(script->name, "Common") == 0)
        return "";
    return arena_printf(q->arena, " (%s)", script->name);
}

static bool is_invisible(struct span rest)
{
    uint32_t cp;
    if (rest.n == 0)
        return false;
    text_decode(rest.p, rest.n, &cp);
    return (cp >= 0x200b && cp <= 0x200f) || cp == 0x2060 || cp == 0xfeff || cp == 0xad;
}

/* Does the character at this place stand further left, too? */
static bool said_before(const struct hit *hit, const struct form *form, unsigned place)
{
    struct span text = explain_letter(hit, form, place).text;
    for (unsigned at = hit->begin; at < place; at = explain_letter(hit, form, at).end)
        if (span_eq(explain_letter(hit, form, at).text, text))
            return true;
    return false;
}

/* The strangers among the letters, the first few of them, each once. */
static void say_letters(struct query *q, const struct hit *hit, const struct form *form, const char *before,
                        struct buf *out)
{
    enum { SAID = 4 };
    unsigned said = 0, more = 0;
    for (unsigned at = hit->begin; at < hit->end;) {
        struct explain_letter seen = explain_letter(hit, form, at);
        const char *as = copy(q, form->plain + at, seen.end - at), *text = copy(q, seen.text.p, seen.text.n);
        bool again = said_before(hit, form, at);
        at = seen.end;
        if (!seen.replaced || again)
            continue;
        if (said == SAID) {
            more++;
            continue;
        }
        struct span rest = {seen.text.p + 1, seen.text.n - 1};
        const char *comma = said++ ? ", " : before;
        if ((unsigned char)*seen.text.p < 0x80 && is_invisible(rest))
            buf_printf(out, "%san invisible character stands behind `%s`", comma, as);
        else
            buf_printf(out, "%s`%s`%s stands for `%s`", comma, text, script_words(q, seen.text), as);
    }
    if (more > 0)
        buf_printf(out,
                   more == 1 ? " and %u more letter only looks like the genuine one"
                             : " and %u more letters only look like the genuine ones",
                   more);
}

const char *explain_why(struct query *q, const struct hit *hit, const struct form *form)
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
        say_letters(q, hit, form, out.n > start ? "; " : "", &out);
    if (hit->classes & 1u << LOOKALIKE_HYPHEN)
        buf_printf(&out, "%sthe hyphens differ", out.n > start ? "; " : "");
    if (hit->classes & 1u << LOOKALIKE_TLD_FOLDED)
        buf_printf(&out, "%sits ending `.%s` has moved into the name", out.n > start ? "; " : "",
                   hit_suffix(hit));
    if (hit->classes & 1u << LOOKALIKE_TLD_SWAP)
        buf_printf(&out, "%sit ends in `.%s`, not in `.%s`", out.n > start ? "; " : "",
                   q->domain->suffix_ascii, hit_suffix(hit));
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
        buf_addc(&out, TEXT_MARK);
        buf_add(&out, u + from, to - from);
        buf_addc(&out, TEXT_UNMARK);
        at = to;
    }
    buf_add(&out, u + at, n - at);
    const char *text = arena_span(q->arena, buf_span(&out));
    buf_free(&out);
    return text;
}

/* The first character that no host is written with. */
static uint32_t strange_character(const char *written)
{
    for (struct span s = span_of(written); s.n;) {
        uint32_t c;
        size_t n = text_decode(s.p, s.n, &c);
        if (c >= 0x80 && (c >= 0xff00 || !uc_is_property_alphabetic(c)))
            return c;
        s = (struct span){s.p + n, s.n - n};
    }
    return 0;
}

const char *explain_disguise(struct query *q, const char *written, const char *target, enum relation relation)
{
    uint32_t c = strange_character(written);
    const char *which = c ? arena_printf(q->arena, " (U+%04X)", (unsigned)c) : "";
    return arena_printf(q->arena,
                        "%s `%s` is written with characters that nobody sees, or that stand for others%s",
                        relation_words(relation), target, which);
}
