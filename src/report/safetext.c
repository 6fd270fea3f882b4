/*
 * Showing hostile text: see safetext.h. It refuses to let any byte of a mail act on a terminal, a browser or
 * a spreadsheet.
 */
#include <stdio.h>
#include <string.h>

#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>

#include "base/text.h"

#include "report/safetext.h"

/* One character of the text and what to show for it. */
struct glyph {
    ucs4_t c;
    char text[12]; /* UTF-8 or "<U+202E>" */
    int columns;
    bool hidden; /* shown as its code point */
};

static bool shapeless(ucs4_t c)
{
    static const uint32_t none = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs |
                                 UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl |
                                 UC_CATEGORY_MASK_Zp;
    return uc_is_general_category_withtable(c, none) || c == 0x115f || c == 0x1160 || c == 0x3164 ||
           c == 0xffa0 || c == 0x034f || (c >= 0xfe00 && c <= 0xfe0f);
}

/* The next character of *s, which moves on; false at the end. */
static bool next(const char **s, struct glyph *glyph_r)
{
    const uint8_t *p = (const uint8_t *)*s;
    if (!*p)
        return false;
    int n = u8_strmbtouc(&glyph_r->c, p);
    if (n <= 0) {
        glyph_r->c = 0xfffd;
        n = 1;
    }
    *s += n;
    ucs4_t c = glyph_r->c;
    if (c == '\t' || c == '\n' || c == '\r' || uc_is_general_category(c, UC_CATEGORY_Zs))
        c = ' ';
    glyph_r->hidden = shapeless(c);
    if (glyph_r->hidden) {
        glyph_r->columns = snprintf(glyph_r->text, sizeof(glyph_r->text), "<U+%04X>", (unsigned)c);
        return true;
    }
    int length = u8_uctomb((uint8_t *)glyph_r->text, c, sizeof(glyph_r->text) - 1);
    glyph_r->text[length > 0 ? length : 0] = '\0';
    glyph_r->columns = uc_width(c, "UTF-8");
    if (glyph_r->columns < 0)
        glyph_r->columns = 0;
    return true;
}

static bool is_mark(const struct glyph *g)
{
    return g->c == TEXT_MARK || g->c == TEXT_UNMARK;
}

void safetext_plain(struct buf *out, const char *s)
{
    struct glyph g;
    while (s && next(&s, &g))
        buf_adds(out, g.text);
}

void safetext_cell(struct buf *out, const char *s, size_t columns, int pad)
{
    struct glyph g;
    size_t used = 0, cut_at = out->n, cut_used = 0;
    while (s && next(&s, &g)) {
        if (used + (size_t)g.columns > columns) {
            out->n = cut_at;
            used = cut_used;
            buf_adds(out, "\xe2\x80\xa6");
            used++;
            break;
        }
        buf_adds(out, g.text);
        used += (size_t)g.columns;
        if (used + 1 <= columns) { /* so much can stay if the ellipsis must follow */
            cut_at = out->n;
            cut_used = used;
        }
    }
    for (; pad && used < columns; used++)
        buf_addc(out, ' ');
}

void safetext_marked(struct buf *out, const char *s, const char *on, const char *off)
{
    struct glyph g;
    bool marked = false;
    while (s && next(&s, &g)) {
        if (!is_mark(&g)) {
            buf_adds(out, g.text);
        } else if (marked != (g.c == TEXT_MARK)) {
            marked = !marked;
            buf_adds(out, marked ? on : off);
        }
    }
    if (marked)
        buf_adds(out, off);
}

void safetext_carets(struct buf *out, const char *s)
{
    struct glyph g;
    bool marked = false;
    size_t blanks = 0;
    while (s && next(&s, &g)) {
        if (is_mark(&g)) {
            marked = g.c == TEXT_MARK;
            continue;
        }
        if (!marked) {
            blanks += (size_t)g.columns;
            continue;
        }
        for (; blanks; blanks--)
            buf_addc(out, ' ');
        for (int i = 0; i < g.columns; i++)
            buf_addc(out, '^');
    }
}

static void html_glyph(struct buf *out, const struct glyph *g)
{
    if (g->hidden)
        buf_printf(out, "<span class=\"u\">U+%04X</span>", (unsigned)g->c);
    else if (g->c == '&')
        buf_adds(out, "&amp;");
    else if (g->c == '<')
        buf_adds(out, "&lt;");
    else if (g->c == '>')
        buf_adds(out, "&gt;");
    else if (g->c == '"')
        buf_adds(out, "&quot;");
    else if (g->c == '\'')
        buf_adds(out, "&#39;");
    else
        buf_adds(out, g->text);
}

void safetext_html(struct buf *out, const char *s)
{
    struct glyph g;
    while (s && next(&s, &g))
        html_glyph(out, &g);
}

void safetext_html_marked(struct buf *out, const char *s)
{
    struct glyph g;
    bool marked = false;
    while (s && next(&s, &g)) {
        if (!is_mark(&g)) {
            html_glyph(out, &g);
        } else if (marked != (g.c == TEXT_MARK)) {
            marked = !marked;
            buf_adds(out, marked ? "<mark>" : "</mark>");
        }
    }
    if (marked)
        buf_adds(out, "</mark>");
}

void safetext_csv(struct buf *out, const char *s)
{
    struct glyph g;
    buf_addc(out, '"');
    if (s && *s && strchr("=+-@\t\r", *s))
        buf_addc(out, '\'');
    while (s && next(&s, &g)) {
        if (g.c == '"')
            buf_addc(out, '"');
        buf_adds(out, g.text);
    }
    buf_addc(out, '"');
}
