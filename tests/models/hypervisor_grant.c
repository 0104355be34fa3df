#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "models/paths/mechanism.h"
#include "models/paths/program.h"
#include "tests/models/support.h"

static struct model_config config;

static struct step grant_step(enum cost cost, enum extent extent) {
    return (struct step){PLACE_HYPERVISOR, GRANT, "grant", cost, EACH, .extent = extent};
}

static double cycles_of(enum cost cost, enum extent extent, int frame_bytes) {
    struct step step = grant_step(cost, extent);
    struct step_context context = {&config.host, config.host.clock_hz, frame_bytes, 0};
    struct step_value value = step_value(&step, &context);
    cr_expect_float_eq(value.time_s, 0, 0, "a CPU is busy for all of it");
    return value.cpu_s * config.host.clock_hz;
}

static double cost_of(enum cost cost) { return get_cost(&config, cost); }

Test(grant, a_small_frame_is_copied_whole_and_nothing_of_it_is_mapped) {
    given_plain_host(&config);
    double per_byte = config.host.clock_hz / cost_of(COST_COPY_COLD);
    for (int bytes = 64; bytes <= 128; bytes += 32) {
        cr_expect_float_eq(cycles_of(COST_GRANT_COPY, OF_HEADER, bytes), cost_of(COST_GRANT_COPY) + bytes * per_byte,
                           1e-6);
        cr_expect_float_eq(cycles_of(COST_GRANT_MAP, OF_BEYOND_HEADER, bytes), 0, 0);
        cr_expect_float_eq(cycles_of(COST_GRANT_UNMAP, OF_BEYOND_HEADER, bytes), 0, 0);
        cr_expect_float_eq(cycles_of(COST_GRANT_FLUSH, OF_BEYOND_HEADER, bytes), 0, 0);
    }
}

Test(grant, of_a_large_frame_the_header_is_copied_and_the_pages_beyond_are_mapped) {
    given_plain_host(&config);
    double per_byte = config.host.clock_hz / cost_of(COST_COPY_COLD);
    static const struct {
        int bytes, pages;
    } rows[] = {{129, 1}, {1518, 1}, {128 + 4096, 1}, {128 + 4097, 2}, {9018, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int bytes = rows[i].bytes, pages = rows[i].pages;
        cr_expect_float_eq(cycles_of(COST_GRANT_COPY, OF_HEADER, bytes), cost_of(COST_GRANT_COPY) + 128 * per_byte,
                           1e-6, "%d B: the header only", bytes);
        cr_expect_float_eq(cycles_of(COST_GRANT_MAP, OF_BEYOND_HEADER, bytes), pages * cost_of(COST_GRANT_MAP), 1e-6,
                           "%d B: %d pages", bytes, pages);
        cr_expect_float_eq(cycles_of(COST_GRANT_UNMAP, OF_BEYOND_HEADER, bytes), pages * cost_of(COST_GRANT_UNMAP),
                           1e-6);
    }
}

Test(grant, access_is_given_and_ended_page_by_page) {
    given_plain_host(&config);
    cr_expect_float_eq(cycles_of(COST_GRANT_ACCESS, OF_FRAME, 64), cost_of(COST_GRANT_ACCESS), 1e-6);
    cr_expect_float_eq(cycles_of(COST_GRANT_ACCESS, OF_FRAME, 4097), 2 * cost_of(COST_GRANT_ACCESS), 1e-6);
    cr_expect_float_eq(cycles_of(COST_GRANT_END, OF_FRAME, 9018), 3 * cost_of(COST_GRANT_END), 1e-6);
}

Test(grant, the_header_that_is_copied_is_a_parameter) {
    given_plain_host(&config);
    set_cost(&config, COST_GRANT_HEADER, 2048);
    cr_expect_float_eq(cycles_of(COST_GRANT_MAP, OF_BEYOND_HEADER, 1518), 0, 0);
    set_cost(&config, COST_GRANT_HEADER, 0);
    cr_expect_float_eq(cycles_of(COST_GRANT_COPY, OF_HEADER, 1518), 0, 0);
    cr_expect_float_eq(cycles_of(COST_GRANT_MAP, OF_BEYOND_HEADER, 1518), cost_of(COST_GRANT_MAP), 1e-6);
}

/* ---- in a run: grant operations per packet ---- */

static double grant_ops_per_packet(enum direction direction, int frame_bytes) {
    static struct run_result result;
    given_plain_host(&config);
    given_stream(&config, given_guest(&config, MODE_PV, 0), direction, frame_bytes)->rate_pps = 10e3;
    run_for(&config, 20 * SIM_MS, &result);
    return rate_of(&result, METRIC_GRANT_OPS) / metric_of(&result, METRIC_PPS, 0, 0);
}

Test(grant, a_packet_takes_one_copy_or_a_copy_a_map_and_an_unmap) {
    EXPECT_NEAR(grant_ops_per_packet(DIRECTION_TRANSMIT, 64), 1, 0.02, "copied");
    EXPECT_NEAR(grant_ops_per_packet(DIRECTION_TRANSMIT, 1518), 3, 0.02, "header copied, rest mapped and unmapped");
    EXPECT_NEAR(grant_ops_per_packet(DIRECTION_RECEIVE, 64), 1, 0.02, "copied");
    EXPECT_NEAR(grant_ops_per_packet(DIRECTION_RECEIVE, 1518), 1, 0.02, "copied whole");
}

Test(grant, a_copy_is_one_operation_per_page) {
    given_plain_host(&config);
    double per_byte = config.host.clock_hz / cost_of(COST_COPY_COLD);
    for (int pages = 1; pages <= 16; pages++) {
        int bytes = pages * 4096 - 1;
        cr_expect_float_eq(cycles_of(COST_GRANT_COPY, OF_FRAME, bytes),
                           pages * cost_of(COST_GRANT_COPY) + bytes * per_byte, 1e-3, "%d pages", pages);
        cr_expect_float_eq(cycles_of(COST_GRANT_LOOKUP, OF_FRAME, bytes), pages * cost_of(COST_GRANT_LOOKUP), 1e-6);
    }
}

/* Two short holds for a copy, one for a map; an unmap is all under the lock, and giving access takes none. Until
 * Xen 4.5 a map takes the locks of both tables four times, an unmap five times (XK03). */
static void expect_locks(const char *xen, const int times[3]) {
    static const enum cost costs[] = {COST_GRANT_COPY, COST_GRANT_MAP, COST_GRANT_UNMAP};
    given_plain_host(&config);
    strcpy(config.host.hypervisor_version, xen);
    struct step_context context = {&config.host, config.host.clock_hz, 5000, 0};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        struct step step = grant_step(costs[i], OF_FRAME);
        step.counts = COUNTS_GRANT;
        struct step_lock lock = grant_lock_value(&step, &context);
        double hold = costs[i] == COST_GRANT_UNMAP ? cost_of(COST_GRANT_UNMAP) : cost_of(COST_GRANT_LOCK_HOLD);
        cr_expect_eq(lock.operations, 2 * times[i], "two pages");
        cr_expect_float_eq(lock.held_s * config.host.clock_hz, 2 * (i == 0 ? 2 : 1) * hold, 1e-6);
        cr_expect_leq(lock.held_s, step_value(&step, &context).cpu_s, "part of the operation");
    }
    struct step access = grant_step(COST_GRANT_ACCESS, OF_FRAME);
    cr_expect_eq(grant_lock_value(&access, &context).operations, 0);
}

