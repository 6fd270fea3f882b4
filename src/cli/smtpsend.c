/*
 * Sends one message by SMTP: the test attack, and the doctor's question whether a listener answers.
 */
#include <ctype.h>
#include <string.h>

#include <curl/curl.h>

#include "cli/smtpsend.h"

enum { CONNECT_S = 10, TOTAL_S = 120, REPLY_BYTES = 400 };

struct sending {
    struct arena *arena;
    struct span left;
    const char *reply;
    bool quitting;
};

static size_t give(char *out, size_t size, size_t count, void *context)
{
    struct sending *s = context;
    size_t n = s->left.n < size * count ? s->left.n : size * count;
    if (n)
        memcpy(out, s->left.p, n);
    s->left = (struct span){s->left.p + n, s->left.n - n};
    return n;
}

/* libcurl keeps the replies to itself; the one to QUIT says nothing about the message. */
static int listen_in(CURL *curl, curl_infotype type, char *data, size_t n, void *context)
{
    struct sending *s = context;
    struct span line = span_trim((struct span){data, n});
    if (type == CURLINFO_HEADER_OUT && span_starts_nocase(line, SPAN_LIT("QUIT")))
        s->quitting = true;
    if (type != CURLINFO_HEADER_IN || s->quitting || line.n < 3 || !isdigit((unsigned char)line.p[0]))
        return 0;
    line.n = line.n < REPLY_BYTES ? line.n : REPLY_BYTES;
    s->reply = arena_span(s->arena, line);
    return 0;
}

static size_t drop(char *data, size_t size, size_t count, void *context)
{
    return size * count;
}

static void set_message(CURL *curl, const struct smtpsend *what, struct curl_slist *rcpts, struct sending *s)
{
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, what->mail_from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, rcpts);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, s);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)what->message.n);
}

static void set_options(CURL *curl, const struct smtpsend *what, struct sending *s, char *error)
{
    curl_easy_setopt(curl, CURLOPT_URL, what->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TOTAL_S);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, s);
    if (!what->rcpt)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP");
}

bool smtpsend(struct arena *arena, const struct smtpsend *what, const char **reply_r)
{
    char error[CURL_ERROR_SIZE] = "";
    struct sending s = {.arena = arena, .left = what->message};
    CURL *curl = curl_easy_init();
    struct curl_slist *rcpts = what->rcpt ? curl_slist_append(NULL, what->rcpt) : NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (curl && (rcpts || !what->rcpt)) {
        set_options(curl, what, &s, error);
        if (rcpts)
            set_message(curl, what, rcpts, &s);
        code = curl_easy_perform(curl);
    }
    *reply_r = s.reply && (code == CURLE_OK || s.reply[0] >= '4') ? s.reply
               : *error                                           ? arena_strdup(arena, error)
                                                                  : curl_easy_strerror(code);
    curl_slist_free_all(rcpts);
    curl_easy_cleanup(curl);
    return code == CURLE_OK && s.reply && s.reply[0] == '2';
}
