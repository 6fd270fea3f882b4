/*
 * Times for people (local) and for tools (RFC 3339). Refuses what is not all there: "7" or "7days ago".
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/when.h"

static bool parse_span(const char *text, int64_t *ms_r)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 6 || !text[digits] || text[digits + 1])
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (units[i].unit == text[digits]) {
            *ms_r = strtoll(text, NULL, 10) * units[i].seconds * 1000;
            return true;
        }
    return false;
}

bool when_parse(const char *text, int64_t now_ms, int64_t *ms_r)
{
    static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S",
                                        "%Y-%m-%dT%H:%M:%S"};
    int64_t span;
    if (parse_span(text, &span)) {
        *ms_r = now_ms - span;
        return true;
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct tm tm = {.tm_isdst = -1};
        const char *end = strptime(text, forms[i], &tm);
        if (!end || *end || !isdigit((unsigned char)*text))
            continue;
        tm.tm_isdst = -1;
        *ms_r = (int64_t)mktime(&tm) * 1000;
        return true;
    }
    return false;
}

const char *when_local(int64_t ms, char out[WHEN_SIZE])
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    if (!localtime_r(&t, &tm) || strftime(out, WHEN_SIZE, "%Y-%m-%d %H:%M", &tm) == 0)
        snprintf(out, WHEN_SIZE, "?");
    return out;
}

const char *when_utc(int64_t ms, char out[WHEN_SIZE])
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    size_t n;
    if (!gmtime_r(&t, &tm) || (n = strftime(out, WHEN_SIZE, "%Y-%m-%dT%H:%M:%S", &tm)) == 0)
        snprintf(out, WHEN_SIZE, "?");
    else
        snprintf(out + n, WHEN_SIZE - n, ".%03dZ", (int)(ms % 1000));
    return out;
}
