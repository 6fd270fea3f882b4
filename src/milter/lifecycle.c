/*
 * Start, signals, end.
 *
 * Signals are blocked in all threads but the main one, where HUP, TERM and INT have handlers that write a letter
 * into a pipe: the kernel gives a signal of the process to the main thread first when that does not block it.
 * (libmilter has its own ideas: see nosigwait.c.) Should smfi_main() ever return by itself, we end in order.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <libmilter/mfapi.h>

#include "base/clock.h"
#include "base/mem.h"

#include "milter/acceptor.h"
#include "milter/control.h"
#include "milter/daemon.h"
#include "milter/current.h"
#include "milter/housekeep.h"
#include "milter/lifecycle.h"
#include "milter/listener.h"
#include "milter/log.h"
#include "milter/notify.h"
#include "milter/packwatch.h"
#include "milter/process.h"
#include "milter/reload.h"
#include "milter/session.h"
#include "milter/storewatch.h"
#include "milter/workers.h"

enum {
    EVENT_HUP = 'H',
    EVENT_TERM = 'T',
    EVENT_MILTER_ENDED = 'X',
    /* libmilter's own limit of 64 KiB is less than the header that Postfix passes on (header_size_limit 100 KiB) */
    MAX_FRAME = 1024 * 1024,
    KNOCK_MS = 1000,
    DRAIN_STEP_MS = 50,
    LAST_MESSAGES_MS = 2000, /* after the deadline, for messages that are just being decided */
};

static struct diag_list start_warnings;
static int event_fd = -1; /* for the signal handlers */
static atomic_bool hup_waiting;
static atomic_int milter_result = MI_SUCCESS;

struct policy *lifecycle_configure(const struct options *options)
{
    struct diag_list diags = {0};
    message_library_init();
    struct policy *policy = policy_load(options->config, &diags);
    diag_attach_source(&diags);
    diag_print(&diags, stderr);
    if (policy)
        start_warnings = diags; /* logged again once there is a log */
    else
        diag_free(&diags);
    return policy;
}

/* --- acquire */

static int open_control(struct lifecycle *life, const char *path, char *error, size_t size)
{
    if (!*path)
        return 0;
    life->control_fd = listener_unix(path, (struct socket_rights){0600, (gid_t)-1}, error, size);
    if (life->control_fd < 0)
        return -1;
    life->control_path = mem_strdup(path);
    return 0;
}

static int open_sockets(struct lifecycle *life, const struct conf *conf, char *error, size_t size)
{
    struct socket_rights rights = {(mode_t)conf->socket_mode, (gid_t)-1};
    if (process_group(conf->socket_group, &rights.group, error, size) != 0)
        return -1;
    if (smfi_register(session_callbacks) != MI_SUCCESS) {
        snprintf(error, size, "libmilter refuses us: was it replaced by another version?");
        return -1;
    }
    if (listener_open(conf->socket, rights, error, size) != 0)
        return -1;
    return open_control(life, conf->control_socket, error, size);
}

/* Sockets that root made belong to the user who will have to remove them. */
static int hand_over(const char *path, const struct identity *id, char *error, size_t size)
{
    if (!id->user || geteuid() != 0 || !path || lchown(path, id->uid, (gid_t)-1) == 0)
        return 0;
    snprintf(error, size, "cannot give %s to %s: %s", path, id->user, strerror(errno));
    return -1;
}

static int open_services(const struct conf *conf, char *error, size_t size)
{
    struct store_error store_error = {0};
    const char *tmp = getenv("TMPDIR");
    ringerd.spool_dir = tmp && *tmp ? tmp : "/var/tmp"; /* a disk: /tmp may be memory */
    ringerd.store = store_open(conf->store, STORE_CREATE | STORE_PATIENT, &store_error);
    if (!ringerd.store) {
        snprintf(error, size, "store: %s", store_error.text);
        return -1;
    }
    storewatch_start(ringerd.store);
    if (*store_error.text)
        log_line(LOG_ERR,
                 "store: %s; mail that must be held gets the answer of on-error: store until the store "
                 "works, which "
                 "is tried each second",
                 store_error.text);
    current_start_services(conf, ringerd.store, workers_log);
    if (!housekeep_start())
        log_line(LOG_WARNING, "no thread for housekeeping: what is old stays in the store until a restart");
    return 0;
}

