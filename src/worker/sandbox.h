#ifndef RINGER_WORKER_SANDBOX_H
#define RINGER_WORKER_SANDBOX_H
#include <stdbool.h>
#include <stddef.h>

/*
 * How ringer-worker shuts itself in, in three steps that only ever take away:
 *   launcher  the worker itself, before it reads anything hostile: may fork, run a program, read files
 *   program   pdftotext and others: may read its libraries and tables, write to its pipes; no fork, no network, no signals
 *   saver     a program that opens its standard output as a file, and may open no other for writing: as Landlock sees
 *             to, without which none is run so
 *   parser    the process that parses: memory, clock, the descriptors it has, and exit
 * None may open a socket, or a file for writing, ever. With --service=spf there is another first step:
 *   resolver  the worker itself: internet sockets for libunbound, may fork; no file, no program
 * and libspf2 runs in the parser's.
 */
enum sandbox_stage {
    SANDBOX_LAUNCHER = 1,
    SANDBOX_PROGRAM = 2,
    SANDBOX_PARSER = 4,
    SANDBOX_RESOLVER = 8,
    SANDBOX_SAVER = 16
};

/* Root becomes nobody; no core files, no new privileges. false with errno when that is refused. */
bool sandbox_drop_privileges(void);
/* Only programs and libraries may be read, and readers of pictures in `folder`; needs Landlock (Linux 5.13), false without. */
bool sandbox_files(const char *folder);
bool sandbox_no_files(void); /* none at all */
/*
 * The system calls of `stage` and no others (ENOSYS); builds the later stages' filters too. false with errno.
 * `files_shut_in` by sandbox_files(): else no stage at all, not even the launcher, may open a file for writing.
 */
bool sandbox_prepare(bool files_shut_in);
bool sandbox_enter(enum sandbox_stage stage);
/* The limits of one request's processes. `program`: no forks at all and no file written. */
bool sandbox_limits(size_t memory_bytes, unsigned cpu_seconds, size_t file_bytes);
bool sandbox_no_forks(void);

#endif
