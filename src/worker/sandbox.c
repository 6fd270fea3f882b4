/*
 * The worker's sandbox: seccomp allow-lists by libseccomp, Landlock for files, resource limits, no privileges.
 * A call that is not listed fails with ENOSYS rather than killing: a C library that tries a newer call first
 * falls back, and pdftotext goes on; what is forbidden is not done either way. 32-bit calls kill.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/landlock.h>
#include <seccomp.h>

#include "worker/programs.h"
#include "worker/sandbox.h"

enum {
    L = SANDBOX_LAUNCHER,
    G = SANDBOX_LAUNCHER | SANDBOX_PROGRAM | SANDBOX_SAVER,
    A = SANDBOX_LAUNCHER | SANDBOX_PROGRAM | SANDBOX_SAVER | SANDBOX_PARSER | SANDBOX_RESOLVER,
    R = SANDBOX_RESOLVER,
    LR = SANDBOX_LAUNCHER | SANDBOX_RESOLVER,
    GR = SANDBOX_LAUNCHER | SANDBOX_PROGRAM | SANDBOX_SAVER | SANDBOX_RESOLVER,
    NOBODY = 65534,
};

#ifdef RINGER_SANITIZED
#define SANITIZER_NEEDS A /* the run-time library of AddressSanitizer in the parser */
#else
#define SANITIZER_NEEDS GR
#endif

static const struct {
    int call;
    int stages;
} allowed[] = {
    /* the descriptors there are */
    {SCMP_SYS(read), A},
    {SCMP_SYS(readv), A},
    {SCMP_SYS(write), A},
    {SCMP_SYS(writev), A},
    {SCMP_SYS(poll), A},
    {SCMP_SYS(ppoll), A},
    {SCMP_SYS(close), A},
    {SCMP_SYS(lseek), A},
    {SCMP_SYS(fstat), A},
    {SCMP_SYS(recvfrom), A},
    {SCMP_SYS(sendto), A},
    {SCMP_SYS(recv), A},
    {SCMP_SYS(send), A},
    {SCMP_SYS(_llseek), A},
    {SCMP_SYS(fstat64), A},
    /* memory */
    {SCMP_SYS(brk), A},
    {SCMP_SYS(munmap), A},
    {SCMP_SYS(mremap), A},
    {SCMP_SYS(madvise), A},
    {SCMP_SYS(mmap), GR},
    {SCMP_SYS(mmap2), GR},
    {SCMP_SYS(mprotect), GR},
    /* time, exit, waiting for the child */
    {SCMP_SYS(clock_gettime), A},
    {SCMP_SYS(clock_gettime64), A},
    {SCMP_SYS(gettimeofday), A},
    {SCMP_SYS(time), A},
    {SCMP_SYS(exit), A},
    {SCMP_SYS(exit_group), A},
    {SCMP_SYS(rt_sigreturn), A},
    {SCMP_SYS(sigreturn), A},
    {SCMP_SYS(restart_syscall), A},
    {SCMP_SYS(rt_sigprocmask), A},
    {SCMP_SYS(rt_sigaction), A},
    {SCMP_SYS(wait4), A},
    {SCMP_SYS(waitid), A},
    {SCMP_SYS(futex), A},
    {SCMP_SYS(futex_time64), A},
    {SCMP_SYS(getrandom), A},
    /* what a program needs to start and to read */
    {SCMP_SYS(execve), G},
    {SCMP_SYS(access), G},
    {SCMP_SYS(faccessat), G},
    {SCMP_SYS(faccessat2), G},
    {SCMP_SYS(newfstatat), GR},
    {SCMP_SYS(fstatat64), G},
    {SCMP_SYS(stat), G},
    {SCMP_SYS(stat64), G},
    {SCMP_SYS(lstat), G},
    {SCMP_SYS(lstat64), G},
    {SCMP_SYS(statx), G},
    {SCMP_SYS(statfs), G},
    {SCMP_SYS(fstatfs), G},
    {SCMP_SYS(pread64), G},
    {SCMP_SYS(readlink), G},
    {SCMP_SYS(readlinkat), G},
    {SCMP_SYS(getcwd), G},
    {SCMP_SYS(getdents64), G},
    {SCMP_SYS(getdents), G},
    {SCMP_SYS(fadvise64), G},
    {SCMP_SYS(arch_prctl), G},
    {SCMP_SYS(set_thread_area), G},
    {SCMP_SYS(set_tid_address), G},
    {SCMP_SYS(set_robust_list), GR},
    {SCMP_SYS(rseq), GR},
    {SCMP_SYS(membarrier), GR},
    {SCMP_SYS(uname), GR},
    {SCMP_SYS(sysinfo), GR},
    {SCMP_SYS(getuid), GR},
    {SCMP_SYS(geteuid), GR},
    {SCMP_SYS(getgid), GR},
    {SCMP_SYS(getegid), GR},
    {SCMP_SYS(getuid32), GR},
    {SCMP_SYS(geteuid32), GR},
    {SCMP_SYS(getgid32), GR},
    {SCMP_SYS(getegid32), GR},
    {SCMP_SYS(dup), G},
    {SCMP_SYS(fcntl), GR},
    {SCMP_SYS(fcntl64), GR},
    {SCMP_SYS(getrlimit), G},
    {SCMP_SYS(ugetrlimit), G},
    {SCMP_SYS(getrusage), GR},
    {SCMP_SYS(times), G},
    {SCMP_SYS(sched_yield), GR},
    {SCMP_SYS(clock_getres), GR},
    {SCMP_SYS(clock_nanosleep), GR},
    {SCMP_SYS(getpid), SANITIZER_NEEDS},
    {SCMP_SYS(gettid), SANITIZER_NEEDS},
    {SCMP_SYS(sigaltstack), SANITIZER_NEEDS},
    {SCMP_SYS(sched_getaffinity), SANITIZER_NEEDS},
    /* the worker itself */
    {SCMP_SYS(fork), LR},
    {SCMP_SYS(vfork), LR},
    {SCMP_SYS(prctl), LR},
    {SCMP_SYS(seccomp), LR},
    {SCMP_SYS(setrlimit), LR},
    {SCMP_SYS(prlimit64), LR},
    {SCMP_SYS(dup2), LR},
    {SCMP_SYS(dup3), LR},
    {SCMP_SYS(pipe), LR},
    {SCMP_SYS(pipe2), LR},
    {SCMP_SYS(memfd_create), L},
    {SCMP_SYS(close_range), LR},
    {SCMP_SYS(getppid), LR},
    {SCMP_SYS(setitimer), LR},
    {SCMP_SYS(alarm), LR},
    /* the one that asks the DNS; socket() is bounded below */
    {SCMP_SYS(bind), R},
    {SCMP_SYS(connect), R},
    {SCMP_SYS(getsockname), R},
    {SCMP_SYS(getpeername), R},
    {SCMP_SYS(getsockopt), R},
    {SCMP_SYS(setsockopt), R},
    {SCMP_SYS(sendmsg), R},
    {SCMP_SYS(recvmsg), R},
    {SCMP_SYS(sendmmsg), R},
    {SCMP_SYS(shutdown), R},
    {SCMP_SYS(ioctl), R},
    {SCMP_SYS(select), R},
    {SCMP_SYS(_newselect), R},
    {SCMP_SYS(pselect6), R},
    {SCMP_SYS(epoll_create), R},
    {SCMP_SYS(epoll_create1), R},
    {SCMP_SYS(epoll_ctl), R},
    {SCMP_SYS(epoll_wait), R},
    {SCMP_SYS(epoll_pwait), R},
    {SCMP_SYS(eventfd2), R},
    {SCMP_SYS(timerfd_create), R},
    {SCMP_SYS(timerfd_settime), R},
};

