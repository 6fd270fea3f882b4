/*
 * Where the points of a lookalike's score come from (src/lookalike/points.def): for each kind of finding a ridge
 * logistic regression of the engine's features, on domains that are known to imitate against domains that are known
 * to be harmless. Run it on your own data to see what the shipped points find there, or to fit points of your own:
 *
 *   bench/fit_lookalike PROTECTED HARMLESS LABELLED...             held-out figures and the curve
 *   bench/fit_lookalike -p PROTECTED HARMLESS LABELLED...          new points.def on standard output
 *
 * PROTECTED and HARMLESS have one domain a line, LABELLED a domain, TAB, the domain that it imitates; more fields are
 * not read. LABELLED=WEIGHT counts every row of that file so often (the shipped fit: typosquats ten times). With each LABELLED file its own targets are
 * protected as well; harmless domains that are protected are left out.
 *
 * What lies near a name is counted in data/lookalike/crowd.txt, so harmless domains must not be in it:
 * `bench/lookalike_figures.py DATA --halves FOLDER` deals a list into a crowd (FOLDER/0, for RINGER_DATADIR) and harmless
 * domains (FOLDER/harmless0).
 *
 * Held out: labelled rows are dealt into folds by their target and harmless ones by themselves, so no row is judged
 * by points that were fitted to it or to another row of its target; the engine itself judges, guards and all. Only
 * findings in the registrable label are fitted: no list of harmless domains has host names. Targets of many rows are
 * damped. Of each domain the leading finding counts, so the first round is fitted to all findings and the next ones
 * to the leaders of the round before. The points in use have no part in it but those that are set by hand.
 *
 * The scale: for each kind of finding -a says how many of 10,000 harmless domains may reach 50 (weak) and 70 (strong).
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lookalike/lookup.h"

#include "logistic.h"
#include "points_def.h"

enum { MAX_FOLDS = 20, MAX_SETS = 16, ROUNDS = 5, DAMP_FROM = 10, N_KINDS = 3 };

static struct kind {
    const char *name;
    unsigned first, end;
    double weak, strong; /* of 10,000 harmless domains */
} kinds[N_KINDS] = {{"whole", W_BASE, E_BASE, 58, 2.6},
                    {"equal", E_BASE, I_BASE, 24, 0.9},
                    {"inside", I_BASE, N_FEATURES, 80, 3.3}};

struct row {
    char *domain, *target; /* target NULL: harmless */
    unsigned fold;
    double weight;
    int score; /* as the held-out points have it */
    bool right;
};

struct set { /* of rows; the first one is harmless */
    const char *name;
    struct row *rows;
    size_t n;
    struct lookalike_index *index;
};

struct sample { /* a finding in the registrable label */
    uint32_t row;
    uint8_t set, kind, n;
    bool right; /* of the target that the row names */
    uint32_t features;
};

static struct fit {
    struct set sets[MAX_SETS];
    unsigned n_sets, n_folds;
    double ridge;
    struct sample *samples;
    size_t n_samples, samples_cap;
    uint16_t *features; /* of all samples, one behind the other */
    size_t n_features, features_cap;
} fit = {.n_folds = 5, .ridge = 3};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "fit_lookalike: %s: %s\n", what, why);
    exit(1);
}

/* --- reading */

/* Does the owner's name agree? Companies hold theirs under many suffixes. */
static bool same_name(const char *a, const char *b)
{
    size_t n = strcspn(a, ".");
    return n == strcspn(b, ".") && memcmp(a, b, n) == 0;
}

static unsigned fold_of(const char *name, unsigned folds)
{
    return (unsigned)(index_hash(name, strcspn(name, "."), KEY_GENUINE) >> 20) % folds;
}

