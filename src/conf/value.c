/*
 * Single values of the configuration: numbers with units, names, sockets, addresses of services. Each reader
 * refuses what it does not fully understand and says how it is written.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

#include "conf/option.h"

enum { MAX_SHOWN = 60 };
static const char duration_remedy[] = "write a number and a unit: 500ms, 30s, 5m, 2h, 90d, 4w, 13mo, 1y";
static const char size_remedy[] = "write a number and a unit: 4096, 64KB, 10MB, 1GB (1KB = 1024 bytes)";

struct unit {
    const char *name;
    int64_t factor;
};
/* Smallest first; a month is 30 days and a year 365. */
static const struct unit duration_units[] = {
    {"ms", 1},       {"s", 1000},      {"m", 60000},       {"h", 3600000},
    {"d", 86400000}, {"w", 604800000}, {"mo", 2592000000}, {"y", 31536000000},
};
static const struct unit size_units[] = {{"", 1}, {"KB", 1024}, {"MB", 1048576}, {"GB", 1073741824}};
#define N_UNITS(units) (sizeof(units) / sizeof(*(units)))

bool conf_wrong(struct conf_loader *loader, const struct yamltree_node *node, const char *remedy,
                const char *fmt, ...)
{
    va_list ap;
    char *text = NULL;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        text = NULL;
    va_end(ap);
    diag_add(loader->diags, DIAG_ERROR, node->at, remedy, "%s", text ? text : fmt);
    free(text);
    return false;
}

/* A number and one of the units, nothing else; false on overflow too. */
static bool parse_units(const char *text, const struct unit *units, size_t n_units, int64_t *out)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    errno = 0;
    intmax_t value = strtoimax(text, &end, 10);
    if (errno)
        return false;
    for (size_t i = 0; i < n_units; i++)
        if (strcasecmp(end, units[i].name) == 0)
            return !__builtin_mul_overflow((int64_t)value, units[i].factor, out);
    return false;
}

/* In the largest unit that divides it. */
static void add_units(struct buf *out, int64_t value, const struct unit *units, size_t n_units)
{
    size_t best = 0;
    for (size_t i = 0; i < n_units; i++)
        if (value && value % units[i].factor == 0)
            best = i;
    buf_printf(out, "%" PRId64 "%s", value / units[best].factor, units[best].name);
}

static int64_t ms_factor(const struct conf_option *option)
{
    return option->kind == CONF_DURATION ? 1000 : 1;
}

static void add_value(struct buf *out, const struct conf_option *option, int64_t value)
{
    if (option->kind == CONF_DURATION && value == 0)
        buf_adds(out, "0s");
    else if (option->kind == CONF_DURATION || option->kind == CONF_DURATION_MS)
        add_units(out, value * ms_factor(option), duration_units, N_UNITS(duration_units));
    else if (option->kind == CONF_SIZE)
        add_units(out, value, size_units, N_UNITS(size_units));
    else
        buf_printf(out, "%" PRId64, value);
}

void conf_add_bounds(struct buf *out, const struct conf_option *option)
{
    if (option->max == 0 || option->kind == CONF_MODE)
        return;
    buf_adds(out, "from ");
    add_value(out, option, option->min);
    buf_adds(out, " to ");
    add_value(out, option, option->max);
}

static bool out_of_bounds(struct conf_loader *loader, const struct conf_option *option,
                          const struct yamltree_node *node, const char *remedy)
{
    struct buf bounds = {0};
    conf_add_bounds(&bounds, option);
    conf_wrong(loader, node, remedy, "'%s' must be a %s %s, not '%.*s'", option->name,
               conf_kind_text(option->kind), bounds.p, MAX_SHOWN, node->text);
    buf_free(&bounds);
    return false;
}

bool conf_read_bool(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, void *field)
{
    return yamltree_bool(node, field, loader->diags);
}

bool conf_read_int(struct conf_loader *loader, const struct conf_option *option,
                   const struct yamltree_node *node, void *field)
{
    return yamltree_int(node, option->min, option->max, field, loader->diags);
}

bool conf_read_duration(struct conf_loader *loader, const struct conf_option *option,
                        const struct yamltree_node *node, void *field)
{
    const char *text;
    int64_t value, factor = ms_factor(option);
    if (!yamltree_string(node, &text, loader->diags))
        return false;
    if (!parse_units(text, duration_units, N_UNITS(duration_units), &value) || value % factor != 0 ||
        value / factor < option->min || value / factor > option->max)
        return out_of_bounds(loader, option, node, duration_remedy);
    *(int64_t *)field = value / factor;
    return true;
}

bool conf_read_size(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, void *field)
{
    const char *text;
    int64_t value;
    if (!yamltree_string(node, &text, loader->diags))
        return false;
    if (!parse_units(text, size_units, N_UNITS(size_units), &value) || value < option->min ||
        value > option->max)
        return out_of_bounds(loader, option, node, size_remedy);
    *(int64_t *)field = value;
    return true;
}

bool conf_read_mode(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, void *field)
{
    const char *text;
    if (!yamltree_string(node, &text, loader->diags))
        return false;
    size_t n = strlen(text);
    if (n < 3 || n > 4 || strspn(text, "01234567") != n || strtol(text, NULL, 8) > option->max)
        return conf_wrong(loader, node, "write it octal, such as 0660",
                          "'%s' must be permissions from 000 to 0777, not '%.*s'", option->name, MAX_SHOWN,
                          text);
    *(int64_t *)field = strtol(text, NULL, 8);
    return true;
}

