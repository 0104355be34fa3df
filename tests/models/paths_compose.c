#include <criterion/criterion.h>
#include <string.h>

#include "models/paths/program.h"
#include "tests/models/support.h"

static struct model_config config;

static struct program *program_of(int guest, int workload, enum direction direction) {
    struct program *program = program_new(&config, guest, workload, direction, NULL);
    cr_assert_not_null(program);
    return program;
}

static struct program *stream_of(enum mode mode, enum direction direction, int frame_bytes, enum peer_kind peer) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, mode, 0), direction, frame_bytes)->peer = peer;
    return program_of(0, 0, direction);
}

/* The rings a packet passes, in order. */
static void expect_rings(const struct program *program, const enum ring_id *rings, int count, const char *what) {
    cr_assert_eq(program->stage_count, count, "%s has %d stages", what, program->stage_count);
    for (int i = 0; i < count; i++)
        cr_expect_eq(program->stages[i].ring, rings[i], "%s, stage %d: %s", what, i,
                     ring_infos[program->stages[i].ring].name);
}

#define EXPECT_RINGS(program, what, ...)                 \
    expect_rings(program, (enum ring_id[]){__VA_ARGS__}, \
                 (int)(sizeof(enum ring_id[]){__VA_ARGS__} / sizeof(enum ring_id)), what)

Test(compose, a_frame_to_the_wire_passes_the_rings_of_its_mode) {
    struct program *program = stream_of(MODE_NATIVE, DIRECTION_TRANSMIT, 64, PEER_WIRE);
    EXPECT_RINGS(program, "native", RING_NONE, RING_QDISC, RING_NIC_TX);
    program_free(program);
    program = stream_of(MODE_SRIOV, DIRECTION_TRANSMIT, 64, PEER_WIRE);
    EXPECT_RINGS(program, "sriov", RING_NONE, RING_QDISC, RING_NIC_TX);
    program_free(program);
    program = stream_of(MODE_PV, DIRECTION_TRANSMIT, 64, PEER_WIRE);
    EXPECT_RINGS(program, "pv", RING_NONE, RING_QDISC, RING_NETIF_TX, RING_PF_TX);
    program_free(program);
    program = stream_of(MODE_HVM, DIRECTION_TRANSMIT, 64, PEER_WIRE);
    EXPECT_RINGS(program, "hvm", RING_NONE, RING_QDISC, RING_E1000_TX, RING_PF_TX);
    program_free(program);
}

Test(compose, a_frame_from_the_wire_passes_the_rings_of_its_mode) {
    struct program *program = stream_of(MODE_SRIOV, DIRECTION_RECEIVE, 64, PEER_WIRE);
    EXPECT_RINGS(program, "sriov", RING_NONE, RING_NIC_RX, RING_SOCKET);
    cr_expect_eq(program->stages[0].hop, HOP_INGRESS);
    cr_expect(program->reversed);
    program_free(program);
    program = stream_of(MODE_PVHVM, DIRECTION_RECEIVE, 64, PEER_WIRE);
    EXPECT_RINGS(program, "pvhvm", RING_NONE, RING_PF_RX, RING_VIF_QUEUE, RING_NETIF_RX, RING_SOCKET);
    program_free(program);
    program = stream_of(MODE_HVM, DIRECTION_RECEIVE, 64, PEER_WIRE);
    EXPECT_RINGS(program, "hvm", RING_NONE, RING_PF_RX, RING_TAP, RING_E1000_RX, RING_SOCKET);
    program_free(program);
}

