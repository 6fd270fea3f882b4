/*
 * ringer domain: what does this domain look like? One domain a line in, one answer a line out.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#include "base/mem.h"
#include "base/text.h"
#include "lookalike/lookalike.h"

#include "cli/cli.h"
#include "cli/commands.h"

struct options {
    const char *config, *protected_file;
    bool json, colour;
};

static void usage(FILE *out)
{
    fputs("usage: ringer domain [-c CONFIG | -p FILE] [--json] DOMAIN...|-\n\n"
          "Says whether each DOMAIN looks like a protected one. With - it reads one a line from standard "
          "input.\n\n"
          "  -c, --config=FILE     protected names of this configuration\n"
          "  -p, --protected=FILE  protected names from this file, one domain a line\n"
          "      --json            one JSON object a line, in order\n"
          "  -h, --help            this text\n\n"
          "Exit codes: 0 done (also when a lookalike was found), 2 wrong usage, 3 the names could not be "
          "read.\n",
          out);
}

static struct lookalike_index *load_protected(const char *path, struct diag_list *diags)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    unsigned number = 0;
    if (!f) {
        diag_add(diags, DIAG_ERROR, (struct diag_at){path, 0, 0}, "name a readable file, one domain a line",
                 "cannot read the protected names");
        return NULL;
    }
    struct lookalike_builder *b = lookalike_builder_new();
    while (getline(&line, &cap, f) >= 0) {
        const char *error;
        number++;
        line[strcspn(line, "#\r\n")] = '\0';
        char *start = line + strspn(line, " \t");
        start[strcspn(start, " \t")] = '\0';
        if (*start && lookalike_builder_protect(b, start, RELATION_PARTNER, &error) != 0)
            diag_add(diags, DIAG_WARNING, (struct diag_at){path, number, 1}, NULL, "%s", error);
    }
    free(line);
    fclose(f);
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
    if (r->kind == LOOKALIKE_GENUINE) {
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
        if (*s == '\x02')
            fputs(colour ? "\033[1;31m" : "[", stdout);
        else if (*s == '\x03')
            fputs(colour ? "\033[0m" : "]", stdout);
        else
            putchar(*s);
}

static void print_text(struct arena *arena, const struct lookalike_result *r, bool colour)
{
    const char *shown = text_clean_line(arena, span_of(r->unicode));
    if (r->kind != LOOKALIKE_SUSPECT) {
        printf("%s: %s%s\n", shown,
               r->kind == LOOKALIKE_GENUINE ? "genuine" : "looks like no protected domain",
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
    const struct lookalike_result *r = lookalike_match(index, arena, domain);
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

int cmd_domain(int argc, char **argv)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
                                          {"protected", required_argument, NULL, 'p'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct options o = {.colour = isatty(STDOUT_FILENO)};
    struct diag_list diags = {0};
    int c;
    while ((c = getopt_long(argc, argv, "c:p:h", longs, NULL)) != -1) {
        switch (c) {
        case 'c':
            o.config = optarg;
            break;
        case 'p':
            o.protected_file = optarg;
            break;
        case 'j':
            o.json = true;
            break;
        case 'h':
            usage(stdout);
            return EXIT_DONE;
        default:
            usage(stderr);
            return EXIT_USAGE;
        }
    }
    if (optind == argc || !o.protected_file) {
        usage(stderr);
        return EXIT_USAGE;
    }
    struct lookalike_index *index = load_protected(o.protected_file, &diags);
    int code = cli_report(&diags);
    if (!index)
        return EXIT_CONFIG;
    struct arena *arena = arena_new();
    for (int i = optind; i < argc; i++)
        if (strcmp(argv[i], "-") == 0)
            stream(&o, index, arena);
        else
            one(&o, index, arena, argv[i]);
    arena_free(&arena);
    lookalike_index_free(&index);
    return code;
}
