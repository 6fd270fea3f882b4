/*
 * Evidence from stored JSON, and the two domains side by side with their differences marked. The texts come
 * from mail: shape is checked, length is bounded, showing them safely is safetext.h's.
 */
#include <string.h>

#include <jansson.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/text.h"

#include "report/evidence.h"
#include "report/safetext.h"

enum { COMPARED = 300 }; /* characters; a domain has at most 253 */

static const char *text_of(struct arena *arena, json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? arena_strdup(arena, s) : NULL;
}

static const char *unmarked(struct arena *arena, const char *s)
{
    char *copy = arena_strdup(arena, s), *out = copy;
    for (; *s; s++)
        if (*s != TEXT_MARK && *s != TEXT_UNMARK)
            *out++ = *s;
    *out = '\0';
    return copy;
}

static size_t characters(const char *s, uint32_t *out)
{
    size_t n = 0;
    for (int length; *s && n<COMPARED; s += length> 0 ? length : 1) {
        length = u8_strmbtouc(&out[n], (const uint8_t *)s);
        n++;
    }
    return n;
}

static void add_character(struct buf *out, uint32_t c)
{
    char utf8[8];
    int n = u8_uctomb((uint8_t *)utf8, c, sizeof(utf8));
    if (n > 0)
        buf_add(out, utf8, (size_t)n);
}

static const char *with_marks(struct arena *arena, const uint32_t *c, const bool *common, size_t n)
{
    struct buf out = {0};
    for (size_t i = 0; i < n; i++) {
        if (!common[i] && (i == 0 || common[i - 1]))
            buf_addc(&out, TEXT_MARK);
        if (common[i] && i > 0 && !common[i - 1])
            buf_addc(&out, TEXT_UNMARK);
        add_character(&out, c[i]);
    }
    if (n > 0 && !common[n - 1])
        buf_addc(&out, TEXT_UNMARK);
    const char *text = arena_span(arena, buf_span(&out));
    buf_free(&out);
    return text;
}

/* common_a[i] and common_b[j]: part of the longest common subsequence, ends first so that marks stay together. */
static void align(struct arena *arena, const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b,
                  bool *common_a, bool *common_b)
{
    size_t width = n_b + 1;
    uint16_t *length = arena_array(arena, (n_a + 1) * width, sizeof(*length));
    for (size_t i = n_a; i-- > 0;)
        for (size_t j = n_b; j-- > 0;) {
            uint16_t down = length[(i + 1) * width + j], right = length[i * width + j + 1];
            uint16_t both = (uint16_t)(length[(i + 1) * width + j + 1] + 1);
            length[i * width + j] = a[i] == b[j] ? both : down > right ? down : right;
        }
    for (size_t i = 0, j = 0; i < n_a && j < n_b;) {
        uint16_t best = length[i * width + j];
        if (a[i] == b[j]) {
            common_a[i++] = common_b[j++] = true;
        } else if (length[(i + 1) * width + j + 1] == best) { /* one character stands for another */
            i++;
            j++;
        } else if (length[(i + 1) * width + j] == best) {
            i++;
        } else {
            j++;
        }
    }
}

void evidence_mark(struct arena *arena, const char *a, const char *b, const char **a_r, const char **b_r)
{
    uint32_t ca[COMPARED], cb[COMPARED];
    bool common_a[COMPARED] = {false}, common_b[COMPARED] = {false};
    size_t n_a = characters(a, ca), n_b = characters(b, cb);
    align(arena, ca, n_a, cb, n_b, common_a, common_b);
    *a_r = with_marks(arena, ca, common_a, n_a);
    *b_r = with_marks(arena, cb, common_b, n_b);
}

static const char *relation_words(const char *relation)
{
    static const struct {
        const char *relation, *words;
    } table[] = {{"own", "your own domain"},
                 {"partner", "your partner"},
                 {"learned", "known from earlier mail"},
                 {"quoted", "in the quoted thread"}};
    for (size_t i = 0; relation && i < sizeof(table) / sizeof(*table); i++)
        if (strcmp(relation, table[i].relation) == 0)
            return table[i].words;
    return relation;
}

static bool read_lookalike(struct arena *arena, json_t *json, struct evidence_lookalike *l)
{
    const char *differs = text_of(arena, json, "differs"), *domain = text_of(arena, json, "domain");
    l->target = text_of(arena, json, "target");
    l->where = text_of(arena, json, "where");
    l->relation = text_of(arena, json, "relation");
    l->whose = relation_words(l->relation);
    l->why = text_of(arena, json, "why");
    l->score = (int)json_integer_value(json_object_get(json, "score"));
    if (!l->target || (!domain && !differs))
        return false;
    l->domain = domain ? domain : unmarked(arena, differs);
    evidence_mark(arena, l->domain, l->target, &l->written, &l->genuine);
    if (differs && strchr(differs, TEXT_MARK)) /* the engine knows better than a plain comparison */
        l->written = differs;
    return true;
}

static bool read_rule(struct arena *arena, json_t *json, struct evidence_rule *rule)
{
    rule->id = text_of(arena, json, "id");
    rule->axis = text_of(arena, json, "axis");
    rule->why = text_of(arena, json, "why");
    if (!rule->why)
        rule->why = text_of(arena, json, "title");
    rule->score = (int)json_integer_value(json_object_get(json, "score"));
    rule->monitor = json_is_true(json_object_get(json, "monitor"));
    return rule->id && rule->why;
}

static const char *campaign_of(struct arena *arena, const struct store_mail *mail)
{
    json_t *facts = mail->facts_json ? json_loads(mail->facts_json, 0, NULL) : NULL;
    const char *id = text_of(arena, facts, "campaign.id");
    json_decref(facts);
    return id && *id ? id : NULL;
}

struct evidence evidence_read(struct arena *arena, const struct store_mail *mail)
{
    json_t *rules = mail->rules_json ? json_loads(mail->rules_json, 0, NULL) : NULL;
    json_t *lookalikes = mail->lookalikes_json ? json_loads(mail->lookalikes_json, 0, NULL) : NULL;
    struct evidence_rule *r = arena_array(arena, json_array_size(rules), sizeof(*r));
    struct evidence_lookalike *l = arena_array(arena, json_array_size(lookalikes), sizeof(*l));
    struct evidence evidence = {.rules = r, .lookalikes = l};
    json_t *item;
    size_t i;
    json_array_foreach(rules, i, item) evidence.n_rules += read_rule(arena, item, &r[evidence.n_rules]);
    json_array_foreach(lookalikes, i, item) evidence.n_lookalikes +=
        read_lookalike(arena, item, &l[evidence.n_lookalikes]);
    evidence.campaign = campaign_of(arena, mail);
    json_decref(rules);
    json_decref(lookalikes);
    return evidence;
}
