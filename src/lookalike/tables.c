/*
 * The shipped tables: affixes, common words, popular domains, look-alike letters and keys. Read once, at the
 * first build of an index, and kept for the life of the process, since every reload would read the same.
 * Refuses a file with a line it does not understand: a table half read would lose findings silently.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "base/file.h"
#include "base/mem.h"

#include "lookalike/tables.h"

struct reader {
    struct diag_list *diags;
    struct tables *t;
    const char *path;
    unsigned line;
    bool failed;
    char rows[4][16]; /* of the keyboard being read */
    unsigned n_rows;
};

static void bad_line(struct reader *r, const char *text)
{
    diag_add(r->diags, DIAG_ERROR, (struct diag_at){r->path, r->line, 0},
             "reinstall the shipped data, or fix the line", "%s", text);
    r->failed = true;
}

/* Calls `take` for every line that is neither empty nor a comment, cut at its tabs into three fields. */
static void read_file(struct reader *r, const char *name, void (*take)(struct reader *, struct span *f))
{
    char *path = datadir_path(name);
    struct buf text = {0};
    r->path = path;
    r->line = 0;
    r->failed |= !diag_read_file(r->diags, path, FILE_WRITTEN_MAX, "this table", DATADIR_REMEDY, &text);
    struct span lines = buf_span(&text), rest;
    while (span_line(&lines, &rest)) {
        struct span fields[4];
        r->line++;
        if (span_trim(rest).n == 0 || *rest.p == '#')
            continue;
        for (unsigned i = 0; i < 4; i++)
            fields[i] = span_trim(span_cut(&rest, '\t'));
        take(r, fields);
    }
    buf_free(&text);
    free(path);
}

static void add_affix(struct tables *t, struct span affix, uint8_t kind)
{
    uint32_t front = AFFIX_START, back = AFFIX_START;
    strset_add(&t->affixes, affix, kind);
    for (size_t i = 0; i < affix.n; i++) {
        front = affix_extend(front, affix.p[i]);
        back = affix_extend(back, affix.p[affix.n - 1 - i]);
    }
    t->affix_front[front >> 22] |= (uint64_t)1 << (front >> 16 & 63);
    t->affix_back[back >> 22] |= (uint64_t)1 << (back >> 16 & 63);
}

static void take_affix(struct reader *r, struct span *f)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } kinds[] = {{"geo", AFFIX_GEO},     {"legal", AFFIX_LEGAL}, {"business", AFFIX_BUSINESS},
                 {"trade", AFFIX_TRADE}, {"web", AFFIX_WEB},     {"lure", AFFIX_LURE},
                 {"infra", AFFIX_INFRA}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (span_eq(f[0], span_of(kinds[i].name))) {
            struct span rest = f[1];
            while (rest.n > 0)
                add_affix(r->t, span_cut(&rest, ' '), kinds[i].bit);
            return;
        }
    bad_line(r, "the kind of these affixes is not geo, legal, business, trade, web, lure or infra");
}

static void take_word(struct reader *r, struct span *f)
{
    if (f[0].n != 1 || *f[0].p < '1' || *f[0].p > '3') {
        bad_line(r, "a line of words begins with its level, 1 to 3");
        return;
    }
    struct span rest = f[1];
    while (rest.n > 0) {
        struct span word = span_cut(&rest, ' ');
        if (strset_get(&r->t->words, word.p, word.n) == 0)
            strset_add(&r->t->words, word, (uint8_t)(*f[0].p - '0'));
    }
}

static void take_popular(struct reader *r, struct span *f)
{
    strset_add(&r->t->popular, f[0], 1);
}

static void take_crowd(struct reader *r, struct span *f)
{
    strset_add(&r->t->crowd, f[0], 1);
}

static void take_tld(struct reader *r, struct span *f)
{
    struct span rest = f[1];
    uint8_t kind = span_eq(f[0], SPAN_LIT("cheap"))      ? 1
                   : span_eq(f[0], SPAN_LIT("generic"))  ? 2
                   : span_eq(f[0], SPAN_LIT("official")) ? 3
                   : span_eq(f[0], SPAN_LIT("abused"))   ? 4
                                                         : 0;
    if (!kind)
        bad_line(r, "the kind of these suffixes is not abused, cheap, generic or official");
    while (rest.n > 0)
        strset_add(&r->t->tlds, span_cut(&rest, ' '), kind);
}

static void reading(char out[3], struct span s)
{
    memset(out, 0, 3);
    memcpy(out, s.p, s.n > 2 ? 2 : s.n);
}

static void take_letter(struct reader *r, struct span *f)
{
    char *end;
    struct tables *t = r->t;
    struct span rest = f[1];
    uint32_t cp = (uint32_t)strtoul(f[0].p, &end, 16);
    if (end != f[0].p + f[0].n || f[1].n == 0 || (t->n_letters && cp <= t->letters[t->n_letters - 1].cp)) {
        bad_line(r, "expected code points in rising order with their readings");
        return;
    }
    if ((t->n_letters & (t->n_letters + 1)) == 0) /* 0, 1, 3, 7 ...: room for twice as many */
        t->letters = mem_resize(t->letters, 2 * (t->n_letters + 1), sizeof(*t->letters));
    struct letter *l = &t->letters[t->n_letters++];
    l->cp = cp;
    reading(l->first, span_cut(&rest, ' '));
    reading(l->second, span_cut(&rest, ' '));
}

static void set_cost(struct tables *t, int a, int b, uint8_t cost)
{
    if (cost < t->sub[a][b])
        t->sub[a][b] = t->sub[b][a] = cost;
}

