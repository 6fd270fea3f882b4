/*
 * ringer quarantine show and export. Bytes leave through piece after piece, never as a whole; on a terminal
 * everything from the mail is made harmless first, except with --raw, which is asked for by name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/digest.h"
#include "report/record_json.h"
#include "report/safetext.h"
#include "report/when.h"
#include "store/records.h"

#include "cli/cli.h"
#include "cli/quarantine.h"

enum { HEADER_LINES = 200 };

/* 0 = all written; -1 with `error`, also when `out` fails. */
static int write_raw(struct store *store, const char *id, FILE *out, struct store_error *error)
{
    struct buf piece = {0};
    int got;
    for (uint64_t n = 0; (got = store_quarantine_piece(store, id, n, &piece, error)) == 0; n++)
        if (fwrite(piece.p, 1, piece.n, out) != piece.n)
            break;
    buf_free(&piece);
    if (got >= 0 && (ferror(out) || fflush(out))) {
        snprintf(error->text, sizeof(error->text), "%s: writing failed: %s", id, strerror(errno));
        got = -1;
    }
    return got < 0 ? -1 : 0;
}

static void field(const char *name, const char *value)
{
    struct buf out = {0};
    if (!value)
        return;
    safetext_plain(&out, value);
    printf("%-12s%s\n", name, out.n ? out.p : "");
    buf_free(&out);
}

static void show_rcpts(const struct quarantine_item *item)
{
    char when[WHEN_SIZE];
    struct buf out = {0};
    for (size_t i = 0; i < item->mail.n_rcpts; i++) {
        const struct quarantine_rcpt *rcpt = &item->rcpts[i];
        buf_clear(&out);
        safetext_plain(&out, rcpt->address);
        if (rcpt->released_ms)
            buf_printf(&out, "  released %s", when_local(rcpt->released_ms, when));
        else if (rcpt->reply)
            buf_adds(&out, "  not released");
        if (rcpt->reply) {
            buf_adds(&out, ": ");
            safetext_plain(&out, rcpt->reply);
        }
        printf("%-12s%s\n", i ? "" : "Held for", out.p ? out.p : "");
    }
    buf_free(&out);
}

static void show_reasons(struct arena *arena, const struct quarantine_item *item)
{
    struct digest_entry entry = {.mail = item->mail, .evidence = evidence_read(arena, &item->mail)};
    struct buf out = {0};
    size_t n;
    const char *const *reasons = digest_reasons(arena, &entry, &n);
    puts("\nWhy");
    for (size_t i = 0; i < n; i++)
        field("  -", reasons[i]);
    digest_side_by_side(&entry.evidence, &out, "  ", isatty(STDOUT_FILENO));
    if (out.n)
        printf("\nThe domain side by side\n%s", out.p);
    buf_free(&out);
    if (entry.evidence.n_rules)
        puts("\nRules");
    for (size_t i = 0; i < entry.evidence.n_rules; i++) {
        const struct evidence_rule *rule = &entry.evidence.rules[i];
        printf("  %-9s %4d  ", rule->axis ? rule->axis : "", rule->score);
        safetext_plain(&out, rule->id);
        printf("%s%s\n", out.p, rule->monitor ? "  (monitored only)" : "");
        buf_clear(&out);
    }
    buf_free(&out);
}

static int show_audit(struct quarantine_args *args, struct arena *arena, const char *id)
{
    struct audit_list audit;
    struct store_error error;
    char when[WHEN_SIZE];
    if (store_audit_list(args->store, arena, id, 0, &audit, &error))
        return storeopt_failed("quarantine", &error);
    if (audit.n)
        puts("\nWhat happened to it");
    for (size_t i = 0; i < audit.n; i++) {
        struct buf out = {0};
        buf_printf(&out, "  %s  %s by ", when_local(audit.v[i].time_ms, when), audit.v[i].what);
        safetext_plain(&out, audit.v[i].who);
        if (audit.v[i].detail) {
            buf_adds(&out, ": ");
            safetext_plain(&out, audit.v[i].detail);
        }
        puts(out.p);
        buf_free(&out);
    }
    return EXIT_DONE;
}

static int show_headers(struct quarantine_args *args, const char *id)
{
    struct buf piece = {0}, line_out = {0};
    struct store_error error;
    struct span rest, line;
    int got = store_quarantine_piece(args->store, id, 0, &piece, &error);
    if (got < 0) {
        buf_free(&piece);
        return storeopt_failed("quarantine", &error);
    }
    puts("\nHeaders");
    rest = buf_span(&piece);
    for (int n = 0; n < HEADER_LINES && span_line(&rest, &line) && line.n > 0; n++) {
        struct arena *arena = arena_new();
        safetext_plain(&line_out, arena_span(arena, line));
        printf("  %s\n", line_out.p);
        buf_clear(&line_out);
        arena_free(&arena);
    }
    buf_free(&line_out);
    buf_free(&piece);
    return EXIT_DONE;
}

