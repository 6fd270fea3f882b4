#ifndef RINGER_FACTS_PEOPLE_H
#define RINGER_FACTS_PEOPLE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

/*
 * The people whose names fraudsters borrow: VIPs and staff with their genuine addresses. A display name
 * carries a person's name when all its words are there, in any order, titles and accents aside
 * ("WHITFIELD Karen (CEO)"), or stand in it as one (KarenWhitfield) or letter by letter; it nearly does with an initial
 * ("K. Whitfield") or one letter off.
 * Immutable once filled; safe for any number of threads.
 */
struct people;

struct person {
    const char *name;
    const char *role; /* "vip" or "staff" */
    const char *const *addresses;
    size_t n_addresses;
};

struct person_match {
    const struct person *person;
    bool near;    /* initial or one letter off */
    bool genuine; /* the address is one of the person's own */
};

struct people *people_new(void);
void people_free(struct people **people);
/* Copies everything. */
void people_add(struct people *people, const char *name, const char *role, const char *const *addresses,
                size_t n_addresses);
size_t people_count(const struct people *people);
enum person_where {
    PERSON_NAME,  /* a display name or a line of a signature */
    PERSON_LOCAL, /* a local part: karen.whitfield77 */
    PERSON_TEXT   /* a subject: the words of the name stand beside each other */
};
/* Whose name does this text carry? False when nobody's. The better match wins. `address`: what it stands beside. */
bool people_match(const struct people *people, struct arena *arena, const char *text, enum person_where where,
                  const char *address, struct person_match *match_r);
/* Does the address belong to one of the people? NULL when not. */
const struct person *people_by_address(const struct people *people, const char *address);

#endif
