#include "models/placement.h"

#include <stdio.h>
#include <stdlib.h>

#include "models/boot_workers.h"
#include "models/disk_workers.h"
#include "models/guest/netmap.h"
#include "models/guest/reaping.h"
#include "models/paths/block.h"
#include "models/pool.h"
#include "models/spinning.h"
#include "models/topology.h"
#include "models/vif_workers.h"

/* Frames that QEMU reads from a tap device before it lets go of the big lock (its tap_send). */
enum { TAP_BURST = 50 };
/* Frames that it sends of a virtqueue before it returns to its main loop (TX_BURST). */
enum { VIRTIO_BURST = 256 };
/* Frames that vhost hands on, and tells the guest of, at once (VHOST_NET_BATCH). */
enum { VHOST_BATCH = 64 };

static double cost(const struct machine *machine, enum cost id) { return machine->config->host.costs.values[id].value; }

/* ---- interrupts and steering ----------------------------------------------------------------------- */

int irq_vcpu(const struct guest_config *guest, int queue) {
    if (guest->irq_cpu_count > 0) return guest->irq_cpus[queue % guest->irq_cpu_count];
    return queue % guest->vcpus;
}

static bool takes_interrupts(const struct guest_config *guest, int vcpu) {
    for (int queue = 0; queue < guest->queues; queue++)
        if (irq_vcpu(guest, queue) == vcpu) return true;
    return false;
}

int steered_vcpu(const struct host_config *host, const struct guest_config *guest, int queue, uint32_t hash) {
    int irq = irq_vcpu(guest, queue), near = vcpu_socket(host, guest, irq), chosen[VCPUS_MAX], count = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int vcpu = 0; vcpu < guest->vcpus && count < guest->rps_cpus; vcpu++) {
            bool is_near = vcpu_socket(host, guest, vcpu) == near;
            if (is_near == (pass == 0) && (guest->rps_interrupt_cpu || !takes_interrupts(guest, vcpu)))
                chosen[count++] = vcpu;
        }
    return count == 0 ? irq : chosen[((uint64_t)hash * (uint64_t)count) >> 32];
}

/* ---- applications ---------------------------------------------------------------------------------- */

static bool uses_network(enum workload_kind kind) { return !workload_is_computing(kind) && kind != WORK_BLOCK; }

/* Flows are dealt to the queues in turn, so a guest with few flows leaves the vCPUs of the others free. */
static int busy_queues(const struct guest_config *config) {
    int flows = 0;
    for (int i = 0; i < config->workload_count; i++) {
        const struct workload_config *work = &config->workloads[i];
        if (!uses_network(work->kind)) continue;
        flows += workload_is_stream(work->kind) ? work->flows : work->kind == WORK_PING ? 1 : work->concurrency;
    }
    /* a guest without workloads is somebody's peer; one that leaves the network alone has all vCPUs for that */
    if (flows == 0 && config->workload_count > 0) return 0;
    return flows == 0 || flows > config->queues ? config->queues : flows;
}

static bool is_busy_irq_vcpu(const struct guest_config *config, int vcpu) {
    int queues = busy_queues(config);
    for (int queue = 0; queue < queues; queue++)
        if (irq_vcpu(config, queue) == vcpu) return true;
    return false;
}

/* The `number`th in turn of the vCPUs without interrupts, or of all if there are no others. */
static struct processor *app_vcpu(struct guest_state *guest, int number) {
    int free_cpus[VCPUS_MAX], count = 0;
    for (int vcpu = 0; vcpu < guest->vcpu_count; vcpu++)
        if (!is_busy_irq_vcpu(guest->config, vcpu)) free_cpus[count++] = vcpu;
    return &guest->vcpus[count > 0 ? free_cpus[number % count] : number % guest->vcpu_count];
}

struct processor *guest_app_cpu(struct guest_state *guest) {
    return app_vcpu(guest, guest->next_app++);
}

struct processor *dom0_app_cpu(struct machine *machine, int index) {
    struct server_state *server = &machine->servers[index];
    return &server->dom0[server->shared_count - 1 - server->next_app++ % server->shared_count];
}

struct processor *loop_cpu(struct machine *machine, int guest, int index, int thread) {
    if (guest >= 0) return app_vcpu(&machine->guests[guest], thread);
    struct server_state *server = &machine->servers[index];
    return &server->dom0[server->shared_count - 1 - thread % server->shared_count];
}

struct cpus *thread_cpus(struct machine *machine, int guest, int server) {
    return guest >= 0 ? &machine->guests[guest].cpus : &machine->servers[server].dom0_cpus;
}

/* ---- disks ----------------------------------------------------------------------------------------- */

