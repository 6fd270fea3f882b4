/*
 * Encoded words on their way to GMime, which shows less of some than mail programs do.
 *
 *   word = "=?" charset "?" ( "B" / "b" / "Q" / "q" ) "?" text "?="
 *
 * Base64 is read as in bodies: padding ends a group and not the word, the last group may lack it. In "Q" a "=" without
 * its two digits stands for itself, and does not take them from the next word. Refuses nothing.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#include "mail/base64.h"
#include "mail/effort.h"
#include "mail/word.h"

struct word {
    struct span charset, text;
    bool base64;
};

/* What stands before the next '?', which is left out; false when there is none. */
static bool before_question(struct span *rest, struct span *part_r)
{
    const char *question = memchr(rest->p, '?', rest->n);
    if (!question)
        return false;
    *part_r = (struct span){rest->p, (size_t)(question - rest->p)};
    *rest = (struct span){question + 1, rest->n - part_r->n - 1};
    return true;
}

/* The word that *rest, which begins with "=?", may begin with; *rest goes behind it. */
static bool read_word(struct span *rest, struct word *word_r)
{
    struct span in = {rest->p + 2, rest->n - 2}, encoding;
    if (!before_question(&in, &word_r->charset) || !before_question(&in, &encoding) || encoding.n != 1 ||
        !strchr("BbQq", encoding.p[0]) || !before_question(&in, &word_r->text) || in.n == 0 || in.p[0] != '=')
        return false;
    word_r->base64 = (encoding.p[0] | 0x20) == 'b';
    *rest = (struct span){in.p + 1, in.n - 1};
    return true;
}

size_t word_length(struct span text)
{
    struct span rest = text;
    struct word word;
    bool found = text.n > 2 && text.p[0] == '=' && text.p[1] == '?' && read_word(&rest, &word);
    return found ? text.n - rest.n : 0;
}

static void add_base64(struct buf *out, struct span text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *bytes = mem_resize(NULL, text.n, 1);
    size_t n = base64_decode(text, text.n, bytes);
    for (size_t i = 0; i < n; i++) {
        buf_addc(out, '=');
        buf_addc(out, hex[(unsigned char)bytes[i] >> 4]);
        buf_addc(out, hex[bytes[i] & 15]);
    }
    free(bytes);
}

static void add_quoted(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        bool good = text.p[i] != '=' || (i + 2 < text.n && isxdigit((unsigned char)text.p[i + 1]) &&
                                         isxdigit((unsigned char)text.p[i + 2]));
        buf_adds(out, good ? "" : "=3D");
        if (good)
            buf_addc(out, text.p[i]);
    }
}

static void add_word(struct buf *out, const struct word *word)
{
    buf_adds(out, "=?");
    buf_add_span(out, word->charset);
    buf_adds(out, "?Q?");
    if (word->base64)
        add_base64(out, word->text);
    else
        add_quoted(out, word->text);
    buf_adds(out, "?=");
}

/* Can GMime read that character set without iconv? */
static bool is_built_in(struct span charset)
{
    static const char *const names[] = {"utf-8", "us-ascii"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (span_eq_nocase(charset, span_of(names[i])))
            return true;
    return false;
}

char *word_as_quoted(struct arena *arena, struct span line)
{
    struct buf out = {0};
    struct span rest = line;
    const char *at;
    while (rest.n && (at = memmem(rest.p, rest.n, "=?", 2))) {
        struct word word;
        buf_add(&out, rest.p, (size_t)(at - rest.p));
        rest = (struct span){at, (size_t)(rest.p + rest.n - at)};
        if (read_word(&rest, &word) && (is_built_in(word.charset) || effort_take(arena, EFFORT_CHARSET))) {
            add_word(&out, &word);
        } else if (rest.p != at) {
            buf_adds(&out, "= ");
            buf_add(&out, at + 1, (size_t)(rest.p - at - 1));
        } else {
            buf_addc(&out, '=');
            rest = (struct span){at + 1, rest.n - 1};
        }
    }
    buf_add_span(&out, rest);
    return out.p ? out.p : mem_strdup("");
}
