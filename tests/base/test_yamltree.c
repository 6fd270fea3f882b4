/* Tests of src/base/yamltree.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/yamltree.h"

static const char *const known[] = {"name", "list", "size", "on"};

/* What check_typed() reads, so that type errors are in the table too. */
static void read_typed(const struct yamltree_node *root, struct diag_list *diags)
{
    const struct yamltree_node *node;
    const char *s;
    bool on;
    int64_t size;
    yamltree_only(root, known, 4, diags);
    if ((node = yamltree_get(root, "name")))
        yamltree_string(node, &s, diags);
    if ((node = yamltree_get(root, "list")))
        yamltree_is(node, YAMLTREE_SEQUENCE, diags);
    if ((node = yamltree_get(root, "size")))
        yamltree_int(node, 1, 100, &size, diags);
    if ((node = yamltree_get(root, "on")))
        yamltree_bool(node, &on, diags);
}

/* "line:column: text (remedy)", all of them, one a line */
static void format_diags(const struct diag_list *diags, struct buf *out)
{
    buf_adds(out, "");
    for (size_t i = 0; i < diags->n; i++) {
        const struct diag *d = &diags->v[i];
        buf_printf(out, "%s%u:%u: %s (%s)", i ? "\n" : "", d->line, d->column, d->text,
                   d->remedy ? d->remedy : "-");
    }
}

static const struct {
    const char *yaml, *want;
} mistakes[] = {
    {"name: &a x\n",
     "1:7: anchors (&name) are not allowed (write the value out at each place, or put text that "
     "starts with & in quotes)"},
    {"list: [a, *b]\n",
     "1:11: aliases (*name) are not allowed (write the value out at each place, or put text "
     "that starts with * in quotes)"},
    {"size: !!int 3\n",
     "1:7: tags (!name) are not allowed (remove it; put text that starts with ! in quotes)"},
    {"list: !x [a]\n",
     "1:7: tags (!name) are not allowed (remove it; put text that starts with ! in quotes)"},
    {"name: a\nsize: 3\nname: b\n", "3:1: key 'name' is already there on line 1 (keep one of the two)"},
    {"list:\n- {a: 1, a: 2}\n", "2:10: key 'a' is already there on line 2 (keep one of the two)"},
    {"name: a\n---\nname: b\n",
     "2:1: a second document is not allowed (remove the '---', or split the file)"},
    {"[a]: b\n", "1:1: a key must be a word (write 'key: value')"},
    {"'': b\n", "1:1: a key must be a word (write 'key: value')"},
    {"name: \"a\\0b\"\n", "1:7: text must not hold a NUL character (remove the \\0)"},
    {"name: a\n\tsize: 3\n", "2:1: not valid YAML: found a tab character that violates indentation, while "
                             "scanning a plain scalar (indent with blanks, not tabs)"},
    {"name: @a\n",
     "1:7: not valid YAML: found character that cannot start any token, while scanning for the next token "
     "(indent with blanks, not tabs; put text that starts with @, ` or % in quotes)"},
    {"name: a: b\n",
     "1:8: not valid YAML: mapping values are not allowed in this context (put text that holds ': ' "
     "in quotes; check the indentation)"},
    {"name: \"a\n",
     "2:1: not valid YAML: found unexpected end of stream, while scanning a quoted scalar (close the "
     "quotes)"},
    {"name: a\nlist: \xFF\n",
     "2:7: not UTF-8 text: invalid leading UTF-8 octet (save the file as UTF-8 text)"},
    {"name: \xC3\xA9\xC3\xA9 &a\nlist: [\xC3\xA9, *b]\n",
     "2:12: aliases (*name) are not allowed (write the value out at each place, or put text that starts with "
     "* in "
     "quotes)"},
    {"name: |\r\n  a\r\n  b\r\nlist: *b\r\n",
     "4:7: aliases (*name) are not allowed (write the value out at each "
     "place, or put text that starts with * in quotes)"},
    {"nmae: a\n", "1:1: unknown key 'nmae' (did you mean 'name'?)"},
    {"colour: a\n", "1:1: unknown key 'colour' (known here: name, list, size, on)"},
    {"name:\n", "1:6: 'name' must be text, but is empty (write a value, or '' for the empty text)"},
    {"name: [a]\n", "1:7: 'name' must be text, not a list (-)"},
    {"list: a\n", "1:7: 'list' must be a list, not 'a' (write [a, b], or one '- item' a line below the key)"},
    {"size: 0\n", "1:7: 'size' must be a whole number from 1 to 100, not '0' (-)"},
    {"size: 101\n", "1:7: 'size' must be a whole number from 1 to 100, not '101' (-)"},
    {"size: 99999999999999999999\n",
     "1:7: 'size' must be a whole number from 1 to 100, not '99999999999999999999' (-)"},
    {"size: 1.5\n", "1:7: 'size' must be a whole number from 1 to 100, not '1.5' (-)"},
    {"size: +-5\n", "1:7: 'size' must be a whole number from 1 to 100, not '+-5' (-)"},
    {"size: '5'\n",
     "1:7: 'size' must be a whole number from 1 to 100, not the text '5' (take the quotes off)"},
    {"on: maybe\n", "1:5: 'on' must be true or false, not 'maybe' (-)"},
    {"on: 'yes'\n", "1:5: 'on' must be true or false, not the text 'yes' (take the quotes off)"},
    {"on: {a: b}\n", "1:5: 'on' must be true or false, not a mapping (-)"},
};

