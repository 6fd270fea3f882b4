/* Tests of src/conf/: what a file means, and what is said about mistakes */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "conf/option.h"
#include "mail/message.h"
#include "rules/verdict.h"

static char folder[] = "/tmp/ringer-test-conf-XXXXXX";

static char *write_file(const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

/* The name of the configuration file that conf_parse() is given: lists are looked for beside it. */
static struct conf *parse(const char *yaml, struct diag_list *diags)
{
    char *name = mem_printf("%s/ringer.yaml", folder);
    struct conf *conf = conf_parse(name, span_of(yaml), diags);
    free(name);
    return conf;
}

static void test_defaults(void **state)
{
    struct conf *conf = conf_default();
    assert_int_equal(conf->mode, CONF_MODE_MONITOR);
    assert_string_equal(conf->socket, "unix:/run/ringer/ringer.sock");
    assert_int_equal(conf->socket_mode, 0660);
    assert_int_equal(conf->threshold_hold, 90);
    assert_int_equal(conf->threshold_reject, 0);
    assert_int_equal(conf->milter_timeout_s, 7200);
    assert_int_equal(conf->worker_deadline_ms, 4000);
    assert_int_equal(conf->limit_message, 32 * 1024 * 1024);
    assert_int_equal(conf->on_store_error, CONF_ON_ERROR_TEMPFAIL);
    assert_int_equal(conf->on_worker_error, CONF_ON_ERROR_ACCEPT);
    assert_true(conf->skip_authenticated);
    assert_true(conf_network_match(&conf->internal_networks, "127.0.0.1"));
    assert_true(conf_network_match(&conf->internal_networks, "::1"));
    assert_false(conf_network_match(&conf->internal_networks, "192.0.2.1"));
    assert_int_equal(conf->rule_packs.n, 0);
    assert_string_equal(conf->phrases_path, "");
    assert_null(conf->path);
    conf_free(&conf);
    assert_null(conf);
    conf_free(&conf);
}

/* conf knows base only, so these numbers stand in two places: here they must be the same. */
static void test_defaults_of_other_modules(void **state)
{
    const struct message_limits *m = &message_limits_default;
    const struct verdict_policy *v = &verdict_policy_default;
    struct conf *conf = conf_default();
    assert_int_equal(conf->limit_message, m->raw_bytes);
    assert_int_equal(conf->limit_header_bytes, m->header_bytes);
    assert_int_equal(conf->limit_headers, m->headers);
    assert_int_equal(conf->limit_parts, m->parts);
    assert_int_equal(conf->limit_depth, m->depth);
    assert_int_equal(conf->limit_text, m->text_bytes);
    assert_int_equal(conf->limit_attachments, m->attachment_bytes);
    assert_int_equal(conf->limit_addresses, m->addresses);
    assert_int_equal(conf->limit_links, m->links);
    assert_int_equal(conf->threshold_tag, v->tag);
    assert_int_equal(conf->threshold_hold, v->hold);
    assert_int_equal(conf->identity_floor, v->identity_floor);
    assert_int_equal(conf->request_floor, v->request_floor);
    assert_int_equal(conf->threshold_reject, v->reject);
    conf_free(&conf);
}

static void test_values(void **state)
{
    struct diag_list diags = {0};
    char *own =
        write_file("own.txt", "\xEF\xBB\xBF# ours\n\nCompany.EXAMPLE.  # head office\r\nbuyer.example\n");
    char *people =
        write_file("people.tsv", "name\taddress\trole\nKaren Whitfield\tkaren@company.example\tvip\n"
                                 "# left\nJean Valmont\tj@company.example, jean@buyer.example\tstaff\n");
    struct conf *conf = parse("mode: enforce\n"
                              "protect:\n"
                              "  own-domains: {file: own.txt}\n"
                              "  partner-domains: [b\xC3\xBC"
                              "cher.example, {file: own.txt}]\n"
                              "  people:\n"
                              "  - {file: people.tsv}\n"
                              "  - {name: Marc Petit, address: marc@company.example, role: staff}\n"
                              "trust: {internal-networks: [10.0.0.0/8], skip-authenticated: no}\n"
                              "rules: {packs: [mine, /etc/x.yaml]}\n"
                              "quarantine: {store: 'sqlite:q.db', retention: 13mo}\n"
                              "milter: {socket: 'inet:8891@127.0.0.1', socket-mode: 0600, drain: 0s}\n"
                              "worker: {deadline: 1500ms, memory: 1gb}\n",
                              &diags);
    assert_int_equal(diags.n, 0);
    assert_non_null(conf);
    assert_int_equal(conf->mode, CONF_MODE_ENFORCE);
    assert_int_equal(conf->own_domains.n, 2);
    assert_string_equal(conf->own_domains.v[0].name, "company.example");
    assert_string_equal(conf->own_domains.v[0].at.file, own);
    assert_int_equal(conf->own_domains.v[0].at.line, 3);
    assert_int_equal(conf->partner_domains.n, 3);
    assert_int_equal(conf->people.n, 3);
    assert_int_equal(conf->people.v[0].role, CONF_ROLE_VIP);
    assert_int_equal(conf->people.v[1].addresses.n, 2);
    assert_string_equal(conf->people.v[1].addresses.v[1], "jean@buyer.example");
    assert_string_equal(conf->people.v[1].at.file, people);
    assert_int_equal(conf->people.v[1].at.line, 4);
    assert_false(conf->skip_authenticated);
    assert_false(conf_network_match(&conf->internal_networks, "127.0.0.1"));
    assert_int_equal(strncmp(conf->rule_packs.v[0], folder, strlen(folder)), 0);
    assert_string_equal(conf->rule_packs.v[1], "/etc/x.yaml");
    assert_int_equal(strncmp(conf->store + 7, folder, strlen(folder)), 0);
    assert_int_equal(conf->retention_s, 13 * 30 * 86400);
    assert_int_equal(conf->socket_mode, 0600);
    assert_int_equal(conf->drain_s, 0);
    assert_int_equal(conf->worker_deadline_ms, 1500);
    assert_int_equal(conf->worker_memory, 1024 * 1024 * 1024);
    conf_free(&conf);
    unlink(own);
    unlink(people);
    free(own);
    free(people);
}

/* Tests on a machine where Ringer runs must not read what is its own. */
static void test_state_folder(void **state)
{
    const char *before = getenv("RINGER_STATEDIR");
    char *saved = before ? strdup(before) : NULL;
    setenv("RINGER_STATEDIR", "/elsewhere", 1);
    struct conf *conf = conf_default();
    assert_string_equal(conf->signed_packs, "/elsewhere/packs");
    assert_string_equal(conf->store, "sqlite:/elsewhere/ringer.db");
    conf_free(&conf);
    unsetenv("RINGER_STATEDIR");
    conf = conf_default();
    assert_string_equal(conf->signed_packs, "/var/lib/ringer/packs");
    conf_free(&conf);
    if (saved)
        setenv("RINGER_STATEDIR", saved, 1);
    free(saved);
}

/* Where the drop-in for Postfix made its folder the socket lies in it, so that a chrooted smtpd reaches it. */
static void test_automatic_socket(void **state)
{
    struct diag_list diags = {0};
    struct conf *conf = parse("milter: {socket: auto}\n", &diags);
    assert_int_equal(diags.n, 0);
    assert_string_equal(conf->socket, access("/var/spool/postfix/ringer", F_OK) == 0
                                          ? "unix:/var/spool/postfix/ringer/ringer.sock"
                                          : "unix:/run/ringer/ringer.sock");
    conf_free(&conf);
}

/* Only the first message is compared; DIR stands for the folder of the file. */
static const struct {
    const char *yaml, *want;
} mistakes[] = {
    {"modus: tag\n", "1:1: unknown option 'modus' (did you mean 'mode'?)"},
    {"socket: 'fd:'\n", "1:1: unknown option 'socket' ('socket' stands under 'milter:')"},
    {"milter: {mode: tag}\n",
     "1:10: unknown option 'mode' under milter ('mode' stands at the top of the file, not indented)"},
    {"milter: {sockt: 'fd:'}\n", "1:10: unknown option 'sockt' under milter (did you mean 'socket'?)"},
    {"milter: {own-domain: []}\n",
     "1:10: unknown option 'own-domain' under milter (did you mean 'own-domains' under 'protect:'?)"},
    {"colour: red\n", "1:1: unknown option 'colour' (`ringer config show --defaults` lists all options)"},
    {"milter: 5\n",
     "1:9: 'milter' must be a mapping, not '5' (write one 'key: value' a line, indented below the key)"},
    {"- mode\n",
     "1:1: this value must be a mapping, not a list (write one 'key: value' a line, indented below the key)"},
    {"mode: tag\nmode: tag\n", "2:1: key 'mode' is already there on line 1 (keep one of the two)"},
    {"mode: &x tag\n", "1:7: anchors (&name) are not allowed (write the value out at each place, or put text "
                       "that starts with & in quotes)"},
    {"mode: !!str tag\n",
     "1:7: tags (!name) are not allowed (remove it; put text that starts with ! in quotes)"},
    {"mode: enforced\n",
     "1:7: 'mode' cannot be 'enforced' (one of: monitor, tag, enforce; did you mean 'enforce'?)"},
    {"mode:\n", "1:6: 'mode' must be text, but is empty (write a value, or '' for the empty text)"},
    {"mode: [tag]\n", "1:7: 'mode' must be text, not a list (-)"},
    {"milter: {max-connections: 0}\n",
     "1:27: 'max-connections' must be a whole number from 1 to 10000, not '0' (-)"},
    {"milter: {max-connections: many}\n",
     "1:27: 'max-connections' must be a whole number from 1 to 10000, not 'many' (-)"},
    {"milter: {max-connections: '5'}\n", "1:27: 'max-connections' must be a whole number from 1 to 10000, "
                                         "not the text '5' (take the quotes off)"},
    {"milter: {drain: 30}\n", "1:17: 'drain' must be a duration from 0s to 1h, not '30' (write a number and "
                              "a unit: 500ms, 30s, 5m, 2h, 90d, 4w, 13mo, 1y)"},
    {"milter: {drain: 2h}\n", "1:17: 'drain' must be a duration from 0s to 1h, not '2h' (write a number and "
                              "a unit: 500ms, 30s, 5m, 2h, 90d, 4w, 13mo, 1y)"},
    {"milter: {drain: 1500ms}\n", "1:17: 'drain' must be a duration from 0s to 1h, not '1500ms' (write a "
                                  "number and a unit: 500ms, 30s, 5m, 2h, 90d, 4w, 13mo, 1y)"},
    {"milter: {drain: 99999999999999999y}\n",
     "1:17: 'drain' must be a duration from 0s to 1h, not '99999999999999999y' (write a number and a unit: "
     "500ms, 30s, 5m, 2h, 90d, 4w, 13mo, 1y)"},
    {"worker: {deadline: 10ms}\n", "1:20: 'deadline' must be a duration from 100ms to 1m, not '10ms' (write "
                                   "a number and a unit: 500ms, 30s, 5m, 2h, 90d, 4w, 13mo, 1y)"},
    {"limits: {text: 10TB}\n", "1:16: 'text' must be a size from 4KB to 64MB, not '10TB' (write a number and "
                               "a unit: 4096, 64KB, 10MB, 1GB (1KB = 1024 bytes))"},
    {"limits: {text: -1}\n", "1:16: 'text' must be a size from 4KB to 64MB, not '-1' (write a number and a "
                             "unit: 4096, 64KB, 10MB, 1GB (1KB = 1024 bytes))"},
    {"milter: {socket-mode: 0888}\n",
     "1:23: 'socket-mode' must be permissions from 000 to 0777, not '0888' (write it octal, such as 0660)"},
    {"milter: {socket-mode: 1777}\n",
     "1:23: 'socket-mode' must be permissions from 000 to 0777, not '1777' (write it octal, such as 0660)"},
    {"milter: {socket: /run/x}\n", "1:18: 'socket' is no socket, '/run/x': unknown kind of socket (write "
                                   "unix:/PATH, inet:PORT@HOST, inet6:PORT@HOST, fd: or auto)"},
    {"milter: {socket: 'unix:x'}\n",
     "1:18: 'socket' is no socket, 'unix:x': the path behind unix: must begin with / (write unix:/PATH, "
     "inet:PORT@HOST, inet6:PORT@HOST, fd: or auto)"},
    {"milter: {socket: 'inet:70000@::1'}\n",
     "1:18: 'socket' is no socket, 'inet:70000@::1': inet: needs a port from 1 to 65535, @ and a host "
     "(write unix:/PATH, inet:PORT@HOST, inet6:PORT@HOST, fd: or auto)"},
    {"tag: {add-headers: perhaps}\n", "1:20: 'add-headers' must be true or false, not 'perhaps' (-)"},
    {"tag: {subject-prefix: \"a\\nb\"}\n",
     "1:23: 'subject-prefix' must not hold line ends or control characters (write it in one line)"},
    {"quarantine: {store: mysql}\n", "1:21: 'store' cannot be 'mysql' (write sqlite:PATH)"},
    {"quarantine: {release-smtp: localhost}\n",
     "1:28: 'release-smtp' cannot be 'localhost' (write smtp://HOST:PORT, such as smtp://127.0.0.1:10026)"},
    {"quarantine: {release-smtp: 'smtp://h:99999'}\n",
     "1:28: 'release-smtp' cannot be 'smtp://h:99999' (write smtp://HOST:PORT, such as "
     "smtp://127.0.0.1:10026)"},
    {"trust: {internal-networks: [10.1.0.0/8]}\n",
     "1:29: '10.1.0.0/8' in internal-networks: the address has bits set behind the prefix (write an address "
     "or a network: 192.0.2.1, 10.0.0.0/8, '2001:db8::/32')"},
    {"trust: {internal-networks: 10.0.0.0/8}\n", "1:28: 'internal-networks' must be a list, not '10.0.0.0/8' "
                                                 "(write [a, b], or one '- item' a line below the key)"},
    {"trust: {dns-servers: [192.0.2.1, 192.0.2.1@0]}\n",
     "1:22: dns-servers: '192.0.2.1@0' is no DNS server's address "
     "(write addresses, as 192.0.2.53 or 192.0.2.53@5353; or system alone)"},
    {"trust: {authserv-ids: ['']}\n", "1:24: an item of 'authserv-ids' is empty (remove it)"},
    {"protect: {own-domains: company.example}\n",
     "1:24: 'own-domains' must be a list of domains, not 'company.example' (write [a, b], one '- item' a "
     "line below the key, or {file: PATH})"},
    {"protect: {own-domains: [me@company.example]}\n",
     "1:25: 'me@company.example' in own-domains is no domain: only letters, digits, hyphens and dots can "
     "stand in a domain (write company.example; subdomains are always included)"},
    {"protect: {own-domains: ['https://company.example/x']}\n",
     "1:25: 'https://company.example/x' in own-domains is no domain: only letters, digits, hyphens and dots "
     "can stand in a domain (write company.example; subdomains are always included)"},
    {"protect: {own-domains: ['*.company.example']}\n",
     "1:25: '*.company.example' in own-domains is no domain: only letters, digits, hyphens and dots can "
     "stand in a domain (write company.example; subdomains are always included)"},
    {"protect: {own-domains: [.company.example]}\n",
     "1:25: '.company.example' in own-domains is no domain: it has two dots in a row, or begins with one "
     "(write company.example; "
     "subdomains are always included)"},
    {"protect: {own-domains: [company]}\n",
     "1:25: 'company' in own-domains is no domain: it has no dot (write a domain such as company.example, "
     "one for each item or line)"},
    {"protect: {own-domains: [-a.example]}\n",
     "1:25: '-a.example' in own-domains is no domain: a part begins or ends with a hyphen (write a domain "
     "such as company.example, one for each item or line)"},
    {"protect: {own-domains: [{file: none.txt}]}\n",
     "1:32: the list file of 'own-domains' cannot be read: DIR/none.txt: No such file or directory (check "
     "the path; relative ones start at the folder of the configuration file)"},
    {"protect: {own-domains: {file: /dev/zero}}\n",
     "1:31: the list file of 'own-domains' cannot be read: /dev/zero: it is a device (check the path; "
     "relative ones start at the folder of the configuration file)"},
    {"protect: {own-domains: {path: x}}\n", "1:25: unknown key 'path' (known here: file)"},
    {"protect: {own-domains: {file: bad.txt}}\n",
     "bad.txt:2:1: 'two words.example' in own-domains is no domain: only letters, digits, hyphens and dots "
     "can stand in a domain (write a domain such as company.example, one for each item or line)"},
    {"protect: {own-domains: [a.example, A.example]}\n",
     "1:36: 'a.example' is already in own-domains, DIR/ringer.yaml line 1 (remove one of the two)"},
    {"protect: {people: {file: bad.txt}}\n", "bad.txt:1:1: not three columns: 'good.example' in people "
                                             "(write name, address and role with one tab between them)"},
    {"protect: {people: {file: people.tsv}}\n",
     "people.tsv:2:1: unknown role: 'boss' in people (the role is vip or staff)"},
    {"protect: {people: {file: headless.tsv}}\n",
     "headless.tsv:1:1: the names of the columns are missing: 'A B\ta@b.example\tvip' in people (begin the "
     "file with the line: name, address, role, with tabs between them)"},
    {"protect: {people: [{name: A B, role: vip}]}\n",
     "1:20: a key is missing: 'address' in people (write {name: ..., address: ..., role: vip})"},
    {"protect: {people: [{name: A B, address: b.example, role: vip}]}\n",
     "1:20: not a mail address: 'b.example' in people (write name@company.example; several with commas "
     "between them)"},
    {"protect: {people: [{name: '', address: a@b.example, role: vip}]}\n",
     "1:20: a person without a name: 'a@b.example' in people (write the name as it stands before the address "
     "in mail)"},
    {"protect: {people: [{nam: A, address: a@b.example, role: vip}]}\n",
     "1:21: unknown key 'nam' (did you mean 'name'?)"},
    {"protect: {people: [Karen]}\n", "1:20: this value must be a mapping, not 'Karen' (write one 'key: "
                                     "value' a line, indented below the key)"},
    {"thresholds: {tag: 95}\n", "1:19: thresholds: tag (95) is above hold (90) (a message that is held is "
                                "worth a tag: make tag the smaller one)"},
};

/* "[file:]line:column: text (remedy)"; the configuration file itself is not named */
static char *format_first(const struct diag_list *diags)
{
    struct buf out = {0};
    buf_adds(&out, "");
    if (diags->n) {
        const struct diag *d = &diags->v[0];
        const char *name = strrchr(d->file, '/') + 1;
        if (strcmp(name, "ringer.yaml") != 0)
            buf_printf(&out, "%s:", name);
        buf_printf(&out, "%u:%u: ", d->line, d->column);
        const char *dir = strstr(d->text, folder);
        if (dir)
            buf_printf(&out, "%.*sDIR%s", (int)(dir - d->text), d->text, dir + strlen(folder));
        else
            buf_adds(&out, d->text);
        buf_printf(&out, " (%s)", d->remedy ? d->remedy : "-");
    }
    return out.p;
}

static void test_mistakes(void **state)
{
    size_t failures = 0;
    char *bad = write_file("bad.txt", "good.example\ntwo words.example\n");
    char *people = write_file("people.tsv", "name\taddress\trole\nA B\ta@b.example\tboss\n");
    char *headless = write_file("headless.tsv", "A B\ta@b.example\tvip\n");
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
        struct diag_list diags = {0};
        struct conf *conf = parse(mistakes[i].yaml, &diags);
        char *got = format_first(&diags);
        assert_int_equal(conf == NULL, diags.errors > 0);
        if (strcmp(got, mistakes[i].want) != 0) {
            print_message("got:  %s\nwant: %s\n", got, mistakes[i].want);
            failures++;
        }
        free(got);
        diag_free(&diags);
        conf_free(&conf);
    }
    unlink(bad);
    unlink(people);
    unlink(headless);
    free(bad);
    free(people);
    free(headless);
    assert_int_equal(failures, 0);
}

