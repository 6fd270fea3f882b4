/*
 * Release by SMTP with libcurl, which streams the pieces out of the store and doubles leading dots. Refused
 * are addresses that no SMTP command can carry, and messages in which a lone dot stands on a line that only
 * some servers see as a line: their rest would arrive as a second message that nobody judged.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "store/internal.h"
#include "store/records.h"
#include "store/reinject.h"

enum {
    CONNECT_S = 30,
    STALL_S = 60,      /* less than a byte a second for so long: give up */
    TOTAL_S = 10 * 60, /* well below QUARANTINE_CLAIM_MS: nobody else may begin while we send */
    REPLY_BYTES = 400, /* kept of a server's reply */
    MARK_TRIES = 3,
    RCPTS_MAX = 1000 /* Postfix's smtpd_recipient_limit */
};
_Static_assert(TOTAL_S * 1000 < QUARANTINE_CLAIM_MS, "a claim must outlive the sending");

struct sending {
    struct store *store;
    struct arena *arena;
    const struct quarantine_item *item;
    const char *const *rcpts;
    struct quarantine_sent *sent;
    size_t n;
    size_t asked;      /* RCPT commands that went out */
    bool rcpt_pending; /* the next reply answers the last of them */
    const char *last_reply;
    struct buf piece;
    uint64_t next;
    size_t offset;
    struct store_error *error;
    bool store_failed;
};

static size_t give_bytes(char *out, size_t size, size_t count, void *context)
{
    struct sending *s = context;
    if (s->offset == s->piece.n) {
        int got = store_quarantine_piece(s->store, s->item->id, s->next, &s->piece, s->error);
        s->next++;
        s->offset = 0;
        if (got < 0) {
            s->store_failed = true;
            return CURL_READFUNC_ABORT;
        }
        if (got > 0)
            return 0;
    }
    size_t n = s->piece.n - s->offset < size * count ? s->piece.n - s->offset : size * count;
    memcpy(out, s->piece.p + s->offset, n);
    s->offset += n;
    return n;
}

/* The last line of a reply has a blank behind its code (RFC 5321 4.2.1). */
static void take_reply(struct sending *s, struct span line)
{
    line = span_trim(line);
    if (line.n < 3 || !isdigit((unsigned char)line.p[0]) || (line.n > 3 && line.p[3] == '-'))
        return;
    line.n = line.n < REPLY_BYTES ? line.n : REPLY_BYTES;
    s->last_reply = arena_span(s->arena, line);
    if (!s->rcpt_pending)
        return;
    s->rcpt_pending = false;
    s->sent[s->asked - 1].reply = s->last_reply;
    s->sent[s->asked - 1].accepted = line.p[0] == '2';
}

/* libcurl tells the replies to RCPT to nobody but the one who listens in. */
static int listen_in(CURL *curl, curl_infotype type, char *data, size_t n, void *context)
{
    struct sending *s = context;
    struct span text = {data, n};
    if (type == CURLINFO_HEADER_OUT && span_starts_nocase(text, SPAN_LIT("RCPT TO:")) && s->asked < s->n) {
        s->asked++;
        s->rcpt_pending = true;
    } else if (type == CURLINFO_HEADER_IN) {
        take_reply(s, text);
    }
    return 0;
}

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t drop_body(char *data, size_t size, size_t count, void *context)
{
    return size * count;
}

static void set_options(CURL *curl, struct sending *s, const char *url, struct curl_slist *rcpts,
                        char *curl_error)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TOTAL_S);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(2 * STALL_S));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, curl_error);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, s->item->mail.sender ? s->item->mail.sender : "");
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, rcpts);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->item->size);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, s);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, s);
}

