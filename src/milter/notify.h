#ifndef RINGER_MILTER_NOTIFY_H
#define RINGER_MILTER_NOTIFY_H

/* Tells systemd about our state, as sd_notify(3): lines NAME=VALUE. Nothing happens when nobody listens. */
void notify(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* To be called at each turn of the main loop: an answer to WatchdogSec, where the unit asks for one. */
void notify_alive(void);

#endif
