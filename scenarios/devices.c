/* A guest's network: its kernel, device and back end, queues, interrupts and steering, offloads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/kernel.h"
#include "models/topology.h"
#include "scenarios/data.h"
#include "scenarios/input.h"

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

/* VALE is attached to QEMU's e1000, in the host's kernel, and has its costs from the scenario's switch. */
static enum iop_status take_net_back_end(struct builder *b, const struct guest_input *input,
                                         struct guest_config *guest) {
    guest->net_back_end = (enum net_back_end)input->tuning.net_back_end;
    if (guest->net_back_end == NET_BACK_END_TAP || guest->mode == MODE_NONE) return IOP_OK;
    const struct node *node = node_child(node_child(input->at, "tuning"), "net_back_end");
    bool e1000 = guest->mode == MODE_HVM && guest->nic_model == NIC_MODEL_E1000;
    if (!e1000 || b->scenario->model.host.hypervisor != HYPERVISOR_KVM)
        return node_fail(node, b->diag, "'%s' needs mode hvm with an e1000 under KVM, and the mode is %s", node->value,
                         mode_info(guest->mode)->name);
    if (b->input->polling_switch[0] == '\0')
        return node_fail(node, b->diag, "'%s' needs the costs of that switch; add switch: vale", node->value);
    return IOP_OK;
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

enum iop_status take_network(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    bool known = guest->mode != MODE_NONE;
    enum iop_status status = known ? take_kernel(b, input, guest) : IOP_OK;
    if (status == IOP_OK && known) status = take_back_end(b, input, guest);
    if (status == IOP_OK && known) status = take_netfront(b, input, guest);
    if (status == IOP_OK) status = take_queues(b, input, guest);
    if (status == IOP_OK) status = take_device(b, input, guest);
    if (status == IOP_OK) status = take_net_back_end(b, input, guest);
    if (status == IOP_OK) status = take_irq_cpus(b, input, guest);
    if (status == IOP_OK) status = take_steering(b, input, guest);
    if (status == IOP_OK) status = take_socket(b, input, guest);
    if (status == IOP_OK) status = take_iommu(b, input, guest);
    if (status != IOP_OK) return status;
    take_throttle(input, guest);
    take_offloads(input, guest);
    return IOP_OK;
}
