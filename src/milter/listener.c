/*
 * libmilter opens its socket by itself, at a place given as text. Two things it cannot do are done here by
 * putting another socket under the file descriptor that it polls: using a socket that systemd passed, and
 * ceasing to listen while the open sessions go on (smfi_stop() would drop them).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <unistd.h>
#include <libmilter/mfapi.h>
#include <systemd/sd-daemon.h>

#include "base/mem.h"

#include "milter/listener.h"

static int milter_fd = -1; /* libmilter's listening socket */
static bool passed;        /* by systemd: it is not ours to wake or remove */
static char *own_path;     /* of our socket in the file system */

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

static int open_passed(const char *which, char *error, size_t size)
{
    int fd = find_passed(which);
    if (fd < 0 || sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
        snprintf(error, size, "fd:%s: systemd passed no such listening stream socket: see ringerd.socket",
                 which);
        return -1;
    }
    /* a socket of the same family for libmilter to open; the real one takes its place */
    char dir[] = "/tmp/ringerd.XXXXXX", spec[64];
    int family = family_of(fd);
    if (family == AF_UNIX) {
        if (!mkdtemp(dir))
            return fail(error, size, "cannot make", dir, "");
        snprintf(spec, sizeof(spec), "unix:%s/s", dir);
    } else {
        snprintf(spec, sizeof(spec), "%s", family == AF_INET6 ? "inet6:0@[::1]" : "inet:0@[127.0.0.1]");
    }
    milter_fd = open_and_find(spec);
    if (family == AF_UNIX) {
        unlink(spec + strlen("unix:"));
        rmdir(dir);
    }
    if (milter_fd < 0 || dup3(fd, milter_fd, O_CLOEXEC) < 0)
        return fail(error, size, "cannot use", which, "");
    close(fd);
    passed = true;
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
    milter_fd = open_and_find(spec);
    int saved = errno;
    umask(old);
    errno = saved;
    if (milter_fd < 0)
        return fail(error, size, "cannot listen on", spec, "is the address free, and may this user use it?");
    if (!path)
        return 0;
    own_path = mem_strdup(path);
    return set_rights(path, rights, error, size);
}

const char *listener_path(void)
{
    return own_path;
}

/* A socket of the same family that nobody can find. */
static int quiet_socket(int family)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 sin6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *sa = family == AF_UNIX   ? (struct sockaddr *)&sun
                          : family == AF_INET ? (struct sockaddr *)&sin
                                              : (struct sockaddr *)&sin6;
    socklen_t len = family == AF_UNIX   ? sizeof(sun.sun_family) /* the kernel chooses a name */
                    : family == AF_INET ? sizeof(sin)
                                        : sizeof(sin6);
    /* non-blocking: libmilter may be about to accept from the old socket */
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && (bind(fd, sa, len) != 0 || listen(fd, 1) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void connect_and_leave(int family, const struct sockaddr_storage *address, socklen_t len)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    (void)!connect(fd, (const struct sockaddr *)address, len);
    close(fd);
}

void listener_knock(void)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    if (getsockname(milter_fd, (struct sockaddr *)&address, &len) == 0)
        connect_and_leave(family_of(milter_fd), &address, len);
}

void listener_close_door(void)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    int family = family_of(milter_fd);
    bool known = getsockname(milter_fd, (struct sockaddr *)&address, &len) == 0;
    int quiet = quiet_socket(family);
    if (quiet >= 0) {
        dup3(quiet, milter_fd, O_CLOEXEC);
        close(quiet);
        if (known && !passed) /* libmilter polls the old socket for up to 5 seconds: this ends that poll */
            connect_and_leave(family, &address, len);
    }
    if (own_path)
        unlink(own_path); /* whoever comes now sees at once that nobody is there */
}
