/* Tests of src/mail/quote.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "mail/quote.h"

/* Segments as "O:text|Q:text|S:text|D:text|", addresses as "from=a@b;" behind. */
static char *split(const char *in, bool quoted)
{
    static const char letters[] = {
        [TEXT_OWN] = 'O', [TEXT_QUOTED] = 'Q', [TEXT_SIGNATURE] = 'S', [TEXT_DISCLAIMER] = 'D'};
    struct arena *arena = arena_new();
    struct quote_result q = quote_split(arena, span_of(in), quoted, true, 100);
    struct buf out = {0};
    buf_adds(&out, "");
    for (size_t i = 0; i < q.n; i++) {
        struct span t = span_trim(q.v[i].text);
        buf_printf(&out, "%c:%.*s|", letters[q.v[i].kind], (int)t.n, t.p);
    }
    for (size_t i = 0; i < q.n_addresses; i++)
        buf_printf(&out, "%s=%s;", q.addresses[i].role, q.addresses[i].mailbox.address);
    arena_free(&arena);
    return out.p;
}

static void check(const char *in, const char *want)
{
    char *got = split(in, false);
    if (strcmp(got, want) != 0)
        print_error("text: %s\n", in);
    assert_string_equal(got, want);
    free(got);
}

static void test_marks(void **state)
{
    check("mine\n> theirs\n>> older\nmine too", "O:mine|Q:theirs\nolder|O:mine too|");
    check(" > theirs", "Q:theirs|");
    check("GS> theirs\nAB > C", "Q:theirs|O:AB > C|");
    check(">From here it is mine", "O:>From here it is mine|");
    check("a > b\nc", "O:a > b\nc|");
    check("", "");
}

/* The reply headers of ten languages, top-posted: all that follows is quoted. */
static void test_attributions(void **state)
{
    static const char *const rows[] = {
        "On Mon, 27 Jul 2026 at 10:04, Ann <ann@example.com> wrote:",
        "On 27/07/2026 10:04, Ann wrote:",
        "Le lun. 27 juil. 2026 \xC3\xA0 10:04, Ann <ann@example.com> a \xC3\xA9"
        "crit :",
        "Le 27/07/2026 \xC3\xA0 10:04, Ann a \xC3\xA9"
        "crit\xC2\xA0:",
        "Am 27.07.2026 um 10:04 schrieb Ann <ann@example.com>:",
        "Ann <ann@example.com> schrieb am Mo., 27. Juli 2026, 10:04:",
        "El lun, 27 jul 2026 a las 10:04, Ann (<ann@example.com>) escribi\xC3\xB3:",
        "Il giorno lun 27 lug 2026 alle ore 10:04 Ann <ann@example.com> ha scritto:",
        "Op ma 27 jul 2026 om 10:04 schreef Ann <ann@example.com>:",
        "Em seg., 27 de jul. de 2026 \xC3\xA0s 10:04, Ann <ann@example.com> escreveu:",
        "pon., 27 lip 2026 o 10:04 Ann <ann@example.com> napisa\xC5\x82(a):",
        "W dniu 27.07.2026 o 10:04, Ann pisze:",
        "Ann <ann@example.com> \xE4\xBA\x8E"
        "2026\xE5\xB9\xB4"
        "7\xE6\x9C\x88"
        "27\xE6\x97\xA5\xE5\x91\xA8\xE4\xB8\x80 10:04\xE5\x86\x99\xE9\x81\x93\xEF\xBC\x9A",
        "Ann <ann@example.com> \xE6\x96\xBC 2026\xE5\xB9\xB4"
        "7\xE6\x9C\x88"
        "27\xE6\x97\xA5 \xE9\x80\xB1\xE4\xB8\x80 \xE4\xB8\x8A\xE5\x8D\x88"
        "10:04\xE5\xAF\xAB\xE9\x81\x93\xEF\xBC\x9A",
        "2026\xE5\xB9\xB4"
        "7\xE6\x9C\x88"
        "27\xE6\x97\xA5(\xE6\x9C\x88) 10:04 Ann <ann@example.com>:",
        "2026/07/27 10:04\xE3\x80\x81"
        "Ann <ann@example.com> \xE3\x81\xAE\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB:",
        "On Mon, 27 Jul 2026 at 10:04, Ann\n<ann@example.com> wrote:",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf in = {0}, want = {0};
        bool address = strchr(rows[i], '@');
        buf_printf(&in, "mine\n\n%s\n\ntheirs\n", rows[i]);
        buf_printf(&want, "O:mine|Q:%s\n\ntheirs|%s", rows[i], address ? "from=ann@example.com;" : "");
        check(in.p, want.p);
        buf_free(&in);
        buf_free(&want);
    }
}

