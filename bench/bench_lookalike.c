/*
 * What a lookup costs: p50 and p99 a domain, bytes a name and build time at 1,000 to 1,000,000 protected names, and
 * how they grow. usage: bench/bench_lookalike [NAMES...]
 *
 * The names are made of syllables by a fixed generator, the same in every run. Two kinds of domains are asked, one
 * after the other: such as have nothing to do with the names, which are nearly all that a mail server ever asks, and
 * the budget is theirs; and such as were made from a protected name: half are one or two edits from it, a quarter
 * carry it with a word beside it, a quarter are hosts with several labels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lookalike/lookalike.h"

enum { ASKED = 20000, NAME = 64 };

static uint64_t state;

static uint32_t next(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static void append(char *s, const char *part)
{
    size_t n = strlen(s);
    snprintf(s + n, NAME - n, "%s", part);
}

static void make_name(char *s)
{
    static const char *const onsets[] = {"b",  "br", "c", "ch", "cl", "d", "f", "fr", "g",
                                         "gr", "h",  "k", "l",  "m",  "n", "p", "pl", "r",
                                         "s",  "st", "t", "tr", "v",  "w", "z", ""};
    static const char *const vowels[] = {"a", "e", "i", "o", "u", "ai", "ou", "ie"};
    static const char *const codas[] = {"", "", "", "n", "r", "s", "l", "x", "nd", "ck", "t"};
    static const char *const words[] = {"bank",       "group", "tech",   "industries",
                                        "consulting", "metal", "online", "trade"};
    static const char *const suffixes[] = {".com", ".com",   ".com", ".fr",  ".de",
                                           ".net", ".co.uk", ".it",  ".org", ".es"};
    *s = '\0';
    for (unsigned i = 0, n = 3 + next(2); i < n; i++) {
        append(s, onsets[next(26)]);
        append(s, vowels[next(8)]);
        append(s, codas[next(11)]);
    }
    if (next(4) == 0)
        append(s, next(2) ? "-" : "");
    if (next(4) == 0 || s[strlen(s) - 1] == '-')
        append(s, words[next(8)]);
    append(s, suffixes[next(10)]);
}

static void edit(char *s)
{
    size_t n = strcspn(s, "."), at = 1 + next((uint32_t)n - 1);
    switch (next(3)) {
    case 0:
        s[at - 1] = (char)('a' + next(26));
        break;
    case 1:
        memmove(s + at, s + at + 1, strlen(s + at));
        break;
    default: {
        char c = s[at - 1];
        s[at - 1] = s[at] == '.' ? c : s[at];
        s[at] = s[at] == '.' ? '.' : c;
    }
    }
}

static void make_question(char *s, uint64_t seed, unsigned names, bool alike)
{
    static const char *const beside[] = {"invoice-", "my", "pay-", "group-"};
    char made[NAME];
    uint64_t keep = state;
    unsigned kind = alike ? 4 + next(4) : 0;
    if (kind >= 4) { /* some name of the index: the generator is run again from its beginning */
        uint64_t after = state;
        state = seed;
        for (unsigned i = next(64) % (names < 64 ? names : 64); i-- > 0;)
            make_name(made);
        make_name(made);
        state = after + keep;
    } else {
        make_name(made);
    }
    *s = '\0';
    if (kind == 6)
        append(s, beside[next(4)]);
    if (kind == 7)
        append(s, "mail.secure.");
    append(s, made);
    if (kind == 4 || kind == 5)
        edit(s);
    if (kind == 5)
        edit(s);
    if (kind == 7)
        append(s, ".example.net");
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(double *took, size_t n, unsigned percent)
{
    qsort(took, n, sizeof(*took), by_time);
    return n ? took[n * percent / 100] * 1e6 : 0;
}

static struct lookalike_index *build(unsigned names, uint64_t seed)
{
    struct diag_list diags = {0};
    const char *error;
    char name[NAME];
    struct lookalike_builder *b = lookalike_builder_new();
    state = seed;
    for (unsigned i = 0; i < names; i++) {
        make_name(name);
        lookalike_builder_protect(b, name, RELATION_PARTNER, &error);
    }
    struct lookalike_index *index = lookalike_build(&b, &diags);
    if (!index)
        diag_print(&diags, stderr);
    diag_free(&diags);
    return index;
}

/* p50 / p99 that a lookup may take: budgets, not limits. */
static const char *budget(unsigned names)
{
    return names <= 1000 ? "1/5" : names <= 100000 ? "3/25" : names <= 1000000 ? "25/500" : "-";
}

struct times {
    double p50, p99, found; /* microseconds; a part of 1 */
};

static struct times ask(const struct lookalike_index *index, uint64_t seed, unsigned names, bool alike)
{
    static double took[ASKED];
    struct arena *arena = arena_new();
    struct times times = {0};
    size_t found = 0;
    state = 4711;
    for (unsigned i = 0; i < ASKED; i++) {
        char asked[NAME];
        make_question(asked, seed, names, alike);
        double t = now();
        found += lookalike_match(index, arena, asked)->kind == LOOKALIKE_SUSPECT;
        took[i] = now() - t;
        arena_reset(arena);
    }
    arena_free(&arena);
    times.p50 = percentile(took, ASKED, 50);
    times.p99 = percentile(took, ASKED, 99);
    times.found = (double)found / ASKED;
    return times;
}

static int run(unsigned names)
{
    static double before;
    const uint64_t seed = 42;
    double start = now();
    struct lookalike_index *index = build(names, seed);
    double built = now() - start;
    if (!index)
        return 1;
    struct times plain = ask(index, seed, names, false), alike = ask(index, seed, names, true);
    size_t bytes = lookalike_index_bytes(index), kept = lookalike_index_names(index);
    char growth[16] = "-";
    if (before > 0)
        snprintf(growth, sizeof(growth), "x %.2f", plain.p50 / before);
    before = plain.p50;
    printf("%8zu %7.2f %7.2f %7s %7s %6.1f%% %8.2f %8.2f %6.1f%% %8.0f %8.1f %8.3f\n", kept, plain.p50,
           plain.p99, budget(names), growth, 100 * plain.found, alike.p50, alike.p99, 100 * alike.found,
           (double)bytes / (double)kept, (double)bytes / 1e6, built);
    lookalike_index_free(&index);
    return 0;
}

int main(int argc, char **argv)
{
    static const unsigned sizes[] = {1000, 10000, 100000, 1000000};
    int bad = 0;
    printf("%8s %7s %7s %7s %7s %7s %8s %8s %7s %8s %8s %8s\n", "names", "p50 us", "p99 us", "budget",
           "growth", "found", "like p50", "like p99", "found", "B <= 256", "MB", "build s");
    for (unsigned i = 0; argc < 2 && i < sizeof(sizes) / sizeof(*sizes); i++)
        bad |= run(sizes[i]);
    for (int i = 1; i < argc; i++)
        bad |= run((unsigned)strtoul(argv[i], NULL, 10));
    return bad;
}
