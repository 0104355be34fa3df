#include "scenarios/csv.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/document.h"

enum { LINE_MAX_BYTES = 512, MESSAGE_MAX = 400 };
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

/* Cuts the line at its commas, in place. */
static void split(char *line, struct csv_row *row) {
    row->count = 0;
    for (char *at = line; at != NULL; row->count++) {
        if (row->count == CSV_FIELDS_MAX) {
            row->count++;
            return;
        }
        char *comma = strchr(at, ',');
        if (comma != NULL) *comma++ = '\0';
        while (isspace((unsigned char)*at)) at++;
        for (char *end = at + strlen(at); end > at && isspace((unsigned char)end[-1]); end--) end[-1] = '\0';
        row->fields[row->count] = at;
        row->columns[row->count] = (int)(at - line) + 1;
        at = comma;
    }
}

static enum iop_status take_line(char *line, struct csv_row *row, csv_take *take, void *to, struct diag *diag) {
    size_t length = strlen(line);
    if (length + 1 == LINE_MAX_BYTES && line[length - 1] != '\n')
        return csv_fail_row(row, diag, "the line is too long");
    line[strcspn(line, "\r\n")] = '\0';
    const char *text = line + strspn(line, " \t");
    bool heading = row->line == 1 && isalpha((unsigned char)*text);
    if (*text == '\0' || *text == '#' || heading) return IOP_OK;
    split(line, row);
    return take(to, row, diag);
}

enum iop_status csv_read(const char *path, csv_take *take, void *to, struct diag *diag) {
    FILE *file = fopen(path, "r");
    if (file == NULL) return diag_set(diag, IOP_INVALID, "%s: %s", path, strerror(errno));
    char line[LINE_MAX_BYTES];
    struct csv_row row = {.path = path};
    enum iop_status status = IOP_OK;
    while (status == IOP_OK && fgets(line, sizeof line, file) != NULL) {
        row.line++;
        status = take_line(line, &row, take, to, diag);
    }
    if (status == IOP_OK && ferror(file)) status = diag_set(diag, IOP_INVALID, "%s: could not be read", path);
    fclose(file);
    return status;
}
