/*
 * A worker process seen from the daemon. Started by posix_spawn, so that no code of ours runs between fork and
 * exec in a daemon with many threads; every descriptor of ours closes on exec, and the worker closes the rest.
 * It leads its own process group, so that one signal reaches it and whatever it started.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "worker/process.h"
#include "worker/serve.h"

enum {
    REAP_MS = 200,   /* a killed process is gone within one or two, unless the machine is in trouble */
    DISMISS_MS = 50, /* for a worker to notice the end */
};

static int time_left(int64_t deadline)
{
    int64_t left = deadline - monotonic_ms();
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

static bool wait_for(int fd, short events, int64_t deadline)
{
    struct pollfd p = {fd, events, 0};
    int rc;
    do
        rc = poll(&p, 1, time_left(deadline));
    while (rc < 0 && errno == EINTR);
    return rc > 0;
}

bool process_alive(const struct process *process)
{
    struct pollfd p = {process->fd, POLLIN, 0};
    return process->pid && poll(&p, 1, 0) == 0;
}

/* All parts in as few calls as possible: each would wake the worker, which waits for the rest then. */
enum exchange process_send(const struct process *process, struct frame_header header,
                           const struct span *parts, size_t n_parts, int64_t deadline)
{
    unsigned char head[FRAME_HEADER];
    struct iovec all[4] = {{head, sizeof(head)}};
    struct msghdr message = {.msg_iov = all, .msg_iovlen = 1};
    header.length = 0;
    for (size_t i = 0; i < n_parts && i < 3; i++) {
        all[message.msg_iovlen++] = (struct iovec){(void *)(uintptr_t)parts[i].p, parts[i].n};
        header.length += (uint32_t)parts[i].n;
    }
    frame_header_encode(head, header);
    while (message.msg_iovlen) {
        ssize_t sent = sendmsg(process->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return EXCHANGE_CLOSED;
        if (sent < 0 && errno == EAGAIN && !wait_for(process->fd, POLLOUT, deadline))
            return EXCHANGE_TIMEOUT;
        size_t done = sent > 0 ? (size_t)sent : 0;
        for (; message.msg_iovlen && done >= message.msg_iov->iov_len;
             message.msg_iov++, message.msg_iovlen--)
            done -= message.msg_iov->iov_len;
        if (message.msg_iovlen) {
            message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + done;
            message.msg_iov->iov_len -= done;
        }
    }
    return EXCHANGE_OK;
}

static enum exchange receive(int fd, void *data, size_t n, int64_t deadline)
{
    for (char *p = data; n;) {
        ssize_t got = recv(fd, p, n, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return EXCHANGE_CLOSED;
        if (got < 0 && errno == EAGAIN && !wait_for(fd, POLLIN, deadline))
            return EXCHANGE_TIMEOUT;
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
    return EXCHANGE_OK;
}

enum exchange process_receive(const struct process *process, struct arena *arena, size_t max,
                              int64_t deadline, uint8_t *type_r, struct span *payload_r)
{
    unsigned char head[FRAME_HEADER];
    struct frame_header header;
    enum exchange rc = receive(process->fd, head, sizeof(head), deadline);
    if (rc != EXCHANGE_OK)
        return rc;
    if (!frame_header_decode(head, &header) || header.length > max)
        return EXCHANGE_NONSENSE;
    char *payload = arena_alloc(arena, (size_t)header.length + 1);
    *type_r = header.type;
    *payload_r = (struct span){payload, header.length};
    return receive(process->fd, payload, header.length, deadline);
}

static int spawn(pid_t *pid, const char *path, int fd, char *const argv[])
{
#ifdef RINGER_SANITIZED
    static const char *const environment[] = {"LC_ALL=C", "ASAN_OPTIONS=detect_leaks=0", NULL};
#else
    static const char *const environment[] = {"LC_ALL=C", NULL};
#endif
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    /* the socket first: 0 to 2 may be where it is now */
    posix_spawn_file_actions_adddup2(&actions, fd, WORKER_FD);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_addopen(&actions, i, "/dev/null", i ? O_WRONLY : O_RDONLY, 0);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawn(pid, path, &actions, &attributes, argv, (char *const *)(uintptr_t)environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return rc;
}

static bool spawn_with_options(struct process *process, const struct worker_options *options, char **error_r)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
        *error_r = mem_printf("socketpair: %s", strerror(errno));
        return false;
    }
    char *memory = mem_printf("--memory=%zu", options->memory_bytes);
    char *input = mem_printf("--input=%zu", options->input_bytes);
    char *longest = mem_printf("--deadline=%u", options->deadline_ms);
    char *service = mem_printf("--service=%s", options->service == WORKER_SPF ? "spf" : "extract");
    char *resolvers = mem_printf("--resolvers=%s", options->resolvers ? options->resolvers : "");
    char name[] = "ringer-worker", open[] = "--allow-unsandboxed";
    char *argv[] = {
        name, service, resolvers, memory, input, longest, options->allow_unsandboxed ? open : NULL, NULL};
    int rc = spawn(&process->pid, options->path, fds[1], argv);
    free(service);
    free(resolvers);
    free(memory);
    free(input);
    free(longest);
    close(fds[1]);
    if (rc != 0) {
        close(fds[0]);
        *process = (struct process){.fd = -1};
        *error_r = mem_printf("%s: %s", options->path, strerror(rc));
        return false;
    }
    process->fd = fds[0];
    return true;
}

bool process_start(struct process *process, const struct worker_options *options, int64_t deadline,
                   char **error_r)
{
    struct arena *arena;
    struct span payload = {NULL, 0};
    uint8_t type = 0;
    char why[FRAME_DETAIL_MAX + 1];
    *error_r = NULL;
    process->status = -1;
    if (!spawn_with_options(process, options, error_r))
        return false;
    arena = arena_new();
    enum exchange rc = process_receive(process, arena, FRAME_DETAIL_MAX, deadline, &type, &payload);
    if (rc == EXCHANGE_OK && type == FRAME_REFUSED) {
        frame_detail_clean(why, payload);
        *error_r = mem_printf("%s refuses to work: %s", options->path, why);
    } else if (rc == EXCHANGE_CLOSED) {
        process_bury(process);
        char *end = process_end_text(process->status);
        *error_r = mem_printf("%s ended at its start: it %s", options->path, end);
        free(end);
    } else if (rc != EXCHANGE_OK || type != FRAME_HELLO || !hello_decode(payload, &process->sandbox)) {
        *error_r =
            mem_printf("%s %s", options->path,
                       rc == EXCHANGE_TIMEOUT ? "did not start in time" : "does not say what it should");
    } else if (!(process->sandbox & SANDBOX_SECCOMP) && !options->allow_unsandboxed) {
        *error_r = mem_printf("%s runs without a sandbox", options->path);
    }
    arena_free(&arena);
    if (*error_r)
        process_kill(process);
    return !*error_r;
}

bool process_reap(struct process *process, bool wait)
{
    pid_t rc;
    if (!process->pid)
        return true;
    process->status = -1;
    do
        rc = waitpid(process->pid, &process->status, wait ? 0 : WNOHANG);
    while (rc < 0 && errno == EINTR);
    if (rc == 0)
        return false;
    process->pid = 0; /* or ECHILD: somebody ignores SIGCHLD and it is gone */
    return true;
}

static bool reap_soon(struct process *process, int ms)
{
    static const struct timespec one = {0, 1000000};
    for (int i = 0; i < ms; i++) {
        if (process_reap(process, false))
            return true;
        nanosleep(&one, NULL);
    }
    return false;
}

bool process_kill(struct process *process)
{
    if (process->fd >= 0)
        close(process->fd);
    process->fd = -1;
    if (!process->pid)
        return true;
    kill(-process->pid, SIGKILL); /* not reaped yet, so the number is still its own */
    kill(process->pid, SIGKILL);
    return reap_soon(process, REAP_MS);
}

bool process_bury(struct process *process)
{
    static const struct timespec one = {0, 1000000};
    siginfo_t info = {0};
    for (int i = 0; process->pid && i < DISMISS_MS; i++) {
        /* it stays a zombie, so that its group's number is still its own */
        if (waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid)
            break;
        nanosleep(&one, NULL);
    }
    return process_kill(process);
}

static const char *remedy(int signal)
{
    switch (signal) {
    case SIGSYS:
        return ": a filter of system calls around it forbids what it needs; in a unit of systemd, "
               "SystemCallFilter "
               "must allow @system-service @sandbox landlock_create_ruleset landlock_add_rule "
               "landlock_restrict_self seccomp";
    case SIGKILL:
        return ": was memory short (journalctl -k), or MemoryMax of the unit too low?";
    case SIGXCPU:
        return ": it used up its processor time";
    default:
        return "";
    }
}

char *process_end_text(int status)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    const char *whose = "was";
    if (status == -1)
        return mem_strdup("ended for an unknown reason");
    if (code > EXIT_CHILD_SIGNAL) { /* of the process that did the work */
        signal = code - EXIT_CHILD_SIGNAL;
        whose = "gave up, since its child was";
    }
    const char *name = signal ? sigabbrev_np(signal) : NULL;
    if (signal)
        return mem_printf("%s killed by SIG%s%s", whose, name ? name : "?", remedy(signal));
    return mem_printf("ended with exit code %d", code);
}

void process_dismiss(struct process *process)
{
    if (process->fd >= 0)
        close(process->fd);
    process->fd = -1;
    if (process->pid && !reap_soon(process, DISMISS_MS))
        process_kill(process);
}
