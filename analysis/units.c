#include "analysis/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Three significant digits of a magnitude below 1000. */
static void three_digits(double value, char *out, size_t size) {
    double magnitude = fabs(value);
    int decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
    snprintf(out, size, "%.*f", decimals, value);
}

static const char *scaled(double value, double step, const char *const *prefixes, int count, const char *unit,
                          char out[UNITS_TEXT]) {
    if (!isfinite(value)) {
        snprintf(out, UNITS_TEXT, "?");
        return out;
    }
    int prefix = 0;
    while (prefix + 1 < count && fabs(value) >= 999.5) {
        value /= step;
        prefix++;
    }
    char digits[24];
    three_digits(value, digits, sizeof digits);
    if (fabs(value) >= 1e6 || (value != 0 && fabs(value) < 0.005 && prefix == 0))
        snprintf(digits, sizeof digits, "%.3g", value);
    if (value == 0) snprintf(digits, sizeof digits, "0");
    const char *text = prefixes[prefix];
    snprintf(out, UNITS_TEXT, "%s%s%s%.16s", digits, text[0] != '\0' || unit[0] != '\0' ? " " : "", text, unit);
    return out;
}

const char *units_si(double value, const char *unit, char out[UNITS_TEXT]) {
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P"};
    return scaled(value, 1000, prefixes, 6, unit, out);
}

const char *units_bytes(int bytes, char out[UNITS_TEXT]) {
    if (bytes % (1 << 20) == 0)
        snprintf(out, UNITS_TEXT, "%d MiB", bytes >> 20);
    else if (bytes % 1024 == 0)
        snprintf(out, UNITS_TEXT, "%d KiB", bytes / 1024);
    else
        snprintf(out, UNITS_TEXT, "%d B", bytes);
    return out;
}

const char *units_time(double seconds, char out[UNITS_TEXT]) {
    static const char *const units[] = {"ps", "ns", "us", "ms", "s"};
    if (seconds == 0) {
        snprintf(out, UNITS_TEXT, "0 s");
        return out;
    }
    return scaled(seconds * 1e12, 1000, units, 5, "", out);
}

const char *units_metric(double value, const char *unit, const char *counted, char out[UNITS_TEXT]) {
    if (strcmp(unit, "s") == 0) return units_time(value, out);
    if (strcmp(unit, "1/s") == 0) return units_si(value, counted, out);
    return units_si(value, strcmp(unit, "1") == 0 ? "" : unit, out);
}

int units_parse(const char *text, double *value, char unit[16]) {
    static const struct {
        const char *name;
        double factor;
        const char *base;
    } known[] = {
        {"", 1, ""},
        {"B", 1, "B"},
        {"kB", 1e3, "B"},
        {"MB", 1e6, "B"},
        {"GB", 1e9, "B"},
        {"KiB", 1024, "B"},
        {"MiB", 1048576, "B"},
        {"GiB", 1073741824, "B"},
        {"pps", 1, "pps"},
        {"kpps", 1e3, "pps"},
        {"Mpps", 1e6, "pps"},
        {"bit/s", 1, "bit/s"},
        {"kbit/s", 1e3, "bit/s"},
        {"Mbit/s", 1e6, "bit/s"},
        {"Gbit/s", 1e9, "bit/s"},
        {"Hz", 1, "Hz"},
        {"kHz", 1e3, "Hz"},
        {"MHz", 1e6, "Hz"},
        {"GHz", 1e9, "Hz"},
        {"s", 1, "s"},
        {"ms", 1e-3, "s"},
        {"us", 1e-6, "s"},
        {"ns", 1e-9, "s"},
        {"%", 1, "%"},
        {"cycles", 1, "cycles"},
    };
    char *end;
    *value = strtod(text, &end);
    if (end == text || !isfinite(*value)) return 0;
    while (*end == ' ') end++;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(end, known[i].name) != 0) continue;
        *value *= known[i].factor;
        snprintf(unit, 16, "%s", known[i].base);
        return 1;
    }
    return 0;
}