static void test_no_attribution(void **state)
{
    check("As our bank wrote:\nthe account is closed", "O:As our bank wrote:\nthe account is closed|");
    check("On Monday I wrote this. Then:\nx", "O:On Monday I wrote this. Then:\nx|");
    check("IBAN 2026:\nDE89", "O:IBAN 2026:\nDE89|");
}

static void test_inline_replies(void **state)
{
    check("On 1 Jan 2026, Ann <ann@example.com> wrote:\n> question\nmy answer",
          "Q:On 1 Jan 2026, Ann <ann@example.com> wrote:\nquestion|O:my answer|from=ann@example.com;");
    check("> On 1 Jan 2026, Ann <ann@example.com> wrote:\n> question\nmy answer",
          "Q:On 1 Jan 2026, Ann <ann@example.com> wrote:\nquestion|O:my answer|from=ann@example.com;");
}

/* From, date, to and subject as mail programs of ten languages write them. */
static void test_header_blocks(void **state)
{
    static const char *const rows[][4] = {
        {"From", "Sent", "To", "Subject"},
        {"*From", "*Date", "*To", "*Subject"},
        {"De ", "Envoy\xC3\xA9 ", "\xC3\x80 ", "Objet "},
        {"Von", "Gesendet", "An", "Betreff"},
        {"De", "Enviado el", "Para", "Asunto"},
        {"Da", "Inviato", "A", "Oggetto"},
        {"Van", "Verzonden", "Aan", "Onderwerp"},
        {"De", "Enviada em", "Para", "Assunto"},
        {"Od",
         "Wys\xC5\x82"
         "ano",
         "Do", "Temat"},
        {"\xE5\x8F\x91\xE4\xBB\xB6\xE4\xBA\xBA", "\xE5\x8F\x91\xE9\x80\x81\xE6\x97\xB6\xE9\x97\xB4",
         "\xE6\x94\xB6\xE4\xBB\xB6\xE4\xBA\xBA", "\xE4\xB8\xBB\xE9\xA2\x98"},
        {"\xE5\xAF\x84\xE4\xBB\xB6\xE8\x80\x85", "\xE5\xAF\x84\xE4\xBB\xB6\xE6\x97\xA5\xE6\x9C\x9F",
         "\xE6\x94\xB6\xE4\xBB\xB6\xE8\x80\x85", "\xE4\xB8\xBB\xE6\x97\xA8"},
        {"\xE5\xB7\xAE\xE5\x87\xBA\xE4\xBA\xBA", "\xE9\x80\x81\xE4\xBF\xA1\xE6\x97\xA5\xE6\x99\x82",
         "\xE5\xAE\x9B\xE5\x85\x88", "\xE4\xBB\xB6\xE5\x90\x8D"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf in = {0}, want = {0}, block = {0};
        buf_printf(&block,
                   "%s: Ann <ann@example.com>\n%s: 27.07.2026 10:04\n%s: bob@example.org\n%s: x\n\ntheirs",
                   rows[i][0], rows[i][1], rows[i][2], rows[i][3]);
        buf_printf(&in, "mine\n\n%s", block.p);
        buf_printf(&want, "O:mine|Q:%s|from=ann@example.com;to=bob@example.org;", block.p);
        check(in.p, want.p);
        buf_free(&in);
        buf_free(&want);
        buf_free(&block);
    }
    check("mine\n\xE5\x8F\x91\xE4\xBB\xB6\xE4\xBA\xBA\xEF\xBC\x9A"
          "Ann "
          "[mailto:ann@example.com]"
          "\n\xE4\xB8\xBB\xE9\xA2\x98\xEF\xBC\x9Ax\n\xE6\x97\xA5\xE6\x9C\x9F\xEF\xBC\x9Ay",
          "O:mine|Q:\xE5\x8F\x91\xE4\xBB\xB6\xE4\xBA\xBA\xEF\xBC\x9A"
          "Ann "
          "[mailto:ann@example.com]"
          "\n\xE4\xB8\xBB\xE9\xA2\x98\xEF\xBC\x9Ax\n\xE6\x97\xA5\xE6\x9C\x9F\xEF\xBC\x9Ay|from=ann@example."
          "com;");
    check("From: here\nwe go on\nto: there", "O:From: here\nwe go on\nto: there|");
    check("> From: Ann <ann@example.com>\n> Sent: x\n> Subject: y\n> theirs\nmine",
          "Q:From: Ann <ann@example.com>\nSent: x\nSubject: y\ntheirs|O:mine|from=ann@example.com;");
}

static void test_separators(void **state)
{
    check("mine\n-----Original Message-----\ntheirs", "O:mine|Q:-----Original Message-----\ntheirs|");
    check("mine\n-----Message d'origine-----\ntheirs", "O:mine|Q:-----Message d'origine-----\ntheirs|");
    check("mine\n-----Urspr\xC3\xBCngliche Nachricht-----\ntheirs",
          "O:mine|Q:-----Urspr\xC3\xBCngliche Nachricht-----\ntheirs|");
    check("mine\n---------- Forwarded message ---------\ntheirs",
          "O:mine|Q:---------- Forwarded message ---------\ntheirs|");
    check("mine\nBegin forwarded message:\ntheirs", "O:mine|Q:Begin forwarded message:\ntheirs|");
    check("the original message was lost\nmine", "O:the original message was lost\nmine|");
}

static void test_signatures(void **state)
{
    check("mine\n-- \nAnn\nExample Ltd", "O:mine|S:-- \nAnn\nExample Ltd|");
    check("mine\n\nBest regards,\nAnn", "O:mine|S:Best regards,\nAnn|");
    check("mine\n\nMit freundlichen Gr\xC3\xBC\xC3\x9F"
          "en\nAnn",
          "O:mine|S:Mit freundlichen Gr\xC3\xBC\xC3\x9F"
          "en\nAnn|");
    check("mine\nBest regards,\nAnn\n\nPS: our bank details have changed",
          "O:mine\nBest regards,\nAnn\n\nPS: our bank details have changed|");
    check("mine\n-- \nAnn\n\n> theirs", "O:mine|S:-- \nAnn|Q:theirs|");
    check("Thanks\nfor the invoice, which we have passed on to the people in the accounts department who "
          "will look into "
          "it and come back to you.",
          "O:Thanks\nfor the invoice, which we have passed on to the people in the accounts department who "
          "will look into "
          "it and come back to you.|");
}

/* Text does not become harmless by standing behind "-- ". */
static void test_long_signature_is_own(void **state)
{
    struct buf in = {0};
    buf_adds(&in, "hi\n-- \n");
    for (int i = 0; i < 30; i++)
        buf_adds(&in, "please pay\n");
    char *got = split(in.p, false);
    assert_true(strncmp(got, "O:hi", 4) == 0 && !strstr(got, "S:"));
    free(got);
    buf_free(&in);
}

static void test_disclaimers(void **state)
{
    static const char footer[] =
        "This e-mail is confidential and only for the intended recipient. If you have received "
        "this e-mail in error please delete it.";
    struct buf in = {0}, want = {0};
    buf_printf(&in, "mine\n\nRegards\nAnn\n\n%s", footer);
    buf_printf(&want, "O:mine|S:Regards\nAnn|D:%s|", footer);
    check(in.p, want.p);
    check("mine\n\nCe message est confidentiel. Si vous n'en \xC3\xAAtes pas le destinataire, merci de le "
          "supprimer.",
          "O:mine|D:Ce message est confidentiel. Si vous n'en \xC3\xAAtes pas le destinataire, merci de le "
          "supprimer.|");
    check(
        "mine\n\n_______________________________________________\nlist mailing list\nhttp://list.example",
        "O:mine|D:_______________________________________________\nlist mailing list\nhttp://list.example|");
    check(footer, (buf_clear(&want), buf_printf(&want, "O:%s|", footer), want.p)); /* all that is there */
    buf_free(&in);
    buf_free(&want);
}

static void test_all_quoted(void **state)
{
    char *got = split("hello\nFrom: Ann <ann@example.com>\nSent: x\nSubject: y\n-- \nAnn", true);
    assert_string_equal(
        got, "Q:hello\nFrom: Ann <ann@example.com>\nSent: x\nSubject: y\n-- \nAnn|from=ann@example.com;");
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),          cmocka_unit_test(test_attributions),
        cmocka_unit_test(test_no_attribution), cmocka_unit_test(test_inline_replies),
        cmocka_unit_test(test_header_blocks),  cmocka_unit_test(test_separators),
        cmocka_unit_test(test_signatures),     cmocka_unit_test(test_long_signature_is_own),
        cmocka_unit_test(test_disclaimers),    cmocka_unit_test(test_all_quoted),
    };
    return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
