/* Block requests end to end: every mode and back end; rates that have a formula; what rings, grants and locks do. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "models/machine.h"
#include "models/paths/block.h"
#include "scenarios/catalog.h"
#include "tests/models/support.h"

static struct model_config config;
static struct run_result result;

static double iops(void) {
    run_for(&config, 40 * SIM_MS, &result);
    return metric_of(&result, METRIC_IOPS, 0, 0);
}

static double latency(void) { return metric_of(&result, METRIC_LATENCY_MEAN, 0, 0); }

/* ---- every mode, back end and controller ------------------------------------------------------------ */

static const char *host_for(enum mode mode) {
    switch (mode) {
    case MODE_VIRTIO:
    case MODE_VHOST:
    case MODE_PASSTHROUGH:
        return "kvm-lab";
    case MODE_NITRO:
        return "nitro-skylake";
    default:
        return "xen-lab";
    }
}

static void given_mode(enum mode mode, int jobs, int depth) {
    given_host(&config, host_for(mode));
    struct workload_config *work = given_block(&config, given_guest(&config, mode, 0), 50e-6);
    work->jobs = jobs;
    work->concurrency = jobs * depth;
    work->read_share = 0.7;
}

static bool has_disks(enum mode mode) { return mode != MODE_VHOST_USER; }

Test(block, every_mode_serves_requests) {
    for (int mode = 0; mode < MODE_COUNT; mode++)
        for (int depth = 1; depth <= 32 && has_disks((enum mode)mode); depth *= 32) {
            given_mode((enum mode)mode, 2, depth);
            expect_block_run(&config, mode_info((enum mode)mode)->name);
            given_mode((enum mode)mode, 1, 1);
            config.guests[0].workloads[0].synchronous = true;
            expect_block_run(&config, mode_info((enum mode)mode)->name);
        }
}

Test(block, every_back_end_serves_requests) {
    static const struct {
        enum mode mode;
        enum disk_back_end back_end;
    } known[] = {{MODE_PV, DISK_BACK_END_KERNEL},     {MODE_PV, DISK_BACK_END_QEMU},
                 {MODE_PV, DISK_BACK_END_TAPDISK},    {MODE_PVHVM, DISK_BACK_END_QEMU},
                 {MODE_PVHVM, DISK_BACK_END_TAPDISK}, {MODE_VIRTIO, DISK_BACK_END_QEMU},
                 {MODE_VIRTIO, DISK_BACK_END_THREAD}, {MODE_VIRTIO, DISK_BACK_END_SERIAL},
                 {MODE_VIRTIO, DISK_BACK_END_KERNEL}, {MODE_VHOST, DISK_BACK_END_THREAD}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int variant = 0; variant < 3; variant++) {
            given_mode(known[i].mode, 2, 16);
            struct guest_config *guest = &config.guests[0];
            guest->disk_back_end = known[i].back_end;
            guest->disk_aio = variant == 0 ? DISK_AIO_NATIVE : DISK_AIO_THREADS;
            bool copies = known[i].back_end != DISK_BACK_END_KERNEL;
            guest->disk_grants = variant == 0 ? GRANTS_MAP : variant == 1 && copies ? GRANTS_COPY : GRANTS_PERSISTENT;
            guest->workloads[0].block_bytes = variant == 2 ? 131072 : 4096;
            char what[80];
            snprintf(what, sizeof what, "%s, back end %d, variant %d", mode_info(guest->mode)->name,
                     (int)known[i].back_end, variant);
            expect_block_run(&config, what);
        }
}

Test(block, every_controller_serves_requests) {
    for (int model = DISK_MODEL_IDE; model <= DISK_MODEL_NVME_EVENTFD; model++)
        for (int kvm = 0; kvm < 2; kvm++) {
            given_host(&config, kvm ? "kvm-lab" : "xen-lab");
            struct workload_config *work = given_block(&config, given_guest(&config, MODE_HVM, 0), 50e-6);
            work->concurrency = 8;
            config.guests[0].disk_model = (enum disk_model)model;
            expect_block_run(&config, kvm ? "kvm" : "xen");
        }
}

Test(block, a_ramdisk_is_served_where_it_is_submitted) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        if (!has_disks((enum mode)mode)) continue;
        given_mode((enum mode)mode, 2, 4);
        config.host.disks[0].interface = DISK_MEMORY;
        config.host.disks[0].null_s = 0;
        expect_block_run(&config, mode_info((enum mode)mode)->name);
    }
    given_mode(MODE_NATIVE, 1, 4);
    config.host.disks[0].interface = DISK_MEMORY;
    config.host.disks[0].null_s = 0;
    iops();
    cr_expect_eq(metric_of(&result, METRIC_INTERRUPTS, -1, -1), 0, "nothing interrupts");
}

/* ---- rates that have a formula ----------------------------------------------------------------------- */

