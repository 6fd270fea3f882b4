#ifndef RINGER_REPORT_DIGEST_H
#define RINGER_REPORT_DIGEST_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/enumname.h"
#include "report/evidence.h"
#include "store/quarantine.h"
#include "store/records.h"

/*
 * What was held and tagged in a stretch of time, for somebody who has to decide about it. Built once from the
 * store, then written as text or HTML.
 */
#define DIGEST_KIND_LIST(X)                                                                                  \
    X(DIGEST_HELD, "held")                                                                                   \
    X(DIGEST_WOULD_HOLD, "would be held") /* monitor or tag mode */                                          \
    X(DIGEST_REJECTED, "rejected")                                                                           \
    X(DIGEST_TAGGED, "tagged")                                                                               \
    X(DIGEST_WOULD_TAG, "would be tagged")                                                                   \
    X(DIGEST_RELEASED, "released")                                                                           \
    X(DIGEST_DELETED, "deleted")
ENUM_DECLARE(digest_kind, DIGEST_KIND_LIST)
enum { DIGEST_KINDS = DIGEST_DELETED + 1 };

struct digest_entry {
    enum digest_kind kind;
    const char *id;         /* in the quarantine; NULL when it is not there */
    const char *changed_by; /* who released or deleted it */
    int64_t changed_ms;
    const char *last_error;
    struct store_mail mail;
    struct evidence evidence;
    size_t campaign; /* messages of its campaign in this digest, itself included; 0 = of none */
};

struct digest {
    int64_t since_ms, until_ms;
    uint64_t judged;              /* all decisions in that time */
    uint64_t count[DIGEST_KINDS]; /* including those left out */
    const struct digest_entry *v; /* by kind, then newest first */
    size_t n;
    uint64_t left_out; /* beyond `max` */
};

/* 0 = done, -1 = the store failed. At most `max` messages are kept (0: no bound). */
int digest_build(struct store *store, struct arena *arena, int64_t since_ms, int64_t until_ms, size_t max,
                 struct digest *digest_r, struct store_error *error);
void digest_text(const struct digest *digest, struct buf *out, bool colour);
/* A page of its own: no scripts, nothing from outside, fit for phones, dark rooms and paper. */
void digest_html(const struct digest *digest, struct buf *out);
/* Why, as sentences: the rules that counted, or the stored reason. */
const char *const *digest_reasons(struct arena *arena, const struct digest_entry *entry, size_t *n_r);
/* "3 messages in this campaign"; NULL when it stands alone. */
const char *digest_campaign(struct arena *arena, const struct digest_entry *entry);
/* The text block of one message's lookalikes, as `ringer quarantine show` prints it too. */
void digest_side_by_side(const struct evidence *evidence, struct buf *out, const char *indent, bool colour);

#endif
