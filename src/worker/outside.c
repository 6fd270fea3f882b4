/*
 * Which programs read a document, and what they say together.
 */
#include "worker/cfb.h"
#include "worker/embedded.h"
#include "worker/outside.h"
#include "worker/programtext.h"

enum { RUNNERS_OF_FILES = 12 }; /* of a PDF each takes two, and one more for each file in it */

unsigned outside_runners(enum document_kind kind)
{
    switch (kind) {
    case DOCUMENT_CFB:
        return 3;
    case DOCUMENT_PDF:
    case DOCUMENT_ZIP: /* it may be an archive all the same */
    case DOCUMENT_ARCHIVE:
        return RUNNERS_OF_FILES;
    default:
        return 0;
    }
}

/* One container may hold several documents: Word shows a sheet that stands in a letter. */
static void read_old_office(struct extraction *x, struct arena *arena, struct span document)
{
    static const struct {
        unsigned content;
        enum program program;
    } readers[] = {
        {CFB_WORD, PROGRAM_CATDOC}, {CFB_EXCEL, PROGRAM_XLS2CSV}, {CFB_POWERPOINT, PROGRAM_CATPPT}};
    unsigned contents = cfb_contents(document);
    enum worker_status status = WORKER_OK;
    const char *detail = "";
    size_t before = x->sink.text.n;
    for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
        if (!(contents & readers[i].content) || x->sink.truncated)
            continue;
        sink_break(&x->sink, 2);
        if (!program_text(x, arena, readers[i].program, document) && status == WORKER_OK) {
            status = x->status;
            detail = x->detail;
        }
        x->status = WORKER_OK;
    }
    bool silent = x->sink.text.n == before && !x->sink.truncated;
    if (status == WORKER_OK && silent) { /* which they do not tell by their exit codes */
        status = WORKER_BROKEN;
        detail = "no words found in an office document from before 2007";
    }
    x->status = status;
    x->detail = detail;
}

/* Text that is cut off after so many pages leaves room for the files. */
static void read_pdf(struct extraction *x, struct arena *arena, struct span document)
{
    if (!program_text(x, arena, PROGRAM_PDFTOTEXT, document))
        return;
    bool cut = x->sink.truncated;
    x->sink.truncated = x->sink.text.n >= x->sink.max;
    embedded_read(x, arena, document);
    x->sink.truncated |= cut;
}

void outside_read(struct extraction *x, struct arena *arena, enum document_kind kind, struct span document)
{
    if (kind == DOCUMENT_CFB)
        read_old_office(x, arena, document);
    else
        read_pdf(x, arena, document);
}
