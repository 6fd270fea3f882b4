/*
 * The half of --service=spf that has the network and no hostile record: it passes DNS questions and answers between
 * libunbound and the checker, the child in which libspf2 runs (spf_eval.c), and reports to the supervisor. What needs
 * no parser of records is said here: without a record there is none. The checker has nothing but its socket to here;
 * when it aborts, hangs or floods, this process reports that and goes on with another.
 *
 * A checker serves on only as long as nothing that it was given could have changed it: see was_plain(). Nothing of
 * this is left to the checker's word, since one that was taken over would not tell.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "mail/dmarc.h"
#include "worker/protocol.h"
#include "worker/sandbox.h"
#include "worker/spf_eval.h"

#include "worker/spf_serve.h"

enum {
    QUERY_MS =
        2000, /* one question to the DNS: RFC 7208 4.6.4 gives the whole 20 s, mail cannot wait so long */
    DMARC_WALK_MAX = 8,     /* RFC 9989 4.10 */
    QUESTIONS_MAX = 200,    /* of one check: more than it asks for any record, so it has been taken over */
    CHECKS_MAX = 100,       /* of one checker: its start is 1 % of its work then */
    CHECKER_MS = 30000,     /* and for so long, so that none stays for a quiet night */
    PLAIN_RECORD_MAX = 512, /* RFC 7208 3.4: longer ones are rare, and more parsing than most */
    CHILDREN_MAX = 4, /* that were given up and have not ended: then this process ends, and they with it */
    CRASH_MS = 20,    /* for a checker that closed its socket to have ended */
    MARGIN_MS = 30,   /* for the answer to be written */
    REQUEST_MAX = FRAME_SPF_FIXED + SPF_IP_MAX + 2 * SPF_ADDRESS_MAX + SPF_DOMAIN_MAX + SPF_LISTS_MAX,
};

/* One DNS question under way, for SPF or for DMARC. */
struct lookup {
    bool active;
    unsigned place;
    int64_t deadline;
};

/* The process in which libspf2 runs; none: fd -1. */
struct checker {
    int fd;
    pid_t pid;
    unsigned checks;
    int64_t until;
};

struct job {
    struct resolver *resolver;
    const struct serve_options *options;
    const struct spf_request *request;
    struct spf_reply reply;
    int64_t deadline;
    bool checking; /* SPF is not decided */
    bool asked;    /* the checker is at it */
    bool plain;    /* so far */
    unsigned questions;
    struct lookup spf, dmarc, list;
    struct span walk;    /* the name whose DMARC record is asked for */
    size_t labels;       /* of it */
    size_t walked;       /* names that were asked */
    size_t found_labels; /* of the name whose record is kept; 0: none is */
    char record[SPF_RECORD_MAX];
    struct span lists; /* names that were not asked */
    char listed[SPF_LISTED_MAX];
};

static struct checker checker = {.fd = -1};
static unsigned unreaped; /* checkers that were given up */

static bool read_request(int fd, char payload[REQUEST_MAX], struct spf_request *request_r)
{
    unsigned char header[FRAME_HEADER];
    struct frame_header h;
    return frame_receive_all(fd, header, sizeof(header)) && frame_header_decode(header, &h) &&
           h.type == FRAME_SPF && h.length <= REQUEST_MAX && frame_receive_all(fd, payload, h.length) &&
           spf_request_decode((struct span){payload, h.length}, request_r);
}

static bool send_reply(int fd, const struct spf_reply *reply)
{
    unsigned char
        out[FRAME_HEADER + FRAME_CHECKED_FIXED + SPF_RECORD_MAX + FRAME_DETAIL_MAX + SPF_LISTED_MAX];
    struct frame_header h = {
        FRAME_CHECKED, (uint32_t)(FRAME_CHECKED_FIXED + reply->record.n + reply->detail.n + reply->listed.n)};
    frame_header_encode(out, h);
    spf_reply_encode(out + FRAME_HEADER, reply);
    char *text = (char *)out + FRAME_HEADER + FRAME_CHECKED_FIXED;
    if (reply->record.n)
        memcpy(text, reply->record.p, reply->record.n);
    memcpy(text + reply->record.n, reply->detail.p, reply->detail.n);
    if (reply->listed.n)
        memcpy(text + reply->record.n + reply->detail.n, reply->listed.p, reply->listed.n);
    return send(fd, out, FRAME_HEADER + h.length, MSG_NOSIGNAL) == (ssize_t)(FRAME_HEADER + h.length);
}

