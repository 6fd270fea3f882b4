/* Passes for released mail, and addresses in SMTP commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/mem.h"
#include "store/pass.h"
#include "store/smtp_path.h"
#include "fixture.h"

static const char *const rcpts[] = {"one@buyer.example", "\"o dd\"@buyer.example"};
static const char bytes[] = "Subject: x\r\n\r\nA line\r\n";

static struct pass_digest digest_of(const char *text)
{
    struct pass_digest digest;
    pass_digest_begin(&digest);
    pass_digest_add(&digest, span_of(text));
    return digest;
}

static struct pass issue(struct store_fixture *f)
{
    struct pass pass;
    struct pass_digest digest = digest_of(bytes);
    assert_int_equal(store_pass_issue(f->store, "item", &digest, rcpts, 2, &pass, &f->error), 0);
    return pass;
}

static int use(struct store_fixture *f, const char *secret, const char *text, const char *const *to, size_t n)
{
    const char *item = NULL;
    struct pass_digest digest = digest_of(text);
    int result = store_pass_use(f->store, f->arena, secret, &digest, to, n, &item, &f->error);
    if (result == 0)
        assert_string_equal(item, "item");
    return result;
}

static void fits_once(void **state)
{
    struct store_fixture *f = *state;
    struct pass pass = issue(f);
    bool used = true;
    assert_int_equal(store_pass_named(f->store, pass.name, &f->error), 1);
    assert_int_equal(store_pass_open(f->store, pass.secret, &f->error), 1);
    assert_int_equal(use(f, pass.secret, bytes, rcpts, 2), 0);
    assert_int_equal(use(f, pass.secret, bytes, rcpts, 2), 1);
    assert_int_equal(store_pass_open(f->store, pass.secret, &f->error), 0);
    assert_int_equal(store_pass_withdraw(f->store, &pass, &used, &f->error), 0);
    assert_true(used);
    pass = issue(f);
    assert_int_equal(store_pass_withdraw(f->store, &pass, &used, &f->error), 0);
    assert_false(used);
    assert_int_equal(use(f, pass.secret, bytes, rcpts, 1), 1);
}

static void fits_nothing_else(void **state)
{
    struct store_fixture *f = *state;
    struct pass pass = issue(f);
    const char *const more[] = {rcpts[0], "other@buyer.example"};
    assert_int_equal(use(f, pass.secret, "Subject: x\r\n\r\nA lime\r\n", rcpts, 2), 1);
    assert_int_equal(use(f, pass.secret, "", rcpts, 2), 1);
    assert_int_equal(use(f, pass.secret, bytes, more, 2), 1);
    assert_int_equal(use(f, pass.secret, bytes, more + 1, 1), 1);
    assert_int_equal(use(f, pass.secret, bytes, rcpts, 0), 1);
    assert_int_equal(use(f, pass.name, bytes, rcpts, 2), 1); /* what may be told opens nothing */
    assert_int_equal(use(f, "", bytes, rcpts, 2), 1);
    assert_int_equal(store_pass_open(f->store, pass.name, &f->error), 0);
    assert_int_equal(store_pass_named(f->store, pass.secret, &f->error), 0);
    for (size_t i = 0; i < 64; i += 7) {
        struct pass other = pass;
        other.secret[i] = other.secret[i] == '0' ? '1' : '0';
        assert_int_equal(use(f, other.secret, bytes, rcpts, 2), 1);
    }
    /* refused recipients are not told to milters; line ends are mended on the way; case is the same to us */
    const char *const fewer[] = {"ONE@Buyer.example"};
    assert_int_equal(use(f, pass.secret, "Subject: x\n\nA line", fewer, 1), 0);
}

static void sql(struct store_fixture *f, const char *statement)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->at.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, statement, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void ends_and_cannot_be_prolonged(void **state)
{
    struct store_fixture *f = *state;
    struct pass pass = issue(f);
    sql(f, "UPDATE release_pass SET until_ms = until_ms - 1000000");
    assert_int_equal(use(f, pass.secret, bytes, rcpts, 2), 1);
    sql(f, "UPDATE release_pass SET until_ms = until_ms + 2000000"); /* the seal is over the end, too */
    assert_int_equal(use(f, pass.secret, bytes, rcpts, 2), 1);
    pass = issue(f);
    sql(f, "UPDATE release_pass SET rcpts = rcpts || 'other@buyer.example' || char(10)");
    assert_int_equal(use(f, pass.secret, bytes, rcpts, 2), 1);
}

static void failing_store_is_told(void **state)
{
    struct store_fixture *f = *state;
    struct pass pass = issue(f);
    sql(f, "ALTER TABLE release_pass RENAME TO elsewhere");
    assert_int_equal(store_pass_open(f->store, pass.secret, &f->error), -1);
    assert_non_null(strstr(f->error.text, "release_pass"));
    assert_int_equal(store_pass_named(f->store, pass.name, &f->error), -1);
    assert_int_equal(store_pass_named(f->store, "ab", &f->error), 0); /* it is not even asked */
    sql(f, "ALTER TABLE elsewhere RENAME TO release_pass");
    assert_int_equal(store_pass_open(f->store, pass.secret, &f->error), 1);
}

static void quotes_addresses(void **state)
{
    static const struct {
        const char *address, *path; /* NULL: refused */
    } cases[] = {
        {"", ""},
        {"a@b.example", "a@b.example"},
        {"o'neil+x=y@b.example", "o'neil+x=y@b.example"},
        {"postmaster", "postmaster"},
        {"\"brhc >>=brhc\"@b.example", "\"brhc >>=brhc\"@b.example"},
        {"\"a\\\"b\"@b.example", "\"a\\\"b\"@b.example"},
        {"\"a@b\"@b.example", "\"a@b\"@b.example"},
        {"a b@b.example", "\"a b\"@b.example"},
        {"a>b@b.example", "\"a>b\"@b.example"},
        {"a@b@b.example", "\"a@b\"@b.example"},
        {"a\"b@b.example", "\"a\\\"b\"@b.example"},
        {"\"open@b.example", "\"\\\"open\"@b.example"},
        {"a\r\nRCPT TO:<x@y>@b.example", NULL},
        {"a@b.example> SIZE=1", NULL},
        {"a@b.exam ple", NULL},
        {"a\177@b.example", NULL},
        {"\xc3\xa9@b.example", "\xc3\xa9@b.example"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *path = smtp_path(arena, cases[i].address);
        if (cases[i].path && path)
            assert_string_equal(path, cases[i].path);
        else
            assert_true(!cases[i].path && !path);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fits_once, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(fits_nothing_else, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(ends_and_cannot_be_prolonged, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(failing_store_is_told, store_setup, store_teardown),
        cmocka_unit_test(quotes_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
