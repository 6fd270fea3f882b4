/* The supervisor with real workers that are killed, stopped, missing, mad, and asked by many threads at once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <seccomp.h>

#include "base/clock.h"

#include "worker/extract.h"
#include "worker/worker.h"
#include "samples.h"

static const struct span hello = {"hello", 5};

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* The first child of `parent`, 0 when there is none; `state_r` gets R, S, Z ... */
static pid_t child_of(pid_t parent, char *state_r)
{
    DIR *dir = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *e; !found && (e = readdir(dir));) {
        char path[300], line[512] = "", *paren;
        int ppid = 0;
        snprintf(path, sizeof(path), "/proc/%s/stat", e->d_name);
        FILE *f = e->d_name[0] >= '0' && e->d_name[0] <= '9' ? fopen(path, "r") : NULL;
        if (!f)
            continue;
        if (fgets(line, sizeof(line), f) && (paren = strrchr(line, ')')) &&
            sscanf(paren, ") %c %d", state_r, &ppid) == 2 && ppid == parent)
            found = atoi(e->d_name);
        fclose(f);
    }
    closedir(dir);
    return found;
}

static unsigned open_descriptors(void)
{
    unsigned n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static struct worker_pool *pool_with(struct worker_options options)
{
    char *error;
    struct worker_pool *pool = worker_pool_new(&options, &error);
    if (!pool)
        fail_msg("%s", error);
    return pool;
}

static enum worker_status ask(struct worker_pool *pool, const char *name, struct span bytes)
{
    struct arena *arena = arena_new();
    struct worker_text text;
    enum worker_status status = worker_extract(pool, arena, 0, "", name, bytes, &text);
    if (status == WORKER_OK)
        assert_string_equal(arena_span(arena, text.text), "hello");
    arena_free(&arena);
    return status;
}

struct job {
    struct worker_pool *pool;
    struct buf document;
    enum worker_status status;
    int64_t took;
};

static void *run_job(void *arg)
{
    struct job *job = arg;
    struct arena *arena = arena_new();
    struct worker_text text;
    int64_t before = monotonic_ms();
    job->status = worker_extract(job->pool, arena, 0, "pdf", "", buf_span(&job->document), &text);
    job->took = monotonic_ms() - before;
    arena_free(&arena);
    return NULL;
}

/* Starts a PDF that never ends, and waits until the process `generation` levels below the worker is at it. */
static pid_t start_loop(struct job *job, pthread_t *thread, int generation)
{
    char state;
    job->document = sample("loop.pdf");
    pthread_create(thread, NULL, run_job, job);
    for (int i = 0; i < 200; i++, pause_ms(5)) {
        pid_t pid = getpid();
        for (int g = 0; g <= generation && pid; g++)
            pid = child_of(pid, &state);
        if (pid && (generation > 0 || child_of(pid, &state))) { /* a worker that starts is not at it */
            pause_ms(50);
            return pid;
        }
    }
    fail_msg("the worker did not get to work");
    return 0;
}

static void kill_in_the_middle(int generation, int signal, enum worker_status want, int64_t within)
{
    struct job job = {.pool = pool_with((struct worker_options){.processes = 1, .deadline_ms = 2500})};
    struct worker_stats stats;
    pthread_t thread;
    char state;
    pid_t pid = start_loop(&job, &thread, generation);
    assert_int_equal(kill(pid, signal), 0);
    pthread_join(thread, NULL);
    assert_int_equal(job.status, want);
    assert_true(job.took < within);
    /* the next mail is served, by a new worker where the old one is dead */
    assert_int_equal(ask(job.pool, "a.txt", hello), WORKER_OK);
    worker_pool_stats(job.pool, &stats);
    assert_int_equal(stats.requests, 2);
    assert_int_equal(stats.by_status[want], want == WORKER_OK ? 2 : 1);
    assert_int_equal(stats.busy, 0);
    worker_pool_free(&job.pool);
    buf_free(&job.document);
    assert_int_equal(child_of(getpid(), &state), 0);
}

static void test_kill_worker(void **state)
{
    kill_in_the_middle(0, SIGKILL, WORKER_DIED, 1500);
}

static void test_kill_parser(void **state)
{
    kill_in_the_middle(1, SIGKILL, WORKER_DIED, 1500);
}

static void test_kill_pdftotext(void **state)
{
    kill_in_the_middle(2, SIGKILL, WORKER_TOO_BIG, 1500);
}

static void test_stop_worker(void **state)
{
    kill_in_the_middle(1, SIGSTOP, WORKER_TIMEOUT, 3000);
}

static void test_stop_pdftotext(void **state)
{
    kill_in_the_middle(2, SIGSTOP, WORKER_TIMEOUT, 3000);
}

static void test_idle_worker_killed(void **state)
{
    struct worker_pool *pool = pool_with((struct worker_options){.processes = 1});
    struct worker_stats stats;
    char s;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(pool, "a.txt", hello), WORKER_OK);
        kill(child_of(getpid(), &s), SIGKILL);
        pause_ms(20);
    }
    worker_pool_stats(pool, &stats);
    assert_int_equal(stats.started, 5);
    assert_int_equal(stats.by_status[WORKER_OK], 5);
    worker_pool_free(&pool);
    assert_null(pool);
    worker_pool_free(&pool);
    assert_int_equal(child_of(getpid(), &s), 0);
}

