/*
 * ringer version
 */
#include <stdio.h>
#include <gmime/gmime.h>
#include <idn2.h>
#include <libpsl.h>
#include <sqlite3.h>

#include "cli/cli.h"
#include "cli/commands.h"

int cmd_version(int argc, char **argv)
{
    puts(PACKAGE_STRING);
    printf("gmime %u.%u.%u, sqlite %s, libidn2 %s, libpsl %s\n", gmime_major_version, gmime_minor_version,
           gmime_micro_version, sqlite3_libversion(), idn2_check_version(NULL), psl_get_version());
    return EXIT_DONE;
}
