/* Block requests that are due at times of their own: by a rate, or as they were recorded. */
#include <criterion/criterion.h>
#include <math.h>

#include "models/workload/block_trace.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

/* One job whose requests take a little more than `seconds`: the host's work is next to nothing. */
static struct workload_config *given_job(double seconds, int depth) {
    given_plain_host(&config);
    struct workload_config *work = given_block(&config, given_guest(&config, MODE_NATIVE, 0), seconds);
    work->concurrency = depth;
    work->speed = 1;
    scale_cpu_work(&config, 1e-3);
    return work;
}

static double latency(sim_time duration) {
    run_for(&config, duration, &result);
    return metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
}

/* ---- by a rate ---------------------------------------------------------------------------------------- */

/* M/D/1: rho / (2 (1 - rho)) times the service before it. */
Test(open_loop, what_is_due_waits_for_one_at_a_time_as_in_an_m_d_1_queue) {
    struct workload_config *work = given_job(100e-6, 1);
    double service = latency(20 * SIM_MS);
    work->rate_pps = 0.6 / service;
    work->arrivals = ARRIVALS_POISSON;
    double formula = service * (1 + 0.6 / (2 * 0.4));
    EXPECT_NEAR(latency(8 * SIM_S), formula, 0.04, "%.1f us, by the formula %.1f us",
                metric_of(&result, METRIC_LATENCY_MEAN, 0, 0) * 1e6, formula * 1e6);
}

/* Eight that serve one queue are hardly ever all busy at 60 %; a queue for each would wait for 0.75 of a service. */
Test(open_loop, whoever_is_free_takes_the_next_request) {
    for (int jobs = 1; jobs <= 2; jobs++) {
        struct workload_config *work = given_job(1e-3, 8);
        work->jobs = jobs;
        work->rate_pps = 0.6 * 8 / 1e-3;
        work->arrivals = ARRIVALS_POISSON;
        EXPECT_NEAR(latency(1 * SIM_S), 1e-3, 0.05, "%d jobs: %.0f us", jobs,
                    metric_of(&result, METRIC_LATENCY_MEAN, 0, 0) * 1e6);
    }
}

Test(open_loop, more_than_the_disk_does_waits_without_end) {
    struct workload_config *work = given_job(1e-3, 4);
    work->rate_pps = 8000;
    double early = latency(100 * SIM_MS), late = latency(400 * SIM_MS);
    EXPECT_NEAR(metric_of(&result, METRIC_IOPS, 0, 0), 4000, 0.02, "%g", metric_of(&result, METRIC_IOPS, 0, 0));
    cr_expect_gt(late, 3 * early, "%g s after four times as long, %g s before", late, early);
}

/* ---- the trace ---------------------------------------------------------------------------------------- */

static struct block_trace *trace_of(const struct block_trace_request *requests, int count) {
    struct diag diag = {0};
    struct block_trace *trace = block_trace_new(requests, count, &diag);
    cr_assert_not_null(trace, "%s", diag.message);
    return trace;
}

Test(block_trace, few_sizes_have_paths_of_their_own_many_share_those_of_powers_of_two) {
    static struct block_trace_request requests[1000];
    for (int i = 0; i < 1000; i++)
        requests[i] = (struct block_trace_request){.at = i * SIM_US, .bytes = 512u * (1u + (uint32_t)i % 16)};
    struct block_trace *exact = trace_of(requests, 1000);
    cr_expect_eq(exact->class_count, 16);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(exact->class_bytes[exact->requests[i].size_class], requests[i].bytes, "request %d", i);
    for (int i = 0; i < 1000; i++) requests[i].bytes = 512u * (1u + (uint32_t)i * 32);
    struct block_trace *shared = trace_of(requests, 1000);
    cr_expect_leq(shared->class_count, 16);
    for (int i = 0; i < 1000; i++) {
        uint32_t bytes = shared->class_bytes[shared->requests[i].size_class];
        cr_assert(bytes >= requests[i].bytes && bytes < 2 * requests[i].bytes && (bytes & (bytes - 1)) == 0,
                  "%u for %u", bytes, requests[i].bytes);
        cr_assert_eq(shared->requests[i].bytes, requests[i].bytes, "the disk is asked for what was recorded");
    }
    block_trace_free(exact);
    block_trace_free(shared);
}

Test(block_trace, means_are_those_of_its_requests) {
    static const struct block_trace_request requests[] = {{5 * SIM_S, 0, 4096, BLOCK_READ, 0},
                                                          {5 * SIM_S + SIM_MS, 4096, 4096, BLOCK_READ, 0},
                                                          {5 * SIM_S + 2 * SIM_MS, 8192, 8192, BLOCK_READ, 0},
                                                          {5 * SIM_S + 3 * SIM_MS, 65536, 4096, BLOCK_WRITE, 0}};
    struct block_trace *trace = trace_of(requests, 4);
    cr_expect_eq(trace->requests[0].at, 0, "dates count from the first request");
    cr_expect_eq(trace->period, 4 * SIM_MS);
    cr_expect_eq(trace->mean_bytes, 5120);
    cr_expect_float_eq(trace->read_share, 0.75, 1e-12);
    cr_expect_not(trace->is_sequential, "two of four follow");
    block_trace_free(trace);
}

/* ---- the replay --------------------------------------------------------------------------------------- */

