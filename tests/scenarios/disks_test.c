/* Disks of the catalog: read, and refused with the place of what does not fit their kind. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/scenarios/fixture.h"

TestSuite(disks, .init = lab_setup, .fini = lab_teardown);

static void disk_refused(const char *name, const char *wanted) {
    struct disk_config disk;
    struct diag diag = {0};
    cr_expect_eq(catalog_disk(name, &disk, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, wanted);
}

/* A disk of the catalog of the tests, its file changed by sed. */
static void changed_refused(const char *name, const char *sed, const char *wanted) {
    char command[400];
    snprintf(command, sizeof command, "sed '%s' data/models/catalog/disks/%s.yaml > d.yaml", sed, name);
    cr_assert_eq(system(command), 0);
    disk_refused("d.yaml", wanted);
}

Test(disks, an_ssd_is_read) {
    struct disk_config disk;
    struct diag diag = {0};
    cr_assert_eq(catalog_disk("quick", &disk, &diag), IOP_OK, "%s", diag.message);
    cr_expect_str_eq(disk.name, "quick");
    cr_expect_str_eq(disk.description, "a solid state disk");
    cr_expect(disk.kind == DISK_SSD && disk.interface == DISK_NVME);
    cr_expect_eq(disk.capacity_bytes, 400e9);
    cr_expect_eq(disk.queue_depth, 1024);
    cr_expect(disk.read_bps == 2.8e9 && disk.write_bps == 2e9);
    cr_expect(disk.read_iops == 460e3 && disk.write_iops == 175e3);
    cr_expect_eq(disk.channels, 96);
    cr_expect(disk.read_s == 98e-6 && disk.ahead_s == 18e-6 && disk.write_s == 20e-6);
    cr_expect_eq(disk.buffer_bytes, 64 * 1048576);
}

Test(disks, a_hard_disk_is_read) {
    struct disk_config disk;
    cr_assert_eq(catalog_disk("slow", &disk, NULL), IOP_OK);
    cr_expect(disk.kind == DISK_HDD && disk.interface == DISK_AHCI && !disk.write_cache);
    cr_expect_eq(disk.rpm, 7200);
    cr_expect(disk.seek_track_s == 5e-4 && disk.seek_average_s == 8.2 / 1e3);
    cr_expect_float_eq(disk.seek_full_s, 17.55e-3, 1e-12);
    cr_expect(disk.outer_bps == 175e6 && disk.inner_bps == 83e6);
}

#define VOLUME                                                                                               \
    "name: v\nkind: network\ninterface: remote\ncapacity: 30 GB\nqueue_depth: 64\nchannels: 4\nread: 1 ms\n" \
    "write: 2 ms\none_way: 100 us\n"

Test(disks, a_volume_and_a_null_disk_are_read) {
    struct disk_config disk;
    struct diag diag = {0};
    write_text("v.yaml", VOLUME
               "jitter: 10 us\nunit: 16 KiB\nread_iops: 100\nburst_iops: 3000\ncredits: 5400000\nread_rate: 9 MB/s\n");
    cr_assert_eq(catalog_disk("v.yaml", &disk, &diag), IOP_OK, "%s", diag.message);
    cr_expect(disk.kind == DISK_NETWORK && disk.interface == DISK_REMOTE);
    cr_expect(disk.one_way_s == 100e-6 && disk.jitter_s == 10e-6 && disk.unit_bytes == 16384);
    cr_expect(disk.read_iops == 100 && disk.burst_iops == 3000 && disk.credits == 5.4e6 && disk.read_bps == 9e6);
    write_text("n.yaml", "name: n\nkind: \"null\"\ninterface: memory\ncapacity: 1 GB\nqueue_depth: 8\n"
                         "completion: 280 us\n");
    cr_assert_eq(catalog_disk("n.yaml", &disk, &diag), IOP_OK, "%s", diag.message);
    cr_expect(disk.kind == DISK_NULL && disk.null_s == 280e-6 && disk.read_iops == 0);
}