static int show_words(struct quarantine_args *args, struct arena *arena, const struct quarantine_item *item)
{
    char when[WHEN_SIZE];
    const struct store_mail *mail = &item->mail;
    printf("%-12s%s\n%-12s%s", "Id", item->id, "State", quarantine_state_name(item->state));
    if (item->changed_ms)
        printf(" %s by %s", when_local(item->changed_ms, when), item->changed_by ? item->changed_by : "?");
    printf("\n%-12s%s\n", "Time", when_local(mail->time_ms, when));
    field("From", mail->from);
    field("Sender", mail->sender && !*mail->sender ? "<>" : mail->sender);
    field("Client", mail->client_ip);
    field("Helo", mail->helo);
    show_rcpts(item);
    field("Subject", mail->subject);
    field("Message-ID", mail->message_id);
    field("Queue id", mail->queue_id);
    printf("%-12s%d  (%s)\n%-12s%llu bytes, sha256 %s\n", "Score", mail->score, mail->axes ? mail->axes : "",
           "Size", (unsigned long long)item->size, item->sha256 ? item->sha256 : "?");
    field("Last try", item->last_error);
    show_reasons(arena, item);
    int code = show_audit(args, arena, item->id);
    if (item->state != QUARANTINE_DELETED && code == EXIT_DONE)
        code = show_headers(args, item->id);
    if (item->state == QUARANTINE_HELD)
        printf("\nringer quarantine release %.10s   (or delete; `show --raw` prints the message)\n",
               item->id);
    return code;
}

static int show_json(struct quarantine_args *args, struct arena *arena, const struct quarantine_item *item)
{
    struct audit_list audit;
    struct store_error error;
    if (store_audit_list(args->store, arena, item->id, 0, &audit, &error))
        return storeopt_failed("quarantine", &error);
    json_t *json = record_item_json(item);
    json_object_set_new(json, "audit", record_audit_json(&audit));
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
    return EXIT_DONE;
}

static int show_raw(struct quarantine_args *args, const struct quarantine_item *item)
{
    struct store_error error;
    if (store_quarantine_verify(args->store, item->id, &error) ||
        write_raw(args->store, item->id, stdout, &error))
        return storeopt_failed("quarantine", &error);
    return EXIT_DONE;
}

static int show_one(struct quarantine_args *args, const char *id)
{
    struct arena *arena = arena_new();
    struct quarantine_item item;
    struct store_error error;
    int code;
    if (store_quarantine_get(args->store, arena, id, &item, &error))
        code = storeopt_failed("quarantine", &error);
    else if (args->raw)
        code = show_raw(args, &item);
    else
        code = args->json ? show_json(args, arena, &item) : show_words(args, arena, &item);
    arena_free(&arena);
    return code;
}

int quarantine_show(struct quarantine_args *args)
{
    return quarantine_each(args, show_one);
}

/* A new file in --dir; never writes over one. NULL after saying why. */
static FILE *export_file(struct quarantine_args *args, const char *id, const char *suffix)
{
    struct arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/%s%s", args->dir, id, suffix);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out)
        fprintf(stderr, "ringer quarantine: %s: %s\n", path, strerror(errno));
    arena_free(&arena);
    return out;
}

static int export_record(struct quarantine_args *args, const struct quarantine_item *item)
{
    FILE *out = export_file(args, item->id, ".json");
    if (!out)
        return EXIT_FAILED;
    json_t *json = record_item_json(item);
    int failed = json_dumpf(json, out, JSON_INDENT(2)) || fputc('\n', out) == EOF;
    json_decref(json);
    if (fclose(out) || failed) {
        fprintf(stderr, "ringer quarantine: %s: writing failed\n", item->id);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static int export_item(struct quarantine_args *args, const struct quarantine_item *item)
{
    struct store_error error;
    if (item->state == QUARANTINE_DELETED)
        return export_record(args, item);
    if (store_quarantine_verify(args->store, item->id, &error))
        return storeopt_failed("quarantine", &error);
    FILE *out = export_file(args, item->id, ".eml");
    if (!out)
        return EXIT_FAILED;
    int failed = write_raw(args->store, item->id, out, &error);
    if (fclose(out) && !failed) {
        snprintf(error.text, sizeof(error.text), "%s: writing failed: %s", item->id, strerror(errno));
        failed = -1;
    }
    if (failed)
        return storeopt_failed("quarantine", &error);
    args->seen++;
    return export_record(args, item);
}

static int export_one(struct quarantine_args *args, const char *id)
{
    struct arena *arena = arena_new();
    struct quarantine_item item;
    struct store_error error;
    int code = store_quarantine_get(args->store, arena, id, &item, &error)
                   ? storeopt_failed("quarantine", &error)
                   : export_item(args, &item);
    arena_free(&arena);
    return code;
}

int quarantine_export(struct quarantine_args *args)
{
    if (mkdir(args->dir, 0700) != 0 && errno != EEXIST) { /* held mail is nobody else's to read */
        fprintf(stderr, "ringer quarantine: %s cannot be made: %s\n", args->dir, strerror(errno));
        return EXIT_FAILED;
    }
    int code = args->n_ids ? quarantine_each(args, export_one) : quarantine_list_each(args, export_item);
    printf("%zu message%s written to %s\n", args->seen, args->seen == 1 ? "" : "s", args->dir);
    return code;
}
