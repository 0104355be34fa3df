#include "models/hardware/nic.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "models/hardware/wire.h"
#include "scenarios/catalog.h"
#include "tests/models/support.h"

/* A NIC between drivers that keep its transmit rings full and a memory that only counts. */
enum { LAB_QUEUES = 3, LOG_MAX = 4096 };

struct lab {
    struct sim sim;
    struct packet_pool packets;
    struct nic nic;
    struct iommu iommu;
    struct ring rings[LAB_QUEUES];
    int frame_bytes;
    bool refill; /* a completed frame is followed by another */
    uint64_t sent[LAB_QUEUES], completed[LAB_QUEUES], received[LAB_QUEUES];
    uint32_t most_fetched;
    int sends;
    sim_time sent_at[LOG_MAX];
    int completions;
    sim_time completed_at[LOG_MAX];
};

static void push(struct lab *lab, int queue) {
    uint32_t index = packet_take(&lab->packets);
    struct packet *packet = packet_at(&lab->packets, index);
    packet->frame_bytes = lab->frame_bytes;
    packet->buffer = lab->rings[queue].tail & lab->rings[queue].mask;
    if (ring_push(&lab->rings[queue], index)) nic_doorbell(lab->nic.queues[queue]);
}

static uint32_t on_sent(void *owner, struct nic_queue *queue, uint32_t packet) {
    struct lab *lab = owner;
    lab->sent[queue->index]++;
    if (queue->fetching > lab->most_fetched) lab->most_fetched = queue->fetching;
    if (lab->sends < LOG_MAX) lab->sent_at[lab->sends++] = lab->sim.now;
    return packet;
}

static void on_completed(void *owner, struct nic_queue *queue, uint32_t descriptor) {
    struct lab *lab = owner;
    lab->completed[queue->index]++;
    if (lab->completions < LOG_MAX) lab->completed_at[lab->completions++] = lab->sim.now;
    packet_give(&lab->packets, descriptor);
    ring_release(&lab->rings[queue->index], 1);
    if (lab->refill) push(lab, queue->index);
}

static void on_received(void *owner, struct nic_queue *queue, uint32_t packet) {
    struct lab *lab = owner;
    lab->received[queue->index]++;
    packet_give(&lab->packets, packet);
}

static void lab_init(struct lab *lab, int frame_bytes) {
    struct nic_config config;
    struct diag diag = {0};
    memset(lab, 0, sizeof *lab);
    cr_assert_eq(catalog_nic("intel-82599", &config, &diag), IOP_OK, "%s", diag.message);
    cr_assert_eq(sim_init(&lab->sim, 1, 1, 64, NULL), IOP_OK);
    cr_assert_eq(packet_pool_init(&lab->packets, NULL), IOP_OK);
    struct iommu_config translation = {IOMMU_PASSTHROUGH, 125, 5, 4096, 0};
    cr_assert_eq(iommu_init(&lab->iommu, &translation, 300e-9, 0, NULL), IOP_OK);
    struct nic_latencies latencies = {400e-9, 200e-9, 200e-9};
    struct nic_client client = {.owner = lab, .sent = on_sent, .completed = on_completed, .received = on_received};
    nic_init(&lab->nic, &lab->sim, &lab->packets, &config, &latencies, &lab->iommu, client);
    for (int i = 0; i < LAB_QUEUES; i++) {
        cr_assert_eq(ring_init(&lab->rings[i], (uint32_t)config.tx_ring, NULL), IOP_OK);
        cr_assert_not_null(nic_add_queue(&lab->nic, &lab->rings[i], i == 2)); /* the last one is assigned */
        ring_arm(&lab->rings[i]);
    }
    lab->frame_bytes = frame_bytes;
}

static void lab_fini(struct lab *lab) {
    nic_fini(&lab->nic);
    iommu_fini(&lab->iommu);
    for (int i = 0; i < LAB_QUEUES; i++) ring_fini(&lab->rings[i]);
    packet_pool_fini(&lab->packets);
    sim_fini(&lab->sim);
}

static void saturate(struct lab *lab, int queue) {
    lab->refill = true;
    for (int i = 0; i < 400; i++) push(lab, queue);
}

static struct lab lab;