/* Fields of every line that is not empty; calls `take` with the first two. */
static void read_rows(const char *path, void (*take)(void *context, char *first, char *second), void *context)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    if (!f)
        fail(path, strerror(errno));
    while (getline(&line, &cap, f) >= 0) {
        char *second = line + strcspn(line, "\t\r\n");
        bool more = *second == '\t';
        *second++ = '\0';
        if (more)
            second[strcspn(second, "\t\r\n")] = '\0';
        if (*line)
            take(context, line, more && *second ? second : NULL);
    }
    free(line);
    fclose(f);
}

struct reading_rows {
    struct set *set;
    double weight;
    bool labelled;
    const struct lookalike_index *protected;
};

static void take_row(void *context, char *first, char *second)
{
    struct reading_rows *r = context;
    struct set *s = r->set;
    if (r->labelled ? !second || strcmp(first, second) == 0
                    : index_genuine(r->protected, first, strlen(first)) != 0)
        return;
    if ((s->n & (s->n + 1)) == 0)
        s->rows = mem_resize(s->rows, 2 * (s->n + 1), sizeof(*s->rows));
    s->rows[s->n++] = (struct row){.domain = mem_strdup(first),
                                   .target = second && r->labelled ? mem_strdup(second) : NULL,
                                   .fold = fold_of(r->labelled ? second : first, fit.n_folds),
                                   .weight = r->weight};
}

static void protect(void *context, char *first, char *second)
{
    const char *error; /* what cannot be protected is not protected in a mail server either */
    (void)second;
    lookalike_builder_protect(context, first, RELATION_PARTNER, &error);
}

static int by_target(const void *a, const void *b)
{
    const struct row *const *x = a, *const *y = b;
    return strcmp((*x)->target, (*y)->target);
}

/* The rows in the order of their targets; the caller frees it. */
static struct row **sorted_by_target(const struct set *s)
{
    struct row **order = mem_array(s->n + 1, sizeof(*order));
    for (size_t i = 0; i < s->n; i++)
        order[i] = &s->rows[i];
    qsort(order, s->n, sizeof(*order), by_target);
    return order;
}

static struct lookalike_index *build(const char *path, const struct set *targets)
{
    struct diag_list diags = {0};
    struct lookalike_builder *b = lookalike_builder_new();
    read_rows(path, protect, b);
    if (targets) {
        struct row **order = sorted_by_target(targets);
        for (size_t i = 0; i < targets->n; i++)
            if (i == 0 || strcmp(order[i]->target, order[i - 1]->target) != 0)
                protect(b, order[i]->target, NULL);
        free(order);
    }
    struct lookalike_index *x = lookalike_build(&b, &diags);
    if (!x)
        fail("data/lookalike", "cannot be read; set RINGER_DATADIR to the root of the sources");
    return x;
}

/* A target with many rows says little more than one with a few. */
static void damp(struct set *s)
{
    struct row **order = sorted_by_target(s);
    for (size_t i = 0, j; i < s->n; i = j) {
        for (j = i; j < s->n && strcmp(order[i]->target, order[j]->target) == 0;)
            j++;
        for (size_t k = i; k < j && j - i > DAMP_FROM; k++)
            order[k]->weight /= sqrt((double)(j - i) / DAMP_FROM);
    }
    free(order);
}

static void read_set(const char *argument, const char *protected_path, bool labelled)
{
    struct set *s = &fit.sets[fit.n_sets++];
    char *path = mem_strdup(argument), *equals = strrchr(path, '=');
    struct reading_rows r = {.set = s, .weight = 1, .labelled = labelled};
    if (labelled && equals) {
        *equals = '\0';
        r.weight = atof(equals + 1);
    }
    s->name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    r.protected = s->index = labelled ? NULL : build(protected_path, NULL);
    read_rows(path, take_row, &r);
    if (s->n == 0)
        fail(path, labelled ? "has no line with a domain, TAB, and another as its target" : "has no domain");
    if (!labelled)
        return;
    damp(s);
    s->index = build(protected_path, s);
}

/* --- the findings */

struct watching {
    uint32_t row;
    uint8_t set;
    const char *target;
};

