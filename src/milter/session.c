/*
 * The milter callbacks: collect one message as exactly as the protocol lets us, then hand it to action.c.
 * They judge nothing. What a session may cost is bounded here: connections, recipients, memory for the message.
 *
 * Things to know: an MTA may speak several messages in one session, and abort any of them; xxfi_abort does not
 * follow when we answered with accept, reject or discard; xxfi_close may come without any data; the queue id is
 * not there before DATA with Postfix.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include "base/mem.h"
#include "store/pass.h"

#include "milter/action.h"
#include "milter/current.h"
#include "milter/daemon.h"
#include "milter/log.h"
#include "milter/session.h"
#include "milter/testmail.h"

enum {
    /* Postfix takes 1000 in one message, Sendmail by default 100; ours may hold each of them in the store */
    MAX_RCPTS = 10000,
    /* each removal costs the MTA a pass over its queue file */
    MAX_FORGED = 1000,
    MAX_ADDRESS = 4096, /* of an address or a host name; RFC 5321 has 320 and 255 */
};

/* Actions without which we still work, and what is then left out. */
static const struct {
    unsigned long flag;
    const char *without;
} wanted[] = {
    {SMFIF_ADDHDRS, "no X-Ringer-* headers are added"},
    {SMFIF_CHGHDRS, "forged X-Ringer-* headers are not removed, subjects are not marked"},
    {SMFIF_DELRCPT, "a held message is held for all its recipients"},
    {SMFIF_QUARANTINE, "mail cannot be held in the MTA's queue"},
};

/* --- helpers */

static char *copy_capped(const char *s)
{
    return mem_strndup(s, strnlen(s, MAX_ADDRESS));
}

static char *macro(SMFICTX *ctx, const char *name)
{
    char buf[32];
    snprintf(buf, sizeof(buf), "%s", name); /* smfi_getsymval wants it writable */
    return smfi_getsymval(ctx, buf);
}

static void transaction_free(struct session *s)
{
    struct transaction *tx = s->tx;
    if (!tx)
        return;
    s->tx = NULL;
    policy_unref(&tx->policy);
    spool_free(&tx->raw);
    free(tx->forged);
    free(tx->rcpts);
    free(tx->rcpts_raw);
    struct memory_share memory = tx->memory;
    struct arena *arena = tx->arena; /* tx itself lives in it */
    arena_free(&arena);
    memory_give_back(&memory); /* only now may somebody else have it */
}

/* "<a@b>" and "a@b" give "a@b". */
static const char *bare_address(struct arena *arena, const char *raw)
{
    size_t n = strnlen(raw, MAX_ADDRESS);
    if (n > 0 && raw[0] == '<') {
        raw++;
        n--;
        if (n > 0 && raw[n - 1] == '>')
            n--;
    }
    return arena_strndup(arena, raw, n);
}

static void set_client_ip(struct session *s, const struct sockaddr *sa)
{
    s->client_ip[0] = '\0';
    if (sa && sa->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, s->client_ip, sizeof(s->client_ip));
    } else if (sa && sa->sa_family == AF_INET6) {
        const struct in6_addr *a = &((const struct sockaddr_in6 *)sa)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(a))
            inet_ntop(AF_INET, &a->s6_addr[12], s->client_ip, sizeof(s->client_ip));
        else
            inet_ntop(AF_INET6, a, s->client_ip, sizeof(s->client_ip));
    }
}

/*
 * Whoever is inside may use the store: it is closed when all have left, and lets nobody in from then on. The count
 * goes up before the look at `closed`: lifecycle.c sets that and then looks at the count.
 */
static bool store_enter(void)
{
    atomic_fetch_add(&ringerd.deciding, 1);
    if (!atomic_load(&ringerd.closed))
        return true;
    atomic_fetch_sub(&ringerd.deciding, 1);
    return false;
}

static void store_leave(void)
{
    atomic_fetch_sub(&ringerd.deciding, 1);
}

/* --- the connection */

/* Tells once what this MTA does not offer; the admin sees it in the log of the first connection. */
static void warn_missing(unsigned long actions)
{
    static atomic_ulong warned;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        unsigned long flag = wanted[i].flag;
        if (!(actions & flag) && !(atomic_fetch_or(&warned, flag) & flag))
            log_line(LOG_WARNING, "the MTA does not offer milter action 0x%lx: %s", flag, wanted[i].without);
    }
}

