#ifndef RINGER_CLI_RULES_PACK_H
#define RINGER_CLI_RULES_PACK_H

/* The commands of `ringer rules` that deal with signed packs (ringer-packs(7)); exit codes as in cli.h. */
int rules_keygen(int argc, char **argv);   /* rules_sign.c */
int rules_sign(int argc, char **argv);     /* rules_sign.c */
int rules_verify(int argc, char **argv);   /* rules_install.c */
int rules_install(int argc, char **argv);  /* rules_install.c */
int rules_rollback(int argc, char **argv); /* rules_install.c */
int rules_packs(int argc, char **argv);    /* rules_install.c */

#endif