static void watch(const struct query *q, const struct hit *hit, const struct seen *seen)
{
    const struct watching *w = q->watcher;
    struct sample s = {.row = w->row, .set = w->set, .features = (uint32_t)fit.n_features};
    if (seen->place != SEEN_REGISTRABLE)
        return;
    if (fit.n_features + N_FEATURES > fit.features_cap)
        fit.features = mem_resize(fit.features, fit.features_cap = 2 * fit.features_cap + N_FEATURES,
                                  sizeof(*fit.features));
    for (unsigned i = 0; i < N_FEATURES; i++)
        if (feature_is_set(&hit->features, i))
            fit.features[fit.n_features + s.n++] = (uint16_t)i;
    if (s.n == 0)
        return;
    while (fit.features[s.features] >= kinds[s.kind].end)
        s.kind++;
    s.right = w->target && same_name(w->target, hit->index->pool + hit_name(hit)->text);
    if (fit.n_samples == fit.samples_cap)
        fit.samples = mem_resize(fit.samples, fit.samples_cap = 2 * fit.samples_cap + 1024, sizeof(s));
    fit.samples[fit.n_samples++] = s;
    fit.n_features += s.n;
}

static void collect(void)
{
    struct arena *arena = arena_new();
    for (unsigned s = 0; s < fit.n_sets; s++)
        for (size_t i = 0; i < fit.sets[s].n; i++) {
            struct watching w = {(uint32_t)i, (uint8_t)s, fit.sets[s].rows[i].target};
            struct query q = {.index = fit.sets[s].index,
                              .arena = arena,
                              .points = feature_points,
                              .watch = watch,
                              .watcher = &w};
            lookup_match(&q, fit.sets[s].rows[i].domain);
            arena_reset(arena);
        }
    arena_free(&arena);
}

/* --- fitting; `fold` is the one held out, n_folds = none */

static const struct row *row_of(const struct sample *s)
{
    return &fit.sets[s->set].rows[s->row];
}

static double value(const struct sample *s, const double *c)
{
    double sum = 0;
    for (unsigned i = 0; i < s->n; i++)
        sum += c[fit.features[s->features + i]];
    return sum;
}

/* Of each row's findings the highest, or all without coefficients; of labelled rows only those of the right target.
 * The samples of a row are neighbours. Returns how many stand in `lead_r`. */
static size_t leaders(const double *c, unsigned fold, const struct sample **lead_r)
{
    size_t n = 0;
    double best = 0;
    const struct sample *last = NULL;
    for (size_t i = 0; i < fit.n_samples; i++) {
        const struct sample *s = &fit.samples[i];
        if (row_of(s)->fold == fold || (s->set > 0 && !s->right))
            continue;
        double v = c ? value(s, c) : 0;
        bool same = c && last && last->row == s->row && last->set == s->set;
        if (same && v <= best)
            continue;
        last = s;
        best = v;
        lead_r[same ? n - 1 : n++] = s;
    }
    return n;
}

static void fit_kind(unsigned k, const struct sample *const *lead, size_t n, double *c)
{
    const struct kind *kind = &kinds[k];
    struct logistic_row *rows = mem_array(n + 1, sizeof(*rows));
    uint16_t *numbers = mem_array(fit.n_features + 1, sizeof(*numbers)), *next = numbers;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (lead[i]->kind != k)
            continue;
        struct logistic_row *r = &rows[used++];
        *r = (struct logistic_row){
            .features = next, .weight = row_of(lead[i])->weight, .positive = lead[i]->set > 0};
        for (unsigned j = 0; j < lead[i]->n; j++) {
            uint16_t f = fit.features[lead[i]->features + j];
            if (!points_def_by_hand(f))
                next[r->n++] = (uint16_t)(f - kind->first);
        }
        next += r->n;
    }
    if (!logistic_fit(rows, used, kind->end - kind->first, fit.ridge, c + kind->first))
        fail(kind->name, "the regression did not converge: too few rows of this kind, or a ridge too small");
    free(rows);
    free(numbers);
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static double at_rank(const double *values, size_t n, double rank)
{
    size_t i = rank < 1 ? 0 : (size_t)rank - 1;
    return n == 0 ? 0 : i >= n ? values[n - 1] : values[i];
}

