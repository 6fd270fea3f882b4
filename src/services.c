/*
 * What a judgement uses and what may be down.
 */
#include <stdlib.h>

#include "services.h"

void services_start(struct services *services, const struct conf *conf)
{
    char *error = NULL;
    if (conf->worker_processes == 0)
        return;
    services->workers = worker_pool_new(
        &(struct worker_options){
            .path = *conf->worker_path ? conf->worker_path : NULL,
            .processes = (unsigned)conf->worker_processes,
            .deadline_ms = (unsigned)conf->worker_deadline_ms,
            .memory_bytes = (size_t)conf->worker_memory,
            .output_bytes = (size_t)conf->worker_output,
            .allow_unsandboxed = conf->worker_unsandboxed,
        },
        &error);
    free(error); /* the configuration's bounds are narrower: options that were loaded are good */
}

void services_open_history(struct services *services, const struct conf *conf, struct store_error *error)
{
    error->text[0] = '\0';
    if (conf->history_learn && conf->path && store_exists(conf->store))
        services->store = store_open(conf->store, STORE_RDONLY, error);
}

void services_stop(struct services *services)
{
    worker_pool_free(&services->workers);
}

/* One deadline for all attachments of a message: many small ones must not add up to a long wait. */
const char *const *services_read_attachments(const struct services *services, struct arena *arena,
                                             struct message *message)
{
    if (!services || !services->workers)
        return NULL;
    const char **read = arena_array(arena, message->n_attachments, sizeof(*read));
    int64_t deadline = worker_deadline(services->workers);
    for (size_t i = 0; i < message->n_attachments; i++) {
        const struct message_attachment *a = &message->attachments[i];
        struct worker_text text;
        if (!a->bytes.n || !worker_can_extract(a->sniffed, a->filename, a->bytes))
            continue;
        enum worker_status status =
            worker_extract(services->workers, arena, deadline, a->sniffed, a->filename, a->bytes, &text);
        read[i] = worker_status_name(status);
        if (text.text.n)
            message_add_text(arena, message, (int)i, text.text);
    }
    return read;
}
