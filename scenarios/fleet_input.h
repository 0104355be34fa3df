/* What the `fleet:` block of a file says, read and range-checked, and how it becomes the fleet: racks and their hosts,
 * then groups of instances, then where these are, then traffic, then failures and migrations. Each part needs those
 * before it. */
#ifndef IOPATH_SCENARIOS_FLEET_INPUT_H
#define IOPATH_SCENARIOS_FLEET_INPUT_H

#include "scenarios/fleet.h"
#include "scenarios/input.h"

enum {
    FLEET_ENTRIES_MAX = 256, /* of each list of the block, but for traffic */
    FLEET_TRAFFICS_MAX = 64,
    FLEET_UPGRADES_MAX = 32,
    FLEET_EVENTS_MAX = 1000, /* entries of failures, and of migrations */
    FLEET_HOSTS_MAX = 100000,
    FLEET_INSTANCES_MAX = 1000000,
    FLEET_FLOWS_MAX = 4000000,
    FLEET_STEPS_MAX = 1440,
};

struct fleet_power_input {
    const struct node *at;
    double idle, full;
};

struct fleet_rack_input {
    const struct node *at;
    char name[NAME_MAX_BYTES];
    int count, hosts;
    char host[256];
    double uplink, oversubscription;
    struct fleet_power_input power;
    int kind, first; /* of its racks; fleet_take_racks() */
};

enum fleet_placement { PLACEMENT_SPREAD, PLACEMENT_PACK, PLACEMENT_RANDOM };

struct fleet_group_input {
    const struct node *at;
    char name[NAME_MAX_BYTES];
    int count, per_host, placement;
    const struct node *racks;
    double clock_hz; /* of its instance type, 0: none; fleet_take_groups() */
};

enum fleet_pattern { PATTERN_PAIRS, PATTERN_RANDOM, PATTERN_ALL, PATTERN_SERVERS, PATTERN_MATRIX };

struct fleet_traffic_input {
    const struct node *at;
    char name[NAME_MAX_BYTES], from[NAME_MAX_BYTES], to[NAME_MAX_BYTES], matrix[256];
    int pattern, fanout, connections;
    struct workload_input workload, response;
    struct measure offered;
    const struct node *profile;
};

struct fleet_failure_input {
    const struct node *at;
    char host[RESOURCE_NAME_MAX], rack[NAME_MAX_BYTES];
    double begins, lasts;
    int first, hosts; /* fleet_take_failures() */
};

struct fleet_migration_input {
    const struct node *at;
    char instance[RESOURCE_NAME_MAX], group[NAME_MAX_BYTES], host[RESOURCE_NAME_MAX], to[RESOURCE_NAME_MAX];
    double begins, every, dirty, working_set, downtime;
};

struct fleet_upgrade_input {
    const struct node *at;
    char name[NAME_MAX_BYTES];
    const struct node *set;
};

/* What is free on the hosts. A host that no instance is on takes any that the packet level does. */
struct fleet_rooms {
    int *vcpus, *instances; /* in use, of each host */
    double *clock_hz;       /* of the types on it; 0: none */
    bool *is_alone;         /* an instance has it to itself */
    int *of_group;          /* instances, of each host and group */
};

/* `scenario` has what was taken before. Messages name the place in the file. */
enum iop_status fleet_take_racks(struct fleet_scenario *scenario, struct diag *diag);
enum iop_status fleet_take_groups(struct fleet_scenario *scenario, struct diag *diag);
enum iop_status fleet_place(struct fleet_scenario *scenario, struct fleet_rooms *rooms, struct diag *diag);
enum iop_status fleet_take_traffic(struct fleet_scenario *scenario, struct diag *diag);
enum iop_status fleet_take_flows(struct fleet_scenario *scenario, struct diag *diag);
enum iop_status fleet_take_failures(struct fleet_scenario *scenario, struct diag *diag);
enum iop_status fleet_take_migrations(struct fleet_scenario *scenario, struct fleet_rooms *rooms, struct diag *diag);

/* The rows of its lists, which later steps add to. */
struct fleet_rack_input *fleet_rack_input(const struct fleet_scenario *scenario, int entry);
struct fleet_group_input *fleet_group_input(const struct fleet_scenario *scenario, int group);
struct fleet_traffic_input *fleet_traffic_input(const struct fleet_scenario *scenario, int traffic);

/* fleet_names.c: what names mean; of one that nothing has, what is wrong, with the nearest. -1 is then returned. */
int fleet_group_named(const struct fleet *fleet, const char *name);
int fleet_rack_named(const struct fleet *fleet, const char *name);
int fleet_find_rack(const struct fleet *fleet, const char *name, struct diag *problem);
int fleet_find_host(const struct fleet *fleet, const char *name, struct diag *problem);
int fleet_find_instance(const struct fleet *fleet, const char *name, struct diag *problem);

/* Whether instances of a group may be placed in a rack: by its `racks`, and by the kind of the hosts. */
bool fleet_may_be_in(const struct fleet_scenario *scenario, int group, int rack);

/* fleet_placement.c */
void fleet_rooms_fini(struct fleet_rooms *rooms);
bool fleet_rooms_fit(const struct fleet_scenario *scenario, const struct fleet_rooms *rooms, int host, int group);
void fleet_rooms_enter(const struct fleet_scenario *scenario, struct fleet_rooms *rooms, int host, int group);
void fleet_rooms_leave(const struct fleet_scenario *scenario, struct fleet_rooms *rooms, int host, int group);

/* fleet_failures.c: whether a host is down at a time; room for `more` events. */
bool fleet_host_is_down(const struct fleet_scenario *scenario, int host, double at_s);
enum iop_status fleet_add_event(struct fleet *fleet, const struct fleet_event *event, struct diag *diag);

/* fleet_flows.c: units per second that a quantity of a traffic's workload means. A failure's message goes on after the
 * quantity. */
enum iop_status fleet_units(const struct fleet_traffic *traffic, enum workload_kind kind,
                            const struct quantity *quantity, double *units, struct diag *problem);
enum iop_status fleet_add_flow(struct fleet *fleet, const struct fleet_flow *flow, struct diag *diag);
/* fleet_matrix.c: the flows of a traffic with pattern matrix. */
enum iop_status fleet_take_matrix(struct fleet_scenario *scenario, int traffic, struct diag *diag);

#endif
