/*
 * Lists of domains, inline and from list files (one a line, '#' begins a comment; or a table, company.h). Refuses what can be no
 * mail domain, with the domain that was probably meant; whether IDNA allows a name is the lookalike index's
 * business. A million lines take well under a second: one pass, one hash table.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "conf/company.h"
#include "conf/list.h"

enum {
    MAX_NAME = 253, /* RFC 1035 2.3.4, without the trailing dot */
    MAX_LABEL = 63,
    MAX_SHOWN = 60,
    MAX_DUPLICATES = 5, /* warned of one by one; a list with more is told so */
    FIRST_SLOTS = 64
};

struct domain_set {
    struct conf_loader *loader;
    const struct conf_option *option;
    struct conf_domain *v;
    size_t n, cap;
    uint32_t *slots; /* index + 1 into v; 0 = free; a power of two of them, at most half full */
    size_t n_slots;
    size_t duplicates;
    bool ok;
};

static size_t hash(struct span name)
{
    uint64_t h = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (unsigned char)name.p[i]) * 1099511628211ULL;
    return (size_t)(h ^ (h >> 32));
}

/* The slot of `name`: it holds its index + 1, or 0 where it belongs. */
static uint32_t *slot_of(const struct domain_set *set, struct span name)
{
    size_t i = hash(name) & (set->n_slots - 1);
    while (set->slots[i] && !span_eq(span_of(set->v[set->slots[i] - 1].name), name))
        i = (i + 1) & (set->n_slots - 1);
    return &set->slots[i];
}

static void grow(struct domain_set *set)
{
    if (set->n < set->cap)
        return;
    set->cap = set->cap ? set->cap * 2 : FIRST_SLOTS / 2;
    set->v = mem_resize(set->v, set->cap, sizeof(*set->v));
    free(set->slots);
    set->n_slots = set->cap * 2;
    set->slots = mem_array(set->n_slots, sizeof(*set->slots));
    for (size_t i = 0; i < set->n; i++)
        *slot_of(set, span_of(set->v[i].name)) = (uint32_t)i + 1;
}

static void warn_duplicate(struct domain_set *set, const char *name, struct diag_at at, struct diag_at first)
{
    if (++set->duplicates > MAX_DUPLICATES)
        return;
    diag_add(set->loader->diags, DIAG_WARNING, at, "remove one of the two",
             "'%s' is already in %s, %s line %u", name, set->option->name, first.file, first.line);
}

static bool is_label_char(unsigned char c)
{
    return c >= 0x80 || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static const char *label_problem(struct span label)
{
    if (label.n == 0)
        return "it has two dots in a row, or begins with one";
    if (label.n > MAX_LABEL)
        return "a part between dots is longer than 63 bytes";
    if (label.p[0] == '-' || label.p[label.n - 1] == '-')
        return "a part begins or ends with a hyphen";
    for (size_t i = 0; i < label.n; i++)
        if (!is_label_char((unsigned char)label.p[i]))
            return "only letters, digits, hyphens and dots can stand in a domain";
    return NULL;
}

/* NULL when `name` (lower case, no trailing dot) can be a mail domain. */
static const char *domain_problem(struct span name)
{
    struct span rest = name;
    bool dot = name.n && memchr(name.p, '.', name.n);
    if (name.n == 0)
        return "it is empty";
    if (name.n > MAX_NAME)
        return "it is longer than 253 bytes";
    do {
        const char *problem = label_problem(span_cut(&rest, '.'));
        if (problem)
            return problem;
    } while (rest.n);
    return dot ? NULL : "it has no dot";
}

/* What was probably meant by an address, a URL or a wildcard: for the remedy. */
static struct span meant(struct span text)
{
    const char *at = memrchr(text.p, '@', text.n);
    const char *scheme = memmem(text.p, text.n, "://", 3);
    const char *from = at ? at + 1 : scheme ? scheme + 3 : text.p;
    struct span rest = {from, (size_t)(text.p + text.n - from)};
    while (rest.n && (rest.p[0] == '*' || rest.p[0] == '.'))
        rest.p++, rest.n--;
    return span_cut(&rest, '/');
}

static void refuse(struct domain_set *set, struct span text, const char *problem, struct diag_at at)
{
    struct span better = text.n ? meant(text) : text;
    char *remedy = NULL;
    if (better.n && better.n < text.n && !domain_problem(better))
        remedy = mem_printf("write %.*s; subdomains are always included", (int)better.n, better.p);
    diag_add(set->loader->diags, DIAG_ERROR, at,
             remedy ? remedy : "write a domain such as company.example, one for each item or line",
             "'%.*s' in %s is no domain: %s", text.n < MAX_SHOWN ? (int)text.n : MAX_SHOWN,
             text.p ? text.p : "", set->option->name, problem);
    free(remedy);
    set->ok = false;
}

static void add(struct domain_set *set, struct span text, const struct conf_company *company,
                struct diag_at at)
{
    char lower[MAX_NAME + 2]; /* one more for a trailing dot, one to see that it is too long */
    size_t n = text.n < sizeof(lower) ? text.n : sizeof(lower);
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] + ('a' - 'A') : text.p[i]);
    struct span name = {lower, n > 1 && lower[n - 1] == '.' ? n - 1 : n};
    const char *problem = domain_problem(name);
    if (problem) {
        refuse(set, text, problem, at);
        return;
    }
    grow(set);
    uint32_t *slot = slot_of(set, name);
    if (*slot) {
        warn_duplicate(set, set->v[*slot - 1].name, at, set->v[*slot - 1].at);
        return;
    }
    set->v[set->n++] = (struct conf_domain){arena_span(set->loader->arena, name), company, at};
    *slot = (uint32_t)set->n;
}

