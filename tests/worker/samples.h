/* Sample documents for the tests of src/worker: tests/worker/data, written by make_samples.py. */
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/mem.h"
#include "worker/worker.h"

static inline struct buf sample(const char *name)
{
    struct buf out = {0};
    char piece[4096];
    size_t n;
    const char *top = getenv("abs_top_srcdir");
    char *path = mem_printf("%s/tests/worker/data/%s", top ? top : ".", name);
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(99);
    }
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(&out, piece, n);
    fclose(f);
    free(path);
    return out;
}

/* For a group of cmocka's tests: a pool of the usual workers is its state. */
static inline int make_pool(void **state)
{
    char *error;
    *state = worker_pool_new(NULL, &error);
    return *state ? 0 : -1;
}

static inline int free_pool(void **state)
{
    worker_pool_free((struct worker_pool **)state);
    return 0;
}
