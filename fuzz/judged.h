#ifndef RINGER_FUZZ_JUDGED_H
#define RINGER_FUZZ_JUDGED_H
#include <stdlib.h>

#include "judge/judgement.h"
#include "policy/policy.h"

/* What the targets share that judge whole messages. The policy is the shipped one with a few protected names. */
static const struct policy *judged_policy(void)
{
    static struct policy *policy;
    struct diag_list diags = {0};
    if (policy)
        return policy;
    message_library_init();
    policy = policy_load(getenv("RINGER_CONFIG"), &diags);
    if (!policy) {
        diag_print(&diags, stderr);
        abort();
    }
    diag_free(&diags);
    return policy;
}

static const struct message *judged_parse(struct arena *arena, const uint8_t *data, size_t size)
{
    static const char *const rcpts[] = {"ap@buyer.example"};
    static const struct envelope envelope = {
        .client_ip = "192.0.2.1", .helo = "x", .mail_from = "a@b.example", .rcpts = rcpts, .n_rcpts = 1};
    return message_parse(arena, &envelope, (struct span){(const char *)data, size}, false,
                         &judged_policy()->limits);
}

/* A judgement must come, and be writable. */
static void judged_check(struct arena *arena, const struct message *message)
{
    struct judgement judgement = judge(judged_policy(), NULL, arena, message, 1800000000000);
    json_t *json = judgement_json(&judgement);
    char *text = json_dumps(json, JSON_COMPACT);
    if (!text)
        abort();
    free(text);
    json_decref(json);
}

#endif
