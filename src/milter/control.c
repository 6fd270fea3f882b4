/*
 * Answers `ringer status`, `ringer reload` and `ringer test-attack`. One client at a time and each with a deadline: this runs in the
 * main thread, where signals and reloads are handled.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <jansson.h>

#include "base/clock.h"

#include "milter/acceptor.h"
#include "conf/show.h"

#include "milter/authseen.h"
#include "milter/control.h"
#include "milter/daemon.h"
#include "milter/housekeep.h"
#include "milter/log.h"
#include "milter/memory.h"
#include "milter/packwatch.h"
#include "milter/reload.h"
#include "milter/storewatch.h"
#include "milter/testmail.h"
#include "milter/current.h"
#include "milter/workers.h"

enum { CLIENT_MS = 1000, REQUEST_MAX = 64 };

static json_t *counters_json(void)
{
    static const char *const names[] = {
#define X(id, name) name,
        COUNTER_LIST(X)
#undef X
    };
    json_t *object = json_object();
    for (int i = 0; i < COUNTER_COUNT; i++)
        json_object_set_new(object, names[i], json_integer((json_int_t)counter_value((enum counter)i)));
    return object;
}

static json_t *store_json(void)
{
    json_t *status = storewatch_status(ringerd.store);
    json_object_set_new(json_object_get(status, "health"), "purges", json_boolean(!housekeep_doubts_clock()));
    return status;
}

static json_t *memory_json(const struct conf *conf)
{
    return json_pack("{s:I, s:I}", "in_use", (json_int_t)memory_in_use(), "limit",
                     (json_int_t)conf->limit_memory);
}

/* For `ringer doctor`, which compares it with what the files say. */
static json_t *digest_json(const struct conf *conf)
{
    char digest[CONF_DIGEST_SIZE];
    conf_digest(conf, digest);
    return json_string(digest);
}

static json_t *status_json(void)
{
    struct policy *policy = current_get();
    struct services *services = current_services();
    json_t *status = json_pack(
        "{s:b, s:s, s:i, s:I, s:s, s:i, s:b, s:i, s:i, s:i, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "ok", 1,
        "version", PACKAGE_VERSION, "pid", (int)getpid(), "uptime",
        (json_int_t)(time(NULL) - ringerd.started), "mode", conf_mode_name(policy->conf->mode), "generation",
        (int)policy->generation, "stopping", atomic_load(&ringerd.stopping), "connections",
        (int)atomic_load(&ringerd.open_connections), "connections_waiting", (int)acceptor_waiting(),
        "max_connections", (int)policy->conf->max_connections, "log_lines_lost", (json_int_t)log_lines_lost(),
        "memory", memory_json(policy->conf), "last_reload", reload_status(), "rules", packwatch_status(),
        "counters", counters_json(), "spf", workers_spf_json(services->spf), "attachments",
        workers_attachments_json(services->workers), "store", store_json());
    json_object_set_new(status, "config_digest", digest_json(policy->conf));
    json_object_set_new(status, "authserv_ids", authseen_status());
    json_object_set_new(status, "workers", workers_check_json());
    current_release_services(&services);
    policy_unref(&policy);
    return status;
}

static json_t *reload_json(const char *conf_path)
{
    char *report = NULL;
    bool ok = reload(conf_path, &report);
    json_t *answer = json_pack("{s:b, s:s, s:o}", "ok", ok, "report", report ? report : "", "last_reload",
                               reload_status());
    free(report);
    return answer;
}

/* "test" gives a token for a test attack, "test TOKEN" what became of it. */
static json_t *test_json(const char *token)
{
    char fresh[TESTMAIL_TOKEN_SIZE];
    if (*token)
        return testmail_json(token);
    if (!testmail_open(fresh))
        return json_pack("{s:b, s:s}", "ok", 0, "report", "too many tests at once: try again in minutes\n");
    return json_pack("{s:b, s:s, s:i}", "ok", 1, "token", fresh, "seconds", TESTMAIL_SECONDS);
}

/* One line within the deadline; false when the client does not send one. */
static bool read_request(int fd, char request[REQUEST_MAX])
{
    size_t n = 0;
    struct pollfd pfd = {.fd = fd, .events = POLLIN};
    int64_t left, end = monotonic_ms() + CLIENT_MS;
    while (n + 1 < REQUEST_MAX && (left = end - monotonic_ms()) > 0 && poll(&pfd, 1, (int)left) > 0) {
        ssize_t got = read(fd, request + n, REQUEST_MAX - 1 - n);
        if (got <= 0)
            return false;
        n += (size_t)got;
        request[n] = '\0';
        char *line_end = memchr(request, '\n', n);
        if (line_end) {
            *line_end = '\0';
            return true;
        }
    }
    return false;
}

static void answer(int fd, const char *text)
{
    size_t n = strlen(text);
    while (n > 0) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL); /* SO_SNDTIMEO bounds it */
        if (sent <= 0)
            return;
        text += sent;
        n -= (size_t)sent;
    }
}

void control_serve(int listen_fd, const char *conf_path)
{
    char request[REQUEST_MAX];
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct timeval timeout = {.tv_sec = CLIENT_MS / 1000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    if (read_request(fd, request)) {
        json_t *reply;
        if (strcmp(request, "status") == 0)
            reply = status_json();
        else if (strcmp(request, "reload") == 0)
            reply = reload_json(conf_path);
        else if (strcmp(request, "test") == 0 || strncmp(request, "test ", 5) == 0)
            reply = test_json(request[4] ? request + 5 : "");
        else
            reply = json_pack("{s:b, s:s}", "ok", 0, "report", "unknown request: status, reload or test\n");
        char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;
        answer(fd, text ? text : "{\"ok\":false}");
        answer(fd, "\n");
        free(text);
        json_decref(reply);
    }
    close(fd);
}
