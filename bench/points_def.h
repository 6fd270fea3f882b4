#ifndef RINGER_BENCH_POINTS_DEF_H
#define RINGER_BENCH_POINTS_DEF_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * src/lookalike/points.def as it is printed, with points of one's own: every column but the points stays as it was
 * written.
 */
bool points_def_by_hand(unsigned feature);
void points_def_print(FILE *out, const int16_t *points);

#endif
