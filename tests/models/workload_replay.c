/* A replay sends what its trace says: when, how much, whose. */
#include <criterion/criterion.h>
#include <string.h>

#include "models/workload/flow.h"
#include "models/workload/trace.h"
#include "scenarios/scenario.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct trace *trace_of(const struct trace_frame *frames, int count) {
    struct diag diag = {0};
    struct trace *trace = trace_new(frames, count, &diag);
    cr_assert_not_null(trace, "%s", diag.message);
    return trace;
}

static struct workload_config *given_replay(enum mode mode, enum direction direction, const struct trace *trace) {
    given_plain_host(&config);
    struct workload_config *work = given_stream(&config, given_guest(&config, mode, 0), direction, trace->mean_bytes);
    work->kind = WORK_REPLAY;
    work->trace = trace;
    work->flows = trace->flows;
    work->speed = 1;
    work->repeat = true;
    return work;
}

/* ---- the trace ---- */

Test(trace, few_sizes_are_kept_many_are_rounded_up) {
    static struct trace_frame frames[1000];
    for (int i = 0; i < 1000; i++) frames[i] = (struct trace_frame){i * SIM_US, 64 + i % 32, 0};
    struct trace *exact = trace_of(frames, 1000);
    cr_expect_eq(exact->class_count, 32);
    for (int i = 0; i < 1000; i++) cr_assert_eq(exact->class_bytes[exact->arrivals[i].size_class], frames[i].bytes);
    for (int i = 0; i < 1000; i++) frames[i].bytes = 64 + 9 * i < 9018 ? 64 + 9 * i : 9018;
    struct trace *rounded = trace_of(frames, 1000);
    cr_expect_leq(rounded->class_count, TRACE_CLASSES_MAX);
    for (int i = 0; i < 1000; i++) {
        int bytes = rounded->class_bytes[rounded->arrivals[i].size_class];
        cr_assert(bytes >= frames[i].bytes && bytes < frames[i].bytes + 64 && (bytes % 64 == 0 || bytes == 9018),
                  "%d for %d", bytes, frames[i].bytes);
    }
    trace_free(exact);
    trace_free(rounded);
}

/* Following `next` from each flow's first arrival goes through the whole trace once. */
Test(trace, flows_go_through_all_of_it) {
    static struct trace_frame frames[5000];
    for (int i = 0; i < 5000; i++) frames[i] = (struct trace_frame){i * SIM_US, 64, (uint64_t)(i * i) % 3001};
    struct trace *trace = trace_of(frames, 5000);
    static bool seen[5000];
    cr_expect_eq(trace->flows, TRACE_FLOWS_MAX, "more flows than that share them");
    for (int flow = 0; flow < trace->flows; flow++) {
        int32_t at = trace->first[flow];
        do {
            cr_assert_not(seen[at], "arrival %d is of two flows", at);
            seen[at] = true;
            at = trace->arrivals[at].next;
        } while (at != trace->first[flow]);
    }
    for (int i = 0; i < 5000; i++) cr_assert(seen[i], "arrival %d is of no flow", i);
    trace_free(trace);
}

/* ---- in the model ---- */

/* 3 frames a millisecond, of 64, 512 and 1518 B: 2 flows. */
static struct trace *small_trace(void) {
    static const struct trace_frame frames[] = {{0, 64, 1}, {SIM_MS / 3, 512, 2}, {2 * SIM_MS / 3, 1518, 1}};
    return trace_of(frames, 3);
}

Test(replay, rates_and_bytes_are_those_of_the_trace_in_every_direction) {
    static const enum mode modes[] = {MODE_NATIVE, MODE_SRIOV, MODE_PVHVM, MODE_HVM};
    struct trace *trace = small_trace();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        for (int direction = DIRECTION_TRANSMIT; direction <= DIRECTION_BOTH; direction++) {
            given_replay(modes[i], (enum direction)direction, trace);
            run_for(&config, 60 * SIM_MS, &result);
            double ways = direction == DIRECTION_BOTH ? 2 : 1, payload = 64 + 512 + 1518 - 3 * 46;
            double pps = metric_of(&result, METRIC_PPS, 0, 0), bps = metric_of(&result, METRIC_THROUGHPUT, 0, 0);
            EXPECT_NEAR(metric_of(&result, METRIC_OFFERED_PPS, 0, 0), 3000 * ways, 0.02, "mode %zu", i);
            EXPECT_NEAR(pps, 3000 * ways, 0.02, "mode %zu: %g pps", i, pps);
            EXPECT_NEAR(bps, 8000 * payload * ways, 0.02, "mode %zu: %g bit/s", i, bps);
        }
    trace_free(trace);
}

