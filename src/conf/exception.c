/*
 * Allow entries and exceptions. Each names who answers for it, why, and until when: one that nobody remembers is
 * what fraudsters look for. Refuses those without; one that has expired is told and does not hold.
 */
#include <string.h>
#include <time.h>

#include "conf/group.h"

ENUM_DEFINE(conf_require, CONF_REQUIRE_LIST)

enum { MAX_SHOWN = 60 };

static const char missing_remedy[] =
    "write {from: partner.example, require: dmarc, owner: ..., reason: ..., expires: 2027-12-31}";

static bool text_of(struct conf_loader *loader, const struct yamltree_node *map, const char *key,
                    const char **out)
{
    const struct yamltree_node *node = yamltree_get(map, key);
    if (!node)
        return conf_wrong(loader, map, missing_remedy, "this entry has no '%s'", key);
    if (!yamltree_string(node, out, loader->diags))
        return false;
    return **out || conf_wrong(loader, node, missing_remedy, "'%s' is empty", key);
}

static bool read_expiry(struct conf_loader *loader, const struct yamltree_node *map, struct conf_exception *e)
{
    struct tm tm = {0};
    if (!text_of(loader, map, "expires", &e->until))
        return false;
    const struct yamltree_node *node = yamltree_get(map, "expires");
    const char *end = strptime(e->until, "%Y-%m-%d", &tm);
    if (!end || *end || strlen(e->until) != 10)
        return conf_wrong(loader, node, "write the last day as YYYY-MM-DD", "'%.*s' is no day", MAX_SHOWN,
                          e->until);
    e->expires = (int64_t)timegm(&tm) + 24 * 60 * 60;
    if (e->expires <= time(NULL))
        diag_add(loader->diags, DIAG_WARNING, node->at, "remove it, or let its owner prolong it",
                 "this entry has expired and is ignored");
    return true;
}

static bool read_require(struct conf_loader *loader, const struct yamltree_node *map, bool allow,
                         struct conf_exception *e)
{
    const struct yamltree_node *node = yamltree_get(map, "require");
    const char *text;
    e->require = CONF_REQUIRE_ALIGNED;
    if (!node)
        return true;
    if (!yamltree_string(node, &text, loader->diags))
        return false;
    if (!conf_require_from_name(text, &e->require) || (allow && e->require == CONF_REQUIRE_NOTHING))
        return conf_wrong(loader, node,
                          allow ? "one of: aligned, dmarc, spf, dkim"
                                : "one of: aligned, dmarc, spf, dkim, nothing",
                          "'require' cannot be '%.*s'", MAX_SHOWN, text);
    if (e->require == CONF_REQUIRE_NOTHING)
        diag_add(loader->diags, DIAG_WARNING, node->at,
                 "require aligned where the sender's mail is authenticated",
                 "whoever writes this address into From profits from this exception");
    return true;
}

/* What is excepted: rules by their ids, or an axis. */
static bool read_what(struct conf_loader *loader, const struct yamltree_node *map, struct conf_exception *e)
{
    const struct yamltree_node *rules = yamltree_get(map, "rules"), *axis = yamltree_get(map, "axis");
    bool ok = true;
    if (!rules == !axis)
        return conf_wrong(loader, map, "give rules: [id, ...] or axis: identity",
                          rules ? "'rules' and 'axis' stand together"
                                : "this exception has neither 'rules' nor 'axis'");
    if (axis) {
        ok = yamltree_string(axis, &e->axis, loader->diags);
        if (ok && strcmp(e->axis, "identity") != 0 && strcmp(e->axis, "request") != 0)
            ok = conf_wrong(loader, axis, "one of: identity, request", "'axis' cannot be '%.*s'", MAX_SHOWN,
                            e->axis);
        return ok;
    }
    if (!yamltree_is(rules, YAMLTREE_SEQUENCE, loader->diags))
        return false;
    const char **v = arena_array(loader->arena, rules->n + 1, sizeof(*v));
    for (size_t i = 0; i < rules->n; i++)
        ok = yamltree_string(rules->items[i], &v[i], loader->diags) && ok;
    e->rules = (struct conf_strings){v, rules->n};
    return ok && (rules->n || conf_wrong(loader, rules, "name a rule", "this exception names no rules"));
}

static bool read_entry(struct conf_loader *loader, const struct yamltree_node *map, bool allow,
                       struct conf_exception *e)
{
    static const char *const known[] = {"from",   "to",      "require", "owner",
                                        "reason", "expires", "rules",   "axis"};
    size_t n_known = sizeof(known) / sizeof(*known) - (allow ? 2 : 0);
    if (!yamltree_is(map, YAMLTREE_MAPPING, loader->diags) ||
        !yamltree_only(map, known, n_known, loader->diags))
        return false;
    const struct yamltree_node *from = yamltree_get(map, "from"), *to = yamltree_get(map, "to");
    e->at = map->at;
    bool ok = from ? (e->from = conf_pattern(loader, from)) != NULL
                   : conf_wrong(loader, map, missing_remedy, "this entry has no 'from'");
    ok = (!to || conf_patterns(loader, to, &e->to)) && ok;
    ok = read_require(loader, map, allow, e) && ok;
    ok = text_of(loader, map, "owner", &e->owner) && ok;
    ok = text_of(loader, map, "reason", &e->reason) && ok;
    ok = read_expiry(loader, map, e) && ok;
    return (allow || read_what(loader, map, e)) && ok;
}

static bool read_list(struct conf_loader *loader, const struct yamltree_node *node, bool allow,
                      struct conf_exceptions *out)
{
    if (!yamltree_is(node, YAMLTREE_SEQUENCE, loader->diags))
        return false;
    struct conf_exception *v = arena_array(loader->arena, node->n + 1, sizeof(*v));
    bool ok = true;
    for (size_t i = 0; i < node->n; i++)
        ok = read_entry(loader, node->items[i], allow, &v[i]) && ok;
    *out = (struct conf_exceptions){v, node->n};
    return ok;
}

bool conf_read_allows(struct conf_loader *loader, const struct conf_option *option,
                      const struct yamltree_node *node, void *field)
{
    return read_list(loader, node, true, field);
}

bool conf_read_exceptions(struct conf_loader *loader, const struct conf_option *option,
                          const struct yamltree_node *node, void *field)
{
    return read_list(loader, node, false, field);
}