/* Three requests a millisecond, two of them reads. */
static struct block_trace *small_trace(void) {
    static const struct block_trace_request requests[] = {{0, 0, 4096, BLOCK_READ, 0},
                                                          {SIM_MS / 3, 1 << 20, 65536, BLOCK_WRITE, 0},
                                                          {2 * SIM_MS / 3, 1 << 24, 512, BLOCK_READ, 0}};
    return trace_of(requests, 3);
}

static struct workload_config *given_replay(const struct block_trace *trace, double seconds, int depth) {
    struct workload_config *work = given_job(seconds, depth);
    work->requests = trace;
    work->block_bytes = trace->mean_bytes;
    work->read_share = trace->read_share;
    work->repeat = true;
    return work;
}

Test(block_replay, rates_and_bytes_are_those_of_the_trace_in_every_mode) {
    static const enum mode modes[] = {MODE_NATIVE, MODE_PVHVM, MODE_PV, MODE_HVM, MODE_SRIOV};
    struct block_trace *trace = small_trace();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        for (int speed = 1; speed <= 2; speed++) {
            given_replay(trace, 20e-6, 4)->speed = speed;
            config.guests[0].mode = modes[i];
            run_for(&config, 100 * SIM_MS, &result);
            double iops = metric_of(&result, METRIC_IOPS, 0, 0), bps = metric_of(&result, METRIC_THROUGHPUT, 0, 0);
            EXPECT_NEAR(iops, 3000 * speed, 0.02, "mode %zu: %g", i, iops);
            EXPECT_NEAR(bps, 8e3 * (4096 + 65536 + 512) * speed, 0.02, "mode %zu: %g bit/s", i, bps);
        }
    block_trace_free(trace);
}

/* A write of a millisecond, a flush of as long beside it: both are requests, with one's latency. */
Test(block_replay, flushes_are_replayed_like_the_others) {
    static const struct block_trace_request requests[] = {
        {0, 0, 4096, BLOCK_WRITE, 0}, {SIM_MS / 2, 0, 0, BLOCK_FLUSH, 0}, {9 * SIM_MS, 4096, 4096, BLOCK_WRITE, 0}};
    struct block_trace *trace = trace_of(requests, 3);
    cr_expect_eq(trace->mean_bytes, 4096);
    cr_expect_eq(trace->class_count, 1);
    cr_expect_eq(trace->read_share, 0);
    given_replay(trace, 1e-3, 4);
    EXPECT_NEAR(latency(2700 * SIM_MS), 1e-3, 0.01, "%g s", metric_of(&result, METRIC_LATENCY_MEAN, 0, 0));
    double period_s = sim_seconds(trace->period);
    EXPECT_NEAR(metric_of(&result, METRIC_IOPS, 0, 0), 3 / period_s, 0.01, "a flush is one of three");
    EXPECT_NEAR(metric_of(&result, METRIC_THROUGHPUT, 0, 0), 8 * 2 * 4096 / period_s, 0.01, "and has no data");
    block_trace_free(trace);
}

Test(block_replay, the_disk_is_asked_for_what_was_recorded) {
    struct block_trace *trace = small_trace();
    given_replay(trace, 10e-3, 4);
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, SIM_MS); /* all three are in the disk */
    int seen[3] = {0};
    for (uint32_t i = 0; i < 16; i++) {
        const struct packet *packet = packet_at(&machine->packets, i);
        for (int j = 0; j < 3 && packet->route != NULL; j++)
            seen[j] += packet->sequence == trace->requests[j].offset && packet->bytes == trace->requests[j].bytes &&
                       packet->route->program->op == (enum block_op)trace->requests[j].op;
    }
    for (int j = 0; j < 3; j++) cr_expect_eq(seen[j], 1, "request %d is there %d times", j, seen[j]);
    machine_free(machine);
    block_trace_free(trace);
}

Test(block_replay, without_repeat_each_is_asked_once) {
    struct diag diag = {0};
    struct block_trace *trace = small_trace();
    given_replay(trace, 20e-6, 2)->repeat = false;
    cr_assert_eq(try_run(&config, 1, 1, 0, 100 * SIM_MS, &result, &diag), IOP_OK, "%s", diag.message);
    cr_expect_float_eq(metric_of(&result, METRIC_IOPS, 0, 0) * 0.1, 3, 1e-9);
    block_trace_free(trace);
}

/* Twenty at once and `depth` at a time: number i is done after (i / depth + 1) times a request alone. */
Test(block_replay, what_is_beyond_depth_waits_and_the_wait_counts) {
    struct block_trace_request requests[21];
    for (int i = 0; i < 21; i++) requests[i] = (struct block_trace_request){i < 20 ? 0 : SIM_S / 10, 0, 4096, 0, 0};
    struct block_trace *trace = trace_of(requests, 21);
    for (int depth = 1; depth <= 32; depth *= 4) {
        given_replay(trace, 1e-3, depth);
        double sum = 1e-3;
        for (int i = 0; i < 20; i++) sum += (i / depth + 1) * 1e-3;
        double mean = latency(2 * SIM_S);
        EXPECT_NEAR(mean, sum / 21, 0.02, "depth %d: %g s, by the formula %g s", depth, mean, sum / 21);
    }
    block_trace_free(trace);
}
