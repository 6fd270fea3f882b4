/*
 * From the store's structs to values of statements and back; identifiers and times. Text from outside that
 * is not valid UTF-8 never reaches the database: PostgreSQL would refuse the row, and with it the mail.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <unistr.h>

#include "base/clock.h"
#include "base/text.h"

#include "store/internal.h"

void store_new_id(char id_r[STORE_ID_SIZE])
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char random[17] = {0};
    randombytes_buf(random, 16);
    for (unsigned i = 0; i < STORE_ID_SIZE - 1; i++) {
        unsigned bit = i * 5, two = random[bit / 8] | (unsigned)random[bit / 8 + 1] << 8;
        id_r[i] = digits[two >> bit % 8 & 31];
    }
    id_r[STORE_ID_SIZE - 1] = '\0';
}

void store_fail(struct store_error *error, enum store_cause cause, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    error->cause = cause;
    vsnprintf(error->text, sizeof(error->text), fmt, ap);
    va_end(ap);
}

void bytes_hash_hex(crypto_hash_sha256_state *hash, char hex_r[BYTES_HEX_SIZE])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(hash, digest);
    sodium_bin2hex(hex_r, BYTES_HEX_SIZE, digest, sizeof(digest));
}

struct db_value value_int(int64_t i)
{
    return (struct db_value){.type = DB_INT, .i = i};
}

struct db_value value_text(const char *s)
{
    return s ? (struct db_value){.type = DB_TEXT, .s = span_of(s)} : (struct db_value){.type = DB_NULL};
}

struct db_value value_foreign(struct arena *arena, const char *s)
{
    if (s && u8_check((const uint8_t *)s, strlen(s)))
        s = text_valid_utf8(arena, span_of(s)).p;
    return value_text(s);
}

struct db_value value_bytes(struct span bytes)
{
    return (struct db_value){.type = DB_BYTES, .s = bytes};
}

const char *column_text(struct arena *arena, const struct db_value *value)
{
    return value->type == DB_TEXT ? arena_span(arena, value->s) : NULL;
}

/* The text columns of MAIL behind time_ms, in order; `score` stands between action and axes. */
#define MAIL_TEXTS(X)                                                                                        \
    X(1, queue_id)                                                                                           \
    X(2, client_ip)                                                                                          \
    X(3, helo)                                                                                               \
    X(4, sender)                                                                                             \
    X(5, from)                                                                                               \
    X(6, from_domain)                                                                                        \
    X(7, subject)                                                                                            \
    X(8, message_id)                                                                                         \
    X(9, action)                                                                                             \
    X(11, axes)                                                                                              \
    X(12, reason)                                                                                            \
    X(13, rules_json)                                                                                        \
    X(14, lookalikes_json)                                                                                   \
    X(15, facts_json)                                                                                        \
    X(16, verdict)

void mail_values(struct arena *arena, const struct store_mail *mail, struct db_value *values_r)
{
    values_r[0] = value_int(mail->time_ms ? mail->time_ms : wall_ms());
    values_r[10] = value_int(mail->score);
#define PUT(column, field) values_r[column] = value_foreign(arena, mail->field);
    MAIL_TEXTS(PUT)
#undef PUT
}

void mail_from_values(struct arena *arena, const struct db_value *values, struct store_mail *mail_r)
{
    *mail_r = (struct store_mail){.time_ms = values[0].i, .score = (int)values[10].i};
#define GET(column, field) mail_r->field = column_text(arena, &values[column]);
    MAIL_TEXTS(GET)
#undef GET
}
