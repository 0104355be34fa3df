/* The stages of a boot as tables. Each RING row begins the work of another CPU: the toolstack's, xenstored's, that of a
 * process for this guest, the guest's own. */
#include "models/paths/boot.h"

/* clang-format off: a table reads by its rows */

const struct step boot_request[] = {
    {PLACE_DOM0, COMPUTE, "fork the process that starts the guest", COST_FORK_PROCESS, EACH},
    END_OF_PATH,
};

/* ---- Xen: dom0 ---- */

const struct step boot_toolstack[] = {
    {PLACE_DOM0, RING, "lock of the toolstack", COST_NONE, EACH, .ring = RING_TOOLSTACK},
    {PLACE_DOM0, COMPUTE, "switch to the toolstack", COST_SCHED_SWITCH, WAKE},
    {PLACE_DOM0, COMPUTE, "toolstack: configuration, domain", COST_BOOT_XL, EACH},
    END_OF_PATH,
};

/* Of each MiB of its memory. */
const struct step boot_memory[] = {
    {PLACE_HYPERVISOR, COMPUTE, "allocate and clear its memory", COST_BOOT_MEMORY, EACH},
    END_OF_PATH,
};

const struct step boot_tables[] = {
    {PLACE_HYPERVISOR, COMPUTE, "check the page tables of its memory", COST_PV_VALIDATE, EACH,
     .times = COST_BOOT_ENTRIES},
    END_OF_PATH,
};

const struct step boot_scripts[] = {
    {PLACE_DOM0, RING, "XenStore requests", COST_NONE, EACH, .ring = RING_XENSTORE},
    {PLACE_DOM0, COMPUTE, "switch to xenstored", COST_SCHED_SWITCH, WAKE},
    {PLACE_DOM0, COMPUTE, "xenstored: entries of the domain and its devices", COST_XENSTORE, EACH,
     .times = COST_BOOT_STORE},
    {PLACE_DOM0, RING, "udev events", COST_NONE, EACH, .ring = RING_MONITOR},
    {PLACE_DOM0, COMPUTE, "switch to the scripts", COST_SCHED_SWITCH, WAKE},
    {PLACE_DOM0, COMPUTE, "scripts: vif into the bridge, disk", COST_BOOT_HOTPLUG, EACH},
    END_OF_PATH,
};

const struct step boot_device_model[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "start QEMU", COST_BOOT_QEMU, EACH},
    END_OF_PATH,
};

/* ---- KVM: the host ---- */

const struct step boot_monitor[] = {
    {PLACE_DOM0, RING, "the monitor's process", COST_NONE, EACH, .ring = RING_MONITOR},
    {PLACE_DOM0, COMPUTE, "switch to the monitor", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

const struct step boot_qemu[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "start QEMU: libraries, devices, vCPU", COST_BOOT_QEMU, EACH},
    END_OF_PATH,
};

const struct step boot_microvm[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "start the monitor: devices, vCPU", COST_BOOT_MICROVM, EACH},
    END_OF_PATH,
};

/* ---- who loads kernel and initrd ---- */

