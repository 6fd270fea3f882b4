/*
 * The parts of the engine one by one: Punycode, domains, skeletons, distances.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lookalike/deletes.h"
#include "lookalike/distance.h"
#include "lookalike/domain.h"
#include "lookalike/pattern.h"
#include "lookalike/punycode.h"
#include "lookalike/segment.h"
#include "lookalike/skeleton.h"

static const struct tables *tables;

static int set_up(void **state)
{
    struct diag_list diags = {0};
    tables = tables_get(&diags);
    return tables ? 0 : -1;
}

static void punycode(void **state)
{
    static const uint32_t bucher[] = {'b', 0xfc, 'c', 'h', 'e', 'r'};
    char ace[64];
    uint32_t back[64];
    size_t n, m;
    assert_true(punycode_encode(bucher, 6, ace, sizeof(ace), &n));
    assert_int_equal(n, 9);
    assert_memory_equal(ace, "bcher-kva", 9);
    assert_true(punycode_decode(ace, n, back, 64, &m));
    assert_int_equal(m, 6);
    assert_memory_equal(back, bucher, sizeof(bucher));
    assert_false(punycode_decode("bcher-kva", 9, back, 3, &m));
    assert_false(punycode_decode("99999999", 8, back, 64, &m));
    assert_false(punycode_decode("a-\xc3\xa9", 4, back, 64, &m));
    assert_false(punycode_encode(bucher, 6, ace, 8, &n));
}

static void domains(void **state)
{
    static const struct {
        const char *name, *ascii, *registrable;
        bool valid;
    } cases[] = {
        {"Mail.Kestrelvale.COM.", "mail.kestrelvale.com", "kestrelvale.com", true},
        {"a.b.kestrelvale.co.uk", "a.b.kestrelvale.co.uk", "kestrelvale.co.uk", true},
        {"b\xc3\xbc"
         "cher.example",
         "xn--bcher-kva.example", "xn--bcher-kva.example", true},
        {"a\xe3\x80\x82kestrelvale\xef\xbc\x8e"
         "com",
         "a.kestrelvale.com", "kestrelvale.com", true},
        {"co.uk", "co.uk", NULL, true},
        {"github.io", "github.io", "github.io", true},
        {"x.github.io", "x.github.io", "x.github.io", true},
        {"bad label.com", "bad label.com", "bad label.com", false},
        {"xn--0.com", "xn--0.com", "xn--0.com", false},
        {"", "", NULL, false},
        {"...", "", NULL, false},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct domain d;
        domain_parse(arena, cases[i].name, &d);
        assert_string_equal(d.ascii, cases[i].ascii);
        assert_int_equal(d.valid, cases[i].valid);
        if (cases[i].registrable)
            assert_string_equal(d.registrable, cases[i].registrable);
        else
            assert_null(d.registrable);
    }
    arena_free(&arena);
}

static void skeletons(void **state)
{
    static const char *const same[][2] = {{"kestrelvale", "kestre1va1e"},
                                          {"modem", "rnodern"},
                                          {"vvater", "water"},
                                          {"clever", "dever"},
                                          {"g00gle", "google"},
                                          {"\xd1\x80\xd0\xb0ypal", "paypal"},
                                          {"caf\xc3\xa9", "cafe"},
                                          {"smbc-card", "smbccard"}};
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        struct form a, b;
        form_make(tables, span_of(same[i][0]), false, &a);
        form_make(tables, span_of(same[i][1]), false, &b);
        assert_string_equal(a.skel, b.skel);
    }
    struct form a, b;
    form_make(tables, span_of("example"), false, &a);
    form_make(tables, span_of("exapmle"), false, &b);
    assert_string_not_equal(a.skel, b.skel);
}

static unsigned cost(const char *seen, const char *genuine, unsigned *kind)
{
    struct alignment a;
    unsigned c = distance_align(tables, seen, strlen(seen), genuine, strlen(genuine), 300, &a);
    *kind = a.n ? a.edits[0].kind : 99;
    return c;
}

static void distances(void **state)
{
    static const struct {
        const char *seen, *genuine;
        unsigned cost;
        enum edit_kind kind;
    } cases[] = {
        {"kestrelvalle", "kestrelvale", 40, EDIT_REPEAT},
        {"kestrelvaels", "kestrelvales", 50, EDIT_TRANSPOSE},
        {"kestrelvales", "kestrelvale", 50, EDIT_PLURAL},
        {"kestrolvale", "kestrelvale", 45, EDIT_VISUAL},
        {"kestrilvale", "kestrelvale", 60, EDIT_VOWEL},
        {"kestrelvake", "kestrelvale", 70, EDIT_KEY},
        {"kestrelvle", "kestrelvale", 100, EDIT_OMIT},
        {"kestrelvxale", "kestrelvale", 100, EDIT_INSERT},
        {"kestrelgale", "kestrelvale", 70, EDIT_KEY},
        {"testrelvale", "kestrelvale", 130, EDIT_OTHER},
        {"sodoxe", "sodexo", 60, EDIT_TRANSPOSE},
        {"arnazon", "amazon", 15, EDIT_VISUAL},
    };
    unsigned kind;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        unsigned c = cost(cases[i].seen, cases[i].genuine, &kind);
        if (c != cases[i].cost || kind != cases[i].kind)
            fail_msg("%s for %s costs %u (kind %u)", cases[i].seen, cases[i].genuine, c, kind);
    }
    assert_int_equal(cost("kestrelvale", "kestrelvale", &kind), 0);
    assert_true(cost("abcdefghij", "klmnopqrst", &kind) > 300);
}

static void patterns(void **state)
{
    struct pattern p;
    pattern_make(&p, tables->pattern, "kestrelvale", 11);
    assert_int_equal(pattern_edits(&p, tables->pattern, "kestrelvale", 11), 0);
    assert_int_equal(pattern_edits(&p, tables->pattern, "kestre1vale", 11), 0);
    assert_int_equal(pattern_edits(&p, tables->pattern, "ketsrelvale", 11), 1);
    assert_int_equal(pattern_edits(&p, tables->pattern, "kestrelvle", 10), 1);
    assert_int_equal(pattern_edits(&p, tables->pattern, "kxstrelvaxle", 12), 2);
    assert_int_equal(pattern_edits(&p, tables->pattern, "kestrel", 7), 4);
    assert_true(pattern_edits(&p, tables->pattern, "", 0) > PATTERN_MAX_EDITS);
    assert_true(pattern_edits(&p, tables->pattern, "harborlines", 11) > PATTERN_MAX_EDITS);
}

static bool has_hash(const struct deletes *d, const char *s, size_t n)
{
    uint64_t whole = 0;
    for (size_t i = 0; i < n; i++)
        whole = (whole + (unsigned char)s[i]) * 0x9fb21c651e98df25u;
    for (unsigned i = 0; i < d->n; i++)
        if (d->key[i] == whole)
            return true;
    return false;
}

/* Every string with one or two characters left out, hashed by itself. */
static void deletions(void **state)
{
    static const char *const names[] = {"abcdefgh", "aabbccdd", "kestrel", "banana", "abcd", "aaaaaaaa"};
    (void)state;
    for (unsigned k = 0; k < sizeof(names) / sizeof(*names); k++) {
        struct deletes d;
        size_t n = strlen(names[k]);
        deletes_make(names[k], n, 2, &d);
        for (size_t i = 0; i < n; i++) {
            char one[16], two[16];
            memcpy(one, names[k], i);
            memcpy(one + i, names[k] + i + 1, n - i);
            assert_true(has_hash(&d, one, n - 1));
            for (size_t j = 0; j + 1 < n; j++) {
                memcpy(two, one, j);
                memcpy(two + j, one + j + 1, n - 1 - j);
                assert_true(has_hash(&d, two, n - 2));
            }
        }
    }
}

