/*
 * Reading selectors of CSS. See selector.h.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mail/selectorparts.h"

enum {
    MAX_SIMPLE = 24,   /* conditions of one compound; more is no honest style */
    MAX_COMPOUND = 24, /* compounds of one selector */
    MAX_DEPTH = 4,     /* of :not(:is(...)) */
};

struct reader {
    struct arena *arena;
    struct span rest;
    int depth;
    uint32_t weight;
    enum pseudo_element pseudo;
    struct simple simple[MAX_SIMPLE];
    size_t n;
};

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

static void skip_blanks(struct span *s)
{
    while (s->n && selector_blank(s->p[0]))
        s->p++, s->n--;
}

static struct span take_name(struct reader *r)
{
    struct span s = {r->rest.p, 0};
    while (s.n < r->rest.n && (is_name_char(s.p[s.n]) || s.p[s.n] == '\\'))
        if (s.p[s.n] != '\\') {
            s.n++;
        } else { /* an escape: up to six digits and a blank, or one character */
            size_t i = s.n + 1;
            while (i < r->rest.n && i < s.n + 7 && isxdigit((unsigned char)s.p[i]))
                i++;
            i += i == s.n + 1 || (i < r->rest.n && s.p[i] == ' ');
            s.n = i < r->rest.n ? i : r->rest.n;
        }
    r->rest.p += s.n;
    r->rest.n -= s.n;
    return css_unescape(r->arena, s);
}

static bool next_is(struct reader *r, char c)
{
    if (!r->rest.n || r->rest.p[0] != c)
        return false;
    r->rest.p++, r->rest.n--;
    return true;
}

static struct simple *add_simple(struct reader *r, enum simple_kind kind, uint32_t weight)
{
    if (r->n == MAX_SIMPLE)
        return NULL;
    r->weight += weight;
    r->simple[r->n] = (struct simple){.kind = kind};
    return &r->simple[r->n++];
}

enum { WEIGHT_ID = 1 << 20, WEIGHT_CLASS = 1 << 10, WEIGHT_TAG = 1 };

static struct span unquote(struct arena *arena, struct span s)
{
    s = span_trim(s);
    if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
        s = (struct span){s.p + 1, s.n - 2};
    return css_unescape(arena, s);
}

/* "[name]", "[name=value]", "[name^='value' i]": behind the bracket */
static bool read_attribute(struct reader *r)
{
    struct span inside = css_cut(&r->rest, ']');
    struct simple *s = add_simple(r, BY_ATTRIBUTE, WEIGHT_CLASS);
    const char *equal = inside.n ? memchr(inside.p, '=', inside.n) : NULL;
    if (!s)
        return false;
    s->name = span_trim(inside);
    if (equal) {
        s->op = '=';
        s->name = span_trim((struct span){inside.p, (size_t)(equal - inside.p)});
        s->value = span_trim((struct span){equal + 1, inside.n - (size_t)(equal + 1 - inside.p)});
        if (s->name.n && memchr("~|^$*", s->name.p[s->name.n - 1], 5)) {
            s->op = s->name.p[--s->name.n];
            s->name = span_trim(s->name);
        }
        if (s->value.n > 2 && (s->value.p[s->value.n - 1] | 0x20) == 'i' &&
            (selector_blank(s->value.p[s->value.n - 2]) || strchr("\"'", s->value.p[s->value.n - 2]))) {
            s->nocase = true;
            s->value.n--;
        }
        s->value = unquote(r->arena, s->value);
    }
    const char *bar = s->name.n ? memchr(s->name.p, '|', s->name.n) : NULL;
    if (bar)
        s->name = (struct span){bar + 1, s->name.n - (size_t)(bar + 1 - s->name.p)};
    for (size_t i = 0; i < s->name.n; i++)
        if (!is_name_char(s->name.p[i]) && s->name.p[i] != ':' && s->name.p[i] != '\\')
            return false;
    return s->name.n > 0;
}

/* "odd", "even", "3", "2n+1", "-n + 3" */
static bool read_nth(struct span text, struct simple *s)
{
    char word[32];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        if (!selector_blank(text.p[i])) {
            if (n + 1 == sizeof(word))
                return false;
            word[n++] = char_lower(text.p[i]);
        }
    word[n] = '\0';
    if (strcmp(word, "odd") == 0 || strcmp(word, "even") == 0) {
        s->a = 2;
        s->b = word[0] == 'o';
        return true;
    }
    char *end;
    const char *letter = strchr(word, 'n');
    s->b = 0;
    if (letter) {
        long a = strtol(word, &end, 10);
        if (end != letter)
            a = strcmp(word, "n") == 0 || word[0] == 'n' ? 1 : word[0] == '-' ? -1 : 1;
        s->a = a > 10000 || a < -10000 ? 10000 : (int)a;
        letter++;
        if (!*letter)
            return true;
    } else {
        letter = word;
    }
    long b = strtol(letter, &end, 10);
    s->b = b > 1000000 || b < -1000000 ? 1000000 : (int)b;
    return end != letter && *end == '\0';
}

