/*
 * Whole messages with the texts of their attachments, which are read here as the worker would (PDFs apart): parse,
 * extract, facts, rules, verdict.
 */
#include <stdlib.h>

#include "judge/judgement.h"
#include "policy/policy.h"
#include "worker/codepage.h"
#include "worker/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy *load(void)
{
    struct diag_list diags = {0};
    message_library_init();
    codepage_preload();
    struct policy *policy = policy_load(getenv("RINGER_CONFIG"), &diags);
    if (!policy) {
        diag_print(&diags, stderr);
        abort();
    }
    diag_free(&diags);
    return policy;
}

static struct attachment_answer read_one(struct arena *arena, const struct message_attachment *a)
{
    struct extraction x = {.sink = {.max = 16384}, .detail = ""};
    extract_document(&x, arena, document_kind(a->sniffed, a->filename, a->bytes), a->bytes);
    struct attachment_answer answer = {
        x.status == WORKER_OK ? ATTACHMENT_READ : ATTACHMENT_BROKEN,
        {arena_strndup(arena, x.sink.text.p ? x.sink.text.p : "", x.sink.text.n), x.sink.text.n}};
    buf_free(&x.sink.text);
    return answer;
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
    struct attachment_answer *answers = arena_array(arena, message->n_attachments, sizeof(*answers));
    for (size_t i = 0; i < message->n_attachments; i++)
        answers[i] = read_one(arena, &message->attachments[i]);
    message = message_with_answers(arena, message, answers, &policy->limits);
    struct judgement judgement = judge(policy, NULL, arena, message, 1800000000000);
    json_t *json = judgement_json(&judgement);
    char *text = json_dumps(json, JSON_COMPACT);
    if (!text)
        abort();
    free(text);
    json_decref(json);
    arena_free(&arena);
    return 0;
}
