/*
 * The half of --service=spf that has the network and no hostile record: it passes DNS questions and answers between
 * libunbound and the child in which libspf2 runs, and reports to the supervisor. The child has nothing but its
 * socket to here; when it aborts, hangs or floods, this process reports that and goes on.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "worker/extract.h"
#include "worker/protocol.h"
#include "worker/sandbox.h"
#include "worker/spf_eval.h"

#include "worker/spf_serve.h"

enum {
    QUERY_MS =
        2000, /* one question to the DNS: RFC 7208 4.6.4 gives the whole 20 s, mail cannot wait so long */
    QUESTIONS_MAX = 200, /* of one child: more than it asks for any record, so it has been taken over */
    CHILDREN_MAX = 4,    /* that were given up and have not ended: then this process ends, and they with it */
    MARGIN_MS = 30,      /* for the answer to be written */
    REQUEST_MAX = FRAME_SPF_FIXED + SPF_IP_MAX + 2 * SPF_ADDRESS_MAX + 2 * SPF_DOMAIN_MAX,
};

/* One DNS question under way, for SPF or for DMARC. */
struct lookup {
    bool active;
    unsigned place;
    int64_t deadline;
};

struct job {
    struct resolver *resolver;
    const struct spf_request *request;
    struct spf_reply reply;
    int64_t deadline;
    int child; /* socket to it; -1 when there is none (any more) */
    unsigned questions;
    struct lookup spf, dmarc;
    bool at_organisation;
    char record[SPF_RECORD_MAX];
};

static unsigned unreaped;

static bool receive_all(int fd, void *data, size_t n)
{
    for (char *p = data; n;) {
        ssize_t got = recv(fd, p, n, 0);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
    return true;
}

static bool read_request(int fd, char payload[REQUEST_MAX], struct spf_request *request_r)
{
    unsigned char header[FRAME_HEADER];
    struct frame_header h;
    return receive_all(fd, header, sizeof(header)) && frame_header_decode(header, &h) &&
           h.type == FRAME_SPF && h.length <= REQUEST_MAX && receive_all(fd, payload, h.length) &&
           spf_request_decode((struct span){payload, h.length}, request_r);
}

static bool send_reply(int fd, const struct spf_reply *reply)
{
    unsigned char out[FRAME_HEADER + FRAME_CHECKED_FIXED + SPF_RECORD_MAX + FRAME_DETAIL_MAX];
    struct frame_header h = {FRAME_CHECKED,
                             (uint32_t)(FRAME_CHECKED_FIXED + reply->record.n + reply->detail.n)};
    frame_header_encode(out, h);
    spf_reply_encode(out + FRAME_HEADER, reply);
    char *text = (char *)out + FRAME_HEADER + FRAME_CHECKED_FIXED;
    if (reply->record.n)
        memcpy(text, reply->record.p, reply->record.n);
    memcpy(text + reply->record.n, reply->detail.p, reply->detail.n);
    return send(fd, out, FRAME_HEADER + h.length, MSG_NOSIGNAL) == (ssize_t)(FRAME_HEADER + h.length);
}

/* --- the child */

static _Noreturn void run_child(int fd, const struct serve_options *options,
                                const struct spf_request *request, unsigned ms)
{
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
    if (!sandbox_limits(memory, ms / 1000 + 1, 0) || !sandbox_no_forks())
        _exit(1);
    if (options->sandboxed && !sandbox_enter(SANDBOX_PARSER))
        _exit(1);
    spf_evaluate(eval, request);
}

static void start_child(struct job *job, const struct serve_options *options)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0)
        run_child(fds[1], options, job->request, job->request->deadline_ms + MARGIN_MS);
    close(fds[1]);
    unreaped += pid > 0;
    if (pid > 0)
        job->child = fds[0];
    else
        close(fds[0]);
}

static void end_child(struct job *job, enum spf_result result, const char *detail)
{
    if (job->child < 0)
        return;
    close(job->child); /* it ends by itself at its next question, or by its timer */
    job->child = -1;
    job->reply.spf = result;
    job->reply.detail = span_of(detail);
    if (job->spf.active)
        resolver_cancel(job->resolver, job->spf.place);
    job->spf.active = false;
}

static void answer_child(void *data, const struct dns_answer *answer)
{
    unsigned char packet[EVAL_PACKET_MAX];
    struct job *job = data;
    job->spf.active = false;
    size_t n = eval_answer_encode(packet, answer);
    if (job->child >= 0 && send(job->child, packet, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n)
        end_child(job, SPF_UNKNOWN, "the process that checks SPF takes no answers");
}

static void answer_failed(struct job *job)
{
    static const struct dns_answer failed = {.status = DNS_FAILED};
    answer_child(job, &failed);
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
        end_child(job, SPF_UNKNOWN, "the process that checks SPF asked nonsense");
        return;
    }
    job->spf.deadline = monotonic_ms() + QUERY_MS;
    job->spf.active = resolver_ask(job->resolver, name, (enum dns_type)packet[1], "v=spf1", answer_child, job,
                                   &job->spf.place);
    if (!job->spf.active)
        answer_failed(job);
}

