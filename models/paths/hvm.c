/* hvm with an emulated e1000, under Xen and KVM (models/paths/device_model.h says where QEMU runs).
 *
 * QEMU sends a frame while the guest's write of the tail register waits. An interrupt costs the guest three
 * register accesses (ICR, IMC, IMS) and a trapped end of interrupt, posting receive buffers another access
 * (RDT). Where the device model keeps the interrupts apart that the driver's throttle asks for
 * (`e1000.mitigation`), both directions share them. */
#include "models/paths/device_model.h"
#include "models/paths/netmap.h"

/* clang-format off: a table reads by its rows */

const struct step e1000_model_sends[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "e1000 model: descriptor, frame", COST_QEMU_TX, EACH},
    {PLACE_DEVICE_MODEL, COMPUTE, "e1000 model: cut into frames", COST_GSO_SEGMENT, EACH, .cut = CUT_PACKETS},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

/* From the driver to the model that has the frame. */
static const struct step driver_sends[] = {
    {PLACE_GUEST, COMPUTE, "e1000: descriptor", COST_E1000_TX, EACH},
    {PLACE_HYPERVISOR, EXIT, "write TDT: exit, I/O request", COST_EXIT_IOREQ, EACH, .counts = COUNTS_EXIT,
     .exit_reason = "mmio"},
    {PLACE_HYPERVISOR, EXIT, "decode the instruction", COST_EXIT_DECODE, EACH},
    {PLACE_DEVICE_MODEL, RING, "emulated transmit ring", COST_NONE, EACH, .ring = RING_E1000_TX, .synchronous = true,
     .only = FOR_DOM0_MODEL},
    {PLACE_DEVICE_MODEL, RING, "emulated transmit ring", COST_NONE, EACH, .ring = RING_VCPU_E1000_TX,
     .synchronous = true, .only = FOR_THREAD_MODEL},
    ROWS_OF(request_to_model),
    ROWS_OF(e1000_model_sends),
    END_OF_PATH,
};

static const struct step transmit[] = {
    ROWS_OF(driver_sends),
    ROWS_OF(write_to_tap),
    ROWS_OF(answer_of_model),
    END_OF_PATH,
};

static const struct step vale_transmit[] = {
    ROWS_OF(driver_sends),
    ROWS_OF(write_to_vale),
    ROWS_OF(answer_of_model),
    END_OF_PATH,
};

/* The emulated interrupt, up to the guest's poll loop. */
const struct step e1000_interrupt[] = {
    ROWS_OF(raise_interrupt),
    ROWS_OF(enter_handler),
    {PLACE_HYPERVISOR, EXIT, "read ICR", COST_NONE, WAKE, .device_model = true},
    {PLACE_HYPERVISOR, EXIT, "write IMC", COST_NONE, WAKE, .device_model = true},
    ROWS_OF(end_handler),
    {PLACE_HYPERVISOR, EXIT, "write IMS", COST_NONE, WAKE, .device_model = true},
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, POLL},
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_GUEST, RING, "sent descriptors", COST_NONE, EACH, .ring = RING_E1000_DONE},
    ROWS_OF(e1000_interrupt),
    {PLACE_GUEST, COMPUTE, "e1000: reclaim, free the packet", COST_E1000_CLEAN, EACH, .release = RING_E1000_TX,
     .only = FOR_DOM0_MODEL},
    {PLACE_GUEST, COMPUTE, "e1000: reclaim, free the packet", COST_E1000_CLEAN, EACH, .release = RING_VCPU_E1000_TX,
     .only = FOR_THREAD_MODEL},
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

const struct step e1000_model_receives[] = {
    {PLACE_DEVICE_MODEL, COMPUTE, "e1000 model: frame, descriptor", COST_QEMU_RX, EACH},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

static const struct step driver_receives[] = {
    ROWS_OF(e1000_model_receives),
    {PLACE_GUEST, RING, "received descriptors", COST_NONE, EACH, .ring = RING_E1000_RX},
    ROWS_OF(e1000_interrupt),
    {PLACE_HYPERVISOR, EXIT, "write RDT", COST_NONE, POLL, .device_model = true},
    {PLACE_GUEST, COMPUTE, "e1000: sk_buff, refill", COST_E1000_RX, EACH},
    END_OF_PATH,
};

static const struct step receive[] = {
    ROWS_OF(read_from_tap),
    ROWS_OF(driver_receives),
    END_OF_PATH,
};

static const struct step vale_receive[] = {
    ROWS_OF(read_from_vale),
    ROWS_OF(driver_receives),
    END_OF_PATH,
};

/* clang-format on */

const struct path_tables path_hvm = {
    .attachment = ATTACH_BRIDGE,
    .kernel = FOR_HVM_KERNEL,
    .transmit = transmit,
    .limited = behind_tap,
    .completion = completion,
    .receive = receive,
    .netmap_transmit = e1000_netmap_transmit,
    .netmap_completion = e1000_netmap_completion,
    .netmap_receive = e1000_netmap_receive,
    .completes_at_backend = true,
    .emulated = true,
    .mitigated = true,
};

const struct path_tables path_hvm_vale = {
    .attachment = ATTACH_VALE,
    .kernel = FOR_HVM_KERNEL,
    .transmit = vale_transmit,
    .completion = completion,
    .receive = vale_receive,
    .netmap_transmit = e1000_netmap_vale_transmit,
    .netmap_completion = e1000_netmap_completion,
    .netmap_receive = e1000_netmap_vale_receive,
    .completes_at_backend = true,
    .emulated = true,
    .mitigated = true,
};
