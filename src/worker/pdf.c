/*
 * Text out of a PDF: runs pdftotext (poppler-utils) on a memory file, with pipes for its text and messages.
 * It gets PAGES_MAX pages (a letter with bank details is short; the rest is cut off and said so), no fork,
 * no network, no file to write, and dies with the process that started it. Images are not read.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "worker/pdf.h"
#include "worker/sandbox.h"

#define PAGES_MAX        60
#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

enum {
    MESSAGES_MAX = 4096, /* of pdftotext's complaints: the first ones say what is wrong */
    START_FAILED = 120,  /* exit code of the child when the program or its limits cannot be had */
};

static int memory_file(struct span document)
{
    int fd = memfd_create("document", MFD_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < document.n;) {
        ssize_t n = write(fd, document.p + done, document.n - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR) {
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

static void run_program(pid_t parent, int in, int out, int err, size_t memory_bytes, unsigned cpu_seconds,
                        bool sandboxed)
{
    /* -enc and -eol: the same text whatever the locale. Reading order, not layout: columns stay whole. */
    static const char *const argv[] = {"pdftotext",        "-enc", "UTF-8", "-eol", "unix", "-l",
                                       TEXT_OF(PAGES_MAX), "-",    "-",     NULL};
    static const char *const environment[] = {"LC_ALL=C", "HOME=/nonexistent", NULL};
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) /* it died before that */
        _exit(START_FAILED);
    signal(SIGPIPE, SIG_DFL);
    if (dup2(in, 0) != 0 || dup2(out, 1) != 1 || dup2(err, 2) != 2)
        _exit(START_FAILED);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    if (!sandbox_limits(memory_bytes, cpu_seconds, 0) || !sandbox_no_forks() ||
        (sandboxed && !sandbox_enter(SANDBOX_PROGRAM)))
        _exit(START_FAILED);
    execve(PDFTOTEXT, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
    _exit(START_FAILED);
}

static struct pdf_run start(int in, size_t memory_bytes, unsigned cpu_seconds, bool sandboxed)
{
    struct pdf_run run = {-1, -1, -1, -1};
    int out[2] = {-1, -1}, err[2] = {-1, -1};
    if (in >= 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0) {
        pid_t parent = getpid();
        run.pid = fork();
        if (run.pid == 0)
            run_program(parent, in, out[1], err[1], memory_bytes, cpu_seconds, sandboxed);
    }
    if (in >= 0)
        close(in);
    if (out[1] >= 0)
        close(out[1]);
    if (err[1] >= 0)
        close(err[1]);
    run.out = out[0];
    run.err = err[0];
    return run;
}

struct pdf_run pdf_start(struct span document, size_t memory_bytes, unsigned cpu_seconds, bool sandboxed)
{
    return start(memory_file(document), memory_bytes, cpu_seconds, sandboxed);
}

struct pdf_run pdf_start_waiting(size_t memory_bytes, unsigned cpu_seconds, bool sandboxed)
{
    int in[2];
    signal(SIGPIPE, SIG_IGN); /* it may have died when it gets its document */
    if (pipe2(in, O_CLOEXEC) != 0)
        return (struct pdf_run){-1, -1, -1, -1};
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    struct pdf_run run = start(in[0], memory_bytes, cpu_seconds, sandboxed);
    run.in = in[1];
    return run;
}

void pdf_feed(struct pdf_run *run, struct span document, int64_t deadline)
{
    while (run->in >= 0 && document.n && (!deadline || monotonic_ms() < deadline)) {
        struct pollfd fd = {run->in, POLLOUT, 0};
        ssize_t n = write(run->in, document.p, document.n);
        if (n > 0)
            document = (struct span){document.p + n, document.n - (size_t)n};
        else if (n < 0 && errno == EAGAIN)
            poll(&fd, 1, deadline ? (int)(deadline - monotonic_ms()) : -1);
        else if (n < 0 && errno != EINTR)
            break;
    }
    if (run->in >= 0)
        close(run->in);
    run->in = -1;
}

/* One piece of the text; form feeds end pages. */
static void add_text(struct extraction *x, struct buf *rest, const char *piece, size_t n)
{
    buf_add(rest, piece, n);
    /* A character cut in two waits for its other bytes. */
    size_t whole = rest->n, back = 0;
    while (back < 3 && whole > back && ((unsigned char)rest->p[whole - 1 - back] & 0xc0) == 0x80)
        back++;
    if (whole > back && (unsigned char)rest->p[whole - 1 - back] >= 0xc0)
        whole -= back + 1;
    for (size_t start = 0, i = 0; i <= whole; i++)
        if (i == whole || rest->p[i] == '\f') {
            sink_text(&x->sink, (struct span){rest->p + start, i - start});
            if (i < whole) {
                x->pages++;
                sink_break(&x->sink, 2);
            }
            start = i + 1;
        }
    memmove(rest->p, rest->p + whole, rest->n - whole);
    rest->n -= whole;
}

static bool drain(int *fd, char *piece, size_t size, ssize_t *n_r)
{
    do
        *n_r = read(*fd, piece, size);
    while (*n_r < 0 && errno == EINTR);
    if (*n_r <= 0) {
        close(*fd);
        *fd = -1;
    }
    return *n_r > 0;
}

/* true when pdftotext closed both pipes in time and everything fitted */
static bool collect(struct pdf_run *run, struct extraction *x, struct buf *messages)
{
    struct buf rest = {0};
    char piece[16384];
    ssize_t n;
    while ((run->out >= 0 || run->err >= 0) && !x->sink.truncated && !extract_late(x)) {
        struct pollfd fds[2] = {{run->out, POLLIN, 0}, {run->err, POLLIN, 0}};
        int left = x->deadline ? (int)(x->deadline - monotonic_ms()) : -1;
        if (poll(fds, 2, x->deadline && left < 0 ? 0 : left) < 0 && errno != EINTR)
            break;
        if (run->out >= 0 && fds[0].revents && drain(&run->out, piece, sizeof(piece), &n))
            add_text(x, &rest, piece, (size_t)n);
        if (run->err >= 0 && fds[1].revents && drain(&run->err, piece, sizeof(piece), &n) &&
            messages->n < MESSAGES_MAX)
            buf_add(messages, piece,
                    (size_t)n < MESSAGES_MAX - messages->n ? (size_t)n : MESSAGES_MAX - messages->n);
    }
    sink_text(&x->sink, buf_span(&rest));
    buf_free(&rest);
    return run->out < 0 && run->err < 0;
}

static bool says(const struct buf *messages, const char *words)
{
    return messages->n && memmem(messages->p, messages->n, words, strlen(words));
}

static void judge_exit(struct extraction *x, int status, const struct buf *messages)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == 0)
        x->sink.truncated |= x->pages >= PAGES_MAX;
    else if (says(messages, "Incorrect password") || says(messages, "encrypt"))
        x->status = WORKER_ENCRYPTED, x->detail = "the PDF needs a password";
    else if (code == START_FAILED)
        x->status = WORKER_UNAVAILABLE,
        x->detail = "pdftotext (" PDFTOTEXT ") cannot be started: is poppler-utils installed?";
    else if (code < 0 && WTERMSIG(status) == SIGSYS)
        x->status = WORKER_UNAVAILABLE,
        x->detail =
            "pdftotext was killed by SIGSYS: a filter of system calls around ringerd forbids what it needs";
    else if (code < 0 && WTERMSIG(status) == SIGXCPU)
        x->status = WORKER_TIMEOUT, x->detail = "the PDF is too much work";
    else if (code < 0 || says(messages, "memory") || says(messages, "bad_alloc"))
        x->status = WORKER_TOO_BIG, x->detail = "pdftotext ran out of memory or was killed";
    else
        x->status = WORKER_BROKEN, x->detail = "pdftotext cannot read the PDF";
}

void pdf_finish(struct pdf_run *run, struct extraction *x)
{
    struct buf messages = {0};
    int status;
    if (run->pid <= 0) {
        x->status = WORKER_UNAVAILABLE;
        x->detail = "no process for pdftotext";
    } else if (collect(run, x, &messages)) {
        if (waitpid(run->pid, &status, 0) == run->pid)
            judge_exit(x, status, &messages);
    } else if (!x->sink.truncated) {
        x->status = WORKER_TIMEOUT;
        x->detail = "the PDF is too much work";
    }
    buf_free(&messages);
}
