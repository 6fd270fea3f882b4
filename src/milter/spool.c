/*
 * Collects a message. Most mail is small and never leaves memory; what is larger goes to an unlinked file, so
 * that open connections cost memory for their small part only and nothing is left behind when we are killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

#include "milter/spool.h"

static int open_unnamed(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    char *path = mem_printf("%s/ringer.XXXXXX", dir); /* file systems without O_TMPFILE */
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    free(path);
    return fd;
}

static void flush_mem(struct spool *spool)
{
    size_t done = 0;
    while (done < spool->mem.n) {
        ssize_t n = write(spool->fd, spool->mem.p + done, spool->mem.n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            spool->error = errno;
            return;
        }
        done += (size_t)n;
        spool->written += (uint64_t)n;
    }
    buf_clear(&spool->mem);
}

void spool_add(struct spool *spool, const char *dir, size_t threshold, const void *data, size_t n)
{
    enum { WRITE_AT = 64 * 1024 }; /* once there is a file: few writes, little memory */
    if (spool->error)
        return;
    buf_add(&spool->mem, data, n);
    if (spool->mem.n <= (spool->fd < 0 ? threshold : WRITE_AT))
        return;
    if (spool->fd < 0) {
        spool->fd = open_unnamed(dir);
        if (spool->fd < 0) {
            spool->error = errno;
            return;
        }
    }
    flush_mem(spool);
}

bool spool_view(struct spool *spool, struct span *view_r)
{
    if (spool->error)
        return false;
    if (spool->fd < 0) {
        *view_r = buf_span(&spool->mem);
        return true;
    }
    flush_mem(spool);
    if (spool->map)
        munmap(spool->map, spool->map_size);
    spool->map = NULL;
    if (spool->error)
        return false;
    void *map = mmap(NULL, spool->written, PROT_READ, MAP_PRIVATE, spool->fd, 0);
    if (map == MAP_FAILED) {
        spool->error = errno;
        return false;
    }
    spool->map = map;
    spool->map_size = spool->written;
    *view_r = (struct span){map, spool->map_size};
    return true;
}

void spool_free(struct spool *spool)
{
    if (spool->map)
        munmap(spool->map, spool->map_size);
    if (spool->fd >= 0)
        close(spool->fd);
    buf_free(&spool->mem);
    *spool = SPOOL_INIT;
}
