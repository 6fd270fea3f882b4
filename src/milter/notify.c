/*
 * What we tell systemd. A build without libsystemd sends the same datagrams itself.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "milter/notify.h"

enum { STATE_MAX = 256 };

#ifdef HAVE_LIBSYSTEMD
static void send_state(const char *state)
{
    sd_notify(0, state);
}
#else
/* NOTIFY_SOCKET is a path, or with @ before it a name in the abstract namespace. */
static void send_state(const char *state)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    size_t n = name ? strlen(name) : 0;
    if (n == 0 || n >= sizeof(sun.sun_path))
        return;
    memcpy(sun.sun_path, name, n);
    if (*name == '@')
        sun.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&sun,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
    close(fd);
}
#endif

void notify(const char *format, ...)
{
    char state[STATE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(state, sizeof(state), format, args);
    va_end(args);
    send_state(state);
}

void notify_alive(void)
{
    if (getenv("WATCHDOG_USEC"))
        notify("WATCHDOG=1");
}
