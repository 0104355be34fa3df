#include "analysis/fit_parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LIST_MAX = 4096 };

static enum iop_status unknown_name(const char *name, struct diag *diag) {
    const char *names[COST_COUNT_];
    for (int c = 0; c < COST_COUNT_; c++) names[c] = cost_parameter((enum cost)c)->name;
    const char *near = nearest_name(name, names, COST_COUNT_);
    return diag_set(diag, IOP_INVALID, "--fit: '%.60s' is not the name of a cost%s%s%s", name,
                    near != NULL ? "; did you mean '" : "; `iopath list costs` has them all", near != NULL ? near : "",
                    near != NULL ? "'?" : "");
}

static enum iop_status choose_matching(const char *pattern, const struct cost_set *costs, bool *chosen,
                                       struct diag *diag) {
    size_t length = strlen(pattern) - 1;
    int matching = 0, with_range = 0;
    for (int c = 0; c < COST_COUNT_; c++) {
        if (strncmp(cost_parameter((enum cost)c)->name, pattern, length) != 0) continue;
        matching++;
        const struct cost_value *value = &costs->values[c];
        if (cost_parameter((enum cost)c)->unit == COST_SETTING || value->low >= value->high) continue;
        chosen[c] = true;
        with_range++;
    }
    if (matching == 0) return unknown_name(pattern, diag);
    if (with_range > 0) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "--fit: none of '%.60s' has a range in the cost set '%s'", pattern, costs->name);
}

static enum iop_status choose(const char *name, const struct cost_set *costs, bool *chosen, struct diag *diag) {
    size_t length = strlen(name);
    if (length > 0 && name[length - 1] == '*') return choose_matching(name, costs, chosen, diag);
    enum cost cost = cost_find(name);
    if (cost == COST_NONE) return unknown_name(name, diag);
    const struct cost_value *value = &costs->values[cost];
    if (value->low >= value->high)
        return diag_set(diag, IOP_INVALID,
                        "--fit: '%s' has no range in the cost set '%s', whose low and high are both its value %g", name,
                        costs->name, value->value);
    chosen[cost] = true;
    return IOP_OK;
}

enum iop_status fit_parameters_parse(const char *names, const struct cost_set *costs, struct cost_space *parameters,
                                     struct diag *diag) {
    char list[NAME_LIST_MAX], *rest = list;
    bool chosen[COST_COUNT_] = {false};
    if ((size_t)snprintf(list, sizeof list, "%s", names) >= sizeof list)
        return diag_set(diag, IOP_INVALID, "--fit: the list of names is too long");
    enum iop_status status = IOP_OK;
    for (char *name; status == IOP_OK && (name = strtok_r(rest, ", ", &rest)) != NULL;)
        status = choose(name, costs, chosen, diag);
    if (status != IOP_OK) return status;
    parameters->count = 0;
    for (int c = 0; c < COST_COUNT_; c++) {
        const struct cost_value *value = &costs->values[c];
        if (chosen[c])
            parameters->axes[parameters->count++] =
                (struct cost_axis){.cost = (enum cost)c, .low = value->low, .value = value->value, .high = value->high};
    }
    if (parameters->count > 0) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "--fit: no cost is named; `iopath list costs` has them all");
}

static const double innermost = 0.01; /* share of the range that a start keeps from its ends */

static bool logarithmic(const struct cost_axis *axis) { return axis->low > 0; }

double fit_y(const struct cost_axis *axis, double value) { return logarithmic(axis) ? log(value) : value; }

double fit_value(const struct cost_axis *axis, double y) {
    return fmin(fmax(logarithmic(axis) ? exp(y) : y, axis->low), axis->high);
}

static double width(const struct cost_axis *axis) { return fit_y(axis, axis->high) - fit_y(axis, axis->low); }

double fit_z(const struct cost_axis *axis, double value) {
    double share = (fit_y(axis, value) - fit_y(axis, axis->low)) / width(axis);
    share = fmin(fmax(share, innermost), 1 - innermost);
    return log(share / (1 - share));
}

static double logistic(double z) { return 1 / (1 + exp(-z)); }

double fit_y_of_z(const struct cost_axis *axis, double z) { return fit_y(axis, axis->low) + width(axis) * logistic(z); }

double fit_slope(const struct cost_axis *axis, double z) { return width(axis) * logistic(z) * (1 - logistic(z)); }

double fit_step(const struct cost_axis *axis, double value) {
    const double relative = 0.2, most = 0.25, least = 0.005;
    if (logarithmic(axis)) return fmin(relative, most * width(axis));
    return fmin(fmax(relative * value, least * width(axis)), most * width(axis));
}
