#ifndef RINGER_MAIL_SHEET_H
#define RINGER_MAIL_SHEET_H
#include "mail/selector.h"

/* The rules of a page's style sheets, found by what an element must have for them. */
struct sheet_rule {
    const struct selector *selector;
    const struct css_block *block;
    uint32_t order;
    struct sheet_rule *next; /* of the same bucket */
};

enum { SHEET_BUCKETS = 128 };

struct sheet {
    struct sheet_rule *buckets[SHEET_BUCKETS];
    struct sheet_rule *anywhere; /* no tag, class or id to find them by */
    uint32_t n;
    bool quirks;  /* the page has no doctype: units may lack, names agree without regard to case */
    bool pseudos; /* some rule is for ::before or ::after */
};

/* Reads the text of a <style>. What @media says is judged as on a desktop's light screen of CSS_WIDTH pixels. */
void sheet_read(struct arena *arena, struct span text, struct css_budget *budget, struct sheet *sheet);
/*
 * A media query list ("only screen and (min-width: 600px)"); an empty one holds. One that is too long or nests too
 * deep does not, whatever it says, and the budget is then spent: rules were not looked at.
 */
bool sheet_media(struct arena *arena, struct span query, struct css_budget *budget);

struct sheet_match {
    const struct sheet_rule *rule;
    uint32_t weight;
};
/* The matching rules in the order of the cascade, weakest first; at most `max`, in `v`. Returns how many. */
size_t sheet_find(const struct sheet *sheet, const GumboNode *node, enum pseudo_element pseudo,
                  struct css_budget *budget, struct sheet_match *v, size_t max);

#endif
