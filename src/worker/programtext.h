#ifndef RINGER_WORKER_PROGRAMTEXT_H
#define RINGER_WORKER_PROGRAMTEXT_H
#include "worker/program.h"

/* Sets the status of `x` where its end was not a good one. */
void program_judge(struct extraction *x, struct arena *arena, enum program program,
                   const struct program_end *end);
bool program_says(const struct program_end *end, const char *words);

/* The same for one that writes text (UTF-8), which is added to the sink; form feeds end pages, which are counted. */
void program_text_from(struct extraction *x, struct arena *arena, enum program program,
                       struct program_pipes *pipes, struct program_end *end_r);
/* Both in one; false and a status when that was not OK. */
bool program_text(struct extraction *x, struct arena *arena, enum program program, struct span document);

#endif
