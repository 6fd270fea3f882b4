/*
 * What single elements mean. See htmlelement.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#include "mail/datauri.h"
#include "mail/htmlelement.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool has_token(const char *list, const char *token, size_t n)
{
    for (const char *p = list; p && (p = strcasestr(p, token)); p++)
        if ((p == list || is_space(p[-1])) && (p[n] == '\0' || is_space(p[n])))
            return true;
    return false;
}

/* --- quoted text, signatures */

/* Quote containers of Gmail, Apple Mail, Thunderbird, Yahoo, Proton and the like. */
bool element_is_quote(const GumboElement *e)
{
    static const char *const classes[] = {"gmail_quote",    "yahoo_quoted",         "protonmail_quote",
                                          "tutanota_quote", "zmail_extra",          "moz-forward-container",
                                          "gmail_attr",     "moz-cite-prefix",      "yahooQuotedReply",
                                          "cite",           "OutlookMessageHeader", "x_gmail_quote"};
    const char *class = node_attribute(e, "class"), *type = node_attribute(e, "type");
    for (size_t i = 0; class && i < sizeof(classes) / sizeof(*classes); i++)
        if (has_token(class, classes[i], strlen(classes[i])))
            return true;
    if (e->tag != GUMBO_TAG_BLOCKQUOTE)
        return false;
    const char *style = node_attribute(e, "style");
    return (type && strcasecmp(type, "cite") == 0) || (style && strcasestr(style, "border-left"));
}

/* New Outlook: all that follows this element is the earlier message. */
bool element_starts_quoted_rest(const GumboElement *e)
{
    static const char *const ids[] = {"divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend",
                                      "mail-editor-reference-message-container"};
    const char *id = node_attribute(e, "id");
    for (size_t i = 0; id && i < sizeof(ids) / sizeof(*ids); i++)
        if (strcasecmp(id, ids[i]) == 0)
            return true;
    return false;
}

bool element_is_signature(const GumboElement *e)
{
    const char *class = node_attribute(e, "class"), *id = node_attribute(e, "id");
    return (class && (has_token(class, "gmail_signature", 15) || has_token(class, "moz-signature", 13))) ||
           (id && (strcasecmp(id, "Signature") == 0 || strcasecmp(id, "ms-outlook-mobile-signature") == 0));
}

/* --- text beside the children */

bool element_is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(word, *words) == 0)
            return true;
    return false;
}

static const char *input_text(const GumboElement *e)
{
    static const char *const silent[] = {"checkbox", "radio", "file", "color", "range", "password", NULL};
    const char *type = node_attribute(e, "type"), *value = node_attribute(e, "value");
    if (type && element_is_one_of(type, silent))
        return NULL;
    if (type && strcasecmp(type, "image") == 0)
        return node_attribute(e, "alt");
    return value && *value ? value : node_attribute(e, "placeholder");
}

/* A mail program that blocks remote pictures shows what their `alt` says. */
const char *element_text(const GumboElement *e)
{
    switch (e->tag) {
    case GUMBO_TAG_IMG:
        return node_attribute(e, "alt");
    case GUMBO_TAG_INPUT:
        return input_text(e);
    case GUMBO_TAG_TEXTAREA:
        return e->children.length ? NULL : node_attribute(e, "placeholder");
    case GUMBO_TAG_OPTGROUP:
    case GUMBO_TAG_OPTION:
        return e->attributes.length ? node_attribute(e, "label") : NULL;
    default:
        return NULL;
    }
}

const char *element_frame(struct arena *arena, const GumboElement *e)
{
    static const char *const pages[] = {
        "", "text/html", "text/plain", "application/xhtml+xml", "image/svg+xml", NULL};
    const char *address = NULL, *inside = NULL;
    struct span type, bytes;
    if (e->tag == GUMBO_TAG_IFRAME || e->tag == GUMBO_TAG_FRAME || e->tag == GUMBO_TAG_EMBED)
        address = node_attribute(e, "src");
    else if (e->tag == GUMBO_TAG_OBJECT)
        address = node_attribute(e, "data");
    if (e->tag == GUMBO_TAG_IFRAME)
        inside = node_attribute(e, "srcdoc");
    if (inside || !address || !datauri_decode(arena, span_of(address), &type, &bytes))
        return inside;
    if (!element_is_one_of(arena_span(arena, type), pages))
        return NULL;
    return text_valid_utf8(arena, bytes).p;
}

