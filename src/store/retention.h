#ifndef RINGER_STORE_RETENTION_H
#define RINGER_STORE_RETENTION_H
#include "store/store.h"

/*
 * Before old things are dropped: can the clock be believed, and was it announced? A start with a clock 100 days ahead
 * once deleted a whole quarantine. All times are UTC milliseconds unless they are named mono. Returns as in store.h.
 */
enum { RETENTION_DAY_MS = 24 * 60 * 60 * 1000 };

/*
 * The clock of a process that stays. It is believed when it is near what the store knows; when it is far from that, or
 * has jumped against the monotonic clock, only after a day without a jump.
 */
struct clock_watch {
    int64_t offset_ms;      /* between the two clocks, since it last jumped */
    int64_t steady_mono_ms; /* when that was, or when we began */
    bool believed;
};
void clock_watch_begin(struct clock_watch *watch, int64_t now_ms, int64_t mono_ms, bool near);
bool clock_watch_look(struct clock_watch *watch, int64_t now_ms, int64_t mono_ms, bool near);
/* Is it near a time that was right? Far, in either direction, is two days. */
bool clock_is_near(int64_t now_ms, int64_t known_ms);

/* When the clock was last believed, or confirmed by somebody; 0: never. newest_ms: the newest row; 0: none. */
int store_clock_known(struct store *store, int64_t *believed_ms, int64_t *newest_ms,
                      struct store_error *error);
/* It is believed now; `who` has confirmed it (an audit row), or NULL. */
int store_clock_believe(struct store *store, int64_t now_ms, const char *who, struct store_error *error);

/* What was announced last: held mail from before before_ms will be purged. 0 and 0: nothing. */
struct purge_notice {
    int64_t before_ms, at_ms;
};
int store_purge_notice(struct store *store, struct purge_notice *notice_r, struct store_error *error);
/* Announces it, in the audit trail too; *unreviewed_r messages are concerned. When there are none, so is the notice. */
int store_purge_announce(struct store *store, const struct purge_notice *notice, const char *who,
                         uint64_t *unreviewed_r, struct store_error *error);

#endif
