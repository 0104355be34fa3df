/* A demand: a load that any number of instances of a type are to carry together, within limits of latency and loss, and
 * what they may be. `iopath plan` answers it.
 *
 * It is a file of its own (scenarios/plan/). Its workload is one of a scenario, whose rate is what all instances
 * together must carry today; each allowed type and mode makes a scenario of it, with one instance. */
#ifndef IOPATH_SCENARIOS_DEMAND_H
#define IOPATH_SCENARIOS_DEMAND_H

#include "models/instance.h"
#include "models/mode.h"
#include "scenarios/prices.h"
#include "scenarios/scenario.h"

enum { OBJECTIVES_MAX = 6 };

/* A metric of the workload that must not exceed a value. */
struct demand_objective {
    const char *metric; /* latency_p99, …, or lost */
    double most;        /* s, or a share */
};

struct demand_document; /* the file, of which scenarios are made */

struct demand {
    char file[TEXT_MAX], name[TEXT_MAX], description[TEXT_MAX];
    double growth, years; /* of the load: relative, per year */
    double headroom;      /* capacity asked beyond the load, relative to it */
    int per_host;         /* instances that share a machine; 0: as many as fit */
    int objective_count;
    struct demand_objective objectives[OBJECTIVES_MAX];
    int type_count; /* allowed ones, by name */
    struct instance_type *types;
    int mode_count; /* 0: those in which Amazon sells a type */
    enum mode modes[MODE_COUNT];
    struct price_list prices;
    struct run_config run;
    struct demand_document *document;
};

/* By path, or by name among those of the data directory (plan/requests). NULL on failure, with a message like those of
 * scenario_load. `settings` as of a scenario; their paths are those of the demand's file. */
struct demand *demand_load(const char *file, const struct setting *settings, int setting_count, struct diag *diag);
void demand_free(struct demand *demand);

/* The load at the end of the years, relative to that of today. */
double demand_growth(const struct demand *demand);

/* The modes in which to try a type: those of the demand, or else all in which it is sold with drivers that are worth
 * their name (pv, pvhvm, sriov, nitro; native of bare metal). `modes` has room for MODE_COUNT. */
int demand_modes(const struct demand *demand, const struct instance_type *type, const struct host_config *host,
                 enum mode *modes);

/* How many instances of the type share a host. IOP_INVALID: as many as the demand asks for do not fit, by their CPUs.
 */
enum iop_status demand_per_host(const struct demand *demand, const struct instance_type *type, int *count,
                                struct diag *diag);

/* The instances of the type that share its host, guests 0, 1, …, with their neighbours; workload 0 of each has the rate
 * of the whole demand. Burstable types have no credits, unless the demand says otherwise. NULL: there is none such, and
 * the message says why. */
struct scenario *demand_scenario(const struct demand *demand, const struct instance_type *type, enum mode mode,
                                 struct diag *diag);

#endif
