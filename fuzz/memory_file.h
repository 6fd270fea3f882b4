#ifndef RINGER_FUZZ_MEMORY_FILE_H
#define RINGER_FUZZ_MEMORY_FILE_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file that holds the input, for what reads files by name; to be closed. `path_r` has room for 32 bytes. */
static inline int memory_file(const uint8_t *data, size_t size, char path_r[32])
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    snprintf(path_r, 32, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
