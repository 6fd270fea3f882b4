/*
 * Every failure of SQLite is turned into words with a remedy.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite.h"

void sqlite_say(struct store_error *error, enum store_cause cause, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    error->cause = cause;
    vsnprintf(error->text, sizeof(error->text), fmt, ap);
    va_end(ap);
}

static enum store_cause cause_of(int code, int system_errno)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STORE_LOCKED;
    case SQLITE_FULL:
        return STORE_FULL;
    case SQLITE_IOERR: /* a quota or a file size limit comes as a failed write */
        return system_errno == EDQUOT || system_errno == EFBIG || system_errno == ENOSPC ? STORE_FULL
                                                                                         : STORE_OTHER;
    case SQLITE_CANTOPEN:
        return system_errno == EACCES ? STORE_READ_ONLY : STORE_OTHER;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return STORE_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STORE_DAMAGED;
    }
    return STORE_OTHER;
}

static const char *remedy(enum store_cause cause)
{
    switch (cause) {
    case STORE_LOCKED:
        return ": another process keeps it locked; see who has it open with `fuser`";
    case STORE_FULL:
        return ": no space left; make room, or drop old mail with `ringer quarantine purge`";
    case STORE_READ_ONLY:
        return ": this user may not use it; check the owner and mode of the file and of its folder";
    case STORE_DAMAGED:
        return ": the file is damaged or no Ringer store; keep a copy and rescue what it holds with "
               "`sqlite3 FILE .recover`";
    default:
        return "";
    }
}

int sqlite_fail(struct sqlite *lite, int code, struct store_error *error)
{
    int system_errno = lite->handle ? sqlite3_system_errno(lite->handle) : 0;
    enum store_cause cause = cause_of(code, system_errno);
    const char *text = lite->handle ? sqlite3_errmsg(lite->handle) : sqlite3_errstr(code);
    bool io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    sqlite_say(error, cause, "sqlite:%s: %s%s%s%s%s", lite->path, text, io && system_errno ? " (" : "",
               io && system_errno ? strerror(system_errno) : "", io && system_errno ? ")" : "",
               remedy(cause));
    return -1;
}
