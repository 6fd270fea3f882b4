/*
 * ringerd: the mail filter daemon. The story of its life stands in main(); each step is a module.
 */
#include <stdio.h>
#include <stdlib.h>

#include "milter/lifecycle.h"
#include "milter/log.h"
#include "milter/options.h"
#include "milter/current.h"

int main(int argc, char **argv)
{
    struct options options;
    int code;
    if (!options_parse(&options, argc, argv, &code))
        return code;
    struct policy *policy = lifecycle_configure(&options);
    if (!policy) {
        options_free(&options);
        return OPTIONS_EXIT_CONFIG;
    }
    if (options.check_only) {
        puts("configuration, lists, rules and their tests are good");
        policy_unref(&policy);
        options_free(&options);
        return EXIT_SUCCESS;
    }
    current_install(policy);
    struct lifecycle life = LIFECYCLE_INIT;
    char error[512];
    if (lifecycle_acquire(&life, &options, error, sizeof(error)) != 0 ||
        lifecycle_start(&life, error, sizeof(error)) != 0) {
        log_line(LOG_ERR, "%s", error);
        if (!options.foreground)
            fprintf(stderr, "ringerd: %s\n", error);
        lifecycle_release(&life);
        options_free(&options);
        return EXIT_FAILURE;
    }
    code = lifecycle_run(&life);
    lifecycle_release(&life);
    options_free(&options);
    return code;
}