static void given_slow(enum mode mode, int jobs, int depth) {
    given_mode(mode, jobs, depth);
    config.host.disks[0].null_s = 1e-3;
    config.guests[0].workloads[0].read_share = 1;
}

/* One at a time: the rows of one request on idle CPUs, and the disk. */
Test(block, a_lone_request_takes_what_its_steps_say) {
    for (int mode = 0; mode < MODE_COUNT; mode++) {
        if (!has_disks((enum mode)mode) || mode == MODE_HVM) continue;
        given_mode((enum mode)mode, 1, 1);
        set_cost(&config, COST_IDLE_SHALLOW, 0);
        set_cost(&config, COST_IDLE_DEEP, 0);
        struct bound bound;
        int count;
        struct diag diag = {0};
        iops();
        cr_assert_eq(model_bounds(&config, &bound, 1, &count, &diag), IOP_OK, "%s", diag.message);
        /* beside it: what halted CPUs cost, and the load generator's own part before the clock starts */
        double idle = 6 * get_cost(&config, COST_EXIT_HLT) / config.host.clock_hz;
        cr_expect(latency() > 0.93 * bound.latency_s && latency() < bound.latency_s + idle + 2e-6,
                  "%s: %.1f us, by its rows %.1f us", mode_info((enum mode)mode)->name, latency() * 1e6,
                  bound.latency_s * 1e6);
    }
}

/* N over the time of one, as long as nothing else is full. */
Test(block, depth_multiplies_the_rate_of_a_slow_disk) {
    for (int depth = 1; depth <= 16; depth *= 4) {
        given_slow(MODE_NATIVE, 1, depth);
        EXPECT_NEAR(iops(), depth / 1e-3, 0.02, "depth %d: %.0f", depth, metric_of(&result, METRIC_IOPS, 0, 0));
        EXPECT_NEAR(metric_of(&result, METRIC_THROUGHPUT, 0, 0), 8 * 4096 * metric_of(&result, METRIC_IOPS, 0, 0), 1e-9,
                    "throughput");
    }
}

Test(block, jobs_and_depth_multiply) {
    given_slow(MODE_NATIVE, 4, 8);
    EXPECT_NEAR(iops(), 32 / 1e-3, 0.03, "%.0f", metric_of(&result, METRIC_IOPS, 0, 0));
}

Test(block, an_open_loop_asks_at_its_rate) {
    given_slow(MODE_NATIVE, 1, 16);
    config.guests[0].workloads[0].rate_pps = 5000;
    EXPECT_NEAR(iops(), 5000, 0.02, "%.0f", metric_of(&result, METRIC_IOPS, 0, 0));
}

/* 32 requests of a page of ring, and a larger one takes a slot for each 11 or 32 pages (XN012, XN013, XB07). */
Test(block, a_blkif_ring_limits_what_is_in_flight) {
    static const struct {
        int ring_pages, segments, bytes, in_flight;
    } known[] = {{1, 11, 4096, 32}, {2, 11, 4096, 64}, {1, 11, 131072, 10}, {1, 32, 131072, 32}, {1, 11, 45056, 32}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        given_slow(MODE_PVHVM, 1, 128);
        config.guests[0].disk_ring_pages = known[i].ring_pages;
        config.guests[0].disk_segments = known[i].segments;
        config.guests[0].workloads[0].block_bytes = known[i].bytes;
        config.host.disks[0].null_s = 10e-3;
        run_for(&config, 400 * SIM_MS, &result);
        EXPECT_NEAR(metric_of(&result, METRIC_IOPS, 0, 0), known[i].in_flight / 10e-3, 0.1, "case %zu: %.0f", i,
                    metric_of(&result, METRIC_IOPS, 0, 0));
    }
}

/* IDE has one command at a time, and so has a back end that waits for each. */
Test(block, depth_hides_nothing_from_who_serves_one_at_a_time) {
    given_slow(MODE_HVM, 1, 1);
    double alone = iops();
    given_slow(MODE_HVM, 1, 32);
    EXPECT_NEAR(iops(), alone, 0.1, "IDE: %.0f, alone %.0f", metric_of(&result, METRIC_IOPS, 0, 0), alone);
    given_slow(MODE_VIRTIO, 1, 32);
    config.guests[0].disk_back_end = DISK_BACK_END_SERIAL;
    config.host.disks[0].null_s = 1e-4;
    double serial = iops();
    cr_expect(serial < 0.95 / 1e-4 && serial > 0.7 / 1e-4, "%.0f", serial);
}

/* ---- mechanisms -------------------------------------------------------------------------------------- */

static double grant_operations(enum grants grants, int bytes) {
    given_mode(MODE_PVHVM, 1, 8);
    config.guests[0].disk_grants = grants;
    config.guests[0].workloads[0].block_bytes = bytes;
    double rate = iops();
    return metric_of(&result, METRIC_GRANT_OPS, -1, -1) / rate;
}

