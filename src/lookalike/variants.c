/*
 * Making lookalikes: every class that can be registered, one step each, and pairs of look-alike characters.
 * What is made here the engine must find again (tests/lookalike/test_variants.c). Names longer than a label
 * may be (63) are not made; host tricks are not registered, so they are not made either.
 */
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "base/file.h"
#include "base/mem.h"

#include "lookalike/domain.h"
#include "lookalike/punycode.h"
#include "lookalike/tables.h"
#include "lookalike/variants.h"

enum { MAX_VARIANTS = 20000 /* far more than any name has */, MAX_WORDS = 512, LABEL = 63, EDIT_MIN = 5 };

struct maker {
    struct arena *arena;
    const struct tables *t;
    const char *label, *suffix;
    size_t n;
    struct lookalike_variant *list;
    size_t count, cap;
    struct strset known;
    const char *words[MAX_WORDS];
    size_t n_words;
};

static void add_domain(struct maker *m, const char *ascii, const char *unicode, enum lookalike_class class)
{
    if (m->count == MAX_VARIANTS || strset_get(&m->known, ascii, strlen(ascii)))
        return;
    strset_add(&m->known, span_of(ascii), 1);
    if (m->count == m->cap) {
        m->list = arena_grow(m->arena, m->list, m->count, m->cap ? 2 * m->cap : 256, sizeof(*m->list));
        m->cap = m->cap ? 2 * m->cap : 256;
    }
    m->list[m->count++] = (struct lookalike_variant){ascii, unicode, class};
}

static bool registrable_label(const char *label)
{
    size_t n = strlen(label);
    return n > 0 && n <= LABEL && label[0] != '-' && label[n - 1] != '-' && !strstr(label, "--");
}

static void add_label(struct maker *m, const char *label, enum lookalike_class class)
{
    if (!registrable_label(label))
        return;
    const char *name = arena_printf(m->arena, "%s.%s", label, m->suffix);
    add_domain(m, name, name, class);
}

/* The label with `n` characters at `at` replaced. */
static char *replaced(struct maker *m, size_t at, size_t n, const char *by)
{
    return arena_printf(m->arena, "%.*s%s%s", (int)at, m->label, by, m->label + at + n);
}

static void replace(struct maker *m, size_t at, size_t n, const char *by, enum lookalike_class class)
{
    add_label(m, replaced(m, at, n, by), class);
}

static bool letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool vowel(char c)
{
    return c && strchr("aeiouy", c);
}

static void edits(struct maker *m)
{
    const char *s = m->label;
    for (size_t i = 0; i < m->n; i++) {
        char twice[] = {s[i], s[i], 0}, turned[] = {s[i + 1], s[i], 0};
        if (!letter_or_digit(s[i]))
            continue;
        replace(m, i, 1, "", LOOKALIKE_OMISSION);
        replace(m, i, 1, twice, LOOKALIKE_REPETITION);
        if (letter_or_digit(s[i + 1]) && s[i] != s[i + 1])
            replace(m, i, 2, turned, LOOKALIKE_TRANSPOSITION);
    }
}

static void other_characters(struct maker *m)
{
    for (size_t i = 0; i < m->n; i++)
        for (int c = '0'; c <= 'z'; c++) {
            char old = m->label[i], one[] = {(char)c, 0}, before[] = {(char)c, old, 0},
                 after[] = {old, (char)c, 0};
            if (!letter_or_digit((char)c) || !letter_or_digit(old) || c == old)
                continue;
            unsigned bits = (unsigned)c ^ (unsigned)old;
            if (vowel((char)c) && vowel(old))
                replace(m, i, 1, one, LOOKALIKE_VOWEL);
            if (m->t->neighbour[(int)old][c]) {
                replace(m, i, 1, one, LOOKALIKE_KEYBOARD);
                replace(m, i, 1, before, LOOKALIKE_INSERTION);
                replace(m, i, 1, after, LOOKALIKE_INSERTION);
            }
            if ((bits & (bits - 1)) == 0)
                replace(m, i, 1, one, LOOKALIKE_BITFLIP);
        }
}

