/*
 * libspf2 under a DNS layer of our own, which also does what libspf2 does not (or does not any more get right):
 * choosing the one SPF record (RFC 7208 4.5), and the limits of 4.6.4 over the whole evaluation with all its
 * includes: ten terms that ask the DNS, two of them without an answer. libspf2 counts each include afresh.
 *
 * One process makes many checks, since a fork and a sandbox for each cost five times what the mail itself costs.
 * What libspf2 knows of a check hangs off its request and its response, and ours stands in struct check: all three
 * are new for each. What stays is the server object, which only spf_eval_new() writes: the host's name, an empty
 * local policy, and an explanation without macros, so that no sender's text is ever expanded for a plain record.
 * What could leak nevertheless: the heap, where freed memory keeps bytes of the check before, so that a reader of
 * memory that was never written could mix two checks, and a record that takes libspf2 over would answer for those
 * behind it. Therefore spf_serve.c, which sees what goes in and is not reached by it, lets a checker go on only
 * after checks that exercised nothing of this kind (no macro, nothing unprintable, a plain result), and not for long.
 */
#include <arpa/nameser.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h> /* spf2/spf_dns_rr.h has a time_t and does not include it */
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <spf2/spf.h>
#include <spf2/spf_dns_rr.h>

#include "base/mem.h"

#include "worker/spf_eval.h"

enum {
    TERMS_MAX = 10, /* RFC 7208 4.6.4 */
    VOIDS_MAX = 2,
    NAMES_MAX = 10,     /* hosts of one MX or PTR answer */
    QUESTIONS_MAX = 80, /* more than the limits above allow in any case that gives a result */
    EXIT_NO_ANSWER = 20,
    EXIT_NO_SPF = 21,
};

/* All that is known of one check; nothing of it is there in the next. */
struct check {
    bool permerror, temperror, per_sender, first_done;
    unsigned terms, voids, questions;
    /* hosts of the last MX or PTR answer: questions for their addresses belong to the same term */
    char *hosts[NAMES_MAX];
    size_t n_hosts, next_host;
};

struct spf_eval {
    int fd;
    SPF_server_t *server;
    struct check check;
    struct {
        enum dns_status status;
        size_t n;
        struct span records[DNS_RECORDS_MAX];
    } answer; /* in `packet` */
    unsigned char packet[EVAL_PACKET_MAX];
};

size_t eval_answer_encode(unsigned char out[EVAL_ANSWER_MAX], const struct dns_answer *answer)
{
    size_t used = 2;
    out[0] = (unsigned char)answer->status;
    out[1] = (unsigned char)answer->n;
    for (size_t i = 0; i < answer->n; i++) {
        out[used++] = (unsigned char)(answer->records[i].n >> 8);
        out[used++] = (unsigned char)answer->records[i].n;
        memcpy(out + used, answer->records[i].p, answer->records[i].n);
        used += answer->records[i].n;
    }
    return used;
}

size_t eval_check_encode(unsigned char out[EVAL_PACKET_MAX], const struct spf_request *request,
                         const struct dns_answer *own)
{
    const struct spf_request r = {.ip = request->ip, .helo = request->helo, .sender = request->sender};
    const struct span texts[] = {r.ip, r.helo, r.sender};
    size_t used = FRAME_SPF_FIXED;
    spf_request_encode(out + 3, &r);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (texts[i].n)
            memcpy(out + 3 + used, texts[i].p, texts[i].n);
        used += texts[i].n;
    }
    out[0] = 'C';
    out[1] = (unsigned char)(used >> 8);
    out[2] = (unsigned char)used;
    return 3 + used + eval_answer_encode(out + 3 + used, own);
}

/* The next packet from the process that has the network. None at all: it has given us up. */
static size_t receive(struct spf_eval *eval)
{
    ssize_t got;
    do
        got = recv(eval->fd, eval->packet, sizeof(eval->packet), 0);
    while (got < 0 && errno == EINTR);
    if (got < 2)
        _exit(got == 0 ? 0 : EXIT_NO_ANSWER);
    return (size_t)got;
}

static void send_packet(const struct spf_eval *eval, const void *packet, size_t n)
{
    ssize_t sent;
    do
        sent = send(eval->fd, packet, n, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)n)
        _exit(EXIT_NO_ANSWER);
}

