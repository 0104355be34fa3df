/* The machines of one model: servers with their dom0 and NIC, guests with their vCPUs, and the stations
 * and queues between them that the paths of the workloads need. */
#ifndef IOPATH_MODELS_MACHINE_H
#define IOPATH_MODELS_MACHINE_H

#include "models/config.h"
#include "models/guest/runqueue.h"
#include "models/hardware/memory.h"
#include "models/station.h"
#include "models/volume_link.h"
#include "models/workload/block.h"
#include "models/workload/flow.h"
#include "models/workload/stream.h"
#include "sim/scheduler.h"
#include "sim/sim.h"

enum { SERVERS_MAX = 8, SOCKETS_MAX = 8, FLOWS_MAX = 4096 };
enum { THREADS_MAX = 1088 };
enum { STATIONS_MAX = 16384, RINGS_MAX = 16384, ROUTES_MAX = 1 << 18, INDEX_SLOTS = 2 * RINGS_MAX };

enum traffic { SENT, RECEIVED };

/* Random streams: one number space for all components. */
enum { STREAM_FLOWS = 0, STREAM_JITTER = 1 << 20, STREAM_DISKS = 1 << 21 };

struct server_state {
    int index;
    double clock_hz;
    int dom0_count;
    struct processor *dom0; /* vCPUs of dom0; NULL without a dom0 */
    struct runqueue dom0_runqueues[VCPUS_MAX];
    struct cpus dom0_cpus;  /* those that threads and interrupts share */
    int shared_count;       /* those that threads and interrupts share; the one beyond them is a polling switch's */
    struct scheduler *pool; /* CPUs that its guests share; NULL: everybody is pinned */
    bool has_iommu;
    struct iommu iommu;
    struct invalidation_queue invalidations;
    struct ticket_lock table_lock; /* of dom0's grant table, which tracks what it has mapped (models/vif_workers.h) */
    struct ticket_lock flush_lock; /* one flush of other CPUs' TLBs at a time (models/tlb_flush.h) */
    struct dma_domain *buffers;    /* of the host's kernel, where it maps each; else NULL */
    struct memory memories[SOCKETS_MAX];
    struct disk *disks[DISKS_MAX]; /* those that somebody uses */
    struct nic nic;
    struct nic_queue *pf_queue, *pmd_queue; /* of the kernel's driver, of the polling switch */
    struct processor device;                /* stands for the NIC where packets say who produced them; never works */
    struct random_stream jitter;
    int next_app; /* dom0 vCPU of the next application */
};

struct host_thread { /* with a processor of its own, under CFS */
    struct processor cpu;
    int server;
    char name[NAME_MAX_BYTES];
};

struct guest_state {
    const struct guest_config *config;
    struct server_state *server;
    int vcpu_count;
    struct processor *vcpus;
    struct scheduler *pool, *own_pool; /* that schedules the vCPUs; the server's or its own; NULL: pinned */
    struct sched_group *group;
    struct runqueue runqueues[VCPUS_MAX];
    struct cpus cpus; /* vCPUs and run queues, for the choice of a woken thread's CPU */
    struct nic_queue *nic_queues[QUEUES_MAX];
    struct invalidation_queue invalidations; /* of its own, emulated IOMMU */
    struct dma_domain *buffers;              /* that it maps there; else NULL */
    struct shaper limits[2];                 /* of what it sends and what it receives */
    struct bucket allowance;                 /* of frames sent plus received */
    struct volume_link volume_link;          /* to network volumes */
    sim_time busy_before, worked_before;     /* of all vCPUs, as of the end of the warm-up */
    sim_time halt_polled_before;             /* … the time they polled before they slept */
    double ran_before, waited_before;        /* s, on shared CPUs */
    int next_app;
    struct event_channel channels[QUEUES_MAX]; /* of what it has sent by each queue, if that has its own */
    struct ticket_lock grant_lock;
    struct ticket_lock pool_locks[DISKS_MAX]; /* of persistent grants, by disk (models/disk_workers.h) */
    struct program *register_program;
    struct route register_route;
    struct moderation mitigation; /* of an emulated device's interrupts */
    struct big_lock big_lock;     /* of its device model */
};

struct machine {
    struct sim sim;
    const struct model_config *config;
    struct packet_pool packets;
    int server_count;
    struct server_state servers[SERVERS_MAX];
    struct guest_state guests[GUESTS_MAX];
    int station_count, queue_count, flow_count, route_count, program_count, program_capacity, state_count;
    struct station **stations;
    struct queue **queues;
    uint16_t *station_index, *queue_index; /* by kind and owner (wiring.c) */
    struct flow **flows;
    struct route **routes;
    struct program **programs;
    struct workload_state **states;
    int thread_count;
    struct host_thread **threads;
    sim_time series_bin; /* width of a bin of the series of arrivals … */
    sim_time series_end; /* … and where the last one that was counted in ends */
    int series_at;
    double series[SERIES_BINS];
};

/* NULL on failure. Everything a run needs is allocated here. */
struct machine *machine_new(const struct model_config *config, uint64_t seed, uint32_t replication, struct diag *diag);
void machine_free(struct machine *machine);

/* flows.c: the flows of a workload, with their routes. */
enum iop_status machine_add_workload(struct machine *machine, int guest, int workload, struct diag *diag);

/* wiring.c: the queues, stations and NIC queues of one flow's route through a program. */
enum iop_status machine_wire(struct machine *machine, struct route *route, struct program *program, struct flow *flow,
                             struct diag *diag);
/* The same queues for a program of the same stages: packets of another size. */
enum iop_status machine_wire_alike(struct machine *machine, struct route *route, struct program *program,
                                   const struct route *like, struct diag *diag);

/* For connections.c: a flow without its route; a program that the machine frees and keeps accounts of (NULL if that or
 * the program failed); the flows of a tcp-stream in one direction. */
struct flow *machine_new_flow(struct machine *machine, const struct program *program, struct workload_state *state,
                              int index, struct diag *diag);
struct program *machine_keep_program(struct machine *machine, struct program *program, struct diag *diag);
enum iop_status machine_add_stream(struct machine *machine, struct workload_state *state, enum direction direction,
                                   struct diag *diag);

/* jobs.c: the jobs of a block workload; a server's disk, made when it is first asked for (NULL without memory). */
enum iop_status machine_add_block(struct machine *machine, struct workload_state *state, struct diag *diag);
struct disk *machine_disk(struct machine *machine, int server, int number);

/* … and the ports that a polling switch looks at although nothing comes by them. */
enum iop_status machine_wire_ports(struct machine *machine, struct diag *diag);

/* buffers.c: the driver of the host's kernel, or of a guest, maps each buffer of this queue. False without memory. */
bool machine_map_host_buffers(struct machine *machine, struct server_state *server, struct nic_queue *queue);
bool machine_map_guest_buffers(struct machine *machine, struct guest_state *guest, struct nic_queue *queue);

/* A frame from the far host is complete at the port where its path starts. */
void machine_ingress(struct machine *machine, uint32_t packet);

void machine_count_arrival(struct machine *machine, int frames);

/* Time of one way over the network between two servers. */
sim_time machine_flight(struct machine *machine, struct server_state *server);

/* Event loops of an http workload on the side of `guest` (-1: dom0). */
int machine_loops(const struct machine *machine, int guest, const struct workload_state *state);

/* Hooks of the NIC (models/network.c). */
struct nic_client machine_nic_client(struct machine *machine);

#endif
