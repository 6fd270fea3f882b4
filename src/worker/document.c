/*
 * Which kind of document an attachment is. The bytes decide where they can: a PDF named .doc is opened by
 * readers all the same. Looks at the first kilobyte only (readers find "%PDF-" anywhere in it).
 */
#include <string.h>
#include <strings.h>

#include "worker/document.h"

enum { MAGIC_WINDOW = 1024 };

static enum document_kind by_bytes(struct span bytes)
{
    static const struct {
        const char *magic;
        size_t n;
        enum document_kind kind;
    } magics[] = {
        {"PK\003\004", 4, DOCUMENT_ZIP},
        {"PK\005\006", 4, DOCUMENT_ZIP},
        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, DOCUMENT_CFB},
        {"{\\rtf", 5, DOCUMENT_RTF},
    };
    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
        if (bytes.n >= magics[i].n && memcmp(bytes.p, magics[i].magic, magics[i].n) == 0)
            return magics[i].kind;
    size_t window = bytes.n < MAGIC_WINDOW ? bytes.n : MAGIC_WINDOW;
    if (window && memmem(bytes.p, window, "%PDF-", 5))
        return DOCUMENT_PDF;
    return DOCUMENT_UNKNOWN;
}

static enum document_kind by_name(const char *name)
{
    static const struct {
        const char *name;
        enum document_kind kind;
    } names[] = {
        {"pdf", DOCUMENT_PDF},    {"docx", DOCUMENT_ZIP}, {"docm", DOCUMENT_ZIP},  {"dotx", DOCUMENT_ZIP},
        {"xlsx", DOCUMENT_ZIP},   {"xlsm", DOCUMENT_ZIP}, {"pptx", DOCUMENT_ZIP},  {"odt", DOCUMENT_ZIP},
        {"ods", DOCUMENT_ZIP},    {"odp", DOCUMENT_ZIP},  {"rtf", DOCUMENT_RTF},   {"txt", DOCUMENT_TEXT},
        {"csv", DOCUMENT_TEXT},   {"tsv", DOCUMENT_TEXT}, {"html", DOCUMENT_HTML}, {"htm", DOCUMENT_HTML},
        {"xhtml", DOCUMENT_HTML},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcasecmp(name, names[i].name) == 0)
            return names[i].kind;
    return DOCUMENT_UNKNOWN;
}

enum document_kind document_kind(const char *sniffed, const char *filename, struct span bytes)
{
    enum document_kind kind = by_bytes(bytes);
    const char *dot = filename ? strrchr(filename, '.') : NULL;
    if (kind == DOCUMENT_UNKNOWN && sniffed)
        kind = by_name(sniffed);
    if (kind == DOCUMENT_UNKNOWN && dot)
        kind = by_name(dot + 1);
    return kind;
}
