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
static enum { PROBE_NONE, PROBE_REMOVED, PROBE_BELIEVED } probe; /* the last one */
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

static bool is_believed(const struct conf *conf, const char *id)
{
    for (size_t i = 0; i < conf->authserv_ids.n; i++)
        if (strcasecmp(conf->authserv_ids.v[i], id) == 0)
            return true;
    return false;
}

static bool is_probe(const struct authres *a)
{
    const struct authres_result *dkim = authres_find(a, "dkim");
    const char *selector = dkim ? authres_property(dkim, "header", "s") : NULL;
    return selector && strcmp(selector, AUTHRES_PROBE_SELECTOR) == 0;
}

size_t authseen_probe(const struct judgement *j, const struct conf *conf)
{
    const struct message *m = j->message;
    size_t n = 0;
    for (size_t i = 0; i < m->n_authres; i++)
        n += is_believed(conf, m->authres[i].said.authserv_id) && is_probe(&m->authres[i].said);
    pthread_mutex_lock(&lock);
    probe = n ? PROBE_BELIEVED : PROBE_REMOVED;
    pthread_mutex_unlock(&lock);
    return n;
}

void authseen_reset(void)
{
    pthread_mutex_lock(&lock);
    memset(seen, 0, sizeof(seen));
    judged = trusted = 0;
    probe = PROBE_NONE;
    pthread_mutex_unlock(&lock);
}

json_t *authseen_status(void)
{
    json_t *names = json_object();
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < NAMES; i++)
        if (*seen[i].name)
            json_object_set_new(names, seen[i].name, json_integer((json_int_t)seen[i].n));
    static const char *const probes[] = {"none", "removed", "believed"};
    json_t *status = json_pack("{s:I, s:I, s:o, s:s}", "judged", (json_int_t)judged, "trusted",
                               (json_int_t)trusted, "seen", names, "probe", probes[probe]);
    pthread_mutex_unlock(&lock);
    return status;
}
