/* Nodes of a document: finding them, and reporting about them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/document.h"

struct node *node_child(const struct node *mapping, const char *key) {
    if (mapping == NULL || mapping->kind != NODE_MAPPING) return NULL;
    for (int i = 0; i < mapping->count; i++)
        if (strcmp(mapping->children[i]->key, key) == 0) return mapping->children[i];
    return NULL;
}

bool node_is_empty(const struct node *node) {
    if (node->kind != NODE_SCALAR || node->quoted) return false;
    return node->value[0] == '\0' || strcmp(node->value, "~") == 0 || strcmp(node->value, "null") == 0;
}

static void append(char *out, size_t size, const char *text) {
    size_t used = strlen(out);
    if (used + 1 < size) snprintf(out + used, size - used, "%s", text);
}

void node_path(const struct node *node, char *out, size_t size) {
    while (node->origin != NULL) node = node->origin;
    if (node->parent == NULL) {
        out[0] = '\0';
        return;
    }
    node_path(node->parent, out, size);
    if (node->key != NULL) {
        if (out[0] != '\0') append(out, size, ".");
        append(out, size, shown(node->key).text);
    } else {
        char index[24];
        snprintf(index, sizeof index, "[%d]", node->index);
        append(out, size, index);
    }
}

static void place_at(const struct node *node, int line, int column, const struct node *about, char *out, size_t size) {
    char path[NODE_PATH_MAX];
    node_path(about, path, sizeof path);
    if (node->file == NULL)
        snprintf(out, size, "%s%s", path[0] != '\0' ? "--set " : "", path);
    else
        snprintf(out, size, "%s:%d:%d%s%s", node->file, line, column, path[0] != '\0' ? ": " : "", path);
}

void node_place(const struct node *node, char *out, size_t size) {
    place_at(node, node->line, node->column, node, out, size);
}

struct shown shown(const char *value) {
    struct shown result;
    size_t n = 0;
    for (; value[n] != '\0' && n < SHOWN_MAX - 4; n++) {
        unsigned char c = (unsigned char)value[n];
        result.text[n] = (char)(c < 0x20 || c == 0x7f ? ' ' : c);
    }
    if (value[n] != '\0') { /* do not cut a character in two */
        while (n > 0 && ((unsigned char)value[n] & 0xc0) == 0x80) n--;
        memcpy(result.text + n, "...", 3);
        n += 3;
    }
    result.text[n] = '\0';
    return result;
}

enum iop_status node_fail(const struct node *node, struct diag *diag, const char *format, ...) {
    char place[NODE_PATH_MAX * 2], text[sizeof diag->message];
    node_place(node, place, sizeof place);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return diag_set(diag, IOP_INVALID, "%s%s%s", place, place[0] != '\0' ? ": " : "", text);
}

enum iop_status node_fail_key(const struct node *node, struct diag *diag, const char *format, ...) {
    char place[NODE_PATH_MAX * 2], text[sizeof diag->message];
    /* A key that --set made is named whole; one of a file by its mapping, for the key itself is the trouble. */
    const struct node *about = node->parent != NULL && node->file != NULL ? node->parent : node;
    place_at(node, node->key_line, node->key_column, about, place, sizeof place);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return diag_set(diag, IOP_INVALID, "%s%s%s", place, place[0] != '\0' ? ": " : "", text);
}

void suggest(char *out, size_t size, const char *word, const char *const *names, size_t count) {
    const char *near = nearest_name(word, names, count);
    if (near != NULL) {
        snprintf(out, size, "; did you mean '%s'?", near);
        return;
    }
    snprintf(out, size, "%s", count == 0 ? "; there are none" : "; allowed are ");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) append(out, size, ", ");
        append(out, size, names[i]);
    }
}
