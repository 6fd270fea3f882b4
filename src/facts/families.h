#ifndef RINGER_FACTS_FAMILIES_H
#define RINGER_FACTS_FAMILIES_H
#include "facts/work.h"

/* One file per family; each fills in its own facts and nothing else. */
void facts_company(struct fact_work *work);
void facts_contact(struct fact_work *work);
void facts_envelope(struct fact_work *work);
void facts_identity(struct fact_work *work);
void facts_lookalike(struct fact_work *work);
void facts_vouched(struct fact_work *work); /* behind facts_auth() */
void facts_thread(struct fact_work *work);
void facts_reply(struct fact_work *work);
void facts_auth(struct fact_work *work);
void facts_person(struct fact_work *work);
void facts_payment(struct fact_work *work);
/* An account number for people and logs: its middle hidden; in `arena`. */
const char *account_masked(struct arena *arena, const char *number);
void facts_link(struct fact_work *work);
void facts_attachment(struct fact_work *work);
void facts_structure(struct fact_work *work);

#endif
