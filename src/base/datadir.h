#ifndef RINGER_BASE_DATADIR_H
#define RINGER_BASE_DATADIR_H

/*
 * Where the shipped data lies: rule packs (rules/) and lookalike tables (data/). Tried in this order:
 * $RINGER_DATADIR; ../share/ringer beside the program (a moved installation); the program's own folder
 * and its parents up to two levels (a program run from its build tree); the configured PKGDATADIR.
 * Returns the path of `name` below the first folder that has it and the rest of the data, to be freed; when none has it, the path
 * below PKGDATADIR, so that an error message names the place where it should be.
 */
/* What to do when a shipped file cannot be read. */
#define DATADIR_REMEDY                                                                                       \
    "the shipped data belongs below the data folder; set RINGER_DATADIR when it lies elsewhere"
char *datadir_path(const char *name);

/*
 * The configuration where nothing names one: ringer.yaml in $RINGER_CONFDIR, for tests that must not read the machine's
 * own, else in SYSCONFDIR/ringer. To be freed; it need not exist.
 */
char *datadir_config(void);

#endif
