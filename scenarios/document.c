#include "scenarios/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

/* --- reading the bytes --- */

static enum iop_status read_all(int handle, const char *file, char **text, size_t *size, struct diag *diag) {
    size_t capacity = 65536;
    char *buffer = NULL;
    *size = 0;
    for (;;) {
        if (buffer == NULL || *size == capacity) {
            if (buffer != NULL) capacity *= 2;
            char *larger = realloc(buffer, capacity);
            if (larger == NULL) {
                free(buffer);
                return diag_set(diag, IOP_NO_MEMORY, "%s: out of memory", file);
            }
            buffer = larger;
        }
        ssize_t got = read(handle, buffer + *size, capacity - *size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            int error = errno;
            free(buffer);
            return diag_set(diag, IOP_INVALID, "%s: %s", file, strerror(error));
        }
        *size += (size_t)got;
        if (got == 0) break;
        if (*size > DOCUMENT_BYTES_MAX) {
            free(buffer);
            return diag_set(diag, IOP_INVALID, "%s: larger than %d MiB; this is no scenario or catalog file", file,
                            DOCUMENT_BYTES_MAX >> 20);
        }
    }
    *text = buffer;
    return IOP_OK;
}

enum iop_status document_load(struct document *document, const char *file, struct diag *diag) {
    *document = (struct document){0};
    int handle = open(file, O_RDONLY | O_CLOEXEC);
    if (handle < 0) return diag_set(diag, IOP_INVALID, "%s: %s", file, strerror(errno));
    struct stat facts;
    enum iop_status status = IOP_OK;
    char *text = NULL;
    size_t size = 0;
    if (fstat(handle, &facts) == 0 && S_ISDIR(facts.st_mode))
        status = diag_set(diag, IOP_INVALID, "%s: is a directory, not a file", file);
    if (status == IOP_OK) status = read_all(handle, file, &text, &size, diag);
    close(handle);
    if (status == IOP_OK) status = document_parse(document, file, text, size, diag);
    free(text);
    return status;
}

/* --- is it text? --- */

/* Length of the UTF-8 sequence at `s`, 0 when there is none (RFC 3629: no overlong forms, no surrogates). */
static size_t utf8_length(const unsigned char *s, size_t left) {
    if (s[0] < 0x80) return 1;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || length > left) return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)) return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) return 0;
    return length;
}

/* NUL and bytes that are not UTF-8 mean a binary file or another encoding. */
static enum iop_status check_text(const char *file, const char *text, size_t size, struct diag *diag) {
    int line = 1, column = 1;
    for (size_t i = 0; i < size;) {
        const unsigned char *s = (const unsigned char *)text + i;
        size_t length = utf8_length(s, size - i);
        if (length == 0)
            return diag_set(diag, IOP_INVALID, "%s:%d:%d: byte 0x%02x is not UTF-8 text", file, line, column, s[0]);
        if (s[0] == '\0')
            return diag_set(diag, IOP_INVALID, "%s:%d:%d: a NUL byte; this is not a text file", file, line, column);
        column = s[0] == '\n' ? 1 : column + 1;
        if (s[0] == '\n') line++;
        i += length;
    }
    return IOP_OK;
}

/* --- is it YAML of reasonable shape? --- */

static enum iop_status out_of_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

/* libyaml's complaint with the position it gives, or the byte offset of its reader made a position. */
static enum iop_status yaml_failure(const yaml_parser_t *parser, const char *file, const char *text, size_t size,
                                    struct diag *diag) {
    if (parser->error == YAML_MEMORY_ERROR) return out_of_memory(diag);
    size_t line = parser->problem_mark.line, column = parser->problem_mark.column, at = parser->problem_mark.index;
    if (parser->error == YAML_READER_ERROR) {
        line = column = 0;
        at = parser->problem_offset;
        for (size_t i = 0; i < at && i < size; i++) {
            column = text[i] == '\n' ? 0 : column + 1;
            if (text[i] == '\n') line++;
        }
    }
    const char *hint = at < size && text[at] == '\t' ? " (a tab; YAML indents with spaces)" : "";
    const char *context = parser->context != NULL ? parser->context : "";
    return diag_set(diag, IOP_INVALID, "%s:%zu:%zu: not valid YAML: %s%s%s%s", file, line + 1, column + 1,
                    parser->problem != NULL ? parser->problem : "unreadable", *context != '\0' ? " " : "", context,
                    hint);
}

