#include "models/workload/flow.h"

#include <criterion/criterion.h>
#include <math.h>

#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct workload_config *given_one(enum mode mode, enum direction direction) {
    given_plain_host(&config);
    return given_stream(&config, given_guest(&config, mode, 0), direction, 64);
}

Test(flow, constant_arrivals_come_at_exactly_their_rate) {
    for (int flows = 1; flows <= 3; flows++)
        for (int direction = 0; direction < DIRECTION_BOTH; direction++) {
            struct workload_config *work = given_one(MODE_NATIVE, (enum direction)direction);
            work->rate_pps = 100e3;
            work->flows = flows;
            run_for(&config, 20 * SIM_MS, &result);
            cr_expect_float_eq(metric_of(&result, METRIC_OFFERED_PPS, 0, 0) * 20e-3, 2000, 3, "%d flows", flows);
            EXPECT_NEAR(metric_of(&result, METRIC_PPS, 0, 0), 100e3, 0.02, "%d flows", flows);
        }
}

/* 99.9 % of Poisson counts lie within 3.29 standard deviations; a constant source would be within 1. */
Test(flow, poisson_arrivals_have_the_mean_and_the_variance_of_their_count) {
    enum { REPLICATIONS = 200 };
    double sum = 0, squares = 0, expected = 5e-3 * 40e3;
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        struct diag diag = {0};
        struct workload_config *work = given_one(MODE_NATIVE, DIRECTION_RECEIVE);
        work->rate_pps = 40e3;
        work->arrivals = ARRIVALS_POISSON;
        cr_assert_eq(try_run(&config, 3, i, SIM_MS, 5 * SIM_MS, &result, &diag), IOP_OK, "%s", diag.message);
        double count = metric_of(&result, METRIC_OFFERED_PPS, 0, 0) * 5e-3;
        sum += count;
        squares += (count - expected) * (count - expected);
    }
    cr_expect_lt(fabs(sum / REPLICATIONS - expected), 3.29 * sqrt(expected / REPLICATIONS), "mean %g, expected %g",
                 sum / REPLICATIONS, expected);
    double spread = 3.29 * sqrt(2.0 / REPLICATIONS);
    EXPECT_NEAR(squares / REPLICATIONS, expected, spread, "variance %g, expected %g", squares / REPLICATIONS, expected);
}

/* Exponential on and off times: share of on-time, and the variance of its sum over T, 2 on^2 off^2 T / (on + off)^3. */
Test(flow, on_off_arrivals_have_the_mean_and_the_variance_of_their_bursts) {
    enum { REPLICATIONS = 200 };
    double sum = 0, squares = 0, rate = 100e3, on = 1e-3, off = 3e-3, time = 100e-3;
    double expected = rate * time * on / (on + off);
    double variance = rate * rate * 2 * on * on * off * off * time / pow(on + off, 3);
    for (uint32_t i = 0; i < REPLICATIONS; i++) {
        struct diag diag = {0};
        struct workload_config *work = given_one(MODE_NATIVE, DIRECTION_RECEIVE);
        work->rate_pps = rate;
        work->arrivals = ARRIVALS_ONOFF;
        work->burst_s = on;
        work->idle_s = off;
        cr_assert_eq(try_run(&config, 3, i, 20 * SIM_MS, sim_time_of(time), &result, &diag), IOP_OK, "%s",
                     diag.message);
        double count = metric_of(&result, METRIC_OFFERED_PPS, 0, 0) * time;
        sum += count;
        squares += (count - expected) * (count - expected);
    }
    double half = 3.29 * sqrt(variance / REPLICATIONS), spread = 3.29 * sqrt(2.0 / REPLICATIONS);
    cr_expect_lt(fabs(sum / REPLICATIONS - expected), half, "mean %g, expected %g", sum / REPLICATIONS, expected);
    EXPECT_NEAR(squares / REPLICATIONS, variance, spread, "variance %g, expected %g", squares / REPLICATIONS, variance);
}

