#include "scenarios/condition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/input.h"

/* Longer ones first, so that `<=` is not read as `<`. */
static const struct operator_name {
    const char *text;
    enum condition_relation relation;
} operators[] = {{"!=", IS_NOT_EQUAL}, {"<=", IS_AT_MOST}, {">=", IS_AT_LEAST},
                 {"=", IS_EQUAL},      {"<", IS_LESS},     {">", IS_MORE}};

static const char form[] = "PATH OP VALUE or PATH OP PATH, OP one of = != < <= > >=";

/* --- words --- */

static const struct operator_name *operator_at(const char *text) {
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strncmp(text, operators[i].text, strlen(operators[i].text)) == 0) return &operators[i];
    return NULL;
}

/* Copies what is between two places without the blanks around it; false if it is too long. */
static bool copy_trimmed(const char *from, const char *to, char *out, size_t size) {
    while (from < to && *from == ' ') from++;
    while (to > from && to[-1] == ' ') to--;
    size_t length = (size_t)(to - from);
    if (length >= size) return false;
    memcpy(out, from, length);
    out[length] = '\0';
    return true;
}

static bool takes_numbers(const struct field *field) {
    switch (field->kind) {
    case FIELD_INTEGER:
    case FIELD_SEED:
    case FIELD_BYTES:
    case FIELD_QUANTITY:
    case FIELD_MEASURE:
        return true;
    default:
        return false;
    }
}

static unsigned dimensions_of(const struct field *field) {
    if (field->kind == FIELD_BYTES) return DIM_BIT(DIM_SIZE);
    return field->kind == FIELD_INTEGER || field->kind == FIELD_SEED ? DIM_BIT(DIM_PLAIN) : field->dimensions;
}

/* --- operands --- */

