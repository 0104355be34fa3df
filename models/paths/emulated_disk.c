/* Disks of mode hvm: controllers that QEMU emulates, register by register. Each access is an exit, and a trip to the
 * device model and back.
 *
 * - ide: the driver loads the task file and starts the bus master, `ide.command_accesses` in all, the last of which
 *   starts the command; one command at a time, so that depth gains nothing. Its interrupt takes
 *   `ide.interrupt_accesses` more, and a trapped end.
 * - ahci: command tables in memory and one write to start a command, up to 32 of them; the interrupt's causes are read
 *   and acknowledged in registers.
 * - nvme: one doorbell for a command and one for its completion. Either is an exit to QEMU (QK42), or an eventfd that
 * its main loop finds later (QK43); interrupts are MSI.
 *
 * The device model reads and writes the disk as QEMU does for paravirtual disks (models/paths/qemu_disk.c).
 *
 * Not modelled: PIO transfers, the host's page cache, shadow doorbells. */
#include "models/paths/block.h"
#include "models/paths/device_model.h"

/* clang-format off: a table reads by its rows */

static const struct step ide_submit[] = {
    {PLACE_GUEST, COMPUTE, "libata: task file, PRD table", COST_AHCI_TABLES, EACH},
    {PLACE_HYPERVISOR, EXIT, "write the task file, start the bus master", COST_NONE, POLL, .device_model = true,
     .times = COST_IDE_COMMAND},
    {PLACE_DEVICE_MODEL, RING, "the controller's one command", COST_NONE, EACH, .ring = RING_IDE},
    END_OF_PATH,
};

static const struct step ahci_submit[] = {
    {PLACE_GUEST, COMPUTE, "libata: command table, PRDs", COST_AHCI_TABLES, EACH},
    {PLACE_HYPERVISOR, EXIT, "write PxCI", COST_NONE, POLL, .device_model = true},
    {PLACE_DEVICE_MODEL, RING, "command slots", COST_NONE, EACH, .ring = RING_AHCI},
    END_OF_PATH,
};

static const struct step nvme_submit[] = {
    {PLACE_GUEST, COMPUTE, "nvme: map, command", COST_NVME_SUBMIT, EACH},
    {PLACE_HYPERVISOR, EXIT, "write the doorbell", COST_NONE, POLL, .device_model = true},
    {PLACE_DEVICE_MODEL, RING, "submission queue", COST_NONE, EACH, .ring = RING_DISK_QEMU},
    END_OF_PATH,
};

static const struct step nvme_submit_eventfd[] = {
    {PLACE_GUEST, COMPUTE, "nvme: map, command", COST_NVME_SUBMIT, EACH},
    {PLACE_DEVICE_MODEL, RING, "submission queue", COST_NONE, EACH, .ring = RING_DISK_QEMU},
    ROWS_OF(virtio_kick),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    END_OF_PATH,
};

static const struct step model_takes[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "controller model: command, PRDs, map the memory", COST_VIRTBLK_PARSE, EACH},
    END_OF_PATH,
};

static const struct step model_finishes[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "controller model: status, finish", COST_VIRTBLK_FINISH, EACH},
    {PLACE_GUEST, RING, "finished commands", COST_NONE, EACH, .ring = RING_DISK_USED},
    END_OF_PATH,
};

static const struct step line_interrupt[] = {
    ROWS_OF(raise_interrupt),
    {PLACE_GUEST, IRQ, "interrupt handler", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_HYPERVISOR, EXIT, "trapped end of interrupt", COST_EXIT_EOI, WAKE, .counts = COUNTS_EXIT,
     .exit_reason = "eoi"},
    END_OF_PATH,
};

static const struct step ide_complete[] = {
    ROWS_OF(line_interrupt),
    {PLACE_HYPERVISOR, EXIT, "read and clear status, stop the bus master", COST_NONE, WAKE, .device_model = true,
     .times = COST_IDE_INTERRUPT},
    {PLACE_GUEST, COMPUTE, "libata: finish the command", COST_NVME_COMPLETE, EACH, .release = RING_IDE},
    END_OF_PATH,
};

static const struct step ahci_complete[] = {
    ROWS_OF(line_interrupt),
    {PLACE_HYPERVISOR, EXIT, "read and acknowledge the causes", COST_NONE, WAKE, .device_model = true,
     .times = COST_AHCI_INTERRUPT},
    {PLACE_GUEST, COMPUTE, "libata: finish the command", COST_NVME_COMPLETE, EACH, .release = RING_AHCI},
    END_OF_PATH,
};

static const struct step nvme_complete[] = {
    ROWS_OF(virtual_disk_interrupt),
    {PLACE_HYPERVISOR, EXIT, "write the completion doorbell", COST_NONE, WAKE, .device_model = true},
    {PLACE_GUEST, COMPUTE, "nvme: completion entry", COST_NVME_COMPLETE, EACH, .release = RING_DISK_QEMU},
    END_OF_PATH,
};

static const struct step nvme_complete_eventfd[] = {
    ROWS_OF(virtual_disk_interrupt),
    {PLACE_HYPERVISOR, EXIT, "completion doorbell: exit, ioeventfd", COST_EXIT_KICK, WAKE, .counts = COUNTS_EXIT,
     .exit_reason = "io"},
    {PLACE_GUEST, COMPUTE, "nvme: completion entry", COST_NVME_COMPLETE, EACH, .release = RING_DISK_QEMU},
    END_OF_PATH,
};

/* clang-format on */

void compose_emulated_disk(struct composer *composer, const struct disk_config *disk, const struct party *us,
                           enum only takes) {
    static const struct step *const submits[] = {[DISK_MODEL_IDE] = ide_submit,
                                                 [DISK_MODEL_AHCI] = ahci_submit,
                                                 [DISK_MODEL_NVME] = nvme_submit,
                                                 [DISK_MODEL_NVME_EVENTFD] = nvme_submit_eventfd};
    static const struct step *const completes[] = {[DISK_MODEL_IDE] = ide_complete,
                                                   [DISK_MODEL_AHCI] = ahci_complete,
                                                   [DISK_MODEL_NVME] = nvme_complete,
                                                   [DISK_MODEL_NVME_EVENTFD] = nvme_complete_eventfd};
    enum disk_model model = composer->config->guests[us->guest].disk_model;
    compose_table(composer, submits[model], us, takes, HOP_NONE);
    compose_table(composer, model_takes, us, takes, HOP_NONE);
    compose_qemu_io(composer, disk, us, takes, DISK_BACK_END_QEMU);
    compose_table(composer, model_finishes, us, takes, HOP_NONE);
    compose_table(composer, completes[model], us, takes, HOP_NONE);
}
