/*
 * ringer extract: what the worker takes out of an attachment, for admins who wonder why a rule did not see a text.
 */
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "mail/attachment.h"
#include "worker/worker.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/storeopt.h"

enum { FILE_MAX = 1 << 30 };

struct extract_options {
    struct worker_options worker;
    bool pictures; /* also of the pages of a PDF */
};

static const char help[] =
    "usage: ringer extract [OPTION...] FILE...\n\n"
    "Prints the text that Ringer reads in an attachment that was saved to FILE (- is standard input), "
    "taken\n"
    "out by ringer-worker within its limits, and the QR codes and words of a PNG or JPEG; what could not be "
    "read is "
    "said on\n"
    "standard error.\n\n"
    "  -p, --pictures           also the QR codes and words on the first pages of a PDF, as they are drawn\n"
    "  -t, --timeout=MS         deadline for each file (4000)\n"
    "  -m, --memory=MIB         memory of the worker (256)\n"
    "  -w, --worker=PATH        the ringer-worker to use\n"
    "      --allow-unsandboxed  work even where the kernel has no seccomp; never for files that you do not "
    "trust\n"
    "  -h, --help               this text\n\n"
    "It reads PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, Office files of before 2007 where catdoc is installed, "
    "RTF,\n"
    "HTML, XML, iCalendar, vCard, CSV, plain text, and files in ZIP, 7z, tar, gzip, bzip2, xz and zstd; see\n"
    "ringer-worker(8).\n\n"
    "Exit codes: 0 all files were read, 1 at least one was not, 2 wrong usage. A text that was cut at a "
    "limit\n"
    "counts as read; that there is more is said.\n";

/* What was read goes to standard output, what was not is said. */
static bool print(struct worker_pool *pool, const char *path, const struct worker_text *text)
{
    struct worker_stats stats;
    bool ok = text->status == WORKER_OK;
    fwrite(text->text.p ? text->text.p : "", 1, text->text.n, stdout);
    if (text->text.n)
        putchar('\n');
    worker_pool_stats(pool, &stats);
    if (!ok || text->truncated)
        fprintf(stderr, "ringer extract: %s: %s%s%s%s%s%s\n", path, worker_status_name(text->status),
                *text->detail ? ": " : "", text->detail, text->truncated ? " (there is more text)" : "",
                text->status == WORKER_UNAVAILABLE && *stats.last_error ? ": " : "",
                text->status == WORKER_UNAVAILABLE ? stats.last_error : "");
    return ok;
}

static bool is_pdf(struct span bytes)
{
    return strcmp(attachment_sniff(bytes), "pdf") == 0;
}

static bool extract(const struct extract_options *o, struct worker_pool *pool, const char *path)
{
    struct arena *arena = arena_new();
    struct buf bytes = {0};
    struct worker_text text;
    struct file_error error;
    const char *slash = strrchr(path, '/');
    bool ok = file_read_argument(path, FILE_MAX, &bytes, &error),
         looks = ok && worker_looks(buf_span(&bytes)), pdf = looks && is_pdf(buf_span(&bytes));
    if (!ok) {
        fprintf(stderr, "ringer extract: %s: %s: %s\n", path, error.reason, error.remedy);
    } else if (pdf || !looks) {
        worker_extract(pool, arena, 0, "", slash ? slash + 1 : path, buf_span(&bytes), &text);
        ok = print(pool, path, &text);
    }
    if (looks && (!pdf || o->pictures)) {
        for (enum worker_look look = LOOK_CODES; look <= LOOK_WORDS; look++) {
            worker_look(pool, arena, 0, look, buf_span(&bytes), &text);
            text.text = span_trim(text.text);
            ok &= print(pool, path, &text);
        }
    }
    buf_free(&bytes);
    arena_free(&arena);
    return ok;
}

/* Too much is refused by the pool, which knows its bounds. */
static bool take_number(struct worker_options *o, int option)
{
    size_t n;
    if (!storeopt_number("extract", option == 't' ? "--timeout" : "--memory", optarg, &n))
        return false;
    if (option == 't')
        o->deadline_ms = n < UINT_MAX ? (unsigned)n : UINT_MAX;
    else
        o->memory_bytes = n < SIZE_MAX >> 20 ? n << 20 : SIZE_MAX;
    return true;
}

static int parse(int argc, char **argv, struct extract_options *options_r)
{
    static const struct option options[] = {
        {"pictures", no_argument, NULL, 'p'},
        {"timeout", required_argument, NULL, 't'},
        {"memory", required_argument, NULL, 'm'},
        {"worker", required_argument, NULL, 'w'},
        {"allow-unsandboxed", no_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct worker_options *o = &options_r->worker;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "pt:m:w:h", options, NULL)) != -1;) {
        if (c == 'p')
            options_r->pictures = true;
        else if ((c == 't' || c == 'm') && !take_number(o, c))
            return EXIT_USAGE;
        else if (c == 'w')
            o->path = optarg;
        else if (c == 'u')
            o->allow_unsandboxed = true;
        else if (c == 'h')
            return fputs(help, stdout), EXIT_DONE;
        else if (c == '?')
            return fputs(help, stderr), EXIT_USAGE;
    }
    if (optind < argc)
        return -1;
    fputs("ringer extract: which file? `ringer extract --help` tells more\n", stderr);
    return EXIT_USAGE;
}

int cmd_extract(int argc, char **argv)
{
    struct extract_options options = {.worker = {.processes = 1, .input_bytes = (size_t)128 << 20}};
    char *error = NULL;
    int code = parse(argc, argv, &options);
    if (code >= 0)
        return code;
    struct worker_pool *pool = worker_pool_new(&options.worker, &error);
    if (!pool) {
        fprintf(stderr, "ringer extract: %s\n", error);
        free(error);
        return EXIT_USAGE;
    }
    code = EXIT_DONE;
    for (int i = optind; i < argc; i++)
        if (!extract(&options, pool, argv[i]))
            code = EXIT_FAILED;
    worker_pool_free(&pool);
    return code;
}
