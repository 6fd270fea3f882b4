#ifndef RINGER_MILTER_CONTROL_H
#define RINGER_MILTER_CONTROL_H

/*
 * The control socket, behind `ringer status` and `ringer reload`: a client sends one word and a line end, and
 * gets one JSON object. Whoever may open the socket may do both; its mode says who that is.
 */

/* Serves one waiting client, for a second at most. Only the main thread calls it. */
void control_serve(int listen_fd, const char *conf_path);

#endif
