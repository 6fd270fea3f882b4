/*
 * The lines in which people sign. Long ones are sentences.
 */
#include <string.h>

#include "facts/signature.h"

enum { LAST_LINES = 12, MAX_LINE = 80 };

static bool lines_of(struct fact_work *work, struct span rest, bool (*look)(void *context, const char *line),
                     void *context)
{
    for (unsigned lines = 0; rest.n && lines < LAST_LINES; lines++) {
        const char *end = rest.p + rest.n, *start = memrchr(rest.p, '\n', rest.n);
        start = start ? start + 1 : rest.p;
        struct span line = span_trim((struct span){start, (size_t)(end - start)});
        rest.n = start > rest.p ? (size_t)(start - 1 - rest.p) : 0;
        if (line.n && line.n <= MAX_LINE && look(context, arena_span(work->arena, line)))
            return true;
    }
    return false;
}

void signature_lines(struct fact_work *work, bool (*look)(void *context, const char *line), void *context)
{
    const struct message *m = work->message;
    for (size_t i = 0; i < m->n_texts; i++)
        if ((m->texts[i].kind == TEXT_OWN || m->texts[i].kind == TEXT_SIGNATURE) &&
            lines_of(work, m->texts[i].text, look, context))
            return;
}
