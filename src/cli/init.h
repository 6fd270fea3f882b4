#ifndef RINGER_CLI_INIT_H
#define RINGER_CLI_INIT_H
#include <stdbool.h>
#include <stddef.h>
#include "conf/conf.h"
#include "cli/postfix.h"

/*
 * What the parts of `ringer init` share. All memory is the arena's. Functions that can fail return false after they
 * said on stderr what is wrong and what to do.
 */
struct init_words {
    const char **v;
    size_t n;
};

struct init {
    struct arena *arena;
    /* options */
    const char *root; /* "" or a folder in which all our own files lie, for tests and images */
    const char *config;
    const char *user; /* of ringerd */
    const char *mode, *postfix_folder, *learn, *smtp, *recipient;
    struct init_words own, partners, authserv_ids, internal;
    bool apply, undo, dry_run, replace, test, sendmail, local_mail, force;
    /* found out */
    struct postfix postfix;
    bool has_postfix;
    const char *socket; /* milter.socket of the configuration in force */
    struct conf *conf;  /* the configuration in force, once there is one */
};

/* `path` below --root. */
const char *init_path(const struct init *init, const char *path);
bool init_failed(const char *remedy, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void init_add(struct init *init, struct init_words *words, const char *word);

/* Replaces a file in one step, its owner and mode as they were (else `mode`); makes its folder. */
bool init_replace(const struct init *init, const char *path, struct span text, unsigned mode);
/* Copies a file, with its mode, to the first free one of PATH.SUFFIX, PATH.SUFFIX.2 ...: its name, or NULL. */
const char *init_copy(const struct init *init, const char *path, const char *suffix);
/* Makes the folder of `path` and those above it; false with errno. */
bool init_make_folders(const struct init *init, const char *path);
/* Reads a file; NULL when it is not there or cannot be read. */
const char *init_read(const struct init *init, const char *path, size_t *n_r);

/* init_files.c: what is Ringer's own; each step says on stdout what it did */
bool init_user(const struct init *init); /* is there the user of ringerd? */
bool init_config(struct init *init);
bool init_store(struct init *init);
bool init_socket_folder(struct init *init);
bool init_dropin(struct init *init);
const char *init_dropin_path(const struct init *init);

/* init_postfix.c: the mail server's */
bool init_postfix_show(struct init *init); /* the lines, for people who set them by hand */
bool init_postfix_apply(struct init *init);
bool init_postfix_undo(struct init *init);
/* The port for released mail that the configuration is to name: free, or already such a listener. */
const char *init_release_url(const struct init *init);

#endif
