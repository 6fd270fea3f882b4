/*
 * Names that are imitated everywhere (data/lookalike/brands.txt): an index of its own, so that mail of a brand is not
 * taken for mail of somebody we know. Refuses a file with a line that it does not understand.
 */
#include <stdlib.h>

#include "base/datadir.h"
#include "base/file.h"
#include "base/span.h"

#include "policy/brands.h"

struct reading {
    struct lookalike_builder *builder;
    struct diag_list *diags;
    struct diag_at at;
    bool failed;
};

static void refuse(struct reading *r, const char *domain, const char *error)
{
    diag_add(r->diags, DIAG_ERROR, r->at, "a line has the domain of a brand, then other domains of its owner",
             "%s: %s", domain, error);
    r->failed = true;
}

/* "paypal.com paypalobjects.com ...": the first is protected, the others are its owner's. */
static void take_line(struct reading *r, struct span line)
{
    char first[256] = "", word[256];
    const char *error;
    for (size_t i = 0; i < line.n;) {
        size_t n = 0;
        while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t' || line.p[i] == '\r'))
            i++;
        for (; i < line.n && line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r'; i++)
            if (n + 1 < sizeof(word))
                word[n++] = line.p[i];
        word[n] = '\0';
        if (n == 0)
            break;
        int bad = *first ? lookalike_builder_affiliate(r->builder, first, word, &error)
                         : lookalike_builder_protect(r->builder, word, RELATION_BRAND, &error);
        if (bad) {
            refuse(r, word, error);
            return;
        }
        if (!*first)
            for (size_t k = 0; k <= n; k++)
                first[k] = word[k];
    }
}

struct lookalike_index *brands_load(const char *path, struct diag_list *diags)
{
    char *shipped = path ? NULL : datadir_path("data/lookalike/brands.txt");
    struct buf text = {0};
    struct reading r = {.diags = diags, .at = {path ? path : shipped, 0, 1}};
    struct lookalike_index *index = NULL;
    if (diag_read_file(diags, r.at.file, FILE_LIST_MAX, "the often imitated names",
                       path ? NULL : DATADIR_REMEDY, &text)) {
        struct span lines = buf_span(&text), line;
        r.builder = lookalike_builder_new();
        while (span_line(&lines, &line)) {
            r.at.line++;
            if (line.n > 0 && *line.p != '#')
                take_line(&r, line);
        }
        index = lookalike_build(&r.builder, diags);
        if (r.failed)
            lookalike_index_free(&index);
    }
    buf_free(&text);
    free(shipped);
    return index;
}