/* Allowed when none of `bits` is set in that argument. */
static int allow_without(scmp_filter_ctx filter, int call, unsigned argument, scmp_datum_t bits)
{
    struct scmp_arg_cmp clear = {argument, SCMP_CMP_MASKED_EQ, bits, 0};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &clear);
}

/* For writing, but not for both. */
static int allow_writing(scmp_filter_ctx filter, int call, unsigned argument)
{
    struct scmp_arg_cmp writing = {argument, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &writing);
}

static int allow_family(scmp_filter_ctx filter, int call, scmp_datum_t family)
{
    struct scmp_arg_cmp equal = {0, SCMP_CMP_EQ, family, 0};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &equal);
}

/* Calls that are allowed with some arguments only. */
static int add_bounded(scmp_filter_ctx filter, enum sandbox_stage stage, bool files_shut_in)
{
    static const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC, all = UINT64_MAX,
                              new_namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                               CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    int rc = 0;
    if (stage == SANDBOX_LAUNCHER || stage == SANDBOX_PROGRAM || stage == SANDBOX_SAVER)
        rc |= allow_without(filter, SCMP_SYS(openat), 2, writing) |
              allow_without(filter, SCMP_SYS(open), 1, writing);
    /* Landlock lets a saver have its pipe only; it would not forbid to cut off what is opened for reading. */
    if (stage == SANDBOX_SAVER || (stage == SANDBOX_LAUNCHER && files_shut_in))
        rc |= allow_writing(filter, SCMP_SYS(openat), 2) | allow_writing(filter, SCMP_SYS(open), 1);
    if (stage == SANDBOX_PROGRAM || stage == SANDBOX_SAVER) /* asking only */
        rc |= allow_without(filter, SCMP_SYS(prlimit64), 2, all);
    if (stage == SANDBOX_LAUNCHER)
        rc |= allow_without(filter, SCMP_SYS(clone), 0, new_namespaces | CLONE_THREAD);
    if (stage == SANDBOX_RESOLVER)
        rc |= allow_without(filter, SCMP_SYS(clone), 0, new_namespaces) |
              allow_family(filter, SCMP_SYS(socket), AF_INET) |
              allow_family(filter, SCMP_SYS(socket), AF_INET6) |
              allow_family(filter, SCMP_SYS(socketpair), AF_UNIX);
    if (stage == SANDBOX_PARSER) /* no new code */
        rc |= allow_without(filter, SCMP_SYS(mmap), 2, PROT_EXEC) |
              allow_without(filter, SCMP_SYS(mmap2), 2, PROT_EXEC) |
              allow_without(filter, SCMP_SYS(mprotect), 2, PROT_EXEC);
    return rc;
}

