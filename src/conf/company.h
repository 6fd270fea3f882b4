#ifndef RINGER_CONF_COMPANY_H
#define RINGER_CONF_COMPANY_H
#include "conf/list.h"

/*
 * Inside src/conf/: what is known of the owner of a domain. Inline as {domain, name, country, phone, note}, or in a
 * list file as a table: a first line with the names of its columns, domain first, and tabs between them.
 */
enum conf_column {
    CONF_COLUMN_DOMAIN,
    CONF_COLUMN_NAME,
    CONF_COLUMN_COUNTRY,
    CONF_COLUMN_PHONE,
    CONF_COLUMN_NOTE,
    CONF_COLUMNS
};
struct conf_table {
    enum conf_column of[CONF_COLUMNS];
    size_t n; /* 0: no table */
};

/* Is this the first line of a table? */
bool conf_table_begins(struct span line);
/* Reads it. False with errors. */
bool conf_table_head(struct conf_loader *loader, struct diag_at at, struct span line,
                     struct conf_table *table_r);
/* One line: the domain as it stands there, and its company (NULL when only the domain is given). False with errors. */
bool conf_table_row(struct conf_loader *loader, const struct conf_table *table, struct diag_at at,
                    struct span line, struct span *domain_r, const struct conf_company **company_r);
/* The same from a mapping. */
bool conf_company_item(struct conf_loader *loader, const struct yamltree_node *item, const char **domain_r,
                       const struct conf_company **company_r);

#endif
