#include "tests/models/disk_load.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

static uint64_t next_in_order(const struct load *load) {
    uint64_t turn = load->submitted / load->turn, rounds = turn / load->readers;
    uint64_t place = rounds * load->turn + load->submitted % load->turn;
    uint64_t first = turn % load->readers * (uint64_t)(load->config.capacity_bytes / 2);
    return load->from_offset + first + place * load->bytes;
}

static void submit(struct load *load) {
    uint64_t next = next_in_order(load);
    uint32_t packet = load->submitted++;
    load->came[packet] = load->sim.now;
    double places = floor(load->config.capacity_bytes / load->bytes);
    uint64_t place = (uint64_t)(random_uniform(&load->random) * places);
    struct disk_request request = {.offset = load->sequential ? next : place * load->bytes,
                                   .bytes = load->bytes,
                                   .write = random_uniform(&load->random) < load->writes,
                                   .packet = packet};
    load->submitting = true;
    disk_submit(load->disk, &request);
    load->submitting = false;
    if (load->submitted != load->wanted) return;
    load->until = load->sim.now;
    load->measured = load->completed - load->wanted / 10;
    load->busy += disk_busy_s(load->disk);
}

static void submit_later(struct sim *sim, void *object, uint64_t word) {
    (void)sim, (void)word;
    submit(object);
}

static void on_done(void *owner, uint32_t packet) {
    struct load *load = owner;
    cr_assert_not(load->submitting, "done from inside disk_submit");
    load->times_done[packet]++;
    load->took[packet] = load->sim.now - load->came[packet];
    load->order[load->completed++] = packet;
    if (load->completed == load->wanted / 10) {
        load->from = load->sim.now;
        load->busy = -disk_busy_s(load->disk);
    }
    if (load->submitted == load->wanted) return;
    if (load->pause > 0)
        sim_after(&load->sim, load->pause, submit_later, load, 0);
    else
        submit(load);
}

struct load *load_new(const struct disk_config *config) {
    struct load *load = calloc(1, sizeof *load);
    cr_assert_not_null(load);
    load->config = *config;
    load->bytes = KB4;
    load->depth = load->readers = load->turn = 1;
    return load;
}

void load_start(struct load *load, uint32_t wanted) {
    cr_assert(wanted <= REQUESTS_MAX && load->depth < wanted);
    load->wanted = wanted;
    cr_assert_eq(sim_init(&load->sim, 7, 1, 64, NULL), IOP_OK);
    random_stream_init(&load->random, 7, 1, 1);
    load->disk = disk_new(&load->sim, &load->config, 2, on_done, load);
    cr_assert_not_null(load->disk);
    for (uint32_t i = 0; i < load->depth; i++) submit(load);
}

double load_run(struct load *load, uint32_t wanted) {
    load_start(load, wanted);
    sim_run(&load->sim, SIM_TIME_MAX / 2);
    cr_expect_eq(load->completed, wanted, "%u of %u", load->completed, wanted);
    for (uint32_t i = 0; i < wanted; i++) cr_assert_eq(load->times_done[i], 1, "request %u", i);
    disk_free(load->disk);
    sim_fini(&load->sim);
    return load->measured / sim_seconds(load->until - load->from);
}

double mean_time(const struct load *load) {
    sim_time sum = 0;
    for (uint32_t i = 0; i < load->wanted; i++) sum += load->took[i];
    return sim_seconds(sum) / load->wanted;
}

sim_time worst_time(const struct load *load) {
    sim_time worst = 0;
    for (uint32_t i = 0; i < load->wanted; i++)
        if (load->took[i] > worst) worst = load->took[i];
    return worst;
}

double utilization(const struct load *load) { return load->busy / sim_seconds(load->until - load->from); }

double rate_at(const struct disk_config *config, uint32_t depth, uint32_t bytes, double writes, uint32_t wanted,
               double *time) {
    struct load *load = load_new(config);
    load->depth = depth;
    load->bytes = bytes;
    load->writes = writes;
    double rate = load_run(load, wanted);
    if (time != NULL) *time = mean_time(load);
    free(load);
    return rate;
}
