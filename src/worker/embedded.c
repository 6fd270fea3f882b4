/*
 * Files inside a PDF, by pdfdetach. They count as files in an archive: ARCHIVE_DEPTH_MAX, ARCHIVE_FILES_MAX and
 * ARCHIVE_BYTES_MAX hold over all levels, and each takes a runner.
 */
#include <stdlib.h>

#include "worker/embedded.h"
#include "worker/programtext.h"

enum { LIST_MAX = 65536 }; /* bytes of names: more than any reader would look through */

struct output {
    struct buf bytes;
    size_t max;
    bool cut;
};

static bool keep(void *ctx, struct span piece)
{
    struct output *o = ctx;
    o->cut = piece.n > o->max - o->bytes.n;
    if (!o->cut)
        buf_add_span(&o->bytes, piece);
    return !o->cut;
}

/* The output of pdfdetach; false, and a note, when it is not there, or not whole. To be freed either way. */
static bool detach(struct extraction *x, struct arena *arena, enum program program, unsigned number,
                   struct span document, struct output *o)
{
    struct program_end end;
    struct program_pipes *pipes = program_start_with(x, program, number, document);
    struct extraction own = {.detail = ""};
    if (!pipes) {
        extract_note(x, WORKER_UNSUPPORTED, "more files in PDFs than are read");
        return false;
    }
    program_collect(x, pipes, keep, o, &end);
    own.sink.truncated = o->cut;
    program_judge(&own, arena, program, &end);
    buf_free(&end.messages);
    if (o->cut)
        extract_note(x, WORKER_TOO_BIG, "a file in a PDF is beyond the limit");
    else if (own.status != WORKER_OK)
        extract_note(x, own.status, own.detail);
    return !o->cut && own.status == WORKER_OK;
}

/* The name in "2: factur-x.xml", a line of the list. */
static const char *name_of(struct arena *arena, struct span line)
{
    while (line.n && *line.p != ':')
        line = (struct span){line.p + 1, line.n - 1};
    return line.n > 2 ? arena_span(arena, (struct span){line.p + 2, line.n - 2}) : "";
}

static bool read_one(struct extraction *x, struct arena *arena, unsigned number, const char *name,
                     struct span document)
{
    struct output o = {.max = ARCHIVE_BYTES_MAX - x->unpacked};
    if (x->files >= ARCHIVE_FILES_MAX) {
        extract_note(x, WORKER_TOO_BIG, "too many files in a PDF");
        return false;
    }
    bool whole = detach(x, arena, PROGRAM_PDFDETACH_SAVE, number, document, &o);
    if (whole) {
        x->files++;
        x->unpacked += o.bytes.n;
        extract_inside(x, arena, name, buf_span(&o.bytes));
    }
    buf_free(&o.bytes);
    return whole;
}

void embedded_read(struct extraction *x, struct arena *arena, struct span document)
{
    struct output list = {.max = LIST_MAX};
    if (!detach(x, arena, PROGRAM_PDFDETACH_LIST, 0, document, &list)) {
        buf_free(&list.bytes);
        return;
    }
    struct span rest = buf_span(&list.bytes), first = span_cut(&rest, '\n');
    unsigned long n = first.n ? strtoul(arena_span(arena, first), NULL, 10) : 0;
    if (n && x->depth >= ARCHIVE_DEPTH_MAX)
        extract_note(x, WORKER_TOO_BIG, "files in files, deeper than is looked");
    else
        for (unsigned i = 1; i <= n && !x->sink.truncated && !extract_late(x); i++)
            if (!read_one(x, arena, i, name_of(arena, span_cut(&rest, '\n')), document))
                break;
    buf_free(&list.bytes);
}