int disk_queue(const struct machine *machine, int guest, const struct flow *flow) {
    const struct guest_state *state = &machine->guests[guest];
    const struct disk_config *disk = &machine->config->host.disks[flow->state->config->disk];
    int vcpu = cpus_number(&state->cpus, flow->thread.cpu);
    return vcpu % guest_disk_queues(&machine->config->host, state->config, disk);
}

/* ---- stations -------------------------------------------------------------------------------------- */

struct processor *dom0_cpu(struct server_state *server, int index) {
    return &server->dom0[index % server->shared_count];
}

/* How many workers and applications a vCPU has; softirqs, which run before threads, count as three. */
static int load_of(const struct machine *machine, const struct processor *cpu) {
    int load = 0;
    for (int i = 0; i < machine->station_count; i++)
        if (machine->stations[i]->cpu == cpu) load += machine->stations[i]->context == CONTEXT_SOFTIRQ ? 3 : 1;
    for (int i = 0; i < machine->flow_count; i++) load += machine->flows[i]->thread.cpu == cpu;
    return load;
}

struct processor *least_loaded_dom0_cpu(const struct machine *machine, struct server_state *server) {
    struct processor *least = NULL;
    for (int i = 1; i <= server->dom0_count; i++) {
        struct processor *cpu = &server->dom0[(machine->config->host.dom0.nic_irq_vcpu + i) % server->dom0_count];
        if (least == NULL || load_of(machine, cpu) < load_of(machine, least)) least = cpu;
    }
    return least;
}

/* Where the threads of its CPU compete with a softirq of dom0. */
static void place_in_dom0(struct station *station, struct server_state *server, struct processor *cpu) {
    station->cpu = cpu;
    station->runqueue = &server->dom0_runqueues[cpu - server->dom0];
}

/* Event channels are bound to the vCPU that takes the NIC's interrupt unless somebody rebinds them, so the
 * first netback thread works there, further ones on the following vCPUs. */
static struct processor *netback_cpu(struct machine *machine, struct server_state *server, int thread) {
    return dom0_cpu(server, machine->config->host.dom0.nic_irq_vcpu + thread);
}

/* Processes of dom0 go where the NIC's interrupt is not, if there is a choice. */
static struct processor *process_cpu(struct machine *machine, struct server_state *server, int index) {
    int others = server->shared_count - 1;
    return dom0_cpu(server, machine->config->host.dom0.nic_irq_vcpu + (others > 0 ? 1 + index % others : 0));
}

/* A thread that works for one guest: under CFS an entity of its own. */
static struct processor *thread_cpu(struct machine *machine, const struct station *station, struct owner owner) {
    struct processor *own = pool_thread(machine, owner.guest, station->name);
    return own != NULL ? own : process_cpu(machine, &machine->servers[owner.server], owner.guest);
}

static struct processor *reader_cpu(struct machine *machine, struct flow *flow, int guest) {
    if (flow->thread.cpu != NULL && flow->thread.guest == guest) return flow->thread.cpu;
    if (flow->peer_cpu == NULL) flow->peer_cpu = guest_app_cpu(&machine->guests[guest]);
    return flow->peer_cpu;
}

static struct processor *dom0_reader_cpu(struct machine *machine, int server, const struct flow *flow) {
    bool sends = flow->thread.cpu != NULL && flow->thread.guest < 0;
    return sends ? flow->thread.cpu : dom0_app_cpu(machine, server);
}

/* The driver of an emulated device: what it tells its device model, and when that interrupts it. */
static void place_emulated(struct machine *machine, struct station *station, struct guest_state *guest) {
    const struct path_tables *tables = guest_path(guest->config);
    station->register_route = &guest->register_route;
    station->poll_length = tables->registers_per_frame ? 1 : (int)cost(machine, COST_E1000_REFILL);
    if (tables->registers_per_frame) station->input_quota = station->turn_limit = 1;
    double spacing_s = guest->config->throttle == THROTTLE_FIXED      ? guest->config->throttle_s
                       : guest->config->throttle == THROTTLE_ADAPTIVE ? cost(machine, COST_E1000_MITIGATION)
                                                                      : 0;
    if (!tables->mitigated || spacing_s <= 0) return;
    moderation_fixed(&guest->mitigation, spacing_s);
    station->moderation = &guest->mitigation;
}

/* The CPU's part of a poll loop. */
static void place_loop(struct machine *machine, struct station *station, int server) {
    double look_s = cost(machine, COST_SWITCH_POLL) / machine->servers[server].clock_hz;
    station->loop.look = sim_time_of(look_s);
    station->cpu->idle = (struct idle_states){0}; /* it never sleeps */
}