/* A table of suppliers: names beside the domains, in any order of columns, and the plain list beside it. */
static void test_companies(void **state)
{
    struct diag_list diags = {0};
    char *table = write_file("partners.tsv",
                             "# of our ERP\n"
                             "domain\tname\tphone\tcountry\n"
                             "Northgate.example\tNorthgate Tooling #1 Ltd; NGT\t+44 20 7946 0999\tgb\r\n"
                             "\n"
                             "# nothing known\n"
                             "kestrel.example\n"
                             "acier.example\tAciers du Nord\t\t\n");
    struct conf *conf = parse("protect:\n  partner-domains:\n  - {file: partners.tsv}\n  - plain.example\n"
                              "  - {domain: huaxin.example, name: 華鑫金屬有限公司, note: since 2019}\n",
                              &diags);
    assert_int_equal(diags.n, 0);
    const struct conf_domain *v = conf->partner_domains.v;
    assert_int_equal(conf->partner_domains.n, 5);
    assert_string_equal(v[0].name, "northgate.example");
    assert_string_equal(v[0].company->name, "Northgate Tooling #1 Ltd; NGT");
    assert_string_equal(v[0].company->country, "GB");
    assert_string_equal(v[0].company->phone, "+44 20 7946 0999");
    assert_string_equal(v[0].company->note, "");
    assert_int_equal(v[0].at.line, 3);
    assert_null(v[1].company);
    assert_string_equal(v[2].company->name, "Aciers du Nord");
    assert_null(v[3].company);
    assert_string_equal(v[4].name, "huaxin.example");
    assert_string_equal(v[4].company->note, "since 2019");
    conf_free(&conf);
    unlink(table);
    free(table);
}

