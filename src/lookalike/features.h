#ifndef RINGER_LOOKALIKE_FEATURES_H
#define RINGER_LOOKALIKE_FEATURES_H

/* clang-format off: one feature a line */
/*
 * What a score is made of: each feature of a finding adds its points, in tenths. One list for each kind of
 * finding: whole names, equal names under other suffixes, names inside longer ones.
 *
 * Where the points come from: a logistic regression for each kind, on a random half (by hash of the domain) of
 * adjudicated squats, phishing hosts and typosquats against popular domains, with targets of many rows damped; the
 * other half gave the same curve within 2 %. Points are scaled so that 500 and 700 fall where an admin can live with
 * the false findings (DESIGN.md, section 4). Set by hand, because the data mirror how they were collected: W_ROOT,
 * W_READ, I_TYPO_WEB; nothing depends on the suffix of the target, and own suffixes count as generic ones.
 */
#define WHOLE_FEATURES(X)                                                                                    \
    X(W_BASE, 616)                                                                                           \
    X(W_LEN4, -80)                                                                                           \
    X(W_LEN5, -74)                                                                                           \
    X(W_LEN6, -23)                                                                                           \
    X(W_LEN7, 11)                                                                                            \
    X(W_LEN8, 24)                                                                                            \
    X(W_LEN9, 46)                                                                                            \
    X(W_LEN12, 99)                                                                                           \
    X(W_COST20, 44)                                                                                          \
    X(W_COST50, 12)                                                                                          \
    X(W_COST60, 4)                                                                                           \
    X(W_COST80, -11)                                                                                         \
    X(W_COST100, -10)                                                                                        \
    X(W_COST130, -31)                                                                                        \
    X(W_COST200, -35)                                                                                        \
    X(W_EDITS2, -38)                                                                                         \
    X(W_FIRST, -53)                                                                                          \
    X(W_SUBST, -81)                                                                                          \
    X(W_WORD, -140)                                                                                          \
    X(W_LEVEL1, -47)                                                                                         \
    X(W_SAME, 79)                                                                                            \
    X(W_CHEAP, 92)                                                                                           \
    X(W_GENERIC, 41)                                                                                         \
    X(W_POPULAR, 0)                                                                                          \
    X(W_READ, 49)                                                                                            \
    X(W_ROOT, 10)                                                                                            \
    X(W_SHORT_EDITS, -19)                                                                                    \
    X(W_HYPHEN, 13)                                                                                          \
    X(W_SHORT_OTHER, -43)
#define EQUAL_FEATURES(X)                                                                                    \
    X(E_BASE, 556)                                                                                           \
    X(E_LEN2, -257)                                                                                          \
    X(E_LEN3, -120)                                                                                          \
    X(E_LEN4, -17)                                                                                           \
    X(E_LEN5, 10)                                                                                            \
    X(E_LEN6, -2)                                                                                            \
    X(E_LEN8, 4)                                                                                             \
    X(E_LEN10, 27)                                                                                           \
    X(E_LEN13, 135)                                                                                          \
    X(E_CHEAP, 117)                                                                                          \
    X(E_GENERIC, 0)                                                                                          \
    X(E_LEVEL1, -198)                                                                                        \
    X(E_LEVEL2, -119)                                                                                        \
    X(E_LEVEL3, -223)                                                                                        \
    X(E_AFFIX, -62)                                                                                          \
    X(E_HYPHEN, 152)                                                                                         \
    X(E_SAME, 62)                                                                                            \
    X(E_POPULAR, -174)                                                                                       \
    X(E_NATIONAL, -106)                                                                                      \
    X(E_DEEP, -138)
#define INSIDE_FEATURES(X)                                                                                   \
    X(I_BASE, 446)                                                                                           \
    X(I_LEN4, -88)                                                                                           \
    X(I_LEN5, 0)                                                                                             \
    X(I_LEN6, -49)                                                                                           \
    X(I_LEN7, -31)                                                                                           \
    X(I_LEN8, 7)                                                                                             \
    X(I_LEN9, 2)                                                                                             \
    X(I_LEN11, 91)                                                                                           \
    X(I_LEN14, 317)                                                                                          \
    X(I_TOKEN, 2)                                                                                            \
    X(I_HALF, 33)                                                                                            \
    X(I_FIRST, 71)                                                                                           \
    X(I_LAST, 25)                                                                                            \
    X(I_UNKNOWN0, 9)                                                                                         \
    X(I_UNKNOWN1, -35)                                                                                       \
    X(I_UNKNOWN3, -57)                                                                                       \
    X(I_UNKNOWN6, -56)                                                                                       \
    X(I_UNKNOWN7, 17)                                                                                        \
    X(I_GEO, 55)                                                                                             \
    X(I_LEGAL, 41)                                                                                           \
    X(I_BUSINESS, 29)                                                                                        \
    X(I_TRADE, 29)                                                                                           \
    X(I_WEB, -38)                                                                                            \
    X(I_WORD, -23)                                                                                           \
    X(I_DIGITS, -17)                                                                                         \
    X(I_LEVEL1, -209)                                                                                        \
    X(I_LEVEL2, -131)                                                                                        \
    X(I_LEVEL3, -75)                                                                                         \
    X(I_AFFIX, -136)                                                                                         \
    X(I_CROSS, -66)                                                                                          \
    X(I_COST20, -154)                                                                                        \
    X(I_COST60, -53)                                                                                         \
    X(I_COST100, -114)                                                                                       \
    X(I_COST200, -120)                                                                                       \
    X(I_FOLDED, 50)                                                                                          \
    X(I_SAME, 109)                                                                                           \
    X(I_CHEAP, 229)                                                                                          \
    X(I_GENERIC, 73)                                                                                         \
    X(I_POPULAR, -101)                                                                                       \
    X(I_SHORT_UNKNOWN, -30)                                                                                  \
    X(I_SHORT_JOINED, -62)                                                                                   \
    X(I_SHORT_TYPO, -92)                                                                                     \
    X(I_LONG_KNOWN, -28)                                                                                     \
    X(I_TYPO_KNOWN, -72)                                                                                     \
    X(I_TYPO_UNKNOWN, -19)                                                                                   \
    X(I_TYPO_TOKEN, 11)                                                                                      \
    X(I_TYPO_REST, 14)                                                                                       \
    X(I_TYPO_WEB, 224)                                                                                       \
    X(I_SPLIT, -64)

#define FEATURE_ID_(id, points) id,
enum feature {
    WHOLE_FEATURES(FEATURE_ID_) EQUAL_FEATURES(FEATURE_ID_) INSIDE_FEATURES(FEATURE_ID_) N_FEATURES
};

#endif
