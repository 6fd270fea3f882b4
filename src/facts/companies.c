/*
 * Names of protected companies against display names, see companies.h. Each name is kept as hashes: of its words glued
 * together, in their order and sorted. Every run of words of a text is glued in the same two ways and looked up, so that
 * a million names cost no more than ten. Letters that look alike are one letter in what is hashed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lookalike/domain.h"
#include "lookalike/tables.h"

#include "facts/companies.h"
#include "facts/shown.h"

enum {
    MAX_RUN = 8,       /* words of a name */
    MIN_SINGLE = 5,    /* letters of a name of one word that may stand without a legal form */
    MIN_WORDS = 6,     /* letters of several words that say enough anywhere */
    MIN_GLUED = 4,     /* shorter parts of a word are no name with an affix */
    MIN_CJK = 3,       /* characters of a name in Han, kana or hangul */
    MAX_CJK = 16,      /* of its core, without the legal form */
    MAX_CJK_TEXT = 64, /* characters of a text that are looked at */
    MIN_NEAR = 10,     /* letters of a name that is found with one letter off */
    MAX_NEAR = 32,     /* and at most: each has a slot */
    NEAR_NAMES =
        20000, /* as many companies are found so: in a longer list too many names are near one another */
    FIRST_SLOTS = 64
};

enum rank {
    RANK_WEAK = 1, /* a word: only beside a legal form, or an own company's department */
    RANK_COMMON,   /* a word that somebody said to be a name: also alone */
    RANK_WHOLE,    /* must fill its segment, but for affixes */
    RANK_ANYWHERE  /* says enough, whatever stands beside it */
};

struct slot {
    uint64_t hash; /* 0 = free */
    uint32_t company;
    uint8_t rank;
    bool glued; /* one label without hyphens: where its words part is a guess */
};

struct companies {
    const struct tables *tables;
    struct company *v;
    size_t n, cap;
    struct slot *slots; /* a power of two, at most half full */
    size_t n_slots, used;
    size_t longest; /* name, glued: bytes */
};

/* --- the hash of a name */

enum { SALT_ORDER = 1, SALT_SORTED = 2, SALT_CJK = 3, SALT_NEAR = 4 };

static uint64_t hash_of(const char *p, size_t n, unsigned salt)
{
    uint64_t h = 14695981039346656037ULL ^ salt; /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 1099511628211ULL;
    h ^= h >> 29;
    return h ? h : 1;
}

static int by_text(const void *a, const void *b)
{
    const struct shown_word *x = a, *y = b;
    size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
    int order = memcmp(x->text.p, y->text.p, n);
    return order ? order : (x->text.n > y->text.n) - (x->text.n < y->text.n);
}

static uint64_t hash_words(const struct shown_word *v, size_t n)
{
    struct glued g = {.n = 0};
    for (size_t i = 0; i < n; i++)
        shown_glue(&g, v[i].text);
    return hash_of(g.p, g.n, SALT_ORDER);
}

/* The same whatever the order of the words is. */
static uint64_t hash_sorted(const struct shown_word *v, size_t n)
{
    struct shown_word sorted[MAX_RUN];
    struct glued g = {.n = 0};
    memcpy(sorted, v, n * sizeof(*v));
    qsort(sorted, n, sizeof(*sorted), by_text);
    for (size_t i = 0; i < n; i++)
        shown_glue(&g, sorted[i].text);
    return hash_of(g.p, g.n, SALT_SORTED);
}

/* --- words */

static unsigned affix(const struct companies *c, struct span w)
{
    return strset_get(&c->tables->affixes, w.p, w.n);
}

static bool all_digits(struct span w)
{
    for (size_t i = 0; i < w.n; i++)
        if (w.p[i] < '0' || w.p[i] > '9')
            return false;
    return true;
}

/* A word that says nothing of whose name it is. */
static bool is_common(const struct companies *c, struct span w)
{
    return w.n < 3 || affix(c, w) || strset_get(&c->tables->words, w.p, w.n) || all_digits(w);
}

static bool is_legal(const struct companies *c, struct span w)
{
    return affix(c, w) & AFFIX_LEGAL && !span_eq(w, SPAN_LIT("and")) && !span_eq(w, SPAN_LIT("sons"));
}

static bool is_department(const struct companies *c, struct span w)
{
    return affix(c, w) & (AFFIX_BUSINESS | AFFIX_LURE);
}

