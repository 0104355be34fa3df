/* TLB flushes after unmaps: whom they interrupt, and the lock that lets one through at a time. */
#include <criterion/criterion.h>
#include <string.h>

#include "models/machine.h"
#include "models/workload/block_trace.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static void given_guests(int guests, enum grants grants) {
    given_host(&config, "xen-blkback-2012");
    set_cost(&config, COST_MEMORY_RATE, 1e15); /* copies of many guests would share it */
    for (int i = 0; i < guests; i++) {
        int index = given_guest(&config, MODE_PV, 0);
        struct workload_config *work = given_block(&config, index, 0);
        work->concurrency = 32;
        config.guests[index].disk_grants = grants;
    }
    config.host.disks[0].interface = DISK_MEMORY;
}

static double total(void) {
    run_for(&config, 20 * SIM_MS, &result);
    double sum = 0;
    for (int i = 0; i < config.guest_count; i++) sum += metric_of(&result, METRIC_IOPS, i, 0);
    return sum;
}

static double cycles_of(const char *label) {
    for (int i = 0; i < result.charge_count; i++)
        if (strcmp(result.charges[i].label, label) == 0) return result.charges[i].cycles_per_packet;
    return 0;
}

Test(tlb_flush, vcpus_that_idle_are_not_interrupted) {
    given_guests(1, GRANTS_MAP);
    config.guests[0].workloads[0].concurrency = 1;
    total();
    cr_expect_eq(cycles_of("TLB flush of the unmaps"), 0, "one blkback alone in dom0, of 24 vCPUs");
    given_guests(2, GRANTS_MAP);
    total();
    double flush = cycles_of("TLB flush of the unmaps") / get_cost(&config, COST_GRANT_FLUSH);
    cr_expect(flush > 0.5 && flush < 1.01, "the other guest's blkback is at work nearly always: %g", flush);
}

/* A flush that n - 1 others answer takes n - 1 times as long as one that one answers, and there is one at a time. */
Test(tlb_flush, one_flush_at_a_time_limits_the_machine) {
    for (int guests = 10; guests <= 20; guests += 5) {
        given_guests(guests, GRANTS_MAP);
        double limit = config.host.clock_hz / (get_cost(&config, COST_GRANT_FLUSH) * (guests - 1));
        EXPECT_NEAR(total(), limit, 0.03, "%d guests: %g of %g", guests, total(), limit);
    }
}

/* XN036, XN037: more guests get less out of the machine; what stays mapped needs no flush. */
Test(tlb_flush, guests_beyond_a_few_take_from_each_other_unless_grants_persist) {
    double map[2], persistent[2];
    for (int i = 0; i < 2; i++) {
        given_guests(5 + 5 * i, GRANTS_MAP);
        map[i] = total();
        given_guests(5 + 5 * i, GRANTS_PERSISTENT);
        persistent[i] = total();
    }
    cr_expect_lt(map[1], 0.8 * map[0]);
    EXPECT_NEAR(persistent[1], 2 * persistent[0], 0.02, "each guest has a vCPU of dom0");
    cr_expect_eq(cycles_of("TLB flush of the unmaps"), 0);
}

Test(tlb_flush, a_copy_needs_none) {
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_PV, 0), DIRECTION_TRANSMIT, 64);
    run_for(&config, 10 * SIM_MS, &result);
    cr_expect_eq(cycles_of("TLB flush of the unmaps"), 0, "small frames are copied whole");
}

/* Whoever flushes takes the lock, whatever its requests are: also if all that were recorded are reads. */
Test(tlb_flush, all_flushers_share_the_lock) {
    static const struct block_trace_request reads[] = {{.at = 0, .bytes = 4096, .op = BLOCK_READ},
                                                       {.at = SIM_MS, .bytes = 4096, .op = BLOCK_READ}};
    struct diag diag = {0};
    struct block_trace *trace = block_trace_new(reads, 2, &diag);
    cr_assert_not_null(trace, "%s", diag.message);
    for (int traced = 0; traced <= 1; traced++) {
        int flushers = 0;
        given_guests(3, GRANTS_MAP);
        for (int i = 0; i < 3; i++) {
            struct workload_config *work = &config.guests[i].workloads[0];
            work->requests = traced ? trace : NULL;
            work->speed = 1;
        }
        struct machine *machine = machine_new(&config, 1, 0, &diag);
        cr_assert_not_null(machine, "%s", diag.message);
        for (int i = 0; i < machine->station_count; i++) flushers += machine->stations[i]->lock_kind == LOCK_OF_FLUSHES;
        cr_expect_eq(flushers, 3, "%d, traced %d", flushers, traced);
        machine_free(machine);
    }
    block_trace_free(trace);
}