static void from_child(struct job *job)
{
    unsigned char packet[2 + DNS_NAME_MAX];
    ssize_t n = recv(job->child, packet, sizeof(packet), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 2 && packet[0] == 'Q') {
        question(job, packet, (size_t)n);
    } else if (n == 3 && packet[0] == 'R' && packet[1] < SPF_RESULTS && packet[2] <= 1) {
        job->reply.per_sender = packet[2];
        end_child(job, (enum spf_result)packet[1], "");
    } else {
        end_child(job, SPF_UNKNOWN, n == 0 ? "the SPF check crashed" : "the SPF check went wrong");
    }
}

/* --- the DMARC record */

static void ask_dmarc(struct job *job, struct span domain);

/* RFC 7489 6.6.3: of the domain, else of its organisation; several records are none. */
static void on_dmarc(void *data, const struct dns_answer *answer)
{
    struct job *job = data;
    const struct spf_request *r = job->request;
    job->dmarc.active = false;
    if (answer->status == DNS_FAILED)
        return;
    if (answer->n == 1 && answer->records[0].n <= SPF_RECORD_MAX) {
        struct span record = answer->records[0];
        for (size_t i = 0; i < record.n; i++)
            job->record[i] = record.p[i] >= ' ' && record.p[i] <= '~' ? record.p[i] : '?';
        job->reply.record = (struct span){job->record, record.n};
        job->reply.dmarc = job->at_organisation ? DMARC_ORGANISATION : DMARC_DOMAIN;
    } else if (job->at_organisation || r->organisation.n == 0 ||
               (r->from.n == r->organisation.n &&
                strncasecmp(r->from.p, r->organisation.p, r->from.n) == 0)) {
        job->reply.dmarc = DMARC_NO_RECORD;
    } else {
        job->at_organisation = true;
        ask_dmarc(job, r->organisation);
    }
}

static void ask_dmarc(struct job *job, struct span domain)
{
    char *name = mem_printf("_dmarc.%.*s", (int)domain.n, domain.p);
    job->dmarc.deadline = monotonic_ms() + QUERY_MS;
    job->dmarc.active =
        resolver_ask(job->resolver, span_of(name), DNS_TXT, "v=DMARC1", on_dmarc, job, &job->dmarc.place);
    free(name);
}

/* --- both together */

static int next_timeout(const struct job *job)
{
    int64_t next = job->deadline, now = monotonic_ms();
    if (job->spf.active && job->spf.deadline < next)
        next = job->spf.deadline;
    if (job->dmarc.active && job->dmarc.deadline < next)
        next = job->dmarc.deadline;
    return next > now ? (int)(next - now) : 0;
}

static void give_up_late(struct job *job)
{
    int64_t now = monotonic_ms();
    if (job->spf.active && now >= job->spf.deadline) {
        resolver_cancel(job->resolver, job->spf.place);
        answer_failed(job);
    }
    if (job->dmarc.active && (now >= job->dmarc.deadline || now >= job->deadline)) {
        resolver_cancel(job->resolver, job->dmarc.place);
        job->dmarc.active = false;
    }
    if (now >= job->deadline)
        end_child(job, job->spf.active ? SPF_TEMPERROR : SPF_UNKNOWN, "SPF was not decided in time");
}

static void reap(void)
{
    while (unreaped && waitpid(-1, NULL, WNOHANG) > 0)
        unreaped--;
}

/* false when the supervisor is gone. */
static bool run(struct job *job, int supervisor)
{
    while (job->child >= 0 || job->dmarc.active) {
        struct pollfd fds[] = {
            {supervisor, POLLIN, 0}, {resolver_fd(job->resolver), POLLIN, 0}, {job->child, POLLIN, 0}};
        if (poll(fds, 3, next_timeout(job)) < 0 && errno != EINTR)
            return false;
        if (fds[0].revents) /* it has nothing to say now but goodbye */
            return false;
        if (fds[1].revents)
            resolver_process(job->resolver);
        if (job->child >= 0 && fds[2].revents)
            from_child(job);
        give_up_late(job);
    }
    return true;
}

bool spf_serve_one(int fd, const struct serve_options *options, struct resolver *resolver)
{
    char payload[REQUEST_MAX];
    struct spf_request request;
    struct job job = {.resolver = resolver, .request = &request, .child = -1};
    reap();
    if (unreaped > CHILDREN_MAX || !read_request(fd, payload, &request))
        return false;
    if (request.deadline_ms > options->deadline_ms)
        request.deadline_ms = options->deadline_ms;
    job.deadline = monotonic_ms() + request.deadline_ms - MARGIN_MS;
    job.reply.detail = span_of("");
    if (request.from.n)
        ask_dmarc(&job, request.from);
    if (request.ip.n)
        start_child(&job, options);
    if (!run(&job, fd))
        return false;
    reap();
    return send_reply(fd, &job.reply);
}
