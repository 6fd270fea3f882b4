/*
 * Which kind of document an attachment is. The bytes decide where they can: a PDF named .doc is opened by
 * readers all the same. Looks at the first kilobyte only (readers find "%PDF-" anywhere in it).
 */
#include <string.h>
#include <strings.h>

#include "mail/contentline.h"
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
        {"{\\rt", 4, DOCUMENT_RTF}, /* Word asks for no more */
    };
    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
        if (bytes.n >= magics[i].n && memcmp(bytes.p, magics[i].magic, magics[i].n) == 0)
            return magics[i].kind;
    size_t window = bytes.n < MAGIC_WINDOW ? bytes.n : MAGIC_WINDOW;
    if (window && memmem(bytes.p, window, "%PDF-", 5))
        return DOCUMENT_PDF;
    if (contentline_is((struct span){bytes.p, window}))
        return DOCUMENT_LINES;
    return DOCUMENT_UNKNOWN;
}

static enum document_kind by_name(const char *name)
{
    static const struct {
        const char *name;
        enum document_kind kind;
    } names[] =
        {
            {"pdf", DOCUMENT_PDF},   {"docx", DOCUMENT_ZIP},   {"docm", DOCUMENT_ZIP},
            {"dotx", DOCUMENT_ZIP},  {"xlsx", DOCUMENT_ZIP},   {"xlsm", DOCUMENT_ZIP},
            {"pptx", DOCUMENT_ZIP},  {"odt", DOCUMENT_ZIP},    {"ods", DOCUMENT_ZIP},
            {"odp", DOCUMENT_ZIP},   {"odf", DOCUMENT_ZIP},    {"rtf", DOCUMENT_RTF},
            {"txt", DOCUMENT_TEXT},  {"csv", DOCUMENT_TEXT},   {"tsv", DOCUMENT_TEXT},
            {"log", DOCUMENT_TEXT},  {"md", DOCUMENT_TEXT},    {"html", DOCUMENT_HTML},
            {"htm", DOCUMENT_HTML},  {"shtml", DOCUMENT_HTML}, {"xhtml", DOCUMENT_HTML},
            {"xht", DOCUMENT_HTML},  {"hta", DOCUMENT_HTML},   {"svg", DOCUMENT_XML},
            {"xml", DOCUMENT_XML},   {"fodt", DOCUMENT_XML},   {"fods", DOCUMENT_XML},
            {"fodp", DOCUMENT_XML},  {"ics", DOCUMENT_LINES},  {"ifb", DOCUMENT_LINES},
            {"vcs", DOCUMENT_LINES}, {"vcf", DOCUMENT_LINES},  {"doc", DOCUMENT_TEXT},
            {"xls", DOCUMENT_TEXT}, /* what has no magic is shown as text by Word and Excel */
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
    if (kind == DOCUMENT_UNKNOWN && sniffed && strcmp(sniffed, "text") == 0)
        kind = DOCUMENT_TEXT; /* under a name that says nothing, readable all the same */
    return kind;
}
