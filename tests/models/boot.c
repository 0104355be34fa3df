/* Boots of guests: their stages, and what parallel ones share. */
#include <criterion/criterion.h>

#include "tests/models/scenario_runs.h"

static struct run_result result;
static struct model_config config;

static const double MIB = 1024.0 * 1024;

static struct workload_config *given_boot(const char *host, enum mode mode) {
    given_host(&config, host);
    config.host.clock_hz = config.host.costs.clock_hz;
    config.host.mitigations = false;
    int guest = given_guest(&config, mode, 0);
    config.guests[guest].vcpus = config.guests[guest].queues = 1;
    config.guests[guest].memory_bytes = 256 * MIB;
    struct workload_config *work = given_transactions(&config, guest, WORK_BOOT);
    work->jobs = 1;
    work->boot = (struct boot_config){.kernel_bytes = 16.5e6};
    return work;
}

/* The same guest, so many times. */
static void given_guests(int count) {
    for (int i = 1; i < count; i++) {
        config.guests[i] = config.guests[0];
        snprintf(config.guests[i].name, sizeof config.guests[i].name, "guest%d", i);
    }
    config.guest_count = count;
}

static double boot_s(double run_s) {
    struct diag diag = {0};
    enum iop_status status = try_run(&config, 1, 1, sim_time_of(run_s / 3), sim_time_of(run_s), &result, &diag);
    cr_assert_eq(status, IOP_OK, "%s", diag.message);
    return metric_of(&result, METRIC_BOOT_TIME, 0, 0);
}

static double seconds(enum cost cost) { return get_cost(&config, cost) / config.host.clock_hz; }

/* What one register of an emulated device costs a vCPU of KVM. */
static double access_s(void) {
    return seconds(COST_EXIT_IOREQ) + seconds(COST_EXIT_DECODE) + seconds(COST_QEMU_DISPATCH);
}

/* The process, its pages and the copy; idle CPUs that wake, and threads that are switched to, take microseconds. */
static double started_s(enum cost monitor, double bytes) {
    double pages = (double)(((int)bytes + 4095) / 4096);
    return 2 * seconds(COST_FORK_PROCESS) + seconds(monitor) + pages * seconds(COST_COPY_PAGE) +
           bytes / get_cost(&config, COST_COPY_COLD);
}

/* ---- one boot ---- */

Test(boot, of_a_small_monitor_takes_what_its_rows_say) {
    struct workload_config *work = given_boot("skylake-kvm", MODE_VIRTIO);
    work->boot.monitor = MONITOR_FIRECRACKER;
    double predicted = boot_s(1);
    double by_hand = started_s(COST_BOOT_MICROVM, 16.5e6) + get_cost(&config, COST_BOOT_MICROVM_WAIT) +
                     seconds(COST_BOOT_KERNEL) + seconds(COST_BOOT_KEYBOARD) +
                     get_cost(&config, COST_BOOT_MMIO_ACCESSES) * access_s();
    EXPECT_NEAR(predicted, by_hand, 1e-3, "%g s, by hand %g s", predicted, by_hand);
    EXPECT_NEAR(metric_of(&result, METRIC_TRANSACTIONS, 0, 0), 1 / predicted, 0.1, "one after the other");
}

Test(boot, of_qemu_takes_what_its_rows_say) {
    struct workload_config *work = given_boot("skylake-kvm", MODE_VIRTIO);
    work->boot.compressed = true;
    work->boot.firmware = FIRMWARE_SEABIOS;
    double predicted = boot_s(2), bytes = 16.5e6 * get_cost(&config, COST_BOOT_RATIO);
    double accesses = get_cost(&config, COST_BOOT_SEABIOS_ACCESSES) + get_cost(&config, COST_BOOT_PCI_ACCESSES);
    double by_hand = started_s(COST_BOOT_QEMU, bytes) + seconds(COST_BOOT_SEABIOS) +
                     16.5e6 / get_cost(&config, COST_BOOT_DECOMPRESS) + seconds(COST_BOOT_KERNEL) +
                     accesses * access_s();
    EXPECT_NEAR(predicted, by_hand, 1e-3, "%g s, by hand %g s", predicted, by_hand);
    EXPECT_NEAR(exits_of(&result, "mmio") / metric_of(&result, METRIC_TRANSACTIONS, 0, 0), accesses, 0.2,
                "an exit for each register");
}

