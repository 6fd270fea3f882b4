#ifndef RINGER_CONF_LIST_H
#define RINGER_CONF_LIST_H
#include "conf/option.h"

/* Inside src/conf/: list files, as {file: PATH} names them. */
struct conf_list_file {
    struct buf text;
    struct span rest;
    struct diag_at at; /* of the line that was read last */
};

/* Is it a list or {file: PATH}? False with an error. */
bool conf_is_list(struct conf_loader *loader, const struct conf_option *option,
                  const struct yamltree_node *node);
/* Reads the file that the mapping {file: PATH} names. False with errors that name the option. */
bool conf_list_open(struct conf_loader *loader, const struct conf_option *option,
                    const struct yamltree_node *node, struct conf_list_file *out);
/* The next line without its line end; false behind the last. */
bool conf_list_line(struct conf_list_file *file, struct span *line_r);
void conf_list_close(struct conf_list_file *file);

#endif
