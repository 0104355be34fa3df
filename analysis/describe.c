#include "analysis/describe.h"

#include <stdio.h>

#include "analysis/units.h"

const char *hypervisor_name(enum hypervisor_kind kind) {
    switch (kind) {
    case HYPERVISOR_XEN:
        return "Xen";
    case HYPERVISOR_KVM:
        return "KVM";
    case HYPERVISOR_NITRO:
        return "Nitro";
    case HYPERVISOR_NONE:
        break;
    }
    return "no hypervisor";
}

void describe_host(const struct host_config *host, char *out, size_t size) {
    char clock[UNITS_TEXT];
    snprintf(out, size, "%s: %s%s%s, %d x %d cores at %s, NIC %s, costs %s", host->name,
             hypervisor_name(host->hypervisor), host->hypervisor_version[0] != '\0' ? " " : "",
             host->hypervisor_version, host->sockets, host->cores_per_socket, units_si(host->clock_hz, "Hz", clock),
             host->nic.name, host->costs.name);
}

static const char *peer_text(const struct model_config *model, const struct workload_config *workload) {
    if (workload->peer == PEER_DOM0) return "dom0";
    if (workload->peer == PEER_GUEST) return model->guests[workload->peer_guest].name;
    return "the wire";
}

static void describe_stream(const struct workload_config *workload, const char *peer, char *out, size_t size) {
    static const char *const towards[] = {"to", "from", "to and from", "from and to"};
    char rate[UNITS_TEXT + 16] = "as fast as it can", number[UNITS_TEXT];
    if (workload->rate_pps > 0)
        snprintf(rate, sizeof rate, "%s%s", units_si(workload->rate_pps, "pps", number),
                 workload->arrivals == ARRIVALS_POISSON ? " Poisson"
                 : workload->arrivals == ARRIVALS_ONOFF ? " in bursts"
                                                        : "");
    else if (workload->rate_bps > 0)
        snprintf(rate, sizeof rate, "%s%s", units_si(workload->rate_bps, "bit/s", number),
                 workload->arrivals == ARRIVALS_POISSON ? " Poisson"
                 : workload->arrivals == ARRIVALS_ONOFF ? " in bursts"
                                                        : "");
    bool tcp = workload->kind == WORK_TCP_STREAM, replay = workload->trace != NULL;
    snprintf(out, size, "%s %s %s %s, %s%d B%s, %d flow%s, %s", workload_kind_name(workload->kind),
             direction_name(workload->direction), towards[workload->direction], peer, replay ? "frames of " : "",
             tcp ? workload->message_bytes : workload->frame_bytes,
             replay ? " on average"
             : tcp  ? " writes"
                    : " frames",
             workload->flows, workload->flows == 1 ? "" : "s", rate);
}

static void describe_requests(const struct workload_config *workload, const char *peer, char *out, size_t size) {
    char rate[2 * UNITS_TEXT] = "", number[UNITS_TEXT];
    const char *side = workload->kind != WORK_HTTP ? "with" : workload->serves ? "server of" : "client of";
    if (workload->rate_pps > 0)
        snprintf(rate, sizeof rate, ", %s%s", units_si(workload->rate_pps, "/s", number),
                 workload->arrivals == ARRIVALS_POISSON ? " Poisson" : "");
    snprintf(out, size, "%s %s %s, %d B requests, %d B responses, %d at a time%s", workload_kind_name(workload->kind),
             side, peer, workload->request_bytes, workload->response_bytes, workload->concurrency, rate);
}

static void describe_block(const struct model_config *model, const struct workload_config *workload, char *out,
                           size_t size) {
    char bytes[UNITS_TEXT], number[UNITS_TEXT], mix[48], rate[UNITS_TEXT + 8] = "";
    if (workload->read_share >= 1 || workload->read_share <= 0)
        snprintf(mix, sizeof mix, "%s", workload->read_share > 0 ? "reads" : "writes");
    else
        snprintf(mix, sizeof mix, "requests, %.3g %% reads", 100 * workload->read_share);
    if (workload->rate_pps > 0) snprintf(rate, sizeof rate, ", %s", units_si(workload->rate_pps, "/s", number));
    const char *order = workload->requests != NULL ? "recorded" : workload->is_sequential ? "sequential" : "random";
    snprintf(out, size, "block %s %s %s on %s, %d job%s, %d in flight each%s",
             units_bytes(workload->block_bytes, bytes), order, mix, model->host.disks[workload->disk].name,
             workload->jobs, workload->jobs == 1 ? "" : "s", workload->concurrency / workload->jobs, rate);
}

