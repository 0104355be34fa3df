/* I/O threads of QEMU poll before they sleep. */
#include <criterion/criterion.h>

#include "models/paths/block.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result off, on;

static void given_thread(double disk_s, int jobs) {
    given_host(&config, "kvm-lab");
    int guest = given_guest(&config, MODE_VIRTIO, 0);
    struct workload_config *work = given_block(&config, guest, disk_s);
    config.guests[guest].disk_back_end = DISK_BACK_END_THREAD;
    config.guests[guest].disk_aio = DISK_AIO_NATIVE;
    work->jobs = work->concurrency = jobs;
    work->synchronous = true;
    work->read_share = 1;
}

static void run_both(double most_s) {
    config.guests[0].disk_poll_s = 0;
    run_for(&config, 20 * SIM_MS, &off);
    config.guests[0].disk_poll_s = most_s;
    run_for(&config, 20 * SIM_MS, &on);
}

static double latency_of(const struct run_result *result) { return metric_of(result, METRIC_LATENCY_MEAN, 0, 0); }

/* What is spared: the guest's exit and the wake-up by it, the wake-up by the disk's interrupt, and that the thread's
 * CPU leaves idle states. */
Test(spinning, spares_both_wake_ups_and_the_kick) {
    given_thread(10e-6, 1);
    run_both(1e-3);
    double wake = get_cost(&config, COST_SCHED_WAKEUP) + get_cost(&config, COST_SCHED_SWITCH);
    double cycles = 2 * wake + get_cost(&config, COST_EXIT_KICK);
    double least = cycles / config.host.clock_hz + 2 * get_cost(&config, COST_IDLE_SHALLOW);
    double most = least + 2 * get_cost(&config, COST_IPI) + 3 * get_cost(&config, COST_IDLE_DEEP);
    double saved = latency_of(&off) - latency_of(&on);
    cr_expect_geq(saved, 0.95 * least, "%g s of at least %g s", saved, least);
    cr_expect_leq(saved, 1.05 * most, "%g s of at most %g s", saved, most);
    cr_expect_eq(exits_of(&on, "io"), 0, "nobody kicks");
    cr_expect_gt(exits_of(&off, "io"), 1e4);
}

Test(spinning, takes_the_cpu_that_would_sleep) {
    given_thread(10e-6, 1);
    run_both(1e-3);
    cr_expect_gt(cores_of(&on, "host"), cores_of(&off, "host") + 0.3);
    cr_expect_lt(cores_of(&on, "host"), 1.3, "one thread, and the disk's interrupts: %g", cores_of(&on, "host"));
}

/* QEMU's default is 32.768 us: a disk of 200 us is slept for. The guest's next request opens the window of 4 us, which
 * the disk's time closes again. */
Test(spinning, does_not_wait_for_a_slow_disk) {
    given_thread(200e-6, 1);
    run_both(-1);
    cr_expect_eq(metric_of(&on, METRIC_IOPS, 0, 0), metric_of(&off, METRIC_IOPS, 0, 0));
    double polled = cores_of(&on, "host") - cores_of(&off, "host");
    EXPECT_NEAR(polled, 4e-6 * metric_of(&on, METRIC_IOPS, 0, 0), 0.1, "%g", polled);
}

Test(spinning, is_of_io_threads_only) {
    given_thread(10e-6, 1);
    config.guests[0].disk_back_end = DISK_BACK_END_QEMU;
    run_both(1e-3);
    cr_expect_eq(latency_of(&on), latency_of(&off));
}

/* A thread that waits for room in the disk's queue goes on as well. */
Test(spinning, goes_on_when_there_is_room) {
    given_thread(10e-6, 8);
    config.host.disks[0].queue_depth = 2;
    run_both(1e-3);
    cr_expect_gt(metric_of(&on, METRIC_IOPS, 0, 0), 0.9 * metric_of(&off, METRIC_IOPS, 0, 0));
}

/* ---- applications that poll their sockets ---- */

static void given_transactions_to(bool poll) {
    given_host(&config, "kvm-lab");
    int client = given_guest(&config, MODE_NATIVE, 0), server = given_guest(&config, MODE_NATIVE, 1);
    config.guests[client].throttle = config.guests[server].throttle = THROTTLE_OFF;
    struct workload_config *work = given_transactions(&config, client, WORK_TCP_RR);
    work->peer = PEER_GUEST;
    work->peer_guest = server;
    work->polls_sockets = poll;
}

/* Neither side wakes a thread, and the CPUs of both stay awake. */
Test(spinning, sockets_that_are_polled_wake_nobody) {
    given_transactions_to(false);
    run_for(&config, 20 * SIM_MS, &off);
    given_transactions_to(true);
    run_for(&config, 20 * SIM_MS, &on);
    double wake = (get_cost(&config, COST_SCHED_WAKEUP) + get_cost(&config, COST_SCHED_SWITCH)) / config.host.clock_hz;
    double saved = metric_of(&off, METRIC_RTT_MEAN, 0, 0) - metric_of(&on, METRIC_RTT_MEAN, 0, 0);
    double idle = get_cost(&config, COST_IDLE_DEEP), ipi = get_cost(&config, COST_IPI);
    cr_expect_geq(saved, 2 * wake, "%g s", saved);
    cr_expect_leq(saved, 2 * (wake + ipi) + 4 * idle, "%g s", saved);
    cr_expect_gt(cores_of(&on, "guest0"), 0.9, "a thread spins: %g", cores_of(&on, "guest0"));
}
