/*
 * Files of rules: which to read, and putting the set together. A set with any error is refused whole, but all
 * its errors are told.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "rules/ruleset.h"

enum { MAX_FILE = 16 * 1024 * 1024 }; /* as yamltree.h; more is not even read */

static struct ruleset *set_new(void)
{
    struct ruleset *set = mem_alloc(sizeof(*set));
    set->arena = arena_new();
    return set;
}

void ruleset_free(struct ruleset **rules)
{
    if (!*rules)
        return;
    regex_list_free(&(*rules)->regexes);
    arena_free(&(*rules)->arena);
    free((*rules)->rules);
    free(*rules);
    *rules = NULL;
}

static int read_all(const char *path, struct buf *text)
{
    char chunk[64 * 1024];
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    while (n > 0 && text->n <= MAX_FILE)
        if ((n = read(fd, chunk, sizeof(chunk))) > 0)
            buf_add(text, chunk, (size_t)n);
    int error = n < 0 ? errno : 0;
    close(fd);
    return error;
}

static bool read_text(struct ruleset *set, const char *name, struct span text, struct diag_list *diags)
{
    /* the tree and the text stay: tests name the places where they stand */
    struct span kept = {arena_strndup(set->arena, text.p, text.n), text.n};
    const struct yamltree_node *root = yamltree_parse(set->arena, name, kept, diags);
    return root && rules_read_file(set, root, kept, diags);
}

static bool read_file(struct ruleset *set, const char *path, struct diag_list *diags)
{
    struct buf text = {0};
    int error = read_all(path, &text);
    bool ok = false;
    if (error)
        diag_add(diags, DIAG_ERROR, (struct diag_at){path, 0, 0}, "check the name and the permissions",
                 "cannot read the rules: %s", strerror(error));
    else
        ok = read_text(set, path, buf_span(&text), diags);
    buf_free(&text);
    return ok;
}

static int is_rule_file(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

static bool read_folder(struct ruleset *set, const char *path, struct diag_list *diags)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_rule_file, alphasort);
    bool ok = n > 0;
    if (n <= 0)
        diag_add(diags, DIAG_ERROR, (struct diag_at){path, 0, 0},
                 "name a file, or a folder that holds *.yaml", "no rules in this folder: %s",
                 n < 0 ? strerror(errno) : "it holds no *.yaml");
    for (int i = 0; i < n; i++) {
        char *file = mem_printf("%s/%s", path, entries[i]->d_name);
        ok = read_file(set, file, diags) && ok;
        free(file);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

static struct ruleset *finish(struct ruleset *set, bool ok, struct diag_list *diags)
{
    ok = rules_link(set, diags) && ok;
    if (!ok)
        ruleset_free(&set);
    return set;
}

struct ruleset *ruleset_load(const char *const *paths, size_t n_paths, struct diag_list *diags)
{
    struct ruleset *set = set_new();
    bool ok = true;
    for (size_t i = 0; i < n_paths; i++) {
        struct stat st;
        bool folder = stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode);
        ok = (folder ? read_folder : read_file)(set, paths[i], diags) && ok;
    }
    return finish(set, ok, diags);
}

struct ruleset *ruleset_parse(const char *name, struct span text, struct diag_list *diags)
{
    struct ruleset *set = set_new();
    bool ok = read_text(set, name, text, diags);
    return finish(set, ok, diags);
}

size_t ruleset_size(const struct ruleset *rules)
{
    return rules->n;
}

const struct rule_info *ruleset_info(const struct ruleset *rules, size_t i)
{
    return &rules->rules[i].info;
}