static const struct selector *read_complex(struct arena *arena, struct span text, int depth);

/* The list inside :is(), :where() and :not(); of the first two, invalid members count for nothing. */
static bool read_list(struct reader *r, struct span inside, bool forgiving, bool weighs, struct simple *s)
{
    uint32_t most = 0;
    while (inside.n) {
        const struct selector *one = read_complex(r->arena, span_trim(css_cut(&inside, ',')), r->depth + 1);
        if (!one && !forgiving)
            return false;
        if (!one)
            continue;
        struct list *l = arena_alloc(r->arena, sizeof(*l));
        *l = (struct list){one, s->list};
        s->list = l;
        most = one->weight > most ? one->weight : most;
    }
    r->weight += weighs ? most : 0;
    return true;
}

static bool is_word(struct span s, const char *word)
{
    return span_eq_nocase(s, span_of(word));
}

static bool read_function(struct reader *r, struct span name)
{
    struct span inside = span_trim(css_cut(&r->rest, ')'));
    bool negated = is_word(name, "not"), where = is_word(name, "where");
    if (negated || where || is_word(name, "is") || is_word(name, "matches") || is_word(name, "-webkit-any")) {
        struct simple *s = add_simple(r, negated ? BY_NOT : BY_IS, 0);
        return s && r->depth < MAX_DEPTH && read_list(r, inside, !negated, !where, s);
    }
    if (is_word(name, "lang") || is_word(name, "dir") || is_word(name, "has"))
        return add_simple(r, NEVER, WEIGHT_CLASS) != NULL;
    struct simple *s = add_simple(r, BY_NTH, WEIGHT_CLASS);
    if (!s)
        return false;
    s->backwards = is_word(name, "nth-last-child") || is_word(name, "nth-last-of-type");
    s->of_type = is_word(name, "nth-of-type") || is_word(name, "nth-last-of-type");
    return (s->backwards || s->of_type || is_word(name, "nth-child")) && read_nth(inside, s);
}

