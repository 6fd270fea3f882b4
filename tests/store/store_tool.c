/*
 * For the store's test scripts: what ringerd would do with a store, without ringerd.
 *   store_tool put URL FILE SENDER RCPT...   holds FILE, half from memory, half as a spooled part; prints the id
 *   store_tool sample URL                    holds and tags a few messages, hostile ones among them
 *   store_tool hammer URL THREADS            holds messages until it is killed; prints each id once it is durable
 *   store_tool sql POSTGRESQL                prints every statement as PostgreSQL's PREPARE
 *   store_tool verify URL                    reads ids from stdin; fails unless all are there, unharmed
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/quarantine.h"
#include "store/records.h"

static const char rules[] =
    "[{\"id\":\"lookalike.partner\",\"title\":\"Lookalike\",\"axis\":\"identity\",\"score\":60,\"why\":"
    "\"arce1or.example looks like your supplier arcelor.example: 1 stands for l\"},"
    "{\"id\":\"payment.account\",\"axis\":\"request\",\"score\":40,\"why\":"
    "\"asks to pay into another account: \xc2\xab nos nouvelles coordonn\xc3\xa9"
    "es bancaires \xc2\xbb\"},"
    "{\"id\":\"trial.rule\",\"axis\":\"context\",\"score\":5,\"why\":\"on trial\",\"monitor\":true}]";
static const char lookalikes[] =
    "[{\"where\":\"From\",\"domain\":\"arce1or.example\",\"target\":\"arcelor.example\",\"relation\":"
    "\"partner\",\"score\":95,\"why\":\"1 stands for l\",\"differs\":\"arce\\u00021\\u0003or.example\"}]";

static struct store_mail mail_of(const char *sender, const char *const *rcpts, size_t n)
{
    return (struct store_mail){.queue_id = "4Sample",
                               .client_ip = "192.0.2.1",
                               .helo = "mx.arce1or.example",
                               .sender = sender,
                               .rcpts = rcpts,
                               .n_rcpts = n,
                               .from = "Paul Martin <paul@arce1or.example>",
                               .from_domain = "arce1or.example",
                               .subject = "Facture 4711 : nouvelles coordonn\xc3\xa9"
                                          "es",
                               .message_id = "4711@arce1or.example",
                               .action = "quarantine",
                               .score = 96,
                               .axes = "identity,request",
                               .reason = "lookalike of a supplier; asks to pay into another account",
                               .rules_json = rules,
                               .lookalikes_json = lookalikes,
                               .facts_json = "{\"lookalike.score\":95}"};
}

static int failed(const struct store_error *error)
{
    fprintf(stderr, "store_tool: %s\n", error->text);
    return 1;
}

static int put_file(struct store *store, int argc, char **argv)
{
    struct store_error error;
    struct stat st;
    char id[STORE_ID_SIZE];
    int fd = open(argv[0], O_RDONLY);
    if (fd < 0 || fstat(fd, &st))
        return perror(argv[0]), 1;
    size_t half = (size_t)st.st_size / 2;
    char *head = mem_alloc(half);
    struct store_mail mail = mail_of(argv[1], (const char *const *)argv + 2, (size_t)argc - 2);
    struct store_body body = {{head, half}, fd, (off_t)half, (uint64_t)st.st_size - half};
    int bad = pread(fd, head, half, 0) != (ssize_t)half ||
              store_quarantine_put(store, &mail, &body, id, &error) < 0;
    free(head);
    close(fd);
    return bad ? failed(&error) : printf("%s\n", id) < 0;
}

static int hold(struct store *store, struct store_mail *mail, int64_t minutes, const char *text)
{
    struct store_body body = {span_of(text), -1, 0, 0};
    struct store_error error;
    char id[STORE_ID_SIZE];
    mail->time_ms -= minutes * 60000;
    return store_quarantine_put(store, mail, &body, id, &error) ? failed(&error) : 0;
}

static void decide(struct store *store, struct store_mail mail, const char *action, const char *verdict)
{
    mail.action = action;
    mail.verdict = verdict;
    store_decision_put(store, &mail);
}

static int sample(struct store *store, int64_t now_ms)
{
    static const char *const rcpts[] = {"compta@buyer.example", "direction@buyer.example"};
    struct store_mail plain = mail_of("paul@arce1or.example", rcpts, 2), hostile = plain, idn = plain;
    struct store_mail pass = {
        .time_ms = now_ms, .action = "pass", .verdict = "pass", .from_domain = "ok.example"};
    plain.time_ms = hostile.time_ms = idn.time_ms = now_ms;
    hostile.subject = "<script>alert(1)</script> \"'&\xe2\x80\xaegnp.exe \xe2\x80\x8b=cmd|' /C calc'!A0 "
                      "</title><img src=x onerror=alert(2)>";
    hostile.from = "=HYPERLINK(\"http://evil.example\") \x1b[31m<\"><b>boss@evil.example>";
    hostile.sender = "";
    idn.lookalikes_json =
        "[{\"where\":\"Reply-To\",\"domain\":\"r\xd0\xb5x\xd0\xb5l-groupe.example\",\"target\":"
        "\"rexel.example\",\"relation\":\"own\",\"score\":90,\"why\":\"Cyrillic letters\"}]";
    idn.subject = "RE: RE: Paiement de la facture en retard, r\xc3\xa9ponse attendue avant ce soir pour "
                  "\xc3\xa9viter des p\xc3\xa9nalit\xc3\xa9s de retard importantes";
    int bad = hold(store, &plain, 30, "Subject: plain\r\n\r\nPay here.\r\n") ||
              hold(store, &hostile, 90, "Subject: hostile\r\n\r\n\x1b[2JPay here.\r\n") ||
              hold(store, &idn, 200, "Subject: idn\r\n\r\nPay here.\r\n");
    decide(store, plain, "tag", "tag");
    decide(store, idn, "pass", "quarantine");
    for (int i = 0; i < 40; i++)
        store_decision_put(store, &pass);
    return bad;
}

static void *hammer(void *arg)
{
    static const char *const rcpts[] = {"clerk@buyer.example"};
    struct store *store = arg;
    struct store_mail mail = mail_of("a@b.example", rcpts, 1);
    struct store_error error;
    char id[STORE_ID_SIZE], line[STORE_ID_SIZE + 1], *text = mem_alloc(5000);
    memset(text, 'x', 4999);
    for (;;) {
        for (int i = 0; i < 20; i++) /* each is another one */
            text[i] = (char)('a' + randombytes_uniform(26));
        struct store_body body = {span_of(text), -1, 0, 0};
        if (store_quarantine_put(store, &mail, &body, id, &error))
            exit(failed(&error));
        snprintf(line, sizeof(line), "%s\n", id);
        if (write(STDOUT_FILENO, line, STORE_ID_SIZE) != STORE_ID_SIZE)
            exit(1);
    }
    return NULL;
}

