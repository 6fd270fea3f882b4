/*
 * Signed rule packs: what was signed is checked before anything in it is looked at.
 */
#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "rules/bundle.h"

static int refuse(const char **error_r, const char *text)
{
    *error_r = text;
    return -1;
}

bool bundle_name_ok(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > BUNDLE_NAME_MAX || name[0] == '.')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i]))
            return false;
    return true;
}

/* "key=value" out of the words of the trusted comment; NULL when it is not there. */
static const char *field(struct arena *arena, const char *comment, const char *key)
{
    struct span rest = span_of(comment);
    size_t n = strlen(key);
    while (rest.n) {
        struct span word = span_cut(&rest, ' ');
        if (word.n > n + 1 && memcmp(word.p, key, n) == 0 && word.p[n] == '=')
            return arena_strndup(arena, word.p + n + 1, word.n - n - 1);
    }
    return NULL;
}

/* The end of the day named "YYYY-MM-DD", UTC; -1 when it is none. */
static int64_t end_of_day(const char *text)
{
    struct tm tm = {0};
    const char *end = text ? strptime(text, "%Y-%m-%d", &tm) : NULL;
    return end && *end == '\0' ? (int64_t)timegm(&tm) + 24 * 60 * 60 : -1;
}

static int read_comment(struct arena *arena, const char *comment, const struct bundle_trust *trust,
                        struct bundle *b, const char **error_r)
{
    const char *seq = field(arena, comment, "seq");
    char *end = NULL;
    b->name = field(arena, comment, "pack");
    if (!b->name || !bundle_name_ok(b->name))
        return refuse(error_r, "its trusted comment has no pack=NAME");
    b->seq = seq ? strtoll(seq, &end, 10) : 0;
    if (!seq || *end || b->seq < 1)
        return refuse(error_r, "its trusted comment has no seq=NUMBER");
    b->expires = end_of_day(field(arena, comment, "expires"));
    if (b->expires < 0)
        return refuse(error_r, "its trusted comment has no expires=YYYY-MM-DD");
    if (trust->now >= b->expires)
        return refuse(error_r, arena_printf(arena, "it expired: %s", comment));
    return 0;
}

static int check_key(struct arena *arena, const struct bundle_trust *trust, const struct minisign_public *by,
                     struct bundle *b, const char **error_r)
{
    minisign_id_text(by->id, b->key_id);
    for (size_t i = 0; i < trust->n_revoked; i++)
        if (strcasecmp(trust->revoked[i], b->key_id) == 0)
            return refuse(error_r,
                          arena_printf(arena, "it is signed with key %s, which is revoked", b->key_id));
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct bundle_file *)a)->name, ((const struct bundle_file *)b)->name);
}

/* One entry of the tar; anything but a plain file with a plain name is refused. */
static int read_entry(struct arena *arena, struct archive *tar, struct archive_entry *entry, size_t *total,
                      struct bundle_file *file, const char **error_r)
{
    const char *name = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || !name || !bundle_name_ok(name))
        return refuse(error_r, "it holds something else than plain rule files");
    int64_t size = archive_entry_size(entry);
    if (size < 0 || (uint64_t)size > BUNDLE_BYTES_MAX - *total)
        return refuse(error_r, "it is too large");
    *total += (size_t)size;
    char *text = arena_alloc(arena, (size_t)size + 1);
    for (size_t done = 0; done < (size_t)size;) {
        la_ssize_t n = archive_read_data(tar, text + done, (size_t)size - done);
        if (n <= 0)
            return refuse(error_r, "its tar is damaged");
        done += (size_t)n;
    }
    *file = (struct bundle_file){arena_strdup(arena, name), {text, (size_t)size}};
    return 0;
}

static int read_tar(struct arena *arena, struct span data, struct bundle *b, const char **error_r)
{
    struct archive *tar = archive_read_new();
    struct bundle_file *files = arena_array(arena, BUNDLE_FILES_MAX, sizeof(*files));
    struct archive_entry *entry;
    size_t total = 0;
    int rc = -1, got;
    archive_read_support_format_tar(tar); /* no compression: nothing to unpack beyond its size */
    if (archive_read_open_memory(tar, data.p, data.n) != ARCHIVE_OK) {
        refuse(error_r, "it is no tar");
        goto out;
    }
    while ((got = archive_read_next_header(tar, &entry)) == ARCHIVE_OK) {
        if (b->n_files == BUNDLE_FILES_MAX) {
            refuse(error_r, "it holds too many files");
            goto out;
        }
        if (read_entry(arena, tar, entry, &total, &files[b->n_files], error_r) != 0)
            goto out;
        b->n_files++;
    }
    if (got != ARCHIVE_EOF || b->n_files == 0) {
        refuse(error_r, got != ARCHIVE_EOF ? "its tar is damaged" : "it is empty");
        goto out;
    }
    qsort(files, b->n_files, sizeof(*files), by_name);
    for (size_t i = 1; i < b->n_files; i++)
        if (strcmp(files[i - 1].name, files[i].name) == 0) {
            refuse(error_r, "it holds one file twice");
            goto out;
        }
    b->files = files;
    rc = 0;
out:
    archive_read_free(tar);
    return rc;
}

int bundle_open(struct arena *arena, const struct bundle_trust *trust, struct span tar, struct span signature,
                struct bundle *bundle_r, const char **error_r)
{
    const struct minisign_public *by;
    const char *comment;
    *bundle_r = (struct bundle){0};
    if (tar.n > BUNDLE_BYTES_MAX)
        return refuse(error_r, "it is too large");
    if (minisign_verify(arena, trust->keys, trust->n_keys, tar, signature, &by, &comment, error_r) != 0)
        return -1;
    if (check_key(arena, trust, by, bundle_r, error_r) != 0 ||
        read_comment(arena, comment, trust, bundle_r, error_r) != 0)
        return -1;
    return read_tar(arena, tar, bundle_r, error_r);
}

const char *bundle_comment(struct arena *arena, const char *name, int64_t seq, const char *expires)
{
    return arena_printf(arena, "pack=%s seq=%lld expires=%s", name, (long long)seq, expires);
}

static la_ssize_t collect(struct archive *tar, void *data, const void *bytes, size_t n)
{
    buf_add(data, bytes, n);
    return (la_ssize_t)n;
}

static bool write_entry(struct archive *tar, const struct bundle_file *file)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, file->name);
    archive_entry_set_size(entry, (la_int64_t)file->text.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    bool ok = archive_write_header(tar, entry) == ARCHIVE_OK &&
              archive_write_data(tar, file->text.p, file->text.n) == (la_ssize_t)file->text.n;
    archive_entry_free(entry);
    return ok;
}

int bundle_pack(struct arena *arena, const struct bundle_file *files, size_t n, struct span *tar_r,
                const char **error_r)
{
    struct bundle_file *sorted = arena_array(arena, n, sizeof(*sorted));
    struct buf out = {0};
    struct archive *tar = archive_write_new();
    bool ok = true;
    if (n)
        memcpy(sorted, files, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_name);
    archive_write_set_format_ustar(tar);
    archive_write_open(tar, &out, NULL, collect, NULL);
    for (size_t i = 0; i < n && ok; i++)
        ok = bundle_name_ok(sorted[i].name) && write_entry(tar, &sorted[i]);
    ok = archive_write_close(tar) == ARCHIVE_OK && ok;
    archive_write_free(tar);
    *tar_r = (struct span){arena_strndup(arena, out.p ? out.p : "", out.n), out.n};
    buf_free(&out);
    return ok ? 0 : refuse(error_r, "a file's name or size does not fit into a pack");
}