Test(compose, what_stays_behind_the_bridge_does_not_touch_the_nic) {
    struct program *program = stream_of(MODE_PV, DIRECTION_TRANSMIT, 64, PEER_DOM0);
    EXPECT_RINGS(program, "pv to dom0", RING_NONE, RING_QDISC, RING_NETIF_TX, RING_SOCKET);
    program_free(program);
    program = stream_of(MODE_PV, DIRECTION_RECEIVE, 64, PEER_DOM0);
    EXPECT_RINGS(program, "dom0 to pv", RING_NONE, RING_VIF_QUEUE, RING_NETIF_RX, RING_SOCKET);
    program_free(program);
    program = stream_of(MODE_SRIOV, DIRECTION_TRANSMIT, 64, PEER_DOM0);
    EXPECT_RINGS(program, "sriov to dom0", RING_NONE, RING_QDISC, RING_NIC_TX, RING_PF_RX, RING_SOCKET);
    cr_expect_eq(program->stages[2].hop, HOP_SWITCH);
    program_free(program);
}

static int rows_with(const struct program *program, enum cost cost) {
    int count = 0;
    for (int i = 0; i < program->row_count; i++) count += program->rows[i].step->cost == cost;
    return count;
}

Test(compose, the_kernel_decides_how_it_is_entered_and_the_protocol_what_it_does) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        struct program *program = stream_of((enum mode)mode, DIRECTION_TRANSMIT, 64, PEER_WIRE);
        int entries = mode == MODE_PV ? 0 : mode == MODE_VIRTIO ? 2 : 1; /* QEMU's write to the tap device, too */
        cr_expect_eq(rows_with(program, COST_SYSCALL), entries, "%s", mode_info((enum mode)mode)->name);
        cr_expect_eq(rows_with(program, COST_UDP_SEND), 1);
        cr_expect_eq(rows_with(program, COST_TCP_SEND), 0);
        cr_expect_eq(rows_with(program, COST_ICMP_ECHO), 0);
        program_free(program);
    }
    given_plain_host(&config);
    int guest = given_guest(&config, MODE_NATIVE, 0), peer = given_guest(&config, MODE_NATIVE, 1);
    struct workload_config *tcp = given_transactions(&config, guest, WORK_TCP_RR);
    struct workload_config *ping = given_transactions(&config, guest, WORK_PING);
    tcp->peer = ping->peer = PEER_GUEST;
    tcp->peer_guest = ping->peer_guest = peer;
    struct program *program = program_of(guest, 0, DIRECTION_TRANSMIT);
    cr_expect_eq(rows_with(program, COST_TCP_SEND), 2, "request and answer");
    cr_expect_eq(rows_with(program, COST_TCP_RECV), 2);
    cr_expect_eq(rows_with(program, COST_UDP_SEND), 0);
    program_free(program);
    program = program_of(guest, 1, DIRECTION_TRANSMIT);
    cr_expect_eq(rows_with(program, COST_ICMP_ECHO), 1, "only the peer answers an echo");
    cr_expect_eq(rows_with(program, COST_SOCKET_SEND), 1, "and its kernel does it without a socket");
    cr_expect_eq(rows_with(program, COST_SYSCALL), 2, "send and receive of the one who asks");
    program_free(program);
}

/* netback answers a frame that it copied whole at once, one with mapped pages when dom0's NIC has sent it. */
Test(compose, clean_up_starts_where_the_sender_is_done_with) {
    struct program *program = stream_of(MODE_PV, DIRECTION_TRANSMIT, 64, PEER_WIRE);
    cr_assert_geq(program->stages[2].completion, 0, "at netback");
    cr_expect(program->completions[program->stages[2].completion]->frees_socket);
    cr_assert_geq(program->stages[3].completion, 0, "dom0's driver reclaims its descriptor");
    cr_expect_not(program->completions[program->stages[3].completion]->frees_socket);
    program_free(program);
    program = stream_of(MODE_PV, DIRECTION_TRANSMIT, 1518, PEER_WIRE);
    cr_expect_lt(program->stages[2].completion, 0);
    cr_assert_geq(program->stages[3].completion, 0);
    const struct program *completion = program->completions[program->stages[3].completion];
    cr_expect(completion->frees_socket);
    cr_expect_eq(rows_with(completion, COST_GRANT_UNMAP), 1);
    cr_expect_eq(rows_with(completion, COST_DRIVER_TX_CLEAN), 1);
    program_free(program);
    program = stream_of(MODE_SRIOV, DIRECTION_TRANSMIT, 64, PEER_WIRE);
    cr_assert_geq(program->stages[2].completion, 0, "when the NIC has sent it");
    program_free(program);
}

