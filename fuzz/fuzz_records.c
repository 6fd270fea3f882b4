/*
 * Rows of a store that somebody damaged: every text and JSON is bytes of the input. Reports and consoles show them all
 * the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "report/evidence.h"
#include "report/record_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next text up to a NUL; NULL (not known) where it is empty. */
static const char *next(struct arena *arena, struct span *rest)
{
    struct span one = span_cut(rest, '\0');
    return one.n ? arena_span(arena, text_valid_utf8(arena, one)) : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct span rest = {size ? (const char *)data : "", size};
    struct decision decision = {.id = "0"};
    const char **texts[] = {
        &decision.mail.facts_json,  &decision.mail.rules_json, &decision.mail.lookalikes_json,
        &decision.mail.axes,        &decision.mail.reason,     &decision.mail.from,
        &decision.mail.from_domain, &decision.mail.subject,    &decision.mail.action,
        &decision.mail.verdict,     &decision.mail.sender};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        *texts[i] = next(arena, &rest);
    struct evidence evidence = evidence_read(arena, &decision.mail);
    for (size_t i = 0; i < evidence.n_rules; i++)
        if (!evidence.rules[i].why)
            abort();
    json_t *json = record_decision_json(&decision);
    char *text = json_dumps(json, JSON_COMPACT);
    if (!text)
        abort();
    free(text);
    json_decref(json);
    arena_free(&arena);
    return 0;
}
