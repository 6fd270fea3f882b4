/*
 * Whole messages through everything but the worker: parse, facts, phrases, rules, verdict. The policy is the
 * shipped one with a few protected names. A message must never crash, and its judgement must be writable.
 */
#include <stdlib.h>
#include <time.h>

#include "judge/judgement.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy *load(void)
{
    struct diag_list diags = {0};
    message_library_init();
    struct policy *policy = policy_load(getenv("RINGER_CONFIG"), &diags);
    if (!policy) {
        diag_print(&diags, stderr);
        abort();
    }
    diag_free(&diags);
    return policy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy *policy;
    static const char *const rcpts[] = {"ap@buyer.example"};
    static const struct envelope envelope = {
        .client_ip = "192.0.2.1", .helo = "x", .mail_from = "a@b.example", .rcpts = rcpts, .n_rcpts = 1};
    if (!policy)
        policy = load();
    struct arena *arena = arena_new();
    const struct message *message =
        message_parse(arena, &envelope, (struct span){(const char *)data, size}, false, &policy->limits);
    struct judgement judgement = judge(policy, NULL, arena, message, (int64_t)time(NULL) * 1000);
    json_t *json = judgement_json(&judgement);
    char *text = json_dumps(json, JSON_COMPACT);
    if (!text)
        abort();
    free(text);
    json_decref(json);
    arena_free(&arena);
    return 0;
}
