/*
 * minisign's file formats on top of libsodium's primitives. Layouts (after base64):
 *   public key   "Ed" id[8] key[32]
 *   secret key   "Ed" kdf[2] "B2" salt[32] opslimit[8] memlimit[8] { id[8] key[64] checksum[32] }
 *                kdf "Sc": the braces are XORed with scrypt(password); kdf 0 0: they stand in clear
 *   signature    "ED" (hashed) or "Ed" id[8] signature[64], then the trusted comment's own signature[64]
 */
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/minisign.h"

enum {
    PUBLIC_BYTES = 2 + MINISIGN_ID + MINISIGN_PUBLIC,
    SECRET_HEAD = 2 + 2 + 2 + 32 + 8 + 8,
    SECRET_SEALED = MINISIGN_ID + MINISIGN_SECRET + 32,
    SECRET_BYTES = SECRET_HEAD + SECRET_SEALED,
    SIGNATURE_BYTES = 2 + MINISIGN_ID + crypto_sign_BYTES,
    HASH_BYTES = 64,
    MAX_LINE = 8192,      /* of a signature file: a trusted comment is one line of words */
    MAX_MEMORY = 1 << 30, /* that a key file may ask scrypt for */
};

static const char trusted[] = "trusted comment: ";

static int fail(const char **error_r, const char *text)
{
    *error_r = text;
    return -1;
}

/* Exactly `size` bytes out of one base64 line. */
static bool decode(struct span line, unsigned char *out, size_t size)
{
    size_t n;
    line = span_trim(line);
    return line.n &&
           sodium_base642bin(out, size, line.p, line.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) ==
               0 &&
           n == size;
}

/* The first line that is no comment. */
static struct span payload(struct span text)
{
    struct span line;
    while (span_line(&text, &line))
        if (span_trim(line).n && !span_starts_nocase(line, SPAN_LIT("untrusted comment:")))
            return line;
    return (struct span){NULL, 0};
}

void minisign_id_text(const unsigned char id[MINISIGN_ID], char out[MINISIGN_ID_HEX])
{
    for (size_t i = 0; i < MINISIGN_ID; i++) /* little-endian number */
        snprintf(out + 2 * i, 3, "%02X", id[MINISIGN_ID - 1 - i]);
}

int minisign_public_parse(struct span text, struct minisign_public *out, const char **error_r)
{
    unsigned char raw[PUBLIC_BYTES];
    if (sodium_init() < 0)
        return fail(error_r, "libsodium cannot be used");
    if (!decode(payload(text), raw, sizeof(raw)) || memcmp(raw, "Ed", 2) != 0)
        return fail(error_r, "this is no minisign public key");
    memcpy(out->id, raw + 2, MINISIGN_ID);
    memcpy(out->key, raw + 2 + MINISIGN_ID, MINISIGN_PUBLIC);
    return 0;
}

static uint64_t little_endian(const unsigned char *p)
{
    uint64_t n = 0;
    for (size_t i = 8; i-- > 0;)
        n = n << 8 | p[i];
    return n;
}

static void checksum(const unsigned char *sealed, unsigned char out[32])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, (const unsigned char *)"Ed", 2);
    crypto_generichash_update(&state, sealed, MINISIGN_ID + MINISIGN_SECRET);
    crypto_generichash_final(&state, out, 32);
}

static int unseal(unsigned char raw[SECRET_BYTES], const char *password, const char **error_r)
{
    unsigned char stream[SECRET_SEALED], sum[32];
    unsigned char *sealed = raw + SECRET_HEAD;
    uint64_t ops = little_endian(raw + 38), memory = little_endian(raw + 46);
    if (!password)
        return fail(error_r, "this secret key is protected by a password");
    if (memory > MAX_MEMORY || ops > (uint64_t)1 << 33)
        return fail(error_r, "this secret key asks for more memory or time than is reasonable");
    if (crypto_pwhash_scryptsalsa208sha256(stream, sizeof(stream), password, strlen(password), raw + 6, ops,
                                           (size_t)memory) != 0)
        return fail(error_r, "not enough memory to open this secret key");
    for (size_t i = 0; i < SECRET_SEALED; i++)
        sealed[i] ^= stream[i];
    sodium_memzero(stream, sizeof(stream));
    checksum(sealed, sum);
    if (sodium_memcmp(sum, sealed + MINISIGN_ID + MINISIGN_SECRET, sizeof(sum)) != 0)
        return fail(error_r, "wrong password for this secret key");
    return 0;
}

int minisign_secret_parse(struct span text, const char *password, struct minisign_secret *out,
                          const char **error_r)
{
    unsigned char raw[SECRET_BYTES];
    int rc = 0;
    if (sodium_init() < 0)
        return fail(error_r, "libsodium cannot be used");
    if (!decode(payload(text), raw, sizeof(raw)) || memcmp(raw, "Ed", 2) != 0)
        return fail(error_r, "this is no minisign secret key");
    if (memcmp(raw + 2, "Sc", 2) == 0)
        rc = unseal(raw, password, error_r);
    else if (raw[2] || raw[3])
        rc = fail(error_r, "this secret key is protected in a way that is not known here");
    if (rc == 0) {
        memcpy(out->id, raw + SECRET_HEAD, MINISIGN_ID);
        memcpy(out->key, raw + SECRET_HEAD + MINISIGN_ID, MINISIGN_SECRET);
    }
    sodium_memzero(raw, sizeof(raw));
    return rc;
}

void minisign_wipe(struct minisign_secret *secret)
{
    sodium_memzero(secret, sizeof(*secret));
}

