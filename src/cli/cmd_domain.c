/*
 * ringer domain: what does this domain look like? One domain a line in, one answer a line out.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lookalike/variants.h"
#include "policy/policy.h"

#include "cli/cli.h"
#include "cli/commands.h"

struct options {
    const char *config, *protected_file;
    bool json, colour, variants;
    const struct lookalike_index *brands; /* often imitated names; NULL = none */
};

static void usage(FILE *out)
{
    fputs("usage: ringer domain [-c CONFIG | -p FILE] [--json] DOMAIN...|-\n"
          "       ringer domain --variants [--json] DOMAIN...\n\n"
          "Says whether each DOMAIN looks like a protected one. With - it reads one a line from standard "
          "input.\n\n"
          "  -c, --config=FILE     protected names of this configuration (default: $RINGER_CONFIG, then the\n"
          "                        installed one)\n"
          "  -p, --protected=FILE  protected names from this file, one domain a line\n"
          "      --json            one JSON object a line, in order\n"
          "      --variants        list lookalikes of DOMAIN that anybody could register, to register or "
          "watch\n"
          "  -h, --help            this text\n\n"
          "Scores: 70 and more is a strong finding, 50 to 69 a weak one. Exit codes: 0 done (also when a\n"
          "lookalike was found), 1 standard input or output failed, 2 wrong usage, 3 the protected names "
          "could\n"
          "not be read.\n",
          out);
}

static struct lookalike_index *load_protected(const char *path, struct diag_list *diags)
{
    struct buf text = {0};
    unsigned number = 0;
    char *line, *rest;
    if (!diag_read_file(diags, path, FILE_LIST_MAX, "the protected names", NULL, &text))
        return NULL;
    struct lookalike_builder *b = lookalike_builder_new();
    for (rest = text.p; (line = strsep(&rest, "\n"));) {
        const char *error;
        number++;
        line[strcspn(line, "#\r")] = '\0';
        char *start = line + strspn(line, " \t\v\f");
        start[strcspn(start, " \t\v\f")] = '\0';
        if (*start && lookalike_builder_protect(b, start, RELATION_PARTNER, &error) != 0)
            diag_add(diags, DIAG_WARNING, (struct diag_at){path, number, 1},
                     "it is not protected; fix or remove the line", "%s", error);
    }
    buf_free(&text);
    return lookalike_build(&b, diags);
}

static void set_string(json_t *o, const char *key, struct arena *arena, const char *s)
{
    json_object_set_new(o, key, s ? json_string(text_clean_line(arena, span_of(s))) : json_null());
}

static json_t *classes_json(uint32_t classes)
{
    json_t *list = json_array();
    for (unsigned c = 0; c < 32; c++)
        if (classes & (1u << c))
            json_array_append_new(list, json_string(lookalike_class_name((enum lookalike_class)c)));
    return list;
}

static void finding_json(json_t *o, struct arena *arena, const struct lookalike_finding *f)
{
    set_string(o, "target", arena, f ? f->target : NULL);
    json_object_set_new(o, "relation", json_string(f ? relation_name(f->relation) : ""));
    json_object_set_new(o, "class", classes_json(f ? f->classes : 0));
    json_object_set_new(o, "score", json_integer(f ? f->score : 0));
    set_string(o, "why", arena, f ? f->why : "");
}

static void print_json(struct arena *arena, const struct lookalike_result *r)
{
    json_t *o = json_object();
    set_string(o, "input", arena, r->input);
    set_string(o, "ascii", arena, r->ascii);
    set_string(o, "unicode", arena, r->unicode);
    set_string(o, "registrable", arena, r->registrable);
    if (lookalike_is_genuine(r)) {
        finding_json(o, arena, NULL);
        set_string(o, "genuine", arena, r->genuine);
    } else {
        finding_json(o, arena, r->n_findings ? &r->findings[0] : NULL);
    }
    json_object_set_new(o, "idna_valid", json_boolean(r->idna_valid));
    json_t *more = json_array();
    for (size_t i = 1; i < r->n_findings; i++) {
        json_t *one = json_object();
        finding_json(one, arena, &r->findings[i]);
        json_array_append_new(more, one);
    }
    json_object_set_new(o, "more", more);
    json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(o);
}

static void print_marked(const char *s, bool colour)
{
    for (; *s; s++)
        if (*s == TEXT_MARK)
            fputs(colour ? "\033[1;31m" : "[", stdout);
        else if (*s == TEXT_UNMARK)
            fputs(colour ? "\033[0m" : "]", stdout);
        else
            putchar(*s);
}

static void print_text(struct arena *arena, const struct lookalike_result *r, bool colour)
{
    const char *shown = text_clean_line(arena, span_of(r->unicode));
    if (r->kind != LOOKALIKE_SUSPECT) {
        printf("%s: %s%s\n", shown, lookalike_is_genuine(r) ? "genuine" : "looks like no protected domain",
               r->idna_valid ? "" : " (not a valid internationalised name)");
        return;
    }
    for (size_t i = 0; i < r->n_findings && r->findings[i].score >= LOOKALIKE_WEAK; i++) {
        const struct lookalike_finding *f = &r->findings[i];
        printf("%3d %-6s ", f->score, f->score >= LOOKALIKE_STRONG ? "strong" : "weak");
        print_marked(f->differs, colour);
        if (strcmp(r->ascii, r->unicode) != 0)
            printf(" (%s)", r->ascii);
        printf("\n           %s\n", text_clean_line(arena, span_of(f->why)));
    }
}

