/* A YAML file as a tree of nodes that know where they stand, so that every later error can say so.
 *
 * Refused with one message: what is no regular text (directory, NUL bytes, bytes that are not UTF-8), more
 * than DOCUMENT_BYTES_MAX bytes, nothing in it, several documents, a key twice in one mapping, an alias
 * that contains itself, nesting deeper than DOCUMENT_DEPTH_MAX.
 * Aliases are expanded where they stand. Tags and merge keys mean nothing. */
#ifndef IOPATH_SCENARIOS_DOCUMENT_H
#define IOPATH_SCENARIOS_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/arena.h"
#include "sim/diag.h"

enum {
    DOCUMENT_BYTES_MAX = 4 << 20,
    DOCUMENT_DEPTH_MAX = 32,
    DOCUMENT_NODES_MAX = 400000, /* aliases expanded */
    MAPPING_KEYS_MAX = 1000,
};

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };

struct node {
    enum node_kind kind;
    const char *file;          /* as the user named it; NULL for what --set put in */
    int line, column;          /* of the value, from 1 */
    int key_line, key_column;  /* of the key, in a mapping */
    const char *key;           /* in a mapping, else NULL */
    const char *value;         /* of a scalar */
    bool quoted;               /* the scalar stood in quotes or is a block */
    const struct node *parent; /* NULL at the top */
    const struct node *origin; /* of a copy in another document (graft.h): messages name its path; else NULL */
    int index;                 /* among the parent's children */
    int count;
    struct node **children;
};

struct document {
    struct arena memory; /* of all nodes; readers may put more there */
    struct node *root;
};

/* On failure the document is empty and needs no document_fini. */
enum iop_status document_load(struct document *document, const char *file, struct diag *diag);
enum iop_status document_parse(struct document *document, const char *file, const char *text, size_t size,
                               struct diag *diag);
void document_fini(struct document *document);

/* Puts `value`, as it would stand in the file, at `path` (guests[0].workloads[flood].frame; a list's entry
 * by index or by its name). Missing keys are made, missing list entries are not. */
enum iop_status document_set(struct document *document, const char *path, const char *value, struct diag *diag);

/* Whether document_set would find where `path` leads. The message of a failure is without the path. */
enum iop_status document_find_place(const struct document *document, const char *path, struct diag *diag);

/* The node at `path`, NULL when the last keys of the path are not there. Fails as document_find_place. */
enum iop_status document_find(const struct document *document, const char *path, const struct node **node,
                              struct diag *diag);

struct node *node_child(const struct node *mapping, const char *key); /* NULL when there is none */
bool node_is_empty(const struct node *node);                          /* `key:` without a value, ~ or null */

enum { NODE_PATH_MAX = 512, SHOWN_MAX = 64 };

/* guests[0].workloads[1].frame */
void node_path(const struct node *node, char *out, size_t size);
/* "file:line:column: path", or "--set path" for what --set put in, or "" for a node outside of a document. */
void node_place(const struct node *node, char *out, size_t size);

/* A value fit to stand in a one-line message: shortened, without control characters. */
struct shown {
    char text[SHOWN_MAX];
};
struct shown shown(const char *value);

/* Report at the place of the node's value, or of its key. Return IOP_INVALID. */
__attribute__((format(printf, 3, 4))) enum iop_status node_fail(const struct node *node, struct diag *diag,
                                                                const char *format, ...);
__attribute__((format(printf, 3, 4))) enum iop_status node_fail_key(const struct node *node, struct diag *diag,
                                                                    const char *format, ...);

/* The end of a sentence about a word that is none of `names`: "; did you mean 'x'?" or "; allowed are x, y". */
void suggest(char *out, size_t size, const char *word, const char *const *names, size_t count);

#endif