static bool perform(struct sending *s, const char *url)
{
    char curl_error[CURL_ERROR_SIZE] = "";
    struct curl_slist *rcpts = NULL;
    CURL *curl = curl_easy_init();
    for (size_t i = 0; i < s->n; i++)
        rcpts = curl_slist_append(rcpts, s->rcpts[i]);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (curl && rcpts) {
        set_options(curl, s, url, rcpts, curl_error);
        code = curl_easy_perform(curl);
    }
    bool done = code == CURLE_OK && s->last_reply && s->last_reply[0] == '2';
    if (!done && !s->store_failed)
        store_fail(s->error, STORE_INVALID, "%s: %s%s%s%s", url,
                   *curl_error ? curl_error : curl_easy_strerror(code),
                   s->last_reply ? " (the server said: " : "", s->last_reply ? s->last_reply : "",
                   s->last_reply ? ")" : "");
    curl_slist_free_all(rcpts);
    curl_easy_cleanup(curl);
    buf_free(&s->piece);
    return done;
}

/* No command can carry these: they would end it, or begin another one. */
static bool sendable(const char *address)
{
    for (const char *p = address; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127 || *p == '<' || *p == '>')
            return false;
    return true;
}

/*
 * CR LF "." CR LF is doubled by libcurl and harmless. The same dot behind a bare CR or a bare LF is text for
 * strict servers and the end of the message for others (CVE-2023-51764).
 */
static int check_dots(struct store *store, const char *id, struct store_error *error)
{
    struct buf piece = {0};
    unsigned last = 0; /* the last three bytes */
    int got;
    bool bad = false;
    for (uint64_t n = 0; (got = store_quarantine_piece(store, id, n, &piece, error)) == 0 && !bad; n++)
        for (size_t i = 0; i < piece.n && !bad; i++) {
            unsigned char c = (unsigned char)piece.p[i];
            unsigned before = last >> 8 & 0xff, first = last >> 16 & 0xff;
            bool line_ends = c == '\r' || c == '\n', dot = (last & 0xff) == '.';
            bad = line_ends && dot && (before == '\r' || (before == '\n' && first != '\r'));
            last = (last << 8 | c) & 0xffffff;
        }
    buf_free(&piece);
    if (!bad)
        return got < 0 ? -1 : 0;
    store_fail(error, STORE_INVALID,
               "%s: not released: it holds a dot behind a bare line end, which some servers take for the "
               "end of the message and its rest for another one; hand it over with `ringer "
               "quarantine export`",
               id);
    return 1;
}

static int check(struct store *store, const struct quarantine_item *item, const char *const *rcpts, size_t n,
                 struct store_error *error)
{
    const char *sender = item->mail.sender ? item->mail.sender : "";
    bool ok = n > 0 && n <= RCPTS_MAX && sendable(sender);
    for (size_t i = 0; i < n && ok; i++)
        ok = *rcpts[i] && sendable(rcpts[i]);
    if (!ok) {
        store_fail(
            error, STORE_INVALID,
            "%s: its envelope cannot be sent by SMTP (no recipient, more than %d, or control characters)",
            item->id, RCPTS_MAX);
        return 1;
    }
    int result = store_quarantine_verify(store, item->id, error);
    return result ? result : check_dots(store, item->id, error);
}

/* 0 = the server took it for at least one recipient, 1 = for none, -1 = the store failed. */
static int send_item(struct sending *s, const char *url)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_curl);
    s->sent = arena_array(s->arena, s->n, sizeof(*s->sent));
    for (size_t i = 0; i < s->n; i++)
        s->sent[i] = (struct quarantine_sent){.address = s->rcpts[i]};
    int result = check(s->store, s->item, s->rcpts, s->n, s->error);
    if (result)
        return result;
    if (perform(s, url))
        return 0;
    for (size_t i = 0; i < s->n; i++) { /* a yes to RCPT alone delivers nothing */
        if (s->sent[i].accepted || !s->sent[i].reply)
            s->sent[i].reply = s->last_reply;
        s->sent[i].accepted = false;
    }
    return s->store_failed ? -1 : 1;
}

static void sum_up(const struct sending *s, struct reinject_result *result_r)
{
    result_r->sent = s->sent;
    result_r->n_sent = s->n;
    for (size_t i = 0; i < s->n; i++)
        result_r->n_accepted += s->sent[i].accepted;
}

