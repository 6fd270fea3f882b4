#ifndef RINGER_WORKER_CHECK_H
#define RINGER_WORKER_CHECK_H
#include "worker/worker.h"

/*
 * Can workers do here what they are for? Starts some with the options in use, under the user and the filters of the
 * calling process, and has them read a PDF and a DOCX and check SPF for real. For ringerd's start and `ringer doctor`.
 */
#define WORKER_PART_LIST(X)                                                                                  \
    X(PART_EXTRACT, "attachments") /* the worker that reads attachments starts, shut in by seccomp */        \
    X(PART_PDF, "pdf")                                                                                       \
    X(PART_DOCX, "docx")                                                                                     \
    X(PART_CODES, "codes") /* QR codes in pictures are read */                                               \
    X(PART_WORDS, "words") /* words in pictures are */                                                       \
    X(PART_SPF, "spf")     /* the worker that checks SPF starts and libspf2 gives the right results */       \
    X(PART_FILES, "files") /* the kernel keeps workers from files, too (Landlock) */                         \
    X(PART_DNS, "dns")     /* the DNS servers answer */
ENUM_DECLARE(worker_part, WORKER_PART_LIST)
enum { WORKER_PARTS = PART_DNS + 1 };

#define PART_STATE_LIST(X)                                                                                   \
    X(PART_SKIPPED, "skipped") /* switched off, not asked for, not installed, or what it needs failed */     \
    X(PART_WORKS, "works")                                                                                   \
    X(PART_WEAK, "weak") /* works, with less protection */                                                   \
    X(PART_FAILS, "fails")
ENUM_DECLARE(part_state, PART_STATE_LIST)

struct worker_check {
    struct {
        enum part_state state;
        char text[600]; /* what is wrong and what to do about it; "" when nothing is */
    } parts[WORKER_PARTS];
    unsigned failing; /* parts that fail */
};

/*
 * `extract` and `spf`: options as for the pools; NULL: switched off, skipped. With `dns` the DNS servers of `spf` are
 * asked a question as well. Takes some tenths of a second, and at worst the deadlines of both. False when a part fails.
 */
bool worker_check(const struct worker_options *extract, const struct worker_options *spf, bool dns,
                  struct worker_check *check_r);

/*
 * The same for those that look at pictures, added to `check_r`; NULL: switched off. Readers that are not installed are
 * skipped, with a text; but where words are wanted (PICTURES_WORDS) their reader must be there.
 */
enum check_words { PICTURES_NO_WORDS, PICTURES_WORDS_IF_THERE, PICTURES_WORDS };
bool worker_check_pictures(const struct worker_options *pictures, enum check_words words,
                           struct worker_check *check_r);

#endif
