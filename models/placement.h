/* Where in a guest the kernel's and the applications' work runs.
 *
 * Interrupts of queue q go to the q-th of the guest's interrupt CPUs (irq affinity), by default to vCPU q. Where
 * received packets are steered (receive packet steering), each queue has its set of CPUs: vCPUs of the interrupt's
 * socket first, in their order, then those of the other; the interrupt CPUs take part or do not. A flow's hash chooses
 * among them as the kernel does, by its high bits; the queue was chosen by its low bits. Application threads keep away
 * from interrupt CPUs while others are left. There they stay, but for event loops and the threads of tcp-streams, which
 * choose when they are woken (models/guest/runqueue.h). */
#ifndef IOPATH_MODELS_PLACEMENT_H
#define IOPATH_MODELS_PLACEMENT_H

#include "models/config.h"

struct flow;
struct guest_state;
struct machine;
struct processor;
struct queue;
struct server_state;
struct station;

/* Event loops of one workload on one side; hardware queues of one disk. */
enum { LOOPS_MAX = 256, DISK_QUEUES_MAX = 256 };
/* Threads of QEMU's pool. */
enum { POOL_THREADS_MAX = 64 };

/* Whose path, and which one of several: the network queue, the flow of a socket, the CPU, the thread. */
struct owner {
    int guest, server, index;
};

int irq_vcpu(const struct guest_config *guest, int queue);

/* The vCPU that packets of `hash` on `queue` are steered to. */
int steered_vcpu(const struct host_config *host, const struct guest_config *guest, int queue, uint32_t hash);

/* The guest vCPU on which the next application thread runs. */
struct processor *guest_app_cpu(struct guest_state *guest);
struct processor *dom0_app_cpu(struct machine *machine, int server);

/* vCPUs of dom0 by number, round and round. */
struct processor *dom0_cpu(struct server_state *server, int index);

/* Where irqbalance moves an interrupt, or the scheduler an unbound thread: the vCPU with the fewest workers, of several
 * the one that takes the NIC's interrupts last. */
struct processor *least_loaded_dom0_cpu(const struct machine *machine, struct server_state *server);

/* That of an event loop, of a guest or (guest -1) in dom0. */
struct processor *loop_cpu(struct machine *machine, int guest, int server, int thread);

/* The hardware queue of its disk that requests of a flow take: that of the vCPU its thread begins on. */
int disk_queue(const struct machine *machine, int guest, const struct flow *flow);

/* CPUs among which a thread chooses, of a guest or (guest -1) of dom0. */
struct cpus *thread_cpus(struct machine *machine, int guest, int server);

/* Gives a new station its CPU, contexts and turns; its kind and owner are set. */
void place_station(struct machine *machine, struct station *station, struct owner owner, struct flow *flow);

/* A queue of frames has its consumer: how many of them QEMU takes in one turn of its main loop, under KVM, where other
 * threads wait for it meanwhile. */
void place_network_queue(struct machine *machine, const struct queue *queue);

/* The thread of netback that serves a guest: netback threads serve the vifs of their server in turn. */
int netback_thread(const struct machine *machine, int guest);

#endif
