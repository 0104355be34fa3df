#include "scenarios/schema.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/costs.h"

enum { NAMES_MAX = 64, SENTENCE_MAX = 400 };

void later_note(struct later_note *note, const struct node *node, const char *value) {
    if (note == NULL || note->text[0] != '\0') return;
    char place[NODE_PATH_MAX * 2];
    node_place(node, place, sizeof place);
    snprintf(note->text, note->size, "%s%s%s", place, value[0] != '\0' ? ": " : "", shown(value).text);
}

bool is_source_id(const char *text) {
    size_t letters = 0, digits = 0;
    while (isupper((unsigned char)text[letters])) letters++;
    const char *number = text + letters + (text[letters] == '-');
    while (isdigit((unsigned char)number[digits])) digits++;
    return letters > 0 && digits > 0 && number[digits] == '\0' && strlen(text) < SOURCE_ID_MAX;
}

/* "3.10", "2.6.18-8.el5" */
bool is_kernel_version(const char *text) {
    int dots = 0;
    if (!isdigit((unsigned char)*text)) return false;
    for (; *text != '\0' && *text != '-'; text++) {
        if (*text == '.' && isdigit((unsigned char)text[1]))
            dots++;
        else if (!isdigit((unsigned char)*text))
            return false;
    }
    for (const char *s = text; *s != '\0'; s++)
        if (!isalnum((unsigned char)*s) && strchr("_.-+", *s) == NULL) return false;
    return dots >= 1 && dots <= 3;
}

/* --- scalars --- */

static enum iop_status want_scalar(struct reader *reader, const struct node *node, const char *what) {
    if (node->kind != NODE_SCALAR)
        return node_fail(node, reader->diag, "expected %s, not a %s", what,
                         node->kind == NODE_MAPPING ? "mapping" : "list");
    if (node_is_empty(node)) return node_fail(node, reader->diag, "has no value; expected %s", what);
    return IOP_OK;
}

static const struct choice *choice_find(const struct choice *choices, const char *name) {
    for (; choices != NULL && choices->name != NULL; choices++)
        if (strcmp(choices->name, name) == 0) return choices;
    return NULL;
}

static enum iop_status wrong_choice(struct reader *reader, const struct field *field, const struct node *node) {
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (const struct choice *c = field->choices; c->name != NULL && count < NAMES_MAX; c++) names[count++] = c->name;
    char end[SENTENCE_MAX];
    suggest(end, sizeof end, node->value, names, count);
    return node_fail(node, reader->diag, "'%s' is not %s%s", shown(node->value).text, field->noun, end);
}

static enum iop_status read_choice(struct reader *reader, const struct field *field, const struct node *node,
                                   int *out) {
    enum iop_status status = want_scalar(reader, node, field->noun);
    if (status != IOP_OK) return status;
    const struct choice *choice = choice_find(field->choices, node->value);
    if (choice == NULL) return wrong_choice(reader, field, node);
    *out = field->find != NULL ? field->find(choice->name) : choice->value;
    if (choice->later || *out < 0) later_note(reader->later, node, choice->name);
    return IOP_OK;
}

static enum iop_status read_text(struct reader *reader, const struct field *field, const struct node *node, char *out) {
    enum iop_status status = want_scalar(reader, node, field->noun != NULL ? field->noun : "a text");
    if (status != IOP_OK) return status;
    size_t length = strlen(node->value);
    if (length >= field->size && field->shorten) {
        length = field->size - 1;
        while (length > 0 && ((unsigned char)node->value[length] & 0xc0) == 0x80) length--;
    }
    if (length >= field->size)
        return node_fail(node, reader->diag, "'%s' is too long; allowed are %zu bytes", shown(node->value).text,
                         field->size - 1);
    if (field->check != NULL && !field->check(node->value))
        return node_fail(node, reader->diag, "'%s' is not %s", shown(node->value).text, field->noun);
    memcpy(out, node->value, length);
    out[length] = '\0';
    return IOP_OK;
}

static bool all_digits(const char *text) {
    if (*text == '\0') return false;
    while (isdigit((unsigned char)*text)) text++;
    return *text == '\0';
}

