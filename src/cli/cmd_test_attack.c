/*
 * ringer test-attack: a mail that must be held goes through the running mail server, and the daemon says what became
 * of it. The token in its first header (src/milter/testmail.h) makes ringerd judge it although it comes from
 * loopback, hold it in every mode, and keep it out of history, campaigns and reports. Its sender is a lookalike of
 * an own domain; since that may belong to somebody, the envelope sender is the null one: nothing is ever bounced.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/control.h"
#include "cli/test_attack.h"
#include "judge/judgement.h"
#include "lookalike/variants.h"
#include "mail/authres.h"
#include "policy/policy.h"
#include "store/delivery.h"
#include "store/smtp_path.h"

enum { VARIANTS_TRIED = 200, FORGED_MOST = 8 };

struct attack {
    const struct test_attack *test;
    const struct policy *policy;
    struct arena *arena;
    const char *rcpt, *token;
    const char *domain; /* whose mail it pretends to be */
};

static const char *date_now(struct arena *arena)
{
    char text[64];
    time_t now = time(NULL);
    struct tm tm;
    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &tm));
    return arena_strdup(arena, text);
}

/* What a fraudster may try: results in the names that are believed. The mail server must remove them before Ringer. */
static const char *forged_results(const struct attack *a)
{
    const struct conf_strings *ids = &a->policy->conf->authserv_ids;
    const char *text = "";
    for (size_t i = 0; i < ids->n && i < FORGED_MOST; i++)
        text = arena_printf(
            a->arena,
            "%sAuthentication-Results: %s; dkim=pass header.d=%s header.s=" AUTHRES_PROBE_SELECTOR "\r\n",
            text, ids->v[i], a->domain);
    return text;
}

/* English whatever the locale says: LC_TIME is never set. */
static struct span compose(const struct attack *a)
{
    const char *text = arena_printf(
        a->arena,
        "X-Ringer-Test: %s\r\n"
        "%s"
        "From: \"Accounts\" <accounts@%s>\r\n"
        "To: <%s>\r\n"
        "Subject: [Ringer test] Our bank details have changed\r\n"
        "Date: %s\r\n"
        "Message-ID: <ringer-test.%.8s@%s>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n"
        "\r\n"
        "Hello,\r\n"
        "\r\n"
        "our bank details have changed. Please pay all open invoices from now on into\r\n"
        "our new bank account: IBAN IT60 X054 2811 1010 0000 0123 456, BIC BCITITMM.\r\n"
        "\r\n"
        "Accounts\r\n"
        "\r\n"
        "(A test attack, sent by `ringer test-attack`. Whoever reads this in a mailbox: please tell the\r\n"
        "administrator that Ringer is not attached to the mail server.)\r\n",
        a->token, forged_results(a), a->domain, a->rcpt, date_now(a->arena), a->token, a->domain);
    return span_of(text);
}

/* Would the configuration hold it? What the daemon knows besides cannot make it harmless. */
static bool would_be_held(const struct attack *a)
{
    const struct envelope envelope = {
        .client_ip = "192.0.2.1", .mail_from = "", .rcpts = &a->rcpt, .n_rcpts = 1};
    const struct message *message = message_parse(a->arena, &envelope, compose(a), false, &a->policy->limits);
    return judge(a->policy, NULL, a->arena, message, time(NULL) * INT64_C(1000)).verdict.action >=
           ACTION_QUARANTINE;
}

/*
 * A lookalike of the first own domain that makes it an attack: letters that look alike before typing errors before
 * other top-level domains, which are the likeliest to belong to somebody. NULL when there is none.
 */
static const char *choose_domain(struct attack *a, const char *own)
{
    enum { PASSES = 3 };
    struct lookalike_variant *variants;
    struct diag_list diags = {0};
    const char *error = NULL;
    size_t n = lookalike_variants(a->arena, own, &variants, &error, &diags);
    diag_free(&diags);
    for (int pass = 0, tried = 0; pass < PASSES; pass++)
        for (size_t i = 0; i < n && tried < VARIANTS_TRIED; i++) {
            enum lookalike_class class = variants[i].class;
            int its_pass = class == LOOKALIKE_CONFUSABLE ? 0 : class != LOOKALIKE_TLD_SWAP ? 1 : 2;
            if (its_pass != pass)
                continue;
            a->domain = variants[i].ascii;
            tried++;
            if (would_be_held(a))
                return a->domain;
        }
    return NULL;
}

