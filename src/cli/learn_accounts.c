/*
 * Which of the accounts that differ have proved themselves in an archive, see learn_accounts.h. They are few: a list
 * that is looked through is enough.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "cli/learn_accounts.h"

struct noted {
    const char *payee;
    struct contact_account account;
    unsigned messages;
    int64_t first_ms, last_ms;
};

struct learn_accounts {
    struct arena *arena;
    struct noted *v;
    size_t n, cap;
};

struct learn_accounts *learn_accounts_new(void)
{
    struct learn_accounts *accounts = mem_alloc(sizeof(*accounts));
    accounts->arena = arena_new();
    return accounts;
}

void learn_accounts_free(struct learn_accounts **accounts)
{
    if (*accounts)
        arena_free(&(*accounts)->arena);
    free(*accounts);
    *accounts = NULL;
}

static struct noted *find(struct learn_accounts *a, const char *payee, const char *number)
{
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->v[i].account.number, number) == 0 && strcmp(a->v[i].payee, payee) == 0)
            return &a->v[i];
    return NULL;
}

static struct noted *add(struct learn_accounts *a, const char *payee, const struct contact_account *account)
{
    if (a->n == a->cap) {
        size_t cap = a->cap ? a->cap * 2 : 16;
        a->v = arena_grow(a->arena, a->v, a->n, cap, sizeof(*a->v));
        a->cap = cap;
    }
    a->v[a->n] = (struct noted){
        .payee = arena_strdup(a->arena, payee),
        .account = {arena_strdup(a->arena, account->number), arena_strdup(a->arena, account->country),
                    arena_strdup(a->arena, account->bank)},
    };
    return &a->v[a->n++];
}

void learn_accounts_note(struct learn_accounts *a, const struct contact *contact, int64_t time_ms)
{
    for (size_t i = 0; contact->payee && i < contact->n_accounts; i++) {
        struct noted *noted = find(a, contact->payee, contact->accounts[i].number);
        if (!noted)
            noted = add(a, contact->payee, &contact->accounts[i]);
        if (noted->messages == 0 || time_ms < noted->first_ms)
            noted->first_ms = time_ms;
        if (noted->messages == 0 || time_ms > noted->last_ms)
            noted->last_ms = time_ms;
        noted->messages++;
    }
}

static bool proved(const struct noted *noted)
{
    return noted->messages >= LEARN_ACCOUNT_MESSAGES &&
           noted->last_ms - noted->first_ms >= LEARN_ACCOUNT_DAYS * INT64_C(86400000);
}

const struct contact *learn_accounts_proved(struct learn_accounts *a, size_t *n_r)
{
    struct contact *contacts = arena_array(a->arena, a->n, sizeof(*contacts));
    *n_r = 0;
    for (size_t i = 0; i < a->n; i++)
        if (proved(&a->v[i]))
            contacts[(*n_r)++] = (struct contact){.time_ms = a->v[i].last_ms,
                                                  .payee = a->v[i].payee,
                                                  .accounts = &a->v[i].account,
                                                  .n_accounts = 1};
    return contacts;
}
