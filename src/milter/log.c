/*
 * Where the daemon says what it does. The only logger there is: libraries return text, main decides.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#include "milter/log.h"

enum { LINE_MAX_BYTES = 8192 }; /* longer than any line we write; syslog daemons cut at 8 KiB too */

static bool to_stderr = true;
static bool with_priority;
static atomic_int least = LOG_INFO; /* syslog's numbers grow with unimportance */

/* systemd says in JOURNAL_STREAM which device and inode its journal is. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat st;
    unsigned long long dev, ino;
    return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
           st.st_dev == dev && st.st_ino == ino;
}

void log_open(bool foreground)
{
    to_stderr = foreground;
    with_priority = foreground && stderr_is_journal();
    if (!foreground)
        openlog("ringerd", LOG_PID | LOG_NDELAY, LOG_MAIL);
}

void log_set_level(enum conf_log_level level)
{
    static const int priorities[] = {[CONF_LOG_ERROR] = LOG_ERR,
                                     [CONF_LOG_WARNING] = LOG_WARNING,
                                     [CONF_LOG_INFO] = LOG_INFO,
                                     [CONF_LOG_DEBUG] = LOG_DEBUG};
    atomic_store(&least, priorities[level]);
}

void log_line(int priority, const char *fmt, ...)
{
    if (priority > atomic_load(&least))
        return;
    char line[LINE_MAX_BYTES];
    int start = 0;
    if (with_priority)
        start = snprintf(line, sizeof(line), "<%d>", priority);
    else if (to_stderr)
        start = snprintf(line, sizeof(line), "ringerd: ");
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line + start, sizeof(line) - (size_t)start - 1, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    size_t len = strlen(line);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < ' ')
            line[i] = ' ';
    if (!to_stderr) {
        syslog(priority, "%s", line);
        return;
    }
    line[len] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, len + 1); /* one write: lines of two threads do not mix */
    (void)ignored;
}

void log_diags(const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->n; i++) {
        const struct diag *d = &diags->v[i];
        log_line(d->level == DIAG_ERROR ? LOG_ERR : LOG_WARNING, "%s:%u:%u: %s%s%s", d->file ? d->file : "-",
                 d->line, d->column, d->text, d->remedy ? ": " : "", d->remedy ? d->remedy : "");
    }
}

/* Only to a regular file: a pipe that nobody empties would keep mail waiting. */
static int open_events(const char *path)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    close(fd);
    errno = ENXIO;
    return -1;
}

void log_event(const char *path, const char *line)
{
    static atomic_bool complained;
    size_t n = strlen(line);
    int fd = open_events(path);
    char *copy = mem_printf("%s\n", line);
    bool ok = fd >= 0 && write(fd, copy, n + 1) == (ssize_t)(n + 1); /* one write: lines do not mix */
    if (!ok && !atomic_exchange(&complained, true))
        log_line(LOG_ERR, "cannot write events to %s: %s", path,
                 errno == ENXIO ? "it is no regular file: name another one" : strerror(errno));
    if (ok)
        atomic_store(&complained, false);
    if (fd >= 0)
        close(fd);
    free(copy);
}

/* Does the character show as itself: not a control (C0, DEL, C1), and not a byte that is no UTF-8? */
static bool shows(uint32_t c, unsigned char first, size_t length)
{
    return c >= ' ' && (c < 0x7f || c >= 0xa0) && (length > 1 || first < 0x80);
}

void log_quote(struct buf *out, const char *text, size_t cap)
{
    enum { CHARACTER_MAX = 4 };
    if (!text) {
        buf_addc(out, '-');
        return;
    }
    size_t n = strnlen(text, cap + CHARACTER_MAX), i = 0;
    buf_addc(out, '"');
    while (i < n) {
        uint32_t c;
        size_t length = text_decode(text + i, n - i, &c);
        if (i + length > cap)
            break;
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", (char)c);
        else if (shows(c, (unsigned char)text[i], length))
            buf_add(out, text + i, length);
        else
            for (size_t k = 0; k < length; k++)
                buf_printf(out, "\\x%02x", (unsigned char)text[i + k]);
        i += length;
    }
    buf_adds(out, i < n ? "\"..." : "\"");
}
