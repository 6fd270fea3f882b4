#ifndef RINGER_CLI_CONTROL_H
#define RINGER_CLI_CONTROL_H
#include <stddef.h>
#include <jansson.h>

enum { CONTROL_ERROR_SIZE = 400 };

/*
 * Sends one request to the running ringerd through its control socket (src/milter/control.h) and returns the
 * answer, to be freed with json_decref(). NULL: `error` says why, and what to do.
 */
json_t *control_ask(const char *path, const char *request, char *error, size_t size);

/* A member of an answer; 0 and "" where there is none, and of a NULL object. */
json_int_t control_integer(const json_t *object, const char *key);
const char *control_string(const json_t *object, const char *key);

#endif
