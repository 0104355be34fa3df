#include "models/workload/block.h"

#include "models/machine.h"

static uint64_t next_offset(struct flow *flow, struct block_job *job) {
    const struct workload_config *work = flow->state->config;
    uint64_t size = (uint64_t)work->block_bytes, places = job->size_bytes / size;
    if (places == 0) places = 1;
    if (work->is_sequential) {
        uint64_t at = job->next_bytes;
        job->next_bytes = at + 2 * size <= job->size_bytes ? at + size : 0;
        return job->first_bytes + at;
    }
    uint64_t place = (uint64_t)(random_uniform(&flow->random) * (double)places);
    return job->first_bytes + place * size;
}

uint32_t block_request(struct flow *flow, sim_time born) {
    struct machine *machine = flow->machine;
    const struct workload_config *work = flow->state->config;
    bool reads = work->read_share >= 1 || (work->read_share > 0 && random_uniform(&flow->random) < work->read_share);
    uint32_t index = packet_take(&machine->packets);
    *packet_at(&machine->packets, index) = (struct packet){
        .born = born,
        .route = reads ? flow->route : flow->block.write,
        .bytes = (uint32_t)work->block_bytes,
        .sequence = next_offset(flow, flow->block.job) & PACKET_SEQUENCE_MASK,
    };
    balance_enter(&flow->state->frames, born);
    return index;
}

static void submit(struct machine *machine, struct queue *queue, uint32_t index) {
    const struct packet *packet = packet_at(&machine->packets, index);
    struct disk_request request = {
        .offset = packet->sequence,
        .bytes = packet->bytes,
        .write = packet->route->program->writes,
        .packet = index,
    };
    disk_submit(queue->disk, &request);
}

static void passed(struct sim *sim, void *object, uint64_t index) {
    (void)sim;
    struct machine *machine = object;
    const struct packet *packet = packet_at(&machine->packets, (uint32_t)index);
    submit(machine, packet->route->queues[packet->stage], (uint32_t)index);
}

void block_submit(struct machine *machine, struct queue *queue, uint32_t index) {
    const struct packet *packet = packet_at(&machine->packets, index);
    struct volume_link *link = packet->route->program->writes ? volume_link_of(machine, index) : NULL;
    if (link == NULL)
        submit(machine, queue, index);
    else
        sim_at(&machine->sim, volume_link_passes(link, machine->sim.now, packet->bytes, true), passed, machine, index);
}
