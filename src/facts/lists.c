/*
 * The word lists of the families.
 */
#include <stdlib.h>

#include "base/datadir.h"

#include "facts/lists.h"

static bool load(struct wordset **set, const char *name, struct diag_list *diags)
{
    char *path = datadir_path(name);
    *set = wordset_load(path, DATADIR_REMEDY, diags);
    free(path);
    return *set != NULL;
}

bool fact_lists_load(struct fact_lists *lists, const char *freemail, struct diag_list *diags)
{
    bool ok = true;
    if (freemail)
        ok = (lists->freemail = wordset_load(freemail, NULL, diags)) != NULL;
    else
        ok = load(&lists->freemail, "data/facts/freemail.txt", diags);
    ok = load(&lists->titles, "data/facts/titles.txt", diags) && ok;
    ok = load(&lists->tunnels, "data/facts/tunnels.txt", diags) && ok;
    ok = load(&lists->installers, "data/facts/installers.txt", diags) && ok;
    return load(&lists->payment_names, "data/facts/payment-names.txt", diags) && ok;
}

void fact_lists_free(struct fact_lists *lists)
{
    wordset_free(&lists->freemail);
    wordset_free(&lists->titles);
    wordset_free(&lists->tunnels);
    wordset_free(&lists->installers);
    wordset_free(&lists->payment_names);
}
