/*
 * Writing the texts of a page. See htmlout.h.
 */
#include <string.h>

#include "base/text.h"

#include "mail/bidi.h"
#include "mail/htmlout.h"
#include "mail/placed.h"

enum {
    MAX_HIDDEN = 64 * 1024, /* bytes of hidden text kept; all of it is counted */
    INVISIBLE_SIZE = 2,     /* pixels: nobody reads smaller letters */
    OFF_SCREEN = -400,      /* pixels; negative margins of a layout are smaller */
    MAX_TURNS = 16,         /* nested turns of one line */
    MAX_PLACED = 24,        /* bytes: longer pieces are not letters put one by one */
    MIN_BOXES = 4,          /* fewer letters side by side are no row of letters */
    MAX_STRIP = 12,
    MAX_BOX = 6, /* letters: of a strip's lines; of a box with a single line */
    MAX_BOXES = 2000,
    MAX_LINES = 300, /* of a row that anybody reads across */
    MAX_RAW = 4096,  /* bytes of a row's box: no strip is longer */
    RAW_EACH = 256,  /* bytes of its boxes, in the mean */
    MAX_GAPS = 16,   /* places in a row of letters for each that holds one */
};

/* --- segments and white space */

static void end_segment(struct out *o)
{
    struct span s = {o->text.p, o->text.n};
    if (o->segment_start)
        s = (struct span){s.p + o->segment_start, s.n - o->segment_start};
    if (span_trim(s).n) {
        struct html_text *page = o->page;
        if (page->n == o->cap_segments) {
            size_t cap = o->cap_segments ? o->cap_segments * 2 : 4;
            page->v = arena_grow(o->arena, page->v, page->n, cap, sizeof(*page->v));
            o->cap_segments = cap;
        }
        /* An offset for now: the buffer may still move. */
        page->v[page->n++] = (struct html_segment){.kind = o->kind, .text = {NULL, s.n}};
    } else {
        o->text.n = o->segment_start;
    }
    o->segment_start = o->text.n;
    o->blank = o->tab = false;
    o->lines = 0;
}

void out_lines(struct out *o, unsigned lines)
{
    if (o->lines < lines)
        o->lines = lines;
    o->indent = 0;
}

void out_break(struct out *o)
{
    o->lines++;
    o->indent = 0;
    if (o->row && o->strip.n)
        buf_addc(&o->strip, '\n');
}

static bool at_line_start(const struct out *o)
{
    return o->text.n == o->segment_start || o->text.p[o->text.n - 1] == '\n';
}

