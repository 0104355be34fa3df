#include "scenarios/csv.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/document.h"

enum { LINE_MAX_BYTES = 4096, MESSAGE_MAX = 700 };
static const double latest_s = 1e6;

enum iop_status csv_fail_row(const struct csv_row *row, struct diag *diag, const char *format, ...) {
    char message[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return diag_set(diag, IOP_INVALID, "%s:%d: %s", row->path, row->line, message);
}

enum iop_status csv_fail(const struct csv_row *row, int field, struct diag *diag, const char *format, ...) {
    char message[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return diag_set(diag, IOP_INVALID, "%s:%d:%d: '%s' %s", row->path, row->line, row->columns[field],
                    shown(row->fields[field]).text, message);
}

enum iop_status csv_time(const struct csv_row *row, int field, sim_time *time, struct diag *diag) {
    const char *text = row->fields[field];
    char *end;
    double at_s = strtod(text, &end);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || !(at_s >= 0 && at_s <= latest_s))
        return csv_fail(row, field, diag, "is not a time in seconds from 0 to %g", latest_s);
    *time = sim_time_of(at_s);
    return IOP_OK;
}

enum iop_status csv_whole(const struct csv_row *row, int field, const char *noun, uint64_t *value, struct diag *diag) {
    const char *text = row->fields[field];
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0) return IOP_OK;
    return csv_fail(row, field, diag, "is not %s", noun);
}

/* Takes the quotes off a field that begins with one, in place; what follows the closing one, or NULL without one. */
static char *unquote(char *at) {
    char *to = at;
    for (char *from = at + 1; *from != '\0'; from++) {
        if (*from == '"' && *++from != '"') {
            *to = '\0';
            return from;
        }
        *to++ = *from;
    }
    return NULL;
}

/* Cuts the line at its commas, in place. False when a quote does not end, or ends before a field does. */
static bool split(char *line, struct csv_row *row) {
    row->count = 0;
    for (char *at = line; at != NULL; row->count++) {
        if (row->count == CSV_FIELDS_MAX) {
            row->count++;
            return true;
        }
        while (isspace((unsigned char)*at)) at++;
        char *rest = *at == '"' ? unquote(at) : at;
        bool quoted = rest != at;
        if (rest == NULL || (quoted && rest[strspn(rest, " \t")] != ',' && rest[strspn(rest, " \t")] != '\0'))
            return false;
        char *comma = strchr(rest, ',');
        if (comma != NULL) *comma++ = '\0';
        for (char *end = at + strlen(at); !quoted && end > at && isspace((unsigned char)end[-1]); end--) end[-1] = '\0';
        row->fields[row->count] = at;
        row->columns[row->count] = (int)(at - line) + 1;
        at = comma;
    }
    return true;
}

enum heading { HEADING_SKIPPED, HEADING_TAKEN };

static enum iop_status take_line(char *line, enum heading heading, struct csv_row *row, csv_take *take, void *to,
                                 struct diag *diag) {
    size_t length = strlen(line);
    if (length + 1 == LINE_MAX_BYTES && line[length - 1] != '\n')
        return csv_fail_row(row, diag, "the line is too long");
    line[strcspn(line, "\r\n")] = '\0';
    const char *text = line + strspn(line, " \t");
    bool skipped = heading == HEADING_SKIPPED && row->line == 1 && isalpha((unsigned char)*text);
    if (*text == '\0' || *text == '#' || skipped) return IOP_OK;
    if (!split(line, row)) return csv_fail_row(row, diag, "a field's quotes do not end where it does");
    return take(to, row, diag);
}

static enum iop_status read_lines(const char *path, enum heading heading, csv_take *take, void *to, struct diag *diag) {
    FILE *file = fopen(path, "r");
    if (file == NULL) return diag_set(diag, IOP_INVALID, "%s: %s", path, strerror(errno));
    char line[LINE_MAX_BYTES];
    struct csv_row row = {.path = path};
    enum iop_status status = IOP_OK;
    while (status == IOP_OK && fgets(line, sizeof line, file) != NULL) {
        row.line++;
        status = take_line(line, heading, &row, take, to, diag);
    }
    if (status == IOP_OK && ferror(file)) status = diag_set(diag, IOP_INVALID, "%s: could not be read", path);
    fclose(file);
    return status;
}

enum iop_status csv_read(const char *path, csv_take *take, void *to, struct diag *diag) {
    return read_lines(path, HEADING_SKIPPED, take, to, diag);
}

/* --- columns by name --- */

struct named {
    const struct csv_column *columns;
    int count;
    int found;                  /* columns of the file; 0: its heading has not come yet */
    int wanted[CSV_FIELDS_MAX]; /* column that field i of the file is */
    bool seen[CSV_FIELDS_MAX];
    csv_take *take;
    void *to;
};

static enum iop_status take_heading(struct named *named, const struct csv_row *row, struct diag *diag) {
    const char *names[CSV_FIELDS_MAX];
    for (int i = 0; i < named->count; i++) names[i] = named->columns[i].name;
    if (row->count > CSV_FIELDS_MAX) return csv_fail_row(row, diag, "more than %d columns", CSV_FIELDS_MAX);
    for (int i = 0; i < row->count; i++) {
        int column = 0;
        while (column < named->count && strcmp(names[column], row->fields[i]) != 0) column++;
        char end[300];
        suggest(end, sizeof end, row->fields[i], names, (size_t)named->count);
        if (column == named->count) return csv_fail(row, i, diag, "is not a column%s", end);
        if (named->seen[column]) return csv_fail(row, i, diag, "stands here twice");
        named->seen[column] = true;
        named->wanted[i] = column;
    }
    for (int i = 0; i < named->count; i++)
        if (named->columns[i].required && !named->seen[i])
            return csv_fail_row(row, diag, "the column '%s' is missing", names[i]);
    named->found = row->count;
    return IOP_OK;
}

static enum iop_status take_named(void *to, const struct csv_row *row, struct diag *diag) {
    char nothing[] = "";
    struct named *named = to;
    if (named->found == 0) return take_heading(named, row, diag);
    if (row->count > named->found)
        return csv_fail_row(row, diag, "more fields than the %d columns of the heading", named->found);
    struct csv_row sorted = {.path = row->path, .line = row->line, .count = named->count};
    for (int i = 0; i < named->count; i++) sorted.fields[i] = nothing;
    for (int i = 0; i < row->count; i++) {
        sorted.fields[named->wanted[i]] = row->fields[i];
        sorted.columns[named->wanted[i]] = row->columns[i];
    }
    for (int i = 0; i < named->count; i++)
        if (named->columns[i].required && sorted.fields[i][0] == '\0')
            return csv_fail_row(row, diag, "'%s' is empty", named->columns[i].name);
    return named->take(named->to, &sorted, diag);
}

enum iop_status csv_read_named(const char *path, const struct csv_column *columns, int count, csv_take *take, void *to,
                               struct diag *diag) {
    struct named named = {.columns = columns, .count = count, .take = take, .to = to};
    return read_lines(path, HEADING_TAKEN, take_named, &named, diag);
}
