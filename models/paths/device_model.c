#include "models/paths/device_model.h"

/* clang-format off: a table reads by its rows */

const struct step access_exit[] = {
    {PLACE_HYPERVISOR, EXIT, "register access: exit, I/O request", COST_EXIT_IOREQ, EACH, .counts = COUNTS_EXIT,
     .exit_reason = "mmio"},
    {PLACE_HYPERVISOR, EXIT, "decode the instruction", COST_EXIT_DECODE, EACH},
    END_OF_PATH,
};

static const struct step request_to_dom0[] = {
    {PLACE_HYPERVISOR, NOTIFY, "event channel send", COST_EVTCHN_SEND, NOTIFYING},
    {PLACE_HYPERVISOR, NOTIFY, "event in flight to dom0", COST_EVTCHN_IPI, FLIGHT},
    {PLACE_HYPERVISOR, NOTIFY, "schedule the blocked dom0 vCPU", COST_EXIT_HLT, WAKE_IDLE},
    {PLACE_DOM0, IRQ, "event channel upcall", COST_EVTCHN_UPCALL, WAKE, .counts = COUNTS_INTERRUPT},
    {PLACE_DOM0, COMPUTE, "switch to QEMU", COST_SCHED_SWITCH, WAKE},
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    END_OF_PATH,
};

const struct step wait_for_lock[] = {
    {PLACE_DOM0, COMPUTE, "big lock taken: sleep, be woken", COST_SCHED_WAKEUP, CONTENDED},
    {PLACE_DOM0, COMPUTE, "big lock taken: switch back", COST_SCHED_SWITCH, CONTENDED},
    END_OF_PATH,
};

const struct step request_to_model[] = {
    ROWS_FOR(FOR_DOM0_MODEL, request_to_dom0),
    ROWS_FOR(FOR_THREAD_MODEL, wait_for_lock),
    {PLACE_DEVICE_MODEL, COMPUTE, "dispatch the access", COST_QEMU_DISPATCH, EACH},
    END_OF_PATH,
};

static const struct step answer_of_dom0[] = {
    {PLACE_DOM0, COMPUTE, "system call: answer", COST_SYSCALL_PV, EACH, .once = true},
    {PLACE_DOM0, NOTIFY, "hypercall", COST_HYPERCALL_PV, EACH, .counts = COUNTS_HYPERCALL, .once = true},
    {PLACE_HYPERVISOR, NOTIFY, "event channel send", COST_EVTCHN_SEND, EACH, .once = true},
    {PLACE_HYPERVISOR, NOTIFY, "answer in flight to the vCPU", COST_EVTCHN_IPI, RETURN},
    END_OF_PATH,
};

const struct step answer_of_model[] = {
    ROWS_FOR(FOR_DOM0_MODEL, answer_of_dom0),
    END_OF_PATH,
};

const struct step write_to_tap[] = {
    {PLACE_DOM0, COMPUTE, "system call: write", COST_SYSCALL_PV, EACH, .only = FOR_DOM0_MODEL},
    {PLACE_DOM0, COMPUTE, "system call: write", COST_SYSCALL, EACH, .only = FOR_THREAD_MODEL},
    {PLACE_DOM0, COPY, "copy the frame out of QEMU's buffer", COST_COPY_HOT, EACH, .extent = OF_FRAME},
    {PLACE_DOM0, COMPUTE, "write to the tap device", COST_TAP_WRITE, EACH},
    END_OF_PATH,
};

/* The device model has answered: what the instance's limit holds back waits behind the tap device, not the vCPU. */
const struct step behind_tap[] = {
    {PLACE_DOM0, RING, "queue of the tap device, instance's limit", COST_NONE, EACH, .ring = RING_TAP_TX},
    {PLACE_DOM0, COMPUTE, "enter the softirq", COST_SOFTIRQ, WAKE},
    END_OF_PATH,
};

