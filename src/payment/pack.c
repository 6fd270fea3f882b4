/*
 * Loads language packs (ringer-phrases(5)): every *.yaml of a folder into one immutable set. It refuses
 * unknown keys, groups that are not declared, phrases without examples, and patterns PCRE2 refuses: a pack
 * with an error is not used at all, so that nobody believes in a phrase that never hits.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/file.h"
#include "base/mem.h"
#include "payment/terms.h"

enum {
    DEFAULT_WITHIN = 140,     /* bytes: some twenty words */
    DEFAULT_WITHIN_TWO = 320, /* over two sentences */
    DEFAULT_REACH = 26        /* bytes between "not" and its verb: "not yet been formally" */
};

struct reading {
    struct payment_packs *packs;
    struct pack *pack;
    struct vocabulary v;
    struct diag_list *diags;
    bool shared; /* the phrase comes from the concepts, not from the pack */
    bool ok;
};

static bool fail(struct reading *r, const struct yamltree_node *node, const char *remedy, const char *text)
{
    diag_add(r->diags, DIAG_ERROR, node->at, remedy, "%s", text);
    r->ok = false;
    return false;
}

struct payment_packs *packs_new(void)
{
    struct payment_packs *packs = mem_alloc(sizeof(*packs));
    packs->arena = arena_new();
    packs->number = (uint16_t)packs->n_groups++;
    packs->trie = trie_new();
    packs->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(packs->limits, PACK_REGEX_STEPS);
    pcre2_set_depth_limit(packs->limits, 250);
    pcre2_set_heap_limit(packs->limits, 1024); /* KiB */
    memset(packs->guess_of, 0xFF, sizeof(packs->guess_of));
    return packs;
}

void payment_packs_free(struct payment_packs **packs)
{
    struct payment_packs *p = *packs;
    if (!p)
        return;
    for (size_t i = 0; i < p->n_phrases; i++)
        pcre2_code_free(p->phrases[i]->match);
    for (size_t i = 0; i < p->n_groups; i++)
        free(p->by_group[i].v), free(p->also[i].v);
    pcre2_match_context_free(p->limits);
    trie_free(&p->trie);
    free(p->packs);
    free(p->phrases);
    free(p->guesses);
    arena_free(&p->arena);
    free(p);
    *packs = NULL;
}

struct marks {
    bool verb;   /* "name!" */
    bool shares; /* "name~" */
};

/* A group that is named or written in place; GROUP_NONE with errors. */
static uint16_t group_of(struct reading *r, const struct yamltree_node *node, struct marks *marks_r)
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

static const char *const *strings(struct reading *r, const struct yamltree_node *list, size_t *n_r)
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

static void read_parts(struct reading *r, struct phrase *p, const struct yamltree_node *map)
{
    const struct yamltree_node *all = yamltree_get(map, "all"), *any = yamltree_get(map, "any");
    const struct yamltree_node *not = yamltree_get(map, "not");
    struct marks marks;
    if (!all == !any) {
        fail(r, map, "give all: (groups that must all occur) or any: (terms of which one must)",
             "a phrase needs either all: or any:");
        return;
    }
    if (any) {
        p->groups[p->n_groups++] = group_of(r, any, &marks);
        p->verbs |= marks.verb;
        return;
    }
    if (!yamltree_is(all, YAMLTREE_SEQUENCE, r->diags) || !all->n || all->n > PACK_GROUPS) {
        fail(r, all, "list 1 to 6 groups", "all: must be a list of groups");
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
        fail(r, not, "list at most 6 groups", "not: must be a list of groups");
        return;
    }
    for (size_t i = 0; i < not ->n; i++)
        p->vetoes[p->n_vetoes++] = group_of(r, not ->items[i], &marks);
}

