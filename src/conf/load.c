/*
 * Reads ringer.yaml by the table of options. Everything that is not in the table is refused; every error of
 * the file is reported at once. Gives the whole configuration or none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#include "conf/option.h"

enum { MAX_SHOWN = 60 };

typedef bool (*reader)(struct conf_loader *, const struct conf_option *, const struct yamltree_node *,
                       void *);
static const reader readers[] = {
#define KIND(kind, read, what) read,
    CONF_KIND_LIST(KIND)
#undef KIND
};

static bool read_option(struct conf_loader *loader, struct conf *conf, size_t id,
                        const struct yamltree_node *node)
{
    const struct conf_option *option = &conf_options[id];
    return readers[option->kind](loader, option, node, (char *)conf + option->offset);
}

/* $RINGER_STATEDIR stands for our folder in the defaults: tests must not read what the machine's own Ringer keeps. */
static const char *default_text(struct arena *arena, const char *text)
{
    static const char folder[] = "/var/lib/ringer";
    const char *env = getenv("RINGER_STATEDIR"), *at = env && *env ? strstr(text, folder) : NULL;
    if (!at)
        return text;
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, env, at + strlen(folder));
}

/* The defaults are YAML too: one parser and one set of checks serves both. They are ours: a bad one ends us. */
static void read_defaults(struct conf_loader *loader, struct conf *conf)
{
    struct conf_loader quiet = {loader->arena, &(struct diag_list){0}, "/"};
    for (size_t id = 0; id < CONF_OPTIONS; id++) {
        const struct yamltree_node *node =
            yamltree_parse(loader->arena, conf_options[id].name,
                           span_of(default_text(loader->arena, conf_options[id].def)), quiet.diags);
        if (!node || !read_option(&quiet, conf, id, node))
            abort();
    }
}

static const struct conf_section *find_section(const char *key)
{
    for (size_t i = 0; i < conf_n_sections; i++)
        if (strcmp(conf_sections[i].key, key) == 0)
            return &conf_sections[i];
    return NULL;
}

/* CONF_OPTIONS when there is none; section NULL looks in all. */
static size_t find_option(const char *section, const char *name)
{
    for (size_t id = 0; id < CONF_OPTIONS; id++)
        if (strcmp(conf_options[id].name, name) == 0 &&
            (!section || strcmp(conf_options[id].section, section) == 0))
            return id;
    return CONF_OPTIONS;
}

/* Where an option with this name would belong, for one that stands in the wrong section. To be freed. */
static char *section_remedy(const char *name)
{
    size_t id = find_option(NULL, name);
    if (id == CONF_OPTIONS)
        return NULL;
    if (!*conf_options[id].section)
        return mem_printf("'%s' stands at the top of the file, not indented", name);
    return mem_printf("'%s' stands under '%s:'", name, conf_options[id].section);
}

/* The names that could stand here: the section's options, and at the top the sections too. */
static size_t names_of(const char *section, const char **names)
{
    size_t n = 0;
    for (size_t id = 0; id < CONF_OPTIONS; id++)
        if (strcmp(conf_options[id].section, section) == 0)
            names[n++] = conf_options[id].name;
    for (size_t i = 0; !*section && i < conf_n_sections; i++)
        if (*conf_sections[i].key)
            names[n++] = conf_sections[i].key;
    return n;
}

static char *unknown_remedy(const char *section, const char *name)
{
    const char *names[CONF_OPTIONS * 2];
    size_t n = names_of(section, names);
    const char *near = diag_nearest(name, names, n);
    if (near)
        return mem_printf("did you mean '%s'?", near);
    char *remedy = section_remedy(name);
    if (remedy)
        return remedy;
    for (size_t id = n = 0; id < CONF_OPTIONS; id++)
        names[n++] = conf_options[id].name;
    near = diag_nearest(name, names, n);
    if (near)
        return mem_printf("did you mean '%s' under '%s:'?", near,
                          conf_options[find_option(NULL, near)].section);
    return mem_strdup("`ringer config show --defaults` lists all options");
}

static void unknown(struct conf_loader *loader, const char *section, const struct yamltree_node *key)
{
    char *remedy = unknown_remedy(section, key->text);
    conf_wrong(loader, key, remedy, "unknown option '%.*s'%s%s", MAX_SHOWN, key->text,
               *section ? " under " : "", section);
    free(remedy);
}

