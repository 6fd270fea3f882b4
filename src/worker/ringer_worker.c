/*
 * ringer-worker: takes text out of hostile documents, or checks SPF, for ringerd and `ringer scan`, shut in. Started by the
 * supervisor (pool.c) with its socket on descriptor 3 and nothing else. This process reads nothing hostile: it
 * waits for a request to arrive, and a child reads it (serve.c). A child that does not end well ends the worker.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "worker/codepage.h"
#include "worker/protocol.h"
#include "worker/resolve.h"
#include "worker/sandbox.h"
#include "worker/selftest.h"
#include "worker/serve.h"
#include "worker/spf_serve.h"

struct arguments {
    struct serve_options serve;
    bool allow_unsandboxed, self_test;
    bool spf;
    const char *resolvers;
    struct resolver *resolver;
};

static const char help[] =
    "usage: ringer-worker --self-test\n\n"
    "Reads hostile input for ringerd and ringer, which start it with a socket on descriptor 3.\n"
    "  --self-test           try what the sandbox forbids, on this machine; TAP on standard output\n"
    "  --service=extract     takes the text out of attachments (the default)\n"
    "  --service=spf         checks SPF and looks up DMARC records\n"
    "  --resolvers=LIST      for spf: DNS servers, IP[@PORT] with blanks between; those of /etc/resolv.conf\n"
    "  --memory=BYTES --input=BYTES --deadline=MILLISECONDS\n"
    "                        the limits of each request\n"
    "  --allow-unsandboxed   work even where the kernel has no seccomp\n"
    "  --help, --version\n";

static int parse_arguments(int argc, char **argv, struct arguments *a)
{
    static const struct option options[] = {
        {"self-test", no_argument, NULL, 't'},         {"service", required_argument, NULL, 's'},
        {"resolvers", required_argument, NULL, 'r'},   {"memory", required_argument, NULL, 'm'},
        {"input", required_argument, NULL, 'i'},       {"deadline", required_argument, NULL, 'd'},
        {"allow-unsandboxed", no_argument, NULL, 'u'}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},           {NULL, 0, NULL, 0},
    };
    for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (c == 't')
            a->self_test = true;
        else if (c == 's' && (strcmp(optarg, "extract") == 0 || strcmp(optarg, "spf") == 0))
            a->spf = *optarg == 's';
        else if (c == 'r')
            a->resolvers = optarg;
        else if (c == 'm')
            a->serve.memory_bytes = strtoull(optarg, NULL, 10);
        else if (c == 'i')
            a->serve.input_bytes = strtoull(optarg, NULL, 10);
        else if (c == 'd')
            a->serve.deadline_ms = (unsigned)strtoul(optarg, NULL, 10);
        else if (c == 'u')
            a->allow_unsandboxed = true;
        else if (c == 'h')
            return fputs(help, stdout), 0;
        else if (c == 'V')
            return puts("ringer-worker (" PACKAGE_STRING ")"), 0;
        else
            return fputs(help, stderr), 2;
    }
    return -1;
}

/* No descriptor of the daemon may stay open here, whatever library forgot to mark it. */
static void close_from(unsigned first)
{
    if (syscall(SYS_close_range, first, ~0U, 0) != 0)
        for (unsigned fd = first; fd < 65536; fd++)
            close((int)fd);
}

/* NULL, or why the worker must not work. */
static char *shut_in(struct arguments *a, unsigned *sandbox_r)
{
    enum sandbox_stage stage = a->spf ? SANDBOX_RESOLVER : SANDBOX_LAUNCHER;
    char *why = NULL;
    *sandbox_r = 0;
    if (!sandbox_drop_privileges() && !a->allow_unsandboxed)
        return mem_printf("cannot give up privileges: %s", strerror(errno));
    if (!a->spf)
        codepage_preload();
    else if (!(a->resolver = resolver_new(a->resolvers, &why)))
        return why;
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        return mem_printf("prctl: %s", strerror(errno));
    if (a->spf ? sandbox_no_files() : sandbox_files(a->serve.folder))
        *sandbox_r |= SANDBOX_LANDLOCK;
    if (sandbox_prepare(*sandbox_r & SANDBOX_LANDLOCK) && sandbox_enter(stage))
        *sandbox_r |= SANDBOX_SECCOMP;
    else if (!a->allow_unsandboxed)
        return mem_printf(
            "no seccomp here (%s); the option worker.allow-unsandboxed would let it work without",
            strerror(errno));
    return NULL;
}

/* false when the supervisor is gone */
static bool wait_for_request(void)
{
    struct pollfd p = {WORKER_FD, POLLIN, 0};
    char c;
    ssize_t n;
    while (poll(&p, 1, -1) < 0 && errno == EINTR)
        ;
    do
        n = recv(WORKER_FD, &c, 1, MSG_PEEK);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

/* 0, or with what the worker ends, since nothing is known of its child any more. */
static int serve_in_child(const struct serve_options *options)
{
    int status = -1;
    pid_t pid = fork(), other;
    if (pid == 0)
        serve_one(WORKER_FD, options);
    if (pid < 0)
        return 1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    do /* pdftotext, which died with it */
        other = waitpid(-1, NULL, 0);
    while (other > 0 || errno == EINTR);
    return WIFSIGNALED(status) ? EXIT_CHILD_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static int serve(const struct arguments *a)
{
    if (a->spf)
        return spf_serve_one(WORKER_FD, &a->serve, a->resolver) ? 0 : 1;
    return serve_in_child(&a->serve);
}

static int self_test(struct arguments *a)
{
    unsigned sandbox;
    char *why = shut_in(a, &sandbox);
    if (why) {
        printf("Bail out! %s\n", why);
        return 1;
    }
    int code = selftest_run(sandbox & SANDBOX_LANDLOCK, a->spf) ? 1 : 0;
    fflush(stdout);
    _exit(code); /* the C library's (and a sanitizer's) farewell needs what is forbidden now */
}

/* Where this program is; readers of pictures, where they are installed, are beside it. */
static const char *own_folder(char path[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash)
        return PKGLIBEXECDIR;
    *slash = '\0';
    return path;
}

int main(int argc, char **argv)
{
    char folder[PATH_MAX];
    struct arguments a = {.serve = {.folder = own_folder(folder),
                                    .memory_bytes = 256 << 20,
                                    .input_bytes = 32 << 20,
                                    .deadline_ms = 4000},
                          .resolvers = ""};
    int type = 0, code = parse_arguments(argc, argv, &a);
    unsigned sandbox;
    if (code >= 0)
        return code;
    if (a.self_test)
        return self_test(&a);
    if (getsockopt(WORKER_FD, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof(type)}) != 0) {
        fputs("ringer-worker: descriptor 3 is no socket; it is started by ringerd and ringer, see "
              "ringer-worker(8)\n",
              stderr);
        return 2;
    }
    close_from(WORKER_FD + 1);
    signal(SIGPIPE, SIG_IGN);
    char *why = shut_in(&a, &sandbox);
    if (why) {
        serve_refusal(WORKER_FD, why);
        _exit(1);
    }
    a.serve.sandboxed = sandbox & SANDBOX_SECCOMP;
    a.serve.files_shut_in = sandbox & SANDBOX_LANDLOCK;
    if (!serve_hello(WORKER_FD, sandbox))
        _exit(1);
    while (wait_for_request())
        if ((code = serve(&a)) != 0)
            _exit(code);
    _exit(0);
}
