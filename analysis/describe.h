/* Short descriptions of configurations, for tables: what was simulated, in a line. */
#ifndef IOPATH_ANALYSIS_DESCRIBE_H
#define IOPATH_ANALYSIS_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/units.h"
#include "models/config.h"
#include "models/result.h"

const char *hypervisor_name(enum hypervisor_kind kind); /* "Xen", "KVM", … */

/* "ec2-ivybridge: Xen 4.2, 2 x 10 cores at 2.80 GHz, NIC intel-82599, costs ivybridge" */
void describe_host(const struct host_config *host, char *out, size_t size);

/* "udp-stream transmit to wire, 64 B frames, 4 flows, as fast as it can" */
void describe_workload(const struct model_config *model, const struct workload_config *workload, char *out,
                       size_t size);

/* A cost in the unit of its parameter: "1200 cycles", "490 ns". */
const char *describe_cost(double value, enum cost_unit unit, char out[UNITS_TEXT]);

/* Whether the metric counts frames that were dropped somewhere. */
bool describe_is_loss(enum metric_kind kind);

/* How units_metric counts rates of a metric: "pps" where they are frames, else "/s". */
const char *describe_counted(enum metric_kind kind);

/* Whether the workload is counted in transactions (rr, ping) rather than in frames. */
int workload_is_transactional(enum workload_kind kind);

#endif
