#ifndef RINGER_LOOKALIKE_INDEX_H
#define RINGER_LOOKALIKE_INDEX_H
#include <stdint.h>
#include "lookalike/lookalike.h"
#include "lookalike/skeleton.h"
#include "lookalike/tables.h"

/*
 * The protected names, arranged for lookup. Names with the same core (the labels above the public suffix
 * without hyphens and dots: google.com and google.fr have `google`) share one entry in every table.
 */
enum { KEY_LOOSE_MIN = 5 /* shorter names have no loose and vowel keys */ };
enum { INDEX_MAX_CORES = 1 << 20 /* a row keeps 20 bits of core and 12 bits of fingerprint */ };

struct core {
    uint32_t key;  /* offset of the plain form in pool */
    uint32_t name; /* first of its names; they are sorted, the best relation first */
    uint16_t names;
    uint8_t n;                         /* length of the plain form */
    uint8_t flags;                     /* CORE_* */
    uint64_t starts;                   /* where its tokens begin (struct form) */
} __attribute__((packed, aligned(4))); /* 20 bytes: no hole before `starts` */
enum {
    CORE_LEVEL = 3,   /* how common a word it is: 1 very .. 3 rare, 0 = no word */
    CORE_NUMERIC = 4, /* digits only */
    CORE_LABELS = 8,  /* several labels */
    CORE_AFFIX = 16,  /* also a word that stands beside names: bank, online */
    CORE_ALONE = 32   /* only the first label of a protected subdomain */
};

struct name {
    uint32_t text;  /* as given, offset in pool */
    uint32_t ascii; /* canonical */
    uint8_t relation;
    uint8_t suffix;      /* offset of the public suffix in `ascii` */
    uint8_t registrable; /* offset of the registrable domain in `ascii` */
};

struct rows {        /* hash -> cores: buckets of 32-bit words, 20 bits of core and 12 of fingerprint */
    uint32_t *start; /* 1 << bits, + 1 */
    uint32_t *row;
    uint32_t n;
    unsigned shift;
    uint64_t *filter; /* a bit for each key: most that is asked is not there; NULL when there is none */
    uint32_t filter_words;
};

struct lookalike_index {
    const struct tables *tables;
    const struct lookalike_index *base; /* asked as well; NULL for an index that stands alone */
    char *pool;
    size_t pool_n;
    struct core *cores; /* the shortest first */
    uint32_t *letters;  /* of each core: form_letters of its skeleton; alone, since most cores fail there */
    uint32_t of_length[FORM_MAX + 2]; /* the first core of that length or longer */
    uint32_t n_cores;
    struct name *names;
    uint32_t n_names;
    struct rows exact;   /* plain, skel and loose forms */
    struct rows deletes; /* deletion neighbourhood of the plain form with single look-alikes made equal */
    uint32_t *genuine;   /* open addressing over `names` and `affiliates` by canonical name: 1 + number */
    uint32_t genuine_mask;
    struct affiliate *affiliates;
    uint32_t n_affiliates;
    uint64_t *filter; /* Bloom filter of the keys of `exact`, for substring probes */
    uint32_t filter_mask;
    unsigned shortest, longest; /* key lengths in `exact` */
};

struct affiliate {
    uint32_t ascii; /* offset in pool */
    uint32_t owner; /* name number; UINT32_MAX = of nobody in particular */
};

/* Keys: start, extend by each character, finish with the kind of key. */
enum key_kind { KEY_SKELETON = 1, KEY_LOOSE, KEY_VOWELS, KEY_DELETES, KEY_GENUINE };
#define INDEX_HASH_START 0x9e3779b97f4a7c15u
static inline uint64_t index_hash_extend(uint64_t hash, char c)
{
    return (hash ^ (unsigned char)c) * 0x9fb21c651e98df25u;
}
static inline uint64_t index_hash_finish(uint64_t hash, enum key_kind kind)
{
    hash = (hash ^ (hash >> 32) ^ (uint64_t)kind) * 0xd6e8feb86659fd93u;
    return hash ^ (hash >> 32);
}
uint64_t index_hash(const char *p, size_t n, enum key_kind kind);
uint64_t index_vowel_key(const struct form *form); /* the consonants, and where there are vowels */

/* Calls `take` for every core whose row has this key (fingerprints may collide: verify). */
typedef void index_take(void *context, uint32_t core);
void index_exact(const struct lookalike_index *index, uint64_t key, index_take *take, void *context);
enum { ROWS_FILTER_BITS = 3 /* of a key: three of four that are not there stop at the filter */ };
static inline uint64_t *rows_filter_word(const struct rows *rows, uint64_t key)
{
    return &rows->filter[(key >> 32) * rows->filter_words >> 32];
}
static inline bool rows_may_have(const struct rows *rows, uint64_t key)
{
    return *rows_filter_word(rows, key) >> (key >> 12 & 63) & 1;
}

/* Cores within INDEX_SPREAD characters of the length only. */
enum { INDEX_SPREAD = 3 };
void index_near(const struct lookalike_index *index, const char *plain, size_t n, index_take *take,
                void *context);
static inline bool index_may_have(const struct lookalike_index *index, uint64_t key)
{
    uint64_t word = index->filter[(key >> 20) & index->filter_mask];
    return (word >> (key & 63) & word >> (key >> 6 & 63) & 1) != 0;
}

/* The name or affiliate with this canonical form: 1 + its number, affiliates behind the names; 0 = none. */
uint32_t index_genuine(const struct lookalike_index *index, const char *ascii, size_t n);

static inline const char *index_key(const struct lookalike_index *index, const struct core *core)
{
    return index->pool + core->key;
}

#endif
