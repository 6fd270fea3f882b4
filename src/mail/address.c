/*
 * Addresses of header fields, for judging who a mail claims to be from. Attackers send what strict parsers
 * refuse and mail programs show; so this one accepts everything, returns every reading, and says "malformed".
 *
 *   address-list = item *( ("," / ";") item )          ";" as Outlook writes it
 *   item         = [phrase ":"] *( word / comment ) [ "<" [route ":"] addr-spec ">" ]
 *   word         = atom / quoted-string / encoded-word  in which no character has a meaning here
 *   route        = "@" domain *( "," "@" domain )       obsolete, skipped
 *
 * An item without "@" before a comma is the beginning of the next one's name (Northgate Tooling, Ltd. <a@b>); the
 * phrase of a group is the name of those in it that have none. The addr-spec is addrspec.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "mail/address.h"
#include "mail/addrspec.h"
#include "mail/header.h"
#include "mail/word.h"

struct parser {
    struct arena *arena;
    struct span rest;
    size_t max;
    struct address_list *list;
    struct buf words;   /* the item so far, quotes taken off */
    struct buf bare;    /* the item so far as written, without comments: a possible addr-spec */
    struct buf comment; /* the last comment: a name when there is no phrase */
    struct buf lead;    /* items without "@" before this one, a comma behind each */
    struct buf group;   /* the phrase of the group that is open */
    bool quotes_ignored, comments_ignored; /* an unclosed one was met */
    size_t found;                          /* addresses of this item */
    bool bare_at;                          /* `bare` holds an "@" */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What programs show as the name: the phrase with what stood before its comma, else the comment, else the group's. */
static const char *shown_name(struct parser *p, const struct mailbox *box, struct span name)
{
    if (p->lead.n) {
        buf_add_span(&p->lead, span_trim(name));
        name = buf_span(&p->lead);
    }
    name = span_trim(name);
    if (name.n == 0 && !*box->name)
        name = span_trim(buf_span(&p->group));
    const char *shown =
        name.n ? arena_span(p->arena, span_trim(span_of(header_decode(p->arena, name)))) : box->name;
    buf_clear(&p->lead);
    return shown;
}

static void add_mailbox(struct parser *p, struct mailbox box, struct span name)
{
    struct address_list *list = p->list;
    box.name = shown_name(p, &box, name);
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
    p->list->route |= colon != NULL;
    if (colon)
        spec = (struct span){colon + 1, (size_t)(spec.p + spec.n - colon - 1)};
    p->list->malformed |= p->found > 0;
    add_mailbox(p, addrspec_read(p->arena, spec, &p->list->malformed),
                p->words.n ? buf_span(&p->words) : buf_span(&p->comment));
    buf_clear(&p->words);
    buf_clear(&p->bare);
}

/* "(" was read. Comments nest; an unclosed one hides nothing: the bracket stands for itself. */
static bool parse_comment(struct parser *p)
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
    if (depth) {
        p->list->malformed = p->comments_ignored = true;
        buf_clear(&p->comment);
        return false;
    }
    p->rest = (struct span){p->rest.p + i, p->rest.n - i};
    return true;
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
    if (bare.p[0] == '"' && addrspec_at(bare)) { /* "john doe"@example.com */
        add_mailbox(p, addrspec_read(p->arena, bare, &p->list->malformed), buf_span(&p->comment));
        return;
    }
    while (rest.n) {
        struct span word = span_trim(span_cut(&rest, ' '));
        words += word.n > 0;
        if (word.n && memchr(word.p, '@', word.n))
            add_mailbox(p, addrspec_read(p->arena, word, &p->list->malformed), buf_span(&p->comment));
    }
    p->list->malformed |= words > 1 || p->found == 0;
}

/* Words to which no address belongs are a mailbox of their own only where there is no other. */
static void end_nameless(struct parser *p)
{
    struct mailbox box = {.name = "", .address = "", .local = "", .domain = ""};
    struct span lead = span_trim(buf_span(&p->lead));
    if (lead.n == 0)
        return;
    p->lead.n = (size_t)(lead.p + lead.n - p->lead.p) - (lead.p[lead.n - 1] == ',');
    p->list->malformed = true;
    if (p->list->n == 0)
        add_mailbox(p, box, (struct span){"", 0});
    buf_clear(&p->lead);
}

/* Keeps what may begin the next item's name. */
static void keep_lead(struct parser *p)
{
    struct span words = span_trim(buf_span(&p->words));
    if (words.n == 0)
        return;
    buf_add_span(&p->lead, words);
    buf_adds(&p->lead, ", ");
}

static void end_item(struct parser *p)
{
    if (p->found == 0 && !p->bare_at)
        keep_lead(p);
    else if (p->found == 0)
        end_bare(p);
    else if (span_trim(buf_span(&p->bare)).n)
        p->list->malformed = true; /* words behind "<a@b>" */
    p->found = 0;
    p->bare_at = false;
    buf_clear(&p->words);
    buf_clear(&p->bare);
    buf_clear(&p->comment);
}

static void add_text(struct parser *p, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = is_blank(text.p[i]) ? ' ' : text.p[i];
        buf_addc(&p->words, c);
        buf_addc(&p->bare, c);
        p->bare_at |= c == '@';
    }
}

/* An encoded word, an escaped character, or the one that was read. */
static void parse_text(struct parser *p, char c)
{
    size_t word = c == '=' ? word_length((struct span){p->rest.p - 1, p->rest.n + 1}) : 0;
    size_t skip = word ? word - 1 : c == '\\' && p->rest.n ? 1 : 0;
    struct span text = {p->rest.p - 1, 1};
    if (word)
        text.n = word;
    else if (skip)
        text.p++;
    add_text(p, text);
    p->rest = (struct span){p->rest.p + skip, p->rest.n - skip};
}

static void begin_group(struct parser *p)
{
    buf_clear(&p->group);
    buf_add_span(&p->group, buf_span(&p->words));
    buf_clear(&p->words);
    buf_clear(&p->bare);
}

static void parse_one(struct parser *p)
{
    char c = p->rest.p[0];
    p->rest.p++, p->rest.n--;
    if (c == ',') {
        end_item(p);
    } else if (c == ';') {
        end_item(p);
        end_nameless(p);
        buf_clear(&p->group);
    } else if (c == '<') {
        parse_angle(p);
    } else if (c == '(' && !p->comments_ignored && parse_comment(p)) {
        return;
    } else if (c == '"') {
        if (!p->quotes_ignored)
            parse_quoted(p);
    } else if (c == ':' && !p->bare_at) {
        begin_group(p);
    } else {
        parse_text(p, c);
    }
}

void address_parse(struct arena *arena, struct span value, size_t max, struct address_list *list)
{
    struct parser p = {.arena = arena, .rest = header_unfold(arena, value), .max = max, .list = list};
    while (p.rest.n)
        parse_one(&p);
    end_item(&p);
    end_nameless(&p);
    struct buf *all[] = {&p.words, &p.bare, &p.comment, &p.lead, &p.group};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        buf_free(all[i]);
}

struct mailbox address_one(struct arena *arena, struct span spec)
{
    bool ignored = false;
    spec = span_trim(spec);
    if (spec.n >= 2 && spec.p[0] == '<' && spec.p[spec.n - 1] == '>')
        spec = (struct span){spec.p + 1, spec.n - 2};
    return addrspec_read(arena, spec, &ignored);
}
