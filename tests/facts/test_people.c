/* Tests of src/facts/people.c: whose name does a display name carry? */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "facts/people.h"

static struct people *people;

static void add(const char *name, const char *role, const char *address)
{
    people_add(people, name, role, &address, 1);
}

static int setup(void **state)
{
    people = people_new();
    add("Karen Whitfield", "vip", "karen.whitfield@company.example");
    add("Jérôme Müller-Lüdenscheidt", "staff", "jm@company.example");
    add("王建國", "vip", "wang@company.example");
    add("Marc Petit", "staff", "marc.petit@company.example");
    add("Prince", "vip", "prince@company.example");
    return 0;
}

static int teardown(void **state)
{
    people_free(&people);
    people_free(&people);
    return 0;
}

static const struct {
    const char *shown, *address, *person; /* NULL = nobody's name */
    bool near, genuine;
} cases[] = {
    {"Karen Whitfield", "x@gmail.example", "Karen Whitfield", false, false},
    {"\"WHITFIELD, Karen (CEO)\"", "x@gmail.example", "Karen Whitfield", false, false},
    {"Dr. Karen M. Whitfield", "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen Whitfield", "Karen.Whitfield@Company.example", "Karen Whitfield", false, true},
    {"Ｋａｒｅｎ　Ｗｈｉｔｆｉｅｌｄ", "x@gmail.example", "Karen Whitfield", false, false},
    {"K\xD0\xB0ren Whitfield", "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen Whitfeild", "x@gmail.example", "Karen Whitfield", true, false},
    {"K. Whitfield", "x@gmail.example", "Karen Whitfield", true, false},
    {"Karen W.", "x@gmail.example", NULL, false, false},
    {"Karen Whitmore", "x@gmail.example", NULL, false, false},
    {"Karen", "x@gmail.example", NULL, false, false},
    {"Jerome Muller-Ludenscheidt", "x@gmail.example", "Jérôme Müller-Lüdenscheidt", false, false},
    {"王建國 董事長", "x@gmail.example", "王建國", false, false},
    {"王建國董事長", "x@gmail.example", "王建國", false, false},
    {"Mark Petit", "x@gmail.example", NULL, false, false},
    {"Petit Marc", "x@gmail.example", "Marc Petit", false, false},
    {"Prince", "x@gmail.example", "Prince", false, false},
    {"Prince Charming", "x@gmail.example", NULL, false, false},
    {"Ing. WHITFIELD K.", "x@gmail.example", "Karen Whitfield", true, false},
    {"Whitfield-Karen", "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen Whitfield | Finance", "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen Whitfield [External]", "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen\xE2\x80\x8B Whit\xE2\x80\x8B"
     "field",
     "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen Witfield", "x@gmail.example", "Karen Whitfield", true, false},
    {"Karin Witfield", "x@gmail.example", NULL, false, false},
    {"Whitfield", "x@gmail.example", NULL, false, false},
    {"Whitfield & Sons", "x@gmail.example", NULL, false, false},
    {"J\xC3\xA9r\xC3\xB4me M\xC3\xBCller", "x@gmail.example", NULL, false, false},
    {"KarenWhitfield", "x@gmail.example", "Karen Whitfield", false, false},
    {"karenwhitfield", "x@gmail.example", "Karen Whitfield", false, false},
    {"WhitfieldKaren (CEO)", "x@gmail.example", "Karen Whitfield", false, false},
    {"K a r e n  W h i t f i e l d", "x@gmail.example", "Karen Whitfield", false, false},
    {"Kar en Whit field", "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen_Whitfield", "x@gmail.example", "Karen Whitfield", false, false},
    {"ᴋᴀʀᴇɴ ᴡʜɪᴛꜰɪᴇʟᴅ", "x@gmail.example", "Karen Whitfield", false, false},
    {"\xE2\x80\xAE"
     "dleiftihW neraK\xE2\x80\xAC",
     "x@gmail.example", "Karen Whitfield", false, false},
    {"Karen Whitfie1d", "x@gmail.example", "Karen Whitfield", false, false},
    {"K4ren Wh1tf13ld", "x@gmail.example", "Karen Whitfield", false, false},
    {"IT Desk (Karen Whitfield)", "x@gmail.example", "Karen Whitfield", false, false},
    {"JeromeMuellerLuedenscheidt", "x@gmail.example", "Jérôme Müller-Lüdenscheidt", false, false},
    {"王 建國", "x@gmail.example", "王建國", false, false},
    {"Marc Petitjean", "x@gmail.example", NULL, false, false},
    {"", "x@gmail.example", NULL, false, false},
};

static const struct {
    const char *text;
    enum person_where where;
    const char *person;
    bool near;
} places[] = {
    {"karen.whitfield", PERSON_LOCAL, "Karen Whitfield", false},
    {"karen.whitfield77", PERSON_LOCAL, "Karen Whitfield", false},
    {"whitfield_karen", PERSON_LOCAL, "Karen Whitfield", false},
    {"karenwhitfield.ceo", PERSON_LOCAL, "Karen Whitfield", false},
    {"k.whitfield", PERSON_LOCAL, "Karen Whitfield", true},
    {"whitfield", PERSON_LOCAL, NULL, false},
    {"karen", PERSON_LOCAL, NULL, false},
    {"Message of Karen Whitfield", PERSON_TEXT, "Karen Whitfield", false},
    {"Re: KarenWhitfield", PERSON_TEXT, "Karen Whitfield", false},
    {"Karen on the account of Whitfield", PERSON_TEXT, NULL, false},
    {"Visit of K. Whitfield", PERSON_TEXT, NULL, false},
};

static void test_places(void **state)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        struct arena *arena = arena_new();
        struct person_match match = {0};
        people_match(people, arena, places[i].text, places[i].where, "x@y.example", &match);
        const char *got = match.person ? match.person->name : "nobody",
                   *want = places[i].person ? places[i].person : "nobody";
        if (strcmp(got, want) != 0 || match.near != places[i].near)
            fail_msg("'%s' is %s%s", places[i].text, match.near ? "nearly " : "", got);
        arena_free(&arena);
    }
}

static void test_names(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *arena = arena_new();
        struct person_match match = {0};
        bool hit = people_match(people, arena, cases[i].shown, PERSON_NAME, cases[i].address, &match);
        if (hit != (cases[i].person != NULL))
            fail_msg("'%s' should be %s", cases[i].shown, cases[i].person ? cases[i].person : "nobody");
        if (hit) {
            assert_string_equal(match.person->name, cases[i].person);
            assert_int_equal(match.near, cases[i].near);
            assert_int_equal(match.genuine, cases[i].genuine);
        }
        arena_free(&arena);
    }
}

static void test_long_hostile_name(void **state)
{
    struct arena *arena = arena_new();
    char *name = arena_alloc(arena, 100001);
    memset(name, 'a', 100000);
    struct person_match match;
    assert_false(people_match(people, arena, name, PERSON_NAME, "x@y.example", &match));
    for (size_t i = 1; i < 100000; i += 2)
        name[i] = ' ';
    assert_false(people_match(people, arena, name, PERSON_NAME, "x@y.example", &match));
    arena_free(&arena);
}

static void test_by_address(void **state)
{
    assert_string_equal(people_by_address(people, "WANG@company.example")->name, "王建國");
    assert_null(people_by_address(people, "nobody@company.example"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_long_hostile_name),
        cmocka_unit_test(test_by_address),
    };
    return cmocka_run_group_tests_name("people", tests, setup, teardown);
}
