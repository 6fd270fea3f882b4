#ifndef RINGER_STORE_DECISION_H
#define RINGER_STORE_DECISION_H
#include "store/internal.h"

enum { DECISION_COLUMNS = 2 + MAIL_COLUMNS + 2 }; /* of DECISION_PUT */

/* A row with an id of its own; quarantine_id (which must outlive it): of held mail, else NULL. */
void decision_values(const struct store *store, struct arena *arena, const struct store_mail *mail,
                     const char *quarantine_id, struct db_value values_r[DECISION_COLUMNS]);
/* Writes it, inside a transaction of the writer thread. */
int decision_put(struct db *db, const struct db_value values[DECISION_COLUMNS], struct store_error *error);

#endif
