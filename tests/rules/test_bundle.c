/* Tests of src/rules/bundle.c: which signed packs are accepted, which are refused and why. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "rules/bundle.h"

static struct arena *arena;
static struct minisign_public keys[2];
static struct minisign_secret secrets[2], stranger;
static const struct bundle_file files[] = {
    {"second.yaml", {"b: 2\n", 5}},
    {"first.yaml", {"a: 1\n", 5}},
};
enum { NOW = 1795392000 }; /* 2026-11-23 */

static void make_key(struct minisign_public *public_key, struct minisign_secret *secret)
{
    const char *p, *s, *error;
    struct minisign_public unused;
    assert_int_equal(minisign_generate(arena, &p, &s, &error), 0);
    assert_int_equal(minisign_public_parse(span_of(p), public_key ? public_key : &unused, &error), 0);
    assert_int_equal(minisign_secret_parse(span_of(s), NULL, secret, &error), 0);
}

static int setup(void **state)
{
    arena = arena_new();
    make_key(&keys[0], &secrets[0]);
    make_key(&keys[1], &secrets[1]);
    make_key(NULL, &stranger);
    return 0;
}

static int teardown(void **state)
{
    arena_free(&arena);
    return 0;
}

static struct span tar_of(const struct bundle_file *list, size_t n)
{
    const char *error;
    struct span tar;
    assert_int_equal(bundle_pack(arena, list, n, &tar, &error), 0);
    return tar;
}

static int open_with(struct span tar, const char *signature, struct bundle *b, const char **error_r)
{
    struct bundle_trust trust = {.keys = keys, .n_keys = 2, .now = NOW};
    return bundle_open(arena, &trust, tar, span_of(signature), b, error_r);
}

static void test_accepted(void **state)
{
    struct span tar = tar_of(files, 2);
    for (size_t k = 0; k < 2; k++) { /* either key of a rotation */
        const char *signature =
            minisign_sign(arena, &secrets[k], tar, bundle_comment(arena, "base", 7, "2026-11-23"));
        struct bundle b;
        const char *error = NULL;
        assert_int_equal(open_with(tar, signature, &b, &error), 0);
        assert_string_equal(b.name, "base");
        assert_int_equal(b.seq, 7);
        assert_int_equal(b.expires, NOW + 24 * 60 * 60);
        assert_int_equal(b.n_files, 2);
        assert_string_equal(b.files[0].name, "first.yaml");
        assert_true(span_eq(b.files[1].text, SPAN_LIT("b: 2\n")));
    }
}

static void test_same_files_same_tar(void **state)
{
    const struct bundle_file turned[] = {files[1], files[0]};
    assert_true(span_eq(tar_of(files, 2), tar_of(turned, 2)));
}

static void refused(struct span tar, const struct minisign_secret *by, const char *comment, const char *why)
{
    struct bundle b;
    const char *error = NULL;
    assert_int_equal(open_with(tar, minisign_sign(arena, by, tar, comment), &b, &error), -1);
    if (!strstr(error, why))
        fail_msg("'%s' should say '%s'", error, why);
}

static void test_refused(void **state)
{
    struct span tar = tar_of(files, 2);
    refused(tar, &stranger, "pack=base seq=1 expires=2027-01-01", "not accepted");
    refused(tar, &secrets[0], "pack=base seq=1 expires=2026-11-22", "expired");
    refused(tar, &secrets[0], "pack=base seq=1", "expires");
    refused(tar, &secrets[0], "pack=base seq=x expires=2027-01-01", "seq");
    refused(tar, &secrets[0], "pack=base seq=0 expires=2027-01-01", "seq");
    refused(tar, &secrets[0], "seq=1 expires=2027-01-01", "pack=NAME");
    refused(tar, &secrets[0], "pack=../etc seq=1 expires=2027-01-01", "pack=NAME");
    refused(SPAN_LIT("no tar at all"), &secrets[0], "pack=base seq=1 expires=2027-01-01", "tar");
    refused(tar_of(files, 0), &secrets[0], "pack=base seq=1 expires=2027-01-01", "empty");
}

static void test_changed(void **state)
{
    struct span tar = tar_of(files, 2);
    const char *signature = minisign_sign(arena, &secrets[0], tar, "pack=base seq=1 expires=2027-01-01");
    struct bundle b;
    const char *error = NULL;
    for (size_t at = 0; at < tar.n; at += 101) {
        char *changed = arena_strndup(arena, tar.p, tar.n);
        changed[at] ^= 1;
        assert_int_equal(open_with((struct span){changed, tar.n}, signature, &b, &error), -1);
        assert_non_null(strstr(error, "changed"));
    }
}

static void test_revoked(void **state)
{
    struct span tar = tar_of(files, 2);
    const char *signature = minisign_sign(arena, &secrets[1], tar, "pack=base seq=1 expires=2027-01-01");
    char id[MINISIGN_ID_HEX];
    minisign_id_text(keys[1].id, id);
    const char *revoked[] = {id};
    struct bundle_trust trust = {.keys = keys, .n_keys = 2, .revoked = revoked, .n_revoked = 1, .now = NOW};
    struct bundle b;
    const char *error = NULL;
    assert_int_equal(bundle_open(arena, &trust, tar, span_of(signature), &b, &error), -1);
    assert_non_null(strstr(error, "revoked"));
}

static void test_names(void **state)
{
    const char *error;
    struct span tar;
    assert_true(bundle_name_ok("identity.yaml"));
    static const char *const bad[] = {"", ".hidden", "../x.yaml", "a/b.yaml", "a b", "x\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        const struct bundle_file file = {bad[i], {"x", 1}};
        assert_false(bundle_name_ok(bad[i]));
        assert_int_equal(bundle_pack(arena, &file, 1, &tar, &error), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_same_files_same_tar),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_changed),
        cmocka_unit_test(test_revoked),  cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("bundle", tests, setup, teardown);
}