/* The wire serializes each frame for as long as its own size takes: a path for each size. */
Test(replay, every_size_has_a_path_of_its_own) {
    struct trace *trace = small_trace();
    given_replay(MODE_SRIOV, DIRECTION_TRANSMIT, trace);
    struct machine *machine = new_machine(&config);
    cr_expect_eq(machine->program_count, 3);
    for (int i = 0; i < machine->flow_count; i++)
        for (int size = 0; size < 3; size++)
            cr_expect_eq(machine->flows[i]->class_routes[size]->program->stages[0].frame_bytes,
                         trace->class_bytes[size]);
    machine_free(machine);
    trace_free(trace);
}

Test(replay, speed_shortens_all_distances) {
    struct trace *trace = small_trace();
    given_replay(MODE_SRIOV, DIRECTION_TRANSMIT, trace)->speed = 2.5;
    run_for(&config, 60 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_OFFERED_PPS, 0, 0), 7500, 0.01, "%g",
                metric_of(&result, METRIC_OFFERED_PPS, 0, 0));
    /* the last of the three comes 2/3 ms after the first, or 0.27 ms at this speed */
    struct diag diag = {0};
    given_replay(MODE_SRIOV, DIRECTION_TRANSMIT, trace)->speed = 2.5;
    cr_assert_eq(try_run(&config, 1, 1, 0, 300 * SIM_US, &result, &diag), IOP_OK, "%s", diag.message);
    cr_expect_float_eq(metric_of(&result, METRIC_OFFERED_PPS, 0, 0) * 300e-6, 3, 1e-9);
    trace_free(trace);
}

Test(replay, without_repeat_it_sends_each_frame_once) {
    struct diag diag = {0};
    struct trace *trace = small_trace();
    given_replay(MODE_SRIOV, DIRECTION_TRANSMIT, trace)->repeat = false;
    cr_assert_eq(try_run(&config, 1, 1, 0, 100 * SIM_MS, &result, &diag), IOP_OK, "%s", diag.message);
    cr_expect_float_eq(metric_of(&result, METRIC_OFFERED_PPS, 0, 0) * 0.1, 3, 1e-9);
    cr_expect_float_eq(metric_of(&result, METRIC_PPS, 0, 0) * 0.1, 3, 1e-9);
    trace_free(trace);
}

/* 20 frames back to back, then 10 ms of silence: the last waits for the wire of all before it (PC231). */
Test(replay, a_burst_waits_for_the_wire) {
    struct trace_frame frames[21];
    for (int i = 0; i < 20; i++) frames[i] = (struct trace_frame){0, 1518, 0};
    frames[20] = (struct trace_frame){10 * SIM_MS, 1518, 0};
    struct trace *trace = trace_of(frames, 21);
    double mean_s[2];
    for (int speed = 0; speed < 2; speed++) {
        given_replay(MODE_NATIVE, DIRECTION_RECEIVE, trace);
        config.host.nic.link_bps = speed == 0 ? 10e9 : 1e9;
        config.guests[0].throttle = THROTTLE_OFF;
        scale_cpu_work(&config, 1e-3);
        run_for(&config, 200 * SIM_MS, &result);
        mean_s[speed] = metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    }
    double frame_s = 1538 * 8 * (1 / 1e9 - 1 / 10e9), waits = frame_s * (19 * 20 / 2) / 21;
    EXPECT_NEAR(mean_s[1] - mean_s[0], waits, 0.02, "%g s more on the slower wire, %g by the formula",
                mean_s[1] - mean_s[0], waits);
    trace_free(trace);
}

/* ---- the scenario: M085, a guest with a split driver sends 200 kpps ---- */

static double pps_at(const char *mode, const char *speed, double *offered) {
    struct setting settings[2] = {{"guests[web].mode", ""}, {"guests[web].workloads[trace].speed", ""}};
    memcpy(settings[0].value, mode, strlen(mode) + 1);
    memcpy(settings[1].value, speed, strlen(speed) + 1);
    struct diag diag = {0};
    struct scenario *scenario = scenario_load("mechanisms/replay", settings, 2, &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    cr_assert_eq(try_run(&scenario->model, 1, 1, 10 * SIM_MS, 100 * SIM_MS, &result, &diag), IOP_OK, "%s",
                 diag.message);
    *offered = metric_of(&result, METRIC_OFFERED_PPS, 0, 0);
    double pps = metric_of(&result, METRIC_PPS, 0, 0);
    scenario_free(scenario);
    return pps;
}

Test(replay, twice_as_fast_is_more_than_a_split_driver_takes) {
    double offered, slow = pps_at("pvhvm", "1", &offered);
    EXPECT_NEAR(offered, 150e3, 0.02, "%g pps", offered);
    EXPECT_NEAR(slow, 150e3, 0.02, "%g pps", slow);
    double fast = pps_at("pvhvm", "2", &offered);
    EXPECT_NEAR(offered, 300e3, 0.02, "%g pps", offered);
    EXPECT_NEAR(fast, 200e3, 0.25, "%g pps", fast);
    double function = pps_at("sriov", "2", &offered);
    EXPECT_NEAR(function, 300e3, 0.02, "%g pps", function);
}