static void read_mapping(struct conf_loader *loader, struct conf *conf, struct conf_source *source,
                         const struct yamltree_node *map, const char *section)
{
    for (size_t i = 0; i < map->n; i++) {
        const struct yamltree_node *key = map->keys[i], *value = map->items[i];
        size_t id = find_option(section, key->text);
        if (id < CONF_OPTIONS) {
            source->value[id] = value;
            read_option(loader, conf, id, value);
        } else if (!*section && find_section(key->text)) {
            if (yamltree_is(value, YAMLTREE_MAPPING, loader->diags))
                read_mapping(loader, conf, source, value, key->text);
        } else {
            unknown(loader, section, key);
        }
    }
}

static void check_dns_servers(struct conf_loader *loader, const struct conf *conf,
                              const struct yamltree_node *servers)
{
    for (size_t i = 0; servers && i < conf->dns_servers.n; i++) {
        const char *server = conf->dns_servers.v[i];
        if (!(conf->dns_servers.n == 1 && strcmp(server, "system") == 0) && !conf_dns_server(server))
            conf_wrong(loader, servers, "write addresses, as 192.0.2.53 or 192.0.2.53@5353; or system alone",
                       "dns-servers: '%.*s' is no DNS server's address", MAX_SHOWN, server);
    }
}

/* An entry without a domain would match nobody, and nobody would notice until a message is held. */
static void check_never_hold(struct conf_loader *loader, const struct yamltree_node *list)
{
    for (size_t i = 0; list && i < list->n; i++) {
        const char *text = list->items[i]->text, *at = strchr(text, '@');
        if (!at || at != strrchr(text, '@') || !at[1])
            conf_wrong(loader, list->items[i],
                       "write an address (abuse@company.example) or a domain (@company.example)",
                       "'%.*s' in never-hold-for is neither an address nor a domain", MAX_SHOWN, text);
    }
}

/* What no single option can see. */
static void check_together(struct conf_loader *loader, const struct conf *conf,
                           const struct conf_source *source)
{
    const struct yamltree_node *tag = source->value[CONF_OPTION_threshold_tag];
    const struct yamltree_node *hold = source->value[CONF_OPTION_threshold_hold];
    const struct yamltree_node *limit = source->value[CONF_OPTION_limit_spool];
    check_never_hold(loader, source->value[CONF_OPTION_never_hold_for]);
    if ((tag || hold) && conf->threshold_tag > conf->threshold_hold)
        conf_wrong(
            loader, tag ? tag : hold, "a message that is held is worth a tag: make tag the smaller one",
            "thresholds: tag (%d) is above hold (%d)", (int)conf->threshold_tag, (int)conf->threshold_hold);
    check_dns_servers(loader, conf, source->value[CONF_OPTION_dns_servers]);
    if (limit && conf->limit_spool > conf->limit_message)
        diag_add(loader->diags, DIAG_WARNING, limit->at, "make spool the smaller one",
                 "limits: spool is above message, so that nothing is judged from the file");
}

static struct conf *conf_new(struct arena *arena, const char *path)
{
    struct conf *conf = arena_alloc(arena, sizeof(*conf));
    conf->arena = arena;
    conf->path = path ? arena_strdup(arena, path) : NULL;
    conf->source = arena_alloc(arena, sizeof(*conf->source));
    read_defaults(&(struct conf_loader){.arena = arena}, conf);
    return conf;
}

/* Takes the arena. NULL when `root` is, or when anything in it was wrong. */
static struct conf *from_tree(struct arena *arena, const char *path, const struct yamltree_node *root,
                              struct diag_list *diags)
{
    struct conf_loader loader = {arena, diags, file_folder(arena, path)};
    size_t errors_before = diags->errors;
    struct conf *conf = NULL;
    if (root && yamltree_is(root, YAMLTREE_MAPPING, diags)) {
        struct conf_source *source = arena_alloc(arena, sizeof(*source));
        conf = conf_new(arena, path);
        conf->source = source;
        read_mapping(&loader, conf, source, root, "");
        check_together(&loader, conf, source);
    }
    if (!conf || diags->errors > errors_before) {
        arena_free(&arena);
        return NULL;
    }
    return conf;
}

struct conf *conf_load(const char *path, struct diag_list *diags)
{
    if (!path)
        return conf_default();
    struct arena *arena = arena_new();
    return from_tree(arena, path, yamltree_load(arena, path, diags), diags);
}

struct conf *conf_parse(const char *name, struct span text, struct diag_list *diags)
{
    struct arena *arena = arena_new();
    return from_tree(arena, name, yamltree_parse(arena, name, text, diags), diags);
}

struct conf *conf_default(void)
{
    return conf_new(arena_new(), NULL);
}

void conf_free(struct conf **conf)
{
    struct arena *arena = *conf ? (*conf)->arena : NULL; /* conf itself lies in it */
    *conf = NULL;
    arena_free(&arena);
}
