#include "analysis/limit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "analysis/units.h"
#include "models/result.h"
#include "scenarios/units.h"

static const char *const relations[] = {
    [LIMIT_BELOW] = "<", [LIMIT_AT_MOST] = "<=", [LIMIT_ABOVE] = ">", [LIMIT_AT_LEAST] = ">="};

static const struct {
    const char *unit;
    unsigned dimensions;
} units[] = {{"s", DIM_BIT(DIM_TIME)},
             {"bit/s", DIM_BIT(DIM_BIT_RATE)},
             {"1/s", DIM_BIT(DIM_PLAIN) | DIM_BIT(DIM_PACKET_RATE) | DIM_BIT(DIM_REQUEST_RATE)},
             {"1", DIM_BIT(DIM_PLAIN) | DIM_BIT(DIM_SHARE)}};

/* The metric's own name at the end of a path: "latency_p99" of guests[a].workloads[b].latency_p99, "share" of
 * cpu[dom0].share[netback]. */
static void last_name(const char *path, char *out, size_t size) {
    size_t end = strlen(path);
    if (end > 0 && path[end - 1] == ']')
        while (end > 0 && path[end - 1] != '[') end--;
    if (end > 0 && path[end - 1] == '[') end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '.' && path[start - 1] != ']') start--;
    if (start >= 5 && strncmp(path + start - 5, "lost.", 5) == 0) start -= 5;
    snprintf(out, size, "%.*s", (int)(end - start), path + start);
}

/* The unit of a metric by its name or path; NULL when there is no such metric. */
static const char *unit_of(const char *path) {
    char name[PATH_TEXT_MAX];
    last_name(path, name, sizeof name);
    if (strcmp(name, LIMIT_LOST) == 0) return "1";
    for (int i = 0; i < METRIC_KIND_COUNT; i++)
        if (strcmp(metric_name((enum metric_kind)i), name) == 0) return metric_unit((enum metric_kind)i);
    return NULL;
}

static enum iop_status unknown(const char *text, const char *metric, struct diag *diag) {
    const char *names[METRIC_KIND_COUNT + 1];
    size_t count = 0;
    for (; count < METRIC_KIND_COUNT; count++) names[count] = metric_name((enum metric_kind)count);
    names[count++] = LIMIT_LOST;
    char name[PATH_TEXT_MAX];
    last_name(metric, name, sizeof name);
    const char *near = nearest_name(name, names, count);
    return diag_set(diag, IOP_INVALID, "--subject-to '%.160s': '%.160s' is not a metric%s%s%s", text, metric,
                    near != NULL ? "; did you mean '"
                                 : "; allowed are those of a result, such as latency_p99, and lost",
                    near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* Takes the relation off the text. */
static bool take_relation(const char **text, enum limit_relation *relation) {
    bool below = **text == '<', equal = below || **text == '>' ? (*text)[1] == '=' : false;
    if (!below && **text != '>') return false;
    *relation = below ? (equal ? LIMIT_AT_MOST : LIMIT_BELOW) : (equal ? LIMIT_AT_LEAST : LIMIT_ABOVE);
    *text += 1 + equal;
    return true;
}

enum iop_status limit_parse(const char *text, struct limit *limit, struct diag *diag) {
    const char *start = text + strspn(text, " \t"), *rest = start + strcspn(start, "<>");
    size_t length = (size_t)(rest - start);
    while (length > 0 && isspace((unsigned char)start[length - 1])) length--;
    if (length == 0 || length >= sizeof limit->metric || !take_relation(&rest, &limit->relation))
        return diag_set(diag, IOP_INVALID,
                        "--subject-to: '%.160s' is not METRIC <= QUANTITY (or <, >, >=), such as 'latency_p99 <= 500 "
                        "us'",
                        text);
    snprintf(limit->metric, sizeof limit->metric, "%.*s", (int)length, start);
    const char *unit = unit_of(limit->metric);
    if (unit == NULL) return unknown(text, limit->metric, diag);
    struct quantity quantity;
    struct diag own = {""};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].unit, unit) != 0) continue;
        if (quantity_parse(rest, units[i].dimensions, &quantity, &own) != IOP_OK)
            return diag_set(diag, IOP_INVALID, "--subject-to '%.160s': %s", text, own.message);
        limit->value = quantity.value;
    }
    return IOP_OK;
}

const char *limit_relation_text(enum limit_relation relation) { return relations[relation]; }

const char *limit_unit(const struct limit *limit) { return unit_of(limit->metric); }

void limit_text(const struct limit *limit, char *out, size_t size) {
    const char *unit = limit_unit(limit);
    char value[UNITS_TEXT];
    if (strcmp(limit->metric, LIMIT_LOST) == 0)
        snprintf(value, sizeof value, "%.3g %%", 100 * limit->value);
    else
        units_metric(limit->value, unit, "/s", value);
    snprintf(out, size, "%s %s %s", limit->metric, relations[limit->relation], value);
}

enum limit_side limit_judge(const struct limit *limit, const struct interval *over) {
    double low = over->low, high = over->high, value = limit->value;
    switch (limit->relation) {
    case LIMIT_BELOW:
        return high < value ? LIMIT_KEPT : low >= value ? LIMIT_BROKEN : LIMIT_UNDECIDED;
    case LIMIT_AT_MOST:
        return high <= value ? LIMIT_KEPT : low > value ? LIMIT_BROKEN : LIMIT_UNDECIDED;
    case LIMIT_ABOVE:
        return low > value ? LIMIT_KEPT : high <= value ? LIMIT_BROKEN : LIMIT_UNDECIDED;
    case LIMIT_AT_LEAST:
        return low >= value ? LIMIT_KEPT : high < value ? LIMIT_BROKEN : LIMIT_UNDECIDED;
    }
    return LIMIT_UNDECIDED;
}