static void place_napi(struct machine *machine, struct station *station, struct owner owner) {
    struct guest_state *guest = &machine->guests[owner.guest];
    int vcpu = irq_vcpu(guest->config, owner.index);
    station->cpu = &guest->vcpus[vcpu];
    station->runqueue = &guest->runqueues[vcpu];
    station->context = CONTEXT_SOFTIRQ;
    station->input_quota = station->turn_limit = NAPI_WEIGHT;
    if (guest_path(guest->config)->emulated) place_emulated(machine, station, guest);
    snprintf(station->name, sizeof station->name, "softirq%d", owner.index);
}

static void place_backlog(struct machine *machine, struct station *station, struct owner owner) {
    station->cpu = &machine->guests[owner.guest].vcpus[owner.index];
    station->runqueue = &machine->guests[owner.guest].runqueues[owner.index];
    station->context = CONTEXT_SOFTIRQ;
    station->input_quota = station->turn_limit = NAPI_WEIGHT;
    snprintf(station->name, sizeof station->name, "backlog%d", owner.index);
}

/* A thread that reads: of one socket, or of many. */
static void place_thread(struct machine *machine, struct station *station, struct owner owner, struct flow *flow) {
    station->wake_context = CONTEXT_TASK;
    if (flow->state->config->polls_sockets) spinning_for_ever(station);
    if (station->worker == WORKER_LOOP) {
        int thread = owner.index % LOOPS_MAX;
        station->poll_takes_all = true;
        station->cpus = thread_cpus(machine, owner.guest, owner.server);
        station->cpu = loop_cpu(machine, owner.guest, owner.server, flow->state->first_job + thread);
        snprintf(station->name, sizeof station->name, "loop%d", thread);
        return;
    }
    station->cpu =
        owner.guest < 0 ? dom0_reader_cpu(machine, owner.server, flow) : reader_cpu(machine, flow, owner.guest);
    if (flow->stream != NULL) { /* one reading */
        station->turn_bytes = (uint32_t)flow->state->config->message_bytes;
        station->input_quota = station->turn_limit = BATCH_MAX;
        station->cpus = thread_cpus(machine, owner.guest, owner.server);
    }
    snprintf(station->name, sizeof station->name, "reader%d", flow->index);
}

static void place_netback(struct machine *machine, struct station *station, struct owner owner) {
    int batch = (int)cost(machine, COST_NETBACK_BATCH);
    station->cpu = netback_cpu(machine, &machine->servers[owner.server], owner.index);
    station->input_quota = batch > BATCH_MAX ? BATCH_MAX : batch < 1 ? 1 : batch;
    station->turn_limit = BATCH_MAX;
    snprintf(station->name, sizeof station->name, "netback%d", owner.index);
}

/* The queueing discipline; of a driver that writes registers for each frame, its accesses as well. */
static void place_qdisc(struct machine *machine, struct station *station, struct owner owner) {
    station->inline_ = true;
    station->context = CONTEXT_SOFTIRQ; /* bottom halves are off while a packet is transmitted */
    if (owner.guest >= 0 && guest_path(machine->guests[owner.guest].config)->registers_per_frame) {
        station->register_route = &machine->guests[owner.guest].register_route;
        station->poll_length = 1;
    }
    snprintf(station->name, sizeof station->name, "qdisc%d", owner.index);
}

/* QEMU: its main loop, or what it does on the thread of the vCPU that asks. */
static void place_qemu(struct machine *machine, struct station *station, struct owner owner) {
    struct guest_state *guest = &machine->guests[owner.guest];
    if (station->worker == WORKER_VCPU_QEMU) {
        station->inline_ = station->of_caller = true;
        station->context = CONTEXT_HYPERVISOR; /* the vCPU is not in the guest */
        station->big_lock = &guest->big_lock;
        station->big_lock_limit = 1;
        snprintf(station->name, sizeof station->name, "device model");
        return;
    }
    if (guest_path(guest->config)->emulated && machine->config->host.hypervisor == HYPERVISOR_KVM) {
        station->big_lock = &guest->big_lock;
        station->big_lock_limit = TAP_BURST;
    }
    snprintf(station->name, sizeof station->name, "qemu-%.48s", guest->config->name);
    station->cpu = thread_cpu(machine, station, owner);
}

static int burst_of(const struct queue *queue) {
    switch (queue->id) {
    case RING_VIRTIO_TX:
    case RING_NETMAP_VIRTIO_TX:
        return VIRTIO_BURST;
    case RING_TAP:
        return TAP_BURST;
    case RING_VALE: /* all there is */
        return (int)queue->ring.capacity;
    default:
        return 0;
    }
}

void place_network_queue(struct machine *machine, const struct queue *queue) {
    struct station *station = queue->consumer;
    int burst = burst_of(queue);
    if (station->worker != WORKER_QEMU || machine->config->host.hypervisor != HYPERVISOR_KVM || burst == 0) return;
    station->big_lock = &machine->guests[station->guest].big_lock;
    if (station->big_lock_limit < burst) station->big_lock_limit = burst;
}

