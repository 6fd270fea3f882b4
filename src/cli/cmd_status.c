/*
 * ringer status, ringer reload: ask the running daemon through its control socket (src/milter/control.c).
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "conf/conf.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/control.h"
#include "cli/status_metrics.h"

struct request {
    const char *command; /* "status" or "reload" */
    const char *config;
    const char *socket;
    bool json, metrics;
};

static const char status_usage[] =
    "usage: ringer status [OPTION...]\n\n"
    "What the running ringerd does: version, mode, generation of its configuration, counters.\n\n"
    "  -c, --config FILE  configuration, for the control socket's path\n"
    "  -s, --socket PATH  control socket\n"
    "      --json         print the daemon's answer as JSON\n"
    "      --metrics      print the status in the text format of Prometheus\n"
    "  -h, --help         print this text\n\n"
    "Exit codes: 0 done, 1 the daemon could not be asked, 2 wrong usage, 3 invalid configuration.\n";
static const char reload_usage[] =
    "usage: ringer reload [OPTION...]\n\n"
    "Makes the running ringerd read configuration, lists and rules again, and says what came of it. Changed\n"
    "options that need a restart of ringerd are named, with the values that stay in force.\n\n"
    "  -c, --config FILE  configuration, for the control socket's path\n"
    "  -s, --socket PATH  control socket\n"
    "      --json         print the daemon's answer as JSON\n"
    "  -h, --help         print this text\n\n"
    "Exit codes: 0 done, 1 the daemon could not be asked, 2 wrong usage, 3 not valid: the last good\n"
    "configuration and rules stay in force, 4 done, but some options need a restart of ringerd.\n";

static void usage(const char *command, FILE *out)
{
    fputs(strcmp(command, "status") == 0 ? status_usage : reload_usage, out);
}

/* 0 = go on, else exit with *code_r. */
static int parse(struct request *r, int argc, char **argv, int *code_r)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"socket", required_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},         {"metrics", no_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int c;
    *r = (struct request){.command = argv[0]};
    optind = 0;
    while ((c = getopt_long(argc, argv, "c:s:h", longs, NULL)) != -1) {
        switch (c) {
        case 'c':
            r->config = optarg;
            break;
        case 's':
            r->socket = optarg;
            break;
        case 'j':
            r->json = true;
            break;
        case 'm':
            r->metrics = true;
            break;
        case 'h':
            usage(argv[0], stdout);
            *code_r = EXIT_DONE;
            return -1;
        default:
            usage(argv[0], stderr);
            *code_r = EXIT_USAGE;
            return -1;
        }
    }
    if (optind == argc)
        return 0;
    fprintf(stderr, "ringer %s: unexpected argument '%s'\n", argv[0], argv[optind]);
    *code_r = EXIT_USAGE;
    return -1;
}

/* The answer, to be freed with json_decref; NULL after it said why there is none. */
static json_t *ask(const char *path, const char *command)
{
    char error[CONTROL_ERROR_SIZE];
    json_t *answer = control_ask(path, command, error, sizeof(error));
    if (!answer)
        fprintf(stderr, "ringer %s: %s\n", command, error);
    return answer;
}

/* --- what people see */

static const char *when(json_int_t t, char *buf, size_t size)
{
    time_t at = (time_t)t;
    struct tm tm;
    strftime(buf, size, "%Y-%m-%d %H:%M:%S", localtime_r(&at, &tm));
    return buf;
}

static const char *duration(json_int_t seconds, char *buf, size_t size)
{
    long long s = seconds;
    snprintf(buf, size, "%lldd %02lld:%02lld:%02lld", s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
    return buf;
}

/* Nothing of what is switched off: null instead of an object. */
static void print_numbers(const char *title, const json_t *object)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object))
        return;
    printf("%s\n", title);
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!json_is_integer(value))
            continue;
        printf("  ");
        for (const char *p = key; *p; p++)
            putchar(*p == '_' ? ' ' : *p);
        printf("%*s%" JSON_INTEGER_FORMAT "\n", (int)(strlen(key) < 28 ? 28 - strlen(key) : 1), "",
               json_integer_value(value));
    }
    if (*control_string(object, "last_error"))
        printf("  last error: %s\n", control_string(object, "last_error"));
}

/* Of the self-test only what is not as it should be. */
static void print_workers(const json_t *workers)
{
    const char *part;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)workers, part, value)
    {
        const char *state = control_string(value, "state");
        if (strcmp(state, "fails") == 0 || strcmp(state, "weak") == 0)
            printf("WORKERS: %s %s: %s\n", part, strcmp(state, "weak") == 0 ? "is weak" : "FAILS",
                   control_string(value, "text"));
    }
}

static void print_dns(const json_t *spf)
{
    if (json_is_false(json_object_get(spf, "dns_answers")))
        printf("  DNS DOES NOT ANSWER: SPF and DMARC stay unknown until it does\n");
}

static void print_rules(const json_t *rules)
{
    size_t i;
    json_t *item;
    char until[64];
    printf("%" JSON_INTEGER_FORMAT " rules, digest %.16s\n", control_integer(rules, "rules"),
           control_string(rules, "digest"));
    json_array_foreach(json_object_get(rules, "packs"), i, item) printf(
        "signed pack %s seq %" JSON_INTEGER_FORMAT ", key %s, until %.10s%s\n", control_string(item, "name"),
        control_integer(item, "seq"), control_string(item, "key"),
        when(control_integer(item, "expires") - 1, until, sizeof(until)),
        json_is_true(json_object_get(item, "fallback")) ? ", PREVIOUS VERSION: the newest is refused" : "");
    json_array_foreach(json_object_get(rules, "alarms"), i, item)
        printf("ALARM: %s\n", json_string_value(item));
}

