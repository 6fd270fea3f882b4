/*
 * Load for a milter: N connections, each sends messages as an MTA does and waits for every answer that the
 * filter did not wave. Prints messages a second, and the longest wait for one message on standard error. With 0
 * messages the connections stay open and idle until standard input ends. Speaks the protocol of libmilter's
 * mfdef.h, version 6. With -n each message comes from a domain that was never seen before: no cache knows it.
 *
 * usage: milter_load [-n] SOCKET-PATH CONNECTIONS MESSAGES [MESSAGE-FILE...]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum { MAX_FILES = 4096, MAX_REPLY = 1 << 20, BODY_CHUNK = 65535 };

/* What the filter may wave: no step, no reply (libmilter/mfdef.h). */
static const struct {
    char command;
    uint32_t no_step, no_reply;
} steps[] = {
    {'C', 0x01, 0x1000},   {'H', 0x02, 0x2000}, {'M', 0x04, 0x4000},  {'R', 0x08, 0x8000},
    {'T', 0x200, 0x10000}, {'L', 0x20, 0x80},   {'N', 0x40, 0x40000}, {'B', 0x10, 0x80000},
};

static const char *socket_path;
static struct buf files[MAX_FILES];
static size_t n_files;
static unsigned long per_connection;
static bool new_domains;
static atomic_ulong domains;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long answers[256];
static double longest;

struct peer {
    int fd;
    uint32_t protocol;
    struct buf out;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
    fprintf(stderr, "milter_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void frame(struct buf *out, char command, const void *data, size_t n)
{
    uint32_t length = htonl((uint32_t)n + 1);
    buf_add(out, &length, 4);
    buf_addc(out, command);
    buf_add(out, data, n);
}

static void flush_out(struct peer *p)
{
    for (size_t done = 0; done < p->out.n;) {
        ssize_t n = write(p->fd, p->out.p + done, p->out.n - done);
        if (n <= 0)
            die("write");
        done += (size_t)n;
    }
    buf_clear(&p->out);
}

static void read_all(int fd, void *data, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = read(fd, (char *)data + done, n - done);
        if (got <= 0)
            die("the filter closed the connection");
        done += (size_t)got;
    }
}

/* The final answer; modifications and progress before it are read over. */
static char answer(struct peer *p, char *data, size_t size)
{
    for (;;) {
        uint32_t length;
        char command;
        flush_out(p);
        read_all(p->fd, &length, 4);
        length = ntohl(length);
        if (length < 1 || length > MAX_REPLY)
            die("a frame of impossible length");
        read_all(p->fd, &command, 1);
        char *rest = mem_alloc(length);
        read_all(p->fd, rest, length - 1);
        if (data)
            memcpy(data, rest, length - 1 < size ? length - 1 : size);
        free(rest);
        if (!strchr("hi+-mpqbe24", command))
            return command;
    }
}

static char step(struct peer *p, char command, const void *data, size_t n)
{
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        if (steps[i].command != command)
            continue;
        if (p->protocol & steps[i].no_step)
            return 'c';
        frame(&p->out, command, data, n);
        if (p->protocol & steps[i].no_reply)
            return 'c';
    }
    return answer(p, NULL, 0);
}

static void negotiate(struct peer *p)
{
    uint32_t offer[3] = {htonl(6), htonl(0x1ff), htonl(0x1fffff)}, got[3] = {0};
    frame(&p->out, 'O', offer, sizeof(offer));
    if (answer(p, (char *)got, sizeof(got)) != 'O')
        die("no negotiation");
    p->protocol = ntohl(got[2]);
}

/* Headers one by one, folded lines with their line ends. */
static char send_headers(struct peer *p, struct span *rest)
{
    struct buf field = {0};
    char reply = 'c';
    while (rest->n && rest->p[0] != '\n' && rest->p[0] != '\r' && reply == 'c') {
        const char *end = rest->p;
        do {
            const char *line = memchr(end, '\n', (size_t)(rest->p + rest->n - end));
            end = line ? line + 1 : rest->p + rest->n;
        } while (end < rest->p + rest->n && (*end == ' ' || *end == '\t'));
        struct span header = {rest->p, (size_t)(end - rest->p)};
        rest->n -= header.n;
        rest->p = end;
        const char *colon = memchr(header.p, ':', header.n);
        if (!colon || (new_domains &&
                       span_eq_nocase((struct span){header.p, (size_t)(colon - header.p)}, span_of("From"))))
            continue;
        buf_clear(&field);
        buf_add(&field, header.p, (size_t)(colon - header.p));
        buf_addc(&field, '\0');
        buf_add_span(&field, span_trim((struct span){colon + 1, (size_t)(end - colon - 1)}));
        buf_addc(&field, '\0');
        reply = step(p, 'L', field.p, field.n);
    }
    buf_free(&field);
    return reply;
}

