/*
 * The digests of the shipped rules and phrases, taken when Ringer was built (shipped.inc), against the files on disk.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/datadir.h"
#include "base/file.h"

#include "policy/shipped.h"

enum { HEX = 2 * crypto_hash_sha256_BYTES + 1 };

static const struct {
    const char *name; /* below the folder of the rules */
    const char *sha256;
} files[] = {
#include "policy/shipped.inc"
};
enum { N_FILES = sizeof(files) / sizeof(*files) };

static const char remedy[] =
    "reinstall Ringer; changes of your own belong into a file that rules: packs names";

static bool belongs(size_t i, enum shipped what)
{
    return (strncmp(files[i].name, "phrases/", 8) == 0) == (what == SHIPPED_PHRASES);
}

static void check_file(struct arena *arena, const char *folder, size_t i, enum diag_level level,
                       struct diag_list *diags)
{
    const char *path = arena_printf(arena, "%s/%s", folder, files[i].name), *error;
    unsigned char digest[crypto_hash_sha256_BYTES];
    char hex[HEX];
    struct span text;
    if (!file_read_arena(arena, path, FILE_WRITTEN_MAX, &text, &error)) {
        diag_add(diags, level, (struct diag_at){path, 0, 0}, remedy, "shipped rules: %s", error);
        return;
    }
    crypto_hash_sha256(digest, (const unsigned char *)text.p, text.n);
    sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
    if (strcmp(hex, files[i].sha256) != 0)
        diag_add(diags, level, (struct diag_at){path, 0, 0}, remedy,
                 "shipped rules: %s is not the file that this Ringer was built with", path);
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < N_FILES; i++)
        if (strcmp(files[i].name, name) == 0)
            return true;
    return false;
}

static void check_strangers(struct arena *arena, const char *folder, const char *prefix,
                            enum diag_level level, struct diag_list *diags)
{
    const char *path = arena_printf(arena, "%s/%s", folder, prefix);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        const char *end = strrchr(entry->d_name, '.');
        const char *file = arena_printf(arena, "%s%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && end && strcmp(end, ".yaml") == 0 &&
            !is_known(arena_printf(arena, "%s%s", prefix, entry->d_name)))
            diag_add(diags, level, (struct diag_at){file, 0, 0}, remedy,
                     "shipped rules: %s does not belong to them", file);
    }
    if (dir)
        closedir(dir);
}

void shipped_check(enum shipped what, enum diag_level level, struct diag_list *diags)
{
    struct arena *arena = arena_new();
    char *folder = datadir_path("rules");
    for (size_t i = 0; i < N_FILES; i++)
        if (belongs(i, what))
            check_file(arena, folder, i, level, diags);
    check_strangers(arena, folder, what == SHIPPED_PHRASES ? "phrases/" : "", level, diags);
    free(folder);
    arena_free(&arena);
}
