#ifndef RINGER_LOOKALIKE_LOOKALIKE_H
#define RINGER_LOOKALIKE_LOOKALIKE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/diag.h"
#include "base/enumname.h"

/*
 * Does a domain look like one that we protect? (ARCHITECTURE.md, "A lookalike lookup")
 *
 * An index is immutable once built and safe for any number of threads; a reload builds a new one.
 */

#define RELATION_LIST(X)                                                                                     \
    X(RELATION_OWN, "own")         /* our own domains */                                                     \
    X(RELATION_PARTNER, "partner") /* configured suppliers, banks, authorities */                            \
    X(RELATION_LEARNED, "learned") /* correspondents that history knows */                                   \
    X(RELATION_BRAND, "brand")     /* names that are imitated everywhere; never more than a weak finding */  \
    X(RELATION_QUOTED, "quoted")   /* the genuine address in the quoted thread of this message */
ENUM_DECLARE(relation, RELATION_LIST)

/* The classes; a finding may carry several (bits 1 << class). */
#define LOOKALIKE_CLASS_LIST(X)                                                                              \
    X(LOOKALIKE_IDN_HOMOGRAPH, "idn-homograph")                                                              \
    X(LOOKALIKE_DIACRITIC, "diacritic")                                                                      \
    X(LOOKALIKE_MIXED_SCRIPT, "mixed-script")                                                                \
    X(LOOKALIKE_CONFUSABLE, "confusable") /* ASCII look-alikes: rn/m 0/o 1/l */                              \
    X(LOOKALIKE_OMISSION, "omission")                                                                        \
    X(LOOKALIKE_INSERTION, "insertion")                                                                      \
    X(LOOKALIKE_REPETITION, "repetition")                                                                    \
    X(LOOKALIKE_TRANSPOSITION, "transposition")                                                              \
    X(LOOKALIKE_SUBSTITUTION, "substitution")                                                                \
    X(LOOKALIKE_VOWEL, "vowel")                                                                              \
    X(LOOKALIKE_KEYBOARD, "keyboard")                                                                        \
    X(LOOKALIKE_BITFLIP, "bitflip")                                                                          \
    X(LOOKALIKE_PLURAL, "plural")                                                                            \
    X(LOOKALIKE_HYPHEN, "hyphen")                                                                            \
    X(LOOKALIKE_COMBOSQUAT, "combosquat")                                                                    \
    X(LOOKALIKE_TLD_FOLDED, "tld-folded")                                                                    \
    X(LOOKALIKE_MISSING_DOT, "missing-dot")                                                                  \
    X(LOOKALIKE_TLD_SWAP, "tld-swap")                                                                        \
    X(LOOKALIKE_SUBDOMAIN, "subdomain")           /* company.com.evil.net */                                 \
    X(LOOKALIKE_FOREIGN_SUFFIX, "foreign-suffix") /* official labels under a foreign suffix */               \
    X(LOOKALIKE_LOCAL_PART, "local-part")         /* company.com@gmail.com */                                \
    X(LOOKALIKE_IDNA_INVALID, "idna-invalid")     /* IDNA 2008 refuses the label */
ENUM_DECLARE(lookalike_class, LOOKALIKE_CLASS_LIST)

enum { LOOKALIKE_WEAK = 50, LOOKALIKE_STRONG = 70 }; /* scores from which a finding is weak, strong */

struct lookalike_finding {
    const char *target; /* the protected domain, as given */
    enum relation relation;
    uint32_t classes; /* bits: 1u << enum lookalike_class */
    int score;        /* 0..100; 70 and more is strong, 50..69 weak */
    const char *why;  /* one sentence for a clerk: target, relation, differing characters */
    const char *
        differs; /* `domain` with the differing characters between U+0002 and U+0003 marks: for colour and HTML */
};

struct lookalike_result {
    const char *input;
    const char *ascii;       /* A-labels, lower case */
    const char *unicode;     /* U-labels */
    const char *registrable; /* by the public suffix list; NULL when the name is a suffix itself */
    bool idna_valid;
    enum {
        LOOKALIKE_NONE,
        LOOKALIKE_GENUINE,
        LOOKALIKE_SUSPECT
    } kind;              /* GENUINE: protected itself, its subdomain, affiliate, allowed */
    const char *genuine; /* the protected domain that it belongs to, when GENUINE */
    enum relation genuine_relation;
    const struct lookalike_finding *findings; /* best first, one a target */
    size_t n_findings;
};
/* One of our own domains? NULL is none. */
static inline bool lookalike_is_own(const struct lookalike_result *r)
{
    return r && r->kind == LOOKALIKE_GENUINE && r->genuine_relation == RELATION_OWN;
}
/* Protected, whoever's it is. */
static inline bool lookalike_is_genuine(const struct lookalike_result *r)
{
    return r && r->kind == LOOKALIKE_GENUINE;
}

struct lookalike_index;
struct lookalike_builder;

struct lookalike_builder *lookalike_builder_new(void);
/* A domain to protect. 0 = added, -1 = not a domain that can be protected (*error_r says why; static text). */
int lookalike_builder_protect(struct lookalike_builder *b, const char *domain, enum relation relation,
                              const char **error_r);
/* `affiliate` belongs to the owner of `domain` and is never flagged against it (nor against anything when domain is NULL). */
int lookalike_builder_affiliate(struct lookalike_builder *b, const char *domain, const char *affiliate,
                                const char **error_r);
/* Builds and frees the builder. The shipped tables are found through datadir_path(); NULL with diagnostics when they cannot be read. */
struct lookalike_index *lookalike_build(struct lookalike_builder **b, struct diag_list *diags);
/*
 * The same, as a small layer over `base`: lookups ask both, so correspondents that were learned since the base
 * was built join in the time that their own few names take. The base is not copied and must outlive the layer;
 * when the layer has grown to some thousands, build a new base.
 */
struct lookalike_index *lookalike_build_over(struct lookalike_builder **b, const struct lookalike_index *base,
                                             struct diag_list *diags);
void lookalike_index_free(struct lookalike_index **index);
size_t lookalike_index_names(const struct lookalike_index *index);
size_t lookalike_index_bytes(const struct lookalike_index *index);

/* The result and its strings live in `arena`. Never NULL. `domain` is hostile input of any length. */
const struct lookalike_result *lookalike_match(const struct lookalike_index *index, struct arena *arena,
                                               const char *domain);
/* The same; where `index` knows nothing of the domain, what `more` finds. NULL is no more. */
const struct lookalike_result *lookalike_match_or(const struct lookalike_index *index,
                                                  const struct lookalike_index *more, struct arena *arena,
                                                  const char *domain);
/* The local part of an address that carries a protected domain or its name; NULL when it carries none. */
const struct lookalike_finding *lookalike_match_local(const struct lookalike_index *index,
                                                      struct arena *arena, const char *local_part);
/*
 * Does a domain look like one of those in the quoted thread of its message (and is not the same owner's)? The worst
 * finding; NULL when there is none. Needs no protected names.
 */
const struct lookalike_finding *lookalike_match_pairs(struct arena *arena, const char *domain,
                                                      const char *const *genuine, size_t n);
/* Registrable domain (public suffix list); NULL when `domain` is a suffix or no domain. In arena. */
const char *lookalike_registrable(const struct lookalike_index *index, struct arena *arena,
                                  const char *domain);

#endif