static bool share_key(const char *a, const char *b)
{
    uint64_t x[DELETES_MAX], y[DELETES_MAX];
    unsigned nx = deletes_of_name(a, strlen(a), x), ny = deletes_of_name(b, strlen(b), y);
    for (unsigned i = 0; i < nx; i++)
        for (unsigned j = 0; j < ny; j++)
            if (x[i] == y[j])
                return true;
    return false;
}

/* Two edits in the beginning leave the end as it was; one may be anywhere. */
static void deletion_keys(void **state)
{
    (void)state;
    assert_true(share_key("kestrelvale", "kostralvale"));
    assert_true(share_key("kestrelvale", "ketrevale"));
    assert_true(share_key("kestrelvale", "kkestrrelvale"));
    assert_true(share_key("kestrelvale", "kostrelvalu"));
    assert_true(share_key("kestrelvale", "kestrelvuli"));
    assert_false(share_key("kestrelvale", "kostralvalu"));
    assert_false(share_key("kestrelvale", "kestopswick"));
    assert_false(share_key("kestrelvale", "harborline"));
}

static unsigned rarity(const char *s)
{
    return rarity_of(&tables->rarity, s, strlen(s));
}

static void rarities(void **state)
{
    (void)state;
    assert_int_equal(rarity(""), 0);
    assert_true(rarity("station") < rarity("tsation"));
    assert_true(rarity("computer") < rarity("computre"));
    assert_true(rarity("sent") < rarity("smbc"));
    assert_true(rarity("smbc") > 4 * 5 * RARITY_BIT);
    assert_int_equal(rarity("\xc3\xa9") - rarity("1"),
                     rarity("1")); /* two unknown bytes, one unknown digit */
}

