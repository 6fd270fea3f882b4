/*
 * Prints src/lookalike/points.def; tests/lookalike/test_score compares it with the file.
 */
#include "lookalike/points.h"

#include "points_def.h"

#define FEATURE(id, value, points, how) [id] = {#id, #value, #how},
static const struct row {
    const char *id, *value, *how;
} rows[N_FEATURES] = {
#include "lookalike/points.def"
};

static const char head[] =
    "/*\n"
    " * The features of a finding and their points, in tenths: FEATURE(name, value, points, how). Printed "
    "by\n"
    " * bench/fit_lookalike -p, which fits the points and says how; HAND are set by hand, with the reason.\n"
    " *\n"
    " * Rows with a value stand together with others of their kind: a length, a cost in hundredths, letters "
    "or "
    "sixteenths of\n"
    " * a bit from which the row is meant, up to the value of the next; or the kind of edit, part or word "
    "that it is "
    "for.\n"
    " */\n";

bool points_def_by_hand(unsigned feature)
{
    return *rows[feature].how == 'H';
}

void points_def_print(FILE *out, const int16_t *points)
{
    fputs(head, out);
    for (unsigned f = 0; f < N_FEATURES; f++) {
        const char *title = f == W_BASE   ? "whole names"
                            : f == E_BASE ? "equal names under other suffixes"
                            : f == I_BASE ? "names inside longer ones"
                                          : NULL;
        if (title)
            fprintf(out, "\n/* %s */\n", title);
        fprintf(out, "FEATURE(%s, %s, %d, %s)\n", rows[f].id, rows[f].value, points[f], rows[f].how);
    }
}
