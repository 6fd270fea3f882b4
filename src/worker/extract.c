/*
 * The choice of the parser by the kind of the document.
 */
#include <string.h>

#include "worker/extract.h"

/* Office documents with a password, and everything from before 2007, come in OLE containers (MS-CFB). */
static void look_at_cfb(struct extraction *x, struct span document)
{
    static const char encrypted[] =
        "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e"; /* a stream's name, UTF-16 */
    if (memmem(document.p, document.n, encrypted, sizeof(encrypted))) {
        x->status = WORKER_ENCRYPTED;
        x->detail = "an office document with a password";
    } else {
        x->status = WORKER_UNSUPPORTED;
        x->detail = "an office format from before 2007";
    }
}

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
        look_at_cfb(x, document);
        break;
    default:
        x->status = WORKER_UNSUPPORTED;
        x->detail = "no format that text is taken from";
    }
}
