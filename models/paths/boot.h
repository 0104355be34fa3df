/* Boots: which machines have devices that a process emulates, and the rows of a boot. */
#ifndef IOPATH_MODELS_PATHS_BOOT_H
#define IOPATH_MODELS_PATHS_BOOT_H

#include "models/paths/composer.h"

/* Whether the guest finds a PC's devices, each access to which is an exit: all but Xen's PV and PVH. */
bool boot_is_emulated(const struct host_config *host, const struct guest_config *guest);

/* Whether the guest has a toolstack or a monitor to start it; bare metal and Nitro's cards have none here. */
bool boot_exists(const struct host_config *host, const struct guest_config *guest);

/* The rows of one boot of the guest. */
void compose_boot(struct composer *composer, const struct party *at, const struct boot_config *boot);

/* boot_steps.c: who asks; Xen's toolstack, what it does with each MiB, and with a PV guest's page tables; its QEMU */
extern const struct step boot_request[], boot_toolstack[], boot_memory[], boot_tables[], boot_scripts[],
    boot_device_model[];
/* … a monitor of KVM, begin of its process, loading; in dom0: copy the files into the guest, decompress */
extern const struct step boot_monitor[], boot_qemu[], boot_microvm[], boot_load[], boot_load_compressed[];
/* … the vCPU: its begin, after a wait of its monitor; firmware, kernel */
extern const struct step boot_vcpu[], boot_vcpu_late[], boot_seabios[], boot_qboot[], boot_disk[], boot_pv_grub[];
extern const struct step boot_read_disk[], boot_decompress[], boot_kernel[], boot_pci[], boot_mmio[], boot_keyboard[];
extern const struct step boot_serial[], boot_console_ring[], boot_front_ends[], boot_init[];

#endif
