#include "models/explain.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/models/support.h"

static struct model_config config;
static struct explained_path path;

static void explain(int guest, int workload, enum direction direction) {
    struct diag diag = {0};
    cr_assert_eq(model_explain(&config, guest, workload, direction, &path, &diag), IOP_OK, "%s", diag.message);
    cr_assert_gt(path.count, 0);
}

static void given_one(enum mode mode, enum direction direction, int frame_bytes) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, mode, 0), direction, frame_bytes);
}

/* CPU work of one packet on the main path, as explained and as the model executes it. */
static double explained_work(bool completion) {
    double seconds = 0;
    for (int i = 0; i < path.count; i++)
        if (path.steps[i].completion == completion && path.steps[i].cycles > 0 &&
            strcmp(path.steps[i].when, "each packet") == 0)
            seconds += path.steps[i].seconds;
    return seconds;
}

static double executed_work(const struct program *program) {
    sim_time work = 0;
    for (int i = 0; i < program->stage_count; i++) work += program->stages[i].work[EACH];
    return sim_seconds(work);
}

Test(explain, the_steps_of_a_packet_are_those_the_model_executes) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int direction = 0; direction < DIRECTION_BOTH; direction++) {
            given_one((enum mode)mode, (enum direction)direction, 1518);
            explain(0, 0, (enum direction)direction);
            struct machine *machine = new_machine(&config);
            const struct program *program = machine->flows[0]->route->program;
            double main_path = executed_work(program), clean_up = 0;
            for (int i = 0; i < program->completion_count; i++)
                if (!program->completions[i]->after_loss) clean_up += executed_work(program->completions[i]);
            EXPECT_NEAR(explained_work(false), main_path, 1e-9, "%s %s", mode_info((enum mode)mode)->name,
                        direction_name((enum direction)direction));
            cr_expect_float_eq(explained_work(true), clean_up, 1e-15, "clean-up of %s",
                               mode_info((enum mode)mode)->name);
            cr_expect_gt(main_path, 0);
            machine_free(machine);
            explained_path_free(&path);
        }
}

Test(explain, cycles_are_seconds_at_the_servers_clock) {
    given_one(MODE_SRIOV, DIRECTION_TRANSMIT, 64);
    set_clock(&config, 2e9);
    explain(0, 0, DIRECTION_TRANSMIT);
    for (int i = 0; i < path.count; i++)
        if (path.steps[i].cycles > 0)
            cr_expect_float_eq(path.steps[i].cycles, path.steps[i].seconds * 2e9, 1e-3, "%s", path.steps[i].label);
    explained_path_free(&path);
}

static int position(const char *label, int from) {
    for (int i = from; i < path.count; i++)
        if (strcmp(path.steps[i].label, label) == 0) return i;
    return -1;
}

static void expect_order(const char *const *labels, int count) {
    int at = -1;
    for (int i = 0; i < count; i++) {
        int next = position(labels[i], at + 1);
        cr_expect_geq(next, 0, "'%s' does not come after '%s'", labels[i], i == 0 ? "the start" : labels[i - 1]);
        if (next >= 0) at = next;
    }
}

#define EXPECT_ORDER(...) \
    expect_order((const char *const[]){__VA_ARGS__}, (int)(sizeof(const char *const[]){__VA_ARGS__} / sizeof(char *)))

Test(explain, steps_stand_in_the_order_a_packet_meets_them) {
    given_one(MODE_PV, DIRECTION_TRANSMIT, 1518);
    explain(0, 0, DIRECTION_TRANSMIT);
    EXPECT_ORDER("system call through Xen", "copy the message in", "udp and ip output", "queueing discipline",
                 "grant the pages", "netif transmit ring", "event channel send", "netback: request, sk_buff",
                 "grant copy of the header", "grant map of the rest", "bridge", "packet filter",
                 "driver: map, descriptor, doorbell", "MAC and wire", "grant unmap", "netback: response",
                 "netfront: take the response, free");
    explained_path_free(&path);
    given_one(MODE_SRIOV, DIRECTION_RECEIVE, 64);
    explain(0, 0, DIRECTION_RECEIVE);
    EXPECT_ORDER("packet buffer, switch to the VF, queue", "packet and descriptor write through the IOMMU",
                 "received descriptors", "moderated MSI-X", "interrupt exit, injection", "trapped end of interrupt",
                 "ixgbevf: sk_buff, refill", "udp input", "socket buffer", "copy the message out");
    explained_path_free(&path);
    given_one(MODE_HVM, DIRECTION_TRANSMIT, 64);
    explain(0, 0, DIRECTION_TRANSMIT);
    EXPECT_ORDER("e1000: descriptor", "write TDT: exit, I/O request", "emulated transmit ring",
                 "e1000 model: descriptor, frame", "write to the tap device", "bridge", "MAC and wire",
                 "raise the interrupt line", "read ICR", "e1000: reclaim, free the packet");
    explained_path_free(&path);
}

