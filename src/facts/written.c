/*
 * Lookalikes as the reader of the mail saw them. Domains are compared in lower case, but `keIlermann` deceives by its
 * capital I, and a report that says `keilermann` hides the trick. It only changes what is shown, never what is found.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"

#include "facts/written.h"

/* Has the label around written[at] a small letter, among which a capital passes for one? */
static bool among_small(const char *written, size_t at)
{
    size_t begin = at, end = at;
    while (begin > 0 && written[begin - 1] != '.')
        begin--;
    end = at + strcspn(written + at, ".");
    for (size_t i = begin; i < end; i++)
        if (islower((unsigned char)written[i]))
            return true;
    return false;
}

/* `differs` in the letters of `written`; NULL when that is another name, or when no marked letter hides by its case. */
static const char *respell(struct arena *arena, const char *differs, const char *written)
{
    char *out = arena_strdup(arena, differs);
    bool marked = false, hides = false;
    size_t at = 0;
    for (char *p = out; *p; p++) {
        if (*p == TEXT_MARK || *p == TEXT_UNMARK) {
            marked = *p == TEXT_MARK;
            continue;
        }
        if (tolower((unsigned char)written[at]) != *p)
            return NULL;
        *p = written[at];
        hides |= marked && isupper((unsigned char)*p) && among_small(written, at);
        at++;
    }
    return hides && !written[at] ? out : NULL;
}

const struct lookalike_finding *fact_as_written(struct arena *arena, const struct lookalike_finding *finding,
                                                const char *written)
{
    const char *differs = written ? respell(arena, finding->differs, written) : NULL;
    if (!differs)
        return finding;
    struct lookalike_finding *shown = arena_alloc(arena, sizeof(*shown));
    *shown = *finding;
    shown->differs = differs;
    shown->why = arena_printf(arena, "%s; the mail writes it `%s`", finding->why, written);
    return shown;
}
