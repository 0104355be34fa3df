#include "tests/models/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/catalog.h"

void given_host(struct model_config *config, const char *host) {
    struct diag diag = {0};
    memset(config, 0, sizeof *config);
    cr_assert_eq(catalog_host(host, &config->host, &diag), IOP_OK, "%s", diag.message);
    config->servers = 1;
}

void given_plain_host(struct model_config *config) {
    given_host(config, "ec2-ivybridge");
    config->host.smt_share = 1.0;
    set_cost(config, COST_IDLE_SHALLOW, 0);
    set_cost(config, COST_IDLE_DEEP, 0);
}

int given_guest(struct model_config *config, enum mode mode, int server) {
    int index = config->guest_count++;
    struct guest_config *guest = &config->guests[index];
    cr_assert_lt(index, GUESTS_MAX);
    snprintf(guest->name, sizeof guest->name, "guest%d", index);
    guest->server = server;
    guest->mode = mode;
    guest->vcpus = 8;
    guest->clock_hz = config->host.clock_hz;
    guest->queues = mode == MODE_SRIOV ? config->host.nic.vf_queues : mode == MODE_NATIVE ? 4 : 1;
    if (server >= config->servers) config->servers = server + 1;
    return index;
}

static struct workload_config *add_workload(struct model_config *config, int guest, enum workload_kind kind) {
    struct guest_config *to = &config->guests[guest];
    cr_assert_lt(to->workload_count, WORKLOADS_MAX);
    struct workload_config *work = &to->workloads[to->workload_count];
    snprintf(work->name, sizeof work->name, "work%d", to->workload_count++);
    work->kind = kind;
    work->peer = PEER_WIRE;
    return work;
}

struct workload_config *given_stream(struct model_config *config, int guest, enum direction direction,
                                     int frame_bytes) {
    struct workload_config *work = add_workload(config, guest, WORK_UDP_STREAM);
    work->direction = direction;
    work->frame_bytes = frame_bytes;
    work->flows = 1;
    return work;
}

struct workload_config *given_tcp_stream(struct model_config *config, int guest, enum direction direction) {
    struct workload_config *work = add_workload(config, guest, WORK_TCP_STREAM);
    work->direction = direction;
    work->message_bytes = 65536;
    work->mtu_bytes = 1500;
    work->flows = 1;
    return work;
}

struct workload_config *given_block(struct model_config *config, int guest, double seconds) {
    struct guest_config *to = &config->guests[guest];
    struct workload_config *work = add_workload(config, guest, WORK_BLOCK);
    config->host.disk_count = 1;
    config->host.disks[0] = (struct disk_config){.name = "disk",
                                                 .kind = DISK_NULL,
                                                 .interface = DISK_NVME,
                                                 .capacity_bytes = 1e9,
                                                 .queue_depth = 1024,
                                                 .null_s = seconds};
    work->block_bytes = 4096;
    work->read_share = 1;
    work->jobs = work->concurrency = 1;
    to->disk_queues = to->disk_ring_pages = 1;
    to->disk_segments = 32;
    to->disk_grants = GRANTS_PERSISTENT;
    to->disk_back_end = to->mode == MODE_VIRTIO ? DISK_BACK_END_QEMU : DISK_BACK_END_KERNEL;
    return work;
}

struct workload_config *given_transactions(struct model_config *config, int guest, enum workload_kind kind) {
    struct workload_config *work = add_workload(config, guest, kind);
    work->request_bytes = work->response_bytes = 1;
    work->concurrency = 1;
    return work;
}

void given_instance(struct model_config *config, int guest, const char *type) {
    struct guest_config *to = &config->guests[guest];
    struct diag diag = {0};
    cr_assert_eq(catalog_instance(type, &to->instance, &diag), IOP_OK, "%s", diag.message);
    to->has_instance = true;
    to->vcpus = to->instance.vcpus;
    to->clock_hz = to->instance.clock_hz;
    to->network_bps = to->instance.network_bps;
}

void set_clock(struct model_config *config, double clock_hz) {
    config->host.clock_hz = clock_hz;
    for (int i = 0; i < config->guest_count; i++) config->guests[i].clock_hz = clock_hz;
}

void set_cost(struct model_config *config, enum cost cost, double value) {
    config->host.costs.values[cost].value = value;
}

double get_cost(const struct model_config *config, enum cost cost) { return config->host.costs.values[cost].value; }

