/*
 * ringer rules stats: from the decisions and the quarantine, how often each rule hit, when last, how much of that
 * mail was held, and how much of what was held people released: those are its false positives. Rules in force
 * that never hit are listed as well.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "policy/packs.h"
#include "report/when.h"
#include "store/quarantine.h"
#include "store/records.h"

#include "cli/cli.h"
#include "cli/rules_stats.h"
#include "cli/storeopt.h"

enum { PAGE = 500, DEFAULT_DAYS = 30, OPT_SINCE = STOREOPT_FREE, OPT_JSON };

static const char usage_text[] =
    "usage: ringer rules stats [OPTION...]\n\n"
    "How often each rule hit since a time, how often it counted, when last, how much of that mail was held, "
    "and\n"
    "how much of what was held was released. FALSE is the share of released mail in what was released or "
    "deleted.\n\n"
    "      --since TIME   90m, 24h, 7d, 2w or 2026-11-01 (default: 30d)\n"
    "      --json         one JSON object a line\n"
    "      --store URL    the store, instead of the configuration's: sqlite:PATH\n"
    "  -c, --config FILE  the configuration\n"
    "  -h, --help         print this text\n";

struct count {
    char *id;
    unsigned long long hits, counted, held, released, deleted;
    int64_t last_ms;
};

struct ids { /* of quarantine items, sorted */
    char (*v)[STORE_ID_SIZE];
    size_t n, cap;
};

struct stats {
    struct storeopt at;
    int64_t since_ms;
    bool json;
    struct store *store;
    struct count *v; /* sorted by id */
    size_t n, cap;
    struct ids released, deleted;
};

static int by_id(const void *a, const void *b)
{
    return strncmp(a, b, STORE_ID_SIZE);
}

static bool has_id(const struct ids *ids, const char *id)
{
    return ids->n && bsearch(id, ids->v, ids->n, sizeof(*ids->v), by_id);
}

/* Page by page: items carry their evidence, and there may be very many. */
static int read_ids(struct stats *s, enum quarantine_state state, struct ids *out)
{
    struct quarantine_filter filter = {.state = state, .since_ms = s->since_ms, .limit = PAGE};
    struct quarantine_list list;
    struct store_error error;
    struct arena *arena = arena_new();
    char before[STORE_ID_SIZE];
    do {
        arena_reset(arena);
        if (store_quarantine_list(s->store, arena, &filter, &list, &error) != 0) {
            arena_free(&arena);
            return storeopt_failed("rules stats", &error);
        }
        for (size_t i = 0; i < list.n; i++) {
            if (out->n == out->cap) {
                out->cap = out->cap ? out->cap * 2 : 64;
                out->v = mem_resize(out->v, out->cap, sizeof(*out->v));
            }
            memcpy(out->v[out->n++], list.v[i].id, STORE_ID_SIZE);
        }
        if (list.n) {
            filter.before_ms = list.v[list.n - 1].mail.time_ms;
            memcpy(before, list.v[list.n - 1].id, STORE_ID_SIZE);
            filter.before_id = before;
        }
    } while (list.n == PAGE);
    arena_free(&arena);
    if (out->n)
        qsort(out->v, out->n, sizeof(*out->v), by_id);
    return EXIT_DONE;
}

static struct count *count_of(struct stats *s, const char *id)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = strcmp(s->v[middle].id, id);
        if (c == 0)
            return &s->v[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 128;
        s->v = mem_resize(s->v, s->cap, sizeof(*s->v));
    }
    memmove(&s->v[low + 1], &s->v[low], (s->n - low) * sizeof(*s->v));
    s->n++;
    s->v[low] = (struct count){.id = mem_strdup(id)};
    return &s->v[low];
}

static int add_decision(void *context, const struct decision *decision)
{
    struct stats *s = context;
    json_t *rules = decision->mail.rules_json ? json_loads(decision->mail.rules_json, 0, NULL) : NULL, *rule;
    size_t i;
    json_array_foreach(rules, i, rule)
    {
        const char *id = json_string_value(json_object_get(rule, "id"));
        if (!id)
            continue;
        struct count *c = count_of(s, id);
        bool counted = json_is_true(json_object_get(rule, "counted")), held = *decision->quarantine_id;
        c->hits++;
        c->counted += counted;
        c->held += counted && held;
        c->released += counted && held && has_id(&s->released, decision->quarantine_id);
        c->deleted += counted && held && has_id(&s->deleted, decision->quarantine_id);
        if (decision->mail.time_ms > c->last_ms)
            c->last_ms = decision->mail.time_ms;
    }
    json_decref(rules);
    return 0;
}

