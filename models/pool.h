/* The CPUs that the vCPUs and threads of one server share, where they are not pinned.
 *
 * Under Xen's credit scheduler the entities are vCPUs: those of the guests, each guest a domain with its weight
 * and cap, and those of dom0 unless they are pinned. Under CFS they are threads: vCPUs, the guest's vhost
 * threads and its QEMU, all with the guest's weight; the threads then have processors of their own instead of
 * one of the host's (dom0_pinned: those stay for interrupts, netback's equivalents and switches that poll).
 *
 * A guest whose vCPUs are pinned but which has a cap or runs on CPU credits has a credit scheduler of its own:
 * nobody competes, but the cap parks it. */
#ifndef IOPATH_MODELS_POOL_H
#define IOPATH_MODELS_POOL_H

#include "models/machine.h"
#include "sim/scheduler.h"

enum iop_status pool_init_server(struct machine *machine, struct server_state *server, struct diag *diag);
enum iop_status pool_add_guest(struct machine *machine, int guest, struct diag *diag);

/* The processor of a new thread that works for a guest, under CFS; NULL: it shares the host's. */
struct processor *pool_thread(struct machine *machine, int guest, const char *name);

void pool_free(struct machine *machine);

/* Share of the time in which a guest's vCPUs wanted to run, and did not, between two readings of this. */
struct pool_times {
    double ran, waited; /* s */
};
struct pool_times pool_times(const struct guest_state *guest);

/* CPUs that the guest may use at most, as things are; 0: no cap. */
double pool_cap(const struct guest_state *guest);

#endif
