/* A signed pack whose signature is good, since whoever has the key is not yet a friend: its tar may be anything. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct minisign_public public;
static struct minisign_secret secret;

static void make_keys(struct arena *arena)
{
    const char *texts[2], *error;
    if (minisign_generate(arena, &texts[0], &texts[1], &error) != 0 ||
        minisign_public_parse(span_of(texts[0]), &public, &error) != 0 ||
        minisign_secret_parse(span_of(texts[1]), NULL, &secret, &error) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool have_keys;
    const struct bundle_trust trust = {&public, 1, NULL, 0, 1};
    struct arena *arena = arena_new();
    struct span tar = {(const char *)data, size};
    struct bundle bundle;
    const char *error = NULL;
    if (!have_keys)
        make_keys(arena);
    have_keys = true;
    const char *signature =
        minisign_sign(arena, &secret, tar, bundle_comment(arena, "pack", 1, "2099-12-31"));
    if ((bundle_open(arena, &trust, tar, span_of(signature), &bundle, &error) != 0) != (error != NULL))
        abort();
    for (size_t i = 0; !error && i < bundle.n_files; i++)
        if (!bundle_name_ok(bundle.files[i].name) || bundle.files[i].text.n > size)
            abort();
    arena_free(&arena);
    return 0;
}