static void take_answer(struct spf_eval *eval, const unsigned char *p, const unsigned char *end)
{
    if (end - p < 2)
        _exit(EXIT_NO_ANSWER);
    eval->answer.status = (enum dns_status)p[0];
    eval->answer.n = p[1];
    p += 2;
    for (size_t i = 0; i < eval->answer.n; i++) {
        size_t n = end - p < 2 ? SIZE_MAX : (size_t)p[0] << 8 | p[1];
        if (i >= DNS_RECORDS_MAX || n == SIZE_MAX || n > (size_t)(end - p) - 2)
            _exit(EXIT_NO_ANSWER);
        eval->answer.records[i] = (struct span){(const char *)p + 2, n};
        p += 2 + n;
    }
}

/* The question's answer into eval->answer. */
static void ask(struct spf_eval *eval, struct span name, enum dns_type type)
{
    unsigned char question[2 + DNS_NAME_MAX] = {'Q', (unsigned char)type};
    memcpy(question + 2, name.p, name.n);
    send_packet(eval, question, 2 + name.n);
    size_t n = receive(eval);
    take_answer(eval, eval->packet, eval->packet + n);
}

/* Counts a term or a void answer; false when the limit is passed: the result is permerror, nothing is asked. */
static bool within(struct spf_eval *eval, unsigned *count, unsigned max)
{
    if (++*count > max)
        eval->check.permerror = true;
    return !eval->check.permerror;
}

/* Names longer than DNS allows lose labels from the left (RFC 7208 7.3). */
static struct span fit_name(const char *name)
{
    struct span s = span_of(name);
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    while (s.n > DNS_NAME_MAX) {
        const char *dot = memchr(s.p, '.', s.n);
        size_t cut = dot ? (size_t)(dot - s.p) + 1 : s.n;
        s = (struct span){s.p + cut, s.n - cut};
    }
    return s;
}

static int lookup(struct spf_eval *eval, const char *name, enum dns_type type)
{
    struct check *c = &eval->check;
    struct span fitted = fit_name(name);
    bool own = type == DNS_TXT && !c->first_done; /* came with the check */
    if (!own)
        eval->answer.n = 0;
    if (!within(eval, &c->questions, QUESTIONS_MAX))
        return TRY_AGAIN;
    if (!dns_name_valid(fitted)) /* 4.8: no such name is there */
        return HOST_NOT_FOUND;
    if (!own)
        ask(eval, fitted, type);
    if (eval->answer.status == DNS_FAILED) {
        c->temperror = true;
        return TRY_AGAIN;
    }
    bool is_void = eval->answer.status != DNS_OK;
    if (is_void && !own && !within(eval, &c->voids, VOIDS_MAX))
        return TRY_AGAIN;
    return eval->answer.status == DNS_NXDOMAIN ? HOST_NOT_FOUND : is_void ? NO_DATA : NETDB_SUCCESS;
}

/* Is it the address of the next host of the MX or PTR answer before? libspf2 asks for them in order. */
static bool part_of_term(struct spf_eval *eval, const char *name, ns_type type)
{
    return (type == ns_t_a || type == ns_t_aaaa) && eval->check.next_host < eval->check.n_hosts &&
           strcasecmp(eval->check.hosts[eval->check.next_host], name) == 0;
}

static void forget_hosts(struct spf_eval *eval)
{
    for (size_t i = 0; i < eval->check.n_hosts; i++)
        free(eval->check.hosts[i]);
    eval->check.n_hosts = eval->check.next_host = 0;
}

static void keep_hosts(struct spf_eval *eval)
{
    forget_hosts(eval);
    for (size_t i = 0; i < eval->answer.n && i < NAMES_MAX; i++) {
        struct span s = eval->answer.records[i];
        eval->check.hosts[eval->check.n_hosts++] = mem_strndup(s.p, s.n);
    }
}

static SPF_dns_rr_t *as_libspf2(SPF_dns_server_t *server, const struct spf_eval *eval, const char *name,
                                ns_type type, int herrno)
{
    SPF_dns_rr_t *rr = SPF_dns_rr_new_init(server, name, type, 0, herrno);
    if (!rr)
        _exit(EXIT_NO_SPF);
    for (size_t i = 0; i < eval->answer.n; i++) {
        struct span record = eval->answer.records[i];
        if (type == ns_t_ptr &&
            i == NAMES_MAX) /* the first ten count (RFC 7208 4.6.4); too many MX are an error */
            break;
        if (SPF_dns_rr_buf_realloc(rr, rr->num_rr, record.n + 1) != SPF_E_SUCCESS)
            _exit(EXIT_NO_SPF);
        memcpy(rr->rr[rr->num_rr], record.p, record.n);
        if (type != ns_t_a && type != ns_t_aaaa)
            rr->rr[rr->num_rr]->txt[record.n] = '\0';
        rr->num_rr++;
    }
    return rr;
}

