/*
 * Style sheets: rules, @media and the finding of an element's rules. See sheet.h.
 */
#include <string.h>
#include <strings.h>

#include "mail/sheet.h"

enum {
    MAX_RULES = 5000, /* the largest honest templates have some 1,500 */
    MAX_NESTED = 8,   /* of @media in @supports in ...; of brackets in a media query */
    MAX_QUERY = 4096, /* bytes; the longest honest ones have some 300 */
};

/* --- @media */

static float feature_px(const char *value, bool *ok)
{
    struct css_length length;
    const char *p = value + strspn(value, " \t\n\r\f");
    *ok = css_length(&p, true, &length);
    return *ok ? length.px + (length.em + length.rem) * 16 : 0;
}

/* "max-width: 600px", "prefers-color-scheme: dark", "width >= 600px" (the last kind: not understood, no). */
static bool feature_holds(const char *name, const char *value)
{
    static const struct {
        const char *name, *value;
    } are[] = {{"prefers-color-scheme", "light"},
               {"orientation", "landscape"},
               {"hover", "hover"},
               {"any-hover", "hover"},
               {"pointer", "fine"},
               {"any-pointer", "fine"},
               {"prefers-reduced-motion", "no-preference"},
               {"forced-colors", "none"},
               {"scripting", "none"}};
    bool ok;
    float n = feature_px(value, &ok);
    bool width = strstr(name, "width") != NULL, height = strstr(name, "height") != NULL;
    float have = width ? CSS_WIDTH : CSS_HEIGHT;
    if (width || height) {
        if (!*value)
            return true;
        if (strncmp(name, "min-", 4) == 0)
            return ok && have >= n;
        return ok && (strncmp(name, "max-", 4) == 0 ? have <= n : have == n);
    }
    for (size_t i = 0; i < sizeof(are) / sizeof(*are); i++)
        if (strcmp(name, are[i].name) == 0)
            return !*value ? strcmp(are[i].value, "none") != 0 && strcmp(are[i].value, "no-preference") != 0
                           : strcmp(value, are[i].value) == 0;
    if (strstr(name, "device-pixel-ratio") || strstr(name, "resolution"))
        return strstr(name, "max") ? ok && n >= 1 : strstr(name, "min") && ok && n <= 1;
    return strcmp(name, "color") == 0 || strcmp(name, "min-color") == 0 || strcmp(name, "grid") == 0;
}

static bool one_feature(struct span inside)
{
    char name[40], value[40];
    struct span text = inside, head = span_trim(span_cut(&text, ':'));
    text = span_trim(text);
    if (head.n >= sizeof(name) || text.n >= sizeof(value))
        return false;
    for (size_t i = 0; i < head.n; i++)
        name[i] = char_lower(head.p[i]);
    for (size_t i = 0; i < text.n; i++)
        value[i] = char_lower(text.p[i]);
    name[head.n] = value[text.n] = '\0';
    return feature_holds(name, value);
}

static struct span take_word(struct span *s)
{
    *s = span_trim(*s);
    size_t n = 0;
    while (n < s->n && !strchr(" \t\n\r\f(", s->p[n]))
        n++;
    struct span word = {s->p, n};
    *s = (struct span){s->p + n, s->n - n};
    return word;
}

/*
 * "not screen and (color)", "(min-width: 1px) or (hover)": every part, from left to right. `*deep_r` is set where it
 * nests deeper than anybody writes: then the answer is worth nothing.
 */
static bool query_holds(struct span q, int depth, bool *deep_r)
{
    bool negated = false, holds = true, either = false;
    *deep_r |= depth > MAX_NESTED;
    while (!*deep_r && (q = span_trim(q)).n) {
        bool part;
        if (q.p[0] == '(') {
            q = (struct span){q.p + 1, q.n - 1};
            struct span inside = css_cut(&q, ')');
            bool nested = span_trim(inside).n && span_trim(inside).p[0] == '(';
            part = nested ? query_holds(inside, depth + 1, deep_r) : one_feature(inside);
        } else {
            struct span word = take_word(&q);
            if (span_eq_nocase(word, SPAN_LIT("and")) || span_eq_nocase(word, SPAN_LIT("only")))
                continue;
            if (span_eq_nocase(word, SPAN_LIT("or"))) {
                either = true;
                continue;
            }
            if (span_eq_nocase(word, SPAN_LIT("not"))) {
                negated = true;
                continue;
            }
            part = span_eq_nocase(word, SPAN_LIT("all")) || span_eq_nocase(word, SPAN_LIT("screen"));
        }
        holds = either ? holds || part : holds && part;
    }
    return holds != negated;
}

