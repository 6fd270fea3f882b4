/*
 * The password of an attachment, where the mail says it: who sends a locked archive so that no filter may look into it
 * writes beside it how it is opened. "Password: Tulip7!", "Das Kennwort lautet »4711«", "密码：1234".
 */
#include <string.h>

#include "base/buf.h"

#include "judge/passwords.h"

enum {
    WINDOW = 120,  /* bytes behind the word "password" in which the password is looked for */
    WORDS_MAX = 5, /* of them */
    SHORTEST = 3,
};

struct candidates {
    struct buf lines;
    size_t n;
};

static bool known(const struct candidates *c, struct span word)
{
    struct span rest = buf_span(&c->lines);
    while (rest.n)
        if (span_eq(span_cut(&rest, '\n'), word))
            return true;
    return false;
}

static void add(struct candidates *c, struct span word)
{
    if (c->n == PASSWORDS_MAX || word.n < SHORTEST || word.n > PASSWORD_BYTES_MAX || known(c, word))
        return;
    buf_add_span(&c->lines, word);
    buf_addc(&c->lines, '\n');
    c->n++;
}

/* Quotes and brackets of all languages, and the signs between the word and the password. */
static size_t mark_at(struct span s)
{
    static const char *const marks[] = {"\"", "'", "(", ")", "[",  "]",  "<",  ">",  ":",  "=",  ",",
                                        ";",  ".", "!", "?", "*",  "`",  "„",  "“",  "”",  "‘",  "’",
                                        "«",  "»", "‹", "›", "「", "」", "『", "』", "：", "，", "。"};
    for (size_t i = 0; s.n && i < sizeof(marks) / sizeof(*marks); i++) {
        size_t n = strlen(marks[i]);
        if (s.n >= n && memcmp(s.p, marks[i], n) == 0)
            return n;
    }
    return 0;
}

static struct span without_head(struct span s)
{
    for (size_t n; (n = mark_at(s));)
        s = (struct span){s.p + n, s.n - n};
    return s;
}

static struct span without_tail(struct span s)
{
    for (size_t n = 1; n <= 3 && n <= s.n; n++)
        if (mark_at((struct span){s.p + s.n - n, n}) == n) {
            s.n -= n;
            n = 0;
        }
    return s;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct span next_word(struct span *rest)
{
    size_t n = 0;
    while (rest->n && is_blank(*rest->p))
        *rest = (struct span){rest->p + 1, rest->n - 1};
    while (n < rest->n && !is_blank(rest->p[n]))
        n++;
    struct span word = {rest->p, n};
    *rest = (struct span){rest->p + n, rest->n - n};
    return word;
}

/* "Tulip7!" may end with its "!" or before it. */
static void add_word(struct candidates *c, struct span word)
{
    add(c, without_tail(without_head(word)));
    add(c, without_head(word));
    add(c, word);
}

static size_t quote_at(struct span s)
{
    static const char *const quotes[] = {"\"", "'", "„", "“",  "”",  "‘",  "’", "«",
                                         "»",  "‹", "›", "「", "」", "『", "』"};
    for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
        size_t n = strlen(quotes[i]);
        if (s.n >= n && memcmp(s.p, quotes[i], n) == 0)
            return n;
    }
    return 0;
}

/* What stands in the first quotes of the line, blanks and all. */
static void add_quoted(struct candidates *c, struct span line)
{
    struct span word = {NULL, 0};
    for (size_t i = 0, n; i < line.n; i += n ? n : 1) {
        n = quote_at((struct span){line.p + i, line.n - i});
        if (n && word.p) {
            word.n = (size_t)(line.p + i - word.p);
            add(c, word);
            return;
        }
        if (n)
            word.p = line.p + i + n;
    }
}

/* What stands behind the word "password": the rest of the line, for a password with blanks, and single words. */
static void add_window(struct candidates *c, struct span window)
{
    static const char *const fillers[] = {"is",  "the",  "for", "ist", "lautet", "est", "es", "and",
                                          "und", "file", "to",  "die", "der",    "per", "na", "is:"};
    struct span line = without_head(span_trim(window)), rest = window;
    const char *end = line.n ? memchr(line.p, '\n', line.n) : NULL;
    line.n = end ? (size_t)(end - line.p) : line.n;
    add_quoted(c, window);
    for (size_t i = 0; i < WORDS_MAX && rest.n; i++) {
        struct span word = next_word(&rest);
        bool filler = false;
        for (size_t k = 0; k < sizeof(fillers) / sizeof(*fillers); k++)
            filler = filler || span_eq_nocase(word, span_of(fillers[k]));
        if (!filler)
            add_word(c, word);
        if (i == 0) {
            add(c, without_tail(span_trim(line)));
            add(c, span_trim(line));
        }
    }
}

static void add_named(struct candidates *c, struct span text)
{
    static const char *const names[] = {
        "password", "passwort",   "passcode",   "kennwort",        "de passe", "contraseña",
        "clave",    "wachtwoord", "senha",      "palavra-passe",   "hasło",    "pin",
        "密码",     "密碼",       "パスワード", "parola d'ordine", "pwd"};
    for (size_t i = 0; i < text.n; i++)
        for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++) {
            struct span name = span_of(names[k]), at = {text.p + i, text.n - i};
            if (!span_starts_nocase(at, name))
                continue;
            struct span window = {at.p + name.n, at.n - name.n};
            window.n = window.n < WINDOW ? window.n : WINDOW;
            add_window(c, window);
        }
}

/* "4711-Tulip" anywhere in the mail. */
static void add_mixed(struct candidates *c, struct span text)
{
    while (text.n && c->n < PASSWORDS_MAX) {
        struct span word = without_tail(without_head(next_word(&text)));
        bool digit = false, letter = false;
        for (size_t i = 0; i < word.n; i++) {
            digit |= word.p[i] >= '0' && word.p[i] <= '9';
            letter |= ((word.p[i] | 32) >= 'a' && (word.p[i] | 32) <= 'z') || strchr("#$%&_-+", word.p[i]);
        }
        if (digit && letter)
            add(c, word);
    }
}

struct span passwords_find(struct arena *arena, const struct message *message)
{
    struct candidates c = {0};
    void (*const ways[])(struct candidates *, struct span) = {add_named, add_mixed};
    for (size_t way = 0; way < sizeof(ways) / sizeof(*ways); way++) {
        ways[way](&c, span_of(message->subject));
        for (size_t i = 0; i < message->n_texts; i++)
            if (message->texts[i].kind != TEXT_SUBJECT)
                ways[way](&c, message->texts[i].text);
    }
    struct span kept = {arena_strndup(arena, c.lines.n ? c.lines.p : "", c.lines.n), c.lines.n};
    buf_free(&c.lines);
    return kept;
}
