/*
 * The table of facts, its setters and readers. It refuses nothing but a type that is not the fact's own (a mistake in
 * a family, caught in every build) and list items beyond a bound.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "facts/facts.h"

/* A hostile message may hold thousands of links or attachments; a rule and a reader need no more than these. */
enum { MAX_LIST = 256 };

ENUM_DEFINE(fact_type, FACT_TYPE_LIST)

const struct fact_info fact_info[FACT_COUNT] = {
#define FACT(id, name, type, help) {name, type, help},
#include "facts/facts.def"
#undef FACT
};

struct facts *facts_new(struct arena *arena)
{
    struct facts *facts = arena_alloc(arena, sizeof(*facts));
    facts->arena = arena;
    return facts;
}

static struct fact_value *slot(struct facts *facts, enum fact_id id, enum fact_type type)
{
    assert((unsigned)id < FACT_COUNT && fact_info[id].type == type);
    return &facts->v[id];
}

void facts_set_bool(struct facts *facts, enum fact_id id, bool value)
{
    *slot(facts, id, FACT_BOOL) = (struct fact_value){.known = true, .b = value};
}

void facts_set_int(struct facts *facts, enum fact_id id, int64_t value)
{
    *slot(facts, id, FACT_INT) = (struct fact_value){.known = true, .i = value};
}

void facts_set_string(struct facts *facts, enum fact_id id, const char *value)
{
    *slot(facts, id, FACT_STRING) = (struct fact_value){.known = value != NULL, .s = value};
}

void facts_set_list_empty(struct facts *facts, enum fact_id id)
{
    *slot(facts, id, FACT_LIST) = (struct fact_value){.known = true};
}

static const struct fact_value *value_of(const struct facts *facts, enum fact_id id, enum fact_type type)
{
    assert((unsigned)id < FACT_COUNT && fact_info[id].type == type);
    return &facts->v[id];
}

bool facts_bool(const struct facts *facts, enum fact_id id)
{
    const struct fact_value *value = value_of(facts, id, FACT_BOOL);
    return value->known && value->b;
}

int64_t facts_int(const struct facts *facts, enum fact_id id)
{
    const struct fact_value *value = value_of(facts, id, FACT_INT);
    return value->known ? value->i : 0;
}

const char *facts_text(const struct facts *facts, enum fact_id id)
{
    const struct fact_value *value = value_of(facts, id, FACT_STRING);
    return value->known ? value->s : NULL;
}

bool facts_is(const struct facts *facts, enum fact_id id, const char *text)
{
    const char *known = facts_text(facts, id);
    return known && strcmp(known, text) == 0;
}

void facts_add(struct facts *facts, enum fact_id id, const char *item)
{
    struct fact_value *value = slot(facts, id, FACT_LIST);
    size_t n = value->known ? value->list.n : 0;
    if (n >= MAX_LIST)
        return;
    for (size_t i = 0; i < n; i++)
        if (strcmp(value->list.v[i], item) == 0)
            return;
    const char **v;
    if ((n & (n - 1)) == 0) /* the room is a power of two and full: take twice as much */
        v = arena_grow(facts->arena, n ? value->list.v : NULL, n, n ? n * 2 : 1, sizeof(*v));
    else
        v = (const char **)(uintptr_t)value->list.v; /* ours to extend: we allocated it */
    v[n] = arena_strdup(facts->arena, item);
    *value = (struct fact_value){.known = true, .list = {v, n + 1}};
}

bool facts_find(const char *name, enum fact_id *id_r)
{
    for (size_t i = 0; i < FACT_COUNT; i++)
        if (strcmp(name, fact_info[i].name) == 0) {
            *id_r = (enum fact_id)i;
            return true;
        }
    return false;
}
