/*
 * One file of rules: its keys and their forms. Refuses unknown keys, missing ones, and what is none of the
 * allowed words; expressions are looked at when all files are there (link.c).
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "rules/ruleset.h"

enum { MAX_ID = 80, MAX_TITLE = 200, MAX_TAGS = 32 };

static const char *const file_keys[] = {"pack", "version", "rules"};
static const char *const rule_keys[] = {"id",       "title", "why",     "when",  "score",   "axis", "group",
                                        "severity", "tags",  "enabled", "alone", "booster", "tests"};
#define KEYS(list) list, sizeof(list) / sizeof(*list)

/* Ids, groups, packs, own tags. */
static bool is_name(const char *s)
{
    size_t n = strlen(s);
    return n && n <= MAX_ID && s[0] >= 'a' && s[0] <= 'z' && !strchr(".-_", s[n - 1]) &&
           strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == n;
}

/* An error at a place; false, for `return`. */
#define FAIL(...) (diag_add(diags, DIAG_ERROR, __VA_ARGS__), false)

/* One of the words of an enum; the node may be missing (then *out stays). */
static bool read_word(const struct yamltree_node *node, const char *what, const char *const *words, size_t n,
                      unsigned *out, struct diag_list *diags)
{
    if (!node)
        return true;
    if (!yamltree_is(node, YAMLTREE_SCALAR, diags))
        return false;
    struct buf all = {0};
    for (size_t i = 0; i < n; i++) {
        if (strcmp(node->text, words[i]) == 0) {
            buf_free(&all);
            *out = (unsigned)i;
            return true;
        }
        buf_printf(&all, "%s%s", i == 0 ? "one of: " : ", ", words[i]);
    }
    const char *near = diag_nearest(node->text, words, n);
    if (near) {
        buf_clear(&all);
        buf_printf(&all, "did you mean '%s'?", near);
    }
    diag_add(diags, DIAG_ERROR, node->at, all.p, "'%.60s' is no %s", node->text, what);
    buf_free(&all);
    return false;
}

static bool required(const struct yamltree_node *map, const char *key, const char *remedy,
                     const struct yamltree_node **node_r, struct diag_list *diags)
{
    *node_r = yamltree_get(map, key);
    if (*node_r)
        return yamltree_is(*node_r, YAMLTREE_SCALAR, diags);
    return FAIL(map->at, remedy, "this rule has no '%s'", key);
}

static bool read_id(const struct yamltree_node *map, struct rule *rule, struct diag_list *diags)
{
    const struct yamltree_node *node;
    enum fact_id fact;
    if (!required(map, "id", "write: id: pack.short-name", &node, diags))
        return false;
    if (!is_name(node->text))
        return FAIL(node->at, "small letters, digits, dots and hyphens; a letter first; at most 80",
                    "'%.100s' cannot be the id of a rule", node->text);
    if (facts_find(node->text, &fact))
        return FAIL(node->at, "choose another id", "'%s' is the name of a fact", node->text);
    rule->info.id = node->text;
    rule->info.at = node->at;
    return true;
}

static bool read_title(const struct yamltree_node *map, struct rule *rule, struct diag_list *diags)
{
    const struct yamltree_node *node;
    if (!required(map, "title", "write a line for people who read reports", &node, diags))
        return false;
    rule->info.title = node->text;
    if (*node->text && strlen(node->text) <= MAX_TITLE)
        return true;
    return FAIL(node->at, "write one line of at most 200 bytes", "the title is empty or too long%.0s", "");
}

static bool is_digits(const char *s, size_t n)
{
    return strspn(s, "0123456789") >= n;
}

/* T1566 or T1566.002 */
static bool is_technique(const char *s)
{
    if (s[0] != 'T' || !is_digits(s + 1, 4))
        return false;
    return s[5] == '\0' || (s[5] == '.' && is_digits(s + 6, 3) && s[9] == '\0');
}

