/*
 * Ridge logistic regression: iteratively reweighted least squares with a Cholesky solution in every step. The ridge
 * keeps the Hessian positive, so features that are never set, or always together, do no harm.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "logistic.h"

enum { MAX_STEPS = 50 };

static double linear(const struct logistic_row *row, const double *coefficients)
{
    double z = 0;
    for (unsigned i = 0; i < row->n; i++)
        z += coefficients[row->features[i]];
    return z;
}

/* The gradient and the lower triangle of the Hessian of the penalised log-likelihood. */
static void derive(const struct logistic_row *rows, size_t n, unsigned m, double ridge, const double *c,
                   double *gradient, double *hessian)
{
    memset(gradient, 0, m * sizeof(*gradient));
    memset(hessian, 0, (size_t)m * m * sizeof(*hessian));
    for (size_t r = 0; r < n; r++) {
        const struct logistic_row *row = &rows[r];
        double p = 1 / (1 + exp(-linear(row, c)));
        double error = row->weight * ((row->positive ? 1 : 0) - p), curve = row->weight * p * (1 - p);
        for (unsigned i = 0; i < row->n; i++) {
            gradient[row->features[i]] += error;
            for (unsigned j = 0; j < row->n; j++)
                if (row->features[j] <= row->features[i])
                    hessian[(size_t)row->features[i] * m + row->features[j]] += curve;
        }
    }
    for (unsigned i = 1; i < m; i++) {
        gradient[i] -= ridge * c[i];
        hessian[(size_t)i * m + i] += ridge;
    }
}

/* Solves a x = b in place for a positive definite `a`, of which the lower triangle is given. */
static bool solve(double *a, double *b, unsigned m)
{
    for (unsigned i = 0; i < m; i++)
        for (unsigned j = 0; j <= i; j++) {
            double sum = a[(size_t)i * m + j];
            for (unsigned k = 0; k < j; k++)
                sum -= a[(size_t)i * m + k] * a[(size_t)j * m + k];
            if (i == j && sum <= 0)
                return false;
            a[(size_t)i * m + j] = i == j ? sqrt(sum) : sum / a[(size_t)j * m + j];
        }
    for (unsigned i = 0; i < m; i++) {
        for (unsigned k = 0; k < i; k++)
            b[i] -= a[(size_t)i * m + k] * b[k];
        b[i] /= a[(size_t)i * m + i];
    }
    for (unsigned i = m; i-- > 0;) {
        for (unsigned k = i + 1; k < m; k++)
            b[i] -= a[(size_t)k * m + i] * b[k];
        b[i] /= a[(size_t)i * m + i];
    }
    return true;
}

static double objective(const struct logistic_row *rows, size_t n, unsigned m, double ridge, const double *c)
{
    double sum = 0;
    for (size_t r = 0; r < n; r++) {
        double z = linear(&rows[r], c);
        z = rows[r].positive ? -z : z;
        sum += rows[r].weight * (z > 30 ? z : log1p(exp(z)));
    }
    for (unsigned i = 1; i < m; i++)
        sum += ridge / 2 * c[i] * c[i];
    return sum;
}

bool logistic_fit(const struct logistic_row *rows, size_t n, unsigned m, double ridge, double *c)
{
    double *step = mem_array(m, sizeof(*step)), *tried = mem_array(m, sizeof(*tried)),
           *hessian = mem_array((size_t)m * m, sizeof(*hessian));
    bool converged = false;
    memset(c, 0, m * sizeof(*c));
    double now = objective(rows, n, m, ridge, c);
    for (unsigned steps = 0; steps < MAX_STEPS && !converged; steps++) {
        derive(rows, n, m, ridge, c, step, hessian);
        if (!solve(hessian, step, m))
            break;
        double next = now, size = 1;
        do { /* half as far when Newton's step goes too far */
            for (unsigned i = 0; i < m; i++)
                tried[i] = c[i] + size * step[i];
            next = objective(rows, n, m, ridge, tried);
            size /= 2;
        } while (next > now && size > 1e-6);
        if (next <= now)
            memcpy(c, tried, m * sizeof(*c));
        converged = now - next <= 1e-6 * (1 + fabs(now));
        now = next < now ? next : now;
    }
    free(step);
    free(tried);
    free(hessian);
    return converged;
}
