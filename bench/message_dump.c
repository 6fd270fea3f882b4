/*
 * Shows how messages are understood: message_dump [-q] [-n TIMES] FILE...
 * Files are single messages, or mboxes when they start with "From ". -q prints nothing but the rate.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"

#include "mail/message.h"

static bool quiet;
static size_t messages, bytes, folded;

static void show_list(const char *name, const struct mailbox_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        printf("%s: \"%s\" <%s> local=%s domain=%s\n", name, list->v[i].name, list->v[i].address,
               list->v[i].local, list->v[i].domain);
}

static void show_links(const struct message *m)
{
    for (size_t i = 0; i < m->n_links; i++)
        printf("link %s host=%s shown=%s shown_host=%s\n", m->links[i].url, m->links[i].host,
               m->links[i].shown ? m->links[i].shown : "-",
               m->links[i].shown_host ? m->links[i].shown_host : "-");
}

static void show(const struct message *m)
{
    static const char *const kinds[] = {"subject",    "own",    "quoted",    "signature",
                                        "disclaimer", "hidden", "attachment"};
    printf("=== limits %#x anomalies %#x hidden %zu date %lld id %s\n", m->limits_hit, m->anomalies,
           m->hidden_chars, (long long)m->date, m->message_id ? m->message_id : "-");
    show_list("From", &m->from);
    show_list("Sender", &m->sender);
    show_list("Reply-To", &m->reply_to);
    show_list("To", &m->to);
    for (size_t i = 0; i < m->n_texts; i++)
        printf("[%s%s] %.*s\n", kinds[m->texts[i].kind], m->texts[i].html ? " html" : "",
               (int)m->texts[i].text.n, m->texts[i].text.p);
    for (size_t i = 0; i < m->n_quoted; i++)
        printf("quoted %s: \"%s\" <%s>\n", m->quoted[i].role, m->quoted[i].mailbox.name,
               m->quoted[i].mailbox.address);
    show_links(m);
    for (size_t i = 0; i < m->n_attachments; i++)
        printf("attachment \"%s\" %s sniffed=%s size=%zu kept=%zu\n", m->attachments[i].filename,
               m->attachments[i].type, m->attachments[i].sniffed, m->attachments[i].size,
               m->attachments[i].bytes.n);
}

static void one(struct span raw)
{
    static const struct envelope envelope;
    struct arena *arena = arena_new();
    const struct message *m = message_parse(arena, &envelope, raw, false, &message_limits_default);
    for (size_t i = 0; i < m->n_texts; i++)
        folded += text_fold(arena, m->texts[i].text)->text.n;
    if (!quiet)
        show(m);
    messages++;
    bytes += raw.n;
    arena_free(&arena);
}

static void all(struct span rest)
{
    if (!span_starts_nocase(rest, SPAN_LIT("From "))) {
        one(rest);
        return;
    }
    while (rest.n) {
        const char *next = memmem(rest.p + 1, rest.n - 1, "\n\nFrom ", 7);
        size_t n = next ? (size_t)(next + 2 - rest.p) : rest.n;
        one((struct span){rest.p, n});
        rest = (struct span){rest.p + n, rest.n - n};
    }
}

static void file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(path);
        exit(1);
    }
    char *p = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    close(fd);
    if (!quiet)
        printf("##### %s\n", path);
    all((struct span){p, (size_t)st.st_size});
    if (p)
        munmap(p, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
    struct timespec a, b;
    int times = 1, c;
    while ((c = getopt(argc, argv, "qn:")) != -1) {
        if (c == 'q')
            quiet = true;
        else if (c == 'n')
            times = atoi(optarg);
        else
            return 2;
    }
    message_library_init();
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int k = 0; k < times; k++)
        for (int i = optind; i < argc; i++)
            file(argv[i]);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    fprintf(stderr, "%zu messages, %zu bytes, %zu folded, %.3f s, %.0f messages/s\n", messages, bytes, folded,
            s, (double)messages / s);
    message_library_shutdown();
    return 0;
}
