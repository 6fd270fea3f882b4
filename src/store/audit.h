#ifndef RINGER_STORE_AUDIT_H
#define RINGER_STORE_AUDIT_H
#include "store/internal.h"
#include "store/records.h"

/* An audit row inside the transaction of the act that it records (a writer's job). */
int audit_in_job(struct store *store, struct db *db, const struct audit_row *row, struct store_error *error);

#endif
