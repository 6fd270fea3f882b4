/* The configuration from any bytes: all or nothing, and never a value out of its bounds. */
#include <stdint.h>

#include "conf/option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = {0};
    struct conf *conf =
        conf_parse("/nonexistent/ringer.yaml", (struct span){(const char *)data, size}, &diags);
    if (!conf != (diags.errors > 0))
        __builtin_trap();
    for (size_t i = 0; conf && i < CONF_OPTIONS; i++) {
        const struct conf_option *o = &conf_options[i];
        const int64_t *value = (const int64_t *)(const void *)((const char *)conf + o->offset);
        if (o->max && (*value < o->min || *value > o->max))
            __builtin_trap();
    }
    conf_free(&conf);
    diag_free(&diags);
    return 0;
}
