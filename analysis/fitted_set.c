#define _XOPEN_SOURCE 700 /* realpath, which glibc does not count as POSIX base */

#include "analysis/fitted_set.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/data.h"

static size_t folder_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* The file's own name, of letters, digits and _ . - only. */
static void name_of(const char *file, char out[CATALOG_NAME_MAX]) {
    snprintf(out, CATALOG_NAME_MAX, "%.*s", CATALOG_NAME_MAX - 1, file + folder_length(file));
    size_t length = strlen(out);
    if (length > 5 && strcmp(out + length - 5, ".yaml") == 0) out[length - 5] = '\0';
    for (char *at = out; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("_.-", *at) == NULL) *at = '-';
    if (out[0] == '\0') snprintf(out, CATALOG_NAME_MAX, "fitted");
}

static void quoted(const char *text, FILE *out) {
    putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') putc('\\', out);
        putc(*text, out);
    }
    putc('"', out);
}

static enum iop_status write_base(const struct fitted_set *fitted, FILE *out, struct diag *diag) {
    const char *base = fitted->base;
    size_t folder = folder_length(base);
    fputs("base: ", out);
    if (!names_a_path(base)) {
        quoted(base, out);
    } else if (folder == folder_length(fitted->file) && strncmp(base, fitted->file, folder) == 0) {
        char beside[DATA_PATH_MAX]; /* with a slash, should the name not end in .yaml */
        snprintf(beside, sizeof beside, "./%s", base + folder);
        quoted(beside, out);
    } else {
        char *whole = realpath(base, NULL);
        if (whole == NULL) return diag_set(diag, IOP_IO, "%s: %s", base, strerror(errno));
        quoted(whole, out);
        free(whole);
    }
    putc('\n', out);
    return IOP_OK;
}

/* A value as a file of the catalog gives it. */
static void write_value(const char *key, double value, enum cost_unit unit, FILE *out) {
    static const char *const units[] = {
        [COST_CYCLES] = " cycles", [COST_TIME] = " ns", [COST_RATE] = " B/s", [COST_COUNT] = "", [COST_SETTING] = ""};
    fprintf(out, ", %s: %.6g%s", key, unit == COST_TIME ? value * 1e9 : value, units[unit]);
}

static void write_sources(const struct fitted_cost *cost, FILE *out) {
    for (int i = 0; i < cost->sources; i++) fprintf(out, "%s%s", i == 0 ? ", source: [" : ", ", cost->source[i]);
    if (cost->sources > 0) putc(']', out);
}

static bool was_fitted(const struct fitted_cost *cost) {
    return cost->state != FIT_NO_EFFECT && cost->state != FIT_OWN_VALUES;
}

static void write_cost(const struct calibration *calibration, const struct fitted_cost *cost, FILE *out) {
    int fitted = 0;
    for (int i = 0; i < calibration->cost_count; i++) fitted += was_fitted(&calibration->costs[i]);
    const struct cost_parameter *parameter = cost_parameter(cost->axis.cost);
    const char *range = cost->state == FIT_INDISTINCT    ? "; range kept: not told apart from others"
                        : cost->state == FIT_NO_INTERVAL ? "; range kept: too few rows"
                                                         : "; 95 % interval";
    fprintf(out, "  - {name: %s", parameter->name);
    write_value("value", cost->after, parameter->unit, out);
    write_value("low", cost->low, parameter->unit, out);
    write_value("high", cost->high, parameter->unit, out);
    fputs(", how: fitted", out);
    write_sources(cost, out);
    fprintf(out,
            ",\n     note: \"one of %d cost%s fitted to %d row%s, RMS error %.3g %% before, %.3g %% after%s%s\"}\n",
            fitted, fitted == 1 ? "" : "s", calibration->row_count, calibration->row_count == 1 ? "" : "s",
            100 * calibration->before.rms, 100 * calibration->after.rms, calibration->robust ? ", robust" : "", range);
}

enum iop_status fitted_set_write(const struct fitted_set *fitted, FILE *out, struct diag *diag) {
    const struct calibration *calibration = fitted->calibration;
    char name[CATALOG_NAME_MAX];
    name_of(fitted->file, name);
    fputs("# Costs fitted by iopath calibrate; all others are those of the base.\nname: ", out);
    quoted(name, out);
    fprintf(out, "\ndescription: \"%.60s, fitted to %d measurement%s\"\n", fitted->set->name, calibration->row_count,
            calibration->row_count == 1 ? "" : "s");
    fprintf(out, "clock: %.10g Hz\n", fitted->set->clock_hz);
    enum iop_status status = write_base(fitted, out, diag);
    if (status != IOP_OK) return status;
    fputs("costs:\n", out);
    for (int i = 0; i < calibration->cost_count; i++) {
        if (was_fitted(&calibration->costs[i])) write_cost(calibration, &calibration->costs[i], out);
    }
    return IOP_OK;
}