/* --- the checker */

static _Noreturn void run_checker(int fd, const struct serve_options *options)
{
    unsigned ms = CHECKER_MS + options->deadline_ms + MARGIN_MS;
    struct itimerval end = {.it_value = {ms / 1000, (suseconds_t)(ms % 1000) * 1000}};
    size_t memory = options->memory_bytes;
#ifdef RINGER_SANITIZED
    memory = 0;
#endif
    /* Nothing of this process but the socket: not the supervisor's, not libunbound's. */
    if (dup2(fd, WORKER_FD) != WORKER_FD || syscall(SYS_close_range, WORKER_FD + 1, ~0U, 0) != 0)
        _exit(1);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    setitimer(ITIMER_REAL, &end, NULL);
    struct spf_eval *eval = spf_eval_new(WORKER_FD);
    if (!sandbox_limits(memory, options->deadline_ms / 1000 + 1, 0) || !sandbox_no_forks())
        _exit(1);
    if (options->sandboxed && !sandbox_enter(SANDBOX_PARSER))
        _exit(1);
    spf_eval_run(eval);
}

/* It ends by itself at its next step, or by its limits. */
static void drop_checker(void)
{
    if (checker.fd < 0)
        return;
    close(checker.fd);
    unreaped += checker.pid != 0;
    checker = (struct checker){.fd = -1};
}

static void reap(void)
{
    pid_t pid;
    while (unreaped && (pid = waitpid(-1, NULL, WNOHANG)) > 0)
        if (pid == checker.pid) /* between two checks; idle() notices */
            checker.pid = 0;
        else
            unreaped--;
}

/* After it closed its socket: how it ended, as in struct spf_reply. */
static uint8_t bury_checker(void)
{
    static const struct timespec one = {0, 1000000};
    int status = 0;
    pid_t rc = 0;
    for (int i = 0; i < CRASH_MS && (rc = waitpid(checker.pid, &status, WNOHANG)) == 0; i++)
        nanosleep(&one, NULL);
    if (rc != 0)
        checker.pid = 0;
    drop_checker();
    return rc > 0 && WIFSIGNALED(status) ? (uint8_t)WTERMSIG(status) : SPF_CRASHED;
}

/* Between two checks it has nothing to say. */
static bool idle(void)
{
    struct pollfd p = {checker.fd, POLLIN, 0};
    return poll(&p, 1, 0) == 0;
}

static bool have_checker(const struct serve_options *options)
{
    int fds[2];
    if (checker.fd >= 0 && (monotonic_ms() >= checker.until || !idle()))
        drop_checker();
    if (checker.fd >= 0)
        return true;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        run_checker(fds[1], options);
    close(fds[1]);
    checker = (struct checker){fds[0], pid, 0, monotonic_ms() + CHECKER_MS};
    if (pid > 0)
        return true;
    close(fds[0]);
    checker = (struct checker){.fd = -1};
    return false;
}

/* Letters, digits and what stands in addresses and host names; nothing that libspf2 would have to unfold. */
static bool plain_text(struct span s, const char *others)
{
    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]) && (!s.p[i] || !strchr(others, s.p[i])))
            return false;
    return s.n <= PLAIN_RECORD_MAX;
}

static bool was_plain(enum dns_type type, const struct dns_answer *answer)
{
    for (size_t i = 0; i < answer->n; i++) {
        if (type == DNS_TXT && !plain_text(answer->records[i], " .:/=+-?~_"))
            return false;
        if ((type == DNS_MX || type == DNS_PTR) && !plain_text(answer->records[i], ".-_"))
            return false;
    }
    return answer->status != DNS_FAILED && answer->n <= DNS_RECORDS_MAX / 4;
}

/* SPF is decided, or will not be. A checker that is not at a result, or was given what is not plain, ends. */
static void decide(struct job *job, enum spf_result result, const char *detail)
{
    if (job->spf.active)
        resolver_cancel(job->resolver, job->spf.place);
    job->spf.active = false;
    job->checking = false;
    job->reply.spf = result;
    job->reply.detail = span_of(detail);
    if (job->asked && (!job->plain || ++checker.checks >= CHECKS_MAX))
        drop_checker();
    job->asked = false;
}

/* The same, and the checker is not to be trusted any more. */
static void decide_odd(struct job *job, enum spf_result result, const char *detail)
{
    job->plain = false;
    decide(job, result, detail);
}