static scmp_filter_ctx filters[SANDBOX_SAVER + 1];

static scmp_filter_ctx build(enum sandbox_stage stage, bool files_shut_in)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int rc = 0;
    if (!filter)
        return NULL;
    for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed) && rc == 0; i++)
        if (allowed[i].stages & (int)stage)
            rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i].call, 0);
    if (rc == 0 && add_bounded(filter, stage, files_shut_in) == 0)
        return filter;
    seccomp_release(filter);
    return NULL;
}

bool sandbox_prepare(bool files_shut_in)
{
    static const enum sandbox_stage stages[] = {SANDBOX_LAUNCHER, SANDBOX_PROGRAM, SANDBOX_PARSER,
                                                SANDBOX_RESOLVER, SANDBOX_SAVER};
    for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++)
        if (!filters[stages[i]] && !(filters[stages[i]] = build(stages[i], files_shut_in))) {
            errno = ENOSYS;
            return false;
        }
    return true;
}

bool sandbox_enter(enum sandbox_stage stage)
{
    int rc = filters[stage] ? seccomp_load(filters[stage]) : -ENOSYS;
    if (rc != 0)
        errno = -rc;
    return rc == 0;
}

bool sandbox_drop_privileges(void)
{
    static const struct rlimit none = {0, 0};
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                           setresuid(NOBODY, NOBODY, NOBODY) != 0))
        return false;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
           prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static void allow_below(int ruleset, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return;
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

/* Everything that version 1 of Landlock knows is handled, so what is not allowed below is refused. */
static int new_ruleset(void)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    return (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
}

static bool restrict_self(int ruleset)
{
    bool done = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return done;
}

bool sandbox_files(const char *folder)
{
    static const char *const folders[] = {"/usr",    "/lib", "/lib32",     "/lib64",
                                          "/libx32", "/opt", "/nix/store", "/gnu/store"};
    static const char *const files[] = {"/etc/ld.so.cache", "/dev/null"};
    int ruleset = new_ruleset();
    if (ruleset < 0)
        return false;
    const uint64_t file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
        allow_below(ruleset, folders[i], file | LANDLOCK_ACCESS_FS_READ_DIR);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        allow_below(ruleset, files[i], file);
    for (size_t i = 0; i < PROGRAM_COUNT; i++) {
        char path[PATH_MAX];
        allow_below(ruleset, program_path((enum program)i, folder, path), file);
    }
    return restrict_self(ruleset);
}

bool sandbox_no_files(void)
{
    int ruleset = new_ruleset();
    return ruleset >= 0 && restrict_self(ruleset);
}

static bool limit_softly(int resource, rlim_t soft, rlim_t hard)
{
    struct rlimit r = {soft, hard}, now;
    if (getrlimit(resource, &now) == 0 && now.rlim_max < hard)
        r.rlim_max = now.rlim_max;
    r.rlim_cur = soft < r.rlim_max ? soft : r.rlim_max;
    return setrlimit(resource, &r) == 0;
}

static bool limit(int resource, rlim_t value)
{
    return limit_softly(resource, value, value);
}

bool sandbox_limits(size_t memory_bytes, unsigned cpu_seconds, size_t file_bytes)
{
    return (memory_bytes == 0 || limit(RLIMIT_AS, memory_bytes)) &&
           limit_softly(RLIMIT_CPU, cpu_seconds, cpu_seconds + 1) /* SIGXCPU says why, SIGKILL does not */ &&
           limit(RLIMIT_FSIZE, file_bytes) && limit(RLIMIT_NOFILE, 64) && limit(RLIMIT_MEMLOCK, 0) &&
           limit(RLIMIT_MSGQUEUE, 0);
}

bool sandbox_no_forks(void)
{
    return limit(RLIMIT_NPROC, 0);
}