/* Behind one colon. */
static bool read_pseudo_class(struct reader *r)
{
    static const struct {
        const char *name;
        enum simple_kind kind;
        bool backwards, of_type;
    } words[] = {{"first-child", BY_NTH, false, false},  {"last-child", BY_NTH, true, false},
                 {"first-of-type", BY_NTH, false, true}, {"last-of-type", BY_NTH, true, true},
                 {"only-child", BY_ONLY, false, false},  {"only-of-type", BY_ONLY, false, true},
                 {"root", BY_ROOT, false, false},        {"empty", BY_EMPTY, false, false},
                 {"link", BY_LINK, false, false},        {"any-link", BY_LINK, false, false},
                 {"checked", BY_CHECKED, false, false},  {"visited", NEVER, false, false},
                 {"hover", NEVER, false, false},         {"focus", NEVER, false, false},
                 {"active", NEVER, false, false},        {"target", NEVER, false, false},
                 {"focus-within", NEVER, false, false},  {"focus-visible", NEVER, false, false},
                 {"disabled", NEVER, false, false},      {"enabled", NEVER, false, false},
                 {"required", NEVER, false, false},      {"optional", NEVER, false, false},
                 {"valid", NEVER, false, false},         {"invalid", NEVER, false, false},
                 {"read-only", NEVER, false, false},     {"placeholder-shown", NEVER, false, false}};
    struct span name = take_name(r);
    if (next_is(r, '('))
        return read_function(r, name);
    if (is_word(name, "before") || is_word(name, "after")) {
        r->pseudo = is_word(name, "before") ? PSEUDO_BEFORE : PSEUDO_AFTER;
        r->weight += WEIGHT_TAG;
        return true;
    }
    if (is_word(name, "first-line") || is_word(name, "first-letter")) {
        r->pseudo = PSEUDO_OTHER;
        return true;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (is_word(name, words[i].name)) {
            struct simple *s = add_simple(r, words[i].kind, WEIGHT_CLASS);
            if (s) {
                s->backwards = words[i].backwards;
                s->of_type = words[i].of_type;
                s->b = 1;
            }
            return s != NULL;
        }
    return false;
}

static bool read_pseudo_element(struct reader *r)
{
    struct span name = take_name(r);
    if (!name.n)
        return false;
    r->pseudo = is_word(name, "before")  ? PSEUDO_BEFORE
                : is_word(name, "after") ? PSEUDO_AFTER
                                         : PSEUDO_OTHER;
    r->weight += WEIGHT_TAG;
    if (next_is(r, '('))
        css_cut(&r->rest, ')');
    /* What browsers do not know makes the whole list invalid; these they know. */
    static const char *const known[] = {"before",       "after",     "first-line",
                                        "first-letter", "selection", "marker",
                                        "placeholder",  "backdrop",  "file-selector-button"};
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (is_word(name, known[i]))
            return true;
    return span_starts_nocase(name, SPAN_LIT("-webkit-"));
}

static bool read_named(struct reader *r, enum simple_kind kind, uint32_t weight)
{
    struct simple *s = add_simple(r, kind, weight);
    if (!s)
        return false;
    s->name = take_name(r);
    return s->name.n > 0;
}

/* One compound: "td.x[width]:first-child". */
static bool read_compound(struct reader *r)
{
    bool any = false;
    r->n = 0;
    if (next_is(r, '*')) {
        any = true;
    } else if (r->rest.n && is_name_char(r->rest.p[0])) {
        if (isdigit((unsigned char)r->rest.p[0]) || !read_named(r, BY_TAG, WEIGHT_TAG))
            return false;
        any = true;
    }
    while (r->rest.n && !selector_blank(r->rest.p[0]) && !strchr(">+~", r->rest.p[0])) {
        bool ok;
        if (r->pseudo && r->rest.p[0] != ':')
            return false;
        if (next_is(r, '#'))
            ok = read_named(r, BY_ID, WEIGHT_ID);
        else if (next_is(r, '.'))
            ok = r->rest.n && !isdigit((unsigned char)r->rest.p[0]) && read_named(r, BY_CLASS, WEIGHT_CLASS);
        else if (next_is(r, '['))
            ok = read_attribute(r);
        else if (next_is(r, ':'))
            ok = next_is(r, ':') ? read_pseudo_element(r) : read_pseudo_class(r);
        else
            return false;
        if (!ok)
            return false;
        any = true;
    }
    return any;
}

static const struct selector *read_complex(struct arena *arena, struct span text, int depth)
{
    struct reader r = {.arena = arena, .rest = text, .depth = depth};
    struct compound compounds[MAX_COMPOUND];
    size_t n = 0;
    char combinator = 0;
    if (depth > MAX_DEPTH)
        return NULL;
    for (;;) {
        if (n == MAX_COMPOUND || r.pseudo || !read_compound(&r))
            return NULL;
        struct simple *v = arena_array(arena, r.n ? r.n : 1, sizeof(*v));
        memcpy(v, r.simple, r.n * sizeof(*v));
        compounds[n++] = (struct compound){combinator, v, r.n};
        combinator = ' ';
        skip_blanks(&r.rest);
        if (!r.rest.n)
            break;
        if (strchr(">+~", r.rest.p[0])) {
            combinator = r.rest.p[0];
            r.rest.p++, r.rest.n--;
            skip_blanks(&r.rest);
        }
    }
    struct selector *s = arena_alloc(arena, sizeof(*s));
    struct compound *reversed = arena_array(arena, n, sizeof(*reversed));
    for (size_t i = 0; i < n; i++)
        reversed[i] = compounds[n - 1 - i];
    *s = (struct selector){reversed, n, r.weight, r.pseudo};
    return s;
}

const struct selector *selector_read(struct arena *arena, struct span text)
{
    return read_complex(arena, span_trim(text), 0);
}

uint32_t selector_weight(const struct selector *s)
{
    return s->weight;
}

enum pseudo_element selector_pseudo(const struct selector *s)
{
    return s->pseudo;
}

char selector_key(const struct selector *s, struct span *name_r)
{
    static const struct {
        enum simple_kind kind;
        char key;
    } keys[] = {{BY_ID, '#'}, {BY_CLASS, '.'}, {BY_TAG, 't'}};
    for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
        for (size_t i = 0; i < s->v[0].n; i++)
            if (s->v[0].v[i].kind == keys[k].kind) {
                *name_r = s->v[0].v[i].name;
                return keys[k].key;
            }
    return '*';
}
