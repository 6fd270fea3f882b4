/*
 * libunbound as a forwarder's client: asks the configured servers, keeps its own cache, and runs in a thread of
 * its own behind a descriptor, so that a question can be given up at any time. No DNSSEC validation: the answers
 * are as good as the configured servers, like those of the mail server itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unbound.h>

#include "base/mem.h"

#include "worker/resolve.h"
#include "worker/spf.h"

struct question {
    struct resolver *resolver;
    bool used;
    int id;
    enum dns_type type;
    const char *prefix;
    dns_done *done;
    void *data;
};

struct resolver {
    struct ub_ctx *ctx;
    struct question questions[RESOLVER_QUESTIONS];
    struct dns_answer answer;
};

bool dns_name_valid(struct span name)
{
    size_t label = 0;
    if (name.n == 0 || name.n > DNS_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (c == '\\' || c <= ' ' || c == 0x7f)
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63 || (c == '.' && (i == 0 || name.p[i - 1] == '.')))
            return false;
    }
    return true;
}

static const char *configure(struct ub_ctx *ctx, char *servers)
{
    static const char *const options[][2] =
        {
            {"module-config:", "iterator"},
            {"do-not-query-localhost:", "no"}, /* a resolver on this machine is the best there is */
            {"edns-buffer-size:", "1232"},
            {"cache-max-ttl:", "300"},
            {"cache-max-negative-ttl:", "60"},
            {"infra-host-ttl:", "5"}, /* a server that came back is used again soon */
            {"msg-cache-size:", "2m"},
            {"rrset-cache-size:", "4m"},
            {"num-queries-per-thread:", "64"},
            {"outgoing-range:", "128"},
            {"unblock-lan-zones:", "yes"}, /* reverse names of all networks, for ptr */
        };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof(options) / sizeof(*options); i++)
        rc = ub_ctx_set_option(ctx, options[i][0], options[i][1]);
    if (rc == 0 && !*servers)
        rc = ub_ctx_resolvconf(ctx, NULL);
    char *save = NULL;
    for (char *s = strtok_r(servers, " ", &save); rc == 0 && s; s = strtok_r(NULL, " ", &save))
        rc = ub_ctx_set_fwd(ctx, s);
    if (rc == 0)
        rc = ub_ctx_async(ctx, 1);
    if (rc ==
        0) /* the last, since it ends the setting up; for the self-test, which must not need a network */
        rc = ub_ctx_data_add(ctx, SPF_SELF_TEST_DOMAIN " TXT \"v=spf1 ip4:192.0.2.1 -all\"");
    return rc == 0 ? NULL : ub_strerror(rc);
}

struct resolver *resolver_new(const char *servers, char **error_r)
{
    struct resolver *resolver = mem_alloc(sizeof(*resolver));
    char *copy = mem_strdup(servers);
    resolver->ctx = ub_ctx_create();
    const char *error = resolver->ctx ? configure(resolver->ctx, copy) : "no context";
    free(copy);
    if (!error)
        return resolver;
    *error_r = mem_printf("libunbound: %s (DNS servers: %s)", error, *servers ? servers : "/etc/resolv.conf");
    ub_ctx_delete(resolver->ctx);
    free(resolver);
    return NULL;
}

int resolver_fd(struct resolver *resolver)
{
    return ub_fd(resolver->ctx);
}

void resolver_process(struct resolver *resolver)
{
    ub_process(resolver->ctx);
}

static void add(struct dns_answer *a, const char *bytes, size_t n)
{
    if (a->n == DNS_RECORDS_MAX || n > sizeof(a->bytes) - a->used)
        return;
    char *to = a->bytes + a->used;
    memcpy(to, bytes, n);
    a->records[a->n++] = (struct span){to, n};
    a->used += n;
}

