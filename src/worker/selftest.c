/*
 * ringer-worker --self-test: proves on this machine, with this kernel and C library, that the sandbox holds.
 * Each forbidden act is tried in a child of its own that has entered the stage; it must fail.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/sandbox.h"
#include "worker/selftest.h"

enum {
    GOT_THROUGH = 76,
    HELD = 77,
    ALL = SANDBOX_LAUNCHER | SANDBOX_PROGRAM | SANDBOX_SAVER | SANDBOX_PARSER | SANDBOX_RESOLVER,
};

/* Each returns true when the act succeeded, which it must not. */
static bool open_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_INET6, SOCK_DGRAM, 0) >= 0;
}

static bool open_local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool open_raw_socket(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0 || socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static bool write_file(void)
{
    return open("/tmp/ringer-worker-self-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
}

static bool open_file(void)
{
    return open("/usr/bin/env", O_RDONLY | O_CLOEXEC) >= 0 || open(PDFTOTEXT, O_RDONLY | O_CLOEXEC) >= 0;
}

static bool read_secrets(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ||
           open("/proc/self/status", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool make_process(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool run_program(void)
{
    char name[] = "true", *argv[] = {name, NULL};
    execve("/usr/bin/true", argv, argv + 1); /* does it run, the exit code is 0, and that is not HELD */
    return errno != ENOSYS;
}

static bool signal_parent(void)
{
    return kill(getppid(), 0) == 0 || kill(1, 0) == 0;
}

static bool trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool new_namespace(void)
{
    return syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */) == 0;
}

static bool run_own_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static bool raise_limits(void)
{
    struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_CPU, &r) == 0;
}

static const struct {
    const char *what;
    bool (*got_through)(void);
    int stages;
    bool needs_landlock;
} acts[] = {
    {"open an internet socket", open_socket, ALL & ~SANDBOX_RESOLVER, false},
    {"open a socket of another family", open_raw_socket, ALL, false},
    {"open a local socket", open_local_socket, ALL, false},
    {"write a file", write_file, ALL, false},
    {"trace", trace, ALL, false},
    {"make a namespace", new_namespace, ALL, false},
    {"signal other processes", signal_parent, ALL, false},
    {"read /etc or /proc", read_secrets, ALL, true},
    {"fork", make_process, SANDBOX_PROGRAM | SANDBOX_SAVER | SANDBOX_PARSER, false},
    {"raise its limits", raise_limits, SANDBOX_PROGRAM | SANDBOX_SAVER | SANDBOX_PARSER, false},
    {"open any file", open_file, SANDBOX_PARSER | SANDBOX_RESOLVER, false},
    {"run a program", run_program, SANDBOX_PARSER | SANDBOX_RESOLVER, false},
    {"map memory it can write and run", run_own_code, SANDBOX_PARSER, false},
};

static bool held(size_t i, enum sandbox_stage stage)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if ((stage & (SANDBOX_PROGRAM | SANDBOX_SAVER | SANDBOX_PARSER)) &&
            (!sandbox_no_forks() || !sandbox_enter(stage)))
            _exit(GOT_THROUGH);
        _exit(acts[i].got_through() ? GOT_THROUGH : HELD);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == HELD;
}

/* With `spf` the process itself is the resolver's stage, else the launcher's; the others are entered from there. */
unsigned selftest_run(bool landlock, bool spf)
{
    static const struct {
        const char *name;
        enum sandbox_stage stage;
    } stages[] = {{"worker", SANDBOX_LAUNCHER},
                  {"pdftotext", SANDBOX_PROGRAM},
                  {"pdfdetach", SANDBOX_SAVER},
                  {"parser", SANDBOX_PARSER},
                  {"resolver", SANDBOX_RESOLVER}};
    unsigned n = 0, failed = 0;
    for (size_t s = 0; s < sizeof(stages) / sizeof(*stages); s++)
        for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
            enum sandbox_stage stage = stages[s].stage, other = spf ? SANDBOX_LAUNCHER : SANDBOX_RESOLVER;
            if (!(acts[i].stages & (int)stage) || stage == other ||
                (spf && stage & (SANDBOX_PROGRAM | SANDBOX_SAVER)))
                continue;
            /* which needs Landlock, and without it is never entered */
            bool skip = !landlock &&
                        (stage == SANDBOX_SAVER || (acts[i].needs_landlock && stage == SANDBOX_LAUNCHER));
            bool ok = skip || held(i, stage);
            failed += !ok;
            printf("%s %u - %s cannot %s%s\n", ok ? "ok" : "not ok", ++n, stages[s].name, acts[i].what,
                   skip ? " # SKIP this kernel has no Landlock" : "");
            fflush(stdout);
        }
    printf("1..%u\n", n);
    return failed;
}
