/*
 * Text out of plain text and CSV, the choice of the parser by kind, and Windows code pages. A text attachment's
 * declared charset is not known here: a byte order mark or valid UTF-8 is believed, else it is Windows-1252.
 */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <unistr.h>

#include "base/clock.h"

#include "mail/html.h"
#include "worker/extract.h"

enum { HTML_MAX = 4 << 20 /* of a page: a mail program's viewer is slow long before */ };

bool extract_late(const struct extraction *x)
{
    return x->deadline && monotonic_ms() >= x->deadline;
}

/* The code pages that RTF names for the ten languages we read, and their neighbours. */
static struct {
    unsigned number;
    const char *name;
    iconv_t cd;
} codepages[] = {
    {1252, "CP1252", NULL}, {1250, "CP1250", NULL}, {1251, "CP1251", NULL}, {1253, "CP1253", NULL},
    {1254, "CP1254", NULL}, {437, "CP437", NULL},   {850, "CP850", NULL},   {932, "CP932", NULL},
    {936, "GBK", NULL},     {949, "CP949", NULL},   {950, "CP950", NULL},
};
enum { CODEPAGES = sizeof(codepages) / sizeof(*codepages) };

void codepage_preload(void)
{
    for (size_t i = 0; i < CODEPAGES; i++)
        if (!codepages[i].cd)
            codepages[i].cd = iconv_open("UTF-8", codepages[i].name);
}

static iconv_t codepage(unsigned number)
{
    for (size_t i = 0; i < CODEPAGES; i++)
        if (codepages[i].number == number && codepages[i].cd && codepages[i].cd != (iconv_t)-1)
            return codepages[i].cd;
    return number == 1252 ? (iconv_t)-1 : codepage(1252);
}

void codepage_text(struct sink *sink, unsigned number, struct span bytes)
{
    iconv_t cd = codepage(number);
    char *in = (char *)(uintptr_t)bytes.p, out[1024];
    size_t left = bytes.n;
    if (cd == (iconv_t)-1) {
        sink_text(sink, bytes);
        return;
    }
    iconv(cd, NULL, NULL, NULL, NULL);
    while (left && !sink->truncated) {
        char *o = out;
        size_t room = sizeof(out);
        size_t rc = iconv(cd, &in, &left, &o, &room);
        int error = errno;
        sink_text(sink, (struct span){out, sizeof(out) - room});
        if (rc == (size_t)-1 && error != E2BIG) {
            sink_char(sink, 0xfffd);
            in++;
            left--;
        }
    }
}

static void utf16_text(struct sink *sink, struct span bytes, bool big)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    uint32_t high = 0;
    for (size_t i = 0; i + 1 < bytes.n && !sink->truncated; i += 2) {
        uint32_t unit = big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
        bool low = unit >= 0xdc00 && unit <= 0xdfff;
        if (high && low)
            unit = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
        else if (high)
            sink_char(sink, 0xfffd);
        high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
        if (!high)
            sink_char(sink, unit);
    }
}

void extract_plain(struct extraction *x, struct span document)
{
    const char *p = document.p;
    if (document.n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
        utf16_text(&x->sink, (struct span){p + 2, document.n - 2}, p[0] == '\xfe');
    else if (document.n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        sink_text(&x->sink, (struct span){p + 3, document.n - 3});
    else if (document.n == 0 || !u8_check((const uint8_t *)p, document.n))
        sink_text(&x->sink, document);
    else
        codepage_text(&x->sink, 1252, document);
}

/* A page as an attachment: what a reader sees of it, by the same rules as for a mail's own HTML. */
static void extract_html(struct extraction *x, struct arena *arena, struct span document)
{
    struct extraction decoded = {.sink = {.max = HTML_MAX}};
    extract_plain(&decoded, document);
    struct html_text *html = html_read(arena, buf_span(&decoded.sink.text), 0);
    for (size_t i = 0; i < html->n; i++) {
        sink_text(&x->sink, html->v[i].text);
        sink_break(&x->sink, 2);
    }
    x->sink.truncated |= decoded.sink.truncated;
    buf_free(&decoded.sink.text);
}

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

void extract_document(struct extraction *x, struct arena *arena, enum document_kind kind,
                      struct span document)
{
    switch (kind) {
    case DOCUMENT_ZIP:
        extract_office(x, arena, document);
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
    case DOCUMENT_CFB:
        look_at_cfb(x, document);
        break;
    default:
        x->status = WORKER_UNSUPPORTED;
        x->detail = "no format that text is taken from";
    }
}
