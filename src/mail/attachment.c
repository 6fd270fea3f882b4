/*
 * What an attachment is by its first bytes, whatever its name and type say.
 */
#include <string.h>

#include "base/span.h"
#include "base/text.h"

#include "mail/attachment.h"

enum { LOOK = 4096 /* PDF readers accept the mark within the first 1024 bytes */ };

static const struct {
    size_t at;
    const char *magic;
    size_t n;
    const char *type;
} magics[] = {
#define MAGIC(at, bytes, type)                                                                               \
    {                                                                                                        \
        at, bytes, sizeof(bytes) - 1, type                                                                   \
    }
    MAGIC(0, "MZ", "exe"),
    MAGIC(0,
          "\x7F"
          "ELF",
          "elf"),
    MAGIC(0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "ole"),
    MAGIC(0, "{\\rt", "rtf"),
    MAGIC(0, "\x89PNG\r\n", "png"),
    MAGIC(0, "\xFF\xD8\xFF", "jpeg"),
    MAGIC(0, "GIF8", "gif"),
    MAGIC(0, "II*\0", "tiff"),
    MAGIC(0, "MM\0*", "tiff"),
    MAGIC(8, "WEBP", "webp"),
    MAGIC(0, "BM", "bmp"),
    MAGIC(0, "ID3", "mp3"),
    MAGIC(4, "ftyp", "mp4"),
    MAGIC(0, "Rar!\x1A\x07", "rar"),
    MAGIC(0, "7z\xBC\xAF\x27\x1C", "7z"),
    MAGIC(0, "\x1F\x8B", "gzip"),
    MAGIC(0, "BZh", "bzip2"),
    MAGIC(0,
          "\xFD"
          "7zXZ",
          "xz"),
    MAGIC(0, "MSCF", "cab"),
    MAGIC(0, "L\0\0\0\x01\x14\x02\0", "lnk"),
    MAGIC(0, "\x78\x9F\x3E\x22", "tnef"),
    MAGIC(0x8001, "CD001", "iso"),
    MAGIC(0, "#!", "script"),
};

/* Office files are zips: the names of their first members tell which. */
static const char *zip_kind(struct span b)
{
    struct span head = {b.p, b.n < LOOK ? b.n : LOOK};
    if (memmem(head.p, head.n, "word/", 5))
        return "docx";
    if (memmem(head.p, head.n, "xl/", 3))
        return "xlsx";
    if (memmem(head.p, head.n, "ppt/", 4))
        return "pptx";
    if (memmem(head.p, head.n, "mimetypeapplication/vnd.oasis", 29))
        return "odf";
    if (memmem(head.p, head.n, "[Content_Types].xml", 19)) { /* the telling member stands further back */
        if (memmem(b.p, b.n, "word/", 5))
            return "docx";
        if (memmem(b.p, b.n, "xl/", 3))
            return "xlsx";
        if (memmem(b.p, b.n, "ppt/", 4))
            return "pptx";
    }
    return "zip";
}

static const char *text_kind(struct span b)
{
    static const struct {
        struct span mark;
        const char *type;
    } marks[] = {
        {SPAN_LIT("<!doctype html"), "html"}, {SPAN_LIT("<html"), "html"},
        {SPAN_LIT("<head"), "html"},          {SPAN_LIT("<body"), "html"},
        {SPAN_LIT("<script"), "html"},        {SPAN_LIT("<svg"), "svg"},
        {SPAN_LIT("<?xml"), "xml"},           {SPAN_LIT("received:"), "eml"},
        {SPAN_LIT("return-path:"), "eml"},
    };
    if (b.n >= 3 && memcmp(b.p, "\xEF\xBB\xBF", 3) == 0)
        b = (struct span){b.p + 3, b.n - 3};
    b = span_trim(b);
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (span_starts_nocase(b, marks[i].mark))
            return marks[i].type;
    struct span head = {b.p, b.n < 512 ? b.n : 512};
    for (size_t i = 0; i < head.n; i++)
        if (head.p[i] == '\0' || ((unsigned char)head.p[i] < 0x20 && !strchr("\t\r\n\f", head.p[i])))
            return "";
    return head.n ? "text" : "";
}

const char *attachment_sniff(struct span bytes)
{
    struct span head = {bytes.p, bytes.n < 1024 ? bytes.n : 1024};
    if (head.n == 0)
        return "";
    if (memmem(head.p, head.n, "%PDF-", 5))
        return "pdf";
    if (head.n > 4 && memcmp(head.p, "PK\x03\x04", 4) == 0)
        return zip_kind(bytes);
    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
        if (bytes.n >= magics[i].at + magics[i].n &&
            memcmp(bytes.p + magics[i].at, magics[i].magic, magics[i].n) == 0)
            return magics[i].type;
    return text_kind((struct span){bytes.p, bytes.n < LOOK ? bytes.n : LOOK});
}

static int is_one_of(const char *sniffed, const char *const *types)
{
    for (; *types; types++)
        if (strcmp(sniffed, *types) == 0)
            return 1;
    return 0;
}

int attachment_is_picture(const char *sniffed)
{
    static const char *const pictures[] = {"png", "jpeg", "gif", "tiff", "webp", "bmp", NULL};
    return is_one_of(sniffed, pictures);
}

int attachment_is_media(const char *sniffed)
{
    static const char *const others[] = {"mp3", "mp4", NULL};
    return attachment_is_picture(sniffed) || is_one_of(sniffed, others);
}

static unsigned big16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static unsigned little16(const unsigned char *p)
{
    return (unsigned)p[1] << 8 | p[0];
}

/* The first frame header (SOF); what stands before it is skipped by its length. */
static bool jpeg_size(const unsigned char *p, size_t n, unsigned *width_r, unsigned *height_r)
{
    for (size_t i = 2; i + 9 <= n;) {
        if (p[i] != 0xff)
            return false;
        unsigned marker = p[i + 1];
        bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            *height_r = big16(p + i + 5);
            *width_r = big16(p + i + 7);
            return true;
        }
        i += marker == 0xff ? 1 : 2 + big16(p + i + 2);
    }
    return false;
}

bool attachment_picture_size(struct span bytes, unsigned *width_r, unsigned *height_r)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    const char *kind = attachment_sniff(bytes);
    if (strcmp(kind, "png") == 0 && bytes.n >= 24) {
        *width_r = big16(p + 16) << 16 | big16(p + 18);
        *height_r = big16(p + 20) << 16 | big16(p + 22);
    } else if (strcmp(kind, "gif") == 0 && bytes.n >= 10) {
        *width_r = little16(p + 6);
        *height_r = little16(p + 8);
    } else if (strcmp(kind, "bmp") == 0 && bytes.n >= 26) {
        *width_r = little16(p + 18);
        *height_r = little16(p + 22);
    } else {
        return strcmp(kind, "jpeg") == 0 && jpeg_size(p, bytes.n, width_r, height_r);
    }
    return true;
}
