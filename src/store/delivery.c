/*
 * SMTP with libcurl, which streams the pieces and doubles leading dots. It tells the replies to
 * nobody but the one who listens in, so we do: each belongs to the last command that went out.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "store/delivery.h"
#include "store/internal.h"

enum {
    CONNECT_S = 30,
    STALL_S = 60,      /* less than a byte a second for so long: give up */
    TOTAL_S = 10 * 60, /* well below QUARANTINE_CLAIM_MS: nobody else may begin while we send */
    REPLY_BYTES = 400  /* kept of a server's reply */
};
_Static_assert(TOTAL_S * 1000 < QUARANTINE_CLAIM_MS, "a claim must outlive the sending");

struct talk {
    const struct delivery *d;
    size_t asked;           /* RCPT commands that went out */
    bool rcpt_pending;      /* the next reply answers the last of them */
    bool leaving;           /* QUIT went out: what is answered to that says nothing about the message */
    bool all_out;           /* the bytes have ended */
    bool answered;          /* and the server said what it makes of them */
    const char *last_reply; /* NULL: none yet */
    struct buf piece;
    uint64_t next;
    size_t offset, head_given, given;
    bool piece_failed;
};

/* Newer libcurl does not ask again behind the last byte, older does: what it has in hand counts as sent. */
static size_t give(struct talk *t, char *out, size_t room, const char *from, size_t n)
{
    n = n < room ? n : room;
    memcpy(out, from, n);
    t->given += n;
    t->all_out = t->given >= t->d->size + (t->d->head ? strlen(t->d->head) : 0);
    return n;
}

static size_t give_bytes(char *out, size_t size, size_t count, void *context)
{
    struct talk *t = context;
    const char *head = t->d->head ? t->d->head : "";
    size_t n;
    if (head[t->head_given]) {
        n = give(t, out, size * count, head + t->head_given, strlen(head + t->head_given));
        t->head_given += n;
        return n;
    }
    if (t->offset == t->piece.n) {
        int got = t->d->piece(t->d->context, t->next, &t->piece);
        t->next++;
        t->offset = 0;
        if (got < 0) {
            t->piece_failed = true;
            return CURL_READFUNC_ABORT;
        }
        if (got > 0) {
            t->all_out = true;
            return 0;
        }
    }
    n = give(t, out, size * count, t->piece.p + t->offset, t->piece.n - t->offset);
    t->offset += n;
    return n;
}

/* The last line of a reply has a blank behind its code (RFC 5321 4.2.1). */
static void take_reply(struct talk *t, struct span line)
{
    line = span_trim(line);
    if (t->leaving || line.n < 3 || !isdigit((unsigned char)line.p[0]) || (line.n > 3 && line.p[3] == '-'))
        return;
    line.n = line.n < REPLY_BYTES ? line.n : REPLY_BYTES;
    t->last_reply = arena_span(t->d->arena, line);
    t->answered = t->all_out;
    if (!t->rcpt_pending)
        return;
    t->rcpt_pending = false;
    t->d->sent[t->asked - 1]->reply = t->last_reply;
    t->d->sent[t->asked - 1]->accepted = line.p[0] == '2';
}

static int listen_in(CURL *curl, curl_infotype type, char *data, size_t n, void *context)
{
    struct talk *t = context;
    struct span text = {data, n};
    if (type == CURLINFO_HEADER_IN) {
        take_reply(t, text);
    } else if (type == CURLINFO_HEADER_OUT) {
        t->leaving = t->leaving || span_starts_nocase(text, SPAN_LIT("QUIT"));
        if (span_starts_nocase(text, SPAN_LIT("RCPT TO:")) && t->asked < t->d->n) {
            t->asked++;
            t->rcpt_pending = true;
        }
    }
    return 0;
}

static size_t drop_body(char *data, size_t size, size_t count, void *context)
{
    return size * count;
}

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static CURL *open_curl(struct talk *t, char *curl_error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_curl);
    CURL *curl = curl_easy_init();
    if (!curl)
        return NULL;
    curl_easy_setopt(curl, CURLOPT_URL, t->d->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TOTAL_S);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(2 * STALL_S));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, curl_error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, t);
    return curl;
}

int delivery_ask(const struct delivery *d, const char *command, const char **reply_r)
{
    char curl_error[CURL_ERROR_SIZE] = "";
    struct talk t = {.d = d};
    CURL *curl = open_curl(&t, curl_error);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (curl) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, command);
        code = curl_easy_perform(curl);
        curl_easy_cleanup(curl);
    }
    *reply_r = t.last_reply;
    if (t.last_reply)
        return 0;
    store_fail(d->error, STORE_INVALID, "%s: %s", d->url,
               *curl_error ? curl_error : curl_easy_strerror(code));
    return 1;
}

static CURLcode transfer(struct talk *t, char *curl_error)
{
    const struct delivery *d = t->d;
    CURL *curl = open_curl(t, curl_error);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    struct curl_slist *rcpts = NULL;
    for (size_t i = 0; i < d->n; i++)
        rcpts = curl_slist_append(rcpts, d->paths[i]);
    if (curl && rcpts) {
        size_t head = d->head ? strlen(d->head) : 0;
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, d->sender);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, rcpts);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)(d->size + head));
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
        curl_easy_setopt(curl, CURLOPT_READDATA, t);
        code = curl_easy_perform(curl);
    }
    curl_slist_free_all(rcpts);
    curl_easy_cleanup(curl);
    buf_free(&t->piece);
    return code;
}

/* A yes to RCPT alone delivers nothing. */
static void nobody_has_it(const struct delivery *d, const char *reply)
{
    for (size_t i = 0; i < d->n; i++) {
        if (d->sent[i]->accepted || !d->sent[i]->reply)
            d->sent[i]->reply = reply;
        d->sent[i]->accepted = false;
    }
}

int delivery_send(const struct delivery *d)
{
    char curl_error[CURL_ERROR_SIZE] = "";
    struct talk t = {.d = d};
    CURLcode code = transfer(&t, curl_error);
    const char *what = *curl_error ? curl_error : curl_easy_strerror(code), *reply = t.last_reply;
    if (t.answered ? reply[0] == '2' : code == CURLE_OK && reply && reply[0] == '2')
        return 0; /* what comes after the server's yes changes nothing */
    if (t.all_out && !t.answered && !t.piece_failed) {
        store_fail(d->error, STORE_INVALID,
                   "%s: perhaps delivered: the connection ended behind the whole message and before the "
                   "answer to it "
                   "(%s): look into that server's log before you release it again",
                   d->url, what);
        nobody_has_it(d, "perhaps delivered: no answer to the end of the message");
        return 1;
    }
    if (!t.piece_failed)
        store_fail(d->error, STORE_INVALID, "%s: %s%s%s%s", d->url, what, reply ? " (the server said: " : "",
                   reply ? reply : "", reply ? ")" : "");
    nobody_has_it(d, reply);
    return t.piece_failed ? -1 : 1;
}