static void test_mistakes(void **state)
{
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
        struct arena *arena = arena_new();
        struct diag_list diags = {0};
        struct buf got = {0};
        const struct yamltree_node *root = yamltree_parse(arena, "t", span_of(mistakes[i].yaml), &diags);
        if (root)
            read_typed(root, &diags);
        format_diags(&diags, &got);
        assert_string_equal(got.p, mistakes[i].want);
        buf_free(&got);
        diag_free(&diags);
        arena_free(&arena);
    }
}

static void test_tree(void **state)
{
    static const char yaml[] =
        "\xEF\xBB\xBF# comment\nname: caf\xC3\xA9\n'list': [a, \"1\", {k: v}]\nsize: +12\n"
        "on: no\n";
    struct arena *arena = arena_new();
    struct diag_list diags = {0};
    const struct yamltree_node *root = yamltree_parse(arena, "t", span_of(yaml), &diags);
    const char *s = NULL;
    bool on = true;
    int64_t size = 0;
    assert_non_null(root);
    assert_int_equal(root->n, 4);
    assert_true(yamltree_string(yamltree_get(root, "name"), &s, &diags));
    assert_string_equal(s, "caf\xC3\xA9");
    assert_true(yamltree_int(yamltree_get(root, "size"), 1, 100, &size, &diags));
    assert_int_equal(size, 12);
    assert_true(yamltree_bool(yamltree_get(root, "on"), &on, &diags));
    assert_false(on);
    const struct yamltree_node *list = yamltree_get(root, "list");
    assert_int_equal(list->n, 3);
    assert_string_equal(list->key, "list");
    assert_null(list->items[0]->key);
    assert_true(list->items[1]->quoted);
    assert_int_equal(list->items[2]->at.line, 3);
    assert_int_equal(list->items[2]->at.column, 18);
    assert_string_equal(yamltree_get(list->items[2], "k")->text, "v");
    assert_null(yamltree_get(list, "k"));
    assert_null(yamltree_get(root, "none"));
    assert_int_equal(diags.n, 0);
    arena_free(&arena);
}

static void test_empty_is_a_mapping(void **state)
{
    static const char *const texts[] = {"", "# nothing\n", "---\n", "\xEF\xBB\xBF", "~\n"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct arena *arena = arena_new();
        struct diag_list diags = {0};
        const struct yamltree_node *root = yamltree_parse(arena, "t", span_of(texts[i]), &diags);
        assert_non_null(root);
        assert_int_equal(root->kind, YAMLTREE_MAPPING);
        assert_int_equal(root->n, 0);
        arena_free(&arena);
    }
}

/* n times `piece` between head and tail: the first error's text, or "ok" */
static void check_big(const char *head, const char *piece, size_t n, const char *want)
{
    struct arena *arena = arena_new();
    struct diag_list diags = {0};
    struct buf text = {0};
    buf_adds(&text, head);
    for (size_t i = 0; i < n; i++)
        buf_adds(&text, piece);
    const struct yamltree_node *root = yamltree_parse(arena, "t", buf_span(&text), &diags);
    assert_int_equal(root == NULL, diags.n > 0);
    assert_string_equal(diags.n ? diags.v[0].text : "ok", want);
    buf_free(&text);
    diag_free(&diags);
    arena_free(&arena);
}

static void test_bounds(void **state)
{
    check_big("a: ", "[", 33, "nested deeper than 32 levels");
    check_big("", "- ", 40, "nested deeper than 32 levels");
    check_big("a: x", "y", 17 * 1024 * 1024, "larger than 16 MiB");
    check_big("a:\n", "- \n", 2100 * 1000, "more than two million values");
    check_big("a:\n", "- x\n", 300 * 1000, "ok");
    check_big("a: [\xC3\xA9", ",\xC3\xA9", 100 * 1000,
              "not valid YAML: did not find expected ',' or ']', while "
              "parsing a flow sequence");
}

static void test_files(void **state)
{
    struct arena *arena = arena_new();
    struct diag_list diags = {0};
    assert_null(yamltree_load(arena, "/nonexistent/x.yaml", &diags));
    assert_null(yamltree_load(arena, "/", &diags));
    assert_int_equal(diags.errors, 2);
    assert_string_equal(diags.v[0].text, "cannot read this file: No such file or directory");
    assert_string_equal(diags.v[1].remedy, "name a file, not a folder");
    diag_free(&diags);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_empty_is_a_mapping),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests_name("yamltree", tests, NULL, NULL);
}