/* What the character or pair at `at` may be exchanged for so that a reader does not see it. */
static size_t look_alikes(struct maker *m, const char *s, size_t at, size_t *n_r, char out[16][3])
{
    size_t count = 0;
    *n_r = 1;
    for (unsigned i = 0; i < m->t->n_pairs && count < 15; i++) {
        const struct pair *p = &m->t->pairs[i];
        if (p->one == s[at] && p->same)
            memcpy(out[count++], p->two, 3);
    }
    for (int c = '0'; c <= 'z' && count < 15; c++)
        if (letter_or_digit((char)c) && c != s[at] && m->t->same[c] == m->t->same[(int)s[at]])
            memcpy(out[count++], (char[]){(char)c, 0, 0}, 3);
    return count;
}

static void confusables(struct maker *m)
{
    char first[16][3], second[16][3];
    size_t n, n2;
    for (size_t i = 0; i < m->n; i++) {
        for (unsigned p = 0; p < m->t->n_pairs; p++)
            if (m->t->pairs[p].same && strncmp(m->label + i, m->t->pairs[p].two, 2) == 0)
                replace(m, i, 2, (char[]){m->t->pairs[p].one, 0}, LOOKALIKE_CONFUSABLE);
        size_t a = look_alikes(m, m->label, i, &n, first);
        for (size_t x = 0; x < a; x++) {
            replace(m, i, 1, first[x], LOOKALIKE_CONFUSABLE);
            for (size_t j = i + 1; j < m->n && m->n >= EDIT_MIN; j++) {
                size_t b = look_alikes(m, m->label, j, &n2, second);
                for (size_t y = 0; y < b; y++)
                    add_label(m,
                              arena_printf(m->arena, "%.*s%s%.*s%s%s", (int)i, m->label, first[x],
                                           (int)(j - i - 1), m->label + i + 1, second[y], m->label + j + 1),
                              LOOKALIKE_CONFUSABLE);
            }
        }
    }
}

static void homograph(struct maker *m, size_t at, uint32_t cp, enum lookalike_class class)
{
    uint32_t label[LABEL + 1];
    char ace[LABEL + 1];
    size_t n;
    if (m->n > LABEL)
        return;
    for (size_t i = 0; i < m->n; i++)
        label[i] = (unsigned char)m->label[i];
    label[at] = cp;
    if (!punycode_encode(label, m->n, ace, sizeof(ace) - 5, &n))
        return;
    struct domain d;
    domain_parse(m->arena, arena_printf(m->arena, "xn--%.*s.%s", (int)n, ace, m->suffix), &d);
    if (d.valid) /* a registry takes only what IDNA 2008 allows */
        add_domain(m, d.ascii, d.unicode, class);
}

static void homographs(struct maker *m)
{
    static const uint32_t accents[][8] = {{'a', 0xe0, 0xe1, 0xe4, 0x101},
                                          {'c', 0xe7, 0x107},
                                          {'e', 0xe8, 0xe9, 0xeb, 0x117},
                                          {'i', 0xed, 0xef, 0x12b},
                                          {'n', 0xf1, 0x144},
                                          {'o', 0xf3, 0xf6, 0x14d},
                                          {'s', 0x15b, 0x219},
                                          {'u', 0xfa, 0xfc},
                                          {'l', 0x13a, 0x13c},
                                          {'z', 0x17c},
                                          {'y', 0xfd}};
    for (size_t i = 0; i < m->n; i++) {
        for (size_t a = 0; a < sizeof(accents) / sizeof(*accents); a++)
            for (size_t k = 1; accents[a][0] == (uint32_t)m->label[i] && k < 8 && accents[a][k]; k++)
                homograph(m, i, accents[a][k], LOOKALIKE_DIACRITIC);
        for (uint32_t k = 0; k < m->t->n_letters; k++) { /* Cyrillic letters that stand for this one */
            const struct letter *l = &m->t->letters[k];
            if (l->cp >= 0x430 && l->cp <= 0x45f && l->first[0] == m->label[i] && l->first[1] == '\0')
                homograph(m, i, l->cp, LOOKALIKE_IDN_HOMOGRAPH);
        }
    }
}

