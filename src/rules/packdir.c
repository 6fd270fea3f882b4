/*
 * Installed signed packs: reading and verifying them. What is verified in memory is what is loaded: no file is
 * read twice. A version other than the one that the state names is refused, whoever signed it: an old pack in
 * place of a new one is genuine, too.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include "base/file.h"

#include "rules/packdir_state.h"

enum { STATE_MAX = 256 * 1024, SIGNATURE_MAX = 16 * 1024 };

void packdir_digest(struct span tar, char out[PACKDIR_DIGEST_HEX])
{
    unsigned char digest[(PACKDIR_DIGEST_HEX - 1) / 2];
    crypto_generichash(digest, sizeof(digest), (const unsigned char *)tar.p, tar.n, NULL, 0);
    sodium_bin2hex(out, PACKDIR_DIGEST_HEX, digest, sizeof(digest));
}

const char *packdir_path(struct arena *arena, const char *dir, const char *name, int64_t seq)
{
    return arena_printf(arena, "%s/%s-%lld.tar", dir, name, (long long)seq);
}

/* --- the state */

static bool read_pack(struct arena *arena, const char *name, const json_t *value, struct packdir_pack *pack)
{
    const json_t *current = json_object_get(value, "current"), *previous = json_object_get(value, "previous");
    const json_t *highest = json_object_get(value, "highest");
    const char *digest = json_string_value(json_object_get(value, "digest"));
    if (!bundle_name_ok(name) || !json_is_integer(current) || !json_is_integer(highest) || !digest)
        return false;
    *pack = (struct packdir_pack){
        .name = arena_strdup(arena, name),
        .current = json_integer_value(current),
        .previous = json_integer_value(previous),
        .highest = json_integer_value(highest),
        .digest = arena_strdup(arena, digest),
    };
    return pack->current >= 1 && pack->previous >= 0 && pack->highest >= pack->current;
}

static bool parse_state(struct arena *arena, struct span text, struct packdir *out)
{
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    json_t *packs = json_object_get(root, "packs"), *value;
    struct packdir_pack *v = arena_array(arena, PACKDIR_PACKS_MAX, sizeof(*v));
    const char *name;
    bool ok = json_is_object(packs) && json_object_size(packs) <= PACKDIR_PACKS_MAX;
    *out = (struct packdir){v, 0};
    if (ok)
        json_object_foreach(packs, name, value) ok = ok && read_pack(arena, name, value, &v[out->n++]);
    json_decref(root);
    return ok;
}

/* --- verification */

static bool open_version(struct arena *arena, const char *dir, const struct bundle_trust *trust,
                         struct packdir_pack *pack, int64_t seq, const char **error_r)
{
    struct span tar, signature;
    const char *path = packdir_path(arena, dir, pack->name, seq);
    if (!file_read_arena(arena, path, BUNDLE_BYTES_MAX, &tar, error_r) ||
        !file_read_arena(arena, arena_printf(arena, "%s.minisig", path), SIGNATURE_MAX, &signature, error_r))
        return false;
    if (bundle_open(arena, trust, tar, signature, &pack->bundle, error_r) != 0)
        return false;
    if (strcmp(pack->bundle.name, pack->name) != 0 || pack->bundle.seq != seq) {
        *error_r = arena_printf(arena, "it is another version: %s seq %lld stands in place of seq %lld",
                                pack->bundle.name, (long long)pack->bundle.seq, (long long)seq);
        return false;
    }
    packdir_digest(tar, pack->loaded_digest);
    return true;
}

bool packdir_verify(struct arena *arena, const char *dir, const struct bundle_trust *trust,
                    struct packdir_pack *pack, int64_t seq, const char **error_r)
{
    pack->usable = open_version(arena, dir, trust, pack, seq, error_r);
    return pack->usable;
}

static void verify_pack(struct arena *arena, const char *dir, const struct bundle_trust *trust,
                        enum diag_level level, struct packdir_pack *pack, struct diag_list *diags)
{
    const char *why, *why_previous;
    if (packdir_verify(arena, dir, trust, pack, pack->current, &why))
        return;
    struct diag_at at = {packdir_path(arena, dir, pack->name, pack->current), 0, 0};
    if (level == DIAG_WARNING && pack->previous > 0 &&
        packdir_verify(arena, dir, trust, pack, pack->previous, &why_previous)) {
        pack->fallback = true;
        diag_add(diags, level, at, "install a good version: ringer rules install",
                 "signed pack %s is refused: %s; its previous version, seq %lld, is used", pack->name, why,
                 (long long)pack->previous);
        return;
    }
    diag_add(diags, level, at, "install a good version: ringer rules install",
             "signed pack %s is refused: %s", pack->name, why);
}

bool packdir_read(struct arena *arena, const char *dir, const struct bundle_trust *trust,
                  enum diag_level level, struct packdir *out, struct diag_list *diags)
{
    struct span text;
    const char *error, *path = arena_printf(arena, "%s/state.json", dir);
    *out = (struct packdir){0};
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!file_read_arena(arena, path, STATE_MAX, &text, &error)) {
        diag_add(diags, level, (struct diag_at){path, 0, 0}, "check its permissions",
                 "the state of the signed packs cannot be read: %s", error);
        return false;
    }
    if (!parse_state(arena, text, out)) {
        *out = (struct packdir){0};
        diag_add(diags, level, (struct diag_at){path, 0, 0},
                 "restore it from a backup, or install the packs again into an empty folder",
                 "the state of the signed packs is damaged");
        return false;
    }
    for (size_t i = 0; i < out->n; i++)
        verify_pack(arena, dir, trust, level, (struct packdir_pack *)(uintptr_t)&out->v[i], diags);
    return true;
}
