#ifndef RINGER_JUDGE_JUDGEMENT_H
#define RINGER_JUDGE_JUDGEMENT_H
#include <jansson.h>
#include "judge/judge.h"

/*
 * A judgement in the forms that others read: JSON for tools, words for people. One place, so that the
 * daemon's events, the quarantine and `ringer scan` say the same.
 */

/* {"message_id","score","action","axes":[...],"rules":[{"id","score","axis","why"}],"facts":{...}}; the caller owns it. */
json_t *judgement_json(const struct judgement *judgement);
json_t *judgement_rules_json(const struct judgement *judgement); /* the "rules" array alone */
json_t *judgement_facts_json(const struct judgement *judgement); /* the known facts alone */
/* [{"where","domain","target","relation","score","why","differs"}]: the lookalikes among the senders, leading first. */
json_t *judgement_lookalikes_json(const struct judgement *judgement);
/* The reasons of the rules that counted, strongest first, one sentence each, "; " between them. "" when none. In arena. */
const char *judgement_reason(const struct judgement *judgement, struct arena *arena);
/* Ids of the rules that counted, "," between them. In arena. */
const char *judgement_rule_ids(const struct judgement *judgement, struct arena *arena);
/* Names of the axes that reached their floor, "," between them. In arena. */
const char *judgement_axes(const struct judgement *judgement, struct arena *arena);

#endif