/* Of the domain that a name is written like: Impots.gouv. */
static bool is_suffix(const struct companies *c, struct span w)
{
    return strset_get(&c->tables->tlds, w.p, w.n) || span_eq(w, SPAN_LIT("gouv")) ||
           span_eq(w, SPAN_LIT("gob")) || span_eq(w, SPAN_LIT("govt"));
}

static bool is_connective(struct span w)
{
    static const char *const words[] = {"and", "und", "et",  "e",   "y",   "i",   "en", "de",  "du",
                                        "des", "del", "di",  "do",  "da",  "dos", "of", "the", "la",
                                        "le",  "les", "van", "der", "den", "von", "für"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (span_eq(w, span_of(words[i])))
            return true;
    return false;
}

static void drop_connectives(const struct shown *all, struct shown *rest)
{
    rest->n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (!is_connective(all->v[i].text))
            rest->v[rest->n++] = all->v[i];
}

/* --- filling */

static void put(struct slot *slots, size_t n_slots, struct slot s)
{
    size_t i = (size_t)s.hash & (n_slots - 1);
    while (slots[i].hash)
        i = (i + 1) & (n_slots - 1);
    slots[i] = s;
}

static void add_slot(struct companies *c, struct slot s)
{
    if (2 * (c->used + 1) > c->n_slots) {
        size_t n_slots = c->n_slots ? 2 * c->n_slots : FIRST_SLOTS;
        struct slot *slots = mem_array(n_slots, sizeof(*slots));
        for (size_t i = 0; i < c->n_slots; i++)
            if (c->slots[i].hash)
                put(slots, n_slots, c->slots[i]);
        free(c->slots);
        c->slots = slots;
        c->n_slots = n_slots;
    }
    s.company = (uint32_t)c->n - 1;
    put(c->slots, c->n_slots, s);
    c->used++;
}

/* The words without legal forms at either end; all of them when nothing else is left. */
static struct span_run {
    size_t begin, n;
} core_of(const struct companies *c, const struct shown *name)
{
    size_t begin = 0, end = name->n;
    while (begin < end && (is_legal(c, name->v[begin].text) || span_eq(name->v[begin].text, SPAN_LIT("the"))))
        begin++;
    while (end > begin && (is_legal(c, name->v[end - 1].text) ||
                           (end < name->n && span_eq(name->v[end - 1].text, SPAN_LIT("and")))))
        end--;
    return begin < end ? (struct span_run){begin, end - begin} : (struct span_run){0, name->n};
}

static enum rank rank_of(const struct companies *c, const struct shown_word *v, size_t n, bool given)
{
    size_t common = 0, letters = 0;
    for (size_t i = 0; i < n; i++) {
        common += is_common(c, v[i].text);
        letters += v[i].text.n;
    }
    if (n == 1)
        return !common && v[0].text.n >= MIN_SINGLE ? RANK_WHOLE : given ? RANK_COMMON : RANK_WEAK;
    if (letters < MIN_WORDS)
        return given ? RANK_COMMON : RANK_WEAK;
    return common < n ? RANK_ANYWHERE : RANK_WHOLE;
}

static uint64_t hash_without(const struct glued *g, size_t at, unsigned salt)
{
    char p[GLUED_MAX];
    memcpy(p, g->p, at);
    memcpy(p + at, g->p + at + 1, g->n - at - 1);
    return hash_of(p, g->n - 1, salt);
}

/* The name without each of its letters: names that share one of these are one letter apart, or two have changed places. */
static void add_near(struct companies *c, const struct shown_word *v, size_t n, enum rank rank, bool glued)
{
    struct glued g = {.n = 0};
    for (size_t i = 0; i < n; i++)
        shown_glue(&g, v[i].text);
    if (rank < RANK_WHOLE || g.n < MIN_NEAR || g.n > MAX_NEAR || c->n > NEAR_NAMES)
        return;
    for (size_t i = 0; i < g.n; i++)
        if (i == 0 || g.p[i] != g.p[i - 1])
            add_slot(
                c, (struct slot){.hash = hash_without(&g, i, SALT_NEAR), .rank = RANK_WHOLE, .glued = glued});
}

static void add_words(struct companies *c, const struct shown_word *v, size_t n, enum rank rank, bool glued)
{
    if (n == 0 || n > MAX_RUN)
        return;
    struct glued g = {.n = 0};
    for (size_t i = 0; i < n; i++)
        shown_glue(&g, v[i].text);
    c->longest = g.n > c->longest ? g.n : c->longest;
    add_slot(c, (struct slot){.hash = hash_of(g.p, g.n, SALT_ORDER), .rank = (uint8_t)rank, .glued = glued});
    if (n > 1)
        add_slot(c, (struct slot){.hash = hash_sorted(v, n), .rank = (uint8_t)rank});
    add_near(c, v, n, rank, glued);
}

static void add_latin(struct companies *c, const struct shown *name)
{
    struct shown rest;
    struct span_run core = core_of(c, name);
    enum rank rank = rank_of(c, name->v + core.begin, core.n, true);
    add_words(c, name->v + core.begin, core.n, rank, false);
    struct shown words = {.n = core.n};
    memcpy(words.v, name->v + core.begin, core.n * sizeof(*words.v));
    drop_connectives(&words, &rest);
    if (rest.n && rest.n < core.n)
        add_words(c, rest.v, rest.n, rank_of(c, rest.v, rest.n, true), false);
}

/* A word of the language in a label names no company, but for one's own: it needs a department beside it. */
static void add_label(struct companies *c, struct arena *arena, struct span label, bool own)
{
    struct shown name;
    shown_read(arena, arena_span(arena, label), SHOWN_PLAIN, &name);
    struct span_run core = core_of(c, &name);
    const struct shown_word *v = name.v + core.begin;
    if (core.n == 0)
        return;
    enum rank rank = rank_of(c, v, core.n, false);
    unsigned kinds = affix(c, v[0].text);
    if (core.n == 1 && (v[0].text.n < 3 || kinds & ~(unsigned)AFFIX_LEGAL || (kinds && !own)))
        return;
    add_words(c, v, core.n, rank, core.n == 1);
}

/* Also of the host where one is protected: dgfip.finances.example. */
static void add_domain(struct companies *c, struct arena *arena, const char *domain, bool own)
{
    struct domain d;
    domain_parse(arena, domain, &d);
    unsigned at = domain_registrable_label(&d);
    for (unsigned i = 0; i <= at && at < d.n; i++)
        add_label(c, arena, d.label[i], own);
}

/* --- Han, kana, hangul */

struct cjk {
    char p[4 * MAX_CJK_TEXT];
    uint16_t at[MAX_CJK_TEXT + 1]; /* where each character begins, and the end */
    size_t n;
};

static bool is_cjk(uint32_t c)
{
    return (c >= 0x3040 && c < 0xA000 && c != 0x30FB) || (c >= 0xAC00 && c < 0xD7B0) ||
           (c >= 0xF900 && c < 0xFB00);
}

static size_t legal_form(struct span text)
{
    static const char *const forms[] = {"股份有限公司", "有限責任公司", "有限责任公司", "股份公司",
                                        "有限公司",     "公司",         "株式会社",     "有限会社",
                                        "合同会社",     "主式會社",     "주식회사",     "유한회사",
                                        "(株)",         "(有)",         "集團",         "集团"};
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        size_t n = strlen(forms[i]);
        if (text.n >= n && memcmp(text.p, forms[i], n) == 0)
            return n;
    }
    return 0;
}