static void tell_checker(struct job *job, const unsigned char *packet, size_t n)
{
    if (send(checker.fd, packet, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n)
        return;
    job->reply.crashed = errno == EPIPE ? bury_checker() : 0;
    decide_odd(job, SPF_UNKNOWN, "the process that checks SPF takes no answers");
}

static void answer_checker(struct job *job, enum dns_type type, const struct dns_answer *answer)
{
    unsigned char packet[EVAL_ANSWER_MAX];
    job->spf.active = false;
    job->plain = job->plain && was_plain(type, answer);
    tell_checker(job, packet, eval_answer_encode(packet, answer));
}

static void on_answer(void *data, enum dns_type type, const struct dns_answer *answer)
{
    answer_checker(data, type, answer);
}

static void answer_failed(struct job *job)
{
    static const struct dns_answer failed = {.status = DNS_FAILED};
    answer_checker(job, DNS_TXT, &failed);
}

static bool wanted_type(unsigned char type)
{
    return type == DNS_A || type == DNS_AAAA || type == DNS_MX || type == DNS_PTR || type == DNS_TXT;
}

static void question(struct job *job, const unsigned char *packet, size_t n)
{
    struct span name = {(const char *)packet + 2, n - 2};
    if (job->spf.active || !wanted_type(packet[1]) || ++job->questions > QUESTIONS_MAX ||
        !dns_name_valid(name)) {
        decide_odd(job, SPF_UNKNOWN, "the process that checks SPF sent an invalid request");
        return;
    }
    job->spf.deadline = monotonic_ms() + QUERY_MS;
    job->spf.active = resolver_ask(job->resolver, name, (enum dns_type)packet[1], "v=spf1", on_answer, job,
                                   &job->spf.place);
    if (!job->spf.active)
        answer_failed(job);
}

static void from_checker(struct job *job)
{
    unsigned char packet[2 + DNS_NAME_MAX];
    ssize_t n = recv(checker.fd, packet, sizeof(packet), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 2 && packet[0] == 'Q') {
        question(job, packet, (size_t)n);
    } else if (n == 3 && packet[0] == 'R' && packet[1] < SPF_RESULTS && packet[2] <= 1 && !job->spf.active) {
        job->reply.per_sender = packet[2];
        job->plain = job->plain && packet[1] != SPF_UNKNOWN && packet[1] != SPF_TEMPERROR &&
                     packet[1] != SPF_PERMERROR;
        decide(job, (enum spf_result)packet[1], "");
    } else {
        job->reply.crashed = n <= 0 ? bury_checker() : 0;
        decide_odd(job, SPF_UNKNOWN, n <= 0 ? "the SPF check crashed" : "the SPF check went wrong");
    }
}

/* --- SPF up to the sender's own record */

/* The domain as libspf2 sees it. */
static struct span sender_domain(struct span sender)
{
    const char *at = memrchr(sender.p, '@', sender.n);
    return at ? (struct span){at + 1, (size_t)(sender.p + sender.n - at) - 1} : sender;
}

static void on_own_record(void *data, enum dns_type type, const struct dns_answer *answer)
{
    unsigned char packet[EVAL_PACKET_MAX];
    struct job *job = data;
    const struct spf_request *r = job->request;
    job->spf.active = false;
    if (answer->status != DNS_OK || answer->n == 0) {
        decide(job, answer->status == DNS_FAILED ? SPF_TEMPERROR : SPF_NONE, "");
    } else if (!have_checker(job->options)) {
        decide(job, SPF_UNKNOWN, "no process for the SPF check");
    } else {
        job->asked = true;
        job->plain = was_plain(type, answer) && plain_text(r->ip, ".:") && plain_text(r->helo, ".-_:[]") &&
                     plain_text(r->sender, ".-_@+=");
        tell_checker(job, packet, eval_check_encode(packet, r, answer));
    }
}

static void start_spf(struct job *job)
{
    struct span domain = sender_domain(job->request->sender), name = domain;
    job->checking = true;
    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    if (!dns_name_valid(domain) || !memchr(domain.p, '.', domain.n)) { /* RFC 7208 4.3 */
        decide(job, SPF_NONE, "");
        return;
    }
    job->spf.deadline = monotonic_ms() + QUERY_MS;
    job->spf.active =
        resolver_ask(job->resolver, name, DNS_TXT, "v=spf1", on_own_record, job, &job->spf.place);
    if (!job->spf.active)
        decide(job, SPF_TEMPERROR, "");
}

/* --- the DMARC record */

static void ask_dmarc(struct job *job);

static bool says(struct span record, const char *tag, char value)
{
    struct span v;
    return taglist_find(record, tag, &v) && v.n == 1 && v.p[0] == value;
}

static void keep_record(struct job *job, struct span record, enum dmarc_found found)
{
    for (size_t i = 0; i < record.n; i++)
        job->record[i] = record.p[i] >= ' ' && record.p[i] <= '~' ? record.p[i] : '?';
    job->reply.record = (struct span){job->record, record.n};
    job->reply.dmarc = found;
    job->found_labels = job->labels;
}

static void on_exists(void *data, enum dns_type type, const struct dns_answer *answer)
{
    struct job *job = data;
    (void)type;
    job->dmarc.active = false;
    if (answer->status == DNS_NXDOMAIN)
        job->reply.dmarc = DMARC_FOR_MISSING;
}

/* np= is for names that do not exist: asked only where it says something. */
static void end_walk(struct job *job)
{
    struct span np;
    if (job->reply.dmarc == DMARC_UNKNOWN)
        job->reply.dmarc = DMARC_NO_RECORD;
    if (job->reply.dmarc != DMARC_ORGANISATION || !taglist_find(job->reply.record, "np", &np))
        return;
    job->dmarc.deadline = monotonic_ms() + QUERY_MS;
    job->dmarc.active =
        resolver_ask(job->resolver, job->request->from, DNS_A, "", on_exists, job, &job->dmarc.place);
}

/*
 * One record above the From domain. psd=n marks the organisation itself, psd=y a public suffix, whose record counts
 * where the organisation, one label longer, has none; else the organisation is the shortest name with a record. True
 * when the walk ends here.
 */
static bool is_last(struct job *job, struct span record)
{
    if (!says(record, "psd", 'y')) {
        keep_record(job, record, DMARC_ORGANISATION);
        return says(record, "psd", 'n');
    }
    if (job->found_labels != job->labels + 1)
        keep_record(job, record, DMARC_ORGANISATION);
    return true;
}

static size_t labels_of(struct span name)
{
    size_t n = name.n > 0;
    for (size_t i = 0; i < name.n; i++)
        n += name.p[i] == '.';
    return n;
}

/* The next name of the walk: from names of eight labels and more down to seven, then one label less each time. */
static bool go_up(struct job *job)
{
    size_t left = job->labels < DMARC_WALK_MAX ? 1 : job->labels - (DMARC_WALK_MAX - 1);
    for (; left && job->walk.n; left--)
        span_cut(&job->walk, '.');
    job->labels = labels_of(job->walk);
    return job->labels > 0 && job->walked < DMARC_WALK_MAX;
}

/* RFC 9989 4.10, the tree walk: of the domain, else of those above it. Several records are none. */
static void on_dmarc(void *data, enum dns_type type, const struct dns_answer *answer)
{
    struct job *job = data;
    (void)type;
    job->dmarc.active = false;
    if (answer->status == DNS_FAILED) { /* what is above is not the answer when this is not known */
        job->reply.dmarc = DMARC_UNKNOWN;
        job->reply.record = (struct span){NULL, 0};
        return;
    }
    if (answer->n == 1 && answer->records[0].n <= SPF_RECORD_MAX) {
        if (job->walked == 1) {
            keep_record(job, answer->records[0], DMARC_DOMAIN);
            return;
        }
        if (is_last(job, answer->records[0])) {
            end_walk(job);
            return;
        }
    }
    if (go_up(job))
        ask_dmarc(job);
    else
        end_walk(job);
}

static void ask_dmarc(struct job *job)
{
    char *name = mem_printf("_dmarc.%.*s", (int)job->walk.n, job->walk.p);
    job->walked++;
    job->dmarc.deadline = monotonic_ms() + QUERY_MS;
    job->dmarc.active =
        resolver_ask(job->resolver, span_of(name), DNS_TXT, "v=DMARC1", on_dmarc, job, &job->dmarc.place);
    free(name);
    if (!job->dmarc.active)
        job->reply.dmarc = DMARC_UNKNOWN;
}

static void start_dmarc(struct job *job)
{
    job->walk = job->request->from;
    if (job->walk.n && job->walk.p[job->walk.n - 1] == '.')
        job->walk.n--;
    job->labels = labels_of(job->walk);
    ask_dmarc(job);
}

/* --- DNS lists, one name after the other */

static void ask_list(struct job *job);

static void add_listed(struct job *job, const char *text)
{
    size_t n = strlen(text), blank = job->reply.listed.n > 0;
    if (job->reply.listed.n + blank + n > SPF_LISTED_MAX)
        return;
    char *to = job->listed + job->reply.listed.n;
    if (blank)
        *to++ = ' ';
    memcpy(to, text, n);
    job->reply.listed = (struct span){job->listed, job->reply.listed.n + blank + n};
}

static void on_list(void *data, enum dns_type type, const struct dns_answer *answer)
{
    enum { ADDRESSES_MOST = 4 };
    struct job *job = data;
    char text[ADDRESSES_MOST * sizeof("255.255.255.255,")] = "";
    size_t used = 0;
    (void)type;
    job->list.active = false;
    for (size_t i = 0; i < answer->n && i < ADDRESSES_MOST; i++) {
        const unsigned char *a = (const unsigned char *)answer->records[i].p;
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u.%u.%u.%u", i ? "," : "", a[0], a[1],
                                 a[2], a[3]);
    }
    add_listed(job, used ? text : answer->status == DNS_FAILED ? "?" : "-");
    ask_list(job);
}