bool sheet_media(struct arena *arena, struct span query, struct css_budget *budget)
{
    bool deep = false, holds = false;
    query = span_trim(query);
    if (query.n > MAX_QUERY || !css_pay(budget, query.n / 2)) {
        budget->spent = true;
        return false;
    }
    query = span_trim(css_uncomment(arena, query));
    if (!query.n)
        return true;
    while (query.n && !holds)
        holds = query_holds(css_cut(&query, ','), 0, &deep);
    budget->spent |= deep;
    return holds && !deep;
}

/* --- rules */

static unsigned bucket_of(char kind, struct span name)
{
    uint32_t h = 2166136261U ^ (unsigned char)kind;
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (unsigned char)char_lower(name.p[i])) * 16777619U;
    return (h ^ h >> 15) % SHEET_BUCKETS;
}

static void add_rule(struct arena *arena, struct sheet *sheet, const struct selector *selector,
                     const struct css_block *block)
{
    struct span name;
    char key = selector_key(selector, &name);
    struct sheet_rule **head = key == '*' ? &sheet->anywhere : &sheet->buckets[bucket_of(key, name)];
    struct sheet_rule *rule = arena_alloc(arena, sizeof(*rule));
    *rule = (struct sheet_rule){selector, block, sheet->n++, *head};
    *head = rule;
    sheet->pseudos |= selector_pseudo(selector) != PSEUDO_NONE;
}

static void read_rule(struct arena *arena, struct span head, struct span body, struct css_budget *budget,
                      struct sheet *sheet)
{
    struct css_block *block = arena_alloc(arena, sizeof(*block));
    css_declarations(arena, body, sheet->quirks, budget, block);
    if (!block->n)
        return;
    struct span rest = head;
    size_t n = 0, cap = 8;
    const struct selector **list = arena_array(arena, cap, sizeof(*list));
    while (rest.n) {
        struct span one = css_cut(&rest, ',');
        const struct selector *s = css_pay(budget, one.n / 2 + 1) ? selector_read(arena, one) : NULL;
        if (!s) /* one bad selector makes the rule as if it were not there */
            return;
        if (n == cap) {
            list = arena_grow(arena, list, n, cap * 2, sizeof(*list));
            cap *= 2;
        }
        list[n++] = s;
    }
    for (size_t i = 0; i < n && sheet->n < MAX_RULES; i++)
        if (selector_pseudo(list[i]) != PSEUDO_OTHER)
            add_rule(arena, sheet, list[i], block);
    budget->spent |= n && sheet->n >= MAX_RULES;
}

static void read_rules(struct arena *arena, struct span text, int depth, struct css_budget *budget,
                       struct sheet *sheet);

/* "@media ...{": its rules count where the query holds; those of @supports and @layer do; of others none. */
static void read_at(struct arena *arena, struct span head, struct span body, int depth,
                    struct css_budget *budget, struct sheet *sheet)
{
    struct span name = take_word(&head);
    bool holds = false;
    if (span_eq_nocase(name, SPAN_LIT("@media")))
        holds = sheet_media(arena, head, budget);
    else if (span_eq_nocase(name, SPAN_LIT("@supports")))
        holds = !span_starts_nocase(span_trim(head), SPAN_LIT("not"));
    else if (span_eq_nocase(name, SPAN_LIT("@layer")))
        holds = true;
    if (holds && depth < MAX_NESTED)
        read_rules(arena, body, depth + 1, budget, sheet);
}

/* "@import ...;", "@charset ...;" and what else has no block: to its semicolon. */
static bool skip_statement(struct span *text)
{
    struct span t = *text;
    if (!t.n || t.p[0] != '@')
        return false;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"' || t.p[i] == '\'') {
            const char *end = i + 1 < t.n ? memchr(t.p + i + 1, t.p[i], t.n - i - 1) : NULL;
            i = end ? (size_t)(end - t.p) : t.n - 1;
        } else if (t.p[i] == '{') {
            return false;
        } else if (t.p[i] == ';' || i + 1 == t.n) {
            *text = (struct span){t.p + i + 1, t.n - i - 1};
            return true;
        }
    }
    *text = (struct span){NULL, 0};
    return true;
}