static void test_missing(void **state)
{
    struct worker_pool *pool = pool_with((struct worker_options){.path = "/nonexistent/ringer-worker"});
    struct worker_stats stats;
    int64_t before = monotonic_ms();
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ask(pool, "a.txt", hello), WORKER_UNAVAILABLE);
    int64_t took = monotonic_ms() - before;
    worker_pool_stats(pool, &stats);
    assert_non_null(strstr(stats.last_error, "/nonexistent/ringer-worker"));
    assert_true(stats.start_failures <= 20); /* rests between the attempts */
    assert_true(took < 2000);
    worker_pool_free(&pool);
    assert_int_equal(ask(NULL, "a.txt", hello), WORKER_UNAVAILABLE);
}

static char log_lines[8192];

static void keep_line(enum worker_log_level level, const char *line)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    size_t used = strlen(log_lines);
    snprintf(log_lines + used, sizeof(log_lines) - used, "%d %s\n", (int)level, line);
    pthread_mutex_unlock(&lock);
}

static unsigned lines_logged(void)
{
    unsigned n = 0;
    for (const char *p = log_lines; (p = strchr(p, '\n')); p++)
        n++;
    return n;
}

/* What is said, and that it is not said again and again. */
static void test_log(void **state)
{
    char s;
    log_lines[0] = '\0';
    struct worker_pool *pool =
        pool_with((struct worker_options){.path = "/nonexistent/ringer-worker", .log = keep_line});
    for (int i = 0; i < 50; i++)
        ask(pool, "a.txt", hello);
    worker_pool_free(&pool);
    assert_int_equal(lines_logged(), 1);
    assert_ptr_equal(log_lines,
                     strstr(log_lines, "0 no ringer-worker reads attachments, attachments stay unread: "
                                       "/nonexistent/ringer-worker: No such file or directory"));
    log_lines[0] = '\0';
    struct job job = {
        .pool = pool_with((struct worker_options){.processes = 1, .deadline_ms = 2500, .log = keep_line})};
    pthread_t thread;
    kill(start_loop(&job, &thread, 1), SIGABRT); /* AddressSanitizer catches SIGSEGV */
    pthread_join(thread, NULL);
    buf_free(&job.document);
    assert_int_equal(ask(job.pool, "a.txt", hello), WORKER_OK);
    kill(child_of(getpid(), &s), SIGTERM); /* idle */
    pause_ms(50);
    assert_int_equal(ask(job.pool, "a.txt", hello), WORKER_OK);
    worker_pool_free(&job.pool);
    assert_int_equal(lines_logged(), 1);
    assert_ptr_equal(log_lines,
                     strstr(log_lines, "1 ringer-worker, which reads attachments, gave up, since its child "
                                       "was killed by SIGABRT"));
}

