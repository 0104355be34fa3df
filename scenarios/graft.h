/* Documents made of parts of another: copies of nodes that keep their place in the file, so that messages about the new
 * document name the line and the path that the user wrote.
 *
 * The new document owns the nodes; texts stay the other one's, which must live longer. NULL: memory is out. */
#ifndef IOPATH_SCENARIOS_GRAFT_H
#define IOPATH_SCENARIOS_GRAFT_H

#include "scenarios/document.h"

/* An empty mapping or list, without place for its entries: at most `most` of them follow. `origin` says where it
 * stands. */
struct node *graft_root(struct document *document, const struct node *origin, int most);
struct node *graft_branch(struct document *document, struct node *parent, enum node_kind kind, const char *key,
                          const struct node *origin, int most);

/* A value that no file has; messages about it name `origin`. The text is copied. */
struct node *graft_value(struct document *document, struct node *parent, const char *key, const char *value,
                         const struct node *origin);

/* A copy of `origin` with all below it, under another key (of a mapping) or none (of a list). */
struct node *graft_copy(struct document *document, struct node *parent, const char *key, const struct node *origin);

#endif