/* PC220 */
Test(nic, fetches_at_most_forty_descriptors_at_a_time) {
    lab_init(&lab, 64);
    for (int i = 0; i < 100; i++) push(&lab, 0);
    sim_run(&lab.sim, 199 * SIM_NS);
    cr_expect_eq(lab.nic.queues[0]->fetches, 0, "the doorbell is on its way");
    sim_run(&lab.sim, 201 * SIM_NS);
    cr_expect_eq(lab.nic.queues[0]->fetching, 40);
    sim_run(&lab.sim, SIM_MS);
    cr_expect_leq(lab.most_fetched, 40);
    cr_expect_gt(lab.most_fetched, 0);
    cr_expect_eq(lab.sent[0], 100);
    cr_expect_geq(lab.nic.queues[0]->fetches, 4, "40, then 20 at the most whenever half are used");
    cr_expect_leq(lab.nic.queues[0]->fetches, 5);
    lab_fini(&lab);
}

Test(nic, keeps_no_more_descriptors_than_it_fetches_at_once) {
    lab_init(&lab, 64);
    saturate(&lab, 0);
    for (int i = 1; i <= 2000; i++) {
        sim_run(&lab.sim, i * 100 * SIM_NS);
        const struct nic_queue *queue = lab.nic.queues[0];
        cr_assert_leq(queue->on_die_tail - queue->on_die_head + queue->fetching, 40);
    }
    lab_fini(&lab);
}

/* PC221 */
Test(nic, writes_descriptors_back_in_eights_and_when_it_has_run_dry) {
    lab_init(&lab, 64);
    for (int i = 0; i < 20; i++) push(&lab, 0);
    sim_run(&lab.sim, SIM_MS);
    cr_expect_eq(lab.nic.queues[0]->write_backs, 3);
    cr_assert_eq(lab.completions, 20);
    for (int i = 1; i < 20; i++) {
        bool together = lab.completed_at[i] == lab.completed_at[i - 1];
        cr_expect_eq(together, i != 8 && i != 16, "descriptors %d and %d", i - 1, i);
    }
    /* One alone does not wait for seven others. */
    push(&lab, 0);
    sim_run(&lab.sim, 2 * SIM_MS);
    cr_expect_eq(lab.nic.queues[0]->write_backs, 4);
    cr_expect_eq(lab.completed[0], 21);
    lab_fini(&lab);
}

Test(nic, one_frame_takes_doorbell_fetch_payload_wire_and_write_back) {
    lab_init(&lab, 64);
    push(&lab, 0);
    sim_run(&lab.sim, SIM_MS);
    double ps_per_byte = 8e12 / pcie_tlp_bps(&lab.nic.config.pcie);
    double passage = lab.nic.config.card_s * 1e12;
    double sent = 200e3 + (400e3 + (24 + 36) * ps_per_byte) + (400e3 + (24 + 84) * ps_per_byte) + passage + 67200;
    cr_expect_gt(passage, 1e6, "NT089");
    cr_assert_eq(lab.sends, 1);
    cr_expect_float_eq((double)lab.sent_at[0], sent, 5);
    cr_expect_float_eq((double)lab.completed_at[0], sent + 200e3 + 40 * ps_per_byte, 5);
    lab_fini(&lab);
}

Test(nic, sends_frames_back_to_back_at_the_wire_rate) {
    lab_init(&lab, 64);
    saturate(&lab, 0);
    sim_run(&lab.sim, 2 * SIM_MS);
    cr_assert_eq(lab.sends, LOG_MAX);
    for (int i = 101; i < LOG_MAX; i++) cr_assert_eq(lab.sent_at[i] - lab.sent_at[i - 1], wire_time(10e9, 64));
    lab_fini(&lab);
}

Test(nic, queues_share_the_wire_equally_round_robin) {
    lab_init(&lab, 64);
    saturate(&lab, 0);
    saturate(&lab, 1);
    sim_run(&lab.sim, 5 * SIM_MS);
    cr_expect_gt(lab.sent[0], 30000);
    EXPECT_NEAR(lab.sent[0], lab.sent[1], 0.002, "%llu and %llu frames", (unsigned long long)lab.sent[0],
                (unsigned long long)lab.sent[1]);
    lab_fini(&lab);
}

Test(nic, a_queue_alone_does_not_wait_for_an_idle_one) {
    lab_init(&lab, 64);
    saturate(&lab, 1);
    sim_run(&lab.sim, 5 * SIM_MS);
    EXPECT_NEAR(lab.sent[1], 5e-3 * 1e10 / (84 * 8), 0.002, "%llu frames", (unsigned long long)lab.sent[1]);
    lab_fini(&lab);
}

