#ifndef RINGER_CONF_GROUP_H
#define RINGER_CONF_GROUP_H
#include "conf/option.h"

/* Inside src/conf/: parts that groups and exceptions share. */

/* The pattern of an address in lower case; NULL with an error when it is none. */
const char *conf_pattern(struct conf_loader *loader, const struct yamltree_node *node);
/* One pattern or a list of them. False with errors. */
bool conf_patterns(struct conf_loader *loader, const struct yamltree_node *node, struct conf_strings *out);

#endif