static unsigned long last_actions_default(void)
{
    unsigned long all = 0;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
        all |= wanted[i].flag;
    return all;
}

static struct session *session_new(SMFICTX *ctx, unsigned long actions, bool leading_space)
{
    struct session *s = mem_alloc(sizeof(*s));
    s->mta.actions = actions;
    s->mta.leading_space = leading_space;
    if (smfi_setpriv(ctx, s) != MI_SUCCESS) {
        free(s);
        return NULL;
    }
    return s;
}

/* Macros that an MTA may not send by itself; it must offer SMFIF_SETSYMLIST. */
static void request_macros(SMFICTX *ctx)
{
    static const struct {
        int stage;
        const char *names;
    } lists[] = {
        {SMFIM_CONNECT, "{client_name}"},
        {SMFIM_ENVFROM, "i {auth_authen} {auth_type}"},
        {SMFIM_EOM, "i"},
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        char names[64];
        strcpy(names, lists[i].names);
        smfi_setsymlist(ctx, lists[i].stage, names);
    }
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long f2,
                             unsigned long f3, unsigned long *actions_r, unsigned long *steps_r,
                             unsigned long *f2_r, unsigned long *f3_r)
{
    unsigned long use = actions & last_actions_default();
    /*
     * Steps that we do not need, and steps on which the MTA need not wait for us (libmilter fakes the latter). Not
     * for the body: libmilter leaves out xxfi_eom when body bytes come with the end of the message and get no reply.
     */
    unsigned long want = SMFIP_NOUNKNOWN | SMFIP_NOEOH | SMFIP_NODATA | SMFIP_HDR_LEADSPC;
    unsigned long no_reply = SMFIP_NR_HELO | SMFIP_NR_HDR;
    bool leading = (steps & SMFIP_HDR_LEADSPC) != 0;
    if (!session_new(ctx, use, leading))
        return SMFIS_REJECT;
    warn_missing(actions);
    if (actions & SMFIF_SETSYMLIST) {
        request_macros(ctx);
        use |= SMFIF_SETSYMLIST;
    }
    *actions_r = use;
    *steps_r = (want & steps) | no_reply;
    *f2_r = 0;
    *f3_r = 0;
    return SMFIS_CONTINUE;
}

/* True once a second: a flood is not to fill the log. */
static bool now_and_then(void)
{
    static atomic_llong last;
    long long now = (long long)time(NULL);
    return atomic_exchange(&last, now) != now;
}

/* Over the cap, or on the way out: what the policy for overload says. */
static sfsistat refuse_connection(SMFICTX *ctx, const struct conf *conf, unsigned open)
{
    count(COUNTER_CONNECTIONS_REFUSED);
    bool stopping = atomic_load(&ringerd.stopping);
    if (!stopping && conf->on_overload == CONF_ON_ERROR_ACCEPT) {
        if (now_and_then())
            log_line(LOG_WARNING, "overload: %u connections, limit %d: mail passes unchecked", open,
                     (int)conf->max_connections);
        return SMFIS_ACCEPT;
    }
    if (!stopping && now_and_then())
        log_line(LOG_WARNING, "overload: %u connections, limit %d: they get 451", open,
                 (int)conf->max_connections);
    action_reply(ctx, "451", "4.3.2",
                 stopping ? "Mail filter restarts, try again" : "Mail filter busy, try again");
    return SMFIS_TEMPFAIL;
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *addr)
{
    struct session *s = smfi_getpriv(ctx);
    if (!s) /* a second connection over the same socket (SMFIC_QUIT_NC): close took the first one's data */
        s = session_new(ctx, last_actions_default(), false);
    if (!s)
        return SMFIS_TEMPFAIL;
    set_client_ip(s, addr);
    const char *name = macro(ctx, "{client_name}");
    name = name ? name : host;
    if (name && name[0] != '[' && strcasecmp(name, "unknown") != 0)
        s->client_name = copy_capped(name);
    struct policy *policy = current_get();
    unsigned open = atomic_fetch_add(&ringerd.open_connections, 1) + 1;
    s->counted = true;
    count(COUNTER_CONNECTIONS);
    sfsistat status = SMFIS_CONTINUE;
    if (open > policy->conf->max_connections || atomic_load(&ringerd.stopping))
        status = refuse_connection(ctx, policy->conf, open);
    policy_unref(&policy);
    return status;
}