static int hammer_all(struct store *store, int threads)
{
    pthread_t thread;
    for (int i = 1; i < threads; i++)
        if (pthread_create(&thread, NULL, hammer, store))
            return 1;
    hammer(store);
    return 0;
}

static int print_sql(void)
{
    for (size_t i = 0; i < SQL_COUNT; i++) {
        printf("PREPARE statement_%zu AS ", i);
        for (const char *p = statement_sql[i]; *p; p++)
            putchar(*p == '?' ? '$' : *p);
        puts(";");
    }
    return 0;
}

static int verify(struct store *store)
{
    char line[64];
    unsigned n = 0;
    while (fgets(line, sizeof(line), stdin)) {
        struct store_error error;
        line[strcspn(line, "\n")] = '\0';
        if (strlen(line) == STORE_ID_SIZE - 1 && store_quarantine_verify(store, line, &error))
            return failed(&error);
        n++;
    }
    printf("%u\n", n);
    return n == 0;
}

int main(int argc, char **argv)
{
    struct store_error error;
    struct timespec now;
    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "sql") == 0)
        return print_sql();
    struct store *store = store_open(argv[2], STORE_CREATE, &error);
    if (!store)
        return failed(&error);
    clock_gettime(CLOCK_REALTIME, &now);
    int code = strcmp(argv[1], "put") == 0 && argc >= 6      ? put_file(store, argc - 3, argv + 3)
               : strcmp(argv[1], "sample") == 0              ? sample(store, (int64_t)now.tv_sec * 1000)
               : strcmp(argv[1], "hammer") == 0 && argc == 4 ? hammer_all(store, atoi(argv[3]))
               : strcmp(argv[1], "verify") == 0              ? verify(store)
                                                             : 2;
    store_close(&store);
    return code;
}
