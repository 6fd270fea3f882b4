/*
 * How surprising a row of letters is: the trigrams of the shipped words and affixes, each smoothed by the bigram
 * below it and that by the letter alone. Refuses nothing: a character that no word has costs the same everywhere.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "lookalike/rarity.h"

enum { BEGINNING = 26, OTHER = 27, OTHER_COST = 5 * RARITY_BIT, SMOOTHING = 5 };

struct counts {
    uint32_t three[RARITY_LETTERS][RARITY_LETTERS][RARITY_LETTERS];
    uint32_t two[RARITY_LETTERS][RARITY_LETTERS], before_two[RARITY_LETTERS][RARITY_LETTERS];
    uint32_t one[RARITY_LETTERS], before_one[RARITY_LETTERS], all;
};

static unsigned letter(char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') : OTHER;
}

static void count(struct counts *counts, const char *p, size_t n)
{
    unsigned a = BEGINNING, b = BEGINNING;
    for (size_t i = 0; i < n; i++) {
        unsigned c = letter(p[i]);
        counts->three[a][b][c]++;
        counts->before_two[a][b]++;
        counts->two[b][c]++;
        counts->before_one[b]++;
        counts->one[c]++;
        counts->all++;
        a = b;
        b = c;
    }
}

/* -log2(p) in sixteenths of a bit, rounded down; without libm. */
static uint8_t bits(double p)
{
    const double step = 1.0442737824274138; /* 2^(1/16) */
    unsigned n = 0;
    for (; p < 0.5 && n < UINT8_MAX - RARITY_BIT; n += RARITY_BIT)
        p *= 2;
    for (; p * step < 1 && n < UINT8_MAX; n++)
        p *= step;
    return (uint8_t)n;
}

static uint8_t cost_of(const struct counts *n, unsigned a, unsigned b, unsigned c)
{
    double one = (n->one[c] + 1.0) / (n->all + RARITY_LETTERS);
    double two = (n->two[b][c] + SMOOTHING * one) / (n->before_one[b] + SMOOTHING);
    double three = (n->three[a][b][c] + SMOOTHING * two) / (n->before_two[a][b] + SMOOTHING);
    return bits(three);
}

void rarity_learn(struct rarity *rarity, const struct strset *const sets[], size_t n_sets)
{
    struct counts *counts = mem_alloc(sizeof(*counts));
    for (size_t s = 0; s < n_sets; s++)
        for (uint32_t i = 0; sets[s]->slots && i <= sets[s]->mask; i++)
            if (sets[s]->slots[i].at)
                count(counts, sets[s]->text + sets[s]->slots[i].at - 1, sets[s]->slots[i].n);
    for (unsigned a = 0; a < RARITY_LETTERS; a++)
        for (unsigned b = 0; b < RARITY_LETTERS; b++)
            for (unsigned c = 0; c < RARITY_LETTERS; c++)
                rarity->cost[a][b][c] = c == OTHER ? OTHER_COST : cost_of(counts, a, b, c);
    free(counts);
}

unsigned rarity_of(const struct rarity *rarity, const char *p, size_t n)
{
    unsigned a = BEGINNING, b = BEGINNING, sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned c = letter(p[i]);
        sum += rarity->cost[a][b][c];
        a = b;
        b = c;
    }
    return sum;
}
