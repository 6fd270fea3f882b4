#ifndef RINGER_FACTS_COMPANIES_H
#define RINGER_FACTS_COMPANIES_H
#include "base/arena.h"
#include "base/diag.h"
#include "lookalike/lookalike.h"

/*
 * The names of protected companies, as fraudsters write them before addresses of their own: found with or without legal
 * form, in another order, glued or spelt out, with accents or look-alike letters. A name that anybody may use, because it
 * is a word (Orange, Target), needs a company about it: a legal form, or a department of an own company. Immutable once
 * filled; safe for any number of threads.
 */
struct companies;

struct company {
    const char *name; /* as given, else the domain that it was taken from */
    const char *domain;
    const char *phone; /* "" = unknown */
    enum relation relation;
};

/* NULL with diagnostics when the shipped tables cannot be read. */
struct companies *companies_new(struct diag_list *diags);
void companies_free(struct companies **companies);
/*
 * `company->name`: several with semicolons between them; "" or NULL: the name is taken from the domain, where that is no
 * word of a language or trade. The texts are not copied and must outlive `companies`.
 */
void companies_add(struct companies *companies, const struct company *company);
size_t companies_count(const struct companies *companies);

enum company_where {
    COMPANY_NAME, /* a display name: the name may stand anywhere in it */
    COMPANY_SUBJECT, /* the same, but one word may be a first name or the matter: it needs a legal form or department */
    COMPANY_LINE, /* as in a subject, and it must be the line, or a part of it between commas */
    COMPANY_LOCAL /* a local part */
};
/*
 * Whose name does the text carry? NULL when nobody's. `near_r`, when it is not NULL: names of which one letter is wrong
 * are found, too (of the first 20,000 companies); *near_r says whether it is such a one.
 */
const struct company *companies_match(const struct companies *companies, struct arena *arena,
                                      const char *text, enum company_where where, bool *near_r);

#endif
