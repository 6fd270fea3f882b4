/*
 * Building the index: names in, immutable arrays out. Refuses public suffixes and what is no domain; cuts
 * nothing silently.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include "lookalike/deletes.h"
#include "lookalike/domain.h"
#include "lookalike/index.h"

struct raw {               /* a name with one of its cores */
    uint32_t core, core_n; /* UTF-8 labels, in `labels` */
    struct name name;
    uint32_t form; /* plain form in `forms`; filled at build */
    uint8_t n, n_labels;
    bool alone;
    uint64_t starts;
};

struct raw_affiliate {
    uint32_t ascii, owner; /* in pool; owner 0 = none */
};

struct lookalike_builder {
    struct arena *scratch;
    struct buf pool;   /* becomes the index's */
    struct buf labels; /* what the cores are made of */
    struct raw *raw;
    size_t n, cap, n_domains;
    struct raw_affiliate *affiliates;
    size_t n_affiliates;
};

struct lookalike_builder *lookalike_builder_new(void)
{
    struct lookalike_builder *b = mem_alloc(sizeof(*b));
    b->scratch = arena_new();
    buf_addc(&b->pool, '\0');
    return b;
}

static void builder_free(struct lookalike_builder *b)
{
    arena_free(&b->scratch);
    buf_free(&b->pool);
    buf_free(&b->labels);
    free(b->raw);
    free(b->affiliates);
    free(b);
}

static uint32_t keep(struct buf *pool, const char *s, size_t n)
{
    uint32_t at = (uint32_t)pool->n;
    buf_add(pool, s, n);
    buf_addc(pool, '\0');
    return at;
}

static const char *parse(struct lookalike_builder *b, const char *domain, struct domain *d)
{
    arena_reset(b->scratch);
    domain_parse(b->scratch, domain, d);
    struct span given = span_trim(span_of(domain));
    bool text = text_is_utf8(given);
    for (size_t i = 0; i < given.n; i++)
        text &= (unsigned char)given.p[i] > ' ' && !strchr("@/\\\"'<>()[],;:", given.p[i]);
    if (d->n == 0 || !text)
        return "this is not a domain name";
    if (!d->registrable)
        return "this is a public suffix under which anybody can register; name the domains below it";
    return NULL;
}

static bool skip_www(struct domain *d)
{
    if (d->suffix < 2 || !span_eq(d->label[0], SPAN_LIT("www")))
        return false;
    d->ascii += 4;
    d->unicode += 4;
    memmove(d->label, d->label + 1, (d->n - 1) * sizeof(*d->label));
    d->n--;
    d->suffix--;
    return true;
}

static void add_core(struct lookalike_builder *b, const struct domain *d, struct name name, unsigned first,
                     unsigned end)
{
    if (b->n == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 64;
        b->raw = mem_resize(b->raw, b->cap, sizeof(*b->raw));
    }
    const char *p = d->label[first].p;
    size_t n = (size_t)(d->label[end - 1].p + d->label[end - 1].n - p);
    struct raw *r = &b->raw[b->n++];
    *r = (struct raw){.name = name,
                      .core = keep(&b->labels, p, n),
                      .core_n = (uint32_t)n,
                      .n_labels = (uint8_t)(end - first),
                      .alone = first == 0 && end != d->suffix};
}

int lookalike_builder_protect(struct lookalike_builder *b, const char *domain, enum relation relation,
                              const char **error_r)
{
    struct domain d;
    if ((*error_r = parse(b, domain, &d)))
        return -1;
    if (b->n + 3 >= INDEX_MAX_CORES) {
        *error_r = "there are more protected domains than the index can hold (about a million)";
        return -1;
    }
    bool shortened = skip_www(&d);
    struct span given = span_trim(span_of(domain));
    struct name name = {.relation = (uint8_t)relation};
    name.ascii = keep(&b->pool, d.ascii, strlen(d.ascii));
    bool same = given.n == strlen(d.ascii) && memcmp(given.p, d.ascii, given.n) == 0;
    name.text = same        ? name.ascii
                : shortened ? keep(&b->pool, d.unicode, strlen(d.unicode))
                            : keep(&b->pool, given.p, given.n);
    name.suffix = (uint8_t)(d.suffix_ascii - d.ascii);
    name.registrable = (uint8_t)(d.registrable - d.ascii);
    add_core(b, &d, name, 0, d.suffix);
    if (d.suffix > 1) {
        add_core(b, &d, name, d.suffix - 1, d.suffix);
        if (d.label[0].n >= 5)
            add_core(b, &d, name, 0, 1);
    }
    b->n_domains++;
    return 0;
}

