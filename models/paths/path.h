/* What a mode's file provides: its tables, and how its device is attached. */
#ifndef IOPATH_MODELS_PATHS_PATH_H
#define IOPATH_MODELS_PATHS_PATH_H

#include "models/config.h"
#include "models/mode.h"
#include "models/paths/step.h"

enum attachment {
    ATTACH_NIC,    /* the guest drives (a function of) the physical NIC itself */
    ATTACH_BRIDGE, /* its frames pass the kernel's bridge in dom0 or the host */
    ATTACH_SWITCH, /* … a polling switch in user space */
    ATTACH_VALE,   /* … VALE, in the system call of whoever sends; nothing else is attached to it */
};

/* What lies between a back end and the wire. */
struct backplane {
    const struct step *forward;    /* look up and pass on one frame */
    const struct step *transmit;   /* down to the physical NIC */
    const struct step *completion; /* when the NIC has sent it */
    const struct step *receive;    /* up from the physical NIC */
};
extern const struct backplane backplane_kernel; /* models/paths/dom0.c */
extern const struct backplane backplane_switch; /* models/paths/vhost_user.c */
extern const struct backplane backplane_vale;   /* models/paths/netmap.c */

struct path_tables {
    enum attachment attachment;
    enum only kernel;         /* how the kernel is entered */
    enum only delivery;       /* how events reach the guest; a device's interrupts follow the host, if 0 */
    bool polls;               /* an application in user space polls the device: no kernel above the driver */
    bool emulated;            /* the device is a model in QEMU */
    bool mitigated;           /* … that keeps interrupts apart (e1000.mitigation) */
    bool registers_per_frame; /* … whose driver accesses registers for each frame, not for each turn of its loop */
    bool whole_device;        /* the guest has the physical function, nobody else can use the NIC */
    /* From the driver, below the queueing discipline, to the switch or the wire. */
    const struct step *transmit;
    /* Between the two for a guest with a network limit, if the device itself cannot hold frames back. */
    const struct step *limited;
    /* What follows when the frame has left: interrupt, reclaim, responses. */
    const struct step *completion;
    /* From the switch or the wire through the driver, up to IP input. */
    const struct step *receive;
    /* The completion starts when the back end is done with the frame, not when the NIC has sent it:
     * always (an emulated NIC), or for frames that the back end copies whole (netback's header copy). */
    bool completes_at_backend;
    bool completes_at_backend_if_copied;
    /* The same three for an application that has the device's rings by netmap, from its slots and to them; NULL: no
     * driver with netmap. */
    const struct step *netmap_transmit, *netmap_completion, *netmap_receive;
    /* What a back end does at once with a frame it has copied whole, and what follows at the guest; NULL: the
     * completion, whatever was copied. */
    const struct step *answer, *answered;
    /* The kernel of dom0 takes a frame for itself that is made of pages of the guest; NULL: nothing to do. */
    const struct step *taken_over;
    bool virtqueue;         /* virtio_net drives it: reclaims in passing (models/reclaim.h) */
    bool receives_in_place; /* persistently granted pages are filled by whoever transmits to the vif */
    bool no_segmentation;   /* the back end takes frames only: the guest's kernel cuts */
};

struct guest_config; /* models/config.h */

const struct path_tables *mode_path(enum mode mode);
/* The mode's, or those of the device or driver that the guest has in its place. */
const struct path_tables *guest_path(const struct guest_config *guest);

/* Whether virtio_net takes a packet off its socket's account when it enters the virtqueue (models/reclaim.h). */
bool guest_orphans_packets(const struct guest_config *guest);

/* Shared by all modes: the kernel above the driver, and what a driver pays to free a packet that another core
 * has sent (models/guest/stack.c). */
extern const struct step stack_send[], stack_queue[], stack_receive[], foreign_packet[];
/* … instead of them: the kernel's packet generator, a stack that finds no listener. */
extern const struct step pktgen_send[], stack_drop[];
/* An application that sends by AF_XDP (models/guest/stack.c). */
extern const struct step xsk_send[];

/* pkt-gen, which sends by netmap (models/paths/netmap.c). */
extern const struct step netmap_send[];

/* In their place an application that polls (models/paths/vhost_user.c). */
extern const struct step polling_send[], polling_receive[], polling_forward[];

