#include "scenarios/units.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/document.h"

/* value in SI = number * times / over; a division by a power of ten rounds once, a product with 1e-9 twice. */
struct unit {
    const char *name;
    enum dimension dimension;
    double times, over;
};

static const struct unit units[] = {
    {"B", DIM_SIZE, 1, 1},
    {"KiB", DIM_SIZE, 1024, 1},
    {"MiB", DIM_SIZE, 1048576, 1},
    {"GiB", DIM_SIZE, 1073741824, 1},
    {"kB", DIM_SIZE, 1e3, 1},
    {"MB", DIM_SIZE, 1e6, 1},
    {"GB", DIM_SIZE, 1e9, 1},
    {"bit/s", DIM_BIT_RATE, 1, 1},
    {"kbit/s", DIM_BIT_RATE, 1e3, 1},
    {"Mbit/s", DIM_BIT_RATE, 1e6, 1},
    {"Gbit/s", DIM_BIT_RATE, 1e9, 1},
    {"pps", DIM_PACKET_RATE, 1, 1},
    {"kpps", DIM_PACKET_RATE, 1e3, 1},
    {"Mpps", DIM_PACKET_RATE, 1e6, 1},
    {"Hz", DIM_FREQUENCY, 1, 1},
    {"kHz", DIM_FREQUENCY, 1e3, 1},
    {"MHz", DIM_FREQUENCY, 1e6, 1},
    {"GHz", DIM_FREQUENCY, 1e9, 1},
    {"ns", DIM_TIME, 1, 1e9},
    {"us", DIM_TIME, 1, 1e6},
    {"ms", DIM_TIME, 1, 1e3},
    {"s", DIM_TIME, 1, 1},
    {"min", DIM_TIME, 60, 1},
    {"h", DIM_TIME, 3600, 1},
    {"cycles", DIM_CYCLES, 1, 1},
    {"%", DIM_SHARE, 1, 100},
    {"B/s", DIM_BYTE_RATE, 1, 1},
    {"kB/s", DIM_BYTE_RATE, 1e3, 1},
    {"MB/s", DIM_BYTE_RATE, 1e6, 1},
    {"GB/s", DIM_BYTE_RATE, 1e9, 1},
    {"IOPS", DIM_REQUEST_RATE, 1, 1},
    {"kIOPS", DIM_REQUEST_RATE, 1e3, 1},
    {"W", DIM_POWER, 1, 1},
    {"kW", DIM_POWER, 1e3, 1},
};
enum { UNIT_COUNT = sizeof units / sizeof *units };

static const char *const nouns[DIM_COUNT] = {
    [DIM_PLAIN] = "a plain number",
    [DIM_SIZE] = "a size",
    [DIM_BIT_RATE] = "a bit rate",
    [DIM_PACKET_RATE] = "a packet rate",
    [DIM_FREQUENCY] = "a frequency",
    [DIM_TIME] = "a time",
    [DIM_CYCLES] = "a number of cycles",
    [DIM_SHARE] = "a percentage",
    [DIM_BYTE_RATE] = "a byte rate",
    [DIM_REQUEST_RATE] = "a rate of requests",
    [DIM_POWER] = "a power",
};

const char *dimension_noun(enum dimension dimension) { return nouns[dimension]; }

static void append(char *out, size_t size, const char *separator, const char *text) {
    size_t used = strlen(out);
    if (used + 1 < size) snprintf(out + used, size - used, "%s%s", used > 0 ? separator : "", text);
}

void dimension_units(unsigned dimensions, char *out, size_t size) {
    out[0] = '\0';
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (dimensions & DIM_BIT(units[i].dimension)) append(out, size, ", ", units[i].name);
}

/* "expected a time (ns, us, ms, s) or a number of cycles (cycles)" */
static void expectation(unsigned dimensions, char *out, size_t size) {
    char some[600] = "";
    for (int d = 0; d < DIM_COUNT; d++) {
        if (!(dimensions & DIM_BIT(d))) continue;
        append(some, sizeof some, " or ", nouns[d]);
        char names[80];
        dimension_units(DIM_BIT(d), names, sizeof names);
        if (names[0] != '\0') {
            size_t used = strlen(some);
            if (used < sizeof some) snprintf(some + used, sizeof some - used, " (%s)", names);
        }
    }
    snprintf(out, size, "expected %s", some);
}

