/*
 * Programs of others on hostile documents: see program.h. A program gets a memory file as its standard input, pipes for
 * what it writes, no fork, no network, no file to write, and dies with the process that started it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "worker/program.h"
#include "worker/sandbox.h"

enum {
    MESSAGES_MAX = 4096, /* of a program's complaints: the first ones say what is wrong */
    PIECE = 65536,
};

struct runner {
    int in; /* pipe to it: a struct order, then the document if it is not the one that all have */
    struct program_pipes pipes;
};

struct runners {
    struct runner v[RUNNERS_MAX];
    unsigned n, used;
    struct program_options options;
    int document; /* memory file of options.document; -1 = none */
};

/* What a runner is told. */
struct order {
    enum program program;
    unsigned number;
    unsigned cpu_ms; /* 0 = no limit */
    bool own;        /* the document is options.document */
    size_t n;        /* else as many bytes follow */
};

/* --- in a runner */

static void write_all(int fd, struct span bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n <= 0 && errno != EINTR)
            _exit(PROGRAM_NOT_STARTED);
        if (n > 0)
            bytes = (struct span){bytes.p + n, bytes.n - (size_t)n};
    }
}

static void read_all(int fd, void *data, size_t n)
{
    for (char *p = data; n;) {
        ssize_t got = read(fd, p, n);
        if (got == 0 || (got < 0 && errno != EINTR))
            _exit(0); /* it is not needed any more */
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
}

static int receive_document(int in, size_t n)
{
    char piece[PIECE];
    int fd = memfd_create("document", MFD_CLOEXEC);
    if (fd < 0)
        _exit(PROGRAM_NOT_STARTED);
    for (size_t part; n; n -= part) {
        part = n < sizeof(piece) ? n : sizeof(piece);
        read_all(in, piece, part);
        write_all(fd, (struct span){piece, part});
    }
    return fd;
}

static _Noreturn void execute(const struct program_row *row, const char *path, unsigned number)
{
    static const char *const environment[] = {"LC_ALL=C", "HOME=/nonexistent", "OMP_THREAD_LIMIT=1", NULL};
    const char *argv[sizeof(row->arguments) / sizeof(*row->arguments)];
    char text[16];
    snprintf(text, sizeof(text), "%u", number);
    for (size_t i = 0; i < sizeof(argv) / sizeof(*argv); i++)
        argv[i] =
            row->arguments[i] && strcmp(row->arguments[i], PROGRAM_NUMBER) == 0 ? text : row->arguments[i];
    execve(path, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
    _exit(errno == ENOENT || errno == EACCES ? PROGRAM_NOT_THERE : PROGRAM_NOT_STARTED);
}

/* SIGPROF ends the program: the timer stays over execve(), and its filter lets it set no other. */
static void limit_cpu(unsigned ms)
{
    struct itimerval timer = {.it_value = {ms / 1000, (suseconds_t)(ms % 1000) * 1000}};
    if (ms && setitimer(ITIMER_PROF, &timer, NULL) != 0)
        _exit(PROGRAM_NOT_STARTED);
}

static _Noreturn void become(const struct runners *all, const struct runner *self, const struct order *order)
{
    const struct program_row *row = &program_rows[order->program];
    const struct program_options *o = &all->options;
    int document = order->own ? all->document : receive_document(self->in, order->n);
    lseek(document, 0, SEEK_SET);
    signal(SIGPIPE, SIG_DFL);
    if (dup2(document, 0) != 0 || dup2(self->pipes.out, 1) != 1 || dup2(self->pipes.err, 2) != 2)
        _exit(PROGRAM_NOT_STARTED);
    for (int fd = 3; fd < 64; fd++)
        close(fd);
    limit_cpu(order->cpu_ms);
    if (row->saves && o->sandboxed && !o->files_shut_in)
        _exit(PROGRAM_NOT_SHUT_IN);
    if (!sandbox_limits(o->memory_bytes, o->cpu_seconds, 0) || !sandbox_no_forks() ||
        (o->sandboxed && !sandbox_enter(row->saves ? SANDBOX_SAVER : SANDBOX_PROGRAM)))
        _exit(PROGRAM_NOT_STARTED);
    char path[PATH_MAX];
    execute(row, program_path(order->program, o->folder, path), order->number);
}

static _Noreturn void wait_for_order(const struct runners *all, const struct runner *self, pid_t parent)
{
    struct order order;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) /* it died before that */
        _exit(PROGRAM_NOT_STARTED);
    for (unsigned i = 0; i < all->n;
         i++) { /* of those before it: they would not see the end of their orders */
        close(all->v[i].in);
        close(all->v[i].pipes.out);
        close(all->v[i].pipes.err);
    }
    read_all(self->in, &order, sizeof(order));
    if (order.program >= PROGRAM_COUNT)
        _exit(PROGRAM_NOT_STARTED);
    become(all, self, &order);
}

/* --- in the parsing process, before its sandbox closes */

static void close_pair(int fds[2])
{
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static bool start_one(struct runners *all)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    pid_t parent = getpid(), pid = -1;
    if (pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
        pid = fork();
    if (pid == 0) {
        close(in[1]);
        wait_for_order(all, &(struct runner){in[0], {out[1], err[1], -1}}, parent);
    }
    if (pid < 0) {
        close_pair(in);
        close_pair(out);
        close_pair(err);
        return false;
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    all->v[all->n++] = (struct runner){in[1], {out[0], err[0], pid}};
    return true;
}

struct runners *runners_start(unsigned n, const struct program_options *options)
{
    struct runners *all = mem_alloc(sizeof(*all));
    signal(SIGPIPE, SIG_IGN); /* a runner may have died when it gets its document */
    all->options = *options;
    all->document = options->document.n ? memfd_create("document", MFD_CLOEXEC) : -1;
    if (all->document >= 0)
        write_all(all->document, options->document);
    while (all->n < n && all->n < RUNNERS_MAX && start_one(all))
        ;
    return all;
}

/* --- inside the sandbox */

/* What cannot be given until the deadline is for collect() to find. */
static void feed(const struct extraction *x, int fd, struct span bytes)
{
    while (bytes.n && !extract_late(x)) {
        struct pollfd p = {fd, POLLOUT, 0};
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n > 0)
            bytes = (struct span){bytes.p + n, bytes.n - (size_t)n};
        else if (n < 0 && errno == EAGAIN)
            poll(&p, 1, x->deadline ? (int)(x->deadline - monotonic_ms()) : -1);
        else if (n < 0 && errno != EINTR)
            break;
    }
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

static void keep_messages(struct buf *messages, const char *piece, size_t n)
{
    size_t room = MESSAGES_MAX - messages->n;
    buf_add(messages, piece, n < room ? n : room);
}

static unsigned ms_of(struct timeval t)
{
    return (unsigned)(t.tv_sec * 1000 + t.tv_usec / 1000);
}

void program_collect(struct extraction *x, struct program_pipes *run, program_piece *on_piece, void *ctx,
                     struct program_end *end_r)
{
    char piece[PIECE];
    ssize_t n;
    bool wanted = true;
    *end_r = (struct program_end){.status = -1};
    while ((run->out >= 0 || run->err >= 0) && wanted && !extract_late(x)) {
        struct pollfd fds[2] = {{run->out, POLLIN, 0}, {run->err, POLLIN, 0}};
        int left = x->deadline ? (int)(x->deadline - monotonic_ms()) : -1;
        if (poll(fds, 2, x->deadline && left < 0 ? 0 : left) < 0 && errno != EINTR)
            break;
        if (run->out >= 0 && fds[0].revents && drain(&run->out, piece, sizeof(piece), &n))
            wanted = on_piece(ctx, (struct span){piece, (size_t)n});
        if (run->err >= 0 && fds[1].revents && drain(&run->err, piece, sizeof(piece), &n))
            keep_messages(&end_r->messages, piece, (size_t)n);
    }
    struct rusage used = {0};
    end_r->complete = run->out < 0 && run->err < 0 && wait4(run->pid, &end_r->status, 0, &used) == run->pid;
    x->cpu_others += ms_of(used.ru_utime) + ms_of(used.ru_stime);
    if (run->out >= 0)
        close(run->out); /* its next word ends it */
    if (run->err >= 0)
        close(run->err);
}

static unsigned cpu_left_ms(const struct extraction *x)
{
    unsigned used = extract_cpu_ms(x);
    return !x->cpu_ms ? 0 : used < x->cpu_ms ? x->cpu_ms - used : 1;
}

struct program_pipes *program_start_with(struct extraction *x, enum program program, unsigned number,
                                         struct span document)
{
    struct runners *all = x->runners;
    if (!all || all->used == all->n)
        return NULL;
    struct runner *run = &all->v[all->used++];
    struct span known = all->options.document;
    struct order order = {program, number, cpu_left_ms(x),
                          all->document >= 0 && document.p == known.p && document.n == known.n, document.n};
    feed(x, run->in, (struct span){(const char *)&order, sizeof(order)});
    if (!order.own)
        feed(x, run->in, document);
    close(run->in);
    return &run->pipes;
}

struct program_pipes *program_start(struct extraction *x, enum program program, struct span document)
{
    return program_start_with(x, program, 0, document);
}