/* A name in wire form, not compressed; what is no host name is left out, nothing useful is called so. */
static void add_name(struct dns_answer *a, const unsigned char *wire, size_t n)
{
    char name[DNS_NAME_MAX + 2];
    size_t used = 0, at = 0;
    while (at < n && wire[at]) {
        size_t label = wire[at++];
        if (label > 63 || at + label > n || used + label + 1 > DNS_NAME_MAX + 1)
            return;
        memcpy(name + used, wire + at, label);
        used += label;
        at += label;
        name[used++] = '.';
    }
    struct span text = {name, used ? used - 1 : 0};
    if (dns_name_valid(text))
        add(a, text.p, text.n);
}

/* The strings of a TXT record joined (RFC 7208 3.3); a NUL, which no record may hold, becomes another bad one. */
static void add_text(struct dns_answer *a, const unsigned char *wire, size_t n, const char *prefix)
{
    char text[DNS_RECORD_MAX + 1];
    size_t used = 0;
    for (size_t at = 0; at < n;) {
        size_t part = wire[at++];
        part = part < n - at ? part : n - at;
        size_t fits = part < sizeof(text) - used ? part : sizeof(text) - used;
        memcpy(text + used, wire + at, fits);
        used += fits;
        at += part;
    }
    for (size_t i = 0; i < used; i++)
        text[i] = text[i] ? text[i] : 1;
    size_t want = strlen(prefix);
    if (used >= want && strncasecmp(text, prefix, want) == 0)
        add(a, text, used);
}

static void collect(struct dns_answer *a, const struct question *q, const struct ub_result *result)
{
    a->n = a->used = 0;
    a->status = DNS_OK;
    for (size_t i = 0; result->data && result->data[i]; i++) {
        size_t n = result->len[i] > 0 ? (size_t)result->len[i] : 0;
        const unsigned char *wire = (const unsigned char *)result->data[i];
        if ((q->type == DNS_A && n == 4) || (q->type == DNS_AAAA && n == 16))
            add(a, result->data[i], n);
        else if (q->type == DNS_PTR)
            add_name(a, wire, n);
        else if (q->type == DNS_MX && n > 2)
            add_name(a, wire + 2, n - 2);
        else if (q->type == DNS_TXT)
            add_text(a, wire, n, q->prefix);
    }
}

/* libunbound's call back, out of ub_process(). */
static void on_answer(void *data, int error, struct ub_result *result)
{
    struct question *q = data;
    struct dns_answer *a = &q->resolver->answer;
    a->status = DNS_FAILED; /* the rest is large, and its bytes say nothing */
    a->n = a->used = 0;
    if (error == 0 && result && !result->bogus) {
        if (result->nxdomain)
            a->status = DNS_NXDOMAIN;
        else if (result->rcode == 0 && !result->havedata)
            a->status = DNS_NODATA;
        else if (result->rcode == 0)
            collect(a, q, result);
    }
    ub_resolve_free(result);
    q->used = false;
    q->done(q->data, q->type, a);
}

bool resolver_ask(struct resolver *resolver, struct span name, enum dns_type type, const char *prefix,
                  dns_done *done, void *data, unsigned *place_r)
{
    char text[DNS_NAME_MAX + 1];
    unsigned place = 0;
    while (place < RESOLVER_QUESTIONS && resolver->questions[place].used)
        place++;
    if (place == RESOLVER_QUESTIONS || !dns_name_valid(name))
        return false;
    snprintf(text, sizeof(text), "%.*s", (int)name.n, name.p);
    struct question *q = &resolver->questions[place];
    *q = (struct question){resolver, true, 0, type, prefix, done, data};
    if (ub_resolve_async(resolver->ctx, text, (int)type, 1, q, on_answer, &q->id) != 0)
        q->used = false;
    *place_r = place;
    return q->used;
}

void resolver_cancel(struct resolver *resolver, unsigned place)
{
    struct question *q = &resolver->questions[place];
    if (q->used)
        ub_cancel(resolver->ctx, q->id);
    q->used = false;
}
