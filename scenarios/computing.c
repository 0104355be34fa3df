/* What applications read the time from, and workloads that use the CPU and nothing else. */
#include "scenarios/input.h"

const struct choice clock_sources[] = {{"tsc", CLOCK_TSC, false},
                                       {"xen", CLOCK_XEN, false},
                                       {"kvm-clock", CLOCK_KVM, false},
                                       {"tsc-emulated", CLOCK_TSC_EMULATED, false},
                                       {NULL, 0, false}};

/* What Linux chooses by itself. */
static enum clock_source usual_clock(const struct host_config *host, const struct guest_config *guest) {
    if (guest->mode == MODE_NATIVE || guest->mode == MODE_HVM || guest->mode == MODE_NONE) return CLOCK_TSC;
    switch (host->hypervisor) {
    case HYPERVISOR_XEN:
        return CLOCK_XEN;
    case HYPERVISOR_KVM:
    case HYPERVISOR_NITRO:
        return CLOCK_KVM;
    default:
        return CLOCK_TSC;
    }
}

static enum iop_status check_clock(struct builder *b, const struct guest_config *guest, enum clock_source source,
                                   const struct node *node) {
    enum hypervisor_kind hypervisor = b->scenario->model.host.hypervisor;
    if (guest->mode == MODE_NONE || source == CLOCK_TSC) return IOP_OK;
    if (guest->mode == MODE_NATIVE)
        return node_fail(node, b->diag, "'%s' is the clock of a guest; a native machine has tsc", node->value);
    bool of_xen = source == CLOCK_XEN || source == CLOCK_TSC_EMULATED;
    if (of_xen && hypervisor != HYPERVISOR_XEN)
        return node_fail(node, b->diag, "'%s' needs Xen, and host '%s' does not run it", node->value,
                         b->scenario->model.host.name);
    if (source == CLOCK_KVM && hypervisor == HYPERVISOR_XEN)
        return node_fail(node, b->diag, "'%s' needs KVM, and host '%s' does not run it", node->value,
                         b->scenario->model.host.name);
    return IOP_OK;
}

enum iop_status take_clock(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct node *node = node_child(input->at, "clock");
    guest->clock = usual_clock(&b->scenario->model.host, guest);
    if (node == NULL) return IOP_OK;
    guest->clock = (enum clock_source)input->clock;
    return check_clock(b, guest, guest->clock, node);
}

/* With what a socket sends: nobody else has an application that would read the clock. */
static enum iop_status take_clock_reads(struct builder *b, const struct workload_input *input,
                                        const struct guest_config *guest, struct workload_config *workload) {
    workload->clock_reads = input->clock_reads;
    if (workload->clock_reads == 0) return IOP_OK;
    const struct node *node = node_child(input->at, "clock_reads");
    if (input->kind == KIND_UDP_STREAM && input->sender != SENDER_SOCKET)
        return node_fail(node, b->diag, "clock_reads are those of an application with a socket (sender: socket)");
    if (guest->driver == DRIVER_POLL)
        return node_fail(node, b->diag,
                         "clock_reads are those of an application with a socket, and the guest polls "
                         "its device (driver: poll)");
    return IOP_OK;
}

enum iop_status take_computing(struct builder *b, const struct workload_input *input, const struct guest_config *guest,
                               struct workload_config *workload) {
    const struct node *source = node_child(input->at, "source");
    switch (input->kind) {
    case KIND_FORK:
        workload->process_bytes = input->size;
        workload->pinning = (enum pinning)input->pinning;
        workload->period_s = node_child(input->at, "period") != NULL ? input->period : 0;
        workload->jobs = 1;
        if (node_child(input->at, "size") == NULL)
            return node_fail(input->at, b->diag, "'size' is missing: resident memory of the process, such as 1 GiB");
        return IOP_OK;
    case KIND_BOOT:
        return take_boot(b, input, guest, workload);
    case KIND_CLOCK:
        workload->by_syscall = input->call;
        workload->source = source != NULL ? (enum clock_source)input->source : guest->clock;
        return source != NULL ? check_clock(b, guest, workload->source, source) : IOP_OK;
    default:
        return take_clock_reads(b, input, guest, workload);
    }
}
