/* Confidence of fitted costs: covariance, what cannot be told apart, sources (analysis/calibration.h). */
#ifndef IOPATH_ANALYSIS_CALIBRATION_INTERVALS_H
#define IOPATH_ANALYSIS_CALIBRATION_INTERVALS_H

#include "analysis/fit_problem.h"

/* Fills intervals, states, groups and sources of the costs that were fitted, at `problem->values`. */
enum iop_status calibration_intervals(const struct fit_problem *problem, struct calibration *calibration,
                                      struct diag *diag);

#endif
