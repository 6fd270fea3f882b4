/*
 * ringer doctor: the configuration and what it names: rules, signed packs, lists.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "policy/packs.h"

#include "cli/doctor_checks.h"

enum { DAY_S = 86400, OLD_DAYS = 400 /* suppliers are looked through once a year */, FILES_MAX = 64 };

static void check_configuration(struct doctor *d)
{
    if (d->invalid)
        doctor_fail(d, d->invalid_remedy, "%s", d->invalid);
    else if (!d->conf->path)
        doctor_fail(d, "`ringer init` writes one",
                    "there is no configuration file: the defaults protect nobody");
    else if (d->warning)
        doctor_warn(d, d->warning_remedy, "%s", d->warning);
    else
        doctor_ok(d, "%s is valid, mode %s", d->conf->path, conf_mode_name(d->conf->mode));
}

static void check_own_domains(struct doctor *d)
{
    if (d->conf->own_domains.n == 0)
        doctor_fail(d, "name your domains in protect.own-domains, then `ringer reload`",
                    "protect.own-domains is empty: lookalikes of your own domains are not seen");
    else
        doctor_ok(d, "%zu own domains, %zu of partners, %zu people", d->conf->own_domains.n,
                  d->conf->partner_domains.n, d->conf->people.n);
}

/* --- ages of lists */

struct files {
    const char *v[FILES_MAX];
    size_t n;
};

static void add_file(struct files *files, const struct conf *conf, const char *file)
{
    if (!file || (conf->path && strcmp(file, conf->path) == 0) || files->n == FILES_MAX)
        return;
    for (size_t i = 0; i < files->n; i++)
        if (strcmp(files->v[i], file) == 0)
            return;
    files->v[files->n++] = file;
}

static void add_domains(struct files *files, const struct conf *conf, const struct conf_domains *domains)
{
    for (size_t i = 0; i < domains->n; i++)
        add_file(files, conf, domains->v[i].at.file);
}

static void check_lists(struct doctor *d)
{
    struct files files = {.n = 0};
    struct stat st;
    const char *oldest = NULL;
    long long days, most = -1;
    add_domains(&files, d->conf, &d->conf->own_domains);
    add_domains(&files, d->conf, &d->conf->partner_domains);
    add_domains(&files, d->conf, &d->conf->affiliate_domains);
    add_domains(&files, d->conf, &d->conf->allow_domains);
    for (size_t i = 0; i < d->conf->people.n; i++)
        add_file(&files, d->conf, d->conf->people.v[i].at.file);
    for (size_t i = 0; i < files.n; i++)
        if (stat(files.v[i], &st) == 0 && (days = ((long long)time(NULL) - st.st_mtime) / DAY_S) > most) {
            most = days;
            oldest = files.v[i];
        }
    if (most > OLD_DAYS)
        doctor_warn(d, "look through it, then `touch` it and `ringer reload`",
                    "%s was last changed %lld days ago", oldest, most);
    else if (oldest)
        doctor_ok(d, "%zu list files, the oldest of %lld days", files.n, most);
}

/* --- rules and packs */

static void check_rules(struct doctor *d)
{
    if (d->policy)
        doctor_ok(d, "%zu rules pass their tests, digest %.16s", ruleset_size(d->policy->rules),
                  ruleset_digest(d->policy->rules));
}

static void check_packs(struct doctor *d)
{
    struct diag_list diags = {0};
    const struct diag *worst = NULL;
    if (!d->policy)
        return;
    const struct policy_packs *packs = &d->policy->signed_packs;
    policy_packs_check(d->conf, packs, &diags);
    for (size_t i = 0; i < diags.n; i++)
        if (!worst || diags.v[i].level > worst->level)
            worst = &diags.v[i];
    for (size_t i = 0; i < packs->n && !worst; i++)
        if (packs->v[i].fallback)
            doctor_fail(d, "`ringer rules check` says why; install a newer one with `ringer rules install`",
                        "of pack %s the previous version is in force, the newest is refused",
                        packs->v[i].name);
    const json_t *alarms = json_object_get(json_object_get(d->status, "rules"), "alarms");
    if (!worst && json_array_size(alarms))
        doctor_fail(d, "`ringer reload`; `ringer rules packs` lists what is installed", "ringerd says: %s",
                    json_string_value(json_array_get(alarms, 0)));
    else if (worst)
        (worst->level == DIAG_ERROR ? doctor_fail : doctor_warn)(
            d, worst->remedy ? arena_strdup(d->arena, worst->remedy) : "`ringer rules check` says more", "%s",
            worst->text);
    else if (packs->n)
        doctor_ok(d, "%zu signed packs, all verified and in time", packs->n);
    diag_free(&diags);
}

static const struct doctor_check checks[] = {
    {"configuration", check_configuration},
    {"own-domains", check_own_domains},
    {"lists", check_lists},
    {"rules", check_rules},
    {"packs", check_packs},
};
const struct doctor_family doctor_config = {checks, sizeof(checks) / sizeof(*checks)};