/* What the file says and the daemon does not follow before a restart. */
static void print_waiting(const json_t *last_reload, FILE *out)
{
    size_t i;
    json_t *c, *list = json_object_get(last_reload, "needs_restart");
    json_array_foreach(list, i, c)
        fprintf(out, "%s%s%s: %s needs a restart of ringerd, %s stays in force\n",
                control_string(c, "section"), *control_string(c, "section") ? " " : "",
                control_string(c, "option"), control_string(c, "wanted"), control_string(c, "running"));
}

static void print_store(const json_t *store)
{
    char since[64];
    const json_t *health = json_object_get(store, "health");
    json_int_t since_s = control_integer(health, "since");
    if (*control_string(health, "why"))
        printf("STORE %s since %s: %s\n", control_string(health, "state"),
               since_s ? when(since_s, since, sizeof(since)) : "the start", control_string(health, "why"));
    if (json_is_false(json_object_get(health, "purges")))
        puts("NOTHING IS PURGED: the clock may be wrong (ringer quarantine purge --confirm-clock)");
    print_numbers("store", store);
}

/* What the daemon has in hand. */
static void print_load(const json_t *status)
{
    const json_t *memory = json_object_get(status, "memory");
    printf("connections %" JSON_INTEGER_FORMAT " of at most %" JSON_INTEGER_FORMAT ", %" JSON_INTEGER_FORMAT
           " have not begun\n",
           control_integer(status, "connections"), control_integer(status, "max_connections"),
           control_integer(status, "connections_waiting"));
    printf("messages under way may take %" JSON_INTEGER_FORMAT " MB of at most %" JSON_INTEGER_FORMAT "\n",
           control_integer(memory, "in_use") >> 20, control_integer(memory, "limit") >> 20);
    if (control_integer(status, "log_lines_lost") > 0)
        printf("LOG: %" JSON_INTEGER_FORMAT " lines were lost since nobody read them\n",
               control_integer(status, "log_lines_lost"));
}

static void print_status(const json_t *status)
{
    char a[64], b[64];
    const json_t *last = json_object_get(status, "last_reload");
    printf("ringerd %s, process %" JSON_INTEGER_FORMAT ", up %s%s\n", control_string(status, "version"),
           control_integer(status, "pid"), duration(control_integer(status, "uptime"), a, sizeof(a)),
           json_is_true(json_object_get(status, "stopping")) ? ", stopping" : "");
    printf("mode %s, configuration generation %" JSON_INTEGER_FORMAT "\n", control_string(status, "mode"),
           control_integer(status, "generation"));
    printf("last reload %s: %s\n", when(control_integer(last, "time"), b, sizeof(b)),
           json_is_true(json_object_get(last, "ok")) ? "good"
                                                     : "FAILED, the last good configuration stays in force");
    print_waiting(last, stdout);
    print_rules(json_object_get(status, "rules"));
    print_workers(json_object_get(status, "workers"));
    print_load(status);
    print_numbers("since the start", json_object_get(status, "counters"));
    print_numbers("SPF and DMARC, asked of DNS", json_object_get(status, "spf"));
    print_dns(json_object_get(status, "spf"));
    print_numbers("text of attachments", json_object_get(status, "attachments"));
    print_store(json_object_get(status, "store"));
}

static void print_reload(const json_t *answer, bool ok)
{
    const json_t *last = json_object_get(answer, "last_reload");
    fputs(control_string(answer, "report"), stderr);
    if (!ok) {
        fputs("not reloaded: the last good configuration stays in force\n", stderr);
        return;
    }
    printf("reloaded: generation %" JSON_INTEGER_FORMAT " is in force\n",
           control_integer(last, "generation"));
    fflush(stdout); /* before what is to follow it, should both be one file */
    print_waiting(last, stderr);
}

static int reload_code(const json_t *answer, bool ok)
{
    const json_t *waiting = json_object_get(json_object_get(answer, "last_reload"), "needs_restart");
    if (!ok)
        return EXIT_CONFIG;
    return json_array_size(waiting) ? EXIT_RESTART : EXIT_DONE;
}

static int show(const struct request *r, const json_t *answer)
{
    bool ok = json_is_true(json_object_get(answer, "ok"));
    bool status = strcmp(r->command, "status") == 0;
    if (r->json) {
        json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        putchar('\n');
    } else if (!status) {
        print_reload(answer, ok);
    } else if (!ok) {
        fputs(control_string(answer, "report"), stderr);
    } else if (r->metrics) {
        status_metrics(answer);
    } else {
        print_status(answer);
    }
    return !status ? reload_code(answer, ok) : ok ? EXIT_DONE : EXIT_FAILED;
}

static int run(int argc, char **argv)
{
    struct request r;
    struct diag_list diags = {0};
    int code = EXIT_FAILED;
    if (parse(&r, argc, argv, &code) != 0)
        return code;
    struct conf *conf = NULL;
    if (!r.socket) {
        conf = conf_load(r.config ? r.config : cli_default_config(), &diags);
        int reported =
            cli_report(&diags); /* a broken file may be why one asks: its socket must be given then */
        if (!conf) {
            fprintf(stderr, "ringer %s: give the daemon's socket with -s to ask it nevertheless\n", argv[0]);
            return reported;
        }
        r.socket = conf->control_socket;
    }
    json_t *answer = NULL;
    if (!*r.socket)
        fprintf(stderr, "ringer %s: daemon control-socket is '' in the configuration\n", argv[0]);
    else
        answer = ask(r.socket, r.command);
    if (answer)
        code = show(&r, answer);
    json_decref(answer);
    conf_free(&conf);
    return code;
}

int cmd_status(int argc, char **argv)
{
    return run(argc, argv);
}

int cmd_reload(int argc, char **argv)
{
    return run(argc, argv);
}
