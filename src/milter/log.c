/*
 * Where the daemon says what it does. The only logger there is: libraries return text, main decides.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#include "milter/log.h"

enum {
    LINE_MAX_BYTES = PIPE_BUF, /* so much goes into a pipe whole or not at all */
    PATIENCE_MS = 200          /* for a reader who does not read, once; then lines are lost until he does */
};

static bool to_stderr = true;
static bool with_priority;
static int log_fd = STDERR_FILENO;
static bool log_is_socket;
static atomic_bool stalled; /* the last line did not go out */
static atomic_ullong lost, lost_untold;
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

/*
 * A pipe or terminal of our own that does not block: the flag on descriptor 2 would be that of everybody who has it.
 * Files do not block, and sockets are told with each line.
 */
static void open_stderr(void)
{
    struct stat st;
    if (fstat(STDERR_FILENO, &st) != 0)
        return;
    log_is_socket = S_ISSOCK(st.st_mode);
    if (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
        return;
    int fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
        log_fd = fd;
}

/* The socket of syslogd: syslog(3) would wait for it for ever. -1 when nobody is there. */
static int connect_syslog(void)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

void log_open(bool foreground)
{
    to_stderr = foreground;
    with_priority = foreground && stderr_is_journal();
    if (foreground) {
        open_stderr();
    } else {
        log_fd = connect_syslog();
        log_is_socket = true;
    }
}

void log_set_level(enum conf_log_level level)
{
    static const int priorities[] = {[CONF_LOG_ERROR] = LOG_ERR,
                                     [CONF_LOG_WARNING] = LOG_WARNING,
                                     [CONF_LOG_INFO] = LOG_INFO,
                                     [CONF_LOG_DEBUG] = LOG_DEBUG};
    atomic_store(&least, priorities[level]);
}

unsigned long long log_lines_lost(void)
{
    return atomic_load(&lost);
}

static bool put(const char *line, size_t n)
{
    ssize_t sent =
        log_is_socket ? send(log_fd, line, n, MSG_DONTWAIT | MSG_NOSIGNAL) : write(log_fd, line, n);
    return sent == (ssize_t)n;
}

/* Waits once for somebody who does not read; while he does not, mail goes on without a log. */
static bool put_patiently(const char *line, size_t n)
{
    struct pollfd pfd = {.fd = log_fd, .events = POLLOUT};
    if (put(line, n))
        return true;
    bool full = errno == EAGAIN || errno == ENOBUFS;
    return full && !atomic_load(&stalled) && poll(&pfd, 1, PATIENCE_MS) > 0 && put(line, n);
}

/* syslogd may have been started anew, or later than we were. */
static bool put_again(const char *line, size_t n)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    bool gone = log_fd < 0 || errno == ECONNREFUSED || errno == ENOTCONN || errno == ECONNRESET;
    if (to_stderr || !gone)
        return false;
    pthread_mutex_lock(&lock);
    int fd = connect_syslog();
    if (fd >= 0 && log_fd >= 0) {
        dup3(fd, log_fd, O_CLOEXEC);
        close(fd);
    } else if (fd >= 0) {
        log_fd = fd;
    }
    pthread_mutex_unlock(&lock);
    return fd >= 0 && put(line, n);
}

static void write_out(const char *line, size_t n)
{
    bool ok = put_patiently(line, n) || put_again(line, n);
    atomic_store(&stalled, !ok);
    if (!ok) {
        atomic_fetch_add(&lost, 1);
        atomic_fetch_add(&lost_untold, 1);
        return;
    }
    unsigned long long n_lost = atomic_exchange(&lost_untold, 0);
    if (n_lost > 0)
        log_line(LOG_WARNING, "%llu log lines were lost: nobody read them", n_lost);
}

/* What stands before the text: for the journal its priority, for syslogd what RFC 3164 wants. */
static int start_line(char *line, size_t size, int priority)
{
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    if (with_priority)
        return snprintf(line, size, "<%d>", priority);
    if (to_stderr)
        return snprintf(line, size, "ringerd: ");
    strftime(when, sizeof(when), "%b %e %H:%M:%S", localtime_r(&now, &tm));
    return snprintf(line, size, "<%d>%s ringerd[%ld]: ", LOG_MAIL | priority, when, (long)getpid());
}

void log_line(int priority, const char *fmt, ...)
{
    if (priority > atomic_load(&least))
        return;
    char line[LINE_MAX_BYTES];
    int start = start_line(line, sizeof(line), priority);
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
    if (to_stderr)
        line[len++] = '\n';
    write_out(line, len); /* one write: lines of two threads do not mix */
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

/* Line separators, what turns the direction of the line, and what nobody sees. */
static bool disturbs(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
           c == 0xfeff;
}

/* Does the character show as itself: not a control (C0, DEL, C1), and not a byte that is no UTF-8? */
static bool shows(uint32_t c, unsigned char first, size_t length)
{
    return c >= ' ' && (c < 0x7f || c >= 0xa0) && !disturbs(c) && (length > 1 || first < 0x80);
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
