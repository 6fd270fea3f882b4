#ifndef RINGER_RULES_PACKDIR_STATE_H
#define RINGER_RULES_PACKDIR_STATE_H
#include "rules/packdir.h"

/* What packdir.c and packdir_change.c share. */

/* "DIR/NAME-SEQ.tar", in arena. */
const char *packdir_path(struct arena *arena, const char *dir, const char *name, int64_t seq);
/* Reads and verifies one version into pack->bundle; false with the reason. */
bool packdir_verify(struct arena *arena, const char *dir, const struct bundle_trust *trust,
                    struct packdir_pack *pack, int64_t seq, const char **error_r);

#endif
