/*
 * The rules of a policy and where they come from. A signed pack is read and verified once, in memory, and the
 * rules are loaded from there.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/datadir.h"
#include "base/file.h"
#include "base/mem.h"
#include "policy/packs.h"
#include "policy/shipped.h"

enum { KEYS_MAX = 8, KEY_FILE_MAX = 4096, KEY_LINE = 56 };

/* --- whom to trust */

bool policy_packs_key(struct arena *arena, const char *dir, const char *text, struct minisign_public *key_r,
                      const char **error_r)
{
    struct span file;
    if (strlen(text) == KEY_LINE && strncmp(text, "RW", 2) == 0)
        return minisign_public_parse(span_of(text), key_r, error_r) == 0;
    const char *path = *text == '/' ? text : arena_printf(arena, "%s/%s", dir, text);
    return file_read_arena(arena, path, KEY_FILE_MAX, &file, error_r) &&
           minisign_public_parse(file, key_r, error_r) == 0;
}

static bool is_key_number(const char *text)
{
    return strlen(text) == MINISIGN_ID_HEX - 1 &&
           strspn(text, "0123456789abcdefABCDEF") == MINISIGN_ID_HEX - 1;
}

bool policy_packs_trust(struct arena *arena, const struct conf *conf, struct bundle_trust *trust_r,
                        struct diag_list *diags)
{
    struct minisign_public *keys = arena_array(arena, KEYS_MAX, sizeof(*keys));
    const struct diag_at at = {conf->path, 0, 0};
    const char *dir = file_folder(arena, conf->path ? conf->path : ""), *error;
    size_t errors = diags->errors;
    if (conf->pack_keys.n > KEYS_MAX)
        diag_add(diags, DIAG_ERROR, at, "remove those that are not used any more",
                 "rules: keys: more than %d keys", KEYS_MAX);
    for (size_t i = 0; i < conf->pack_keys.n && i < KEYS_MAX; i++)
        if (!policy_packs_key(arena, dir, conf->pack_keys.v[i], &keys[i], &error))
            diag_add(diags, DIAG_ERROR, at, "write the line of a .pub file that begins with RW, or its path",
                     "rules: keys: %s: %s", conf->pack_keys.v[i], error);
    for (size_t i = 0; i < conf->revoked_keys.n; i++)
        if (!is_key_number(conf->revoked_keys.v[i]))
            diag_add(diags, DIAG_ERROR, at, "write the 16 hexadecimal digits that the .pub file shows",
                     "rules: revoked-keys: '%s' is no number of a key", conf->revoked_keys.v[i]);
    *trust_r = (struct bundle_trust){
        .keys = keys,
        .n_keys = conf->pack_keys.n,
        .revoked = conf->revoked_keys.v,
        .n_revoked = conf->revoked_keys.n,
        .now = time(NULL),
    };
    return diags->errors == errors;
}

/* Whoever can change the shipped rules can let fraud through: they are the ones that this Ringer was built with. */
static void check_shipped(const struct conf *conf, enum diag_level level, struct diag_list *diags)
{
    if (conf->rules_shipped)
        shipped_check(SHIPPED_RULES, level, diags);
    if (!*conf->phrases_path)
        shipped_check(SHIPPED_PHRASES, level, diags);
}

/* --- sources */

static const struct policy_packs_change no_change;

struct sources {
    struct arena *arena;
    struct ruleset_source *v;
    size_t n, cap;
    const char **replaced; /* names of shipped files */
    size_t n_replaced;
    bool without_local;
};

static void add_source(struct sources *s, struct ruleset_source source)
{
    if (s->n == s->cap) {
        s->v = arena_grow(s->arena, s->v, s->n, s->cap ? s->cap * 2 : 16, sizeof(*s->v));
        s->cap = s->cap ? s->cap * 2 : 16;
    }
    s->v[s->n++] = source;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool among(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(base_name(names[i]), name) == 0)
            return true;
    return false;
}

static void replace(struct sources *s, const char *name)
{
    s->replaced = arena_grow(s->arena, s->replaced, s->n_replaced, s->n_replaced + 1, sizeof(*s->replaced));
    s->replaced[s->n_replaced++] = name;
}

static void add_bundle(struct sources *s, const struct bundle *bundle,
                       const struct policy_packs_change *change)
{
    for (size_t i = 0; i < bundle->n_files; i++) {
        const struct bundle_file *file = &bundle->files[i];
        replace(s, file->name);
        if (among(change->files, change->n_files, file->name))
            continue;
        add_source(s, (struct ruleset_source){
                          .path = arena_printf(s->arena, "%s-%lld.tar/%s", bundle->name,
                                               (long long)bundle->seq, file->name),
                          .text = file->text,
                      });
    }
}

static void add_tried(struct sources *s, const struct policy_packs_change *change)
{
    for (size_t i = 0; i < change->n_files; i++) {
        replace(s, base_name(change->files[i]));
        add_source(s, (struct ruleset_source){.path = change->files[i]});
    }
}

