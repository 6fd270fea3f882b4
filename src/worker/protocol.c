/*
 * The frames between the supervisor and ringer-worker, on a stream socket. Numbers are unsigned, big-endian.
 *
 *   frame     = length(4) type(1) version(1) zero(2) payload(length)
 *   hello     = sandbox(4)                                                       bits, enum worker_sandbox
 *   refused   = text                                                             why, at most 256 bytes
 *   extract   = kind(1) look(1) passwords-length(2) deadline-ms(4) output-bytes(4) cpu-ms(4)
 *               passwords document
 *   extracted = status(1) truncated(1) detail-length(2) pages(4) text-length(4) cpu-ms(4)
 *               detail text
 *
 * worker: hello *(extract extracted / spf checked) / refused. One request at a time; a type that the reader does not know
 * ends the connection. The other service (spf_frames.c) has its own pair of types and its own processes
 * (--service=spf), because it needs another sandbox. Refused: other versions, lengths that do not add up, values
 * out of range, text that is not clean UTF-8.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistr.h>

#include "worker/protocol.h"

enum { WIRE_VERSION = 2 };

static void put32(unsigned char *p, uint32_t v)
{
    p[0] = (unsigned char)(v >> 24);
    p[1] = (unsigned char)(v >> 16);
    p[2] = (unsigned char)(v >> 8);
    p[3] = (unsigned char)v;
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void frame_header_encode(unsigned char out[FRAME_HEADER], struct frame_header header)
{
    put32(out, header.length);
    out[4] = header.type;
    out[5] = WIRE_VERSION;
    out[6] = out[7] = 0;
}

bool frame_header_decode(const unsigned char in[FRAME_HEADER], struct frame_header *header_r)
{
    header_r->length = get32(in);
    header_r->type = in[4];
    return in[5] == WIRE_VERSION && in[6] == 0 && in[7] == 0;
}

void extract_request_encode(unsigned char out[FRAME_EXTRACT_FIXED], const struct extract_request *request)
{
    memset(out, 0, FRAME_EXTRACT_FIXED);
    out[0] = (unsigned char)request->kind;
    out[1] = (unsigned char)request->look;
    out[2] = (unsigned char)(request->passwords.n >> 8);
    out[3] = (unsigned char)request->passwords.n;
    put32(out + 4, request->deadline_ms);
    put32(out + 8, request->output_bytes);
    put32(out + 12, request->cpu_ms);
}

bool extract_request_decode(struct span payload, struct extract_request *request_r)
{
    const unsigned char *p = (const unsigned char *)payload.p;
    if (payload.n < FRAME_EXTRACT_FIXED || p[0] >= DOCUMENT_KINDS || p[1] > LOOK_WORDS)
        return false;
    size_t passwords = (size_t)p[2] << 8 | p[3];
    if (passwords > PASSWORDS_BYTES_MAX || passwords > payload.n - FRAME_EXTRACT_FIXED)
        return false;
    request_r->kind = (enum document_kind)p[0];
    request_r->look = (enum worker_look)p[1];
    request_r->deadline_ms = get32(p + 4);
    request_r->output_bytes = get32(p + 8);
    request_r->cpu_ms = get32(p + 12);
    request_r->passwords = (struct span){payload.p + FRAME_EXTRACT_FIXED, passwords};
    request_r->document = (struct span){payload.p + FRAME_EXTRACT_FIXED + passwords,
                                        payload.n - FRAME_EXTRACT_FIXED - passwords};
    return true;
}

void extract_reply_encode(unsigned char out[FRAME_EXTRACTED_FIXED], const struct extract_reply *reply)
{
    size_t detail = reply->detail.n < FRAME_DETAIL_MAX ? reply->detail.n : FRAME_DETAIL_MAX;
    out[0] = (unsigned char)reply->status;
    out[1] = reply->truncated;
    out[2] = (unsigned char)(detail >> 8);
    out[3] = (unsigned char)detail;
    put32(out + 4, reply->pages);
    put32(out + 8, (uint32_t)reply->text.n);
    put32(out + 12, reply->cpu_ms);
}

static bool clean_utf8(struct span text)
{
    if (text.n && u8_check((const uint8_t *)text.p, text.n))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

bool extract_reply_decode(struct span payload, size_t text_max, struct extract_reply *reply_r)
{
    const unsigned char *p = (const unsigned char *)payload.p;
    if (payload.n < FRAME_EXTRACTED_FIXED || p[1] > 1)
        return false;
    size_t detail = (size_t)p[2] << 8 | p[3], text = get32(p + 8);
    /* That it died is for the supervisor to find. */
    if (p[0] >= WORKER_STATUSES || p[0] == WORKER_DIED)
        return false;
    if (detail > FRAME_DETAIL_MAX || text > text_max || payload.n - FRAME_EXTRACTED_FIXED != detail + text)
        return false;
    reply_r->status = (enum worker_status)p[0];
    reply_r->truncated = p[1];
    reply_r->pages = get32(p + 4);
    reply_r->cpu_ms = get32(p + 12);
    reply_r->detail = (struct span){payload.p + FRAME_EXTRACTED_FIXED, detail};
    reply_r->text = (struct span){reply_r->detail.p + detail, text};
    return clean_utf8(reply_r->text);
}

void hello_encode(unsigned char out[FRAME_HELLO_BYTES], unsigned sandbox)
{
    put32(out, sandbox);
}

bool hello_decode(struct span payload, unsigned *sandbox_r)
{
    if (payload.n != FRAME_HELLO_BYTES)
        return false;
    *sandbox_r = get32((const unsigned char *)payload.p);
    return true;
}

void frame_detail_clean(char out[FRAME_DETAIL_MAX + 1], struct span detail)
{
    size_t n = detail.n < FRAME_DETAIL_MAX ? detail.n : FRAME_DETAIL_MAX;
    for (size_t i = 0; i < n; i++)
        out[i] = detail.p[i] >= ' ' && detail.p[i] <= '~' ? detail.p[i] : '?';
    out[n] = '\0';
}

bool frame_receive_all(int fd, void *data, size_t n)
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
