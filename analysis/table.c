#include "analysis/table.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/csv.h"
#include "analysis/html.h"
#include "analysis/json_write.h"

struct cell {
    char *text; /* as people read it; NULL: empty */
    double number;
    bool is_number;
};

struct table {
    const struct table_column *columns;
    int column_count;
    size_t cell_count, room;
    struct cell *cells;
    bool failed;
};

struct table *table_new(const struct table_column *columns, int column_count) {
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL) return NULL;
    table->columns = columns;
    table->column_count = column_count;
    return table;
}

void table_free(struct table *table) {
    if (table == NULL) return;
    for (size_t i = 0; i < table->cell_count; i++) free(table->cells[i].text);
    free(table->cells);
    free(table);
}

static void add_cell(struct table *table, const char *text, double number, bool is_number) {
    if (table == NULL || table->failed) return;
    if (table->cell_count == table->room) {
        size_t room = table->room == 0 ? 64 : 2 * table->room;
        struct cell *cells = realloc(table->cells, room * sizeof *cells);
        if (cells == NULL) {
            table->failed = true;
            return;
        }
        table->cells = cells;
        table->room = room;
    }
    char *copy = text != NULL ? strdup(text) : NULL;
    if (text != NULL && copy == NULL) table->failed = true;
    table->cells[table->cell_count++] = (struct cell){copy, number, is_number};
}

void table_text(struct table *table, const char *text) { add_cell(table, text, 0, false); }

void table_number(struct table *table, double value, const char *shown) { add_cell(table, shown, value, true); }

void table_count(struct table *table, long long value) {
    char text[32];
    snprintf(text, sizeof text, "%lld", value);
    add_cell(table, text, (double)value, true);
}

void table_empty(struct table *table) { add_cell(table, NULL, 0, false); }

int table_rows(const struct table *table) {
    return table == NULL ? 0 : (int)(table->cell_count / (size_t)table->column_count);
}

static const struct cell *cell_at(const struct table *table, int row, int column) {
    return &table->cells[(size_t)row * (size_t)table->column_count + (size_t)column];
}