static char send_message(struct peer *p, struct span rest)
{
    static const char to[] = "<ap@buyer.example>", macros[] = "Ti\0004F1Kq0636zX";
    char from[80] = "<sender@post-service.example>", header[80] = "";
    if (new_domains) {
        unsigned long n = atomic_fetch_add(&domains, 1);
        snprintf(from, sizeof(from), "<sender@p%ld-%lu.example>", (long)getpid(), n);
        snprintf(header, sizeof(header), "From%c\"Petra Vogel\" %s", 0, from);
    }
    char reply = step(p, 'M', from, strlen(from) + 1);
    if (reply == 'c')
        reply = step(p, 'R', to, sizeof(to));
    frame(&p->out, 'D', macros, sizeof(macros));
    if (reply == 'c')
        reply = step(p, 'T', "", 0);
    if (reply == 'c' && new_domains)
        reply = step(p, 'L', header, 5 + strlen(header + 5) + 1);
    if (reply == 'c')
        reply = send_headers(p, &rest);
    if (reply == 'c')
        reply = step(p, 'N', "", 0);
    while (reply == 'c' && rest.n) {
        size_t n = rest.n < BODY_CHUNK ? rest.n : BODY_CHUNK;
        reply = step(p, 'B', rest.p, n);
        rest.p += n;
        rest.n -= n;
    }
    if (reply == 'c') {
        frame(&p->out, 'E', "", 0);
        reply = answer(p, NULL, 0);
    }
    return reply;
}

static void *connection(void *data)
{
    static const char connect_data[] = "client.example\0004\000\031"
                                       "192.0.2.25";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct peer p = {.fd = socket(AF_UNIX, SOCK_STREAM, 0)};
    size_t next = (size_t)(uintptr_t)data;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
    if (p.fd < 0 || connect(p.fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        die(socket_path);
    negotiate(&p);
    char reply = step(&p, 'C', connect_data, sizeof(connect_data));
    if (reply == 'c')
        reply = step(&p, 'H', "client.example", 15);
    for (unsigned long i = 0; i < per_connection && reply != 'r' && reply != 't'; i++) {
        double start = now();
        reply = send_message(&p, buf_span(&files[next++ % n_files]));
        double took = now() - start;
        pthread_mutex_lock(&lock);
        answers[(unsigned char)reply]++;
        longest = took > longest ? took : longest;
        pthread_mutex_unlock(&lock);
    }
    while (!per_connection && getchar() != EOF)
        ;
    frame(&p.out, 'Q', "", 0);
    flush_out(&p);
    close(p.fd);
    buf_free(&p.out);
    return NULL;
}

static void load(const char *path)
{
    char chunk[8192];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        die(path);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(&files[n_files], chunk, n);
    fclose(f);
    n_files++;
}

/* 4 KB of ordinary text, as the budget says. */
static void invent(void)
{
    struct buf *b = &files[n_files++];
    buf_adds(b, "From: Petra Vogel <p.vogel@vogel-maschinenbau.example>\r\nTo: ap@buyer.example\r\n"
                "Subject: Minutes of the meeting\r\nDate: Mon, 23 Nov 2026 08:11:55 +0000\r\n"
                "Message-ID: <1@vogel-maschinenbau.example>\r\nMIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    while (b->n < 4096)
        buf_adds(b,
                 "The second drawing shows the housing from the left; the hole for the shaft moves by two\r\n"
                 "millimetres, as we agreed on Tuesday. Please send the offer for the larger series by "
                 "Friday.\r\n\r\n");
}

int main(int argc, char **argv)
{
    new_domains = argc > 1 && strcmp(argv[1], "-n") == 0;
    argv += new_domains;
    argc -= new_domains;
    if (argc < 4) {
        fputs("usage: milter_load [-n] SOCKET-PATH CONNECTIONS MESSAGES [MESSAGE-FILE...]\n", stderr);
        return 2;
    }
    socket_path = argv[1];
    unsigned long n = strtoul(argv[2], NULL, 10), messages = strtoul(argv[3], NULL, 10);
    for (int i = 4; i < argc && n_files < MAX_FILES; i++)
        load(argv[i]);
    if (n_files == 0)
        invent();
    per_connection = messages / (n ? n : 1);
    pthread_t *threads = mem_array(n, sizeof(*threads));
    double start = now();
    for (unsigned long i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, connection, (void *)(uintptr_t)i) != 0)
            die("pthread_create");
    for (unsigned long i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    double seconds = now() - start;
    unsigned long total = 0;
    for (size_t i = 0; i < 256; i++)
        total += answers[i];
    printf("%.0f\n", (double)total / seconds);
    for (size_t i = 0; i < 256; i++)
        if (answers[i])
            fprintf(stderr, "  %lu answered '%c'\n", answers[i], (int)i);
    fprintf(stderr, "  longest wait %.0f ms\n", longest * 1e3);
    free(threads);
    return total == per_connection * n ? 0 : 1;
}