static enum iop_status take_path(const char *text, struct condition_operand *operand, const struct field **field,
                                 struct diag *diag) {
    struct diag problem = {0};
    if (schema_find(&scenario_table, text, field, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "'%s': %s", shown(text).text, problem.message);
    snprintf(operand->path, sizeof operand->path, "%s", text);
    snprintf(operand->value, sizeof operand->value, "%s", (*field)->fallback != NULL ? (*field)->fallback : "");
    return IOP_OK;
}

/* The left path and another one: both numbers of a kind, or both words. */
static enum iop_status check_pair(const struct condition_term *term, const struct field *left,
                                  const struct field *right, struct diag *diag) {
    if (takes_numbers(left) == takes_numbers(right) &&
        (!takes_numbers(left) || (dimensions_of(left) & dimensions_of(right)) != 0))
        return IOP_OK;
    return diag_set(diag, IOP_INVALID, "'%s' and '%s' cannot be compared: they take different kinds of values",
                    shown(term->left.path).text, shown(term->right.path).text);
}

/* What may stand at the left path is a value, unless that is any text; then what is a path is one. */
static enum iop_status take_right(const char *text, const struct field *left, struct condition_term *term,
                                  struct diag *diag) {
    const struct field *right;
    struct diag no_value = {0}, no_path = {0};
    enum iop_status as_value = schema_check_value(&scenario_table, term->left.path, text, &no_value);
    if (as_value != IOP_OK || left->kind == FIELD_TEXT) {
        if (take_path(text, &term->right, &right, &no_path) == IOP_OK) return check_pair(term, left, right, diag);
        if (as_value != IOP_OK) {
            bool meant_as_path = strchr(text, '[') != NULL;
            return diag_set(diag, IOP_INVALID, "%s", meant_as_path ? no_path.message : no_value.message);
        }
    }
    snprintf(term->right.value, sizeof term->right.value, "%s", text);
    return IOP_OK;
}

static enum iop_status parse_term(const char *text, const char *end, struct condition_term *term, struct diag *diag) {
    char whole[PATH_TEXT_MAX * 2], left[PATH_TEXT_MAX], right[PATH_TEXT_MAX];
    *term = (struct condition_term){.numbers = false};
    if (!copy_trimmed(text, end, whole, sizeof whole))
        return diag_set(diag, IOP_INVALID, "'%s' is too long", shown(text).text);
    const char *at = whole + strcspn(whole, "=!<>");
    const struct operator_name *found = operator_at(at);
    if (found == NULL) return diag_set(diag, IOP_INVALID, "'%s' is not %s", shown(whole).text, form);
    const char *after = at + strlen(found->text);
    if (strchr("=!<>", *after) != NULL && *after != '\0')
        return diag_set(diag, IOP_INVALID, "'%.*s' is not one of = != < <= > >=", (int)(after + 1 - at), at);
    if (!copy_trimmed(whole, at, left, sizeof left) ||
        !copy_trimmed(after, whole + strlen(whole), right, sizeof right) || left[0] == '\0' || right[0] == '\0')
        return diag_set(diag, IOP_INVALID, "'%s' is not %s", shown(whole).text, form);
    term->relation = found->relation;
    const struct field *field;
    enum iop_status status = take_path(left, &term->left, &field, diag);
    if (status != IOP_OK) return status;
    term->numbers = takes_numbers(field);
    if (!term->numbers && term->relation != IS_EQUAL && term->relation != IS_NOT_EQUAL)
        return diag_set(diag, IOP_INVALID,
                        "'%s' is a word, which is neither less nor more than another; use = or !=", shown(left).text);
    return take_right(right, field, term, diag);
}

enum iop_status condition_parse(const char *text, struct condition *condition, struct diag *diag) {
    static const char joint[] = " or ";
    condition->count = 0;
    if (strlen(text) >= sizeof condition->text)
        return diag_set(diag, IOP_INVALID, "'%s' is too long; allowed are %d bytes", shown(text).text, TEXT_MAX - 1);
    snprintf(condition->text, sizeof condition->text, "%s", text);
    for (const char *rest = text; rest != NULL;) {
        const char *next = strstr(rest, joint), *end = next != NULL ? next : rest + strlen(rest);
        if (condition->count == CONDITION_TERMS_MAX)
            return diag_set(diag, IOP_INVALID, "'%s' has more than %d terms", shown(text).text, CONDITION_TERMS_MAX);
        enum iop_status status = parse_term(rest, end, &condition->terms[condition->count++], diag);
        if (status != IOP_OK) return status;
        rest = next != NULL ? next + strlen(joint) : NULL;
    }
    return IOP_OK;
}

/* --- values --- */

static bool relates(enum condition_relation relation, double left, double right) {
    switch (relation) {
    case IS_EQUAL:
        return left == right;
    case IS_NOT_EQUAL:
        return left != right;
    case IS_LESS:
        return left < right;
    case IS_AT_MOST:
        return left <= right;
    case IS_MORE:
        return left > right;
    case IS_AT_LEAST:
        return left >= right;
    }
    return false;
}

enum iop_status condition_compare(const struct condition_term *term, const char *left, const char *right, bool *holds,
                                  struct diag *diag) {
    struct quantity a, b;
    struct diag word = {""};
    if (!term->numbers || quantity_parse(left, DIM_ANY, &a, &word) != IOP_OK ||
        quantity_parse(right, DIM_ANY, &b, &word) != IOP_OK) {
        bool same = strcmp(left, right) == 0;
        *holds = (term->relation == IS_EQUAL && same) || (term->relation == IS_NOT_EQUAL && !same);
        return IOP_OK;
    }
    if (a.dimension != b.dimension)
        return diag_set(diag, IOP_INVALID, "'%s' is %s and '%s' %s: they cannot be compared", shown(left).text,
                        dimension_noun(a.dimension), shown(right).text, dimension_noun(b.dimension));
    *holds = relates(term->relation, a.value, b.value);
    return IOP_OK;
}

/* --- of the scenario file --- */

static enum iop_status check_places(const struct condition *condition, const struct document *document,
                                    struct diag *diag) {
    for (int i = 0; i < condition->count; i++) {
        const char *paths[] = {condition->terms[i].left.path, condition->terms[i].right.path};
        for (size_t j = 0; j < sizeof paths / sizeof *paths; j++) {
            struct diag problem = {0};
            if (paths[j][0] != '\0' && document_find_place(document, paths[j], &problem) != IOP_OK)
                return diag_set(diag, IOP_INVALID, "'%s': %s", shown(paths[j]).text, problem.message);
        }
    }
    return IOP_OK;
}

enum iop_status take_conditions(const struct node *only, const struct document *document, struct scenario *scenario,
                                struct diag *diag) {
    if (only == NULL) return IOP_OK;
    if (only->count > CONDITIONS_MAX)
        return node_fail(only, diag, "%d entries; allowed are %d", only->count, CONDITIONS_MAX);
    scenario->conditions = calloc((size_t)only->count, sizeof *scenario->conditions);
    if (scenario->conditions == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (; scenario->condition_count < only->count; scenario->condition_count++) {
        const struct node *node = only->children[scenario->condition_count];
        struct condition *condition = &scenario->conditions[scenario->condition_count];
        struct diag problem = {0};
        if (condition_parse(node->value, condition, &problem) != IOP_OK ||
            check_places(condition, document, &problem) != IOP_OK)
            return node_fail(node, diag, "%s", problem.message);
    }
    return IOP_OK;
}
