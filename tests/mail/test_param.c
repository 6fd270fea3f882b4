/* Tests of src/mail/param.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"

#include "mail/param.h"

static void test_table(void **state)
{
    static const struct {
        const char *in, *want; /* name=value(|other reading); */
    } rows[] = {
        {"a/b", ""},
        {"a/b; x=1; Y = \"2; 3\" ;z", "x=1;Y=2; 3;"},
        {"a/b; x=\"a \\\"b\\\\\"", "x=a \"b\\;"},
        {"a/b; x=\"open", "x=open;"},
        {"a/b;; x=1;=2;", "x=1;=2;"},
        /* comments, and what may be one */
        {"a/b (c); (d) x (e) = (f) 1 (g); y=2", "x=1|1 (g);y=2;"},
        {"a/b; x=a(b)c", "x=a|a(b)c;"},
        {"a/b; x=\"a(b)\"", "x=a(b);"},
        {"a/b; x=a(b", "x=a(b;"},
        {"a/b; x=\"a \"", "x=a|a ;"},
        /* RFC 2231 */
        {"a/b; x*=utf-8''a%20b%zz", "x=a b%zz;"},
        {"a/b; x*0=bn; x*1=\"d-1\"", "x=bnd-1;"},
        {"a/b; x*1=2; x*0=1; x*2=3; x*4=5", "x=123;"},
        {"a/b; x*0*=us-ascii'en'a%3B; x*1*=%20b; x*2=%20", "x=a; b%20;"},
        {"a/b; x*0*=plain; x*1=er", "x=plainer;"},
        {"a/b; x*0=a; y=1; X*1=b", "x=ab;y=1;"},
        {"a/b; x*=a'b", "x=a'b;"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct arena *arena = arena_new();
        struct params params;
        struct buf out = {0};
        buf_adds(&out, "");
        params_read(arena, span_of(rows[i].in), &params);
        for (size_t k = 0; k < params.n; k++) {
            const struct param *p = &params.v[k];
            buf_printf(&out, "%.*s=%.*s", (int)p->name.n, p->name.p, (int)p->value.n, p->value.p);
            if (p->other.n)
                buf_printf(&out, "|%.*s", (int)p->other.n, p->other.p);
            buf_adds(&out, ";");
        }
        if (strcmp(out.p, rows[i].want) != 0)
            print_error("row %zu: %s\n", i, rows[i].in);
        assert_string_equal(out.p, rows[i].want);
        buf_free(&out);
        arena_free(&arena);
    }
}

static void test_head(void **state)
{
    struct arena *arena = arena_new();
    assert_true(span_eq(params_head(arena, SPAN_LIT(" text/html (x) ; a=b")), SPAN_LIT("text/html")));
    assert_true(span_eq(params_head(arena, SPAN_LIT("text(a (b))/ html(x)")), SPAN_LIT("text/html")));
    assert_true(span_eq(params_head(arena, SPAN_LIT("base64")), SPAN_LIT("base64")));
    assert_true(span_eq(params_head(arena, SPAN_LIT("")), SPAN_LIT("")));
    arena_free(&arena);
}

static void test_limits(void **state)
{
    struct arena *arena = arena_new();
    struct params params;
    struct buf in = {0};
    for (int i = 0; i < 100000; i++)
        buf_printf(&in, "; x%d*0=%d; x%d*1=a", i, i, i);
    params_read(arena, buf_span(&in), &params);
    assert_in_range(params.n, 1, PARAMS_MAX);
    buf_free(&in);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_head),
                                       cmocka_unit_test(test_limits)};
    return cmocka_run_group_tests_name("param", tests, NULL, NULL);
}
