#ifndef RINGER_FACTS_FACTS_H
#define RINGER_FACTS_FACTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/enumname.h"

/*
 * What is known about one message: a flat table of named, typed values, each known or unknown (store down,
 * resolver down, no such header). Facts carry no scores; rules do. facts.def is the one list of them.
 */

#define FACT_TYPE_LIST(X)                                                                                    \
    X(FACT_BOOL, "bool")                                                                                     \
    X(FACT_INT, "int")                                                                                       \
    X(FACT_STRING, "string")                                                                                 \
    X(FACT_LIST, "list") /* of strings */
ENUM_DECLARE(fact_type, FACT_TYPE_LIST)

enum fact_id {
#define FACT(id, name, type, help) FACT_##id,
#include "facts/facts.def"
#undef FACT
    FACT_COUNT
};

struct fact_info {
    const char *name; /* "sender.lookalike.score" */
    enum fact_type type;
    const char *help; /* one line */
};
extern const struct fact_info fact_info[FACT_COUNT];

struct fact_list {
    const char *const *v;
    size_t n;
};

struct fact_value {
    bool known;
    union {
        bool b;
        int64_t i;
        const char *s;
        struct fact_list list;
    };
};

struct contact;
struct facts {
    struct arena *arena;
    struct fact_value v[FACT_COUNT];
    const struct contact *contact; /* the message as history sees it (store/contact.h) */
};

struct facts *facts_new(struct arena *arena); /* all unknown */
void facts_set_bool(struct facts *facts, enum fact_id id, bool value);
void facts_set_int(struct facts *facts, enum fact_id id, int64_t value);
void facts_set_string(struct facts *facts, enum fact_id id,
                      const char *value); /* NULL leaves it unknown; not copied */
void facts_add(struct facts *facts, enum fact_id id, const char *item); /* appends to a list, once; copies */
void facts_set_list_empty(struct facts *facts, enum fact_id id);        /* known, nothing in it (yet) */
/* Where unknown and false, 0 or nothing are the same to the caller: false, 0, NULL when it is unknown. */
bool facts_bool(const struct facts *facts, enum fact_id id);
int64_t facts_int(const struct facts *facts, enum fact_id id);
const char *facts_text(const struct facts *facts, enum fact_id id);
bool facts_is(const struct facts *facts, enum fact_id id, const char *text); /* known, and that */
/* False when there is no such fact. */
bool facts_find(const char *name, enum fact_id *id_r);

#endif
