/*
 * The second look at a mail: its pictures, by workers of their own (services.pictures), so that slow ones keep no letter
 * waiting. Cheap things first, an equal share of the time for each; what is not reached is unread, and says so.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#include "mail/attachment.h"

#include "judge/ask.h"
#include "judge/pictures.h"

enum {
    WORDS_MAX = 4,     /* of a mail that are read for words, which takes a second or two of CPU time each */
    PICTURES_MAX = 32, /* of a mail, by their size: signatures have some, letters one or two */
    PIXELS_MAX = 60 * 1000 * 1000, /* of a mail, as the pictures say themselves: decoding costs by them */
    SLOW_MAX = 2,             /* that take too long for codes; who draws two of them wants to exhaust us */
    PICTURE_BYTES = 16 << 20, /* of one, as a file */
    LEAST_SIDE = 21,          /* pixels; the smallest QR code has as many squares */
    CODE_SIDE = 100,          /* pixels of a code that is meant to be read off a screen, at least */
    LETTER_WIDTH = 400,       /* pixels from which a picture has room for a letter */
    LETTER_HEIGHT = 250,
    LETTER_BYTES = 32 * 1024, /* the same where its size is not known */
    OWN_WORDS = 400, /* bytes of the sender's own words, from which the letter is hardly in a picture */
};

/* What the first judgement says of the need to look. */
struct need {
    bool money, doubt;
};

struct look {
    size_t attachment;
    struct span bytes;
    bool pdf;
    bool room;   /* for a letter */
    bool code;   /* for a code that a telephone reads off a screen */
    bool letter; /* a reader may find a letter there: to leave it unread is to be blind */
};

static bool doubts_sender(const struct rule_hits *hits)
{
    for (size_t i = 0; i < hits->n; i++) {
        const struct rule_hit *hit = &hits->v[i];
        if (hit->axis == AXIS_IDENTITY && hit->score > 0 && !hit->monitor && !hit->allowed)
            return true;
    }
    return false;
}

static struct need need_of(const struct facts *f, const struct rule_hits *hits)
{
    return (struct need){
        .money = facts_int(f, FACT_ACCOUNT_COUNT) > 0 || facts_int(f, FACT_REQUEST_STRONGEST) > 0 ||
                 facts_text(f, FACT_ATTACHMENT_PAYMENT_NAME),
        .doubt = doubts_sender(hits),
    };
}

static bool has_room_for_letter(struct span picture)
{
    unsigned width, height;
    if (!attachment_picture_size(picture, &width, &height))
        return picture.n >= LETTER_BYTES;
    return width >= LETTER_WIDTH && height >= LETTER_HEIGHT;
}

static size_t pixels_of(struct span picture)
{
    unsigned width, height;
    if (!attachment_picture_size(picture, &width, &height))
        return 0; /* nor will its reader find any */
    return width && height > PIXELS_MAX / width ? PIXELS_MAX + 1 : (size_t)width * height;
}

static bool smaller_than(struct span picture, unsigned side)
{
    unsigned width, height;
    return attachment_picture_size(picture, &width, &height) && (width < side || height < side);
}

static size_t own_words(const struct message *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_texts; i++)
        n += m->texts[i].kind == TEXT_OWN ? m->texts[i].text.n : 0;
    return n;
}

/* What was read stays read, though nobody looked at its pictures; nor is a button unread that was one of too many. */
static void leave(const struct look *look, struct attachment_answer *answer, enum attachment_status status)
{
    if ((look->room || look->code) && answer->status != ATTACHMENT_READ)
        answer->status = status;
}

/* Whether the attachment is looked at; if not, its status is set where that is not simply "not asked". */
static bool plan_one(struct arena *arena, const struct message_attachment *a, bool few_words,
                     struct look *look, struct attachment_answer *answer)
{
    look->pdf = strcmp(a->sniffed, "pdf") == 0;
    look->bytes = look->pdf ? a->bytes : message_picture(arena, a, PICTURE_BYTES);
    if (look->pdf)
        return look->room = look->letter = a->bytes.n && a->status != ATTACHMENT_ENCRYPTED;
    if (!a->encoded.n || !attachment_is_picture(a->sniffed))
        return false;
    if (!look->bytes.n) {
        answer->status = few_words ? ATTACHMENT_TOO_BIG : answer->status;
        return false;
    }
    look->room = has_room_for_letter(look->bytes);
    look->code = !smaller_than(look->bytes, CODE_SIDE);
    look->letter = few_words && look->room;
    if (worker_looks(look->bytes))
        return !smaller_than(look->bytes, LEAST_SIDE);
    if (look->letter || (few_words && look->code)) /* a format that nothing here reads */
        answer->status = ATTACHMENT_UNSUPPORTED;
    return false;
}

static int by_size(const void *a, const void *b)
{
    const struct look *x = a, *y = b;
    if (x->pdf != y->pdf)
        return x->pdf ? 1 : -1;
    if (x->bytes.n != y->bytes.n)
        return x->bytes.n < y->bytes.n ? -1 : 1;
    return (x->attachment > y->attachment) - (x->attachment < y->attachment);
}