Test(nic, a_rate_limit_spaces_the_frames_of_its_function_and_of_no_other) {
    lab_init(&lab, 1518);
    struct shaper limit;
    shaper_init(&limit, 1e9, 0);
    lab.nic.queues[0]->limit = &limit;
    saturate(&lab, 0);
    sim_run(&lab.sim, 20 * SIM_MS);
    EXPECT_NEAR(lab.sent[0], 20e-3 * 1e9 / (1538 * 8), 0.01, "alone: %llu frames", (unsigned long long)lab.sent[0]);
    for (int i = 1; i < lab.sends; i++)
        cr_assert_float_eq((double)(lab.sent_at[i] - lab.sent_at[i - 1]), 1538 * 8e3, 1e4, "frame %d", i);
    uint64_t before = lab.sent[0];
    saturate(&lab, 1);
    sim_run(&lab.sim, 40 * SIM_MS);
    EXPECT_NEAR(lab.sent[0] - before, 20e-3 * 1e9 / (1538 * 8), 0.01, "the limit holds beside another");
    EXPECT_NEAR(lab.sent[1], 20e-3 * 9e9 / (1538 * 8), 0.01, "the other has the rest of the wire: %llu frames",
                (unsigned long long)lab.sent[1]);
    lab_fini(&lab);
}

Test(nic, doorbells_are_suppressed_while_the_queue_is_busy) {
    lab_init(&lab, 1518);
    saturate(&lab, 0);
    sim_run(&lab.sim, 20 * SIM_MS);
    cr_expect_gt(lab.sent[0], 16000);
    cr_expect_leq(lab.nic.queues[0]->doorbells, 2, "%llu doorbells for %llu frames",
                  (unsigned long long)lab.nic.queues[0]->doorbells, (unsigned long long)lab.sent[0]);
    lab_fini(&lab);

    lab_init(&lab, 64);
    for (int i = 0; i < 50; i++) {
        push(&lab, 0);
        sim_run(&lab.sim, (i + 1) * 100 * SIM_US);
    }
    cr_expect_eq(lab.nic.queues[0]->doorbells, 50, "every frame wakes a queue that sleeps");
    lab_fini(&lab);
}

/* ---- receive ---- */

static bool receive(struct lab *l, int queue, uint32_t posted) {
    uint32_t index = packet_take(&l->packets);
    packet_at(&l->packets, index)->frame_bytes = l->frame_bytes;
    bool taken = nic_receive(l->nic.queues[queue], index, posted);
    if (!taken) packet_give(&l->packets, index);
    return taken;
}

Test(nic, loses_a_frame_for_which_no_descriptor_is_posted) {
    lab_init(&lab, 64);
    cr_expect_not(receive(&lab, 0, 0));
    cr_expect(receive(&lab, 0, 2));
    cr_expect(receive(&lab, 0, 2), "the first has one of the two");
    cr_expect_not(receive(&lab, 0, 2), "both are taken until they are visible");
    cr_expect(receive(&lab, 1, 1), "another queue has its own");
    sim_run(&lab.sim, SIM_MS);
    cr_expect_eq(lab.received[0], 2);
    cr_expect(receive(&lab, 0, 1), "visible ones no longer count");
    lab_fini(&lab);
}

Test(nic, loses_a_frame_when_the_packet_buffer_is_full) {
    lab_init(&lab, 1518);
    int room = lab.nic.config.rx_fifo_bytes / 1518;
    for (int i = 0; i < room; i++) cr_assert(receive(&lab, 0, 100000), "frame %d of %d", i, room);
    cr_expect_not(receive(&lab, 0, 100000));
    cr_expect_not(receive(&lab, 1, 100000), "the buffer is of the whole port");
    sim_run(&lab.sim, SIM_MS);
    cr_expect_eq(lab.received[0], (uint64_t)room);
    cr_expect(receive(&lab, 0, 100000), "it has been emptied");
    sim_run(&lab.sim, 2 * SIM_MS);
    cr_expect_eq(lab.nic.rx_fifo_used, 0);
    lab_fini(&lab);
}