bool conf_read_choice(struct conf_loader *loader, const struct conf_option *option,
                      const struct yamltree_node *node, void *field)
{
    struct buf remedy = {0};
    const char *text, *near;
    size_t n = 0;
    if (!yamltree_string(node, &text, loader->diags))
        return false;
    if (option->set_choice(text, field))
        return true;
    for (; option->names[n]; n++)
        buf_printf(&remedy, "%s%s", n ? ", " : "one of: ", option->names[n]);
    near = diag_nearest(text, option->names, n);
    if (near)
        buf_printf(&remedy, "; did you mean '%s'?", near);
    conf_wrong(loader, node, remedy.p, "'%s' cannot be '%.*s'", option->name, MAX_SHOWN, text);
    buf_free(&remedy);
    return false;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (iscntrl((unsigned char)*text))
            return true;
    return false;
}

bool conf_read_text(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, void *field)
{
    const char *text;
    if (!yamltree_string(node, &text, loader->diags))
        return false;
    if (has_control(text))
        return conf_wrong(loader, node, "write it in one line",
                          "'%s' must not hold line ends or control characters", option->name);
    *(const char **)field = text;
    return true;
}

const char *conf_resolve(const struct conf_loader *loader, const char *path)
{
    if (!*path || *path == '/')
        return path;
    return arena_printf(loader->arena, "%s/%s", loader->dir, path);
}

bool conf_read_path(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, void *field)
{
    const char *path;
    if (!conf_read_text(loader, option, node, &path))
        return false;
    *(const char **)field = conf_resolve(loader, path);
    return true;
}

/* 1 to 65535, and nothing behind it but `end`. */
static bool is_port(const char *text, char end)
{
    size_t n = strspn(text, "0123456789");
    long port = n && n <= 5 ? strtol(text, NULL, 10) : 0;
    return port >= 1 && port <= 65535 && text[n] == end;
}

static const char *socket_problem(const char *text)
{
    if (strncmp(text, "unix:", 5) == 0) {
        if (text[5] != '/')
            return "the path behind unix: must begin with /";
        if (strlen(text + 5) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
            return "the path behind unix: is longer than the system allows (107 bytes)";
        return NULL;
    }
    if (strncmp(text, "inet:", 5) == 0 || strncmp(text, "inet6:", 6) == 0) {
        const char *port = strchr(text, ':') + 1;
        if (!is_port(port, '@') || !strchr(port, '@')[1])
            return "inet: needs a port from 1 to 65535, @ and a host";
        return NULL;
    }
    return strncmp(text, "fd:", 3) == 0 ? NULL : "unknown kind of socket";
}

/* The unit's drop-in for Postfix makes the folder: a chrooted smtpd reaches no other place. */
static const char *automatic_socket(void)
{
    return access("/var/spool/postfix/ringer", F_OK) == 0 ? "unix:/var/spool/postfix/ringer/ringer.sock"
                                                          : "unix:/run/ringer/ringer.sock";
}

bool conf_read_socket(struct conf_loader *loader, const struct conf_option *option,
                      const struct yamltree_node *node, void *field)
{
    if (!conf_read_text(loader, option, node, field))
        return false;
    if (strcmp(node->text, "auto") == 0) {
        *(const char **)field = automatic_socket();
        return true;
    }
    const char *problem = socket_problem(node->text);
    return !problem ||
           conf_wrong(loader, node, "write unix:/PATH, inet:PORT@HOST, inet6:PORT@HOST, fd: or auto",
                      "'%s' is no socket, '%.*s': %s", option->name, MAX_SHOWN, node->text, problem);
}

bool conf_read_store(struct conf_loader *loader, const struct conf_option *option,
                     const struct yamltree_node *node, void *field)
{
    const char *text;
    if (!conf_read_text(loader, option, node, &text))
        return false;
    if (strncmp(text, "sqlite:", 7) != 0 || !text[7])
        return conf_wrong(loader, node, "write sqlite:PATH", "'%s' cannot be '%.*s'", option->name, MAX_SHOWN,
                          text);
    *(const char **)field =
        text[7] == '/' ? text : arena_printf(loader->arena, "sqlite:%s/%s", loader->dir, text + 7);
    return true;
}

/* smtp://HOST:PORT; HOST a name, an IPv4 address or an IPv6 address in [ ] */
static bool is_smtp_url(const char *text)
{
    static const char host_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    if (strncmp(text, "smtp://", 7) != 0)
        return false;
    text += 7;
    size_t n = *text == '[' ? strcspn(text, "]") + 1 : strspn(text, host_chars);
    return n > 0 && n < strlen(text) && text[n] == ':' && is_port(text + n + 1, '\0');
}

bool conf_read_smtp(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, void *field)
{
    if (!conf_read_text(loader, option, node, field))
        return false;
    return is_smtp_url(node->text) ||
           conf_wrong(loader, node, "write smtp://HOST:PORT, such as smtp://127.0.0.1:10026",
                      "'%s' cannot be '%.*s'", option->name, MAX_SHOWN, node->text);
}
