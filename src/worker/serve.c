/*
 * One request in one process: reads it, starts what runs other programs where they may be needed, closes the parser's sandbox behind
 * itself, takes the text out, answers and ends. Every exit but the last is a failure that the supervisor sees as
 * a closed connection; nothing of one message is left in memory for the next.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "worker/extract.h"
#include "worker/look.h"
#include "worker/outside.h"
#include "worker/program.h"
#include "worker/protocol.h"
#include "worker/sandbox.h"
#include "worker/serve.h"

enum {
    EXIT_BAD_REQUEST = 10,
    EXIT_NO_LIMITS = 11,
    EXIT_NO_SANDBOX = 12,
    EXIT_CLOSED = 13,
    CODES_SECONDS = 2, /* of CPU: a page takes 0.1, a picture drawn to exhaust zbar a minute */
    GRACE_MS = 2000, /* behind its deadline a request's process ends itself, should the supervisor be gone */
};

static bool send_all(int fd, const void *data, size_t n)
{
    for (const char *p = data; n;) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return false;
        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
        }
    }
    return true;
}

static bool send_frame(int fd, enum frame_type type, const void *fixed, size_t fixed_n, struct span detail,
                       struct span text)
{
    unsigned char header[FRAME_HEADER];
    struct frame_header h = {(uint8_t)type, (uint32_t)(fixed_n + detail.n + text.n)};
    frame_header_encode(header, h);
    return send_all(fd, header, sizeof(header)) && send_all(fd, fixed, fixed_n) &&
           send_all(fd, detail.p, detail.n) && send_all(fd, text.p, text.n);
}

bool serve_hello(int fd, unsigned sandbox)
{
    unsigned char hello[FRAME_HELLO_BYTES];
    hello_encode(hello, sandbox);
    return send_frame(fd, FRAME_HELLO, hello, sizeof(hello), span_of(""), span_of(""));
}

bool serve_refusal(int fd, const char *why)
{
    struct span text = span_of(why);
    if (text.n > FRAME_DETAIL_MAX)
        text.n = FRAME_DETAIL_MAX;
    return send_frame(fd, FRAME_REFUSED, NULL, 0, text, span_of(""));
}

static bool answer(int fd, const struct extraction *x)
{
    unsigned char fixed[FRAME_EXTRACTED_FIXED];
    struct span detail = span_of(x->detail);
    if (detail.n > FRAME_DETAIL_MAX)
        detail.n = FRAME_DETAIL_MAX;
    struct extract_reply reply = {x->status, x->sink.truncated,      x->pages, extract_cpu_ms(x),
                                  detail,    buf_span(&x->sink.text)};
    extract_reply_encode(fixed, &reply);
    return send_frame(fd, FRAME_EXTRACTED, fixed, sizeof(fixed), detail, reply.text);
}

static void read_request(int fd, const struct serve_options *options, struct extract_request *request_r)
{
    unsigned char header[FRAME_HEADER];
    struct frame_header h;
    if (!frame_receive_all(fd, header, sizeof(header)))
        _exit(EXIT_CLOSED);
    if (!frame_header_decode(header, &h) || h.type != FRAME_EXTRACT ||
        h.length > options->input_bytes + FRAME_EXTRACT_FIXED + PASSWORDS_BYTES_MAX)
        _exit(EXIT_BAD_REQUEST);
    char *payload = malloc(h.length ? h.length : 1);
    if (!payload || !frame_receive_all(fd, payload, h.length))
        _exit(EXIT_CLOSED);
    if (!extract_request_decode((struct span){payload, h.length}, request_r))
        _exit(EXIT_BAD_REQUEST);
    if (request_r->deadline_ms > options->deadline_ms)
        request_r->deadline_ms = options->deadline_ms;
}

/* Inside its sandbox a parser can start no program. */
static struct runners *start_runners(const struct serve_options *options,
                                     const struct extract_request *request, size_t memory, unsigned seconds)
{
    unsigned wanted = request->look ? LOOK_RUNNERS : outside_runners(request->kind);
    struct program_options o = {
        .memory_bytes = memory,
        .cpu_seconds = request->look == LOOK_CODES && seconds > CODES_SECONDS ? CODES_SECONDS : seconds,
        .folder = options->folder,
        .sandboxed = options->sandboxed,
        .files_shut_in = options->files_shut_in};
    if (request->look || request->kind == DOCUMENT_PDF || request->kind == DOCUMENT_CFB)
        o.document = request->document;
    return wanted ? runners_start(wanted, &o) : NULL;
}

_Noreturn void serve_one(int fd, const struct serve_options *options)
{
    struct extract_request request;
    size_t memory = options->memory_bytes;
#ifdef RINGER_SANITIZED
    memory = 0; /* AddressSanitizer reserves terabytes of addresses */
#endif
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    read_request(fd, options, &request);
    unsigned seconds = (request.deadline_ms + GRACE_MS + 999) / 1000;
    alarm(seconds);
    struct extraction x = {
        .sink = {.max = request.output_bytes},
        .detail = "",
        .deadline = monotonic_ms() + request.deadline_ms,
        .cpu_ms = request.cpu_ms,
        .passwords = request.passwords,
        .outside = outside_read,
        .runners = start_runners(options, &request, memory, seconds),
    };
    if (!sandbox_limits(memory, seconds, 0) || !sandbox_no_forks())
        _exit(EXIT_NO_LIMITS);
    if (options->sandboxed && !sandbox_enter(SANDBOX_PARSER))
        _exit(EXIT_NO_SANDBOX);
    if (request.look)
        look_at(&x, arena_new(), request.look, request.kind, request.document);
    else
        extract_document(&x, arena_new(), request.kind, request.document);
    _exit(answer(fd, &x) ? 0 : EXIT_CLOSED);
}