/* --- links */

enum { MAX_BASE = 2048 /* bytes: a page's base stands before each of its links */ };

static bool has_scheme(struct span url)
{
    size_t n = 0;
    while (n < url.n && ((url.p[n] | 0x20) >= 'a' && (url.p[n] | 0x20) <= 'z'))
        n++;
    while (n && n < url.n && ((url.p[n] >= '0' && url.p[n] <= '9') || strchr("+-.", url.p[n])))
        n++;
    return n && n < url.n && url.p[n] == ':';
}

const char *element_url(struct arena *arena, const char *base, struct span url)
{
    if (!base || !url.n || has_scheme(url) || url.p[0] == '#')
        return text_clean_line(arena, url);
    struct span b = span_of(base);
    const char *colon = memchr(b.p, ':', b.n), *host = colon ? strstr(colon, "//") : NULL;
    if (!host)
        return text_clean_line(arena, url);
    size_t origin = (size_t)(host + 2 - b.p);
    if (url.n >= 2 && url.p[0] == '/' && url.p[1] == '/') {
        b.n = (size_t)(colon + 1 - b.p);
    } else {
        origin += strcspn(b.p + origin, "/?#");
        const char *slash = memrchr(b.p + origin, '/', strcspn(b.p + origin, "?#"));
        b.n = url.p[0] == '/' || !slash ? origin : (size_t)(slash + 1 - b.p);
    }
    b = text_cut(b, MAX_BASE);
    bool part = b.n == origin && url.p[0] != '/';
    char *whole = arena_printf(arena, "%.*s%s%.*s", (int)b.n, b.p, part ? "/" : "", (int)url.n, url.p);
    return text_clean_line(arena, span_of(whole));
}

/* "5; url='https://...'" of <meta http-equiv=refresh> */
static const char *refresh_url(struct arena *arena, const char *content)
{
    const char *p = content ? strcasestr(content, "url") : NULL;
    p = p ? p + 3 + strspn(p + 3, " \t\n") : NULL;
    if (!p || *p != '=')
        return NULL;
    struct span url = span_trim(span_of(p + 1));
    if (url.n && (url.p[0] == '\'' || url.p[0] == '"')) {
        const char *end = memchr(url.p + 1, url.p[0], url.n - 1);
        url = (struct span){url.p + 1, end ? (size_t)(end - url.p - 1) : url.n - 1};
    }
    return url.n ? arena_span(arena, url) : NULL;
}

void element_read(struct arena *arena, const GumboNode *node, struct element_says *says)
{
    const GumboElement *e = &node->v.element;
    const char *equiv;
    if (!e->attributes.length)
        return;
    switch (e->tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_AREA:
        says->url = node_attribute(e, "href");
        if (!says->url && e->tag_namespace == GUMBO_NAMESPACE_SVG)
            says->url = node_attribute(e, "xlink:href");
        says->is_anchor = true;
        break;
    case GUMBO_TAG_FORM:
        says->url = node_attribute(e, "action");
        says->is_anchor = true;
        break;
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_INPUT:
        says->url = node_attribute(e, "formaction");
        break;
    case GUMBO_TAG_IFRAME:
        says->url = node_attribute(e, "src");
        break;
    case GUMBO_TAG_META:
        equiv = node_attribute(e, "http-equiv");
        if (equiv && strcasecmp(equiv, "refresh") == 0)
            says->url = refresh_url(arena, node_attribute(e, "content"));
        break;
    case GUMBO_TAG_BASE:
        says->base = node_attribute(e, "href");
        break;
    default:
        break;
    }
}

/* --- line ends */

unsigned element_lines(const GumboNode *node, const struct style *style)
{
    switch (node->v.element.tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_HR:
        return style->position == CSS_ABSOLUTE || style->position == CSS_FIXED ? 1 : 2;
    default:
        return 1;
    }
}
