/*
 * Whole messages with the texts of their attachments, which are read here as the worker would (PDFs apart): parse,
 * extract, facts, rules, verdict.
 */
#include "judged.h"

#include "worker/codepage.h"
#include "worker/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct attachment_answer read_one(struct arena *arena, const struct message_attachment *a)
{
    struct extraction x = {.sink = {.max = 16384}, .detail = ""};
    extract_document(&x, arena, document_kind(a->sniffed, a->filename, a->bytes), a->bytes);
    struct attachment_answer answer = {
        .status = x.status == WORKER_OK ? ATTACHMENT_READ : ATTACHMENT_BROKEN,
        .text = {arena_strndup(arena, x.sink.text.p ? x.sink.text.p : "", x.sink.text.n), x.sink.text.n}};
    buf_free(&x.sink.text);
    return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct message *message = judged_parse(arena, data, size);
    struct attachment_answer *answers = arena_array(arena, message->n_attachments, sizeof(*answers));
    codepage_preload();
    for (size_t i = 0; i < message->n_attachments; i++)
        answers[i] = read_one(arena, &message->attachments[i]);
    judged_check(arena, message_with_answers(arena, message, answers, &judged_policy()->limits));
    arena_free(&arena);
    return 0;
}