static void ask_list(struct job *job)
{
    while (job->lists.n && !job->list.active) {
        struct span name = span_cut(&job->lists, ' ');
        job->list.deadline = monotonic_ms() + QUERY_MS;
        job->list.active = resolver_ask(job->resolver, name, DNS_A, "", on_list, job, &job->list.place);
        if (!job->list.active)
            add_listed(job, "?");
    }
}

/* --- all together */

static int next_timeout(const struct job *job)
{
    int64_t next = job->deadline, now = monotonic_ms();
    if (job->spf.active && job->spf.deadline < next)
        next = job->spf.deadline;
    if (job->dmarc.active && job->dmarc.deadline < next)
        next = job->dmarc.deadline;
    if (job->list.active && job->list.deadline < next)
        next = job->list.deadline;
    return next > now ? (int)(next - now) : 0;
}

static void give_up_late(struct job *job)
{
    int64_t now = monotonic_ms();
    if (job->spf.active && now >= job->spf.deadline) {
        resolver_cancel(job->resolver, job->spf.place);
        job->spf.active = false;
        if (job->asked)
            answer_failed(job);
        else
            decide(job, SPF_TEMPERROR, "");
    }
    if (job->dmarc.active && (now >= job->dmarc.deadline || now >= job->deadline)) {
        resolver_cancel(job->resolver, job->dmarc.place);
        job->dmarc.active = false;
        job->reply.dmarc = DMARC_UNKNOWN; /* a record that was found on the way may not be the one */
        job->reply.record = (struct span){NULL, 0};
    }
    if (job->list.active && (now >= job->list.deadline || now >= job->deadline)) {
        resolver_cancel(job->resolver, job->list.place);
        job->list.active = false;
        add_listed(job, "?");
        if (now < job->deadline)
            ask_list(job);
    }
    if (job->checking && now >= job->deadline)
        decide_odd(job, job->spf.active ? SPF_TEMPERROR : SPF_UNKNOWN, "SPF was not decided in time");
}

