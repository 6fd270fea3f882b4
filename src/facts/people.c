/*
 * Names of protected people against display names. Names are folded (case, accents, full-width forms),
 * cut into words, and compared as sets of words. A name of one word (CJK names are written without blanks)
 * must stand in the display name as a whole word, or, from two CJK characters on, anywhere in it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "facts/people.h"
#include "facts/shown.h"

enum {
    MAX_WORDS = 8,   /* of a name: longer display names are cut, a real name is not that long */
    MIN_GLUED = 6,   /* letters of a name that is found without blanks */
    NEAR_LENGTH = 5, /* shorter words one letter off are other names (Jean, Joan) */
};

struct words {
    struct span v[MAX_WORDS];
    size_t n;
};

struct entry {
    struct person person;
    struct words words;
    struct span glued[2]; /* in its order, and with the last word first; empty for one Latin word */
};

struct people {
    struct arena *arena;
    struct entry *v;
    size_t n, cap;
};

struct people *people_new(void)
{
    struct people *people = mem_alloc(sizeof(*people));
    people->arena = arena_new();
    return people;
}

void people_free(struct people **people)
{
    if (!*people)
        return;
    arena_free(&(*people)->arena);
    free((*people)->v);
    free(*people);
    *people = NULL;
}

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_cjk(struct span s)
{
    return s.n >= 3 && (unsigned char)s.p[0] >= 0xE3;
}

/* Words of folded text; what stands in brackets is a role or a company, not a name. */
static struct words cut_words(struct span text)
{
    struct words words = {0};
    size_t i = 0;
    while (i < text.n && words.n < MAX_WORDS) {
        if (text.p[i] == '(' || text.p[i] == '[') {
            char close = text.p[i] == '(' ? ')' : ']';
            const char *end = memchr(text.p + i, close, text.n - i);
            i = end ? (size_t)(end - text.p) + 1 : i + 1;
            continue;
        }
        size_t start = i;
        while (i < text.n && is_word_byte((unsigned char)text.p[i]))
            i++;
        if (i > start)
            words.v[words.n++] = (struct span){text.p + start, i - start};
        else
            i++;
    }
    return words;
}

static struct span glue(struct arena *arena, const struct words *words, size_t first)
{
    struct glued g = {.n = 0};
    for (size_t i = 0; i < words->n; i++)
        shown_glue(&g, words->v[(first + i) % words->n]);
    return (struct span){arena_strndup(arena, g.p, g.n), g.n};
}

void people_add(struct people *people, const char *name, const char *role, const char *const *addresses,
                size_t n_addresses)
{
    if (people->n == people->cap) {
        people->cap = people->cap ? people->cap * 2 : 16;
        people->v = mem_resize(people->v, people->cap, sizeof(*people->v));
    }
    struct entry *e = &people->v[people->n++];
    const char **copies = arena_array(people->arena, n_addresses, sizeof(*copies));
    for (size_t i = 0; i < n_addresses; i++)
        copies[i] = arena_strdup(people->arena, addresses[i]);
    char *own_name = arena_strdup(people->arena, name);
    *e = (struct entry){.person = {own_name, arena_strdup(people->arena, role), copies, n_addresses}};
    struct folded_text *folded = text_fold(people->arena, span_of(own_name));
    e->words = cut_words(folded->text);
    for (size_t i = 0; i < 2 && (e->words.n > 1 || (e->words.n == 1 && is_cjk(e->words.v[0]))); i++)
        e->glued[i] = glue(people->arena, &e->words, i ? e->words.n - 1 : 0);
}

size_t people_count(const struct people *people)
{
    return people->n;
}

/* One letter changed, added, left out or swapped. */
static bool one_off(struct span a, struct span b)
{
    if (a.n > b.n) {
        struct span t = a;
        a = b;
        b = t;
    }
    if (b.n - a.n > 1 || b.n < NEAR_LENGTH)
        return false;
    size_t i = 0;
    while (i < a.n && a.p[i] == b.p[i])
        i++;
    struct span ra = {a.p + i, a.n - i}, rb = {b.p + i, b.n - i};
    if (a.n != b.n)
        return memcmp(ra.p, rb.p + 1, ra.n) == 0;
    if (ra.n == 0)
        return true;
    if (memcmp(ra.p + 1, rb.p + 1, ra.n - 1) == 0)
        return true;
    return ra.n >= 2 && ra.p[0] == rb.p[1] && ra.p[1] == rb.p[0] && memcmp(ra.p + 2, rb.p + 2, ra.n - 2) == 0;
}

enum word_match { WORD_NONE, WORD_INITIAL, WORD_NEAR, WORD_SAME };

