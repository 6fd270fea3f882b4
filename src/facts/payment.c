/*
 * What the message asks for, and the accounts it names. The texts of the message are folded, handed to
 * the payment engine, and its answer becomes one strength a kind of request.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "facts/families.h"

static const struct {
    enum fact_id strength, words;
} request_fact[REQUEST_COUNT] = {
    [REQUEST_BANK_CHANGE] = {FACT_REQUEST_BANK_CHANGE, FACT_REQUEST_BANK_CHANGE_WORDS},
    [REQUEST_NEW_PAYEE] = {FACT_REQUEST_NEW_PAYEE, FACT_REQUEST_NEW_PAYEE_WORDS},
    [REQUEST_PAYROLL] = {FACT_REQUEST_PAYROLL, FACT_REQUEST_PAYROLL_WORDS},
    [REQUEST_WIRE] = {FACT_REQUEST_WIRE, FACT_REQUEST_WIRE_WORDS},
    [REQUEST_GIFT_CARD] = {FACT_REQUEST_GIFT_CARD, FACT_REQUEST_GIFT_CARD_WORDS},
    [REQUEST_RECEIVABLES] = {FACT_REQUEST_RECEIVABLES, FACT_REQUEST_RECEIVABLES_WORDS},
    [REQUEST_TAX_PRETEXT] = {FACT_REQUEST_TAX_PRETEXT, FACT_REQUEST_TAX_PRETEXT_WORDS},
    [REQUEST_CHANNEL] = {FACT_REQUEST_CHANNEL, FACT_REQUEST_CHANNEL_WORDS},
    [REQUEST_INVOICE] = {FACT_REQUEST_INVOICE, FACT_REQUEST_INVOICE_WORDS},
    [REQUEST_PROBE] = {FACT_REQUEST_PROBE, FACT_REQUEST_PROBE_WORDS},
    [REQUEST_DOCUMENTS] = {FACT_REQUEST_DOCUMENTS, FACT_REQUEST_DOCUMENTS_WORDS},
};

enum { EVIDENCE_BYTES = 240 }; /* enough for a clause; the report shows it in one line */

static enum payment_where where_of(enum text_kind kind)
{
    switch (kind) {
    case TEXT_SUBJECT:
        return PAYMENT_SUBJECT;
    case TEXT_OWN:
        return PAYMENT_OWN;
    case TEXT_QUOTED:
        return PAYMENT_QUOTED;
    case TEXT_SIGNATURE:
    case TEXT_DISCLAIMER:
        return PAYMENT_FOOTER;
    case TEXT_HIDDEN:
        return PAYMENT_HIDDEN;
    case TEXT_ATTACHMENT:
        return PAYMENT_ATTACHMENT;
    }
    return PAYMENT_OWN;
}

/* What counts as asked by this message: quoted and hidden words are other facts. */
static bool counts(enum payment_where where)
{
    return where == PAYMENT_SUBJECT || where == PAYMENT_OWN || where == PAYMENT_ATTACHMENT ||
           where == PAYMENT_FOOTER;
}

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '-' || c == '.';
}

/*
 * Reasons go into logs and data bases that many may read and that are kept for long: of what may be an account
 * number (ten digits and more in one run) only the ends stay. The message itself has the whole number.
 */
static void mask_numbers(char *line)
{
    enum { ACCOUNT_DIGITS = 10, SHOWN = 4 };
    while (*line) {
        size_t n = 0, digits = 0, seen = 0;
        for (; in_number(line[n]); n++)
            digits += line[n] >= '0' && line[n] <= '9';
        for (size_t i = 0; digits >= ACCOUNT_DIGITS && i < n; i++)
            if (line[i] >= '0' && line[i] <= '9') {
                seen++;
                if (seen > SHOWN && seen + SHOWN <= digits)
                    line[i] = '*';
            }
        line += n ? n : 1;
    }
}

