#ifndef RINGER_WORKER_SPF_FRAMES_H
#define RINGER_WORKER_SPF_FRAMES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "worker/spf_result.h"

/* The frames of --service=spf; the grammar stands in spf_frames.c. Both sides treat what they read as hostile. */
enum {
    FRAME_SPF_FIXED = 14,
    FRAME_CHECKED_FIXED = 10,
    SPF_IP_MAX = 64,       /* text of an IPv6 address with scope */
    SPF_ADDRESS_MAX = 512, /* RFC 5321 4.5.3.1.3 has 256 octets for a path */
    SPF_DOMAIN_MAX = 253,
    SPF_RECORD_MAX = 1024, /* of a DMARC record; they need a tenth of it */
    SPF_LISTS_MOST = 4,    /* names asked in DNS lists: as many as newlist.h allows */
    SPF_LISTS_MAX = SPF_LISTS_MOST * (SPF_DOMAIN_MAX + 1),
    SPF_LISTED_MAX = 512, /* four addresses for each, and more */
    SPF_CRASHED = 255,    /* ended, and not by a signal */
};

struct spf_request {
    uint32_t deadline_ms; /* from the moment the worker reads it */
    /* the client, its HELO and the envelope sender; no IP: no SPF. No From domain: no DMARC */
    struct span ip, helo, sender, from;
    struct span lists; /* names in DNS lists, blank between; "": none is asked */
};

struct spf_reply {
    enum spf_result spf;
    bool per_sender; /* the result holds for this local part and this HELO only */
    enum dmarc_found dmarc;
    uint8_t crashed; /* the checker's signal, or SPF_CRASHED; 0: it lives, or none was needed */
    struct span
        listed; /* for each name, blank between: its addresses with commas, "-" for none, "?" for no answer */
    struct span record, detail;
};

/* Decoders return false for anything that does not keep to the grammar. Texts follow the fixed part in order. */
void spf_request_encode(unsigned char out[FRAME_SPF_FIXED], const struct spf_request *request);
bool spf_request_decode(struct span payload, struct spf_request *request_r);
void spf_reply_encode(unsigned char out[FRAME_CHECKED_FIXED], const struct spf_reply *reply);
/* Refuses records that are no printable ASCII. */
bool spf_reply_decode(struct span payload, struct spf_reply *reply_r);

#endif
