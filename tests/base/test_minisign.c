/* Tests of src/base/minisign.c, with a key and a signature made by the minisign program. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/minisign.h"

static const char made_public[] = "untrusted comment: minisign public key 8260615565012F99\n"
                                  "RWSZLwFlVWFggoynFSW9LGtCJ8BnsA9lMFpIBtISVdH9LUKi+TBORMcp\n";
static const char made_signature[] =
    "untrusted comment: signature from minisign secret key\n"
    "RUSZLwFlVWFggjTB4FfENuyC7ChI0Nr+pengggpb+b7IBOByFr7jD30okHukF0FGRp3k9AtWCo/kyPadl24RF/GfYRgJ1Fxt8g8=\n"
    "trusted comment: seq=3 expires=2027-01-01\n"
    "f8erc2U27Zd4d8+gt6vNn8JlVeutOeo1YS9M+iE/2V6fRPqss9n+OzCBCLmWxoCKcF7c8REoy523MY8Be63nCg==\n";

static struct arena *arena;

static int verify(const struct minisign_public *keys, size_t n, const char *data, const char *signature,
                  const char **error_r, const char **comment_r)
{
    const struct minisign_public *by;
    return minisign_verify(arena, keys, n, span_of(data), span_of(signature), &by, comment_r, error_r);
}

static void test_foreign_signature(void **state)
{
    struct minisign_public key;
    const char *error = NULL, *comment = NULL;
    char id[MINISIGN_ID_HEX];
    assert_int_equal(minisign_public_parse(span_of(made_public), &key, &error), 0);
    minisign_id_text(key.id, id);
    assert_string_equal(id, "8260615565012F99");
    assert_int_equal(verify(&key, 1, "hello\n", made_signature, &error, &comment), 0);
    assert_string_equal(comment, "seq=3 expires=2027-01-01");
    assert_int_equal(verify(&key, 1, "hello!\n", made_signature, &error, &comment), -1);
    assert_non_null(strstr(error, "changed"));
    assert_int_equal(verify(&key, 0, "hello\n", made_signature, &error, &comment), -1);
    assert_non_null(strstr(error, "not accepted"));
}

static void test_comment_is_covered(void **state)
{
    struct minisign_public key;
    const char *error = NULL, *comment = NULL;
    char *changed = arena_strdup(arena, made_signature);
    strstr(changed, "seq=3")[4] = '4';
    assert_int_equal(minisign_public_parse(span_of(made_public), &key, &error), 0);
    assert_int_equal(verify(&key, 1, "hello\n", changed, &error, &comment), -1);
    assert_string_equal(error, "the trusted comment was changed");
}

static void test_own_pair(void **state)
{
    const char *public_text, *secret_text, *error = NULL, *comment = NULL;
    struct minisign_public keys[2];
    struct minisign_secret secret;
    assert_int_equal(minisign_public_parse(span_of(made_public), &keys[0], &error), 0);
    assert_int_equal(minisign_generate(arena, &public_text, &secret_text, &error), 0);
    assert_int_equal(minisign_public_parse(span_of(public_text), &keys[1], &error), 0);
    assert_int_equal(minisign_secret_parse(span_of(secret_text), NULL, &secret, &error), 0);
    const char *signature = minisign_sign(arena, &secret, SPAN_LIT("rules"), "seq=1");
    assert_int_equal(verify(keys, 2, "rules", signature, &error, &comment), 0);
    assert_string_equal(comment, "seq=1");
    assert_int_equal(verify(keys, 1, "rules", signature, &error, &comment), -1);
    minisign_wipe(&secret);
}

static void test_garbage(void **state)
{
    static const char *const bad[] = {"", "\n\n\n\n",
                                      "untrusted comment: x\nAAAA\ntrusted comment: y\nAAAA\n", "x"};
    struct minisign_public key;
    struct minisign_secret secret;
    const char *error = NULL, *comment = NULL;
    assert_int_equal(minisign_public_parse(span_of(made_public), &key, &error), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct minisign_public other;
        assert_int_equal(verify(&key, 1, "hello\n", bad[i], &error, &comment), -1);
        assert_string_equal(error, "this is no minisign signature");
        assert_int_equal(minisign_public_parse(span_of(bad[i]), &other, &error), -1);
        assert_int_equal(minisign_secret_parse(span_of(bad[i]), NULL, &secret, &error), -1);
    }
}

static int setup(void **state)
{
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_foreign_signature),
        cmocka_unit_test(test_comment_is_covered),
        cmocka_unit_test(test_own_pair),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests_name("minisign", tests, setup, teardown);
}