static sfsistat on_helo(SMFICTX *ctx, char *helo)
{
    struct session *s = smfi_getpriv(ctx);
    if (s) {
        free(s->helo);
        s->helo = copy_capped(helo);
    }
    return SMFIS_NOREPLY;
}

static sfsistat on_close(SMFICTX *ctx)
{
    struct session *s = smfi_getpriv(ctx);
    if (!s)
        return SMFIS_CONTINUE;
    smfi_setpriv(ctx, NULL);
    if (s->tx)
        count(COUNTER_ABORTED);
    transaction_free(s);
    if (s->counted)
        atomic_fetch_sub(&ringerd.open_connections, 1);
    free(s->client_name);
    free(s->helo);
    free(s);
    return SMFIS_CONTINUE;
}

/* --- one message */

static enum skip skip_of(const struct envelope *envelope, const struct conf *conf)
{
    if (conf_network_match(&conf->internal_networks, envelope->client_ip))
        return SKIP_INTERNAL;
    return envelope->auth_user && conf->skip_authenticated ? SKIP_AUTHENTICATED : SKIP_NONE;
}

/* Of an answer of the store about a pass; a release whose pass cannot be looked up is held again, so it is told. */
static bool is_known(int answer, const struct store_error *error)
{
    if (answer < 0) {
        count(COUNTER_ERRORS_STORE);
        log_line(LOG_WARNING, "the pass of a release cannot be looked up: %s", error->text);
    }
    return answer > 0;
}

/* `ringer quarantine release` asks whether this listener would judge what it releases; all others learn nothing. */
static bool knows_pass(const struct session *s, const char *mail_from)
{
    const char *at = strrchr(mail_from, '@');
    struct store_error error;
    if (!at || strcasecmp(at, PASS_DOMAIN) != 0 || !store_enter())
        return false;
    struct policy *policy = current_get();
    char *pass = mem_strndup(mail_from, (size_t)(at - mail_from));
    bool known = !conf_network_match(&policy->conf->internal_networks, s->client_ip) &&
                 is_known(store_pass_named(ringerd.store, pass, &error), &error);
    free(pass);
    policy_unref(&policy);
    store_leave();
    return known;
}

static sfsistat on_envfrom(SMFICTX *ctx, char **argv)
{
    struct session *s = smfi_getpriv(ctx);
    if (!s)
        return SMFIS_TEMPFAIL;
    transaction_free(s); /* of a message that we accepted or rejected before its end */
    struct arena *arena = arena_new();
    const char *mail_from = bare_address(arena, argv[0] ? argv[0] : "");
    if (knows_pass(s, mail_from)) {
        arena_free(&arena);
        action_reply(ctx, "554", "5.7.0", "Ringer " PASS_KNOWN);
        return SMFIS_REJECT;
    }
    struct transaction *tx = arena_alloc(arena, sizeof(*tx));
    tx->arena = arena;
    tx->policy = current_get();
    tx->raw = SPOOL_INIT;
    tx->envelope.client_ip = s->client_ip;
    tx->envelope.client_name = s->client_name;
    /* a copy: another HELO may come while the message is under way */
    tx->envelope.helo = s->helo ? arena_strdup(arena, s->helo) : NULL;
    tx->envelope.mail_from = mail_from;
    const char *auth = macro(ctx, "{auth_authen}");
    if (auth && *auth)
        tx->envelope.auth_user = arena_strndup(arena, auth, strnlen(auth, MAX_ADDRESS));
    tx->skip = skip_of(&tx->envelope, tx->policy->conf);
    s->tx = tx;
    return SMFIS_CONTINUE;
}

