/*
 * Names near a text.
 *
 * Two names within k edits of each other share a string that is left when up to k characters are deleted from
 * the first DELETES_PREFIX of each; so every core stands in the rows of all its deletions, and a lookup asks for
 * all of its own. Nearly all that is asked is not there, and of the cores that are nearly all are too far off: so
 * each step sorts out what it can with what it has at hand, and fetches for all at once what the next one needs.
 */
#include <string.h>

#include "lookalike/near.h"

void near_begin(struct near *near)
{
    near->n_texts = near->n_keys = 0; /* the arrays are written before they are read */
}

static unsigned add_keys(uint64_t *to, const uint64_t *keys, unsigned n, uint64_t tail)
{
    for (unsigned i = 0; i < n; i++)
        to[i] = keys[i] + tail;
    return n;
}

void near_ask(struct near *near, const char *plain, const char *same, size_t n, unsigned edits)
{
    struct deletes d;
    unsigned most = deletes_asked(n), at = near->n_keys;
    if (most == 0 || near->n_texts == NEAR_TEXTS || at + 2 * DELETES_MAX > NEAR_KEYS)
        return;
    deletes_make(same, n, edits < most ? edits : most, &d);
    at += add_keys(near->key + at, d.key, d.n_long, 0);
    if (n + NEAR_SPREAD >= DELETES_TWO)
        at += add_keys(near->key + at, d.key + d.n_long, d.n_short, deletes_tail(same, n));
    /* names of up to DELETES_SHORT + 1 characters have short keys without an end, and no room for three insertions */
    if (n <= DELETES_SHORT + 1 + 2)
        at += add_keys(near->key + at, d.key + d.n_long, d.n - d.n_long, 0);
    near->n_keys = at;
    near->text[near->n_texts++] = (struct near_text){.plain = plain, .n = n, .keys = at};
}

/* Those of the keys that may be there, without a branch: what a filter answers cannot be foretold. */
static unsigned sift(struct filter filter, const uint64_t *keys, unsigned n, uint16_t *kept)
{
    unsigned count = 0;
    for (unsigned i = 0; i < n; i++) {
        kept[count] = (uint16_t)i;
        count += filter_has(&filter, keys[i]);
    }
    return count;
}

struct asked {
    uint64_t key;
    unsigned text;
    struct index_piece piece;
};

/* What stands under each key: only cores of about the text's length. */
static void find_pieces(const struct near *near, const struct lookalike_index *x, struct asked asked[],
                        unsigned n)
{
    const struct rows *rows = &x->deletes;
    for (unsigned i = 0; i < n; i++)
        __builtin_prefetch(&rows->start[index_place(asked[i].key, rows->buckets)]);
    for (unsigned i = 0; i < n; i++)
        __builtin_prefetch(&rows->row[rows->start[index_place(asked[i].key, rows->buckets)]]);
    for (unsigned i = 0; i < n; i++) {
        size_t length = near->text[asked[i].text].n, longest = length + NEAR_SPREAD + 1;
        uint32_t least = x->of_length[length > NEAR_SPREAD ? length - NEAR_SPREAD : 0];
        uint32_t most = x->of_length[longest <= FORM_MAX ? longest : FORM_MAX + 1];
        asked[i].piece = rows_piece(rows, asked[i].key, least, most);
        for (const uint32_t *at = asked[i].piece.at; at < asked[i].piece.end; at++)
            __builtin_prefetch(&x->letters[rows_core(*at)]);
    }
}

static uint64_t letters_of(const struct tables *tables, const struct near_text *text)
{
    struct form form;
    form.n = (uint8_t)text->n;
    memcpy(form.plain, text->plain, text->n);
    form.plain[text->n] = '\0';
    form_skeleton(tables, &form);
    return form_letters(&form);
}

/* Of the cores in the pieces those with much the same letters as their text. */
static void sort_out(struct near *near, const struct lookalike_index *x, const struct asked asked[],
                     unsigned n)
{
    struct near_text *text = NULL;
    uint64_t letters = 0;
    for (unsigned i = 0; i < n; i++)
        for (const uint32_t *at = asked[i].piece.at; at < asked[i].piece.end; at++) {
            if (text != &near->text[asked[i].text]) {
                text = &near->text[asked[i].text];
                letters = letters_of(x->tables, text);
            }
            uint32_t core = rows_core(*at);
            if (near->n_found == NEAR_MAX || letters_differ(x->letters[core], letters) > PATTERN_MAX_LETTERS)
                continue;
            __builtin_prefetch(&x->cores[core]);
            near->found[near->n_found++] = core;
            text->n_found++;
        }
}

/* Of the `n` cores at `from` those within a few edits of the text, each once, to `to`. Returns how many. */
static unsigned compare(const struct lookalike_index *x, const struct near_text *text, const uint32_t *from,
                        unsigned n, uint32_t *to)
{
    const uint8_t *map = x->tables->pattern;
    struct pattern pattern;
    unsigned kept = 0;
    pattern_make(&pattern, map, text->plain, text->n);
    for (unsigned i = 0; i < n; i++) {
        const struct core *c = &x->cores[from[i]];
        uint32_t core = from[i];
        unsigned j = 0;
        if (pattern_edits(&pattern, map, index_key(x, c), c->n) > PATTERN_MAX_EDITS)
            continue;
        while (j < kept && to[j] != core)
            j++;
        to[j] = core;
        kept += j == kept;
    }
    return kept;
}

static void compare_all(struct near *near, const struct lookalike_index *x)
{
    unsigned at = 0, end = 0;
    for (unsigned i = 0; i < near->n_found; i++)
        __builtin_prefetch(index_key(x, &x->cores[near->found[i]]));
    for (unsigned i = 0; i < near->n_texts; i++) {
        struct near_text *text = &near->text[i];
        unsigned n = text->n_found;
        if (n > 0)
            text->n_found = compare(x, text, near->found + at, n, near->found + end);
        at += n;
        end += text->n_found;
        text->end_found = end;
    }
}

void near_find(struct near *near, const struct lookalike_index *x)
{
    enum { BATCH = 256 };
    uint16_t kept[NEAR_KEYS + 1]; /* one more: what is not kept is written all the same */
    struct asked asked[BATCH];
    near->n_found = 0;
    for (unsigned i = 0; i < near->n_texts; i++)
        near->text[i].n_found = near->text[i].end_found = 0;
    unsigned count = sift(x->near, near->key, near->n_keys, kept);
    for (unsigned i = 0, n = 0, text = 0; i < count; i++) {
        while (kept[i] >= near->text[text].keys)
            text++;
        asked[n].key = index_hash_finish(near->key[kept[i]], KEY_DELETES);
        asked[n++].text = text;
        if (n < BATCH && i + 1 < count)
            continue;
        find_pieces(near, x, asked, n);
        sort_out(near, x, asked, n);
        n = 0;
    }
    if (near->n_found > 0)
        compare_all(near, x);
}
