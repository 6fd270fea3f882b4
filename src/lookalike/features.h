#ifndef RINGER_LOOKALIKE_FEATURES_H
#define RINGER_LOOKALIKE_FEATURES_H

/*
 * What a score is made of: each feature of a finding adds its points. One list for each kind of finding.
 * The points were fitted (logistic regression) on one half of adjudicated squats and popular domains and
 * checked on the other half; bench/README says how.
 */
#define WHOLE_FEATURES(X)                                                                                    \
    X(W_BASE, 612)                                                                                           \
    X(W_LEN4, -81)                                                                                           \
    X(W_LEN5, -77) X(W_LEN6, -20) X(W_LEN7, 9) X(W_LEN8, 23) X(W_LEN9, 45) X(W_LEN12, 101) X(W_COST20, 44)   \
        X(W_COST50, 11) X(W_COST60, 1) X(W_COST80, -12) X(W_COST100, -11) X(W_COST130, -28)                  \
            X(W_COST200, -36) X(W_EDITS2, -41) X(W_FIRST, -53) X(W_SUBST, -84) X(W_WORD1, -147)              \
                X(W_WORD2, -118) X(W_WORD3, -88) X(W_LEVEL1, -48) X(W_LEVEL2, 0) X(W_LEVEL3, 0)              \
                    X(W_SAME, 81) X(W_CHEAP, 98) X(W_GENERIC, 47) X(W_POPULAR, 0) X(W_READ, 51)              \
                        X(W_ROOT, 10) X(W_SHORT_EDITS, -23) X(W_HYPHEN, 12) X(W_SHORT_OTHER, -48)
#define EQUAL_FEATURES(X)                                                                                    \
    X(E_BASE, 513)                                                                                           \
    X(E_LEN2, -259)                                                                                          \
    X(E_LEN3, -94) X(E_LEN4, -46) X(E_LEN5, -17) X(E_LEN6, -33) X(E_LEN8, -27) X(E_LEN10, -5) X(E_LEN13, 93) \
        X(E_CHEAP, 88) X(E_GENERIC, -24) X(E_LEVEL1, -204) X(E_LEVEL2, -120) X(E_LEVEL3, -211)               \
            X(E_AFFIX, -18) X(E_HYPHEN, 175) X(E_SAME, 28) X(E_POPULAR, -177) X(E_NATIONAL, -133)            \
                X(E_DEEP, -170) X(E_TARGET_GENERIC, 120)
#define INSIDE_FEATURES(X)                                                                                   \
    X(I_BASE, 447)                                                                                           \
    X(I_LEN4, -93)                                                                                           \
    X(I_LEN5, -11) X(I_LEN6, -58) X(I_LEN7, -41) X(I_LEN8, -2) X(I_LEN9, -11) X(I_LEN11, 75) X(I_LEN14, 286) \
        X(I_TOKEN, 1) X(I_HALF, 30) X(I_FIRST, 66) X(I_LAST, 22) X(I_UNKNOWN0, -4) X(I_UNKNOWN1, -45)        \
            X(I_UNKNOWN3, -68) X(I_UNKNOWN6, -65) X(I_UNKNOWN7, 3) X(I_GEO, 50) X(I_LEGAL, 38)               \
                X(I_BUSINESS, 26) X(I_TRADE, 26) X(I_WEB, -36) X(I_WORD, -23) X(I_DIGITS, -19)               \
                    X(I_LEVEL1, -199) X(I_LEVEL2, -127) X(I_LEVEL3, -71) X(I_AFFIX, -124) X(I_CROSS, -63)    \
                        X(I_COST20, -146) X(I_COST60, -48) X(I_COST100, -104) X(I_COST200, -110)             \
                            X(I_FOLDED, 52) X(I_SAME, 97) X(I_CHEAP, 250) X(I_GENERIC, 109)                  \
                                X(I_POPULAR, -98) X(I_SHORT_UNKNOWN, -29) X(I_SHORT_JOINED, -64)             \
                                    X(I_SHORT_TYPO, -88) X(I_LONG_KNOWN, -30) X(I_TYPO_KNOWN, -71)           \
                                        X(I_TYPO_UNKNOWN, -20) X(I_TYPO_TOKEN, 10) X(I_TYPO_REST, 12)        \
                                            X(I_TYPO_WEB, 212) X(I_SPLIT, -62)

#define FEATURE_ID_(id, points) id,
enum feature {
    WHOLE_FEATURES(FEATURE_ID_) EQUAL_FEATURES(FEATURE_ID_) INSIDE_FEATURES(FEATURE_ID_) N_FEATURES
};

#endif
