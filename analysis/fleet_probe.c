#include "analysis/fleet_probe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/bottleneck.h"
#include "analysis/capacity.h"
#include "analysis/experiment.h"

static const double kept_at_least = 0.99; /* of what is offered, when nothing is short */
static const double worth_noting = 0.005; /* of a resource, at the highest rate */
static const double search_ends = 1.01;   /* ratio of the two loads that enclose the highest one */

enum { OWN_WORKLOAD = 0, LOADS_MAX = 24 };

struct packets { /* one scenario, and what came of it */
    struct scenario *scenario;
    struct experiment_result result;
    double total; /* units per second of all guests */
};

static int group_of(const struct fleet_scenario *fleet, const struct probe_request *request) {
    const struct fleet_traffic *traffic = &fleet->fleet.traffics[request->traffic];
    return request->end == FLEET_FROM ? traffic->from : traffic->to;
}

static struct scenario *make_packets(const struct fleet_scenario *fleet, const struct probe_request *request,
                                     int guests, uint64_t *hash, struct diag *diag) {
    struct fleet_load_of_guest loads[PROBE_GUESTS_MAX];
    int group = group_of(fleet, request);
    for (int i = 0; i < guests; i++)
        loads[i] = (struct fleet_load_of_guest){.guest = i,
                                                .group = group,
                                                .traffic = request->traffic,
                                                .end = request->end,
                                                .response = request->response};
    return fleet_packets(fleet, fleet->fleet.groups[group].kind, loads, guests, hash, diag);
}

static int guests_of(const struct probe_request *request) {
    return request->guests < PROBE_GUESTS_MAX ? request->guests : PROBE_GUESTS_MAX;
}

enum iop_status probe_hash(const struct fleet_scenario *fleet, const struct probe_request *request, uint64_t *hash,
                           struct diag *diag) {
    struct scenario *scenario = make_packets(fleet, request, guests_of(request), hash, diag);
    if (scenario == NULL) return IOP_INVALID;
    scenario_free(scenario);
    return IOP_OK;
}

/* ---- runs */

static void packets_free(struct packets *packets) {
    experiment_result_free(&packets->result);
    scenario_free(packets->scenario);
    *packets = (struct packets){0};
}

static bool is_unit(const struct workload_config *work, enum metric_kind kind) {
    return kind == (work->kind == WORK_BLOCK ? METRIC_IOPS : METRIC_PPS);
}

static double sum_of(const struct packets *packets, enum metric_kind kind) {
    double sum = 0;
    for (int i = 0; i < packets->result.estimate_count; i++) {
        const struct estimate *estimate = &packets->result.estimates[i];
        if (estimate->metric.workload != OWN_WORKLOAD || isnan(estimate->over.mean)) continue;
        sum += estimate->metric.kind == kind ? estimate->over.mean : 0;
    }
    return sum;
}

static enum iop_status run(struct packets *packets, double rate, const struct crew *crew, struct diag *diag) {
    struct model_config *model = &packets->scenario->model;
    for (int i = 0; i < model->guest_count; i++) model->guests[i].workloads[OWN_WORKLOAD].rate_pps = rate;
    experiment_result_free(&packets->result);
    packets->result = (struct experiment_result){0};
    enum iop_status status = experiment_run(model, &packets->scenario->run, crew, &packets->result, diag);
    packets->total = 0;
    for (int kind = 0; kind < METRIC_KIND_COUNT; kind++)
        if (is_unit(&model->guests[0].workloads[OWN_WORKLOAD], (enum metric_kind)kind))
            packets->total += sum_of(packets, (enum metric_kind)kind);
    return status;
}

/* Streams of datagrams come as fast as they are sent, ready or not; all else waits for what it asked. */
static bool is_open(const struct packets *packets) {
    const struct workload_config *work = &packets->scenario->model.guests[0].workloads[OWN_WORKLOAD];
    return work->kind == WORK_UDP_STREAM && (work->sender == SENDER_SOCKET || work->sender == SENDER_PKTGEN);
}

static enum iop_status run_alone(struct packets *packets, const struct crew *crew, struct diag *diag) {
    if (!is_open(packets)) return run(packets, 0, crew, diag);
    const struct capacity_request request = {.load = "offered_pps", .precision = search_ends - 1};
    struct capacity capacity;
    enum iop_status status = capacity_find(packets->scenario, &request, crew, &capacity, diag);
    return status == IOP_OK ? run(packets, capacity.kept.offered, crew, diag) : status;
}

