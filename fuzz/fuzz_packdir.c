/* The state of installed packs, which says what is in force: read whole or refused, and told why. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "rules/packdir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char dir[] = "/tmp/fuzz-packdir.XXXXXX";

static void clean(void)
{
    rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    if (!mkdtemp(dir))
        abort();
    atexit(clean);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct diag_list diags = {0};
    struct packdir packs;
    const struct bundle_trust trust = {.now = 1};
    const char *path = arena_printf(arena, "%s/state.json", dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
    if (!packdir_read(arena, dir, &trust, DIAG_WARNING, &packs, &diags) && packs.n)
        abort();
    for (size_t i = 0; i < packs.n; i++)
        if (packs.v[i].usable || packs.v[i].highest < packs.v[i].current) /* nobody signed any */
            abort();
    unlink(path);
    diag_free(&diags);
    arena_free(&arena);
    return 0;
}