static void add_row(struct domain_set *set, const struct conf_table *table, struct diag_at at,
                    struct span line)
{
    const struct conf_company *company;
    struct span domain;
    if (conf_table_row(set->loader, table, at, line, &domain, &company))
        add(set, domain, company, at);
    else
        set->ok = false;
}

static void add_plain(struct domain_set *set, struct diag_at at, struct span line)
{
    if (!memchr(line.p, '\t', line.n)) {
        add(set, line, NULL, at);
        return;
    }
    diag_add(set->loader->diags, DIAG_ERROR, at,
             "begin the file with the line: domain, name, country, phone, note, with tabs between them",
             "'%.*s' in %s is a line of a table, but the names of the columns are missing",
             line.n < MAX_SHOWN ? (int)line.n : MAX_SHOWN, line.p, set->option->name);
    set->ok = false;
}

/* In a table '#' begins a comment at the start of a line only: names have such characters, too. */
static void add_lines(struct domain_set *set, struct conf_list_file *file)
{
    struct conf_table table = {0};
    struct span line;
    for (bool first = true; conf_list_line(file, &line);) {
        struct span rest = line, text = span_trim(span_cut(&rest, '#'));
        if (!text.n)
            continue;
        if (first && conf_table_begins(line)) {
            if (!conf_table_head(set->loader, file->at, line, &table)) {
                set->ok = false;
                return;
            }
        } else if (table.n) {
            add_row(set, &table, file->at, line);
        } else {
            add_plain(set, file->at, text);
        }
        first = false;
    }
}

static void add_file(struct domain_set *set, const struct yamltree_node *node)
{
    struct conf_list_file file;
    if (!conf_list_open(set->loader, set->option, node, &file)) {
        set->ok = false;
        return;
    }
    add_lines(set, &file);
    conf_list_close(&file);
}

static void add_item(struct domain_set *set, const struct yamltree_node *item)
{
    const struct conf_company *company = NULL;
    const char *text;
    if (item->kind == YAMLTREE_MAPPING && !yamltree_get(item, "domain"))
        add_file(set, item);
    else if (item->kind == YAMLTREE_MAPPING ? conf_company_item(set->loader, item, &text, &company)
                                            : yamltree_string(item, &text, set->loader->diags))
        add(set, span_of(text), company, item->at);
    else
        set->ok = false;
}

bool conf_read_domains(struct conf_loader *loader, const struct conf_option *option,
                       const struct yamltree_node *node, void *field)
{
    struct domain_set set = {.loader = loader, .option = option, .ok = true};
    if (!conf_is_list(loader, option, node))
        return false;
    if (node->kind == YAMLTREE_MAPPING)
        add_item(&set, node);
    for (size_t i = 0; node->kind == YAMLTREE_SEQUENCE && i < node->n; i++)
        add_item(&set, node->items[i]);
    if (set.duplicates > MAX_DUPLICATES)
        diag_add(loader->diags, DIAG_WARNING, node->at, "remove them, for instance with sort -u",
                 "%zu duplicate domains in %s", set.duplicates, option->name);
    struct conf_domains *out = field;
    out->v = arena_grow(loader->arena, set.v, set.n, set.n, sizeof(*set.v));
    out->n = set.n;
    free(set.v);
    free(set.slots);
    return set.ok;
}
