#ifndef RINGER_WORKER_RESOLVE_H
#define RINGER_WORKER_RESOLVE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

/*
 * DNS through libunbound, for the process of --service=spf that has the network. What an answer hands on is
 * bounded: the evaluation gets only records that it can use.
 */
enum dns_status { DNS_OK, DNS_NXDOMAIN, DNS_NODATA, DNS_FAILED, DNS_STATUSES };
enum dns_type { DNS_A = 1, DNS_PTR = 12, DNS_MX = 15, DNS_TXT = 16, DNS_AAAA = 28 };

enum {
    DNS_RECORDS_MAX = 64,  /* of an answer; SPF looks at ten names, hosts have a handful of addresses */
    DNS_RECORD_MAX = 4096, /* of a TXT record: eight times what RFC 7208 3.4 advises; one byte more is kept */
    DNS_ANSWER_MAX = 24 << 10, /* all records together */
    DNS_NAME_MAX = 253,
};

struct dns_answer {
    enum dns_status status;
    size_t n;
    struct span
        records[DNS_RECORDS_MAX]; /* A and AAAA: address bytes; MX and PTR: names; TXT: its strings joined */
    size_t used;
    char bytes[DNS_ANSWER_MAX];
};

/* May the name be asked for? Labels of 1 to 63 bytes, no more than DNS_NAME_MAX in all, no escapes. */
bool dns_name_valid(struct span name);

typedef void dns_done(void *data, enum dns_type type, const struct dns_answer *answer);
struct resolver;
/*
 * Before the sandbox closes: reads /etc/resolv.conf where `servers` ("IP[@PORT]", blank between) is "". NULL with a
 * text in *error_r (to be freed).
 */
struct resolver *resolver_new(const char *servers, char **error_r);
int resolver_fd(struct resolver *resolver); /* readable: call resolver_process(), which calls back */
void resolver_process(struct resolver *resolver);
/*
 * Starts a question; `prefix` is that of the TXT records that are wanted, any case. False when it could not be
 * started. There are at most RESOLVER_QUESTIONS at a time; place_r is for cancelling.
 */
enum { RESOLVER_QUESTIONS = 4 };
bool resolver_ask(struct resolver *resolver, struct span name, enum dns_type type, const char *prefix,
                  dns_done *done, void *data, unsigned *place_r);
void resolver_cancel(struct resolver *resolver, unsigned place);

#endif
