#ifndef RINGER_WORKER_SERVE_H
#define RINGER_WORKER_SERVE_H
#include <stdbool.h>
#include <stddef.h>

/* The worker's side of the connection. */
struct serve_options {
    const char *folder; /* where the worker's program is, and readers of pictures may be */
    size_t memory_bytes, input_bytes;
    unsigned deadline_ms; /* longest that a request may ask for */
    bool sandboxed;       /* set when the launcher's filter is loaded */
    bool files_shut_in;   /* by Landlock */
};

enum { WORKER_FD = 3 }; /* where the supervisor puts the socket */

bool serve_hello(int fd, unsigned sandbox);
bool serve_refusal(int fd, const char *why);
/* Reads one request, answers it and ends the process: call it in a child. */
_Noreturn void serve_one(int fd, const struct serve_options *options);

#endif
