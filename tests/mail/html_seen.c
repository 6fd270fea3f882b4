/*
 * What html_read() takes for seen, for html_test.py: for each FILE the text, what is read across boxes, and what is
 * hidden, each ended by 0x1F, the file by 0x1E.
 */
#include <stdio.h>

#include "base/file.h"
#include "base/text.h"

#include "mail/html.h"

static void print_page(const struct html_text *page)
{
    for (int across = 0; across < 2; across++) {
        for (size_t i = 0; i < page->n; i++)
            if (page->v[i].across == across)
                printf("%.*s\n", (int)page->v[i].text.n, page->v[i].text.p);
        putchar(0x1F);
    }
    printf("%.*s%c%c", (int)page->hidden.n, page->hidden.p ? page->hidden.p : "", 0x1F, 0x1E);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct arena *arena = arena_new();
        struct html_budget budget = html_budget_default;
        struct span bytes;
        const char *error = NULL;
        if (!file_read_arena(arena, argv[i], FILE_WRITTEN_MAX, &bytes, &error)) {
            fprintf(stderr, "%s\n", error);
            return 1;
        }
        print_page(html_read(arena, text_clean(arena, text_valid_utf8(arena, bytes)), 100, &budget));
        arena_free(&arena);
    }
    return 0;
}
