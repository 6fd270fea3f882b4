/*
 * Documents inside documents: see extraction.h.
 */
#include "mail/attachment.h"
#include "worker/extraction.h"

void extract_note(struct extraction *x, enum worker_status status, const char *detail)
{
    if (x->status == WORKER_OK || (status == WORKER_ENCRYPTED && x->status != WORKER_TIMEOUT)) {
        x->status = status;
        x->detail = detail;
    }
}

void extract_inside(struct extraction *x, struct arena *arena, const char *name, struct span bytes)
{
    struct extraction outer = *x;
    if (!bytes.n)
        return;
    x->status = WORKER_OK;
    x->detail = "";
    x->name = name;
    x->depth++;
    sink_break(&x->sink, 2);
    x->inner(x, arena, document_kind(attachment_sniff(bytes), name, bytes), bytes);
    sink_break(&x->sink, 2);
    enum worker_status status = x->status;
    const char *detail = x->detail;
    x->status = outer.status;
    x->detail = outer.detail;
    x->name = outer.name;
    x->depth--;
    if (status != WORKER_OK)
        extract_note(x, status, detail);
}
