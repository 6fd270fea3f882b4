/*
 * libmilter opens its socket by itself, at a place given as text. What it cannot do is done by acceptor.c, which
 * gets that socket and puts a pipe under the file descriptor that libmilter polls: using a socket that systemd
 * passed, closing those who never begin, and ceasing to listen while the open sessions go on (smfi_stop() would
 * drop them).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <libmilter/mfapi.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "base/mem.h"

#include "milter/acceptor.h"
#include "milter/listener.h"

#ifdef HAVE_LIBSYSTEMD
#define NO_SOCKET_REMEDY "see ringerd.socket"
#else
#define NO_SOCKET_REMEDY "this ringerd was built without libsystemd; use unix:PATH"
#endif

static char *own_path; /* of our socket in the file system */

static int fail(char *error, size_t size, const char *what, const char *path, const char *remedy)
{
    snprintf(error, size, "%s %s: %s%s%s", what, path, strerror(errno), *remedy ? ": " : "", remedy);
    return -1;
}

static bool unix_address(struct sockaddr_un *sun, const char *path)
{
    if (strlen(path) >= sizeof(sun->sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    *sun = (struct sockaddr_un){.sun_family = AF_UNIX};
    strcpy(sun->sun_path, path);
    return true;
}

/* A socket left by a process that was killed refuses connections; anything else at that path is not ours. */
static int remove_stale(const char *path, char *error, size_t size)
{
    struct stat st;
    struct sockaddr_un sun;
    if (!unix_address(&sun, path))
        return fail(error, size, "socket", path, "choose a path of at most 107 bytes");
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : fail(error, size, "socket", path, "");
    if (!S_ISSOCK(st.st_mode)) {
        snprintf(error, size, "%s is there and is no socket: choose another path or move it away", path);
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(error, size, "socket", path, "");
    bool alive = connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 || errno != ECONNREFUSED;
    close(fd);
    if (alive) {
        snprintf(error, size, "somebody listens at %s: stop the other ringerd first", path);
        return -1;
    }
    return unlink(path) == 0 ? 0 : fail(error, size, "cannot remove the stale socket", path, "");
}

static int set_rights(const char *path, struct socket_rights rights, char *error, size_t size)
{
    if (rights.group != (gid_t)-1 && chown(path, (uid_t)-1, rights.group) != 0)
        return fail(error, size, "cannot set the group of", path,
                    "start as root or as a member of that group");
    if (chmod(path, rights.mode) != 0) /* chown may have cleared bits */
        return fail(error, size, "cannot set the mode of", path, "");
    return 0;
}

int listener_unix(const char *path, struct socket_rights rights, char *error, size_t size)
{
    struct sockaddr_un sun;
    if (remove_stale(path, error, size) != 0 || !unix_address(&sun, path))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(error, size, "socket", path, "");
    mode_t old = umask(0777 & ~rights.mode);
    int bound = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
    umask(old);
    if (bound != 0 || listen(fd, SOMAXCONN) != 0)
        fail(error, size, "cannot listen at", path, "");
    else if (set_rights(path, rights, error, size) == 0)
        return fd;
    close(fd);
    return -1;
}

/* --- libmilter's socket */

/* smfi_opensocket takes the lowest free descriptor; no other thread runs yet. */
static int open_and_find(const char *spec)
{
    int probe = dup(STDERR_FILENO), listening = 0;
    socklen_t len = sizeof(listening);
    char *copy = mem_strdup(spec);
    int opened = MI_FAILURE;
    if (probe >= 0) {
        close(probe);
        opened = smfi_setconn(copy) == MI_SUCCESS ? smfi_opensocket(false) : MI_FAILURE;
    }
    free(copy);
    if (opened != MI_SUCCESS)
        return -1;
    if (getsockopt(probe, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening) {
        errno = EBADF;
        return -1;
    }
    return probe;
}

static int family_of(int fd)
{
    int family = AF_UNSPEC;
    socklen_t len = sizeof(family);
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) == 0 ? family : AF_UNSPEC;
}

#ifdef HAVE_LIBSYSTEMD
/* The descriptor that "fd:", "fd:3" or "fd:milter" means; -1 when systemd passed no such one. */
static int find_passed(const char *which)
{
    char **names = NULL;
    int found = -1, n = sd_listen_fds_with_names(0, &names);
    char *end;
    long number = strtol(which, &end, 10);
    for (int i = 0; i < n && found < 0; i++) {
        int fd = SD_LISTEN_FDS_START + i;
        if (!*which || (end != which && !*end && number == fd) || strcmp(names[i], which) == 0)
            found = fd;
    }
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return found;
}

static bool is_listening_stream(int fd)
{
    return fd >= 0 && sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) > 0;
}
#else
static int find_passed(const char *which)
{
    return -1;
}

static bool is_listening_stream(int fd)
{
    return false;
}
#endif

/* The acceptor gets `door`, and libmilter, behind its own descriptor `milter_fd`, what the acceptor passes on. */
static int stand_at(int door, int milter_fd)
{
    return acceptor_open(door, milter_fd, (sa_family_t)family_of(milter_fd));
}

/* libmilter opens a socket that nobody can find, for the sake of its descriptor. */
static int open_passed(const char *which, char *error, size_t size)
{
    char dir[] = "/tmp/ringerd.XXXXXX", spec[64];
    int fd = find_passed(which);
    if (!is_listening_stream(fd)) {
        snprintf(error, size, "fd:%s: systemd passed no such listening stream socket: " NO_SOCKET_REMEDY,
                 which);
        return -1;
    }
    if (!mkdtemp(dir))
        return fail(error, size, "cannot make", dir, "");
    snprintf(spec, sizeof(spec), "unix:%s/s", dir);
    int milter_fd = open_and_find(spec);
    unlink(spec + strlen("unix:"));
    rmdir(dir);
    if (milter_fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || stand_at(fd, milter_fd) != 0)
        return fail(error, size, "cannot use", which, "");
    return 0;
}

int listener_open(const char *spec, struct socket_rights rights, char *error, size_t size)
{
    if (strncmp(spec, "fd:", 3) == 0)
        return open_passed(spec + 3, error, size);
    const char *path = strncmp(spec, "unix:", 5) == 0 ? spec + 5 : NULL;
    if (path && remove_stale(path, error, size) != 0)
        return -1;
    mode_t old = umask(path ? 0777 & ~rights.mode : 0077);
    errno = 0;
    int milter_fd = open_and_find(spec), saved = errno;
    umask(old);
    errno = saved;
    int door = milter_fd >= 0 ? fcntl(milter_fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (door < 0 || stand_at(door, milter_fd) != 0)
        return fail(error, size, "cannot listen on", spec, "is the address free, and may this user use it?");
    if (!path)
        return 0;
    own_path = mem_strdup(path);
    return set_rights(path, rights, error, size);
}

int listener_set_mode(mode_t mode, char *error, size_t size)
{
    return own_path ? set_rights(own_path, (struct socket_rights){mode, (gid_t)-1}, error, size) : 0;
}

const char *listener_path(void)
{
    return own_path;
}

void listener_close_door(void)
{
    acceptor_stop();
    if (own_path)
        unlink(own_path); /* whoever comes now sees at once that nobody is there */
}