static void put_due_space(struct out *o)
{
    if (o->text.n > o->segment_start) {
        size_t have = 0;
        while (have < o->lines && have < o->text.n - o->segment_start &&
               o->text.p[o->text.n - 1 - have] == '\n')
            have++;
        for (; have < o->lines; have++)
            buf_addc(&o->text, '\n');
        char last = o->text.p[o->text.n - 1];
        if (o->tab && !o->lines && last != '\n')
            buf_addc(&o->text, '\t');
        else if (o->blank && !o->lines && last != '\n' && last != '\t')
            buf_addc(&o->text, ' ');
    }
    o->blank = o->tab = false;
    o->lines = 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_blank(const char *s)
{
    while (is_space(*s))
        s++;
    return *s == '\0';
}

/* --- turned letters */

static void put_control(struct out *o, uint32_t c)
{
    char bytes[4];
    if (c)
        buf_add(&o->text, bytes, text_encode(c, bytes));
}

void out_open_turn(struct out *o, const struct turn *turn)
{
    if (at_line_start(o) || o->lines) /* at a line's beginning all open ones are said */
        return;
    put_due_space(o);
    put_control(o, turn->open);
}

void out_close_turn(struct out *o, const struct turn *turn)
{
    if (!at_line_start(o) && !o->lines)
        put_control(o, turn->close);
}

static void begin_line(struct out *o, const struct turn *turn)
{
    uint32_t open[MAX_TURNS];
    size_t n = 0;
    for (; turn && n < MAX_TURNS; turn = turn->outer)
        open[n++] = turn->open;
    while (n)
        put_control(o, open[--n]);
}

/* --- what is not seen */

static void put_hidden(struct out *o, struct span s)
{
    size_t count = 0;
    uint32_t c;
    for (size_t i = 0, length; i < s.n; i += length) { /* newsletters fill with "&nbsp;&zwnj;" */
        length = text_decode(s.p + i, s.n - i, &c);
        count += c > ' ' && c != 0xA0 && c != 0xAD && c != 0x34F && !(c >= 0x2000 && c <= 0x200F) &&
                 c != 0xFEFF && !(c >= 0x2060 && c <= 0x206F) && c != 0x2007;
    }
    o->page->hidden_chars += count;
    if (count && o->hidden.n + s.n < MAX_HIDDEN) {
        buf_add_span(&o->hidden, s);
        buf_addc(&o->hidden, '\n');
    }
}

static bool colour_seen(uint32_t colour, const struct look *look)
{
    uint32_t alpha = (uint32_t)((float)(colour >> 24) * look->opacity);
    if (alpha < 0x10)
        return false;
    return look->image ||
           !css_same_colour(css_over((colour & 0xFFFFFF) | alpha << 24, look->backdrop), look->backdrop);
}

/* Size and colours count where the text stands: templates set "font-size:0" around and a size inside. */
bool out_unseen(const struct look *look)
{
    const struct style *s = &look->style;
    if (look->hidden || look->clip || look->gone || s->invisible || s->size * look->least < INVISIBLE_SIZE ||
        look->dx <= OFF_SCREEN || look->dy <= OFF_SCREEN)
        return true;
    uint32_t colour = s->has_fill ? s->fill : s->colour;
    if (look->svg || look->text_clip || colour_seen(colour, look))
        return false;
    return !s->has_shadow || !colour_seen(s->shadow_current ? s->colour : s->shadow, look);
}

/* Letters of a first line that a negative indent pushed off the screen; returns what of it is left to see. */
static const char *put_indented(struct out *o, const struct look *look, const char *s)
{
    float each = look->style.size * 0.5F;
    size_t n = 0, all = strlen(s);
    while (n < all && o->indent <= OFF_SCREEN) {
        uint32_t c;
        n += text_decode(s + n, all - n, &c);
        o->indent += each;
    }
    put_hidden(o, (struct span){s, n});
    return s + n;
}

/* --- rows of boxes */

struct row {
    struct row *outer;
    size_t start; /* in `strip` */
    size_t boxes;
    bool reversed, given_up;
};

enum { BOX = 1 /* in `strip`: a box begins; no text has it */ };

struct row *row_open(struct out *o, bool reversed)
{
    struct row *row = arena_alloc(o->arena, sizeof(*row));
    buf_adds(&o->strip, ""); /* from now on it has an address */
    *row = (struct row){.outer = o->row, .start = o->strip.n, .reversed = reversed};
    o->row = row;
    return row;
}

void row_cell(struct out *o, struct row *row)
{
    if (row != o->row)
        return;
    row->boxes++;
    buf_addc(&o->strip, BOX);
}

static size_t most_raw(const struct row *row)
{
    return row->boxes * RAW_EACH + MAX_RAW;
}

static void give_up(struct out *o, struct row *row)
{
    row->given_up = true;
    o->strip.n = row->start;
}

/* What is seen in a box, with its white space as far as it is shown. */
static void strip_text(struct out *o, const struct look *look, struct span s)
{
    struct row *row = o->row;
    bool pre = look->style.white_space == CSS_PRE;
    if (row->given_up || !row->boxes)
        return;
    if (s.n > MAX_RAW || o->strip.n - row->start > most_raw(row)) {
        give_up(o, row);
        return;
    }
    if (o->lines && o->strip.p[o->strip.n - 1] != BOX && o->strip.p[o->strip.n - 1] != '\n')
        buf_addc(&o->strip, '\n');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        char last = o->strip.p[o->strip.n - 1];
        if (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] == 0xA0) {
            buf_addc(&o->strip, ' ');
            i++;
        } else if (c == '\n' && (pre || look->style.white_space == CSS_PRE_LINE)) {
            buf_addc(&o->strip, '\n');
        } else if (!is_space((char)c)) {
            buf_addc(&o->strip, (char)c);
        } else if (pre || (last != ' ' && last != '\n' && last != BOX)) {
            buf_addc(&o->strip, ' ');
        }
    }
}