static const struct {
    const char *table, *said;
} table_mistakes[] = {
    {"domain\tname\tfax\n", "t.tsv:1:1: unknown column: 'fax' (the columns are domain, name, country, phone, "
                            "note)"},
    {"domain\tname\tname\n", "t.tsv:1:1: a column stands there twice: 'name' (remove one of them)"},
    {"domain\tcountry\na.example\tFrance\n",
     "t.tsv:2:1: not a country: 'France' (write the two letters of ISO 3166, such as DE or FR)"},
    {"domain\tphone\na.example\tcall us\n",
     "t.tsv:2:1: not a telephone number: 'call us' (write it as it is dialled, such as +49 30 1234)"},
    {"domain\tname\na.example\tA\tB\n",
     "t.tsv:2:1: more columns than the first line of the file names: 'a.example\tA\tB' (one tab between two "
     "columns, and none inside them)"},
    {"a.example\tA Ltd\n",
     "t.tsv:1:1: 'a.example\tA Ltd' in partner-domains is a line of a table, but the names of the columns "
     "are "
     "missing (begin the file with the line: domain, name, country, phone, note, with tabs between them)"},
    {"domain\tname\n\tNobody\n", "t.tsv:2:1: '' in partner-domains is no domain: it is empty (write a domain "
                                 "such as company.example, one for "
                                 "each item or line)"},
};

