/* hvm with an emulated rtl8139, as the driver 8139too works it, under Xen and KVM.
 *
 * There is no ring: four transmit buffers, into which the driver copies, each started by a write of its status
 * register (TSD) that the driver reads back; when all four are under way the queue stops. The device model sends
 * the frame while the write waits and interrupts for each. Frames come into a ring of bytes, from which the driver
 * copies, asking after each frame whether there is another (CR), giving the room back (CAPR) and looking at the
 * interrupt status (ISR). No interrupt mitigation. */
#include "models/paths/device_model.h"

/* clang-format off: a table reads by its rows */

#define REGISTER(text, when) \
    { PLACE_HYPERVISOR, EXIT, text, COST_NONE, when, .device_model = true }

/* The read after the write of TSD is the queueing discipline's: it sends the next frame after that. */
static const struct step read_back[] = {
    REGISTER("read TSD back", POLL),
    END_OF_PATH,
};

static const struct step transmit[] = {
    ROWS_OF(read_back),
    {PLACE_GUEST, COMPUTE, "8139too: buffer, length", COST_RTL8139_TX, EACH},
    {PLACE_GUEST, COPY, "copy into the transmit buffer", COST_COPY_HOT, EACH, .extent = OF_FRAME},
    {PLACE_HYPERVISOR, EXIT, "write TSD: exit, I/O request", COST_EXIT_IOREQ, EACH, .counts = COUNTS_EXIT,
     .exit_reason = "mmio"},
    {PLACE_HYPERVISOR, EXIT, "decode the instruction", COST_EXIT_DECODE, EACH},
    {PLACE_DEVICE_MODEL, RING, "four transmit buffers", COST_NONE, EACH, .ring = RING_RTL8139_TX, .synchronous = true,
     .only = FOR_DOM0_MODEL},
    {PLACE_DEVICE_MODEL, RING, "four transmit buffers", COST_NONE, EACH, .ring = RING_VCPU_RTL8139_TX,
     .synchronous = true, .only = FOR_THREAD_MODEL},
    ROWS_OF(request_to_model),
    {PLACE_DEVICE_MODEL, COMPUTE, "rtl8139 model: buffer, frame", COST_QEMU_TX, EACH},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    ROWS_OF(write_to_tap),
    ROWS_OF(answer_of_model),
    END_OF_PATH,
};

static const struct step completion[] = {
    {PLACE_GUEST, RING, "sent buffers", COST_NONE, EACH, .ring = RING_E1000_DONE},
    ROWS_OF(raise_interrupt),
    ROWS_OF(enter_handler),
    REGISTER("read ISR", WAKE),
    REGISTER("write ISR: acknowledge", WAKE),
    REGISTER("read TSD", POLL),
    ROWS_OF(end_handler),
    {PLACE_GUEST, COMPUTE, "8139too: reclaim, free the packet", COST_E1000_CLEAN, EACH, .release = RING_RTL8139_TX,
     .only = FOR_DOM0_MODEL},
    {PLACE_GUEST, COMPUTE, "8139too: reclaim, free the packet", COST_E1000_CLEAN, EACH, .release = RING_VCPU_RTL8139_TX,
     .only = FOR_THREAD_MODEL},
    ROWS_OF(foreign_packet),
    END_OF_PATH,
};

static const struct step receive[] = {
    ROWS_OF(read_from_tap),
    {PLACE_DEVICE_MODEL, COMPUTE, "rtl8139 model: frame, header", COST_QEMU_RX, EACH},
    {PLACE_DEVICE_MODEL, COPY, "copy the frame", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    {PLACE_GUEST, RING, "receive ring of bytes", COST_NONE, EACH, .ring = RING_RTL8139_RX},
    ROWS_OF(raise_interrupt),
    ROWS_OF(enter_handler),
    REGISTER("read ISR", WAKE),
    REGISTER("write IMR: mask", WAKE),
    REGISTER("read IMR back", WAKE),
    ROWS_OF(end_handler),
    {PLACE_GUEST, COMPUTE, "poll", COST_NAPI_POLL, WAKE},
    REGISTER("read ISR in the poll", WAKE),
    REGISTER("read CR", POLL),
    REGISTER("write CAPR", POLL),
    REGISTER("read ISR again", POLL),
    REGISTER("write ISR: acknowledge", WAKE),
    REGISTER("read ISR back", WAKE),
    REGISTER("read CR: empty", WAKE),
    REGISTER("write IMR: unmask", WAKE),
    REGISTER("read IMR back again", WAKE),
    {PLACE_GUEST, COMPUTE, "8139too: sk_buff", COST_RTL8139_RX, EACH},
    {PLACE_GUEST, COPY, "copy out of the receive ring", COST_COPY_COLD, EACH, .extent = OF_FRAME},
    END_OF_PATH,
};

/* clang-format on */

const struct path_tables path_hvm_rtl8139 = {
    .attachment = ATTACH_BRIDGE,
    .kernel = FOR_HVM_KERNEL,
    .transmit = transmit,
    .completion = completion,
    .receive = receive,
    .completes_at_backend = true,
    .emulated = true,
    .registers_per_frame = true,
    .no_segmentation = true,
    .limited = behind_tap,
};
