#ifndef RINGER_WORKER_DOCUMENT_H
#define RINGER_WORKER_DOCUMENT_H
#include "base/span.h"

/* What an attachment is, told by a few bytes without parsing it: for the supervisor, which must not parse. */
enum document_kind {
    DOCUMENT_UNKNOWN,
    DOCUMENT_PDF,
    DOCUMENT_ZIP, /* may be DOCX, XLSX, PPTX, ODT, ODS ...: the worker looks */
    DOCUMENT_CFB, /* OLE container: old Office formats, and new ones with a password */
    DOCUMENT_RTF,
    DOCUMENT_TEXT, /* plain text, CSV */
    DOCUMENT_HTML,
    DOCUMENT_XML,     /* one file: SVG, flat OpenDocument, Word or Excel 2003, an invoice */
    DOCUMENT_LINES,   /* invitations and cards: iCalendar, vCard */
    DOCUMENT_ARCHIVE, /* ZIP that promises no office document, 7z, tar, gzip ... */
    DOCUMENT_PICTURE, /* PNG, JPEG: no text is taken from it, but see worker_look() */
    DOCUMENT_KINDS
};

/* `sniffed` and `filename` as in struct message_attachment; may be NULL. The bytes win over both names. */
enum document_kind document_kind(const char *sniffed, const char *filename, struct span bytes);
/* How dear it is to read by experience, 1 the least; 0 = nobody reads it. */
enum { COST_SLOW = 3 }; /* from here on a hostile one may take as long as it is let */
unsigned document_cost(enum document_kind kind);

#endif
