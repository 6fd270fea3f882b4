#ifndef RINGER_PAYMENT_IBAN_H
#define RINGER_PAYMENT_IBAN_H
#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

/* International bank account numbers (ISO 13616) and business identifier codes (ISO 9362). */
enum { IBAN_MAX = 34, IBAN_MIN = 15, BIC_LONG = 11, BIC_SHORT = 8 };

/* Length of an IBAN of this country (two letters of any case); 0 for a country without IBANs. */
size_t iban_length(const char country[2]);
/* `iban` holds upper-case letters and digits only, without blanks. */
bool iban_structure_ok(struct span iban); /* length and characters are those of its country */
bool iban_valid(struct span iban);        /* and the check digits hold (ISO 7064 mod 97-10) */
/*
 * Puts digits where its country's structure has nothing else and a letter is read for one: O for 0, I and L for 1.
 * Was anything put there? Then only right check digits prove that it is an IBAN.
 */
bool iban_repair(char *iban, size_t n);
/* Bank and branch identifier; empty for an unknown country or a wrong length. */
struct span iban_bank(struct span iban);
/* Check digits alone; for national forms that become an IBAN by a country in front. */
bool iban_checks(struct span iban);
/* Writes the check digits of a national form that got a country in front: `iban` has n characters. */
void iban_set_checks(char *iban, size_t n);

/* `bic` in upper case: form and country code. Whether the bank exists is not known. */
bool bic_valid(struct span bic);

#endif
