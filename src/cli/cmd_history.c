/*
 * ringer history: what was learned of correspondents, for those who ask and those who want it forgotten.
 * Accounts are never shown: the store has only hashes of them.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "report/safetext.h"
#include "report/when.h"
#include "store/history.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/storeopt.h"

static const char help_text[] =
    "usage: ringer history show [NAME...] [--json]\n"
    "       ringer history export [--json|--csv]\n"
    "       ringer history forget NAME...\n\n"
    "NAME is a correspondent's domain, or the whole address at a free mail provider; forget also takes an\n"
    "address of your own.\n\n"
    "  show      how much was learned; with NAME all about that correspondent\n"
    "  export    all correspondents, as JSON (one object a line) or CSV\n"
    "  forget    drops a correspondent with its accounts, or a person of yours, from history\n\n"
    "      --json          JSON, one object a line\n"
    "      --csv           CSV\n" STOREOPT_HELP "  -h, --help\n\n"
    "Exit codes: 0 done, 1 failed or not known, 2 wrong usage, 3 invalid configuration.\n";

enum { OPT_JSON = STOREOPT_FREE, OPT_CSV };

static const struct option long_options[] = {{"json", no_argument, NULL, OPT_JSON},
                                             {"csv", no_argument, NULL, OPT_CSV},
                                             STOREOPT_LONG,
                                             {NULL, 0, NULL, 0}};

struct history_args {
    struct storeopt at;
    bool json, csv;
    struct store *store;
    struct history_options options;
    struct arena *arena;
};

static json_t *peer_json(const struct history_peer *peer)
{
    char first[WHEN_SIZE], last[WHEN_SIZE];
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b}", "correspondent", peer->name, "first",
                     when_utc(peer->first_ms, first), "last", when_utc(peer->last_ms, last), "received",
                     (json_int_t)peer->received, "sent", (json_int_t)peer->sent, "people",
                     (json_int_t)peer->people, "accounts", (json_int_t)peer->accounts, "established",
                     peer->established);
}

static int print_json(json_t *json)
{
    int failed = !json || json_dumpf(json, stdout, JSON_COMPACT) || putchar('\n') == EOF;
    json_decref(json);
    return failed;
}

static int export_json(void *context, const struct history_peer *peer)
{
    return print_json(peer_json(peer));
}

static int export_csv(void *context, const struct history_peer *peer)
{
    char first[WHEN_SIZE], last[WHEN_SIZE];
    struct buf line = {0};
    safetext_csv(&line, peer->name);
    buf_printf(&line, ",%s,%s,%llu,%llu,%llu,%llu,%s\r\n", when_utc(peer->first_ms, first),
               when_utc(peer->last_ms, last), (unsigned long long)peer->received,
               (unsigned long long)peer->sent, (unsigned long long)peer->people,
               (unsigned long long)peer->accounts, peer->established ? "yes" : "no");
    int failed = fputs(line.p, stdout) == EOF;
    buf_free(&line);
    return failed;
}

static int run_export(struct history_args *args)
{
    struct store_error error;
    if (args->csv)
        fputs("correspondent,first,last,received,sent,people,accounts,established\r\n", stdout);
    if (history_each(args->store, &args->options, "", args->csv ? export_csv : export_json, NULL, &error))
        return storeopt_failed("history", &error);
    return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
}

static int show_summary(struct history_args *args)
{
    struct history_summary s;
    struct store_error error;
    char begin[WHEN_SIZE];
    if (history_summary(args->store, &s, &error))
        return storeopt_failed("history", &error);
    if (args->json)
        return print_json(json_pack(
            "{s:s?, s:I, s:I, s:I, s:I, s:I}", "begin", s.begin_ms ? when_utc(s.begin_ms, begin) : NULL,
            "received", (json_int_t)s.received, "sent", (json_int_t)s.sent, "correspondents",
            (json_int_t)s.peers, "threads", (json_int_t)s.threads, "accounts", (json_int_t)s.accounts));
    if (s.begin_ms == 0) {
        puts("nothing was learned yet; `ringer learn` seeds history with archives of your mail");
        return EXIT_DONE;
    }
    printf("since %s: %llu messages received, %llu sent\n%llu correspondents, %llu messages of threads, "
           "%llu accounts\n",
           when_local(s.begin_ms, begin), (unsigned long long)s.received, (unsigned long long)s.sent,
           (unsigned long long)s.peers, (unsigned long long)s.threads, (unsigned long long)s.accounts);
    return EXIT_DONE;
}

static void print_peer(const struct history_peer *peer, const struct contact_strings *people)
{
    char first[WHEN_SIZE], last[WHEN_SIZE];
    struct buf out = {0};
    safetext_plain(&out, peer->name);
    buf_printf(&out, "%s\n  first mail %s, last %s\n  %llu received, %llu sent, %llu accounts\n",
               peer->established ? " (established)" : "", when_local(peer->first_ms, first),
               when_local(peer->last_ms, last), (unsigned long long)peer->received,
               (unsigned long long)peer->sent, (unsigned long long)peer->accounts);
    for (size_t i = 0; i < people->n; i++) {
        buf_adds(&out, i ? "\n    " : "  with\n    ");
        safetext_plain(&out, people->v[i]);
    }
    puts(out.p);
    buf_free(&out);
}

static int show_one(struct history_args *args, const char *name)
{
    struct history_peer peer;
    struct contact_strings people;
    struct store_error error;
    int result = history_get(args->store, args->arena, &args->options, name, &peer, &people, &error);
    if (result < 0)
        return storeopt_failed("history", &error);
    if (result > 0) {
        fprintf(stderr, "ringer history: no mail with %s was learned\n", name);
        return EXIT_FAILED;
    }
    if (args->json) {
        json_t *json = peer_json(&peer), *list = json_array();
        for (size_t i = 0; i < people.n; i++)
            json_array_append_new(list, json_string(people.v[i]));
        json_object_set_new(json, "with", list);
        return print_json(json) ? EXIT_FAILED : EXIT_DONE;
    }
    print_peer(&peer, &people);
    return EXIT_DONE;
}

static int forget_one(struct history_args *args, const char *name)
{
    struct store_error error;
    uint64_t removed;
    if (history_forget(args->store, name, storeopt_who(args->arena), &removed, &error))
        return storeopt_failed("history", &error);
    if (removed == 0) {
        fprintf(stderr, "ringer history: no mail with %s was learned\n", name);
        return EXIT_FAILED;
    }
    printf("%s is forgotten; lookalikes of it are recognised until `ringer reload`\n", name);
    return EXIT_DONE;
}

static int each_name(struct history_args *args, char **names, int (*run)(struct history_args *, const char *))
{
    int worst = EXIT_DONE;
    for (; *names; names++) {
        int code = run(args, *names);
        worst = code ? code : worst;
    }
    return worst;
}

static int wrong(const char *text)
{
    fprintf(stderr, "ringer history: %s; `ringer history --help` tells more\n", text);
    return EXIT_USAGE;
}

static int run_command(struct history_args *args, const char *command, char **names)
{
    if (strcmp(command, "export") == 0)
        return *names ? wrong("export takes no names") : run_export(args);
    if (strcmp(command, "forget") == 0)
        return *names ? each_name(args, names, forget_one) : wrong("name what is to be forgotten");
    return *names ? each_name(args, names, show_one) : show_summary(args);
}

static int parse_options(struct history_args *args, int argc, char **argv)
{
    int option;
    while ((option = getopt_long(argc, argv, "c:h", long_options, NULL)) != -1)
        switch (option) {
        case OPT_JSON:
            args->json = true;
            break;
        case OPT_CSV:
            args->csv = true;
            break;
        case 'h':
            fputs(help_text, stdout);
            return EXIT_DONE;
        default:
            if (!storeopt_take(&args->at, option))
                return wrong("there is no such option");
        }
    return -1;
}

int cmd_history(int argc, char **argv)
{
    struct history_args args = {.options = history_options_default};
    int code = parse_options(&args, argc, argv);
    const char *command = code < 0 && optind < argc ? argv[optind++] : NULL;
    if (code >= 0)
        return code;
    if (!command)
        return wrong("say show, export or forget");
    bool writes = strcmp(command, "forget") == 0;
    if (!writes && strcmp(command, "show") != 0 && strcmp(command, "export") != 0)
        return wrong("there is no such command");
    args.store = storeopt_open(&args.at, "history", writes ? 0 : STORE_RDONLY, false, &code);
    if (!args.store)
        return code;
    if (args.at.conf) {
        args.options.established_messages = (unsigned)args.at.conf->history_established_messages;
        args.options.established_ms = args.at.conf->history_established_s * 1000;
    }
    args.arena = arena_new();
    code = run_command(&args, command, argv + optind);
    arena_free(&args.arena);
    storeopt_close(&args.at, &args.store);
    return code;
}
