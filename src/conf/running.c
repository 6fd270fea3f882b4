/*
 * What a running process cannot change. A reload keeps those values instead of showing ones that are not in force,
 * and remembers which they were, until the restart: however often it is reloaded before.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/option.h"

/* Each key may stand once, so the options of a section go together. */
static void add_section(struct buf *out, struct arena *arena, const struct conf *conf, const char *key)
{
    const char *indent = *key ? "  " : "";
    bool begun = !*key;
    for (size_t id = 0; id < CONF_OPTIONS; id++) {
        const struct conf_option *o = &conf_options[id];
        if (o->reload != CONF_RELOAD_RESTART || strcmp(o->section, key) != 0 || !conf->source->value[id])
            continue;
        if (!begun)
            buf_printf(out, "%s:\n", key);
        begun = true;
        buf_printf(out, "%s%s: ", indent, o->name);
        conf_add_value(out, arena, conf, id);
        buf_addc(out, '\n');
    }
}

struct conf *conf_running(const struct conf *conf)
{
    if (!conf->path)
        return conf_default();
    struct arena *arena = arena_new();
    struct buf text = {0};
    struct diag_list diags = {0};
    for (size_t s = 0; s < conf_n_sections; s++)
        add_section(&text, arena, conf, conf_sections[s].key);
    struct conf *running = text.n ? conf_parse(conf->path, buf_span(&text), &diags) : conf_default();
    if (!running) /* what was read once is good */
        abort();
    diag_free(&diags);
    buf_free(&text);
    arena_free(&arena);
    return running;
}

/* By meaning, so that 2h is 7200s; lists by how they are written. */
static bool same(const struct conf_option *option, const char *a, const char *b)
{
    switch (option->kind) {
    case CONF_BOOL:
    case CONF_INT:
    case CONF_DURATION:
    case CONF_DURATION_MS:
    case CONF_SIZE:
    case CONF_MODE:
    case CONF_CHOICE:
        return memcmp(a, b, option->size) == 0;
    case CONF_TEXT:
    case CONF_PATH:
    case CONF_SOCKET:
    case CONF_STORE:
    case CONF_SMTP:
        return strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
    default:
        return false;
    }
}

static const char *value_text(struct arena *arena, const struct conf *conf, size_t id)
{
    struct buf text = {0};
    conf_add_value(&text, arena, conf, id);
    const char *copy = arena_strdup(arena, text.p);
    buf_free(&text);
    return copy;
}

void conf_keep_running(struct conf *fresh, const struct conf *running)
{
    struct conf_change *changes = arena_array(fresh->arena, CONF_OPTIONS, sizeof(*changes));
    size_t n = 0;
    for (size_t id = 0; id < CONF_OPTIONS; id++) {
        const struct conf_option *o = &conf_options[id];
        char *field = (char *)fresh + o->offset;
        const char *kept = (const char *)running + o->offset;
        if (o->reload != CONF_RELOAD_RESTART)
            continue;
        const char *now = value_text(fresh->arena, running, id),
                   *wanted = value_text(fresh->arena, fresh, id);
        if (strcmp(now, wanted) != 0 && !same(o, field, kept))
            changes[n++] = (struct conf_change){o->section, o->name, now, wanted};
        memcpy(field, kept, o->size);
    }
    fresh->waiting = (struct conf_changes){changes, n};
}