/* libspf2 asks for a, mx, ptr, exists and the macro p here; for text only to explain a failure, which we do not. */
static SPF_dns_rr_t *on_lookup(SPF_dns_server_t *server, const char *name, ns_type type, int should_cache)
{
    struct spf_eval *eval = server->hook;
    int herrno = NO_DATA;
    eval->answer.n = 0;
    if (part_of_term(eval, name, type)) {
        eval->check.next_host++;
        herrno = lookup(eval, name, (enum dns_type)type);
    } else if (type == ns_t_a || type == ns_t_aaaa || type == ns_t_mx || type == ns_t_ptr) {
        herrno =
            within(eval, &eval->check.terms, TERMS_MAX) ? lookup(eval, name, (enum dns_type)type) : TRY_AGAIN;
        if (type == ns_t_mx || type == ns_t_ptr)
            keep_hosts(eval);
    }
    return as_libspf2(server, eval, name, type, herrno);
}

/* Macros whose value is not the same for all mail of one domain from one client (7.2): s, l, h. */
static bool names_sender(struct span record)
{
    for (size_t i = 0; i + 2 < record.n; i++)
        if (record.p[i] == '%' && record.p[i + 1] == '{' && memchr("sSlLhH", record.p[i + 2], 6))
            return true;
    return false;
}

/* The one record of the answer that is SPF's; NULL with *many_r when there are several. */
static char *choose(struct spf_eval *eval, bool *many_r)
{
    char *chosen = NULL;
    *many_r = false;
    for (size_t i = 0; i < eval->answer.n; i++) {
        struct span r = eval->answer.records[i];
        if (r.n < 6 || strncasecmp(r.p, "v=spf1", 6) != 0 || (r.n > 6 && r.p[6] != ' '))
            continue;
        *many_r = chosen != NULL || r.n > DNS_RECORD_MAX;
        if (*many_r)
            break;
        chosen = mem_strndup(r.p, r.n);
        eval->check.per_sender = eval->check.per_sender || names_sender(r);
    }
    if (*many_r) {
        free(chosen);
        chosen = NULL;
    }
    return chosen;
}

static size_t labels(const char *domain)
{
    size_t n = 1;
    for (const char *p = domain; *p; p++)
        n += *p == '.' && p[1];
    return n;
}

/*
 * Takes the digits out of %{d2} and %{o2} where they cut nothing off, because the domain has no more labels: libspf2
 * 1.2.10 drops the first letter then.
 */
static void drop_idle_digits(char *record, const SPF_request_t *request)
{
    for (char *p = strstr(record, "%{"); p; p = strstr(p + 2, "%{")) {
        char letter = (char)tolower((unsigned char)p[2]), *end;
        const char *domain = letter == 'd' ? request->cur_dom : letter == 'o' ? request->env_from_dp : NULL;
        if (!domain || !isdigit((unsigned char)p[3]))
            continue;
        unsigned long n = strtoul(p + 3, &end, 10);
        if (n >= labels(domain) && n < 128 &&
            (*end == '}' || ((*end == 'r' || *end == 'R') && end[1] == '}')))
            memmove(p + 3, end, strlen(end) + 1);
    }
}

/* The record of the domain under evaluation: the sender's own, then those of include and redirect. */
static SPF_errcode_t on_record(SPF_server_t *server, SPF_request_t *request, SPF_response_t *response,
                               SPF_record_t **record_r)
{
    struct spf_eval *eval = server->resolver->hook;
    bool first = !eval->check.first_done, many = false;
    *record_r = NULL;
    if (!first && !within(eval, &eval->check.terms, TERMS_MAX))
        return SPF_E_BIG_DNS;
    int herrno = lookup(eval, request->cur_dom, DNS_TXT);
    eval->check.first_done = true;
    if (herrno == TRY_AGAIN)
        return SPF_E_DNS_ERROR;
    char *text = herrno == NETDB_SUCCESS ? choose(eval, &many) : NULL;
    if (!text) {
        eval->check.permerror = eval->check.permerror || !first || (herrno == NETDB_SUCCESS && many);
        return SPF_E_NOT_SPF;
    }
    drop_idle_digits(text, request);
    if (SPF_record_compile(server, response, record_r, text) != SPF_E_SUCCESS || !*record_r) {
        eval->check.permerror = true;
        free(text);
        return SPF_E_SYNTAX;
    }
    free(text);
    return SPF_E_SUCCESS;
}