/* Makes all characters that `from` stands for stand for `to`. */
static void unite(char map[128], char from, char to)
{
    char old = map[(int)from], rep = map[(int)to];
    for (int c = 0; c < 128; c++)
        if (map[c] == old)
            map[c] = rep;
}

static void take_visual(struct reader *r, struct span *f)
{
    struct tables *t = r->t;
    int cost = f[2].n ? atoi(f[2].p) : 0;
    bool same = span_eq(f[3], SPAN_LIT("same"));
    if (f[0].n < 1 || f[0].n > 2 || f[1].n != 1 || cost < 1 || cost > COST_EDIT ||
        (!same && !span_eq(f[3], SPAN_LIT("near"))) || ((f[0].p[0] | f[0].p[f[0].n - 1] | *f[1].p) & 0x80)) {
        bad_line(r, "expected: sequence, character, cost 1..100, same or near, between tabs");
        return;
    }
    if (f[0].n == 1) {
        set_cost(t, *f[0].p, *f[1].p, (uint8_t)cost);
        if (same)
            unite(t->same, *f[0].p, *f[1].p);
        if (same || cost <= 35)
            unite(t->loose, *f[0].p, *f[1].p);
        return;
    }
    if (t->n_pairs == MAX_PAIRS) {
        bad_line(r, "too many sequences");
        return;
    }
    struct pair *p = &t->pairs[t->n_pairs++];
    *p = (struct pair){{f[0].p[0], f[0].p[1], 0}, *f[1].p, (uint8_t)cost, same};
    t->pair_of[(int)p->two[0]][(int)p->two[1]] = (char)t->n_pairs;
    t->begins_pair[(int)p->two[0]] |= same;
}

enum { COST_KEY = 70, COST_VOWEL = 60 };

static void keys_touch(struct tables *t, char a, char b)
{
    if (a > ' ' && b > ' ' && a != '.' && b != '.') {
        t->neighbour[(int)a][(int)b] = t->neighbour[(int)b][(int)a] = true;
        set_cost(t, a, b, COST_KEY);
    }
}

static void take_keys(struct reader *r, struct span *f)
{
    if (*f[0].p == '=') {
        r->n_rows = 0;
        return;
    }
    if (r->n_rows == 4 || f[0].n > 15) {
        bad_line(r, "a layout has at most four rows of fifteen keys");
        return;
    }
    char *row = r->rows[r->n_rows];
    memset(row, 0, 16);
    memcpy(row, f[0].p, f[0].n);
    for (size_t i = 0; i < f[0].n; i++) {
        if (row[i] & 0x80)
            row[i] = '.';
        if (i > 0)
            keys_touch(r->t, row[i - 1], row[i]);
        if (r->n_rows > 0) { /* the row above stands half a key to the left */
            keys_touch(r->t, r->rows[r->n_rows - 1][i], row[i]);
            keys_touch(r->t, r->rows[r->n_rows - 1][i + 1], row[i]);
        }
    }
    r->n_rows++;
}

static void prepare(struct tables *t)
{
    static const char vowels[] = "aeiouy";
    memset(t->sub, COST_EDIT, sizeof(t->sub));
    for (int c = 0; c < 128; c++) {
        t->sub[c][c] = 0;
        t->same[c] = t->loose[c] = (char)c;
    }
    for (const char *a = vowels; *a; a++)
        for (const char *b = vowels; *b; b++)
            set_cost(t, *a, *b, COST_VOWEL);
}

/* What looks like the same third character looks alike. */
static void close_looks(struct tables *t)
{
    enum { COST_SAME = 35 };
    for (int a = '0'; a <= 'z'; a++)
        for (int b = '0'; b < a; b++)
            if (t->same[a] == t->same[b])
                set_cost(t, a, b, COST_SAME);
}

static struct tables *load(struct diag_list *diags)
{
    struct tables *t = mem_alloc(sizeof(*t));
    struct reader r = {.diags = diags, .t = t};
    prepare(t);
    read_file(&r, "data/lookalike/affixes.txt", take_affix);
    read_file(&r, "data/lookalike/words.txt", take_word);
    read_file(&r, "data/lookalike/popular.txt", take_popular);
    read_file(&r, "data/lookalike/crowd.txt", take_crowd);
    read_file(&r, "data/lookalike/suffixes.txt", take_tld);
    read_file(&r, "data/lookalike/letters.tsv", take_letter);
    read_file(&r, "data/lookalike/visual.tsv", take_visual);
    read_file(&r, "data/lookalike/keyboards.txt", take_keys);
    close_looks(t);
    for (int c = 0; c < 256; c++)
        t->pattern[c] = c < 128 ? (uint8_t)t->loose[c] & 127 : (uint8_t)(c & 127);
    rarity_learn(&t->rarity, (const struct strset *const[]){&t->affixes, &t->words}, 2);
    if (!r.failed)
        return t;
    strset_free(&t->crowd);
    strset_free(&t->affixes);
    strset_free(&t->words);
    strset_free(&t->popular);
    strset_free(&t->tlds);
    free(t->letters);
    free(t);
    return NULL;
}

const struct tables *tables_get(struct diag_list *diags)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct tables *shared;
    pthread_mutex_lock(&lock);
    if (!shared)
        shared = load(diags);
    const struct tables *t = shared;
    pthread_mutex_unlock(&lock);
    return t;
}

const struct letter *tables_letter(const struct tables *tables, uint32_t cp)
{
    uint32_t lo = 0, hi = tables->n_letters;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (tables->letters[mid].cp == cp)
            return &tables->letters[mid];
        if (tables->letters[mid].cp < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}
