/*
 * What the commands share: where the configuration is, and telling what is wrong with it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/datadir.h"

#include "cli/cli.h"

const char *cli_default_config(void)
{
    static char *path;
    const char *env = getenv("RINGER_CONFIG");
    if (env && *env)
        return env;
    if (!path)
        path = datadir_config();
    return access(path, F_OK) == 0 ? path : NULL;
}

int cli_report(struct diag_list *diags)
{
    int code = diags->errors ? EXIT_CONFIG : EXIT_DONE;
    diag_attach_source(diags);
    diag_print(diags, stderr);
    diag_free(diags);
    return code;
}