Test(block, a_mapped_page_is_mapped_and_unmapped_a_persistent_one_is_not) {
    EXPECT_NEAR(grant_operations(GRANTS_MAP, 4096), 2, 0.02, "a page");
    EXPECT_NEAR(grant_operations(GRANTS_MAP, 32768), 16, 0.02, "eight pages");
    cr_expect_eq(grant_operations(GRANTS_PERSISTENT, 32768), 0);
}

static double copied(enum grants grants, double reads) {
    given_mode(MODE_PVHVM, 1, 8);
    config.guests[0].disk_grants = grants;
    config.guests[0].workloads[0].read_share = reads;
    double rate = iops();
    return cores_of(&result, "guest0") / rate;
}

/* … but its data are copied by the front end, 4 KiB of a read or a write alike. */
Test(block, persistent_grants_cost_a_copy) {
    double copy = 4096 / get_cost(&config, COST_COPY_COLD);
    for (int reads = 0; reads <= 1; reads++) {
        double persistent = copied(GRANTS_PERSISTENT, reads), mapped = copied(GRANTS_MAP, reads);
        copy = 4096 / get_cost(&config, COST_COPY_COLD);
        cr_expect_gt(persistent - mapped, 0.5 * copy, "%g s", persistent - mapped);
        cr_expect_lt(persistent - mapped, 1.1 * copy, "%g s", persistent - mapped);
    }
}

static double of_guests(int guests, enum grants grants) {
    given_host(&config, "xen-lab");
    config.host.dom0.vcpus = 16;
    set_cost(&config, COST_MEMORY_RATE, 1e15); /* copies of many guests would share it */
    for (int i = 0; i < guests; i++) {
        struct workload_config *work = given_block(&config, given_guest(&config, MODE_PV, 0), 0);
        work->jobs = 2;
        work->concurrency = 32;
        config.guests[i].disk_grants = grants;
    }
    config.host.disks[0].interface = DISK_MEMORY;
    run_for(&config, 10 * SIM_MS, &result);
    double all = 0;
    for (int i = 0; i < guests; i++) all += metric_of(&result, METRIC_IOPS, i, 0);
    return all;
}

/* XB10, XB11: unmapping interrupts every vCPU of dom0 that works, so that more guests get less than their share. */
Test(block, unmapping_for_many_guests_costs_all_of_them) {
    double mapped = of_guests(10, GRANTS_MAP) / of_guests(1, GRANTS_MAP);
    double persistent = of_guests(10, GRANTS_PERSISTENT) / of_guests(1, GRANTS_PERSISTENT);
    cr_expect_lt(mapped, 0.7 * persistent, "%.1f times against %.1f times", mapped, persistent);
    cr_expect_gt(persistent, 7, "%.1f times", persistent);
}

static double of_queues(enum mode mode, int queues) {
    given_mode(mode, 4, 32);
    config.guests[0].disk_queues = queues;
    return iops();
}

/* XB36 to XB43: 1.7 times with eight queues. */
Test(block, queues_of_a_paravirtual_disk_work_side_by_side) {
    cr_expect_gt(of_queues(MODE_PVHVM, 4), 1.5 * of_queues(MODE_PVHVM, 1));
    cr_expect_gt(of_queues(MODE_VHOST, 4), 1.5 * of_queues(MODE_VHOST, 1));
}

/* QK42, QK43: 41 k against 35 k requests a second. */
/* ---- the host's driver of a disk ---- */

Test(block, one_queue_of_the_driver_has_one_interrupt_for_all) {
    struct disk_config disk = {.interface = DISK_NVME};
    cr_expect_eq(disk_driver_queues(&disk, 8), 8, "one for each CPU");
    disk.queues = 3;
    cr_expect_eq(disk_driver_queues(&disk, 8), 3);
    cr_expect_eq(disk_driver_queues(&disk, 2), 2);
    disk = (struct disk_config){.interface = DISK_AHCI};
    cr_expect_eq(disk_driver_queues(&disk, 8), 1);
    double rates[2];
    for (int i = 0; i < 2; i++) {
        given_mode(MODE_PV, 4, 32);
        config.guests[0].disk_queues = 4;
        config.host.disks[0].queues = i;
        set_cost(&config, COST_NVME_COMPLETE, 40 * get_cost(&config, COST_NVME_COMPLETE));
        rates[i] = iops();
    }
    cr_expect_lt(rates[1], 0.5 * rates[0], "completions are the limit: %g with one, %g with four", rates[1], rates[0]);
}

