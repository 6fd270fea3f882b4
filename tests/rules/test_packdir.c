/* Tests of src/rules/packdir*.c: what is in force as time goes by and files change; the CLI's tests have the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/packdir.h"

enum { DAY = 24 * 60 * 60, NOW = 1795392000 }; /* 2026-11-23 */

static struct arena *arena;
static struct minisign_public key;
static struct minisign_secret secret;
static char dir[] = "/tmp/ringer-packdir.XXXXXX";
static struct packdir installed;

static int setup(void **state)
{
    const char *public_text, *secret_text, *error;
    arena = arena_new();
    assert_int_equal(minisign_generate(arena, &public_text, &secret_text, &error), 0);
    assert_int_equal(minisign_public_parse(span_of(public_text), &key, &error), 0);
    assert_int_equal(minisign_secret_parse(span_of(secret_text), NULL, &secret, &error), 0);
    assert_non_null(mkdtemp(dir));
    return 0;
}

static int teardown(void **state)
{
    char command[100];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    arena_free(&arena);
    return system(command);
}

static struct bundle_trust trust_at(int64_t now)
{
    return (struct bundle_trust){.keys = &key, .n_keys = 1, .now = now};
}

/* The diagnostics' texts, one a line. */
static const char *read_at(int64_t now, enum diag_level level)
{
    struct diag_list diags = {0};
    struct bundle_trust trust = trust_at(now);
    const char *text = "";
    packdir_read(arena, dir, &trust, level, &installed, &diags);
    for (size_t i = 0; i < diags.n; i++) {
        assert_int_equal(diags.v[i].level, level);
        text = arena_printf(arena, "%s%s\n", text, diags.v[i].text);
    }
    diag_free(&diags);
    return text;
}

static bool install(int64_t seq, const char *expires, const char *content, const char **error_r)
{
    const struct bundle_file file = {"a.yaml", span_of(content)};
    struct bundle_trust trust = trust_at(NOW);
    struct bundle bundle;
    struct span tar;
    assert_int_equal(bundle_pack(arena, &file, 1, &tar, error_r), 0);
    struct span signature =
        span_of(minisign_sign(arena, &secret, tar, bundle_comment(arena, "ours", seq, expires)));
    assert_int_equal(bundle_open(arena, &trust, tar, signature, &bundle, error_r), 0);
    read_at(NOW, DIAG_WARNING);
    return packdir_install(arena, dir, &installed, &bundle, tar, signature, "tester", error_r);
}

static void test_life(void **state)
{
    const char *error;
    struct bundle_trust trust = trust_at(NOW);
    int64_t seq;
    assert_string_equal(read_at(NOW, DIAG_ERROR), "");
    assert_int_equal(installed.n, 0);
    assert_true(install(1, "2027-12-31", "one", &error));
    assert_true(install(2, "2026-11-30", "two", &error));
    assert_false(install(2, "2026-11-30", "another two", &error));
    assert_non_null(strstr(error, "is not newer than seq 2"));

    /* it expires while it is in force */
    assert_string_equal(read_at(NOW + 7 * DAY, DIAG_ERROR), "");
    const char *text = read_at(NOW + 8 * DAY, DIAG_ERROR);
    assert_non_null(strstr(text, "signed pack ours is refused: it expired"));
    assert_false(installed.v[0].usable);
    text = read_at(NOW + 8 * DAY, DIAG_WARNING);
    assert_non_null(strstr(text, "its previous version, seq 1, is used"));
    assert_true(installed.v[0].usable && installed.v[0].fallback);
    assert_int_equal(installed.v[0].bundle.seq, 1);
    /* and the previous one, too */
    text = read_at(NOW + 500 * DAY, DIAG_WARNING);
    assert_null(strstr(text, "is used"));
    assert_false(installed.v[0].usable);

    read_at(NOW, DIAG_ERROR);
    assert_false(packdir_rollback(arena, dir, &installed, &trust, "theirs", "tester", &seq, &error));
    assert_true(packdir_rollback(arena, dir, &installed, &trust, "ours", "tester", &seq, &error));
    assert_int_equal(seq, 1);
    assert_string_equal(read_at(NOW, DIAG_ERROR), "");
    assert_int_equal(installed.v[0].highest, 2);
    assert_true(install(3, "2027-12-31", "three", &error));
    read_at(NOW, DIAG_ERROR);
    assert_int_equal(installed.v[0].current, 3);
    assert_int_equal(installed.v[0].previous, 1);
}

static void write_state(const char *text)
{
    FILE *f = fopen(arena_printf(arena, "%s/state.json", dir), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void test_damaged_state(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"packs\": []}",
        "{\"packs\": {\"../x\": {}}}",
        "{\"packs\": {\"ours\": {\"current\": 1}}}",
        "{\"packs\": {\"ours\": {\"current\": 3, \"previous\": 0, \"highest\": 2, \"digest\": \"x\"}}}",
        "{\"packs\": {\"ours\": {\"current\": -1, \"previous\": 0, \"highest\": 2, \"digest\": \"x\"}}}",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        write_state(texts[i]);
        assert_string_equal(read_at(NOW, DIAG_ERROR), "the state of the signed packs is damaged\n");
        assert_int_equal(installed.n, 0);
    }
    write_state("{\"packs\": {}}");
    assert_string_equal(read_at(NOW, DIAG_ERROR), "");
}

static void test_lock(void **state)
{
    const char *error = NULL;
    int first = packdir_lock(arena, dir, &error);
    assert_true(first >= 0);
    assert_int_equal(packdir_lock(arena, dir, &error), -1);
    assert_non_null(strstr(error, "somebody else"));
    packdir_unlock(first);
    first = packdir_lock(arena, dir, &error);
    assert_true(first >= 0);
    packdir_unlock(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_damaged_state),
        cmocka_unit_test(test_lock),
    };
    return cmocka_run_group_tests_name("packdir", tests, setup, teardown);
}
