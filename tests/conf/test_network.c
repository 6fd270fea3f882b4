/* Tests of src/conf/network.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "conf/network.h"

static void test_match(void **state)
{
    static const struct {
        const char *network, *ip;
        bool want;
    } cases[] = {
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"10.0.0.0/8", "IPv6:::ffff:10.1.2.3", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "203.0.113.9", true},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"::1", "IPv6:::1", true},
        {"::1", "0:0:0:0:0:0:0:1", true},
        {"fe80::/10", "fe80::1%eth0", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"10.0.0.0/8", "", false},
        {"10.0.0.0/8", NULL, false},
        {"10.0.0.0/8", "10.1.2", false},
        {"10.0.0.0/8", "10.1.2.3.example", false},
        {"10.0.0.0/8", "10.1.2.3 and much more text than any address could ever have, from a hostile peer",
         false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct conf_network network;
        const char *error;
        assert_true(conf_network_parse(cases[i].network, &network, &error));
        struct conf_networks list = {&network, 1};
        assert_int_equal(conf_network_match(&list, cases[i].ip), cases[i].want);
    }
    assert_false(conf_network_match(&(struct conf_networks){NULL, 0}, "192.0.2.1"));
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"10.0.0", "not an IP address or network"},
        {"localhost", "not an IP address or network"},
        {"", "not an IP address or network"},
        {"/8", "not an IP address or network"},
        {"10.0.0.0/33", "the number behind the / must be from 0 to 32"},
        {"10.0.0.0/", "the number behind the / must be from 0 to 32"},
        {"10.0.0.0/+8", "the number behind the / must be from 0 to 32"},
        {"10.0.0.0/255.0.0.0", "the number behind the / must be from 0 to 32"},
        {"2001:db8::/129", "the number behind the / must be from 0 to 128"},
        {"10.1.2.3/8", "the address has bits set behind the prefix"},
        {"2001:db8::1/127", "the address has bits set behind the prefix"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct conf_network network;
        const char *error = NULL;
        assert_false(conf_network_parse(cases[i].text, &network, &error));
        assert_string_equal(error, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