/* A worker that is a shell script: mad in a way of its own. */
static void with_script(const char *body, enum worker_status want, const char *error)
{
    char path[] = "/tmp/ringer-test-worker-XXXXXX", s;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    dprintf(fd, "#!/bin/sh\n%s\n", body);
    fchmod(fd, 0700);
    close(fd);
    struct worker_pool *pool =
        pool_with((struct worker_options){.path = path, .processes = 1, .deadline_ms = 700});
    struct worker_stats stats;
    int64_t before = monotonic_ms();
    assert_int_equal(ask(pool, "a.txt", hello), want);
    assert_true(monotonic_ms() - before < 10000); /* it was not waited for to the end */
    worker_pool_stats(pool, &stats);
    if (error && !strstr(stats.last_error, error))
        fail_msg("%s: '%s'", body, stats.last_error);
    worker_pool_free(&pool);
    unlink(path);
    assert_int_equal(child_of(getpid(), &s), 0);
}

#define HELLO_FRAME "printf '\\000\\000\\000\\004H\\002\\000\\000\\000\\000\\000\\001' >&3; "

static void test_mad_workers(void **state)
{
    with_script("exit 3", WORKER_UNAVAILABLE, "ended at its start: it ended with exit code 3");
    with_script("kill -SEGV $$", WORKER_UNAVAILABLE, "ended at its start: it was killed by SIGSEGV");
    with_script("exec sleep 30", WORKER_UNAVAILABLE, "did not start in time");
    with_script("yes | head -c 100000 >&3", WORKER_UNAVAILABLE, "does not say what it should");
    with_script("printf '\\000\\000\\000\\003R\\002\\000\\000why' >&3", WORKER_UNAVAILABLE, "why");
    /* a worker that is not shut in is not used */
    with_script("printf '\\000\\000\\000\\004H\\002\\000\\000\\000\\000\\000\\000' >&3; sleep 1",
                WORKER_UNAVAILABLE, "without a sandbox");
    with_script(HELLO_FRAME "exit 0", WORKER_DIED, "ended with exit code 0");
    with_script(HELLO_FRAME "kill -BUS $$", WORKER_DIED, "was killed by SIGBUS");
    with_script(HELLO_FRAME "exit 139", WORKER_DIED, "its child was killed by SIGSEGV");
    with_script(HELLO_FRAME "exec sleep 30", WORKER_TIMEOUT, "did not answer in time and was killed");
    /* an answer that promises 4 GiB; one that floods; one that is no UTF-8 */
    with_script(HELLO_FRAME "sleep 0.1; printf '\\377\\377\\377\\377e\\002\\000\\000' >&3; sleep 9",
                WORKER_DIED, NULL);
    with_script(HELLO_FRAME "sleep 0.1; exec cat /dev/zero >&3", WORKER_DIED, NULL);
    with_script(HELLO_FRAME
                "sleep 0.1; printf '\\000\\000\\000\\015e\\002\\000\\000\\000\\000\\000\\000\\000\\000"
                "\\000\\000\\000\\000\\000\\001\\377' >&3; sleep 9",
                WORKER_DIED, NULL);
}

enum { THREADS = 12, ROUNDS = 15 };

static void *many_requests(void *arg)
{
    uintptr_t ok = 0;
    struct arena *arena = arena_new();
    for (int i = 0; i < ROUNDS; i++) {
        char text[40];
        struct worker_text out;
        int n = snprintf(text, sizeof(text), "thread %p round %d", (void *)&ok, i);
        /* nobody gets another message's text */
        if (worker_extract(arg, arena, 0, "", "x.txt", (struct span){text, (size_t)n}, &out) == WORKER_OK &&
            span_eq(out.text, (struct span){text, (size_t)n}))
            ok++;
    }
    arena_free(&arena);
    return (void *)ok;
}

static void test_many_threads(void **state)
{
    unsigned before = open_descriptors();
    struct worker_pool *pool = pool_with((struct worker_options){.processes = 3, .deadline_ms = 20000});
    struct worker_stats stats;
    pthread_t threads[THREADS];
    uintptr_t ok = 0;
    char s;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, many_requests, pool);
    for (int i = 0; i < THREADS; i++) {
        void *n;
        pthread_join(threads[i], &n);
        ok += (uintptr_t)n;
    }
    worker_pool_stats(pool, &stats);
    assert_int_equal(ok, THREADS * ROUNDS);
    assert_true(stats.started <= 3);
    assert_int_equal(stats.killed, 0);
    worker_pool_free(&pool);
    assert_int_equal(child_of(getpid(), &s), 0);
    assert_int_equal(open_descriptors(), before);
}

