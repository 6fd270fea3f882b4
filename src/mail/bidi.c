/*
 * The order in which text is seen: UAX #9 for text whose own letters run from left to right. See bidi.h.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/bidi.h"

enum {
    MAX_DEPTH = 16, /* of embeddings (UAX #9 allows 125); deeper ones change nothing */
};

enum kind {
    LEFT,      /* letters that run to the right */
    RIGHT,     /* the other ones */
    DIGIT,     /* European number */
    SEPARATOR, /* inside numbers: "1,000.00" */
    SIGN,      /* beside numbers: "$", "%" */
    NEUTRAL,
    CONTROL, /* not seen */
};

struct letter {
    uint32_t c;
    uint8_t kind, level;
    bool turned; /* by an override from right to left */
    int next;    /* of the same run (isolating run sequence); -1 = the last */
};

struct line {
    struct arena *arena;
    struct letter *v;
    int n;
    bool natural; /* has letters that run from right to left by themselves */
};

static bool has_controls(struct span text)
{
    for (const char *p = text.p; text.n && (p = memchr(p, 0xE2, text.n - (size_t)(p - text.p))); p++) {
        const unsigned char *u = (const unsigned char *)p;
        if ((size_t)(p - text.p) + 2 < text.n && ((u[1] == 0x80 && u[2] >= 0xAA && u[2] <= 0xAE) ||
                                                  (u[1] == 0x81 && u[2] >= 0xA6 && u[2] <= 0xA9)))
            return true;
    }
    return false;
}

static bool is_control(uint32_t c)
{
    return (c >= BIDI_LRE && c <= BIDI_RLO) || (c >= BIDI_LRI && c <= BIDI_PDI);
}

static enum kind kind_of(uint32_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return LEFT;
    if (c >= '0' && c <= '9')
        return DIGIT;
    if (is_control(c))
        return c >= BIDI_LRI ? NEUTRAL : CONTROL; /* an isolate stands in its line as one neutral thing */
    if (c == '$' || c == '%' || c == '#' || c == 0xA3 || c == 0xA5 || c == 0x20AC)
        return SIGN;
    if (c == ',' || c == '.' || c == ':' || c == '/' || c == '+' || c == '-' || c == 0xA0)
        return SEPARATOR;
    if (c < 0xC0 || (c >= 0x2000 && c <= 0x206F) || c == 0xD7 || c == 0xF7)
        return c == 0xAA || c == 0xB5 || c == 0xBA ? LEFT : NEUTRAL;
    if ((c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC) ||
        (c >= 0x10800 && c <= 0x10FFF) || (c >= 0x1E800 && c <= 0x1EFFF) || c == 0x200F)
        return RIGHT;
    return LEFT;
}

/* --- explicit levels (X1 to X8) */

struct entry {
    uint8_t level;
    char override; /* 'L', 'R' or 0 */
    bool isolate;
    int last; /* the last letter of the run around an isolate, to go on from */
};

static bool is_rtl_opener(const struct line *l, int i)
{
    uint32_t c = l->v[i].c;
    int depth = 0;
    if (c != BIDI_FSI)
        return c == BIDI_RLE || c == BIDI_RLO || c == BIDI_RLI;
    for (int k = i + 1; k < l->n && depth >= 0; k++) { /* the first strong letter decides */
        uint32_t inside = l->v[k].c;
        depth += (inside >= BIDI_LRI && inside <= BIDI_FSI) - (inside == BIDI_PDI);
        if (depth == 0 && l->v[k].kind <= RIGHT)
            return l->v[k].kind == RIGHT;
    }
    return false;
}

static void join(struct line *l, int *last, int i)
{
    if (*last >= 0)
        l->v[*last].next = i;
    *last = i;
}

