/*
 * The word lists of the families.
 */
#include <stdlib.h>

#include "base/datadir.h"

#include "facts/lists.h"

/* The file `own` when it is given, else the shipped one. */
static bool load(struct wordset **set, const char *own, const char *name, struct diag_list *diags)
{
    char *path = own ? NULL : datadir_path(name);
    *set = wordset_load(own ? own : path, own ? NULL : DATADIR_REMEDY, diags);
    free(path);
    return *set != NULL;
}

bool fact_lists_load(struct fact_lists *lists, const char *freemail, const char *services,
                     struct diag_list *diags)
{
    bool ok = load(&lists->freemail, freemail, "data/facts/freemail.txt", diags);
    ok = load(&lists->services, services, "data/facts/services.txt", diags) && ok;
    ok = load(&lists->titles, NULL, "data/facts/titles.txt", diags) && ok;
    ok = load(&lists->tunnels, NULL, "data/facts/tunnels.txt", diags) && ok;
    ok = load(&lists->installers, NULL, "data/facts/installers.txt", diags) && ok;
    return load(&lists->payment_names, NULL, "data/facts/payment-names.txt", diags) && ok;
}

void fact_lists_free(struct fact_lists *lists)
{
    wordset_free(&lists->freemail);
    wordset_free(&lists->services);
    wordset_free(&lists->titles);
    wordset_free(&lists->tunnels);
    wordset_free(&lists->installers);
    wordset_free(&lists->payment_names);
}
