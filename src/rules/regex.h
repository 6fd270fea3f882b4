#ifndef RINGER_RULES_REGEX_H
#define RINGER_RULES_REGEX_H
#include <stdbool.h>
#include <stddef.h>

/*
 * Regular expressions of rules (PCRE2, UTF-8): compiled once at load, matched with limits, since the text is
 * hostile and the pattern may be careless.
 */
enum { REGEX_MAX_PATTERN = 4096 };
struct regex;
struct regex_list { /* owns them */
    struct regex *first;
};
/* NULL when it does not compile: *error_r (static or in `error`) says why, *offset_r where. */
const struct regex *regex_compile(struct regex_list *list, const char *pattern, size_t n, bool caseless,
                                  char *error, size_t error_size, size_t *offset_r);
void regex_list_free(struct regex_list *list);

/* One message's matching: a budget that all rules share. Cheap to set up, used by one thread. */
struct regex_run {
    void *data, *context; /* created at the first match */
    unsigned tripped;     /* how many matches hit a limit */
    size_t budget;        /* bytes that may still be looked at */
    int64_t deadline_ns;  /* monotonic; set by the first match */
};
enum regex_result { REGEX_NO, REGEX_YES, REGEX_LIMIT };
void regex_run_init(struct regex_run *run);
void regex_run_renew(struct regex_run *run); /* the full budget again */
void regex_run_deinit(struct regex_run *run);
enum regex_result regex_match(struct regex_run *run, const struct regex *regex, const char *text);

#endif
