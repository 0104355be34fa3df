/* The two forms of counts of exits: perf's table, and CSV. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analysis/exit_counts.h"
#include "scenarios/csv.h"
#include "scenarios/document.h"
#include "scenarios/units.h"

enum { LINE_BYTES = 1024, EXITS_MAX = 1000 };

static enum iop_status add(struct exit_counts *counts, const struct exit_count *count, struct diag *diag) {
    for (int i = 0; i < counts->count; i++)
        if (strcasecmp(counts->counts[i].reason, count->reason) == 0)
            return diag_set(diag, IOP_INVALID, "%s:%d: '%s' stands here twice, first in line %d", counts->path,
                            count->line, count->reason, counts->counts[i].line);
    if (counts->count == EXITS_MAX)
        return diag_set(diag, IOP_INVALID, "%s:%d: more than %d exits", counts->path, count->line, EXITS_MAX);
    if (counts->count == counts->room) {
        int room = counts->room == 0 ? 16 : 2 * counts->room;
        struct exit_count *larger = realloc(counts->counts, (size_t)room * sizeof *larger);
        if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
        counts->counts = larger;
        counts->room = room;
    }
    counts->counts[counts->count++] = *count;
    return IOP_OK;
}

/* --- CSV --- */

enum { REASON, SAMPLES, TIME, ERROR, COLUMNS };
static const struct csv_column columns[COLUMNS] = {
    [REASON] = {"reason", true}, [SAMPLES] = {"samples", true}, [TIME] = {"time_s", true}, [ERROR] = {"error", false}};

static enum iop_status number(const struct csv_row *row, int column, double *value, struct diag *diag) {
    char *end;
    *value = strtod(row->fields[column], &end);
    if (end != row->fields[column] && *end == '\0' && isfinite(*value) && *value >= 0) return IOP_OK;
    return csv_fail(row, column, diag, "is not a number of at least 0");
}

static enum iop_status take_count(void *to, const struct csv_row *row, struct diag *diag) {
    struct exit_count count = {.line = row->line};
    double time_s;
    if (strlen(row->fields[REASON]) >= sizeof count.reason) return csv_fail(row, REASON, diag, "is too long");
    snprintf(count.reason, sizeof count.reason, "%s", row->fields[REASON]);
    enum iop_status status = csv_whole(row, SAMPLES, "a number of samples", &count.samples, diag);
    if (status == IOP_OK) status = number(row, TIME, &time_s, diag);
    if (status == IOP_OK && row->fields[ERROR][0] != '\0') status = number(row, ERROR, &count.error, diag);
    if (status != IOP_OK) return status;
    if (count.samples > 0) count.mean_s = time_s / (double)count.samples;
    return add(to, &count, diag);
}

/* --- perf --- */

static bool is_heading(const char *line) { return strstr(line, "VM-EXIT") != NULL && strstr(line, "Avg time") != NULL; }

static enum iop_status bad_line(const struct exit_counts *counts, const struct exit_count *count, const char *line,
                                struct diag *diag) {
    return diag_set(diag, IOP_INVALID,
                    "%s:%d: '%s' is no line of `perf kvm stat report`, such as 'VMCALL  10  1.00%%  0.50%%  0.50us  "
                    "2.00us  0.90us ( +-  3.00%% )'",
                    counts->path, count->line, shown(line).text);
}

/* "HLT 2135 51.23% 99.90% 0.44us 1003541.11us 5423.31us ( +- 5.31% )": the average is the last time, its relative
 * standard deviation what follows "+-". */
static enum iop_status take_perf_line(struct exit_counts *counts, int line, char *text, struct diag *diag) {
    struct exit_count count = {.line = line, .mean_s = NAN};
    char whole[LINE_BYTES], *rest = text;
    snprintf(whole, sizeof whole, "%s", text);
    const char *reason = strtok_r(rest, " \t\n", &rest), *samples = strtok_r(rest, " \t\n", &rest);
    char *end;
    if (reason == NULL || samples == NULL || !isdigit((unsigned char)samples[0]) ||
        strlen(reason) >= sizeof count.reason)
        return bad_line(counts, &count, whole, diag);
    count.samples = strtoull(samples, &end, 10);
    if (*end != '\0') return bad_line(counts, &count, whole, diag);
    snprintf(count.reason, sizeof count.reason, "%s", reason);
    bool spread = false;
    for (char *word; (word = strtok_r(rest, " \t\n()", &rest)) != NULL;) {
        struct quantity quantity;
        bool marked = strncmp(word, "+-", 2) == 0;
        spread = spread || marked;
        if (marked) word += 2;
        if (quantity_parse(word, DIM_BIT(DIM_TIME) | DIM_BIT(DIM_SHARE), &quantity, NULL) != IOP_OK) continue;
        if (quantity.dimension == DIM_TIME) count.mean_s = quantity.value;
        if (quantity.dimension == DIM_SHARE && spread) count.error = quantity.value;
    }
    if (isnan(count.mean_s)) return bad_line(counts, &count, whole, diag);
    count.with_sleep = strcasecmp(count.reason, "HLT") == 0;
    return add(counts, &count, diag);
}

static enum iop_status read_perf(FILE *file, struct exit_counts *counts, struct diag *diag) {
    char line[LINE_BYTES];
    bool inside = false;
    enum iop_status status = IOP_OK;
    for (int number = 1; status == IOP_OK && fgets(line, sizeof line, file) != NULL; number++) {
        bool empty = line[strspn(line, " \t\r\n")] == '\0';
        if (is_heading(line))
            inside = true;
        else if (inside && strstr(line, "Total Samples") != NULL)
            inside = false;
        else if (inside && !empty && line[0] != '#')
            status = take_perf_line(counts, number, line, diag);
    }
    if (status == IOP_OK && counts->count == 0)
        status =
            diag_set(diag, IOP_INVALID,
                     "%s: neither the table of `perf kvm stat report` (VM-EXIT, Samples, …, Avg time) nor CSV with "
                     "the columns reason, samples, time_s",
                     counts->path);
    return status;
}

/* Whether the first line that says something names the column of reasons, with commas. */
static bool looks_like_csv(FILE *file) {
    char line[LINE_BYTES] = "";
    while (fgets(line, sizeof line, file) != NULL) {
        const char *text = line + strspn(line, " \t\r\n");
        if (*text != '\0' && *text != '#') break;
    }
    rewind(file);
    return strchr(line, ',') != NULL && strstr(line, columns[REASON].name) != NULL;
}

enum iop_status exit_counts_read(const char *path, struct exit_counts *counts, struct diag *diag) {
    *counts = (struct exit_counts){.count = 0};
    if ((size_t)snprintf(counts->path, sizeof counts->path, "%s", path) >= sizeof counts->path)
        return diag_set(diag, IOP_INVALID, "'%s': the path is too long", shown(path).text);
    FILE *file = fopen(path, "r");
    if (file == NULL) return diag_set(diag, IOP_INVALID, "%s: %s", path, strerror(errno));
    bool csv = looks_like_csv(file);
    enum iop_status status =
        csv ? csv_read_named(path, columns, COLUMNS, take_count, counts, diag) : read_perf(file, counts, diag);
    fclose(file);
    if (status == IOP_OK && counts->count == 0)
        status = diag_set(diag, IOP_INVALID, "%s: there are no exits in it", path);
    if (status != IOP_OK) exit_counts_free(counts);
    return status;
}