int lookalike_builder_affiliate(struct lookalike_builder *b, const char *domain, const char *affiliate,
                                const char **error_r)
{
    struct domain d;
    uint32_t owner = 0;
    if (domain) {
        if ((*error_r = parse(b, domain, &d)))
            return -1;
        skip_www(&d);
        owner = keep(&b->pool, d.ascii, strlen(d.ascii));
    }
    if ((*error_r = parse(b, affiliate, &d)))
        return -1;
    if (b->n_affiliates == INDEX_MAX_AFFILIATES) {
        *error_r = "there are more affiliates than the index can hold (about two million)";
        return -1;
    }
    skip_www(&d);
    if ((b->n_affiliates & (b->n_affiliates + 1)) == 0)
        b->affiliates = mem_resize(b->affiliates, 2 * (b->n_affiliates + 1), sizeof(*b->affiliates));
    b->affiliates[b->n_affiliates++] =
        (struct raw_affiliate){keep(&b->pool, d.ascii, strlen(d.ascii)), owner};
    return 0;
}

/* --- from raw names to cores */

struct order {
    const char *form;
    const struct raw *raw;
};

static int by_form(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    int c = x->raw->n != y->raw->n ? (int)x->raw->n - (int)y->raw->n : memcmp(x->form, y->form, x->raw->n);
    if (c == 0)
        c = (int)x->raw->alone - (int)y->raw->alone;
    if (c == 0)
        c = (int)x->raw->name.relation - (int)y->raw->name.relation;
    return c ? c : (x->raw->name.ascii > y->raw->name.ascii) - (x->raw->name.ascii < y->raw->name.ascii);
}

static void make_forms(struct lookalike_builder *b, const struct tables *t, struct buf *forms)
{
    struct form f;
    for (size_t i = 0; i < b->n; i++) {
        struct raw *r = &b->raw[i];
        form_make(t, (struct span){b->labels.p + r->core, r->core_n}, false, &f);
        r->form = (uint32_t)forms->n;
        r->n = f.n;
        r->starts = f.starts;
        buf_add(forms, f.plain, f.n);
        buf_addc(forms, '\0');
    }
}

static uint8_t core_flags(const struct tables *t, const char *key, const struct raw *r)
{
    uint8_t flags = 0, level = strset_get(&t->words, key, r->n);
    bool digits = true;
    for (unsigned i = 0; i < r->n; i++)
        digits &= key[i] >= '0' && key[i] <= '9';
    flags |= level & CORE_LEVEL;
    if (digits)
        flags |= CORE_NUMERIC;
    if (r->n_labels > 1)
        flags |= CORE_LABELS;
    if (strset_get(&t->affixes, key, r->n))
        flags |= CORE_AFFIX;
    return r->alone ? flags | CORE_ALONE : flags;
}

static void add_name(struct lookalike_index *x, const struct order *o, struct buf *pool)
{
    const struct raw *r = o->raw;
    struct core *c = x->n_cores ? &x->cores[x->n_cores - 1] : NULL;
    if (!c || c->n != r->n || memcmp(pool->p + c->key, o->form, r->n) != 0) {
        c = &x->cores[x->n_cores++];
        bool leads = strncmp(pool->p + r->name.ascii, o->form, r->n) == 0;
        *c = (struct core){.key = leads ? r->name.ascii : keep(pool, o->form, r->n),
                           .name = x->n_names,
                           .n = r->n,
                           .flags = core_flags(x->tables, o->form, r),
                           .starts = (uint32_t)r->starts};
    } else if (strcmp(pool->p + x->names[x->n_names - 1].ascii, pool->p + r->name.ascii) == 0) {
        return; /* given twice; the better relation came first */
    }
    if (c->names < UINT16_MAX)
        c->names++;
    x->names[x->n_names++] = r->name;
}

