#ifndef RINGER_MILTER_LOG_H
#define RINGER_MILTER_LOG_H
#include <stdbool.h>
#include <syslog.h>
#include "base/buf.h"
#include "base/diag.h"
#include "conf/conf.h"

/*
 * The daemon's log: syslog (facility mail), or stderr in the foreground with systemd's "<N>" priorities when
 * stderr is the journal. One line a call, whatever the text holds. Safe for any number of threads. Never waits for long:
 * when nobody takes the lines they are lost, counted, and told of once somebody does.
 */
void log_open(bool foreground);
/* What is less important is left out; `level` is enum conf_log_level. */
void log_set_level(enum conf_log_level level);
void log_line(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
unsigned long long log_lines_lost(void); /* since the start */
/* Appends a line to a file that log rotation may move at any time. Complains once when it cannot. */
void log_event(const char *path, const char *line);
/* One line a diagnostic; nothing for an empty list. */
void log_diags(const struct diag_list *diags);

/*
 * Text that a sender controls, for a log line: at most `cap` bytes, quotes and backslashes as \c, control
 * characters (C1 too, which steer terminals as C0 do), line separators, marks of direction and bytes that are not UTF-8 as \xNN, so that it can neither
 * forge a line nor leave its quotes. NULL becomes "-".
 */
void log_quote(struct buf *out, const char *text, size_t cap);

#endif
