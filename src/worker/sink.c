/*
 * The text that comes out of a document: see sink.h. Breaks are owed, not written, until a character follows,
 * so that empty paragraphs and trailing cells cost nothing.
 */
#include <unistr.h>

#include "worker/sink.h"

static bool put(struct sink *sink, const char *p, size_t n)
{
    size_t owed = sink->text.n ? sink->newlines + sink->tabs : 0;
    if (sink->truncated || sink->text.n + owed + n > sink->max) {
        sink->truncated = true;
        return false;
    }
    for (; owed && sink->newlines; sink->newlines--)
        buf_addc(&sink->text, '\n');
    for (; owed && sink->tabs; sink->tabs--)
        buf_addc(&sink->text, '\t');
    sink->newlines = sink->tabs = 0;
    buf_add(&sink->text, p, n);
    return true;
}

void sink_text(struct sink *sink, struct span bytes)
{
    const uint8_t *p = (const uint8_t *)bytes.p;
    for (size_t i = 0, n; i < bytes.n && !sink->truncated; i += n) {
        ucs4_t c;
        int len = u8_mbtoucr(&c, p + i, bytes.n - i);
        n = len > 0 ? (size_t)len : 1;
        sink_char(sink, len > 0 ? c : 0xfffd);
    }
}

void sink_char(struct sink *sink, uint32_t code_point)
{
    uint8_t utf8[6];
    if (code_point == '\n' && sink->verbatim)
        put(sink, "\n", 1);
    else if (code_point == '\n')
        sink_break(sink, sink->newlines + 1);
    else if (code_point == '\t')
        sink->tabs += sink->tabs < sink->max;
    else if (code_point >= ' ' && code_point != 0x7f) {
        int n = u8_uctomb(utf8, code_point, sizeof(utf8));
        if (n > 0)
            put(sink, (const char *)utf8, (size_t)n);
        else
            put(sink, "\xef\xbf\xbd", 3);
    }
}

void sink_break(struct sink *sink, unsigned newlines)
{
    if (newlines > 2) /* more say nothing */
        newlines = 2;
    if (sink->newlines < newlines)
        sink->newlines = newlines;
    sink->tabs = 0;
}

void sink_cell_start(struct sink *sink)
{
    sink->cell_start = sink->text.n;
}

void sink_cell_end(struct sink *sink)
{
    if (sink->text.n > sink->cell_start) /* the break belonged to a paragraph inside the cell */
        sink->newlines = 0;
    sink_char(sink, '\t');
    sink->cell_start = sink->text.n;
}

void sink_row_end(struct sink *sink)
{
    sink->tabs = 0;
    sink_break(sink, 1);
}
