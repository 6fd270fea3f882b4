/*
 * Which kind of document an attachment is. The bytes decide where they can: a PDF named .doc is opened by
 * readers all the same. Looks at the first kilobyte only (readers find "%PDF-" anywhere in it).
 */
#include <string.h>
#include <strings.h>

#include "mail/contentline.h"
#include "worker/document.h"

enum { MAGIC_WINDOW = 1024, TAR_MAGIC_AT = 257 };

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
        {"7z\xbc\xaf\x27\x1c", 6, DOCUMENT_ARCHIVE},
        {"\x1f\x8b\x08", 3, DOCUMENT_ARCHIVE},
        {"BZh", 3, DOCUMENT_ARCHIVE},
        {"\xfd"
         "7zXZ",
         5, DOCUMENT_ARCHIVE},
        {"\x28\xb5\x2f\xfd", 4, DOCUMENT_ARCHIVE},
        {"{\\rt", 4, DOCUMENT_RTF}, /* Word asks for no more */
        {"\x89PNG\r\n", 6, DOCUMENT_PICTURE},
        {"\xff\xd8\xff", 3, DOCUMENT_PICTURE},
    };
    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
        if (bytes.n >= magics[i].n && memcmp(bytes.p, magics[i].magic, magics[i].n) == 0)
            return magics[i].kind;
    if (bytes.n > TAR_MAGIC_AT + 5 && memcmp(bytes.p + TAR_MAGIC_AT, "ustar", 5) == 0)
        return DOCUMENT_ARCHIVE;
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
    } names[] = {
        {"7z", DOCUMENT_ARCHIVE},  {"tar", DOCUMENT_ARCHIVE},
        {"gz", DOCUMENT_ARCHIVE},  {"tgz", DOCUMENT_ARCHIVE},
        {"zip", DOCUMENT_ARCHIVE}, {"pdf", DOCUMENT_PDF},
        {"docx", DOCUMENT_ZIP},    {"docm", DOCUMENT_ZIP},
        {"dotx", DOCUMENT_ZIP},    {"xlsx", DOCUMENT_ZIP},
        {"xlsm", DOCUMENT_ZIP},    {"pptx", DOCUMENT_ZIP},
        {"odt", DOCUMENT_ZIP},     {"ods", DOCUMENT_ZIP},
        {"odp", DOCUMENT_ZIP},     {"odf", DOCUMENT_ZIP},
        {"rtf", DOCUMENT_RTF},     {"txt", DOCUMENT_TEXT},
        {"csv", DOCUMENT_TEXT},    {"tsv", DOCUMENT_TEXT},
        {"log", DOCUMENT_TEXT},    {"md", DOCUMENT_TEXT},
        {"html", DOCUMENT_HTML},   {"htm", DOCUMENT_HTML},
        {"shtml", DOCUMENT_HTML},  {"xhtml", DOCUMENT_HTML},
        {"xht", DOCUMENT_HTML},    {"hta", DOCUMENT_HTML},
        {"svg", DOCUMENT_XML},     {"xml", DOCUMENT_XML},
        {"fodt", DOCUMENT_XML},    {"fods", DOCUMENT_XML},
        {"fodp", DOCUMENT_XML},    {"ics", DOCUMENT_LINES},
        {"ifb", DOCUMENT_LINES},   {"vcs", DOCUMENT_LINES},
        {"vcf", DOCUMENT_LINES},   {"doc", DOCUMENT_TEXT},
        {"xls", DOCUMENT_TEXT}, /* what has no magic is shown as text by Word and Excel */
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcasecmp(name, names[i].name) == 0)
            return names[i].kind;
    return DOCUMENT_UNKNOWN;
}

/* A ZIP is an office document where its name or what stands in it promises one, but not as "letter.zip". */
static enum document_kind of_zip(const char *sniffed, const char *ending)
{
    if (ending && strcasecmp(ending, "zip") == 0)
        return DOCUMENT_ARCHIVE;
    if ((sniffed && by_name(sniffed) == DOCUMENT_ZIP) || (ending && by_name(ending) == DOCUMENT_ZIP))
        return DOCUMENT_ZIP;
    return DOCUMENT_ARCHIVE;
}

enum document_kind document_kind(const char *sniffed, const char *filename, struct span bytes)
{
    enum document_kind kind = by_bytes(bytes);
    const char *dot = filename ? strrchr(filename, '.') : NULL;
    if (kind == DOCUMENT_ZIP)
        return of_zip(sniffed, dot ? dot + 1 : NULL);
    if (kind == DOCUMENT_UNKNOWN && sniffed)
        kind = by_name(sniffed);
    if (kind == DOCUMENT_UNKNOWN && dot)
        kind = by_name(dot + 1);
    if (kind == DOCUMENT_UNKNOWN && sniffed && strcmp(sniffed, "text") == 0)
        kind = DOCUMENT_TEXT; /* under a name that says nothing, readable all the same */
    return kind;
}

unsigned document_cost(enum document_kind kind)
{
    static const unsigned costs[DOCUMENT_KINDS] = {
        [DOCUMENT_TEXT] = 1, [DOCUMENT_LINES] = 1,   [DOCUMENT_RTF] = 1,
        [DOCUMENT_XML] = 1,  [DOCUMENT_CFB] = 3,     [DOCUMENT_HTML] = 2,
        [DOCUMENT_ZIP] = 2,  [DOCUMENT_ARCHIVE] = 3, [DOCUMENT_PDF] = 4,
    };
    return costs[kind];
}
