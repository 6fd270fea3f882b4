#ifndef RINGER_MAIL_CSSREAD_H
#define RINGER_MAIL_CSSREAD_H
#include "base/arena.h"
#include "mail/cssblock.h"

/* How the value of each property is read; for css.c alone. */
struct css_reader {
    const char *name;
    enum css_property property; /* CSS_PROPERTIES for a shorthand */
    /* Reads all of the value at `p`, in small letters; false = invalid. NULL: css.c or css_reader_read() does it. */
    bool (*read)(const char **p, bool quirks, struct css_value *v);
};

/* The reader of a property's name in small letters; NULL = none of ours. */
const struct css_reader *css_reader_find(const char *name);
/* Adds what `word` declares to the block; `v` says what all of it has (important). */
void css_reader_read(const struct css_reader *reader, const char *word, bool quirks, struct arena *arena,
                     struct css_block *block, struct css_value v);
/* Adds `v` for each property that the reader's name stands for. */
void css_reader_spread(const struct css_reader *reader, struct arena *arena, struct css_block *block,
                       struct css_value v);
void css_add(struct arena *arena, struct css_block *block, struct css_value value);

#endif