static enum iop_status read_integer(struct reader *reader, const struct field *field, const struct node *node,
                                    int *out) {
    enum iop_status status = want_scalar(reader, node, "a whole number");
    if (status != IOP_OK) return status;
    const char *digits = node->value + (node->value[0] == '-');
    if (!all_digits(digits))
        return node_fail(node, reader->diag, "'%s' is not a whole number; allowed are %.0f to %.0f",
                         shown(node->value).text, field->minimum, field->maximum);
    double value = strtod(node->value, NULL);
    if (!(value >= field->minimum && value <= field->maximum))
        return node_fail(node, reader->diag, "'%s' is out of range; allowed are %.0f to %.0f", shown(node->value).text,
                         field->minimum, field->maximum);
    *out = (int)value;
    return IOP_OK;
}

static enum iop_status read_seed(struct reader *reader, const struct node *node, uint64_t *out) {
    enum iop_status status = want_scalar(reader, node, "a whole number");
    if (status != IOP_OK) return status;
    errno = 0;
    unsigned long long value = all_digits(node->value) ? strtoull(node->value, NULL, 10) : 0;
    if (!all_digits(node->value) || errno != 0)
        return node_fail(node, reader->diag, "'%s' is not a whole number of 64 bits; allowed are 0 to %" PRIu64,
                         shown(node->value).text, UINT64_MAX);
    *out = value;
    return IOP_OK;
}

static enum iop_status read_bool(struct reader *reader, const struct node *node, bool *out) {
    enum iop_status status = want_scalar(reader, node, "true or false");
    if (status != IOP_OK) return status;
    *out = strcmp(node->value, "true") == 0;
    if (!*out && strcmp(node->value, "false") != 0)
        return node_fail(node, reader->diag, "'%s' is not true or false", shown(node->value).text);
    return IOP_OK;
}

static enum iop_status read_quantity(struct reader *reader, const struct field *field, const struct node *node,
                                     struct quantity *out) {
    struct diag problem = {0};
    if (quantity_parse(node->value, field->dimensions, out, &problem) != IOP_OK)
        return node_fail(node, reader->diag, "%s", problem.message);
    bool any = field->minimum == 0 && field->maximum == 0;
    if (!any && !(out->value >= field->minimum && out->value <= field->maximum)) {
        char low[40], high[40];
        quantity_format(field->minimum, out->dimension, low, sizeof low);
        quantity_format(field->maximum, out->dimension, high, sizeof high);
        return node_fail(node, reader->diag, "'%s' is out of range; allowed are %s to %s", shown(node->value).text, low,
                         high);
    }
    return IOP_OK;
}

static enum iop_status read_plain_quantity(struct reader *reader, const struct field *field, const struct node *node,
                                           double *out) {
    struct quantity quantity;
    enum iop_status status = want_scalar(reader, node, "a quantity");
    if (status == IOP_OK) status = read_quantity(reader, field, node, &quantity);
    if (status == IOP_OK) *out = quantity.value;
    return status;
}

static enum iop_status read_bytes(struct reader *reader, const struct field *field, const struct node *node, int *out) {
    double value;
    struct field row = *field;
    row.dimensions = DIM_BIT(DIM_SIZE);
    enum iop_status status = read_plain_quantity(reader, &row, node, &value);
    if (status != IOP_OK) return status;
    *out = (int)value; /* the row's range lies within int */
    if ((double)*out != value)
        return node_fail(node, reader->diag, "'%s' is not a whole number of bytes", shown(node->value).text);
    return IOP_OK;
}

static enum iop_status read_measure(struct reader *reader, const struct field *field, const struct node *node,
                                    struct measure *out) {
    enum iop_status status = want_scalar(reader, node, field->noun != NULL ? field->noun : "a quantity");
    if (status != IOP_OK) return status;
    const struct choice *choice = choice_find(field->choices, node->value);
    out->word = choice != NULL ? choice->value : NOT_A_WORD;
    if (choice != NULL) return IOP_OK;
    if (field->choices != NULL && isalpha((unsigned char)node->value[0]))
        return node_fail(node, reader->diag, "'%s' is not %s", shown(node->value).text, field->noun);
    return read_quantity(reader, field, node, &out->quantity);
}

/* --- lists and tables --- */

static enum iop_status want_list(struct reader *reader, const struct node *node) {
    if (node->kind == NODE_SEQUENCE) return IOP_OK;
    if (node_is_empty(node)) return node_fail(node, reader->diag, "has no value; expected a list");
    return node_fail(node, reader->diag, "expected a list");
}

