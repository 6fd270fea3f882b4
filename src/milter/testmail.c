/*
 * Test attacks: the tokens that are open, and what became of the messages that carried them.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sodium.h>

#include "base/clock.h"
#include "base/span.h"

#include "milter/authseen.h"
#include "milter/testmail.h"

enum { OPEN_MOST = 16, TOKEN_BYTES = (TESTMAIL_TOKEN_SIZE - 1) / 2 };

struct test {
    char token[TESTMAIL_TOKEN_SIZE]; /* "": a free place */
    int64_t until_s;                 /* monotonic */
    bool taken;
    json_t *result; /* NULL until the message was decided */
};
static struct test tests[OPEN_MOST];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* With the lock: forgets what is over. */
static void tidy(void)
{
    int64_t now = monotonic_ms() / 1000;
    for (size_t i = 0; i < OPEN_MOST; i++)
        if (*tests[i].token && now >= tests[i].until_s) {
            json_decref(tests[i].result);
            tests[i] = (struct test){.until_s = 0};
        }
}

/* With the lock. Compared in constant time, since anybody may send guesses. */
static struct test *find(const char *token, size_t n)
{
    tidy();
    for (size_t i = 0; i < OPEN_MOST; i++)
        if (*tests[i].token && n == TESTMAIL_TOKEN_SIZE - 1 && sodium_memcmp(tests[i].token, token, n) == 0)
            return &tests[i];
    return NULL;
}

bool testmail_open(char token_r[TESTMAIL_TOKEN_SIZE])
{
    unsigned char bytes[TOKEN_BYTES];
    bool found = false;
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2hex(token_r, TESTMAIL_TOKEN_SIZE, bytes, sizeof(bytes));
    pthread_mutex_lock(&lock);
    tidy();
    for (size_t i = 0; i < OPEN_MOST && !found; i++)
        if (!*tests[i].token) {
            memcpy(tests[i].token, token_r, TESTMAIL_TOKEN_SIZE);
            tests[i].until_s = monotonic_ms() / 1000 + TESTMAIL_SECONDS;
            found = true;
        }
    pthread_mutex_unlock(&lock);
    return found;
}

const char *testmail_take(struct arena *arena, const char *value)
{
    struct span token = span_trim(span_of(value));
    pthread_mutex_lock(&lock);
    struct test *test = find(token.p, token.n);
    bool good = test && !test->taken;
    if (good)
        test->taken = true;
    pthread_mutex_unlock(&lock);
    return good ? arena_span(arena, token) : NULL;
}

void testmail_done(const char *token, const struct session *s, const struct judgement *j,
                   const struct outcome *out)
{
    struct arena *arena = s->tx->arena;
    const char *queue_id = s->tx->envelope.queue_id;
    json_t *result = json_pack("{s:s, s:s, s:s?, s:s?}", "id", out->quarantine_id, "mode",
                               conf_mode_name(out->mode), "queue_id", queue_id, "error", out->error);
    if (result && j) {
        json_object_set_new(result, "verdict", json_string(action_name(j->verdict.action)));
        json_object_set_new(result, "score", json_integer(j->verdict.score));
        json_object_set_new(result, "reason", json_string(judgement_reason(j, arena)));
        json_object_set_new(result, "forged_results",
                            json_integer((json_int_t)authseen_probe(j, s->tx->policy->conf)));
        json_object_set_new(result, "rules", json_string(judgement_rule_ids(j, arena)));
    }
    pthread_mutex_lock(&lock);
    struct test *test = find(token, strlen(token));
    if (test && !test->result) {
        test->result = result;
        result = NULL;
    }
    pthread_mutex_unlock(&lock);
    json_decref(result);
}

json_t *testmail_json(const char *token)
{
    pthread_mutex_lock(&lock);
    const struct test *test = find(token, strlen(token));
    json_t *answer = test && test->result ? json_deep_copy(test->result) : json_object();
    const char *state = !test ? "unknown" : test->result ? "done" : test->taken ? "taken" : "open";
    pthread_mutex_unlock(&lock);
    json_object_set_new(answer, "state", json_string(state));
    json_object_set_new(answer, "ok", json_true());
    return answer;
}
