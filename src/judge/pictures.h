#ifndef RINGER_JUDGE_PICTURES_H
#define RINGER_JUDGE_PICTURES_H
#include "conf/conf.h"
#include "facts/facts.h"
#include "judge/services.h"
#include "mail/message.h"
#include "rules/rules.h"

/*
 * The second look: what pictures, and the pages of PDFs, show beside their text. QR codes are read where the mail speaks of
 * money, or `facts` and `hits` of the first judgement left doubt about the sender; words where they left doubt, or a PDF
 * has no text. The message with what was found and with
 * the new status of its attachments; `message` itself when there was nothing to look at.
 */
const struct message *pictures_look(const struct services *services, const struct conf *conf,
                                    struct arena *arena, const struct message_limits *limits,
                                    const struct message *message, const struct facts *facts,
                                    const struct rule_hits *hits);

#endif
