/* What a scenario's results depend on, as a hash of its document. */
#include <string.h>

#include "scenarios/catalog.h"
#include "scenarios/data.h"
#include "scenarios/document.h"
#include "scenarios/fnv.h"
#include "scenarios/input.h"

/* With the terminator, so that neighbouring texts cannot flow into each other. */
static uint64_t mix(uint64_t hash, const char *text) { return fnv1a_64(hash, text, strlen(text) + 1); }

/* Keys that say what is done with results, and how many are wanted: not what they are. */
static bool is_beside_the_point(const struct node *node) {
    static const char *const of_file[] = {"name", "description", "sweep", "design", "only", "plots", "expect", "claim"};
    static const char *const of_run[] = {"replications", "precision", "uncertainty", "batches"};
    const struct node *parent = node->parent;
    if (node->key == NULL || parent == NULL) return false;
    if (parent->parent == NULL)
        for (size_t i = 0; i < sizeof of_file / sizeof *of_file; i++)
            if (strcmp(node->key, of_file[i]) == 0) return true;
    if (parent->key != NULL && strcmp(parent->key, "run") == 0 && parent->parent->parent == NULL)
        for (size_t i = 0; i < sizeof of_run / sizeof *of_run; i++)
            if (strcmp(node->key, of_run[i]) == 0) return true;
    return false;
}

struct hashing {
    bool (*is_left_out)(const struct node *node); /* NULL: all counts */
    int depth;                                    /* files that name files: one may name itself */
};

enum { FILES_DEEP = 8 };

static uint64_t hash_node(uint64_t hash, const struct node *node, struct hashing how);

/* A host or cost set of the user's own, by its path, seen from the file that names it. What cannot be read there is no
 * file, or fails later. */
static uint64_t hash_named(uint64_t hash, const struct node *node, struct hashing how) {
    struct document document;
    char path[DATA_PATH_MAX];
    const char *value = node->value;
    while (node->parent != NULL) node = node->parent; /* what --set put in has no file of its own */
    if (!names_a_path(value) || how.depth == FILES_DEEP || node->file == NULL) return hash;
    scenario_beside(node->file, value, path, sizeof path);
    if (document_load(&document, path, NULL) != IOP_OK) return hash;
    how.depth++;
    hash = hash_node(hash, document.root, how);
    document_fini(&document);
    return hash;
}

/* Keys of a mapping count in the order of the file. */
static uint64_t hash_node(uint64_t hash, const struct node *node, struct hashing how) {
    static const char *const kinds[] = {[NODE_SCALAR] = "s", [NODE_SEQUENCE] = "l", [NODE_MAPPING] = "m"};
    if (how.is_left_out != NULL && how.is_left_out(node)) return hash;
    hash = mix(hash, kinds[node->kind]);
    if (node->key != NULL) hash = mix(hash, node->key);
    if (node->kind == NODE_SCALAR) {
        hash = mix(hash, node->value != NULL ? node->value : "");
        return node->value != NULL ? hash_named(hash, node, how) : hash;
    }
    for (int i = 0; i < node->count; i++) hash = hash_node(hash, node->children[i], how);
    return mix(hash, "e");
}

static const struct hashing of_results = {.is_left_out = is_beside_the_point};

uint64_t document_content(const struct document *document) {
    return hash_node(FNV1A_64_START, document->root, (struct hashing){0});
}

enum iop_status scenario_content(const char *file, const struct setting *settings, int setting_count, uint64_t *hash,
                                 struct diag *diag) {
    struct document document;
    char path[TEXT_MAX];
    enum iop_status status = scenario_document(file, settings, setting_count, path, &document, diag);
    if (status != IOP_OK) return status;
    *hash = hash_node(FNV1A_64_START, document.root, of_results);
    document_fini(&document);
    return status;
}

static enum iop_status hash_kind(const char *kind, uint64_t *hash, struct diag *diag) {
    struct name_list files;
    enum iop_status status = catalog_files(kind, &files, diag);
    if (status != IOP_OK) return status;
    for (int i = 0; i < files.count && status == IOP_OK; i++) {
        char path[DATA_PATH_MAX];
        struct document document;
        status = catalog_file(kind, files.names[i], path, sizeof path, diag);
        if (status == IOP_OK) status = document_load(&document, path, diag);
        if (status != IOP_OK) break;
        *hash = hash_node(mix(*hash, files.names[i]), document.root, of_results);
        document_fini(&document);
    }
    names_free(&files);
    return status;
}

enum iop_status catalog_content(uint64_t *hash, struct diag *diag) {
    static const char *const kinds[] = {"hosts", "nics", "disks", "costs", "instances", "switches"};
    *hash = FNV1A_64_START;
    enum iop_status status = IOP_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && status == IOP_OK; i++)
        status = hash_kind(kinds[i], hash, diag);
    return status;
}