Test(boot, of_a_prepared_monitor_leaves_its_start_out) {
    struct workload_config *work = given_boot("skylake-kvm", MODE_VIRTIO);
    work->boot.monitor = MONITOR_FIRECRACKER;
    double whole = boot_s(1);
    work->boot.prepared = true;
    double start_s = seconds(COST_BOOT_MICROVM) + get_cost(&config, COST_BOOT_MICROVM_WAIT);
    EXPECT_NEAR(whole - boot_s(1), start_s, 1e-2, "%g s more", whole - boot_s(1));
}

Test(boot, is_longer_through_the_firmware) {
    struct workload_config *work = given_boot("xen-lab", MODE_PVHVM);
    work->boot.firmware = FIRMWARE_SEABIOS;
    double direct = boot_s(10);
    work->boot.loader = LOADER_BIOS;
    double bios = boot_s(10);
    cr_expect_gt(bios, direct + 0.01, "%g and %g s", bios, direct);
    config.guests[0].mode = MODE_PVH;
    work->boot = (struct boot_config){.kernel_bytes = 16.5e6};
    cr_expect_lt(boot_s(10), direct, "no devices, no QEMU");
}

Test(boot, reads_larger_kernels_for_longer) {
    struct workload_config *work = given_boot("xen-lab", MODE_HVM);
    work->boot = (struct boot_config){.kernel_bytes = 8e6, .firmware = FIRMWARE_SEABIOS, .loader = LOADER_BIOS};
    double small = boot_s(10);
    work->boot.initrd_bytes = 32e6;
    double large = boot_s(10), pages = 32e6 / 4096;
    double accesses_s = pages * get_cost(&config, COST_BOOT_DISK_ACCESSES) * access_s();
    cr_expect_gt(large - small, accesses_s, "%g s more, a trip to dom0 takes longer than %g s", large - small,
                 accesses_s);
}

/* BO13: each byte is a wait and a write. */
Test(boot, bytes_on_the_serial_console_are_exits) {
    struct workload_config *work = given_boot("skylake-kvm", MODE_VIRTIO);
    work->boot.monitor = MONITOR_FIRECRACKER;
    double quiet = boot_s(1);
    work->boot.console_bytes = 10000;
    double loud = boot_s(2), bytes_s = 10000 * get_cost(&config, COST_BOOT_SERIAL) * access_s();
    EXPECT_NEAR(loud - quiet, bytes_s, 1e-2, "%g s more, by hand %g s", loud - quiet, bytes_s);
    work = given_boot("xen-lab", MODE_PV);
    quiet = boot_s(10);
    work->boot.console_bytes = 10000;
    EXPECT_NEAR(boot_s(10), quiet, 1e-4, "a PV console is memory");
}

/* The published difference of BO13, 12.6 us for each byte, against what the model says of its own host. */
Test(boot, bytes_on_the_serial_console_cost_what_was_published) {
    given_boot("m5d-metal-kvm", MODE_VIRTIO)->boot.monitor = MONITOR_FIRECRACKER;
    config.host.mitigations = true;
    double quiet = boot_s(1);
    config.guests[0].workloads[0].boot.console_bytes = 16343;
    double byte_s = (boot_s(2) - quiet) / 16343;
    EXPECT_NEAR(byte_s, 12.6e-6, 0.25, "%g s", byte_s);
}

