/*
 * Folding of text for matching, see text.h. One pass: plain ASCII and CJK take a short way, the rest goes
 * through libunistring one cluster (a character with its marks) at a time, so that hostile text costs no
 * more than a constant per byte. It refuses nothing: what is not UTF-8 becomes U+FFFD.
 */
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/text.h"
#include "base/text_tables.h"

enum {
    MAX_MARKS = 16,          /* more marks on one letter are ornament ("zalgo"): the rest is dropped */
    MAX_CLUSTER_OUT = 128,   /* the longest NFKC expansion is 18, each mark gives at most 3 */
    MAX_WORD_LOOKALIKES = 64 /* remembered in one word; longer words are no language's */
};

/* A look-alike letter written into the current word, to be replaced if the word turns out to be Latin. */
struct pending {
    size_t at; /* offset in the output */
    uint8_t length;
    char latin;
};

struct fold {
    struct arena *arena;
    struct span in;
    char *out;
    uint32_t *map;
    size_t n, cap;
    size_t space_at; /* where the white space run before the next character began */
    unsigned blanks, newlines;
    unsigned invisible_pending; /* invisible characters behind a word character */
    unsigned invisible, mixed;
    bool in_word, latin_in_word;
    unsigned n_pending;
    struct pending pending[MAX_WORD_LOOKALIKES];
};

/* --- output */

static void reserve(struct fold *f, size_t more)
{
    if (f->n + more + 1 <= f->cap)
        return;
    size_t cap = f->cap * 2 + more;
    f->out = arena_grow(f->arena, f->out, f->n, cap, 1);
    f->map = arena_grow(f->arena, f->map, f->n, cap, sizeof(*f->map));
    f->cap = cap;
}

static void put(struct fold *f, char c, size_t from)
{
    f->out[f->n] = c;
    f->map[f->n++] = (uint32_t)from;
}

static void put_space(struct fold *f)
{
    if (f->n && f->newlines) {
        put(f, '\n', f->space_at);
        if (f->newlines > 1)
            put(f, '\n', f->space_at);
    } else if (f->n && f->blanks) {
        put(f, ' ', f->space_at);
    }
    f->blanks = f->newlines = 0;
}

/* The word is over: if it had Latin letters, its look-alikes become Latin too. */
static void end_word(struct fold *f)
{
    if (f->latin_in_word && f->n_pending) {
        size_t to = f->pending[0].at, from = to;
        for (unsigned i = 0; i < f->n_pending; i++) {
            size_t keep = f->pending[i].at - from;
            memmove(f->out + to, f->out + from, keep);
            memmove(f->map + to, f->map + from, keep * sizeof(*f->map));
            to += keep;
            f->out[to] = f->pending[i].latin;
            f->map[to++] = f->map[f->pending[i].at];
            from = f->pending[i].at + f->pending[i].length;
        }
        memmove(f->out + to, f->out + from, f->n - from);
        memmove(f->map + to, f->map + from, (f->n - from) * sizeof(*f->map));
        f->n -= from - to;
        f->mixed += f->n_pending;
    }
    f->in_word = f->latin_in_word = false;
    f->n_pending = 0;
    f->invisible_pending = 0;
}

static void put_ascii(struct fold *f, unsigned char c, size_t from)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    reserve(f, 4);
    if (f->blanks | f->newlines)
        put_space(f);
    if (letter || digit) {
        f->invisible += f->invisible_pending;
        f->invisible_pending = 0;
        f->in_word = true;
        f->latin_in_word |= letter;
    } else if (f->in_word) {
        end_word(f);
    }
    put(f, (char)(letter ? c | 0x20 : c), from);
}

static char lookalike_of(uint32_t c)
{
    size_t low = 0, high = sizeof(lookalike_letters) / sizeof(*lookalike_letters);
    if (c < 0x391 || c > 0x13F4)
        return 0;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (lookalike_letters[mid].c == c)
            return lookalike_letters[mid].latin;
        if (lookalike_letters[mid].c < c)
            low = mid + 1;
        else
            high = mid;
    }
    return 0;
}