/* libyaml needs quadratic time for deep nesting and much memory for many nodes, so both are bounded on its
 * events, before it builds a document. */
static enum iop_status check_shape(const char *file, const char *text, size_t size, struct diag *diag) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return out_of_memory(diag);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    enum iop_status status = IOP_OK;
    int depth = 0, nodes = 0;
    for (bool more = true; more && status == IOP_OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = yaml_failure(&parser, file, text, size, diag);
            break;
        }
        yaml_event_type_t type = event.type;
        more = type != YAML_STREAM_END_EVENT;
        depth += (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT) -
                 (type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT);
        if (depth > DOCUMENT_DEPTH_MAX)
            status = diag_set(diag, IOP_INVALID, "%s:%zu:%zu: nested deeper than %d levels", file,
                              event.start_mark.line + 1, event.start_mark.column + 1, DOCUMENT_DEPTH_MAX);
        if (++nodes > DOCUMENT_NODES_MAX * 2)
            status = diag_set(diag, IOP_INVALID, "%s:%zu:%zu: more than %d values in one file", file,
                              event.start_mark.line + 1, event.start_mark.column + 1, DOCUMENT_NODES_MAX);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

/* --- libyaml's document into our tree --- */

struct conversion {
    struct document *document;
    yaml_document_t *yaml;
    const char *file;
    struct diag *diag;
    int nodes;
    int open[DOCUMENT_DEPTH_MAX]; /* YAML nodes we are inside of, to see an alias that contains itself */
};

static enum iop_status convert(struct conversion *c, int id, int depth, struct node *node);

static enum iop_status convert_key(struct conversion *c, const struct node *mapping, int id, struct node *child) {
    yaml_node_t *key = yaml_document_get_node(c->yaml, id);
    child->file = c->file;
    child->line = child->key_line = (int)key->start_mark.line + 1;
    child->column = child->key_column = (int)key->start_mark.column + 1;
    bool word = key->type == YAML_SCALAR_NODE && key->data.scalar.length > 0 &&
                strlen((char *)key->data.scalar.value) == key->data.scalar.length;
    if (!word) return node_fail_key(child, c->diag, "a key must be a word");
    for (int i = 0; i < mapping->count; i++)
        if (strcmp(mapping->children[i]->key, (char *)key->data.scalar.value) == 0)
            return node_fail_key(child, c->diag, "'%s' stands here twice; the first is in line %d",
                                 shown(mapping->children[i]->key).text, mapping->children[i]->key_line);
    child->key = arena_text(&c->document->memory, (char *)key->data.scalar.value, key->data.scalar.length);
    return child->key == NULL ? out_of_memory(c->diag) : IOP_OK;
}

static enum iop_status convert_mapping(struct conversion *c, yaml_node_t *yaml, int depth, struct node *node) {
    node->kind = NODE_MAPPING;
    ptrdiff_t pairs = yaml->data.mapping.pairs.top - yaml->data.mapping.pairs.start;
    if (pairs > MAPPING_KEYS_MAX) return node_fail(node, c->diag, "more than %d keys", MAPPING_KEYS_MAX);
    node->children = arena_alloc(&c->document->memory, (size_t)pairs * sizeof *node->children);
    if (node->children == NULL) return out_of_memory(c->diag);
    for (ptrdiff_t i = 0; i < pairs; i++) {
        struct node *child = arena_alloc(&c->document->memory, sizeof *child);
        if (child == NULL) return out_of_memory(c->diag);
        child->parent = node;
        child->index = (int)i;
        enum iop_status status = convert_key(c, node, yaml->data.mapping.pairs.start[i].key, child);
        if (status != IOP_OK) return status;
        status = convert(c, yaml->data.mapping.pairs.start[i].value, depth, child);
        if (status != IOP_OK) return status;
        node->children[node->count++] = child;
    }
    return IOP_OK;
}

