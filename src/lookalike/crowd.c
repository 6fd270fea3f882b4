/*
 * The crowd: labels of popular domains in one text, by length, so that those within two edits of a name stand
 * together and those that hold it are found by searching the rest of the text.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "lookalike/crowd.h"
#include "lookalike/pattern.h"
#include "lookalike/skeleton.h"

enum { EDITS = 2 };

struct crowd {
    char *text;   /* labels above the suffix without hyphens, each with a dot behind it, the shortest first */
    uint32_t *at; /* where each begins; at[n] is the end */
    uint64_t *letters;                /* of each: form_letters */
    uint32_t of_length[FORM_MAX + 2]; /* the first label of that length or longer */
    uint32_t n;
};

struct label {
    char text[FORM_MAX + 1];
    uint8_t n;
    uint64_t letters;
};

static int by_length(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    return x->n != y->n ? (int)x->n - (int)y->n : memcmp(x->text, y->text, x->n);
}

/* The labels of all domains; internationalised ones say nothing about plain names. */
static uint32_t read_labels(const struct tables *tables, struct label *labels)
{
    uint32_t n = 0;
    const struct strset *domains = &tables->crowd;
    for (uint32_t i = 0; domains->slots && i <= domains->mask; i++) {
        const struct strset_slot *slot = &domains->slots[i];
        struct span domain = {domains->text + slot->at - 1, slot->n}, label = span_cut(&domain, '.');
        struct form form;
        if (slot->at == 0 || (label.n >= 4 && memcmp(label.p, "xn--", 4) == 0))
            continue;
        form_make(tables, label, false, &form);
        memcpy(labels[n].text, form.plain, form.n + 1u);
        labels[n].n = form.n;
        labels[n].letters = form_letters(&form);
        n += form.n > 0;
    }
    qsort(labels, n, sizeof(*labels), by_length);
    return n;
}

static struct crowd *arrange(const struct tables *tables)
{
    struct crowd *crowd = mem_alloc(sizeof(*crowd));
    struct label *labels = mem_array(tables->crowd.n + 1, sizeof(*labels));
    uint32_t n = read_labels(tables, labels), end = 0, longer = 0;
    crowd->n = n;
    crowd->at = mem_array(n + 1, sizeof(*crowd->at));
    crowd->letters = mem_array(n + 1, sizeof(*crowd->letters));
    crowd->text = mem_array((size_t)n * (FORM_MAX + 1) + 1, 1);
    for (uint32_t i = 0; i < n; i++) {
        for (; longer <= labels[i].n; longer++)
            crowd->of_length[longer] = i;
        crowd->at[i] = end;
        crowd->letters[i] = labels[i].letters;
        memcpy(crowd->text + end, labels[i].text, labels[i].n);
        end += labels[i].n;
        crowd->text[end++] = '.';
    }
    crowd->at[n] = end;
    for (; longer < sizeof(crowd->of_length) / sizeof(*crowd->of_length); longer++)
        crowd->of_length[longer] = n;
    crowd->text = mem_resize(crowd->text, end + 1u, 1);
    free(labels);
    return crowd;
}

/* Kept as long as the tables, which are one for the whole process. */
static const struct crowd *crowd_of(const struct tables *tables)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct crowd *shared;
    pthread_mutex_lock(&lock);
    if (!shared)
        shared = arrange(tables);
    pthread_mutex_unlock(&lock);
    return shared;
}

static void count_near(const struct crowd *crowd, const struct tables *tables, const char *key, unsigned n,
                       struct crowd_count *count)
{
    struct form form = {.n = (uint8_t)n};
    struct pattern pattern;
    memcpy(form.plain, key, n);
    form_skeleton(tables, &form);
    uint64_t letters = form_letters(&form);
    pattern_make(&pattern, tables->pattern, key, n);
    uint32_t end = crowd->of_length[n + EDITS < FORM_MAX ? n + EDITS + 1 : FORM_MAX + 1];
    for (uint32_t i = crowd->of_length[n > EDITS ? n - EDITS : 1]; i < end; i++) {
        if (letters_differ(crowd->letters[i], letters) > 2 * EDITS)
            continue;
        const char *label = crowd->text + crowd->at[i];
        unsigned length = crowd->at[i + 1] - crowd->at[i] - 1;
        if (length == n && memcmp(label, key, n) == 0) {
            count->equal++;
            continue;
        }
        unsigned edits = pattern_edits(&pattern, tables->pattern, label, length);
        count->one += edits <= 1;
        count->two += edits <= EDITS;
    }
}

static void count_within(const struct crowd *crowd, const char *key, unsigned n, struct crowd_count *count)
{
    const char *end = crowd->text + crowd->at[crowd->n];
    const char *p = crowd->text + crowd->at[crowd->of_length[n + 1 <= FORM_MAX ? n + 1 : FORM_MAX + 1]];
    while ((p = memmem(p, (size_t)(end - p), key, n))) {
        count->within++;
        p = memchr(p, '.', (size_t)(end - p)); /* each label ends with one */
    }
}

struct crowd_count crowd_count(const struct tables *tables, const char *key, unsigned n)
{
    const struct crowd *crowd = crowd_of(tables);
    struct crowd_count count = {.all = crowd->n};
    if (n == 0 || n > FORM_MAX || crowd->n == 0)
        return count;
    count_near(crowd, tables, key, n, &count);
    count_within(crowd, key, n, &count);
    return count;
}