Test(grant, operations_take_the_lock_of_the_table) {
    expect_locks("4.5", (const int[]){2, 4, 5});
    expect_locks("4.6", (const int[]){2, 1, 1});
}

static double copying(const char *xen, enum extent extent, int frame_bytes, int fragment_bytes) {
    strcpy(config.host.hypervisor_version, xen);
    struct step step = grant_step(COST_GRANT_COPY, extent);
    struct step_context context = {&config.host, config.host.clock_hz, frame_bytes, 0, fragment_bytes};
    double bytes = extent == OF_FRAME ? frame_bytes : 0;
    return (step_value(&step, &context).cpu_s - bytes / cost_of(COST_COPY_COLD)) * config.host.clock_hz;
}

/* Since Xen 4.6 a copy keeps its pages for the next (XN030): each is found once. */
Test(grant, copies_keep_their_pages_since_xen_4_6) {
    given_plain_host(&config);
    strcpy(config.host.dom0.kernel, "4.0");
    double all = cost_of(COST_GRANT_COPY), alone = cost_of(COST_GRANT_OPERATION), page = (all - alone) / 2;
    cr_expect_float_eq(copying("4.5", OF_FRAME, 65535, 0), 16 * all, 1e-3);
    cr_expect_float_eq(copying("4.6", OF_FRAME, 65535, 0), 16 * all, 1e-3, "both pages of each are new");
    cr_expect_float_eq(copying("4.5", OF_FURTHER_SLOTS, 65535, 0), 15 * all, 1e-3);
    cr_expect_float_eq(copying("4.6", OF_FURTHER_SLOTS, 65535, 0), 15 * alone, 1e-3, "neither is");
    struct packet_slots slots = netback_slots(65230, 1448, true);
    cr_expect_float_eq(copying("4.5", OF_FRAME, 65230, 1448), slots.pieces * all, 1e-3);
    cr_expect_float_eq(copying("4.6", OF_FRAME, 65230, 1448),
                       slots.pieces * alone + (slots.pieces + slots.slots) * page, 1e-3, "each piece and each buffer");
}

/* A table that is not cached: each page's entry is filled by its stores, and ended by a read and a bus lock. */
Test(grant, uncached_entries_are_one_per_page) {
    given_plain_host(&config);
    struct step_context context = {&config.host, config.host.clock_hz, 65535, 0};
    struct step stores = grant_step(COST_UNCACHED_STORE, OF_FRAME);
    stores.times = COST_GRANT_STORES;
    double cycles = step_value(&stores, &context).cpu_s * config.host.clock_hz;
    cr_expect_float_eq(cycles, 16 * cost_of(COST_GRANT_STORES) * cost_of(COST_UNCACHED_STORE), 1e-6);
    cr_expect_float_eq(cycles_of(COST_BUS_LOCK, OF_FRAME, 65535), 16 * cost_of(COST_BUS_LOCK), 1e-6);
    cr_expect_float_eq(cycles_of(COST_UNCACHED_READ, OF_FRAME, 64), cost_of(COST_UNCACHED_READ), 1e-6);
}
