/*
 * The choice of the parser by the kind of the document.
 */
#include "worker/cfb.h"
#include "worker/extract.h"

static void read_outside(struct extraction *x, struct arena *arena, enum document_kind kind,
                         struct span document)
{
    if (x->outside) {
        x->outside(x, arena, kind, document);
        return;
    }
    x->status = WORKER_UNSUPPORTED;
    x->detail = "no program to read it";
}

/* Office documents with a password, and everything from before 2007, come in OLE containers. */
static void read_cfb(struct extraction *x, struct arena *arena, struct span document)
{
    unsigned contents = cfb_contents(document);
    if (contents & CFB_ENCRYPTED) {
        x->status = WORKER_ENCRYPTED;
        x->detail = "an office document with a password";
    } else if (contents) {
        read_outside(x, arena, DOCUMENT_CFB, document);
    } else {
        x->status = WORKER_UNSUPPORTED;
        x->detail = "an OLE container without an office document";
    }
}

/* What only looks like an office document is an archive. */
static void read_zip(struct extraction *x, struct arena *arena, struct span document)
{
    if (!extract_office(x, arena, document))
        extract_archive(x, arena, document);
}

void extract_document(struct extraction *x, struct arena *arena, enum document_kind kind,
                      struct span document)
{
    x->inner = extract_document;
    switch (kind) {
    case DOCUMENT_PDF:
        read_outside(x, arena, kind, document);
        break;
    case DOCUMENT_ZIP:
        read_zip(x, arena, document);
        break;
    case DOCUMENT_ARCHIVE:
        extract_archive(x, arena, document);
        break;
    case DOCUMENT_RTF:
        extract_rtf(x, document);
        break;
    case DOCUMENT_TEXT:
        extract_plain(x, document);
        break;
    case DOCUMENT_HTML:
        extract_html(x, arena, document);
        break;
    case DOCUMENT_XML:
        extract_xml(x, document);
        break;
    case DOCUMENT_LINES:
        extract_lines(x, arena, document);
        break;
    case DOCUMENT_CFB:
        read_cfb(x, arena, document);
        break;
    default:
        x->status = WORKER_UNSUPPORTED;
        x->detail = "no format that text is taken from";
    }
}
