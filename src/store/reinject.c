/*
 * Release by SMTP. Refused are addresses that no SMTP command can carry, each for itself, and messages in which a lone
 * dot stands on a line that only some servers see as a line: their rest would arrive as a second message that nobody
 * judged. Where the listener runs Ringer, the message carries a pass (pass.h), and is released only when that was
 * used: a listener that took the message and held it again has not delivered it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/delivery.h"
#include "store/internal.h"
#include "store/pass.h"
#include "store/records.h"
#include "store/reinject.h"
#include "store/smtp_path.h"

enum { MARK_TRIES = 3, RCPTS_MAX = 1000 /* Postfix's smtpd_recipient_limit */ };

struct sending {
    struct store *store;
    struct arena *arena;
    const struct quarantine_item *item;
    const char *const *rcpts;
    struct quarantine_sent *sent;
    size_t n;
    struct store_error *error;
};

/*
 * CR LF "." CR LF is doubled by libcurl and harmless. The same dot behind a bare CR or a bare LF is text for
 * strict servers and the end of the message for others (CVE-2023-51764).
 */
static int check_dots(struct store *store, const char *id, struct pass_digest *digest,
                      struct store_error *error)
{
    struct buf piece = {0};
    unsigned last = 0; /* the last three bytes */
    int got;
    bool bad = false;
    for (uint64_t n = 0; (got = store_quarantine_piece(store, id, n, &piece, error)) == 0 && !bad; n++) {
        pass_digest_add(digest, buf_span(&piece));
        for (size_t i = 0; i < piece.n && !bad; i++) {
            unsigned char c = (unsigned char)piece.p[i];
            unsigned before = last >> 8 & 0xff, first = last >> 16 & 0xff;
            bool line_ends = c == '\r' || c == '\n', dot = (last & 0xff) == '.';
            bad = line_ends && dot && (before == '\r' || (before == '\n' && first != '\r'));
            last = (last << 8 | c) & 0xffffff;
        }
    }
    buf_free(&piece);
    if (!bad)
        return got < 0 ? -1 : 0;
    store_fail(error, STORE_INVALID,
               "%s: not released: it holds a dot behind a bare line end, which some servers take for the "
               "end of the message and its rest for another one; hand it over with `ringer "
               "quarantine export`",
               id);
    return 1;
}

static int check(struct sending *s, const char *sender, struct pass_digest *digest)
{
    if (s->n == 0 || s->n > RCPTS_MAX || !sender) {
        store_fail(s->error, STORE_INVALID, "%s: its envelope cannot be sent by SMTP (%s)", s->item->id,
                   s->n == 0          ? "no recipient"
                   : s->n > RCPTS_MAX ? "more than 1000 recipients: release it --to some of them"
                                      : "control characters or brackets in its sender");
        return 1;
    }
    int result = store_quarantine_verify(s->store, s->item->id, s->error);
    pass_digest_begin(digest);
    return result ? result : check_dots(s->store, s->item->id, digest, s->error);
}

/* Those recipients that a command can carry; the others get their reply from us. */
static void choose_paths(struct sending *s, struct delivery *d)
{
    const char **paths = arena_array(s->arena, s->n, sizeof(*paths));
    d->sent = arena_array(s->arena, s->n, sizeof(*d->sent));
    d->paths = paths;
    for (size_t i = 0; i < s->n; i++) {
        const char *path = smtp_path(s->arena, s->rcpts[i]);
        if (path && *path) {
            d->sent[d->n] = &s->sent[i];
            paths[d->n++] = path;
        } else {
            s->sent[i].reply = "not tried: no SMTP command can carry this address";
        }
    }
}

/*
 * Does the listener run a Ringer that knows the pass? When nobody objects (250), none is there. When somebody else
 * does, as Postfix with smtpd_delay_reject=no to unknown senders, a Ringer behind him was not asked: the pass goes
 * along, and it says nothing when nobody uses it.
 */
static int ask_listener(struct delivery *d, const struct pass *pass, bool *knows_r)
{
    const char *reply;
    int result = delivery_ask(d, arena_printf(d->arena, "MAIL FROM:<%s" PASS_DOMAIN ">", pass->name), &reply);
    *knows_r = result == 0 && strstr(reply, PASS_KNOWN);
    if (result == 0 && *reply != '2')
        d->head = arena_printf(d->arena, PASS_HEADER ": %s\r\n", pass->secret);
    return result;
}

static int held_again(const struct sending *s, const struct delivery *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->sent[i]->accepted) {
            d->sent[i]->accepted = false;
            d->sent[i]->reply = "taken, but judged again by the Ringer there";
        }
    store_fail(
        s->error, STORE_INVALID,
        "%s: the listener took it, but the Ringer there did not let it through unjudged, since its bytes or "
        "recipients changed on the way: look for it in the quarantine, and release into a listener without "
        "milters",
        s->item->id);
    return 1;
}

static int send_with_pass(struct sending *s, struct delivery *d, struct pass_digest *digest)
{
    struct pass pass;
    struct store_error later;
    bool with_pass = false, used = false;
    int result = store_pass_issue(s->store, s->item->id, digest, d->paths, d->n, &pass, s->error);
    if (result)
        return result;
    result = ask_listener(d, &pass, &with_pass);
    if (result == 0)
        result = delivery_send(d);
    int withdrawn = store_pass_withdraw(s->store, &pass, &used, &later);
    return result == 0 && with_pass && withdrawn == 0 && !used ? held_again(s, d) : result;
}

