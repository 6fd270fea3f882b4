#ifndef RINGER_CONF_NETWORK_H
#define RINGER_CONF_NETWORK_H
#include <stdbool.h>
#include <stddef.h>

/* Networks in CIDR notation (RFC 4632, RFC 4291 2.3). IPv4 is kept as IPv4-mapped IPv6, so that both meet. */
struct conf_network {
    unsigned char address[16];
    unsigned bits; /* of the 128 */
};
struct conf_networks {
    const struct conf_network *v;
    size_t n;
};

/* "10.0.0.0/8", "2001:db8::/32", or one address. False with a static text in *error_r. */
bool conf_network_parse(const char *text, struct conf_network *out, const char **error_r);
/*
 * Does one of the networks hold the address? Takes the forms that mail servers give: "192.0.2.1",
 * "2001:db8::1", "IPv6:2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0". False for NULL and for what is none.
 */
bool conf_network_match(const struct conf_networks *networks, const char *ip);
/* "192.0.2.53", "2001:db8::53", or either with "@PORT" behind it? */
bool conf_dns_server(const char *text);

#endif