static int failed(const struct attack *a, const char *what, const char *remedy)
{
    if (a->test->quiet) {
        return EXIT_FAILED;
    } else if (a->test->json) {
        json_t *out = json_pack("{s:b, s:s, s:s}", "ok", 0, "finding", what, "remedy", remedy);
        json_dumpf(out, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        putchar('\n');
        json_decref(out);
    } else {
        fprintf(stderr, "ringer test-attack: %s; %s\n", what, remedy);
    }
    return EXIT_FAILED;
}

static void show_forged(const struct attack *a, const json_t *result)
{
    if (a->policy->conf->authserv_ids.n == 0)
        return;
    if (json_integer_value(json_object_get(result, "forged_results")) > 0)
        fprintf(stderr,
                "ringer test-attack: forged Authentication-Results in the name of '%s' came through: whoever "
                "writes "
                "such a field is believed; `ringer init` prints how the mail server removes them\n",
                a->policy->conf->authserv_ids.v[0]);
    else
        printf("forged Authentication-Results in the name of '%s' were removed before Ringer\n",
               a->policy->conf->authserv_ids.v[0]);
}

static int show_seen(const struct attack *a, json_t *result)
{
    const char *id = control_string(result, "id"), *verdict = control_string(result, "verdict");
    bool good = *id && (strcmp(verdict, "quarantine") == 0 || strcmp(verdict, "reject") == 0);
    if (a->test->quiet)
        return good ? EXIT_DONE : EXIT_FAILED;
    if (a->test->json) {
        json_object_set_new(result, "ok", json_boolean(good));
        json_object_set_new(result, "sender", json_string(a->domain));
        json_dumpf(result, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        putchar('\n');
    } else if (good) {
        printf("the test attack from %s to %s was held: id %s, score %" JSON_INTEGER_FORMAT "\n  %s\n"
               "see it with `ringer quarantine show %s`\n",
               a->domain, a->rcpt, id, json_integer_value(json_object_get(result, "score")),
               control_string(result, "reason"), id);
        if (strcmp(control_string(result, "mode"), "enforce") != 0)
            printf("a test is held in every mode; in mode %s other attacks are delivered with headers\n",
                   control_string(result, "mode"));
        show_forged(a, result);
    }
    if (good)
        return EXIT_DONE;
    if (a->test->json)
        return EXIT_FAILED;
    if (!*id)
        return failed(a,
                      arena_printf(a->arena, "ringerd saw it, but could not keep it: %s",
                                   control_string(result, "error")),
                      "see `ringer doctor` and ringerd's log");
    return failed(a, arena_printf(a->arena, "ringerd saw it and calls it '%s' (id %s)", verdict, id),
                  "its configuration is not the one that was read here: try `ringer reload`");
}

static int what_became(const struct attack *a)
{
    char error[CONTROL_ERROR_SIZE];
    json_t *result = control_ask(a->policy->conf->control_socket, arena_printf(a->arena, "test %s", a->token),
                                 error, sizeof(error));
    int code;
    if (!result)
        return failed(a, error, "the mail server took the message, where it is now its log says");
    if (strcmp(control_string(result, "state"), "done") == 0)
        code = show_seen(a, result);
    else
        code = failed(a,
                      arena_printf(a->arena, "%s took the message for %s, but ringerd never saw it",
                                   a->test->smtp, a->rcpt),
                      "smtpd_milters of that listener does not name Ringer: `ringer init` prints the line, "
                      "`ringer doctor` looks for the reason");
    json_decref(result);
    return code;
}

static int whole_message(void *context, uint64_t n, struct buf *piece_r)
{
    const struct span *message = context;
    piece_r->n = 0;
    buf_add(piece_r, message->p, message->n);
    return n > 0;
}

static int send_it(const struct attack *a)
{
    struct span message = compose(a);
    struct store_error error;
    struct quarantine_sent sent = {.address = a->rcpt}, *to = &sent;
    const char *path = smtp_path(a->arena, a->rcpt);
    struct delivery d = {.arena = a->arena,
                         .url = a->test->smtp,
                         .piece = whole_message,
                         .context = &message,
                         .size = message.n,
                         .sender = "",
                         .paths = &path,
                         .sent = &to,
                         .n = 1,
                         .error = &error};
    if (!path)
        return failed(a, arena_printf(a->arena, "no SMTP command can carry '%s'", a->rcpt),
                      "name another recipient");
    if (delivery_send(&d) == 0)
        return what_became(a);
    const char *reply = sent.reply ? sent.reply : error.text;
    return failed(a, arena_printf(a->arena, "%s did not take it: %s", a->test->smtp, reply),
                  *reply == '5'   ? "name a recipient that exists: `ringer test-attack RECIPIENT`"
                  : *reply == '4' ? "`ringer doctor` says whether the mail server reaches ringerd"
                                  : "is the mail server running? --smtp names another listener");
}

static int with_token(struct attack *a)
{
    char error[CONTROL_ERROR_SIZE];
    json_t *answer = control_ask(a->policy->conf->control_socket, "test", error, sizeof(error));
    if (!answer)
        return failed(a, error, "start it, then test again");
    int code;
    if (json_is_true(json_object_get(answer, "ok"))) {
        a->token = control_string(answer, "token");
        code = send_it(a);
    } else {
        code = failed(a, control_string(answer, "report"), "is this ringerd of the same version?");
    }
    json_decref(answer);
    return code;
}

static int run(struct attack *a)
{
    const struct conf_domains *own = &a->policy->conf->own_domains;
    if (own->n == 0)
        return failed(a, "protect.own-domains is empty, so that nobody can pretend to be you",
                      "name your domains there, then `ringer reload`");
    a->rcpt = a->test->rcpt ? a->test->rcpt : arena_printf(a->arena, "postmaster@%s", own->v[0].name);
    a->token = "00000000000000000000000000000000"; /* while nothing is sent */
    if (!choose_domain(a, own->v[0].name))
        return failed(a,
                      arena_printf(a->arena, "no lookalike of %s would be held with this configuration",
                                   own->v[0].name),
                      "see `ringer config show` for disabled rules, thresholds and exceptions");
    return with_token(a);
}

int test_attack_run(const struct test_attack *test)
{
    struct diag_list diags = {0};
    message_library_init();
    struct policy *policy = policy_load(test->config, &diags);
    int code = cli_report(&diags);
    if (policy) {
        struct attack a = {.test = test, .policy = policy, .arena = arena_new()};
        code = run(&a);
        arena_free(&a.arena);
    }
    policy_unref(&policy);
    message_library_shutdown();
    return code;
}

static const char usage[] =
    "usage: ringer test-attack [OPTION...] [RECIPIENT]\n\n"
    "Sends a mail that must be held through the running mail server and ringerd, and says what became of "
    "it.\n"
    "RECIPIENT, by default postmaster at the first of own-domains, never gets it: it is held in every mode.\n"
    "Nothing is learned from it, and reports do not count it.\n\n"
    "      --smtp URL        the listener that has the milter (default: smtp://127.0.0.1:25)\n"
    "      --json            the result as JSON\n"
    "  -c, --config FILE     the configuration (default: $RINGER_CONFIG, else the installed one)\n"
    "  -h, --help\n\n"
    "Exit codes: 0 it was seen and held, 1 not, 2 wrong usage, 3 invalid configuration.\n";

int cmd_test_attack(int argc, char **argv)
{
    static const struct option longs[] = {{"smtp", required_argument, NULL, 's'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct test_attack test = {.config = cli_default_config(), .smtp = "smtp://127.0.0.1:25"};
    int c;
    optind = 0;
    while ((c = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
        if (c == 's')
            test.smtp = optarg;
        else if (c == 'j')
            test.json = true;
        else if (c == 'c')
            test.config = optarg;
        else
            return fputs(usage, c == 'h' ? stdout : stderr), c == 'h' ? EXIT_DONE : EXIT_USAGE;
    }
    if (argc - optind > 1) {
        fputs("ringer test-attack: one recipient at most\n", stderr);
        return EXIT_USAGE;
    }
    test.rcpt = optind < argc ? argv[optind] : NULL;
    return test_attack_run(&test);
}