Test(flow, every_flow_draws_its_own_numbers_and_always_the_same) {
    given_one(MODE_NATIVE, DIRECTION_TRANSMIT)->flows = 3;
    struct machine *machine = new_machine(&config), *again = new_machine(&config);
    double drawn[3];
    for (int i = 0; i < 3; i++) {
        drawn[i] = random_uniform(&machine->flows[i]->random);
        double same = random_uniform(&again->flows[i]->random);
        cr_expect_eq(same, drawn[i]);
        for (int j = 0; j < i; j++) cr_expect_neq(drawn[i], drawn[j], "flows %d and %d", j, i);
    }
    machine_free(machine);
    machine_free(again);
}

Test(flow, what_cannot_be_sent_in_time_waits_and_the_wait_is_latency) {
    struct workload_config *work = given_one(MODE_HVM, DIRECTION_TRANSMIT);
    work->rate_pps = 1e6;
    run_for(&config, 10 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_OFFERED_PPS, 0, 0), 1e6, 0.001, "the timer does not wait");
    cr_expect_lt(metric_of(&result, METRIC_PPS, 0, 0), 0.5e6);
    cr_expect_gt(metric_of(&result, METRIC_LATENCY_P50, 0, 0), 1e-3);
}

Test(flow, the_far_host_sends_no_more_than_the_wire_carries) {
    struct workload_config *work = given_one(MODE_NATIVE, DIRECTION_RECEIVE);
    work->rate_pps = 100e6;
    run_for(&config, 5 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_OFFERED_PPS, 0, 0), 1e10 / (84 * 8), 0.001, "%g",
                metric_of(&result, METRIC_OFFERED_PPS, 0, 0));
}

Test(flow, all_that_far_hosts_send_to_one_server_shares_its_wire) {
    given_plain_host(&config);
    for (int i = 0; i < 2; i++) given_stream(&config, given_guest(&config, MODE_SRIOV, 0), DIRECTION_RECEIVE, 1518);
    run_for(&config, 5 * SIM_MS, &result);
    double pps = 0;
    for (int i = 0; i < 2; i++)
        pps += metric_of(&result, METRIC_PPS, i, 0) + metric_of(&result, METRIC_LOST_NIC, i, 0) +
               metric_of(&result, METRIC_LOST_SOCKET, i, 0);
    cr_expect_leq(pps, 1e10 / (1538 * 8) * 1.01, "%.0f frames/s of 1518 B have come in by one port", pps);
}

Test(flow, a_ping_waits_for_its_interval_and_a_flood_for_the_answer_only) {
    given_plain_host(&config);
    given_transactions(&config, given_guest(&config, MODE_NATIVE, 0), WORK_PING)->interval_s = 1e-3;
    run_for(&config, 50 * SIM_MS, &result);
    cr_expect_float_eq(metric_of(&result, METRIC_TRANSACTIONS, 0, 0) * 50e-3, 50, 1);
    config.guests[0].workloads[0].interval_s = 0;
    run_for(&config, 50 * SIM_MS, &result);
    EXPECT_NEAR(metric_of(&result, METRIC_TRANSACTIONS, 0, 0), 1 / metric_of(&result, METRIC_RTT_MEAN, 0, 0), 0.01,
                "one after the other");
}

Test(flow, as_many_transactions_as_asked_for_are_in_flight) {
    for (int concurrency = 1; concurrency <= 32; concurrency *= 2) {
        given_plain_host(&config);
        given_transactions(&config, given_guest(&config, MODE_PVHVM, 0), WORK_UDP_RR)->concurrency = concurrency;
        run_for(&config, 20 * SIM_MS, &result);
        double in_flight = metric_of(&result, METRIC_TRANSACTIONS, 0, 0) * metric_of(&result, METRIC_RTT_MEAN, 0, 0);
        EXPECT_NEAR(in_flight, concurrency, 0.02, "Little's law says %g of %d", in_flight, concurrency);
    }
}