static void describe_computing(const struct workload_config *workload, char *out, size_t size) {
    const char *kind = workload_kind_name(workload->kind), *plural = workload->jobs == 1 ? "" : "s";
    char time[UNITS_TEXT], period[2 * UNITS_TEXT] = "one after the other";
    if (workload->kind == WORK_FORK) {
        if (workload->period_s > 0)
            snprintf(period, sizeof period, "one every %s", units_time(workload->period_s, time));
        snprintf(out, size, "%s, a process of %.4g GiB, %s", kind, workload->process_bytes / (1 << 30), period);
    } else if (workload->kind == WORK_BOOT) {
        static const char *const loaders[] = {"loaded directly", "read by the firmware", "read by PV-GRUB"};
        if (workload->period_s > 0)
            snprintf(period, sizeof period, "one every %s", units_time(workload->period_s, time));
        snprintf(out, size, "%s, a kernel of %.4g MB%s, %s, %s", kind, workload->boot.kernel_bytes / 1e6,
                 workload->boot.compressed ? " compressed" : "", loaders[workload->boot.loader], period);
    } else if (workload->kind == WORK_CLOCK) {
        snprintf(out, size, "%s, %d thread%s, source %s by %s", kind, workload->jobs, plural,
                 clock_source_name(workload->source), workload->by_syscall ? "system call" : "vDSO if there is one");
    } else {
        snprintf(out, size, "%s, %d thread%s", kind, workload->jobs, plural);
    }
}

void describe_workload(const struct model_config *model, const struct workload_config *workload, char *out,
                       size_t size) {
    const char *kind = workload_kind_name(workload->kind), *peer = peer_text(model, workload);
    char time[UNITS_TEXT];
    if (workload_is_stream(workload->kind))
        describe_stream(workload, peer, out, size);
    else if (workload->kind == WORK_BLOCK)
        describe_block(model, workload, out, size);
    else if (workload->kind == WORK_SPIN && workload->busy < 1)
        snprintf(out, size, "%s, %d thread%s, busy %.3g %% of each %s", kind, workload->jobs,
                 workload->jobs == 1 ? "" : "s", 100 * workload->busy, units_time(workload->period_s, time));
    else if (workload->kind == WORK_SPIN)
        snprintf(out, size, "%s, %d thread%s, without a pause", kind, workload->jobs, workload->jobs == 1 ? "" : "s");
    else if (workload_is_computing(workload->kind))
        describe_computing(workload, out, size);
    else if (workload->kind == WORK_PING && workload->interval_s > 0)
        snprintf(out, size, "%s with %s, %d B, one every %s", kind, peer, workload->request_bytes,
                 units_time(workload->interval_s, time));
    else if (workload->kind == WORK_PING)
        snprintf(out, size, "%s with %s, %d B, one after the other", kind, peer, workload->request_bytes);
    else
        describe_requests(workload, peer, out, size);
}

int workload_is_transactional(enum workload_kind kind) { return !workload_is_stream(kind); }

const char *describe_cost(double value, enum cost_unit unit, char out[UNITS_TEXT]) {
    if (unit == COST_TIME) return units_time(value, out);
    if (unit == COST_RATE) return units_si(value, "B/s", out);
    snprintf(out, UNITS_TEXT, unit == COST_CYCLES ? "%.4g cycles" : "%g", value);
    return out;
}

bool describe_is_loss(enum metric_kind kind) {
    return kind == METRIC_LOST_NETWORK || kind == METRIC_LOST_NIC || kind == METRIC_LOST_BACKEND ||
           kind == METRIC_LOST_SOCKET || kind == METRIC_LOST_QDISC || kind == METRIC_LOST_BACKLOG;
}

const char *describe_counted(enum metric_kind kind) {
    return kind == METRIC_PPS || kind == METRIC_OFFERED_PPS || describe_is_loss(kind) ? "pps" : "/s";
}