/* The common rate at which most gets through: that of one alone, or less where floods waste what guests share. The
 * search ends at the highest rate that all keep up with. */
static enum iop_status run_together(struct packets *packets, double alone, const struct crew *crew, struct diag *diag) {
    if (!is_open(packets)) return run(packets, 0, crew, diag);
    int guests = packets->scenario->model.guest_count;
    double low = 0, high = alone, rate = alone, best = 0, most = 0;
    enum iop_status status = IOP_OK;
    for (int loads = 0; loads < LOADS_MAX && high > low * search_ends; loads++) {
        status = run(packets, rate, crew, diag);
        if (status != IOP_OK) return status;
        bool kept = packets->total >= kept_at_least * rate * guests;
        if (packets->total > most) {
            most = packets->total;
            best = rate;
        }
        if (kept && rate == alone) return IOP_OK;
        *(kept ? &low : &high) = rate;
        rate = low > 0 ? sqrt(low * high) : fmin(high / 2, packets->total / guests);
    }
    return run(packets, best, crew, diag);
}

/* ---- what they needed */

static bool is_of_guest(const char *name) { return name[0] == 'g' && name[1] >= '0' && name[1] <= '9'; }

/* What a resource is to the fleet: a CPU of dom0 or the host by its number, for who works there depends on the
 * traffic; one of a guest without the guest: "vcpu1" of g0/vcpu1; all that guests share, "pool/cpu". */
static const char *common_name(const struct resource_use *use, char *out, size_t size) {
    const char *slash = strchr(use->name, '/');
    const char *name = use->cpu[0] != '\0' ? use->cpu : is_of_guest(use->name) ? slash + 1 : use->name;
    snprintf(out, size, "%.*s", (int)size - 1, strncmp(name, "pool/cpu", 8) == 0 ? "pool/cpu" : name);
    char *note = strstr(out, " (waits"); /* what it waited for is another resource */
    if (note != NULL) *note = '\0';
    return out;
}

static bool is_wire(const char *name) { return strcmp(name, "wire") == 0; } /* a link of the fleet */

/* Adds to the need of that name, which it returns; -1: there is no room. */
static int add_need(struct probe *probe, bool of_host, const char *name, double share) {
    for (int i = 0; i < probe->count; i++)
        if (probe->needs[i].of_host == of_host && strcmp(probe->needs[i].name, name) == 0) {
            probe->needs[i].share += share;
            return i;
        }
    if (probe->count == FLEET_NEEDS_MAX) return -1;
    struct probe_need *need = &probe->needs[probe->count++];
    *need = (struct probe_need){.of_host = of_host, .share = share};
    snprintf(need->name, sizeof need->name, "%.63s", name);
    return probe->count - 1;
}

/* The limit is full, whatever its utilization was. */
static void fill_need(struct probe *probe, bool of_host, const char *name, double share) {
    for (int i = 0; i < probe->count; i++)
        if (probe->needs[i].of_host == of_host && strcmp(probe->needs[i].name, name) == 0) {
            probe->needs[i].share = share;
            return;
        }
    add_need(probe, of_host, name, share);
}

static bool is_remote_disk(const struct packets *packets) {
    const struct model_config *model = &packets->scenario->model;
    const struct workload_config *work = &model->guests[0].workloads[OWN_WORKLOAD];
    return work->kind == WORK_BLOCK && model->host.disks[work->disk].interface == DISK_REMOTE;
}

/* Of an instance by itself: its own, and the CPUs of dom0 or the host that worked for it, or its own volume. */
static void take_own(struct probe *probe, const struct packets *packets) {
    const struct experiment_result *result = &packets->result;
    const struct bottleneck limit = bottleneck_find(result);
    char name[NAME_MAX_BYTES];
    bool explained = false;
    for (int i = 0; i < result->resource_count; i++) {
        const struct resource_use *use = &result->resources[i];
        bool own = is_of_guest(use->name) || use->cpu[0] != '\0' || is_remote_disk(packets);
        bool full = use == limit.first && use->utilization >= SATURATED;
        explained = explained || full;
        if (!own || is_wire(use->name) || use->utilization < worth_noting) continue;
        add_need(probe, false, common_name(use, name, sizeof name), use->utilization / probe->most);
        if (full) fill_need(probe, false, name, 1 / probe->most);
    }
    if (limit.first != NULL) snprintf(probe->bottleneck, sizeof probe->bottleneck, "%s", limit.first->name);
    if (explained) return;
    const char *work = packets->scenario->model.guests[0].workloads[OWN_WORKLOAD].name;
    snprintf(name, sizeof name, "%.32s by itself", work);
    snprintf(probe->bottleneck, sizeof probe->bottleneck, "%s", name);
    add_need(probe, false, name, 1 / probe->most);
}

