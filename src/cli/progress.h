#ifndef RINGER_CLI_PROGRESS_H
#define RINGER_CLI_PROGRESS_H
#include <stdbool.h>
#include "cli/mailsource.h"

/*
 * The line on a terminal that says how far a command has come: "1200 messages, 34.5 MB, " and what `fmt` adds. Drawn
 * once a second at most; `last` wipes it away. For one thread.
 */
void progress_show(const struct mailsource *source, unsigned long long messages, bool last, const char *fmt,
                   ...) __attribute__((format(printf, 4, 5)));

#endif
