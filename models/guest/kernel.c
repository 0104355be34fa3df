#include "models/guest/kernel.h"

#include <stdio.h>

#define V(major, minor)         KERNEL_VERSION(major, minor, 0)
#define V26(patch)              KERNEL_VERSION(2, 6, patch)
#define ALL_OF(major, minor)    KERNEL_VERSION(major, minor, 255)
#define SINCE(version, assumed) (version), 0, (assumed)
#define UNTIL(first, last)      (first), (last), false
#define MODELLED                true
#define SHOWN                   false

/* clang-format off: a table reads by its rows */

static const struct kernel_feature features[FEATURE_COUNT] = {
    /* the guest's kernel */
    [FEATURE_CALLBACK_VECTOR] = {"PV drivers on HVM, callback vector", SIDE_GUEST, SCOPE_HVM, SINCE(V26(36), true),
                                 MODELLED, "KF04",
                                 "events come by a vector of their own, not by the platform device's interrupt line"},
    [FEATURE_PVH] = {"PVH", SIDE_GUEST, SCOPE_HVM, SINCE(V(4, 11), true), MODELLED, "KF09",
                     "boots as a hardware-virtualized guest without device model"},
    [FEATURE_RPS] = {"receive packet steering", SIDE_GUEST, SCOPE_ANY, SINCE(V26(35), true), SHOWN, "KF09",
                     "received packets are handed to other vCPUs, if set up"},
    [FEATURE_BQL] = {"byte queue limits", SIDE_GUEST, SCOPE_ANY, SINCE(V(3, 3), true), SHOWN, "KF09",
                     "drivers that report completions bound the bytes in their ring; netfront is none of them"},
    [FEATURE_NETFRONT_GRO] = {"GRO in netfront", SIDE_GUEST, SCOPE_SPLIT_DRIVER, SINCE(V(3, 13), true), SHOWN, "KF09",
                              "netfront merges received TCP segments"},
    [FEATURE_NETFRONT_QUEUES] = {"multi-queue netfront", SIDE_GUEST, SCOPE_SPLIT_DRIVER, SINCE(V(3, 16), true),
                                 MODELLED, "KF09",
                                 "a ring pair and an event channel per queue, if the back end has them too"},
    [FEATURE_FIFO_EVENTS] = {"FIFO event channels", SIDE_GUEST, SCOPE_SPLIT_DRIVER, SINCE(V(3, 14), true), SHOWN,
                             "XN102", "events in order of priority, 131072 channels; with Xen 4.4"},
    [FEATURE_XMIT_MORE] = {"one doorbell for several packets (xmit_more)", SIDE_GUEST, SCOPE_ANY,
                           SINCE(V(3, 18), false), SHOWN, "KF09",
                           "a driver may leave out the doorbell while more packets follow"},
    [FEATURE_LATE_EOI] = {"hardened netfront, late end of event", SIDE_GUEST, SCOPE_SPLIT_DRIVER,
                          SINCE(V(5, 16), false), MODELLED, "NET-126",
                          "an event channel stays masked until its work is done; spurious events are delayed"},
    [FEATURE_BLK_PERSISTENT] = {"persistent grants of blkfront", SIDE_GUEST, SCOPE_SPLIT_DRIVER, SINCE(V(3, 8), true),
                                SHOWN, "M254", "block data is copied into pages that stay granted"},
    [FEATURE_BLK_INDIRECT] = {"indirect descriptors of blkfront", SIDE_GUEST, SCOPE_SPLIT_DRIVER, SINCE(V(3, 11), true),
                              SHOWN, "KF07", "more than 11 segments in a block request"},
    [FEATURE_BLK_QUEUES] = {"multi-queue blkfront", SIDE_GUEST, SCOPE_SPLIT_DRIVER, SINCE(V(4, 5), false), SHOWN,
                            "KF09", "a ring per vCPU"},
    [FEATURE_VIRTIO_TX_NAPI] = {"transmit interrupts of virtio_net (napi_tx)", SIDE_GUEST, SCOPE_KVM,
                                SINCE(V(5, 3), false), MODELLED, "KF11",
                                "sent packets stay on their socket's account until they are reclaimed; before, they "
                                "leave it as they enter the virtqueue, and only a full one asks for an interrupt"},
    [FEATURE_WAKE_PREVIOUS] = {"woken threads stay on an idle CPU", SIDE_GUEST, SCOPE_ANY, SINCE(V(4, 16), false),
                               MODELLED, "KF14",
                               "a thread stays where it ran last if that CPU is idle; before, it came to the CPU that "
                               "took the interrupt if nothing but that ran there"},
    /* the kernel of dom0 or the KVM host */
    [FEATURE_NETBACK_COPY] = {"netback: grant copy of all of a packet", SIDE_HOST, SCOPE_SPLIT_DRIVER,
                              UNTIL(V26(39), ALL_OF(3, 14)), MODELLED, "KF08",
                              "what guests send is copied; kernels before map it, as those from 3.15 do"},
    [FEATURE_NETBACK_PER_VIF] = {"netback: NAPI and a thread per vif", SIDE_HOST, SCOPE_SPLIT_DRIVER,
                                 SINCE(V(3, 12), false), MODELLED, "KF02",
                                 "sending in the softirq of the vif's event, receiving in a thread of its own; before, "
                                 "threads shared by all vifs"},
    [FEATURE_NETBACK_MAP] =
        {"netback: header copy and grant map", SIDE_HOST, SCOPE_SPLIT_DRIVER, SINCE(V(3, 15), true), MODELLED, "KF01",
         "128 bytes are copied, pages beyond mapped; a thread per queue unmaps them when they have been sent"},
    [FEATURE_NETBACK_QUEUES] = {"multi-queue netback", SIDE_HOST, SCOPE_SPLIT_DRIVER, SINCE(V(3, 16), false), MODELLED,
                                "KF09",
                                "a set of threads per queue; queues are offered up to the number of dom0's vCPUs"},
    [FEATURE_RX_COALESCING] = {"netback: full coalescing for receivers", SIDE_HOST, SCOPE_SPLIT_DRIVER,
                               SINCE(V(4, 0), true), MODELLED, "NET-102",
                               "a received packet fills as few slots as it can, at the price of more copies"},
    [FEATURE_RX_BATCH] = {"netback: 64 copies per hypercall for receivers", SIDE_HOST, SCOPE_SPLIT_DRIVER,
                          SINCE(V(4, 10), true), SHOWN, "XN018",
                          "responses go out earlier; before, up to 4352 copies in one hypercall"},
    [FEATURE_NETBACK_LATE_EOI] = {"netback: late end of event", SIDE_HOST, SCOPE_SPLIT_DRIVER, SINCE(V(5, 10), false),
                                  SHOWN, "KF05",
                                  "an event channel stays masked until its work is done; spurious events are delayed"},
    [FEATURE_VHOST_NET] = {"vhost-net", SIDE_HOST, SCOPE_KVM, SINCE(V26(34), true), SHOWN, "KF09",
                           "the back end of virtio's network device in the host's kernel"},
    [FEATURE_VHOST_BATCH] = {"vhost-net: frames in batches to the tap device", SIDE_HOST, SCOPE_KVM,
                             SINCE(V(4, 20), false), MODELLED, "KF12",
                             "up to 64 frames in buffers of vhost's own with one call; before, a write each"},
    [FEATURE_HOST_WAKE_PREVIOUS] = {"woken threads stay on an idle CPU", SIDE_HOST, SCOPE_ANY, SINCE(V(4, 16), false),
                                    MODELLED, "KF14", "the same for threads of dom0 or the host"},
    [FEATURE_HALT_POLL] = {"halt polling", SIDE_HOST, SCOPE_KVM, SINCE(V(4, 4), false), MODELLED, "KF22",
                           "a halted vCPU polls for up to 200 us before its CPU sleeps, if nothing else is said"},
    /* Xen */
    [FEATURE_GRANT_RWLOCK] = {"grant table lock for many readers", SIDE_XEN, SCOPE_SPLIT_DRIVER,
                              UNTIL(V(4, 6), ALL_OF(4, 6)), MODELLED, "KF06",
                              "grant operations share the lock, but its cache line goes from one CPU to the next"},
    [FEATURE_GRANT_PERCPU_LOCK] = {"grant table lock per CPU", SIDE_XEN, SCOPE_SPLIT_DRIVER, SINCE(V(4, 7), false),
                                   MODELLED, "XN034", "grant operations of several CPUs do not meet any more"},
    [FEATURE_GRANT_KEEPS_PAGES] = {"grant copies keep their pages for the next one", SIDE_XEN, SCOPE_SPLIT_DRIVER,
                                   SINCE(V(4, 6), false), MODELLED, "XN030",
                                   "a copy finds and pins only those of its two pages that the copy before did not"},
};

/* clang-format on */

const struct kernel_feature *kernel_feature(enum kernel_feature_id id) { return &features[id]; }

const char *kernel_side_name(enum kernel_side side) {
    static const char *const names[] = {"guest", "host", "Xen"};
    return names[side];
}

int kernel_version(const char *text) {
    int major = 0, minor = 0, patch = 0;
    if (sscanf(text, "%d.%d.%d", &major, &minor, &patch) < 2) return 0;
    return KERNEL_VERSION(major, minor > 255 ? 255 : minor, patch > 255 ? 255 : patch);
}

const char *kernel_version_text(int version, char *text, size_t size) {
    int major = version >> 16, minor = version >> 8 & 255, patch = version & 255;
    if (version == 0)
        snprintf(text, size, "not given");
    else if (patch == 0 || patch == 255)
        snprintf(text, size, "%d.%d", major, minor);
    else
        snprintf(text, size, "%d.%d.%d", major, minor, patch);
    return text;
}

bool kernel_has(enum kernel_feature_id id, int version) {
    const struct kernel_feature *feature = &features[id];
    if (version == 0) return feature->assumed;
    return version >= feature->first && (feature->last == 0 || version <= feature->last);
}
