/*
 * Files of rules: which to read, and putting the set together. A set with any error is refused whole, but all
 * its errors are told.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "rules/ruleset.h"

enum { DIGEST_BYTES = crypto_generichash_BYTES };

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

/* Lengths go in as well, so that no two different sets of files are the same bytes. */
static void hash_text(struct ruleset *set, const char *name, struct span text)
{
    const char *slash = strrchr(name, '/'), *file = slash ? slash + 1 : name;
    const uint64_t sizes[2] = {strlen(file), text.n};
    crypto_generichash_update(set->hash, (const unsigned char *)sizes, sizeof(sizes));
    crypto_generichash_update(set->hash, (const unsigned char *)file, sizes[0]);
    crypto_generichash_update(set->hash, (const unsigned char *)text.p, text.n);
}

static bool read_text(struct ruleset *set, const char *name, struct span text, struct diag_list *diags)
{
    /* the tree and the text stay: tests name the places where they stand */
    struct span kept = {arena_strndup(set->arena, text.p, text.n), text.n};
    hash_text(set, name, kept);
    const struct yamltree_node *root =
        yamltree_parse(set->arena, arena_strdup(set->arena, name), kept, diags);
    return root && rules_read_file(set, root, kept, diags);
}

static bool read_file(struct ruleset *set, const char *path, struct diag_list *diags)
{
    struct buf text = {0};
    bool ok = diag_read_file(diags, path, FILE_WRITTEN_MAX, "the rules", NULL, &text) &&
              read_text(set, path, buf_span(&text), diags);
    buf_free(&text);
    return ok;
}

static int is_rule_file(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

static bool left_out(const struct ruleset_source *source, const char *name)
{
    for (size_t i = 0; i < source->n_except; i++)
        if (strcmp(source->except[i], name) == 0)
            return true;
    return false;
}

static bool read_folder(struct ruleset *set, const struct ruleset_source *source, struct diag_list *diags)
{
    const char *path = source->path;
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_rule_file, alphasort);
    bool ok = n > 0;
    if (n <= 0)
        diag_add(diags, DIAG_ERROR, (struct diag_at){path, 0, 0},
                 "name a file, or a folder that holds *.yaml", "no rules in this folder: %s",
                 n < 0 ? strerror(errno) : "it holds no *.yaml");
    for (int i = 0; i < n; i++) {
        char *file = mem_printf("%s/%s", path, entries[i]->d_name);
        if (!left_out(source, entries[i]->d_name))
            ok = read_file(set, file, diags) && ok;
        free(file);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

static bool refuse_lowering(const struct ruleset *set, struct diag_list *diags)
{
    bool ok = true;
    for (size_t i = 0; i < set->n; i++) {
        const struct rule_info *rule = &set->rules[i].info;
        if (!set->rules[i].may_not_lower || set->rules[i].score ||
            set->rules[i].fixed_score >= 0) /* an expression is never below 0 */
            continue;
        diag_add(diags, DIAG_ERROR, yamltree_get(set->rules[i].node, "score")->at,
                 "use a signed pack, or set local-may-lower: true below rules: in the configuration",
                 "the local rule %s lowers the score: %s", rule->id, rule->score);
        ok = false;
    }
    return ok;
}

static bool read_source(struct ruleset *set, const struct ruleset_source *source, struct diag_list *diags)
{
    struct stat st;
    size_t first = set->n;
    bool ok;
    if (source->text.p)
        ok = read_text(set, source->path, source->text, diags);
    else if (stat(source->path, &st) == 0 && S_ISDIR(st.st_mode))
        ok = read_folder(set, source, diags);
    else
        ok = read_file(set, source->path, diags);
    for (size_t i = first; i < set->n; i++)
        set->rules[i].may_not_lower = source->may_not_lower;
    return ok;
}

static struct ruleset *finish(struct ruleset *set, bool ok, struct diag_list *diags)
{
    unsigned char digest[DIGEST_BYTES];
    char *hex = arena_alloc(set->arena, 2 * DIGEST_BYTES + 1);
    crypto_generichash_final(set->hash, digest, DIGEST_BYTES);
    set->hash = NULL;
    set->digest = sodium_bin2hex(hex, 2 * DIGEST_BYTES + 1, digest, DIGEST_BYTES);
    ok = rules_link(set, diags) && ok;
    ok = refuse_lowering(set, diags) && ok;
    if (!ok)
        ruleset_free(&set);
    return set;
}

struct ruleset *ruleset_load_from(const struct ruleset_source *sources, size_t n, struct diag_list *diags)
{
    crypto_generichash_state hash;
    struct ruleset *set = set_new();
    bool ok = true;
    crypto_generichash_init(&hash, NULL, 0, DIGEST_BYTES);
    set->hash = &hash;
    for (size_t i = 0; i < n; i++)
        ok = read_source(set, &sources[i], diags) && ok;
    return finish(set, ok, diags);
}

struct ruleset *ruleset_load(const char *const *paths, size_t n_paths, struct diag_list *diags)
{
    struct ruleset_source *sources = mem_array(n_paths, sizeof(*sources));
    for (size_t i = 0; i < n_paths; i++)
        sources[i].path = paths[i];
    struct ruleset *set = ruleset_load_from(sources, n_paths, diags);
    free(sources);
    return set;
}

struct ruleset *ruleset_parse(const char *name, struct span text, struct diag_list *diags)
{
    return ruleset_load_from(&(struct ruleset_source){.path = name, .text = {text.p ? text.p : "", text.n}},
                             1, diags);
}

const char *ruleset_digest(const struct ruleset *rules)
{
    return rules->digest;
}

size_t ruleset_size(const struct ruleset *rules)
{
    return rules->n;
}

const struct rule_info *ruleset_info(const struct ruleset *rules, size_t i)
{
    return &rules->rules[i].info;
}
