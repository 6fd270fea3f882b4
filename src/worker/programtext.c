/*
 * What the end of a program means, and the text that it writes.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "worker/programtext.h"

bool program_says(const struct program_end *end, const char *words)
{
    return end->messages.n && memmem(end->messages.p, end->messages.n, words, strlen(words));
}

static void set(struct extraction *x, struct arena *arena, enum program program, enum worker_status status,
                const char *why)
{
    x->status = status;
    x->detail = arena_printf(arena, "%s %s", program_rows[program].arguments[0], why);
}

static void not_there(struct extraction *x, struct arena *arena, enum program program)
{
    const struct program_row *row = &program_rows[program];
    x->status = row->optional ? WORKER_UNSUPPORTED : WORKER_UNAVAILABLE;
    x->detail =
        arena_printf(arena, "%s (%s) %s: is %s installed?", row->arguments[0], row->path,
                     row->optional ? "would read it, but is not there" : "cannot be started", row->package);
}

void program_judge(struct extraction *x, struct arena *arena, enum program program,
                   const struct program_end *end)
{
    int code = WIFEXITED(end->status) ? WEXITSTATUS(end->status) : -1,
        signal = WIFSIGNALED(end->status) ? WTERMSIG(end->status) : 0;
    if (!end->complete && x->sink.truncated)
        return;
    if (!end->complete || signal == SIGXCPU || signal == SIGPROF)
        set(x, arena, program, WORKER_TIMEOUT, "has too much work with it");
    else if (code == 0)
        return;
    else if (program_says(end, "Incorrect password") || program_says(end, "ncrypt"))
        set(x, arena, program, WORKER_ENCRYPTED, "needs a password for it");
    else if (code == PROGRAM_NOT_THERE || code == PROGRAM_NOT_STARTED)
        not_there(x, arena, program);
    else if (code == PROGRAM_NOT_SHUT_IN)
        set(x, arena, program, WORKER_UNSUPPORTED, "is only asked for it where the kernel has Landlock");
    else if (signal == SIGSYS)
        set(x, arena, program, WORKER_UNAVAILABLE,
            "was killed by SIGSYS: a filter of system calls around ringerd forbids what it needs");
    else if (signal == SIGKILL || program_says(end, "memory") || program_says(end, "bad_alloc"))
        set(x, arena, program, WORKER_TOO_BIG, "ran out of memory or was killed");
    else
        set(x, arena, program, WORKER_BROKEN, "cannot read it");
}

struct text {
    struct extraction *x;
    struct buf rest; /* a character cut in two waits for its other bytes */
};

/* Form feeds end pages. */
static bool add_text(void *ctx, struct span piece)
{
    struct text *t = ctx;
    struct buf *rest = &t->rest;
    buf_add_span(rest, piece);
    size_t whole = rest->n, back = 0;
    while (back < 3 && whole > back && ((unsigned char)rest->p[whole - 1 - back] & 0xc0) == 0x80)
        back++;
    if (whole > back && (unsigned char)rest->p[whole - 1 - back] >= 0xc0)
        whole -= back + 1;
    for (size_t start = 0, i = 0; i <= whole; i++)
        if (i == whole || rest->p[i] == '\f') {
            sink_text(&t->x->sink, (struct span){rest->p + start, i - start});
            if (i < whole) {
                t->x->pages++;
                sink_break(&t->x->sink, 2);
            }
            start = i + 1;
        }
    memmove(rest->p, rest->p + whole, rest->n - whole);
    rest->n -= whole;
    return !t->x->sink.truncated;
}

void program_text_from(struct extraction *x, struct arena *arena, enum program program,
                       struct program_pipes *pipes, struct program_end *end_r)
{
    struct text t = {.x = x};
    unsigned before = x->pages;
    program_collect(x, pipes, add_text, &t, end_r);
    sink_text(&x->sink, buf_span(&t.rest));
    buf_free(&t.rest);
    program_judge(x, arena, program, end_r);
    x->sink.truncated |= program == PROGRAM_PDFTOTEXT && x->pages - before >= PDF_PAGES_MAX;
}

bool program_text(struct extraction *x, struct arena *arena, enum program program, struct span document)
{
    struct program_end end;
    struct program_pipes *pipes = program_start(x, program, document);
    if (!pipes) {
        x->status = WORKER_UNSUPPORTED;
        x->detail = "more documents in one than other programs are asked to read";
        return false;
    }
    program_text_from(x, arena, program, pipes, &end);
    buf_free(&end.messages);
    return x->status == WORKER_OK;
}
