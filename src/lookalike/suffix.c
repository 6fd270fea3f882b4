/*
 * Public suffixes by libpsl, from the newest list there is: the system's file or the one in the library. Most names
 * stand under a plain top-level domain, and asking libpsl costs more than all the rest of a lookup; so the names that
 * the list's rules mention are kept beside it, and libpsl is asked only below those.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <idn2.h>
#include <libpsl.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/span.h"

#include "lookalike/suffix.h"

/* A Bloom filter of the names in rules, hashed from their end; its words. Other names that pass do no harm. */
enum { MENTIONED = 4096 };

static struct {
    psl_ctx_t *psl;
    bool known; /* `mentioned` is filled */
    uint64_t mentioned[MENTIONED];
} list;
static pthread_once_t list_once = PTHREAD_ONCE_INIT;

#define HASH_START 0x9e3779b97f4a7c15u
static inline uint64_t extend(uint64_t hash, char c)
{
    return (hash ^ (unsigned char)c) * 0x9fb21c651e98df25u;
}

/* Three bits of one word: a few names in a thousand pass that no rule mentions. */
static inline uint64_t bits_of(uint64_t hash)
{
    return (uint64_t)1 << (hash >> 46 & 63) | (uint64_t)1 << (hash >> 40 & 63) |
           (uint64_t)1 << (hash >> 34 & 63);
}

static void mention(const char *name)
{
    uint64_t hash = HASH_START;
    for (size_t i = strlen(name); i-- > 0;)
        hash = extend(hash, name[i]);
    list.mentioned[hash >> 52] |= bits_of(hash);
}

/* Written as libpsl looks it up: most rules are, and IDNA of each took longer than all else at a start. */
static bool is_plain(struct span rule)
{
    for (size_t i = 0; i < rule.n; i++)
        if (rule.p[i] != '.' && rule.p[i] != '-' && !(rule.p[i] >= 'a' && rule.p[i] <= 'z') &&
            !(rule.p[i] >= '0' && rule.p[i] <= '9'))
            return false;
    return true;
}

/* A plain top-level domain is what the default rule gives. */
static void mention_below(const char *ascii, bool wildcard)
{
    if (wildcard || strchr(ascii, '.'))
        mention(ascii);
}

static bool add_rule(struct span rule)
{
    bool wildcard = rule.n > 2 && rule.p[0] == '*' && rule.p[1] == '.';
    char utf8[256], *ascii = NULL;
    size_t sign = wildcard ? 2 : *rule.p == '!';
    rule = (struct span){rule.p + sign, rule.n - sign};
    if (rule.n == 0 || rule.n >= sizeof(utf8) || memchr(rule.p, '*', rule.n))
        return false;
    memcpy(utf8, rule.p, rule.n);
    utf8[rule.n] = '\0';
    if (is_plain(rule)) {
        mention_below(utf8, wildcard);
        return true;
    }
    if (idn2_to_ascii_8z(utf8, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return false;
    mention_below(ascii, wildcard);
    free(ascii);
    return true;
}

/* All rules of the text at `path`; false when one of them is not understood. */
static bool read_rules(const char *path)
{
    struct buf text = {0};
    struct file_error error;
    bool fine = file_read(path, FILE_WRITTEN_MAX, &text, &error);
    struct span lines = buf_span(&text), line;
    while (fine && span_line(&lines, &line)) {
        struct span rule = span_trim(line);
        for (size_t i = 0; i < rule.n; i++) /* a rule ends at the first white space */
            if (rule.p[i] == ' ' || rule.p[i] == '\t')
                rule.n = i;
        if (rule.n > 0 && strncmp(rule.p, "//", 2) != 0)
            fine = add_rule(rule);
    }
    buf_free(&text);
    return fine;
}

/* The list as text beside the file that libpsl was built to read, which may be a compiled form of it. */
static char *text_beside(const char *path)
{
    static const char compiled[] = ".dafsa";
    size_t n = strlen(path), tail = sizeof(compiled) - 1;
    bool is_compiled = n > tail && strcmp(path + n - tail, compiled) == 0;
    return is_compiled ? mem_printf("%.*s.dat", (int)(n - tail), path) : mem_strdup(path);
}

static time_t modified(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mtime : 0;
}

/* The text, when no newer list is known: a package compiles its list when it is built, minutes after writing it. */
static psl_ctx_t *load_text(void)
{
    enum { BUILT_WITHIN = 3600 };
    const char *path = psl_dist_filename();
    char *text = path && *path ? text_beside(path) : NULL;
    time_t age = text ? modified(text) : 0;
    psl_ctx_t *psl = NULL;
    if (age && age >= psl_builtin_file_time() && age + BUILT_WITHIN >= modified(path))
        psl = psl_load_file(text);
    list.known = psl && read_rules(text);
    free(text);
    return psl;
}

static void load_list(void)
{
    list.psl = load_text();
    if (!list.psl)
        list.psl = psl_latest(NULL);
}

/* Can a rule other than "the last label" apply to this name? */
static bool rules_mention(const char *ascii, size_t n)
{
    uint64_t hash = HASH_START;
    for (size_t i = n; i-- > 0;) {
        hash = extend(hash, ascii[i]);
        if ((i == 0 || ascii[i - 1] == '.') && (~list.mentioned[hash >> 52] & bits_of(hash)) == 0)
            return true;
    }
    return false;
}

/* Below which registry's suffix the owner of a private suffix registered it; NULL for a suffix of a registry. */
static const char *private_owner(const char *name)
{
    if (psl_is_public_suffix2(list.psl, name, PSL_TYPE_ICANN))
        return NULL;
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(name, '.')) {
        if (psl_is_public_suffix2(list.psl, dot + 1, PSL_TYPE_ICANN))
            return name;
        name = dot + 1;
    }
    return NULL;
}

/* The last two labels; NULL when there is only one. */
static const char *two_labels(const char *ascii, size_t n)
{
    const char *last = memrchr(ascii, '.', n);
    const char *before = last ? memrchr(ascii, '.', (size_t)(last - ascii)) : NULL;
    return before ? before + 1 : last ? ascii : NULL;
}

const char *suffix_registrable(const char *ascii, size_t n)
{
    pthread_once(&list_once, load_list);
    if (list.known && !rules_mention(ascii, n))
        return two_labels(ascii, n);
    const char *registrable = list.psl ? psl_registrable_domain(list.psl, ascii) : NULL;
    return registrable || !list.psl ? registrable : private_owner(ascii);
}

bool suffix_is_private(const char *suffix)
{
    pthread_once(&list_once, load_list);
    return list.psl && psl_is_public_suffix2(list.psl, suffix, PSL_TYPE_PRIVATE) &&
           !psl_is_public_suffix2(list.psl, suffix, PSL_TYPE_ICANN);
}
