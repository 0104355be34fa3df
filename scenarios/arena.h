/* Memory that is released all at once: what reading one file allocates lives until the file is done with. */
#ifndef IOPATH_SCENARIOS_ARENA_H
#define IOPATH_SCENARIOS_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *blocks; /* zero-initialize */
};

void *arena_alloc(struct arena *arena, size_t size); /* zeroed; NULL when memory is out */
char *arena_text(struct arena *arena, const char *text, size_t length);
/* `arena` owns from now on what `other` held. */
void arena_take(struct arena *arena, struct arena *other);
void arena_free(struct arena *arena);

#endif
