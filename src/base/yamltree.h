#ifndef RINGER_BASE_YAMLTREE_H
#define RINGER_BASE_YAMLTREE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/span.h"

/*
 * A strict reading of YAML (libyaml) for everything that people write: configuration, rules, phrases.
 * Refused, each with file:line:column and a remedy: anchors and aliases, tags, duplicate keys, several
 * documents, keys that are not scalars, nesting deeper than 32, files over 16 MiB, more than two million
 * values, bad UTF-8, NUL.
 */
enum yamltree_kind { YAMLTREE_SCALAR, YAMLTREE_SEQUENCE, YAMLTREE_MAPPING };

struct yamltree_node {
    enum yamltree_kind kind;
    struct diag_at at;
    const char *key;  /* the key it stands under, for messages; NULL in a sequence and at the top */
    const char *text; /* scalar: its value; NUL-free */
    bool quoted;      /* scalar: '...', "...", | or >: then never a number, bool or null */
    size_t n;         /* sequence: items; mapping: pairs */
    const struct yamltree_node *const *items; /* sequence items or mapping values */
    const struct yamltree_node *const *keys;  /* mapping keys (scalars) */
};

/*
 * NULL with an error in `diags` when the file cannot be read or is refused. The tree lives in `arena`.
 * An empty file gives an empty mapping.
 */
const struct yamltree_node *yamltree_load(struct arena *arena, const char *path, struct diag_list *diags);
const struct yamltree_node *yamltree_parse(struct arena *arena, const char *name, struct span text,
                                           struct diag_list *diags);
/* The value of `key` in a mapping; NULL when it is not there (or `map` is no mapping). */
const struct yamltree_node *yamltree_get(const struct yamltree_node *map, const char *key);
/* Adds "unknown key" errors (with "did you mean") for keys not among `known`; false when there were any. */
bool yamltree_only(const struct yamltree_node *map, const char *const *known, size_t n_known,
                   struct diag_list *diags);
/*
 * Typed values: false with an error that names what was expected when the node has another type or is out of
 * bounds; *out is then untouched. An empty value, ~ and null are no string: write '' for the empty one.
 */
bool yamltree_string(const struct yamltree_node *node, const char **out, struct diag_list *diags);
bool yamltree_bool(const struct yamltree_node *node, bool *out,
                   struct diag_list *diags); /* true, false, yes, no */
bool yamltree_int(const struct yamltree_node *node, int64_t min, int64_t max, int64_t *out,
                  struct diag_list *diags);
bool yamltree_is(const struct yamltree_node *node, enum yamltree_kind kind, struct diag_list *diags);

#endif
