/*
 * One thread, epoll by edges: a level would wake us all the time for the half packet of somebody slow. Connections
 * go to libmilter by number through a pipe that lies under its listening descriptor; the accept() that it calls is
 * the one below, as its sigwait() is that of nosigwait.c. No byte of the conversation passes through here.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <arpa/inet.h>

#include "base/clock.h"
#include "base/mem.h"

#include "milter/acceptor.h"
#include "milter/current.h"
#include "milter/daemon.h"
#include "milter/log.h"

enum {
    BATCH = 64,         /* accepted or looked at in one go */
    PACKET_MAX = 1024,  /* negotiation has 13 bytes today */
    HURRY_MS = 1000,    /* whoever begins at all has begun by then */
    PAUSE_MS = 100,     /* without descriptors: until the next try */
    COMPLAIN_MS = 60000 /* between two log lines of one kind */
};

struct caller { /* has been accepted and has not begun */
    int fd;
    int64_t since_ms;
    struct caller *older, *newer;
};

static struct {
    pthread_t thread;
    bool running;
    int door, epoll, stop; /* descriptors */
    int give, take;        /* the pipe to libmilter */
    sa_family_t family;
    struct caller ends; /* of the queue: ends.newer is the oldest */
    atomic_uint waiting;
    int64_t paused_ms; /* when the door was shut for want of descriptors; 0: open */
    int64_t told_mute_ms, told_full_ms;
    unsigned untold; /* closed since the last log line about them */
} in = {.door = -1,
        .epoll = -1,
        .stop = -1,
        .give = -1,
        .take = -1,
        .ends = {.older = &in.ends, .newer = &in.ends}};

/* --- libmilter's side */

int accept(int fd, __SOCKADDR_ARG address, socklen_t *restrict length)
{
    int got;
    if (fd != in.take || fd < 0)
        return accept4(fd, address, length, 0);
    if (read(fd, &got, sizeof(got)) != sizeof(got)) {
        errno = EINTR; /* libmilter asks again, and neither sleeps nor counts it */
        return -1;
    }
    address.__sockaddr__->sa_family = in.family; /* all that it looks at */
    *length = sizeof(sa_family_t);
    return got;
}

/* An int is written whole or not at all: there is room for thousands. */
static void give(int fd)
{
    if (write(in.give, &fd, sizeof(fd)) != sizeof(fd))
        close(fd);
}

void acceptor_knock(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return;
    close(pair[0]);
    give(pair[1]);
}

/* --- those who wait */

unsigned acceptor_waiting(void)
{
    return atomic_load(&in.waiting);
}

/* Out of the queue; the descriptor is the caller's. */
static int forget(struct caller *c)
{
    int fd = c->fd;
    c->older->newer = c->newer;
    c->newer->older = c->older;
    epoll_ctl(in.epoll, EPOLL_CTL_DEL, fd, NULL);
    atomic_fetch_sub(&in.waiting, 1);
    free(c);
    return fd;
}

static void tell_mute(int64_t now)
{
    if (in.untold == 0 || (in.told_mute_ms && now - in.told_mute_ms < COMPLAIN_MS))
        return;
    log_line(LOG_WARNING, "%u connections did not begin as a mail server does and were closed", in.untold);
    in.told_mute_ms = now;
    in.untold = 0;
}

static void turn_away(struct caller *c)
{
    close(forget(c));
    count(COUNTER_CONNECTIONS_MUTE);
    in.untold++;
}

/* Has it begun? A frame is a length of four bytes and a command (libmilter/mfdef.h); the first one negotiates. */
static void look(struct caller *c, bool hung_up)
{
    unsigned char head[5];
    uint32_t length = 0;
    int ready = 0;
    ssize_t n = recv(c->fd, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT);
    bool whole_head = n == (ssize_t)sizeof(head);
    if (whole_head) {
        memcpy(&length, head, sizeof(length));
        length = ntohl(length);
    }
    if (whole_head && (length > PACKET_MAX || head[4] != 'O'))
        turn_away(c);
    else if (whole_head && ioctl(c->fd, FIONREAD, &ready) == 0 && (uint32_t)ready >= sizeof(length) + length)
        give(forget(c));
    else if (hung_up || n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close(forget(c)); /* it only looked whether somebody is there */
}

static void welcome(int fd, int64_t now)
{
    struct caller *c = mem_alloc(sizeof(*c));
    *c = (struct caller){.fd = fd, .since_ms = now, .older = in.ends.older, .newer = &in.ends};
    c->older->newer = c->newer->older = c;
    atomic_fetch_add(&in.waiting, 1);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(in.epoll, EPOLL_CTL_ADD, fd, &event) != 0) /* tells of what is there already, too */
        turn_away(c);
}

