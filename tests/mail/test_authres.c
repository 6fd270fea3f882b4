/* Tests of src/mail/authres.c; the rows "RFC" are the examples of RFC 8601 appendix B and RFC 8617. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include "mail/authres.h"

/* "id/version i=N| method=result{reason} ptype.property=value ...| ..." */
static void write_out(const struct authres *a, struct buf *out)
{
    buf_printf(out, "%s/%u", a->authserv_id, a->version);
    if (a->instance)
        buf_printf(out, " i=%u", a->instance);
    for (size_t i = 0; i < a->n_results; i++) {
        const struct authres_result *r = &a->results[i];
        buf_printf(out, "| %s=%s", r->method, r->result);
        if (r->reason)
            buf_printf(out, "{%s}", r->reason);
        for (size_t k = 0; k < r->n_properties; k++)
            buf_printf(out, " %s.%s=%s", r->properties[k].ptype, r->properties[k].property,
                       r->properties[k].value);
    }
}

static void test_table(void **state)
{
    static const struct {
        const char *in;
        int rc;
        const char *want;
    } rows[] = {
        {" example.org 1; none", 0, "example.org/1"}, /* RFC */
        {" example.com;\r\n          spf=pass smtp.mailfrom=example.net", 0,
         "example.com/1| spf=pass smtp.mailfrom=example.net"}, /* RFC */
        {"example.com;\n  auth=pass (cram-md5) smtp.auth=sender@example.net;\n spf=pass "
         "smtp.mailfrom=example.net",
         0,
         "example.com/1| auth=pass smtp.auth=sender@example.net| spf=pass "
         "smtp.mailfrom=example.net"}, /* RFC */
        {"example.com; dkim=pass reason=\"good signature\" header.i=@mail-router.example.net", 0,
         "example.com/1| dkim=pass{good signature} header.i=@mail-router.example.net"}, /* RFC */
        {"foo.example.net (foobar) 1 (baz);\n dkim (Because I like it) / 1 (One yay) = (wait for it) "
         "fail\n"
         " policy (A dot can go here) . (like that) expired\n (this surprised me) = (as I wasn't "
         "expecting it) 1362471462",
         0, "foo.example.net/1| dkim=fail policy.expired=1362471462"}, /* RFC */
        {"i=1; example.org; arc=none; spf=pass smtp.mfrom=jqd@d1.example", 0,
         "example.org/1 i=1| arc=none| spf=pass smtp.mfrom=jqd@d1.example"}, /* RFC 8617 */
        {"MX.Example.COM; DMARC=Pass (p=REJECT sp=none) header.from=Example.COM;", 0,
         "mx.example.com/1| dmarc=pass header.from=Example.COM"},
        {"mx; dkim=pass header.b=\"a;b=c\"; spf=pass smtp.mailfrom=\"x; dmarc=pass\"@evil.example", 0,
         "mx/1| dkim=pass header.b=a;b=c| spf=pass smtp.mailfrom=x; dmarc=pass@evil.example"},
        {"mx; spf=pass (x; dmarc=pass) smtp.mailfrom=<>", 0, "mx/1| spf=pass smtp.mailfrom=<>"},
        {"mx; spf=none smtp.mailfrom=; dkim=none", 0, "mx/1| spf=none smtp.mailfrom=| dkim=none"},
        {"mx; dkim=pass header.d=a.example header.b=AbC/+9==", 0,
         "mx/1| dkim=pass header.d=a.example header.b=AbC/+9=="},
        {"mx 2; spf=pass", 0, "mx/2| spf=pass"},
        {"", -1, "/1"},
        {"mx; spf", -1, "mx/1"},
        {"mx; none spf=pass", -1, "mx/1"},
        {"mx; spf=pass (open", -1, "mx/1"},
        {"mx; spf=pass smtp.mailfrom=\"open", -1, "mx/1"},
        {"mx; dkim=pass; spf=pass smtp", -1, "mx/1| dkim=pass"},
        {"mx spf=pass", -1, "mx/1"},
        {"i=x; mx; spf=pass", -1, "/1"},
        {"i=99999; mx; spf=pass", -1, "/1"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct authres a;
        struct buf out = {0};
        assert_int_equal(authres_parse(arena, span_of(rows[i].in), &a), rows[i].rc);
        write_out(&a, &out);
        assert_string_equal(out.p, rows[i].want);
        buf_free(&out);
        arena_free(&arena);
    }
}

static void test_lookup(void **state)
{
    struct arena *arena = arena_new();
    struct authres a;
    assert_int_equal(
        authres_parse(arena, SPAN_LIT("mx; dkim=fail header.d=a; dkim=pass header.d=b; spf=pass"), &a), 0);
    assert_string_equal(authres_find(&a, "dkim")->result, "fail");
    assert_string_equal(authres_property(authres_find(&a, "dkim"), "header", "d"), "a");
    assert_null(authres_property(authres_find(&a, "dkim"), "header", "i"));
    assert_null(authres_find(&a, "dmarc"));
    arena_free(&arena);
}

static void test_too_much_is_cut(void **state)
{
    struct arena *arena = arena_new();
    struct buf in = {0};
    struct authres a;
    buf_adds(&in, "mx");
    for (int i = 0; i < 5000; i++)
        buf_adds(&in, "; spf=pass");
    for (int i = 0; i < 5000; i++)
        buf_adds(&in, " a.b=c");
    assert_int_equal(authres_parse(arena, buf_span(&in), &a), 0);
    assert_int_equal(a.n_results, 64);
    buf_clear(&in);
    for (int i = 0; i < 100000; i++)
        buf_addc(&in, '(');
    assert_int_equal(authres_parse(arena, buf_span(&in), &a), -1);
    buf_free(&in);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_too_much_is_cut),
    };
    return cmocka_run_group_tests_name("authres", tests, NULL, NULL);
}