const struct step boot_load[] = {
    {PLACE_DOM0, COMPUTE, "pages of the guest for kernel and initrd", COST_COPY_PAGE, EACH, .extent = OF_EACH_PAGE},
    {PLACE_DOM0, COPY, "copy kernel and initrd into the guest", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

const struct step boot_load_compressed[] = {
    {PLACE_DOM0, COPY, "domain builder: decompress the kernel", COST_BOOT_DECOMPRESS, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};

const struct step boot_read_disk[] = {
    {PLACE_DOM0, RING, "requests of the loader", COST_NONE, EACH, .ring = RING_MONITOR},
    {PLACE_DOM0, COMPUTE, "switch to the back end", COST_SCHED_SWITCH, WAKE},
    {PLACE_DOM0, COPY, "back end: copy kernel and initrd into the guest", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

/* ---- the guest's first vCPU ---- */

const struct step boot_vcpu[] = {
    {PLACE_GUEST, RING, "vCPU", COST_NONE, EACH, .ring = RING_BOOT_CPU},
    {PLACE_HYPERVISOR, COMPUTE, "switch to the vCPU", COST_SCHED_SWITCH, WAKE},
    END_OF_PATH,
};

const struct step boot_vcpu_late[] = {
    ROWS_OF(boot_vcpu),
    {PLACE_DOM0, NOTIFY, "the monitor waits while it starts", COST_BOOT_MICROVM_WAIT, FLIGHT},
    END_OF_PATH,
};

const struct step boot_seabios[] = {
    {PLACE_GUEST, COMPUTE, "SeaBIOS: memory, tables, devices, option ROMs", COST_BOOT_SEABIOS, EACH},
    {PLACE_HYPERVISOR, EXIT, "SeaBIOS: registers of devices", COST_NONE, POLL, .device_model = true,
     .times = COST_BOOT_SEABIOS_ACCESSES},
    END_OF_PATH,
};

const struct step boot_qboot[] = {
    {PLACE_GUEST, COMPUTE, "qboot: memory, tables, kernel", COST_BOOT_QBOOT, EACH},
    {PLACE_HYPERVISOR, EXIT, "qboot: registers of devices", COST_NONE, POLL, .device_model = true,
     .times = COST_BOOT_QBOOT_ACCESSES},
    END_OF_PATH,
};

const struct step boot_disk[] = {
    {PLACE_HYPERVISOR, EXIT, "int 13h: registers of the emulated disk", COST_NONE, POLL, .device_model = true,
     .times = COST_BOOT_DISK_ACCESSES, .extent = OF_EACH_PAGE},
    END_OF_PATH,
};

const struct step boot_pv_grub[] = {
    {PLACE_GUEST, COMPUTE, "PV-GRUB: its kernel, menu, begin of Linux", COST_BOOT_PV_GRUB, EACH},
    END_OF_PATH,
};

const struct step boot_decompress[] = {
    {PLACE_GUEST, COPY, "the kernel decompresses itself", COST_BOOT_DECOMPRESS, EACH, .extent = OF_PAYLOAD},
    END_OF_PATH,
};

const struct step boot_kernel[] = {
    {PLACE_GUEST, COMPUTE, "kernel: memory, subsystems, drivers", COST_BOOT_KERNEL, EACH},
    END_OF_PATH,
};

const struct step boot_pci[] = {
    {PLACE_HYPERVISOR, EXIT, "kernel: find devices of PCI and of a PC", COST_NONE, POLL, .device_model = true,
     .times = COST_BOOT_PCI_ACCESSES},
    END_OF_PATH,
};

const struct step boot_mmio[] = {
    {PLACE_HYPERVISOR, EXIT, "kernel: set up virtio-mmio, timers", COST_NONE, POLL, .device_model = true,
     .times = COST_BOOT_MMIO_ACCESSES},
    END_OF_PATH,
};

const struct step boot_keyboard[] = {
    {PLACE_GUEST, COMPUTE, "kernel: probe the keyboard controller", COST_BOOT_KEYBOARD, EACH},
    END_OF_PATH,
};

const struct step boot_serial[] = {
    {PLACE_HYPERVISOR, EXIT, "kernel: bytes to the serial port", COST_NONE, POLL, .device_model = true,
     .times = COST_BOOT_SERIAL, .extent = OF_FRAME},
    END_OF_PATH,
};

const struct step boot_console_ring[] = {
    {PLACE_GUEST, COPY, "kernel: bytes into the console's ring", COST_COPY_HOT, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

const struct step boot_front_ends[] = {
    {PLACE_DOM0, RING, "XenStore ring", COST_NONE, EACH, .ring = RING_XENSTORE},
    {PLACE_DOM0, COMPUTE, "switch to xenstored", COST_SCHED_SWITCH, WAKE},
    {PLACE_DOM0, COMPUTE, "xenstored: front ends connect", COST_XENSTORE, EACH, .times = COST_BOOT_FRONT},
    ROWS_OF(boot_vcpu),
    END_OF_PATH,
};

const struct step boot_init[] = {
    {PLACE_GUEST, COMPUTE, "mount the root, run init", COST_FORK_PROCESS, EACH},
    END_OF_PATH,
};

/* clang-format on */