/* A thread that computes, without any packet (models/guest/stack.c). */
extern const struct step stack_spin[];
/* … that forks, in three steps by who owns its page table (models/guest/processes.c). */
extern const struct step fork_begin[], fork_native[], fork_pv_late[], fork_pv_early[], fork_shadow[];
/* … that calls the kernel or reads the clock (models/guest/clock.c). */
extern const struct step call_wakeup[], system_call[], clock_tsc[], clock_pv[], clock_emulated[], clock_answer[];
/* The same for a tcp-stream, and where its packets are cut and merged (models/guest/stream_stack.c). */
extern const struct step stream_write[], stream_send[], stream_receive[], ack_send[], ack_receive[];
/* … what a write copies, into a send buffer in the last-level cache, or in memory. */
extern const struct step stream_fill_cached[], stream_fill[];
extern const struct step software_segmentation[], receive_merge[], dom0_receive_merge[];

/* Parts of stack_receive: from the driver to the socket, waking a thread, the thread's read (models/guest/stack.c). */
extern const struct step stack_input[], thread_wakeup[], stack_read[];
/* Parts of several stacks: one CPU interrupts another; indirect calls with mitigations (models/guest/stack.c). */
extern const struct step processor_interrupt[], pv_switch[], retpolines_down[], retpolines_up[];

/* Between the driver and stack_input where packets are steered to other CPUs (models/guest/steering.c). */
extern const struct step steering[];

/* In place of what follows stack_input: a thread that serves many connections, as server or client
 * (models/guest/event_loop.c). */
extern const struct step loop_serves[], loop_asks[], loop_queue[];

/* First in the receiving driver's rows (models/guest/stack.c). */
extern const struct step far_device[];

/* The interrupt of a device that a guest drives itself; that of an irqfd of KVM (models/paths/interrupt.c). */
extern const struct step assigned_interrupt[], virtual_interrupt[];
/* … the same to a handler that does the work itself: of a disk, of netmap. */
extern const struct step assigned_disk_interrupt[], virtual_disk_interrupt[];

/* The kick of a virtqueue's back end that sleeps (models/paths/virtio.c). */
extern const struct step virtio_kick[];
/* QEMU's part of virtio: a virtqueue entry to its tap device, a frame from there (models/paths/virtio.c). */
extern const struct step virtio_model_sends[], virtio_model_receives[];
/* … and vhost's, whose frames go to the tap device one by one or in batches. */
extern const struct step vhost_sends[], vhost_batched_sends[], vhost_receives[];

/* Block requests above the driver (models/guest/block_stack.c). */
extern const struct step block_enter[], block_done[], block_return[];

/* Where kernels map each buffer for the device: rows of a driver of the guest, of the host's NIC. */
extern const struct step map_buffer[], unmap_buffer[], host_map_buffer[], host_unmap_buffer[];
bool guest_maps_buffers(const struct model_config *config, int guest);
bool host_maps_buffers(const struct model_config *config);
/* Of the kernel that maps the buffers of a guest's path; -1: of an application on the host. */
bool defers_invalidations(const struct model_config *config, int guest);

/* The physical NIC between a ring and the wire (models/paths/nic.c). */
extern const struct step nic_sends[], nic_receives[];

/* One register access that the device model serves (models/paths/device_model.c). */
extern const struct step register_access[];

/* Events between a guest's netfront and dom0 (models/paths/split_driver.c). */
extern const struct step event_to_dom0[], event_to_guest[], joint_responses[], own_responses[];
/* … to a handler that does the work itself. */
extern const struct step event_handled_in_guest[];
extern const struct step netback_takes[];
/* … each further page of a received packet; the grants of a sender on the same machine. */
extern const struct step netfront_buffers[], foreign_grants[];
/* … and what a grant table costs that is not cached. */
extern const struct step uncached_grant[], uncached_end[], uncached_buffers[];

/* The split driver with a netback that has workers for each queue of a vif (models/paths/vif_queues.c), for the
 * modes that differ in kernel and delivery. */
extern const struct path_tables vif_queues_pv, vif_queues_hvm_pv, vif_queues_pvhvm;
extern const struct path_tables path_native, path_pv, path_hvm, path_hvm_rtl8139, path_hvm_pv, path_pvhvm, path_pvh;
extern const struct path_tables path_hvm_vale;
extern const struct path_tables path_virtio, path_vhost, path_vhost_batched, path_vhost_user, path_vhost_user_polled,
    path_passthrough, path_sriov, path_nitro;

#endif
