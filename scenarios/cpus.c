/* The CPUs of the scenario: what schedules them, what guests may use of them. */
#include <stdlib.h>
#include <string.h>

#include "scenarios/input.h"

/* The scenario's scheduler stands for the host's. */
enum iop_status build_scheduler(struct builder *b) {
    struct host_config *host = &b->scenario->model.host;
    const struct node *node = node_child(b->root, "scheduler");
    if (node != NULL) host->scheduler = b->input->scheduler;
    const struct scheduler_config *scheduler = &host->scheduler;
    const struct node *kind = node != NULL ? node_child(node, "kind") : NULL;
    if (kind == NULL) kind = node != NULL ? node : b->root;
    if (scheduler->kind == SCHEDULER_KIND_CREDIT && host->hypervisor != HYPERVISOR_XEN)
        return node_fail(kind, b->diag, "'credit' is a scheduler of Xen, and host '%s' does not run it", host->name);
    if (scheduler->kind == SCHEDULER_KIND_CFS && host->hypervisor != HYPERVISOR_KVM)
        return node_fail(kind, b->diag, "'cfs' schedules the threads of KVM, and host '%s' does not run it",
                         host->name);
    int threads = host->sockets * host->cores_per_socket * host->threads_per_core;
    int left = threads - (scheduler->dom0_pinned ? host->dom0.vcpus : 0);
    if (scheduler->kind != SCHEDULER_KIND_PINNED && scheduler->cpus > left)
        return node_fail(node != NULL && node_child(node, "cpus") != NULL ? node_child(node, "cpus") : kind, b->diag,
                         "'%d' is out of range; host '%s' has %d CPUs for guests", scheduler->cpus, host->name, left);
    return IOP_OK;
}

static enum iop_status take_affinity(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const struct scheduler_config *scheduler = &b->scenario->model.host.scheduler;
    const struct node *node = node_child(input->at, "cpus");
    const char *text = input->cpus;
    if (node == NULL) return IOP_OK;
    if (scheduler->kind == SCHEDULER_KIND_PINNED)
        return node_fail_key(node, b->diag, "'cpus' names shared CPUs, and there are none without a scheduler");
    while (*text != '\0') {
        char *end;
        long first = strtol(text, &end, 10), last = first;
        if (*end == '-') last = strtol(end + 1, &end, 10);
        if (last >= scheduler->cpus || first > last)
            return node_fail(node, b->diag, "'%s' is out of range; the shared CPUs are 0 to %d", shown(text).text,
                             scheduler->cpus - 1);
        for (long cpu = first; cpu <= last; cpu++) guest->affinity |= UINT64_C(1) << cpu;
        text = *end == ',' ? end + 1 : end;
    }
    return IOP_OK;
}

/* A guest that its host has to itself, or whose hypervisor does not schedule, is not limited here. */
static enum iop_status check_limits(struct builder *b, const struct guest_input *input,
                                    const struct guest_config *guest) {
    const struct host_config *host = &b->scenario->model.host;
    const struct node *cap = node_child(input->at, "cap"), *credits = node_child(input->at, "cpu_credits");
    const struct node *limit = cap != NULL ? cap : credits;
    if (limit == NULL) return IOP_OK;
    if (host->hypervisor != HYPERVISOR_XEN)
        return node_fail_key(limit, b->diag, "'%s' is kept by Xen's credit scheduler, and host '%s' runs no Xen",
                             limit->key, host->name);
    if (credits != NULL && (!guest->has_instance || guest->instance.cpu_credits_per_hour <= 0))
        return node_fail_key(credits, b->diag, "'cpu_credits' belong to a burstable instance type such as t2.micro");
    return IOP_OK;
}

enum iop_status take_cpus(struct builder *b, const struct guest_input *input, struct guest_config *guest) {
    const bool shared = b->scenario->model.host.scheduler.kind != SCHEDULER_KIND_PINNED;
    guest->weight = input->weight;
    guest->cap = input->cap;
    guest->cpu_credits = node_child(input->at, "cpu_credits") != NULL ? 60 * input->cpu_credits : -1;
    if (shared && (guest->mode == MODE_NATIVE || guest->mode == MODE_NITRO))
        return node_fail(node_child(input->at, "mode"), b->diag,
                         "a %s guest has its CPUs to itself; the scheduler is '%s'", mode_info(guest->mode)->name,
                         b->scenario->model.host.scheduler.kind == SCHEDULER_KIND_CREDIT ? "credit" : "cfs");
    if (guest->mode == MODE_VHOST_USER && !b->scenario->model.host.scheduler.dom0_pinned)
        return node_fail(node_child(input->at, "mode"), b->diag,
                         "the polling switch of vhost-user never gives up its CPU; leave dom0_pinned true");
    enum iop_status status = take_affinity(b, input, guest);
    return status == IOP_OK ? check_limits(b, input, guest) : status;
}
