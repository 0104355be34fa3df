/* How packets move from stage to stage: into a queue, out of a stage, and out of the path. */
#include "models/back_pressure.h"
#include "models/guest/merging.h"
#include "models/guest/reaping.h"
#include "models/guest/segmentation.h"
#include "models/polling.h"
#include "models/reclaim.h"
#include "models/register_access.h"
#include "models/telling.h"

void station_lose(struct machine *machine, uint32_t index, enum lost where, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    struct stage *stage = stage_of(packet);
    flow_lost(packet->route, packet, where);
    /* What a switch or NIC loses has left its sender, whose clean-up has begun. */
    bool kept = where != LOST_NIC && where != LOST_NETWORK && stage->drop_completion >= 0;
    if (kept) station_complete(machine, packet, stage->drop_completion, from);
    /* The flow's own packet, not the answer to it, which is the other side's to free. */
    bool own = where == LOST_QDISC && packet->stage == packet->route->program->qdisc_stage;
    if (own) flow_buffer_free(packet->route, packet->bytes, from);
    packet_give(&machine->packets, index);
}

/* What a packet for a worker on another core costs whoever hands it over: lines that the worker has, and more while
 * it works. */
static void pass(const struct station *consumer, struct stage *stage, struct station *from) {
    bool far = is_far(consumer->cpu, from->cpu);
    from->debt += execute(stage, PASSING);
    if (far) from->debt += execute(stage, PASSING_FAR);
}

static void contend(const struct station *consumer, struct stage *stage, struct station *from) {
    if (!consumer->running || consumer->of_caller || consumer->waits_to_be_told || stage->work[CONTENDED] == 0) return;
    from->debt += execute(stage, CONTENDED);
    if (is_far(consumer->cpu, from->cpu)) from->debt += execute(stage, CONTENDED_FAR);
}

/* A queueing discipline goes on where somebody comes with the next packet. */
static void take_over(struct station *discipline, const struct station *from) {
    if (discipline->running) discipline->cpu = from->cpu;
    discipline->lets_go = false;
    discipline->worked = 0;
}

void station_deliver(struct machine *machine, uint32_t index, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    struct stage *stage = stage_of(packet);
    struct queue *queue = packet->route->queues[packet->stage];
    if (packet->frames == 0) packet->frame_bytes = stage->frame_bytes;
    /* A virtqueue gives back a number; what it stands for has not left its sender's cache. */
    if (from != NULL && stage->ring != RING_VIRTQ_TX_DONE) packet->cpu = from->cpu;
    if (packet->reserved) {
        queue->reserved -= stage->slots;
        packet->reserved = false;
    } else if (queue->drops && ring_space(&queue->ring) < queue->reserved + stage->slots) {
        queue->ring.dropped++;
        station_lose(machine, index, ring_infos[queue->id].lost, from);
        return;
    }
    if (stage->worker == WORKER_DISK) {
        if (queue->held) queue->ring.used += stage->slots;
        block_submit(machine, queue, index);
        return;
    }
    bool asleep = ring_push(&queue->ring, index);
    queue->ring.used += stage->slots - 1u;
    if (stage->worker == WORKER_NIC) {
        struct dma_map *map = queue->nic_queue->map;
        packet->buffer = map != NULL ? dma_map_send(map) : queue->ring.tail & queue->ring.mask;
        if (asleep) nic_doorbell(queue->nic_queue);
        return;
    }
    struct station *consumer = queue->consumer;
    if (consumer->lets_go) take_over(consumer, from);
    if (stage->synchronous) {
        packet->caller = from;
        processor_stall(from->cpu);
    }
    bool elsewhere = from != NULL && consumer->cpu != from->cpu;
    if (elsewhere && stage->work[PASSING] > 0) pass(consumer, stage, from);
    if (consumer->loop.look > 0) {
        if (asleep && queue->port >= 0) station_approach(consumer);
    } else if (asleep) {
        if (!reclaim_put_off(queue)) tell_of_work(consumer, stage, from);
    } else if (elsewhere)
        contend(consumer, stage, from);
    if (queue->used != NULL && from != NULL) reclaim_in_passing(queue, from);
}

