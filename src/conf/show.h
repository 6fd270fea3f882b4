#ifndef RINGER_CONF_SHOW_H
#define RINGER_CONF_SHOW_H
#include "base/buf.h"
#include "conf/conf.h"

/* A configuration for people and programs. All three append to `out` and go through the table of options. */

/* YAML that loads to the same configuration; the help as comments, "# default" where `mark` asks for it. */
void conf_show_yaml(const struct conf *conf, bool mark, struct buf *out);
/* One JSON object: section -> option -> {"value", "default", "reload", "help"}; options of the top stand beside the sections. */
void conf_show_json(const struct conf *conf, struct buf *out);
enum { CONF_DIGEST_SIZE = 33 };
/*
 * The same for the same configuration, with the domains and people that it reads from files: 32 hexadecimal digits.
 * So `ringer doctor` sees whether the running daemon has read what the files say now.
 */
void conf_digest(const struct conf *conf, char digest_r[CONF_DIGEST_SIZE]);
/* The sections of ringer.yaml(5) that describe the options, in mdoc. */
void conf_show_man(struct buf *out);

#endif
