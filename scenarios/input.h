/* What a scenario file says, read and range-checked, before names are resolved and counts expanded.
 * The tables of tables.c, guest_table.c and workload_table.c fill these; build.c makes the model's configuration of
 * them. */
#ifndef IOPATH_SCENARIOS_INPUT_H
#define IOPATH_SCENARIOS_INPUT_H

#include <stdint.h>

#include "scenarios/claim.h"
#include "scenarios/scenario.h"
#include "scenarios/schema.h"

/* Kinds of workload of the contract; the first ones are the model's. */
enum input_kind {
    KIND_UDP_STREAM = WORK_UDP_STREAM,
    KIND_TCP_STREAM = WORK_TCP_STREAM,
    KIND_UDP_RR = WORK_UDP_RR,
    KIND_TCP_RR = WORK_TCP_RR,
    KIND_PING = WORK_PING,
    KIND_SPIN = WORK_SPIN,
    KIND_REPLAY = WORK_REPLAY,
    KIND_HTTP = WORK_HTTP,
    KIND_BLOCK = WORK_BLOCK,
    KIND_FORK = WORK_FORK,
    KIND_SYSCALL = WORK_SYSCALL,
    KIND_CLOCK = WORK_CLOCK,
    KIND_BOOT = WORK_BOOT,
};

/* How a device's interrupt reaches a guest. */
enum delivery { DELIVERY_INJECTED, DELIVERY_POSTED, DELIVERY_EXITLESS };

enum measure_word { WORD_MAX_RATE, WORD_ADAPTIVE, WORD_OFF, WORD_AUTO = 100 /* beside values of enums, too */ };

struct workload_input {
    const struct node *at;
    char name[NAME_MAX_BYTES];
    int kind, direction, arrivals;
    char peer[NAME_MAX_BYTES + 8];
    const struct node *through;
    int frame, payload, mtu, message; /* bytes */
    struct measure rate;
    int flows, request, response, concurrency, sender, receiver;
    double interval, burst, idle, speed;
    bool repeat;
    char file[256];
    double busy, period; /* spin */
    int pinning, source, call, clock_reads, waiting;
    int vmm, loader, firmware, image, console; /* boot; of their enums, or WORD_AUTO */
    bool prepared;
    double kernel, initrd;
    int role, threads, client_threads;
    double read, size;
    int pattern, depth, jobs, engine, fsync; /* block */
    char disk[NAME_MAX_BYTES];
};

struct offloads_input {
    bool tso, gso, gro, lro, checksum;
};

struct tuning_input {
    struct measure interrupt_throttle;
    int iommu;
    int grants;   /* enum grants, or WORD_AUTO */
    int netfront; /* enum netfront, or WORD_AUTO */
    int grant_table;
    int rps_cpus, nic_model, driver, net_back_end;
    bool rps_interrupt_cpu;
    char irq_cpus[NAME_MAX_BYTES];
    int disk_grant_pool;
    int disk_queues, disk_ring_pages;                     /* 0: not given */
    int disk_back_end, disk_aio, disk_grants, disk_model; /* of their enums, or WORD_AUTO */
    double disk_poll;
    struct offloads_input offloads;
};

struct guest_input {
    const struct node *at;
    char name[NAME_MAX_BYTES];
    int count, mode, queues, server, vcpus, socket;
    char instance[CATALOG_NAME_MAX];
    char kernel[16];
    int memory_pages; /* bytes, 0: not given */
    double memory, network, network_burst, network_flow, network_packets, ebs;
    int network_credits;
    bool placement_group;
    double cap, cpu_credits;
    int weight, clock;
    char cpus[NAME_MAX_BYTES];
    struct tuning_input tuning;
    struct list workloads;
};

struct run_input {
    double duration, precision;
    struct measure warmup;
    int replications, uncertainty, batches;
    uint64_t seed;
};

struct cost_input {
    const struct node *at;
    char name[CATALOG_NAME_MAX], value[NAME_MAX_BYTES];
};

struct sweep_input {
    const struct node *at;
    char path[PATH_TEXT_MAX];
    const struct node *values;
    char from[PATH_TEXT_MAX], to[PATH_TEXT_MAX];
    int steps, scale; /* 0: no steps; SCALE_… */
};

enum axis_scale { SCALE_LINEAR, SCALE_LOG };

struct design_input {
    const struct node *at; /* NULL: left out */
    int kind, points;
    uint64_t seed;
};

struct plot_input {
    const struct node *at;
    int kind;
    struct plot_request request;
};

struct disk_input {
    const struct node *at;
    char name[NAME_MAX_BYTES], model[256];
};

struct expect_input {
    const struct node *at;
    char metric[PATH_TEXT_MAX], relative_to[256], source[SOURCE_ID_MAX], missed[TEXT_MAX];
    struct measure value;
    double tolerance;
};

struct claim_test_input {
    const struct node *at;
    char what[CLAIM_TEXT_MAX], scenario[256], metric[PATH_TEXT_MAX], bottleneck[NAME_MAX_BYTES];
    const struct node *set, *of, *to;
    double at_least, at_most;
};

struct claim_condition_input {
    const struct node *at;
    char when[CLAIM_TEXT_MAX];
    const struct node *set, *of, *to;
    int verdict;
};

struct claim_input {
    const struct node *at;
    char statement[TEXT_MAX];
    int verdict;
    bool most;
    const struct node *sources;
    struct list tests, conditions;
};

struct fleet_input {       /* the rows of its lists are in scenarios/fleet_input.h */
    const struct node *at; /* NULL: left out */
    double duration, epoch;
    uint64_t seed;
    struct list racks, instances, traffic, failures, migrations, upgrades;
};

