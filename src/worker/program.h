#ifndef RINGER_WORKER_PROGRAM_H
#define RINGER_WORKER_PROGRAM_H
#include <sys/types.h>
#include "base/buf.h"
#include "base/span.h"
#include "worker/extraction.h"
#include "worker/programs.h"

/*
 * Programs of others that read a document on their standard input and write to their standard output, each a child of
 * the parsing process under its own limits and filter. Inside its sandbox a parser can start none: *runners*, forked
 * before, wait to be told which program to become, and for what document. One that is not used costs a fork.
 */
struct runners;
struct program_options {
    size_t memory_bytes; /* 0 = no limit */
    unsigned cpu_seconds;
    const char *folder;   /* of the worker: our own programs */
    bool sandboxed;       /* filters are to be loaded */
    bool files_shut_in;   /* by Landlock */
    struct span document; /* that of the request: its memory file is made once */
};
/* Before the parser's sandbox closes; at most RUNNERS_MAX. They die with the calling process. */
enum { RUNNERS_MAX = 16 };
struct runners *runners_start(unsigned n, const struct program_options *options);

/* Exit codes of a runner: its limits or the program cannot be had; it is not installed; there is no Landlock for it. */
enum { PROGRAM_NOT_STARTED = 120, PROGRAM_NOT_THERE = 121, PROGRAM_NOT_SHUT_IN = 122 };

struct program_pipes {
    int out, err; /* from it */
    pid_t pid;
};
struct program_end {
    int status;          /* of waitpid(); meaningful when `complete` */
    bool complete;       /* it closed its pipes in time, and everything was taken */
    struct buf messages; /* the first it wrote to its standard error; to be freed */
};
typedef bool program_piece(void *ctx, struct span piece); /* false: no more is wanted */

/* Inside it. NULL: no runner is left. What cannot be given to it until the deadline, program_collect() finds missing. */
struct program_pipes *program_start(struct extraction *x, enum program program, struct span document);
/* The same for one that takes a number. */
struct program_pipes *program_start_with(struct extraction *x, enum program program, unsigned number,
                                         struct span document);
/* Its output, until its end, `false` from `on_piece`, or the deadline of `x`. */
void program_collect(struct extraction *x, struct program_pipes *pipes, program_piece *on_piece, void *ctx,
                     struct program_end *end_r);

#endif