/* The buffer of every flow, sampled while it runs. */
static void expect_buffers_in_range(const char *what) {
    struct machine *machine = new_machine(&config);
    for (sim_time t = 0; t < 10 * SIM_MS; t += 20 * SIM_US) {
        sim_run(&machine->sim, t);
        for (int i = 0; i < machine->flow_count; i++) {
            const struct flow *flow = machine->flows[i];
            cr_assert(flow->buffer_used >= 0 && flow->buffer_used <= flow->buffer_limit, "%s: %d of %d bytes at %g us",
                      what, flow->buffer_used, flow->buffer_limit, sim_seconds(t) * 1e6);
        }
    }
    machine_free(machine);
}

Test(flow, a_send_buffer_is_never_overdrawn_by_a_stream) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        given_one((enum mode)mode, DIRECTION_TRANSMIT)->flows = 2;
        expect_buffers_in_range(mode_info((enum mode)mode)->name);
    }
}

Test(flow, a_send_buffer_is_never_overdrawn_by_transactions) {
    for (int kind = WORK_UDP_RR; kind <= WORK_PING; kind++) {
        given_plain_host(&config);
        struct workload_config *work =
            given_transactions(&config, given_guest(&config, MODE_SRIOV, 0), (enum workload_kind)kind);
        work->peer = PEER_GUEST;
        work->peer_guest = given_guest(&config, MODE_SRIOV, 0);
        expect_buffers_in_range(workload_kind_name((enum workload_kind)kind));
    }
}

/* 64 B frames count 768 bytes of a buffer of 212992. */
Test(flow, a_sender_has_as_many_packets_in_flight_as_its_buffer_holds) {
    given_one(MODE_NATIVE, DIRECTION_TRANSMIT);
    config.host.nic.link_bps = 10e6;
    run_for(&config, 200 * SIM_MS, &result);
    double in_flight = metric_of(&result, METRIC_PPS, 0, 0) * metric_of(&result, METRIC_LATENCY_MEAN, 0, 0);
    double most = floor(get_cost(&config, COST_SOCKET_SNDBUF) / (get_cost(&config, COST_SKB_TRUESIZE) + 64));
    cr_expect_leq(in_flight, most);
    /* It is woken when half of it is free, so that what is in flight swings between half and all. */
    EXPECT_NEAR(in_flight, 0.75 * most, 0.1, "%g of %g packets", in_flight, most);
}

Test(flow, a_lost_request_is_asked_again_and_its_wait_counts) {
    given_plain_host(&config);
    given_transactions(&config, given_guest(&config, MODE_PV, 0), WORK_TCP_RR)->concurrency = 32;
    set_cost(&config, COST_NETBACK_QUEUE, 1);
    set_cost(&config, COST_TCP_RTO, 2e-3);
    run_for(&config, 40 * SIM_MS, &result);
    double lost = metric_of(&result, METRIC_LOST_BACKEND, 0, 0), done = metric_of(&result, METRIC_TRANSACTIONS, 0, 0);
    cr_assert_gt(lost, 0, "a queue of one packet overflows");
    cr_expect_gt(done, 32 / 40e-3, "every thread has gone on: %.0f transactions/s", done);
    cr_expect_gt(metric_of(&result, METRIC_LATENCY_P999, 0, 0), 2e-3, "the slowest took a timeout");
}

/* A message costs the application what app.send says, whatever else it costs. */
Test(flow, what_the_application_does_for_a_message_is_cpu_work_of_the_guest) {
    double cores[2];
    for (int i = 0; i < 2; i++) {
        given_plain_host(&config);
        given_stream(&config, given_guest(&config, MODE_SRIOV, 0), DIRECTION_TRANSMIT, 64)->rate_pps = 10e3;
        set_cost(&config, COST_APP_SEND, 2000.0 * i);
        run_for(&config, 50 * SIM_MS, &result);
        cores[i] = cores_of(&result, "guest0");
    }
    double clock_hz = config.guests[0].clock_hz;
    EXPECT_NEAR(cores[1] - cores[0], 10e3 * 2000 / clock_hz, 0.02, "%g cores", cores[1] - cores[0]);
}
