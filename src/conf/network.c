/*
 * Networks in CIDR notation. Refuses addresses with bits behind the prefix: "10.1.2.3/8" is more often a
 * mistake for /32 than meant as 10.0.0.0/8, and the wide reading would trust too much.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/network.h"

enum { ADDRESS_BITS = 128, MAPPED_BITS = 96, MAX_TEXT = 64 /* longer than any address, RFC 4291 2.2 */ };

/* The address in 16 bytes; *v4_r says how it was written. */
static bool parse_address(const char *text, unsigned char out[16], bool *v4_r)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    *v4_r = inet_pton(AF_INET, text, out + 12) == 1;
    if (*v4_r) {
        memcpy(out, mapped, sizeof(mapped));
        return true;
    }
    return inet_pton(AF_INET6, text, out) == 1;
}

/* Digits only: strtoul would take signs and blanks. */
static bool parse_prefix(const char *text, unsigned max, unsigned *out)
{
    size_t n = strlen(text);
    if (n < 1 || n > 3 || strspn(text, "0123456789") != n)
        return false;
    *out = (unsigned)strtoul(text, NULL, 10);
    return *out <= max;
}

static bool same_prefix(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    unsigned bytes = bits / 8, rest = bits % 8;
    if (memcmp(a, b, bytes) != 0)
        return false;
    return rest == 0 || ((a[bytes] ^ b[bytes]) >> (8 - rest)) == 0;
}

static bool has_host_bits(const struct conf_network *network)
{
    struct conf_network zero = *network;
    for (unsigned i = network->bits; i < ADDRESS_BITS; i++)
        zero.address[i / 8] &= (unsigned char)~(0x80u >> (i % 8));
    return memcmp(zero.address, network->address, sizeof(zero.address)) != 0;
}

bool conf_network_parse(const char *text, struct conf_network *out, const char **error_r)
{
    char address[MAX_TEXT];
    bool v4;
    size_t n = strcspn(text, "/");
    *error_r = "not an IP address or network";
    if (n >= sizeof(address))
        return false;
    memcpy(address, text, n);
    address[n] = '\0';
    if (!parse_address(address, out->address, &v4))
        return false;
    unsigned max = v4 ? ADDRESS_BITS - MAPPED_BITS : ADDRESS_BITS, bits = max;
    if (text[n] == '/' && !parse_prefix(text + n + 1, max, &bits)) {
        *error_r = v4 ? "the number behind the / must be from 0 to 32"
                      : "the number behind the / must be from 0 to 128";
        return false;
    }
    out->bits = bits + (v4 ? MAPPED_BITS : 0);
    *error_r = "the address has bits set behind the prefix";
    return !has_host_bits(out);
}

bool conf_network_match(const struct conf_networks *networks, const char *ip)
{
    char text[MAX_TEXT];
    unsigned char address[16];
    bool v4;
    if (!ip)
        return false;
    if (strncasecmp(ip, "IPv6:", 5) == 0)
        ip += 5;
    size_t n = strcspn(ip, "%"); /* a zone (RFC 4007 11) is no part of the address */
    if (n >= sizeof(text))
        return false;
    memcpy(text, ip, n);
    text[n] = '\0';
    if (!parse_address(text, address, &v4))
        return false;
    for (size_t i = 0; i < networks->n; i++)
        if (same_prefix(address, networks->v[i].address, networks->v[i].bits))
            return true;
    return false;
}

bool conf_dns_server(const char *text)
{
    unsigned char address[16];
    bool v4;
    char ip[MAX_TEXT], *end;
    size_t n = strcspn(text, "@");
    if (n >= sizeof(ip))
        return false;
    memcpy(ip, text, n);
    ip[n] = '\0';
    if (!parse_address(ip, address, &v4))
        return false;
    if (!text[n])
        return true;
    unsigned long port = strtoul(text + n + 1, &end, 10);
    return text[n + 1] >= '0' && text[n + 1] <= '9' && !*end && port > 0 && port < 65536;
}
