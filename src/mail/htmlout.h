#ifndef RINGER_MAIL_HTMLOUT_H
#define RINGER_MAIL_HTMLOUT_H
#include "base/buf.h"
#include "mail/htmltext.h"
#include "mail/style.h"

/* The texts that the walk over a page writes: what is seen, in segments; what is not; readings across boxes. */

/* What turns the letters around from an element on (bidi.h), as the characters that do it; outermost last. */
struct turn {
    const struct turn *outer;
    uint32_t open, close;
};

/* What holds inside one open element. */
struct look {
    struct style style;
    uint8_t kind; /* enum text_kind */
    bool hidden, clip, clip_holds, gone;
    bool image;     /* nobody knows what colour is behind the text */
    bool text_clip; /* letters show the background */
    bool svg, svg_text;
    uint32_t backdrop;
    float opacity, dx, dy;  /* how far it was moved, pixels */
    struct css_plane plane; /* how it was turned and scaled */
    float least;            /* css_plane_least() of it */
    int link;               /* index of the anchor around; -1 = none */
    const struct turn *turn;
    struct row *row;  /* of this element's boxes side by side; NULL = none */
    struct row *cell; /* the row that this element is a box of */
    bool placed;      /* put somewhere by position:absolute */
};

enum { OUT_READINGS = 2 /* own text, quoted text */ };

struct out {
    struct arena *arena;
    struct html_text *page;
    size_t cap_segments;
    struct buf text, hidden;
    size_t segment_start;
    enum text_kind kind; /* of the open segment */
    bool rest_quoted;    /* behind Outlook's "divRplyFwdMsg" all is */
    bool blank;          /* white space is due before the next word */
    unsigned lines;      /* line ends are due */
    bool tab;            /* a box stands before this one in its row: a tab is due */
    float indent;     /* of the first line of this block, pixels; letters left of the screen are not seen */
    struct row *row;  /* the innermost open row */
    struct buf strip; /* what the boxes of open rows hold, raw */
    struct buf joined[OUT_READINGS];
    struct placed *placed;
};

void out_text(struct out *o, const struct look *look, const char *s);
/* Can nobody see text that looks like this? */
bool out_unseen(const struct look *look);
void out_lines(struct out *o, unsigned lines); /* at least so many line ends are due */
void out_break(struct out *o);                 /* one more is */
/* Turns the letters of an element that is being opened inside a line (if one is open), and closed. */
void out_open_turn(struct out *o, const struct turn *turn);
void out_close_turn(struct out *o, const struct turn *turn);

/*
 * Boxes side by side: table cells, flex items, floats. A row of letters or of narrow strips reads across the boxes,
 * line by line; that reading is kept beside the text as it stands in the page.
 */
struct row *row_open(struct out *o, bool reversed);
void row_cell(struct out *o, struct row *row); /* the next box begins */
void row_close(struct out *o, struct row *row, enum text_kind kind);

/* A short text that stands where position:absolute puts it: those are read by their places, too. */
void out_placed(struct out *o, const struct look *look, const char *text);

/* The texts are complete: moves them into the page. */
void out_finish(struct out *o);

#endif
