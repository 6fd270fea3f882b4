/*
 * Windows code pages, by iconv.
 */
#include <errno.h>
#include <iconv.h>

#include "worker/codepage.h"

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
