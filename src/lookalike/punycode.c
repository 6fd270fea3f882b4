/*
 * Punycode (RFC 3492): the bare bootstring algorithm. libidn2 has it too but keeps it to itself, and its
 * public functions refuse what IDNA 2008 refuses; homographs like to be refused.
 */
#include <string.h>

#include "lookalike/punycode.h"

/* RFC 3492, section 5 */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;
    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > ((BASE - TMIN) * TMAX) / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    return k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0' + 26;
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    return c >= 'A' && c <= 'Z' ? c - 'A' : -1;
}

/* Reads one generalised variable-length integer (section 3.3) and adds it to *i. */
static bool read_delta(const char *in, size_t n, size_t *at, uint32_t bias, uint32_t *i)
{
    uint64_t value = *i, w = 1;
    for (uint32_t k = BASE;; k += BASE) {
        int digit = *at < n ? digit_value(in[(*at)++]) : -1;
        uint32_t t = threshold(k, bias);
        if (digit < 0)
            return false;
        value += (uint64_t)digit * w;
        if (value > 0x7fffffff)
            return false;
        if ((uint32_t)digit < t)
            break;
        w *= BASE - t;
        if (w > 0x7fffffff)
            return false;
    }
    *i = (uint32_t)value;
    return true;
}

bool punycode_decode(const char *in, size_t n, uint32_t *out, size_t cap, size_t *n_r)
{
    uint32_t c = INITIAL_N, i = 0, bias = INITIAL_BIAS;
    size_t len = 0, at = 0;
    for (size_t d = n; d > 0 && at == 0; d--)
        if (in[d - 1] == '-')
            at = d;
    for (size_t k = 0; at > 0 && k + 1 < at; k++) {
        if (len == cap || (unsigned char)in[k] >= INITIAL_N)
            return false;
        out[len++] = (unsigned char)in[k];
    }
    while (at < n) {
        uint32_t old = i;
        if (!read_delta(in, n, &at, bias, &i) || len == cap)
            return false;
        bias = adapt(i - old, (uint32_t)len + 1, old == 0);
        c += i / (uint32_t)(len + 1);
        i %= (uint32_t)(len + 1);
        if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            return false;
        memmove(out + i + 1, out + i, (len - i) * sizeof(*out));
        out[i++] = c;
        len++;
    }
    *n_r = len;
    return true;
}

static char digit_char(uint32_t d)
{
    return (char)(d < 26 ? 'a' + d : '0' + d - 26);
}

static bool write_delta(uint32_t delta, uint32_t bias, char *out, size_t cap, size_t *len)
{
    uint32_t q = delta;
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = threshold(k, bias);
        if (*len == cap)
            return false;
        if (q < t) {
            out[(*len)++] = digit_char(q);
            return true;
        }
        out[(*len)++] = digit_char(t + (q - t) % (BASE - t));
        q = (q - t) / (BASE - t);
    }
}

static uint32_t smallest_from(const uint32_t *in, size_t n, uint32_t floor)
{
    uint32_t m = UINT32_MAX;
    for (size_t k = 0; k < n; k++)
        if (in[k] >= floor && in[k] < m)
            m = in[k];
    return m;
}

bool punycode_encode(const uint32_t *in, size_t n, char *out, size_t cap, size_t *n_r)
{
    size_t len = 0, basic, done;
    uint32_t c = INITIAL_N, bias = INITIAL_BIAS;
    uint64_t delta = 0;
    for (size_t k = 0; k < n; k++)
        if (in[k] < INITIAL_N) {
            if (len == cap)
                return false;
            out[len++] = (char)in[k];
        }
    basic = done = len;
    if (basic > 0) {
        if (len == cap)
            return false;
        out[len++] = '-';
    }
    while (done < n) {
        uint32_t m = smallest_from(in, n, c);
        delta += (uint64_t)(m - c) * (done + 1);
        if (delta > 0x7fffffff)
            return false;
        c = m;
        for (size_t k = 0; k < n; k++) {
            if (in[k] < c)
                delta++;
            if (in[k] != c)
                continue;
            if (!write_delta((uint32_t)delta, bias, out, cap, &len))
                return false;
            bias = adapt((uint32_t)delta, (uint32_t)done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        c++;
    }
    *n_r = len;
    return true;
}