static struct ruleset *load_set(struct sources *s, const struct conf *conf,
                                const struct policy_packs_change *change, struct diag_list *diags)
{
    char *shipped = datadir_path("rules");
    size_t errors = diags->errors;
    add_tried(s, change);
    if (conf->rules_shipped && !change->alone)
        add_source(
            s, (struct ruleset_source){.path = shipped, .except = s->replaced, .n_except = s->n_replaced});
    for (size_t i = 0; i < conf->rule_packs.n && !s->without_local && !change->alone; i++)
        if (!among(change->files, change->n_files, base_name(conf->rule_packs.v[i])))
            add_source(s, (struct ruleset_source){.path = conf->rule_packs.v[i],
                                                  .except = s->replaced,
                                                  .n_except = change->n_files ? s->n_replaced : 0,
                                                  .may_not_lower = !conf->local_may_lower});
    struct ruleset *rules = ruleset_load_from(s->v, s->n, diags);
    free(shipped);
    if (rules)
        ruleset_test(rules, diags);
    if (diags->errors > errors)
        ruleset_free(&rules);
    return rules;
}

static struct ruleset *load_with(struct arena *arena, const struct conf *conf,
                                 const struct packdir *installed, const struct policy_packs_change *change,
                                 struct diag_list *diags)
{
    const struct bundle *candidate = change->candidate;
    struct sources sources = {.arena = arena};
    for (size_t i = 0; i < installed->n && !change->alone; i++)
        if (installed->v[i].usable && !(candidate && strcmp(candidate->name, installed->v[i].name) == 0))
            add_bundle(&sources, &installed->v[i].bundle, change);
    if (candidate)
        add_bundle(&sources, candidate, change);
    return load_set(&sources, conf, change, diags);
}

static void note_packs(const struct packdir *installed, struct policy_packs *out)
{
    struct policy_pack *v = arena_array(out->arena, installed->n + 1, sizeof(*v));
    for (size_t i = 0; i < installed->n; i++) {
        const struct packdir_pack *pack = &installed->v[i];
        if (!pack->usable)
            continue;
        struct policy_pack *p = &v[out->n++];
        *p = (struct policy_pack){arena_strdup(out->arena, pack->name), .seq = pack->bundle.seq,
                                  .expires = pack->bundle.expires, .fallback = pack->fallback};
        memcpy(p->key_id, pack->bundle.key_id, sizeof(p->key_id));
        memcpy(p->digest, pack->loaded_digest, sizeof(p->digest));
    }
    out->v = v;
}

/* Are the signed packs good together with the shipped ones, so that local files must be what is wrong? */
static bool local_is_wrong(struct arena *arena, const struct conf *conf, const struct packdir *installed)
{
    struct diag_list ignored = {0};
    struct sources sources = {.arena = arena, .without_local = true};
    for (size_t i = 0; i < installed->n; i++)
        if (installed->v[i].usable)
            add_bundle(&sources, &installed->v[i].bundle, &no_change);
    struct ruleset *rules = load_set(&sources, conf, &no_change, &ignored);
    bool good = rules != NULL;
    ruleset_free(&rules);
    diag_free(&ignored);
    return good;
}

static void pass_on(const struct diag_list *from, bool only_warn, struct diag_list *to)
{
    for (size_t i = 0; i < from->n; i++)
        diag_add(to, only_warn ? DIAG_WARNING : from->v[i].level,
                 (struct diag_at){from->v[i].file, from->v[i].line, from->v[i].column}, from->v[i].remedy,
                 "%s", from->v[i].text);
}

/*
 * Signed packs that do not fit to this Ringer any more must not keep mail from being judged. A mistake in a local
 * file is an error as ever: it must not put signed rules out of force.
 */
static struct ruleset *load_or_do_without(struct arena *arena, const struct conf *conf,
                                          struct packdir *installed, struct diag_list *diags)
{
    struct diag_list found = {0};
    struct ruleset *rules = load_with(arena, conf, installed, &no_change, &found);
    if (rules || local_is_wrong(arena, conf, installed)) {
        pass_on(&found, false, diags);
    } else if ((rules = load_with(arena, conf, &(struct packdir){0}, &no_change, diags))) {
        pass_on(&found, true, diags);
        diag_add(diags, DIAG_WARNING, (struct diag_at){conf->signed_packs, 0, 0},
                 "install versions that fit: ringer rules install",
                 "the rules of the signed packs are not right: the shipped ones are used");
        installed->n = 0;
    }
    diag_free(&found);
    return rules;
}

