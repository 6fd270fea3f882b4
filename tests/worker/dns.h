/* A real DNS server on loopback for the tests of SPF: unbound with the zone that a test gives. */
#ifndef RINGER_TESTS_DNS_H
#define RINGER_TESTS_DNS_H
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct dns {
    pid_t pid;
    unsigned port; /* of 127.0.0.1 */
    int silent[2]; /* sockets of the servers that never answer */
    char dir[64];
};

/* One server each: unbound soon takes a server that never answers for dead, and says so at once. */
static const char *const dns_silent_zones[] = {"slow.example.", "mute.example."};

static inline int dns_socket(unsigned *port_r)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 || getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        abort();
    *port_r = ntohs(a.sin_port);
    return fd;
}

/* Asks for the start of authority of the root until it answers. */
static inline bool dns_answers(unsigned port)
{
    static const unsigned char query[] = {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1};
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    char answer[512];
    struct timeval t = {0, 100000};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
    bool ok = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
              send(fd, query, sizeof(query), 0) == (ssize_t)sizeof(query) &&
              recv(fd, answer, sizeof(answer), 0) > 0;
    close(fd);
    return ok;
}

/*
 * `records`: lines in the form of a zone file; all other names do not exist, but for those of dns_silent_zones. At
 * dns->port when that is set. False when there is no unbound.
 */
static inline bool dns_start(struct dns *dns, const char *const *records, size_t n)
{
    const char *program = "/usr/sbin/unbound";
    char path[128], name[] = "unbound", d[] = "-d", c[] = "-c", *argv[] = {name, d, c, path, NULL};
    if (access(program, X_OK) != 0)
        return false;
    strcpy(dns->dir, "/tmp/ringer-dns-XXXXXX");
    if (!mkdtemp(dns->dir))
        abort();
    if (!dns->port)
        close(dns_socket(&dns->port));
    snprintf(path, sizeof(path), "%s/unbound.conf", dns->dir);
    FILE *f = fopen(path, "w");
    fprintf(f,
            "server:\n username: \"\"\n chroot: \"\"\n directory: \"%s\"\n pidfile: \"\"\n use-syslog: no\n"
            " logfile: \"%s/log\"\n interface: 127.0.0.1@%u\n do-ip6: no\n num-threads: 1\n"
            " module-config: \"iterator\"\n unblock-lan-zones: yes\n log-queries: yes\n local-zone: \".\" "
            "static\n local-data: '. SOA a. b. 1 2 3 4 5'\n",
            dns->dir, dns->dir, dns->port);
    for (size_t i = 0; i < n; i++)
        fprintf(f, " local-data: '%s'\n", records[i]);
    fputs(" do-not-query-localhost: no\n", f);
    for (size_t i = 0; i < 2; i++)
        fprintf(f, " local-zone: \"%s\" transparent\n", dns_silent_zones[i]);
    for (size_t i = 0; i < 2; i++) {
        unsigned port;
        dns->silent[i] = dns_socket(&port);
        fprintf(f, "forward-zone:\n name: \"%s\"\n forward-addr: 127.0.0.1@%u\n", dns_silent_zones[i], port);
    }
    fputs("remote-control:\n control-enable: no\n", f);
    fclose(f);
    dns->pid = fork();
    if (dns->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* a test that dies leaves no server behind */
        execv(program, argv);
        _exit(127);
    }
    for (int i = 0; i < 60 && waitpid(dns->pid, NULL, WNOHANG) == 0; i++) {
        if (dns_answers(dns->port))
            return true;
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    }
    fprintf(stderr, "unbound does not answer; see %s/log\n", dns->dir);
    abort();
}

static inline void dns_stop(struct dns *dns)
{
    char path[128];
    if (!dns->pid)
        return;
    kill(dns->pid, SIGTERM);
    waitpid(dns->pid, NULL, 0);
    static const char *const files[] = {"unbound.conf", "log"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s", dns->dir, files[i]);
        unlink(path);
    }
    rmdir(dns->dir);
    close(dns->silent[0]);
    close(dns->silent[1]);
    dns->pid = 0;
}

#endif
