/*
 * ringer doctor: the machine: users, folders, clocks.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#include "cli/doctor_checks.h"

static void check_user(struct doctor *d)
{
    const char *name = *d->conf->user ? d->conf->user : "ringer";
    if (!d->user)
        doctor_fail(d,
                    "`systemd-sysusers` or `useradd --system --home-dir /var/lib/ringer --shell "
                    "/usr/sbin/nologin ringer` makes it",
                    "there is no user %s for ringerd", name);
    else if (d->user->pw_uid == 0)
        doctor_fail(d, "set daemon.user, then restart ringerd", "ringerd runs as root");
    else if (geteuid() != 0 && geteuid() != d->user->pw_uid)
        doctor_warn(d, "run it as root",
                    "ringerd's user is %s: what it may do cannot be tried by another user", d->user->pw_name);
    else
        doctor_ok(d, "ringerd's user is %s", d->user->pw_name);
}

/* --- folders */

static int read_configuration(struct doctor *d, char *text, size_t size)
{
    if (!d->conf->path || access(d->conf->path, R_OK) == 0)
        return 0;
    snprintf(text, size, "%s", strerror(errno));
    return 1;
}

static bool others_write(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & S_IWOTH) && !(st.st_mode & S_ISVTX);
}

static void check_config_file(struct doctor *d)
{
    const char *why, *path = d->conf->path;
    if (!path)
        return;
    if (doctor_as_user(d, read_configuration, &why) != 0)
        doctor_fail(d,
                    arena_printf(d->arena, "chmod a+r %s, and its folders must be open to %s", path,
                                 d->user ? d->user->pw_name : "it"),
                    "ringerd's user cannot read %s: %s: reloads fail", path, why);
    else if (others_write(path) || others_write(file_folder(d->arena, path)))
        doctor_fail(d, arena_printf(d->arena, "chmod o-w %s %s", path, file_folder(d->arena, path)),
                    "everybody may change %s", path);
    else
        doctor_ok(d, "%s: %s", path, doctor_owner(d, path));
}

static int write_packs(struct doctor *d, char *text, size_t size)
{
    return access(d->conf->signed_packs, W_OK) == 0;
}

/* state.json in it keeps old packs out: who may write there could bring them back. */
static void check_pack_folder(struct doctor *d)
{
    const char *why, *folder = d->conf->signed_packs;
    if (access(folder, F_OK) != 0 || !d->user)
        return;
    if (d->user->pw_uid != 0 && doctor_as_user(d, write_packs, &why) == 1)
        doctor_warn(d, arena_printf(d->arena, "chown -R root: %s && chmod 755 %s", folder, folder),
                    "ringerd's user may write into %s (%s) and so bring old packs back", folder,
                    doctor_owner(d, folder));
    else
        doctor_ok(d, "%s: %s", folder, doctor_owner(d, folder));
}

static void check_store_file(struct doctor *d)
{
    struct stat st;
    const char *path = doctor_store_path(d);
    if (!path || stat(path, &st) != 0)
        return;
    if (st.st_mode & (S_IROTH | S_IWOTH))
        doctor_fail(d, arena_printf(d->arena, "chmod o= %s*", path),
                    "everybody may read held mail in %s (%s)", path, doctor_owner(d, path));
    else
        doctor_ok(d, "%s: %s", path, doctor_owner(d, path));
}

/* --- clocks */

static void check_time_sync(struct doctor *d)
{
    struct timex t = {.modes = 0};
    int state = adjtimex(&t);
    if (state == -1)
        return;
    if (state == TIME_ERROR || (t.status & STA_UNSYNC))
        doctor_warn(d, "timedatectl set-ntp true, or start chrony or ntpd",
                    "the kernel does not know the clock to be synchronised: ages and deadlines are guesses");
    else
        doctor_ok(d, "the clock is synchronised, at most %ld ms off", t.maxerror / 1000);
}

static const struct doctor_check checks[] = {
    {"user", check_user},
    {"config-file", check_config_file},
    {"pack-folder", check_pack_folder},
    {"store-file", check_store_file},
    {"time-sync", check_time_sync},
};
const struct doctor_family doctor_host = {checks, sizeof(checks) / sizeof(*checks)};