static void make_cores(struct lookalike_index *x, struct lookalike_builder *b)
{
    struct buf forms = {0};
    make_forms(b, x->tables, &forms);
    struct order *order = mem_array(b->n + 1, sizeof(*order));
    for (size_t i = 0; i < b->n; i++)
        order[i] = (struct order){forms.p + b->raw[i].form, &b->raw[i]};
    qsort(order, b->n, sizeof(*order), by_form);
    x->cores = mem_array(b->n + 1, sizeof(*x->cores));
    x->names = mem_array(b->n + 1, sizeof(*x->names));
    for (size_t i = 0; i < b->n; i++)
        add_name(x, &order[i], &b->pool);
    free(order);
    buf_free(&forms);
    for (uint32_t i = x->n_cores, n = FORM_MAX + 2; n-- > 0;) {
        while (i > 0 && x->cores[i - 1].n >= n)
            i--;
        x->of_length[n] = i;
    }
    x->cores = mem_resize(x->cores, x->n_cores + 1, sizeof(*x->cores));
    x->names = mem_resize(x->names, x->n_names + 1, sizeof(*x->names));
    x->crowding = mem_array(x->n_cores + 1, sizeof(*x->crowding));
}

/* --- rows */

/* Keys for each bucket, and bits of a filter for two keys: what 256 bytes a name leave room for. */
enum {
    EXACT_BUCKET = 6,
    NEAR_BUCKET = 24,
    LISTED_HALF_BITS = 16,
    NEAR_HALF_BITS = 14,
    INSIDE_HALF_BITS = 16
};

struct row_writer {
    struct rows *rows;
    struct filter *filter;
    bool counting;
};

static void put_row(struct row_writer *w, uint64_t key, uint32_t core)
{
    uint32_t bucket = index_place(key, w->rows->buckets);
    if (w->counting)
        w->rows->start[bucket + 1]++;
    else /* start[bucket] runs up to the beginning of the next bucket */
        w->rows->row[w->rows->start[bucket]++] = (uint32_t)(key & 0xfff) << 20 | core;
}

static void put_filter(struct filter *filter, uint64_t key)
{
    filter->word[index_place(key, filter->words)] |= filter_bits(key);
}

static void put_deletes(const struct lookalike_index *x, struct row_writer *w, uint32_t core)
{
    const struct core *c = &x->cores[core];
    const char *key = index_key(x, c);
    char folded[FORM_MAX];
    uint64_t keys[DELETES_MAX];
    if (!deletes_edits(c->n))
        return;
    for (unsigned i = 0; i < c->n; i++)
        folded[i] = (unsigned char)key[i] < 0x80 ? x->tables->same[(int)key[i]] : key[i];
    unsigned n = deletes_of_name(folded, c->n, keys);
    for (unsigned i = 0; i < n; i++) {
        if (!w->counting)
            put_filter(w->filter, keys[i]);
        put_row(w, index_hash_finish(keys[i], KEY_DELETES), core);
    }
}

static void put_listed(struct row_writer *w, uint64_t key, uint32_t core)
{
    if (!w->counting)
        put_filter(w->filter, key);
    put_row(w, key, core);
}

static void put_exact(const struct lookalike_index *x, struct row_writer *w, uint32_t core)
{
    const struct core *c = &x->cores[core];
    struct form f = {.n = c->n};
    struct listed_keys keys;
    memcpy(f.plain, index_key(x, c), c->n);
    form_skeleton(x->tables, &f);
    index_listed_keys(&f, &keys);
    put_listed(w, keys.skeleton, core);
    if (c->n < KEY_LOOSE_MIN)
        return;
    put_listed(w, keys.loose, core);
    put_listed(w, keys.vowels, core);
}