/* One line of valid UTF-8, cut at a character. */
static const char *evidence(struct arena *arena, struct span s)
{
    size_t n = s.n < EVIDENCE_BYTES ? s.n : EVIDENCE_BYTES;
    while (n && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    char *line = arena_strndup(arena, s.p, n);
    for (char *c = line; *c; c++)
        if (*c == '\n' || *c == '\t' || *c == '\r')
            *c = ' ';
    mask_numbers(line);
    return n < s.n ? arena_printf(arena, "%s…", line) : line;
}

static void raise_int(struct facts *facts, enum fact_id id, int value)
{
    if (!facts->v[id].known || facts->v[id].i < value)
        facts_set_int(facts, id, value);
}

static void requests(struct fact_work *work, const struct payment_text *texts,
                     const struct payment_result *result)
{
    struct facts *facts = work->facts;
    const struct payment_request *strongest = NULL;
    for (size_t i = 0; i < REQUEST_COUNT; i++)
        facts_set_int(facts, request_fact[i].strength, 0);
    facts_set_int(facts, FACT_REQUEST_QUOTED, 0);
    facts_set_int(facts, FACT_REQUEST_HIDDEN, 0);
    facts_set_int(facts, FACT_REQUEST_ATTACHED, 0);
    facts_set_list_empty(facts, FACT_REQUEST_KINDS);
    facts_set_list_empty(facts, FACT_REQUEST_DENIED);
    for (size_t i = 0; i < result->n_requests; i++) {
        const struct payment_request *r = &result->requests[i];
        enum payment_where where = texts[r->text].where;
        if (r->stance != STANCE_ASSERTED) {
            facts_add(facts, FACT_REQUEST_DENIED, request_name(r->kind));
            continue;
        }
        if (where == PAYMENT_QUOTED)
            raise_int(facts, FACT_REQUEST_QUOTED, r->strength);
        if (where == PAYMENT_HIDDEN)
            raise_int(facts, FACT_REQUEST_HIDDEN, r->strength);
        if (!counts(where))
            continue;
        if (where == PAYMENT_ATTACHMENT)
            raise_int(facts, FACT_REQUEST_ATTACHED, r->strength);
        if (facts_int(facts, request_fact[r->kind].strength) < r->strength) {
            facts_set_int(facts, request_fact[r->kind].strength, r->strength);
            facts_set_string(facts, request_fact[r->kind].words, evidence(work->arena, r->evidence));
        }
        facts_add(facts, FACT_REQUEST_KINDS, request_name(r->kind));
        if (!strongest || r->strength > strongest->strength)
            strongest = r;
    }
    facts_set_int(facts, FACT_REQUEST_STRONGEST, strongest ? strongest->strength : 0);
    if (strongest)
        facts_set_string(facts, FACT_REQUEST_EVIDENCE, evidence(work->arena, strongest->evidence));
    facts_set_bool(facts, FACT_REQUEST_LIMIT, result->limit_hit);
}

static void boosters(struct fact_work *work, unsigned bits)
{
    facts_set_list_empty(work->facts, FACT_BOOSTERS);
    for (unsigned b = 0; b < BOOSTER_COUNT; b++)
        if (bits & (1u << b))
            facts_add(work->facts, FACT_BOOSTERS, booster_name((enum booster)b));
}

/* Two-letter top-level domain of the sender, as a country; NULL when it tells none. */
static const char *sender_country(struct fact_work *work)
{
    const char *dot = work->from ? strrchr(work->from->domain, '.') : NULL;
    if (!dot || strlen(dot + 1) != 2)
        return NULL;
    return strcasecmp(dot + 1, "uk") == 0 ? "GB" : dot + 1;
}

const char *account_masked(struct arena *arena, const char *number)
{
    enum { SHOWN = 4 };
    size_t n = strlen(number);
    if (n <= 2 * SHOWN)
        return arena_printf(arena, "****%s", n > SHOWN ? number + n - 2 : "");
    char *copy = arena_strdup(arena, number);
    memset(copy + SHOWN, '*', n - 2 * SHOWN);
    return copy;
}

static void accounts(struct fact_work *work, const struct payment_text *texts,
                     const struct payment_result *result)
{
    struct facts *facts = work->facts;
    const char *home = sender_country(work);
    int64_t count = 0, valid = 0;
    bool foreign = false, has_country = false;
    facts_set_list_empty(facts, FACT_ACCOUNT_KINDS);
    facts_set_list_empty(facts, FACT_ACCOUNT_COUNTRIES);
    for (size_t i = 0; i < result->n_accounts; i++) {
        const struct payment_account *a = &result->accounts[i];
        if (a->quoted || !counts(texts[a->text].where))
            continue;
        facts_add(facts, FACT_ACCOUNT_KINDS, account_name(a->kind));
        if (a->kind == ACCOUNT_BIC)
            continue;
        count++;
        valid += a->valid;
        if (*a->country && a->valid) {
            facts_add(facts, FACT_ACCOUNT_COUNTRIES, a->country);
            has_country = true;
            foreign = foreign || (home && strcasecmp(home, a->country) != 0);
        }
        if (count == 1)
            facts_set_string(facts, FACT_ACCOUNT_MASKED, account_masked(work->arena, a->number));
    }
    facts_set_int(facts, FACT_ACCOUNT_COUNT, count);
    facts_set_int(facts, FACT_ACCOUNT_VALID, valid);
    if (home && has_country)
        facts_set_bool(facts, FACT_ACCOUNT_FOREIGN, foreign);
}

/* A request or an account that only shows once invisible and look-alike characters are gone. */
static bool obfuscated(const struct payment_text *texts, const struct payment_result *result)
{
    for (size_t i = 0; i < result->n_requests; i++) {
        const struct payment_request *r = &result->requests[i];
        const struct folded_text *folded = texts[r->text].folded;
        if (r->stance == STANCE_ASSERTED && counts(texts[r->text].where) &&
            (folded->invisible || folded->mixed))
            return true;
    }
    return false;
}

static void characters(struct fact_work *work, const struct payment_text *texts, size_t n,
                       const struct payment_result *result)
{
    int64_t invisible = 0, mixed = 0;
    for (size_t i = 0; i < n; i++)
        if (texts[i].where == PAYMENT_OWN || texts[i].where == PAYMENT_SUBJECT) {
            invisible += texts[i].folded->invisible;
            mixed += texts[i].folded->mixed;
        }
    facts_set_int(work->facts, FACT_TEXT_INVISIBLE, invisible);
    facts_set_int(work->facts, FACT_TEXT_MIXED, mixed);
    facts_set_bool(work->facts, FACT_TEXT_OBFUSCATED, obfuscated(texts, result));
}

void facts_payment(struct fact_work *work)
{
    const struct message *m = work->message;
    struct payment_text *texts = arena_array(work->arena, m->n_texts, sizeof(*texts));
    for (size_t i = 0; i < m->n_texts; i++)
        texts[i] =
            (struct payment_text){where_of(m->texts[i].kind), text_fold(work->arena, m->texts[i].text)};
    const struct payment_result *result =
        payment_analyse(work->sources->packs, work->arena, texts, m->n_texts);
    if (result->language && *result->language)
        facts_set_string(work->facts, FACT_MESSAGE_LANGUAGE, result->language);
    work->payment = result;
    work->payment_texts = texts;
    requests(work, texts, result);
    boosters(work, result->boosters);
    accounts(work, texts, result);
    characters(work, texts, m->n_texts, result);
}
