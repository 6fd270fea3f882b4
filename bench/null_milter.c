/*
 * A libmilter filter that takes every message and says yes: what the protocol alone costs. It asks for the
 * same steps as ringerd, so that the ratio of both shows the cost of judging.
 *
 * usage: null_milter SOCKET-PATH
 */
#include <stdio.h>
#include <libmilter/mfapi.h>

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
    return SMFIS_CONTINUE;
}

static sfsistat on_text(SMFICTX *ctx, char *text)
{
    return SMFIS_CONTINUE;
}

static sfsistat on_list(SMFICTX *ctx, char **list)
{
    return SMFIS_CONTINUE;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
    return SMFIS_CONTINUE;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *data, size_t n)
{
    return SMFIS_CONTINUE;
}

static sfsistat on_step(SMFICTX *ctx)
{
    return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
    static char name[] = "null";
    struct smfiDesc description = {
        .xxfi_name = name,
        .xxfi_version = SMFI_VERSION,
        .xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS,
        .xxfi_connect = on_connect,
        .xxfi_helo = on_text,
        .xxfi_envfrom = on_list,
        .xxfi_envrcpt = on_list,
        .xxfi_header = on_header,
        .xxfi_eoh = on_step,
        .xxfi_body = on_body,
        .xxfi_eom = on_step,
        .xxfi_abort = on_step,
        .xxfi_close = on_step,
        .xxfi_data = on_step,
    };
    char path[200];
    if (argc != 2)
        return 2;
    snprintf(path, sizeof(path), "unix:%s", argv[1]);
    if (smfi_setconn(path) != MI_SUCCESS || smfi_register(description) != MI_SUCCESS)
        return 1;
    return smfi_main() == MI_SUCCESS ? 0 : 1;
}
