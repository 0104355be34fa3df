/* Workloads of kind block, the disks they name, and how guests reach them. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/scenarios/fixture.h"

TestSuite(block, .init = lab_setup, .fini = lab_teardown);

#define XEN   "vcpus: 4, mode: pvhvm"
#define BLOCK "kind: block, disk: quick"
#define BEGIN "name: n\nhost: lab\n"
#define TWO   "disks: [{name: one, model: quick}, {name: two, model: quick}]\n"
#define ON(disk)                                                                                \
    "guests:\n  - {name: a, vcpus: 4, mode: pvhvm, workloads: [{kind: block, disk: " disk "}, " \
    "{name: second, kind: block, disk: two}]}\n"

static const struct guest_config *guest_of(const struct scenario *scenario) { return &scenario->model.guests[0]; }

Test(block, what_is_left_out_is_a_random_read_at_a_time) {
    struct scenario *scenario = load_good(with(XEN, BLOCK));
    const struct workload_config *work = &guest_of(scenario)->workloads[0];
    cr_expect_eq(work->kind, WORK_BLOCK);
    cr_expect_eq(work->block_bytes, 4096);
    cr_expect_eq(work->concurrency, 1);
    cr_expect_eq(work->read_share, 1);
    cr_expect_not(work->is_sequential);
    cr_expect_not(work->synchronous);
    cr_expect_eq(scenario->model.host.disk_count, 1);
    cr_expect_str_eq(scenario->model.host.disks[0].name, "quick");
    scenario_free(scenario);
}

Test(block, takes_what_is_said) {
    struct scenario *scenario =
        load_good(with(XEN, BLOCK ", read: 70 %, pattern: sequential, size: 64 KiB, depth: 8, jobs: 4"));
    const struct workload_config *work = &guest_of(scenario)->workloads[0];
    cr_expect_eq(work->block_bytes, 65536);
    cr_expect_eq(work->concurrency, 32);
    cr_expect_eq(work->jobs, 4);
    cr_expect_float_eq(work->read_share, 0.7, 1e-12);
    cr_expect(work->is_sequential);
    scenario_free(scenario);
}

Test(block, workloads_of_one_name_share_a_disk_and_names_make_several) {
    struct scenario *scenario = load_good(with(XEN, BLOCK "}, {name: second, kind: block, disk: quick"));
    cr_expect_eq(scenario->model.host.disk_count, 1);
    cr_expect_eq(guest_of(scenario)->workloads[1].disk, 0);
    scenario_free(scenario);
    scenario = load_good(BEGIN TWO ON("one"));
    cr_expect_eq(scenario->model.host.disk_count, 2);
    cr_expect_str_eq(scenario->model.host.disks[1].name, "two");
    cr_expect_eq(guest_of(scenario)->workloads[1].disk, 1);
    scenario_free(scenario);
}

Test(block, what_cannot_be_is_refused) {
    expect_message(with(XEN, "kind: block"),
                   "s.yaml:6:6: guests[0].workloads[0]: 'disk' is missing: a block workload needs one");
    expect_message(with(XEN, "kind: block, disk: quik"),
                   "s.yaml:6:26: guests[0].workloads[0].disk: 'quik' is not a disk; did you mean 'quick'?");
    expect_message(
        with(XEN, BLOCK ", size: 1000 B"),
        "s.yaml:6:39: guests[0].workloads[0].size: '1000 B' is not a size of a request; allowed are multiples "
        "of 512 B up to 16 MiB");
    expect_message(with(XEN, BLOCK ", engine: sync, depth: 2"),
                   "s.yaml:6:54: guests[0].workloads[0].depth: '2' requests of a job in flight need engine: async");
    expect_message(with(XEN, BLOCK ", rate: 1 Gbit/s"),
                   "s.yaml:6:39: guests[0].workloads[0].rate: '1 Gbit/s' is a bit rate; requests take a rate in IOPS");
    expect_message(with(XEN, "kind: tcp-rr, rate: 5 kIOPS"),
                   "s.yaml:6:27: guests[0].workloads[0].rate: '5 kIOPS' is a rate of block requests; allowed are pps, "
                   "kpps, Mpps");
    expect_message(with(XEN, BLOCK ", speed: 2"),
                   "s.yaml:6:33: guests[0].workloads[0]: 'speed' needs a file, whose requests it is about");
    expect_message(with(XEN, "kind: ping, depth: 2"),
                   "s.yaml:6:19: guests[0].workloads[0]: 'depth' does not belong to a workload of kind ping");
    expect_message(BEGIN "disks: [{name: one, model: quik}]\n" ON("one"),
                   "s.yaml:3:28: disks[0].model: 'quik' is not a disk; did you mean 'quick'?");
}

static const struct guest_config *with_tuning(const char *kernel, const char *tuning, struct scenario **scenario) {
    char guest[200];
    snprintf(guest, sizeof guest, XEN ", %s tuning: {%s}", kernel, tuning);
    *scenario = load_good(with(guest, BLOCK));
    return guest_of(*scenario);
}

Test(block, fsync_counts_writes) {
    struct scenario *scenario = load_good(with(XEN, BLOCK ", read: 50 %, fsync: 32"));
    cr_expect_eq(guest_of(scenario)->workloads[0].fsync_writes, 32);
    scenario_free(scenario);
    scenario = load_good(with(XEN, BLOCK));
    cr_expect_eq(guest_of(scenario)->workloads[0].fsync_writes, 0);
    scenario_free(scenario);
    expect_message(
        with(XEN, BLOCK ", fsync: 32"),
        "s.yaml:6:40: guests[0].workloads[0].fsync: it counts writes, of which there are none (read: 100 %)");
    expect_message(with(XEN, BLOCK ", read: 0 %, fsync: 0"),
                   "s.yaml:6:51: guests[0].workloads[0].fsync: '0' is out of range; allowed are 1 to 1000000");
}

Test(block, rates_are_said_in_requests_per_second) {
    struct scenario *scenario = load_good(with(XEN, BLOCK ", rate: 5 kIOPS, arrivals: poisson"));
    cr_expect_float_eq(guest_of(scenario)->workloads[0].rate_pps, 5000, 1e-9);
    cr_expect_eq(guest_of(scenario)->workloads[0].arrivals, ARRIVALS_POISSON);
    scenario_free(scenario);
}

/* M254, XB07, KF09 */
Test(block, kernels_decide_what_blkfront_does) {
    static const struct {
        const char *kernel;
        enum grants grants;
        int segments, queues;
    } known[] = {{"kernel: \"3.4\",", GRANTS_MAP, 11, 1},
                 {"kernel: \"3.8\",", GRANTS_PERSISTENT, 11, 1},
                 {"kernel: \"3.11\",", GRANTS_PERSISTENT, 32, 1},
                 {"kernel: \"4.5\",", GRANTS_PERSISTENT, 32, 1},
                 {"", GRANTS_PERSISTENT, 32, 1}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct scenario *scenario;
        const struct guest_config *guest = with_tuning(known[i].kernel, "", &scenario);
        cr_expect_eq(guest->disk_grants, known[i].grants, "case %zu", i);
        cr_expect_eq(guest->disk_segments, known[i].segments, "case %zu", i);
        cr_expect_eq(guest->disk_queues, known[i].queues, "case %zu: dom0's kernel is not given", i);
        scenario_free(scenario);
    }
    struct scenario *scenario = load_good(BEGIN "host_kernel: \"4.5\"\nguests:\n  - {name: a, kernel: \"4.5\", " XEN
                                                ", workloads: [{" BLOCK "}]}\n");
    cr_expect_eq(guest_of(scenario)->disk_queues, 4, "one for each vCPU");
    scenario_free(scenario);
}

