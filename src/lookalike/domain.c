/*
 * Domain names: cutting into labels, A-labels and U-labels (IDNA 2008 by libidn2), registrable domain
 * (public suffix list by libpsl, the newest of the system's file and the library's own). Refuses nothing:
 * what IDNA refuses is decoded all the same and marked, since a homograph is often just that.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <idn2.h>
#include <libpsl.h>
#include <unicase.h>
#include <unistr.h>

#include "base/text.h"

#include "lookalike/domain.h"
#include "lookalike/punycode.h"

static psl_ctx_t *suffixes;
static pthread_once_t suffixes_once = PTHREAD_ONCE_INIT;

/* Read once and kept: the list is immutable and shared by all threads. */
static void load_suffixes(void)
{
    suffixes = psl_latest(NULL);
}

/* A label on its way: bytes as given, then both forms. */
struct label {
    struct span given;
    const char *ascii, *unicode;
    bool valid;
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

static char *lower_ascii(struct arena *arena, struct span s)
{
    char *copy = arena_span(arena, s);
    for (size_t i = 0; i < s.n; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return copy;
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
                                                              : lower_ascii(arena, l->given);
}

static void from_unicode(struct arena *arena, struct label *l)
{
    char *ace = NULL;
    const char *given = arena_span(arena, l->given);
    l->valid = idn2_to_ascii_8z(given, &ace, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK;
    if (l->valid) {
        l->ascii = lower_ascii(arena, span_of(ace));
        if (strncmp(l->ascii, "xn--", 4) == 0)
            from_a_label(arena, l);
        else
            l->unicode = l->ascii;
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
    l->ascii = l->unicode = lower_ascii(arena, l->given);
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
static bool cut(struct span s, struct label *labels, unsigned *n_r)
{
    bool fine = true;
    unsigned n = 0;
    size_t start = 0;
    for (size_t i = 0; i <= s.n;) {
        size_t len = 1;
        if (i < s.n && !dot_at(s.p + i, s.n - i, &len)) {
            i++;
            continue;
        }
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

/*
 * The registrable domain of a name that is itself a suffix of the list's private part (github.io): its owner
 * registered it below a registry's suffix like everybody else.
 */
static const char *private_owner(const char *name)
{
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(name, '.')) {
        if (psl_is_public_suffix2(suffixes, dot + 1, PSL_TYPE_ICANN))
            return psl_is_public_suffix2(suffixes, name, PSL_TYPE_ICANN) ? NULL : name;
        name = dot + 1;
    }
    return NULL;
}

static void find_suffix(struct domain *d)
{
    pthread_once(&suffixes_once, load_suffixes);
    d->registrable = suffixes ? psl_registrable_domain(suffixes, d->ascii) : NULL;
    if (!d->registrable && suffixes)
        d->registrable = private_owner(d->ascii);
    d->suffix = 0;
    d->suffix_ascii = d->ascii;
    if (!d->registrable)
        return;
    const char *dot = strchr(d->registrable, '.');
    d->suffix_ascii = dot ? dot + 1 : "";
    unsigned n = *d->suffix_ascii ? 1 : 0;
    for (const char *p = d->suffix_ascii; *p; p++)
        n += *p == '.';
    d->suffix = d->n - n;
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

void domain_parse(struct arena *arena, const char *name, struct domain *domain_r)
{
    struct label labels[DOMAIN_MAX_LABELS];
    struct span s = span_trim(span_of(name));
    bool valid = s.n <= 253;
    *domain_r = (struct domain){.is_ascii = true};
    if (s.n > DOMAIN_MAX_INPUT)
        s = (struct span){s.p + s.n - DOMAIN_MAX_INPUT, DOMAIN_MAX_INPUT};
    while (s.n > 0 && s.p[s.n - 1] == '.')
        s.n--;
    if (!all_ascii(s))
        s = text_valid_utf8(arena, s);
    valid &= cut(s, labels, &domain_r->n);
    for (unsigned i = 0; i < domain_r->n; i++) {
        convert_label(arena, &labels[i]);
        valid &= labels[i].valid;
        domain_r->is_ascii &= labels[i].ascii == labels[i].unicode;
    }
    join(arena, domain_r, labels);
    domain_r->valid = valid && domain_r->n > 0;
    find_suffix(domain_r);
}

unsigned domain_registrable_label(const struct domain *domain)
{
    return domain->registrable && domain->suffix > 0 ? domain->suffix - 1 : domain->n;
}