/* --- the door */

static void set_door(uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = &in.door};
    epoll_ctl(in.epoll, EPOLL_CTL_MOD, in.door, &event);
}

/* accept() failed. Whoever waits long makes room; without such a one the door stays shut for a moment. */
static void no_room(int error, int64_t now)
{
    struct pollfd door = {.fd = in.door, .events = POLLIN};
    if (poll(&door, 1, 0) == 0) /* accept() fails for want of a descriptor even when nobody is there */
        return;
    count(COUNTER_ACCEPT_FAILED);
    if (!in.told_full_ms || now - in.told_full_ms >= COMPLAIN_MS) {
        in.told_full_ms = now;
        log_line(LOG_ERR,
                 "cannot accept connections: %s: raise the limit (LimitNOFILE= of the unit) or lower "
                 "max-connections",
                 strerror(error));
    }
    if (in.ends.newer != &in.ends && now - in.ends.newer->since_ms >= HURRY_MS) {
        turn_away(in.ends.newer);
    } else {
        set_door(0);
        in.paused_ms = now;
    }
}

static void let_in(int64_t now, unsigned max)
{
    for (int i = 0; i < BATCH; i++) {
        int fd = accept4(in.door, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(fd, now);
            if (atomic_load(&in.waiting) > max)
                turn_away(in.ends.newer);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            no_room(errno, now);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

/* Turns away who waited too long; how long to sleep until the next such moment, -1: for ever. */
static int expire(int64_t now, int64_t patience_ms)
{
    while (in.ends.newer != &in.ends && now - in.ends.newer->since_ms >= patience_ms)
        turn_away(in.ends.newer);
    if (in.paused_ms && now - in.paused_ms >= PAUSE_MS) {
        in.paused_ms = 0;
        set_door(EPOLLIN);
    }
    tell_mute(now);
    if (in.paused_ms)
        return PAUSE_MS;
    return in.ends.newer != &in.ends ? (int)(in.ends.newer->since_ms + patience_ms - now)
           : in.untold               ? COMPLAIN_MS
                                     : -1;
}

static void *run(void *arg)
{
    struct epoll_event events[BATCH];
    int sleep_ms = -1;
    for (;;) {
        int n = epoll_wait(in.epoll, events, BATCH, sleep_ms);
        struct policy *policy = current_get();
        unsigned max = (unsigned)policy->conf->max_connections + ACCEPTOR_SPARE;
        int64_t patience_ms = policy->conf->negotiate_s * 1000, now = monotonic_ms();
        policy_unref(&policy);
        bool knocked = false;
        for (int i = 0; i < n; i++) { /* first those who are in: their fate may make room */
            if (events[i].data.ptr == &in.stop)
                return NULL;
            if (events[i].data.ptr == &in.door)
                knocked = true;
            else
                look(events[i].data.ptr, events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
        }
        if (knocked)
            let_in(now, max);
        sleep_ms = expire(now, patience_ms);
    }
}

/* --- start and end */

static bool watch(int fd, void *what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    return fd >= 0 && epoll_ctl(in.epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

int acceptor_open(int door, int milter_fd, sa_family_t family)
{
    int ends[2];
    if (fcntl(door, F_SETFL, fcntl(door, F_GETFL) | O_NONBLOCK) != 0 ||
        pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0 || dup3(ends[0], milter_fd, O_CLOEXEC) < 0)
        return -1;
    close(ends[0]);
    in.take = milter_fd;
    in.give = ends[1];
    in.door = door;
    in.family = family;
    in.epoll = epoll_create1(EPOLL_CLOEXEC);
    in.stop = eventfd(0, EFD_CLOEXEC);
    return in.epoll >= 0 && watch(in.door, &in.door) && watch(in.stop, &in.stop) ? 0 : -1;
}

bool acceptor_start(void)
{
    in.running = pthread_create(&in.thread, NULL, run, NULL) == 0;
    return in.running;
}

void acceptor_stop(void)
{
    uint64_t one = 1;
    if (in.running && write(in.stop, &one, sizeof(one)) == sizeof(one))
        pthread_join(in.thread, NULL);
    in.running = false;
    close(in.door);
    in.door = -1;
    while (in.ends.newer != &in.ends)
        close(forget(in.ends.newer));
}
