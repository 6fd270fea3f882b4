/*
 * Text by coordinates. See placed.h.
 */
#include <stdlib.h>

#include "mail/placed.h"

enum {
    MAX_PIECES = 50000, /* beyond them nobody reads it */
    FARTHEST = 1000000, /* pixels; beyond it nobody scrolls, and sums of floats are no places any more */
};

struct piece {
    float x, y, size;
    size_t order; /* of the page: what stands in the same place is read in it */
    struct span text;
};

struct placed {
    struct arena *arena;
    struct piece *v;
    size_t n, cap;
};

struct placed *placed_new(struct arena *arena)
{
    struct placed *p = arena_alloc(arena, sizeof(*p));
    p->arena = arena;
    return p;
}

size_t placed_count(const struct placed *placed)
{
    return placed->n;
}

float placed_width(struct span text, float size)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.n; i++)
        letters += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    return (float)letters * size * 0.5F;
}

/* Not where it is no number. */
static bool is_place(float n)
{
    return n > -FARTHEST && n < FARTHEST;
}

void placed_add(struct placed *p, float x, float y, float size, struct span text)
{
    if (p->n == MAX_PIECES || !is_place(x) || !is_place(y) || !is_place(size))
        return;
    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 64;
        p->v = arena_grow(p->arena, p->v, p->n, cap, sizeof(*p->v));
        p->cap = cap;
    }
    p->v[p->n] = (struct piece){x, y, size, p->n, text};
    p->n++;
}

static int in_order(const struct piece *p, const struct piece *q)
{
    return p->order < q->order ? -1 : p->order > q->order;
}

static int by_y(const void *a, const void *b)
{
    const struct piece *p = a, *q = b;
    return p->y != q->y ? (p->y < q->y ? -1 : 1) : in_order(p, q);
}

static int by_x(const void *a, const void *b)
{
    const struct piece *p = a, *q = b;
    return p->x != q->x ? (p->x < q->x ? -1 : 1) : in_order(p, q);
}

static int by_value(const void *a, const void *b)
{
    float p = *(const float *)a, q = *(const float *)b;
    return p < q ? -1 : p > q;
}

/* How far apart the letters of a line are usually; 0 where its pieces are words. */
static float usual_step(struct arena *arena, const struct piece *v, size_t n)
{
    size_t letters = 0;
    float *steps = arena_array(arena, n, sizeof(*steps));
    for (size_t i = 0; i + 1 < n; i++) {
        steps[i] = v[i + 1].x - v[i].x;
        letters += placed_width(v[i].text, 2) <= 1;
    }
    if (n < 3 || letters * 4 < n * 3)
        return 0;
    qsort(steps, n - 1, sizeof(*steps), by_value);
    return steps[(n - 1) / 2];
}

static void read_line(struct placed *p, struct piece *v, size_t n, struct buf *out)
{
    qsort(v, n, sizeof(*v), by_x);
    float usual = usual_step(p->arena, v, n);
    for (size_t i = 0; i < n; i++) {
        float step = i ? v[i].x - v[i - 1].x : 0;
        float gap = i ? step - placed_width(v[i - 1].text, v[i - 1].size) : 0;
        if (i && (usual > 0 ? step > usual * 1.5F : gap > v[i].size * 0.25F))
            buf_addc(out, ' ');
        buf_add_span(out, v[i].text);
    }
    buf_addc(out, '\n');
}

void placed_read(struct placed *p, struct buf *out)
{
    qsort(p->v, p->n, sizeof(*p->v), by_y);
    for (size_t i = 0; i < p->n;) {
        size_t start = i;
        float y = p->v[i].y;
        do
            i++;
        while (i < p->n && p->v[i].y - y <= p->v[i].size * 0.4F);
        read_line(p, p->v + start, i - start, out);
    }
    p->n = 0;
}
