/* Probes in a store. */
#ifndef IOPATH_ANALYSIS_FLEET_CACHE_H
#define IOPATH_ANALYSIS_FLEET_CACHE_H

#include "analysis/fleet_probe.h"
#include "analysis/store.h"

/* The key of a probe by this version of the program and this catalog. */
enum iop_status probe_key(const struct fleet_scenario *fleet, const struct probe_request *request, const char *version,
                          char key[STORE_KEY_MAX], struct diag *diag);

/* Makes the point if there is none, and reads what it holds. */
enum iop_status probe_read(struct store *store, const char *key, const struct fleet_scenario *fleet,
                           const char *version, struct probe *probe, bool *found, struct diag *diag);
enum iop_status probe_write(struct store *store, const char *key, const struct probe *probe, struct diag *diag);

#endif
