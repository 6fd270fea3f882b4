/*
 * Pictures and drawn pages: pdftoppm draws a PDF, ringer-qr or ringer-ocr reads what it drew, or the picture itself. All are
 * programs, since their libraries are large and old: what takes one over has its sandbox, and no message but this one.
 */
#include <sys/wait.h>

#include "worker/look.h"
#include "worker/picturelook.h"
#include "worker/programtext.h"

enum {
    PAGES_BYTES =
        40 << 20 /* of drawn pages: more than LOOK_PAGES of the size that pdftoppm is told can have */
};

static bool add_page(void *ctx, struct span piece)
{
    struct buf *pages = ctx;
    buf_add_span(pages, piece);
    return pages->n <= PAGES_BYTES;
}

static void set(struct extraction *x, enum worker_status status, const char *detail)
{
    x->status = status;
    x->detail = detail;
}

/* Nothing that went wrong may look like a picture with nothing in it. */
static void set_unless(struct extraction *x, enum worker_status status, const char *detail)
{
    if (x->status == WORKER_OK)
        set(x, status, detail);
}

/* What could be drawn of it; the status of `x` says why not more. */
static bool draw(struct extraction *x, struct arena *arena, struct span document, struct buf *pages)
{
    struct program_end end;
    struct program_pipes *pipes = program_start(x, PROGRAM_PDFTOPPM, document);
    if (!pipes) {
        set_unless(x, WORKER_UNAVAILABLE, "pdftoppm could not be started");
        return false;
    }
    program_collect(x, pipes, add_page, pages, &end);
    program_judge(x, arena, PROGRAM_PDFTOPPM, &end);
    buf_free(&end.messages);
    return pages->n > 0;
}

/* The exit codes of our own readers (picturelook.h) say more than program_judge() knows. */
static void judge_reader(struct extraction *x, enum worker_look look, const struct program_end *end)
{
    if (!end->complete || !WIFEXITED(end->status))
        return;
    switch (WEXITSTATUS(end->status)) {
    case PICTURE_END:
        set(x, WORKER_BROKEN, "no page could be drawn");
        break;
    case PICTURE_BROKEN:
        set(x, WORKER_BROKEN, "the picture does not keep to its format");
        break;
    case PICTURE_TOO_BIG:
        set(x, WORKER_TOO_BIG, "the picture has more pixels than are looked at");
        break;
    case PICTURE_UNKNOWN:
        set(x, WORKER_UNSUPPORTED, "no picture that is known here");
        break;
    case PICTURE_NO_WORDS:
        set(x, WORKER_NO_READER, "tesseract has no data of the language: is tesseract-ocr-eng installed?");
        break;
    case PROGRAM_NOT_THERE:
        set(x, WORKER_NO_READER,
            look == LOOK_WORDS ? "no reader for the words of pictures is installed (package ringer-pictures)"
                               : "no reader for pictures is installed (package ringer-pictures)");
        break;
    default:
        break;
    }
}

void look_at(struct extraction *x, struct arena *arena, enum worker_look look, enum document_kind kind,
             struct span document)
{
    enum program reader = look == LOOK_WORDS ? PROGRAM_OCR : PROGRAM_QR;
    struct program_end end;
    struct buf pages = {0};
    if (kind != DOCUMENT_PDF && kind != DOCUMENT_PICTURE) {
        set(x, WORKER_UNSUPPORTED, "neither a picture nor a PDF");
        return;
    }
    if (kind == DOCUMENT_PDF && !draw(x, arena, document, &pages))
        return;
    enum worker_status drawn = x->status;
    const char *why = x->detail;
    struct program_pipes *pipes =
        program_start(x, reader, kind == DOCUMENT_PDF ? buf_span(&pages) : document);
    x->sink.verbatim = look == LOOK_CODES;
    if (pipes) {
        program_text_from(x, arena, reader, pipes, &end);
        judge_reader(x, look, &end);
        buf_free(&end.messages);
    } else {
        set_unless(x, WORKER_UNAVAILABLE, "the reader of pictures could not be started");
    }
    if (drawn != WORKER_OK)
        set(x, drawn, why);
    buf_free(&pages);
}