static void explicit_levels(struct line *l)
{
    struct entry stack[MAX_DEPTH + 2] = {{0}};
    int depth = 0, last = -1, fsi_looks = 64;
    unsigned too_deep = 0;
    for (int i = 0; i < l->n; i++) {
        struct letter *x = &l->v[i];
        struct entry *top = &stack[depth];
        x->next = -1;
        x->level = top->level;
        if (x->c == BIDI_PDF || x->c == BIDI_PDI) {
            bool isolate = x->c == BIDI_PDI;
            int k = depth;
            while (isolate && k > 0 && !stack[k].isolate)
                k--;
            if (too_deep) {
                too_deep--;
            } else if (k > 0 && stack[k].isolate == isolate) {
                last = isolate ? stack[k].last : -1;
                depth = k - 1;
            }
            x->level = stack[depth].level;
            if (isolate)
                join(l, &last, i);
            continue;
        }
        if (is_control(x->c)) {
            bool isolate = x->c >= BIDI_LRI;
            bool rtl = (x->c != BIDI_FSI || fsi_looks-- > 0) && is_rtl_opener(l, i);
            if (isolate)
                join(l, &last, i);
            if (depth > MAX_DEPTH || too_deep) {
                too_deep++;
                continue;
            }
            uint8_t level = (uint8_t)(rtl ? (top->level + 1) | 1 : (top->level + 2) & ~1);
            char override = x->c == BIDI_LRO ? 'L' : x->c == BIDI_RLO ? 'R' : 0;
            stack[++depth] = (struct entry){level, override, isolate, last};
            last = -1;
            continue;
        }
        if (top->override) {
            x->turned = top->override == 'R' && x->kind != RIGHT;
            x->kind = top->override == 'R' ? RIGHT : LEFT;
        } else {
            l->natural |= x->kind == RIGHT;
        }
        join(l, &last, i);
    }
}

/* --- implicit levels of one run (W4 to W7, N1, N2, I1, I2) */

static void numbers(struct line *l, int first, enum kind before)
{
    enum kind strong = before;
    for (int i = first, last = -1; i >= 0; last = i, i = l->v[i].next) {
        struct letter *x = &l->v[i];
        int next = x->next;
        bool after = last >= 0 && l->v[last].kind == DIGIT, ahead = next >= 0 && l->v[next].kind == DIGIT;
        if ((x->kind == SEPARATOR && after && ahead) || (x->kind == SIGN && (after || ahead)))
            x->kind = DIGIT;
        else if (x->kind == SEPARATOR || x->kind == SIGN)
            x->kind = NEUTRAL;
    }
    for (int i = first; i >= 0; i = l->v[i].next) {
        struct letter *x = &l->v[i];
        if (x->kind == LEFT || x->kind == RIGHT)
            strong = (enum kind)x->kind;
        else if (x->kind == DIGIT && strong == LEFT)
            x->kind = LEFT;
    }
}

static enum kind side(enum kind k)
{
    return k == LEFT ? LEFT : RIGHT; /* numbers count as right */
}

static void neutrals(struct line *l, int first, enum kind before, enum kind behind)
{
    enum kind own = l->v[first].level & 1 ? RIGHT : LEFT;
    for (int i = first; i >= 0;) {
        if (l->v[i].kind != NEUTRAL) {
            before = side((enum kind)l->v[i].kind);
            i = l->v[i].next;
            continue;
        }
        int end = i;
        while (end >= 0 && l->v[end].kind == NEUTRAL)
            end = l->v[end].next;
        enum kind after = end >= 0 ? side((enum kind)l->v[end].kind) : behind;
        for (; i != end; i = l->v[i].next)
            l->v[i].kind = (uint8_t)(before == after ? before : own);
    }
}

static void implicit_levels(struct line *l, int first, enum kind before, enum kind behind)
{
    numbers(l, first, before);
    neutrals(l, first, before, behind);
    for (int i = first; i >= 0; i = l->v[i].next) {
        struct letter *x = &l->v[i];
        if (x->level & 1)
            x->level += x->kind != RIGHT;
        else
            x->level = (uint8_t)(x->level + (x->kind == RIGHT ? 1 : x->kind == DIGIT ? 2 : 0));
    }
}