struct ruleset *policy_packs_load(const struct conf *conf, enum diag_level bad_pack,
                                  struct policy_packs *packs_r, struct diag_list *diags)
{
    struct arena *arena = arena_new();
    struct packdir installed = {0};
    struct bundle_trust trust;
    struct ruleset *rules = NULL;
    bool ok = policy_packs_trust(arena, conf, &trust, diags);
    check_shipped(conf, bad_pack, diags);
    if (*conf->signed_packs)
        ok = packdir_read(arena, conf->signed_packs, &trust, bad_pack, &installed, diags) && ok;
    if (installed.n && bad_pack == DIAG_WARNING)
        rules = load_or_do_without(arena, conf, &installed, diags);
    else if (ok || bad_pack == DIAG_WARNING)
        rules = load_with(arena, conf, &installed, &no_change, diags);
    packs_r->arena = arena_new();
    note_packs(&installed, packs_r);
    arena_free(&arena);
    return rules;
}

struct ruleset *policy_packs_load_with(const struct conf *conf, const struct policy_packs_change *change,
                                       struct diag_list *diags)
{
    struct arena *arena = arena_new();
    struct packdir installed = {0};
    struct bundle_trust trust;
    struct diag_list refused = {0}; /* a bad pack that is there must not keep a good one out */
    struct ruleset *rules = NULL;
    if (!change->alone)
        check_shipped(conf, DIAG_WARNING, diags);
    if (policy_packs_trust(arena, conf, &trust, diags)) {
        if (*conf->signed_packs)
            packdir_read(arena, conf->signed_packs, &trust, DIAG_WARNING, &installed, &refused);
        rules = load_with(arena, conf, &installed, change, diags);
    }
    diag_free(&refused);
    arena_free(&arena);
    return rules;
}

/* --- the periodic check */

static void check_expiry(const struct policy_pack *pack, int64_t now, struct diag_at at,
                         struct diag_list *diags)
{
    const char *remedy = "install a newer version: ringer rules install";
    int64_t days = (pack->expires - now) / (24 * 60 * 60);
    if (now >= pack->expires)
        diag_add(diags, DIAG_ERROR, at, remedy, "signed pack %s seq %lld has expired", pack->name,
                 (long long)pack->seq);
    else if (days < POLICY_EXPIRY_WARNING)
        diag_add(diags, DIAG_WARNING, at, remedy, "signed pack %s seq %lld expires in %lld days", pack->name,
                 (long long)pack->seq, (long long)days);
}

static const struct packdir_pack *on_disk(const struct packdir *installed, const char *name)
{
    for (size_t i = 0; i < installed->n; i++)
        if (strcmp(installed->v[i].name, name) == 0)
            return &installed->v[i];
    return NULL;
}

static void compare(const struct policy_pack *pack, const struct packdir_pack *disk, struct diag_at at,
                    struct diag_list *diags)
{
    if (!disk)
        diag_add(diags, DIAG_ERROR, at, "find out who did that; ringer rules install brings it back",
                 "signed pack %s is in force, but not installed any more", pack->name);
    else if (disk->usable && disk->current > pack->seq && !pack->fallback)
        diag_add(diags, DIAG_WARNING, at, "ringer reload",
                 "signed pack %s seq %lld is installed, but seq %lld is in force", pack->name,
                 (long long)disk->current, (long long)pack->seq);
    else if (disk->usable && disk->current < pack->seq)
        diag_add(diags, DIAG_ERROR, at, "see history.log there, then ringer reload",
                 "signed pack %s went back to seq %lld, but seq %lld is in force", pack->name,
                 (long long)disk->current, (long long)pack->seq);
    else if (disk->usable && disk->current == pack->seq && strcmp(disk->loaded_digest, pack->digest) != 0)
        diag_add(diags, DIAG_ERROR, at, "find out who did that",
                 "signed pack %s changed after it was loaded, under the same seq", pack->name);
}

static const struct policy_pack *in_force(const struct policy_packs *packs, const char *name)
{
    for (size_t i = 0; i < packs->n; i++)
        if (strcmp(packs->v[i].name, name) == 0)
            return &packs->v[i];
    return NULL;
}

void policy_packs_check(const struct conf *conf, const struct policy_packs *packs, struct diag_list *diags)
{
    const struct diag_at at = {conf->signed_packs, 0, 0};
    struct arena *arena = arena_new();
    struct packdir installed;
    struct bundle_trust trust;
    check_shipped(conf, DIAG_ERROR, diags);
    if (*conf->signed_packs && policy_packs_trust(arena, conf, &trust, diags)) {
        packdir_read(arena, conf->signed_packs, &trust, DIAG_ERROR, &installed, diags);
        for (size_t i = 0; i < packs->n; i++) {
            const struct policy_pack *pack = &packs->v[i];
            check_expiry(pack, trust.now, at, diags);
            compare(pack, on_disk(&installed, pack->name), at, diags);
        }
        for (size_t i = 0; i < installed.n; i++)
            if (installed.v[i].usable && !in_force(packs, installed.v[i].name))
                diag_add(diags, DIAG_WARNING, at, "ringer reload",
                         "signed pack %s is installed, but not in force", installed.v[i].name);
    }
    arena_free(&arena);
}
