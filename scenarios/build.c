/* From what the file says to what is simulated: names resolved, guests copied, limits checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/kernel.h"
#include "models/topology.h"
#include "scenarios/data.h"
#include "scenarios/input.h"

static const struct guest_input *guest_input(const struct builder *b, int entry) {
    return (const struct guest_input *)b->input->guests.items + entry;
}

/* --- host --- */

/* What the scenario says of the host's software stands for what its file says. */
static void take_versions(struct builder *b) {
    struct host_config *host = &b->scenario->model.host;
    if (b->input->host_kernel[0] != '\0') memcpy(host->dom0.kernel, b->input->host_kernel, sizeof host->dom0.kernel);
    if (b->input->hypervisor_version[0] != '\0')
        memcpy(host->hypervisor_version, b->input->hypervisor_version, sizeof host->hypervisor_version);
}

static enum iop_status build_host(struct builder *b) {
    const struct node *node = node_child(b->root, "host");
    const char *name = b->input->host;
    char text[sizeof b->diag->message], path[DATA_PATH_MAX];
    if (node == NULL) {
        struct name_list hosts;
        text[0] = '\0';
        if (catalog_names("hosts", &hosts, NULL) == IOP_OK)
            suggest(text, sizeof text, "", (const char *const *)hosts.names, (size_t)hosts.count);
        names_free(&hosts);
        return node_fail(b->root, b->diag, "'host' is missing: the machine under the guests%s", text);
    }
    if (!names_a_path(name)) {
        if (catalog_has("hosts", name)) return catalog_host(name, &b->scenario->model.host, b->diag);
        catalog_unknown("hosts", name, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    const char *file = b->scenario->file, *slash = strrchr(file, '/');
    int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - file + 1);
    if ((size_t)snprintf(path, sizeof path, "%.*s%s", folder, file, name) >= sizeof path)
        return node_fail(node, b->diag, "the path is too long");
    return catalog_host(path, &b->scenario->model.host, b->diag);
}

/* What a scenario says about the host's settings comes before what the host's file says. */
static enum iop_status override_settings(struct builder *b) {
    struct host_config *host = &b->scenario->model.host;
    const struct scenario_input *input = b->input;
    if (node_child(b->root, "iommu") != NULL) host->iommu.mode = (enum iommu_mode)input->iommu;
    if (node_child(b->root, "mitigations") != NULL) host->mitigations = input->mitigations;
    const struct node *halt_poll = node_child(b->root, "halt_poll");
    if (halt_poll != NULL) host->halt_poll_s = input->halt_poll;
    if (halt_poll != NULL && host->halt_poll_s > 0 && host->hypervisor != HYPERVISOR_KVM)
        return node_fail(halt_poll, b->diag, "halt polling needs the hypervisor KVM; host '%s' has another",
                         host->name);
    const struct node *interrupts = node_child(b->root, "interrupts");
    if (interrupts == NULL) return IOP_OK;
    host->posted_interrupts = input->interrupts == DELIVERY_POSTED;
    host->exitless_interrupts = input->interrupts == DELIVERY_EXITLESS;
    if (host->exitless_interrupts && host->hypervisor != HYPERVISOR_KVM)
        return node_fail(interrupts, b->diag, "exit-less delivery needs the hypervisor KVM; host '%s' has another",
                         host->name);
    return IOP_OK;
}

/* The product that the host's polling switch is. */
static enum iop_status build_switch(struct builder *b) {
    const struct node *node = node_child(b->root, "switch");
    const char *name = b->input->polling_switch;
    if (node == NULL) return IOP_OK;
    if (!catalog_has("switches", name)) {
        char text[sizeof b->diag->message];
        catalog_unknown("switches", name, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    return catalog_switch(name, &b->scenario->model.host.costs, b->diag);
}

static enum iop_status override_costs(struct builder *b) {
    struct cost_set *costs = &b->scenario->model.host.costs;
    const struct cost_input *rows = b->input->costs.items;
    for (int i = 0; i < b->input->costs.count; i++) {
        enum cost cost = cost_find(rows[i].name);
        if (cost == COST_NONE) return cost_unknown(node_child(rows[i].at, "name"), b->diag);
        struct cost_value *to = &costs->values[cost];
        struct diag problem = {0};
        if (cost_value_parse(costs, cost, rows[i].value, &to->value, &problem) != IOP_OK)
            return node_fail(node_child(rows[i].at, "value"), b->diag, "%s", problem.message);
        if (to->value < to->low) to->low = to->value;
        if (to->value > to->high) to->high = to->value;
        to->how = PROV_ASSUMED;
        to->sources = 0;
        snprintf(to->note, sizeof to->note, "set in the scenario");
    }
    return IOP_OK;
}

/* --- one guest --- */

static enum iop_status take_instance(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    static const char *const given[] = {"vcpus",         "memory",       "network",
                                        "network_burst", "network_flow", "network_packets"};
    const struct node *node = node_child(input->at, "instance");
    const struct host_config *host = &b->scenario->model.host;
    bool found = false;
    enum iop_status status = find_instance(input->instance, &guest->instance, &found, b->diag);
    if (status != IOP_OK) return status;
    if (!found) {
        char text[700];
        catalog_unknown("instances", input->instance, text, sizeof text);
        return node_fail(node, b->diag, "%s", text);
    }
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        const struct node *extra = node_child(input->at, given[i]);
        if (extra != NULL)
            return node_fail(extra, b->diag, "comes with the instance type %s; leave out one of the two",
                             input->instance);
    }
    if (!names_a_path(b->input->host) && strcmp(guest->instance.host, host->name) != 0)
        return node_fail(node, b->diag, "'%s' runs on host '%s', not on '%s'", input->instance, guest->instance.host,
                         host->name);
    guest->has_instance = true;
    guest->vcpus = guest->instance.vcpus;
    guest->clock_hz = guest->instance.clock_hz;
    guest->network_bps = guest->instance.network_bps;
    guest->network_burst_bps = guest->instance.burst_bps;
    guest->network_flow_bps = input->placement_group ? guest->instance.flow_in_group_bps : guest->instance.flow_bps;
    guest->network_pps = guest->instance.network_pps;
    return IOP_OK;
}

static enum iop_status take_size(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct node *burst = node_child(input->at, "network_burst");
    guest->network_credits_spent = input->network_credits != 0;
    if (burst != NULL && node_child(input->at, "network") == NULL)
        return node_fail(burst, b->diag, "a burst needs 'network', the limit of the long run");
    if (burst != NULL && input->network_burst < input->network)
        return node_fail(burst, b->diag, "'%s' is less than what the guest always has, %s", burst->value,
                         node_child(input->at, "network")->value);
    if (input->instance[0] != '\0') return take_instance(b, input, guest);
    if (node_child(input->at, "vcpus") == NULL)
        return node_fail(input->at, b->diag, "'vcpus' is missing: a guest needs an instance type or its own size");
    guest->vcpus = input->vcpus;
    guest->network_bps = input->network;
    guest->network_burst_bps = input->network_burst;
    guest->network_flow_bps = input->network_flow;
    guest->network_pps = input->network_packets;
    return IOP_OK; /* the clock follows when the server's instances are known */
}

static enum iop_status take_mode(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    guest->mode = (enum mode)input->mode;
    if (guest->mode == MODE_NONE) return IOP_OK; /* noted as not available */
    struct diag problem = {0};
    if (mode_available(guest->mode, &b->scenario->model.host, guest->has_instance ? &guest->instance : NULL,
                       &problem) == IOP_OK)
        return IOP_OK;
    return node_fail(node_child(input->at, "mode"), b->diag, "%s", problem.message);
}

/* The guest's kernel must have the drivers of its mode. */
static enum iop_status take_kernel(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    static const struct {
        enum mode mode;
        enum kernel_feature_id needs;
        const char *else_runs;
    } rules[] = {{MODE_PVHVM, FEATURE_CALLBACK_VECTOR, "; mode 'hvm-pv' has the interrupt line instead"},
                 {MODE_PVH, FEATURE_PVH, "; mode 'pvhvm' has a device model"}};
    memcpy(guest->kernel, input->kernel, sizeof guest->kernel);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (guest->mode != rules[i].mode || kernel_has(rules[i].needs, kernel_version(guest->kernel))) continue;
        const struct kernel_feature *feature = kernel_feature(rules[i].needs);
        char version[24];
        return node_fail(node_child(input->at, "kernel"), b->diag, "'%s' does not run in mode '%s': %s came with %s%s",
                         input->kernel, mode_info(guest->mode)->name, feature->name,
                         kernel_version_text(feature->first, version, sizeof version), rules[i].else_runs);
    }
    return IOP_OK;
}

/* How netfront takes responses, and what memory its grant table is in: PV guests have theirs from Xen, cached. */
static enum iop_status take_netfront(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct node *tuning = node_child(input->at, "tuning");
    bool has = mode_has_netfront(guest->mode), chosen = input->tuning.netfront != WORD_AUTO;
    if (chosen && !has)
        return node_fail(node_child(tuning, "netfront"), b->diag, "mode '%s' has no netfront",
                         mode_info(guest->mode)->name);
    bool hardened = kernel_has(FEATURE_LATE_EOI, kernel_version(guest->kernel));
    guest->netfront = chosen            ? (enum netfront)input->tuning.netfront
                      : has && hardened ? NETFRONT_HARDENED
                                        : NETFRONT_ONE_CHANNEL;
    guest->grants_uncached = input->tuning.grant_table != 0;
    if (!guest->grants_uncached) return IOP_OK;
    const struct node *node = node_child(tuning, "grant_table");
    if (!has) return node_fail(node, b->diag, "mode '%s' has no grants", mode_info(guest->mode)->name);
    if (guest->mode == MODE_PV || guest->mode == MODE_PVH)
        return node_fail(node, b->diag,
                         "the grant table of mode '%s' is not behind the platform device, whose memory may be uncached",
                         mode_info(guest->mode)->name);
    return IOP_OK;
}

/* How the back end in the kernel of dom0 or the host serves the guest: as that kernel does, unless told otherwise. No
 * release has persistent grants for networks; those that were proposed build on a netback with threads of its own for
 * each vif. */
static enum iop_status take_back_end(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    int kernel = kernel_version(b->scenario->model.host.dom0.kernel);
    const struct node *tuning = node_child(input->at, "tuning");
    const struct node *node = tuning != NULL ? node_child(tuning, "grants") : NULL;
    bool chosen = input->tuning.grants != WORD_AUTO;
    guest->vhost_batches = kernel_has(FEATURE_VHOST_BATCH, kernel);
    if (!mode_has_netfront(guest->mode)) {
        if (!chosen) return IOP_OK;
        return node_fail(node, b->diag, "mode '%s' has no netfront", mode_info(guest->mode)->name);
    }
    bool copies = kernel_has(FEATURE_NETBACK_COPY, kernel);
    guest->grants = chosen ? (enum grants)input->tuning.grants : copies ? GRANTS_COPY : GRANTS_MAP;
    guest->own_netback = kernel_has(FEATURE_NETBACK_PER_VIF, kernel);
    guest->coalesced = kernel != 0 && kernel_has(FEATURE_RX_COALESCING, kernel);
    if (guest->grants != GRANTS_PERSISTENT) return IOP_OK;
    if (kernel != 0 && !guest->own_netback)
        return node_fail(node, b->diag,
                         "persistent grants need a netback with threads of its own for each vif, of Linux 3.12 or "
                         "later, and dom0 runs %s",
                         b->scenario->model.host.dom0.kernel);
    guest->own_netback = true;
    return IOP_OK;
}

/* netback offers as many queues as dom0 has vCPUs; the guest must know of them, too. */
static int netfront_queues(const struct builder *b, const struct guest_config *guest) {
    const struct dom0_config *dom0 = &b->scenario->model.host.dom0;
    bool both = kernel_has(FEATURE_NETBACK_QUEUES, kernel_version(dom0->kernel)) &&
                kernel_has(FEATURE_NETFRONT_QUEUES, kernel_version(guest->kernel));
    return both ? dom0->vcpus : 1;
}

/* Queues of a physical device are what its hardware has, those of netfront what both kernels can do; other
 * paravirtual and emulated devices have one here. */
static enum iop_status take_queues(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct nic_config *nic = &b->scenario->model.host.nic;
    const struct node *node = node_child(input->at, "queues");
    bool whole = guest->mode == MODE_NATIVE || guest->mode == MODE_PASSTHROUGH;
    bool hardware = whole || guest->mode == MODE_SRIOV || guest->mode == MODE_NITRO;
    int most = whole                            ? nic->pf_queues
               : hardware                       ? nic->vf_queues
               : mode_has_netfront(guest->mode) ? netfront_queues(b, guest)
                                                : 1;
    if (node == NULL) {
        guest->queues = most < guest->vcpus ? most : guest->vcpus; /* the driver takes no more than it has CPUs */
        return IOP_OK;
    }
    if (hardware && input->queues > most)
        return node_fail(node, b->diag, "'%d' is out of range; %s of %s has %d queue%s", input->queues,
                         whole ? "the driver" : "a VF", nic->name, most, most == 1 ? "" : "s");
    guest->queues = input->queues < most ? input->queues : most;
    return IOP_OK;
}

static void take_throttle(const struct guest_input *input, struct guest_config *guest) {
    const struct measure *throttle = &input->tuning.interrupt_throttle;
    guest->throttle = throttle->word == WORD_ADAPTIVE ? THROTTLE_ADAPTIVE
                      : throttle->word == WORD_OFF    ? THROTTLE_OFF
                                                      : THROTTLE_FIXED;
    if (guest->throttle == THROTTLE_FIXED) guest->throttle_s = throttle->quantity.value;
}

/* Only a device that is assigned to a guest is behind an IOMMU of the guest's, and behind the host's as well. */
static enum iop_status take_iommu(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    guest->iommu = (enum iommu_mode)input->tuning.iommu;
    bool assigned = guest->mode == MODE_SRIOV || guest->mode == MODE_PASSTHROUGH;
    if (guest->iommu == IOMMU_OFF || guest->mode == MODE_NONE) return IOP_OK;
    const struct node *node = node_child(node_child(input->at, "tuning"), "iommu");
    if (!assigned)
        return node_fail(node, b->diag, "mode '%s' has no IOMMU of the guest; sriov and passthrough can have one",
                         mode_info(guest->mode)->name);
    if (b->scenario->model.host.iommu.mode == IOMMU_OFF)
        return node_fail(node, b->diag, "a guest's IOMMU needs that of its host, which is off");
    return IOP_OK;
}

static void take_offloads(const struct guest_input *input, struct guest_config *guest) {
    const struct offloads_input *offloads = &input->tuning.offloads;
    guest->offloads = (struct offload_config){.no_tso = !offloads->tso,
                                              .no_gso = !offloads->gso,
                                              .no_gro = !offloads->gro,
                                              .no_checksum = !offloads->checksum,
                                              .lro = offloads->lro};
}

/* The emulated NIC is of mode hvm and means nothing in others; a driver in user space needs a device for it. */
static enum iop_status take_device(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    guest->nic_model = (enum nic_model)input->tuning.nic_model;
    guest->driver = (enum driver_kind)input->tuning.driver;
    if (guest->driver == DRIVER_KERNEL || guest->mode == MODE_VHOST_USER || guest->mode == MODE_NONE) return IOP_OK;
    const struct node *driver = node_child(node_child(input->at, "tuning"), "driver");
    return node_fail(driver, b->diag, "'%s' needs mode vhost-user, and the mode is %s", driver->value,
                     mode_info(guest->mode)->name);
}

/* "0,8" or "0-3": the vCPUs in their order. Returns how many, 0 if it is not a list or has more than `most`. */
int parse_cpu_list(const char *text, int *cpus, int most) {
    int count = 0;
    for (;;) {
        char *end;
        if (*text < '0' || *text > '9') return 0;
        long first = strtol(text, &end, 10), last = first;
        if (*end == '-' && end[1] >= '0' && end[1] <= '9') last = strtol(end + 1, &end, 10);
        if (last < first || last >= VCPUS_MAX || last - first >= most - count) return 0;
        for (long cpu = first; cpu <= last; cpu++) cpus[count++] = (int)cpu;
        if (*end == '\0') return count;
        if (*end != ',') return 0;
        text = end + 1;
    }
}

static enum iop_status take_irq_cpus(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    if (input->tuning.irq_cpus[0] == '\0') return IOP_OK;
    const struct node *node = node_child(node_child(input->at, "tuning"), "irq_cpus");
    int cpus[QUEUES_MAX];
    guest->irq_cpu_count = parse_cpu_list(input->tuning.irq_cpus, cpus, QUEUES_MAX);
    for (int i = 0; i < guest->irq_cpu_count; i++) {
        if (cpus[i] >= guest->vcpus)
            return node_fail(node, b->diag, "'%s': the guest has vCPUs 0 to %d", node->value, guest->vcpus - 1);
        guest->irq_cpus[i] = (uint8_t)cpus[i];
    }
    return IOP_OK;
}

/* CPUs for received packets: at least as many as asked for, interrupt CPUs left out or not. */
static enum iop_status take_steering(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    guest->rps_cpus = input->tuning.rps_cpus;
    guest->rps_interrupt_cpu = input->tuning.rps_interrupt_cpu;
    if (guest->rps_cpus == 0) return IOP_OK;
    bool taken[VCPUS_MAX] = {false};
    int most = guest->vcpus;
    for (int queue = 0; queue < guest->queues && !guest->rps_interrupt_cpu; queue++) {
        int vcpu = guest->irq_cpu_count > 0 ? guest->irq_cpus[queue % guest->irq_cpu_count] : queue % guest->vcpus;
        most -= !taken[vcpu];
        taken[vcpu] = true;
    }
    if (guest->rps_cpus <= most) return IOP_OK;
    const struct node *node = node_child(node_child(input->at, "tuning"), "rps_cpus");
    if (guest->rps_interrupt_cpu)
        return node_fail(node, b->diag, "'%d' is out of range; the guest has %d vCPUs", guest->rps_cpus, most);
    return node_fail(node, b->diag, "'%d' is out of range; %d of the guest's %d vCPUs take no interrupts",
                     guest->rps_cpus, most, guest->vcpus);
}

static enum iop_status take_socket(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct host_config *host = &b->scenario->model.host;
    const struct node *node = node_child(input->at, "socket");
    guest->socket = node == NULL ? host->nic_socket : input->socket;
    if (node == NULL) return IOP_OK;
    if (guest->socket >= host->sockets)
        return node_fail(node, b->diag, "'%s' is out of range; host '%s' has sockets 0 to %d", node->value, host->name,
                         host->sockets - 1);
    if (guest_sockets(host, guest) > 1)
        return node_fail(node, b->diag, "the guest's %d vCPUs span %d sockets", guest->vcpus,
                         guest_sockets(host, guest));
    return IOP_OK;
}

/* --- all guests --- */

static enum iop_status count_guests(struct builder *b) {
    int total = 0;
    for (int e = 0; e < b->input->guests.count; e++) {
        const struct guest_input *input = guest_input(b, e);
        b->first[e] = total;
        total += input->count;
        if (total > GUESTS_MAX)
            return node_fail(node_child(b->root, "guests"), b->diag,
                             "more than %d guests, their counts included; allowed are %d", GUESTS_MAX, GUESTS_MAX);
    }
    b->scenario->model.guest_count = total;
    b->scenario->file_guest_count = b->input->guests.count;
    return IOP_OK;
}

/* Several copies of sut are sut0, sut1, …, which may meet the name of another guest. */
static enum iop_status name_guest(struct builder *b, const struct guest_input *input, int copy, int index) {
    struct guest_config *guests = b->scenario->model.guests;
    const struct node *node = node_child(input->at, "name");
    char name[NAME_MAX_BYTES + 16];
    if (input->count == 1)
        snprintf(name, sizeof name, "%s", input->name);
    else
        snprintf(name, sizeof name, "%s%d", input->name, copy);
    if (strlen(name) >= sizeof guests[index].name)
        return node_fail(node, b->diag, "'%s' is too long; allowed are %zu bytes", shown(name).text,
                         sizeof guests[index].name - 1);
    for (int i = 0; i < index; i++)
        if (strcmp(guests[i].name, name) == 0)
            return node_fail(node, b->diag, "'%s' is the name of another guest", shown(name).text);
    memcpy(guests[index].name, name, strlen(name) + 1);
    return IOP_OK;
}

static enum iop_status build_guest(struct builder *b, int entry) {
    const struct guest_input *input = guest_input(b, entry);
    struct guest_config *first = &b->scenario->model.guests[b->first[entry]];
    enum iop_status status = take_size(b, input, first);
    if (status == IOP_OK) status = take_mode(b, input, first);
    if (status == IOP_OK && first->mode != MODE_NONE) status = take_kernel(b, input, first);
    if (status == IOP_OK && first->mode != MODE_NONE) status = take_back_end(b, input, first);
    if (status == IOP_OK && first->mode != MODE_NONE) status = take_netfront(b, input, first);
    if (status == IOP_OK) status = take_queues(b, input, first);
    if (status == IOP_OK) status = take_cpus(b, input, first);
    if (status == IOP_OK) status = take_device(b, input, first);
    if (status == IOP_OK) status = take_irq_cpus(b, input, first);
    if (status == IOP_OK) status = take_steering(b, input, first);
    if (status == IOP_OK) status = take_socket(b, input, first);
    if (status != IOP_OK) return status;
    take_throttle(input, first);
    take_offloads(input, first);
    if (node_child(input->at, "memory_pages") != NULL) first->memory_page_bytes = input->memory_pages;
    status = take_iommu(b, input, first);
    if (status != IOP_OK) return status;
    first->server = input->server - 1;
    for (int copy = 0; copy < input->count; copy++) {
        if (copy > 0) first[copy] = *first;
        status = name_guest(b, input, copy, b->first[entry] + copy);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

/* --- servers --- */

static enum iop_status count_servers(struct builder *b) {
    struct model_config *model = &b->scenario->model;
    bool used[64] = {false};
    for (int e = 0; e < b->input->guests.count; e++) {
        int number = guest_input(b, e)->server;
        used[number] = true;
        if (number > model->servers) model->servers = number;
    }
    for (int n = 1; n < model->servers; n++) {
        if (used[n]) continue;
        for (int e = 0; e < b->input->guests.count; e++)
            if (guest_input(b, e)->server == model->servers)
                return node_fail(node_child(guest_input(b, e)->at, "server"), b->diag,
                                 "there is a server %d but no server %d; servers are numbered 1, 2, … without a gap",
                                 model->servers, n);
    }
    return IOP_OK;
}

/* A server's CPUs run at one clock: that of the instance types on it, or else the host's. */
static enum iop_status check_clocks(struct builder *b) {
    struct model_config *model = &b->scenario->model;
    const struct guest_config *gives[64] = {NULL};
    for (int e = 0; e < b->input->guests.count; e++) {
        const struct guest_config *guest = &model->guests[b->first[e]];
        if (!guest->has_instance) continue;
        const struct guest_config *other = gives[guest->server];
        if (other == NULL) gives[guest->server] = guest;
        if (other != NULL && other->clock_hz != guest->clock_hz) /* both from the catalog, not computed */
            return node_fail(node_child(guest_input(b, e)->at, "instance"), b->diag,
                             "%s at %.4g GHz and %s at %.4g GHz cannot be on one server; give them different numbers "
                             "(server: 2)",
                             guest->instance.name, guest->clock_hz / 1e9, other->instance.name, other->clock_hz / 1e9);
    }
    for (int i = 0; i < model->guest_count; i++) {
        struct guest_config *guest = &model->guests[i];
        const struct guest_config *from = gives[guest->server];
        if (!guest->has_instance) guest->clock_hz = from != NULL ? from->clock_hz : model->host.clock_hz;
    }
    return IOP_OK;
}

/* Bare metal is the whole machine, a NIC passed through has one user. */
static enum iop_status check_alone(struct builder *b) {
    const struct model_config *model = &b->scenario->model;
    for (int e = 0; e < b->input->guests.count; e++) {
        const struct guest_config *guest = &model->guests[b->first[e]];
        if (guest->mode != MODE_NATIVE && guest->mode != MODE_PASSTHROUGH) continue;
        for (int i = 0; i < model->guest_count; i++)
            if (i != b->first[e] && model->guests[i].server == guest->server)
                return node_fail(node_child(guest_input(b, e)->at, "mode"), b->diag, "%s, but '%s' is on server %d too",
                                 guest->mode == MODE_NATIVE ? "native is the whole machine"
                                                            : "passthrough takes the whole NIC",
                                 model->guests[i].name, guest->server + 1);
    }
    return IOP_OK;
}

static enum iop_status check_some_work(struct builder *b) {
    for (int e = 0; e < b->input->guests.count; e++)
        if (guest_input(b, e)->workloads.count > 0) return IOP_OK;
    return node_fail(node_child(b->root, "guests"), b->diag, "no guest has a workload; there is nothing to simulate");
}

enum iop_status build_model(struct builder *b) {
    bool fleet = node_child(b->root, "fleet") != NULL; /* has its own hosts; noted as not available */
    if (fleet && b->input->guests.count == 0) return IOP_OK;
    enum iop_status status = build_host(b);
    if (status == IOP_OK) status = override_settings(b);
    if (status == IOP_OK) status = build_scheduler(b);
    if (status == IOP_OK) take_versions(b);
    if (status == IOP_OK) status = build_switch(b);
    if (status == IOP_OK) status = override_costs(b);
    if (status == IOP_OK && b->input->guests.count == 0)
        return node_fail(b->root, b->diag, "'guests' is missing: the virtual machines");
    if (status == IOP_OK) status = count_guests(b);
    for (int e = 0; status == IOP_OK && e < b->input->guests.count; e++) status = build_guest(b, e);
    if (status == IOP_OK) status = count_servers(b);
    if (status == IOP_OK) status = check_clocks(b);
    if (status == IOP_OK) status = check_alone(b);
    for (int e = 0; status == IOP_OK && e < b->input->guests.count; e++)
        for (int copy = 0; status == IOP_OK && copy < guest_input(b, e)->count; copy++)
            status = build_workloads(b, e, copy);
    if (status == IOP_OK) status = check_some_work(b);
    return status;
}