static void all_runs(struct line *l)
{
    bool *inside = arena_array(l->arena, (size_t)l->n + 1, sizeof(*inside));
    uint8_t *level = arena_array(l->arena, (size_t)l->n + 1, sizeof(*level));
    for (int i = 0; i < l->n; i++) {
        level[i] = l->v[i].level;
        if (l->v[i].next >= 0)
            inside[l->v[i].next] = true;
    }
    for (int i = 0; i < l->n; i++) {
        if (inside[i] || l->v[i].kind == CONTROL)
            continue;
        int last = i;
        while (l->v[last].next >= 0)
            last = l->v[last].next;
        uint8_t around = i > 0 ? level[i - 1] : 0, behind = last + 1 < l->n ? level[last + 1] : 0;
        uint8_t start = around > level[i] ? around : level[i], end = behind > level[i] ? behind : level[i];
        implicit_levels(l, i, start & 1 ? RIGHT : LEFT, end & 1 ? RIGHT : LEFT);
    }
}

/* --- reordering (L2, L4) */

static void reverse(struct letter *v, int from, int to)
{
    for (to--; from < to; from++, to--) {
        struct letter x = v[from];
        v[from] = v[to];
        v[to] = x;
    }
}

static void reorder(struct line *l)
{
    int highest = 0;
    for (int i = 0; i < l->n; i++)
        highest = l->v[i].level > highest ? l->v[i].level : highest;
    for (int level = highest; level > 0; level--)
        for (int i = 0; i < l->n; i++) {
            int start = i;
            while (i < l->n && l->v[i].level >= level)
                i++;
            reverse(l->v, start, i);
        }
}

static void reorder_turned(struct line *l)
{
    for (int i = 0; i < l->n; i++) {
        int start = i;
        while (i < l->n && l->v[i].turned)
            i++;
        reverse(l->v, start, i);
    }
}

static uint32_t mirrored(uint32_t c)
{
    static const char pairs[] = "()[]{}<>";
    const char *at = c && c < 0x80 ? strchr(pairs, (int)c) : NULL;
    return at ? (uint32_t)pairs[(at - pairs) ^ 1] : c;
}

static void line_seen(struct arena *scratch, struct span text, struct buf *out)
{
    struct line l = {.arena = scratch};
    l.v = arena_array(scratch, text.n, sizeof(*l.v));
    for (size_t i = 0; i < text.n;) {
        struct letter *x = &l.v[l.n++];
        i += text_decode(text.p + i, text.n - i, &x->c);
        x->kind = (uint8_t)kind_of(x->c);
    }
    explicit_levels(&l);
    if (l.natural) {
        reorder_turned(&l);
    } else {
        all_runs(&l);
        reorder(&l);
    }
    for (int i = 0; i < l.n; i++) {
        char bytes[4];
        uint32_t c = l.v[i].c;
        if (!is_control(c))
            buf_add(out, bytes, text_encode(!l.natural && l.v[i].level & 1 ? mirrored(c) : c, bytes));
    }
}

struct span bidi_seen(struct arena *arena, struct span text)
{
    if (!has_controls(text))
        return text;
    struct buf out = {0};
    struct arena *scratch = arena_new();
    struct span rest = text;
    buf_adds(&out, "");
    while (rest.n) {
        const char *end = memchr(rest.p, '\n', rest.n);
        struct span line = {rest.p, end ? (size_t)(end - rest.p) : rest.n};
        if (has_controls(line))
            line_seen(scratch, line, &out);
        else
            buf_add_span(&out, line);
        if (end)
            buf_addc(&out, '\n');
        rest = end ? (struct span){end + 1, rest.n - line.n - 1} : (struct span){NULL, 0};
        arena_reset(scratch);
    }
    struct span seen = {arena_strndup(arena, out.p, out.n), out.n};
    arena_free(&scratch);
    buf_free(&out);
    return seen;
}
