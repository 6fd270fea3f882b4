/*
 * Getting a signed pack. Over the net only by HTTPS, also behind redirects, with limits of time and size: a
 * signature protects what is read, not who reads it.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "rules/packdir.h"

#include "cli/packfetch.h"

enum {
    SIGNATURE_MAX = 16 * 1024,
    CONNECT_SECONDS = 15,
    TRANSFER_SECONDS = 120,
    REDIRECTS_MAX = 3,
};

struct transfer {
    struct buf body;
    size_t max;
};

static size_t take(char *data, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    if (size * n > t->max - t->body.n)
        return 0; /* curl ends with CURLE_WRITE_ERROR */
    buf_add(&t->body, data, size * n);
    return size * n;
}

static void set_up(CURL *curl, const char *url, const char *cacert, struct transfer *t, char *text)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TRANSFER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->max);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "ringer/" PACKAGE_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
    if (cacert)
        curl_easy_setopt(curl, CURLOPT_CAINFO, cacert);
}

static bool download(struct arena *arena, const char *url, const char *cacert, size_t max, struct span *out,
                     const char **error_r)
{
    struct transfer t = {.max = max};
    char text[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;
    if (curl) {
        set_up(curl, url, cacert, &t, text);
        code = curl_easy_perform(curl);
        curl_easy_cleanup(curl);
    }
    if (code == CURLE_OK)
        *out = (struct span){arena_strndup(arena, t.body.p ? t.body.p : "", t.body.n), t.body.n};
    else if (code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED)
        *error_r = arena_printf(arena, "%s: larger than %zu bytes", url, max);
    else
        *error_r = arena_printf(arena, "%s: %s", url, *text ? text : curl_easy_strerror(code));
    buf_free(&t.body);
    return code == CURLE_OK;
}

bool packfetch(struct arena *arena, const char *source, const char *cacert, struct fetched_pack *pack_r,
               const char **error_r)
{
    const char *signature = arena_printf(arena, "%s.minisig", source);
    pack_r->source = source;
    if (!strstr(source, "://"))
        return file_read_arena(arena, source, BUNDLE_BYTES_MAX, &pack_r->tar, error_r) &&
               file_read_arena(arena, signature, SIGNATURE_MAX, &pack_r->signature, error_r);
    if (strncmp(source, "https://", 8) != 0) {
        *error_r = arena_printf(arena, "%s: only https:// is accepted", source);
        return false;
    }
    return download(arena, source, cacert, BUNDLE_BYTES_MAX, &pack_r->tar, error_r) &&
           download(arena, signature, cacert, SIGNATURE_MAX, &pack_r->signature, error_r);
}
