/*
 * Lists of the configuration and list files.
 */
#include <string.h>

#include "base/file.h"

#include "conf/list.h"

enum { MAX_SHOWN = 60 };

bool conf_is_list(struct conf_loader *loader, const struct conf_option *option,
                  const struct yamltree_node *node)
{
    if (node->kind != YAMLTREE_SCALAR)
        return true;
    return conf_wrong(loader, node, "write [a, b], one '- item' a line below the key, or {file: PATH}",
                      "'%s' must be a %s, not '%.*s'", option->name, conf_kind_text(option->kind), MAX_SHOWN,
                      node->text);
}

bool conf_list_open(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, struct conf_list_file *out)
{
    static const char *const known[] = {"file"};
    const char *name;
    const struct yamltree_node *value = yamltree_get(node, "file");
    *out = (struct conf_list_file){0};
    if (!yamltree_only(node, known, 1, loader->diags))
        return false;
    if (!value)
        return conf_wrong(loader, node, "write {file: PATH}", "'%s' holds an empty mapping", option->name);
    if (!yamltree_string(value, &name, loader->diags))
        return false;
    const char *path = conf_resolve(loader, name);
    struct file_error error;
    if (!file_read(path, FILE_LIST_MAX, &out->text, &error)) {
        conf_wrong(loader, value,
                   "check the path; relative ones start at the folder of the configuration file",
                   "the list file of '%s' cannot be read: %s: %s", option->name, path, error.reason);
        return false;
    }
    out->rest = buf_span(&out->text);
    out->at = (struct diag_at){path, 0, 1};
    if (out->rest.n >= 3 && memcmp(out->rest.p, "\xEF\xBB\xBF", 3) == 0)
        out->rest = (struct span){out->rest.p + 3, out->rest.n - 3};
    return true;
}

bool conf_list_line(struct conf_list_file *file, struct span *line_r)
{
    file->at.line++;
    return span_line(&file->rest, line_r);
}

void conf_list_close(struct conf_list_file *file)
{
    buf_free(&file->text);
}

/* A plain list of texts; each goes through `convert` of the element's kind. */
static bool read_texts(struct conf_loader *loader, const struct conf_option *option,
                       const struct yamltree_node *node,
                       bool (*read)(struct conf_loader *, const struct conf_option *,
                                    const struct yamltree_node *, void *),
                       struct conf_strings *out)
{
    bool ok = true;
    if (!yamltree_is(node, YAMLTREE_SEQUENCE, loader->diags))
        return false;
    const char **v = arena_array(loader->arena, node->n, sizeof(*v));
    for (size_t i = 0; i < node->n; i++) {
        v[i] = "";
        if (!read(loader, option, node->items[i], &v[i]))
            ok = false;
        else if (!*v[i])
            ok = conf_wrong(loader, node->items[i], "remove it", "an item of '%s' is empty", option->name);
    }
    *out = (struct conf_strings){v, node->n};
    return ok;
}

bool conf_read_strings(struct conf_loader *loader, const struct conf_option *option,
                       const struct yamltree_node *node, void *field)
{
    return read_texts(loader, option, node, conf_read_text, field);
}

bool conf_read_paths(struct conf_loader *loader, const struct conf_option *option,
                     const struct yamltree_node *node, void *field)
{
    return read_texts(loader, option, node, conf_read_path, field);
}

bool conf_read_networks(struct conf_loader *loader, const struct conf_option *option,
                        const struct yamltree_node *node, void *field)
{
    struct conf_strings texts;
    bool ok = true;
    if (!read_texts(loader, option, node, conf_read_text, &texts))
        return false;
    struct conf_network *v = arena_array(loader->arena, texts.n, sizeof(*v));
    for (size_t i = 0; i < texts.n; i++) {
        const char *error;
        if (!conf_network_parse(texts.v[i], &v[i], &error))
            ok = conf_wrong(loader, node->items[i],
                            "write an address or a network: 192.0.2.1, 10.0.0.0/8, '2001:db8::/32'",
                            "'%.*s' in %s: %s", MAX_SHOWN, texts.v[i], option->name, error);
    }
    *(struct conf_networks *)field = (struct conf_networks){v, texts.n};
    return ok;
}