static bool read_tags(const struct yamltree_node *list, struct ruleset *set, struct rule *rule,
                      struct diag_list *diags)
{
    if (!list)
        return true;
    if (!yamltree_is(list, YAMLTREE_SEQUENCE, diags))
        return false;
    if (list->n > MAX_TAGS)
        return FAIL(list->at, "at most 32", "too many tags");
    const char **tags = arena_array(set->arena, list->n + 1, sizeof(*tags));
    for (size_t i = 0; i < list->n; i++) {
        const char *tag = list->items[i]->text;
        if (!yamltree_is(list->items[i], YAMLTREE_SCALAR, diags))
            return false;
        if (!is_technique(tag) && !is_name(tag))
            return FAIL(list->items[i]->at,
                        "ATT&CK techniques are written T1566 or T1566.002, own tags in small letters",
                        "'%.60s' is no tag", tag);
        tags[i] = tag;
    }
    rule->info.tags = tags;
    rule->info.n_tags = list->n;
    return true;
}

static bool read_group(const struct yamltree_node *node, struct rule *rule, struct diag_list *diags)
{
    if (!node)
        return true;
    if (!yamltree_is(node, YAMLTREE_SCALAR, diags))
        return false;
    rule->info.group = node->text;
    if (is_name(node->text))
        return true;
    return FAIL(node->at, "small letters, digits and hyphens; a letter first",
                "'%.100s' cannot be the name of a group", node->text);
}

static bool read_words(const struct yamltree_node *map, struct rule *rule, struct diag_list *diags)
{
#define NAME(id, text) text,
    static const char *const axes[] = {AXIS_LIST(NAME)};
#undef NAME
    static const char *const states[] = {"on", "monitor", "off"};
    static const char *const severities[] = {"info", "low", "medium", "high", "critical"};
    unsigned axis = 0, state = RULE_ON, severity = SEVERITY_MEDIUM;
    const struct yamltree_node *node;
    bool ok = required(map, "axis", "write: axis: identity, request or context", &node, diags) &&
              read_word(node, "axis", KEYS(axes), &axis, diags);
    ok = read_word(yamltree_get(map, "enabled"), "state", KEYS(states), &state, diags) && ok;
    ok = read_word(yamltree_get(map, "severity"), "severity", KEYS(severities), &severity, diags) && ok;
    rule->info.axis = (enum axis)axis;
    rule->info.state = (enum rule_state)state;
    rule->info.severity = (enum severity)severity;
    return ok;
}

/* Context decides nothing alone, in either direction. */
static bool read_alone(const struct yamltree_node *node, struct rule *rule, struct diag_list *diags)
{
    bool yes;
    if (!node)
        return true;
    if (!yamltree_bool(node, &yes, diags))
        return false;
    rule->info.alone = yes ? RULE_ALONE_YES : RULE_ALONE_NO;
    if (rule->info.axis != AXIS_CONTEXT)
        return true;
    return FAIL(node->at, "remove it, or write: axis: identity, or: axis: request",
                "%s is on the axis context, which decides nothing alone", rule->info.id);
}

static bool read_booster(const struct yamltree_node *node, struct rule *rule, struct diag_list *diags)
{
    if (!node)
        return true;
    if (!yamltree_bool(node, &rule->info.booster, diags))
        return false;
    return rule->info.axis == AXIS_CONTEXT ||
           FAIL(node->at, "remove it, or write: axis: context",
                "%s is a booster, which raises what others found: only context does that", rule->info.id);
}

static bool has_test(const struct rule *rule, bool hit)
{
    for (size_t i = 0; i < rule->info.n_tests; i++)
        if (rule->tests[i].hit == hit)
            return true;
    return false;
}

/* Nothing else has to speak against what such a rule holds: so its author shows what it hits, and what not. */
static bool check_alone(const struct yamltree_node *node, const struct rule *rule, struct diag_list *diags)
{
    if (rule->info.alone != RULE_ALONE_YES || (has_test(rule, true) && has_test(rule, false)))
        return true;
    return FAIL(node->at, "write one test with hit: true and one with hit: false",
                "%s suffices alone, so it needs tests of what it hits and of what it does not",
                rule->info.id);
}

