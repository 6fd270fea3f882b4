/*
 * The columns of points.def as tables.
 */
#include "lookalike/distance.h"
#include "lookalike/points.h"
#include "lookalike/segment.h"

#define NONE                            0
#define EVEN                            FEATURE_EVEN
#define FEATURE(id, value, points, how) [id] = value,
const uint16_t feature_value[N_FEATURES] = {
#include "lookalike/points.def"
};
#undef FEATURE

#define FEATURE(id, value, points, how) [id] = points,
const int16_t feature_points[N_FEATURES] = {
#include "lookalike/points.def"
};
