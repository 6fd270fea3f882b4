/*
 * The people whose names fraudsters borrow: inline as {name, address, role}, or from a file of three columns
 * between tabs below a line of their names. Refuses a person without a name, an address or a known role: half
 * a person protects nobody.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "conf/list.h"

enum { MAX_SHOWN = 60, COLUMNS = 3 };

struct person_list {
    struct conf_loader *loader;
    const struct conf_option *option;
    struct conf_person *v;
    size_t n, cap;
    bool ok;
};

static void wrong(struct person_list *list, struct diag_at at, const char *remedy, const char *what,
                  struct span text)
{
    diag_add(list->loader->diags, DIAG_ERROR, at, remedy, "%s: '%.*s' in %s", what,
             text.n < MAX_SHOWN ? (int)text.n : MAX_SHOWN, text.p ? text.p : "", list->option->name);
    list->ok = false;
}

/* local@domain.tld, enough to catch a name or a domain in the wrong place */
static bool is_address(struct span text)
{
    const char *at = text.n ? memrchr(text.p, '@', text.n) : NULL;
    if (!at || at == text.p)
        return false;
    size_t domain = (size_t)(text.p + text.n - at) - 1;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ' || strchr("<>\",;\x7F", text.p[i]))
            return false;
    return domain >= 3 && memchr(at + 1, '.', domain) && at[1] != '.' && text.p[text.n - 1] != '.';
}

/* "a@x.example, b@y.example" */
static bool read_addresses(struct person_list *list, struct diag_at at, struct span text,
                           struct conf_strings *out)
{
    struct span rest = text;
    size_t commas = 0;
    for (size_t i = 0; i < text.n; i++)
        commas += text.p[i] == ',';
    const char **v = arena_array(list->loader->arena, commas + 1, sizeof(*v));
    *out = (struct conf_strings){v, 0};
    do {
        struct span one = span_trim(span_cut(&rest, ','));
        if (!is_address(one)) {
            wrong(list, at, "write name@company.example; several with commas between them",
                  "not a mail address", one);
            return false;
        }
        v[out->n++] = arena_span(list->loader->arena, one);
    } while (rest.n);
    return true;
}

static void push(struct person_list *list, struct conf_person person)
{
    if (list->n == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 16;
        list->v = mem_resize(list->v, list->cap, sizeof(*list->v));
    }
    list->v[list->n++] = person;
}

static void add(struct person_list *list, struct diag_at at, struct span name, struct span addresses,
                struct span role)
{
    struct conf_person person = {.at = at};
    name = span_trim(name);
    if (!name.n) {
        wrong(list, at, "write the name as it stands before the address in mail", "a person without a name",
              addresses);
        return;
    }
    char *role_name = mem_strndup(role.p ? role.p : "", role.n);
    bool known = conf_role_from_name(role_name, &person.role);
    free(role_name);
    if (!known) {
        wrong(list, at, "the role is vip or staff", "unknown role", role);
        return;
    }
    if (!read_addresses(list, at, addresses, &person.addresses))
        return;
    person.name = arena_span(list->loader->arena, name);
    push(list, person);
}

/* Cuts a line into its columns; false when it has another number of them. */
static bool cut_columns(struct span line, struct span columns[COLUMNS])
{
    struct span rest = line;
    size_t tabs = 0;
    for (size_t i = 0; i < line.n; i++)
        tabs += line.p[i] == '\t';
    for (size_t i = 0; i < COLUMNS; i++)
        columns[i] = span_trim(span_cut(&rest, '\t'));
    return tabs == COLUMNS - 1;
}

static bool is_header(const struct span columns[COLUMNS])
{
    return span_eq(columns[0], SPAN_LIT("name")) && span_eq(columns[1], SPAN_LIT("address")) &&
           span_eq(columns[2], SPAN_LIT("role"));
}

static void add_line(struct person_list *list, struct diag_at at, struct span line, bool *header_seen)
{
    struct span columns[COLUMNS];
    if (!cut_columns(line, columns))
        wrong(list, at, "write name, address and role with one tab between them", "not three columns", line);
    else if (*header_seen)
        add(list, at, columns[0], columns[1], columns[2]);
    else if (!is_header(columns))
        wrong(list, at, "begin the file with the line: name, address, role, with tabs between them",
              "the names of the columns are missing", line);
    *header_seen = true;
}

static void add_file(struct person_list *list, const struct yamltree_node *node)
{
    struct conf_list_file file;
    struct span line;
    bool header_seen = false;
    if (!conf_list_open(list->loader, list->option, node, &file)) {
        list->ok = false;
        return;
    }
    while (conf_list_line(&file, &line)) {
        struct span text = span_trim(line);
        if (text.n && text.p[0] != '#')
            add_line(list, file.at, line, &header_seen);
    }
    conf_list_close(&file);
}

/* The text of a person's key; NULL with an error when it is missing or no text. */
static const char *text_of(struct person_list *list, const struct yamltree_node *item, const char *key)
{
    const struct yamltree_node *node = yamltree_get(item, key);
    const char *text = NULL;
    if (!node)
        wrong(list, item->at, "write {name: ..., address: ..., role: vip}", "a key is missing", span_of(key));
    else if (!yamltree_string(node, &text, list->loader->diags))
        list->ok = false;
    return text;
}

static void add_item(struct person_list *list, const struct yamltree_node *item)
{
    static const char *const known[] = {"name", "address", "role"};
    if (yamltree_get(item, "file")) {
        add_file(list, item);
        return;
    }
    if (!yamltree_is(item, YAMLTREE_MAPPING, list->loader->diags) ||
        !yamltree_only(item, known, COLUMNS, list->loader->diags)) {
        list->ok = false;
        return;
    }
    const char *name = text_of(list, item, "name");
    const char *address = text_of(list, item, "address");
    const char *role = text_of(list, item, "role");
    if (name && address && role)
        add(list, item->at, span_of(name), span_of(address), span_of(role));
}

bool conf_read_people(struct conf_loader *loader, const struct conf_option *option,
                      const struct yamltree_node *node, void *field)
{
    struct person_list list = {.loader = loader, .option = option, .ok = true};
    struct conf_people *out = field;
    if (!conf_is_list(loader, option, node))
        return false;
    if (node->kind == YAMLTREE_MAPPING)
        add_file(&list, node);
    for (size_t i = 0; node->kind == YAMLTREE_SEQUENCE && i < node->n; i++)
        add_item(&list, node->items[i]);
    out->v = arena_grow(loader->arena, list.v, list.n, list.n, sizeof(*list.v));
    out->n = list.n;
    free(list.v);
    return list.ok;
}