static void test_flood_waits_no_longer_than_the_deadline(void **state)
{
    struct worker_pool *pool = pool_with((struct worker_options){.processes = 1, .deadline_ms = 800});
    struct job jobs[6];
    pthread_t threads[6];
    unsigned timeouts = 0;
    for (int i = 0; i < 6; i++) {
        jobs[i] = (struct job){.pool = pool, .document = sample("loop.pdf")};
        pthread_create(&threads[i], NULL, run_job, &jobs[i]);
    }
    for (int i = 0; i < 6; i++) {
        pthread_join(threads[i], NULL);
        assert_true(jobs[i].took < 1600);
        assert_true(jobs[i].status == WORKER_TIMEOUT || jobs[i].status == WORKER_UNAVAILABLE);
        timeouts += jobs[i].status == WORKER_TIMEOUT;
        buf_free(&jobs[i].document);
    }
    assert_true(timeouts >= 1);
    assert_int_equal(ask(pool, "a.txt", hello), WORKER_OK);
    worker_pool_free(&pool);
}

/* However many slow PDFs there are, one worker is left for letters of other kinds. */
static void test_flood_leaves_one_for_the_rest(void **state)
{
    struct worker_pool *pool = pool_with((struct worker_options){.processes = 2, .deadline_ms = 6000});
    struct arena *arena = arena_new();
    struct worker_stats stats = {0};
    struct worker_text text;
    struct job jobs[3];
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        jobs[i] = (struct job){.pool = pool, .document = sample("loop.pdf")};
        pthread_create(&threads[i], NULL, run_job, &jobs[i]);
    }
    while (stats.requests < 3 || !stats.busy) {
        pause_ms(5);
        worker_pool_stats(pool, &stats);
    }
    pause_ms(50); /* those that may take a worker have it */
    assert_int_equal(worker_extract(pool, arena, monotonic_ms() + 3000, "", "a.txt", hello, &text),
                     WORKER_OK);
    worker_pool_stats(pool, &stats);
    assert_int_equal(stats.busy, 1); /* that PDF is not done yet */
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        buf_free(&jobs[i].document);
    }
    arena_free(&arena);
    worker_pool_free(&pool);
}

/* Hostile documents that kill worker after worker: others wait for a moment, and are served. */
static void test_many_deaths(void **state)
{
    struct worker_pool *pool = pool_with((struct worker_options){.processes = 1, .deadline_ms = 3000});
    struct worker_stats stats;
    for (int i = 0; i < 6; i++) {
        struct job job = {.pool = pool};
        pthread_t thread;
        kill(start_loop(&job, &thread, 1), SIGKILL);
        pthread_join(thread, NULL);
        assert_int_equal(job.status, WORKER_DIED);
        buf_free(&job.document);
    }
    assert_int_equal(ask(pool, "a.txt", hello), WORKER_OK);
    worker_pool_stats(pool, &stats);
    assert_int_equal(stats.killed, 6);
    assert_int_equal(stats.by_status[WORKER_DIED], 6);
    worker_pool_free(&pool);
}

/* What a library of the daemon left open and unmarked must not reach the worker. */
static void test_no_descriptor_is_inherited(void **state)
{
    int leak = open("/dev/null", O_RDONLY);
    struct worker_pool *pool = pool_with((struct worker_options){.processes = 1});
    char path[64], s;
    unsigned n = 0;
    assert_int_equal(ask(pool, "a.txt", hello), WORKER_OK);
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)child_of(getpid(), &s));
    DIR *dir = opendir(path); /* only root may look into it: it is not dumpable */
    if (!dir) {
        worker_pool_free(&pool);
        close(leak);
        print_message("# not run: only root may look into a worker's descriptors\n");
        return;
    }
    for (struct dirent *e; (e = readdir(dir));)
        n += e->d_name[0] != '.';
    closedir(dir);
    assert_int_equal(n, 4);
    close(leak);
    worker_pool_free(&pool);
}

