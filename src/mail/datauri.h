#ifndef RINGER_MAIL_DATAURI_H
#define RINGER_MAIL_DATAURI_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/span.h"

/*
 * "data:text/html;base64,..." (RFC 2397): a thing that stands in its own address. *type_r: as it is written, without
 * parameters; empty where it says none. White space inside is skipped, as browsers do. False for other addresses.
 */
bool datauri_decode(struct arena *arena, struct span url, struct span *type_r, struct span *bytes_r);

#endif
