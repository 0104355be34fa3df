/* Figures of results that were kept: bars, scaling, latency, breakdown, heatmap.
 *
 *   bars       the metric y of each point; x and lines choose what makes groups and bars
 *   scaling    y over the swept number x, a line for each value of lines
 *   latency    mean and percentiles of each point, or over the swept number x
 *   breakdown  shares of each domain's CPU time by category, a stack for each point
 *   heatmap    y over the two swept keys x and lines
 *
 * Means over replications with their 95 % intervals. What else tells points apart is added to the labels, so that no
 * two are taken for one. What is left out is chosen: y is the main rate, x the first swept key that fits. */
#ifndef IOPATH_ANALYSIS_STORE_FIGURE_H
#define IOPATH_ANALYSIS_STORE_FIGURE_H

#include "analysis/plot.h"
#include "analysis/result_grid.h"
#include "analysis/results.h"
#include "scenarios/scenario.h"

/* All kinds of figures by name, those that are not made from rows ("timeline", "validation") as well. */
const char *const *figure_kinds(int *count);

struct result_figure {
    struct figure figure;
    struct figure_memory memory;
};

/* `request`'s x, y and lines may be "". IOP_INVALID with what is wrong and what there is. The results must outlive the
 * figure; free it in any case. */
enum iop_status result_figure(const struct results *results, const struct plot_request *request,
                              struct result_figure *figure, struct diag *diag);
void result_figure_free(struct result_figure *figure);

/* The rate that says most of a row's workload: transactions, pps, iops, … NULL: the results have none. */
const char *results_main_metric(const struct results *results);

/* Draws each plot of a scenario into its file; stops at the first that cannot be drawn, with its file in the message.
 */
enum iop_status result_figures_of_scenario(const struct results *results, const struct scenario *scenario,
                                           struct diag *diag);

#endif
