/* Both directions of the frames between supervisor and worker: the first byte says which. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "worker/protocol.h"
#include "worker/spf_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void spf_frames(struct span payload)
{
    struct spf_request request;
    struct spf_reply reply;
    unsigned char again[FRAME_SPF_FIXED];
    if (spf_request_decode(payload, &request)) {
        spf_request_encode(again, &request);
        if (memcmp(again, payload.p, sizeof(again)) != 0)
            abort();
    }
    if (spf_reply_decode(payload, &reply)) {
        spf_reply_encode(again, &reply);
        if (memcmp(again, payload.p, FRAME_CHECKED_FIXED) != 0 || reply.record.n > SPF_RECORD_MAX)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame_header header;
    struct extract_request request;
    struct extract_reply reply;
    char detail[FRAME_DETAIL_MAX + 1];
    unsigned sandbox;
    if (size < 1 + FRAME_HEADER || !frame_header_decode(data + 1, &header))
        return 0;
    struct span payload = {(const char *)data + 1 + FRAME_HEADER, size - 1 - FRAME_HEADER};
    if (data[0] % 2 == 0 && extract_request_decode(payload, &request)) {
        unsigned char again[FRAME_EXTRACT_FIXED];
        extract_request_encode(again, &request);
        if (request.passwords.n + request.document.n + sizeof(again) != payload.n)
            abort();
    } else if (extract_reply_decode(payload, 4096, &reply)) {
        frame_detail_clean(detail, reply.detail);
        if (reply.text.n > 4096 || reply.status == WORKER_DIED)
            abort();
    }
    spf_frames(payload);
    if (hello_decode(payload, &sandbox))
        frame_detail_clean(detail, payload);
    return 0;
}