static void filter_make(struct filter *filter, uint64_t bits)
{
    filter->words = (uint32_t)(bits / 64) + 1;
    filter->word = mem_array(filter->words, sizeof(*filter->word));
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort_bucket(uint32_t *row, uint32_t n)
{
    enum { FEW = 48 };
    if (n > FEW) {
        qsort(row, n, sizeof(*row), by_number);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        uint32_t value = row[i], j = i;
        for (; j > 0 && row[j - 1] > value; j--)
            row[j] = row[j - 1];
        row[j] = value;
    }
}

/* `start` holds the ends. */
static void sort_buckets(struct rows *rows)
{
    for (uint32_t i = 0, begin = 0; i < rows->buckets; begin = rows->start[i++])
        sort_bucket(rows->row + begin, rows->start[i] - begin);
}

typedef void put_core(const struct lookalike_index *x, struct row_writer *w, uint32_t core);

static void make_rows(struct lookalike_index *x, struct row_writer *w, unsigned per_bucket,
                      unsigned filter_bits, put_core *put)
{
    struct rows *rows = w->rows;
    uint32_t all[2] = {0};
    w->counting = true;
    rows->start = all; /* one bucket: the number of all */
    rows->buckets = 1;
    for (uint32_t i = 0; i < x->n_cores; i++)
        put(x, w, i);
    rows->n = all[1];
    rows->buckets = rows->n / per_bucket + 1;
    rows->start = mem_array((size_t)rows->buckets + 2, sizeof(*rows->start));
    for (uint32_t i = 0; i < x->n_cores; i++)
        put(x, w, i);
    for (uint32_t i = 0; i < rows->buckets; i++)
        rows->start[i + 1] += rows->start[i];
    rows->row = mem_array(rows->n + 1, sizeof(*rows->row));
    filter_make(w->filter, (uint64_t)rows->n * filter_bits / 2);
    w->counting = false;
    for (uint32_t i = 0; i < x->n_cores; i++)
        put(x, w, i);
    sort_buckets(rows);
    /* ends are the next ones' starts */
    memmove(rows->start + 1, rows->start, rows->buckets * sizeof(*rows->start));
    rows->start[0] = 0;
}

/* What a lookup sees of every core before it looks at the core itself. */
static void make_summaries(struct lookalike_index *x)
{
    filter_make(&x->inside, (uint64_t)x->n_cores * INSIDE_HALF_BITS);
    x->shortest = FORM_MAX;
    x->letters = mem_array(x->n_cores + 1, sizeof(*x->letters));
    for (uint32_t i = 0; i < x->n_cores; i++) {
        struct form f = {.n = x->cores[i].n};
        memcpy(f.plain, index_key(x, &x->cores[i]), f.n);
        form_skeleton(x->tables, &f);
        x->letters[i] = form_letters(&f);
        put_filter(&x->inside, index_hash_open(f.skel, f.n_skel));
        for (unsigned n = 1; n <= f.n_skel; n++)
            if (index_beginning_ends(n))
                put_filter(&x->inside, index_beginning(index_hash_open(f.skel, n)));
        if (f.n_skel < x->shortest)
            x->shortest = f.n_skel;
        if (f.n_skel > x->longest)
            x->longest = f.n_skel;
    }
}

/* --- genuine names */

static void put_genuine(struct lookalike_index *x, uint32_t at, uint32_t number)
{
    const char *ascii = x->pool + at;
    size_t n = strlen(ascii);
    if (index_genuine(x, ascii, n))
        return;
    uint64_t key = index_hash(ascii, n, KEY_GENUINE);
    uint32_t i = index_place(key, x->genuine_slots);
    while (x->genuine[i])
        i = i + 1 < x->genuine_slots ? i + 1 : 0;
    x->genuine[i] = genuine_fingerprint(key) | (number + 1);
}

static void make_genuine(struct lookalike_index *x, const struct lookalike_builder *b)
{
    uint32_t all = x->n_names + (uint32_t)b->n_affiliates;
    x->genuine_slots = all + all / 2 + 2;
    x->genuine = mem_array(x->genuine_slots, sizeof(*x->genuine));
    x->affiliates = mem_array(b->n_affiliates + 1, sizeof(*x->affiliates));
    for (uint32_t i = 0; i < x->n_names; i++)
        put_genuine(x, x->names[i].ascii, i);
    for (size_t i = 0; i < b->n_affiliates; i++) {
        const struct raw_affiliate *a = &b->affiliates[i];
        const char *owner = x->pool + a->owner;
        uint32_t number = a->owner ? index_genuine(x, owner, strlen(owner)) : 0;
        x->affiliates[i] = (struct affiliate){a->ascii, number ? number - 1 : UINT32_MAX};
        x->n_affiliates++;
        put_genuine(x, a->ascii, x->n_names + (uint32_t)i);
    }
}

struct lookalike_index *lookalike_build_over(struct lookalike_builder **builder,
                                             const struct lookalike_index *base, struct diag_list *diags)
{
    struct lookalike_builder *b = *builder;
    struct lookalike_index *x = NULL;
    const struct tables *tables = tables_get(diags);
    if (tables) {
        x = mem_alloc(sizeof(*x));
        x->tables = tables;
        x->base = base;
        make_cores(x, b);
        x->pool_n = b->pool.n;
        x->pool = mem_resize(b->pool.p, b->pool.n, 1);
        b->pool = (struct buf){0};
        make_rows(x, &(struct row_writer){&x->exact, &x->listed, false}, EXACT_BUCKET, LISTED_HALF_BITS,
                  put_exact);
        make_rows(x, &(struct row_writer){&x->deletes, &x->near, false}, NEAR_BUCKET, NEAR_HALF_BITS,
                  put_deletes);
        make_summaries(x);
        make_genuine(x, b);
    }
    builder_free(b);
    *builder = NULL;
    return x;
}

struct lookalike_index *lookalike_build(struct lookalike_builder **b, struct diag_list *diags)
{
    return lookalike_build_over(b, NULL, diags);
}

void lookalike_index_free(struct lookalike_index **index)
{
    struct lookalike_index *x = *index;
    if (!x)
        return;
    free(x->pool);
    free(x->cores);
    free(x->letters);
    free(x->crowding);
    free(x->names);
    free(x->exact.start);
    free(x->exact.row);
    free(x->deletes.start);
    free(x->deletes.row);
    free(x->genuine);
    free(x->affiliates);
    free(x->listed.word);
    free(x->near.word);
    free(x->inside.word);
    free(x);
    *index = NULL;
}

size_t lookalike_index_names(const struct lookalike_index *x)
{
    size_t n = 0;
    for (uint32_t i = 0; i < x->genuine_slots; i++)
        n += x->genuine[i] && genuine_number(x->genuine[i]) <= x->n_names;
    return n + (x->base ? lookalike_index_names(x->base) : 0);
}

static size_t rows_bytes(const struct rows *rows)
{
    return sizeof(uint32_t) * ((size_t)rows->n + rows->buckets + 1);
}

size_t lookalike_index_bytes(const struct lookalike_index *x)
{
    return sizeof(*x) + x->pool_n +
           x->n_cores * (sizeof(*x->cores) + sizeof(*x->letters) + sizeof(*x->crowding)) +
           x->n_names * sizeof(*x->names) + rows_bytes(&x->exact) + rows_bytes(&x->deletes) +
           sizeof(uint64_t) * ((size_t)x->listed.words + x->near.words + x->inside.words) +
           sizeof(uint32_t) * (size_t)x->genuine_slots + x->n_affiliates * sizeof(*x->affiliates);
}
