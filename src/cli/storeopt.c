/*
 * The store of a command: --store, else the configuration's. The configuration is not read when the options
 * say everything, so that a broken one does not keep an admin from held mail.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#include "report/when.h"

#include "cli/cli.h"
#include "cli/storeopt.h"

int storeopt_failed(const char *command, const struct store_error *error)
{
    fprintf(stderr, "ringer %s: %s\n", command, error->text);
    return EXIT_FAILED;
}

bool storeopt_take(struct storeopt *options, int option)
{
    if (option == 'c')
        options->conf_path = optarg;
    else if (option == STOREOPT_STORE)
        options->store = optarg;
    else
        return false;
    return true;
}

struct store *storeopt_open(struct storeopt *options, const char *command, unsigned flags, bool releases,
                            int *code_r)
{
    struct store_error error;
    if (!options->store || (releases && !options->smtp)) {
        struct diag_list diags = {0};
        options->conf = conf_load(options->conf_path ? options->conf_path : cli_default_config(), &diags);
        *code_r = cli_report(&diags);
        if (!options->conf)
            return NULL;
        options->store = options->store ? options->store : options->conf->store;
        options->smtp = options->smtp ? options->smtp : options->conf->release_smtp;
    }
    struct store *store = store_open(options->store, flags, &error);
    if (!store) {
        *code_r = storeopt_failed(command, &error);
        conf_free(&options->conf);
    }
    return store;
}

void storeopt_close(struct storeopt *options, struct store **store)
{
    store_close(store);
    conf_free(&options->conf);
}

bool storeopt_time(const char *command, const char *option, const char *value, int64_t *ms_r)
{
    if (when_parse(value, wall_ms(), ms_r))
        return true;
    fprintf(stderr, "ringer %s: %s %s: no time; write 90m, 24h, 7d, 2w or 2026-11-01\n", command, option,
            value);
    return false;
}

bool storeopt_number(const char *command, const char *option, const char *value, size_t *n_r)
{
    char *end;
    long n = strtol(value, &end, 10);
    *n_r = (size_t)n;
    if (!*end && end != value && n > 0)
        return true;
    fprintf(stderr, "ringer %s: %s %s: a number from 1 on is wanted\n", command, option, value);
    return false;
}

const char *storeopt_who(struct arena *arena)
{
    struct passwd *pw = getpwuid(getuid());
    const char *name = pw ? pw->pw_name : arena_printf(arena, "uid %u", (unsigned)getuid());
    const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;
    return sudo && *sudo ? arena_printf(arena, "%s (sudo)", sudo) : arena_strdup(arena, name);
}
