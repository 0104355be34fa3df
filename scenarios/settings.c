/* --set PATH=VALUE: paths into a document, and what they change there. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/document.h"
#include "scenarios/scenario.h"

/* One step of a path: a key, or what stands in brackets. */
struct step {
    char text[NAME_MAX_BYTES];
    bool in_list;
};

static bool word_char(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-'; }

/* Takes the next step off *path. False when there is none of the right form. */
static bool next_step(const char **path, bool first, struct step *step) {
    const char *s = *path;
    step->in_list = *s == '[';
    size_t length;
    if (step->in_list) {
        s++;
        length = strcspn(s, "[]=");
        if (s[length] != ']') return false;
    } else {
        if (!first && *s++ != '.') return false;
        for (length = 0; word_char(s[length]); length++) {
        }
    }
    if (length == 0 || length >= sizeof step->text || (first && step->in_list)) return false;
    memcpy(step->text, s, length);
    step->text[length] = '\0';
    *path = s + length + step->in_list;
    return true;
}

static bool path_is_well_formed(const char *path) {
    struct step step;
    bool first = true;
    do {
        if (!next_step(&path, first, &step)) return false;
        first = false;
    } while (*path != '\0');
    return true;
}

enum iop_status setting_parse(const char *text, struct setting *setting, struct diag *diag) {
    const char *equals = strchr(text, '=');
    if (equals == NULL)
        return diag_set(diag, IOP_INVALID, "--set: '%s' is not PATH=VALUE, such as guests[0].mode=pv",
                        shown(text).text);
    size_t length = (size_t)(equals - text);
    if (length >= sizeof setting->path || strlen(equals + 1) >= sizeof setting->value)
        return diag_set(diag, IOP_INVALID, "--set: '%s' is too long; allowed are %d bytes", shown(text).text,
                        PATH_TEXT_MAX - 1);
    memcpy(setting->path, text, length);
    setting->path[length] = '\0';
    snprintf(setting->value, sizeof setting->value, "%s", equals + 1);
    if (!path_is_well_formed(setting->path))
        return diag_set(diag, IOP_INVALID, "--set: '%s' is not a path, such as guests[0].workloads[0].frame",
                        shown(setting->path).text);
    return IOP_OK;
}

/* Messages here are without the path; the caller says where the path stands. */
static enum iop_status no_such_list(const struct node *mapping, const char *key, struct diag *diag) {
    const char *names[MAPPING_KEYS_MAX];
    size_t count = 0;
    for (int i = 0; i < mapping->count; i++)
        if (mapping->children[i]->kind == NODE_SEQUENCE) names[count++] = mapping->children[i]->key;
    char end[400];
    suggest(end, sizeof end, key, names, count);
    return diag_set(diag, IOP_INVALID, "the file has no list '%s' there%s", key, end);
}

static enum iop_status no_entry(const struct node *list, const char *entry, struct diag *diag) {
    const char *names[64];
    size_t count = 0;
    for (int i = 0; i < list->count && count < 64; i++) {
        const struct node *name = node_child(list->children[i], "name");
        if (name != NULL && name->kind == NODE_SCALAR) names[count++] = name->value;
    }
    if (isdigit((unsigned char)entry[0]) || count == 0)
        return diag_set(diag, IOP_INVALID, "there is no entry [%s]; the list has %d, from [0] on", entry, list->count);
    char end[400];
    suggest(end, sizeof end, entry, names, count);
    return diag_set(diag, IOP_INVALID, "there is no entry [%s]%s", entry, end);
}

/* `guests.sut.mode` for `guests[sut].mode`. */
static enum iop_status not_a_mapping(const struct node *node, const char *key, struct diag *diag) {
    if (node->kind == NODE_SEQUENCE && node->key != NULL)
        return diag_set(diag, IOP_INVALID, "'%s' is a list, whose entries are named in brackets: %s[0]", node->key,
                        node->key);
    return diag_set(diag, IOP_INVALID, "what stands before '%s' is not a mapping", key);
}

static struct node *entry_find(const struct node *list, const char *entry) {
    for (int i = 0; i < list->count; i++) {
        const struct node *name = node_child(list->children[i], "name");
        if (name != NULL && name->kind == NODE_SCALAR && strcmp(name->value, entry) == 0) return list->children[i];
    }
    char *end;
    unsigned long index = strtoul(entry, &end, 10);
    bool number = isdigit((unsigned char)entry[0]) && *end == '\0';
    return number && index < (unsigned long)list->count ? list->children[index] : NULL;
}

static struct node *add_child(struct document *document, struct node *mapping, const char *key) {
    struct node **larger = arena_alloc(&document->memory, ((size_t)mapping->count + 1) * sizeof *larger);
    struct node *child = arena_alloc(&document->memory, sizeof *child);
    char *name = arena_text(&document->memory, key, strlen(key));
    if (larger == NULL || child == NULL || name == NULL) return NULL;
    if (mapping->count > 0) memcpy(larger, mapping->children, (size_t)mapping->count * sizeof *larger);
    *child = (struct node){.kind = NODE_MAPPING, .key = name, .parent = mapping, .index = mapping->count};
    larger[mapping->count++] = child;
    mapping->children = larger;
    return child;
}

/* One step down from *at, which becomes NULL when the key does not exist yet. `rest` is what follows. */
static enum iop_status descend(struct node **at, const struct step *step, const char *rest, struct diag *diag) {
    struct node *node = *at;
    if (step->in_list) {
        if (node->kind != NODE_SEQUENCE)
            return diag_set(diag, IOP_INVALID, "what stands before [%s] is not a list", step->text);
        *at = entry_find(node, step->text);
        return *at != NULL ? IOP_OK : no_entry(node, step->text, diag);
    }
    bool empty = node->kind == NODE_SCALAR && node_is_empty(node); /* `tuning:` alone may get keys */
    if (node->kind != NODE_MAPPING && !empty) return not_a_mapping(node, step->text, diag);
    *at = node_child(node, step->text);
    if (*at == NULL && *rest == '[') return no_such_list(node, step->text, diag);
    return IOP_OK;
}

enum iop_status document_find(const struct document *document, const char *path, const struct node **node,
                              struct diag *diag) {
    *node = NULL;
    if (!path_is_well_formed(path))
        return diag_set(diag, IOP_INVALID, "'%s' is not a path, such as guests[0].workloads[0].frame",
                        shown(path).text);
    struct node *at = document->root;
    const char *rest = path;
    while (*rest != '\0') {
        struct step step;
        next_step(&rest, rest == path, &step);
        if (at == NULL && *rest == '[')
            return diag_set(diag, IOP_INVALID, "the file has no list '%s' there", step.text);
        enum iop_status status = at != NULL ? descend(&at, &step, rest, diag) : IOP_OK;
        if (status != IOP_OK) return status;
    }
    *node = at;
    return IOP_OK;
}

enum iop_status document_find_place(const struct document *document, const char *path, struct diag *diag) {
    const struct node *node;
    return document_find(document, path, &node, diag);
}

static void forget_positions(struct node *node) {
    node->file = NULL;
    for (int i = 0; node->kind != NODE_SCALAR && i < node->count; i++) {
        node->children[i]->parent = node;
        forget_positions(node->children[i]);
    }
}

/* Parses a value that is more than a word: {…}, […] or a quoted text. */
static enum iop_status parse_value(struct document *document, const char *path, const char *value, struct node *node,
                                   struct diag *diag) {
    struct document part;
    struct diag problem = {0};
    enum iop_status status = document_parse(&part, "value", value, strlen(value), &problem);
    if (status != IOP_OK) return diag_set(diag, status, "--set %s: '%s' is not valid YAML", path, shown(value).text);
    struct node *root = part.root;
    node->kind = root->kind;
    node->value = root->value;
    node->quoted = root->quoted;
    node->count = root->count;
    node->children = root->children;
    forget_positions(node);
    arena_take(&document->memory, &part.memory);
    return IOP_OK;
}

/* The node at `path`, which exists or can be made: missing keys become mappings. */
static struct node *make_place(struct document *document, const char *path) {
    struct node *at = document->root;
    const char *rest = path;
    while (*rest != '\0' && at != NULL) {
        struct step step;
        next_step(&rest, rest == path, &step);
        struct node *node = at;
        if (step.in_list) {
            at = entry_find(node, step.text);
            continue;
        }
        if (node->kind == NODE_SCALAR)
            *node = (struct node){.kind = NODE_MAPPING, .key = node->key, .parent = node->parent, .index = node->index};
        at = node_child(node, step.text);
        if (at == NULL) at = add_child(document, node, step.text);
    }
    return at;
}

enum iop_status document_set(struct document *document, const char *path, const char *value, struct diag *diag) {
    struct diag problem = {0};
    if (document_find_place(document, path, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "--set %s: %s", shown(path).text, problem.message);
    struct node *at = make_place(document, path);
    if (at == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    while (*value == ' ') value++;
    if (*value != '\0' && strchr("{['\"", *value) != NULL) return parse_value(document, path, value, at, diag);
    char *copy = arena_text(&document->memory, value, strlen(value));
    if (copy == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    at->kind = NODE_SCALAR;
    at->value = copy;
    at->quoted = false;
    at->file = NULL;
    return IOP_OK;
}

enum iop_status take_settings(struct arena *memory, const struct node *list, struct setting **items, int *count,
                              struct diag *diag) {
    *count = 0;
    if (list == NULL) return IOP_OK;
    *items = arena_alloc(memory, ((size_t)list->count + 1) * sizeof **items);
    if (*items == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (; *count < list->count; ++*count) {
        const struct node *item = list->children[*count];
        struct diag problem = {""};
        if (setting_parse(item->value, &(*items)[*count], &problem) != IOP_OK)
            return node_fail(item, diag, "%s", problem.message + strlen("--set: "));
    }
    return IOP_OK;
}
