/*
 * The client's side of the control socket (src/milter/control.c is the daemon's).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"

#include "cli/control.h"

enum {
    REPLY_SECONDS = 120, /* a reload builds an index of up to a million names */
    REPLY_MAX = 4 * 1024 * 1024
};

static int dial(const char *path)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    struct timeval timeout = {.tv_sec = REPLY_SECONDS};
    if (strlen(path) >= sizeof(sun.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(sun.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static const char *remedy(int error)
{
    switch (error) {
    case ENOENT:
    case ECONNREFUSED:
        return "is ringerd running?";
    case EACCES:
        return "run this as root or as the user that ringerd runs as";
    default:
        return "see `ringer status --help`";
    }
}

json_t *control_ask(const char *path, const char *request, char *error, size_t size)
{
    struct buf reply = {0};
    char piece[16 * 1024];
    ssize_t n;
    if (!*path) {
        snprintf(error, size, "daemon.control-socket is '': name a socket, then restart ringerd");
        return NULL;
    }
    int fd = dial(path);
    if (fd < 0) {
        snprintf(error, size, "%s: %s: %s", path, strerror(errno), remedy(errno));
        return NULL;
    }
    dprintf(fd, "%s\n", request);
    while (reply.n < REPLY_MAX && (n = read(fd, piece, sizeof(piece))) > 0)
        buf_add(&reply, piece, (size_t)n);
    close(fd);
    json_t *json = reply.n ? json_loadb(reply.p, reply.n, 0, NULL) : NULL;
    if (!json)
        snprintf(error, size, "%s: no answer from ringerd", path);
    buf_free(&reply);
    return json;
}

json_int_t control_integer(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

const char *control_string(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}