uint32_t station_new_completion(struct machine *machine, const struct packet *packet, int index, struct station *from) {
    const struct route *route = packet->frames == 0 ? packet->route : segmentation_handed(packet);
    if (route == NULL) return PACKET_NONE;
    struct route *completion = route->completions[index];
    uint32_t bytes = packet->frames == 0 ? 0 : segmentation_handed_bytes(packet);
    if (completion->program->stage_count == 0) {
        if (completion->program->frees_socket) flow_buffer_free(completion, bytes, from);
        return PACKET_NONE;
    }
    uint32_t taken = packet_take(&machine->packets);
    struct flow *flow = completion->flow;
    *packet_at(&machine->packets, taken) =
        (struct packet){.born = machine->sim.now, .route = completion, .cpu = flow->thread.cpu, .bytes = bytes};
    balance_enter(&flow->state->cleanup, machine->sim.now);
    return taken;
}

void station_complete(struct machine *machine, const struct packet *packet, int index, struct station *from) {
    uint32_t completion = station_new_completion(machine, packet, index, from);
    if (completion != PACKET_NONE) station_deliver(machine, completion, from);
}

void station_drain(struct station *station, struct queue *queue) {
    struct machine *machine = station->machine;
    uint32_t index;
    while ((index = station_take(station, queue)) != PACKET_NONE) {
        station->debt += packet_work(station, packet_at(&machine->packets, index));
        station_finish(machine, index, station);
    }
}

/* The same for a packet. The queueing discipline that sent it may by now be at work on another CPU. */
static void packet_answered(struct sim *sim, void *object, uint64_t word) {
    (void)sim;
    (void)word;
    processor_resume(object);
}

/* A packet of a tcp-stream has come to where packets change. */
static void end_stage(struct machine *machine, uint32_t index, enum stage_end end, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    switch (end) {
    case END_CUT_PACKETS:
    case END_CUT_FRAMES:
        for (bool whole = packet->frames > 1; whole; whole = packet->frames > 1) {
            uint32_t frame = segmentation_cut(machine, index, end == END_CUT_PACKETS);
            packet_at(&machine->packets, frame)->stage++;
            station_deliver(machine, frame, from);
        }
        packet->stage++;
        station_deliver(machine, index, from);
        return;
    case END_MERGES:
        merging_add(from, index);
        return;
    default:
        stream_input(machine, index, from);
    }
}

void station_finish(struct machine *machine, uint32_t index, struct station *from) {
    struct packet *packet = packet_at(&machine->packets, index);
    struct route *route = packet->route;
    struct stage *stage = stage_of(packet);
    if (route->releases[packet->stage] != NULL)
        queue_release(route->releases[packet->stage], stage->release_slots, from);
    if (stage->completion >= 0) station_complete(machine, packet, stage->completion, from);
    struct queue *reaped = route->reaps[packet->stage];
    bool is_register = route->program->workload < 0;
    if (packet->caller != NULL) {
        stage->executed[RETURN]++;
        if (from->of_caller) { /* it was the caller's own CPU, which is now the caller's again */
            if (is_register) registers_access(packet->caller);
        } else if (is_register)
            sim_after(&machine->sim, stage->work[RETURN], register_answered, packet->caller, 0);
        else
            sim_after(&machine->sim, stage->work[RETURN], packet_answered, packet->cpu, 0);
        packet->caller = NULL;
    }
    if (packet->stage + 1 < route->program->stage_count) {
        if (stage->end != END_GOES_ON) {
            end_stage(machine, index, stage->end, from);
            return;
        }
        packet->stage++;
        station_deliver(machine, index, from);
        if (reaped != NULL) reap(from, reaped);
        return;
    }
    if (!is_register) flow_arrived(route, packet, from);
    packet_give(&machine->packets, index);
}
