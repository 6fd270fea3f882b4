/*
 * UTS #39: which non-ASCII characters look like ASCII ones. The table is generated from
 * data/lookalike/confusables.txt by scripts/confusables.awk when Ringer is built.
 */
#include <stddef.h>

#include "lookalike/confusable.h"

static const struct row {
    uint32_t cp;
    char ascii[5];
} rows[] = {
#include "lookalike/confusable_rows.h"
};

const char *confusable_ascii(uint32_t cp)
{
    size_t lo = 0, hi = sizeof(rows) / sizeof(*rows);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (rows[mid].cp == cp)
            return rows[mid].ascii;
        if (rows[mid].cp < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}