Test(compose, every_frame_sent_frees_its_send_buffer_exactly_once_per_leg) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int frame = 64; frame <= 1518; frame += 1454) {
            struct program *program = stream_of((enum mode)mode, DIRECTION_TRANSMIT, frame, PEER_WIRE);
            int frees = 0;
            for (int i = 0; i < program->completion_count; i++)
                frees += program->completions[i]->frees_socket && !program->completions[i]->after_loss;
            cr_expect_eq(frees, 1, "%s, %d B", mode_info((enum mode)mode)->name, frame);
            program_free(program);
        }
}

Test(compose, frames_carry_the_headers_of_their_protocol) {
    cr_expect_eq(frame_of_payload(WORK_UDP_RR, 1), 64);
    cr_expect_eq(frame_of_payload(WORK_UDP_RR, 18), 64);
    cr_expect_eq(frame_of_payload(WORK_UDP_RR, 19), 65);
    cr_expect_eq(frame_of_payload(WORK_PING, 56), 102);
    cr_expect_eq(frame_of_payload(WORK_TCP_RR, 1), 71);
    cr_expect_eq(frame_of_payload(WORK_TCP_RR, 1448), 1518);
    cr_expect_eq(frame_of_payload(WORK_UDP_RR, 1472), 1518);
}

/* ---- compile ---- */

static void expect_sums(const struct program *program) {
    sim_time work[STAGES_MAX][WHEN_COUNT] = {0};
    for (int i = 0; i < program->row_count; i++) {
        const struct row *row = &program->rows[i];
        bool elapses = row->step->when == FLIGHT || row->step->when == RETURN;
        work[row->stage][row->step->when] += elapses ? row->time : row->cpu;
        if (i > 0) cr_expect_geq(row->stage, program->rows[i - 1].stage);
        cr_expect(row->cpu == 0 || row->time == 0, "'%s' is work or time, not both", row->step->label);
    }
    for (int i = 0; i < program->stage_count; i++)
        for (int when = 0; when < WHEN_COUNT; when++)
            cr_expect_eq(program->stages[i].work[when], work[i][when], "stage %d, %s", i, when_name((enum when)when));
    for (int i = 0; i < program->completion_count; i++) expect_sums(program->completions[i]);
}

Test(compile, a_stages_work_is_the_sum_of_its_rows) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int direction = 0; direction < DIRECTION_BOTH; direction++) {
            struct program *program = stream_of((enum mode)mode, (enum direction)direction, 1518, PEER_WIRE);
            expect_sums(program);
            program_free(program);
        }
}

Test(compile, cycles_scale_with_the_clock_and_latencies_do_not) {
    struct program *program = stream_of(MODE_SRIOV, DIRECTION_TRANSMIT, 64, PEER_WIRE);
    set_clock(&config, config.host.clock_hz / 2);
    struct program *slow = program_of(0, 0, DIRECTION_TRANSMIT);
    for (int i = 0; i < program->row_count; i++) {
        const struct row *row = &program->rows[i], *slower = &slow->rows[i];
        bool copies = row->step->mechanism == COPY;
        cr_expect_eq(slower->time, row->time, "%s", row->step->label);
        if (!copies)
            cr_expect_float_eq((double)slower->cpu, 2 * (double)row->cpu, 2, "%s", row->step->label);
        else
            cr_expect_lt(slower->cpu, 2 * row->cpu, "memory is not slower");
    }
    program_free(program);
    program_free(slow);
}