const struct step read_from_tap[] = {
    {PLACE_DOM0, COMPUTE, "cut into frames for the tap device", COST_GSO_SEGMENT, EACH, .cut = CUT_FRAMES},
    {PLACE_DOM0, RING, "queue of the tap device", COST_NONE, EACH, .ring = RING_TAP},
    {PLACE_DOM0, NOTIFY, "wake QEMU", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, NOTIFY, "reschedule interrupt in flight", COST_IPI, FLIGHT, .only = FOR_THREAD_MODEL},
    {PLACE_DOM0, COMPUTE, "switch to QEMU", COST_SCHED_SWITCH, WAKE},
    ROWS_FOR(FOR_THREAD_MODEL, wait_for_lock),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    {PLACE_DOM0, COMPUTE, "system call: read", COST_SYSCALL_PV, EACH, .only = FOR_DOM0_MODEL},
    {PLACE_DOM0, COMPUTE, "system call: read", COST_SYSCALL, EACH, .only = FOR_THREAD_MODEL},
    {PLACE_DOM0, COMPUTE, "read from the tap device", COST_TAP_READ, EACH},
    {PLACE_DOM0, COPY, "copy the frame into QEMU's buffer", COST_COPY_HOT, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

/* QEMU fills one slot and calls the kernel for it; the switch works in that call. */
const struct step write_to_vale[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "slot of the port of VALE", COST_NETMAP_SLOT, EACH},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame into it", COST_COPY_HOT, EACH, .extent = OF_FRAME},
    {PLACE_DOM0, COMPUTE, "system call: NIOCTXSYNC", COST_SYSCALL, EACH},
    END_OF_PATH,
};

const struct step read_from_vale[] = {
    {PLACE_DOM0, RING, "receive ring of the port of VALE", COST_NONE, EACH, .ring = RING_VALE},
    {PLACE_DOM0, NOTIFY, "wake QEMU", COST_SCHED_WAKEUP, NOTIFYING},
    {PLACE_DOM0, NOTIFY, "reschedule interrupt in flight", COST_IPI, FLIGHT},
    {PLACE_DOM0, COMPUTE, "switch to QEMU", COST_SCHED_SWITCH, WAKE},
    ROWS_OF(wait_for_lock),
    {PLACE_DEVICE_MODEL, COMPUTE, "main loop", COST_QEMU_LOOP, POLL},
    {PLACE_DEVICE_MODEL, COMPUTE, "slot of the port of VALE", COST_NETMAP_SLOT, EACH},
    END_OF_PATH,
};

/* One access of a handler or poll loop. */
const struct step register_access[] = {
    ROWS_OF(access_exit),
    {PLACE_DEVICE_MODEL, RING, "I/O request page", COST_NONE, EACH, .ring = RING_IOREQ, .synchronous = true,
     .only = FOR_DOM0_MODEL},
    {PLACE_DEVICE_MODEL, RING, "return to user space", COST_NONE, EACH, .ring = RING_VCPU_IOREQ, .synchronous = true,
     .only = FOR_THREAD_MODEL},
    ROWS_OF(request_to_model),
    ROWS_OF(answer_of_model),
    END_OF_PATH,
};

const struct step raise_interrupt[] = {
    {PLACE_DEVICE_MODEL, IRQ, "raise the interrupt line", COST_QEMU_IRQ, NOTIFYING, .only = FOR_DOM0_MODEL,
     .counts = COUNTS_HYPERCALL},
    {PLACE_HYPERVISOR, NOTIFY, "interrupt in flight to the vCPU", COST_EVTCHN_IPI, FLIGHT, .only = FOR_DOM0_MODEL},
    {PLACE_DEVICE_MODEL, IRQ, "raise the interrupt line: ioctl", COST_SYSCALL, NOTIFYING, .only = FOR_THREAD_MODEL},
    {PLACE_HYPERVISOR, IRQ, "KVM: interrupt controllers, kick the vCPU", COST_IRQFD, NOTIFYING,
     .only = FOR_THREAD_MODEL},
    {PLACE_HYPERVISOR, NOTIFY, "interrupt in flight to the vCPU", COST_IPI, FLIGHT, .only = FOR_THREAD_MODEL},
    {PLACE_HYPERVISOR, EXIT, "interrupt exit, injection", COST_EXIT_IRQ, WAKE, .counts = COUNTS_EXIT,
     .exit_reason = "external interrupt"},
    {PLACE_HYPERVISOR, EXIT, "schedule the halted vCPU", COST_EXIT_HLT, WAKE_IDLE, .counts = COUNTS_EXIT,
     .exit_reason = "hlt"},
    END_OF_PATH,
};

const struct step enter_handler[] = {
    {PLACE_GUEST, IRQ, "interrupt, schedule NAPI", COST_IRQ_ENTRY, WAKE, .counts = COUNTS_INTERRUPT},
    END_OF_PATH,
};

/* Level-triggered: its end is a trap to the interrupt controller, whether or not the host can post interrupts. */
const struct step end_handler[] = {
    {PLACE_HYPERVISOR, EXIT, "trapped end of interrupt", COST_EXIT_EOI, WAKE, .counts = COUNTS_EXIT,
     .exit_reason = "eoi"},
    {PLACE_GUEST, IRQ, "enter the softirq", COST_SOFTIRQ, WAKE},
    END_OF_PATH,
};

/* clang-format on */