static sfsistat on_envrcpt(SMFICTX *ctx, char **argv)
{
    struct session *s = smfi_getpriv(ctx);
    struct transaction *tx = s ? s->tx : NULL;
    if (!tx || !argv[0])
        return SMFIS_TEMPFAIL;
    if (tx->n_rcpts == MAX_RCPTS || strlen(argv[0]) > MAX_ADDRESS) {
        action_reply(ctx, "452", "4.5.3", "Too many recipients or too long an address");
        return SMFIS_TEMPFAIL;
    }
    tx->rcpt_bytes += 2 * (strlen(argv[0]) + sizeof(char *) + 1);
    if (!memory_grow(&tx->memory, tx->rcpt_bytes, (uint64_t)tx->policy->conf->limit_memory)) {
        count(COUNTER_MEMORY_REFUSED);
        action_reply(ctx, "452", "4.3.1", "Mail filter has no memory for more recipients, try again");
        return SMFIS_TEMPFAIL;
    }
    if (tx->n_rcpts == tx->cap_rcpts) {
        tx->cap_rcpts = tx->cap_rcpts ? tx->cap_rcpts * 2 : 4;
        tx->rcpts = mem_resize(tx->rcpts, tx->cap_rcpts, sizeof(*tx->rcpts));
        tx->rcpts_raw = mem_resize(tx->rcpts_raw, tx->cap_rcpts, sizeof(*tx->rcpts_raw));
    }
    tx->rcpts_raw[tx->n_rcpts] = arena_strdup(tx->arena, argv[0]);
    tx->rcpts[tx->n_rcpts++] = bare_address(tx->arena, argv[0]);
    return SMFIS_CONTINUE;
}

/* Once there is no memory for it, nothing more of the message is kept, and what was goes. */
static void keep(struct transaction *tx, const void *data, size_t n)
{
    const struct conf *conf = tx->policy->conf;
    if (tx->no_memory)
        return;
    uint64_t need = tx->rcpt_bytes + tx->raw.mem.n + (tx->raw.fd < 0 ? n : 0);
    if (memory_grow(&tx->memory, need, (uint64_t)conf->limit_memory)) {
        spool_add(&tx->raw, ringerd.spool_dir, (size_t)conf->limit_spool, data, n);
    } else {
        tx->no_memory = true;
        spool_free(&tx->raw);
    }
}

/* One of our names in mail that came in: to be removed, or somebody could write his own verdict. */
static void note_forged(struct transaction *tx, const char *name)
{
    if (tx->n_forged > MAX_FORGED)
        return;
    if (tx->n_forged == tx->cap_forged) {
        tx->cap_forged = tx->cap_forged ? tx->cap_forged * 2 : 8;
        tx->forged = mem_resize(tx->forged, tx->cap_forged, sizeof(*tx->forged));
    }
    int index = 1;
    for (size_t i = 0; i < tx->n_forged; i++)
        index += strcasecmp(tx->forged[i].name, name) == 0;
    tx->forged[tx->n_forged++] = (struct forged_header){arena_strdup(tx->arena, name), index};
}

/* A test attack with a token of ours is judged as mail from outside, whatever the rest of the session is. */
static void note_test(struct session *s, const char *value)
{
    struct transaction *tx = s->tx;
    tx->test = testmail_take(tx->arena, value);
    if (!tx->test)
        return;
    tx->skip = SKIP_NONE;
    tx->envelope.client_ip = TESTMAIL_CLIENT;
    tx->envelope.client_name = NULL;
    tx->envelope.auth_user = NULL;
}

/*
 * Released mail is collected as mail from outside, whatever the session is, so that its pass can be looked at. It
 * stands before all else in the message: senders may write thousands of these headers, and the store is asked once.
 * Where something before it was left out, the pass would not fit, and the rest is nothing to judge by.
 */
static bool note_release(struct transaction *tx, const char *value)
{
    if (tx->pass_seen || tx->left_out)
        return false;
    tx->pass_seen = true;
    const char *secret = arena_span(tx->arena, span_trim(span_of(value)));
    if (!store_enter())
        return false;
    struct store_error error;
    bool open = is_known(store_pass_open(ringerd.store, secret, &error), &error);
    store_leave();
    if (!open)
        return false;
    tx->release = secret;
    tx->skip = SKIP_NONE;
    return true;
}

