/* Whatever stands in a fleet's file, the reader returns: a fleet, or one message on one line. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenarios/fleet_fixture.h"

TestSuite(fleet_fuzz, .init = lab_setup, .fini = lab_teardown, .timeout = 120);

static const char good[] =
    "name: n\n"
    "fleet:\n"
    "  duration: 2 h\n"
    "  racks:\n"
    "    - {name: old, count: 2, hosts: 3, host: lab, oversubscription: 4, power: {idle: 1 W, full: 2 W}}\n"
    "    - {name: new, hosts: 2, host: lab, uplink: 1 Gbit/s}\n"
    "  instances:\n"
    "    - {name: web, count: 9, guest: {instance: t9.small, mode: pv}, per_host: 4, placement: random}\n"
    "    - {name: db, guest: {mode: sriov, vcpus: 2, memory: 1 GiB}, racks: [old]}\n"
    "  traffic:\n"
    "    - {name: p, from: web, to: web, pattern: random, fanout: 3, workload: &w {kind: udp-stream, frame: 64 B},\n"
    "       response: {kind: udp-stream}, offered: 2 kpps, connections: 2, profile: [0.5, 1]}\n"
    "    - {name: q, from: outside, to: db, pattern: pairs, workload: *w, offered: max}\n"
    "    - {name: r, from: db, to: web, workload: {kind: block, disk: quick, read: 10 %}, offered: 10 IOPS}\n"
    "  failures: [{host: old-1/3, at: 1 h, for: 1 min}, {rack: new, at: 10 s}]\n"
    "  migrations: [{group: web, to: old-2, at: 1 s, every: 1 s, dirty: 1 MB/s}, {host: old-1/1, at: 1 h}]\n"
    "run: {duration: 1 ms}\n";

static void check(const char *text, size_t size) {
    struct diag diag = {0};
    write_file("s.yaml", text, size);
    struct fleet_scenario *fleet = fleet_load("s.yaml", NULL, 0, &diag);
    if (fleet == NULL)
        cr_expect(diag.message[0] != '\0' && strchr(diag.message, '\n') == NULL, "message: %s", diag.message);
    else
        cr_expect_str_eq(diag.message, "");
    fleet_unload(fleet);
}

Test(fleet_fuzz, the_good_file_is_good) { fleet_unload(fleet_good(good)); }

Test(fleet_fuzz, mutated_bytes) {
    for (int i = 0; i < 1000; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        fuzz_scramble(text, sizeof good - 1, 3);
        check(text, sizeof good - 1);
    }
}

Test(fleet_fuzz, values_replaced) {
    static const char *const values[] = {"",      "-1", "0",    "1e999",   "nan",   "[]",      "{}",     "[[]]",
                                         "~",     "*w", "'",    "web",     "a b c", "outside", "lab",    "max",
                                         "100 s", "3",  "db-1", "old-2/9", "/1",    "old",     "{a: b}", "matrix"};
    char text[2 * sizeof good];
    for (const char *colon = strstr(good, ": "); colon != NULL; colon = strstr(colon + 1, ": ")) {
        size_t before = (size_t)(colon + 2 - good), gap = strcspn(colon + 2, ",}\n");
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            int size = snprintf(text, sizeof text, "%.*s%s%s", (int)before, good, values[v], colon + 2 + gap);
            check(text, (size_t)size);
        }
    }
}