static bool read_texts(const struct yamltree_node *map, struct rule *rule, struct diag_list *diags)
{
    const struct yamltree_node *why, *when, *score;
    bool ok = required(map, "why", "write a sentence for the clerk; facts stand in {}", &why, diags);
    ok = required(map, "when", "write a condition, e.g. lookalike.score >= 70", &when, diags) && ok;
    ok = required(map, "score", "write a number from -100 to 100, or an expression", &score, diags) && ok;
    if (!ok)
        return false;
    rule->info.why = why->text;
    rule->info.when = when->text;
    rule->info.score = score->text;
    return true;
}

static bool read_rule(struct ruleset *set, const struct yamltree_node *map, const char *pack,
                      struct span file, struct diag_list *diags)
{
    struct rule rule = {.node = map, .info.pack = pack, .where = {file, yamltree_get(map, "when")}};
    if (!yamltree_is(map, YAMLTREE_MAPPING, diags))
        return false;
    bool ok = yamltree_only(map, KEYS(rule_keys), diags);
    if (!read_id(map, &rule, diags)) /* the rest would name a rule that has no name */
        return false;
    ok = read_title(map, &rule, diags) && ok;
    ok = read_texts(map, &rule, diags) && ok;
    ok = read_words(map, &rule, diags) && ok;
    ok = read_alone(yamltree_get(map, "alone"), &rule, diags) && ok;
    ok = read_booster(yamltree_get(map, "booster"), &rule, diags) && ok;
    ok = read_group(yamltree_get(map, "group"), &rule, diags) && ok;
    ok = read_tags(yamltree_get(map, "tags"), set, &rule, diags) && ok;
    ok = rule_tests_read(set, &rule, yamltree_get(map, "tests"), diags) && ok;
    ok = ok && check_alone(yamltree_get(map, "alone"), &rule, diags);
    if (set->n == RULES_MAX)
        return FAIL(map->at, "at most 20000", "too many rules");
    if ((set->n & (set->n - 1)) == 0) /* the room is a power of two and full */
        set->rules = mem_resize(set->rules, set->n ? set->n * 2 : 1, sizeof(rule));
    set->rules[set->n++] = rule;
    return ok;
}

static bool read_head(const struct yamltree_node *root, const char **pack_r, struct diag_list *diags)
{
    const struct yamltree_node *pack = yamltree_get(root, "pack"), *version = yamltree_get(root, "version");
    int64_t number;
    bool ok = yamltree_is(root, YAMLTREE_MAPPING, diags) && yamltree_only(root, KEYS(file_keys), diags);
    *pack_r = "";
    if (version)
        ok = yamltree_int(version, 1, INT32_MAX, &number, diags) && ok;
    if (!pack)
        return ok;
    if (!yamltree_string(pack, pack_r, diags))
        return false;
    if (is_name(*pack_r))
        return ok;
    return FAIL(pack->at, "small letters, digits and hyphens; a letter first",
                "'%.100s' cannot be the name of a pack", *pack_r);
}

bool rules_read_file(struct ruleset *set, const struct yamltree_node *root, struct span file,
                     struct diag_list *diags)
{
    const struct yamltree_node *list = yamltree_get(root, "rules");
    const char *pack;
    bool ok = read_head(root, &pack, diags);
    if (!list && root->kind == YAMLTREE_MAPPING)
        return FAIL(root->at, "write the rules as a list below 'rules:'", "no 'rules:' in this file");
    if (!list)
        return false;
    if (!yamltree_is(list, YAMLTREE_SEQUENCE, diags))
        return false;
    for (size_t i = 0; i < list->n; i++)
        ok = read_rule(set, list->items[i], pack, file, diags) && ok;
    return ok;
}
