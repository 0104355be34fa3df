/* How a guest boots: what there is of monitors, loaders and firmware, and what they leave out. */
#include "models/paths/boot.h"
#include "scenarios/input.h"

static const char *mode_name(const struct guest_config *guest) { return mode_info(guest->mode)->name; }

/* Monitors without QEMU's devices: virtio, and kernels that they load themselves. */
static bool is_small(const struct workload_input *input) { return input->vmm != MONITOR_QEMU; }

static enum iop_status check_monitor(struct builder *b, const struct workload_input *input,
                                     const struct guest_config *guest) {
    const struct host_config *host = &b->scenario->model.host;
    const struct node *vmm = node_child(input->at, "vmm"), *prepared = node_child(input->at, "prepared");
    const struct node *firmware = node_child(input->at, "firmware");
    bool of_xen = host->hypervisor == HYPERVISOR_XEN;
    if (of_xen && vmm != NULL)
        return node_fail(vmm, b->diag, "'%s' needs KVM, and host '%s' does not run it", vmm->value, host->name);
    if (of_xen && prepared != NULL)
        return node_fail(prepared, b->diag, "a monitor of KVM can be prepared, and host '%s' does not run it",
                         host->name);
    if (is_small(input) && guest->mode != MODE_VIRTIO && guest->mode != MODE_VHOST)
        return node_fail(vmm, b->diag, "'%s' has virtio devices only, and the mode is %s", vmm->value,
                         mode_name(guest));
    if (is_small(input) && firmware != NULL)
        return node_fail(firmware, b->diag, "'%s' starts the kernel without firmware", vmm->value);
    if (of_xen && input->firmware == FIRMWARE_QBOOT)
        return node_fail(firmware, b->diag, "'qboot' needs KVM, and host '%s' does not run it", host->name);
    return IOP_OK;
}

static enum iop_status check_loader(struct builder *b, const struct workload_input *input,
                                    const struct guest_config *guest) {
    const struct node *node = node_child(input->at, "loader"), *firmware = node_child(input->at, "firmware");
    bool emulated = boot_is_emulated(&b->scenario->model.host, guest);
    if (!emulated && firmware != NULL)
        return node_fail(firmware, b->diag, "guests of mode '%s' have no firmware", mode_name(guest));
    if (input->loader == LOADER_PV_GRUB && guest->mode != MODE_PV)
        return node_fail(node, b->diag, "'pv-grub' is a PV kernel, and the mode is %s", mode_name(guest));
    if (input->loader != LOADER_BIOS) return IOP_OK;
    if (!emulated)
        return node_fail(node, b->diag, "'bios' needs firmware and an emulated disk, which guests of mode '%s' lack",
                         mode_name(guest));
    if (is_small(input))
        return node_fail(node, b->diag, "'bios' needs firmware, and '%s' starts the kernel without",
                         node_child(input->at, "vmm")->value);
    if (input->firmware == FIRMWARE_QBOOT)
        return node_fail(node, b->diag, "'bios' reads a disk, which qboot does not; it starts what QEMU has loaded");
    return IOP_OK;
}

static enum iop_status check_image(struct builder *b, const struct workload_input *input) {
    if (input->vmm != MONITOR_FIRECRACKER || input->image != true) return IOP_OK;
    return node_fail(node_child(input->at, "image"), b->diag, "'bzimage' is not what firecracker loads: vmlinux");
}

/* HVM guests of Xen begin with their disk, as on EC2; the others with a kernel that somebody has for them. */
static enum loader usual_loader(const struct host_config *host, const struct guest_config *guest) {
    bool of_xen = host->hypervisor == HYPERVISOR_XEN;
    return of_xen && boot_is_emulated(host, guest) ? LOADER_BIOS : LOADER_DIRECT;
}

enum iop_status take_boot(struct builder *b, const struct workload_input *input, const struct guest_config *guest,
                          struct workload_config *workload) {
    const struct host_config *host = &b->scenario->model.host;
    const struct node *kind = node_child(input->at, "kind");
    workload->jobs = 1;
    workload->period_s = node_child(input->at, "period") != NULL ? input->period : 0;
    if (guest->mode == MODE_NONE) return IOP_OK; /* to be chosen */
    if (!boot_exists(host, guest))
        return node_fail(kind, b->diag, "what starts a guest of mode '%s' is not in the model; 'boot' needs Xen or KVM",
                         mode_name(guest));
    enum iop_status status = check_monitor(b, input, guest);
    if (status == IOP_OK) status = check_loader(b, input, guest);
    if (status == IOP_OK) status = check_image(b, input);
    if (status != IOP_OK) return status;
    bool firmware = boot_is_emulated(host, guest) && !is_small(input);
    workload->boot = (struct boot_config){
        .monitor = (enum monitor)input->vmm,
        .loader = input->loader == WORD_AUTO ? usual_loader(host, guest) : (enum loader)input->loader,
        .firmware = firmware ? (enum firmware)input->firmware : FIRMWARE_NONE,
        .compressed = input->image == WORD_AUTO ? input->vmm != MONITOR_FIRECRACKER : input->image == true,
        .prepared = input->prepared,
        .kernel_bytes = input->kernel,
        .initrd_bytes = input->initrd,
        .console_bytes = input->console,
    };
    return IOP_OK;
}
