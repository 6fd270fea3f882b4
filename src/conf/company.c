/*
 * The companies behind the domains of a list: their names, which fraudsters write before another address, the country
 * and the telephone number under which they can be asked. Refuses columns that nobody knows and lines with more of them
 * than the first one: a shifted column would protect a telephone number.
 */
#include <string.h>

#include "conf/company.h"

enum {
    MAX_SHOWN = 60,
    MIN_DIGITS = 3, /* of a telephone number: an extension in the house */
};
#define COLUMNS_TEXT "domain, name, country, phone, note"

static const char *const column_names[CONF_COLUMNS] = {"domain", "name", "country", "phone", "note"};

static bool wrong(struct conf_loader *loader, struct diag_at at, const char *remedy, const char *what,
                  struct span text)
{
    diag_add(loader->diags, DIAG_ERROR, at, remedy, "%s: '%.*s'", what,
             text.n < MAX_SHOWN ? (int)text.n : MAX_SHOWN, text.p ? text.p : "");
    return false;
}

bool conf_table_begins(struct span line)
{
    return span_eq_nocase(span_trim(span_cut(&line, '\t')), SPAN_LIT("domain"));
}

static bool find_column(struct span name, enum conf_column *column_r)
{
    for (size_t i = 0; i < CONF_COLUMNS; i++)
        if (span_eq_nocase(name, span_of(column_names[i]))) {
            *column_r = (enum conf_column)i;
            return true;
        }
    return false;
}

bool conf_table_head(struct conf_loader *loader, struct diag_at at, struct span line,
                     struct conf_table *table_r)
{
    bool seen[CONF_COLUMNS] = {false};
    *table_r = (struct conf_table){0};
    line = span_trim(line);
    while (line.n) {
        enum conf_column column;
        struct span name = span_trim(span_cut(&line, '\t'));
        if (!find_column(name, &column))
            return wrong(loader, at, "the columns are " COLUMNS_TEXT, "unknown column", name);
        if (seen[column])
            return wrong(loader, at, "remove one of them", "a column stands there twice", name);
        seen[column] = true;
        table_r->of[table_r->n++] = column;
    }
    return true;
}

static bool is_country(struct span text)
{
    return text.n == 2 && char_lower(text.p[0]) >= 'a' && char_lower(text.p[0]) <= 'z' &&
           char_lower(text.p[1]) >= 'a' && char_lower(text.p[1]) <= 'z';
}

static bool is_phone(struct span text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!text.p[i] || !strchr("0123456789 +-./()ext", text.p[i]))
            return false;
        digits += text.p[i] >= '0' && text.p[i] <= '9';
    }
    return digits >= MIN_DIGITS;
}

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

/* NULL without an error when there is nothing but the domain. */
static bool make_company(struct conf_loader *loader, struct diag_at at, const struct span v[CONF_COLUMNS],
                         const struct conf_company **company_r)
{
    struct span country = v[CONF_COLUMN_COUNTRY], phone = v[CONF_COLUMN_PHONE];
    *company_r = NULL;
    if (country.n && !is_country(country))
        return wrong(loader, at, "write the two letters of ISO 3166, such as DE or FR", "not a country",
                     country);
    if (phone.n && !is_phone(phone))
        return wrong(loader, at, "write it as it is dialled, such as +49 30 1234", "not a telephone number",
                     phone);
    if (!v[CONF_COLUMN_NAME].n && !country.n && !phone.n && !v[CONF_COLUMN_NOTE].n)
        return true;
    struct conf_company *company = arena_alloc(loader->arena, sizeof(*company));
    char letters[3] = {0};
    if (country.n)
        letters[0] = capital(country.p[0]), letters[1] = capital(country.p[1]);
    *company = (struct conf_company){arena_span(loader->arena, v[CONF_COLUMN_NAME]),
                                     arena_strdup(loader->arena, letters), arena_span(loader->arena, phone),
                                     arena_span(loader->arena, v[CONF_COLUMN_NOTE])};
    *company_r = company;
    return true;
}

bool conf_table_row(struct conf_loader *loader, const struct conf_table *table, struct diag_at at,
                    struct span line, struct span *domain_r, const struct conf_company **company_r)
{
    struct span v[CONF_COLUMNS] = {{0}}, rest = line;
    for (size_t i = 0; i < table->n && rest.n; i++)
        v[table->of[i]] = span_trim(span_cut(&rest, '\t'));
    *domain_r = v[CONF_COLUMN_DOMAIN];
    if (span_trim(rest).n)
        return wrong(loader, at, "one tab between two columns, and none inside them",
                     "more columns than the first line of the file names", line);
    return make_company(loader, at, v, company_r);
}

bool conf_company_item(struct conf_loader *loader, const struct yamltree_node *item, const char **domain_r,
                       const struct conf_company **company_r)
{
    struct span v[CONF_COLUMNS] = {{0}};
    if (!yamltree_only(item, column_names, CONF_COLUMNS, loader->diags))
        return false;
    for (size_t i = 0; i < CONF_COLUMNS; i++) {
        const struct yamltree_node *node = yamltree_get(item, column_names[i]);
        const char *text;
        if (node && !yamltree_string(node, &text, loader->diags))
            return false;
        if (node)
            v[i] = span_trim(span_of(text));
    }
    *domain_r = arena_span(loader->arena, v[CONF_COLUMN_DOMAIN]);
    return make_company(loader, item->at, v, company_r);
}
