/*
 * ringer: the admin's command line. One table of commands; each cmd_*.c is one of them.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "mail/message.h"

static const struct cli_command commands[] = {
#define COMMAND(name, run, help) {name, run, help},
    CLI_COMMANDS(COMMAND)
#undef COMMAND
};
enum { N_COMMANDS = sizeof(commands) / sizeof(*commands) };

static void usage(FILE *out)
{
    fputs("usage: ringer COMMAND [OPTION...]\n\nRinger finds mail that impersonates you or your suppliers "
          "and asks for money to go elsewhere.\n\n",
          out);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].help);
    fputs("\n  -h, --help     print this text\n  -V, --version  print the version\n"
          "\n`ringer COMMAND --help` tells more. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 invalid "
          "configuration;\nreload also has 4, and doctor those of monitoring plug-ins.\n",
          out);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts(PACKAGE_STRING);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            message_library_init(); /* here once: any command may come to read mail */
            int code = commands[i].run(argc - 1, argv + 1);
            message_library_shutdown();
            return code;
        }
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = diag_nearest(argv[1], names, N_COMMANDS);
    fprintf(stderr, "ringer: no command '%s'%s%s%s; `ringer --help` lists them\n", argv[1],
            near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    return EXIT_USAGE;
}
