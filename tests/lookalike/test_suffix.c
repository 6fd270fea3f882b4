/*
 * Registrable domains: the short cut must say what libpsl says, for every rule of the list and for names above,
 * below and beside each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <idn2.h>
#include <libpsl.h>

#include "lookalike/suffix.h"

static const char *tail(const char *name)
{
    const char *r = suffix_registrable(name, strlen(name));
    return r ? r : "(none)";
}

static void plain_names(void **state)
{
    (void)state;
    assert_string_equal(tail("kestrelvale.com"), "kestrelvale.com");
    assert_string_equal(tail("a.b.kestrelvale.com"), "kestrelvale.com");
    assert_string_equal(tail("a.kestrelvale.co.uk"), "kestrelvale.co.uk");
    assert_string_equal(tail("a.kestrelvale.notasuffix"), "kestrelvale.notasuffix");
    assert_string_equal(tail("com"), "(none)");
    assert_string_equal(tail("co.uk"), "(none)");
    assert_string_equal(tail("kestrelvale.github.io"), "kestrelvale.github.io");
    assert_string_equal(tail("github.io"), "github.io"); /* its owner registered it */
    assert_string_equal(tail("a.b.ck"), "a.b.ck");       /* *.ck */
    assert_string_equal(tail("a.www.ck"), "www.ck");     /* !www.ck */
    assert_string_equal(tail(""), "(none)");
}

/* Who registers this name by libpsl; a private suffix itself is nobody's there and its owner's with us. */
static void compare(const psl_ctx_t *psl, const char *name)
{
    const char *ours = suffix_registrable(name, strlen(name)), *theirs = psl_registrable_domain(psl, name);
    bool nobody = psl_is_public_suffix2(psl, name, PSL_TYPE_ICANN);
    if (theirs ? !ours || strcmp(ours, theirs) != 0 : nobody && ours)
        fail_msg("%s: %s, libpsl says %s", name, ours ? ours : "(none)", theirs ? theirs : "(none)");
}

static unsigned compare_around(const psl_ctx_t *psl, const char *rule)
{
    static const char *const before[] = {"", "x.", "kestrelvale.", "a.b.", "www.kestrelvale.", "-"};
    char name[600];
    unsigned n = 0;
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++, n++) {
        snprintf(name, sizeof(name), "%s%s", before[i], rule);
        compare(psl, name);
    }
    const char *dot = strchr(rule, '.');
    if (dot) {
        snprintf(name, sizeof(name), "x%s", dot);
        compare(psl, name);
        compare(psl, dot + 1);
        n += 2;
    }
    return n;
}

static void every_rule(void **state)
{
    const char *dist = psl_dist_filename();
    char path[512], line[1024];
    unsigned n = 0;
    (void)state;
    snprintf(path, sizeof(path), "%s", dist ? dist : "");
    char *compiled = strstr(path, ".dafsa");
    if (compiled)
        strcpy(compiled, ".dat");
    FILE *f = fopen(path, "r");
    if (!f) /* no list as text: libpsl answers everything, there is nothing to compare */
        skip();
    psl_ctx_t *psl = psl_load_file(path);
    assert_non_null(psl);
    while (fgets(line, sizeof(line), f)) {
        char *ascii = NULL, *rule = line;
        line[strcspn(line, " \t\r\n")] = '\0';
        rule += *rule == '!' ? 1 : strncmp(rule, "*.", 2) == 0 ? 2 : 0;
        if (*rule == '\0' || strncmp(rule, "//", 2) == 0)
            continue;
        assert_int_equal(idn2_to_ascii_8z(rule, &ascii, IDN2_NONTRANSITIONAL), IDN2_OK);
        n += compare_around(psl, ascii);
        idn2_free(ascii);
    }
    fclose(f);
    psl_free(psl);
    assert_true(n > 40000); /* the list has had more than 9,000 rules for years */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain_names), cmocka_unit_test(every_rule)};
    return cmocka_run_group_tests_name("lookalike/suffix", tests, NULL, NULL);
}
