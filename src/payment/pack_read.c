/*
 * Reads a language pack (ringer-phrases(5)). It refuses unknown keys, groups that are not declared, phrases
 * without examples, and patterns PCRE2 refuses: a pack with an error is not used at all, so that nobody believes in
 * a phrase that never hits.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "payment/pack_phrase.h"
#include "payment/pack_read.h"

enum {
    DEFAULT_WITHIN = 140, /* bytes: some twenty words */
    DEFAULT_REACH = 26    /* bytes between "not" and its verb: "not yet been formally" */
};

static int by_id(const void *a, const void *b)
{
    const struct phrase *const *x = a, *const *y = b;
    int order = strcmp((*x)->id, (*y)->id);
    return order ? order : ((*x)->index > (*y)->index) - ((*x)->index < (*y)->index);
}

static void check_ids(struct pack_reading *r)
{
    size_t n = r->packs->n_phrases;
    const struct phrase **sorted = mem_array(n, sizeof(*sorted));
    if (n)
        memcpy(sorted, r->packs->phrases, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_id);
    for (size_t i = 1; i < n; i++)
        if (sorted[i]->pack == r->pack && strcmp(sorted[i - 1]->id, sorted[i]->id) == 0) {
            diag_add(r->diags, DIAG_ERROR, sorted[i]->at, "give each phrase its own id",
                     "the id \"%s\" is used twice", sorted[i]->id);
            r->ok = false;
        }
    free(sorted);
}

static uint16_t optional_group(struct pack_reading *r, const struct yamltree_node *list)
{
    const struct term_group *g = list ? terms_group(&r->v, NULL, list) : NULL;
    r->ok &= !list || g;
    return g ? g->group : GROUP_NONE;
}

static void read_stances(struct pack_reading *r, const struct yamltree_node *map)
{
    static const char *const known[] = {"before", "after"};
    for (size_t i = 0; i < STANCE_CONDITIONAL + 1; i++)
        r->pack->cues[i] = (struct stance_cues){GROUP_NONE, GROUP_NONE};
    if (!map)
        return;
    if (!yamltree_is(map, YAMLTREE_MAPPING, r->diags)) {
        r->ok = false;
        return;
    }
    for (size_t i = 0; i < map->n; i++) {
        enum stance stance;
        if (!stance_from_name(map->keys[i]->text, &stance) || stance == STANCE_ASSERTED) {
            pack_fail(r, map->keys[i], "negated, warning, reported or conditional", "no such stance");
            continue;
        }
        if (!yamltree_is(map->items[i], YAMLTREE_MAPPING, r->diags) ||
            !yamltree_only(map->items[i], known, 2, r->diags)) {
            r->ok = false;
            continue;
        }
        r->pack->cues[stance].before = optional_group(r, yamltree_get(map->items[i], "before"));
        r->pack->cues[stance].after = optional_group(r, yamltree_get(map->items[i], "after"));
    }
}

static void read_guess(struct pack_reading *r, const struct yamltree_node *map)
{
    struct payment_packs *packs = r->packs;
    if (!map)
        return;
    if (!yamltree_is(map, YAMLTREE_MAPPING, r->diags)) {
        r->ok = false;
        return;
    }
    packs->guesses = mem_resize(packs->guesses, packs->n_guesses + map->n + 1, sizeof(*packs->guesses));
    for (size_t i = 0; i < map->n; i++) {
        uint16_t group = optional_group(r, map->items[i]);
        packs->guess_of[group] = (int16_t)packs->n_guesses;
        packs->guesses[packs->n_guesses++] =
            (struct guess){arena_strdup(packs->arena, map->keys[i]->text), group};
    }
    packs->guess_of[GROUP_NONE] = -1;
}

static void read_spellings(struct pack_reading *r, const struct yamltree_node *map)
{
    if (!map)
        return;
    if (!yamltree_is(map, YAMLTREE_MAPPING, r->diags)) {
        r->ok = false;
        return;
    }
    const char **from = arena_array(r->packs->arena, map->n + 1, sizeof(*from));
    const char **to = arena_array(r->packs->arena, map->n + 1, sizeof(*to));
    for (size_t i = 0; i < map->n; i++) {
        from[i] = map->keys[i]->text;
        if (!*from[i] || !yamltree_string(map->items[i], &to[i], r->diags)) {
            pack_fail(r, map->keys[i], "write letter: letters", "not a spelling rule");
            return;
        }
    }
    r->v.spell_from = from;
    r->v.spell_to = to;
    r->v.n_spellings = map->n;
}

static void read_words(struct pack_reading *r, const struct yamltree_node *map)
{
    if (!map)
        return;
    if (!yamltree_is(map, YAMLTREE_MAPPING, r->diags)) {
        r->ok = false;
        return;
    }
    for (size_t i = 0; i < map->n; i++)
        r->ok &= terms_group(&r->v, arena_strdup(r->packs->arena, map->keys[i]->text), map->items[i]) != NULL;
}

