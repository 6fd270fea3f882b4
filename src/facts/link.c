/*
 * Links: hosts that look like protected domains, text that shows another host, tunnelling services, bare
 * addresses, and installers offered from a host that is not the vendor's.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "facts/families.h"

static bool numeric_host(const char *host)
{
    return *host && (*host == '[' || host[strspn(host, "0123456789.")] == '\0');
}

/* https://partner.example@evil.example: readers take what stands before the "@" for the host. */
static bool stands_before(struct fact_work *work)
{
    enum { SCORE = 95 }; /* nobody writes a host there by chance */
    const struct message *m = work->message;
    for (size_t i = 0; i < m->n_links; i++) {
        const struct message_link *l = &m->links[i];
        if (!l->before || !lookalike_is_genuine(fact_match(work, l->before)) ||
            lookalike_is_genuine(fact_match(work, l->host)))
            continue;
        facts_set_int(work->facts, FACT_LINK_LOOKALIKE_SCORE, SCORE);
        facts_set_string(work->facts, FACT_LINK_LOOKALIKE_WHY,
                         arena_printf(work->arena, "a link shows `%s` before its host, which is `%s`",
                                      l->before, l->host));
        return true;
    }
    return false;
}

static void lookalike(struct fact_work *work)
{
    const struct message *m = work->message;
    const struct lookalike_finding *best = NULL;
    if (stands_before(work))
        return;
    for (size_t i = 0; i < m->n_links; i++) {
        if (!*m->links[i].host || numeric_host(m->links[i].host))
            continue;
        const struct lookalike_result *r = fact_match(work, m->links[i].host);
        if (r->kind == LOOKALIKE_SUSPECT && r->n_findings && (!best || r->findings[0].score > best->score))
            best = &r->findings[0];
    }
    facts_set_int(work->facts, FACT_LINK_LOOKALIKE_SCORE, best ? best->score : 0);
    facts_set_string(work->facts, FACT_LINK_LOOKALIKE_WHY, best ? best->why : NULL);
}

static bool same_registrable(struct fact_work *work, const char *a, const char *b)
{
    const char *ra = lookalike_registrable(work->sources->index, work->arena, a);
    const char *rb = fact_match(work, b)->registrable;
    return ra && rb ? strcasecmp(ra, rb) == 0 : strcasecmp(a, b) == 0;
}

/* A protected host over a foreign one; senders link to their own hosts through those who count the visitors. */
static bool shows_another(struct fact_work *work, const struct message_link *l)
{
    const struct lookalike_result *shown = fact_match(work, l->shown_host);
    return lookalike_is_genuine(shown) && !lookalike_is_genuine(fact_match(work, l->host)) &&
           !(work->from_registrable && shown->registrable &&
             strcasecmp(shown->registrable, work->from_registrable) == 0);
}

static void mismatch(struct fact_work *work)
{
    const struct message *m = work->message;
    for (size_t i = 0; i < m->n_links; i++) {
        const struct message_link *l = &m->links[i];
        if (l->shown_host && *l->host && !same_registrable(work, l->shown_host, l->host)) {
            if (!work->facts->v[FACT_LINK_MISMATCH].known)
                facts_set_string(work->facts, FACT_LINK_MISMATCH,
                                 arena_printf(work->arena, "%s -> %s", l->shown_host, l->host));
            if (shows_another(work, l)) {
                facts_set_string(work->facts, FACT_LINK_SHOWN_PROTECTED, l->shown_host);
                return;
            }
        }
    }
}

static bool offers_program(const char *url)
{
    static const char *const endings[] = {".exe", ".msi", ".msix", ".dmg", ".pkg", ".apk",
                                          ".iso", ".img", ".scr",  ".bat", ".vbs", ".jar"};
    size_t n = strcspn(url, "?#");
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        size_t e = strlen(endings[i]);
        if (n > e && strncasecmp(url + n - e, endings[i], e) == 0)
            return true;
    }
    return false;
}

static bool vendor_host(const char *host, const char *domains)
{
    struct span rest = span_of(domains);
    size_t n = strlen(host);
    while (rest.n) {
        struct span d = span_trim(span_cut(&rest, ','));
        if (d.n && n >= d.n && strncasecmp(host + n - d.n, d.p, d.n) == 0 &&
            (n == d.n || host[n - d.n - 1] == '.'))
            return true;
    }
    return false;
}

static void installer(struct fact_work *work, const struct message_link *link)
{
    const struct wordset *installers = work->sources->lists->installers;
    if (!*link->host || !offers_program(link->url))
        return;
    for (size_t i = 0; i < wordset_size(installers); i++) {
        const char *program = wordset_at(installers, i);
        bool named = strcasestr(link->url, program) || (link->shown && strcasestr(link->shown, program));
        if (named && !vendor_host(link->host, wordset_value(installers, span_of(program)))) {
            facts_set_string(work->facts, FACT_LINK_INSTALLER, program);
            return;
        }
    }
}

void facts_link(struct fact_work *work)
{
    const struct message *m = work->message;
    bool numeric = false;
    facts_set_int(work->facts, FACT_LINK_COUNT, (int64_t)m->n_links);
    for (size_t i = 0; i < m->n_links; i++) {
        const struct message_link *l = &m->links[i];
        numeric = numeric || numeric_host(l->host);
        if (wordset_domain(work->sources->lists->tunnels, l->host))
            facts_set_string(work->facts, FACT_LINK_TUNNEL, l->host);
        installer(work, l);
    }
    facts_set_bool(work->facts, FACT_LINK_NUMERIC, numeric);
    lookalike(work);
    mismatch(work);
}
