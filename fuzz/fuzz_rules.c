/* Rule files: whatever loads is tested and evaluated. */
#include <stdint.h>

#include "rules/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = {0};
    struct ruleset *rules = ruleset_parse("fuzz.yaml", (struct span){(const char *)data, size}, &diags);
    if (rules) {
        struct arena *arena = arena_new();
        ruleset_test(rules, &diags);
        rules_eval(rules, facts_new(arena), arena);
        arena_free(&arena);
    }
    diag_free(&diags);
    ruleset_free(&rules);
    return 0;
}
