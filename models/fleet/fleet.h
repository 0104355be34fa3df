/* A fleet: racks of hosts, instances on them and what flows between, as plain data.
 *
 * What one unit of a traffic (a frame, a transaction, a block request) takes of everything on its way was measured on
 * the packet level; here those demands are facts. A resource is whatever flows share: a vCPU of an instance, dom0's
 * CPUs of a host, a port, an uplink. Its capacity is 1, and demands are shares of it, so that a demand of 2e-6 lets
 * 500,000 units a second through (utilization law; Denning and Buzen 1978, ACM Computing Surveys 10(3)).
 *
 * Resources are numbered: those of the instances, then those of the hosts, then links. The reader of scenarios fills
 * everything but demands; fleet_number() then gives the numbers. */
#ifndef IOPATH_MODELS_FLEET_FLEET_H
#define IOPATH_MODELS_FLEET_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "models/config.h"
#include "sim/diag.h"

enum { FLEET_OUTSIDE = -1, FLEET_NEEDS_MAX = 48, FLEET_SLOTS_MAX = 96, RESOURCE_NAME_MAX = 2 * NAME_MAX_BYTES };

/* The resources that each instance of a group, or each host of a kind, has: "vcpu0", "dom0", "pcie up". */
struct fleet_slots {
    int count;
    char names[FLEET_SLOTS_MAX][NAME_MAX_BYTES];
};

/* Hosts of the same make, as the catalog knows them. */
struct fleet_kind {
    char name[CATALOG_NAME_MAX];
    int cores;       /* of the CPUs that guests and back ends run on */
    double link_bps; /* of its NIC, each way */
    struct fleet_slots slots;
};

struct fleet_rack {
    char name[NAME_MAX_BYTES];
    int kind;
    int first_host, hosts;
    double uplink_bps;     /* to the spine and from it, each way */
    double idle_w, full_w; /* power of a host without load and with all cores busy; 0: not known */
};

/* Instances that are alike. */
struct fleet_group {
    char name[NAME_MAX_BYTES];
    int kind; /* of the hosts it runs on */
    int first_instance, instances;
    int vcpus;
    double memory_bytes; /* 0: not known */
    enum mode mode;
    char instance_type[CATALOG_NAME_MAX]; /* "": none */
    struct fleet_slots slots;
};

struct fleet_need {
    bool of_host; /* else of the instance */
    int slot;     /* of its group or of its host's kind */
    double share; /* of the slot's capacity, in seconds per unit */
};

/* What a unit takes at one of its ends. */
struct fleet_demand {
    int count;
    struct fleet_need needs[FLEET_NEEDS_MAX];
    double guest_cores, host_cores; /* CPUs kept busy, per unit and second: the instance's, and dom0's or the host's */
    double most;                    /* units per second of an instance that is alone on its host; INFINITY: no limit */
    char bottleneck[RESOURCE_NAME_MAX]; /* of those */
};

enum fleet_unit { FLEET_FRAMES, FLEET_TRANSACTIONS, FLEET_REQUESTS };

/* Flows that are alike. */
struct fleet_traffic {
    char name[NAME_MAX_BYTES];
    int from, to; /* groups or FLEET_OUTSIDE; `to` is FLEET_OUTSIDE for disks in the host */
    enum fleet_unit unit;
    bool crosses;               /* the network: else its requests go to a disk of the host, and `to` means nothing */
    double out_bits, back_bits; /* of one unit on the wire, from `from` and back to it, preambles and gaps included */
    double payload_bits;        /* of both */
    struct fleet_demand at[2];  /* at `from` and at `to`; without needs at FLEET_OUTSIDE */
    int steps;                  /* of the profile: equal parts of 24 hours, each with a factor of what is offered */
    double *profile;            /* owned; NULL: 1 all day */
};

struct fleet_flow {
    int traffic;
    int from, to;   /* instances, or FLEET_OUTSIDE */
    double offered; /* units per second at a factor of 1; INFINITY: as many as can be */
};

enum fleet_event_kind { FLEET_HOST_FAILS, FLEET_HOST_RETURNS, FLEET_MIGRATES };

struct fleet_event {
    double at_s;
    enum fleet_event_kind kind;
    int host;             /* that fails or returns, or where the instance goes */
    int instance;         /* that migrates */
    double dirty_bytes_s; /* bytes of its memory written per second meanwhile */
    double hot_bytes;     /* of its memory that it writes to */
    double downtime_s;    /* it is stopped for the rest when that takes no longer */
};

struct fleet {
    char name[256];
    double duration_s, epoch_s;
    int kind_count, rack_count, host_count, group_count, instance_count, traffic_count, flow_count, event_count;
    struct fleet_kind *kinds;
    struct fleet_rack *racks;
    int *rack_of_host;
    struct fleet_group *groups;
    int *group_of_instance, *host_of_instance; /* at the start */
    struct fleet_traffic *traffics;
    struct fleet_flow *flows;
    struct fleet_event *events;                       /* in the order of time */
    int *first_slot_of_instance, *first_slot_of_host; /* by fleet_number() */
    int first_host_slot, first_link, resource_count;
};

/* Resources of instance and host i begin at first_slot_of_…[i]. Of links there are four kinds. */
enum fleet_link { FLEET_PORT_UP, FLEET_PORT_DOWN, FLEET_UPLINK_UP, FLEET_UPLINK_DOWN };

/* When the slots of all groups and kinds are known. */
enum iop_status fleet_number(struct fleet *fleet, struct diag *diag);
void fleet_free(struct fleet *fleet); /* what it points to */

/* The number of a slot by its name, which is added if it is not there; -1: no room. */
int fleet_slot(struct fleet_slots *slots, const char *name);

int fleet_link_resource(const struct fleet *fleet, enum fleet_link link, int host_or_rack);
/* "web-17/vcpu0", "old-2/13/dom0", "old-2/13/port up", "old-2/uplink" */
void fleet_resource_name(const struct fleet *fleet, int resource, char *out, size_t size);
void fleet_instance_name(const struct fleet *fleet, int instance, char *out, size_t size); /* "web-17", from 1 */
void fleet_host_name(const struct fleet *fleet, int host, char *out, size_t size);         /* "old-2/13", from 1 */
/* The host or instance of that name, or -1. */
int fleet_host_named(const struct fleet *fleet, const char *name);
int fleet_instance_named(const struct fleet *fleet, const char *name);

/* What a traffic offers of its flows' rates at a time of day. */
double fleet_factor(const struct fleet_traffic *traffic, double at_s);

#endif
