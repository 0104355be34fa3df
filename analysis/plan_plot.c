/* Cost against latency: a point for each option, a shape for each mode. */
#include <stdlib.h>
#include <string.h>

#include "analysis/plan.h"
#include "analysis/plot.h"

/* The value of the objective that is drawn; 0: there is none. */
static double limit_of(const struct plan *plan) {
    for (int i = 0; i < plan->demand->objective_count; i++)
        if (strcmp(plan->demand->objectives[i].metric, plan_latency_name(plan->objective)) == 0)
            return plan->demand->objectives[i].most;
    return 0;
}

static struct plot_value point(const struct plan *plan, const struct plan_option *option) {
    const struct interval *latency = &option->latency[plan->objective];
    return (struct plot_value){
        .present = true, .x = plan_cost(option), .y = latency->mean, .low = latency->low, .high = latency->high};
}

/* A series for each mode that is there, in which the options of the others are absent. */
static int make_series(const struct plan *plan, struct plot_value *values, struct plot_series *series) {
    int count = 0;
    for (int m = 0; m < MODE_COUNT; m++) {
        struct plot_value *own = &values[count * plan->ranked];
        bool any = false;
        for (int i = 0; i < plan->ranked; i++) {
            own[i] = (struct plot_value){.present = false};
            if ((int)plan->options[i].mode != m) continue;
            own[i] = point(plan, &plan->options[i]);
            any = true;
        }
        if (any) series[count++] = (struct plot_series){mode_info((enum mode)m)->name, own, plan->ranked};
    }
    return count;
}

enum iop_status plan_plot(const struct plan *plan, const char *file, struct diag *diag) {
    if (plan->ranked == 0)
        return diag_set(diag, IOP_INVALID, "%s: there is nothing to plot: no option keeps the objective", file);
    size_t count = (size_t)plan->ranked;
    struct plot_value *values = calloc((MODE_COUNT + 1) * count, sizeof *values);
    const char **names = calloc(count, sizeof *names);
    enum iop_status status = IOP_OK;
    if (values == NULL || names == NULL) status = diag_set(diag, IOP_NO_MEMORY, "out of memory while plotting");
    for (size_t i = 0; i < count && status == IOP_OK; i++) names[i] = plan->options[i].type.name;
    if (status == IOP_OK) {
        char x_label[64], y_label[64];
        struct plot_series series[MODE_COUNT];
        snprintf(x_label, sizeof x_label, "%s per hour, all instances", plan->demand->prices.currency);
        snprintf(y_label, sizeof y_label, "%s under its share", plan_latency_name(plan->objective));
        const struct plot_panel panel = {.kind = PANEL_POINTS,
                                         .width = PANEL_FULL,
                                         .title = "cost against latency",
                                         .x_label = x_label,
                                         .y_label = y_label,
                                         .unit = "s",
                                         .limit = limit_of(plan),
                                         .category_count = plan->ranked,
                                         .categories = names,
                                         .series_count = make_series(plan, values, series),
                                         .series = series};
        const struct figure figure = {plan->demand->name, 1, &panel};
        status = plot_write(&figure, file, diag);
    }
    free(values);
    free(names);
    return status;
}
