#ifndef RINGER_MILTER_PROCESS_H
#define RINGER_MILTER_PROCESS_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * What every daemon has to do about its process. 0 = done, -1 = not, with what is wrong and what to do in `error`.
 */
struct identity {
    uid_t uid;
    gid_t gid;
    const char *user; /* NULL: stay who we are */
};

/* The group of that name; "" leaves *gid_r alone. */
int process_group(const char *name, gid_t *gid_r, char *error, size_t size);
/* Who we are to be. As root, a user must be given. `user` "": who we are; `group` "": the user's own. */
int process_identity(const char *user, const char *group, struct identity *id_r, char *error, size_t size);
/* Becomes that user for good, with its supplementary groups. */
int process_drop(const struct identity *id, char *error, size_t size);
/* Raises the limit of open files as far as `connections` want; -1 when the hard limit is too low for them. */
int process_raise_limits(unsigned connections, char *error, size_t size);

/* Goes into the background; the caller's terminal gets its exit status from process_ready. */
int process_detach(char *error, size_t size);
void process_ready(void);

/* Written and locked; a second daemon with the same file is refused. */
int process_pidfile(const char *path, char *error, size_t size);
void process_pidfile_remove(void);

#endif
