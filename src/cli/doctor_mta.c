/*
 * ringer doctor: the mail server: does it ask Ringer, behind the right milters, can it reach the socket as the user
 * that it is, do its headers bear the name that is believed, and does the listener for released mail answer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#include "cli/doctor_checks.h"
#include "cli/reach.h"
#include "cli/run.h"
#include "store/delivery.h"

enum { JUDGED_ENOUGH = 3, CONF_MAX = 1024 * 1024 };

static const char *milters_of(const struct doctor *d, const struct postfix_service *s)
{
    return s->milters ? s->milters : d->postfix.smtpd_expanded;
}

/* The port of smtp://HOST:PORT; "" when it names none. */
static const char *port_of(const char *url)
{
    const char *colon = strrchr(url, ':');
    return colon && strchr("0123456789", colon[1]) && colon[1] ? colon + 1 : "";
}

static bool is_release_listener(const struct doctor *d, const struct postfix_service *s)
{
    return strcmp(postfix_port(s), port_of(d->conf->release_smtp)) == 0;
}

/* Only programs of this host, or people who log in, use it: with milters of its own that is on purpose. */
static bool is_inner(const struct postfix_service *s)
{
    static const char *const names[] = {"127.", "localhost:", "[::1]", "submission", "smtps", "465", "587"};
    for (size_t i = 0; s->milters && i < sizeof(names) / sizeof(*names); i++)
        if (strncmp(s->name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* The services that take mail from outside; not the one for released mail. */
static bool takes_mail(const struct doctor *d, const struct postfix_service *s)
{
    return postfix_is_smtpd(s) && !is_release_listener(d, s) && !is_inner(s);
}

static bool asks_us(struct doctor *d, const struct postfix_service *s)
{
    return postfix_place(d->arena, &d->postfix, milters_of(d, s), d->conf->socket) > 0;
}

/* --- is it asked? */

static void check_milter(struct doctor *d)
{
    const char *without = NULL;
    size_t with = 0;
    if (!d->has_postfix) {
        doctor_warn(d, "for Sendmail look at INPUT_MAIL_FILTER in sendmail.mc", "no Postfix to be asked: %s",
                    d->no_postfix);
        return;
    }
    for (size_t i = 0; i < d->postfix.n_services; i++) {
        const struct postfix_service *s = &d->postfix.services[i];
        if (takes_mail(d, s) && asks_us(d, s))
            with++;
        else if (takes_mail(d, s))
            without = s->name;
    }
    if (with == 0)
        doctor_fail(d, "`ringer init` prints the lines, `ringer init --apply` sets them",
                    "no smtpd of Postfix asks Ringer: smtpd_milters does not name %s", d->conf->socket);
    else if (without)
        doctor_warn(d, "add Ringer to its smtpd_milters in master.cf, unless only your own people use it",
                    "%s of master.cf has milters of its own, without Ringer", without);
    else
        doctor_ok(d, "all %zu smtpd services of Postfix ask Ringer", with);
}

/* What is said for our entry alone, "{ unix:..., default_action=accept }", else for all. */
static const char *default_action(struct doctor *d)
{
    const char *list = d->postfix.smtpd_expanded, *output = "", *before, *address;
    while ((before = list + strspn(list, ", \t")), (address = postfix_next_milter(d->arena, &list)))
        if (postfix_leads_to(d->arena, &d->postfix, address, d->conf->socket)) {
            const char *entry = arena_strndup(d->arena, before, (size_t)(list - before));
            const char *action = strstr(entry, "default_action");
            if (action && (action = strchr(action, '=')))
                return arena_strndup(d->arena, action + 1 + strspn(action + 1, " "),
                                     strcspn(action + 1 + strspn(action + 1, " "), ", }"));
        }
    postfix_run(d->arena, &d->postfix, (const char *const[]){"postconf", "-h", "milter_default_action", NULL},
                &output);
    return arena_span(d->arena, span_trim(span_of(output)));
}

static void check_milter_down(struct doctor *d)
{
    if (!d->has_postfix || !postfix_place(d->arena, &d->postfix, d->postfix.smtpd_expanded, d->conf->socket))
        return;
    const char *action = default_action(d);
    if (strcmp(action, "accept") == 0)
        doctor_warn(d, "write the milter as { ..., default_action=tempfail } in smtpd_milters",
                    "while ringerd is down, Postfix lets all mail pass unjudged (default_action=accept)");
    else
        doctor_ok(d, "while ringerd is down, Postfix answers: %s", action);
}

static void check_order(struct doctor *d)
{
    const char *list = d->postfix.smtpd_expanded, *address, *name, *before = NULL;
    size_t ours = d->has_postfix ? postfix_place(d->arena, &d->postfix, list, d->conf->socket) : 0;
    if (!ours)
        return;
    for (size_t place = 1; (address = postfix_next_milter(d->arena, &list)); place++) {
        if (!(name = postfix_verifier(address)))
            continue;
        if (place > ours) {
            doctor_fail(d, "put Ringer last in smtpd_milters, then `postfix reload`",
                        "%s (%s) runs behind Ringer, which cannot see what it finds out", name, address);
            return;
        }
        before = name;
    }
    doctor_ok(d, before ? "%s runs before Ringer" : "no other milter that Ringer should follow%s",
              before ? before : "");
}

/* --- is it reached? */

static const char *path_in(const char *address)
{
    return strncmp(address, "unix:", 5) == 0    ? address + 5
           : strncmp(address, "local:", 6) == 0 ? address + 6
                                                : NULL;
}

/* As this service names our socket; NULL: by another kind of address. */
static const char *path_for(struct doctor *d, const struct postfix_service *s)
{
    const char *list = milters_of(d, s), *address;
    while ((address = postfix_next_milter(d->arena, &list)))
        if (postfix_leads_to(d->arena, &d->postfix, address, d->conf->socket))
            return path_in(address);
    return NULL;
}

/* Which folder, or the socket itself, does not let Postfix's user through. */
static const char *refusing(struct doctor *d)
{
    const char *path = path_in(d->conf->socket), *folder = file_folder(d->arena, path);
    return arena_printf(d->arena, "%s (%s), %s (%s)", folder, doctor_owner(d, folder), path,
                        doctor_owner(d, path));
}

static void say_unreachable(struct doctor *d, const struct postfix_service *s, const char *path, int error)
{
    const char *owner = d->postfix.mail_owner, *socket = path_in(d->conf->socket),
               *queue = d->postfix.queue_directory;
    bool outside = s->chrooted && strncmp(socket, queue, strlen(queue)) != 0;
    if (outside)
        doctor_fail(d,
                    arena_printf(d->arena,
                                 "set milter.socket to unix:%s/ringer/ringer.sock, restart ringerd, then "
                                 "`ringer init --apply`",
                                 queue),
                    "%s runs in a chroot below %s and cannot see %s", s->name, queue, socket);
    else if (error == EACCES)
        doctor_fail(d,
                    arena_printf(d->arena,
                                 "give socket and folder to the group of %s: `ringer init` makes the folder, "
                                 "or set milter.socket-group and socket-mode 0660",
                                 owner),
                    "Postfix's user %s may not come to the socket: %s", owner, refusing(d));
    else if (error == ECONNREFUSED)
        doctor_fail(d, "`systemctl start ringerd`", "nobody listens on %s any more", socket);
    else
        doctor_fail(d,
                    d->status ? "smtpd_milters and milter.socket must name the same socket; was it changed "
                                "without a restart of ringerd?"
                              : "`systemctl start ringerd`",
                    "%s as %s does not reach %s: %s", s->name, owner, path, strerror(error));
}

static void check_socket(struct doctor *d)
{
    size_t tried = 0;
    if (!d->has_postfix || !path_in(d->conf->socket))
        return;
    for (size_t i = 0; i < d->postfix.n_services; i++) {
        const struct postfix_service *s = &d->postfix.services[i];
        const char *path = takes_mail(d, s) ? path_for(d, s) : NULL;
        if (!path)
            continue;
        int error =
            reach_unix(&(struct reach){geteuid() == 0 ? d->postfix.mail_owner : NULL,
                                       d->postfix.queue_directory, s->chrooted && geteuid() == 0, path});
        if (error) {
            say_unreachable(d, s, path, error);
            return;
        }
        tried++;
    }
    if (tried)
        doctor_ok(d, "%s reaches ringerd as each of %zu smtpd services would", d->postfix.mail_owner, tried);
}

/* --- the name in Authentication-Results */

static bool is_configured(const struct doctor *d, const char *name)
{
    for (size_t i = 0; i < d->conf->authserv_ids.n; i++)
        if (strcasecmp(d->conf->authserv_ids.v[i], name) == 0)
            return true;
    return false;
}

/* The name that is most often seen on mail. */
static const char *most_seen(const json_t *seen)
{
    const char *name, *most = NULL;
    json_t *n;
    json_int_t best = 0;
    json_object_foreach((json_t *)(uintptr_t)seen, name, n) if (json_integer_value(n) > best)
    {
        best = json_integer_value(n);
        most = name;
    }
    return most;
}

static const char *verifier_before(struct doctor *d)
{
    const char *list = d->has_postfix ? d->postfix.smtpd_expanded : "", *address, *name = NULL;
    while (!name && (address = postfix_next_milter(d->arena, &list)))
        name = postfix_verifier(address);
    return name;
}

static void check_authserv_empty(struct doctor *d)
{
    const char *verifier = verifier_before(d);
    if (verifier)
        doctor_warn(d,
                    arena_printf(d->arena, "name its AuthservID there, by default %s, then `ringer reload`",
                                 d->postfix.myhostname),
                    "%s runs before Ringer, but trust.authserv-ids is empty: what it finds out is not used",
                    verifier);
    else
        doctor_ok(d, "none is believed: SPF and DMARC are asked of DNS");
}

static void check_authserv(struct doctor *d)
{
    const json_t *stats = json_object_get(d->status, "authserv_ids");
    json_int_t judged = json_integer_value(json_object_get(stats, "judged"));
    json_int_t trusted = json_integer_value(json_object_get(stats, "trusted"));
    if (d->conf->authserv_ids.n == 0) {
        check_authserv_empty(d);
        return;
    }
    const char *ours = d->conf->authserv_ids.v[0], *seen = most_seen(json_object_get(stats, "seen"));
    if (judged >= JUDGED_ENOUGH && trusted == 0 && seen && !is_configured(d, seen))
        doctor_fail(
            d,
            arena_printf(
                d->arena,
                "if your own server writes '%s', name that in trust.authserv-ids, then `ringer reload`",
                seen),
            "of %lld messages none bears Authentication-Results of '%s'; most bear those of '%s'",
            (long long)judged, ours, seen);
    else if (judged >= JUDGED_ENOUGH && trusted == 0)
        doctor_fail(d,
                    "OpenDKIM, OpenDMARC or rspamd must run before Ringer and write that name; else empty "
                    "trust.authserv-ids",
                    "of %lld messages none bears Authentication-Results of '%s'", (long long)judged, ours);
    else if (judged == 0)
        doctor_ok(d, "'%s' is believed; no mail came since the last reload to see whether it is written",
                  ours);
    else
        doctor_ok(d, "%lld of %lld messages bear Authentication-Results of a believed name",
                  (long long)trusted, (long long)judged);
}

/* What a sender writes in a believed name must be gone before our own milters write theirs. */
static void check_forged(struct doctor *d)
{
    const char *probe =
        json_string_value(json_object_get(json_object_get(d->status, "authserv_ids"), "probe"));
    if (d->conf->authserv_ids.n == 0 || !probe)
        return;
    const char *ours = d->conf->authserv_ids.v[0];
    if (strcmp(probe, "believed") == 0)
        doctor_fail(d,
                    "remove it in the mail server before OpenDKIM and the others write theirs: `ringer init "
                    "--dry-run` prints the lines, doc/side-by-side.md tells more",
                    "a forged Authentication-Results in the name of '%s' came through to Ringer", ours);
    else if (strcmp(probe, "removed") == 0)
        doctor_ok(d, "a forged Authentication-Results in the name of '%s' was removed before Ringer", ours);
    else
        doctor_ok(d,
                  "not tried since the last reload: `ringer doctor --probe` or `ringer test-attack` sends a "
                  "forged one");
}

/* --- released mail */

static const struct postfix_service *release_service(const struct doctor *d)
{
    for (size_t i = 0; d->has_postfix && i < d->postfix.n_services; i++)
        if (postfix_is_smtpd(&d->postfix.services[i]) && is_release_listener(d, &d->postfix.services[i]))
            return &d->postfix.services[i];
    return NULL;
}

static void check_release(struct doctor *d)
{
    const char *url = d->conf->release_smtp, *reply;
    const struct postfix_service *s = release_service(d);
    struct store_error error;
    if (delivery_ask(&(struct delivery){.arena = d->arena, .url = url, .error = &error}, "NOOP", &reply) != 0)
        reply = error.text;
    if (*reply != '2')
        doctor_fail(
            d, "`ringer init --apply` adds such a listener to master.cf; or see contrib/postfix/master.cf",
            "%s does not answer, held mail cannot be released: %s", url, reply);
    else if (s && asks_us(d, s))
        doctor_fail(
            d,
            arena_printf(d->arena, "postconf -P '%s/%s/smtpd_milters=' && postfix reload", s->name, s->type),
            "%s, into which held mail is released, asks Ringer again", url);
    else
        doctor_ok(d, s ? "%s answers and runs no Ringer" : "%s answers", url);
}

static const struct doctor_check checks[] = {
    {"milter", check_milter},   {"milter-down", check_milter_down}, {"milter-order", check_order},
    {"socket", check_socket},   {"authserv-id", check_authserv},    {"authserv-forged", check_forged},
    {"release", check_release},
};
const struct doctor_family doctor_mta = {checks, sizeof(checks) / sizeof(*checks)};