/* Points of one kind, so that as many harmless domains as allowed reach 50 and 70. */
static void scale(unsigned k, const struct sample *const *lead, size_t n, unsigned fold, const double *c,
                  int16_t *points)
{
    const struct kind *kind = &kinds[k];
    double *values = mem_array(n + 1, sizeof(*values)), domains = 0;
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (lead[i]->set == 0 && lead[i]->kind == k)
            values[used++] = value(lead[i], c);
    for (size_t i = 0; i < fit.sets[0].n; i++)
        domains += fit.sets[0].rows[i].fold != fold;
    qsort(values, used, sizeof(*values), falling);
    double weak = at_rank(values, used, domains * kind->weak / 1e4),
           strong = at_rank(values, used, domains * kind->strong / 1e4);
    double slope = 200 / (strong > weak ? strong - weak : 1);
    for (unsigned f = kind->first; f < kind->end; f++)
        if (!points_def_by_hand(f))
            points[f] = (int16_t)lrint(slope * c[f]);
    points[kind->first] = (int16_t)lrint(500 + slope * (c[kind->first] - weak));
    free(values);
}

static void fit_points(unsigned fold, int16_t *points)
{
    double c[N_FEATURES];
    const struct sample **lead = mem_array(fit.n_samples + 1, sizeof(*lead));
    for (unsigned i = 0; i < N_FEATURES; i++)
        points[i] = feature_points[i]; /* those that are set by hand stay */
    memset(c, 0, sizeof(c));
    size_t n = leaders(NULL, fold, lead);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned k = 0; k < N_KINDS; k++)
            fit_kind(k, lead, n, c);
        n = leaders(c, fold, lead);
    }
    for (unsigned k = 0; k < N_KINDS; k++)
        scale(k, lead, n, fold, c, points);
    free(lead);
}

/* --- judging */

static void judge(unsigned fold, const int16_t *points)
{
    struct arena *arena = arena_new();
    for (unsigned s = 0; s < fit.n_sets; s++)
        for (size_t i = 0; i < fit.sets[s].n; i++) {
            struct row *row = &fit.sets[s].rows[i];
            struct query q = {.index = fit.sets[s].index, .arena = arena, .points = points};
            if (fold < fit.n_folds && row->fold != fold)
                continue;
            const struct lookalike_result *r = lookup_match(&q, row->domain);
            row->score = r->n_findings ? r->findings[0].score : 0;
            row->right = r->n_findings && row->target && same_name(row->target, r->findings[0].target);
            arena_reset(arena);
        }
    arena_free(&arena);
}

static size_t reach(const struct set *s, int score)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->rows[i].score >= score;
    return n;
}

static void print_figures(const char *title)
{
    printf("%s\n%-24s %7s %8s %8s %8s\n", title, "set", "rows", "strong", "found", "target");
    for (unsigned k = 1; k <= fit.n_sets; k++) {
        const struct set *s = &fit.sets[k % fit.n_sets];
        size_t strong = reach(s, LOOKALIKE_STRONG), found = reach(s, LOOKALIKE_WEAK), right = 0;
        for (size_t i = 0; i < s->n; i++)
            right += s->rows[i].score >= LOOKALIKE_WEAK && s->rows[i].right;
        double all = (double)s->n / (k == fit.n_sets ? 1e4 : 100);
        printf("%-24.24s %7zu %8.2f %8.2f", s->name, s->n, (double)strong / all, (double)found / all);
        if (k < fit.n_sets)
            printf(" %8.2f %%\n", found ? 100.0 * (double)right / (double)found : 0);
        else
            printf("          of 10,000\n");
    }
}

