/*
 * What an OLE container holds: see cfb.h. A name is looked for wherever an entry of the directory may stand, whether the
 * directory leads there or not: readers repair broken ones.
 */
#include <stdbool.h>
#include <strings.h>

#include "worker/cfb.h"

enum { ENTRY = 128, NAME = 32, HEADER = 512 }; /* bytes; characters of a name, UTF-16 with a 0; bytes */

static bool is_named(const char *entry, const char *name)
{
    char ascii[NAME + 1] = {0};
    for (size_t i = 0; i < NAME && entry[2 * i]; i++) {
        if (entry[2 * i + 1])
            return false;
        ascii[i] = entry[2 * i];
    }
    return strcasecmp(ascii, name) == 0;
}

unsigned cfb_contents(struct span document)
{
    static const struct {
        const char *name;
        unsigned content;
    } names[] = {
        {"EncryptedPackage", CFB_ENCRYPTED},
        {"WordDocument", CFB_WORD},
        {"Workbook", CFB_EXCEL},
        {"Book", CFB_EXCEL},
        {"PowerPoint Document", CFB_POWERPOINT},
    };
    unsigned contents = 0;
    for (size_t at = HEADER; at + ENTRY <= document.n; at += ENTRY)
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
            if ((document.p[at] | 32) == (*names[i].name | 32) && is_named(document.p + at, names[i].name))
                contents |= names[i].content;
    return contents;
}