static enum iop_status convert_sequence(struct conversion *c, yaml_node_t *yaml, int depth, struct node *node) {
    node->kind = NODE_SEQUENCE;
    ptrdiff_t items = yaml->data.sequence.items.top - yaml->data.sequence.items.start;
    node->children = arena_alloc(&c->document->memory, (size_t)items * sizeof *node->children);
    if (node->children == NULL) return out_of_memory(c->diag);
    for (ptrdiff_t i = 0; i < items; i++) {
        struct node *child = arena_alloc(&c->document->memory, sizeof *child);
        if (child == NULL) return out_of_memory(c->diag);
        child->parent = node;
        child->index = (int)i;
        enum iop_status status = convert(c, yaml->data.sequence.items.start[i], depth, child);
        if (status != IOP_OK) return status;
        node->children[node->count++] = child;
    }
    return IOP_OK;
}

static enum iop_status convert_scalar(struct conversion *c, yaml_node_t *yaml, struct node *node) {
    size_t length = yaml->data.scalar.length;
    node->kind = NODE_SCALAR;
    node->quoted = yaml->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->value = arena_text(&c->document->memory, (char *)yaml->data.scalar.value, length);
    if (node->value == NULL) return out_of_memory(c->diag);
    if (strlen(node->value) != length) return node_fail(node, c->diag, "the value contains a NUL character");
    return IOP_OK;
}

static enum iop_status convert(struct conversion *c, int id, int depth, struct node *node) {
    yaml_node_t *yaml = yaml_document_get_node(c->yaml, id);
    node->file = c->file;
    node->line = (int)yaml->start_mark.line + 1;
    node->column = (int)yaml->start_mark.column + 1;
    if (++c->nodes > DOCUMENT_NODES_MAX)
        return node_fail(node, c->diag, "more than %d values in one file", DOCUMENT_NODES_MAX);
    if (yaml->type == YAML_SCALAR_NODE) return convert_scalar(c, yaml, node);
    for (int i = 0; i < depth; i++)
        if (c->open[i] == id) return node_fail(node, c->diag, "an alias that contains itself");
    if (depth == DOCUMENT_DEPTH_MAX)
        return node_fail(node, c->diag, "nested deeper than %d levels", DOCUMENT_DEPTH_MAX);
    c->open[depth] = id;
    if (yaml->type == YAML_MAPPING_NODE) return convert_mapping(c, yaml, depth + 1, node);
    return convert_sequence(c, yaml, depth + 1, node);
}

static enum iop_status convert_only_document(struct conversion *c, yaml_parser_t *parser, const char *text,
                                             size_t size) {
    yaml_node_t *root = yaml_document_get_root_node(c->yaml);
    if (root == NULL) return diag_set(c->diag, IOP_INVALID, "%s: is empty", c->file);
    c->document->root = arena_alloc(&c->document->memory, sizeof *c->document->root);
    if (c->document->root == NULL) return out_of_memory(c->diag);
    enum iop_status status = convert(c, 1, 0, c->document->root);
    if (status != IOP_OK) return status;
    yaml_document_t second;
    if (!yaml_parser_load(parser, &second)) return yaml_failure(parser, c->file, text, size, c->diag);
    if (yaml_document_get_root_node(&second) != NULL)
        status = diag_set(c->diag, IOP_INVALID, "%s:%zu:1: a second document; one file holds one", c->file,
                          second.start_mark.line + 1);
    yaml_document_delete(&second);
    return status;
}

enum iop_status document_parse(struct document *document, const char *file, const char *text, size_t size,
                               struct diag *diag) {
    *document = (struct document){0};
    enum iop_status status = check_text(file, text, size, diag);
    if (status == IOP_OK) status = check_shape(file, text, size, diag);
    if (status != IOP_OK) return status;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return out_of_memory(diag);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    yaml_document_t yaml;
    struct conversion c = {.document = document, .yaml = &yaml, .diag = diag};
    c.file = arena_text(&document->memory, file, strlen(file));
    if (c.file == NULL) {
        status = out_of_memory(diag);
    } else if (!yaml_parser_load(&parser, &yaml)) {
        status = yaml_failure(&parser, file, text, size, diag);
    } else {
        status = convert_only_document(&c, &parser, text, size);
        yaml_document_delete(&yaml);
    }
    yaml_parser_delete(&parser);
    if (status != IOP_OK) document_fini(document);
    return status;
}

void document_fini(struct document *document) {
    arena_free(&document->memory);
    document->root = NULL;
}
