#ifndef RINGER_WORKER_SELFTEST_H
#define RINGER_WORKER_SELFTEST_H
#include "worker/serve.h"

/* Tries what each stage of the sandbox forbids, prints one TAP line for each; the number that got through. */
unsigned selftest_run(bool landlock, bool spf);

#endif
