#ifndef RINGER_CLI_POSTFIX_H
#define RINGER_CLI_POSTFIX_H
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

/* What a Postfix is set to, as its own postconf(1) tells it. Everything is in the caller's arena. */
struct postfix_service { /* a line of master.cf */
    const char *name, *type, *command;
    bool chrooted;
    const char *milters; /* its own smtpd_milters, "" for none; NULL: those of main.cf */
};

struct postfix {
    const char *option; /* folder given by the caller, for -c of Postfix's commands; NULL: its own */
    const char *config_directory, *queue_directory, *mail_owner, *myhostname;
    const char *smtpd_milters, *non_smtpd_milters;   /* as written */
    const char *smtpd_expanded, *non_smtpd_expanded; /* $names replaced */
    bool has_smtpd, has_non_smtpd;                   /* do they stand in main.cf? */
    const char *domains;                             /* of all kinds that it takes mail for, blanks between */
    const char *mynetworks;
    const struct postfix_service *services;
    size_t n_services;
};

/* `folder`: of main.cf; NULL: $MAIL_CONFIG or Postfix's own. False with *error_r when there is no working Postfix. */
bool postfix_read(struct arena *arena, const char *folder, struct postfix *out, const char **error_r);
/* Runs postconf, postfix or another of its commands with `-c` where needed; as run_program(). argv without -c. */
int postfix_run(struct arena *arena, const struct postfix *postfix, const char *const *argv,
                const char **output_r);
bool postfix_runs(struct arena *arena, const struct postfix *postfix); /* is its master alive? */

bool postfix_is_smtpd(const struct postfix_service *service);
/* Its TCP port or name of one, as written: "25" of 127.0.0.1:25, "smtp". */
const char *postfix_port(const struct postfix_service *service);

/* The next milter of a list ("inet:a:1, { unix:b, default_action=accept }"): its address; NULL at the end. */
const char *postfix_next_milter(struct arena *arena, const char **list);
/* Does this address lead to ringerd's socket (milter.socket of the configuration)? */
bool postfix_leads_to(struct arena *arena, const struct postfix *postfix, const char *address,
                      const char *socket);
/* The place in the list, from 1 on; 0: it is not there. */
size_t postfix_place(struct arena *arena, const struct postfix *postfix, const char *list,
                     const char *socket);
/* Is it a well-known filter that writes Authentication-Results (OpenDKIM, OpenDMARC, rspamd)? Its name, else NULL. */
const char *postfix_verifier(const char *address);

#endif
