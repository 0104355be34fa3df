#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/document.h"
#include "scenarios/trace_file.h"

enum { LINE_MAX_BYTES = 512, FIELDS_MAX = 3, WHERE_MAX = 600 };
static const double latest_s = 1e6;

/* Cuts the line at its commas, in place; returns how many fields there are, FIELDS_MAX + 1 for more. */
static int split(char *line, char **fields) {
    int count = 0;
    for (char *at = line; at != NULL; count++) {
        if (count == FIELDS_MAX) return FIELDS_MAX + 1;
        char *comma = strchr(at, ',');
        if (comma != NULL) *comma++ = '\0';
        while (isspace((unsigned char)*at)) at++;
        for (char *end = at + strlen(at); end > at && isspace((unsigned char)end[-1]); end--) end[-1] = '\0';
        fields[count] = at;
        at = comma;
    }
    return count;
}

static bool whole_number(const char *text, uint64_t *value) {
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0;
}

static enum iop_status take_line(char *line, const char *where, struct frame_list *list, struct diag *diag) {
    char *fields[FIELDS_MAX], *end;
    int count = split(line, fields);
    if (count < 2 || count > FIELDS_MAX)
        return diag_set(diag, IOP_INVALID, "%s: expected are time, frame and perhaps flow, with commas between", where);
    double at_s = strtod(fields[0], &end);
    if (!isdigit((unsigned char)fields[0][0]) || *end != '\0' || !(at_s >= 0 && at_s <= latest_s))
        return diag_set(diag, IOP_INVALID, "%s: '%s' is not a time in seconds from 0 to %g", where,
                        shown(fields[0]).text, latest_s);
    struct trace_frame frame = {.at = sim_time_of(at_s)};
    uint64_t bytes;
    if (!whole_number(fields[1], &bytes) || bytes > 1000000)
        return diag_set(diag, IOP_INVALID, "%s: '%s' is not a frame in bytes", where, shown(fields[1]).text);
    if (count == 3 && !whole_number(fields[2], &frame.flow))
        return diag_set(diag, IOP_INVALID, "%s: '%s' is not the number of a flow", where, shown(fields[2]).text);
    frame.bytes = (int)bytes;
    return frame_list_add(list, &frame, where, diag);
}

enum iop_status trace_read_csv(const char *path, struct frame_list *list, struct diag *diag) {
    FILE *file = fopen(path, "r");
    if (file == NULL) return diag_set(diag, IOP_INVALID, "%s: %s", path, strerror(errno));
    char line[LINE_MAX_BYTES], where[WHERE_MAX];
    enum iop_status status = IOP_OK;
    for (int number = 1; status == IOP_OK && fgets(line, sizeof line, file) != NULL; number++) {
        snprintf(where, sizeof where, "%.500s:%d", path, number);
        size_t length = strlen(line);
        if (length + 1 == sizeof line && line[length - 1] != '\n') {
            status = diag_set(diag, IOP_INVALID, "%s: the line is too long", where);
            break;
        }
        line[strcspn(line, "\r\n")] = '\0';
        const char *text = line + strspn(line, " \t");
        bool heading = number == 1 && isalpha((unsigned char)*text);
        if (*text != '\0' && *text != '#' && !heading) status = take_line(line, where, list, diag);
    }
    if (status == IOP_OK && ferror(file)) status = diag_set(diag, IOP_INVALID, "%s: could not be read", path);
    fclose(file);
    return status;
}
