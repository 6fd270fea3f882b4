/*
 * Archives, by libarchive: ZIP, 7z and tar, and files compressed by gzip, bzip2, xz or zstd; each file inside goes to the
 * reader of its kind, archives inside too. No other format of libarchive is switched on: less code that a hostile file
 * reaches. Bounded in all, over every level: ARCHIVE_DEPTH_MAX, ARCHIVE_FILES_MAX, ARCHIVE_BYTES_MAX, and the deadline.
 * A file with a password is read where one of the candidates opens it.
 */
#include <errno.h>
#include <string.h>
#include <archive.h>
#include <archive_entry.h>

#include "worker/extraction.h"

enum { PIECE = 65536 };

static struct archive *open_archive(struct span bytes, const char *password)
{
    struct archive *a = archive_read_new();
    if (!a)
        return NULL;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_format_zip(a);
    archive_read_support_format_7zip(a);
    archive_read_support_format_tar(a);
    archive_read_support_format_raw(a);
    if (password)
        archive_read_add_passphrase(a, password);
    if (archive_read_open_memory(a, bytes.p, bytes.n) == ARCHIVE_OK)
        return a;
    archive_read_free(a);
    return NULL;
}

static const char *name_of(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    name = name ? name : archive_entry_pathname(entry);
    return name ? name : "";
}

/* "letter.txt.gz" holds letter.txt: what is only compressed has no names. */
static const char *inner_name(struct arena *arena, struct archive *a, struct archive_entry *entry,
                              const char *outer)
{
    const char *dot = strrchr(outer, '.');
    if (archive_format(a) != ARCHIVE_FORMAT_RAW)
        return arena_strdup(arena, name_of(entry));
    return dot ? arena_strndup(arena, outer, (size_t)(dot - outer)) : "";
}

/* The file's bytes; OK, or why not all of them are there. */
static enum worker_status unpack(struct extraction *x, struct archive *a, struct buf *out)
{
    char piece[PIECE];
    for (;;) {
        la_ssize_t n = archive_read_data(a, piece, sizeof(piece));
        if (n == 0)
            return WORKER_OK;
        if (n < 0)
            return archive_errno(a) == ENOMEM ? WORKER_TOO_BIG : WORKER_BROKEN;
        if (x->unpacked + (size_t)n > ARCHIVE_BYTES_MAX)
            return WORKER_TOO_BIG;
        if (extract_late(x))
            return WORKER_TIMEOUT;
        x->unpacked += (size_t)n;
        buf_add(out, piece, (size_t)n);
    }
}

static void explain(struct extraction *x, enum worker_status status)
{
    extract_note(x, status,
                 status == WORKER_TOO_BIG   ? "the archive unpacks beyond the limit"
                 : status == WORKER_TIMEOUT ? "the archive is too much work"
                                            : "the archive does not keep to its format");
}

/* false: nothing more is to be read. *locked_r is set where a file wants a password, or another one. */
static bool read_entry(struct extraction *x, struct arena *arena, struct archive *a,
                       struct archive_entry *entry, bool only_locked, bool *locked_r)
{
    struct buf bytes = {0};
    const char *name = inner_name(arena, a, entry, x->name ? x->name : "");
    bool locked = archive_entry_is_data_encrypted(entry);
    if (archive_entry_filetype(entry) == AE_IFDIR || (only_locked && !locked))
        return true;
    if (x->files >= ARCHIVE_FILES_MAX) {
        extract_note(x, WORKER_TOO_BIG, "the archive holds too many files");
        return false;
    }
    enum worker_status status = unpack(x, a, &bytes);
    bool wrong = locked && status == WORKER_BROKEN;
    *locked_r |= wrong;
    if (!wrong) {
        x->files++;
        if (status != WORKER_OK) /* before its reader complains about what is cut off */
            explain(x, status);
        extract_inside(x, arena, name, buf_span(&bytes));
    }
    buf_free(&bytes);
    return wrong ? !only_locked : status == WORKER_OK;
}

/* All files; with a password only those that want one. true: a file wants another password. */
static bool read_files(struct extraction *x, struct arena *arena, struct span bytes, const char *password)
{
    struct archive *a = open_archive(bytes, password);
    struct archive_entry *entry;
    bool locked = false;
    int rc = ARCHIVE_FATAL;
    while (a && !x->sink.truncated && !extract_late(x) &&
           ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN)) {
        if (archive_format(a) == ARCHIVE_FORMAT_RAW && archive_filter_count(a) < 2) {
            extract_note(x, WORKER_BROKEN, "no archive, though it begins like one");
            break;
        }
        rc = ARCHIVE_EOF;
        if (!read_entry(x, arena, a, entry, password != NULL, &locked))
            break;
    }
    locked |= a && archive_read_has_encrypted_entries(a) == 1 && rc == ARCHIVE_FATAL;
    if (extract_late(x))
        explain(x, WORKER_TIMEOUT);
    else if (!locked && rc != ARCHIVE_EOF && rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
        explain(x, a && archive_errno(a) == ENOMEM ? WORKER_TOO_BIG : WORKER_BROKEN);
    archive_read_free(a);
    return locked;
}

static bool try_passwords(struct extraction *x, struct arena *arena, struct span bytes)
{
    struct span rest = x->passwords;
    while (rest.n && !extract_late(x)) {
        struct span password = span_cut(&rest, '\n');
        if (password.n && !read_files(x, arena, bytes, arena_span(arena, password)))
            return true;
    }
    return false;
}

void extract_archive(struct extraction *x, struct arena *arena, struct span document)
{
    if (x->depth >= ARCHIVE_DEPTH_MAX) {
        extract_note(x, WORKER_TOO_BIG, "archives in archives, deeper than is looked");
        return;
    }
    if (read_files(x, arena, document, NULL) && !try_passwords(x, arena, document))
        extract_note(x, WORKER_ENCRYPTED, "the archive has a password");
}