static void skip_marks(struct span *text)
{
    for (;;) {
        *text = span_trim(*text);
        if (span_starts_nocase(*text, SPAN_LIT("<!--")))
            *text = (struct span){text->p + 4, text->n - 4};
        else if (span_starts_nocase(*text, SPAN_LIT("-->")))
            *text = (struct span){text->p + 3, text->n - 3};
        else if (!skip_statement(text))
            return;
    }
}

static void read_rules(struct arena *arena, struct span text, int depth, struct css_budget *budget,
                       struct sheet *sheet)
{
    while (text.n && sheet->n < MAX_RULES) {
        skip_marks(&text);
        struct span head = css_cut(&text, '{');
        if (!text.p) /* no block follows */
            return;
        struct span body = css_cut(&text, '}');
        head = span_trim(head);
        if (!css_pay(budget, 1 + head.n / 8))
            return;
        if (head.n && head.p[0] == '@')
            read_at(arena, head, body, depth, budget, sheet);
        else if (head.n)
            read_rule(arena, head, body, budget, sheet);
    }
}

void sheet_read(struct arena *arena, struct span text, struct css_budget *budget, struct sheet *sheet)
{
    if (css_pay(budget, text.n / 2))
        read_rules(arena, css_uncomment(arena, text), 0, budget, sheet);
}

/* --- finding */

struct search {
    const GumboNode *node;
    enum pseudo_element pseudo;
    bool quirks;
    struct css_budget *budget;
    struct sheet_match *v;
    size_t n, max;
};

/* Into the order of the cascade: by weight, then by place. */
static void insert(struct search *s, const struct sheet_rule *rule)
{
    uint32_t weight = selector_weight(rule->selector);
    size_t i = s->n;
    if (s->n == s->max) {
        s->budget->spent = true;
        return;
    }
    for (; i > 0; i--) {
        const struct sheet_match *before = &s->v[i - 1];
        if (before->weight < weight || (before->weight == weight && before->rule->order <= rule->order))
            break;
        s->v[i] = s->v[i - 1];
    }
    s->v[i] = (struct sheet_match){rule, weight};
    s->n++;
}

static void look_through(struct search *s, const struct sheet_rule *rule)
{
    for (; rule && css_pay(s->budget, 1); rule = rule->next)
        if (selector_pseudo(rule->selector) == s->pseudo &&
            selector_matches(rule->selector, s->node, s->quirks, s->budget))
            insert(s, rule);
}

size_t sheet_find(const struct sheet *sheet, const GumboNode *node, enum pseudo_element pseudo,
                  struct css_budget *budget, struct sheet_match *v, size_t max)
{
    struct search s = {node, pseudo, sheet->quirks, budget, v, 0, max};
    unsigned seen[16];
    size_t n_seen = 0;
    if (!css_pay(budget, 2 + node->v.element.attributes.length))
        return 0;
    look_through(&s, sheet->anywhere);
    unsigned tag = bucket_of('t', node_tag(node));
    look_through(&s, sheet->buckets[tag]);
    seen[n_seen++] = tag;
    if (!node->v.element.attributes.length)
        return s.n;
    struct span id = span_of(node_attribute(&node->v.element, "id")),
                list = span_of(node_attribute(&node->v.element, "class"));
    for (size_t i = 0; id.n || i < list.n;) { /* the id first, then each class; no bucket twice */
        size_t start = i;
        unsigned bucket;
        if (id.n) {
            bucket = bucket_of('#', id);
            id.n = 0;
        } else {
            while (i < list.n && strchr(" \t\n\r\f", list.p[i]))
                i++;
            for (start = i; i < list.n && !strchr(" \t\n\r\f", list.p[i]);)
                i++;
            if (i == start)
                break;
            bucket = bucket_of('.', (struct span){list.p + start, i - start});
        }
        bool again = false;
        for (size_t k = 0; k < n_seen; k++)
            again |= seen[k] == bucket;
        if (again)
            continue;
        if (n_seen == sizeof(seen) / sizeof(*seen)) { /* that many classes: nobody writes them */
            budget->spent = true;
            break;
        }
        seen[n_seen++] = bucket;
        look_through(&s, sheet->buckets[bucket]);
    }
    return s.n;
}
