#ifndef RINGER_CLI_REACH_H
#define RINGER_CLI_REACH_H
#include <stdbool.h>

/* Connecting to a UNIX socket as another program would: with its user, its groups and its view of the files. */
struct reach {
    const char *user;   /* NULL: as we are; else a name, and we must be root */
    const char *folder; /* the working directory of that program; NULL: ours */
    bool chrooted;      /* it sees nothing but `folder` */
    const char *path;
};

/* 0 = it connects, else the errno of what failed. */
int reach_unix(const struct reach *reach);

#endif
