#include "models/disk_workers.h"

#include <stdio.h>

#include "models/machine.h"
#include "models/paths/block.h"
#include "models/pool.h"

/* Requests that the back end of a disk in user space takes in one turn; those in the kernel finish each at once. */
enum { DISK_BATCH = 32 };

static const struct disk_config *disk_of(const struct machine *machine, struct owner owner) {
    return &machine->config->host.disks[owner.index / DISK_QUEUES_MAX];
}

/* Of QEMU's threads only those for I/O spin. */
static void spin_before_sleep(const struct machine *machine, struct station *station,
                              const struct guest_config *guest) {
    if (guest->disk_back_end != DISK_BACK_END_THREAD) return;
    const struct cost_value *costs = machine->config->host.costs.values;
    double most = guest->disk_poll_s < 0 ? costs[COST_IOTHREAD_POLL_MOST].value : guest->disk_poll_s;
    station->spin =
        (struct poll_window){.most = sim_time_of(most), .first = sim_time_of(costs[COST_IOTHREAD_POLL_FIRST].value)};
}

/* Back ends of paravirtual disks: threads of the host's kernel, of QEMU, processes of dom0. */
static void place_disk_thread(struct machine *machine, struct station *station, struct owner owner) {
    int number = owner.index % DISK_QUEUES_MAX;
    bool pool = station->worker == WORKER_DISK_POOL;
    struct server_state *server = &machine->servers[owner.server];
    station->context = station->wake_context = CONTEXT_TASK;
    station->disk = owner.index / DISK_QUEUES_MAX;
    bool in_kernel = machine->guests[owner.guest].config->disk_back_end == DISK_BACK_END_KERNEL;
    station->input_quota = station->turn_limit = pool || in_kernel ? 1 : DISK_BATCH;
    snprintf(station->name, sizeof station->name, "%.24s-%.24s-%s%d", machine->guests[owner.guest].config->name,
             disk_of(machine, owner)->name, pool ? "pool" : "thread", number);
    struct processor *own = pool_thread(machine, owner.guest, station->name);
    int first = machine->config->host.dom0.nic_irq_vcpu;
    station->cpu = own != NULL ? own : dom0_cpu(server, first + owner.guest + number + station->disk);
    if (own == NULL) station->cpus = thread_cpus(machine, -1, owner.server); /* not bound */
    if (!pool && own == NULL) spin_before_sleep(machine, station, machine->guests[owner.guest].config);
}

/* The interrupt of a queue goes to its CPU; where there is one for all, irqbalance chooses. */
static struct processor *host_disk_cpu(const struct machine *machine, struct server_state *server, struct owner owner) {
    const struct disk_config *disk = disk_of(machine, owner);
    bool one_of_many = server->shared_count > 1 && disk_driver_queues(disk, server->shared_count) == 1;
    return one_of_many ? least_loaded_dom0_cpu(machine, server) : dom0_cpu(server, owner.index % DISK_QUEUES_MAX);
}

/* An interrupt for all ends in the block softirq, which goes on as a thread when there is more and more; one of several
 * queues finishes what its CPU has submitted. */
static void place_host_interrupt(struct machine *machine, struct station *station, struct owner owner) {
    struct server_state *server = &machine->servers[owner.server];
    station->cpu = host_disk_cpu(machine, server, owner);
    if (disk_driver_queues(disk_of(machine, owner), server->shared_count) > 1) return;
    station->context = CONTEXT_SOFTIRQ;
    station->runqueue = &server->dom0_runqueues[station->cpu - server->dom0];
}

/* Disks of a guest before this one, by number. */
static int disks_before(const struct guest_config *guest, int disk) {
    bool used[DISKS_MAX] = {false};
    int count = 0;
    for (int i = 0; i < guest->workload_count; i++)
        if (guest->workloads[i].kind == WORK_BLOCK) used[guest->workloads[i].disk] = true;
    for (int i = 0; i < disk; i++) count += used[i];
    return count;
}

/* A queue of the guest's own device interrupts the vCPU it is of. What other disks raise irqbalance spreads (XK05). */
static struct processor *guest_disk_cpu(const struct machine *machine, struct owner owner) {
    const struct guest_state *guest = &machine->guests[owner.guest];
    const struct disk_config *disk = disk_of(machine, owner);
    int vcpu = owner.index % DISK_QUEUES_MAX;
    if (disk_attachment(&machine->config->host, guest->config, disk) != DISK_OWN) {
        int queues = guest_disk_queues(&machine->config->host, guest->config, disk);
        vcpu += queues * disks_before(guest->config, owner.index / DISK_QUEUES_MAX);
    }
    return &guest->vcpus[vcpu % guest->vcpu_count];
}

void disk_worker_place(struct machine *machine, struct station *station, struct owner owner) {
    int queue = owner.index % DISK_QUEUES_MAX;
    if (station->worker == WORKER_DISK_THREAD || station->worker == WORKER_DISK_POOL) {
        place_disk_thread(machine, station, owner);
        return;
    }
    station->context = CONTEXT_HARDIRQ;
    station->input_quota = station->turn_limit = 1;
    station->poll_length = 1;
    snprintf(station->name, sizeof station->name, "%.40s-irq%d", disk_of(machine, owner)->name, queue);
    if (owner.guest >= 0 && guest_path(machine->guests[owner.guest].config)->emulated)
        station->register_route = &machine->guests[owner.guest].register_route;
    if (station->worker == WORKER_BLOCK_QUEUE) {
        station->registers_first = station->register_route != NULL;
        station->inline_ = true;
        station->context = CONTEXT_TASK;
        snprintf(station->name, sizeof station->name, "%.40s-queue%d", disk_of(machine, owner)->name, queue);
    } else if (station->worker == WORKER_DISK_IRQ) {
        station->cpu = guest_disk_cpu(machine, owner);
    } else {
        place_host_interrupt(machine, station, owner);
    }
}

static bool is_blkback(const struct machine *machine, const struct station *station) {
    return station->worker == WORKER_DISK_THREAD &&
           machine->guests[station->guest].config->disk_back_end == DISK_BACK_END_KERNEL;
}

void disk_workers_share_pools(struct machine *machine) {
    const struct cost_value *costs = machine->config->host.costs.values;
    for (int i = 0; i < machine->station_count; i++) {
        struct station *station = machine->stations[i];
        if (!is_blkback(machine, station)) continue;
        struct guest_state *guest = &machine->guests[station->guest];
        if (!guest->config->disk_shares_pool || guest->config->disk_queues < 2 || station->lock != NULL) continue;
        struct ticket_lock *lock = &guest->pool_locks[station->disk];
        double cycles = costs[COST_CACHE_LINE].value * costs[COST_GRANT_LOCK_LINES].value;
        lock->shared = lock->exclusive = true;
        lock->transfer = sim_time_of(cycles / guest->server->clock_hz);
        station->lock = lock;
        station->lock_kind = LOCK_OF_POOL;
    }
}