/* Rules in force that nobody has met yet; a configuration that is not valid is no reason to show nothing. */
static void add_rules(struct stats *s)
{
    struct diag_list diags = {0};
    struct policy_packs packs = {0};
    const char *path = s->at.conf_path ? s->at.conf_path : cli_default_config();
    struct conf *conf = conf_load(path, &diags);
    struct ruleset *rules = conf ? policy_packs_load(conf, DIAG_WARNING, &packs, &diags) : NULL;
    for (size_t i = 0; rules && i < ruleset_size(rules); i++)
        count_of(s, ruleset_info(rules, i)->id);
    ruleset_free(&rules);
    arena_free(&packs.arena);
    conf_free(&conf);
    diag_free(&diags);
}

static int most_hits(const void *a, const void *b)
{
    const struct count *x = a, *y = b;
    return x->hits != y->hits ? (x->hits < y->hits) - (x->hits > y->hits) : strcmp(x->id, y->id);
}

static void print_json(const struct count *c)
{
    json_t *json =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "id", c->id, "hits", (json_int_t)c->hits, "counted",
                  (json_int_t)c->counted, "held", (json_int_t)c->held, "released", (json_int_t)c->released,
                  "deleted", (json_int_t)c->deleted, "last_ms", (json_int_t)c->last_ms);
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

static void print_line(const struct count *c)
{
    char last[32] = "never", share[16] = "-";
    time_t t = (time_t)(c->last_ms / 1000);
    struct tm tm;
    if (c->last_ms)
        strftime(last, sizeof(last), "%Y-%m-%d %H:%M", localtime_r(&t, &tm));
    if (c->released + c->deleted)
        snprintf(share, sizeof(share), "%llu%%", 100 * c->released / (c->released + c->deleted));
    printf("%-36s %8llu %8llu %8llu %8llu %6s  %s\n", c->id, c->hits, c->counted, c->held, c->released, share,
           last);
}

static int run(struct stats *s)
{
    struct decision_filter filter = {.since_ms = s->since_ms};
    struct store_error error;
    if (read_ids(s, QUARANTINE_RELEASED, &s->released) != EXIT_DONE ||
        read_ids(s, QUARANTINE_DELETED, &s->deleted) != EXIT_DONE)
        return EXIT_FAILED;
    if (store_decision_each(s->store, &filter, add_decision, s, &error) != 0)
        return storeopt_failed("rules stats", &error);
    add_rules(s);
    if (s->n > 1)
        qsort(s->v, s->n, sizeof(*s->v), most_hits);
    if (!s->json)
        printf("%-36s %8s %8s %8s %8s %6s  %s\n", "ID", "HITS", "COUNTED", "HELD", "RELEASED", "FALSE",
               "LAST HIT");
    for (size_t i = 0; i < s->n; i++)
        (s->json ? print_json : print_line)(&s->v[i]);
    return EXIT_DONE;
}

static int parse(struct stats *s, int argc, char **argv)
{
    static const struct option options[] = {{"since", required_argument, NULL, OPT_SINCE},
                                            {"json", no_argument, NULL, OPT_JSON},
                                            STOREOPT_LONG,
                                            {NULL, 0, NULL, 0}};
    int c;
    optind = 0;
    while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        if (storeopt_take(&s->at, c))
            continue;
        if (c == OPT_JSON)
            s->json = true;
        else if (c != OPT_SINCE || !storeopt_time("rules stats", "--since", optarg, &s->since_ms)) {
            if (c != OPT_SINCE)
                fputs(usage_text, c == 'h' ? stdout : stderr);
            return c == 'h' ? EXIT_DONE : EXIT_USAGE;
        }
    }
    if (optind == argc)
        return -1;
    fputs(usage_text, stderr);
    return EXIT_USAGE;
}

int rules_stats(int argc, char **argv)
{
    struct stats s = {.since_ms = wall_ms() - (int64_t)DEFAULT_DAYS * 24 * 60 * 60 * 1000};
    int code = parse(&s, argc, argv);
    if (code < 0 && (s.store = storeopt_open(&s.at, "rules stats", STORE_RDONLY, false, &code)))
        code = run(&s);
    storeopt_close(&s.at, &s.store);
    for (size_t i = 0; i < s.n; i++)
        free(s.v[i].id);
    free(s.v);
    free(s.released.v);
    free(s.deleted.v);
    return code;
}