/* The pack's words for the concepts: for all of them, so that no shared phrase is lame in one language. */
static void read_concepts(struct pack_reading *r, const struct yamltree_node *map)
{
    const struct yamltree_node *known = r->packs->concepts, *shared = r->packs->shared;
    if (!map)
        return;
    read_words(r, map);
    for (size_t i = 0; known && i < known->n; i++)
        if (!terms_find(&r->v, known->keys[i]->text)) {
            diag_add(r->diags, DIAG_ERROR, map->at, "see concepts.yaml for what it means",
                     "no words for the concept \"%s\"", known->keys[i]->text);
            r->ok = false;
        }
    const struct term_group *please = terms_find(&r->v, "please");
    r->pack->please = please ? please->group : GROUP_NONE;
    r->shared = true;
    for (size_t i = 0; shared && i < shared->n && r->ok; i++)
        pack_phrase(r, shared->items[i]);
    r->shared = false;
}

static void read_sizes(struct pack_reading *r, const struct yamltree_node *root)
{
    int64_t within = DEFAULT_WITHIN, reach = DEFAULT_REACH;
    const struct yamltree_node *node;
    if ((node = yamltree_get(root, "within")))
        r->ok &= yamltree_int(node, 1, 1000, &within, r->diags);
    if ((node = yamltree_get(root, "reach")))
        r->ok &= yamltree_int(node, 1, 200, &reach, r->diags);
    r->pack->within = (uint32_t)within;
    r->pack->reach = (uint32_t)reach;
}

static void read_root(struct pack_reading *r, const struct yamltree_node *root)
{
    static const char *const known[] = {"language", "guess",    "within",  "reach", "spellings", "words",
                                        "concepts", "contrast", "stances", "asks",  "ham",       "phrases"};
    const struct yamltree_node *language = yamltree_get(root, "language");
    const struct yamltree_node *phrases = yamltree_get(root, "phrases");
    r->ok = yamltree_is(root, YAMLTREE_MAPPING, r->diags) &&
            yamltree_only(root, known, sizeof(known) / sizeof(*known), r->diags);
    if (!r->ok)
        return;
    if (!language || language->kind != YAMLTREE_SCALAR || !*language->text) {
        pack_fail(r, root, "add language: with its BCP 47 tag", "language: is missing");
        return;
    }
    r->pack->please = GROUP_NONE;
    r->pack->language = arena_strdup(r->packs->arena, language->text);
    read_sizes(r, root);
    read_spellings(r, yamltree_get(root, "spellings"));
    read_guess(r, yamltree_get(root, "guess"));
    read_words(r, yamltree_get(root, "words"));
    r->pack->contrast = optional_group(r, yamltree_get(root, "contrast"));
    read_stances(r, yamltree_get(root, "stances"));
    r->pack->asks = pack_strings(r, yamltree_get(root, "asks"), &r->pack->n_asks);
    r->pack->ham = pack_strings(r, yamltree_get(root, "ham"), &r->pack->n_ham);
    if (!phrases || !yamltree_is(phrases, YAMLTREE_SEQUENCE, r->diags)) {
        pack_fail(r, root, "add phrases: with a list", "phrases: is missing");
        return;
    }
    for (size_t i = 0; i < phrases->n; i++)
        pack_phrase(r, phrases->items[i]);
    /* Last, so that the pack's own phrases mean its words where a concept has the same name. */
    read_concepts(r, yamltree_get(root, "concepts"));
    check_ids(r);
}

bool concepts_read(struct payment_packs *packs, const char *name, struct span text, struct diag_list *diags)
{
    static const char *const known[] = {"concepts", "phrases"};
    const struct yamltree_node *root = yamltree_parse(packs->arena, name, text, diags);
    if (!root || !yamltree_is(root, YAMLTREE_MAPPING, diags) || !yamltree_only(root, known, 2, diags))
        return false;
    packs->concepts = yamltree_get(root, "concepts");
    packs->shared = yamltree_get(root, "phrases");
    packs->shared_file = arena_strdup(packs->arena, name);
    if (packs->concepts && packs->shared)
        return yamltree_is(packs->concepts, YAMLTREE_MAPPING, diags) &&
               yamltree_is(packs->shared, YAMLTREE_SEQUENCE, diags);
    diag_add(diags, DIAG_ERROR, root->at, "see ringer-phrases(5)", "concepts: or phrases: is missing");
    return false;
}

bool pack_read(struct payment_packs *packs, const char *name, struct span text, struct diag_list *diags)
{
    const struct yamltree_node *root = yamltree_parse(packs->arena, name, text, diags);
    if (!root)
        return false;
    struct pack_reading r = {.packs = packs, .diags = diags, .v = {.packs = packs, .diags = diags}};
    r.pack = arena_alloc(packs->arena, sizeof(*r.pack));
    r.pack->file = arena_strdup(packs->arena, name);
    r.pack->at = (struct diag_at){r.pack->file, 1, 0};
    packs->packs = mem_resize(packs->packs, packs->n_packs + 1, sizeof(*packs->packs));
    packs->packs[packs->n_packs++] = r.pack;
    read_root(&r, root);
    return r.ok;
}