static int piece_of_item(void *context, uint64_t n, struct buf *piece_r)
{
    const struct sending *s = context;
    return store_quarantine_piece(s->store, s->item->id, n, piece_r, s->error);
}

/* 0 = the server took it for at least one recipient, 1 = for none, -1 = the store failed. */
static int send_item(struct sending *s, const char *url)
{
    struct pass_digest digest;
    struct delivery d = {
        .arena = s->arena, .url = url, .piece = piece_of_item, .context = s, .error = s->error};
    d.size = s->item->size;
    d.sender = smtp_path(s->arena, s->item->mail.sender ? s->item->mail.sender : "");
    s->sent = arena_array(s->arena, s->n, sizeof(*s->sent));
    for (size_t i = 0; i < s->n; i++)
        s->sent[i] = (struct quarantine_sent){.address = s->rcpts[i]};
    int result = check(s, d.sender, &digest);
    if (result)
        return result;
    choose_paths(s, &d);
    if (d.n > 0)
        return send_with_pass(s, &d, &digest);
    store_fail(s->error, STORE_INVALID, "%s: no SMTP command can carry its recipients' addresses",
               s->item->id);
    return 1;
}

static void sum_up(const struct sending *s, struct reinject_result *result_r)
{
    result_r->sent = s->sent;
    result_r->n_sent = s->n;
    for (size_t i = 0; i < s->n; i++)
        result_r->n_accepted += s->sent[i].accepted;
}

static int all_or_some(const struct reinject_result *result, const char *id, struct store_error *error)
{
    if (result->n_accepted == result->n_sent)
        return 0;
    store_fail(error, STORE_INVALID, "%s: the server took it for %zu of %zu recipients", id,
               result->n_accepted, result->n_sent);
    return 1;
}

static int copy_to(struct sending *s, const char *who, const char *url, struct reinject_result *result_r)
{
    struct store_error later;
    int result = send_item(s, url);
    struct audit_row row = {
        .who = who,
        .what = result == 0 ? "copy" : "copy-failed",
        .item = s->item->id,
        .detail = arena_printf(s->arena, "%s: %s", s->rcpts[0], result ? s->error->text : s->sent[0].reply)};
    result_r->copy = true;
    sum_up(s, result_r);
    if (store_audit_put(s->store, &row, &later) && result == 0) {
        *s->error = later;
        return -1;
    }
    return result;
}

static const char *const *held_rcpts(struct arena *arena, const struct quarantine_item *item,
                                     const char *only, size_t *n_r)
{
    const char **rcpts = arena_array(arena, item->mail.n_rcpts + 1, sizeof(*rcpts));
    *n_r = 0;
    for (size_t i = 0; i < item->mail.n_rcpts; i++)
        if (item->rcpts[i].released_ms == 0 && (!only || strcasecmp(only, item->rcpts[i].address) == 0))
            rcpts[(*n_r)++] = item->rcpts[i].address;
    return rcpts;
}

/* The mail is out: say so even if another process keeps the store locked for a while. */
static int mark_released(const struct sending *s, const struct quarantine_claim *claim, const char *who)
{
    struct store_error later;
    for (int tries = 0; tries < MARK_TRIES; tries++) {
        if (store_quarantine_mark_released(s->store, claim, who, s->sent, s->n, &later) == 0)
            return 0;
        if (later.cause != STORE_LOCKED)
            break;
    }
    store_fail(s->error, STORE_INVALID, "%s: DELIVERED, but this could not be recorded: %s", s->item->id,
               later.text);
    return -1;
}

/* Under the claim: who still waits for it is read again, since somebody may have released a part meanwhile. */
static int send_claimed(struct sending *s, const char *url, const char *to, struct reinject_result *result_r)
{
    struct quarantine_item *now = arena_alloc(s->arena, sizeof(*now));
    int result = store_quarantine_get(s->store, s->arena, s->item->id, now, s->error);
    if (result)
        return result;
    s->item = now;
    s->rcpts = held_rcpts(s->arena, now, to, &s->n);
    result = send_item(s, url);
    sum_up(s, result_r);
    return result;
}

static int release_to(struct sending *s, const char *who, const char *url, const char *to,
                      struct reinject_result *result_r)
{
    struct quarantine_claim claim;
    struct store_error later;
    int result = store_quarantine_claim_release(s->store, s->item->id, who, &claim, s->error);
    if (result)
        return result;
    result = send_claimed(s, url, to, result_r);
    if (result) {
        /* Should the store be down for this too, the claim ends by itself. */
        store_quarantine_mark_release_failed(s->store, &claim, who, s->error->text, &later);
        return result;
    }
    return mark_released(s, &claim, who) ? -1 : all_or_some(result_r, s->item->id, s->error);
}

int reinject_item(struct store *store, struct arena *arena, const char *id, const char *who, const char *url,
                  const char *to, struct reinject_result *result_r, struct store_error *error)
{
    struct quarantine_item item;
    *result_r = (struct reinject_result){.sent = NULL};
    int result = store_quarantine_get(store, arena, id, &item, error);
    if (result)
        return result;
    struct sending s = {.store = store, .arena = arena, .item = &item, .error = error};
    s.rcpts = held_rcpts(arena, &item, to, &s.n);
    if (!to || (s.n > 0 && item.state == QUARANTINE_HELD)) /* what is not held is refused by the claim */
        return release_to(&s, who, url, to, result_r);
    s.rcpts = arena_grow(arena, &to, 1, 1, sizeof(to));
    s.n = 1;
    return copy_to(&s, who, url, result_r);
}
