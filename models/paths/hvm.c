/* hvm: an unmodified guest with an emulated e1000, served by QEMU in dom0.
 *
 * Every register access is an exit. Xen hands it to the device model as an I/O request over an event
 * channel and the vCPU waits for the answer (VX023, VX027); QEMU sends a frame while the guest's write of
 * the tail register waits. An interrupt costs the guest three register accesses (ICR, IMC, IMS) and a
 * trapped end of interrupt, posting receive buffers another access (RDT). No interrupt mitigation in the
 * device model. */
#include "models/paths/path.h"

/* clang-format off: a table reads by its rows */

/* From Xen's point of view, the way to the device model and what waking it costs dom0. */
static const struct step request_to_qemu[] = {
    {PLACE_HYPERVISOR, NOTIFY, "event channel send", COST_EVTCHN_SEND, NOTIFYING},
    {PLACE_HYPERVISOR, NOTIFY, "event in flight to dom0", COST_EVTCHN_IPI, FLIGHT},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE},
    {PLACE_DOM0, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_DOM0, COMPUTE, "switch to QEMU", COST_SCHED_SWITCH, WAKE},
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    END_OF_PATH,
};

static const struct step answer_of_qemu[] = {
    {PLACE_DOM0, COMPUTE, "system call: answer", COST_SYSCALL_PV, EACH, .once = true},
    {PLACE_DOM0, NOTIFY, "hypercall", COST_HYPERCALL_PV, EACH, .counts = COUNTS_HYPERCALL, .once = true},
    {PLACE_HYPERVISOR, NOTIFY, "event channel send", COST_EVTCHN_SEND, EACH, .once = true},
    {PLACE_HYPERVISOR, NOTIFY, "answer in flight to the vCPU", COST_EVTCHN_IPI, RETURN},
    END_OF_PATH,
};

const struct step register_access[] = {
    {PLACE_HYPERVISOR, EXIT, "register access: exit, I/O request", COST_EXIT_IOREQ, EACH, .counts = COUNTS_EXIT,
     .exit_reason = "mmio"},
    {PLACE_HYPERVISOR, EXIT, "decode the instruction", COST_EXIT_DECODE, EACH},
    {PLACE_DEVICE_MODEL, RING, "I/O request page", COST_NONE, EACH, .ring = RING_IOREQ, .synchronous = true},
    ROWS_OF(request_to_qemu),
    {PLACE_DEVICE_MODEL, COMPUTE, "dispatch the access", COST_QEMU_DISPATCH, EACH},
    ROWS_OF(answer_of_qemu),
    END_OF_PATH,
};

static const struct step transmit[] = {
    {PLACE_GUEST, COMPUTE, "e1000: descriptor", COST_E1000_TX, EACH},
    {PLACE_HYPERVISOR, EXIT, "write TDT: exit, I/O request", COST_EXIT_IOREQ, EACH, .counts = COUNTS_EXIT,
     .exit_reason = "mmio"},
    {PLACE_HYPERVISOR, EXIT, "decode the instruction", COST_EXIT_DECODE, EACH},
    {PLACE_DEVICE_MODEL, RING, "emulated transmit ring", COST_NONE, EACH, .ring = RING_E1000_TX, .synchronous = true},
    ROWS_OF(request_to_qemu),
    {PLACE_DEVICE_MODEL, COMPUTE, "dispatch the access", COST_QEMU_DISPATCH, EACH},
    {PLACE_DEVICE_MODEL, COMPUTE, "e1000 model: descriptor, frame", COST_QEMU_TX, EACH},
    {PLACE_DEVICE_MODEL, COMPUTE, "e1000 model: cut into frames", COST_GSO_SEGMENT, EACH, .cut = CUT_PACKETS},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    {PLACE_DOM0, COMPUTE, "system call: write", COST_SYSCALL_PV, EACH},
    {PLACE_DOM0, COMPUTE, "write to the tap device", COST_TAP_WRITE, EACH},
    ROWS_OF(answer_of_qemu),
    END_OF_PATH,
};

/* The device model has answered: what the instance's limit holds back waits behind the tap device, not the vCPU. */
static const struct step limited[] = {
    {PLACE_DOM0, RING, "queue of the tap device, instance's limit", COST_NONE, EACH, .ring = RING_TAP_TX},
    {PLACE_DOM0, COMPUTE, "enter the softirq", COST_SOFTIRQ, WAKE},
    END_OF_PATH,
};

/* The emulated interrupt, up to the guest's poll loop. */
static const struct step emulated_interrupt[] = {
    {PLACE_DEVICE_MODEL, IRQ, "raise the interrupt line", COST_QEMU_IRQ, NOTIFYING, .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, NOTIFY, "interrupt in flight to the vCPU", COST_EVTCHN_IPI, FLIGHT},
    {PLACE_HYPERVISOR, EXIT, "interrupt exit, injection", COST_EXIT_IRQ, WAKE, .counts = COUNTS_EXIT,
     .exit_reason = "external interrupt"},
    {PLACE_HYPERVISOR, EXIT, "schedule the halted vCPU", COST_EXIT_HLT, WAKE_IDLE, .counts = COUNTS_EXIT,
     .exit_reason = "hlt"},
    {PLACE_GUEST, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_HYPERVISOR, EXIT, "read ICR", COST_NONE, WAKE, .device_model = true},
    {PLACE_HYPERVISOR, EXIT, "write IMC", COST_NONE, WAKE, .device_model = true},
    {PLACE_HYPERVISOR, EXIT, "trapped end of interrupt", COST_EXIT_EOI, WAKE, .counts = COUNTS_EXIT,
     .exit_reason = "eoi"},
    {PLACE_GUEST, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    {PLACE_HYPERVISOR, EXIT, "write IMS", COST_NONE, WAKE, .device_model = true},
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_GUEST, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_E1000_DONE},
    ROWS_OF(emulated_interrupt),
    {PLACE_GUEST, COMPUTE, "e1000: reclaim, free the packet", COST_E1000_CLEAN, EACH, .release = RING_E1000_TX},
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

static const struct step receive[] = {
    {PLACE_DOM0, COMPUTE, "cut into frames for the tap device", COST_GSO_SEGMENT, EACH, .cut = CUT_FRAMES},
    {PLACE_DOM0, RING, "queue of the tap device", COST_NONE, EACH, .ring = RING_TAP},
    {PLACE_DOM0, NOTIFY, "wake QEMU", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, COMPUTE, "switch to QEMU", COST_SCHED_SWITCH, WAKE},
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    {PLACE_DOM0, COMPUTE, "system call: read", COST_SYSCALL_PV, EACH},
    {PLACE_DOM0, COMPUTE, "read from the tap device", COST_TAP_READ, EACH},
    {PLACE_DEVICE_MODEL, COMPUTE, "e1000 model: frame, descriptor", COST_QEMU_RX, EACH},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    {PLACE_GUEST, RING, "received descriptors", COST_NONE, EACH, .ring = RING_E1000_RX},
    ROWS_OF(emulated_interrupt),
    {PLACE_HYPERVISOR, EXIT, "write RDT", COST_NONE, POLL, .device_model = true},
    {PLACE_GUEST, COMPUTE, "e1000: sk_buff, refill", COST_E1000_RX, EACH},
    END_OF_PATH,
};

/* clang-format on */

const struct path_tables path_hvm = {
    .attachment = ATTACH_BRIDGE,
    .kernel = FOR_HVM_KERNEL,
    .transmit = transmit,
    .limited = limited,
    .completion = completion,
    .receive = receive,
    .completes_at_backend = true,
    .emulated = true,
};