static size_t letters_in(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

struct measure {
    size_t lines, longest, words, digits, most_lines;
};

static struct measure measure_boxes(struct span boxes)
{
    struct measure m = {0};
    while (boxes.n) {
        struct span box = span_cut(&boxes, BOX), line;
        size_t lines = 0, last = 0;
        while (span_line(&box, &line)) {
            size_t letters = letters_in(line);
            lines++;
            m.longest = letters > m.longest ? letters : m.longest;
            if (span_trim(line).n) {
                m.lines++;
                last = lines;
            }
            for (size_t i = 0; i < line.n; i++) {
                m.digits += line.p[i] >= '0' && line.p[i] <= '9';
                m.words += (line.p[i] | 0x20) >= 'a' || (unsigned char)line.p[i] >= 0x80;
            }
        }
        m.most_lines = last > m.most_lines ? last : m.most_lines; /* blank ones below end no row */
    }
    return m;
}

/* Does the row read across its boxes? Single letters always; strips where they hold more words than numbers. */
static bool reads_across(const struct row *row, struct span boxes, struct measure *m_r)
{
    if (row->given_up || row->boxes < MIN_BOXES || row->boxes > MAX_BOXES)
        return false;
    *m_r = measure_boxes(boxes);
    if (m_r->lines < MIN_BOXES || m_r->most_lines > MAX_LINES ||
        row->boxes * m_r->most_lines > boxes.n * MAX_GAPS)
        return false;
    if (m_r->longest <= 1)
        return true;
    if (m_r->words <= m_r->digits)
        return false;
    return m_r->longest <= (m_r->most_lines > 2 ? MAX_STRIP : MAX_BOX);
}

static void join_boxes(struct out *o, const struct row *row, struct span boxes, const struct measure *m,
                       struct buf *to)
{
    struct span *rest = arena_array(o->arena, row->boxes, sizeof(*rest));
    size_t n = 0;
    while (boxes.n && n < row->boxes)
        rest[n++] = span_cut(&boxes, BOX);
    for (size_t k = 0; k < m->most_lines; k++) {
        for (size_t i = 0; i < n; i++) {
            struct span line;
            if (span_line(&rest[row->reversed ? n - 1 - i : i], &line))
                buf_add_span(to, line);
            else if (m->longest <= 1) /* an empty box between letters */
                buf_addc(to, ' ');
        }
        buf_addc(to, '\n');
    }
}

/* Inside of another row's box a row stands as one text. */
static void join_into_box(struct buf *strip, size_t start)
{
    size_t end = start;
    for (size_t i = start; i < strip->n; i++)
        if (strip->p[i] != BOX)
            strip->p[end++] = strip->p[i];
    strip->n = end;
}

void row_close(struct out *o, struct row *row, enum text_kind kind)
{
    struct measure m;
    if (row != o->row)
        return;
    o->row = row->outer;
    struct span boxes = {o->strip.p + row->start, o->strip.n - row->start};
    if (boxes.n && boxes.p[0] == BOX)
        boxes = (struct span){boxes.p + 1, boxes.n - 1};
    if (reads_across(row, boxes, &m))
        join_boxes(o, row, boxes, &m, &o->joined[kind == TEXT_QUOTED]);
    if (!o->row || !o->row->boxes || o->row->given_up)
        o->strip.n = row->start;
    else if (o->strip.n - o->row->start > most_raw(o->row)) /* each row around it would move it once more */
        give_up(o, o->row);
    else
        join_into_box(&o->strip, row->start);
}

/* --- text */

static void put_seen(struct out *o, const struct look *look, const char *s)
{
    bool lines = look->style.white_space != CSS_AUTO;
    for (; *s; s++) {
        if (is_space(*s) && !(lines && *s == '\n')) {
            o->blank = true;
        } else if (*s == '\n') {
            o->lines++;
        } else {
            size_t n = strcspn(s, " \t\n\r\f");
            put_due_space(o);
            if (look->turn && at_line_start(o))
                begin_line(o, look->turn);
            buf_add(&o->text, s, n);
            s += n - 1;
        }
    }
}

void out_text(struct out *o, const struct look *look, const char *s)
{
    bool blank = is_blank(s);
    if (blank && look->style.white_space == CSS_AUTO) {
        o->blank |= *s != '\0' && !look->hidden;
        return;
    }
    if (!blank && out_unseen(look)) {
        put_hidden(o, span_of(s));
        return;
    }
    if (o->indent <= OFF_SCREEN && !blank)
        s = put_indented(o, look, s);
    enum text_kind kind = o->rest_quoted ? TEXT_QUOTED : (enum text_kind)look->kind;
    if (kind != o->kind && !blank) {
        end_segment(o);
        o->kind = kind;
    }
    if (o->row)
        strip_text(o, look, span_of(s));
    put_seen(o, look, s);
}

void out_placed(struct out *o, const struct look *look, const char *text)
{
    struct span piece = span_trim(span_of(text));
    if (!piece.n || piece.n > MAX_PLACED || out_unseen(look) || look->kind == TEXT_QUOTED)
        return;
    if (!o->placed)
        o->placed = placed_new(o->arena);
    placed_add(o->placed, look->dx, look->dy, look->style.size, span_of(arena_span(o->arena, piece)));
}

/* --- the end */

static void add_reading(struct out *o, struct buf *text, enum text_kind kind)
{
    if (!span_trim(buf_span(text)).n)
        return;
    end_segment(o);
    o->kind = kind;
    buf_add_span(&o->text, buf_span(text));
    size_t before = o->page->n;
    end_segment(o);
    if (o->page->n > before)
        o->page->v[before].across = true;
}

void out_finish(struct out *o)
{
    struct buf lines = {0};
    if (o->placed && placed_count(o->placed) >= MIN_BOXES) {
        placed_read(o->placed, &lines);
        buf_add_span(&o->joined[0], buf_span(&lines));
    }
    end_segment(o);
    add_reading(o, &o->joined[0], TEXT_OWN);
    add_reading(o, &o->joined[1], TEXT_QUOTED);
    const char *text = arena_strndup(o->arena, o->text.p, o->text.n);
    for (size_t i = 0; i < o->page->n; i++) {
        struct html_segment *s = &o->page->v[i];
        s->text.p = text;
        text += s->text.n;
        s->text = bidi_seen(o->arena, s->text);
    }
    o->page->hidden = (struct span){arena_strndup(o->arena, o->hidden.p, o->hidden.n), o->hidden.n};
    buf_free(&lines);
    buf_free(&o->text);
    buf_free(&o->hidden);
    buf_free(&o->strip);
    for (size_t i = 0; i < OUT_READINGS; i++)
        buf_free(&o->joined[i]);
}
