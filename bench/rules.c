/*
 * What rules cost: load, decide and evaluate N rules that look like the shipped ones over a typical message's
 * facts. usage: bench/rules [RULES [MESSAGES]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "rules/verdict.h"

static const char *const conditions[] = {
    "lookalike.score >= %d and lookalike.score < 70 and from.relation == \"none\"",
    "known(person.name) and from.freemail and not person.near and lookalike.score != %d",
    "request.bank_change >= %d or (request.wire >= 20 and request.wire < 60) or request.payroll > 30",
    "(\"secrecy\" in boosters or \"no-calls\" in boosters) and request.strongest >= %d",
    "count(from.freemail, thread.claimed, request.invoice > %d, message.bulk) >= 3 and not message.list",
    "reply.diverted and not reply.freemail and recipient.count < %d and from.relation in [\"own\", "
    "\"partner\"]",
    "any(attachment.names, item ends_with [\".exe\", \".scr\"]) and message.size > %d",
    "message.subject matches /\\\\b(urgent|overdue) payment %d\\\\b/i",
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct ruleset *load(unsigned n)
{
    struct buf yaml = {0};
    struct diag_list diags = {0};
    buf_adds(&yaml, "rules:\n");
    for (unsigned i = 0; i < n; i++) {
        char *when = NULL;
        const char *form = conditions[i % (sizeof(conditions) / sizeof(*conditions))];
        char *mark = strstr(form, "%d");
        if (asprintf(&when, "%.*s%u%s", (int)(mark - form), form, 1 + i % 69, mark + 2) < 0)
            abort();
        buf_printf(
            &yaml,
            "  - {id: bench.r%u, title: t, axis: context, why: '{from.address} {lookalike.why}', score: 1,\n"
            "     when: \"",
            i);
        for (const char *p = when; *p; p++)
            buf_printf(&yaml, *p == '"' ? "\\%c" : "%c", *p);
        buf_adds(&yaml, "\"}\n");
        free(when);
    }
    double start = seconds();
    struct ruleset *rules = ruleset_parse("bench.yaml", buf_span(&yaml), &diags);
    diag_print(&diags, stderr);
    diag_free(&diags);
    buf_free(&yaml);
    printf("%u rules loaded and decided in %.1f ms\n", n, (seconds() - start) * 1e3);
    return rules;
}

static struct facts *typical(struct arena *arena)
{
    struct facts *facts = facts_new(arena);
    facts_set_int(facts, FACT_LOOKALIKE_SCORE, 0);
    facts_set_int(facts, FACT_MESSAGE_SIZE, 40000);
    facts_set_int(facts, FACT_RECIPIENT_COUNT, 1);
    facts_set_int(facts, FACT_REQUEST_BANK_CHANGE, 0);
    facts_set_int(facts, FACT_REQUEST_WIRE, 0);
    facts_set_int(facts, FACT_REQUEST_PAYROLL, 0);
    facts_set_int(facts, FACT_REQUEST_INVOICE, 25);
    facts_set_int(facts, FACT_REQUEST_STRONGEST, 25);
    facts_set_bool(facts, FACT_FROM_FREEMAIL, false);
    facts_set_bool(facts, FACT_MESSAGE_LIST, false);
    facts_set_bool(facts, FACT_REPLY_DIVERTED, false);
    facts_set_bool(facts, FACT_THREAD_CLAIMED, true);
    facts_set_string(facts, FACT_FROM_RELATION, "partner");
    facts_set_string(facts, FACT_MESSAGE_SUBJECT, "Re: invoice 4711 of last Thursday, second reminder");
    facts_add(facts, FACT_BOOSTERS, "urgency");
    facts_add(facts, FACT_ATTACHMENT_NAMES, "invoice-4711.pdf");
    return facts;
}

int main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 1000,
             messages = argc > 2 ? (unsigned)atoi(argv[2]) : 20000;
    struct ruleset *rules = load(n);
    struct arena *arena = arena_new(), *kept = arena_new();
    if (!rules || messages == 0)
        return 1;
    const struct facts *facts = typical(kept);
    size_t hits = 0;
    double start = seconds();
    for (unsigned i = 0; i < messages; i++) {
        struct rule_hits found = rules_eval(rules, facts, arena);
        hits += verdict_decide(&verdict_policy_default, found, arena).hits.n;
        arena_reset(arena);
    }
    double each = (seconds() - start) / messages;
    printf("%.1f us a message, %.1f ns a rule, %zu hits a message\n", each * 1e6, each / n * 1e9,
           hits / messages);
    arena_free(&arena);
    arena_free(&kept);
    ruleset_free(&rules);
    return 0;
}