/* false when the supervisor is gone. */
static bool run(struct job *job, int supervisor)
{
    while (job->checking || job->dmarc.active || job->list.active) {
        struct pollfd fds[] = {{supervisor, POLLIN, 0},
                               {resolver_fd(job->resolver), POLLIN, 0},
                               {job->asked ? checker.fd : -1, POLLIN, 0}};
        if (poll(fds, 3, next_timeout(job)) < 0 && errno != EINTR)
            return false;
        if (fds[0].revents) /* it has nothing to say now but goodbye */
            return false;
        if (fds[1].revents)
            resolver_process(job->resolver);
        if (job->asked && fds[2].revents)
            from_checker(job);
        give_up_late(job);
    }
    return true;
}

bool spf_serve_one(int fd, const struct serve_options *options, struct resolver *resolver)
{
    char payload[REQUEST_MAX];
    struct spf_request request;
    struct job job = {.resolver = resolver, .options = options, .request = &request};
    reap();
    if (unreaped > CHILDREN_MAX || !read_request(fd, payload, &request))
        return false;
    if (request.deadline_ms > options->deadline_ms)
        request.deadline_ms = options->deadline_ms;
    job.deadline = monotonic_ms() + request.deadline_ms - MARGIN_MS;
    job.reply.detail = span_of("");
    if (request.from.n)
        start_dmarc(&job);
    if (request.ip.n)
        start_spf(&job);
    job.lists = request.lists;
    ask_list(&job);
    return run(&job, fd) && send_reply(fd, &job.reply);
}
