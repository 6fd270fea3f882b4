/*
 * Proposals. A sender stands once for each rule that led. An entry is ready to paste only when its sender was
 * authentic in all of its messages and wrote on more than one day; others are comments, since an archive may hold frauds
 * that worked.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cli/scan_propose.h"

enum { PROPOSALS_MAX = 10000 /* nobody reads more */, DAY_S = 24 * 3600, YEAR_S = 365 * DAY_S };

struct proposal {
    char *rule, *sender, *why;
    bool is_domain; /* an affiliate, and no allow entry */
    unsigned long long n, authentic;
    int64_t first_s, last_s; /* of dated messages; 0: none */
};

struct proposals {
    struct proposal **v;
    size_t n, cap;
    unsigned long long left_out;
};

/* What led: the highest identity hit that counted, else (accounts may suffice) the highest at all. */
static const struct rule_hit *leader(const struct verdict *v)
{
    const struct rule_hit *first = NULL;
    for (size_t i = 0; i < v->hits.n; i++) {
        const struct rule_hit *hit = &v->hits.v[i];
        if (!hit->counted || hit->score <= 0)
            continue;
        if (hit->axis == AXIS_IDENTITY)
            return hit;
        first = first ? first : hit;
    }
    return first;
}

struct proposal *proposal_of(const struct judgement *j)
{
    const struct rule_hit *hit = j->verdict.action >= ACTION_QUARANTINE ? leader(&j->verdict) : NULL;
    const char *lookalike = facts_text(j->facts, FACT_LOOKALIKE_DOMAIN);
    bool is_domain = hit && hit->group && strcmp(hit->group, "lookalike") == 0 && lookalike;
    const char *sender = is_domain ? lookalike : facts_text(j->facts, FACT_FROM_ADDRESS);
    if (!hit || !sender)
        return NULL;
    struct proposal *p = mem_alloc(sizeof(*p));
    p->rule = mem_strdup(hit->id);
    p->sender = mem_strdup(sender);
    p->why = mem_strdup(hit->why);
    p->is_domain = is_domain;
    p->n = 1;
    p->authentic = facts_bool(j->facts, FACT_AUTH_ALIGNED);
    p->first_s = p->last_s = j->message->date;
    return p;
}

static void proposal_free(struct proposal *p)
{
    free(p->rule);
    free(p->sender);
    free(p->why);
    free(p);
}

static bool is_same(const struct proposal *a, const struct proposal *b)
{
    return a->is_domain == b->is_domain && strcmp(a->rule, b->rule) == 0 && strcmp(a->sender, b->sender) == 0;
}

static void merge(struct proposal *into, const struct proposal *p)
{
    into->n += p->n;
    into->authentic += p->authentic;
    if (p->first_s && (!into->first_s || p->first_s < into->first_s))
        into->first_s = p->first_s;
    if (p->last_s > into->last_s)
        into->last_s = p->last_s;
}

struct proposals *proposals_new(void)
{
    return mem_alloc(sizeof(struct proposals));
}

void proposals_add(struct proposals *all, struct proposal *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < all->n; i++)
        if (is_same(all->v[i], p)) {
            merge(all->v[i], p);
            proposal_free(p);
            return;
        }
    if (all->n == PROPOSALS_MAX) {
        all->left_out++;
        proposal_free(p);
        return;
    }
    if (all->n == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 16;
        all->v = mem_resize(all->v, all->cap, sizeof(struct proposal *));
    }
    all->v[all->n++] = p;
}

/* --- the text */

static void print_day(FILE *out, int64_t seconds)
{
    char day[16] = "?";
    time_t t = (time_t)seconds;
    struct tm tm;
    if (seconds > 0 && gmtime_r(&t, &tm))
        strftime(day, sizeof(day), "%Y-%m-%d", &tm);
    fputs(day, out);
}

/* One line, whatever a sender wrote. */
static void print_line(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' || *text == 127 ? ' ' : *text, out);
}

static void print_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', out);
        fputc((unsigned char)*text < ' ' || *text == 127 ? ' ' : *text, out);
    }
    fputc('\'', out);
}

static bool is_ready(const struct proposal *p)
{
    return p->authentic == p->n && p->last_s / DAY_S > p->first_s / DAY_S;
}

static void print_evidence(FILE *out, const struct proposal *p)
{
    fprintf(out, "    # %s: %llu message%s, %llu authentic, ", p->rule, p->n, p->n == 1 ? "" : "s",
            p->authentic);
    print_day(out, p->first_s);
    fputs(" to ", out);
    print_day(out, p->last_s);
    fputs("\n    #   ", out);
    print_line(out, p->why);
    if (!is_ready(p))
        fputs("\n    #   not proposed: it was not authentic each time, or wrote on one day only", out);
    fputc('\n', out);
}

static void print_entry(FILE *out, const struct proposal *p, int64_t now_s)
{
    fprintf(out, "    %s- ", is_ready(p) ? "" : "# ");
    if (p->is_domain) {
        print_quoted(out, p->sender);
    } else {
        fputs("{from: ", out);
        print_quoted(out, p->sender);
        fputs(", require: aligned, owner: 'YOUR NAME', reason: ", out);
        print_quoted(out, p->rule);
        fputs(", expires: ", out);
        print_day(out, now_s + YEAR_S);
        fputc('}', out);
    }
    fputc('\n', out);
}

static int by_number(const void *a, const void *b)
{
    const struct proposal *x = *(struct proposal *const *)a, *y = *(struct proposal *const *)b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    int order = strcmp(x->sender, y->sender);
    return order ? order : strcmp(x->rule, y->rule);
}

/* A domain that two rules hit stands in the list once. */
static bool stands_above(struct proposal *const *v, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (v[k]->is_domain == v[i]->is_domain && strcmp(v[k]->sender, v[i]->sender) == 0 &&
            is_ready(v[k]) == is_ready(v[i]))
            return true;
    return false;
}

static void print_list(FILE *out, const struct proposals *all, bool domains, const char *head, int64_t now_s)
{
    bool ready = false, any = false;
    for (size_t i = 0; i < all->n; i++) {
        any = any || all->v[i]->is_domain == domains;
        ready = ready || (all->v[i]->is_domain == domains && is_ready(all->v[i]));
    }
    if (!any)
        return;
    fprintf(out, "%s%s\n", head, ready ? "" : " []");
    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i]->is_domain != domains)
            continue;
        print_evidence(out, all->v[i]);
        if (!stands_above(all->v, i))
            print_entry(out, all->v[i], now_s);
    }
}

void proposals_print(const struct proposals *all, unsigned long long messages, int64_t now_s, FILE *out)
{
    unsigned long long held = all->left_out;
    for (size_t i = 0; i < all->n; i++)
        held += all->v[i]->n;
    if (all->n)
        qsort(all->v, all->n, sizeof(struct proposal *), by_number);
    fprintf(
        out,
        "# Of %llu messages enforce mode would have held %llu.\n"
        "# Look at each: what is genuine may be added to the lists of these names in the configuration.\n",
        messages, held);
    print_list(out, all, true, "protect:\n  affiliate-domains:", now_s);
    print_list(out, all, false, "exceptions:\n  allow:", now_s);
    if (all->left_out)
        fprintf(out, "# %llu more are left out\n", all->left_out);
}

void proposals_free(struct proposals **all)
{
    for (size_t i = 0; *all && i < (*all)->n; i++)
        proposal_free((*all)->v[i]);
    if (*all)
        free((*all)->v);
    free(*all);
    *all = NULL;
}
