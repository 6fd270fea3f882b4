/*
 * Visible text of HTML, see html.h. Gumbo builds the tree as browsers do; the walk (htmlwalk.h) reads it. Gumbo has
 * no bounds of its own, and some pages cost it quadratic time: it allocates from an arena of ours, which stops it
 * (longjmp) when a page asks for too much. Then tags are only stripped.
 */
#include <setjmp.h>
#include <string.h>
#include <time.h>

#include <gumbo.h>

#include "base/buf.h"

#include "mail/html.h"
#include "mail/htmlwalk.h"

enum {
    GUMBO_BYTES = 96 * 1024 * 1024, /* ordinary pages take 30 to 60 bytes a byte */
    CHECK_CLOCK = 512,              /* allocations between two looks at the clock */
    MAX_PAGES = 32,                 /* frames of one page that are parsed */
};

const struct html_budget html_budget_default = {
    .parse_us = 400 * 1000,          /* a megabyte of ordinary HTML takes 60 ms */
    .style_steps = 12 * 1000 * 1000, /* the largest honest templates take a hundredth of it */
};

/* --- gumbo inside bounds */

struct guard {
    struct arena *arena;
    size_t bytes;
    unsigned calls, pages;
    int64_t until_us;
    jmp_buf stop;
};

/* The thread's own time: a busy machine must not change what is read of a mail. */
static int64_t thread_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *guarded_alloc(void *userdata, size_t size)
{
    struct guard *g = userdata;
    g->bytes += size;
    if (g->bytes > GUMBO_BYTES)
        longjmp(g->stop, 1);
    if (++g->calls % CHECK_CLOCK == 0 && thread_us() > g->until_us)
        longjmp(g->stop, 1);
    return arena_bytes(g->arena, size);
}

static void guarded_free(void *userdata, void *p)
{
}

/* --- references to characters */

enum { LAST_CHARACTER = 0x10FFFF };

/* Behind "&#": the digits of a reference ("x41", "65"), their base, and whether there is no such character. */
static size_t read_reference(struct span s, int *base_r, bool *wrong_r)
{
    size_t i = s.n && (s.p[0] | 0x20) == 'x';
    uint32_t value = 0;
    *base_r = i ? 16 : 10;
    for (; i < s.n && char_hex(s.p[i]) >= 0 && char_hex(s.p[i]) < *base_r; i++)
        if (value <= LAST_CHARACTER)
            value = value * (uint32_t)*base_r + (uint32_t)char_hex(s.p[i]);
    *wrong_r = value > LAST_CHARACTER;
    return i;
}

/*
 * Gumbo counts them in an int: "&#x80000041;" is "A" to it, "&#xCCCCCCCC;" half of a character. In browsers both are
 * U+FFFD, which is as long as they are with zeros before it.
 */
static struct span bound_references(struct arena *arena, struct span html)
{
    static const struct span hex = SPAN_LIT("FFFD"), decimal = SPAN_LIT("65533");
    char *copy = NULL;
    const char *mark;
    size_t i = 0;
    while (i < html.n && (mark = memmem(html.p + i, html.n - i, "&#", 2))) {
        i = (size_t)(mark + 2 - html.p);
        int base;
        bool wrong;
        size_t n = read_reference((struct span){html.p + i, html.n - i}, &base, &wrong);
        if (wrong && !copy)
            html.p = copy = arena_strndup(arena, html.p, html.n);
        if (wrong) {
            struct span last = base == 16 ? hex : decimal;
            memset(copy + i + (base == 16), '0', n - (base == 16) - last.n);
            memcpy(copy + i + n - last.n, last.p, last.n);
        }
        i += n;
    }
    return html;
}

struct parser {
    struct guard guard;
    struct html_budget *budget;
};

static GumboOutput *parse_guarded(struct guard *g, struct span html)
{
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = guarded_alloc;
    options.deallocator = guarded_free;
    options.userdata = g;
    options.max_errors = 0;
    if (setjmp(g->stop))
        return NULL;
    return gumbo_parse_with_options(&options, html.p, html.n);
}

static GumboOutput *parse(void *userdata, struct span html)
{
    struct parser *p = userdata;
    if (p->budget->parse_us <= 0 || p->guard.pages++ == MAX_PAGES)
        return NULL;
    int64_t start = thread_us();
    p->guard.until_us = start + p->budget->parse_us;
    GumboOutput *page = parse_guarded(&p->guard, bound_references(p->guard.arena, html));
    p->budget->parse_us -= thread_us() - start;
    return page;
}

/* --- when gumbo was stopped */

static void strip_tags(struct walk *w, struct span html)
{
    const struct look look = w->stack[0];
    struct buf text = {0};
    while (html.n) {
        const char *tag = memchr(html.p, '<', html.n);
        const char *end = tag ? memchr(tag, '>', html.n - (size_t)(tag - html.p)) : NULL;
        size_t n = end ? (size_t)(tag - html.p) : html.n;
        for (size_t i = 0; i < n; i++)
            if (html.p[i])
                buf_addc(&text, html.p[i]);
        size_t used = end ? (size_t)(end + 1 - html.p) : html.n;
        html = (struct span){html.p + used, html.n - used};
        if (text.n) {
            out_text(&w->out, &look, text.p);
            buf_clear(&text);
        }
        out_lines(&w->out, 1);
    }
    buf_free(&text);
}

/* What `more` holds stands behind what `page` does. */
static void append(struct arena *arena, struct html_text *page, const struct html_text *more)
{
    struct html_segment *v = arena_array(arena, page->n + more->n, sizeof(*v));
    struct html_link *links = arena_array(arena, page->n_links + more->n_links, sizeof(*links));
    for (size_t i = 0; i < page->n + more->n; i++)
        v[i] = i < page->n ? page->v[i] : more->v[i - page->n];
    for (size_t i = page->n; i < page->n + more->n; i++)
        v[i].across = true;
    for (size_t i = 0; i < page->n_links + more->n_links; i++)
        links[i] = i < page->n_links ? page->links[i] : more->links[i - page->n_links];
    page->v = v;
    page->n += more->n;
    page->links = links;
    page->n_links += more->n_links;
    page->links_limit |= more->links_limit;
    page->style_limit |= more->style_limit;
    page->gave_up |= more->gave_up;
}

static struct html_text *read_page(struct arena *arena, struct span html, size_t max_links,
                                   struct html_budget *budget, bool nested)
{
    struct parser parser = {.guard = {.arena = arena_new()}, .budget = budget};
    struct css_budget steps = {.steps = budget->style_steps};
    struct html_text *page = arena_alloc(arena, sizeof(*page));
    struct walk w = {.arena = arena,
                     .out = {.arena = arena, .page = page},
                     .context = {.arena = arena, .budget = &steps},
                     .max_links = max_links,
                     .parse = parse,
                     .parser = &parser};
    walk_init(&w);
    GumboOutput *tree = html.n ? parse(&parser, html) : NULL;
    if (tree)
        walk_page(&w, tree);
    else
        strip_tags(&w, html);
    page->gave_up = html.n && !tree;
    page->style_limit = steps.spent;
    budget->style_steps = steps.steps;
    out_finish(&w.out);
    if (w.outlook.n && !nested)
        append(arena, page, read_page(arena, buf_span(&w.outlook), max_links - page->n_links, budget, true));
    walk_free(&w);
    arena_free(&parser.guard.arena);
    return page;
}

struct html_text *html_read(struct arena *arena, struct span html, size_t max_links,
                            struct html_budget *budget)
{
    return read_page(arena, html, max_links, budget, false);
}
