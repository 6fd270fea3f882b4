/*
 * What a mail's attachments are asked about, with real workers: the time there is belongs to all of them.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"

#include "judge/ask.h"

#include "../worker/samples.h"

static void add_part(struct buf *raw, const char *type, const char *name, struct span bytes)
{
    buf_printf(raw,
               "--=\nContent-Type: %s\nContent-Disposition: attachment; filename=\"%s\"\n"
               "Content-Transfer-Encoding: binary\n\n",
               type, name);
    buf_add_span(raw, bytes);
    buf_adds(raw, "\n");
}

static const struct message *ask(struct arena *arena, struct buf *raw)
{
    /* The time of one slow PDF and more: with workers that start under a sanitizer the letter must still be read. */
    const struct worker_options options = {.deadline_ms = 6000, .allow_unsandboxed = true};
    struct services services = {.workers = worker_pool_new(&options, &(char *){NULL})};
    buf_adds(raw, "--=--\n");
    const struct message *m = message_parse(arena, NULL, buf_span(raw), false, &message_limits_default);
    m = ask_attachments(&services, arena, &message_limits_default, m);
    worker_pool_free(&services.workers);
    return m;
}

static const char *status(const struct message *m, const char *name)
{
    for (size_t i = 0; i < m->n_attachments; i++)
        if (strcmp(m->attachments[i].filename, name) == 0)
            return attachment_status_name(m->attachments[i].status);
    return "not there";
}

/* Two PDFs that never end, before a letter that has its words in a PDF too, and one of plain text. */
static void test_starving(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0}, loop = sample("loop.pdf"), letter = sample("letter.pdf");
    buf_adds(&raw, "From: a@a.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=\"\n\n");
    add_part(&raw, "application/pdf", "a.pdf", buf_span(&loop));
    add_part(&raw, "application/pdf", "b.pdf", buf_span(&loop));
    buf_adds(&letter, "\n%"); /* the largest comes last, whatever the order in the mail */
    for (size_t i = 0; i < loop.n; i++)
        buf_addc(&letter, 'x');
    add_part(&raw, "application/pdf", "letter.pdf", buf_span(&letter));
    add_part(&raw, "text/csv", "accounts.csv", SPAN_LIT("Our bank;details\n"));
    const struct message *m = ask(arena, &raw);
    assert_string_equal(status(m, "accounts.csv"), "ok");
    assert_string_equal(status(m, "letter.pdf"), "ok");
    assert_string_equal(status(m, "a.pdf"), "timeout");
    assert_string_equal(status(m, "b.pdf"), "timeout");
    buf_free(&raw);
    buf_free(&loop);
    buf_free(&letter);
    arena_free(&arena);
}

/* The words of the mail open what is locked. */
static void test_locked(void **state)
{
    struct arena *arena = arena_new();
    struct buf raw = {0}, zip = sample("aes.zip");
    buf_adds(&raw, "From: a@a.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=\"\n\n"
                   "--=\n\nPlease open it with the password \"Tulip 7!\".\n");
    add_part(&raw, "application/zip", "letter.zip", buf_span(&zip));
    const struct message *m = ask(arena, &raw);
    assert_string_equal(status(m, "letter.zip"), "ok");
    assert_true(m->texts[m->n_texts - 1].kind == TEXT_ATTACHMENT);
    assert_non_null(strstr(arena_span(arena, m->texts[m->n_texts - 1].text), "Pay to DE89 3704"));
    buf_free(&raw);
    buf_free(&zip);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starving),
        cmocka_unit_test(test_locked),
    };
    message_library_init();
    return cmocka_run_group_tests_name("judge/ask", tests, NULL, NULL);
}
