/*
 * A ZIP reader (APPNOTE.TXT 6.3): central directory, stored and deflated entries, in memory, by zlib.
 * The central directory counts, as for Word and LibreOffice; local headers only say where the data starts.
 * Refused: encryption, other methods, ZIP64 and split archives (no mail attachment needs them), more entries
 * than ZIP_ENTRIES_MAX. Sizes in headers are never believed: the budget bounds what is really unpacked.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "worker/zip.h"

enum {
    EOCD_BYTES = 22,
    CENTRAL_BYTES = 46,
    LOCAL_BYTES = 30,
    COMMENT_MAX = 65535,
    FLAG_ENCRYPTED = 1,
    METHOD_STORED = 0,
    METHOD_DEFLATED = 8,
    PIECE = 16384,
};

static unsigned get16(const char *p)
{
    return (unsigned char)p[0] | (unsigned)(unsigned char)p[1] << 8;
}

static size_t get32(const char *p)
{
    return get16(p) | (size_t)get16(p + 2) << 16;
}

/* The end-of-central-directory record that lies nearest to the end. */
static const char *find_eocd(struct span bytes)
{
    if (bytes.n < EOCD_BYTES)
        return NULL;
    const char *last = bytes.p + bytes.n - EOCD_BYTES;
    const char *first = bytes.n > EOCD_BYTES + COMMENT_MAX ? last - COMMENT_MAX : bytes.p;
    for (const char *p = last; p >= first; p--)
        if (memcmp(p, "PK\005\006", 4) == 0)
            return p;
    return NULL;
}

/* Without case, as Office compares part names; a name's beginning comes before the name. */
static int compare_names(struct span a, struct span b)
{
    int order = strncasecmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* Of equal names the first in the directory comes first. */
static int compare_entries(const void *a, const void *b)
{
    const struct zip_entry *x = *(const struct zip_entry *const *)a, *y = *(const struct zip_entry *const *)b;
    int order = compare_names(x->name, y->name);
    return order ? order : (x > y) - (x < y);
}

/*
 * A document may ask for as many names as its relationships hold, each among thousands: by halving, since a search
 * through all of them would take minutes. Sorted, not hashed: nobody can choose names that all fall into one place.
 */
static void sort_by_name(struct zip *zip, struct arena *arena)
{
    zip->by_name = arena_array(arena, zip->n ? zip->n : 1, sizeof(*zip->by_name));
    for (size_t i = 0; i < zip->n; i++)
        zip->by_name[i] = &zip->entries[i];
    qsort(zip->by_name, zip->n, sizeof(*zip->by_name), compare_entries);
}

enum zip_result zip_open(struct zip *zip, struct arena *arena, struct span bytes)
{
    const char *eocd = find_eocd(bytes);
    *zip = (struct zip){.bytes = bytes};
    if (!eocd)
        return ZIP_BROKEN;
    size_t end = (size_t)(eocd - bytes.p), size = get32(eocd + 12), start = get32(eocd + 16);
    size_t count = get16(eocd + 10);
    if (size > end || start > end - size)
        return ZIP_BROKEN;
    /* Something may stand in front of the archive; the directory ends where its end record begins. */
    size_t shift = end - size - start;
    if (count > ZIP_ENTRIES_MAX)
        return ZIP_LIMIT;
    zip->entries = arena_array(arena, count ? count : 1, sizeof(*zip->entries));
    for (size_t at = end - size; zip->n < count; zip->n++) {
        const char *p = bytes.p + at;
        if (end - at < CENTRAL_BYTES || memcmp(p, "PK\001\002", 4) != 0)
            return ZIP_BROKEN;
        size_t name = get16(p + 28), whole = CENTRAL_BYTES + name + get16(p + 30) + get16(p + 32);
        if (whole > end - at)
            return ZIP_BROKEN;
        zip->entries[zip->n] = (struct zip_entry){
            .name = {p + CENTRAL_BYTES, name},
            .flags = get16(p + 8),
            .method = get16(p + 10),
            .packed = get32(p + 20),
            .offset = get32(p + 42) + shift,
        };
        at += whole;
    }
    sort_by_name(zip, arena);
    return ZIP_OK;
}

const struct zip_entry *zip_find(const struct zip *zip, const char *name)
{
    size_t low = 0, high = zip->n;
    while (low < high) { /* the first that does not come before `name` */
        size_t middle = low + (high - low) / 2;
        if (compare_names(zip->by_name[middle]->name, span_of(name)) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < zip->n && span_eq_nocase(zip->by_name[low]->name, span_of(name)) ? zip->by_name[low] : NULL;
}

static bool packed_bytes(const struct zip *zip, const struct zip_entry *entry, struct span *packed_r)
{
    const char *p = zip->bytes.p + entry->offset;
    if (entry->offset > zip->bytes.n || zip->bytes.n - entry->offset < LOCAL_BYTES ||
        memcmp(p, "PK\003\004", 4) != 0)
        return false;
    size_t left = zip->bytes.n - entry->offset, head = LOCAL_BYTES + get16(p + 26) + get16(p + 28);
    if (head > left || entry->packed > left - head)
        return false;
    *packed_r = (struct span){p + head, entry->packed};
    return true;
}

static enum zip_result hand_on(struct span piece, size_t *budget, bool (*read)(void *ctx, struct span piece),
                               void *ctx)
{
    if (piece.n > *budget)
        return ZIP_LIMIT;
    *budget -= piece.n;
    return read(ctx, piece) ? ZIP_OK : ZIP_STOPPED;
}

static enum zip_result read_deflated(struct span packed, size_t *budget,
                                     bool (*read)(void *ctx, struct span piece), void *ctx)
{
    Bytef piece[PIECE];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
    enum zip_result result = ZIP_OK;
    int rc;
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return ZIP_LIMIT;
    do {
        z.next_out = piece;
        z.avail_out = PIECE;
        rc = inflate(&z, Z_NO_FLUSH);
        size_t n = PIECE - z.avail_out;
        if (n)
            result = hand_on((struct span){(const char *)piece, n}, budget, read, ctx);
        else if (rc == Z_OK)
            rc = Z_BUF_ERROR; /* no progress: the data ends too early */
    } while (rc == Z_OK && result == ZIP_OK);
    inflateEnd(&z);
    return result != ZIP_OK ? result : rc == Z_STREAM_END ? ZIP_OK : ZIP_BROKEN;
}

enum zip_result zip_read(const struct zip *zip, const struct zip_entry *entry, size_t *budget,
                         bool (*read)(void *ctx, struct span piece), void *ctx)
{
    struct span packed;
    if (entry->flags & FLAG_ENCRYPTED)
        return ZIP_ENCRYPTED;
    if (!packed_bytes(zip, entry, &packed))
        return ZIP_BROKEN;
    if (entry->method == METHOD_DEFLATED)
        return read_deflated(packed, budget, read, ctx);
    if (entry->method != METHOD_STORED)
        return ZIP_BROKEN;
    enum zip_result result = ZIP_OK;
    for (; packed.n && result == ZIP_OK;) {
        size_t n = packed.n < PIECE ? packed.n : PIECE;
        result = hand_on((struct span){packed.p, n}, budget, read, ctx);
        packed = (struct span){packed.p + n, packed.n - n};
    }
    return result;
}
