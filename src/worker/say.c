/*
 * What is said of workers, and how seldom. A machine on which no worker starts would otherwise write a line for each
 * mail, and hostile mail could fill the log by killing workers.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"

#include "worker/say.h"

enum {
    PERIOD_MS = 60 * 1000,
    LINE_MAX_BYTES = 1000, /* a log line; paths and errors of the system may be long */
};

void say_init(struct say *say, worker_log *log)
{
    *say = (struct say){.log = log};
    pthread_mutex_init(&say->lock, NULL);
}

void say_done(struct say *say)
{
    pthread_mutex_destroy(&say->lock);
}

/* Whether it is time for a line of this kind; counts it otherwise. */
static bool due(struct say *say, enum say_kind kind, unsigned *held_back_r)
{
    int64_t now = monotonic_ms();
    pthread_mutex_lock(&say->lock);
    bool is_due = now >= say->kinds[kind].next;
    *held_back_r = say->kinds[kind].held_back;
    say->kinds[kind].held_back = is_due ? 0 : *held_back_r + 1;
    if (is_due)
        say->kinds[kind].next = now + PERIOD_MS;
    pthread_mutex_unlock(&say->lock);
    return is_due;
}

bool say(struct say *say, enum say_kind kind, enum worker_log_level level, const char *fmt, ...)
{
    char line[LINE_MAX_BYTES];
    unsigned held_back;
    va_list args;
    if (!say->log || !due(say, kind, &held_back))
        return false;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    if (held_back && n > 0 && (size_t)n < sizeof(line))
        snprintf(line + n, sizeof(line) - (size_t)n, " (and %u more like it since the last such line)",
                 held_back);
    say->log(level, line);
    return true;
}

void say_always(struct say *say, enum worker_log_level level, const char *fmt, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    if (!say->log)
        return;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    say->log(level, line);
}