static void test_options(void **state)
{
    static const struct worker_options bad[] = {
        {.processes = 65}, {.deadline_ms = 5}, {.memory_bytes = 1}, {.output_bytes = (size_t)1 << 40}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char *error = NULL;
        assert_null(worker_pool_new(&bad[i], &error));
        assert_non_null(error);
        free(error);
    }
}

/* In a process that the kernel gives no seccomp, as in some containers: the exit code tells the status. */
static enum worker_status without_seccomp(bool allow_unsandboxed, const char *error)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
        struct scmp_arg_cmp set = {0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0};
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0);
        seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, &set);
        if (seccomp_load(filter) != 0)
            _exit(99);
        struct worker_pool *pool = pool_with((struct worker_options){.allow_unsandboxed = allow_unsandboxed});
        struct worker_stats stats;
        enum worker_status got = ask(pool, "a.txt", hello);
        worker_pool_stats(pool, &stats);
        worker_pool_free(&pool);
        _exit(strstr(stats.last_error, error) ? (int)got : 98);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return (enum worker_status)WEXITSTATUS(status);
}

static void test_no_seccomp(void **state)
{
    assert_int_equal(without_seccomp(false, "no seccomp here"), WORKER_UNAVAILABLE);
    assert_int_equal(without_seccomp(true, ""), WORKER_OK);
}

/* Under a filter that kills, as systemd's are: @system-service of systemd 252 lacks the calls of Landlock. */
static void test_killing_filter(void **state)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
        seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(landlock_create_ruleset), 0);
        if (seccomp_load(filter) != 0)
            _exit(99);
        log_lines[0] = '\0';
        struct worker_pool *pool = pool_with((struct worker_options){.log = keep_line});
        enum worker_status got = ask(pool, "a.txt", hello);
        worker_pool_free(&pool);
        bool said = lines_logged() == 1 && strstr(log_lines, "it was killed by SIGSYS") &&
                    strstr(log_lines, "SystemCallFilter") && log_lines[0] == '0';
        _exit(got != WORKER_UNAVAILABLE ? 98 : said ? 0 : 97);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* A build tree that only root may enter is no reason not to test: the worker, where everybody may start it. */
static char *worker_for_all(char *dir)
{
    char exe[PATH_MAX], command[3 * PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    assert_true(n > 0 && mkdtemp(dir));
    exe[n] = '\0';
    *strrchr(exe, '/') = '\0'; /* tests/worker */
    snprintf(command, sizeof(command), "cp '%s/../../ringer-worker' %s && chmod -R a+rX %s", exe, dir, dir);
    assert_int_equal(system(command), 0);
    return mem_printf("%s/ringer-worker", dir);
}

/* As the daemon runs: as nobody in particular. */
static void test_unprivileged(void **state)
{
    int status;
    char dir[] = "/tmp/ringer-test.XXXXXX";
    if (geteuid() != 0) {
        print_message("# not run: only root can become somebody else\n");
        return;
    }
    char *path = worker_for_all(dir);
    pid_t pid = fork();
    if (pid == 0) {
        struct worker_pool *pool = pool_with((struct worker_options){.path = path});
        struct buf letter = sample("letter.pdf");
        struct arena *arena = arena_new();
        struct worker_text text;
        if (setgid(12345) != 0 || setuid(12345) != 0)
            _exit(99);
        worker_extract(pool, arena, 0, "pdf", "", buf_span(&letter), &text);
        _exit((int)text.status);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    unlink(path);
    free(path);
    assert_int_equal(rmdir(dir), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), WORKER_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_kill_worker),
        cmocka_unit_test(test_kill_parser),
        cmocka_unit_test(test_kill_pdftotext),
        cmocka_unit_test(test_stop_worker),
        cmocka_unit_test(test_stop_pdftotext),
        cmocka_unit_test(test_idle_worker_killed),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_mad_workers),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_flood_waits_no_longer_than_the_deadline),
        cmocka_unit_test(test_flood_leaves_one_for_the_rest),
        cmocka_unit_test(test_many_deaths),
        cmocka_unit_test(test_no_descriptor_is_inherited),
        cmocka_unit_test(test_no_seccomp),
        cmocka_unit_test(test_killing_filter),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_unprivileged),
    };
    return cmocka_run_group_tests_name("worker/pool", tests, NULL, NULL);
}
