/* Tests of src/base/file.c: what is no file, and files that do not hold still */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/file.h"

enum { MAX = 1024 * 1024 };

static char dir[] = "/tmp/ringer-file.XXXXXX";

/* --- what happens to the file between two reads of it */

static void (*meanwhile)(unsigned nth_read);
static unsigned n_reads;

/* In place of the C library's: the system's read, and behind it what the test wants to happen. */
ssize_t read(int fd, void *buffer, size_t n)
{
    ssize_t got = syscall(SYS_read, fd, buffer, n);
    if (meanwhile)
        meanwhile(n_reads++);
    return got;
}

static const char *at(const char *name)
{
    static char path[sizeof(dir) + 64];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void put(const char *name, const char *mode, const char *text)
{
    FILE *f = fopen(at(name), mode);
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void refused(const char *path, const char *reason)
{
    struct buf text = {0};
    struct file_error error = {"", NULL};
    assert_false(file_read(path, MAX, &text, &error));
    assert_string_equal(error.reason, reason);
    assert_true(error.remedy && *error.remedy);
    assert_null(text.p);
    assert_int_equal(file_open(path, &error), -1);
    assert_string_equal(error.reason, reason);
}

static void test_read(void **state)
{
    struct buf text = {0};
    struct file_error error;
    put("plain", "w", "one\ntwo\n");
    assert_true(file_read(at("plain"), MAX, &text, &error));
    assert_string_equal(text.p, "one\ntwo\n");
    buf_free(&text);
    assert_true(file_read(at("plain"), 8, &text, &error)); /* just as much */
    buf_free(&text);
    assert_false(file_read(at("plain"), 7, &text, &error));
    assert_string_equal(error.reason, "it is larger than 7 bytes");
    assert_null(text.p);
    put("empty", "w", "");
    assert_true(file_read(at("empty"), MAX, &text, &error));
    assert_int_equal(text.n, 0);
    assert_string_equal(text.p, "");
    buf_free(&text);
}

static void test_kinds(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct buf text = {0};
    struct file_error error;
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    refused(dir, "it is a folder");
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    refused(at("pipe"), "it is a pipe");
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", at("socket"));
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof(address)), 0);
    refused(at("socket"), "it is a socket");
    close(s);
    refused("/dev/zero", "it is a device");
    assert_true(file_read("/dev/null", MAX, &text, &error)); /* the empty file */
    assert_int_equal(text.n, 0);
    buf_free(&text);
    assert_int_equal(symlink("pipe", at("link")), 0);
    refused(at("link"), "it is a pipe");
    refused(at("none"), strerror(ENOENT));
    refused("/dev/null/x", strerror(ENOTDIR));
    assert_int_equal(symlink("loop", at("loop")), 0);
    refused(at("loop"), strerror(ELOOP));
}

static void test_unreadable(void **state)
{
    put("secret", "w", "x");
    assert_int_equal(chmod(at("secret"), 0), 0);
    if (geteuid() == 0) { /* root reads it all the same */
        assert_int_equal(seteuid(65534), 0);
        refused(at("secret"), strerror(EACCES));
        assert_int_equal(seteuid(0), 0);
    } else {
        refused(at("secret"), strerror(EACCES));
    }
}

static void grow_once(unsigned nth)
{
    if (nth == 0)
        put("moving", "a", "two\n");
}

static void grow_always(unsigned nth)
{
    put("moving", "a", "more\n");
}

static void shrink_once(unsigned nth)
{
    if (nth == 0)
        assert_int_equal(truncate(at("moving"), 4), 0);
}

static void shrink_always(unsigned nth)
{
    put("moving", "w", nth % 2 ? "x" : "another text");
}

static void vanish(unsigned nth)
{
    if (nth == 0)
        unlink(at("moving"));
}

static bool read_while(void (*what)(unsigned), const char *before, struct buf *text, struct file_error *error)
{
    put("moving", "w", before);
    n_reads = 0;
    meanwhile = what;
    bool ok = file_read(at("moving"), MAX, text, error);
    meanwhile = NULL;
    assert_true(n_reads > 0);
    return ok;
}

/* What is written once is read again; what never rests is refused, and neither is half read. */
static void test_moving(void **state)
{
    struct buf text = {0};
    struct file_error error;
    assert_true(read_while(grow_once, "one\n", &text, &error));
    assert_string_equal(text.p, "one\ntwo\n");
    buf_free(&text);
    assert_true(read_while(shrink_once, "one\ntwo\n", &text, &error));
    assert_string_equal(text.p, "one\n");
    buf_free(&text);
    assert_true(read_while(vanish, "one\n", &text, &error)); /* who has it open has all of it */
    assert_string_equal(text.p, "one\n");
    buf_free(&text);
    assert_int_equal(access(at("moving"), F_OK), -1);
    assert_false(read_while(shrink_always, "one\n", &text, &error));
    assert_string_equal(error.reason, "it is being written");
    assert_null(text.p);
    assert_false(read_while(grow_always, "one\n", &text, &error)); /* ends, with either reason */
    assert_null(text.p);
}

static void test_argument(void **state)
{
    struct buf text = {0};
    struct file_error error;
    int ends[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "through a pipe", 14), 14);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    assert_true(file_read_argument("-", MAX, &text, &error));
    assert_string_equal(text.p, "through a pipe");
    buf_free(&text);
    dup2(saved, STDIN_FILENO);
    close(ends[0]);
    close(saved);
    assert_false(file_read_argument(at("none"), MAX, &text, &error));
}

/* The two forms for callers with an arena and with diagnostics name the file, the reason and a remedy. */
static void test_messages(void **state)
{
    struct arena *arena = arena_new();
    struct span text;
    struct buf buf = {0};
    struct diag_list diags = {0};
    const char *error = NULL;
    put("plain", "w", "one");
    assert_true(file_read_arena(arena, at("plain"), MAX, &text, &error));
    assert_true(span_eq(text, SPAN_LIT("one")));
    assert_false(file_read_arena(arena, "/dev/zero", MAX, &text, &error));
    assert_string_equal(error, "/dev/zero: it is a device: name a regular file; save what a program writes "
                               "in one first");
    assert_false(diag_read_file(&diags, "/dev/zero", MAX, "the list", NULL, &buf));
    assert_string_equal(diags.v[0].file, "/dev/zero");
    assert_string_equal(diags.v[0].text, "cannot read the list: it is a device");
    assert_non_null(strstr(diags.v[0].remedy, "name a regular file"));
    diag_free(&diags);
    arena_free(&arena);
}

static void test_folder(void **state)
{
    static const struct {
        const char *path, *folder;
    } rows[] = {
        {"/etc/ringer/ringer.yaml", "/etc/ringer"},
        {"/ringer.yaml", "/"},
        {"ringer.yaml", "."},
        {"a/b", "a"},
        {"", "."},
        {"/", "/"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(file_folder(arena, rows[i].path), rows[i].folder);
    arena_free(&arena);
}

static int make_dir(void **state)
{
    return mkdtemp(dir) && chmod(dir, 0711) == 0 ? 0 : -1;
}

static int remove_dir(void **state)
{
    static const char *const names[] = {"plain", "empty", "pipe",   "socket",
                                        "link",  "loop",  "secret", "moving"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unlink(at(names[i]));
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),       cmocka_unit_test(test_kinds),

        cmocka_unit_test(test_unreadable), cmocka_unit_test(test_moving),   cmocka_unit_test(test_folder),
        cmocka_unit_test(test_argument),   cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
