/* What the versions of the guest's kernel, of dom0's (or the KVM host's) and of Xen switch on: one table.
 *
 * Each row says from which version on (and up to which, if it was removed), on which side, where that is from,
 * and what it does. Versions are those of Linux as released by its authors; distributions backport, so a
 * kernel of theirs may have more than its number says. A side whose version is not given has what the row
 * assumes for it: what the costs of the catalog were measured on.
 *
 * Modelled: rows marked so decide what is simulated; the others are only shown. */
#ifndef IOPATH_MODELS_GUEST_KERNEL_H
#define IOPATH_MODELS_GUEST_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

/* A version as a number that compares: 3.10.7 is 3 << 16 | 10 << 8 | 7. 0: not given. */
#define KERNEL_VERSION(major, minor, patch) ((major) << 16 | (minor) << 8 | (patch))

enum kernel_side { SIDE_GUEST, SIDE_HOST, SIDE_XEN };
enum kernel_scope { SCOPE_ANY, SCOPE_HVM, SCOPE_SPLIT_DRIVER, SCOPE_KVM }; /* guests that a row is about */

enum kernel_feature_id {
    FEATURE_CALLBACK_VECTOR,
    FEATURE_PVH,
    FEATURE_RPS,
    FEATURE_BQL,
    FEATURE_NETFRONT_GRO,
    FEATURE_NETFRONT_QUEUES,
    FEATURE_FIFO_EVENTS,
    FEATURE_XMIT_MORE,
    FEATURE_LATE_EOI,
    FEATURE_BLK_PERSISTENT,
    FEATURE_BLK_INDIRECT,
    FEATURE_BLK_QUEUES,
    FEATURE_VIRTIO_TX_NAPI,
    FEATURE_WAKE_PREVIOUS,
    FEATURE_NETBACK_COPY,
    FEATURE_NETBACK_PER_VIF,
    FEATURE_NETBACK_MAP,
    FEATURE_NETBACK_QUEUES,
    FEATURE_RX_COALESCING,
    FEATURE_RX_BATCH,
    FEATURE_NETBACK_LATE_EOI,
    FEATURE_VHOST_NET,
    FEATURE_VHOST_BATCH,
    FEATURE_HOST_WAKE_PREVIOUS,
    FEATURE_HALT_POLL,
    FEATURE_GRANT_RWLOCK,
    FEATURE_GRANT_PERCPU_LOCK,
    FEATURE_GRANT_KEEPS_PAGES,
    FEATURE_COUNT
};

struct kernel_feature {
    const char *name;
    enum kernel_side side;
    enum kernel_scope scope;
    int first, last; /* last 0: it is still there */
    bool assumed;    /* where no version is given */
    bool modelled;
    const char *source; /* row of the bibliography */
    const char *text;
};

const struct kernel_feature *kernel_feature(enum kernel_feature_id id);
const char *kernel_side_name(enum kernel_side side);

/* "3.10", "2.6.18-8.el5"; 0 for "". */
int kernel_version(const char *text);
/* The same backwards; "not given" for 0. */
const char *kernel_version_text(int version, char *text, size_t size);

bool kernel_has(enum kernel_feature_id id, int version);

#endif