static enum word_match best_word(struct span want, const struct words *shown)
{
    enum word_match best = WORD_NONE;
    for (size_t i = 0; i < shown->n; i++) {
        struct span have = shown->v[i];
        enum word_match m = span_eq(want, have)                                   ? WORD_SAME
                            : one_off(want, have)                                 ? WORD_NEAR
                            : have.n == 1 && want.n > 1 && have.p[0] == want.p[0] ? WORD_INITIAL
                                                                                  : WORD_NONE;
        if (m > best)
            best = m;
    }
    return best;
}

static bool contains(struct span text, struct span part)
{
    return part.n && text.n >= part.n && memmem(text.p, text.n, part.p, part.n);
}

/* 0 = another name, 1 = nearly, 2 = the name. */
static int match_name(const struct entry *e, const struct words *shown, struct span whole)
{
    size_t same = 0, near = 0, initial = 0;
    if (e->words.n == 0)
        return 0;
    if (e->words.n == 1) {
        struct span only = e->words.v[0];
        if (is_cjk(only) && only.n >= 6)
            return contains(whole, only) ? 2 : 0;
        return shown->n == 1 && best_word(only, shown) == WORD_SAME ? 2 : 0;
    }
    for (size_t i = 0; i < e->words.n; i++) {
        enum word_match m = best_word(e->words.v[i], shown);
        same += m == WORD_SAME;
        near += m == WORD_NEAR;
        initial += m == WORD_INITIAL;
    }
    if (same == e->words.n)
        return 2;
    /* the last word of the list is the surname as people write lists: an initial may stand for a first name only */
    bool surname = best_word(e->words.v[e->words.n - 1], shown) == WORD_SAME;
    if (same + near == e->words.n && near == 1)
        return 1;
    return surname && same + initial == e->words.n && initial == 1 ? 1 : 0;
}

static bool is_own(const struct person *person, const char *address)
{
    for (size_t i = 0; i < person->n_addresses; i++)
        if (strcasecmp(person->addresses[i], address) == 0)
            return true;
    return false;
}

/* Is the run so far, but for its last letter, which may become another with the next, the begin of the name? */
static bool may_become(const struct glued *run, struct span name)
{
    return run->n && run->n <= name.n + 1 && memcmp(run->p, name.p, run->n - 1) == 0;
}

/* The name as neighbouring words, glued, spelt out or with letters that look alike. */
static bool stands_in(const struct entry *e, const struct shown *shown)
{
    for (size_t i = 0; i < shown->n && e->glued[0].n >= MIN_GLUED; i++) {
        struct glued g = {.n = 0};
        for (size_t k = i; k < shown->n; k++) {
            shown_glue(&g, shown->v[k].text);
            if (!may_become(&g, e->glued[0]) && !may_become(&g, e->glued[1]))
                break;
            struct span run = {g.p, g.n};
            if (span_eq(run, e->glued[0]) || span_eq(run, e->glued[1]))
                return true;
        }
    }
    return false;
}

struct search {
    const struct people *people;
    struct arena *arena;
    const char *address;
    int best;
    struct person_match *match;
};

static void take(struct search *s, const struct entry *e, int found)
{
    bool genuine = s->address && is_own(&e->person, s->address);
    /* two people of one name: the one who owns the address is meant */
    if (found > s->best || (found && found == s->best && genuine)) {
        s->best = found;
        *s->match = (struct person_match){&e->person, found == 1, genuine};
    }
}

/* `strict`: as neighbouring words only, in a text that is no name. */
static void search_in(struct search *s, const char *text, unsigned how, bool strict)
{
    struct shown shown;
    shown_read(s->arena, text, how, &shown);
    struct words words = cut_words(shown.text);
    if (how & SHOWN_LOCAL)
        for (words.n = 0; words.n < shown.n && words.n < MAX_WORDS; words.n++)
            words.v[words.n] = shown.v[words.n].text;
    for (size_t i = 0; i < s->people->n; i++) {
        const struct entry *e = &s->people->v[i];
        int found = strict ? 0 : match_name(e, &words, shown.text);
        take(s, e, found < 2 && stands_in(e, &shown) ? 2 : found);
    }
}

bool people_match(const struct people *people, struct arena *arena, const char *text, enum person_where where,
                  const char *address, struct person_match *match_r)
{
    struct search s = {people, arena, address, 0, match_r};
    unsigned how = where == PERSON_LOCAL ? SHOWN_LOCAL : SHOWN_PLAIN;
    if (!text || !*text || people->n == 0)
        return false;
    search_in(&s, text, how, where == PERSON_TEXT);
    if (s.best < 2 && shown_has_capitals(text))
        search_in(&s, text, how | SHOWN_CAPITALS, where == PERSON_TEXT);
    return s.best > 0;
}

const struct person *people_by_address(const struct people *people, const char *address)
{
    for (size_t i = 0; i < people->n; i++)
        if (is_own(&people->v[i].person, address))
            return &people->v[i].person;
    return NULL;
}