static void put_other(struct fold *f, uint32_t c, size_t from)
{
    char utf8[4], latin = lookalike_of(c);
    uint32_t lower = c >= 0x3040 && c < 0xA000 ? c : uc_tolower(c);
    size_t n = text_encode(lower == 0x3C2 ? 0x3C3 : lower, utf8); /* final sigma is a sigma */
    reserve(f, n + 2);
    put_space(f);
    bool letter = latin || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
    if (letter) {
        f->invisible += f->invisible_pending;
        f->invisible_pending = 0;
        f->in_word = true;
        if (latin && f->n_pending < MAX_WORD_LOOKALIKES)
            f->pending[f->n_pending++] = (struct pending){f->n, (uint8_t)n, latin};
    } else if (f->in_word) {
        end_word(f);
    }
    for (size_t i = 0; i < n; i++)
        put(f, utf8[i], from);
}

static void blank(struct fold *f, size_t from, bool newline)
{
    if (f->in_word)
        end_word(f);
    if (!f->blanks && !f->newlines)
        f->space_at = from;
    if (newline)
        f->newlines++;
    else
        f->blanks++;
}

/* --- what a character is */

static bool is_blank(uint32_t c)
{
    return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
           c == 0x3000 || c == 0x2800;
}

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Default_Ignorable_Code_Point, the other controls, and the object replacement character. */
static bool is_invisible(uint32_t c)
{
    if (c < 0xA0)
        return c < 0x20 || c >= 0x7F;
    if (c < 0x300)
        return c == 0xAD;
    if (c >= 0x3165 && c < 0xFE00)
        return c >= 0xE000 && c < 0xF900;
    return c == 0x34F || c == 0x61C || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
           (c >= 0x180B && c <= 0x180F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
           c == 0xFFA0 || (c >= 0xFFF0 && c <= 0xFFFC) || (c >= 0x1BCA0 && c <= 0x1BCA3) ||
           (c >= 0x1D173 && c <= 0x1D17A) || (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool is_mark(uint32_t c)
{
    if (c < 0x300)
        return false;
    if (c <= 0x36F || c == 0x3099 || c == 0x309A || c == 0xFF9E || c == 0xFF9F ||
        (c >= 0x20D0 && c <= 0x20FF))
        return true;
    if (c >= 0x30A0 && c < 0xA000)
        return false;
    return uc_combining_class((ucs4_t)c) != 0 || (c >= 0x488 && c <= 0x489);
}

static bool is_plain_cjk(uint32_t c)
{
    return (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FC) || (c >= 0x4E00 && c <= 0x9FFF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || c == 0x3001 || c == 0x3002;
}

/* Typographic quotes and dashes as typed on a keyboard; 0 for anything else. */
static char ascii_punctuation(uint32_t c)
{
    if ((c >= 0x2018 && c <= 0x201B) || c == 0x2032 || c == 0x2035 || c == 0xB4 || c == 0x2BC || c == 0x2BB ||
        c == 0x2B9 || c == 0x2039 || c == 0x203A)
        return '\'';
    if ((c >= 0x201C && c <= 0x201F) || c == 0x2033 || c == 0xAB || c == 0xBB)
        return '"';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63 || c == 0xFF0D)
        return '-';
    return 0;
}

/* Letters in a box or circle that NFKC leaves alone; the estimated sign is drawn as an e. */
static char boxed_letter(uint32_t c)
{
    if (c == 0x212E)
        return 'e';
    if (c >= 0x1F150 && c <= 0x1F169)
        return (char)('a' + (c - 0x1F150));
    if (c >= 0x1F170 && c <= 0x1F189)
        return (char)('a' + (c - 0x1F170));
    return 0;
}

/* Regional indicators: two make a flag, one alone is shown as a letter in a box. */
static char lone_indicator(const struct fold *f, size_t from, size_t to, uint32_t c)
{
    static const char lead[] = "\xF0\x9F\x87";
    if (c < 0x1F1E6 || c > 0x1F1FF || (to + 4 <= f->in.n && memcmp(f->in.p + to, lead, 3) == 0) ||
        (from >= 4 && memcmp(f->in.p + from - 4, lead, 3) == 0))
        return 0;
    return (char)('a' + (c - 0x1F1E6));
}

static const char *latin_letter(uint32_t c)
{
    size_t low = 0, high = sizeof(latin_letters) / sizeof(*latin_letters);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (latin_letters[mid].c == c)
            return latin_letters[mid].plain;
        if (latin_letters[mid].c < c)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* The ASCII letters that stand for Latin letter `c` without its accents; NULL when it is none. */
static const char *plain_latin(uint32_t c, char one[2])
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    one[1] = '\0';
    if (c >= 0xC0 && c < 0x180 && (one[0] = latin_plain[c - 0xC0]))
        return one;
    const char *letters = c < 0x10000 ? latin_letter(c) : NULL;
    if (letters)
        return letters;
    for (int i = 0; i < 4 && ((c >= 0x180 && c < 0x250) || (c >= 0x1E00 && c < 0x1F00)); i++) {
        if (uc_canonical_decomposition(c, parts) < 1)
            return latin_letter(c);
        c = parts[0];
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        one[0] = (char)c;
        return one;
    }
    return c >= 0xC0 && c < 0x180 && (one[0] = latin_plain[c - 0xC0]) ? one : NULL;
}

/* --- one character with its marks */

static void put_letters(struct fold *f, const char *letters, size_t from)
{
    for (; *letters; letters++)
        put_ascii(f, (unsigned char)*letters, from);
}

/* What NFKC made of a cluster: Latin loses its marks, everything else is kept. */
static void put_normalised(struct fold *f, const uint32_t *s, size_t n, size_t from)
{
    bool after_latin = false;
    char one[2];
    for (size_t i = 0; i < n; i++) {
        const char *letters = s[i] < 0x80 ? NULL : plain_latin(s[i], one);
        if (after_latin && is_mark(s[i]))
            continue;
        after_latin = s[i] < 0x80 || letters;
        char c = ascii_punctuation(s[i]);
        if (letters)
            put_letters(f, letters, from);
        else if (is_invisible(s[i]))
            continue;
        else if (c)
            put_ascii(f, (unsigned char)c, from);
        else if (s[i] == ' ')
            blank(f, from, false);
        else if (s[i] < 0x80)
            put_ascii(f, (unsigned char)s[i], from);
        else
            put_other(f, s[i], from);
    }
}

/* Reads the marks that follow; returns the offset behind them. */
static size_t read_marks(const struct fold *f, size_t i, uint32_t *cluster, size_t *n)
{
    uint32_t c;
    while (i < f->in.n && (unsigned char)f->in.p[i] >= 0x80) {
        size_t length = text_decode(f->in.p + i, f->in.n - i, &c);
        if (!is_mark(c))
            break;
        if (*n <= MAX_MARKS)
            cluster[(*n)++] = c;
        i += length;
    }
    return i;
}

static void put_cluster(struct fold *f, const uint32_t *cluster, size_t n, size_t from)
{
    uint32_t room[MAX_CLUSTER_OUT];
    size_t n_out = MAX_CLUSTER_OUT;
    uint32_t *out = u32_normalize(UNINORM_NFKC, cluster, n, room, &n_out);
    put_normalised(f, out ? out : cluster, out ? n_out : n, from);
    if (out != room)
        free(out);
}

/* A character above ASCII; returns the offset behind it and its marks. */
static size_t fold_character(struct fold *f, size_t i)
{
    uint32_t cluster[MAX_MARKS + 1];
    char one[2];
    size_t n = 1, from = i;
    i += text_decode(f->in.p + i, f->in.n - i, &cluster[0]);
    uint32_t c = cluster[0];
    if (is_blank(c) || is_line_end(c)) {
        blank(f, from, is_line_end(c));
        return i;
    }
    if (is_invisible(c)) {
        f->invisible_pending += f->in_word;
        return i;
    }
    char boxed = boxed_letter(c);
    boxed = boxed ? boxed : lone_indicator(f, from, i, c);
    i = read_marks(f, i, cluster, &n);
    const char *letters = c < 0x250 ? plain_latin(c, one) : NULL;
    if (letters)
        put_letters(f, letters, from);
    else if (boxed)
        put_ascii(f, (unsigned char)boxed, from);
    else if (n == 1 && is_plain_cjk(c))
        put_other(f, c, from);
    else
        put_cluster(f, cluster, n, from);
    return i;
}

/* An ASCII character; marks behind it are dropped. */
static size_t fold_ascii(struct fold *f, size_t i)
{
    unsigned char c = (unsigned char)f->in.p[i];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\n') {
        blank(f, i, c == '\n');
        return i + 1;
    }
    if (c < 0x20 || c == 0x7F) {
        f->invisible_pending += f->in_word;
        return i + 1;
    }
    put_ascii(f, c == '`' ? '\'' : c, i);
    if (i + 1 < f->in.n && (unsigned char)f->in.p[i + 1] >= 0x80) {
        uint32_t marks[MAX_MARKS + 1];
        size_t n = 0;
        return read_marks(f, i + 1, marks, &n);
    }
    return i + 1;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The short way: a run of ASCII letters; its last one goes the long way where marks may follow it. */
static size_t fold_letters(struct fold *f, size_t i)
{
    size_t end = i;
    while (end < f->in.n && is_letter(f->in.p[end]))
        end++;
    if (end < f->in.n && (unsigned char)f->in.p[end] >= 0x80 && end > i)
        end--;
    if (end == i)
        return i;
    reserve(f, end - i + 4);
    put_ascii(f, (unsigned char)f->in.p[i], i);
    for (i++; i < end; i++)
        put(f, (char)(f->in.p[i] | 0x20), i);
    return i;
}

struct folded_text *text_fold(struct arena *arena, struct span original)
{
    struct folded_text *folded = arena_alloc(arena, sizeof(*folded));
    if (original.n > UINT32_MAX - 1) /* the map's entries are 32 bits; texts are limited far below */
        original.n = UINT32_MAX - 1;
    struct fold f = {.arena = arena, .in = original, .cap = original.n + 8};
    f.out = arena_bytes(arena, f.cap);
    f.map = arena_bytes(arena, f.cap * sizeof(*f.map));
    for (size_t i = 0; i < original.n;) {
        i = fold_letters(&f, i);
        if (i == original.n)
            break;
        i = (unsigned char)original.p[i] < 0x80 ? fold_ascii(&f, i) : fold_character(&f, i);
    }
    end_word(&f);
    f.out[f.n] = '\0';
    f.map[f.n] = (uint32_t)original.n;
    folded->text = (struct span){f.out, f.n};
    folded->map = f.map;
    folded->original = original;
    folded->invisible = f.invisible;
    folded->mixed = f.mixed;
    return folded;
}

struct span text_fold_original(const struct folded_text *folded, size_t start, size_t end)
{
    if (end > folded->text.n)
        end = folded->text.n;
    if (start >= end)
        return (struct span){folded->original.p, 0};
    size_t from = folded->map[start], to = folded->map[end];
    /* Bytes of one original character share an offset: an end inside it takes the whole character. */
    for (size_t i = end; to == folded->map[end - 1] && i < folded->text.n; i++)
        to = folded->map[i + 1];
    return (struct span){folded->original.p + from, to - from};
}
