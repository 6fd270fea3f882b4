#ifndef RINGER_WORKER_PROCESS_H
#define RINGER_WORKER_PROCESS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/arena.h"
#include "base/span.h"
#include "worker/protocol.h"
#include "worker/worker.h"

/* One worker process as the supervisor sees it: start, exchange frames until a deadline, kill, reap. */
struct process {
    pid_t pid; /* 0 = none; it leads a process group of its own */
    int fd;
    unsigned sandbox; /* enum worker_sandbox, as it said */
    int status;       /* of waitpid(), of the last one that was reaped; -1 while that is not known */
};

enum exchange { EXCHANGE_OK, EXCHANGE_TIMEOUT, EXCHANGE_CLOSED, EXCHANGE_NONSENSE };

/* Starts the program and waits for its HELLO. false with a text in *error_r (to be freed); then nothing is left. */
bool process_start(struct process *process, const struct worker_options *options, int64_t deadline,
                   char **error_r);
/* It still runs and says nothing unasked. */
bool process_alive(const struct process *process);
enum exchange process_send(const struct process *process, struct frame_header header,
                           const struct span *parts, size_t n_parts, int64_t deadline);
/* Payload in the arena; longer ones than `max` are nonsense. */
enum exchange process_receive(const struct process *process, struct arena *arena, size_t max,
                              int64_t deadline, uint8_t *type_r, struct span *payload_r);
/* Kills its whole group and closes the socket; false when the kernel has not let go of it yet. */
bool process_kill(struct process *process);
bool process_reap(struct process *process, bool wait);
/* The same for one that closed its socket by itself: waits a moment, so that `status` is its own end and not ours. */
bool process_bury(struct process *process);
/* How it ended and what may be done about it, for a log line: "was killed by SIGSYS: ..."; to be freed. */
char *process_end_text(int status);
/* Lets an idle worker end by itself: it sees the closed socket, and reaps what it started. */
void process_dismiss(struct process *process);

#endif
