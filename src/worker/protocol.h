#ifndef RINGER_WORKER_PROTOCOL_H
#define RINGER_WORKER_PROTOCOL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "worker/document.h"
#include "worker/worker.h"

/*
 * The frames between the supervisor and a worker; the grammar stands in protocol.c. Both sides treat what
 * they read as hostile: a worker may have been taken over by the document it read.
 */
enum frame_type {
    FRAME_HELLO = 'H',     /* worker -> supervisor, once: ready, and how well it is shut in */
    FRAME_REFUSED = 'R',   /* worker -> supervisor, instead of HELLO: why it will not work */
    FRAME_EXTRACT = 'E',   /* request: text out of a document */
    FRAME_EXTRACTED = 'e', /* its answer */
    FRAME_SPF = 'S',       /* request: SPF of a sender and the DMARC record of a domain */
    FRAME_CHECKED = 's',   /* its answer */
};
enum {
    FRAME_HEADER = 8,
    FRAME_EXTRACT_FIXED = 16,   /* the fixed part of an EXTRACT payload, in front of the document */
    PASSWORDS_BYTES_MAX = 2048, /* candidates of a request; 20 of usual length */
    FRAME_DETAIL_MAX = 256,     /* longest detail or refusal text */
    FRAME_EXTRACTED_FIXED = 16, /* the fixed part of an EXTRACTED payload */
    FRAME_HELLO_BYTES = 4,
};

/* Exit codes of the worker: 0, the child's own, or this and the signal that killed the child. */
enum { EXIT_CHILD_SIGNAL = 128 };

enum worker_sandbox { /* bits of HELLO */
                      SANDBOX_SECCOMP = 1 << 0,
                      SANDBOX_LANDLOCK = 1 << 1,
};

struct frame_header {
    uint8_t type;
    uint32_t length; /* of the payload */
};

struct extract_request {
    enum document_kind kind;
    enum worker_look look; /* NONE: its text */
    uint32_t deadline_ms;  /* from the moment the worker reads it */
    uint32_t output_bytes;
    uint32_t cpu_ms;       /* of all processes that it takes; 0 = no limit but the deadline */
    struct span passwords; /* one a line; like the document sent separately, behind the fixed part */
    struct span document;  /* set by decode */
};

struct extract_reply {
    enum worker_status status;
    bool truncated;
    uint32_t pages, cpu_ms;
    struct span detail, text;
};

/* Decoders return false for anything that does not keep to the grammar. */
void frame_header_encode(unsigned char out[FRAME_HEADER], struct frame_header header);
bool frame_header_decode(const unsigned char in[FRAME_HEADER], struct frame_header *header_r);
void extract_request_encode(unsigned char out[FRAME_EXTRACT_FIXED], const struct extract_request *request);
bool extract_request_decode(struct span payload, struct extract_request *request_r);
/* `reply->detail` is cut to FRAME_DETAIL_MAX; detail and text follow the fixed part. */
void extract_reply_encode(unsigned char out[FRAME_EXTRACTED_FIXED], const struct extract_reply *reply);
/* Also refuses text that is not valid UTF-8, holds control characters, or is longer than `text_max`. */
bool extract_reply_decode(struct span payload, size_t text_max, struct extract_reply *reply_r);
void hello_encode(unsigned char out[FRAME_HELLO_BYTES], unsigned sandbox);
bool hello_decode(struct span payload, unsigned *sandbox_r);
/* Text for a log line: printable ASCII only, at most FRAME_DETAIL_MAX bytes; in `out` with its NUL. */
void frame_detail_clean(char out[FRAME_DETAIL_MAX + 1], struct span detail);

/* All `n` bytes from a socket, waiting for them; false when it ends or fails before. */
bool frame_receive_all(int fd, void *data, size_t n);

#endif
