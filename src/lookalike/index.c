/*
 * Looking up protected names: exact forms, what stands under a key, and genuine names.
 */
#include <stdlib.h>
#include <string.h>

#include "lookalike/index.h"

/* Candidates of one row that are looked at; longer rows are names that share their whole beginning. */
enum { ROW_MAX = 400 };

uint64_t index_hash_open(const char *p, size_t n)
{
    uint64_t h = INDEX_HASH_START;
    for (size_t i = 0; i < n; i++)
        h = index_hash_extend(h, p[i]);
    return h;
}

uint64_t index_hash(const char *p, size_t n, enum key_kind kind)
{
    return index_hash_finish(index_hash_open(p, n), kind);
}

static bool vowel(char c)
{
    const uint32_t vowels = 1u << ('a' - 'a') | 1u << ('e' - 'a') | 1u << ('i' - 'a') | 1u << ('o' - 'a') |
                            1u << ('u' - 'a') | 1u << ('y' - 'a');
    return c >= 'a' && c <= 'z' && (vowels >> (c - 'a') & 1);
}

void index_listed_keys(const struct form *form, struct listed_keys *keys)
{
    uint64_t skeleton = INDEX_HASH_START, loose = skeleton, vowels = skeleton;
    for (unsigned i = 0; i < form->n_skel; i++) {
        skeleton = index_hash_extend(skeleton, form->skel[i]);
        loose = index_hash_extend(loose, form->loose[i]);
        vowels = index_hash_extend(vowels, vowel(form->plain[form->from[i]]) ? 'a' : form->skel[i]);
    }
    keys->skeleton = index_hash_finish(skeleton, KEY_SKELETON);
    keys->loose = index_hash_finish(loose, KEY_LOOSE);
    keys->vowels = index_hash_finish(vowels, KEY_VOWELS);
}

struct index_piece rows_piece(const struct rows *rows, uint64_t key, uint32_t least, uint32_t most)
{
    enum { STEP = 4 };
    uint32_t bucket = index_place(key, rows->buckets), fingerprint = (uint32_t)(key & 0xfff) << 20;
    const uint32_t *at = rows->row + rows->start[bucket], *end = rows->row + rows->start[bucket + 1], *last;
    while (at + STEP < end && at[STEP] < (fingerprint | least))
        at += STEP;
    while (at < end && *at < (fingerprint | least))
        at++;
    if (end - at > ROW_MAX)
        end = at + ROW_MAX;
    for (last = at; last < end && *last < (fingerprint | most);)
        last++;
    return (struct index_piece){at, last};
}

void index_exact(const struct lookalike_index *index, uint64_t key, index_take *take, void *context)
{
    if (!filter_has(&index->listed, key))
        return;
    struct index_piece p = rows_piece(&index->exact, key, 0, index->n_cores);
    for (; p.at < p.end; p.at++)
        take(context, rows_core(*p.at));
}

uint32_t index_genuine(const struct lookalike_index *index, const char *ascii, size_t n)
{
    if (!index->genuine)
        return 0;
    uint64_t key = index_hash(ascii, n, KEY_GENUINE);
    for (uint32_t i = index_place(key, index->genuine_slots); index->genuine[i];
         i = i + 1 < index->genuine_slots ? i + 1 : 0) {
        uint32_t slot = index->genuine[i], number = genuine_number(slot) - 1;
        if (slot - number - 1 != genuine_fingerprint(key))
            continue;
        uint32_t at = number < index->n_names ? index->names[number].ascii
                                              : index->affiliates[number - index->n_names].ascii;
        if (strncmp(index->pool + at, ascii, n) == 0 && index->pool[at + n] == '\0')
            return number + 1;
    }
    return 0;
}
