/* Where the CPU cycles of one packet go: a bar per compared point, stacked by place and category.
 *
 * When the points differ so much that the smallest bar could not be read, bars show shares, with the
 * total written above. */
#ifndef IOPATH_ANALYSIS_CYCLE_STACK_H
#define IOPATH_ANALYSIS_CYCLE_STACK_H

#include "analysis/comparison.h"
#include "analysis/plot.h"

struct cycle_stack;

/* NULL when there is nothing to show. The panel lives as long as the stack. */
struct cycle_stack *cycle_stack_new(const struct comparison *comparison);
const struct plot_panel *cycle_stack_panel(const struct cycle_stack *stack);
void cycle_stack_free(struct cycle_stack *stack);

#endif
