/* Documents that programs of others read: through real workers, and with the real programs where they are installed. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <seccomp.h>
#include <cmocka.h>

#include "worker/worker.h"
#include "samples.h"

struct expected {
    const char *name;
    enum worker_status status;
    const char *text;
};

/* NULL, or what is wrong. */
static char *differs(struct worker_pool *pool, struct arena *arena, const struct expected *want)
{
    struct buf bytes = sample(want->name);
    struct worker_text text;
    worker_extract(pool, arena, 0, "", want->name, buf_span(&bytes), &text);
    char *got = arena_span(arena, text.text);
    buf_free(&bytes);
    if (text.status == want->status && (!want->text || strcmp(got, want->text) == 0))
        return NULL;
    return arena_printf(arena, "%s: %s (%s) '%s'", want->name, worker_status_name(text.status), text.detail,
                        got);
}

static void check(struct worker_pool *pool, const struct expected *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *arena = arena_new();
        char *wrong = differs(pool, arena, &rows[i]);
        if (wrong)
            fail_msg("%s", wrong);
        arena_free(&arena);
    }
}

#define LETTER "Our bank details have changed.\nIBAN\tGB29 NWBK 6016 1331 9268 19\ncafé"
#define SHEET  "Account\tDE89 3704 0044 0532 0130 00\nAmount\t4711.5"

static bool catdoc_is_there(void)
{
    bool there = access(CATDOC, X_OK) == 0 && access(XLS2CSV, X_OK) == 0 && access(CATPPT, X_OK) == 0;
    if (!there)
        print_message("not tested: catdoc is not installed\n");
    return there;
}

/* Whatever a document's name is. */
static void test_old_office(void **state)
{
    static const struct expected rows[] = {
        {"old.doc", WORKER_OK, LETTER},
        {"old.xls", WORKER_OK, SHEET},
        {"old.ppt", WORKER_OK, "Our bank details have changed.\nPay now"},
        {"both.doc", WORKER_OK, LETTER "\n\n" SHEET},
        {"locked-old.doc", WORKER_ENCRYPTED, ""},
        {"locked-old.xls", WORKER_ENCRYPTED, ""},
        {"old-office.zip", WORKER_OK, LETTER},
    };
    if (!catdoc_is_there())
        return;
    check(*state, rows, sizeof(rows) / sizeof(*rows));
}

/* Chains that bite their tails, lengths that lie, what Word reads and catdoc does not: never "read". */
static void test_old_office_hostile(void **state)
{
    static const struct expected rows[] = {
        {"none.doc", WORKER_UNSUPPORTED, ""}, {"cut.doc", WORKER_BROKEN, ""},
        {"shouted.doc", WORKER_BROKEN, ""},   {"tail.doc", WORKER_BROKEN, ""},
        {"wild.xls", WORKER_BROKEN, ""},
    };
    if (!catdoc_is_there())
        return;
    check(*state, rows, sizeof(rows) / sizeof(*rows));
}

/* Its directory leads back to itself: catdoc goes round until its time or its memory is used up. */
static void test_circle(void **state)
{
    if (!catdoc_is_there())
        return;
    struct worker_options options = {.deadline_ms = 1000};
    struct arena *arena = arena_new();
    struct buf bytes = sample("circle.doc");
    struct worker_text text;
    char *error;
    struct worker_pool *pool = worker_pool_new(&options, &error);
    worker_extract(pool, arena, 0, "", "circle.doc", buf_span(&bytes), &text);
    assert_true(text.status == WORKER_TIMEOUT || text.status == WORKER_TOO_BIG);
    worker_pool_free(&pool);
    buf_free(&bytes);
    arena_free(&arena);
}

/* In a mount namespace where nothing can be run as catdoc: 0 when the status says so, 2 when there can be no such one. */
static int without_catdoc(void)
{
    static const char *const programs[] = {CATDOC, XLS2CSV, CATPPT};
    static const struct expected row = {"old.doc", WORKER_UNSUPPORTED, ""};
    struct arena *arena = arena_new();
    struct worker_text text;
    char *error;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return 2;
    for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
        if (access(programs[i], F_OK) == 0 && mount("/dev/null", programs[i], NULL, MS_BIND, NULL) != 0)
            return 2;
    struct worker_pool *pool = worker_pool_new(NULL, &error);
    char *wrong = differs(pool, arena, &row);
    struct buf bytes = sample("old.doc");
    worker_extract(pool, arena, 0, "", "old.doc", buf_span(&bytes), &text);
    int code = !wrong && strstr(text.detail, CATDOC) ? 0 : 1;
    if (code)
        fprintf(stderr, "%s (%s)\n", wrong ? wrong : "the reason names no program", text.detail);
    worker_pool_free(&pool);
    buf_free(&bytes);
    arena_free(&arena);
    return code;
}

/* An invoice that a PDF carries is as much of the mail as its page; so are files in files, within the bounds of archives. */
static void test_embedded(void **state)
{
    static const struct expected rows[] = {
        {"factur-x.pdf", WORKER_OK, "See the invoice\n\nDE89370400440532013000"},
        {"factur-x.zip", WORKER_OK, "See the invoice\n\nDE89370400440532013000"},
        {"three.pdf", WORKER_OK,
         "See the invoice\n\nSee the invoice\n\nSee the invoice\n\nDE89370400440532013000"},
        {"four.pdf", WORKER_TOO_BIG, NULL},
        {"picture.pdf", WORKER_UNSUPPORTED, "See the invoice\n\nPay now"},
        {"bomb.pdf", WORKER_TOO_BIG, "See the invoice"},
        {"seven.pdf", WORKER_OK,
         "See the invoice\n\nFile 1\n\nFile 2\n\nFile 3\n\nFile 4\n\nFile 5\n\nFile 6\n\nFile 7"},
    };
    check(*state, rows, sizeof(rows) / sizeof(*rows));
}

/* Where the kernel has no Landlock, pdfdetach is not let write: the page is read, the file is unread. */
static int without_landlock(void)
{
    static const struct expected row = {"factur-x.pdf", WORKER_UNSUPPORTED, "See the invoice"};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    struct arena *arena = arena_new();
    char *error;
    if (!filter ||
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) != 0 ||
        seccomp_load(filter) != 0)
        return 2;
    struct worker_pool *pool = worker_pool_new(NULL, &error);
    char *wrong = differs(pool, arena, &row);
    if (wrong)
        fprintf(stderr, "%s\n", wrong);
    worker_pool_free(&pool);
    arena_free(&arena);
    seccomp_release(filter);
    return wrong ? 1 : 0;
}

static void in_child(int (*act)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(act());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) { /* skip() is a failure to the driver */
        print_message("not tested: no namespace or filter of one's own is to be had here\n");
        return;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_without_landlock(void **state)
{
    in_child(without_landlock);
}

static void test_without_catdoc(void **state)
{
    in_child(without_catdoc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_office), cmocka_unit_test(test_old_office_hostile),
        cmocka_unit_test(test_circle),     cmocka_unit_test(test_without_catdoc),
        cmocka_unit_test(test_embedded),   cmocka_unit_test(test_without_landlock),
    };
    return cmocka_run_group_tests_name("worker/outside", tests, make_pool, free_pool);
}