static char *encode(struct arena *arena, const unsigned char *data, size_t n)
{
    size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, size);
    return sodium_bin2base64(text, size, data, n, sodium_base64_VARIANT_ORIGINAL);
}

int minisign_generate(struct arena *arena, const char **public_r, const char **secret_r, const char **error_r)
{
    unsigned char public[PUBLIC_BYTES] = "Ed", secret[SECRET_BYTES] = "Ed";
    unsigned char *sealed = secret + SECRET_HEAD;
    char id[MINISIGN_ID_HEX];
    if (sodium_init() < 0)
        return fail(error_r, "libsodium cannot be used");
    memcpy(secret + 4, "B2", 2);
    randombytes_buf(sealed, MINISIGN_ID);
    crypto_sign_keypair(public + 2 + MINISIGN_ID, sealed + MINISIGN_ID);
    memcpy(public + 2, sealed, MINISIGN_ID);
    checksum(sealed, sealed + MINISIGN_ID + MINISIGN_SECRET);
    minisign_id_text(sealed, id);
    *public_r = arena_printf(arena, "untrusted comment: minisign public key %s\n%s\n", id,
                             encode(arena, public, sizeof(public)));
    *secret_r = arena_printf(arena, "untrusted comment: minisign secret key %s\n%s\n", id,
                             encode(arena, secret, sizeof(secret)));
    sodium_memzero(secret, sizeof(secret));
    return 0;
}

const char *minisign_sign(struct arena *arena, const struct minisign_secret *secret, struct span data,
                          const char *comment)
{
    unsigned char hash[HASH_BYTES], signature[SIGNATURE_BYTES] = "ED", global[crypto_sign_BYTES];
    size_t n = strlen(comment);
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)data.p, data.n, NULL, 0);
    memcpy(signature + 2, secret->id, MINISIGN_ID);
    crypto_sign_detached(signature + 2 + MINISIGN_ID, NULL, hash, sizeof(hash), secret->key);
    unsigned char *both = arena_alloc(arena, crypto_sign_BYTES + n);
    memcpy(both, signature + 2 + MINISIGN_ID, crypto_sign_BYTES);
    memcpy(both + crypto_sign_BYTES, comment, n);
    crypto_sign_detached(global, NULL, both, crypto_sign_BYTES + n, secret->key);
    return arena_printf(arena, "untrusted comment: signature from ringer\n%s\n%s%s\n%s\n",
                        encode(arena, signature, sizeof(signature)), trusted, comment,
                        encode(arena, global, sizeof(global)));
}

struct parts {
    unsigned char signature[SIGNATURE_BYTES], global[crypto_sign_BYTES];
    struct span comment;
};

static bool cut(struct span text, struct parts *out)
{
    struct span first, signature, comment, global;
    if (!span_line(&text, &first) || !span_line(&text, &signature) || !span_line(&text, &comment) ||
        !span_line(&text, &global) || comment.n > MAX_LINE)
        return false;
    if (!span_starts_nocase(first, SPAN_LIT("untrusted comment:")) || comment.n < sizeof(trusted) - 1 ||
        memcmp(comment.p, trusted, sizeof(trusted) - 1) != 0)
        return false;
    out->comment = (struct span){comment.p + sizeof(trusted) - 1, comment.n - (sizeof(trusted) - 1)};
    return decode(signature, out->signature, sizeof(out->signature)) &&
           decode(global, out->global, sizeof(out->global));
}

static const struct minisign_public *find_key(const struct minisign_public *keys, size_t n,
                                              const unsigned char *id)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(keys[i].id, id, MINISIGN_ID) == 0)
            return &keys[i];
    return NULL;
}

static bool signed_data(const struct parts *parts, const struct minisign_public *key, struct span data)
{
    unsigned char hash[HASH_BYTES];
    const unsigned char *signature = parts->signature + 2 + MINISIGN_ID;
    if (memcmp(parts->signature, "ED", 2) == 0) {
        crypto_generichash(hash, sizeof(hash), (const unsigned char *)data.p, data.n, NULL, 0);
        return crypto_sign_verify_detached(signature, hash, sizeof(hash), key->key) == 0;
    }
    return memcmp(parts->signature, "Ed", 2) == 0 &&
           crypto_sign_verify_detached(signature, (const unsigned char *)data.p, data.n, key->key) == 0;
}

int minisign_verify(struct arena *arena, const struct minisign_public *keys, size_t n_keys, struct span data,
                    struct span signature, const struct minisign_public **by_r, const char **comment_r,
                    const char **error_r)
{
    struct parts parts;
    if (sodium_init() < 0)
        return fail(error_r, "libsodium cannot be used");
    if (!cut(signature, &parts))
        return fail(error_r, "this is no minisign signature");
    const struct minisign_public *key = find_key(keys, n_keys, parts.signature + 2);
    if (!key)
        return fail(error_r, "signed with a key that is not accepted here");
    if (!signed_data(&parts, key, data))
        return fail(error_r,
                    "the signature does not belong to this file: it was changed, or damaged on the way");
    unsigned char *both = arena_alloc(arena, crypto_sign_BYTES + parts.comment.n);
    memcpy(both, parts.signature + 2 + MINISIGN_ID, crypto_sign_BYTES);
    if (parts.comment.n)
        memcpy(both + crypto_sign_BYTES, parts.comment.p, parts.comment.n);
    if (crypto_sign_verify_detached(parts.global, both, crypto_sign_BYTES + parts.comment.n, key->key) != 0)
        return fail(error_r, "the trusted comment was changed");
    *by_r = key;
    *comment_r = arena_span(arena, parts.comment);
    return 0;
}
