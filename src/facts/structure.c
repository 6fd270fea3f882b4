/*
 * Ways in which the message breaks the rules, and limits that were hit while reading it.
 */
#include "facts/families.h"

struct bit_name {
    unsigned bit;
    const char *name;
};

static const struct bit_name anomalies[] = {
    {ANOMALY_FROM_MISSING, "from-missing"},
    {ANOMALY_FROM_SEVERAL_FIELDS, "from-several-fields"},
    {ANOMALY_FROM_SEVERAL_ADDRESSES, "from-several-addresses"},
    {ANOMALY_ADDRESS_MALFORMED, "address-malformed"},
    {ANOMALY_ADDRESS_ROUTE, "address-route"},
    {ANOMALY_DUPLICATE_HEADER, "duplicate-header"},
    {ANOMALY_BOUNDARY_DUPLICATE, "boundary-duplicate"},
    {ANOMALY_BOUNDARY_MISSING, "boundary-missing"},
    {ANOMALY_CHARSET_UNKNOWN, "charset-unknown"},
    {ANOMALY_ENCODING_UNKNOWN, "encoding-unknown"},
    {ANOMALY_NUL_BYTES, "nul-bytes"},
    {ANOMALY_BAD_UTF8, "bad-utf8"},
    {ANOMALY_HEADER_CONTROL, "header-control"},
    {ANOMALY_HEADER_DISPLACED, "header-displaced"},
    {ANOMALY_PART_UNPARSED, "part-unparsed"},
};

static const struct bit_name limits[] = {
    {LIMIT_RAW, "message"},
    {LIMIT_HEADER_BYTES, "header-bytes"},
    {LIMIT_HEADERS, "headers"},
    {LIMIT_PARTS, "parts"},
    {LIMIT_DEPTH, "depth"},
    {LIMIT_TEXT, "text"},
    {LIMIT_ATTACHMENT, "attachments"},
    {LIMIT_ADDRESSES, "addresses"},
    {LIMIT_LINKS, "links"},
    {LIMIT_DECODED, "decoded"},
    {LIMIT_WORK, "work"},
};

static void list_bits(struct facts *facts, enum fact_id id, const struct bit_name *names, size_t n,
                      unsigned bits)
{
    facts_set_list_empty(facts, id);
    for (size_t i = 0; i < n; i++)
        if (bits & names[i].bit)
            facts_add(facts, id, names[i].name);
}

void facts_structure(struct fact_work *work)
{
    const struct message *m = work->message;
    list_bits(work->facts, FACT_STRUCTURE_ANOMALIES, anomalies, sizeof(anomalies) / sizeof(*anomalies),
              m->anomalies);
    list_bits(work->facts, FACT_STRUCTURE_LIMITS, limits, sizeof(limits) / sizeof(*limits), m->limits_hit);
    facts_set_int(work->facts, FACT_TEXT_HIDDEN, (int64_t)m->hidden_chars);
}
