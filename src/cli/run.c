/*
 * Running other programs, acting as another user and asking ours, for the commands that set Ringer up and look after it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

#include "cli/run.h"

extern char **environ;

enum { OUTPUT_MAX = 4 * 1024 * 1024, ANSWER_MAX = 1024 };
static const char sbin[] = "/usr/local/sbin:/usr/sbin:/sbin"; /* where an admin's su may not look */

static const char *find_program(struct arena *arena, const char *program)
{
    const char *path = getenv("PATH");
    struct span rest = span_of(arena_printf(arena, "%s:%s", path ? path : "/usr/bin:/bin", sbin));
    if (strchr(program, '/'))
        return access(program, X_OK) == 0 ? program : NULL;
    while (rest.n) {
        struct span folder = span_cut(&rest, ':');
        const char *file = arena_printf(arena, "%.*s/%s", (int)folder.n, folder.p, program);
        if (folder.n && access(file, X_OK) == 0)
            return file;
    }
    return NULL;
}

bool run_finds(struct arena *arena, const char *program)
{
    return find_program(arena, program) != NULL;
}

/* The environment with messages in English: they are read by us, and shown beside ours. */
static char **english(struct arena *arena)
{
    size_t n = 0;
    while (environ[n])
        n++;
    char **out = arena_array(arena, n + 2, sizeof(*out));
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0)
            out[k++] = environ[i];
    out[k] = arena_strdup(arena, "LC_ALL=C");
    return out;
}

static const char *read_all(struct arena *arena, int fd)
{
    struct buf text = {0};
    char piece[8192];
    ssize_t n;
    while ((n = read(fd, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR))
        if (n > 0 && text.n < OUTPUT_MAX)
            buf_add(&text, piece, (size_t)n);
    const char *copy = text.n ? arena_strdup(arena, text.p) : "";
    buf_free(&text);
    return copy;
}

static int spawn(pid_t *pid_r, const char *file, char *const *argv, char *const *env, int out)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
    int error = posix_spawn(pid_r, file, &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int run_program(struct arena *arena, const char *const *argv, const char **output_r)
{
    int fds[2], status, error;
    pid_t pid;
    size_t n = 0;
    const char *file = find_program(arena, argv[0]);
    *output_r = arena_printf(arena, "no program %s", argv[0]);
    while (argv[n])
        n++;
    char **copy = arena_array(arena, n + 1, sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = arena_strdup(arena, argv[i]);
    if (!file || pipe2(fds, O_CLOEXEC) != 0)
        return RUN_MISSING;
    error = spawn(&pid, file, copy, english(arena), fds[1]);
    close(fds[1]);
    *output_r = error ? strerror(error) : read_all(arena, fds[0]);
    close(fds[0]);
    if (error)
        return RUN_MISSING;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const char *run_quote(struct arena *arena, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+:,./@%";
    struct buf out = {0};
    if (*word && strspn(word, plain) == strlen(word))
        return arena_strdup(arena, word);
    buf_addc(&out, '\'');
    for (const char *p = word; *p; p++)
        buf_printf(&out, *p == '\'' ? "'\\''" : "%c", *p);
    buf_addc(&out, '\'');
    const char *copy = arena_strdup(arena, out.p);
    buf_free(&out);
    return copy;
}

int run_become(const struct passwd *pw, const char *folder, bool chrooted)
{
    if (pw && initgroups(pw->pw_name, pw->pw_gid) != 0) /* while /etc/group can be seen */
        return errno;
    if (folder && chdir(folder) != 0)
        return errno;
    if (chrooted && chroot(".") != 0)
        return errno;
    return pw && (setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0) ? errno : 0;
}

bool run_can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

const char *run_ask(struct arena *arena, const char *question, const char *otherwise)
{
    char line[ANSWER_MAX];
    if (*otherwise)
        printf("%s [%s]: ", question, otherwise);
    else
        printf("%s: ", question);
    fflush(stdout);
    if (!fgets(line, sizeof(line), stdin))
        return otherwise;
    struct span answer = span_trim(span_of(line));
    return answer.n ? arena_span(arena, answer) : otherwise;
}
