/* The self-test of the workers: what works works, and each thing that can be missing is found and named. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <seccomp.h>

#include "worker/check.h"
#include "dns.h"

static const struct worker_options none = {.resolvers = "127.0.0.1@9", .deadline_ms = 1000};

static void states(const struct worker_check *check, enum part_state extract, enum part_state pdf,
                   enum part_state docx, enum part_state spf, enum part_state dns)
{
    const enum part_state want[] = {
        [PART_EXTRACT] = extract, [PART_PDF] = pdf, [PART_DOCX] = docx, [PART_SPF] = spf, [PART_DNS] = dns};
    unsigned failing = 0;
    for (int i = 0; i < WORKER_PARTS; i++) {
        failing += check->parts[i].state == PART_FAILS;
        if (i != PART_FILES && check->parts[i].state != want[i])
            fail_msg("%s %s, and should be: %s (%s)", worker_part_name((enum worker_part)i),
                     part_state_name(check->parts[i].state), part_state_name(want[i]), check->parts[i].text);
        assert_int_equal(*check->parts[i].text != 0,
                         check->parts[i].state == PART_FAILS || check->parts[i].state == PART_WEAK);
    }
    assert_int_equal(check->failing, failing);
}

static void test_all_works(void **state)
{
    struct worker_check check;
    assert_true(worker_check(&none, &none, false, &check));
    states(&check, PART_WORKS, PART_WORKS, PART_WORKS, PART_WORKS, PART_SKIPPED);
    assert_true(worker_check(NULL, NULL, true, &check));
    states(&check, PART_SKIPPED, PART_SKIPPED, PART_SKIPPED, PART_SKIPPED, PART_SKIPPED);
}

static void test_missing(void **state)
{
    struct worker_options missing = none;
    struct worker_check check;
    missing.path = "/nonexistent/ringer-worker";
    assert_false(worker_check(&missing, &missing, true, &check));
    states(&check, PART_FAILS, PART_SKIPPED, PART_SKIPPED, PART_FAILS, PART_SKIPPED);
    assert_non_null(strstr(check.parts[PART_EXTRACT].text, "/nonexistent/ringer-worker: No such file"));
    assert_non_null(strstr(check.parts[PART_SPF].text, "/nonexistent/ringer-worker: No such file"));
}

/* Readers that are not installed are no fault, unless words are wanted. */
static void test_pictures(void **state)
{
    struct worker_check check = {0};
    char *worker = worker_find(), *slash = strrchr(worker, '/'), path[4096];
    snprintf(path, sizeof(path), "%.*s/ringer-qr", (int)(slash - worker), worker);
    bool codes = access(path, X_OK) == 0;
    snprintf(path, sizeof(path), "%.*s/ringer-ocr", (int)(slash - worker), worker);
    bool words = access(path, X_OK) == 0;
    free(worker);
    assert_true(worker_check_pictures(NULL, PICTURES_WORDS, &check));
    assert_int_equal(check.parts[PART_CODES].state, PART_SKIPPED);
    assert_true(worker_check_pictures(&none, PICTURES_WORDS_IF_THERE, &check));
    assert_int_equal(check.parts[PART_CODES].state, codes ? PART_WORKS : PART_SKIPPED);
    assert_int_equal(check.parts[PART_WORDS].state, words ? PART_WORKS : PART_SKIPPED);
    assert_int_equal(*check.parts[PART_CODES].text != 0, !codes);
    assert_int_equal(*check.parts[PART_WORDS].text != 0, !words);
    check = (struct worker_check){0};
    assert_int_equal(worker_check_pictures(&none, PICTURES_WORDS, &check), words);
    check = (struct worker_check){0};
    assert_true(worker_check_pictures(&none, PICTURES_NO_WORDS, &check));
    assert_int_equal(check.parts[PART_WORDS].state, PART_SKIPPED);
    assert_int_equal(*check.parts[PART_WORDS].text, 0);
}

static void test_dns(void **state)
{
    static const char *const zone[] = {"a.example. A 192.0.2.1"};
    struct worker_check check;
    struct worker_options options = none;
    struct dns server = {0};
    char servers[32];
    unsigned port;
    int silent = dns_socket(&port);
    snprintf(servers, sizeof(servers), "127.0.0.1@%u", port);
    options.resolvers = servers;
    assert_false(worker_check(NULL, &options, true, &check));
    states(&check, PART_SKIPPED, PART_SKIPPED, PART_SKIPPED, PART_WORKS, PART_FAILS);
    assert_non_null(strstr(check.parts[PART_DNS].text, servers));
    close(silent);
    if (!dns_start(&server, zone, 1)) {
        print_message("# not run: unbound is not installed\n");
        return;
    }
    snprintf(servers, sizeof(servers), "127.0.0.1@%u", server.port);
    assert_true(worker_check(NULL, &options, true, &check));
    states(&check, PART_SKIPPED, PART_SKIPPED, PART_SKIPPED, PART_WORKS, PART_WORKS);
    dns_stop(&server);
}

/* In a process that the kernel answers so at `call`: the exit code tells what was not as it should be. */
static int under_filter(uint32_t action, int call, bool (*right)(const struct worker_check *))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct worker_check check;
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
        seccomp_rule_add(filter, action, call, 0);
        if (seccomp_load(filter) != 0)
            _exit(99);
        worker_check(&none, &none, false, &check);
        for (int i = 0; i < WORKER_PARTS; i++)
            fprintf(stderr, "# %s %s %s\n", worker_part_name((enum worker_part)i),
                    part_state_name(check.parts[i].state), check.parts[i].text);
        _exit(right(&check) ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

static bool says_sigsys(const struct worker_check *check)
{
    return check->parts[PART_EXTRACT].state == PART_FAILS && check->parts[PART_SPF].state == PART_FAILS &&
           strstr(check->parts[PART_EXTRACT].text, "SIGSYS") &&
           strstr(check->parts[PART_SPF].text, "SIGSYS") &&
           strstr(check->parts[PART_SPF].text, "SystemCallFilter");
}

static bool says_weak(const struct worker_check *check)
{
    return check->failing == 0 && check->parts[PART_FILES].state == PART_WEAK &&
           check->parts[PART_PDF].state == PART_WORKS && check->parts[PART_SPF].state == PART_WORKS &&
           strstr(check->parts[PART_FILES].text, "Landlock");
}

/* The only thing that pdftotext needs and the worker does not. */
static bool says_pdf(const struct worker_check *check)
{
    return check->failing == 1 && check->parts[PART_PDF].state == PART_FAILS &&
           check->parts[PART_DOCX].state == PART_WORKS && strstr(check->parts[PART_PDF].text, "pdf");
}

static void test_filters(void **state)
{
    assert_int_equal(under_filter(SCMP_ACT_KILL_PROCESS, SCMP_SYS(landlock_create_ruleset), says_sigsys), 0);
    assert_int_equal(under_filter(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), says_weak), 0);
    assert_int_equal(under_filter(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(memfd_create), says_pdf), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_works), cmocka_unit_test(test_missing), cmocka_unit_test(test_dns),
        cmocka_unit_test(test_pictures),  cmocka_unit_test(test_filters),
    };
    return cmocka_run_group_tests_name("worker/check", tests, NULL, NULL);
}