static int all_or_some(const struct reinject_result *result, const char *id, struct store_error *error)
{
    if (result->n_accepted == result->n_sent)
        return 0;
    store_fail(error, STORE_INVALID, "%s: the server took it for %zu of %zu recipients", id,
               result->n_accepted, result->n_sent);
    return 1;
}

static int copy_to(struct sending *s, const char *who, const char *url, struct reinject_result *result_r)
{
    struct store_error later;
    int result = send_item(s, url);
    struct audit_row row = {
        .who = who,
        .what = result == 0 ? "copy" : "copy-failed",
        .item = s->item->id,
        .detail = arena_printf(s->arena, "%s: %s", s->rcpts[0], result ? s->error->text : s->sent[0].reply)};
    result_r->copy = true;
    sum_up(s, result_r);
    if (store_audit_put(s->store, &row, &later) && result == 0) {
        *s->error = later;
        return -1;
    }
    return result;
}

static const char *const *held_rcpts(struct arena *arena, const struct quarantine_item *item,
                                     const char *only, size_t *n_r)
{
    const char **rcpts = arena_array(arena, item->mail.n_rcpts + 1, sizeof(*rcpts));
    *n_r = 0;
    for (size_t i = 0; i < item->mail.n_rcpts; i++)
        if (item->rcpts[i].released_ms == 0 && (!only || strcasecmp(only, item->rcpts[i].address) == 0))
            rcpts[(*n_r)++] = item->rcpts[i].address;
    return rcpts;
}

/* The mail is out: say so even if another process keeps the store locked for a while. */
static int mark_released(const struct sending *s, const struct quarantine_claim *claim, const char *who)
{
    struct store_error later;
    for (int tries = 0; tries < MARK_TRIES; tries++) {
        if (store_quarantine_mark_released(s->store, claim, who, s->sent, s->n, &later) == 0)
            return 0;
        if (later.cause != STORE_LOCKED)
            break;
    }
    store_fail(s->error, STORE_INVALID, "%s: DELIVERED, but this could not be recorded: %s", s->item->id,
               later.text);
    return -1;
}

/* Under the claim: who still waits for it is read again, since somebody may have released a part meanwhile. */
static int send_claimed(struct sending *s, const char *url, const char *to, struct reinject_result *result_r)
{
    struct quarantine_item *now = arena_alloc(s->arena, sizeof(*now));
    int result = store_quarantine_get(s->store, s->arena, s->item->id, now, s->error);
    if (result)
        return result;
    s->item = now;
    s->rcpts = held_rcpts(s->arena, now, to, &s->n);
    result = send_item(s, url);
    sum_up(s, result_r);
    return result;
}

static int release_to(struct sending *s, const char *who, const char *url, const char *to,
                      struct reinject_result *result_r)
{
    struct quarantine_claim claim;
    struct store_error later;
    int result = store_quarantine_claim_release(s->store, s->item->id, who, &claim, s->error);
    if (result)
        return result;
    result = send_claimed(s, url, to, result_r);
    if (result) {
        /* Should the store be down for this too, the claim ends by itself. */
        store_quarantine_mark_release_failed(s->store, &claim, who, s->error->text, &later);
        return result;
    }
    return mark_released(s, &claim, who) ? -1 : all_or_some(result_r, s->item->id, s->error);
}

int reinject_item(struct store *store, struct arena *arena, const char *id, const char *who, const char *url,
                  const char *to, struct reinject_result *result_r, struct store_error *error)
{
    struct quarantine_item item;
    *result_r = (struct reinject_result){.sent = NULL};
    int result = store_quarantine_get(store, arena, id, &item, error);
    if (result)
        return result;
    struct sending s = {.store = store, .arena = arena, .item = &item, .error = error};
    s.rcpts = held_rcpts(arena, &item, to, &s.n);
    if (!to || (s.n > 0 && item.state == QUARANTINE_HELD)) /* what is not held is refused by the claim */
        return release_to(&s, who, url, to, result_r);
    s.rcpts = arena_grow(arena, &to, 1, 1, sizeof(to));
    s.n = 1;
    return copy_to(&s, who, url, result_r);
}
