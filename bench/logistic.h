#ifndef RINGER_BENCH_LOGISTIC_H
#define RINGER_BENCH_LOGISTIC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Ridge logistic regression over sparse binary features, by Newton's method: some hundred features, some hundred
 * thousand rows.
 */
struct logistic_row {
    const uint16_t *features; /* numbers of those that are set */
    unsigned n;
    double weight;
    bool positive;
};

/*
 * Coefficients of `n_features` features; the first is the intercept, set in every row, and is not shrunk. True when it
 * converged. `ridge` is the weight of the squares of the others.
 */
bool logistic_fit(const struct logistic_row *rows, size_t n, unsigned n_features, double ridge,
                  double *coefficients_r);

#endif