static void regex_alternatives(struct buf *out, const struct term_group *g)
{
    buf_adds(out, "(?:");
    for (size_t i = 0; i < g->n; i++) {
        buf_adds(out, i ? "|" : "");
        for (const char *c = g->terms[i]; *c; c++) {
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
static void read_match(struct reading *r, struct phrase *p, const struct yamltree_node *node)
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
            regex_alternatives(&out, g);
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
        fail(r, node, "see pcre2pattern(3)", (const char *)why);
        return;
    }
    (void)pcre2_jit_compile(p->match, PCRE2_JIT_COMPLETE); /* without JIT it is only slower */
}

static void read_meaning(struct reading *r, struct phrase *p, const struct yamltree_node *map)
{
    const struct yamltree_node *kind = yamltree_get(map, "kind"), *booster = yamltree_get(map, "booster");
    int64_t strength = 0;
    if (!kind == !booster) {
        fail(r, map, "say kind: (what is asked) or booster:", "a phrase needs either kind: or booster:");
        return;
    }
    p->is_booster = booster != NULL;
    if (booster && (booster->kind != YAMLTREE_SCALAR || !booster_from_name(booster->text, &p->booster)))
        fail(r, booster, "see ringer-phrases(5) for the list", "no such booster");
    if (kind && (kind->kind != YAMLTREE_SCALAR || !request_from_name(kind->text, &p->kind)))
        fail(r, kind, "see ringer-phrases(5) for the list", "no such kind of request");
    const struct yamltree_node *s = yamltree_get(map, "strength");
    if (kind && !s)
        fail(r, map, "60 and more is a plain request, 20 to 59 a weak one", "strength: is missing");
    else if (s)
        r->ok &= yamltree_int(s, 1, 100, &strength, r->diags);
    p->strength = (int)strength;
}

static void read_options(struct reading *r, struct phrase *p, const struct yamltree_node *map)
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
static const struct yamltree_node *examples(struct reading *r, const struct yamltree_node *node)
{
    if (!node || !r->shared)
        return node;
    if (yamltree_is(node, YAMLTREE_MAPPING, r->diags))
        return yamltree_get(node, r->pack->language);
    r->ok = false;
    return NULL;
}

static void read_phrase(struct reading *r, const struct yamltree_node *map)
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
        fail(r, map, "add id: kind.name", "a phrase needs an id");
        return;
    }
    p->id = arena_printf(packs->arena, "%s.%s", r->pack->language, id->text);
    p->pack = r->pack;
    p->at = (struct diag_at){r->shared ? packs->shared_file : r->pack->file, map->at.line, map->at.column};
    read_meaning(r, p, map);
    read_options(r, p, map);
    read_parts(r, p, map);
    p->yes = strings(r, examples(r, yamltree_get(map, "yes")), &p->n_yes);
    p->no = strings(r, examples(r, yamltree_get(map, "no")), &p->n_no);
    if (!p->n_yes && !r->shared)
        fail(r, map, "add yes: with a sentence it must hit", "a phrase needs an example");
    if (packs->n_phrases == packs->cap_phrases) {
        packs->cap_phrases = packs->cap_phrases ? 2 * packs->cap_phrases : 256;
        packs->phrases = mem_resize(packs->phrases, packs->cap_phrases, sizeof(*packs->phrases));
    }
    p->index = (uint32_t)packs->n_phrases;
    packs->phrases[packs->n_phrases++] = p;
    read_match(r, p, yamltree_get(map, "match"));
}

static int by_id(const void *a, const void *b)
{
    const struct phrase *const *x = a, *const *y = b;
    int order = strcmp((*x)->id, (*y)->id);
    return order ? order : ((*x)->index > (*y)->index) - ((*x)->index < (*y)->index);
}

static void check_ids(struct reading *r)
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

static uint16_t optional_group(struct reading *r, const struct yamltree_node *list)
{
    const struct term_group *g = list ? terms_group(&r->v, NULL, list) : NULL;
    r->ok &= !list || g;
    return g ? g->group : GROUP_NONE;
}

static void read_stances(struct reading *r, const struct yamltree_node *map)
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
            fail(r, map->keys[i], "negated, warning, reported or conditional", "no such stance");
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

static void read_guess(struct reading *r, const struct yamltree_node *map)
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

static void read_spellings(struct reading *r, const struct yamltree_node *map)
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
            fail(r, map->keys[i], "write letter: letters", "not a spelling rule");
            return;
        }
    }
    r->v.spell_from = from;
    r->v.spell_to = to;
    r->v.n_spellings = map->n;
}

