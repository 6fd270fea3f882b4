/*
 * Looking up protected names: exact forms, the deletion neighbourhood, and genuine names.
 *
 * Two names within k edits of each other share a string that is left when up to k characters are deleted from
 * the first DELETE_PREFIX of each; so every core stands in the rows of all its deletions, and a lookup asks for
 * all of its own. Rows are compressed: one array of 32-bit words, cut by one array of offsets.
 */
#include <stdlib.h>
#include <string.h>

#include "lookalike/deletes.h"
#include "lookalike/index.h"

/* Candidates of one row that are looked at; longer rows are names that share their whole beginning. */
enum { ROW_MAX = 400 };

uint64_t index_hash(const char *p, size_t n, enum key_kind kind)
{
    uint64_t h = INDEX_HASH_START;
    for (size_t i = 0; i < n; i++)
        h = index_hash_extend(h, p[i]);
    return index_hash_finish(h, kind);
}

static bool vowel(char c)
{
    const uint32_t vowels = 1u << ('a' - 'a') | 1u << ('e' - 'a') | 1u << ('i' - 'a') | 1u << ('o' - 'a') |
                            1u << ('u' - 'a') | 1u << ('y' - 'a');
    return c >= 'a' && c <= 'z' && (vowels >> (c - 'a') & 1);
}

uint64_t index_vowel_key(const struct form *form)
{
    uint64_t h = INDEX_HASH_START;
    for (unsigned i = 0; i < form->n_skel; i++)
        h = index_hash_extend(h, vowel(form->plain[form->from[i]]) ? 'a' : form->skel[i]);
    return index_hash_finish(h, KEY_VOWELS);
}

static void take_row(const struct rows *rows, uint64_t key, index_take *take, void *context)
{
    if (!rows->n)
        return;
    uint32_t bucket = (uint32_t)(key >> rows->shift), fingerprint = (uint32_t)(key & 0xfff);
    uint32_t end = rows->start[bucket + 1], i = rows->start[bucket];
    if (end - i > ROW_MAX)
        end = i + ROW_MAX;
    for (; i < end; i++)
        if (rows->row[i] >> 20 == fingerprint)
            take(context, rows->row[i] & 0xfffff);
}

void index_exact(const struct lookalike_index *index, uint64_t key, index_take *take, void *context)
{
    take_row(&index->exact, key, take, context);
}

/* A row is in the order of its cores, so of their lengths: those from `least` up to `most` are one piece of it. */
static void take_between(const struct rows *rows, uint64_t key, uint32_t least, uint32_t most,
                         index_take *take, void *context)
{
    uint32_t bucket = (uint32_t)(key >> rows->shift), fingerprint = (uint32_t)(key & 0xfff);
    uint32_t end = rows->start[bucket + 1], i = rows->start[bucket], step = 16;
    while (i + step < end && (rows->row[i + step] & 0xfffff) < least)
        i += step;
    for (unsigned taken = 0; i < end && taken < ROW_MAX; i++) {
        uint32_t core = rows->row[i] & 0xfffff;
        if (core >= most)
            return;
        if (core < least || rows->row[i] >> 20 != fingerprint)
            continue;
        take(context, core);
        taken++;
    }
}

static void take_near(const struct lookalike_index *x, uint64_t *keys, unsigned count, size_t n,
                      index_take *take, void *context)
{
    size_t longest = n + INDEX_SPREAD + 1 <= FORM_MAX ? n + INDEX_SPREAD + 1 : FORM_MAX + 1;
    uint32_t least = x->of_length[n > INDEX_SPREAD ? n - INDEX_SPREAD : 0], most = x->of_length[longest];
    const struct rows *rows = &x->deletes;
    unsigned left = 0;
    for (unsigned i = 0; i < count; i++)
        __builtin_prefetch(rows_filter_word(rows, keys[i]));
    for (unsigned i = 0; i < count; i++)
        if (rows_may_have(rows, keys[i])) {
            keys[left++] = keys[i];
            __builtin_prefetch(&rows->start[keys[i] >> rows->shift]);
        }
    for (unsigned i = 0; i < left; i++)
        __builtin_prefetch(&rows->row[rows->start[keys[i] >> rows->shift]]);
    for (unsigned i = 0; i < left && least < most; i++)
        take_between(rows, keys[i], least, most, take, context);
}

void index_near(const struct lookalike_index *x, const char *plain, size_t n, index_take *take, void *context)
{
    struct deletes d;
    uint64_t keys[2 * DELETES_MAX];
    unsigned count = 0;
    /* a core that is up to two characters longer may be of the next tier */
    unsigned edits = n + 2 >= DELETES_TWO ? 2 : n + 1 >= DELETES_ONE ? 1 : 0;
    if (edits == 0 || x->deletes.n == 0)
        return;
    deletes_make(plain, n, edits, &d);
    for (unsigned i = 0; i < d.n_long; i++)
        keys[count++] = deletes_key(&d, i, false);
    for (unsigned i = d.n_long; i < d.n && n + INDEX_SPREAD >= DELETES_TWO; i++)
        keys[count++] = deletes_key(&d, i, true);
    /* names of up to DELETES_SHORT + 1 characters have short keys without an end */
    for (unsigned i = d.n_long; i < d.n && n <= DELETES_SHORT + 1 + INDEX_SPREAD; i++)
        keys[count++] = deletes_key(&d, i, false);
    take_near(x, keys, count, n, take, context);
}

uint32_t index_genuine(const struct lookalike_index *index, const char *ascii, size_t n)
{
    if (!index->genuine)
        return 0;
    uint64_t key = index_hash(ascii, n, KEY_GENUINE);
    for (uint32_t i = (uint32_t)key & index->genuine_mask; index->genuine[i];
         i = (i + 1) & index->genuine_mask) {
        uint32_t number = index->genuine[i] - 1;
        uint32_t at = number < index->n_names ? index->names[number].ascii
                                              : index->affiliates[number - index->n_names].ascii;
        if (strncmp(index->pool + at, ascii, n) == 0 && index->pool[at + n] == '\0')
            return number + 1;
    }
    return 0;
}
