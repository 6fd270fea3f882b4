#ifndef RINGER_CONF_OPTION_H
#define RINGER_CONF_OPTION_H
#include "base/buf.h"
#include "base/yamltree.h"
#include "conf/conf.h"

/* Inside src/conf/: the table of options.def as data, and how each kind of value is read. */

/* kind, reader, what a person writes (for the manual) */
#define CONF_KIND_LIST(X)                                                                                    \
    X(BOOL, conf_read_bool, "true or false")                                                                 \
    X(INT, conf_read_int, "number")                                                                          \
    X(DURATION, conf_read_duration, "duration")                                                              \
    X(DURATION_MS, conf_read_duration, "duration")                                                           \
    X(SIZE, conf_read_size, "size")                                                                          \
    X(MODE, conf_read_mode, "octal permissions")                                                             \
    X(CHOICE, conf_read_choice, "name")                                                                      \
    X(TEXT, conf_read_text, "text")                                                                          \
    X(PATH, conf_read_path, "path")                                                                          \
    X(SOCKET, conf_read_socket, "socket")                                                                    \
    X(STORE, conf_read_store, "data base")                                                                   \
    X(SMTP, conf_read_smtp, "SMTP address")                                                                  \
    X(STRINGS, conf_read_strings, "list of texts")                                                           \
    X(PATHS, conf_read_paths, "list of paths")                                                               \
    X(NETWORKS, conf_read_networks, "list of networks")                                                      \
    X(DOMAINS, conf_read_domains, "list of domains")                                                         \
    X(PEOPLE, conf_read_people, "list of people")                                                            \
    X(GROUPS, conf_read_groups, "list of groups")                                                            \
    X(ALLOWS, conf_read_allows, "list of allow entries")                                                     \
    X(EXCEPTIONS, conf_read_exceptions, "list of exceptions")

enum conf_kind {
#define KIND(kind, read, what) CONF_##kind,
    CONF_KIND_LIST(KIND)
#undef KIND
};

enum conf_option_id {
#define OPTION(section, name, field, kind, def, min, max, reload, help) CONF_OPTION_##field,
#define CHOICE(section, name, field, type, def, reload, help)           CONF_OPTION_##field,
#include "conf/options.def"
    CONF_OPTIONS
};

struct conf_option {
    const char *section, *name;
    enum conf_kind kind;
    size_t offset, size; /* of the field in struct conf */
    const char *def;     /* as YAML */
    int64_t min, max;
    const char *const *names;                          /* of a CHOICE, ended by NULL */
    bool (*set_choice)(const char *name, void *field); /* false for an unknown name */
    enum conf_reload reload;
    const char *help;
};
extern const struct conf_option conf_options[CONF_OPTIONS];

struct conf_section {
    const char *key, *heading;
};
extern const struct conf_section conf_sections[];
extern const size_t conf_n_sections;

struct conf_source {
    const struct yamltree_node *value[CONF_OPTIONS]; /* NULL where the default stands */
};

struct conf_loader {
    struct arena *arena;
    struct diag_list *diags;
    const char *dir; /* of the configuration file: relative paths start here */
};

/* Readers: false with errors in the loader's diagnostics. `field` is the option's field in struct conf. */
#define KIND(kind, read, what)                                                                               \
    bool read(struct conf_loader *loader, const struct conf_option *option,                                  \
              const struct yamltree_node *node, void *field);
CONF_KIND_LIST(KIND)
#undef KIND

const char *conf_kind_text(enum conf_kind kind);
/* An error at `node`; always false. */
bool conf_wrong(struct conf_loader *loader, const struct yamltree_node *node, const char *remedy,
                const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Appends "from MIN to MAX" in the option's unit; nothing for kinds without bounds. */
void conf_add_bounds(struct buf *out, const struct conf_option *option);
/* The option's value on one line of YAML, as it was written, else its default (NULL conf: that always). */
void conf_add_value(struct buf *out, struct arena *arena, const struct conf *conf, size_t id);
const char *conf_resolve(const struct conf_loader *loader, const char *path);

#endif