static enum iop_status read_list(struct reader *reader, const struct field *field, const struct node *node,
                                 struct list *out) {
    enum iop_status status = want_list(reader, node);
    if (status != IOP_OK) return status;
    if (node->count > (int)field->maximum)
        return node_fail(node, reader->diag, "%d entries; allowed are %d", node->count, (int)field->maximum);
    if (node->count < (int)field->minimum) return node_fail(node, reader->diag, "an empty list");
    out->items = arena_alloc(reader->memory, (size_t)node->count * field->table->size);
    if (out->items == NULL) return diag_set(reader->diag, IOP_NO_MEMORY, "out of memory");
    out->count = node->count;
    for (int i = 0; i < node->count && status == IOP_OK; i++)
        status =
            schema_read(reader, field->table, node->children[i], (char *)out->items + (size_t)i * field->table->size);
    return status;
}

static enum iop_status read_scalars(struct reader *reader, const struct node *node, const struct node **out) {
    enum iop_status status = want_list(reader, node);
    for (int i = 0; i < node->count && status == IOP_OK; i++)
        status = want_scalar(reader, node->children[i], "a value");
    if (status == IOP_OK && node->count == 0) return node_fail(node, reader->diag, "an empty list");
    *out = node;
    return status;
}

static enum iop_status read_ids(struct reader *reader, const struct node *node) {
    enum iop_status status = want_list(reader, node);
    if (status == IOP_OK && node->count > COST_SOURCES_MAX)
        return node_fail(node, reader->diag, "%d ids; allowed are %d", node->count, COST_SOURCES_MAX);
    for (int i = 0; i < node->count && status == IOP_OK; i++) {
        const struct node *id = node->children[i];
        status = want_scalar(reader, id, "an id of the bibliography, such as XN025");
        if (status == IOP_OK && !is_source_id(id->value))
            status = node_fail(id, reader->diag, "'%s' is not an id of the bibliography, such as XN025",
                               shown(id->value).text);
    }
    return status;
}

static const struct field *field_find(const struct table *table, const char *key) {
    for (int i = 0; i < table->field_count; i++)
        if (strcmp(table->fields[i].key, key) == 0) return &table->fields[i];
    return NULL;
}

static enum iop_status unknown_key(struct reader *reader, const struct table *table, const struct node *node) {
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (int i = 0; i < table->field_count && count < NAMES_MAX; i++) names[count++] = table->fields[i].key;
    char end[SENTENCE_MAX];
    suggest(end, sizeof end, node->key, names, count);
    return node_fail_key(node, reader->diag, "'%s' is not a key of a %s%s", shown(node->key).text, table->name, end);
}

static enum iop_status read_sources(struct reader *reader, const struct table *table, const struct node *node) {
    if (node->kind != NODE_MAPPING) return node_fail(node, reader->diag, "expected a mapping of keys to lists of ids");
    enum iop_status status = IOP_OK;
    for (int i = 0; i < node->count && status == IOP_OK; i++) {
        const struct node *child = node->children[i];
        status = field_find(table, child->key) == NULL ? unknown_key(reader, table, child) : read_ids(reader, child);
    }
    return status;
}

static enum iop_status read_field(struct reader *reader, const struct table *table, const struct field *field,
                                  const struct node *node, void *to) {
    switch (field->kind) {
    case FIELD_TEXT:
        return read_text(reader, field, node, to);
    case FIELD_INTEGER:
        return read_integer(reader, field, node, to);
    case FIELD_SEED:
        return read_seed(reader, node, to);
    case FIELD_QUANTITY:
        return read_plain_quantity(reader, field, node, to);
    case FIELD_BYTES:
        return read_bytes(reader, field, node, to);
    case FIELD_MEASURE:
        return read_measure(reader, field, node, to);
    case FIELD_BOOL:
        return read_bool(reader, node, to);
    case FIELD_CHOICE:
        return read_choice(reader, field, node, to);
    case FIELD_TABLE:
        return schema_read(reader, field->table, node, to);
    case FIELD_LIST:
        return read_list(reader, field, node, to);
    case FIELD_SCALARS:
        return read_scalars(reader, node, to);
    case FIELD_IDS:
        *(const struct node **)to = node;
        return read_ids(reader, node);
    case FIELD_SOURCES:
        return read_sources(reader, table, node);
    case FIELD_ANY:
        return IOP_OK;
    }
    return IOP_OK;
}