/* The characters of a folded text, without blanks and legal forms. */
static void read_cjk(struct span text, struct cjk *out)
{
    size_t used = 0;
    out->n = 0;
    for (size_t i = 0; i < text.n && out->n < MAX_CJK_TEXT;) {
        uint32_t c;
        size_t form = legal_form((struct span){text.p + i, text.n - i});
        size_t n = form ? form : text_decode(text.p + i, text.n - i, &c);
        if (!form && is_cjk(c)) {
            out->at[out->n++] = (uint16_t)used;
            memcpy(out->p + used, text.p + i, n);
            used += n;
        }
        i += n;
    }
    out->at[out->n] = (uint16_t)used;
}

static uint64_t hash_cjk(const struct cjk *text, size_t begin, size_t end)
{
    return hash_of(text->p + text->at[begin], text->at[end] - text->at[begin], SALT_CJK);
}

/* --- the door for filling */

static bool has_latin(const struct shown *name)
{
    for (size_t i = 0; i < name->n; i++)
        if ((unsigned char)name->v[i].text.p[0] < 0xE3)
            return true;
    return false;
}

static void add_given(struct companies *c, struct arena *arena, struct span text)
{
    const char *given = arena_span(arena, text);
    struct shown name;
    struct cjk cjk;
    shown_read(arena, given, SHOWN_PLAIN, &name);
    read_cjk(name.text, &cjk);
    if (cjk.n >= MIN_CJK && cjk.n <= MAX_CJK)
        add_slot(c, (struct slot){.hash = hash_cjk(&cjk, 0, cjk.n), .rank = RANK_ANYWHERE});
    if (has_latin(&name))
        add_latin(c, &name);
}

