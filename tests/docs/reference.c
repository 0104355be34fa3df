/* Prints the tables of docs/scenario-reference.md: every key that a file may hold, from the rows by which
 * files are read. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/schema.h"

/* The anchor that a heading gets: its words joined, and a number from the second of the same name on. */
static void print_link(const struct table *table) {
    int count, before = 0;
    const struct table *const *tables = schema_tables(&count);
    for (int i = 0; i < count && tables[i] != table; i++) before += strcmp(tables[i]->name, table->name) == 0;
    printf("[%s](#", table->name);
    for (const char *c = table->name; *c != '\0'; c++)
        if (*c != '\'') putchar(*c == ' ' ? '-' : tolower((unsigned char)*c));
    if (before > 0) printf("-%d", before);
    putchar(')');
}

static void print_sentence(const char *text) {
    size_t length = strlen(text);
    bool ends = length >= 3 && strcmp(text + length - 3, "…") == 0;
    if (length > 0) printf("%c%s%s", toupper((unsigned char)text[0]), text + 1, ends ? "" : ".");
}

static bool comes_later(const struct field *field, const struct choice *choice) {
    return choice->later || (field->find != NULL && field->find(choice->name) < 0);
}

/* The words of a choice, those without machinery apart. */
static void print_words(const struct field *field) {
    int shown = 0, later = 0;
    for (const struct choice *choice = field->choices; choice->name != NULL; choice++) {
        if (comes_later(field, choice))
            later++;
        else
            printf("%s`%s`", shown++ > 0 ? ", " : "", choice->name);
    }
    if (later == 0) return;
    printf("%s", shown > 0 ? "; not available yet: " : "not available yet: ");
    shown = 0;
    for (const struct choice *choice = field->choices; choice->name != NULL; choice++)
        if (comes_later(field, choice)) printf("%s`%s`", shown++ > 0 ? ", " : "", choice->name);
}

static void print_quantity(unsigned dimensions) {
    if (dimensions == DIM_ANY) {
        printf("a quantity, or a plain number");
        return;
    }
    int shown = 0;
    for (int d = 0; d < DIM_COUNT; d++) {
        if ((dimensions & DIM_BIT(d)) == 0) continue;
        char units[120];
        dimension_units(DIM_BIT(d), units, sizeof units);
        printf("%s%s", shown++ > 0 ? " or " : "", dimension_noun((enum dimension)d));
        if (units[0] != '\0') printf(" (%s)", units);
    }
}

static void print_range(const struct field *field) {
    if (field->minimum == 0 && field->maximum == 0) return;
    char low[40], high[40];
    if (field->kind == FIELD_INTEGER) {
        printf(", %.0f to %.0f", field->minimum, field->maximum);
        return;
    }
    enum dimension dimension = DIM_SIZE;
    if (field->kind != FIELD_BYTES) {
        if ((field->dimensions & (field->dimensions - 1)) != 0) return; /* of several, none speaks for all */
        for (dimension = 0; (field->dimensions & DIM_BIT(dimension)) == 0; dimension++) {
        }
    }
    quantity_format(field->minimum, dimension, low, sizeof low);
    quantity_format(field->maximum, dimension, high, sizeof high);
    printf(", %s to %s", low, high);
}

static void print_value(const struct field *field) {
    switch (field->kind) {
    case FIELD_TEXT:
        printf("text");
        break;
    case FIELD_INTEGER:
        printf("whole number");
        break;
    case FIELD_SEED:
        printf("whole number from 0");
        break;
    case FIELD_QUANTITY:
        print_quantity(field->dimensions);
        break;
    case FIELD_BYTES:
        print_quantity(DIM_BIT(DIM_SIZE));
        break;
    case FIELD_MEASURE:
        if (field->choices != NULL) {
            print_words(field);
            printf(", or ");
        }
        print_quantity(field->dimensions);
        break;
    case FIELD_BOOL:
        printf("`true` or `false`");
        break;
    case FIELD_CHOICE:
        print_words(field);
        break;
    case FIELD_TABLE:
        print_link(field->table);
        break;
    case FIELD_LIST:
        printf("list of ");
        print_link(field->table);
        if (field->maximum > 0) printf(", at most %g", field->maximum);
        break;
    case FIELD_SCALARS:
        printf("list of values");
        break;
    case FIELD_IDS:
        printf("list of ids of the bibliography");
        break;
    case FIELD_SOURCES:
        printf("mapping of keys to lists of ids");
        break;
    case FIELD_ANY:
        printf("anything");
        break;
    }
    if (field->kind != FIELD_TABLE && field->kind != FIELD_LIST) print_range(field);
}

/* Kinds of workload or disk, in the order of the key `kind`. */
static void print_kinds(const struct table *table, unsigned bits, const char *before) {
    if (bits == 0) return;
    const struct choice *kinds = NULL;
    for (int i = 0; i < table->field_count; i++)
        if (strcmp(table->fields[i].key, "kind") == 0) kinds = table->fields[i].choices;
    printf("%s", before);
    int shown = 0;
    for (; kinds != NULL && kinds->name != NULL; kinds++)
        if (bits & (1u << kinds->value)) printf("%s%s", shown++ > 0 ? ", " : "", kinds->name);
}

static void print_table(const struct table *table) {
    printf("\n### %s\n\n", table->name);
    print_sentence(table->text);
    printf("\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
    for (int i = 0; i < table->field_count; i++) {
        const struct field *field = &table->fields[i];
        printf("| `%s` | ", field->key);
        print_value(field);
        printf(" | ");
        if (field->required)
            printf("required");
        else if (field->needed != 0)
            print_kinds(table, field->needed, "required of ");
        else if (field->fallback != NULL)
            printf("`%s`", field->fallback);
        printf(" | ");
        print_sentence(field->text != NULL ? field->text : "");
        print_kinds(table, field->only, " Of ");
        if (field->only != 0) putchar('.');
        puts(field->later ? " Not available yet. |" : " |");
    }
}

int main(void) {
    int count;
    const struct table *const *tables = schema_tables(&count);
    for (int i = 0; i < count; i++) print_table(tables[i]);
    return 0;
}
