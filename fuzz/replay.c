/*
 * Runs a fuzz target over files and folders instead of fuzzing: `make check` replays every corpus so that
 * a crash once found stays mended. Prints the number of inputs; any crash or sanitizer report ends it.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static unsigned replayed;

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t n = 0, cap = 0;
    if (!f) {
        perror(path);
        return -1;
    }
    do {
        if (n == cap) {
            cap = cap ? cap * 2 : 4096;
            uint8_t *more = realloc(data, cap);
            if (!more)
                abort();
            data = more;
        }
        n += fread(data + n, 1, cap - n, f);
    } while (n == cap);
    fclose(f);
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    replayed++;
    return 0;
}

static int replay(const char *path)
{
    struct stat st;
    struct dirent *e;
    int rc = 0;
    if (stat(path, &st) != 0) {
        perror(path);
        return -1;
    }
    if (!S_ISDIR(st.st_mode))
        return replay_file(path);
    DIR *dir = opendir(path);
    while (dir && (e = readdir(dir)))
        if (e->d_name[0] != '.') {
            char *child = NULL;
            if (asprintf(&child, "%s/%s", path, e->d_name) < 0)
                abort();
            rc |= replay(child);
            free(child);
        }
    if (dir)
        closedir(dir);
    return rc;
}

int main(int argc, char **argv)
{
    int rc = 0;
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        rc |= replay(argv[i]);
    printf("%u inputs replayed\n", replayed);
    return rc ? 1 : 0;
}
