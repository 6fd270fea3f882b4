/*
 * What an MTA may say to ringerd, in any order: the callbacks with a libmilter that only takes notes, and the control
 * socket. The input is steps: what, how many bytes, the bytes.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "fuzz/memory_file.h"
#include "milter/control.h"
#include "milter/current.h"
#include "milter/daemon.h"
#include "milter/log.h"
#include "milter/reload.h"
#include "milter/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* --- a libmilter that takes notes */

struct smfi_str {
    void *private;
    char macro[64];
};

static void check(const char *text)
{
    if (text && strlen(text) > 1 << 20)
        abort();
}

int smfi_setpriv(SMFICTX *ctx, void *data)
{
    ctx->private = data;
    return MI_SUCCESS;
}

void *smfi_getpriv(SMFICTX *ctx)
{
    return ctx->private;
}

char *smfi_getsymval(SMFICTX *ctx, char *name)
{
    return *ctx->macro && name[0] != '{' ? ctx->macro : NULL;
}

int smfi_setreply(SMFICTX *ctx, char *code, char *enhanced, char *text)
{
    check(text);
    return strlen(code) == 3 && enhanced ? MI_SUCCESS : MI_FAILURE;
}

int smfi_addheader(SMFICTX *ctx, char *name, char *value)
{
    check(name);
    check(value);
    return MI_SUCCESS;
}

int smfi_chgheader(SMFICTX *ctx, char *name, int index, char *value)
{
    check(name);
    check(value);
    return index > 0 ? MI_SUCCESS : MI_FAILURE;
}

int smfi_delrcpt(SMFICTX *ctx, char *address)
{
    check(address);
    return MI_SUCCESS;
}

int smfi_quarantine(SMFICTX *ctx, char *reason)
{
    check(reason);
    return MI_SUCCESS;
}

int smfi_setsymlist(SMFICTX *ctx, int stage, char *names)
{
    check(names);
    return MI_SUCCESS;
}

int smfi_setconn(char *where)
{
    check(where);
    return MI_SUCCESS;
}

int smfi_opensocket(bool remove)
{
    return remove ? MI_FAILURE : MI_SUCCESS;
}

int smfi_stop(void)
{
    return MI_SUCCESS;
}

/* --- the daemon around it */

static char dir[] = "/tmp/fuzz-session.XXXXXX";
static int listener = -1;
static struct sockaddr_un control = {.sun_family = AF_UNIX};

static void clean(void)
{
    static const char *const names[] = {"ringer.db", "ringer.db-wal", "ringer.db-shm", "ringer.key",
                                        "control"};
    store_close(&ringerd.store);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *path = mem_printf("%s/%s", dir, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char yaml[] =
        "mode: enforce\ntrust: {dns-servers: []}\nworker: {processes: 0, spf-processes: 0}\n"
        "protect: {own-domains: [buyer.example], partner-domains: [valdor-metaux.example]}\n";
    char path[32];
    struct diag_list diags = {0};
    struct store_error error;
    message_library_init();
    int fd = memory_file((const uint8_t *)yaml, sizeof(yaml) - 1, path);
    struct policy *policy = policy_load(path, &diags);
    close(fd);
    if (!policy || !mkdtemp(dir))
        abort();
    char *url = mem_printf("sqlite:%s/ringer.db", dir);
    ringerd.store = store_open(url, STORE_CREATE, &error);
    ringerd.spool_dir = dir;
    free(url);
    if (!ringerd.store)
        abort();
    log_set_level(CONF_LOG_ERROR);
    current_install(policy);
    current_start_services(policy->conf, ringerd.store, NULL);
    reload_begin(policy->conf);
    snprintf(control.sun_path, sizeof(control.sun_path), "%s/control", dir);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (const struct sockaddr *)&control, sizeof(control)) != 0 || listen(listener, 1) != 0)
        abort();
    atexit(clean);
    diag_free(&diags);
    return 0;
}

static void ask_control(const char *text, size_t n)
{
    char reply[4096];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&control, sizeof(control)) != 0 ||
        write(fd, text, n) != (ssize_t)n || shutdown(fd, SHUT_WR) != 0)
        abort();
    control_serve(listener, "/nonexistent/ringer.yaml");
    while (read(fd, reply, sizeof(reply)) > 0)
        ;
    close(fd);
}

/* --- one step */

static void message_step(SMFICTX *ctx, unsigned what, char *text, size_t n)
{
    char *argv[] = {text, NULL};
    switch (what) {
    case 0:
        session_callbacks.xxfi_envfrom(ctx, argv);
        break;
    case 1:
        session_callbacks.xxfi_envrcpt(ctx, argv);
        break;
    case 2: {
        char *value = strchr(text, ':');
        if (value)
            *value++ = '\0';
        session_callbacks.xxfi_header(ctx, text, value ? value : text);
        break;
    }
    case 3:
        session_callbacks.xxfi_body(ctx, (unsigned char *)text, n);
        break;
    case 4:
        session_callbacks.xxfi_eom(ctx);
        break;
    default:
        session_callbacks.xxfi_abort(ctx);
    }
}

static void step(SMFICTX *ctx, unsigned what, char *text, size_t n)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(0xC0000201)}};
    unsigned long ignored[4];
    switch (what) {
    case 0:
        session_callbacks.xxfi_close(ctx);
        session_callbacks.xxfi_negotiate(ctx, n ? (unsigned char)text[0] : 0x1ff,
                                         n > 1 ? (unsigned char)text[1] : 0, 0, 0, &ignored[0], &ignored[1],
                                         &ignored[2], &ignored[3]);
        break;
    case 1:
        session_callbacks.xxfi_close(ctx);
        session_callbacks.xxfi_connect(ctx, text, n & 1 ? NULL : (_SOCK_ADDR *)&address);
        break;
    case 2:
        session_callbacks.xxfi_helo(ctx, text);
        break;
    case 3:
        snprintf(ctx->macro, sizeof(ctx->macro), "%s", text);
        break;
    case 4:
        ask_control(text, n);
        break;
    default:
        message_step(ctx, what - 5, text, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { STEPS = 11 };
    struct smfi_str ctx = {0};
    for (size_t at = 0; at + 1 < size;) {
        size_t n = data[at + 1], left = size - at - 2;
        n = n < left ? n : left;
        char *text =
            mem_strndup((const char *)data + at + 2, n); /* of its own, so that a byte too far is seen */
        step(&ctx, data[at] % STEPS, text, strlen(text));
        free(text);
        at += 2 + n;
    }
    session_callbacks.xxfi_close(&ctx);
    return 0;
}
