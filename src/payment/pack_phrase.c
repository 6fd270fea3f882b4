/*
 * One phrase of a language pack: its meaning, its parts and how near they must stand, its examples.
 */
#include <string.h>

#include "base/mem.h"
#include "payment/pack_phrase.h"
#include "payment/term_list.h"

enum { DEFAULT_WITHIN_TWO = 320 /* bytes: over two sentences */ };

bool pack_fail(struct pack_reading *r, const struct yamltree_node *node, const char *remedy, const char *text)
{
    diag_add(r->diags, DIAG_ERROR, node->at, remedy, "%s", text);
    r->ok = false;
    return false;
}

const char *const *pack_strings(struct pack_reading *r, const struct yamltree_node *list, size_t *n_r)
{
    *n_r = 0;
    if (!list)
        return NULL;
    if (!yamltree_is(list, YAMLTREE_SEQUENCE, r->diags)) {
        r->ok = false;
        return NULL;
    }
    const char **v = arena_array(r->packs->arena, list->n + 1, sizeof(*v));
    for (size_t i = 0; i < list->n; i++) {
        const char *text = "";
        r->ok &= yamltree_string(list->items[i], &text, r->diags);
        v[i] = arena_strdup(r->packs->arena, text);
    }
    *n_r = list->n;
    return v;
}

struct marks {
    bool verb;   /* "name!" */
    bool shares; /* "name~" */
};

/* A group that is named or written in place; GROUP_NONE with errors. */
static uint16_t group_of(struct pack_reading *r, const struct yamltree_node *node, struct marks *marks_r)
{
    *marks_r = (struct marks){0};
    if (node->kind == YAMLTREE_SCALAR) {
        size_t n = strlen(node->text);
        for (; n && strchr("!~", node->text[n - 1]); n--)
            *(node->text[n - 1] == '!' ? &marks_r->verb : &marks_r->shares) = true;
        const char *name = arena_strndup(r->packs->arena, node->text, n);
        const struct term_group *g = terms_find(&r->v, name);
        if (g)
            return g->group;
        diag_add(r->diags, DIAG_ERROR, node->at, "declare it under words:, or write terms as a list: [...]",
                 "no group \"%s\"", name);
        r->ok = false;
        return GROUP_NONE;
    }
    const struct term_group *g = terms_group(&r->v, NULL, node);
    r->ok &= g != NULL;
    return g ? g->group : GROUP_NONE;
}

static void read_parts(struct pack_reading *r, struct phrase *p, const struct yamltree_node *map)
{
    const struct yamltree_node *all = yamltree_get(map, "all"), *any = yamltree_get(map, "any");
    const struct yamltree_node *not = yamltree_get(map, "not");
    struct marks marks;
    if (!all == !any) {
        pack_fail(r, map, "give all: (groups that must all occur) or any: (terms of which one must)",
                  "a phrase needs either all: or any:");
        return;
    }
    if (any) {
        p->groups[p->n_groups++] = group_of(r, any, &marks);
        p->verbs |= marks.verb;
        return;
    }
    if (!yamltree_is(all, YAMLTREE_SEQUENCE, r->diags) || !all->n || all->n > PACK_GROUPS) {
        pack_fail(r, all, "list 1 to 6 groups", "all: must be a list of groups");
        return;
    }
    p->shares = r->shared ? 0 : UINT8_MAX;
    for (size_t i = 0; i < all->n; i++) {
        p->groups[p->n_groups] = group_of(r, all->items[i], &marks);
        p->verbs |= (uint8_t)(marks.verb << p->n_groups);
        p->shares |= (uint8_t)(marks.shares << p->n_groups++);
    }
    if (!not )
        return;
    if (not ->kind != YAMLTREE_SEQUENCE || not ->n > PACK_VETOES) {
        pack_fail(r, not, "list at most 6 groups", "not: must be a list of groups");
        return;
    }
    for (size_t i = 0; i < not ->n; i++)
        p->vetoes[p->n_vetoes++] = group_of(r, not ->items[i], &marks);
}

static void regex_alternatives(struct buf *out, const struct vocabulary *v, const struct term_group *g)
{
    struct term_list list = {.v = v};
    term_list_add(&list, g);
    buf_adds(out, "(?:");
    for (size_t i = 0; i < list.n; i++) {
        buf_adds(out, i ? "|" : "");
        for (const char *c = list.terms[i]; *c; c++) {
            if (*c == '*')
                buf_adds(out, "\\w*");
            else if (*c == ' ')
                buf_adds(out, "[\\s-]");
            else if (strchr("\\^$.[]|()?+{}", *c))
                buf_printf(out, "\\%c", *c);
            else
                buf_addc(out, *c);
        }
    }
    buf_adds(out, ")");
}