static void segments_of(const char *label, struct form *f, struct segments *s)
{
    form_make(tables, (struct span){label, strlen(label)}, false, f);
    segments_make(tables, f, s);
}

static void segments(void **state)
{
    struct form f;
    struct segments s;
    (void)state;
    segments_of("loginqzgvaccountcdn7", &f, &s);
    assert_int_equal(s.before[5].unknown, 0);
    assert_int_equal(s.before[9].unknown, 4);
    assert_true(s.before[5].next & AFFIX_LURE);
    assert_int_equal(s.before[9].next, 0);
    assert_true(s.behind[9].next & AFFIX_LURE);
    assert_true(s.behind[16].next & AFFIX_INFRA);
    assert_false(s.behind[16].kinds & AFFIX_LURE);
    assert_int_equal(s.behind[9].kinds & (AFFIX_INFRA | SEGMENT_DIGITS), AFFIX_INFRA | SEGMENT_DIGITS);
    assert_int_equal(s.behind[9].unknown, 0);
    assert_int_equal(s.behind[9].parts, 3);
    assert_int_equal(s.before[f.n].lures, 2);
    assert_int_equal(s.behind[0].lures, 2);
    assert_true(s.cuts >> 5 & 1 && s.cuts >> 9 & 1 && s.cuts >> 16 & 1);
    assert_false(s.cuts >> 11 & 1);
}

/* Letters whose base reads as an ASCII one do so with strokes, hooks and descenders, too. */
static void letters(void **state)
{
    static const struct {
        const char *text, *plain;
    } cases[] = {{"\xd1\x95\xd0\xb5\xd3\xbf", "sex"}, /* U+04FF */
                 {"\xd3\xbd", "x"},                   /* U+04FD */
                 {"\xca\x89", "u"}};                  /* U+0289 */
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct form f;
        form_make(tables, (struct span){cases[i].text, strlen(cases[i].text)}, false, &f);
        assert_string_equal(f.plain, cases[i].plain);
        assert_false(f.unread);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(punycode),      cmocka_unit_test(domains),  cmocka_unit_test(skeletons),
        cmocka_unit_test(distances),     cmocka_unit_test(patterns), cmocka_unit_test(deletions),
        cmocka_unit_test(deletion_keys), cmocka_unit_test(rarities), cmocka_unit_test(segments),
        cmocka_unit_test(letters),
    };
    return cmocka_run_group_tests_name("parts", tests, set_up, NULL);
}
