/*
 * Groups of recipients with thresholds, rules and a mode of their own, and the patterns by which addresses are named. Refuses a
 * pattern that matches everybody by mistake, such as '*': that is what the thresholds themselves are for.
 */
#include <string.h>

#include "conf/group.h"

enum { MAX_SHOWN = 60, MAX_PATTERN = 320 };

/* '*' stands for any text; one point to go back to is enough, so that the time is bounded. */
static bool matches(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == char_lower(*text)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

bool conf_pattern_matches(const char *pattern, const char *address)
{
    const char *at = strrchr(address, '@');
    if (strchr(pattern, '@'))
        return matches(pattern, address);
    return at && matches(pattern, at + 1);
}

static bool is_pattern(const char *text)
{
    const char *at = strrchr(text, '@'), *domain = at ? at + 1 : text;
    if (strlen(text) > MAX_PATTERN || at == text || strpbrk(text, " \t<>\",;") || !strchr(domain, '.'))
        return false;
    if (strncmp(domain, "*.", 2) == 0)
        domain += 2;
    return *domain && *domain != '.' && !strchr(domain, '*') && domain[strlen(domain) - 1] != '.';
}

const char *conf_pattern(struct conf_loader *loader, const struct yamltree_node *node)
{
    const char *text;
    if (!yamltree_string(node, &text, loader->diags))
        return NULL;
    if (!is_pattern(text)) {
        conf_wrong(loader, node,
                   "write name@company.example, *@company.example, company.example or '*.company.example'",
                   "'%.*s' is neither an address nor a domain", MAX_SHOWN, text);
        return NULL;
    }
    char *copy = arena_strdup(loader->arena, text);
    for (char *p = copy; *p; p++)
        *p = char_lower(*p);
    return copy;
}

bool conf_patterns(struct conf_loader *loader, const struct yamltree_node *node, struct conf_strings *out)
{
    const struct yamltree_node *const *items = node->kind == YAMLTREE_SEQUENCE ? node->items : &node;
    size_t n = node->kind == YAMLTREE_SEQUENCE ? node->n : 1;
    const char **v = arena_array(loader->arena, n + 1, sizeof(*v));
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = (v[i] = conf_pattern(loader, items[i])) && ok;
    *out = (struct conf_strings){v, n};
    return ok;
}

static bool threshold(struct conf_loader *loader, const struct yamltree_node *map, const char *key,
                      int64_t min, int64_t max, int64_t *out)
{
    const struct yamltree_node *node = yamltree_get(map, key);
    *out = -1;
    return !node || yamltree_int(node, min, max, out, loader->diags);
}

static bool group_mode(struct conf_loader *loader, const struct yamltree_node *node, int *out)
{
    enum conf_mode mode;
    const char *text;
    *out = -1;
    if (!node)
        return true;
    if (!yamltree_string(node, &text, loader->diags))
        return false;
    if (!conf_mode_from_name(text, &mode))
        return conf_wrong(loader, node, "one of: monitor, tag, enforce", "'mode' cannot be '%.*s'", MAX_SHOWN,
                          text);
    *out = (int)mode;
    return true;
}

/* Whether the rules exist is seen when they are there: policy.c. */
static bool group_rules(struct conf_loader *loader, const struct yamltree_node *node,
                        struct conf_strings *out)
{
    if (!node)
        return true;
    if (!yamltree_is(node, YAMLTREE_SEQUENCE, loader->diags))
        return false;
    const char **v = arena_array(loader->arena, node->n + 1, sizeof(*v));
    for (size_t i = 0; i < node->n; i++) {
        if (!yamltree_string(node->items[i], &v[i], loader->diags))
            return false;
        v[i] = arena_strdup(loader->arena, v[i]);
    }
    *out = (struct conf_strings){v, node->n};
    return true;
}

static bool changes_nothing(const struct conf_group *g)
{
    return g->tag < 0 && g->hold < 0 && g->identity_floor < 0 && g->request_floor < 0 && g->mode < 0 &&
           !g->disabled_rules.n;
}

static bool read_group(struct conf_loader *loader, const struct yamltree_node *map, struct conf_group *g)
{
    static const char *const known[] = {"name",           "recipients",    "tag",  "hold",
                                        "identity-floor", "request-floor", "mode", "disabled-rules"};
    if (!yamltree_is(map, YAMLTREE_MAPPING, loader->diags) ||
        !yamltree_only(map, known, sizeof(known) / sizeof(*known), loader->diags))
        return false;
    const struct yamltree_node *name = yamltree_get(map, "name"), *who = yamltree_get(map, "recipients");
    g->at = map->at;
    if (!name || !who || (who->kind == YAMLTREE_SEQUENCE && !who->n))
        return conf_wrong(loader, map,
                          "write {name: finance, recipients: ['*@finance.company.example'], hold: 70}",
                          "a group needs a name and recipients");
    bool ok = yamltree_string(name, &g->name, loader->diags);
    ok = conf_patterns(loader, who, &g->recipients) && ok;
    ok = threshold(loader, map, "tag", 1, 1000, &g->tag) && ok;
    ok = threshold(loader, map, "hold", 1, 1000, &g->hold) && ok;
    ok = threshold(loader, map, "identity-floor", 0, 100, &g->identity_floor) && ok;
    ok = threshold(loader, map, "request-floor", 0, 100, &g->request_floor) && ok;
    ok = group_mode(loader, yamltree_get(map, "mode"), &g->mode) && ok;
    ok = group_rules(loader, yamltree_get(map, "disabled-rules"), &g->disabled_rules) && ok;
    if (ok && changes_nothing(g))
        return conf_wrong(loader, map,
                          "give one of tag, hold, identity-floor, request-floor, mode and disabled-rules",
                          "the group '%.*s' changes nothing", MAX_SHOWN, g->name);
    return ok;
}

bool conf_read_groups(struct conf_loader *loader, const struct conf_option *option,
                      const struct yamltree_node *node, void *field)
{
    struct conf_groups *out = field;
    if (!yamltree_is(node, YAMLTREE_SEQUENCE, loader->diags))
        return false;
    struct conf_group *v = arena_array(loader->arena, node->n + 1, sizeof(*v));
    bool ok = true;
    for (size_t i = 0; i < node->n; i++)
        ok = read_group(loader, node->items[i], &v[i]) && ok;
    *out = (struct conf_groups){v, node->n};
    return ok;
}
