/*
 * Finding the shipped data without configuration, installed, moved or straight from the build tree.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/mem.h"

/* A folder counts only when it holds all of our data: "rules" alone is a common name. */
static bool is_root(const char *dir, const char *middle)
{
    static const char *const marks[] = {"rules/phrases", "data/facts", "data/lookalike"};
    bool all = true;
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        char *path = mem_printf("%s%s/%s", dir, middle, marks[i]);
        all = all && access(path, R_OK) == 0;
        free(path);
    }
    return all;
}

static char *existing(const char *dir, const char *middle, const char *name)
{
    if (!is_root(dir, middle))
        return NULL;
    char *path = mem_printf("%s%s/%s", dir, middle, name);
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static char *beside_program(const char *name)
{
    static const char *const middles[] = {"/../share/ringer", "", "/..", "/../.."};
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    if (n <= 0)
        return NULL;
    exe[n] = '\0';
    char *slash = strrchr(exe, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    for (size_t i = 0; i < sizeof(middles) / sizeof(*middles); i++) {
        char *path = existing(exe, middles[i], name);
        if (path)
            return path;
    }
    return NULL;
}

char *datadir_path(const char *name)
{
    const char *env = getenv("RINGER_DATADIR");
    char *path = env && *env ? existing(env, "", name) : NULL;
    if (!path)
        path = beside_program(name);
    return path ? path : mem_printf("%s/%s", PKGDATADIR, name);
}

char *datadir_config(void)
{
    const char *env = getenv("RINGER_CONFDIR");
    return mem_printf("%s/ringer.yaml", env && *env ? env : SYSCONFDIR "/ringer");
}
