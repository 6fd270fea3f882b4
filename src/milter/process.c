/*
 * User, limits, background, pid file. All of it happens before there is a second thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"

#include "milter/acceptor.h"
#include "milter/process.h"

static int ready_pipe = -1;
static char *pid_path;

static int fail(char *error, size_t size, const char *what)
{
    snprintf(error, size, "%s: %s", what, strerror(errno));
    return -1;
}

int process_group(const char *name, gid_t *gid_r, char *error, size_t size)
{
    if (!*name)
        return 0;
    struct group *gr = getgrnam(name);
    if (gr) {
        *gid_r = gr->gr_gid;
        return 0;
    }
    snprintf(error, size, "no group '%s': create it (groupadd --system %s) or change the configuration", name,
             name);
    return -1;
}

int process_identity(const char *user, const char *group, struct identity *id_r, char *error, size_t size)
{
    *id_r = (struct identity){.uid = geteuid(), .gid = getegid()};
    if (!*user) {
        if (geteuid() != 0)
            return 0;
        snprintf(error, size,
                 "will not run as root: set daemon user in the configuration, or start as that user");
        return -1;
    }
    struct passwd *pw = getpwnam(user);
    if (!pw) {
        snprintf(error, size, "no user '%s': create it (useradd --system %s) or change the configuration",
                 user, user);
        return -1;
    }
    if (pw->pw_uid == 0) {
        snprintf(error, size, "user '%s' is root: choose another", user);
        return -1;
    }
    id_r->user = user;
    id_r->uid = pw->pw_uid;
    id_r->gid = pw->pw_gid;
    return process_group(group, &id_r->gid, error, size);
}

int process_drop(const struct identity *id, char *error, size_t size)
{
    if (id->user && geteuid() == 0) {
        if (initgroups(id->user, id->gid) != 0 || setresgid(id->gid, id->gid, id->gid) != 0 ||
            setresuid(id->uid, id->uid, id->uid) != 0)
            return fail(error, size, "cannot give up root");
        if (setuid(0) == 0) {
            snprintf(error, size, "could become root again: refusing to run");
            return -1;
        }
    } else if (id->user && geteuid() != id->uid) {
        snprintf(error, size, "cannot become user '%s': start as root or as that user", id->user);
        return -1;
    }
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    umask(0077);
    return 0;
}

int process_raise_limits(unsigned connections, char *error, size_t size)
{
    enum { SPARE_FDS = CONF_FILES_OTHER, FDS_EACH = CONF_FILES_EACH };
    _Static_assert(CONF_FILES_OTHER >= 64 + ACCEPTOR_SPARE, "bursts have room");
    struct rlimit rl;
    rlim_t want = (rlim_t)connections * FDS_EACH + SPARE_FDS;
    if (getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur >= want)
        return 0;
    rl.rlim_cur = want < rl.rlim_max ? want : rl.rlim_max;
    setrlimit(RLIMIT_NOFILE, &rl);
    if (getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur >= want)
        return 0;
    unsigned room = rl.rlim_cur > SPARE_FDS + FDS_EACH ? (unsigned)((rl.rlim_cur - SPARE_FDS) / FDS_EACH) : 1;
    snprintf(
        error, size,
        "%llu open files are allowed, and max-connections is %u: raise the limit to %llu (LimitNOFILE= of "
        "the unit, ulimit -n) or lower max-connections to at most %u",
        (unsigned long long)rl.rlim_cur, connections, (unsigned long long)want, room);
    return -1;
}

int process_detach(char *error, size_t size)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return fail(error, size, "pipe");
    pid_t pid = fork();
    if (pid < 0)
        return fail(error, size, "fork");
    if (pid > 0) { /* waits until the daemon is ready or has said on stderr why not */
        char ok = 1;
        close(fds[1]);
        while (read(fds[0], &ok, 1) < 0 && errno == EINTR)
            ;
        _exit(ok);
    }
    close(fds[0]);
    ready_pipe = fds[1];
    setsid();
    return 0;
}

void process_ready(void)
{
    if (ready_pipe < 0)
        return;
    char ok = 0;
    (void)!write(ready_pipe, &ok, 1);
    close(ready_pipe);
    ready_pipe = -1;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    if (null > STDERR_FILENO)
        close(null);
    (void)!chdir("/");
}

int process_pidfile(const char *path, char *error, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(error, size, "pid file %s: %s", path,
                 errno == EWOULDBLOCK ? "another ringerd holds it: stop that one first" : strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
        return fail(error, size, path);
    pid_path = mem_strdup(path); /* the descriptor stays open: it is the lock */
    return 0;
}

void process_pidfile_remove(void)
{
    if (pid_path)
        unlink(pid_path);
}