Test(explain, clean_up_follows_the_packet_and_is_flagged) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        given_one((enum mode)mode, DIRECTION_TRANSMIT, 64);
        explain(0, 0, DIRECTION_TRANSMIT);
        int wire = position("MAC and wire", 0), flagged = 0;
        cr_assert_geq(wire, 0);
        for (int i = 0; i <= wire; i++) cr_expect_not(path.steps[i].completion, "%s", path.steps[i].label);
        for (int i = 0; i < path.count; i++) flagged += path.steps[i].completion;
        cr_expect_gt(flagged, 0, "%s", mode_info((enum mode)mode)->name);
        explained_path_free(&path);
    }
}

Test(explain, the_answer_of_a_transaction_begins_with_one_flagged_step) {
    given_plain_host(&config);
    int guest = given_guest(&config, MODE_SRIOV, 0);
    struct workload_config *work = given_transactions(&config, guest, WORK_TCP_RR);
    work->peer = PEER_GUEST;
    work->peer_guest = given_guest(&config, MODE_SRIOV, 1);
    explain(guest, 0, DIRECTION_TRANSMIT);
    int flagged = -1, count = 0;
    for (int i = 0; i < path.count; i++)
        if (path.steps[i].turnaround) {
            flagged = i;
            count++;
        }
    cr_assert_eq(count, 1);
    cr_expect_str_eq(path.steps[flagged].server, "server2");
    cr_expect_gt(flagged, position("copy the message out", 0), "the peer has read the request");
    cr_expect_lt(flagged, position("tcp and ip output", flagged), "and sends the answer after it");
    explained_path_free(&path);
}

Test(explain, says_who_spends_the_time_and_what_it_is_called) {
    given_one(MODE_PV, DIRECTION_TRANSMIT, 64);
    explain(0, 0, DIRECTION_TRANSMIT);
    for (int i = 0; i < path.count; i++) {
        const struct explained_step *step = &path.steps[i];
        cr_expect_gt(strlen(step->place), 0u);
        cr_expect_gt(strlen(step->mechanism), 0u);
        cr_expect_gt(strlen(step->when), 0u);
        if (step->cycles > 0) cr_expect_gt(strlen(step->resource), 0u, "nobody spends the time of '%s'", step->label);
        cr_expect(step->cost == COST_NONE || (step->cost >= 0 && step->cost < COST_COUNT_), "%s", step->label);
    }
    int bridge = position("bridge", 0);
    cr_expect_str_eq(path.steps[bridge].place, "dom0");
    cr_expect_not_null(strstr(path.steps[bridge].resource, "dom0/"), "%s", path.steps[bridge].resource);
    cr_expect_eq(path.steps[bridge].cost, COST_BRIDGE);
    explained_path_free(&path);
}

Test(explain, both_directions_of_a_stream_can_be_asked_for) {
    given_one(MODE_NATIVE, DIRECTION_BOTH, 64);
    explain(0, 0, DIRECTION_TRANSMIT);
    cr_expect_geq(position("udp and ip output", 0), 0);
    cr_expect_lt(position("udp input", 0), 0);
    explained_path_free(&path);
    explain(0, 0, DIRECTION_RECEIVE);
    cr_expect_lt(position("udp and ip output", 0), 0);
    cr_expect_geq(position("udp input", 0), 0);
    explained_path_free(&path);
}

Test(explain, refuses_a_workload_that_is_not_there) {
    given_one(MODE_NATIVE, DIRECTION_TRANSMIT, 64);
    struct diag diag = {0};
    cr_expect_eq(model_explain(&config, 0, 1, DIRECTION_TRANSMIT, &path, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, "no such workload");
    explained_path_free(&path);
}