Test(nic, a_received_frame_takes_two_writes_of_the_link_and_none_of_a_walk) {
    lab_init(&lab, 64);
    double ps_per_byte = 8e12 / pcie_tlp_bps(&lab.nic.config.pcie);
    receive(&lab, 0, 1);
    sim_run(&lab.sim, SIM_NS * 200 + (sim_time)((24 + 88) * ps_per_byte));
    cr_expect_eq(lab.received[0], 0, "the descriptor is still to be written");
    sim_run(&lab.sim, SIM_NS * 200 + (sim_time)((24 + 88 + 40) * ps_per_byte) + 5);
    cr_expect_eq(lab.received[0], 1);
    cr_expect_eq(lab.iommu.lookups, 0);
    lab_fini(&lab);
}

Test(nic, only_the_queues_of_an_assigned_function_pass_the_iommu) {
    lab_init(&lab, 64);
    push(&lab, 0);
    receive(&lab, 1, 1);
    sim_run(&lab.sim, SIM_MS);
    cr_expect_eq(lab.iommu.lookups, 0);
    push(&lab, 2);
    sim_run(&lab.sim, 2 * SIM_MS);
    cr_expect_eq(lab.iommu.lookups, 3, "descriptor, payload and write-back");
    cr_expect_eq(lab.iommu.misses, 2, "descriptors and payload are in different pages");
    receive(&lab, 2, 1);
    sim_run(&lab.sim, 3 * SIM_MS);
    cr_expect_eq(lab.iommu.lookups, 5, "data and descriptor");
    lab_fini(&lab);
}

/* ---- in a run ---- */

Test(nic, two_functions_of_a_saturated_port_get_equal_shares) {
    static struct model_config config;
    static struct run_result result;
    given_plain_host(&config);
    scale_cpu_work(&config, 1e-3);
    for (int i = 0; i < 2; i++) {
        int guest = given_guest(&config, MODE_SRIOV, 0);
        config.guests[guest].throttle = THROTTLE_OFF;
        given_stream(&config, guest, DIRECTION_TRANSMIT, 1518)->flows = 2;
    }
    run_for(&config, 10 * SIM_MS, &result);
    double first = metric_of(&result, METRIC_PPS, 0, 0), second = metric_of(&result, METRIC_PPS, 1, 0);
    EXPECT_NEAR(first, second, 0.01, "%.0f and %.0f pps", first, second);
    EXPECT_NEAR(first + second, 1e10 / (1538 * 8), 0.001, "together %.0f pps", first + second);
}

Test(nic, an_instances_network_limit_is_kept_and_costs_its_neighbour_nothing) {
    static struct model_config config;
    static struct run_result result;
    given_plain_host(&config);
    scale_cpu_work(&config, 1e-3);
    for (int i = 0; i < 2; i++) given_stream(&config, given_guest(&config, MODE_SRIOV, 0), DIRECTION_TRANSMIT, 1518);
    config.guests[0].network_bps = 500e6;
    for (int i = 0; i < 2; i++) config.guests[i].throttle = THROTTLE_OFF;
    run_for(&config, 20 * SIM_MS, &result);
    double limited = metric_of(&result, METRIC_PPS, 0, 0), free = metric_of(&result, METRIC_PPS, 1, 0);
    EXPECT_NEAR(limited, 500e6 / (1538 * 8), 0.01, "%.0f pps at 500 Mbit/s", limited);
    EXPECT_NEAR(limited + free, 1e10 / (1538 * 8), 0.005, "the other has the rest: %.0f pps", free);
}

Test(nic, a_receiver_that_is_too_slow_loses_frames_in_the_nic) {
    static struct model_config config;
    static struct run_result result;
    given_plain_host(&config);
    int guest = given_guest(&config, MODE_NATIVE, 0);
    given_stream(&config, guest, DIRECTION_RECEIVE, 64);
    run_for(&config, 10 * SIM_MS, &result);
    double pps = metric_of(&result, METRIC_PPS, 0, 0), lost = metric_of(&result, METRIC_LOST_NIC, 0, 0);
    double socket = metric_of(&result, METRIC_LOST_SOCKET, 0, 0),
           offered = metric_of(&result, METRIC_OFFERED_PPS, 0, 0);
    EXPECT_NEAR(offered, 1e10 / (84 * 8), 0.001, "the far host fills the wire: %.0f pps", offered);
    cr_expect_gt(lost, 0.5 * offered);
    EXPECT_NEAR(pps + lost + socket, offered, 0.01, "%.0f delivered, %.0f and %.0f lost", pps, lost, socket);
}
