#ifndef RINGER_MILTER_LISTENER_H
#define RINGER_MILTER_LISTENER_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The sockets: where the MTA comes in (acceptor.h takes it from there) and where `ringer status` does.
 * 0 = done, -1 = not, with what is wrong and what to do in `error`.
 */
struct socket_rights { /* of a socket in the file system; ignored for the others */
    mode_t mode;
    gid_t group; /* (gid_t)-1: leave it */
};

/*
 * `spec` is "unix:PATH", "inet:PORT@HOST", "inet6:PORT@HOST" or "fd:[NUMBER or NAME]" (a listening socket that
 * systemd passes; without a number or name its first). Registers the callbacks' listener with libmilter. A stale
 * socket at PATH is removed, but only if it is a socket and nobody listens there.
 */
int listener_open(const char *spec, struct socket_rights rights, char *error, size_t size);
/* Other permissions for a unix: socket that is open; nothing to do for the others. */
int listener_set_mode(mode_t mode, char *error, size_t size);
/* Of a unix: socket; NULL for the others. */
const char *listener_path(void);
/* No new connections from now on, without telling libmilter to drop the ones it serves. */
void listener_close_door(void);

/* A listening stream socket at `path`, close-on-exec and non-blocking; its fd, or -1. */
int listener_unix(const char *path, struct socket_rights rights, char *error, size_t size);

#endif