/* A polling guest's one application sends, receives and forwards. */
static struct processor *polling_cpu(struct machine *machine, const struct flow *flow, int guest) {
    bool sends = flow->thread.cpu != NULL && flow->thread.guest == guest;
    return sends ? flow->thread.cpu : guest_app_cpu(&machine->guests[guest]);
}

/* Who polls: the switch, on a CPU of its own beside those that dom0's processes share; an application of a guest. */
static void place_poller(struct machine *machine, struct station *station, struct owner owner, struct flow *flow) {
    struct server_state *server = &machine->servers[owner.server];
    bool is_switch = station->worker == WORKER_SWITCH;
    station->cpu = is_switch ? &server->dom0[server->shared_count] : polling_cpu(machine, flow, owner.guest);
    place_loop(machine, station, owner.server);
    if (is_switch)
        snprintf(station->name, sizeof station->name, "switch");
    else
        snprintf(station->name, sizeof station->name, "pmd%d", owner.index);
}

void place_station(struct machine *machine, struct station *station, struct owner owner, struct flow *flow) {
    struct server_state *server = &machine->servers[owner.server];
    station->wake_context = CONTEXT_HARDIRQ;
    station->context = CONTEXT_TASK;
    station->input_quota = station->turn_limit = 1;
    station->poll_length = NAPI_WEIGHT;
    switch (station->worker) {
    case WORKER_QDISC:
        place_qdisc(machine, station, owner);
        break;
    case WORKER_TCP:
        station->inline_ = true;
        station->context = CONTEXT_SOFTIRQ; /* the socket's lock is held, bottom halves are off */
        snprintf(station->name, sizeof station->name, "tcp%d", flow->index);
        break;
    case WORKER_NAPI:
        place_napi(machine, station, owner);
        break;
    case WORKER_BACKLOG:
        place_backlog(machine, station, owner);
        break;
    case WORKER_BLOCK_QUEUE:
    case WORKER_DISK_IRQ:
    case WORKER_HOST_DISK_IRQ:
    case WORKER_DISK_THREAD:
    case WORKER_DISK_POOL:
        disk_worker_place(machine, station, owner);
        break;
    case WORKER_RESPONSES:
        reaping_place(machine, station, owner.index);
        break;
    case WORKER_DOM0_NAPI:
        place_in_dom0(station, server, dom0_cpu(server, machine->config->host.dom0.nic_irq_vcpu));
        station->context = CONTEXT_SOFTIRQ;
        station->input_quota = station->turn_limit = NAPI_WEIGHT;
        snprintf(station->name, sizeof station->name, "nic");
        break;
    case WORKER_NETBACK:
        place_netback(machine, station, owner);
        break;
    case WORKER_VIF_NAPI:
    case WORKER_VIF_THREAD:
    case WORKER_VIF_DEALLOC:
        vif_worker_place(machine, station, owner.index);
        break;
    case WORKER_SWITCH:
    case WORKER_PMD:
        place_poller(machine, station, owner, flow);
        break;
    case WORKER_NETMAP:
        station->cpu = reader_cpu(machine, flow, owner.guest);
        netmap_place(machine, station);
        break;
    case WORKER_SHAPER:
        station->cpu = process_cpu(machine, server, owner.guest);
        station->context = CONTEXT_SOFTIRQ;
        station->input_quota = station->turn_limit = NAPI_WEIGHT;
        snprintf(station->name, sizeof station->name, "tap-%.48s", machine->guests[owner.guest].config->name);
        break;
    case WORKER_VHOST:
        if (machine->guests[owner.guest].config->vhost_batches)
            station->input_quota = station->turn_limit = VHOST_BATCH;
        snprintf(station->name, sizeof station->name, "vhost-%.48s", machine->guests[owner.guest].config->name);
        station->cpu = thread_cpu(machine, station, owner);
        break;
    case WORKER_TOOLSTACK:
    case WORKER_XENSTORED:
    case WORKER_MONITOR:
    case WORKER_BOOT_CPU:
        boot_worker_place(machine, station, owner.guest);
        break;
    case WORKER_QEMU:
    case WORKER_VCPU_QEMU:
        place_qemu(machine, station, owner);
        break;
    default:
        place_thread(machine, station, owner, flow);
    }
}

int netback_thread(const struct machine *machine, int guest) {
    int before = 0, server = machine->config->guests[guest].server;
    for (int i = 0; i < guest; i++) {
        const struct guest_config *other = &machine->config->guests[i];
        const struct path_tables *tables = guest_path(other);
        before += other->server == server && tables->completes_at_backend_if_copied; /* what netback serves */
    }
    return before % machine->config->host.dom0.netback_threads;
}