struct companies *companies_new(struct diag_list *diags)
{
    const struct tables *tables = tables_get(diags);
    if (!tables)
        return NULL;
    struct companies *c = mem_alloc(sizeof(*c));
    c->tables = tables;
    return c;
}

void companies_free(struct companies **companies)
{
    if (!*companies)
        return;
    free((*companies)->v);
    free((*companies)->slots);
    free(*companies);
    *companies = NULL;
}

void companies_add(struct companies *c, const struct company *company)
{
    struct arena *arena = arena_new();
    struct span names = span_of(company->name);
    if (c->n == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 16;
        c->v = mem_resize(c->v, c->cap, sizeof(*c->v));
    }
    c->v[c->n] = *company;
    if (!names.n)
        c->v[c->n].name = company->domain;
    c->n++;
    if (!names.n)
        add_domain(c, arena, company->domain, company->relation == RELATION_OWN);
    while (names.n) {
        struct span one = span_trim(span_cut(&names, ';'));
        if (one.n)
            add_given(c, arena, one);
    }
    arena_free(&arena);
}

size_t companies_count(const struct companies *c)
{
    return c->n;
}

/* --- matching */

struct search {
    const struct companies *companies;
    const struct shown *shown;
    enum company_where where;
    const struct company *best;
    enum rank best_rank;
};

/* What stands beside words [begin, end) in their segment. */
struct beside {
    bool foreign, legal, department;
};

static struct beside look_beside(const struct search *s, size_t begin, size_t end)
{
    struct beside b = {0};
    unsigned first = s->shown->v[begin].segment, last = s->shown->v[end - 1].segment;
    for (size_t i = 0; i < s->shown->n; i++) {
        struct span w = s->shown->v[i].text;
        if ((i >= begin && i < end) || s->shown->v[i].segment < first || s->shown->v[i].segment > last)
            continue;
        b.legal |= is_legal(s->companies, w);
        b.department |= is_department(s->companies, w);
        b.foreign |=
            !affix(s->companies, w) && !all_digits(w) && !is_connective(w) && !is_suffix(s->companies, w);
    }
    return b;
}

/* "John Lewis" may be johnlewis.example or a person: two words, the second of which is none of a language or trade. */
static bool may_be_person(const struct search *s, const struct slot *slot, size_t begin, size_t end)
{
    return slot->glued && end - begin == 2 && !is_common(s->companies, s->shown->v[begin + 1].text);
}

static bool accept(const struct search *s, const struct slot *slot, size_t begin, size_t end)
{
    if (slot->rank == RANK_ANYWHERE && s->where != COMPANY_LINE)
        return true;
    struct beside b = look_beside(s, begin, end);
    bool own = s->companies->v[slot->company].relation == RELATION_OWN;
    bool text = s->where == COMPANY_LINE || s->where == COMPANY_SUBJECT;
    if (b.foreign || (text && slot->rank < RANK_WHOLE))
        return false;
    switch ((enum rank)slot->rank) {
    case RANK_WEAK:
        return b.legal || (b.department && own);
    case RANK_COMMON:
        return b.legal || b.department || end - begin == s->shown->n;
    case RANK_WHOLE:
        return b.legal || b.department || !(may_be_person(s, slot, begin, end) || (text && end - begin == 1));
    case RANK_ANYWHERE:
        return true;
    }
    return false;
}

/* The company of a hash, when what stands beside words [begin, end) lets it count. */
static void find(struct search *s, uint64_t hash, size_t begin, size_t end)
{
    const struct companies *c = s->companies;
    for (size_t i = (size_t)hash & (c->n_slots - 1); c->slots[i].hash; i = (i + 1) & (c->n_slots - 1)) {
        const struct slot *slot = &c->slots[i];
        if (slot->hash != hash || slot->rank <= s->best_rank || !accept(s, slot, begin, end))
            continue;
        s->best = &c->v[slot->company];
        s->best_rank = (enum rank)slot->rank;
    }
}

/* northgatetoolingaccounts: a name with an affix before or behind it. */
static void find_inside(struct search *s, size_t at)
{
    struct span word = s->shown->v[at].text;
    for (size_t i = MIN_GLUED; i + 2 <= word.n; i++) {
        struct span front = {word.p, i}, back = {word.p + i, word.n - i};
        struct glued g = {.n = 0};
        if (back.n <= AFFIX_MAX && affix(s->companies, back)) {
            shown_glue(&g, front);
            find(s, hash_of(g.p, g.n, SALT_ORDER), at, at + 1);
        } else if (back.n >= MIN_GLUED && front.n <= AFFIX_MAX && affix(s->companies, front)) {
            shown_glue(&g, back);
            find(s, hash_of(g.p, g.n, SALT_ORDER), at, at + 1);
        }
    }
}

