#ifndef RINGER_MAIL_QUOTE_H
#define RINGER_MAIL_QUOTE_H
#include <stddef.h>
#include "base/arena.h"
#include "base/span.h"
#include "mail/mailbox.h"
#include "mail/textkind.h"

/*
 * Tells the sender's own words from quoted mail, signature and legal footer in the text of one part. Ways of
 * quoting: ">", Outlook's header blocks ("De : ... Envoyé : ..."), separators ("-----Original Message-----")
 * and attributions ("On ... wrote:") in English, French, German, Spanish, Italian, Dutch, Portuguese,
 * Polish, Chinese (both scripts) and Japanese. Addresses in quoted headers come out too.
 */
struct quote_segment {
    enum text_kind kind; /* TEXT_OWN, TEXT_QUOTED, TEXT_SIGNATURE, TEXT_DISCLAIMER */
    struct span text;    /* whole lines of the input, without quote marks */
};

struct quote_result {
    struct quote_segment *v;
    size_t n;
    struct quoted_address *addresses;
    size_t n_addresses;
};

/*
 * `text` is valid UTF-8. `quoted`: all of it stands in quoted mail already. `reply`: the mail says that it answers one.
 * Marks (">") alone quote nobody: without an attribution, in a mail that answers none, the lines are the sender's own.
 * At most `max` addresses.
 */
struct quote_result quote_split(struct arena *arena, struct span text, bool quoted, bool reply, size_t max);

#endif
