/*
 * Shows a configuration as it was written, with the defaults where nothing was: YAML, JSON, and the options'
 * part of the manual.
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "conf/option.h"
#include "conf/show.h"

enum { COLUMNS = 80, MAX_VALUE_COLUMNS = 72 };

/* The option's value as it was written, else its default. The default's node is put into `arena`. */
static const struct yamltree_node *value_of(struct arena *arena, const struct conf *conf, size_t id)
{
    const struct yamltree_node *node = conf ? conf->source->value[id] : NULL;
    struct diag_list diags = {0}; /* our own defaults: conf_default() has read them all */
    return node ? node : yamltree_parse(arena, "default", span_of(conf_options[id].def), &diags);
}

static bool is_plain_text(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:@._+-";
    size_t n = strlen(text);
    return n && strchr(first, text[0]) && strspn(text, rest) == n && text[n - 1] != ':';
}

/* In '...' where that is possible, since nothing is special there; else in "...". */
static void add_scalar(struct buf *out, const struct yamltree_node *node)
{
    const char *p = node->text;
    bool control = false;
    if (!node->quoted && is_plain_text(p)) {
        buf_adds(out, p);
        return;
    }
    for (const char *c = p; *c; c++)
        control = control || (unsigned char)*c < ' ';
    buf_addc(out, control ? '"' : '\'');
    for (; *p; p++) {
        if (control && (unsigned char)*p < ' ')
            buf_printf(out, "\\x%02x", (unsigned char)*p);
        else if (control)
            buf_printf(out, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
        else
            buf_printf(out, "%s%c", *p == '\'' ? "'" : "", *p);
    }
    buf_addc(out, control ? '"' : '\'');
}

static void add_flow(struct buf *out, const struct yamltree_node *node)
{
    if (node->kind == YAMLTREE_SCALAR) {
        add_scalar(out, node);
        return;
    }
    bool mapping = node->kind == YAMLTREE_MAPPING;
    buf_addc(out, mapping ? '{' : '[');
    for (size_t i = 0; i < node->n; i++) {
        if (i)
            buf_adds(out, ", ");
        if (mapping) {
            add_scalar(out, node->keys[i]);
            buf_adds(out, ": ");
        }
        add_flow(out, node->items[i]);
    }
    buf_addc(out, mapping ? '}' : ']');
}

void conf_add_value(struct buf *out, struct arena *arena, const struct conf *conf, size_t id)
{
    add_flow(out, value_of(arena, conf, id));
}

/* Short values on the key's line, long lists one item a line. */
static void add_value(struct buf *out, const struct yamltree_node *node, const char *indent, const char *mark)
{
    struct buf flow = {0};
    add_flow(&flow, node);
    if (node->kind == YAMLTREE_SEQUENCE && flow.n > MAX_VALUE_COLUMNS) {
        buf_printf(out, "%s\n", mark);
        for (size_t i = 0; i < node->n; i++) {
            buf_printf(out, "%s- ", indent);
            add_flow(out, node->items[i]);
            buf_addc(out, '\n');
        }
    } else {
        buf_printf(out, " %s%s\n", flow.p, mark);
    }
    buf_free(&flow);
}

/* What the table says beside the help: "One of: ..." or the bounds, and when a running daemon follows a change. */
static void add_remarks(struct buf *out, const struct conf_option *option)
{
    struct buf bounds = {0};
    conf_add_bounds(&bounds, option);
    if (bounds.n)
        buf_printf(out, " A %s %s.", conf_kind_text(option->kind), bounds.p);
    for (size_t i = 0; option->names && option->names[i]; i++)
        buf_printf(out, "%s%s", i ? ", " : " One of: ", option->names[i]);
    if (option->names)
        buf_addc(out, '.');
    if (option->reload == CONF_RELOAD_RESTART)
        buf_adds(out, " A change needs a restart.");
    if (option->reload == CONF_RELOAD_CONNECTION)
        buf_adds(out, " A change holds for new connections.");
    buf_free(&bounds);
}

/* Comment lines of at most COLUMNS. */
static void add_comment(struct buf *out, const char *indent, struct span text)
{
    size_t column = COLUMNS;
    bool first = true;
    while (text.n) {
        struct span word = span_cut(&text, ' ');
        if (column + 1 + word.n > COLUMNS) {
            buf_printf(out, "%s%s#", first ? "" : "\n", indent);
            column = strlen(indent) + 1;
            first = false;
        }
        buf_addc(out, ' ');
        buf_add_span(out, word);
        column += 1 + word.n;
    }
    buf_addc(out, '\n');
}

static void add_option(struct buf *out, struct arena *arena, const struct conf *conf, size_t id, bool mark)
{
    const struct conf_option *option = &conf_options[id];
    const char *indent = *option->section ? "  " : "";
    struct buf help = {0};
    buf_adds(&help, option->help);
    add_remarks(&help, option);
    add_comment(out, indent, buf_span(&help));
    buf_free(&help);
    buf_printf(out, "%s%s:", indent, option->name);
    add_value(out, value_of(arena, conf, id), indent, mark && !conf->source->value[id] ? " # default" : "");
}

void conf_show_yaml(const struct conf *conf, bool mark, struct buf *out)
{
    struct arena *arena = arena_new();
    for (size_t s = 0; s < conf_n_sections; s++) {
        const struct conf_section *section = &conf_sections[s];
        buf_printf(out, "%s# %s\n", s ? "\n" : "", section->heading);
        if (*section->key)
            buf_printf(out, "%s:\n", section->key);
        for (size_t id = 0; id < CONF_OPTIONS; id++)
            if (strcmp(conf_options[id].section, section->key) == 0)
                add_option(out, arena, conf, id, mark);
    }
    arena_free(&arena);
}

static json_t *json_of(const struct yamltree_node *node, enum conf_kind kind)
{
    if (node->kind == YAMLTREE_SEQUENCE) {
        json_t *array = json_array();
        for (size_t i = 0; i < node->n; i++)
            json_array_append_new(array, json_of(node->items[i], kind));
        return array;
    }
    if (node->kind == YAMLTREE_MAPPING) {
        json_t *object = json_object();
        for (size_t i = 0; i < node->n; i++)
            json_object_set_new(object, node->keys[i]->text, json_of(node->items[i], kind));
        return object;
    }
    if (kind == CONF_BOOL)
        return json_boolean(strcmp(node->text, "true") == 0 || strcmp(node->text, "yes") == 0);
    return kind == CONF_INT ? json_integer(strtoll(node->text, NULL, 10)) : json_string(node->text);
}

static json_t *json_section(json_t *root, const char *key)
{
    json_t *object = *key ? json_object_get(root, key) : root;
    if (!object) {
        object = json_object();
        json_object_set_new(root, key, object);
    }
    return object;
}

void conf_show_json(const struct conf *conf, struct buf *out)
{
    struct arena *arena = arena_new();
    json_t *root = json_object();
    for (size_t id = 0; id < CONF_OPTIONS; id++) {
        const struct conf_option *o = &conf_options[id];
        json_t *entry = json_object();
        json_object_set_new(entry, "value", json_of(value_of(arena, conf, id), o->kind));
        json_object_set_new(entry, "default", json_boolean(!conf->source->value[id]));
        json_object_set_new(entry, "reload", json_string(conf_reload_name(o->reload)));
        json_object_set_new(entry, "help", json_string(o->help));
        json_object_set_new(json_section(root, o->section), o->name, entry);
    }
    char *text = json_dumps(root, JSON_INDENT(2));
    buf_adds(out, text ? text : "{}");
    buf_addc(out, '\n');
    free(text);
    json_decref(root);
    arena_free(&arena);
}

/* Text of a macro's or text line: a backslash, and a leading dot or quote, are not roff. */
static void add_roff(struct buf *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        buf_adds(out, "\\&");
    for (; *text; text++) {
        if (*text == '\\')
            buf_adds(out, "\\e");
        else
            buf_addc(out, *text);
    }
}

/* Each sentence begins a new line, as mdoc wants it. */
static void add_sentences(struct buf *out, struct span text)
{
    while (text.n) {
        const char *stop = memmem(text.p, text.n, ". ", 2);
        size_t n = stop ? (size_t)(stop - text.p) + 1 : text.n;
        char *sentence = strndup(text.p, n);
        if (sentence)
            add_roff(out, sentence);
        free(sentence);
        buf_addc(out, '\n');
        n += stop != NULL;
        text = (struct span){text.p + n, text.n - n};
    }
}

static void man_option(struct buf *out, struct arena *arena, size_t id)
{
    const struct conf_option *o = &conf_options[id];
    struct buf text = {0};
    buf_printf(out, ".It Ic %s : Ar %s\n", o->name, conf_kind_text(o->kind));
    buf_adds(&text, o->help);
    add_remarks(&text, o);
    add_sentences(out, buf_span(&text));
    buf_clear(&text);
    conf_add_value(&text, arena, NULL, id);
    buf_adds(out, "The default is\n.Ql ");
    add_roff(out, text.p);
    buf_adds(out, " .\n");
    buf_free(&text);
}

void conf_show_man(struct buf *out)
{
    struct arena *arena = arena_new();
    for (size_t s = 0; s < conf_n_sections; s++) {
        const struct conf_section *section = &conf_sections[s];
        if (*section->key)
            buf_printf(out, ".Ss %s\nUnder the key\n.Ic %s :\n", section->heading, section->key);
        else
            buf_printf(out, ".Ss %s\nAt the top of the file:\n", section->heading);
        buf_adds(out, ".Bl -tag -width Ds\n");
        for (size_t id = 0; id < CONF_OPTIONS; id++)
            if (strcmp(conf_options[id].section, section->key) == 0)
                man_option(out, arena, id);
        buf_adds(out, ".El\n");
    }
    arena_free(&arena);
}

/* --- the digest */

static void add_domain(struct buf *out, const struct conf_domain *domain)
{
    const struct conf_company *c = domain->company;
    buf_adds(out, domain->name);
    if (c)
        buf_printf(out, "\t%s\t%s\t%s\t%s", c->name, c->country, c->phone, c->note);
    buf_addc(out, '\n');
}

static void add_domains(struct buf *out, const struct conf_domains *domains)
{
    for (size_t i = 0; i < domains->n; i++)
        add_domain(out, &domains->v[i]);
    buf_addc(out, '\n');
}

static void add_people(struct buf *out, const struct conf_people *people)
{
    for (size_t i = 0; i < people->n; i++) {
        const struct conf_person *p = &people->v[i];
        buf_printf(out, "%s\t%d", p->name, (int)p->role);
        for (size_t k = 0; k < p->addresses.n; k++)
            buf_printf(out, "\t%s", p->addresses.v[k]);
        buf_addc(out, '\n');
    }
}

void conf_digest(const struct conf *conf, char digest_r[CONF_DIGEST_SIZE])
{
    unsigned char hash[(CONF_DIGEST_SIZE - 1) / 2];
    struct buf text = {0};
    conf_show_yaml(conf, false, &text);
    add_domains(&text, &conf->own_domains);
    add_domains(&text, &conf->partner_domains);
    add_domains(&text, &conf->affiliate_domains);
    add_domains(&text, &conf->allow_domains);
    add_people(&text, &conf->people);
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text.p, text.n, NULL, 0);
    sodium_bin2hex(digest_r, CONF_DIGEST_SIZE, hash, sizeof(hash));
    buf_free(&text);
}
