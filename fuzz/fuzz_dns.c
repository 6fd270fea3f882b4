/*
 * Answers of DNS servers, as libunbound hands them on: the input is a type, a code and records of a length and bytes.
 * What the evaluation gets is bounded, and its names are names.
 */
#include <unbound.h>

/* The answer is ours: there is nothing of libunbound's to be freed. */
static void keep_result(struct ub_result *result)
{
    (void)result;
}
#define ub_resolve_free keep_result
#include "../src/worker/resolve.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *context, enum dns_type type, const struct dns_answer *a)
{
    (void)context;
    if (a->n > DNS_RECORDS_MAX || a->used > sizeof(a->bytes))
        __builtin_trap();
    for (size_t i = 0; i < a->n; i++)
        if ((type == DNS_A && a->records[i].n != 4) || (type == DNS_AAAA && a->records[i].n != 16) ||
            ((type == DNS_MX || type == DNS_PTR) && !dns_name_valid(a->records[i])) ||
            (type == DNS_TXT && (a->records[i].n > DNS_RECORD_MAX + 1 ||
                                 (a->records[i].n && memchr(a->records[i].p, 0, a->records[i].n)))))
            __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { RECORDS = 200, HEAD = 2 };
    static const enum dns_type types[] = {DNS_A, DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA};
    static struct resolver resolver;
    static char *records[RECORDS + 1];
    static int lengths[RECORDS + 1];
    if (size < HEAD)
        return 0;
    struct ub_result result = {
        .data = records, .len = lengths, .rcode = data[1] & 3, .nxdomain = data[1] & 4 ? 1 : 0};
    struct question q = {.resolver = &resolver,
                         .used = true,
                         .type = types[data[0] % 5],
                         .prefix = data[0] & 8 ? "v=spf1" : "",
                         .done = check};
    size_t n = 0;
    for (size_t at = HEAD; at < size && n < RECORDS; n++) {
        size_t length = (size_t)data[at] * (data[at] & 1 ? 1 : 40), left = size - at - 1;
        length = length < left ? length : left;
        records[n] = malloc(length ? length : 1); /* of its own, so that a byte too far is seen */
        memcpy(records[n], data + at + 1, length);
        lengths[n] = (int)length;
        at += 1 + length;
    }
    records[n] = NULL;
    result.havedata = n > 0;
    on_answer(&q, data[1] >> 6 == 3, &result);
    for (size_t i = 0; i < n; i++)
        free(records[i]);
    return 0;
}
