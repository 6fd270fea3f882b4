/*
 * Addresses of header fields, for judging who a mail claims to be from. Attackers send what strict parsers
 * refuse and mail programs show; so this one accepts everything, returns every reading, and says "malformed".
 *
 *   address-list = item *( ("," / ";") item )          ";" as Outlook writes it
 *   item         = [phrase ":"] *( word / comment ) [ "<" [route ":"] addr-spec ">" ]
 *   word         = atom / quoted-string                 encoded words are decoded in names only
 *   route        = "@" domain *( "," "@" domain )       obsolete, skipped
 *   addr-spec    = local "@" domain                     the last "@" outside quotes parts them
 */
#include <stdlib.h>
#include <string.h>

#include <unicase.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/address.h"
#include "mail/header.h"

struct parser {
    struct arena *arena;
    struct span rest;
    size_t max;
    struct address_list *list;
    struct buf words;    /* the item so far, quotes taken off */
    struct buf bare;     /* the item so far as written, without comments: a possible addr-spec */
    struct buf comment;  /* the last comment: a name when there is no phrase */
    bool quotes_ignored; /* an unclosed one was met */
    size_t found;        /* addresses of this item */
    bool bare_at;        /* `bare` holds an "@" */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *lower_other(struct arena *arena, const char *domain)
{
    size_t n = 0;
    uint8_t *lower = u8_tolower((const uint8_t *)domain, strlen(domain), NULL, NULL, NULL, &n);
    const char *copy = lower ? arena_strndup(arena, (const char *)lower, n) : domain;
    free(lower);
    return copy;
}

/* Sets `domain` and `written`: without blanks and the dot at the end. */
static void set_domain(struct arena *arena, struct span domain, struct mailbox *box)
{
    char *out = arena_alloc(arena, domain.n + 1);
    size_t n = 0;
    bool ascii = true, capital = false;
    for (size_t i = 0; i < domain.n; i++) {
        char c = domain.p[i];
        if (is_blank(c))
            continue;
        ascii &= (unsigned char)c < 0x80;
        capital |= c >= 'A' && c <= 'Z';
        out[n++] = c;
    }
    while (n && out[n - 1] == '.')
        n--;
    out[n] = '\0';
    box->written = capital ? arena_strndup(arena, out, n) : NULL;
    for (size_t i = 0; capital && i < n; i++)
        out[i] = out[i] >= 'A' && out[i] <= 'Z' ? (char)(out[i] | 0x20) : out[i];
    box->domain = ascii ? out : lower_other(arena, out);
}

/* The "@" that parts local part and domain: the last one outside a quoted string. */
static const char *find_at(struct span s)
{
    const char *at = NULL;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        if (quoted && s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            quoted = !quoted;
        else if (s.p[i] == '@' && !quoted)
            at = s.p + i;
    }
    if (!at && quoted) /* an unclosed quote hides nothing */
        at = memrchr(s.p, '@', s.n);
    return at;
}

static const char *unquote(struct arena *arena, struct span s)
{
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
        return arena_span(arena, s);
    for (size_t i = 1; i + 1 < s.n; i++) {
        if (s.p[i] == '\\' && i + 2 < s.n)
            i++;
        out[n++] = s.p[i];
    }
    return out;
}

static bool local_is_strict(struct span local)
{
    if (local.n >= 2 && local.p[0] == '"' && local.p[local.n - 1] == '"')
        return true;
    if (local.n == 0 || local.p[0] == '.' || local.p[local.n - 1] == '.' || memmem(local.p, local.n, "..", 2))
        return false;
    for (size_t i = 0; i < local.n; i++)
        if ((unsigned char)local.p[i] <= ' ' || strchr("()<>[]:;@\\,\"", local.p[i]))
            return false;
    return true;
}

static bool domain_is_strict(const char *domain)
{
    size_t n = strlen(domain);
    if (n == 0 || n > 1000 || domain[0] == '.' || strstr(domain, ".."))
        return false;
    if (domain[0] == '[')
        return domain[n - 1] == ']';
    for (size_t i = 0; i < n; i++) {
        char c = domain[i];
        if (!((unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '.' || c == '_'))
            return false;
    }
    return true;
}

static struct mailbox split_spec(struct arena *arena, struct span spec, bool *malformed)
{
    struct mailbox box = {.name = "", .address = "", .local = "", .domain = ""};
    spec = span_trim(span_of(text_clean_line(arena, spec)));
    if (spec.n == 0) {
        *malformed = true;
        return box;
    }
    const char *at = find_at(spec);
    struct span local = span_trim(at ? (struct span){spec.p, (size_t)(at - spec.p)} : spec);
    if (at) {
        set_domain(arena, (struct span){at + 1, (size_t)(spec.p + spec.n - at - 1)}, &box);
        box.address = arena_printf(arena, "%.*s@%s", (int)local.n, local.p, box.domain);
    } else {
        box.address = arena_span(arena, local);
    }
    box.local = unquote(arena, local);
    *malformed |= !at || !local_is_strict(local) || !domain_is_strict(box.domain);
    return box;
}

struct mailbox address_one(struct arena *arena, struct span spec)
{
    bool ignored = false;
    spec = span_trim(spec);
    if (spec.n >= 2 && spec.p[0] == '<' && spec.p[spec.n - 1] == '>')
        spec = (struct span){spec.p + 1, spec.n - 2};
    return split_spec(arena, spec, &ignored);
}

static void add_mailbox(struct parser *p, struct mailbox box, struct span name)
{
    struct address_list *list = p->list;
    p->found++;
    if (list->n >= p->max) {
        list->limit_hit = true;
        return;
    }
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 4;
        list->v = arena_grow(p->arena, list->v, list->n, cap, sizeof(*list->v));
        list->cap = cap;
    }
    name = span_trim(name);
    box.name = name.n ? arena_span(p->arena, span_trim(span_of(header_decode(p->arena, name)))) : "";
    list->v[list->n++] = box;
}

/* "<" was read: everything to ">" (or the end). */
static void parse_angle(struct parser *p)
{
    bool quoted = false;
    size_t i = 0;
    while (i < p->rest.n && p->rest.p[i] == '<') { /* "<<a@b>>" */
        p->list->malformed = true;
        i++;
    }
    size_t start = i;
    for (; i < p->rest.n && (quoted || (p->rest.p[i] != '>' && p->rest.p[i] != '<')); i++) {
        if (p->rest.p[i] == '\\' && i + 1 < p->rest.n)
            i++;
        else if (p->rest.p[i] == '"')
            quoted = !quoted && memchr(p->rest.p + i + 1, '"', p->rest.n - i - 1);
    }
    struct span spec = {p->rest.p + start, i - start};
    if (i >= p->rest.n || p->rest.p[i] != '>')
        p->list->malformed = true;
    while (i < p->rest.n && p->rest.p[i] == '>')
        i++;
    p->rest = (struct span){p->rest.p + i, p->rest.n - i};
    spec = span_trim(spec);
    const char *colon = spec.n && spec.p[0] == '@' ? memchr(spec.p, ':', spec.n) : NULL;
    if (colon)
        spec = (struct span){colon + 1, (size_t)(spec.p + spec.n - colon - 1)};
    p->list->malformed |= p->found > 0;
    add_mailbox(p, split_spec(p->arena, spec, &p->list->malformed),
                p->words.n ? buf_span(&p->words) : buf_span(&p->comment));
    buf_clear(&p->words);
    buf_clear(&p->bare);
}

/* "(" was read. Comments nest; an unclosed one ends with the value. */
static void parse_comment(struct parser *p)
{
    unsigned depth = 1;
    size_t i = 0;
    buf_clear(&p->comment);
    for (; i < p->rest.n && depth; i++) {
        char c = p->rest.p[i];
        if (c == '\\' && i + 1 < p->rest.n)
            c = p->rest.p[++i];
        else
            depth += (c == '(') - (c == ')');
        if (depth)
            buf_addc(&p->comment, c);
    }
    p->list->malformed |= depth > 0;
    p->rest = (struct span){p->rest.p + i, p->rest.n - i};
}

/* '"' was read. */
static void parse_quoted(struct parser *p)
{
    size_t i = 0, before = p->bare.n, words = p->words.n;
    buf_addc(&p->bare, '"');
    for (; i < p->rest.n && p->rest.p[i] != '"'; i++) {
        if (p->rest.p[i] == '\\' && i + 1 < p->rest.n)
            buf_addc(&p->bare, p->rest.p[i++]);
        buf_addc(&p->bare, p->rest.p[i]);
        buf_addc(&p->words, p->rest.p[i]);
    }
    if (i >= p->rest.n) { /* unclosed: mail programs take no notice of it */
        p->list->malformed = p->quotes_ignored = true;
        p->bare.n = before;
        p->words.n = words;
        return;
    }
    buf_addc(&p->bare, '"');
    i++;
    p->rest = (struct span){p->rest.p + i, p->rest.n - i};
}

/* The item has no angle brackets: each of its words with an "@" is an address. */
static void end_bare(struct parser *p)
{
    struct span bare = span_trim(buf_span(&p->bare)), rest = bare;
    size_t words = 0;
    if (bare.n == 0)
        return;
    if (bare.p[0] == '"' && find_at(bare)) { /* "john doe"@example.com */
        add_mailbox(p, split_spec(p->arena, bare, &p->list->malformed), buf_span(&p->comment));
        return;
    }
    while (rest.n) {
        struct span word = span_trim(span_cut(&rest, ' '));
        words += word.n > 0;
        if (word.n && memchr(word.p, '@', word.n))
            add_mailbox(p, split_spec(p->arena, word, &p->list->malformed), buf_span(&p->comment));
    }
    p->list->malformed |= words > 1 || p->found == 0;
    if (p->found == 0 && !(p->words.n == 0 && p->comment.n == 0)) {
        struct mailbox box = {.name = "", .address = "", .local = "", .domain = ""};
        add_mailbox(p, box, buf_span(&p->words));
    }
}

static void end_item(struct parser *p)
{
    if (p->found == 0)
        end_bare(p);
    else if (span_trim(buf_span(&p->bare)).n)
        p->list->malformed = true; /* words behind "<a@b>" */
    p->found = 0;
    p->bare_at = false;
    buf_clear(&p->words);
    buf_clear(&p->bare);
    buf_clear(&p->comment);
}

void address_parse(struct arena *arena, struct span value, size_t max, struct address_list *list)
{
    struct parser p = {.arena = arena, .rest = header_unfold(arena, value), .max = max, .list = list};
    while (p.rest.n) {
        char c = p.rest.p[0];
        p.rest.p++, p.rest.n--;
        if (c == ',' || c == ';') {
            end_item(&p);
        } else if (c == '<') {
            parse_angle(&p);
        } else if (c == '(') {
            parse_comment(&p);
        } else if (c == '"') {
            if (!p.quotes_ignored)
                parse_quoted(&p);
        } else if (c == ':' && !p.bare_at) {
            buf_clear(&p.words); /* a group's name */
            buf_clear(&p.bare);
        } else {
            if (c == '\\' && p.rest.n) {
                c = p.rest.p[0];
                p.rest.p++, p.rest.n--;
            }
            buf_addc(&p.words, is_blank(c) ? ' ' : c);
            buf_addc(&p.bare, is_blank(c) ? ' ' : c);
            p.bare_at |= c == '@';
        }
    }
    end_item(&p);
    buf_free(&p.words);
    buf_free(&p.bare);
    buf_free(&p.comment);
}
