/* A boot, from the request for the guest until its kernel runs init.
 *
 * Xen: one toolstack at a time builds a domain (xl holds a lock), Xen clears its memory, xenstored serves the requests
 * for its devices, scripts set up vif and disk, QEMU starts for HVM guests. KVM: a process starts that is the machine,
 * and loads the kernel. Then the guest's first vCPU works: firmware, or a boot loader, or neither; decompression; the
 * kernel, which finds its devices. Registers of emulated devices are accessed one by one, each an exit and a trip to
 * the process that emulates (device_model.c): under Xen that is in dom0, where parallel boots meet.
 *
 * Where the kernel comes from: `direct` the toolstack or monitor copies it into the guest (a QEMU with firmware leaves
 * that to an option ROM); `bios` the firmware reads it from an emulated disk; `pv-grub` a small PV kernel reads it by
 * blkfront and starts it. Files are in the page cache of dom0 or the host.
 *
 * Not modelled: the further vCPUs; the guest's disk; user space beyond the begin of init; requests to XenStore beside
 * those of boots, and conflicts of its transactions; kernels that boot slower on larger machines. */
#include "models/paths/boot.h"

#include "models/paths/block.h"

static const double MIB = 1024.0 * 1024, USUAL_MEMORY = 1024 * 1024.0 * 1024;

/* What the monitors of KVM differ in. */
static const struct {
    const struct step *start, *devices, *keyboard;
    bool waits;
} monitors[] = {
    [MONITOR_QEMU] = {boot_qemu, boot_pci, NULL, false},
    [MONITOR_FIRECRACKER] = {boot_microvm, boot_mmio, boot_keyboard, true},
    [MONITOR_CLOUD_HYPERVISOR] = {boot_microvm, boot_pci, NULL, true},
};

bool boot_exists(const struct host_config *host, const struct guest_config *guest) {
    return guest->mode != MODE_NATIVE && (host->hypervisor == HYPERVISOR_XEN || host->hypervisor == HYPERVISOR_KVM);
}

bool boot_is_emulated(const struct host_config *host, const struct guest_config *guest) {
    return host->hypervisor == HYPERVISOR_KVM || (guest->mode != MODE_PV && guest->mode != MODE_PVH);
}

static void add(struct composer *composer, const struct party *at, const struct step *table) {
    compose_table(composer, table, at, party_traits(composer, at), HOP_NONE);
}

/* Rows of each MiB of the guest's memory. */
static void add_by_memory(struct composer *composer, const struct party *at, const struct step *table) {
    double bytes = composer->config->guests[at->guest].memory_bytes;
    struct composer each = *composer;
    each.times = (int)((bytes > 0 ? bytes : USUAL_MEMORY) / MIB);
    add(&each, at, table);
}

static void add_toolstack(struct composer *composer, const struct party *at, const struct boot_config *boot,
                          bool emulated) {
    bool builds = boot->loader == LOADER_DIRECT && !emulated;
    add(composer, at, boot_toolstack);
    add_by_memory(composer, at, boot_memory);
    if (composer->config->guests[at->guest].mode == MODE_PV) add_by_memory(composer, at, boot_tables);
    if (boot->loader == LOADER_DIRECT) add(composer, at, boot_load);
    if (builds && boot->compressed) add(composer, at, boot_load_compressed);
    add(composer, at, boot_scripts);
    if (emulated) add(composer, at, boot_device_model);
    add(composer, at, boot_vcpu);
}

static void add_monitor(struct composer *composer, const struct party *at, const struct boot_config *boot) {
    add(composer, at, boot_monitor);
    if (!boot->prepared) add(composer, at, monitors[boot->monitor].start);
    if (boot->loader == LOADER_DIRECT) add(composer, at, boot_load);
    add(composer, at, monitors[boot->monitor].waits && !boot->prepared ? boot_vcpu_late : boot_vcpu);
}

/* Up to the kernel's first instruction. */
static void add_loader(struct composer *composer, const struct party *at, const struct boot_config *boot) {
    if (boot->firmware == FIRMWARE_SEABIOS) add(composer, at, boot_seabios);
    if (boot->firmware == FIRMWARE_QBOOT) add(composer, at, boot_qboot);
    if (boot->loader == LOADER_BIOS) add(composer, at, boot_disk);
    if (boot->loader == LOADER_PV_GRUB) add(composer, at, boot_pv_grub);
    if (boot->loader == LOADER_DIRECT) return;
    add(composer, at, boot_read_disk);
    add(composer, at, boot_vcpu);
}

static void add_console(struct composer *composer, const struct party *at, int bytes, bool emulated) {
    struct composer writer = *composer;
    writer.frame_bytes = bytes;
    if (bytes > 0) add(&writer, at, emulated ? boot_serial : boot_console_ring);
}

static void add_kernel(struct composer *composer, const struct party *at, const struct boot_config *boot,
                       bool emulated) {
    const struct host_config *host = &composer->config->host;
    bool of_kvm = host->hypervisor == HYPERVISOR_KVM;
    add(composer, at, boot_kernel);
    if (emulated) add(composer, at, of_kvm ? monitors[boot->monitor].devices : boot_pci);
    if (of_kvm && monitors[boot->monitor].keyboard != NULL) add(composer, at, monitors[boot->monitor].keyboard);
    add_console(composer, at, boot->console_bytes, emulated);
    bool front_ends = guest_has_blkfront(host, &composer->config->guests[at->guest]);
    if (front_ends) add(composer, at, boot_front_ends);
    add(composer, at, boot_init);
}

void compose_boot(struct composer *composer, const struct party *at, const struct boot_config *boot) {
    const struct host_config *host = &composer->config->host;
    bool emulated = boot_is_emulated(host, &composer->config->guests[at->guest]);
    double share = boot->compressed ? host->costs.values[COST_BOOT_RATIO].value : 1;
    composer->frame_bytes = (int)(share * boot->kernel_bytes + boot->initrd_bytes);
    composer->payload_bytes = (int)boot->kernel_bytes;
    add(composer, at, boot_request);
    if (host->hypervisor == HYPERVISOR_XEN)
        add_toolstack(composer, at, boot, emulated);
    else
        add_monitor(composer, at, boot);
    add_loader(composer, at, boot);
    bool built = host->hypervisor == HYPERVISOR_XEN && boot->loader == LOADER_DIRECT && !emulated;
    if (boot->compressed && !built) add(composer, at, boot_decompress);
    add_kernel(composer, at, boot, emulated);
}
