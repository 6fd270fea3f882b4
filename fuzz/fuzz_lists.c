/* Files that a configuration names: people with their addresses, and lists of domains. All or nothing. */
#include "conf/option.h"
#include "fuzz/memory_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const options[] = {"people", "own-domains", "partner-domains", "allow-domains"};
    if (size == 0)
        return 0;
    char path[32], yaml[80];
    int fd = memory_file(data + 1, size - 1, path);
    struct diag_list diags = {0};
    int n = snprintf(yaml, sizeof(yaml), "protect: {%s: {file: %s}}\n", options[data[0] % 4], path);
    struct conf *conf = conf_parse("/nonexistent/ringer.yaml", (struct span){yaml, (size_t)n}, &diags);
    if (!conf != (diags.errors > 0))
        abort();
    for (size_t i = 0; conf && i < conf->people.n; i++)
        if (!*conf->people.v[i].name || !conf->people.v[i].addresses.n)
            abort();
    conf_free(&conf);
    diag_free(&diags);
    close(fd);
    return 0;
}
