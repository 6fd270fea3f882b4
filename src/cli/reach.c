/*
 * The attempt is made in a child that becomes the other program in all that counts: user and groups as Postfix takes
 * them (initgroups), working directory, chroot.
 */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/reach.h"
#include "cli/run.h"

static int attempt(const struct reach *r)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    if (strlen(r->path) >= sizeof(sun.sun_path))
        return ENAMETOOLONG;
    strcpy(sun.sun_path, r->path);
    const struct passwd *pw = r->user ? getpwnam(r->user) : NULL;
    int error = r->user && !pw ? ENOENT : run_become(pw, r->folder, r->chrooted);
    if (error)
        return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ? 0 : errno;
}

int reach_unix(const struct reach *r)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(attempt(r));
    if (pid < 0)
        return errno;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}