/* match: a PCRE2 pattern in which {group} stands for a group's terms. */
static void read_match(struct pack_reading *r, struct phrase *p, const struct yamltree_node *node)
{
    const char *text;
    struct buf out = {0};
    if (!node)
        return;
    if (!yamltree_string(node, &text, r->diags)) {
        r->ok = false;
        return;
    }
    for (const char *c = text; *c; c++) {
        const char *close = *c == '{' ? strchr(c, '}') : NULL;
        const char *name = close ? arena_strndup(r->packs->arena, c + 1, (size_t)(close - c) - 1) : NULL;
        const struct term_group *g = name ? terms_find(&r->v, name) : NULL;
        if (g) {
            regex_alternatives(&out, &r->v, g);
            c = close;
        } else {
            buf_addc(&out, *c);
        }
    }
    int code;
    PCRE2_SIZE at;
    p->match = pcre2_compile((PCRE2_SPTR)out.p, out.n,
                             PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
    buf_free(&out);
    if (!p->match) {
        PCRE2_UCHAR why[128];
        pcre2_get_error_message(code, why, sizeof(why));
        pack_fail(r, node, "see pcre2pattern(3)", (const char *)why);
        return;
    }
    (void)pcre2_jit_compile(p->match, PCRE2_JIT_COMPLETE); /* without JIT it is only slower */
}

static void read_meaning(struct pack_reading *r, struct phrase *p, const struct yamltree_node *map)
{
    const struct yamltree_node *kind = yamltree_get(map, "kind"), *booster = yamltree_get(map, "booster");
    int64_t strength = 0;
    if (!kind == !booster) {
        pack_fail(r, map, "say kind: (what is asked) or booster:", "a phrase needs either kind: or booster:");
        return;
    }
    p->is_booster = booster != NULL;
    if (booster && (booster->kind != YAMLTREE_SCALAR || !booster_from_name(booster->text, &p->booster)))
        pack_fail(r, booster, "see ringer-phrases(5) for the list", "no such booster");
    if (kind && (kind->kind != YAMLTREE_SCALAR || !request_from_name(kind->text, &p->kind)))
        pack_fail(r, kind, "see ringer-phrases(5) for the list", "no such kind of request");
    const struct yamltree_node *s = yamltree_get(map, "strength");
    if (kind && !s)
        pack_fail(r, map, "60 and more is a plain request, 20 to 59 a weak one", "strength: is missing");
    else if (s)
        r->ok &= yamltree_int(s, 1, 100, &strength, r->diags);
    p->strength = (int)strength;
}

static void read_options(struct pack_reading *r, struct phrase *p, const struct yamltree_node *map)
{
    const struct yamltree_node *node;
    int64_t n = 1;
    if ((node = yamltree_get(map, "sentences")))
        r->ok &= yamltree_int(node, 1, PACK_SENTENCES, &n, r->diags);
    p->sentences = (uint8_t)n;
    n = p->sentences > 1 ? DEFAULT_WITHIN_TWO : r->pack->within;
    if ((node = yamltree_get(map, "within")))
        r->ok &= yamltree_int(node, 1, 1000, &n, r->diags);
    p->within = (uint32_t)n;
    if ((node = yamltree_get(map, "statement")))
        r->ok &= yamltree_bool(node, &p->statement, r->diags);
    if ((node = yamltree_get(map, "together"))) {
        r->ok &= yamltree_int(node, 1, PACK_GROUPS, &n, r->diags);
        p->together = (uint8_t)n;
    }
    if ((node = yamltree_get(map, "across")))
        r->ok &= yamltree_bool(node, &p->across, r->diags);
}

/* A shared phrase has examples by language. */
static const struct yamltree_node *examples(struct pack_reading *r, const struct yamltree_node *node)
{
    if (!node || !r->shared)
        return node;
    if (yamltree_is(node, YAMLTREE_MAPPING, r->diags))
        return yamltree_get(node, r->pack->language);
    r->ok = false;
    return NULL;
}

void pack_phrase(struct pack_reading *r, const struct yamltree_node *map)
{
    static const char *const known[] = {"id",        "kind",   "booster",  "strength", "all",
                                        "any",       "not",    "match",    "within",   "sentences",
                                        "statement", "across", "together", "yes",      "no"};
    struct payment_packs *packs = r->packs;
    if (!yamltree_is(map, YAMLTREE_MAPPING, r->diags) ||
        !yamltree_only(map, known, sizeof(known) / sizeof(*known), r->diags)) {
        r->ok = false;
        return;
    }
    struct phrase *p = arena_alloc(packs->arena, sizeof(*p));
    const struct yamltree_node *id = yamltree_get(map, "id");
    if (!id || id->kind != YAMLTREE_SCALAR || !*id->text) {
        pack_fail(r, map, "add id: kind.name", "a phrase needs an id");
        return;
    }
    p->id = arena_printf(packs->arena, "%s.%s", r->pack->language, id->text);
    p->pack = r->pack;
    p->at = (struct diag_at){r->shared ? packs->shared_file : r->pack->file, map->at.line, map->at.column};
    read_meaning(r, p, map);
    read_options(r, p, map);
    read_parts(r, p, map);
    p->yes = pack_strings(r, examples(r, yamltree_get(map, "yes")), &p->n_yes);
    p->no = pack_strings(r, examples(r, yamltree_get(map, "no")), &p->n_no);
    if (!p->n_yes && !r->shared)
        pack_fail(r, map, "add yes: with a sentence it must hit", "a phrase needs an example");
    if (packs->n_phrases == packs->cap_phrases) {
        packs->cap_phrases = packs->cap_phrases ? 2 * packs->cap_phrases : 256;
        packs->phrases = mem_resize(packs->phrases, packs->cap_phrases, sizeof(*packs->phrases));
    }
    p->index = (uint32_t)packs->n_phrases;
    packs->phrases[packs->n_phrases++] = p;
    read_match(r, p, yamltree_get(map, "match"));
}