/* The defaults are read like text of the file, so that one rule serves both. */
static enum iop_status read_missing(struct reader *reader, const struct table *table, const struct field *field,
                                    const struct node *mapping, void *to) {
    if (field->required) return node_fail(mapping, reader->diag, "'%s' is missing: %s", field->key, field->text);
    if (field->optional) return IOP_OK;
    if (field->kind == FIELD_TABLE) {
        const struct node nothing = {.kind = NODE_MAPPING};
        return schema_read(reader, field->table, &nothing, to);
    }
    if (field->kind == FIELD_MEASURE) *(struct measure *)to = (struct measure){.word = NOT_A_WORD};
    if (field->fallback == NULL) return IOP_OK;
    const struct node value = {.kind = NODE_SCALAR, .value = field->fallback, .key = field->key, .parent = mapping};
    return read_field(reader, table, field, &value, to);
}

enum iop_status schema_read(struct reader *reader, const struct table *table, const struct node *node, void *out) {
    if (node->kind != NODE_MAPPING)
        return node_fail(node, reader->diag, "%sexpected a mapping (key: value) that describes a %s",
                         node_is_empty(node) ? "has no value; " : "", table->name);
    if (table->keeps_node) *(const struct node **)out = node;
    enum iop_status status = IOP_OK;
    for (int i = 0; i < node->count && status == IOP_OK; i++) {
        const struct node *child = node->children[i];
        const struct field *field = field_find(table, child->key);
        if (field == NULL) return unknown_key(reader, table, child);
        status = read_field(reader, table, field, child, (char *)out + field->offset);
        if (status == IOP_OK && field->later) later_note(reader->later, child, "");
    }
    for (int i = 0; i < table->field_count && status == IOP_OK; i++) {
        const struct field *field = &table->fields[i];
        if (node_child(node, field->key) == NULL)
            status = read_missing(reader, table, field, node, (char *)out + field->offset);
    }
    return status;
}

/* --- a value for a path, without a file --- */

/* Cuts the next key off `path`, which has been parsed before; list indices behind it are skipped. */
static void next_key(const char **path, char *key, size_t size) {
    size_t length = strcspn(*path, ".[");
    snprintf(key, size, "%.*s", (int)length, *path);
    *path += length;
    while (**path == '[') *path += strcspn(*path, "]") + 1;
    if (**path == '.') (*path)++;
}

/* The row that `path` leads to; *table becomes the one it stands in. */
static enum iop_status find_row(const struct table **table, const char *path, const struct field **field,
                                struct diag *diag) {
    struct reader reader = {.diag = diag};
    *field = NULL;
    while (*path != '\0') {
        if (*field != NULL && (*field)->kind == FIELD_ANY) return IOP_OK;
        if (*field != NULL) *table = (*field)->table;
        if (*table == NULL) return diag_set(diag, IOP_INVALID, "'%s' is a plain value; it has no keys", (*field)->key);
        char key[SHOWN_MAX];
        next_key(&path, key, sizeof key);
        const struct node node = {.key = key};
        *field = field_find(*table, key);
        if (*field == NULL) return unknown_key(&reader, *table, &node);
    }
    if (*field != NULL && (*field)->kind < FIELD_TABLE) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "'%s' is not a single value", *field != NULL ? (*field)->key : "");
}

enum iop_status schema_find(const struct table *table, const char *path, const struct field **field,
                            struct diag *diag) {
    return find_row(&table, path, field, diag);
}

enum iop_status schema_check_path(const struct table *table, const char *path, struct diag *diag) {
    const struct field *field;
    return schema_find(table, path, &field, diag);
}

enum iop_status schema_check_value(const struct table *table, const char *path, const char *value, struct diag *diag) {
    const struct field *field;
    enum iop_status status = find_row(&table, path, &field, diag);
    if (status != IOP_OK || field->kind == FIELD_ANY) return status;
    struct arena memory = {0};
    struct reader reader = {.memory = &memory, .diag = diag};
    const struct node node = {.kind = NODE_SCALAR, .value = value};
    void *scratch = arena_alloc(&memory, field->size);
    status = scratch == NULL ? diag_set(diag, IOP_NO_MEMORY, "out of memory")
                             : read_field(&reader, table, field, &node, scratch);
    arena_free(&memory);
    return status;
}
