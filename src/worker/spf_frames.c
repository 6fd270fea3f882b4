/*
 * The payloads of --service=spf. Numbers are unsigned, big-endian; frames as in protocol.c.
 *
 *   spf     = deadline-ms(4) ip-length(2) helo-length(2) sender-length(2) from-length(2) lists-length(2)
 *             ip helo sender from lists
 *   checked = spf(1) per-sender(1) dmarc(1) crashed(1) record-length(2) detail-length(2) listed-length(2)
 *             record detail listed
 *
 * Refused: lengths that do not add up or pass the bounds, values out of range, a NUL in a text of the request,
 * records with control or non-ASCII characters.
 */
#include <string.h>

#include "worker/protocol.h"
#include "worker/spf_frames.h"

static void put16(unsigned char *p, size_t v)
{
    p[0] = (unsigned char)(v >> 8);
    p[1] = (unsigned char)v;
}

static size_t get16(const unsigned char *p)
{
    return (size_t)p[0] << 8 | p[1];
}

void spf_request_encode(unsigned char out[FRAME_SPF_FIXED], const struct spf_request *request)
{
    put16(out, request->deadline_ms >> 16);
    put16(out + 2, request->deadline_ms & 0xffff);
    put16(out + 4, request->ip.n);
    put16(out + 6, request->helo.n);
    put16(out + 8, request->sender.n);
    put16(out + 10, request->from.n);
    put16(out + 12, request->lists.n);
}

/* Cuts `n` bytes off; false when there are not so many, more than `max`, or a NUL among them. */
static bool cut(struct span *rest, size_t n, size_t max, struct span *text_r)
{
    if (n > rest->n || n > max || (n && memchr(rest->p, 0, n)))
        return false;
    *text_r = (struct span){rest->p, n};
    *rest = (struct span){rest->p + n, rest->n - n};
    return true;
}

bool spf_request_decode(struct span payload, struct spf_request *request_r)
{
    const unsigned char *p = (const unsigned char *)payload.p;
    if (payload.n < FRAME_SPF_FIXED)
        return false;
    struct span rest = {payload.p + FRAME_SPF_FIXED, payload.n - FRAME_SPF_FIXED};
    request_r->deadline_ms = (uint32_t)(get16(p) << 16 | get16(p + 2));
    return cut(&rest, get16(p + 4), SPF_IP_MAX, &request_r->ip) &&
           cut(&rest, get16(p + 6), SPF_ADDRESS_MAX, &request_r->helo) &&
           cut(&rest, get16(p + 8), SPF_ADDRESS_MAX, &request_r->sender) &&
           cut(&rest, get16(p + 10), SPF_DOMAIN_MAX, &request_r->from) &&
           cut(&rest, get16(p + 12), SPF_LISTS_MAX, &request_r->lists) && rest.n == 0;
}

void spf_reply_encode(unsigned char out[FRAME_CHECKED_FIXED], const struct spf_reply *reply)
{
    out[0] = (unsigned char)reply->spf;
    out[1] = reply->per_sender;
    out[2] = (unsigned char)reply->dmarc;
    out[3] = reply->crashed;
    put16(out + 4, reply->record.n);
    put16(out + 6, reply->detail.n);
    put16(out + 8, reply->listed.n);
}

bool spf_reply_decode(struct span payload, struct spf_reply *reply_r)
{
    const unsigned char *p = (const unsigned char *)payload.p;
    if (payload.n < FRAME_CHECKED_FIXED || p[0] >= SPF_RESULTS || p[1] > 1 || p[2] >= DMARC_FOUNDS)
        return false;
    struct span rest = {payload.p + FRAME_CHECKED_FIXED, payload.n - FRAME_CHECKED_FIXED};
    reply_r->spf = (enum spf_result)p[0];
    reply_r->per_sender = p[1];
    reply_r->dmarc = (enum dmarc_found)p[2];
    reply_r->crashed = p[3];
    if (!cut(&rest, get16(p + 4), SPF_RECORD_MAX, &reply_r->record) ||
        !cut(&rest, get16(p + 6), FRAME_DETAIL_MAX, &reply_r->detail) ||
        !cut(&rest, get16(p + 8), SPF_LISTED_MAX, &reply_r->listed) || rest.n)
        return false;
    for (size_t i = 0; i < reply_r->listed.n; i++)
        if (!strchr("0123456789.,-? ", reply_r->listed.p[i]))
            return false;
    for (size_t i = 0; i < reply_r->record.n; i++)
        if (reply_r->record.p[i] < ' ' || reply_r->record.p[i] > '~')
            return false;
    return true;
}
