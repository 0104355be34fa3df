/* One host of a fleet, packet by packet: its instances, each with what its flows carried in the busiest epoch.
 *
 * Flows of one traffic at one end of an instance become one workload. What an instance sends, and what comes from
 * outside, is what was offered; what comes from another host is what the fleet let through. */
#ifndef IOPATH_ANALYSIS_FLEET_ZOOM_H
#define IOPATH_ANALYSIS_FLEET_ZOOM_H

#include "analysis/fleet_result.h"
#include "scenarios/fleet.h"

/* NULL on failure: an unknown host (with the nearest name), one without instances, or one with more than a scenario
 * holds. scenario_free(). */
struct scenario *fleet_zoom(const struct fleet_scenario *fleet, const struct fleet_result *result, int host,
                            struct diag *diag);

#endif
