/*
 * PCRE2 with limits. A match that trips one is neither "yes" nor "no" but unknown, and after a few of them the
 * rest of the message is not matched any more: a rule must not let a sender buy time.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "rules/regex.h"

enum {
    MATCH_LIMIT = 50000,      /* steps of one match: well below a millisecond */
    DEPTH_LIMIT = 1000,       /* nested backtracking without JIT */
    HEAP_LIMIT = 1024,        /* KiB, without JIT */
    MAX_TRIPPED = 4,          /* then matching stops for this message */
    MAX_SUBJECT = 64 * 1024,  /* bytes; subjects, names and addresses are far shorter */
    BUDGET = 8 * 1024 * 1024, /* bytes of subject a message: 1,000 rules over 8 KiB each */
    MAX_MILLISECONDS = 100    /* a message, all patterns: a thousand times what the shipped rules need */
};

struct regex {
    struct regex *next;
    pcre2_code *code;
};

const struct regex *regex_compile(struct regex_list *list, const char *pattern, size_t n, bool caseless,
                                  char *error, size_t error_size, size_t *offset_r)
{
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C |
                       (caseless ? PCRE2_CASELESS : 0);
    int code;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern, n, options, &code, offset_r, NULL);
    if (!compiled) {
        pcre2_get_error_message(code, (PCRE2_UCHAR *)error, error_size);
        return NULL;
    }
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* without JIT it is only slower */
    struct regex *regex = mem_alloc(sizeof(*regex));
    *regex = (struct regex){list->first, compiled};
    list->first = regex;
    return regex;
}

void regex_list_free(struct regex_list *list)
{
    while (list->first) {
        struct regex *regex = list->first;
        list->first = regex->next;
        pcre2_code_free(regex->code);
        free(regex);
    }
}

void regex_run_init(struct regex_run *run)
{
    *run = (struct regex_run){.budget = BUDGET};
}

void regex_run_renew(struct regex_run *run)
{
    run->tripped = 0;
    run->budget = BUDGET;
    run->deadline_ns = 0;
}

void regex_run_deinit(struct regex_run *run)
{
    pcre2_match_data_free(run->data);
    pcre2_match_context_free(run->context);
    *run = (struct regex_run){0};
}

/* Patterns that each stay just below their limit must not add up. */
static bool in_time(struct regex_run *run)
{
    int64_t now = monotonic_ns();
    if (run->deadline_ns == 0)
        run->deadline_ns = now + MAX_MILLISECONDS * INT64_C(1000000);
    return now < run->deadline_ns;
}

static bool set_up(struct regex_run *run)
{
    if (!run->data)
        run->data = pcre2_match_data_create(1, NULL);
    if (!run->context && (run->context = pcre2_match_context_create(NULL))) {
        pcre2_set_match_limit(run->context, MATCH_LIMIT);
        pcre2_set_depth_limit(run->context, DEPTH_LIMIT);
        pcre2_set_heap_limit(run->context, HEAP_LIMIT);
    }
    return run->data && run->context;
}

enum regex_result regex_match(struct regex_run *run, const struct regex *regex, const char *text)
{
    size_t n = strnlen(text, MAX_SUBJECT + 1);
    bool cut = n > MAX_SUBJECT;
    n = cut ? MAX_SUBJECT : n;
    if (run->tripped >= MAX_TRIPPED || run->budget < n || !set_up(run) || !in_time(run)) {
        run->tripped++;
        return REGEX_LIMIT;
    }
    run->budget -= n;
    int found = pcre2_match(regex->code, (PCRE2_SPTR)text, n, 0, 0, run->data, run->context);
    if (found >= 0)
        return REGEX_YES;
    if (found == PCRE2_ERROR_NOMATCH && !cut)
        return REGEX_NO;
    run->tripped++;
    return REGEX_LIMIT;
}