static void test_table_mistakes(void **state)
{
    for (size_t i = 0; i < sizeof(table_mistakes) / sizeof(*table_mistakes); i++) {
        struct diag_list diags = {0};
        char *path = write_file("t.tsv", table_mistakes[i].table);
        assert_null(parse("protect: {partner-domains: {file: t.tsv}}\n", &diags));
        assert_int_equal(diags.n, 1);
        char *got = format_first(&diags);
        assert_string_equal(got, table_mistakes[i].said);
        free(got);
        diag_free(&diags);
        unlink(path);
        free(path);
    }
}

static void test_all_mistakes_are_reported(void **state)
{
    struct diag_list diags = {0};
    assert_null(parse("mode: x\nmilter: {drain: 5, sockt: y}\nlimits: {text: 1}\n", &diags));
    assert_int_equal(diags.errors, 4);
    diag_free(&diags);
    assert_null(conf_load("/nonexistent/ringer.yaml", &diags));
    assert_int_equal(diags.errors, 1);
    diag_free(&diags);
}

/* A million lines, every tenth a duplicate of the line before: bounded warnings, nothing quadratic. */
static void test_long_list(void **state)
{
    struct diag_list diags = {0};
    struct buf text = {0};
    for (int i = 0; i < 1000 * 1000; i++)
        buf_printf(&text, "name%d.example\n", i % 10 == 9 ? i - 1 : i);
    char *path = write_file("long.txt", text.p);
    struct conf *conf = parse("protect: {partner-domains: {file: long.txt}}\n", &diags);
    assert_non_null(conf);
    assert_int_equal(conf->partner_domains.n, 900 * 1000);
    assert_int_equal(diags.n, 6);
    assert_string_equal(diags.v[5].text, "100000 duplicate domains in partner-domains");
    conf_free(&conf);
    diag_free(&diags);
    buf_free(&text);
    unlink(path);
    free(path);
}

/* An option that nobody can understand from its help is not documented. */
static void test_every_option_is_documented(void **state)
{
    for (size_t i = 0; i < CONF_OPTIONS; i++) {
        const struct conf_option *o = &conf_options[i];
        size_t n = strlen(o->help);
        bool section = false;
        for (size_t j = 0; j < conf_n_sections; j++)
            section = section || strcmp(conf_sections[j].key, o->section) == 0;
        assert_true(section);
        assert_true(n >= 15 && (o->help[n - 1] == '.'));
        assert_true(o->help[0] >= 'A' && o->help[0] <= 'Z');
        for (size_t j = 0; j < i; j++)
            assert_false(strcmp(o->name, conf_options[j].name) == 0 &&
                         strcmp(o->section, conf_options[j].section) == 0);
    }
}

static int make_folder(void **state)
{
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_automatic_socket),
        cmocka_unit_test(test_state_folder),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_defaults_of_other_modules),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_companies),
        cmocka_unit_test(test_table_mistakes),
        cmocka_unit_test(test_all_mistakes_are_reported),
        cmocka_unit_test(test_long_list),
        cmocka_unit_test(test_every_option_is_documented),
    };
    return cmocka_run_group_tests_name("conf", tests, make_folder, remove_folder);
}
