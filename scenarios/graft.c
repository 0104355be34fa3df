#include "scenarios/graft.h"

#include <string.h>

static struct node *grow(struct document *document, const struct node *origin, enum node_kind kind, int most) {
    struct node *node = arena_alloc(&document->memory, sizeof *node);
    if (node == NULL) return NULL;
    *node = *origin;
    node->kind = kind;
    node->key = NULL;
    node->parent = NULL;
    node->origin = origin;
    node->index = node->count = 0;
    node->children = most > 0 ? arena_alloc(&document->memory, (size_t)most * sizeof *node->children) : NULL;
    return most > 0 && node->children == NULL ? NULL : node;
}

static struct node *hang(struct node *parent, const char *key, struct node *node) {
    if (node == NULL) return NULL;
    node->key = key;
    node->parent = parent;
    node->index = parent->count;
    parent->children[parent->count++] = node;
    return node;
}

struct node *graft_root(struct document *document, const struct node *origin, int most) {
    document->root = grow(document, origin, NODE_MAPPING, most);
    return document->root;
}

struct node *graft_branch(struct document *document, struct node *parent, enum node_kind kind, const char *key,
                          const struct node *origin, int most) {
    return hang(parent, key, grow(document, origin, kind, most));
}

struct node *graft_value(struct document *document, struct node *parent, const char *key, const char *value,
                         const struct node *origin) {
    struct node *node = grow(document, origin, NODE_SCALAR, 0);
    char *text = arena_text(&document->memory, value, strlen(value));
    if (node == NULL || text == NULL) return NULL;
    node->value = text;
    node->quoted = true;
    return hang(parent, key, node);
}

struct node *graft_copy(struct document *document, struct node *parent, const char *key, const struct node *origin) {
    struct node *node = hang(parent, key, grow(document, origin, origin->kind, origin->count));
    for (int i = 0; node != NULL && i < origin->count; i++)
        if (graft_copy(document, node, origin->children[i]->key, origin->children[i]) == NULL) return NULL;
    return node;
}