static void print_curve(void)
{
    printf("\nscore  harmless of 10,000");
    for (unsigned s = 1; s < fit.n_sets; s++)
        printf("  %.16s", fit.sets[s].name);
    printf("\n");
    for (int score = 44; score <= 76; score += score < 60 ? 2 : 4) {
        printf("%5d  %18.1f", score, (double)reach(&fit.sets[0], score) * 1e4 / (double)fit.sets[0].n);
        for (unsigned s = 1; s < fit.n_sets; s++)
            printf("  %*.2f", (int)strnlen(fit.sets[s].name, 16),
                   100.0 * (double)reach(&fit.sets[s], score) / (double)fit.sets[s].n);
        printf("\n");
    }
}

/* --- */

static void usage(FILE *out)
{
    fprintf(out, "usage: fit_lookalike [-p] [-f FOLDS] [-r RIDGE] [-a KIND=WEAK,STRONG]...\n"
                 "                     PROTECTED HARMLESS LABELLED[=WEIGHT]...\n"
                 "  -p  print new points for src/lookalike/points.def, fitted to all rows\n"
                 "  -f  folds for the held-out figures (5)\n"
                 "  -r  ridge (3)\n"
                 "  -a  findings allowed among 10,000 harmless domains at 50 and at 70, for each kind:\n");
    for (unsigned k = 0; k < N_KINDS; k++)
        fprintf(out, "        %s=%g,%g\n", kinds[k].name, kinds[k].weak, kinds[k].strong);
}

static bool allow(const char *argument)
{
    size_t n = strcspn(argument, "=");
    for (unsigned k = 0; k < N_KINDS; k++)
        if (strlen(kinds[k].name) == n && memcmp(kinds[k].name, argument, n) == 0)
            return sscanf(argument + n, "=%lf,%lf", &kinds[k].weak, &kinds[k].strong) == 2 &&
                   kinds[k].weak > kinds[k].strong && kinds[k].strong > 0;
    return false;
}

static void hold_out(void)
{
    judge(fit.n_folds, feature_points);
    print_figures("the points in use, which may have been fitted to these rows:");
    for (unsigned fold = 0; fold < fit.n_folds; fold++) {
        int16_t points[N_FEATURES];
        fit_points(fold, points);
        judge(fold, points);
    }
    print_figures("\nheld out:");
    print_curve();
}

static void free_sets(void)
{
    for (unsigned s = 0; s < fit.n_sets; s++) {
        for (size_t i = 0; i < fit.sets[s].n; i++) {
            free(fit.sets[s].rows[i].domain);
            free(fit.sets[s].rows[i].target);
        }
        free(fit.sets[s].rows);
        lookalike_index_free(&fit.sets[s].index);
    }
    free(fit.samples);
    free(fit.features);
}

int main(int argc, char **argv)
{
    bool print = false, good = true;
    for (int option; (option = getopt(argc, argv, "pf:r:a:h")) != -1;) {
        if (option == 'h') {
            usage(stdout);
            return 0;
        }
        print |= option == 'p';
        if (option == 'f')
            good &= (fit.n_folds = (unsigned)atoi(optarg)) >= 2 && fit.n_folds <= MAX_FOLDS;
        if (option == 'r')
            good &= (fit.ridge = atof(optarg)) > 0;
        good &= option != '?' && (option != 'a' || allow(optarg));
    }
    if (!good || argc - optind < 3 || argc - optind > MAX_SETS) {
        usage(stderr);
        return 64;
    }
    read_set(argv[optind + 1], argv[optind], false);
    for (int i = optind + 2; i < argc; i++)
        read_set(argv[i], argv[optind], true);
    collect();
    if (print) {
        int16_t points[N_FEATURES];
        fit_points(fit.n_folds, points);
        points_def_print(stdout, points);
    } else {
        hold_out();
    }
    free_sets();
    return 0;
}
