/* What varies in a sweep: lists and ranges of values, and the design that takes points from them.
 *
 * In a grid a range is the list of its steps. Other designs take any value of a range; keys that take whole numbers
 * or sizes get whole ones. Values are text as it would stand in the file, with a unit, and read back. */
#ifndef IOPATH_SCENARIOS_AXIS_H
#define IOPATH_SCENARIOS_AXIS_H

#include "scenarios/scenario.h"
#include "scenarios/schema.h"

enum { DESIGN_POINTS_MAX = 1000000 };

/* Reads PATH=A,B,… or PATH=FROM..TO[/STEPS][/log] of the command line; whether the values may stand at the path is
 * checked for a range, for a list axis_check does it. The caller frees axis->values, also after a failure. */
enum iop_status axis_parse(const char *text, struct sweep_axis *axis, struct diag *diag);

/* Whether each value of a list may stand at its path of a scenario file. */
enum iop_status axis_check(const struct sweep_axis *axis, struct diag *diag);

/* The value of a range at a share `u` of it, 0 <= u < 1: each whole number has an equal part, in the logarithm if the
 * scale is one. */
void axis_sample(const struct sweep_axis *axis, double u, char value[PATH_TEXT_MAX]);

/* Reads KIND[:POINTS[:SEED]] of the command line, such as latin-hypercube:200. */
enum iop_status design_parse(const char *text, struct sweep_design *design, struct diag *diag);

const char *design_name(enum design_kind kind); /* "latin-hypercube" */
extern const struct choice design_kinds[];

#endif
