/*
 * Walking over held mail: by the IDs of the command line, and by a filter, page by page.
 */
#include "cli/cli.h"
#include "cli/quarantine.h"

enum { PAGE = 200 /* items read at once */ };

int quarantine_each(struct quarantine_args *args, int (*run)(struct quarantine_args *, const char *id))
{
    int code = EXIT_DONE;
    for (size_t i = 0; i < args->n_ids; i++) {
        char id[STORE_ID_SIZE];
        struct store_error error;
        int done = store_quarantine_find(args->store, args->ids[i], id, &error)
                       ? storeopt_failed("quarantine", &error)
                       : run(args, id);
        code = done ? done : code;
    }
    return code;
}

int quarantine_list_each(struct quarantine_args *args,
                         int (*run)(struct quarantine_args *, const struct quarantine_item *))
{
    struct quarantine_filter filter = args->filter;
    size_t left = filter.limit ? filter.limit : SIZE_MAX;
    int code = EXIT_DONE;
    struct arena *arena = arena_new();
    for (;;) {
        struct quarantine_list list;
        struct store_error error;
        filter.limit = left < PAGE ? left : PAGE;
        if (store_quarantine_list(args->store, arena, &filter, &list, &error)) {
            code = storeopt_failed("quarantine", &error);
            break;
        }
        for (size_t i = 0; i < list.n; i++) {
            int done = run(args, &list.v[i]);
            code = done ? done : code;
        }
        left -= list.n;
        if (list.n < filter.limit || left == 0)
            break;
        struct quarantine_item last = list.v[list.n - 1];
        filter.before_ms = last.mail.time_ms;
        arena_reset(arena);
        filter.before_id = arena_strdup(arena, last.id);
    }
    arena_free(&arena);
    return code;
}
