/* The bibliography: what the ids of catalog and scenarios stand for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/data.h"

struct bibliography {
    int count;
    struct source *rows; /* sorted by id */
};

static int by_id(const void *a, const void *b) {
    return strcmp(((const struct source *)a)->id, ((const struct source *)b)->id);
}

/* Adds the rows of one file. */
static enum iop_status add_file(struct bibliography *all, const char *path, struct diag *diag) {
    struct document document;
    enum iop_status status = document_load(&document, path, diag);
    if (status != IOP_OK) return status;
    const struct node *root = document.root;
    struct reader reader = {.memory = &document.memory, .diag = diag};
    struct source *larger = NULL;
    if (root->kind != NODE_SEQUENCE) {
        status = node_fail(root, diag, "expected a list of sources");
    } else {
        larger = realloc(all->rows, ((size_t)all->count + (size_t)root->count + 1) * sizeof *larger);
        if (larger == NULL) status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    }
    if (larger != NULL) all->rows = larger;
    for (int i = 0; status == IOP_OK && i < root->count; i++) {
        struct source *row = &all->rows[all->count];
        *row = (struct source){0};
        status = schema_read(&reader, &source_table, root->children[i], row);
        if (status == IOP_OK) all->count++;
    }
    document_fini(&document);
    return status;
}

static enum iop_status check_ids(const struct bibliography *all, struct diag *diag) {
    for (int i = 1; i < all->count; i++)
        if (strcmp(all->rows[i].id, all->rows[i - 1].id) == 0)
            return diag_set(diag, IOP_INVALID, "the bibliography has two rows '%s'", all->rows[i].id);
    return IOP_OK;
}

struct bibliography *bibliography_load(struct diag *diag) {
    struct bibliography *all = calloc(1, sizeof *all);
    struct name_list files = {0};
    enum iop_status status =
        all == NULL ? diag_set(diag, IOP_NO_MEMORY, "out of memory") : catalog_files("sources", &files, diag);
    for (int i = 0; i < files.count && status == IOP_OK; i++) {
        char path[DATA_PATH_MAX];
        status = catalog_file("sources", files.names[i], path, sizeof path, diag);
        if (status == IOP_OK) status = add_file(all, path, diag);
    }
    names_free(&files);
    if (status == IOP_OK && all->count > 0) qsort(all->rows, (size_t)all->count, sizeof *all->rows, by_id);
    if (status == IOP_OK) status = check_ids(all, diag);
    if (status == IOP_OK) return all;
    bibliography_free(all);
    return NULL;
}

const struct source *bibliography_find(const struct bibliography *bibliography, const char *id) {
    struct source key = {0};
    if (strlen(id) >= sizeof key.id || bibliography->count == 0) return NULL;
    snprintf(key.id, sizeof key.id, "%s", id);
    return bsearch(&key, bibliography->rows, (size_t)bibliography->count, sizeof key, by_id);
}

void bibliography_free(struct bibliography *bibliography) {
    if (bibliography == NULL) return;
    free(bibliography->rows);
    free(bibliography);
}

enum iop_status catalog_source(const char *id, struct source *source, struct diag *diag) {
    *source = (struct source){0};
    struct bibliography *all = bibliography_load(diag);
    if (all == NULL) return IOP_INVALID;
    const struct source *row = bibliography_find(all, id);
    if (row != NULL) *source = *row;
    bibliography_free(all);
    return row != NULL ? IOP_OK : diag_set(diag, IOP_INVALID, "'%s' is not in the bibliography", shown(id).text);
}
