/*
 * Loads language packs: every *.yaml of a folder into one immutable set.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/file.h"
#include "base/mem.h"
#include "payment/pack_read.h"

typedef bool reader_fn(struct payment_packs *packs, const char *name, struct span text,
                       struct diag_list *diags);

static bool read_file(struct payment_packs *packs, const char *path, reader_fn *reader,
                      struct diag_list *diags)
{
    struct buf text = {0};
    bool ok = diag_read_file(diags, path, FILE_WRITTEN_MAX, "these phrases", NULL, &text) &&
              reader(packs, path, buf_span(&text), diags);
    buf_free(&text);
    return ok;
}

#define CONCEPTS "concepts.yaml"

static int is_pack(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".yaml") == 0 &&
           strcmp(entry->d_name, CONCEPTS) != 0;
}

struct payment_packs *payment_packs_load(const char *dir, struct diag_list *diags)
{
    char *shipped = dir ? NULL : datadir_path("rules/phrases");
    struct dirent **entries = NULL;
    int n = scandir(dir ? dir : shipped, &entries, is_pack, alphasort);
    struct payment_packs *packs = packs_new();
    bool ok = n > 0;
    if (n <= 0)
        diag_add(diags, DIAG_ERROR, (struct diag_at){dir ? dir : shipped, 0, 0},
                 "name a folder with phrase packs (*.yaml)", "holds no phrase packs");
    char *concepts = mem_printf("%s/" CONCEPTS, dir ? dir : shipped);
    if (access(concepts, F_OK) == 0)
        ok &= read_file(packs, concepts, concepts_read, diags);
    free(concepts);
    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", dir ? dir : shipped, entries[i]->d_name);
        ok &= read_file(packs, path, pack_read, diags);
        free(path);
        free(entries[i]);
    }
    free(entries);
    free(shipped);
    if (ok)
        packs_seal(packs);
    else
        payment_packs_free(&packs);
    return packs;
}