/* What guests cannot have together although each could by itself is short: the fullest of what they share is full. */
static void take_shared(struct probe *probe, const struct packets *packets) {
    const struct experiment_result *result = &packets->result;
    const struct host_config *host = &packets->scenario->model.host;
    char name[NAME_MAX_BYTES];
    int fullest = -1;
    if (is_remote_disk(packets)) return;
    for (int i = 0; i < result->resource_count; i++) {
        const struct resource_use *use = &result->resources[i];
        if (is_of_guest(use->name) || is_wire(use->name) || use->utilization < worth_noting) continue;
        bool pooled = strcmp(common_name(use, name, sizeof name), "pool/cpu") == 0 && host->scheduler.cpus > 0;
        double share = use->utilization / packets->total / (pooled ? host->scheduler.cpus : 1);
        int need = add_need(probe, true, name, share);
        if (need >= 0 && (fullest < 0 || probe->needs[need].share > probe->needs[fullest].share)) fullest = need;
    }
    bool is_short = probe->guests > 1 && packets->total < kept_at_least * probe->guests * probe->most;
    bool by_wire = result->resource_count > 0 && is_wire(result->resources[0].name);
    if (is_short && !by_wire && fullest >= 0) probe->needs[fullest].share = 1 / packets->total;
}

static void take_cores(struct probe *probe, const struct packets *packets) {
    for (int i = 0; i < packets->result.estimate_count; i++) {
        const struct estimate *estimate = &packets->result.estimates[i];
        if (estimate->metric.kind != METRIC_CPU_CORES || isnan(estimate->over.mean)) continue;
        bool guest = is_of_guest(estimate->metric.domain);
        *(guest ? &probe->guest_cores : &probe->host_cores) += estimate->over.mean / packets->total;
    }
}

/* ---- the probe */

static enum iop_status nothing_done(const struct fleet_scenario *fleet, const struct probe_request *request,
                                    struct diag *diag) {
    return diag_set(diag, IOP_INVALID, "%s: traffic '%s': nothing gets through on the packet level", fleet->file,
                    fleet->fleet.traffics[request->traffic].name);
}

static enum iop_status probe_alone(const struct fleet_scenario *fleet, const struct probe_request *request,
                                   const struct crew *crew, struct packets *packets, struct probe *probe,
                                   struct diag *diag) {
    packets->scenario = make_packets(fleet, request, 1, NULL, diag);
    if (packets->scenario == NULL) return IOP_INVALID;
    enum iop_status status = run_alone(packets, crew, diag);
    if (status == IOP_OK && !(packets->total > 0)) status = nothing_done(fleet, request, diag);
    if (status != IOP_OK) return status;
    probe->most = probe->most_of_all = packets->total;
    take_own(probe, packets);
    return IOP_OK;
}

enum iop_status probe_run(const struct fleet_scenario *fleet, const struct probe_request *request,
                          const struct crew *crew, struct probe *probe, struct diag *diag) {
    struct packets packets = {0};
    *probe = (struct probe){.guests = guests_of(request)};
    enum iop_status status = probe_alone(fleet, request, crew, &packets, probe, diag);
    if (status == IOP_OK && is_remote_disk(&packets)) probe->guests = 1;
    if (status == IOP_OK && probe->guests > 1) {
        packets_free(&packets);
        packets.scenario = make_packets(fleet, request, probe->guests, NULL, diag);
        status = packets.scenario == NULL ? IOP_INVALID : run_together(&packets, probe->most, crew, diag);
        probe->most_of_all = packets.total;
    }
    if (status == IOP_OK && !(packets.total > 0)) status = nothing_done(fleet, request, diag);
    if (status == IOP_OK) {
        take_shared(probe, &packets);
        take_cores(probe, &packets);
    }
    packets_free(&packets);
    return status;
}
