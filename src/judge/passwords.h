#ifndef RINGER_JUDGE_PASSWORDS_H
#define RINGER_JUDGE_PASSWORDS_H
#include "mail/message.h"

enum {
    PASSWORDS_MAX = 20,      /* each costs one more look into the archive */
    PASSWORD_BYTES_MAX = 64, /* longer ones nobody types */
};

/*
 * Words of the mail that may open its attachment, one a line, the likeliest first: what follows "password" in one of the
 * languages of the phrase packs, then words of letters and digits. In the arena.
 */
struct span passwords_find(struct arena *arena, const struct message *message);

#endif