Test(block, doorbells_by_eventfd_do_not_wait_for_the_device_model) {
    double rates[2];
    for (int i = 0; i < 2; i++) {
        given_mode(MODE_HVM, 1, 8);
        given_host(&config, "kvm-lab");
        struct workload_config *work = given_block(&config, given_guest(&config, MODE_HVM, 0), 10e-6);
        work->concurrency = 8;
        config.guests[0].disk_model = i == 0 ? DISK_MODEL_NVME : DISK_MODEL_NVME_EVENTFD;
        rates[i] = iops();
    }
    cr_expect_gt(rates[1], 1.1 * rates[0], "%.0f against %.0f", rates[1], rates[0]);
}

Test(block, a_sequential_job_follows_itself_and_random_ones_go_anywhere) {
    double rates[2];
    for (int sequential = 0; sequential < 2; sequential++) {
        given_mode(MODE_NATIVE, 1, 1);
        struct diag diag = {0};
        cr_assert_eq(catalog_disk("hdd-7200", &config.host.disks[0], &diag), IOP_OK, "%s", diag.message);
        config.guests[0].workloads[0].read_share = 1;
        config.guests[0].workloads[0].is_sequential = sequential;
        run_for(&config, 400 * SIM_MS, &result);
        rates[sequential] = metric_of(&result, METRIC_IOPS, 0, 0);
    }
    cr_expect_lt(rates[0], 120, "%.0f", rates[0]);
    cr_expect_gt(rates[1], 50 * rates[0], "%.0f", rates[1]);
}

Test(block, reads_and_writes_come_in_their_share) {
    given_mode(MODE_NATIVE, 1, 4);
    config.guests[0].workloads[0].read_share = 0.25;
    struct machine *machine = new_machine(&config);
    sim_run(&machine->sim, 40 * SIM_MS);
    const struct flow *flow = machine->flows[0];
    double reads = (double)flow->block.routes[0][BLOCK_READ]->program->stages[0].executed[EACH];
    double writes = (double)flow->block.routes[0][BLOCK_WRITE]->program->stages[0].executed[EACH];
    EXPECT_NEAR(reads / (reads + writes), 0.25, 0.1, "%g of %g", reads, reads + writes);
    machine_free(machine);
}

/* Jobs begin on vCPUs of their own, whatever workload they belong to. */
Test(block, jobs_of_several_workloads_do_not_share_a_vcpu) {
    double one, sum = 0;
    given_mode(MODE_NATIVE, 2, 32);
    config.host.disks[0].null_s = 10e-6;
    config.guests[0].vcpus = 8;
    one = iops();
    for (int i = 1; i < 4; i++) {
        struct workload_config *work = given_block(&config, 0, 10e-6);
        *work = config.guests[0].workloads[0];
        snprintf(work->name, sizeof work->name, "other%d", i);
    }
    run_for(&config, 40 * SIM_MS, &result);
    for (int i = 0; i < 4; i++) sum += metric_of(&result, METRIC_IOPS, 0, i);
    cr_expect_gt(sum, 2 * one, "%g, one has %g", sum, one);
}

/* fio reads the clock thrice for each request (BF01): where it is Xen's by as many system calls. */
Test(block, requests_read_the_clock_by_system_calls_of_xen_guests) {
    static const enum clock_source sources[] = {CLOCK_TSC, CLOCK_XEN};
    double cycles[2] = {0};
    for (int i = 0; i < 2; i++) {
        given_mode(MODE_PV, 1, 1);
        config.guests[0].clock = sources[i];
        iops();
        for (int c = 0; c < result.charge_count; c++)
            if (strcmp(result.charges[c].place, "guest") == 0) cycles[i] += result.charges[c].cycles_per_packet;
    }
    double read =
        get_cost(&config, COST_SYSCALL_PV) + get_cost(&config, COST_CLOCK_PV) + get_cost(&config, COST_COPY_CALL);
    EXPECT_NEAR(cycles[1] - cycles[0], 3 * read, 0.02, "%g and %g cycles", cycles[0], cycles[1]);
}

/* irqbalance spreads the event channels of a guest's disks (XK05): each disk's interrupt has a vCPU of its own. */
Test(block, disks_interrupt_different_vcpus) {
    given_mode(MODE_PVHVM, 1, 32);
    struct guest_config *guest = &config.guests[0];
    config.host.disks[1] = config.host.disks[0];
    strcpy(config.host.disks[1].name, "other");
    config.host.disk_count = 2;
    guest->workloads[1] = guest->workloads[0];
    strcpy(guest->workloads[1].name, "second");
    guest->workloads[1].disk = 1;
    guest->workload_count = 2;
    struct machine *machine = new_machine(&config);
    int found = 0;
    for (int i = 0; i < machine->station_count; i++) {
        const struct station *station = machine->stations[i];
        if (station->worker == WORKER_DISK_IRQ)
            cr_expect_eq(station->cpu, &machine->guests[0].vcpus[found++], "%s", station->name);
    }
    cr_expect_eq(found, 2);
    machine_free(machine);
}