static void one(const struct options *o, const struct lookalike_index *index, struct arena *arena,
                const char *domain)
{
    const struct lookalike_result *r = lookalike_match_or(index, o->brands, arena, domain);
    if (o->json)
        print_json(arena, r);
    else
        print_text(arena, r, o->colour);
    arena_reset(arena);
}

static void stream(const struct options *o, const struct lookalike_index *index, struct arena *arena)
{
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        one(o, index, arena, line);
    }
    free(line);
}

static void print_variant(const struct options *o, struct arena *arena, const struct lookalike_variant *v,
                          const struct lookalike_result *r)
{
    int score = r->n_findings ? r->findings[0].score : 0;
    if (o->json) {
        json_t *j = json_object();
        set_string(j, "ascii", arena, v->ascii);
        set_string(j, "unicode", arena, v->unicode);
        set_string(j, "made", arena, lookalike_class_name(v->class));
        json_object_set_new(j, "class", classes_json(r->n_findings ? r->findings[0].classes : 0));
        json_object_set_new(j, "score", json_integer(score));
        json_dumpf(j, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
        putchar('\n');
        json_decref(j);
    } else {
        printf("%s\t%s\t%d%s%s\n", v->ascii, lookalike_class_name(v->class), score,
               strcmp(v->ascii, v->unicode) == 0 ? "" : "\t",
               strcmp(v->ascii, v->unicode) == 0 ? "" : v->unicode);
    }
}

/* Made by the table, judged by the engine that protects nothing but this domain. */
static int list_variants(const struct options *o, const char *domain)
{
    struct diag_list diags = {0};
    const char *error = NULL;
    struct lookalike_variant *v;
    struct arena *made = arena_new(), *arena = arena_new();
    struct lookalike_builder *b = lookalike_builder_new();
    if (lookalike_builder_protect(b, domain, RELATION_OWN, &error) != 0)
        fprintf(stderr, "ringer domain: %s: %s\n", domain, error);
    struct lookalike_index *index = lookalike_build(&b, &diags);
    size_t n = index && !error ? lookalike_variants(made, domain, &v, &error, &diags) : 0;
    for (size_t i = 0; i < n; i++) {
        print_variant(o, arena, &v[i], lookalike_match(index, arena, v[i].ascii));
        arena_reset(arena);
    }
    if (n == 0 && error && index)
        fprintf(stderr, "ringer domain: %s: %s\n", domain, error);
    lookalike_index_free(&index);
    arena_free(&made);
    arena_free(&arena);
    int code = cli_report(&diags);
    return code ? code : n ? EXIT_DONE : EXIT_FAILED;
}

/* -1 = go on, else the exit code. */
static int parse_options(int argc, char **argv, struct options *o)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"protected", required_argument, NULL, 'p'},
        {"json", no_argument, NULL, 'j'},         {"variants", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int c;
    while ((c = getopt_long(argc, argv, "c:p:h", longs, NULL)) != -1) {
        switch (c) {
        case 'c':
            o->config = optarg;
            break;
        case 'p':
            o->protected_file = optarg;
            break;
        case 'j':
            o->json = true;
            break;
        case 'v':
            o->variants = true;
            break;
        case 'h':
            usage(stdout);
            return EXIT_DONE;
        default:
            usage(stderr);
            return EXIT_USAGE;
        }
    }
    if (optind == argc || (o->config && o->protected_file)) {
        usage(stderr);
        return EXIT_USAGE;
    }
    return -1;
}

/* `where`: what was to name them. */
static int answer(const struct options *o, const struct lookalike_index *index, const char *where,
                  char **domains)
{
    struct arena *arena = arena_new();
    if (lookalike_index_names(index) == 0 && !o->brands)
        fprintf(stderr,
                "ringer domain: %s protects no domain, so nothing can look like one; name some in "
                "protect.own-domains and protect.partner-domains, or give a list with -p\n",
                where);
    for (; *domains; domains++)
        if (strcmp(*domains, "-") == 0)
            stream(o, index, arena);
        else
            one(o, index, arena, *domains);
    arena_free(&arena);
    if (fflush(stdout) != 0 || ferror(stdout) || ferror(stdin)) {
        perror("ringer domain: reading or writing failed");
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static int with_config(const struct options *o, char **domains)
{
    struct diag_list diags = {0};
    const char *config = o->config ? o->config : cli_default_config();
    struct policy *policy = policy_load_names(config, &diags);
    int code = cli_report(&diags);
    if (!policy)
        return code ? code : EXIT_CONFIG;
    struct options with = *o;
    with.brands = policy->brands;
    code = answer(&with, policy->index, config, domains);
    policy_unref(&policy);
    return code;
}

static int with_file(const struct options *o, char **domains)
{
    struct diag_list diags = {0};
    struct lookalike_index *index = load_protected(o->protected_file, &diags);
    int code = cli_report(&diags);
    if (!index)
        return code ? code : EXIT_CONFIG;
    code = answer(o, index, o->protected_file, domains);
    lookalike_index_free(&index);
    return code;
}

int cmd_domain(int argc, char **argv)
{
    struct options o = {.colour = isatty(STDOUT_FILENO)};
    int code = parse_options(argc, argv, &o);
    if (code >= 0)
        return code;
    if (!o.variants)
        return o.protected_file ? with_file(&o, argv + optind) : with_config(&o, argv + optind);
    code = EXIT_DONE;
    for (int i = optind; i < argc; i++) {
        int one_code = list_variants(&o, argv[i]);
        if (one_code > code)
            code = one_code;
    }
    return code;
}
