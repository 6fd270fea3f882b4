#ifndef RINGER_FACTS_LISTS_H
#define RINGER_FACTS_LISTS_H
#include <stdbool.h>
#include "base/diag.h"
#include "base/wordset.h"

/* The word lists that the families look things up in (data/facts/): shipped, loaded once per policy. */
struct fact_lists {
    struct wordset *freemail;      /* free mail providers' domains */
    struct wordset *services;      /* services that write for others: addresses and domains */
    struct wordset *titles;        /* executive titles in display names */
    struct wordset *tunnels;       /* domains of tunnelling services */
    struct wordset *installers;    /* program name TAB its vendor's domains, comma separated */
    struct wordset *payment_names; /* words in file names that speak of bank details */
};
/* `freemail`, `services`: files in place of the shipped lists, or NULL. */
bool fact_lists_load(struct fact_lists *lists, const char *freemail, const char *services,
                     struct diag_list *diags);
void fact_lists_free(struct fact_lists *lists);

#endif
