/*
 * Which words of a mail are tried on its locked attachment.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"

#include "judge/passwords.h"

static char *find(struct arena *arena, const char *body)
{
    struct span raw = span_of(arena_printf(
        arena, "From: a@a.example\nSubject: Invoice\nContent-Type: text/plain; charset=utf-8\n\n%s\n", body));
    return arena_span(arena,
                      passwords_find(arena, message_parse(arena, NULL, raw, false, &message_limits_default)));
}

static void test_found(void **state)
{
    static const struct {
        const char *body, *password;
    } rows[] = {
        {"The file is protected. Password: Tulip7!", "Tulip7!"},
        {"The file is protected. Password: Tulip7.", "Tulip7"},
        {"The password for the attachment is \"inv-2026\".", "inv-2026"},
        {"Use this password:\nspring", "spring"},
        {"Das Kennwort lautet »4711«.", "4711"},
        {"Passwort: Tulip 7!\nGruss", "Tulip 7"},
        {"Passwort: Tulip 7!\nGruss", "Tulip 7!"},
        {"open it with the password \"Tulip 7!\".", "Tulip 7!"},
        {"Le mot de passe est 8841", "8841"},
        {"La contraseña es secreto", "secreto"},
        {"密码：1234", "1234"},
        {"To open it, type NT-9921 when asked.", "NT-9921"},
        {"PIN 5521", "5521"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        const char *got = find(arena, rows[i].body);
        if (rows[i].password &&
            !strstr(arena_printf(arena, "\n%s", got), arena_printf(arena, "\n%s\n", rows[i].password)))
            fail_msg("'%s' gives '%s'", rows[i].body, got);
        arena_free(&arena);
    }
}

static void test_bounds(void **state)
{
    struct arena *arena = arena_new();
    struct buf body = {0};
    size_t lines = 0;
    for (int i = 0; i < 500; i++)
        buf_printf(&body, "password: a%d b%d c%d\n", i, i, i);
    for (const char *p = find(arena, arena_span(arena, buf_span(&body))); (p = strchr(p, '\n')); p++)
        lines++;
    assert_int_equal(lines, PASSWORDS_MAX);
    assert_string_equal(find(arena, "Please find our invoice attached, thank you."), "");
    buf_free(&body);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_bounds),
    };
    message_library_init();
    return cmocka_run_group_tests_name("judge/passwords", tests, NULL, NULL);
}