static void read_words(struct reading *r, const struct yamltree_node *map)
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
static void read_concepts(struct reading *r, const struct yamltree_node *map)
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
        read_phrase(r, shared->items[i]);
    r->shared = false;
}

static void read_sizes(struct reading *r, const struct yamltree_node *root)
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

static void read_root(struct reading *r, const struct yamltree_node *root)
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
        fail(r, root, "add language: with its BCP 47 tag", "language: is missing");
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
    r->pack->asks = strings(r, yamltree_get(root, "asks"), &r->pack->n_asks);
    r->pack->ham = strings(r, yamltree_get(root, "ham"), &r->pack->n_ham);
    if (!phrases || !yamltree_is(phrases, YAMLTREE_SEQUENCE, r->diags)) {
        fail(r, root, "add phrases: with a list", "phrases: is missing");
        return;
    }
    for (size_t i = 0; i < phrases->n; i++)
        read_phrase(r, phrases->items[i]);
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
    struct reading r = {.packs = packs, .diags = diags, .v = {.packs = packs, .diags = diags}};
    r.pack = arena_alloc(packs->arena, sizeof(*r.pack));
    r.pack->file = arena_strdup(packs->arena, name);
    r.pack->at = (struct diag_at){r.pack->file, 1, 0};
    packs->packs = mem_resize(packs->packs, packs->n_packs + 1, sizeof(*packs->packs));
    packs->packs[packs->n_packs++] = r.pack;
    read_root(&r, root);
    return r.ok;
}

void phrase_list_add(struct phrase_list *list, uint32_t index)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 8;
        list->v = mem_resize(list->v, list->cap, sizeof(*list->v));
    }
    list->v[list->n++] = index;
}

/* A phrase within one sentence is tried at its first verb (or first group) only; one over two sentences at each. */
void packs_seal(struct payment_packs *packs)
{
    trie_seal(packs->trie);
    for (size_t i = 0; i < packs->n_phrases; i++) {
        struct phrase *p = packs->phrases[i];
        unsigned key = p->verbs ? (unsigned)__builtin_ctz(p->verbs) : 0;
        for (unsigned g = 0; g < p->n_groups; g++)
            if (p->sentences > 1 || g == key)
                phrase_list_add(&packs->by_group[p->groups[g]], p->index);
    }
}

typedef bool reader_fn(struct payment_packs *packs, const char *name, struct span text,
                       struct diag_list *diags);

static bool read_file(struct payment_packs *packs, const char *path, reader_fn *reader,
                      struct diag_list *diags)
{
    struct buf text = {0};
    bool ok = diag_read_file(diags, path, FILE_WRITTEN_MAX, "these phrases", NULL, &text) &&
              reader(packs, path, buf_span(&text), diags);
    buf_free(&text);
    return ok;
}

#define CONCEPTS "concepts.yaml"

static int is_pack(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".yaml") == 0 &&
           strcmp(entry->d_name, CONCEPTS) != 0;
}

struct payment_packs *payment_packs_load(const char *dir, struct diag_list *diags)
{
    char *shipped = dir ? NULL : datadir_path("rules/phrases");
    struct dirent **entries = NULL;
    int n = scandir(dir ? dir : shipped, &entries, is_pack, alphasort);
    struct payment_packs *packs = packs_new();
    bool ok = n > 0;
    if (n <= 0)
        diag_add(diags, DIAG_ERROR, (struct diag_at){dir ? dir : shipped, 0, 0},
                 "name a folder with phrase packs (*.yaml)", "holds no phrase packs");
    char *concepts = mem_printf("%s/" CONCEPTS, dir ? dir : shipped);
    if (access(concepts, F_OK) == 0)
        ok &= read_file(packs, concepts, concepts_read, diags);
    free(concepts);
    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", dir ? dir : shipped, entries[i]->d_name);
        ok &= read_file(packs, path, pack_read, diags);
        free(path);
        free(entries[i]);
    }
    free(entries);
    free(shipped);
    if (ok)
        packs_seal(packs);
    else
        payment_packs_free(&packs);
    return packs;
}
