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
enum { INDEX_GENUINE_BITS = 22, INDEX_MAX_AFFILIATES = 1 << 21 };

struct core {
    uint32_t key;  /* offset of the plain form in pool */
    uint32_t name; /* first of its names; they are sorted, the best relation first */
    uint16_t names;
    uint8_t n;       /* length of the plain form */
    uint8_t flags;   /* CORE_* */
    uint32_t starts; /* where its tokens begin (struct form), of the first 32 characters */
};
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
    uint32_t *start; /* buckets + 1 */
    uint32_t *row;
    uint32_t n, buckets;
};

/* A Bloom filter of unfinished keys, both bits in one word: most of what is asked is not there. */
struct filter {
    uint64_t *word;
    uint32_t words;
};

struct lookalike_index {
    const struct tables *tables;
    const struct lookalike_index *base; /* asked as well; NULL for an index that stands alone */
    char *pool;
    size_t pool_n;
    struct core *cores; /* the shortest first */
    uint64_t *letters;  /* of each core: form_letters of its skeleton; alone, since most cores fail there */
    uint16_t *crowding; /* of each core; 0 = not counted yet; written by lookups (crowding.c) */
    uint32_t of_length[FORM_MAX + 2]; /* the first core of that length or longer */
    uint32_t n_cores;
    struct name *names;
    uint32_t n_names;
    struct rows exact;    /* plain, skel and loose forms */
    struct rows deletes;  /* deletion neighbourhood of the plain form with single look-alikes made equal */
    struct filter listed; /* of the keys of `exact` */
    struct filter near;   /* of the keys of `deletes`, unfinished */
    struct filter inside; /* of the skeletons and their beginnings, for substring probes */
    /* Open addressing over `names` and `affiliates` by canonical name: 1 + number, above it 10 bits of the key. */
    uint32_t *genuine;
    uint32_t genuine_slots;
    struct affiliate *affiliates;
    uint32_t n_affiliates;
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
/* The filter `inside` also has the keys of what longer names begin with: 4 and 6 characters. */
static inline bool index_beginning_ends(unsigned n)
{
    return n == 4 || n == 6;
}
static inline uint64_t index_beginning(uint64_t hash)
{
    return hash * 0xd6e8feb86659fd93u;
}
uint64_t index_hash_open(const char *p, size_t n); /* unfinished */
uint64_t index_hash(const char *p, size_t n, enum key_kind kind);
/* The keys under which the whole forms are listed; names shorter than KEY_LOOSE_MIN have only the first. */
struct listed_keys {
    uint64_t skeleton, loose;
    uint64_t vowels; /* the consonants, and where there are vowels */
};
void index_listed_keys(const struct form *form, struct listed_keys *keys_r);

/* Calls `take` for every core whose row has this key (fingerprints may collide: verify). */
typedef void index_take(void *context, uint32_t core);
void index_exact(const struct lookalike_index *index, uint64_t key, index_take *take, void *context);
/* A number below `n` by the upper half of a key. */
static inline uint32_t index_place(uint64_t key, uint32_t n)
{
    return (uint32_t)((key >> 32) * n >> 32);
}
static inline uint64_t filter_bits(uint64_t key)
{
    return (uint64_t)1 << (key >> 14 & 63) | (uint64_t)1 << (key >> 20 & 63);
}
static inline bool filter_has(const struct filter *filter, uint64_t key)
{
    uint64_t word = filter->word[index_place(key, filter->words)];
    return word >> (key >> 14 & 63) & word >> (key >> 20 & 63) & 1;
}

/*
 * The entries of one key with cores from `least` up to `most`: a bucket is in the order of fingerprint and core, so
 * they stand together, in the order of their lengths.
 */
struct index_piece {
    const uint32_t *at, *end;
};
struct index_piece rows_piece(const struct rows *rows, uint64_t key, uint32_t least, uint32_t most);
static inline uint32_t rows_core(uint32_t entry)
{
    return entry & 0xfffff;
}

static inline uint32_t genuine_number(uint32_t slot)
{
    return slot & ((1u << INDEX_GENUINE_BITS) - 1);
}
static inline uint32_t genuine_fingerprint(uint64_t key)
{
    return (uint32_t)key >> INDEX_GENUINE_BITS << INDEX_GENUINE_BITS;
}
/* The name or affiliate with this canonical form: 1 + its number, affiliates behind the names; 0 = none. */
uint32_t index_genuine(const struct lookalike_index *index, const char *ascii, size_t n);

static inline const char *index_key(const struct lookalike_index *index, const struct core *core)
{
    return index->pool + core->key;
}

#endif
