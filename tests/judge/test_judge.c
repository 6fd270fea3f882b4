/*
 * Cases:  each .json below tests/cases/<folder> says what judging the .eml of the same name must give, under the
 * folder's ringer.yaml. {"action": ..., "rules": [ids that must hit], "not": [ids that must not],
 * "facts": {name: value}}; what is not named is not compared. One TAP line a case.
 */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "judge/judgement.h"
#include "policy/policy.h"
#include "judge/services.h"

static unsigned number;
static bool update;

static bool slurp(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    char chunk[8192];
    size_t n;
    if (!f)
        return false;
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(out, chunk, n);
    fclose(f);
    return true;
}

static bool has_rule(const json_t *rules, const char *id)
{
    size_t i;
    json_t *rule;
    json_array_foreach(rules, i, rule)
    {
        if (strcmp(json_string_value(json_object_get(rule, "id")), id) == 0)
            return true;
    }
    return false;
}

static void compare_rules(const json_t *want, const json_t *got, bool there, struct buf *wrong)
{
    size_t i;
    json_t *id;
    json_array_foreach(want, i, id)
    {
        if (has_rule(got, json_string_value(id)) != there)
            buf_printf(wrong, "# rule %s %s\n", json_string_value(id), there ? "did not hit" : "hit");
    }
}

static void compare(json_t *want, json_t *got, struct buf *wrong)
{
    const char *name;
    json_t *value;
    const char *action = json_string_value(json_object_get(want, "action"));
    const char *is = json_string_value(json_object_get(got, "action"));
    if (action && strcmp(action, is) != 0)
        buf_printf(wrong, "# action is %s, should be %s\n", is, action);
    compare_rules(json_object_get(want, "rules"), json_object_get(got, "rules"), true, wrong);
    compare_rules(json_object_get(want, "not"), json_object_get(got, "rules"), false, wrong);
    json_object_foreach(json_object_get(want, "facts"), name, value)
    {
        json_t *fact = json_object_get(json_object_get(got, "facts"), name);
        if (!json_equal(fact, value)) {
            char *text = fact ? json_dumps(fact, JSON_ENCODE_ANY) : mem_strdup("unknown");
            buf_printf(wrong, "# fact %s is %s\n", name, text);
            free(text);
        }
    }
}

/* --update: `want` says of what it names what there is now, and names nothing new but rules it had forbidden. */
static void revise(json_t *want, json_t *got)
{
    const char *name;
    json_t *value, *hit = json_object_get(got, "rules"), *facts = json_object_get(got, "facts");
    json_t *rules = json_object_get(want, "rules"), *never = json_object_get(want, "not");
    void *next;
    if (json_object_get(want, "action"))
        json_object_set(want, "action", json_object_get(got, "action"));
    for (size_t i = json_array_size(rules); i-- > 0;)
        if (!has_rule(hit, json_string_value(json_array_get(rules, i))))
            json_array_remove(rules, i);
    for (size_t i = json_array_size(never); i-- > 0;) {
        json_t *id = json_array_get(never, i);
        if (!has_rule(hit, json_string_value(id)))
            continue;
        if (!rules)
            json_object_set_new(want, "rules", rules = json_array());
        json_array_append(rules, id);
        json_array_remove(never, i);
    }
    json_object_foreach_safe(json_object_get(want, "facts"), next, name, value)
    {
        if (json_object_get(facts, name))
            json_object_set(json_object_get(want, "facts"), name, json_object_get(facts, name));
        else
            json_object_del(json_object_get(want, "facts"), name);
    }
}

/* In the layout that it has: one line stays one line. */
static void rewrite(const char *path, const json_t *want, struct buf *wrong)
{
    struct buf old = {0};
    bool one_line = slurp(path, &old) && memchr(old.p, '\n', old.n) == old.p + old.n - 1;
    char *text = json_dumps(want, JSON_PRESERVE_ORDER | (one_line ? 0 : JSON_INDENT(2)));
    FILE *f = fopen(path, "w");
    if (f && fprintf(f, "%s\n", text) > 0 && fclose(f) == 0) {
        printf("# %s: rewritten\n%s", path, wrong->p);
        buf_clear(wrong);
    } else {
        buf_printf(wrong, "# %s cannot be written\n", path);
    }
    free(text);
    buf_free(&old);
}

static void run_case(const struct policy *policy, const struct services *services, const char *json_path)
{
    static const struct envelope envelope = {0};
    struct buf raw = {0}, wrong = {0};
    json_error_t error;
    char *eml = mem_printf("%.*s.eml", (int)strlen(json_path) - 5, json_path);
    json_t *want = json_load_file(json_path, 0, &error);
    if (!want)
        buf_printf(&wrong, "# %s:%d: %s\n", json_path, error.line, error.text);
    else if (!slurp(eml, &raw))
        buf_printf(&wrong, "# %s cannot be read\n", eml);
    else {
        struct arena *arena = arena_new();
        const struct message *message =
            message_parse(arena, &envelope, buf_span(&raw), false, &policy->limits);
        struct judgement judgement = judge(policy, services, arena, message, (int64_t)time(NULL) * 1000);
        json_t *got = judgement_json(&judgement);
        compare(want, got, &wrong);
        if (wrong.n) {
            char *rules = json_dumps(json_object_get(got, "rules"), JSON_COMPACT);
            buf_printf(&wrong, "# %s\n", rules);
            free(rules);
        }
        if (wrong.n && update) {
            revise(want, got);
            rewrite(json_path, want, &wrong);
        }
        json_decref(got);
        arena_free(&arena);
    }
    printf("%sok %u - %s\n%s", wrong.n ? "not " : "", ++number, strrchr(eml, '/') + 1,
           wrong.n ? wrong.p : "");
    json_decref(want);
    buf_free(&raw);
    buf_free(&wrong);
    free(eml);
}

static int is_case(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');
    return dot && strcmp(dot, ".json") == 0;
}

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void run_folder(const char *folder)
{
    struct dirent **entries;
    struct diag_list diags = {0};
    char *conf = mem_printf("%s/ringer.yaml", folder);
    struct policy *policy = policy_load(conf, &diags);
    struct services services = {0};
    if (!policy) {
        diag_print(&diags, stdout);
        printf("not ok %u - %s loads\n", ++number, conf);
    } else {
        services_start(&services, policy->conf, NULL);
        int n = scandir(folder, &entries, is_case, alphasort);
        for (int i = 0; i < n; i++) {
            char *path = mem_printf("%s/%s", folder, entries[i]->d_name);
            run_case(policy, &services, path);
            free(path);
            free(entries[i]);
        }
        if (n >= 0)
            free(entries);
    }
    services_stop(&services);
    policy_unref(&policy);
    diag_free(&diags);
    free(conf);
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    struct stat st;
    const char *src = getenv("abs_top_srcdir");
    update = argc > 1 && strcmp(argv[1], "--update") == 0;
    argc -= update;
    argv += update;
    char *root = argc > 1 ? mem_strdup(argv[1]) : mem_printf("%s/tests/cases", src ? src : ".");
    message_library_init();
    int n = scandir(root, &entries, is_visible, alphasort);
    for (int i = 0; i < n; i++) {
        char *folder = mem_printf("%s/%s", root, entries[i]->d_name);
        if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
            run_folder(folder);
        free(folder);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    free(root);
    message_library_shutdown();
    printf("1..%u\n", number);
    return number == 0;
}