Test(disks, an_unknown_name_gets_the_nearest) {
    disk_refused("quikc", "'quikc' is not a disk; did you mean 'quick'?");
    disk_refused("xyzzy", "'xyzzy' is not a disk; allowed are quick, slow");
}

Test(disks, a_key_that_the_kind_needs_is_missed) {
    changed_refused("quick", "/^channels/d",
                    "d.yaml:1:1: 'channels' is missing, which disks of kind ssd need: pages that are read at the same "
                    "time, or requests that the store serves");
    changed_refused("slow", "/^rpm/d",
                    "d.yaml:1:1: 'rpm' is missing, which disks of kind hdd need: revolutions per minute");
    changed_refused("slow", "/^capacity/d", "d.yaml:1:1: 'capacity' is missing: where random requests go");
}

Test(disks, a_key_of_another_kind_is_refused_where_it_stands) {
    changed_refused("slow", "s/^rpm/channels: 3\\nrpm/", "d.yaml:6:1: 'channels' is not a key of disks of kind hdd");
    changed_refused("quick", "s/^kind: ssd/kind: network/",
                    "d.yaml:10:1: 'write_iops' is not a key of disks of kind "
                    "network");
    changed_refused("quick", "s/^buffer/completion: 1 us\\nbuffer/",
                    "d.yaml:15:1: 'completion' is not a key of disks of kind ssd");
}

Test(disks, what_does_not_fit_together_is_refused) {
    changed_refused("slow", "s/ahci/nvme/", "d.yaml:3:12: interface: no disk of kind hdd has the interface nvme");
    changed_refused("slow", "s/: 32/: 33/",
                    "d.yaml:5:14: queue_depth: '33' is out of range; a disk of AHCI holds 1 to 32");
    changed_refused("slow", "s/0.5 ms/9 ms/", "d.yaml:7:13: seek_track: is longer than seek_average");
    changed_refused("slow", "s/8.2 ms/20 ms/", "d.yaml:8:15: seek_average: is longer than seek_full");
    changed_refused("slow", "s/83 MB/183 MB/", "d.yaml:11:13: inner_rate: is higher than outer_rate");
    changed_refused("slow", "s/^rpm/write_cache: true\\nrpm/",
                    "d.yaml:6:14: write_cache: a write cache needs a buffer");
    changed_refused("quick", "s/18 us/99 us/", "d.yaml:13:13: read_ahead: is longer than read");
    changed_refused("quick", "s/^buffer/stripe: 64 KiB\\nbuffer/",
                    "d.yaml:15:9: stripe: stripe and die_rate are given together");
    changed_refused("quick", "s/2.8 GB.s/2.8 Gbit\\/s/",
                    "d.yaml:7:12: read_rate: '2.8 Gbit/s' is a bit rate; expected a byte rate (B/s, kB/s, MB/s, GB/s)");
}

static void volume_refused(const char *keys, const char *wanted) {
    char text[600];
    snprintf(text, sizeof text, VOLUME "%s", keys);
    write_text("v.yaml", text);
    disk_refused("v.yaml", wanted);
}

Test(disks, a_burst_is_described_in_full) {
    static const char incomplete[] = "a burst needs credits, burst_iops and a lower read_iops";
    char wanted[200];
    snprintf(wanted, sizeof wanted, "v.yaml:10:13: burst_iops: %s", incomplete);
    volume_refused("burst_iops: 3000\n", wanted);
    volume_refused("burst_iops: 3000\nread_iops: 3000\ncredits: 100\n", wanted);
    snprintf(wanted, sizeof wanted, "v.yaml:11:10: credits: %s", incomplete);
    volume_refused("read_iops: 100\ncredits: 100\n", wanted);
    volume_refused("read_iops: 100\nburst_iops: 200\ncredits: 300000000\n",
                   "v.yaml:12:10: credits: more than a month of read_iops");
}