static const char *skip_digits(const char *s) {
    while (isdigit((unsigned char)*s)) s++;
    return s;
}

/* End of the decimal number at `s`, or `s` itself. strtod alone would also take hex, infinity and nan. */
static const char *number_end(const char *s) {
    const char *end = skip_digits(s);
    bool digits = end > s;
    if (*end == '.') {
        const char *fraction = skip_digits(end + 1);
        digits = digits || fraction > end + 1;
        end = fraction;
    }
    if (!digits) return s;
    if (*end == 'e' || *end == 'E') {
        const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');
        if (isdigit((unsigned char)*exponent)) end = skip_digits(exponent);
    }
    return end;
}

static const struct unit *unit_find(const char *name) {
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (strcmp(units[i].name, name) == 0) return &units[i];
    return NULL;
}

static enum iop_status unknown_unit(const char *text, const char *unit, unsigned dimensions, const char *expected,
                                    struct diag *diag) {
    const char *names[UNIT_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (dimensions & DIM_BIT(units[i].dimension)) names[count++] = units[i].name;
    const char *near = nearest_name(unit, names, count);
    if (near != NULL)
        return diag_set(diag, IOP_INVALID, "'%s': '%s' is not a unit; did you mean '%s'?", shown(text).text,
                        shown(unit).text, near);
    return diag_set(diag, IOP_INVALID, "'%s': '%s' is not a unit; %s", shown(text).text, shown(unit).text, expected);
}

enum iop_status quantity_parse(const char *text, unsigned dimensions, struct quantity *quantity, struct diag *diag) {
    char expected[700];
    expectation(dimensions, expected, sizeof expected);
    const char *start = text;
    while (*start == ' ') start++;
    if (*start == '-' && number_end(start + 1) > start + 1)
        return diag_set(diag, IOP_INVALID, "'%s' is negative; %s", shown(text).text, expected);
    const char *end = number_end(start);
    if (end == start) return diag_set(diag, IOP_INVALID, "'%s' is not a number; %s", shown(text).text, expected);
    double number = strtod(start, NULL);
    while (*end == ' ') end++;
    char name[SHOWN_MAX];
    size_t length = strlen(end);
    while (length > 0 && end[length - 1] == ' ') length--;
    if (length >= sizeof name) length = sizeof name - 1; /* no unit is that long */
    memcpy(name, end, length);
    name[length] = '\0';
    static const struct unit plain = {"", DIM_PLAIN, 1, 1};
    const struct unit *unit = length == 0 ? &plain : unit_find(name);
    if (unit == NULL) return unknown_unit(text, name, dimensions, expected, diag);
    if (!(dimensions & DIM_BIT(unit->dimension))) {
        if (length == 0) return diag_set(diag, IOP_INVALID, "'%s' has no unit; %s", shown(text).text, expected);
        return diag_set(diag, IOP_INVALID, "'%s' is %s; %s", shown(text).text, nouns[unit->dimension], expected);
    }
    quantity->dimension = unit->dimension;
    quantity->value = number * unit->times / unit->over;
    if (!isfinite(quantity->value)) return diag_set(diag, IOP_INVALID, "'%s' is too large", shown(text).text);
    return IOP_OK;
}

void quantity_format(double value, enum dimension dimension, char *out, size_t size) {
    const struct unit *best = NULL, *any = NULL;
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        const struct unit *unit = &units[i];
        if (unit->dimension != dimension) continue;
        if (any == NULL) any = unit;
        if (unit->times == 1 && unit->over == 1 && value == 0) best = unit;
        double number = value * unit->over / unit->times;
        bool whole = number >= 1 && fabs(number - nearbyint(number)) < 1e-9 * number;
        if (whole && (best == NULL || unit->times / unit->over > best->times / best->over)) best = unit;
    }
    if (best == NULL) best = any;
    if (best == NULL)
        snprintf(out, size, "%.10g", value);
    else
        snprintf(out, size, "%.10g %s", value * best->over / best->times, best->name);
}