static void hyphens(struct maker *m)
{
    for (size_t i = 1; i < m->n; i++)
        if (m->label[i] == '-')
            replace(m, i, 1, "", LOOKALIKE_HYPHEN);
        else if (m->label[i - 1] != '-')
            replace(m, i, 0, "-", LOOKALIKE_HYPHEN);
    if (m->label[m->n - 1] == 's')
        replace(m, m->n - 1, 1, "", LOOKALIKE_PLURAL);
    else
        replace(m, m->n, 0, "s", LOOKALIKE_PLURAL);
}

static void combinations(struct maker *m)
{
    for (size_t i = 0; i < m->n_words; i++) {
        add_label(m, arena_printf(m->arena, "%s-%s", m->label, m->words[i]), LOOKALIKE_COMBOSQUAT);
        add_label(m, arena_printf(m->arena, "%s-%s", m->words[i], m->label), LOOKALIKE_COMBOSQUAT);
        add_label(m, arena_printf(m->arena, "%s%s", m->label, m->words[i]), LOOKALIKE_COMBOSQUAT);
    }
    add_label(m, arena_printf(m->arena, "www%s", m->label), LOOKALIKE_MISSING_DOT);
}

static void folded_suffix(struct maker *m)
{
    char *flat = arena_strdup(m->arena, m->suffix), *to = flat;
    for (const char *c = m->suffix; *c; c++)
        if (*c != '.')
            *to++ = *c;
    *to = '\0';
    const char *forms[] = {arena_printf(m->arena, "%s%s", m->label, flat),
                           arena_printf(m->arena, "%s-%s", m->label, flat)};
    for (size_t i = 0; i < 2; i++)
        if (registrable_label(forms[i])) {
            const char *name = arena_printf(m->arena, "%s.com", forms[i]);
            add_domain(m, name, name, LOOKALIKE_TLD_FOLDED);
        }
}

static void other_suffix(struct maker *m, struct span suffix)
{
    const char *name = arena_printf(m->arena, "%s.%.*s", m->label, (int)suffix.n, suffix.p);
    add_domain(m, name, name, LOOKALIKE_TLD_SWAP);
}

static void read_lists(struct maker *m, struct diag_list *diags)
{
    char *path = datadir_path("data/lookalike/variants.txt");
    struct buf text = {0};
    diag_read_file(diags, path, FILE_WRITTEN_MAX, "this table", DATADIR_REMEDY, &text);
    struct span lines = buf_span(&text), line;
    while (span_line(&lines, &line)) {
        struct span rest = span_trim(line), kind = span_cut(&rest, '\t');
        while (*line.p != '#' && rest.n > 0) {
            struct span value = span_cut(&rest, ' ');
            if (span_eq(kind, SPAN_LIT("suffix")))
                other_suffix(m, value);
            else if (m->n_words < MAX_WORDS)
                m->words[m->n_words++] = arena_span(m->arena, value);
        }
    }
    buf_free(&text);
    free(path);
}

size_t lookalike_variants(struct arena *arena, const char *domain, struct lookalike_variant **variants_r,
                          const char **error_r, struct diag_list *diags)
{
    struct maker m = {.arena = arena, .t = tables_get(diags)};
    struct domain d;
    domain_parse(arena, domain, &d);
    *variants_r = NULL;
    *error_r = NULL;
    if (!m.t)
        return 0;
    if (!d.registrable || !d.is_ascii || !d.valid) {
        *error_r = "variants are made of registrable ASCII domains";
        return 0;
    }
    const char *dot = strchr(d.registrable, '.');
    m.n = (size_t)(dot - d.registrable);
    m.label = arena_strndup(arena, d.registrable, m.n);
    m.suffix = dot + 1;
    strset_add(&m.known, span_of(d.registrable), 1);
    read_lists(&m, diags);
    confusables(&m);
    homographs(&m);
    hyphens(&m);
    edits(&m);
    other_characters(&m);
    combinations(&m);
    folded_suffix(&m);
    strset_free(&m.known);
    *variants_r = m.list;
    return m.count;
}
