/*
 * Domain names: cutting into labels, A-labels and U-labels (IDNA 2008 by libidn2). Refuses nothing: what IDNA
 * refuses is decoded all the same and marked, since a homograph is often just that.
 */
#include <stdlib.h>
#include <string.h>

#include <idn2.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/text.h"

#include "lookalike/domain.h"
#include "lookalike/punycode.h"
#include "lookalike/suffix.h"

/* A label on its way: bytes as given, then both forms. */
struct label {
    struct span given;
    const char *ascii, *unicode;
    bool valid, disguised;
};

static bool all_ascii(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

static bool is_ldh(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return s.n > 0;
}

static bool idna_accepts(const char *unicode)
{
    char *out = NULL;
    int rc = idn2_to_ascii_8z(unicode, &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    free(out);
    return rc == IDN2_OK;
}

static void from_a_label(struct arena *arena, struct label *l)
{
    uint32_t cp[DOMAIN_MAX_LABEL];
    size_t n, bytes = 0;
    const char *ace = l->ascii + 4;
    l->unicode = l->ascii;
    l->valid = false;
    if (!punycode_decode(ace, strlen(ace), cp, DOMAIN_MAX_LABEL, &n) || n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        cp[i] = cp[i] == 0 || cp[i] == '.' ? 0xfffd : uc_tolower(cp[i]);
    uint8_t *u8 = u32_to_u8(cp, n, NULL, &bytes);
    if (!u8)
        return;
    l->unicode = arena_strndup(arena, (const char *)u8, bytes);
    free(u8);
    l->valid = idna_accepts(l->unicode);
}

/* For a label that libidn2 refuses: lower-cased code points in plain Punycode. */
static void to_a_label_anyway(struct arena *arena, struct label *l)
{
    uint32_t cp[DOMAIN_MAX_LABEL];
    char ace[4 * DOMAIN_MAX_LABEL];
    size_t n = 0, len = 0;
    struct span s = l->given;
    while (s.n > 0 && n < DOMAIN_MAX_LABEL) {
        size_t step = text_decode(s.p, s.n, &cp[n]);
        cp[n] = uc_tolower(cp[n]);
        n++;
        s.p += step;
        s.n -= step;
    }
    uint8_t *u8 = u32_to_u8(cp, n, NULL, &len);
    l->unicode = u8 ? arena_strndup(arena, (const char *)u8, len) : "";
    free(u8);
    l->ascii = punycode_encode(cp, n, ace, sizeof(ace), &len) ? arena_printf(arena, "xn--%.*s", (int)len, ace)
                                                              : arena_lower(arena, l->given);
}

/* Is it more than lower case and normal form that made the label of what was given? */
static bool is_disguised(struct span given, const char *unicode)
{
    size_t n = 0;
    uint8_t *lower = u8_tolower((const uint8_t *)given.p, given.n, NULL, UNINORM_NFC, NULL, &n);
    bool same = lower && n == strlen(unicode) && memcmp(lower, unicode, n) == 0;
    free(lower);
    return !same;
}

static void from_unicode(struct arena *arena, struct label *l)
{
    char *ace = NULL;
    const char *given = arena_span(arena, l->given);
    l->valid = idn2_to_ascii_8z(given, &ace, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK;
    if (l->valid) {
        l->ascii = arena_lower(arena, span_of(ace));
        if (strncmp(l->ascii, "xn--", 4) == 0)
            from_a_label(arena, l);
        else
            l->unicode = l->ascii;
        l->disguised = is_disguised(l->given, l->unicode);
    } else {
        to_a_label_anyway(arena, l);
    }
    free(ace);
}

static void convert_label(struct arena *arena, struct label *l)
{
    l->valid = l->given.n <= DOMAIN_MAX_LABEL;
    if (!all_ascii(l->given)) {
        from_unicode(arena, l);
        return;
    }
    if (!l->valid)
        l->given.n = DOMAIN_MAX_LABEL;
    l->ascii = l->unicode = arena_lower(arena, l->given);
    if (strncmp(l->ascii, "xn--", 4) == 0)
        from_a_label(arena, l);
    else if (!is_ldh(span_of(l->ascii)))
        l->valid = false;
}

static bool dot_at(const char *p, size_t n, size_t *len_r)
{
    static const char *const dots[] = {"\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1"}; /* UTS #46 */
    if ((unsigned char)*p < 0x80) {
        *len_r = 1;
        return *p == '.';
    }
    for (size_t i = 0; i < sizeof(dots) / sizeof(*dots); i++) {
        size_t len = strlen(dots[i]);
        if (n >= len && memcmp(p, dots[i], len) == 0) {
            *len_r = len;
            return true;
        }
    }
    return false;
}

/* Cuts into labels; keeps the rightmost DOMAIN_MAX_LABELS. Empty labels are dropped. true = nothing was odd. */
static bool cut(struct span s, struct label *labels, unsigned *n_r, bool *wide_r)
{
    bool fine = true;
    *wide_r = false;
    unsigned n = 0;
    size_t start = 0;
    for (size_t i = 0; i <= s.n;) {
        size_t len = 1;
        if (i < s.n && !dot_at(s.p + i, s.n - i, &len)) {
            i++;
            continue;
        }
        *wide_r |= len > 1;
        if (i > start) {
            if (n == DOMAIN_MAX_LABELS) {
                memmove(labels, labels + 1, (n - 1) * sizeof(*labels));
                n--;
                fine = false;
            }
            labels[n++] = (struct label){.given = {s.p + start, i - start}};
        } else if (i < s.n) {
            fine = false;
        }
        i += len;
        start = i;
    }
    *n_r = n;
    return fine;
}

static void find_suffix(struct domain *d, size_t n)
{
    d->registrable = suffix_registrable(d->ascii, n);
    d->suffix = 0;
    d->suffix_ascii = d->ascii;
    d->private_suffix = false;
    if (!d->registrable)
        return;
    const char *dot = strchr(d->registrable, '.');
    d->suffix_ascii = dot ? dot + 1 : "";
    unsigned labels = *d->suffix_ascii ? 1 : 0;
    for (const char *p = d->suffix_ascii; *p; p++)
        labels += *p == '.';
    d->suffix = d->n - labels;
    d->private_suffix = labels > 1 && suffix_is_private(d->suffix_ascii);
}

static void join(struct arena *arena, struct domain *d, const struct label *labels)
{
    size_t na = 1, nu = 1;
    for (unsigned i = 0; i < d->n; i++) {
        na += strlen(labels[i].ascii) + 1;
        nu += strlen(labels[i].unicode) + 1;
    }
    char *a = arena_alloc(arena, na), *u = arena_alloc(arena, nu);
    d->ascii = a;
    d->unicode = u;
    for (unsigned i = 0; i < d->n; i++) {
        if (i > 0)
            *a++ = *u++ = '.';
        size_t n = strlen(labels[i].ascii);
        memcpy(a, labels[i].ascii, n);
        a += n;
        n = strlen(labels[i].unicode);
        memcpy(u, labels[i].unicode, n);
        d->label[i] = (struct span){u, n};
        u += n;
    }
}

/* The plain characters of host names in lower case, 0 for all others and for the dot. */
static const char plain_character[256] = {
    ['-'] = '-', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e',
    ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm',
    ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',
    ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['_'] = '_', ['a'] = 'a', ['b'] = 'b',
    ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j',
    ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z'};

/* Nearly every name: plain ASCII labels of a legal length, both forms the same. false = it takes a closer look. */
static bool parse_plain(struct arena *arena, struct span s, struct domain *d)
{
    if (s.n == 0 || s.n > 253)
        return false;
    char *p = arena_bytes(arena, s.n + 1);
    size_t start = 0;
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && (p[i] = plain_character[(unsigned char)s.p[i]]))
            continue;
        if (i < s.n && s.p[i] != '.')
            return false;
        size_t n = i - start;
        if (n == 0 || n > DOMAIN_MAX_LABEL || d->n == DOMAIN_MAX_LABELS ||
            (n >= 4 && memcmp(p + start, "xn--", 4) == 0))
            return false;
        d->label[d->n++] = (struct span){p + start, n};
        start = i + 1;
        p[i] = '.';
    }
    p[s.n] = '\0';
    d->ascii = d->unicode = p;
    d->valid = d->is_ascii = true;
    d->disguised = false;
    return true;
}

void domain_parse(struct arena *arena, const char *name, struct domain *domain_r)
{
    struct label labels[DOMAIN_MAX_LABELS];
    struct span s = span_trim(span_of(name));
    bool valid = s.n <= 253;
    if (s.n > DOMAIN_MAX_INPUT)
        s = (struct span){s.p + s.n - DOMAIN_MAX_INPUT, DOMAIN_MAX_INPUT};
    while (s.n > 0 && s.p[s.n - 1] == '.')
        s.n--;
    domain_r->n = 0;
    if (parse_plain(arena, s, domain_r)) {
        find_suffix(domain_r, s.n);
        return;
    }
    domain_r->n = 0;
    domain_r->is_ascii = true;
    if (!all_ascii(s))
        s = text_valid_utf8(arena, s);
    valid &= cut(s, labels, &domain_r->n, &domain_r->disguised);
    for (unsigned i = 0; i < domain_r->n; i++) {
        convert_label(arena, &labels[i]);
        valid &= labels[i].valid;
        domain_r->is_ascii &= labels[i].ascii == labels[i].unicode;
        domain_r->disguised |= labels[i].disguised;
    }
    join(arena, domain_r, labels);
    domain_r->valid = valid && domain_r->n > 0;
    find_suffix(domain_r, strlen(domain_r->ascii));
}

unsigned domain_registrable_label(const struct domain *domain)
{
    return domain->registrable && domain->suffix > 0 ? domain->suffix - 1 : domain->n;
}
