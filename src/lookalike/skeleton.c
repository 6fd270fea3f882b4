/*
 * Skeletons: what a label looks like to a reader (UTS #39, section 4), for mail. Marks are taken off before
 * the mapping (raw UTS #39 skeletons find 13 % of registered homographs, this finds 90 %), case is folded
 * after it (UTS #39 maps 0 to O), and the ASCII sequences that UTS #39 lacks are mapped at the end.
 * Refuses nothing: what has no ASCII reading stays as its own UTF-8 bytes and compares equal to itself.
 */
#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/span.h"
#include "base/text.h"

#include "lookalike/confusable.h"
#include "lookalike/skeleton.h"

static void put(struct form *f, char c, size_t source)
{
    if (f->n == FORM_MAX) {
        f->cut = true;
        return;
    }
    f->source[f->n] = (uint16_t)source;
    f->plain[f->n++] = c;
}

static void put_ascii(struct form *f, char c, size_t source)
{
    if (c == '-' || c == '.' || c == '_' || c == ' ') {
        if (f->n < FORM_MAX)
            f->starts |= (uint64_t)1 << f->n;
        return;
    }
    put(f, char_lower(c), source);
}

static void put_utf8(struct form *f, uint32_t cp, size_t source)
{
    uint8_t bytes[6];
    int n = u8_uctomb(bytes, cp, sizeof(bytes));
    for (int i = 0; i < n; i++)
        put(f, (char)bytes[i], source);
    f->unread = true;
}

static void put_decomposed(const struct tables *tables, struct form *f, uint32_t cp, bool second,
                           size_t source)
{
    if (cp < 0x80) {
        put_ascii(f, (char)cp, source);
        return;
    }
    if (uc_combining_class(cp) != 0 || (cp >= 0x200b && cp <= 0x200f) || cp == 0x2060 || cp == 0xfeff ||
        cp == 0xad) {
        f->marks = true;
        return;
    }
    const struct letter *l = tables_letter(tables, cp);
    const char *ascii = l ? (second && *l->second ? l->second : l->first) : confusable_ascii(cp);
    f->alternatives |= l && *l->second;
    if (!ascii) {
        put_utf8(f, cp, source);
        return;
    }
    f->letters = true;
    for (; *ascii; ascii++)
        put_ascii(f, *ascii, source);
}

static void note_script(struct form *f, uint32_t cp)
{
    if (!uc_is_property_alphabetic(cp))
        return;
    const uc_script_t *script = uc_script(cp);
    bool latin = script && strcmp(script->name, "Latin") == 0;
    f->latin |= latin;
    f->foreign |=
        !latin && script && strcmp(script->name, "Common") != 0 && strcmp(script->name, "Inherited");
}

static void put_character(const struct tables *tables, struct form *f, uint32_t cp, bool second,
                          size_t source)
{
    uint32_t out[32]; /* the longest NFKD of one character has 18 */
    size_t n = sizeof(out) / sizeof(*out);
    note_script(f, cp);
    if (tables_letter(tables, cp) || !u32_normalize(UNINORM_NFKD, &cp, 1, out, &n)) {
        put_decomposed(tables, f, cp, second, source);
        return;
    }
    f->letters |= n == 1 && out[0] != cp;
    for (size_t i = 0; i < n; i++)
        put_decomposed(tables, f, out[i], second, source);
}

/* The character that plain[i] and the next one look like; 0 when they look like themselves. */
static unsigned char one_for_two(const struct tables *t, const struct form *f, unsigned i)
{
    unsigned char c = (unsigned char)f->plain[i], d = (unsigned char)f->plain[i + 1];
    int pair = i + 1 < f->n && d < 0x80 ? t->pair_of[c][d] : 0;
    return pair && t->pairs[pair - 1].same ? (unsigned char)t->pairs[pair - 1].one : 0;
}

/* Look-alike sequences to one character each; repeated until nothing changes is not needed: no output of a
 * pair is the first half of another but `n` of `nn`, which stays out of the skeleton. */
void form_skeleton(const struct tables *t, struct form *f)
{
    unsigned out = 0, n = f->n;
    for (unsigned i = 0; i < n; i++, out++) {
        unsigned char c = (unsigned char)f->plain[i], one;
        f->from[out] = (uint8_t)i;
        f->same[i] = c < 0x80 ? t->same[c] : (char)c;
        if (c < 0x80 && t->begins_pair[c] && (one = one_for_two(t, f, i))) {
            c = one;
            i++;
            f->same[i] = t->same[(unsigned char)f->plain[i]];
        }
        f->skel[out] = c < 0x80 ? t->same[c] : (char)c;
        f->loose[out] = c < 0x80 ? t->loose[c] : (char)c;
    }
    f->n_skel = (uint8_t)out;
    f->from[out] = f->n;
    f->skel[out] = f->loose[out] = '\0';
}

/* The lower-case letters, digits and hyphens with which the label begins: for most labels that is all. */
static size_t put_plain(struct form *f, struct span label)
{
    size_t i = 0;
    unsigned n = 0;
    for (; i < label.n && n < FORM_MAX; i++) {
        char c = label.p[i];
        if (c == '-') {
            f->starts |= (uint64_t)1 << n;
            continue;
        }
        bool letter = c >= 'a' && c <= 'z';
        if (!letter && !(c >= '0' && c <= '9'))
            break;
        f->latin |= letter;
        f->source[n] = (uint16_t)i;
        f->plain[n++] = c;
    }
    f->n = (uint8_t)n;
    return i;
}

void form_make(const struct tables *tables, struct span label, bool second, struct form *f)
{
    if (label.n > UINT16_MAX)
        label.n = UINT16_MAX;
    f->n_skel = 0;
    f->starts = 1;
    f->marks = f->letters = f->unread = f->latin = f->foreign = f->alternatives = f->cut = false;
    for (size_t i = put_plain(f, label); i < label.n && !f->cut;) {
        unsigned char c = (unsigned char)label.p[i];
        if (c < 0x80) {
            f->latin |= (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
            put_ascii(f, (char)c, i++);
            continue;
        }
        uint32_t cp;
        size_t step = text_decode(label.p + i, label.n - i, &cp);
        put_character(tables, f, cp, second, i);
        i += step;
    }
    f->plain[f->n] = '\0';
    f->source[f->n] = (uint16_t)label.n;
    form_skeleton(tables, f);
}

uint64_t form_letters(const struct form *form)
{
    uint64_t letters = 0;
    for (unsigned i = 0; i < form->n_skel; i++) {
        uint64_t bit = (uint64_t)1 << ((unsigned char)form->loose[i] & 31);
        letters |= bit | (letters & bit) << 32;
    }
    return letters;
}