static size_t plan(struct arena *arena, const struct message *m, struct look *looks,
                   struct attachment_answer *answers)
{
    size_t n = 0;
    bool few_words = own_words(m) < OWN_WORDS;
    for (size_t i = 0; i < m->n_attachments; i++) {
        answers[i].status = m->attachments[i].status;
        looks[n] = (struct look){.attachment = i};
        n += plan_one(arena, &m->attachments[i], few_words, &looks[n], &answers[i]);
    }
    if (n)
        qsort(looks, n, sizeof(*looks), by_size);
    size_t kept = 0, pixels = 0, pictures = 0;
    for (size_t i = 0; i < n; i++) { /* the smallest first, PDFs last, which have a bound of their own */
        pixels += looks[i].pdf ? 0 : pixels_of(looks[i].bytes);
        if (++pictures > PICTURES_MAX || (!looks[i].pdf && pixels > PIXELS_MAX))
            leave(&looks[i], &answers[looks[i].attachment], ATTACHMENT_TOO_BIG);
        else
            looks[kept++] = looks[i];
    }
    return kept;
}

static bool has_scan(const struct message *m)
{
    for (size_t i = 0; i < m->n_attachments; i++)
        if (m->attachments[i].status == ATTACHMENT_NO_TEXT)
            return true;
    return false;
}

/* Nobody tried to the end: other than what is broken, the reader of the mail may see what is there. */
static bool gave_up(enum worker_status status)
{
    return status == WORKER_TIMEOUT || status == WORKER_DIED || status == WORKER_UNAVAILABLE ||
           status == WORKER_TOO_BIG;
}

/*
 * What a reader of codes said of a picture; a PDF keeps the status of its text unless its pages could not be drawn. True
 * when it took too long.
 */
static bool read_codes(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                       const struct look *look, struct attachment_answer *answer)
{
    struct worker_text text;
    enum worker_status status = worker_look(pool, arena, deadline, LOOK_CODES, look->bytes, &text);
    answer->codes = span_trim(text.text);
    if (status == WORKER_OK)
        answer->status = look->pdf ? answer->status : ATTACHMENT_CODES;
    else if (answer->status != ATTACHMENT_READ &&
             (gave_up(status) || (look->letter && !(look->pdf && status == WORKER_NO_READER))))
        answer->status = ask_status(status);
    return status == WORKER_TIMEOUT;
}

static void read_all_codes(const struct services *services, struct arena *arena, int64_t deadline,
                           const struct look *looks, size_t n, struct attachment_answer *answers)
{
    unsigned slow = 0;
    for (size_t i = 0; i < n; i++) {
        struct attachment_answer *answer = &answers[looks[i].attachment];
        if (slow < SLOW_MAX)
            slow += read_codes(services->pictures, arena, ask_share(deadline, n - i), &looks[i], answer);
        else
            leave(&looks[i], answer, ATTACHMENT_TIMEOUT);
    }
}

/*
 * What a reader of words said. A PDF that has text keeps its status: it was read once. No reader, for whatever reason,
 * leaves a letter unread.
 */
static void read_words(struct worker_pool *pool, struct arena *arena, int64_t deadline,
                       const struct look *look, struct attachment_answer *answer)
{
    struct worker_text text;
    enum worker_status status = worker_look(pool, arena, deadline, LOOK_WORDS, look->bytes, &text);
    answer->text = span_trim(text.text);
    if (status == WORKER_OK && (!look->pdf || !ask_is_scan(answer->text)))
        answer->status = ATTACHMENT_READ;
    else if (status != WORKER_OK && look->letter && answer->status != ATTACHMENT_READ)
        answer->status = status == WORKER_NO_READER && look->pdf ? ATTACHMENT_NO_TEXT : ask_status(status);
}

/* Whether its words are asked for: where there is doubt, or a PDF without any. */
static bool wants_words(const struct look *look, struct need need, const struct attachment_answer *answer)
{
    return (need.doubt && look->room) || (look->pdf && answer->status == ATTACHMENT_NO_TEXT);
}

static void read_all_words(const struct services *services, const struct conf *conf, struct arena *arena,
                           int64_t deadline, struct need need, const struct look *looks, size_t n,
                           struct attachment_answer *answers)
{
    size_t wanted = 0, read = 0;
    for (size_t i = 0; i < n; i++)
        wanted += wants_words(&looks[i], need, &answers[looks[i].attachment]);
    for (size_t i = 0; i < n; i++) {
        struct attachment_answer *answer = &answers[looks[i].attachment];
        if (!wants_words(&looks[i], need, answer))
            continue;
        if (conf->ocr != CONF_OCR_NO && read < WORDS_MAX)
            read_words(services->pictures, arena,
                       ask_share(deadline, (wanted < WORDS_MAX ? wanted : WORDS_MAX) - read), &looks[i],
                       answer);
        else if (looks[i].letter && answer->status == ATTACHMENT_CODES)
            answer->status = read < WORDS_MAX ? ATTACHMENT_NO_READER : ATTACHMENT_TOO_BIG;
        read += conf->ocr != CONF_OCR_NO;
    }
}

const struct message *pictures_look(const struct services *services, const struct conf *conf,
                                    struct arena *arena, const struct message_limits *limits,
                                    const struct message *m, const struct facts *facts,
                                    const struct rule_hits *hits)
{
    struct need need = need_of(facts, hits);
    if (!services || !services->pictures || !m->n_attachments || !(need.money || need.doubt || has_scan(m)))
        return m;
    struct attachment_answer *answers = arena_array(arena, m->n_attachments, sizeof(*answers));
    struct look *looks = arena_array(arena, m->n_attachments, sizeof(*looks));
    size_t n = plan(arena, m, looks, answers);
    int64_t deadline = worker_deadline(services->pictures);
    read_all_codes(services, arena, deadline, looks, n, answers);
    read_all_words(services, conf, arena, deadline, need, looks, n, answers);
    return message_with_answers(arena, m, answers, limits);
}
