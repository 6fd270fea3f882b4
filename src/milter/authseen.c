/*
 * A handful of names and how often each was seen; a new name takes the place of the rarest, so that names that
 * senders invent do not fill it for ever.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/authres.h"

#include "milter/authseen.h"

enum { NAMES = 8, NAME_SIZE = 256 /* RFC 1035: 253 */ };

static struct {
    char name[NAME_SIZE]; /* "": free */
    uint64_t n;
} seen[NAMES];
static uint64_t judged, trusted;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *topmost(const struct judgement *j)
{
    struct authres authres;
    const struct message *m = j->message;
    for (size_t i = 0; i < m->n_headers; i++)
        if (strcasecmp(m->headers[i].name, "Authentication-Results") == 0)
            return authres_parse(j->facts->arena, m->headers[i].raw, &authres) == 0 ? authres.authserv_id
                                                                                    : NULL;
    return NULL;
}

/* With the lock. */
static void add(const char *name)
{
    size_t rarest = 0;
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(seen[i].name, name) == 0) {
            seen[i].n++;
            return;
        }
        if (seen[i].n < seen[rarest].n)
            rarest = i;
    }
    snprintf(seen[rarest].name, NAME_SIZE, "%s", name);
    seen[rarest].n = 1;
}

void authseen_note(const struct judgement *j)
{
    const struct fact_value *fact = &j->facts->v[FACT_AUTH_TRUSTED];
    const char *name = topmost(j);
    pthread_mutex_lock(&lock);
    judged++;
    trusted += fact->known && fact->b;
    if (name && *name && strlen(name) < NAME_SIZE && text_is_utf8(span_of(name)))
        add(name);
    pthread_mutex_unlock(&lock);
}

void authseen_reset(void)
{
    pthread_mutex_lock(&lock);
    memset(seen, 0, sizeof(seen));
    judged = trusted = 0;
    pthread_mutex_unlock(&lock);
}

json_t *authseen_status(void)
{
    json_t *names = json_object();
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < NAMES; i++)
        if (*seen[i].name)
            json_object_set_new(names, seen[i].name, json_integer((json_int_t)seen[i].n));
    json_t *status = json_pack("{s:I, s:I, s:o}", "judged", (json_int_t)judged, "trusted",
                               (json_int_t)trusted, "seen", names);
    pthread_mutex_unlock(&lock);
    return status;
}
