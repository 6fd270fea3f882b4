/*
 * libmilter starts a thread that takes HUP, TERM and INT with sigwait() and stops the filter on each of them;
 * there is no way to tell it not to. A signal that comes while ours is being handled (two HUPs in a row) would
 * go to that thread. So this program's sigwait() is this one, which libmilter finds before the C library's: the
 * thread sleeps for ever. Nothing else here uses sigwait(); signals are handled in lifecycle.c.
 */
#include <signal.h>
#include <unistd.h>

int sigwait(const sigset_t *restrict set, int *restrict sig)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (;;)
        pause();
}
