/*
 * Word lists as data files: sorted once, searched by bisection.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/wordset.h"

struct entry {
    const char *word, *value;
};

struct wordset {
    char *text; /* the file, cut into words in place */
    struct entry *entries;
    size_t n;
};

static int by_word(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->word, ((const struct entry *)b)->word);
}

static void add_line(struct wordset *set, char *line, size_t *cap)
{
    char *comment = strchr(line, '#');
    if (comment)
        *comment = '\0';
    char *tab = strchr(line, '\t');
    if (tab)
        *tab++ = '\0';
    struct span word = span_trim(span_of(line)), value = span_trim(span_of(tab));
    if (word.n == 0)
        return;
    char *start = line + (word.p - line);
    start[word.n] = '\0';
    for (char *c = start; *c; c++)
        *c = char_lower(*c);
    if (tab && value.n)
        tab[(size_t)(value.p - tab) + value.n] = '\0';
    if (set->n == *cap) {
        *cap = *cap ? *cap * 2 : 256;
        set->entries = mem_resize(set->entries, *cap, sizeof(*set->entries));
    }
    set->entries[set->n++] = (struct entry){start, value.n ? value.p : ""};
}

struct wordset *wordset_load(const char *path, const char *remedy, struct diag_list *diags)
{
    size_t cap = 0;
    struct buf text = {0};
    if (!diag_read_file(diags, path, FILE_LIST_MAX, "this word list", remedy, &text))
        return NULL;
    struct wordset *set = mem_alloc(sizeof(*set));
    set->text = text.p;
    char *line, *rest = set->text;
    while ((line = strsep(&rest, "\n")))
        add_line(set, line, &cap);
    if (set->n)
        qsort(set->entries, set->n, sizeof(*set->entries), by_word);
    return set;
}

void wordset_free(struct wordset **set)
{
    if (!*set)
        return;
    free((*set)->text);
    free((*set)->entries);
    free(*set);
    *set = NULL;
}

static int compare(struct span word, const char *entry)
{
    int c = strncasecmp(word.p, entry, word.n);
    return c ? c : -(int)(entry[word.n] != '\0');
}

static const struct entry *find(const struct wordset *set, struct span word)
{
    size_t low = 0, high = set->n;
    if (word.n == 0)
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = compare(word, set->entries[middle].word);
        if (c == 0)
            return &set->entries[middle];
        if (c < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *wordset_value(const struct wordset *set, struct span word)
{
    const struct entry *e = find(set, word);
    return e ? e->value : NULL;
}

const char *wordset_domain(const struct wordset *set, const char *domain)
{
    while (domain && *domain) {
        const struct entry *e = find(set, span_of(domain));
        if (e)
            return e->word;
        domain = strchr(domain, '.');
        if (domain)
            domain++;
    }
    return NULL;
}

size_t wordset_size(const struct wordset *set)
{
    return set->n;
}

const char *wordset_at(const struct wordset *set, size_t i)
{
    return set->entries[i].word;
}
