#ifndef RINGER_LOOKALIKE_PUNYCODE_H
#define RINGER_LOOKALIKE_PUNYCODE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Punycode (RFC 3492) without any opinion on which characters IDNA allows, because labels that libidn2
 * refuses must still be compared. false = not Punycode, or longer than `cap`.
 */
bool punycode_decode(const char *in, size_t n, uint32_t *out, size_t cap, size_t *n_r);
bool punycode_encode(const uint32_t *in, size_t n, char *out, size_t cap, size_t *n_r);

#endif