int lifecycle_acquire(struct lifecycle *life, const struct options *options, char *error, size_t size)
{
    struct policy *policy = current_get();
    const struct conf *conf = policy->conf;
    struct identity id;
    int result = -1;
    life->config = mem_strdup(options->config);
    life->foreground = options->foreground;
    if (process_identity(conf->user, conf->group, &id, error, size) != 0)
        goto out;
    if (!options->foreground && process_detach(error, size) != 0)
        goto out;
    log_open(options->foreground || conf->log_target == CONF_LOG_STDERR);
    log_set_level(conf->log_level);
    if (*conf->pid_file && process_pidfile(conf->pid_file, error, size) != 0)
        goto out;
    if (open_sockets(life, conf, error, size) != 0 || hand_over(listener_path(), &id, error, size) != 0 ||
        hand_over(life->control_path, &id, error, size) != 0)
        goto out;
    if (process_raise_limits((unsigned)conf->max_connections, error, size) != 0 ||
        process_drop(&id, error, size) != 0)
        goto out;
    if (access(life->config, R_OK) != 0)
        log_line(LOG_WARNING, "%s: user %s cannot read it: reloads will fail", life->config, id.user);
    result = 0;
out:
    policy_unref(&policy);
    return result;
}

/* --- start */

static void on_signal(int sig)
{
    int saved = errno;
    char event = sig == SIGHUP ? EVENT_HUP : EVENT_TERM;
    if (event != EVENT_HUP || !atomic_exchange(&hup_waiting, true)) /* many HUPs are one reload */
        (void)!write(event_fd, &event, 1);
    errno = saved;
}

static void set_handler(int sig, void (*handler)(int))
{
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_NODEFER};
    sigemptyset(&sa.sa_mask);
    sigaction(sig, &sa, NULL);
}

static void *run_milter(void *arg)
{
    struct lifecycle *life = arg;
    char event = EVENT_MILTER_ENDED;
    atomic_store(&milter_result, smfi_main());
    (void)!write(life->events[1], &event, 1);
    return NULL;
}

static void set_libmilter_up(const struct conf *conf)
{
    smfi_settimeout((int)conf->milter_timeout_s);
    smfi_setbacklog(SOMAXCONN);
    smfi_setmaxdatasize(MAX_FRAME);
}

static int start_threads(struct lifecycle *life, const struct conf *conf, char *error, size_t size)
{
    if (open_services(conf, error, size) != 0)
        return -1;
    if (conf->worker_required && workers_check_now(error, size) != 0)
        return -1;
    if (!conf->worker_required)
        workers_check_soon();
    set_libmilter_up(conf);
    if (!acceptor_start() || pthread_create(&life->milter, NULL, run_milter, life) != 0) {
        snprintf(error, size, "cannot start a thread: is the limit of tasks too low?");
        return -1;
    }
    life->milter_started = true;
    return 0;
}

int lifecycle_start(struct lifecycle *life, char *error, size_t size)
{
    sigset_t ours, before;
    struct policy *policy = current_get();
    ringerd.started = time(NULL);
    reload_begin(policy->conf);
    if (pipe2(life->events, O_CLOEXEC | O_NONBLOCK) != 0) {
        snprintf(error, size, "pipe: %s", strerror(errno));
        policy_unref(&policy);
        return -1;
    }
    event_fd = life->events[1];
    sigemptyset(&ours);
    sigaddset(&ours, SIGHUP);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    set_handler(SIGPIPE, SIG_IGN);
    set_handler(SIGHUP, on_signal);
    set_handler(SIGTERM, on_signal);
    set_handler(SIGINT, on_signal);
    pthread_sigmask(SIG_BLOCK, &ours, &before); /* for the threads, which inherit it */
    int result = start_threads(life, policy->conf, error, size);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
    if (result == 0) {
        if (!life->foreground)
            log_diags(&start_warnings);
        diag_free(&start_warnings);
        log_line(LOG_NOTICE, "ringerd %s started: %s, mode %s, %zu rules, digest %.16s", PACKAGE_VERSION,
                 policy->conf->socket, conf_mode_name(policy->conf->mode), ruleset_size(policy->rules),
                 ruleset_digest(policy->rules));
        log_packs(policy);
        notify("READY=1\nMAINPID=%ld\nSTATUS=generation 1, mode %s", (long)getpid(),
               conf_mode_name(policy->conf->mode));
        process_ready();
    }
    policy_unref(&policy);
    return result;
}