static bool set_client(SPF_request_t *spf, const char *ip)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (strncasecmp(ip, "IPv6:", 5) == 0)
        ip += 5;
    if (inet_pton(AF_INET, ip, &v4) == 1)
        return SPF_request_set_ipv4(spf, v4) == SPF_E_SUCCESS;
    if (inet_pton(AF_INET6, ip, &v6) != 1)
        return false;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        memcpy(&v4, &v6.s6_addr[12], sizeof(v4));
        return SPF_request_set_ipv4(spf, v4) == SPF_E_SUCCESS;
    }
    return SPF_request_set_ipv6(spf, v6) == SPF_E_SUCCESS;
}

static enum spf_result query(struct spf_eval *eval, SPF_request_t *spf)
{
    static const enum spf_result results[] = {
        [SPF_RESULT_INVALID] = SPF_NONE,        [SPF_RESULT_NEUTRAL] = SPF_NEUTRAL,
        [SPF_RESULT_PASS] = SPF_PASS,           [SPF_RESULT_FAIL] = SPF_FAIL,
        [SPF_RESULT_SOFTFAIL] = SPF_SOFTFAIL,   [SPF_RESULT_NONE] = SPF_NONE,
        [SPF_RESULT_TEMPERROR] = SPF_TEMPERROR, [SPF_RESULT_PERMERROR] = SPF_PERMERROR,
    };
    SPF_response_t *response = NULL;
    SPF_request_query_mailfrom(spf, &response);
    if (!response)
        _exit(EXIT_NO_SPF);
    SPF_result_t result = SPF_response_result(response);
    SPF_response_free(response);
    if (eval->check.permerror)
        return SPF_PERMERROR;
    if (eval->check.temperror)
        return SPF_TEMPERROR;
    return (size_t)result < sizeof(results) / sizeof(*results) ? results[result] : SPF_UNKNOWN;
}

static enum spf_result evaluate(struct spf_eval *eval, const char *ip, const char *helo, const char *sender)
{
    enum spf_result result = SPF_UNKNOWN;
    SPF_request_t *spf = SPF_request_new(eval->server);
    if (!spf)
        _exit(EXIT_NO_SPF);
    if (set_client(spf, ip) && SPF_request_set_helo_dom(spf, *helo ? helo : "unknown") == SPF_E_SUCCESS &&
        SPF_request_set_env_from(spf, sender) == SPF_E_SUCCESS)
        result = query(eval, spf);
    SPF_request_free(spf);
    return result;
}

/* One check, which stands in eval->packet. */
static void serve(struct spf_eval *eval, size_t n)
{
    const unsigned char *p = eval->packet;
    size_t length = n < 3 ? 0 : (size_t)p[1] << 8 | p[2];
    struct spf_request request;
    if (p[0] != 'C' || length > n - 3 ||
        !spf_request_decode((struct span){(const char *)p + 3, length}, &request))
        _exit(EXIT_NO_ANSWER);
    eval->check = (struct check){0};
    take_answer(eval, p + 3 + length, p + n);
    char *ip = mem_strndup(request.ip.p, request.ip.n);
    char *helo = mem_strndup(request.helo.p, request.helo.n);
    char *sender = mem_strndup(request.sender.p, request.sender.n);
    enum spf_result result = evaluate(eval, ip, helo, sender);
    const unsigned char answer[] = {'R', (unsigned char)result, eval->check.per_sender};
    forget_hosts(eval);
    free(ip);
    free(helo);
    free(sender);
    send_packet(eval, answer, sizeof(answer));
}

/* libspf2 expands the macros of its explanation for every fail: none in it, none expanded. */
static bool plain_explanation(SPF_server_t *server)
{
    SPF_response_t *response = NULL;
    SPF_errcode_t rc = SPF_server_set_explanation(server, "not permitted", &response);
    if (response)
        SPF_response_free(response);
    return rc == SPF_E_SUCCESS;
}

struct spf_eval *spf_eval_new(int fd)
{
    struct spf_eval *eval = mem_alloc(sizeof(*eval));
    SPF_dns_server_t *dns = mem_alloc(sizeof(*dns));
    *dns = (SPF_dns_server_t){.lookup = on_lookup, .get_spf = on_record, .name = "ringer", .hook = eval};
    eval->fd = fd;
    eval->server = SPF_server_new_dns(dns, 0);
    if (!eval->server || SPF_server_set_rec_dom(eval->server, "unknown") != SPF_E_SUCCESS ||
        !plain_explanation(eval->server))
        _exit(EXIT_NO_SPF);
    return eval;
}

_Noreturn void spf_eval_run(struct spf_eval *eval)
{
    for (;;)
        serve(eval, receive(eval));
}
