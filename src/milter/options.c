/*
 * The command line of ringerd: little, since everything else is configuration.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"

#include "milter/options.h"

static const char usage_text[] =
    "usage: ringerd [-fnV] [-c FILE]\n"
    "\n"
    "The mail filter (milter) daemon of Ringer.\n"
    "\n"
    "  -c, --config FILE  configuration (default: $RINGER_CONFIG, else " SYSCONFDIR "/ringer/ringer.yaml)\n"
    "  -f, --foreground   stay in the foreground and log to stderr\n"
    "  -n, --check        only check configuration, lists and rules; exit code 3 when they are not valid\n"
    "  -V, --version      print the version\n"
    "  -h, --help         print this text\n"
    "\n"
    "SIGHUP or `ringer reload` reads configuration and rules again; SIGTERM lets open sessions end.\n"
    "See ringerd(8) and ringer.yaml(5).\n";

/* A daemon changes its directory, and reads the file again on a reload. */
static char *default_config(void)
{
    const char *env = getenv("RINGER_CONFIG");
    if (env && *env)
        return realpath(env, NULL);
    char *path = datadir_config(), *real = realpath(path, NULL);
    free(path);
    return real;
}

static bool done(int *code_r, int code)
{
    *code_r = code;
    return false;
}

static bool find_config(struct options *o, const char *given, int *code_r)
{
    o->config = given ? realpath(given, NULL) : default_config();
    if (o->config)
        return true;
    if (given) {
        fprintf(stderr, "ringerd: %s: %s\n", given, strerror(errno));
        return done(code_r, OPTIONS_EXIT_CONFIG);
    }
    fputs("ringerd: no configuration: give one with -c FILE (ringer config show prints the defaults)\n",
          stderr);
    return done(code_r, OPTIONS_EXIT_CONFIG);
}

bool options_parse(struct options *o, int argc, char **argv, int *code_r)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"foreground", no_argument, NULL, 'f'},
        {"check", no_argument, NULL, 'n'},        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    const char *config = NULL;
    int c;
    *o = (struct options){0};
    while ((c = getopt_long(argc, argv, "c:fnVh", longs, NULL)) != -1) {
        switch (c) {
        case 'c':
            config = optarg;
            break;
        case 'f':
            o->foreground = true;
            break;
        case 'n':
            o->check_only = true;
            break;
        case 'V':
            puts("ringerd (" PACKAGE_STRING ")");
            return done(code_r, EXIT_SUCCESS);
        case 'h':
            fputs(usage_text, stdout);
            return done(code_r, EXIT_SUCCESS);
        default:
            fputs("Try `ringerd --help`.\n", stderr);
            return done(code_r, OPTIONS_EXIT_USAGE);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "ringerd: unexpected argument '%s'. Try `ringerd --help`.\n", argv[optind]);
        return done(code_r, OPTIONS_EXIT_USAGE);
    }
    return find_config(o, config, code_r);
}

void options_free(struct options *o)
{
    free(o->config);
    o->config = NULL;
}