/* --- run */

/* Waits for at most `wait_ms`, serves the control socket, returns an event or 0. */
static char next_event(struct lifecycle *life, int wait_ms)
{
    struct pollfd pfds[2] = {{.fd = life->events[0], .events = POLLIN},
                             {.fd = life->control_fd, .events = POLLIN}};
    char event = 0;
    notify_alive();
    if (poll(pfds, 2, wait_ms) <= 0)
        return 0;
    if (pfds[1].revents & POLLIN)
        control_serve(life->control_fd, life->config);
    if (pfds[0].revents && read(life->events[0], &event, 1) != 1)
        event = 0;
    return event;
}

/* No new connections; the open ones may end their messages until the deadline. A second TERM ends the patience. */
static void drain(struct lifecycle *life)
{
    struct policy *policy = current_get();
    int64_t deadline = monotonic_ms() + (int64_t)policy->conf->drain_s * 1000;
    policy_unref(&policy);
    atomic_store(&ringerd.stopping, true);
    listener_close_door();
    unsigned open;
    while ((open = atomic_load(&ringerd.open_connections)) > 0 && monotonic_ms() < deadline)
        if (next_event(life, DRAIN_STEP_MS) == EVENT_TERM)
            break;
        else
            acceptor_knock(); /* libmilter may have left a session to a thread that is busy */
    if (open > 0)
        log_line(LOG_WARNING, "%u connections are still open and are cut: the MTA tries those messages again",
                 open);
}

int lifecycle_run(struct lifecycle *life)
{
    char event;
    do {
        event = next_event(life, KNOCK_MS);
        if (event == EVENT_HUP) {
            atomic_store(&hup_waiting, false);
            reload(life->config, NULL);
        } else if (!event) {
            acceptor_knock();
        }
        packwatch_tick();
        storewatch_tick(ringerd.store);
        if (housekeep_wants_reload()) {
            log_line(LOG_INFO, "reload: history knows other partners than before");
            reload(life->config, NULL);
        }
        reload_trim();
    } while (event != EVENT_TERM && event != EVENT_MILTER_ENDED);
    bool failed = event == EVENT_MILTER_ENDED && atomic_load(&milter_result) != MI_SUCCESS;
    if (failed)
        log_line(LOG_ERR, "libmilter ended with an error: see its messages in the mail log");
    log_line(LOG_NOTICE, "stopping");
    notify("STOPPING=1");
    drain(life);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* After this no message is decided any more, so that the store can be closed. */
static void close_gate(void)
{
    int64_t deadline = monotonic_ms() + LAST_MESSAGES_MS;
    atomic_store(&ringerd.closed, true);
    while (atomic_load(&ringerd.deciding) > 0 && monotonic_ms() < deadline)
        poll(NULL, 0, 1);
}

void lifecycle_release(struct lifecycle *life)
{
    close_gate();
    workers_check_end();
    housekeep_stop();
    bool idle = atomic_load(&ringerd.deciding) == 0;
    storewatch_end(ringerd.store, idle);
    if (idle) {
        current_start_services(NULL, NULL, NULL);
        store_close(&ringerd.store);
    }
    if (life->control_fd >= 0)
        close(life->control_fd);
    if (life->control_path)
        unlink(life->control_path);
    if (listener_path())
        unlink(listener_path());
    free(life->control_path);
    free(life->config);
    process_pidfile_remove();
}
