/*
 * Text out of plain text, CSV and HTML. A text attachment's declared charset is not known here: a byte order mark or valid UTF-8 is believed, else it is Windows-1252.
 */
#include <string.h>
#include <unistr.h>

#include "mail/contentline.h"
#include "mail/html.h"
#include "worker/codepage.h"
#include "worker/extraction.h"
#include "worker/script.h"

enum {
    HTML_MAX = 4 << 20,  /* of a page: a mail program's viewer is slow long before */
    LINES_MAX = 4 << 20, /* of an invitation: a picture in it is left out, but must be gone through */
    WRITTEN_DEPTH = 4,   /* pages that write pages; attackers wrap twice */
};

static void utf16_text(struct sink *sink, struct span bytes, bool big)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    uint32_t high = 0;
    for (size_t i = 0; i + 1 < bytes.n && !sink->truncated; i += 2) {
        uint32_t unit = big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
        bool low = unit >= 0xdc00 && unit <= 0xdfff;
        if (high && low)
            unit = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
        else if (high)
            sink_char(sink, 0xfffd);
        high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
        if (!high)
            sink_char(sink, unit);
    }
}

void extract_plain(struct extraction *x, struct span document)
{
    const char *p = document.p;
    if (document.n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
        utf16_text(&x->sink, (struct span){p + 2, document.n - 2}, p[0] == '\xfe');
    else if (document.n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        sink_text(&x->sink, (struct span){p + 3, document.n - 3});
    else if (document.n == 0 || !u8_check((const uint8_t *)p, document.n))
        sink_text(&x->sink, document);
    else
        codepage_text(&x->sink, 1252, document);
}

static void add_page(struct extraction *x, struct arena *arena, struct span page, struct html_budget *budget)
{
    struct html_text *html = html_read(arena, page, 0, budget);
    for (size_t i = 0; i < html->n; i++) {
        sink_text(&x->sink, html->v[i].text);
        sink_break(&x->sink, 2);
    }
    x->sink.truncated |= html->style_limit;
}

/*
 * A page as an attachment: what a reader sees of it, by the same rules as for a mail's own HTML, and what its scripts
 * write (which may hold scripts again): a browser runs them, a mail program does not.
 */
void extract_html(struct extraction *x, struct arena *arena, struct span document)
{
    struct extraction decoded = {.sink = {.max = HTML_MAX}};
    extract_plain(&decoded, document);
    struct buf page = decoded.sink.text;
    struct html_budget budget = html_budget_default;
    bool computes = false;
    for (unsigned level = 0; page.n && level < WRITTEN_DEPTH && !extract_late(x); level++) {
        add_page(x, arena, buf_span(&page), &budget);
        struct script_words words = script_read(buf_span(&page), HTML_MAX);
        computes |= words.computes;
        buf_free(&page);
        page = words.page;
    }
    buf_free(&page);
    x->sink.truncated |= decoded.sink.truncated;
    if (computes) {
        x->status = WORKER_UNSUPPORTED;
        x->detail = "a script writes words that only running it would show";
    }
}

/* An invitation or a card. */
void extract_lines(struct extraction *x, struct arena *arena, struct span document)
{
    struct extraction decoded = {.sink = {.max = LINES_MAX}};
    extract_plain(&decoded, document);
    sink_text(&x->sink, contentline_text(arena, buf_span(&decoded.sink.text)));
    x->sink.truncated |= decoded.sink.truncated;
    buf_free(&decoded.sink.text);
}
