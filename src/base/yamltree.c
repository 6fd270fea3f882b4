/*
 * A strict reading of YAML into a tree: libyaml's events, minus everything that makes a configuration mean
 * something else than it seems to (anchors, tags, duplicate keys, several documents). Positions are lines and
 * byte columns of the file as an editor counts them. Refuses whole files; never gives a partial tree.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/yamltree.h"

enum {
    MAX_DEPTH = 32,              /* nobody writes deeper; we recurse */
    MAX_NODES = 2 * 1000 * 1000, /* about 250 MB of tree */
    MAX_SHOWN = 60               /* bytes of a value that a message repeats */
};

/* Where we are in the text: libyaml counts characters and more kinds of line ends than editors do. */
struct cursor {
    size_t yaml_line, yaml_column;
    size_t offset, line_start;
    unsigned line;
};

struct reader {
    struct arena *arena;
    struct diag_list *diags;
    const char *file;
    struct span text;
    yaml_parser_t parser;
    struct cursor cursor;
    size_t nodes;
    bool refused; /* an error was reported; go on to find more, then give nothing */
};

struct node_vec {
    const struct yamltree_node **v;
    size_t n, cap;
};

static size_t char_bytes(unsigned char c)
{
    return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* Bytes of the line end at `p` as YAML 1.1 has them: CR LF, LF, CR, NEL, LS, PS; 0 when there is none. */
static size_t break_bytes(const char *p, size_t n)
{
    if (p[0] == '\r')
        return n > 1 && p[1] == '\n' ? 2 : 1;
    if (p[0] == '\n')
        return 1;
    if (n > 1 && memcmp(p, "\xC2\x85", 2) == 0)
        return 2;
    if (n > 2 && (memcmp(p, "\xE2\x80\xA8", 3) == 0 || memcmp(p, "\xE2\x80\xA9", 3) == 0))
        return 3;
    return 0;
}

static void step(struct cursor *c, struct span text)
{
    size_t n = break_bytes(text.p + c->offset, text.n - c->offset);
    if (n) {
        bool new_line = text.p[c->offset + n - 1] == '\n';
        c->offset += n;
        c->yaml_line++;
        c->yaml_column = 0;
        if (new_line) {
            c->line++;
            c->line_start = c->offset;
        }
        return;
    }
    c->offset += char_bytes((unsigned char)text.p[c->offset]);
    c->yaml_column++;
}

static bool is_before(const struct cursor *c, yaml_mark_t mark)
{
    return c->yaml_line < mark.line || (c->yaml_line == mark.line && c->yaml_column < mark.column);
}

/* Marks come in order, so that a file is walked once; one that lies behind gets the cursor's place. */
static struct diag_at at_mark(struct reader *r, yaml_mark_t mark)
{
    struct cursor *c = &r->cursor;
    while (c->offset < r->text.n && is_before(c, mark))
        step(c, r->text);
    return (struct diag_at){r->file, c->line, (unsigned)(c->offset - c->line_start) + 1};
}

static struct diag_at at_offset(const struct reader *r, size_t offset)
{
    struct diag_at at = {r->file, 1, 1};
    for (size_t i = 0; i < offset && i < r->text.n; i++) {
        at.column++;
        if (r->text.p[i] == '\n') {
            at.line++;
            at.column = 1;
        }
    }
    return at;
}

static void refuse(struct reader *r, struct diag_at at, const char *remedy, const char *text)
{
    diag_add(r->diags, DIAG_ERROR, at, remedy, "%s", text);
    r->refused = true;
}

static const char *syntax_remedy(const char *problem)
{
    static const struct {
        const char *part, *remedy;
    } table[] = {
        {"a tab character", "indent with blanks, not tabs"},
        {"cannot start any token",
         "indent with blanks, not tabs; put text that starts with @, ` or % in quotes"},
        {"mapping values are not allowed", "put text that holds ': ' in quotes; check the indentation"},
        {"did not find expected key", "keys of one mapping start in the same column; a value that begins "
                                      "with a quote must end with it: put all of it in '...'"},
        {"could not find expected ':'", "write 'key: value', with a blank behind the colon"},
        {"block sequence entries", "put '- ' on a line of its own below the key"},
        {"did not find expected ',' or", "close the [ or { and put commas between its items"},
        {"unexpected end of stream", "close the quotes"},
        {"unknown escape", "write \\\\ for a backslash in \"...\", or use '...'"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (strstr(problem, table[i].part))
            return table[i].remedy;
    return "compare with the example in ringer.yaml(5)";
}

static void report_syntax(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "cannot be read as YAML";
    r->refused = true;
    if (p->error == YAML_READER_ERROR) {
        diag_add(r->diags, DIAG_ERROR, at_offset(r, p->problem_offset), "save the file as UTF-8 text",
                 "not UTF-8 text: %s", problem);
        return;
    }
    diag_add(r->diags, DIAG_ERROR, at_mark(r, p->problem_mark), syntax_remedy(problem),
             "not valid YAML: %s%s%s", problem, p->context ? ", " : "", p->context ? p->context : "");
}

static bool next_event(struct reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return true;
    report_syntax(r);
    return false;
}

static void push(struct node_vec *vec, const struct yamltree_node *node)
{
    if (vec->n == vec->cap) {
        vec->cap = vec->cap ? vec->cap * 2 : 8;
        vec->v = mem_resize(vec->v, vec->cap, sizeof(*vec->v));
    }
    vec->v[vec->n++] = node;
}

static const struct yamltree_node *const *settle(struct arena *arena, const struct node_vec *vec)
{
    return arena_grow(arena, vec->v, vec->n, vec->n, sizeof(*vec->v));
}

static void refuse_decoration(struct reader *r, struct diag_at at, const void *anchor, const void *tag)
{
    if (anchor)
        refuse(r, at, "write the value out at each place, or put text that starts with & in quotes",
               "anchors (&name) are not allowed");
    if (tag)
        refuse(r, at, "remove it; put text that starts with ! in quotes", "tags (!name) are not allowed");
}

static void read_scalar(struct reader *r, struct yamltree_node *node, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    refuse_decoration(r, node->at, event->data.scalar.anchor, event->data.scalar.tag);
    if (memchr(value, '\0', event->data.scalar.length))
        refuse(r, node->at, "remove the \\0", "text must not hold a NUL character");
    node->text = arena_strndup(r->arena, value, event->data.scalar.length);
}

static int by_key(const void *a, const void *b)
{
    const struct yamltree_node *x = *(const struct yamltree_node *const *)a;
    const struct yamltree_node *y = *(const struct yamltree_node *const *)b;
    int order = strcmp(x->text, y->text);
    if (order)
        return order;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    return x->at.column < y->at.column ? -1 : x->at.column > y->at.column;
}

/* Sorts `keys`, which is ours to sort: a hostile mapping may have a million of them. */
static void refuse_duplicates(struct reader *r, struct node_vec *keys)
{
    if (keys->n < 2)
        return;
    qsort(keys->v, keys->n, sizeof(*keys->v), by_key);
    for (size_t i = 1; i < keys->n; i++) {
        const struct yamltree_node *first = keys->v[i - 1], *second = keys->v[i];
        if (strcmp(first->text, second->text) != 0)
            continue;
        diag_add(r->diags, DIAG_ERROR, second->at, "keep one of the two",
                 "key '%.*s' is already there on line %u", MAX_SHOWN, second->text, first->at.line);
        r->refused = true;
    }
}

static const struct yamltree_node *read_node(struct reader *r, yaml_event_t *event, unsigned depth,
                                             const char *key);

static bool check_key(struct reader *r, const struct yamltree_node *key)
{
    if (key->kind == YAMLTREE_SCALAR && *key->text)
        return true;
    refuse(r, key->at, "write 'key: value'", "a key must be a word");
    return false;
}

/* Fills one collection up to its end event; false when reading must stop. */
static bool read_items(struct reader *r, struct node_vec *keys, struct node_vec *items, bool mapping,
                       unsigned depth)
{
    yaml_event_t event;
    while (next_event(r, &event)) {
        if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return true;
        }
        const struct yamltree_node *key = NULL;
        if (mapping) {
            key = read_node(r, &event, depth, NULL);
            if (!key || !check_key(r, key) || !next_event(r, &event))
                return false;
            push(keys, key);
        }
        const struct yamltree_node *item = read_node(r, &event, depth, key ? key->text : NULL);
        if (!item)
            return false;
        push(items, item);
    }
    return false;
}

static bool read_collection(struct reader *r, struct yamltree_node *node, unsigned depth)
{
    struct node_vec keys = {0}, items = {0};
    bool ok = read_items(r, &keys, &items, node->kind == YAMLTREE_MAPPING, depth + 1);
    if (ok) {
        node->n = items.n;
        node->items = settle(r->arena, &items);
        node->keys = settle(r->arena, &keys);
        refuse_duplicates(r, &keys);
    }
    free(keys.v);
    free(items.v);
    return ok;
}

static bool read_by_type(struct reader *r, struct yamltree_node *node, const yaml_event_t *event,
                         unsigned depth)
{
    node->text = "";
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        read_scalar(r, node, event);
        return true;
    case YAML_ALIAS_EVENT:
        refuse(r, node->at, "write the value out at each place, or put text that starts with * in quotes",
               "aliases (*name) are not allowed");
        return true;
    case YAML_SEQUENCE_START_EVENT:
        refuse_decoration(r, node->at, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        node->kind = YAMLTREE_SEQUENCE;
        return read_collection(r, node, depth);
    case YAML_MAPPING_START_EVENT:
        refuse_decoration(r, node->at, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        node->kind = YAMLTREE_MAPPING;
        return read_collection(r, node, depth);
    default:
        refuse(r, node->at, NULL, "not valid YAML");
        return false;
    }
}

/* Deletes the event. NULL when reading must stop (then something was reported). */
static const struct yamltree_node *read_node(struct reader *r, yaml_event_t *event, unsigned depth,
                                             const char *key)
{
    struct yamltree_node *node = arena_alloc(r->arena, sizeof(*node));
    bool ok = false;
    node->at = at_mark(r, event->start_mark);
    node->key = key;
    if (depth > MAX_DEPTH)
        refuse(r, node->at, "write it flatter", "nested deeper than 32 levels");
    else if (++r->nodes > MAX_NODES)
        refuse(r, node->at, "put long lists into list files", "more than two million values");
    else
        ok = read_by_type(r, node, event, depth);
    yaml_event_delete(event);
    return ok ? node : NULL;
}

static const struct yamltree_node *empty_mapping(struct reader *r)
{
    struct yamltree_node *node = arena_alloc(r->arena, sizeof(*node));
    node->kind = YAMLTREE_MAPPING;
    node->at = (struct diag_at){r->file, 1, 1};
    node->text = "";
    return node;
}

static bool is_null(const struct yamltree_node *node)
{
    return node->kind == YAMLTREE_SCALAR && !node->quoted &&
           (!*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

/* The node of the first document, NULL when there is none; refuses a second one. */
static const struct yamltree_node *read_stream(struct reader *r)
{
    const struct yamltree_node *root = NULL;
    yaml_event_t event;
    while (next_event(r, &event)) {
        yaml_event_type_t type = event.type;
        if (type == YAML_DOCUMENT_START_EVENT && root) {
            refuse(r, at_mark(r, event.start_mark), "remove the '---', or split the file",
                   "a second document is not allowed");
            type = YAML_STREAM_END_EVENT;
        }
        if (type < YAML_ALIAS_EVENT) /* stream and document marks */
            yaml_event_delete(&event);
        else if (!(root = read_node(r, &event, 0, NULL)))
            return NULL;
        if (type == YAML_STREAM_END_EVENT)
            return root;
    }
    return NULL;
}

const struct yamltree_node *yamltree_parse(struct arena *arena, const char *name, struct span text,
                                           struct diag_list *diags)
{
    struct reader r = {.arena = arena, .diags = diags, .file = arena_strdup(arena, name), .text = text};
    r.cursor.line = 1;
    if (text.n > FILE_WRITTEN_MAX) {
        refuse(&r, (struct diag_at){r.file, 0, 0}, "put long lists into list files", "larger than 16 MiB");
        return NULL;
    }
    if (text.n >= 3 &&
        memcmp(text.p, "\xEF\xBB\xBF", 3) == 0) /* a byte order mark is no character of line 1 */
        r.text = (struct span){text.p + 3, text.n - 3};
    if (!yaml_parser_initialize(&r.parser)) {
        refuse(&r, (struct diag_at){r.file, 0, 0}, NULL, "out of memory");
        return NULL;
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(r.text.n ? r.text.p : ""), r.text.n);
    const struct yamltree_node *root = read_stream(&r);
    yaml_parser_delete(&r.parser);
    if (r.refused)
        return NULL;
    return !root || is_null(root) ? empty_mapping(&r) : root;
}

const struct yamltree_node *yamltree_load(struct arena *arena, const char *path, struct diag_list *diags)
{
    struct buf text = {0};
    if (!diag_read_file(diags, path, FILE_WRITTEN_MAX, "this file", NULL, &text))
        return NULL;
    const struct yamltree_node *root = yamltree_parse(arena, path, buf_span(&text), diags);
    buf_free(&text);
    return root;
}

const struct yamltree_node *yamltree_get(const struct yamltree_node *map, const char *key)
{
    if (!map || map->kind != YAMLTREE_MAPPING)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}

static bool is_known(const char *key, const char *const *known, size_t n_known)
{
    for (size_t i = 0; i < n_known; i++)
        if (strcmp(key, known[i]) == 0)
            return true;
    return false;
}

/* "did you mean 'x'?", else the list of what there is. To be freed. */
static char *unknown_remedy(const char *key, const char *const *known, size_t n_known)
{
    const char *near = diag_nearest(key, known, n_known);
    if (near)
        return mem_printf("did you mean '%s'?", near);
    struct buf text = {0};
    buf_adds(&text, "known here: ");
    for (size_t i = 0; i < n_known; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", known[i]);
    return text.p;
}

bool yamltree_only(const struct yamltree_node *map, const char *const *known, size_t n_known,
                   struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; map->kind == YAMLTREE_MAPPING && i < map->n; i++) {
        const struct yamltree_node *key = map->keys[i];
        if (is_known(key->text, known, n_known))
            continue;
        char *remedy = unknown_remedy(key->text, known, n_known);
        diag_add(diags, DIAG_ERROR, key->at, remedy, "unknown key '%.*s'", MAX_SHOWN, key->text);
        free(remedy);
        ok = false;
    }
    return ok;
}

/* "'key' must be WHAT, not FOUND" */
static bool mistyped(const struct yamltree_node *node, const char *what, const char *remedy,
                     struct diag_list *diags)
{
    const char *open = node->key ? "'" : "", *key = node->key ? node->key : "this value";
    if (node->kind != YAMLTREE_SCALAR)
        diag_add(diags, DIAG_ERROR, node->at, remedy, "%s%s%s must be %s, not %s", open, key, open, what,
                 node->kind == YAMLTREE_SEQUENCE ? "a list" : "a mapping");
    else if (is_null(node))
        diag_add(diags, DIAG_ERROR, node->at, remedy, "%s%s%s must be %s, but is empty", open, key, open,
                 what);
    else
        diag_add(diags, DIAG_ERROR, node->at, remedy, "%s%s%s must be %s, not %s'%.*s'", open, key, open,
                 what, node->quoted ? "the text " : "", MAX_SHOWN, node->text);
    return false;
}

bool yamltree_is(const struct yamltree_node *node, enum yamltree_kind kind, struct diag_list *diags)
{
    static const char *const what[] = {[YAMLTREE_SCALAR] = "a single value",
                                       [YAMLTREE_SEQUENCE] = "a list",
                                       [YAMLTREE_MAPPING] = "a mapping"};
    static const char *const remedy[] = {
        [YAMLTREE_SCALAR] = NULL,
        [YAMLTREE_SEQUENCE] = "write [a, b], or one '- item' a line below the key",
        [YAMLTREE_MAPPING] = "write one 'key: value' a line, indented below the key"};
    return node->kind == kind || mistyped(node, what[kind], remedy[kind], diags);
}

bool yamltree_string(const struct yamltree_node *node, const char **out, struct diag_list *diags)
{
    if (node->kind != YAMLTREE_SCALAR || is_null(node))
        return mistyped(node, "text", is_null(node) ? "write a value, or '' for the empty text" : NULL,
                        diags);
    *out = node->text;
    return true;
}

bool yamltree_bool(const struct yamltree_node *node, bool *out, struct diag_list *diags)
{
    static const struct {
        const char *name;
        bool value;
    } names[] = {{"true", true}, {"yes", true}, {"false", false}, {"no", false}};
    if (node->kind == YAMLTREE_SCALAR && !node->quoted)
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
            if (strcmp(node->text, names[i].name) == 0) {
                *out = names[i].value;
                return true;
            }
    return mistyped(node, "true or false", node->quoted ? "take the quotes off" : NULL, diags);
}

bool yamltree_int(const struct yamltree_node *node, int64_t min, int64_t max, int64_t *out,
                  struct diag_list *diags)
{
    if (node->kind == YAMLTREE_SCALAR && !node->quoted && *node->text &&
        strspn(node->text, "+-0123456789") == strlen(node->text)) {
        char *end;
        errno = 0;
        intmax_t value = strtoimax(node->text, &end, 10);
        if (!*end && !errno && value >= min && value <= max) {
            *out = value;
            return true;
        }
    }
    char *what = mem_printf("a whole number from %" PRId64 " to %" PRId64, min, max);
    mistyped(node, what, node->quoted ? "take the quotes off" : NULL, diags);
    free(what);
    return false;
}