struct scenario_input {
    char name[TEXT_MAX], description[TEXT_MAX];
    char host[256], cost_set[256], polling_switch[256], host_kernel[16], hypervisor_version[16];
    int iommu, interrupts; /* instead of the host's, where given */
    bool mitigations;
    double halt_poll;
    struct list guests, disks, costs, sweep, plots, expect;
    struct design_input design;
    const struct node *only; /* conditions, as text; NULL: none */
    struct claim_input claim;
    struct run_input run;
    struct fleet_input fleet;
    struct scheduler_config scheduler;
};

extern const struct table demand_table, objective_table, demand_disk_table; /* demand_input.h */
extern const struct table scenario_table, guest_table, tuning_table, offloads_table, workload_table, run_table,
    claim_table, claim_test_table, claim_condition_table, fleet_table, fleet_rack_table, fleet_power_table,
    fleet_group_table, fleet_traffic_table, fleet_failure_table, fleet_migration_table, fleet_upgrade_table;

/* Whether it may stand in metric paths, guests[NAME].workloads[NAME].pps. */
bool is_name(const char *text);

/* claim.c: NULL stays NULL on failure. */
enum iop_status claim_take(const struct claim_input *input, struct claim **claim, struct diag *diag);

/* settings.c: a list of settings, PATH=VALUE, into the memory. */
enum iop_status take_settings(struct arena *memory, const struct node *list, struct setting **items, int *count,
                              struct diag *diag);

/* axis.c: axes and design of a sweep, with the places of what is wrong. */
enum iop_status take_axes(const struct list *list, struct document *document, struct scenario *scenario,
                          struct diag *diag);
enum iop_status take_design(const struct design_input *input, struct scenario *scenario, struct diag *diag);

/* condition.c */
enum iop_status take_conditions(const struct node *only, const struct document *document, struct scenario *scenario,
                                struct diag *diag);

/* A file of guests that do something, or one host of a fleet, which may have nothing to do. */
enum reading { READING_FILE, READING_FLEET };

/* scenario.c: the document of a scenario with settings; where the file is. It is empty on failure. */
enum iop_status scenario_document(const char *file, const struct setting *settings, int setting_count,
                                  char path[TEXT_MAX], struct document *document, struct diag *diag);
/* Fills a zeroed scenario, whose `file` is set. */
enum iop_status scenario_read(struct scenario *scenario, struct document *document, enum reading reading,
                              struct diag *diag);
void scenario_take_run(const struct run_input *input, struct run_config *run);

/* The same of a scenario that is put together otherwise; paths in it are seen from `file`. */
struct scenario *scenario_of_document(const char *file, struct document *document, struct diag *diag);

/* content.c: of all keys and values, and of the files that they name by path. */
uint64_t document_content(const struct document *document);

/* What building the model works on. */
struct builder {
    const struct node *root;
    const struct scenario_input *input;
    struct scenario *scenario;
    struct later_note *later;
    struct diag *diag;
    enum reading reading;
    int first[GUESTS_MAX]; /* where the copies of each guest of the file begin in model.guests */
};

/* computing.c: clocks, and workloads without packets. */
extern const struct choice clock_sources[];
enum iop_status take_clock(struct builder *b, const struct guest_input *input, struct guest_config *guest);
enum iop_status take_computing(struct builder *b, const struct workload_input *input, const struct guest_config *guest,
                               struct workload_config *workload);

/* boots.c: how the guest boots. */
enum iop_status take_boot(struct builder *b, const struct workload_input *input, const struct guest_config *guest,
                          struct workload_config *workload);

/* devices.c: vCPUs of a list such as "0,8" or "0-3" in their order; 0 if it is none or has more than `most`. */
int parse_cpu_list(const char *text, int *cpus, int most);

/* build.c: host, guests and their workloads into scenario->model. */
enum iop_status build_model(struct builder *builder);
/* host.c: the machine under the guests, with what the scenario says of it instead. */
enum iop_status build_host(struct builder *builder);
/* devices.c: a guest's kernel, device, back end, queues, interrupts and offloads. */
enum iop_status take_network(struct builder *builder, const struct guest_input *input, struct guest_config *guest);
/* cpus.c: the scheduler into scenario->model, what a guest may use of the CPUs. */
enum iop_status build_scheduler(struct builder *builder);
enum iop_status take_cpus(struct builder *builder, const struct guest_input *input, struct guest_config *guest);
/* disks.c: how a guest reaches its disks; the requests of a workload of kind block, and the disk they go to. */
enum iop_status take_disks(struct builder *builder, const struct guest_input *input, struct guest_config *guest);
enum iop_status build_block(struct builder *builder, const struct workload_input *input,
                            struct workload_config *workload);
/* replay.c: what a workload of kind replay sends; what one of kind block asks of a disk of that size, if it has a file.
 */
enum iop_status build_replay(struct builder *builder, const struct workload_input *input,
                             struct workload_config *workload);
enum iop_status build_block_replay(struct builder *builder, const struct workload_input *input, double disk_bytes,
                                   struct workload_config *workload);
/* chain.c: the guests that a stream in transit passes. */
enum iop_status take_chain(struct builder *builder, const struct workload_input *input,
                           const struct guest_config *guest, struct workload_config *workload);
/* workloads.c: says that `name` is not a guest of the file; the workloads of a guest of the file (`entry`) for its copy
 * number `copy`. */
enum iop_status unknown_guest(struct builder *builder, const struct node *node, const char *name);
enum iop_status build_workloads(struct builder *builder, int entry, int copy);

#endif
