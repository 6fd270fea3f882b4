/*
 * What the checks of `ringer doctor` share: saying what they found, and trying something as ringerd's user.
 */
#include <errno.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/run.h"

enum { TEXT_MAX = 8192 /* what a child may say */ };

/* --- what checks say */

static __attribute__((format(printf, 4, 0))) void say(struct doctor *d, enum doctor_level level,
                                                      const char *remedy, const char *fmt, va_list ap)
{
    d->findings = arena_grow(d->arena, d->findings, d->n_findings, d->n_findings + 1, sizeof(*d->findings));
    d->findings[d->n_findings++] =
        (struct doctor_finding){level, d->check, arena_vprintf(d->arena, fmt, ap), remedy};
}

void doctor_ok(struct doctor *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(d, DOCTOR_OK, NULL, fmt, ap);
    va_end(ap);
}

void doctor_warn(struct doctor *d, const char *remedy, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(d, DOCTOR_WARN, remedy, fmt, ap);
    va_end(ap);
}

void doctor_fail(struct doctor *d, const char *remedy, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(d, DOCTOR_FAIL, remedy, fmt, ap);
    va_end(ap);
}

/* --- what checks need */

static int act_as_user(struct doctor *d, int (*act)(struct doctor *, char *, size_t), int out)
{
    char text[TEXT_MAX] = "";
    int error = run_become(geteuid() == 0 ? d->user : NULL, NULL, false), code = 100;
    if (error)
        snprintf(text, sizeof(text), "cannot become %s: %s", d->user->pw_name, strerror(error));
    else
        code = act(d, text, sizeof(text));
    (void)!write(out, text, strlen(text));
    return code;
}

int doctor_as_user(struct doctor *d, int (*act)(struct doctor *, char *, size_t), const char **text_r)
{
    int fds[2], status = 0;
    char text[TEXT_MAX];
    size_t n = 0;
    ssize_t got;
    *text_r = "no process can be started";
    if (pipe(fds) != 0)
        return 100;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(fds[0]);
        _exit(act_as_user(d, act, fds[1]));
    }
    close(fds[1]);
    while (pid > 0 && n < sizeof(text) && (got = read(fds[0], text + n, sizeof(text) - n)) > 0)
        n += (size_t)got;
    close(fds[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return 100;
    *text_r = arena_strndup(d->arena, text, n);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

const char *doctor_owner(struct doctor *d, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return arena_strdup(d->arena, strerror(errno));
    const struct passwd *pw = getpwuid(st.st_uid);
    const char *owner =
        pw ? arena_strdup(d->arena, pw->pw_name) : arena_printf(d->arena, "%u", (unsigned)st.st_uid);
    const struct group *gr = getgrgid(st.st_gid);
    return arena_printf(d->arena, "%s:%s, mode %04o", owner, gr ? gr->gr_name : "?",
                        (unsigned)st.st_mode & 07777);
}

const char *doctor_store_path(const struct doctor *d)
{
    return strncmp(d->conf->store, "sqlite:", 7) == 0 ? d->conf->store + 7 : NULL;
}
