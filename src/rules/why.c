/*
 * The text for people: "{lookalike.domain} looks like {lookalike.target}". Values come from hostile mail: they
 * are cut, and control characters become blanks. An unknown fact is "?", a list is joined by ", ".
 */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "rules/ruleset.h"

enum {
    MAX_VALUE = 300, /* bytes of one value: a sentence; evidence that is longer helps nobody */
    MAX_ITEMS = 20,
    MAX_TEXT = 2000
};

static const char *nearest_fact(const char *name)
{
    const char *names[FACT_COUNT];
    for (size_t i = 0; i < FACT_COUNT; i++)
        names[i] = fact_info[i].name;
    return diag_nearest(name, names, FACT_COUNT);
}

/* One {fact} whose '{' stands at `at`; its end is *end_r. */
static bool parse_fact(struct expr_unit *unit, size_t at, struct why_part *part, size_t *end_r)
{
    const char *text = unit->text, *close = strchr(text + at, '}');
    if (!close) {
        expr_fail(unit, at, "close it with }; write {{ for the character itself", "this { is not closed");
        return false;
    }
    const char *name = arena_strndup(unit->arena, text + at + 1, (size_t)(close - text) - at - 1);
    if (!facts_find(name, &part->fact)) {
        const char *near = nearest_fact(name);
        expr_fail(unit, at + 1,
                  near ? arena_printf(unit->arena, "did you mean '%s'?", near)
                       : "`ringer rules facts` lists the facts; write {{ for the character itself",
                  "no fact is called '%s'", name);
        return false;
    }
    part->has_fact = true;
    *end_r = (size_t)(close - text) + 1;
    return true;
}

static struct why_part *add_part(struct expr_unit *unit, struct why_part **parts, size_t *n)
{
    if ((*n & (*n - 1)) == 0)
        *parts = arena_grow(unit->arena, *parts, *n, *n ? *n * 2 : 1, sizeof(**parts));
    struct why_part *part = &(*parts)[(*n)++];
    *part = (struct why_part){0};
    return part;
}

bool why_parse(struct expr_unit *unit, const struct why_part **parts_r, size_t *n_r)
{
    const char *text = unit->text;
    struct why_part *parts = NULL;
    size_t n = 0, at = 0;
    if (strlen(text) > MAX_TEXT) {
        expr_fail(unit, 0, "nobody reads more than a sentence or two", "'why' is longer than %d bytes",
                  MAX_TEXT);
        return false;
    }
    while (text[at]) {
        struct why_part *part = add_part(unit, &parts, &n);
        size_t plain = strcspn(text + at, "{}");
        part->text = (struct span){text + at, plain};
        at += plain;
        if (!text[at])
            break;
        if (text[at + 1] == text[at]) { /* {{ or }}: the character itself */
            part->text.n++;
            at += 2;
        } else if (text[at] == '}') {
            expr_fail(unit, at, "write }} for the character itself", "this } closes nothing");
            return false;
        } else if (!parse_fact(unit, at, part, &at)) {
            return false;
        }
    }
    *parts_r = parts;
    *n_r = n;
    return true;
}

static void add_clean(struct buf *out, const char *value)
{
    size_t n = strnlen(value, MAX_VALUE + 1);
    bool cut = n > MAX_VALUE;
    if (cut)
        for (n = MAX_VALUE; n && ((unsigned char)value[n] & 0xC0) == 0x80;)
            n--; /* not inside a character */
    for (size_t i = 0; i < n; i++)
        buf_addc(out, (unsigned char)value[i] < 0x20 || value[i] == 0x7F ? ' ' : value[i]);
    if (cut)
        buf_adds(out, "…");
}

static void add_list(struct buf *out, const struct fact_list *list)
{
    for (size_t i = 0; i < list->n && i < MAX_ITEMS; i++) {
        buf_adds(out, i ? ", " : "");
        add_clean(out, list->v[i]);
    }
    if (list->n > MAX_ITEMS)
        buf_adds(out, ", …");
}

static void add_value(struct buf *out, enum fact_type type, const struct fact_value *value)
{
    if (!value->known) {
        buf_addc(out, '?');
        return;
    }
    switch (type) {
    case FACT_BOOL:
        buf_adds(out, value->b ? "yes" : "no");
        break;
    case FACT_INT:
        buf_printf(out, "%" PRId64, value->i);
        break;
    case FACT_STRING:
        add_clean(out, value->s);
        break;
    case FACT_LIST:
        add_list(out, &value->list);
        break;
    }
}

const char *why_fill(const struct rule *rule, const struct facts *facts, struct arena *arena)
{
    struct buf out = {0};
    for (size_t i = 0; i < rule->n_why; i++) {
        const struct why_part *part = &rule->why[i];
        buf_add_span(&out, part->text);
        if (part->has_fact)
            add_value(&out, fact_info[part->fact].type, &facts->v[part->fact]);
    }
    const char *text = arena_span(arena, text_valid_utf8(arena, buf_span(&out)));
    buf_free(&out);
    return text;
}