/* Columns a terminal needs: bytes that do not continue a UTF-8 sequence. */
static int display_width(const char *text) {
    int width = 0;
    for (; *text != '\0'; text++) width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* Width of a column, 0 when none of its cells has content. */
static int column_width(const struct table *table, int column) {
    int width = 0;
    for (int row = 0; row < table_rows(table); row++) {
        const char *text = cell_at(table, row, column)->text;
        if (text != NULL && display_width(text) > width) width = display_width(text);
    }
    int heading = display_width(table->columns[column].heading);
    return width > 0 && width < heading ? heading : width;
}

static const char *shown_text(const struct table *table, int row, int column) {
    const char *text = row < 0 ? table->columns[column].heading : cell_at(table, row, column)->text;
    return text != NULL ? text : "";
}

/* Row -1 is the heading. Nothing follows the last text of a line, not even spaces. */
static void print_line(const struct table *table, const int *widths, int row, int indent, FILE *out) {
    int last = table->column_count - 1;
    while (last >= 0 && (widths[last] == 0 || shown_text(table, row, last)[0] == '\0')) last--;
    if (last >= 0) fprintf(out, "%*s", indent, "");
    for (int column = 0; column <= last; column++) {
        if (widths[column] == 0) continue;
        const char *text = shown_text(table, row, column);
        int padding = widths[column] - display_width(text);
        if (table->columns[column].align == TABLE_RIGHT)
            fprintf(out, "%*s%s", padding, "", text);
        else
            fprintf(out, "%s%*s", text, column == last ? 0 : padding, "");
        if (column != last) fputs("  ", out);
    }
    putc('\n', out);
}

static enum iop_status check_table(const struct table *table, struct diag *diag) {
    if (table == NULL || table->failed) return diag_set(diag, IOP_NO_MEMORY, "out of memory while filling a table");
    return IOP_OK;
}

/* Of all columns; to be freed. */
static int *column_widths(const struct table *table, struct diag *diag) {
    int *widths = calloc((size_t)table->column_count, sizeof *widths);
    if (widths == NULL) diag_set(diag, IOP_NO_MEMORY, "out of memory while printing a table");
    for (int column = 0; widths != NULL && column < table->column_count; column++)
        widths[column] = column_width(table, column);
    return widths;
}

enum iop_status table_print(const struct table *table, int indent, FILE *out, struct diag *diag) {
    enum iop_status status = check_table(table, diag);
    if (status != IOP_OK) return status;
    int *widths = column_widths(table, diag);
    if (widths == NULL) return IOP_NO_MEMORY;
    for (int row = -1; row < table_rows(table); row++) print_line(table, widths, row, indent, out);
    free(widths);
    return IOP_OK;
}

static void html_line(const struct table *table, const int *widths, int row, FILE *out) {
    fputs("<tr>", out);
    for (int column = 0; column < table->column_count; column++) {
        if (widths[column] == 0) continue;
        const char *right = table->columns[column].align == TABLE_RIGHT ? " class=\"number\"" : "";
        fprintf(out, row < 0 ? "<th scope=\"col\"%s>" : "<td%s>", right);
        html_text(shown_text(table, row, column), out);
        fputs(row < 0 ? "</th>" : "</td>", out);
    }
    fputs("</tr>\n", out);
}

enum iop_status table_html(const struct table *table, FILE *out, struct diag *diag) {
    enum iop_status status = check_table(table, diag);
    if (status != IOP_OK) return status;
    int *widths = column_widths(table, diag);
    if (widths == NULL) return IOP_NO_MEMORY;
    fputs("<table>\n<thead>\n", out);
    html_line(table, widths, -1, out);
    fputs("</thead>\n<tbody>\n", out);
    for (int row = 0; row < table_rows(table); row++) html_line(table, widths, row, out);
    fputs("</tbody>\n</table>\n", out);
    free(widths);
    return IOP_OK;
}

enum iop_status table_csv(const struct table *table, FILE *out, struct diag *diag) {
    enum iop_status status = check_table(table, diag);
    if (status != IOP_OK) return status;
    for (int column = 0; column < table->column_count; column++) {
        csv_text(out, table->columns[column].key);
        putc(column + 1 < table->column_count ? ',' : '\n', out);
    }
    for (int row = 0; row < table_rows(table); row++)
        for (int column = 0; column < table->column_count; column++) {
            const struct cell *cell = cell_at(table, row, column);
            if (cell->is_number)
                csv_number(out, cell->number);
            else
                csv_text(out, cell->text != NULL ? cell->text : "");
            putc(column + 1 < table->column_count ? ',' : '\n', out);
        }
    return IOP_OK;
}

/* Counts stay integers in JSON: 32, not 32.0. */
static json_t *cell_json(const struct cell *cell) {
    if (!cell->is_number) return json_string(cell->text);
    if (cell->number > -1e15 && cell->number < 1e15 && cell->number == (double)(json_int_t)cell->number)
        return json_integer((json_int_t)cell->number);
    return json_real(cell->number);
}

json_t *table_to_json(const struct table *table) {
    json_t *array = json_array();
    bool failed = array == NULL || table == NULL || table->failed;
    for (int row = 0; !failed && row < table_rows(table); row++) {
        json_t *object = json_object();
        for (int column = 0; column < table->column_count; column++) {
            const struct cell *cell = cell_at(table, row, column);
            if (cell->text == NULL) continue;
            failed = json_object_set_new(object, table->columns[column].key, cell_json(cell)) != 0 || failed;
        }
        failed = json_array_append_new(array, object) != 0 || failed;
    }
    if (!failed) return array;
    json_decref(array);
    return NULL;
}

enum iop_status table_json(const struct table *table, FILE *out, struct diag *diag) {
    enum iop_status status = check_table(table, diag);
    return status == IOP_OK ? json_write(table_to_json(table), out, diag) : status;
}
