/* The strict YAML reader on any bytes: files that people write, but also what an attacker may upload. */
#include <stdint.h>

#include "base/yamltree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const known[] = {"name", "list", "size"};
    struct diag_list diags = {0};
    struct arena *arena = arena_new();
    const struct yamltree_node *root =
        yamltree_parse(arena, "fuzz", (struct span){(const char *)data, size}, &diags);
    if (!root != (diags.errors > 0))
        __builtin_trap(); /* a refusal says why, a tree has no error */
    const struct yamltree_node *size_node = yamltree_get(root, "size");
    int64_t number = 0;
    if (size_node && yamltree_int(size_node, 1, 100, &number, &diags) && (number < 1 || number > 100))
        __builtin_trap();
    if (root)
        yamltree_only(root, known, 3, &diags);
    diag_free(&diags);
    arena_free(&arena);
    return 0;
}
