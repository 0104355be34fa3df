/* Receive packet steering and interrupt affinity: which CPUs, what it gains, what it costs. */
#include <criterion/criterion.h>

#include "models/placement.h"
#include "models/telling.h"
#include "models/topology.h"
#include "scenarios/scenario.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static struct guest_config *given_web_server(int rps_cpus) {
    given_host(&config, "ec2-ivybridge");
    struct guest_config *guest = &config.guests[given_guest(&config, MODE_SRIOV, 0)];
    given_instance(&config, 0, "c3.8xlarge");
    guest->queues = 1;
    guest->rps_cpus = rps_cpus;
    struct workload_config *work = given_transactions(&config, 0, WORK_HTTP);
    work->serves = true;
    work->concurrency = 1000;
    work->threads = 16;
    work->request_bytes = 70;
    work->response_bytes = 160;
    return guest;
}

static double transactions(void) {
    run_for(&config, 50 * SIM_MS, &result);
    return metric_of(&result, METRIC_TRANSACTIONS, 0, 0);
}

/* ---- which CPUs ---- */

static int count_steered(const struct guest_config *guest, int queue, int *least, int *most) {
    bool used[VCPUS_MAX] = {false};
    int count = 0;
    *least = VCPUS_MAX;
    *most = -1;
    for (uint64_t hash = 0; hash < UINT64_C(1) << 32; hash += 1 << 20) {
        int vcpu = steered_vcpu(&config.host, guest, queue, (uint32_t)hash);
        count += !used[vcpu];
        used[vcpu] = true;
        if (vcpu < *least) *least = vcpu;
        if (vcpu > *most) *most = vcpu;
    }
    return count;
}

Test(steering, each_queue_takes_cpus_of_its_own_socket_first) {
    struct guest_config *guest = given_web_server(7);
    int least, most;
    guest->queues = guest->irq_cpu_count = 2;
    guest->irq_cpus[1] = 8;
    cr_expect_eq(count_steered(guest, 0, &least, &most), 7);
    cr_expect(least == 1 && most == 7, "vCPUs %d to %d", least, most);
    cr_expect_eq(count_steered(guest, 1, &least, &most), 7);
    cr_expect(least == 9 && most == 15, "vCPUs %d to %d", least, most);
}

Test(steering, the_interrupt_cpu_takes_part_when_asked_to) {
    struct guest_config *guest = given_web_server(31);
    int least, most;
    cr_expect_eq(count_steered(guest, 0, &least, &most), 31);
    cr_expect_eq(least, 1);
    guest->rps_interrupt_cpu = true;
    guest->rps_cpus = 32;
    cr_expect_eq(count_steered(guest, 0, &least, &most), 32);
    cr_expect_eq(least, 0);
}

Test(steering, interrupts_go_where_they_are_bound) {
    struct guest_config *guest = given_web_server(0);
    guest->irq_cpu_count = 1;
    guest->irq_cpus[0] = 9;
    run_for(&config, 10 * SIM_MS, &result);
    cr_expect_gt(utilization_of(&result, "guest0/vcpu9"), 0.9);
    cr_expect_eq(utilization_of(&result, "guest0/vcpu0"), 0);
}

/* ---- what it does ---- */

/* M107 over M103: 590,000 over 250,000 requests per second. */
Test(steering, takes_the_protocols_off_the_interrupt_cpu) {
    given_web_server(0);
    double without = transactions();
    given_web_server(15);
    double with = transactions();
    EXPECT_NEAR(with / without, 590.0 / 250.0, 0.25, "%.0f to %.0f: %.2f", without, with, with / without);
}

/* M106 and M104 are below M107 and M105: what is steered to the interrupt CPU takes its time, and its backlog's turns
 * make it tell the others more often. */
Test(steering, to_the_interrupt_cpu_as_well_loses) {
    given_web_server(15);
    double apart = transactions();
    given_web_server(16)->rps_interrupt_cpu = true;
    double together = transactions();
    cr_expect_lt(together, 0.95 * apart, "%.0f with it, %.0f without", together, apart);
}

static double interrupts_per_packet(int concurrency) {
    given_web_server(15);
    config.guests[0].workloads[0].concurrency = concurrency;
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, 20 * SIM_MS);
    double told = 0, packets = 0;
    for (int i = 0; i < machine->queue_count; i++) {
        if (machine->queues[i]->id != RING_BACKLOG) continue;
        told += (double)machine->queues[i]->ring.notified;
        packets += (double)machine->queues[i]->ring.pushed;
    }
    machine_free(machine);
    return told / packets;
}

Test(steering, a_busy_poll_tells_each_cpu_once_for_many_packets) {
    double alone = interrupts_per_packet(1), busy = interrupts_per_packet(1000);
    EXPECT_NEAR(alone, 1, 0.01, "%.2f interrupts a packet", alone);
    cr_expect_lt(busy, 0.25, "%.2f interrupts a packet", busy);
}

Test(steering, tells_at_the_end_of_a_run_or_when_the_own_backlog_has_its_turn) {
    struct station own = {.running = true}, from = {.budget = 300, .untold_count = 1, .own_backlog = &own};
    cr_expect(must_tell(&from), "after a poll, as packets are steered to this CPU as well");
    from.poll_left = 1;
    cr_expect_not(must_tell(&from), "within a poll");
    from.poll_left = 0;
    own.running = false;
    cr_expect_not(must_tell(&from), "nothing is steered to this CPU");
    from.untold_packets = 300;
    cr_expect(must_tell(&from), "the budget is used up");
    from.untold_count = 0;
    cr_expect_not(must_tell(&from), "all know");
}

Test(steering, a_full_backlog_drops) {
    given_web_server(1);
    set_cost(&config, COST_STEER_BACKLOG, 4);
    set_cost(&config, COST_TCP_RTO, 1e-3);
    transactions();
    cr_expect_gt(metric_of(&result, METRIC_LOST_BACKLOG, 0, 0), 0);
    given_web_server(1);
    transactions();
    cr_expect_eq(metric_of(&result, METRIC_LOST_BACKLOG, 0, 0), 0, "1000 connections do not fill 1000 places");
}

Test(steering, works_for_every_guest_driver) {
    static const enum mode modes[] = {MODE_NATIVE, MODE_PV, MODE_HVM, MODE_PVHVM, MODE_PASSTHROUGH, MODE_SRIOV};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        given_host(&config, "ec2-ivybridge");
        given_guest(&config, modes[i], 0);
        config.guests[0].queues = 1;
        config.guests[0].rps_cpus = 4;
        given_stream(&config, 0, DIRECTION_RECEIVE, 64)->rate_pps = 50000;
        run_for(&config, 10 * SIM_MS, &result);
        double pps = metric_of(&result, METRIC_PPS, 0, 0);
        cr_expect_gt(pps, 10000, "%s: %.0f", mode_info(modes[i])->name, pps);
    }
}

/* ---- queues ---- */

/* NT005: the device's queues, each with an interrupt CPU, share what one CPU cannot receive. */
Test(queues, each_adds_an_interrupt_cpu) {
    double rate[5];
    for (int queues = 1; queues <= 4; queues *= 2) {
        given_web_server(0)->mode = MODE_PASSTHROUGH;
        config.guests[0].queues = queues;
        rate[queues] = transactions();
    }
    cr_expect(rate[2] > 1.5 * rate[1] && rate[2] < 2.1 * rate[1], "1: %.0f, 2: %.0f", rate[1], rate[2]);
    cr_expect(rate[4] > 2.3 * rate[1] && rate[4] < 4.2 * rate[1], "1: %.0f, 4: %.0f", rate[1], rate[4]);
}