Test(boot, of_a_pv_guest_grows_with_its_memory) {
    given_boot("xen-lab", MODE_PV);
    double small = boot_s(10);
    config.guests[0].memory_bytes = 1280 * MIB;
    double large = boot_s(10);
    double mib_s = seconds(COST_BOOT_MEMORY) + get_cost(&config, COST_BOOT_ENTRIES) * seconds(COST_PV_VALIDATE);
    EXPECT_NEAR(large - small, 1024 * mib_s, 1e-2, "%g s more, by hand %g s", large - small, 1024 * mib_s);
}

Test(boot, every_mode_with_a_toolstack_has_a_path) {
    const enum mode xen[] = {MODE_PV, MODE_HVM, MODE_HVM_PV, MODE_PVHVM, MODE_PVH, MODE_SRIOV, MODE_PASSTHROUGH};
    const enum mode kvm[] = {MODE_VIRTIO, MODE_VHOST, MODE_VHOST_USER, MODE_HVM};
    for (size_t i = 0; i < sizeof xen / sizeof *xen; i++) {
        given_boot("xen-lab", xen[i]);
        cr_expect(boot_s(8) > 0.1, "Xen, mode %d", xen[i]);
    }
    for (size_t i = 0; i < sizeof kvm / sizeof *kvm; i++) {
        given_boot("kvm-lab", kvm[i]);
        cr_expect(boot_s(2) > 0.1, "KVM, mode %d", kvm[i]);
    }
}

/* ---- several at once ---- */

Test(boot, parallel_boots_contend_for_dom0) {
    double alone[2], eight[2];
    for (int i = 0; i < 2; i++) {
        given_boot("xen-lab", MODE_PV);
        config.host.dom0.vcpus = i == 0 ? 1 : 4;
        alone[i] = boot_s(10);
        given_guests(8);
        eight[i] = boot_s(40);
    }
    EXPECT_NEAR(alone[0], alone[1], 0.01, "one boot is one after the other: %g and %g s", alone[0], alone[1]);
    cr_expect_gt(eight[0], 4 * alone[0], "%g and %g s", eight[0], alone[0]);
    cr_expect_gt(eight[0], 1.3 * eight[1], "%g s on one vCPU, %g s on four", eight[0], eight[1]);
    cr_expect_gt(eight[1], 1.5 * alone[1], "the toolstack builds one at a time: %g and %g s", eight[1], alone[1]);
}

/* One vCPU of dom0 has all of it to do: the rate is its capacity. */
Test(boot, rate_is_that_of_the_only_vcpu_of_dom0) {
    given_boot("xen-lab", MODE_PVH);
    config.host.dom0.vcpus = 1;
    given_guests(6);
    boot_s(40);
    double rate = 0;
    for (int i = 0; i < 6; i++) rate += metric_of(&result, METRIC_TRANSACTIONS, i, 0);
    double requests = get_cost(&config, COST_BOOT_STORE) + get_cost(&config, COST_BOOT_FRONT);
    double work_s = seconds(COST_FORK_PROCESS) + seconds(COST_BOOT_XL) + 256 * seconds(COST_BOOT_MEMORY) +
                    requests * seconds(COST_XENSTORE) + seconds(COST_BOOT_HOTPLUG) +
                    16.5e6 / get_cost(&config, COST_COPY_COLD);
    EXPECT_NEAR(rate, 1 / work_s, 0.03, "%g and %g boots/s", rate, 1 / work_s);
}

/* Each has a process of its own, and the host CPUs to run them. */
Test(boot, monitors_start_side_by_side) {
    given_boot("m5d-metal-kvm", MODE_VIRTIO)->boot.monitor = MONITOR_FIRECRACKER;
    config.host.dom0.vcpus = 8;
    double alone = boot_s(1);
    given_guests(8);
    double eight = boot_s(1);
    cr_expect(eight < 1.3 * alone, "%g and %g s", eight, alone);
    config.host.dom0.vcpus = 1;
    double one = boot_s(1);
    cr_expect_gt(one, 1.3 * alone, "one CPU of the host for all: %g and %g s", one, alone);
}
