#ifndef RINGER_MILTER_ACCEPTOR_H
#define RINGER_MILTER_ACCEPTOR_H
#include <stdbool.h>
#include <sys/socket.h>

/*
 * Who comes in at the door. libmilter gives each connection a thread as soon as it is accepted, and that waits for
 * hours for a first word, before any callback. So the door is ours: one thread accepts and waits, and libmilter gets
 * a connection only once its whole negotiation packet has come. Those who do not begin within `negotiate-timeout`,
 * who begin with something else, or who are the oldest of too many that wait, are closed.
 */
enum { ACCEPTOR_SPARE = 64 }; /* so many more than `max-connections` may wait: mail servers come in bursts */

/*
 * `door`: a listening socket, ours from now on. `milter_fd`: libmilter's, closed and taken for what it is given (this
 * program's accept() knows it); `family` is what libmilter expects of an address. 0 = done, -1 = not, see errno.
 */
int acceptor_open(int door, int milter_fd, sa_family_t family);
/* From here on connections are taken; false when there is no thread for it. */
bool acceptor_start(void);
/* Ends with those who wait; what libmilter was given goes on. */
void acceptor_stop(void);
/*
 * One connection that says nothing. libmilter hands a session to an idle thread that may have been given another
 * one a moment before; when all other threads are busy for long, it waits until something else happens. Calling
 * this now and then makes something happen.
 */
void acceptor_knock(void);
/* Connections that have not begun yet. */
unsigned acceptor_waiting(void);

#endif