void scale_cpu_work(struct model_config *config, double factor) {
    for (int i = 0; i < COST_COUNT_; i++) {
        struct cost_value *cost = &config->host.costs.values[i];
        if (cost_parameter((enum cost)i)->unit == COST_CYCLES) cost->value *= factor;
        if (cost_parameter((enum cost)i)->unit == COST_RATE) cost->value /= factor;
    }
}

enum iop_status try_run(const struct model_config *config, uint64_t seed, uint32_t replication, sim_time warmup,
                        sim_time duration, struct run_result *result, struct diag *diag) {
    struct model *model = model_new(config, seed, replication, diag);
    if (model == NULL) return IOP_INVALID;
    enum iop_status status = model_run(model, warmup, duration, result, diag);
    model_free(model);
    return status;
}

struct machine *new_machine(const struct model_config *config) {
    struct diag diag = {0};
    struct machine *machine = machine_new(config, 1, 1, &diag);
    cr_assert_not_null(machine, "%s", diag.message);
    machine->series_bin = SIM_S;
    return machine;
}

void run_for(const struct model_config *config, sim_time duration, struct run_result *result) {
    struct diag diag = {0};
    enum iop_status status = try_run(config, 1, 1, WARMUP_MS * SIM_MS, duration, result, &diag);
    cr_assert_eq(status, IOP_OK, "%s", diag.message);
}

static const struct metric *find_metric(const struct run_result *result, enum metric_kind kind, int guest, int workload,
                                        const char *domain, const char *category) {
    for (int i = 0; i < result->metric_count; i++) {
        const struct metric *metric = &result->metrics[i];
        if (metric->kind == kind && metric->guest == guest && metric->workload == workload &&
            strcmp(metric->domain, domain) == 0 && strcmp(metric->category, category) == 0)
            return metric;
    }
    return NULL;
}

double metric_of(const struct run_result *result, enum metric_kind kind, int guest, int workload) {
    const struct metric *metric = find_metric(result, kind, guest, workload, "", "");
    cr_assert_not_null(metric, "the result has no %s of guest %d, workload %d", metric_name(kind), guest, workload);
    return metric->value;
}

double rate_of(const struct run_result *result, enum metric_kind kind) { return metric_of(result, kind, -1, -1); }

double cores_of(const struct run_result *result, const char *domain) {
    const struct metric *metric = find_metric(result, METRIC_CPU_CORES, -1, -1, domain, "");
    return metric == NULL ? 0 : metric->value;
}

double exits_of(const struct run_result *result, const char *reason) {
    const struct metric *metric = find_metric(result, METRIC_EXITS_BY_REASON, -1, -1, "", reason);
    return metric == NULL ? 0 : metric->value;
}

double completed_of(const struct model_config *config, const struct run_result *result, int guest, int workload) {
    bool stream = workload_is_stream(config->guests[guest].workloads[workload].kind);
    return metric_of(result, stream ? METRIC_PPS : METRIC_TRANSACTIONS, guest, workload);
}

double utilization_of(const struct run_result *result, const char *resource) {
    for (int i = 0; i < result->resource_count; i++)
        if (strcmp(result->resources[i].name, resource) == 0) return result->resources[i].utilization;
    return 0;
}

double pps_of_run(const struct model_config *config, int guest) {
    static struct run_result result;
    run_for(config, 10 * SIM_MS, &result);
    return metric_of(&result, METRIC_PPS, guest, 0);
}

bool is_near(double value, double expected, double relative) {
    return fabs(value - expected) <= relative * fabs(expected);
}

void expect_block_run(const struct model_config *config, const char *what) {
    static struct run_result result;
    struct diag diag = {0};
    struct bound bound;
    int count;
    enum iop_status status = try_run(config, 1, 1, 20 * SIM_MS, 5 * SIM_MS, &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s: %s", what, diag.message);
    cr_assert_eq(model_bounds(config, &bound, 1, &count, &diag), IOP_OK, "%s: %s", what, diag.message);
    double rate = metric_of(&result, METRIC_IOPS, 0, 0);
    cr_expect_gt(rate, 0, "%s: nothing was done", what);
    cr_expect_leq(rate, bound.pps * 1.02, "%s: %.0f/s, the bound (%s) is %.0f/s", what, rate, bound.bottleneck,
                  bound.pps);
}