/* "De Vries Staalhandel" for staalhandel-devries.example: the same run, begun at another word. */
static void find_turned(struct search *s, size_t begin, size_t n)
{
    struct shown_word twice[2 * MAX_RUN];
    memcpy(twice, s->shown->v + begin, n * sizeof(*twice));
    memcpy(twice + n, s->shown->v + begin, n * sizeof(*twice));
    for (size_t i = 1; i < n; i++)
        find(s, hash_words(twice + i, n), begin, begin + n);
}

/* Letters at the joints may become one, which depends on the order: a run may be so much longer than a name like it. */
enum { JOINTS = 2 * MAX_RUN };

static void find_runs(struct search *s, const struct shown *shown)
{
    s->shown = shown;
    for (size_t i = 0; i < shown->n; i++) {
        struct glued g = {.n = 0};
        for (size_t n = 1; n <= MAX_RUN && i + n <= shown->n; n++) {
            shown_glue(&g, shown->v[i + n - 1].text);
            if (g.n > s->companies->longest + JOINTS)
                break;
            find(s, hash_of(g.p, g.n, SALT_ORDER), i, i + n);
            if (n > 1) {
                find(s, hash_sorted(shown->v + i, n), i, i + n);
                find_turned(s, i, n);
            }
        }
        find_inside(s, i);
    }
}

/* One letter off: only as the whole of a display name, but for affixes. */
static void find_near(struct search *s, size_t begin, size_t end)
{
    struct glued g = {.n = 0};
    for (size_t i = begin; i < end; i++)
        shown_glue(&g, s->shown->v[i].text);
    if (g.n + 1 < MIN_NEAR || g.n > MAX_NEAR + 1 || look_beside(s, begin, end).foreign)
        return;
    find(s, hash_of(g.p, g.n, SALT_NEAR), begin, end);
    for (size_t i = 0; i < g.n; i++) {
        find(s, hash_without(&g, i, SALT_NEAR), begin, end);
        if (g.n > MIN_NEAR)
            find(s, hash_without(&g, i, SALT_ORDER), begin, end);
    }
}

static bool find_all_near(struct search *s, struct arena *arena, const char *text)
{
    struct shown shown;
    shown_read(arena, text, SHOWN_PLAIN, &shown);
    s->shown = &shown;
    for (size_t i = 0; i < shown.n; i++)
        for (size_t n = 1; n <= MAX_RUN && i + n <= shown.n; n++)
            find_near(s, i, i + n);
    s->shown = NULL;
    return s->best != NULL;
}

static void find_cjk(struct search *s, const struct shown *shown)
{
    struct cjk text;
    s->shown = shown;
    read_cjk(shown->text, &text);
    for (size_t i = 0; i < text.n; i++)
        for (size_t n = MIN_CJK; n <= MAX_CJK && i + n <= text.n; n++)
            if (s->where != COMPANY_LINE || n == text.n)
                find(s, hash_cjk(&text, i, i + n), 0, shown->n);
}

static void search_in(struct search *s, struct arena *arena, const char *text, unsigned how)
{
    struct shown shown, rest;
    shown_read(arena, text, how, &shown);
    if (!shown.n)
        return;
    find_runs(s, &shown);
    drop_connectives(&shown, &rest);
    if (rest.n && rest.n < shown.n)
        find_runs(s, &rest);
    find_cjk(s, &shown);
    s->shown = NULL;
}

const struct company *companies_match(const struct companies *c, struct arena *arena, const char *text,
                                      enum company_where where, bool *near_r)
{
    struct search s = {.companies = c, .where = where};
    unsigned how = where == COMPANY_LINE ? SHOWN_COMMAS : where == COMPANY_LOCAL ? SHOWN_LOCAL : SHOWN_PLAIN;
    if (near_r)
        *near_r = false;
    if (!c || !c->n_slots || !text || !*text)
        return NULL;
    search_in(&s, arena, text, how);
    if (!s.best && shown_has_capitals(text))
        search_in(&s, arena, text, how | SHOWN_CAPITALS);
    if (!s.best && near_r)
        *near_r = find_all_near(&s, arena, text);
    return s.best;
}