/* Of our own mail only who writes to whom, in which thread, is of interest: to history. */
static bool teaches(const struct transaction *tx, const char *name)
{
    static const char *const names[] = {
        "From", "To", "Cc", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "Precedence"};
    for (size_t i = 0; tx->policy->conf->history_learn && i < sizeof(names) / sizeof(*names); i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
    struct session *s = smfi_getpriv(ctx);
    struct transaction *tx = s ? s->tx : NULL;
    if (!tx || tx->in_body)
        return SMFIS_NOREPLY;
    if (strncasecmp(name, ACTION_HEADER_PREFIX, sizeof(ACTION_HEADER_PREFIX) - 1) == 0)
        note_forged(tx, name);
    tx->n_authres += strcasecmp(name, "Authentication-Results") == 0;
    if (!tx->test && strcasecmp(name, TESTMAIL_HEADER) == 0)
        note_test(s, value);
    if (strcasecmp(name, PASS_HEADER) == 0 && note_release(tx, value))
        return SMFIS_NOREPLY; /* no part of the message */
    if (strcasecmp(name, "Subject") == 0 && tx->n_subjects++ == 0)
        tx->subject = arena_strdup(tx->arena, s->mta.leading_space && *value == ' ' ? value + 1 : value);
    if (tx->skip != SKIP_NONE && !teaches(tx, name)) {
        tx->left_out = true;
        return SMFIS_NOREPLY;
    }
    keep(tx, name, strlen(name));
    keep(tx, ": ", s->mta.leading_space ? 1 : 2);
    for (const char *p = value; *p;) { /* the MTA folds with LF, the message had CR LF */
        size_t n = strcspn(p, "\n");
        bool folded = p[n] == '\n';
        bool has_cr = folded && n > 0 && p[n - 1] == '\r';
        keep(tx, p, has_cr ? n - 1 : n);
        if (folded)
            keep(tx, "\r\n", 2);
        p += n + folded;
    }
    keep(tx, "\r\n", 2);
    return SMFIS_NOREPLY;
}

static void end_headers(struct transaction *tx)
{
    if (!tx->in_body && tx->skip == SKIP_NONE)
        keep(tx, "\r\n", 2);
    tx->in_body = true;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *data, size_t n)
{
    struct session *s = smfi_getpriv(ctx);
    if (s && s->tx && s->tx->skip == SKIP_NONE) {
        end_headers(s->tx);
        keep(s->tx, data, n);
    }
    return SMFIS_CONTINUE;
}

static sfsistat on_eom(SMFICTX *ctx)
{
    struct session *s = smfi_getpriv(ctx);
    struct transaction *tx = s ? s->tx : NULL;
    if (!tx)
        return SMFIS_TEMPFAIL;
    end_headers(tx);
    const char *queue_id = macro(ctx, "i");
    tx->envelope.queue_id = queue_id ? arena_strndup(tx->arena, queue_id, strnlen(queue_id, 64)) : NULL;
    tx->envelope.rcpts = tx->rcpts;
    tx->envelope.n_rcpts = tx->n_rcpts;
    sfsistat status = SMFIS_TEMPFAIL;
    if (store_enter()) {
        count(COUNTER_MESSAGES);
        status = tx->n_forged > MAX_FORGED ? action_flooded(ctx, s) : action_message(ctx, s);
        store_leave();
    }
    transaction_free(s);
    return status;
}

static sfsistat on_abort(SMFICTX *ctx)
{
    struct session *s = smfi_getpriv(ctx);
    if (s && s->tx) {
        count(COUNTER_ABORTED);
        transaction_free(s);
    }
    return SMFIS_CONTINUE;
}

static char name[] = "ringer"; /* in libmilter's own log lines */
struct smfiDesc session_callbacks = {
    .xxfi_name = name,
    .xxfi_version = SMFI_VERSION,
    .xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_DELRCPT | SMFIF_QUARANTINE,
    .xxfi_connect = on_connect,
    .xxfi_helo = on_helo,
    .xxfi_envfrom = on_envfrom,
    .xxfi_envrcpt = on_envrcpt,
    .xxfi_header = on_header,
    .xxfi_body = on_body,
    .xxfi_eom = on_eom,
    .xxfi_abort = on_abort,
    .xxfi_close = on_close,
    .xxfi_negotiate = on_negotiate,
};