Test(block, tuning_decides_over_kernels) {
    struct scenario *scenario;
    const struct guest_config *guest =
        with_tuning("", "disk_queues: 2, disk_ring_pages: 4, disk_grants: copy, disk_back_end: tapdisk", &scenario);
    cr_expect_eq(guest->disk_queues, 2);
    cr_expect_eq(guest->disk_ring_pages, 4);
    cr_expect_eq(guest->disk_grants, GRANTS_COPY);
    cr_expect_eq(guest->disk_back_end, DISK_BACK_END_TAPDISK);
    scenario_free(scenario);
}

#define KVM_HOST                                                                                          \
    "name: kvm\nhypervisor: kvm\nsockets: 1\ncores_per_socket: 16\nthreads_per_core: 2\nclock: 2.8 GHz\n" \
    "iommu: {mode: passthrough, iotlb_entries: 125, walkers: 5, page_size: 4 KiB}\ndom0: {vcpus: 2}\n"    \
    "nic: ten\nnetwork: {one_way: 25 us}\ncosts: flat\n"

static const char *on_kvm(const char *tuning) {
    static char text[512];
    write_text("kvm.yaml", KVM_HOST);
    snprintf(text, sizeof text,
             "name: n\nhost: ./kvm.yaml\nguests:\n  - {name: a, vcpus: 4, mode: virtio, tuning: {%s}, "
             "workloads: [{" BLOCK "}]}\n",
             tuning);
    return text;
}

Test(block, io_threads_poll_as_qemu_does_unless_told) {
    static const struct {
        const char *tuning;
        double expected;
    } known[] = {{"disk_back_end: iothread", -1},
                 {"disk_back_end: iothread, disk_poll: 0 s", 0},
                 {"disk_back_end: iothread, disk_poll: 50 us", 50e-6}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct scenario *scenario = load_good(on_kvm(known[i].tuning));
        cr_expect_float_eq(guest_of(scenario)->disk_poll_s, known[i].expected, 1e-12, "%s", known[i].tuning);
        scenario_free(scenario);
    }
    expect_message(on_kvm("disk_poll: 50 us"), "s.yaml:4:59: guests[0].tuning.disk_poll: only an I/O thread polls "
                                               "(disk_back_end: iothread)");
}

Test(block, settings_of_other_modes_are_refused) {
    expect_message(with("vcpus: 4, mode: hvm, tuning: {disk_queues: 2}", BLOCK),
                   "s.yaml:4:56: guests[0].tuning.disk_queues: mode 'hvm' has no paravirtual disk");
    expect_message(with(XEN ", tuning: {disk_model: ahci}", BLOCK),
                   "s.yaml:4:57: guests[0].tuning.disk_model: mode 'pvhvm' has no emulated disk");
    expect_message(with(XEN ", tuning: {disk_back_end: iothread}", BLOCK),
                   "s.yaml:4:60: guests[0].tuning.disk_back_end: 'iothread' is a back end of KVM");
    expect_message(with(XEN ", tuning: {disk_grants: copy}", BLOCK),
                   "s.yaml:4:58: guests[0].tuning.disk_grants: blkback maps; 'copy' is of back ends in user space "
                   "(disk_back_end: qemu)");
}
