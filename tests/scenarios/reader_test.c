/* What the reader of scenario files says about each kind of mistake. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(reader, .init = lab_setup, .fini = lab_teardown);

/* --- the file --- */

Test(reader, names_what_is_no_readable_file) {
    struct diag diag = {0};
    cr_expect_null(scenario_load("nowhere.yaml", NULL, 0, &diag));
    cr_expect_str_eq(diag.message, "nowhere.yaml: No such file or directory");
    diag.message[0] = '\0';
    cr_expect_null(scenario_load("data", NULL, 0, &diag));
    cr_expect_str_eq(diag.message, "data: is a directory, not a file");
}

Test(reader, names_what_is_no_text) {
    struct diag diag = {0};
    write_file("s.yaml", "name: a\nx: \0", 13);
    cr_expect_null(scenario_load("s.yaml", NULL, 0, &diag));
    cr_expect_str_eq(diag.message, "s.yaml:2:4: a NUL byte; this is not a text file");
    expect_message("name: a\nhost: \xff\n", "s.yaml:2:7: byte 0xff is not UTF-8 text");
    expect_message("name: \xc3\xa9\xc0\xaf\n", "s.yaml:1:8: byte 0xc0 is not UTF-8 text");
    expect_message("name: a\x01\n", "s.yaml:1:8: not valid YAML: control characters are not allowed");
}

Test(reader, names_an_empty_file) {
    expect_message("", "s.yaml: is empty");
    expect_message("# only a comment\n", "s.yaml: is empty");
}

Test(reader, refuses_a_file_that_is_too_large) {
    size_t size = 5 << 20;
    char *text = malloc(size);
    cr_assert_not_null(text);
    memset(text, ' ', size);
    write_file("s.yaml", text, size);
    free(text);
    struct diag diag = {0};
    cr_expect_null(scenario_load("s.yaml", NULL, 0, &diag));
    cr_expect_str_eq(diag.message, "s.yaml: larger than 4 MiB; this is no scenario or catalog file");
}

Test(reader, names_the_place_of_broken_yaml) {
    expect_message("name: [1, 2\nhost: x\n",
                   "s.yaml:2:5: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence");
    expect_message("name: n\nrun:\n\tseed: 1\n",
                   "s.yaml:3:1: not valid YAML: found character that cannot start any token while scanning for the "
                   "next token (a tab; YAML indents with spaces)");
    expect_message("name: *nowhere\n", "s.yaml:1:7: not valid YAML: found undefined alias");
}

Test(reader, refuses_several_documents) {
    expect_message("name: a\n---\nname: b\n", "s.yaml:2:1: a second document; one file holds one");
}

Test(reader, refuses_a_key_twice) {
    expect_message("name: a\nhost: lab\nname: b\n", "s.yaml:3:1: 'name' stands here twice; the first is in line 1");
    expect_message(with("mode: pv, mode: pv, vcpus: 1", WORKLOAD),
                   "s.yaml:4:23: guests[0]: 'mode' stands here twice; the first is in line 4");
}

Test(reader, refuses_keys_that_are_no_words) {
    expect_message("{[1]: 2}\n", "s.yaml:1:2: a key must be a word");
    expect_message("\"a\\0b\": 1\n", "s.yaml:1:1: a key must be a word");
    expect_message("name: \"a\\0b\"\n", "s.yaml:1:7: name: the value contains a NUL character");
}

Test(reader, expands_aliases_and_refuses_one_that_contains_itself) {
    struct scenario *scenario = load_good("name: &n twice\ndescription: *n\nhost: lab\n"
                                          "guests: [{name: a, mode: pv, vcpus: 1, workloads: [{kind: ping}]}]\n");
    cr_expect_str_eq(scenario->description, "twice");
    scenario_free(scenario);
    expect_message("name: a\nguests: &g [*g]\n", "s.yaml:2:9: guests[0]: an alias that contains itself");
}

Test(reader, wants_a_mapping_on_top) {
    expect_message("just words\n", "s.yaml:1:1: expected a mapping (key: value) that describes a scenario");
    expect_message("- a\n- b\n", "s.yaml:1:1: expected a mapping (key: value) that describes a scenario");
}

/* --- keys --- */

Test(reader, names_the_nearest_key) {
    expect_message("nane: a\n", "s.yaml:1:1: 'nane' is not a key of a scenario; did you mean 'name'?");
    expect_message(with("mdoe: pv", WORKLOAD),
                   "s.yaml:4:13: guests[0]: 'mdoe' is not a key of a guest; did you mean 'mode'?");
    expect_message(with(GUEST, "kind: ping, intervall: 1 s"),
                   "s.yaml:6:19: guests[0].workloads[0]: 'intervall' is not a key of a workload; did you mean "
                   "'interval'?");
}

Test(reader, lists_the_keys_when_none_is_near) {
    expect_message(with(GUEST ", tuning: {xyzzy: 1}", WORKLOAD),
                   "s.yaml:4:45: guests[0].tuning: 'xyzzy' is not a key of a tuning table; allowed are "
                   "interrupt_throttle, iommu, grants, netfront, grant_table, rps_cpus, rps_interrupt_cpu, irq_cpus, "
                   "nic_model, driver, net_back_end, disk_queues, disk_ring_pages, disk_grant_pool, disk_back_end, "
                   "disk_aio, disk_poll, "
                   "disk_model, disk_grants, offloads");
}

Test(reader, says_what_a_missing_key_is_for) {
    expect_message("host: lab\n", "s.yaml:1:1: 'name' is missing: one line that says what is simulated");
    expect_message("name: n\nguests: [{name: a, mode: pv, vcpus: 1}]\n",
                   "s.yaml:1:1: 'host' is missing: the machine under the guests; allowed are bare, lab");
    expect_message("name: n\nhost: lab\n", "s.yaml:1:1: 'guests' is missing: the virtual machines");
    expect_message("name: n\nhost: lab\nguests: []\n", "s.yaml:3:9: guests: an empty list");
    expect_message(with("vcpus: 1", WORKLOAD),
                   "s.yaml:4:3: guests[0]: 'mode' is missing: how the guest is virtualized: native, pv, hvm, pvhvm, "
                   "sriov, …");
    expect_message(with(GUEST, "name: w"),
                   "s.yaml:6:6: guests[0].workloads[0]: 'kind' is missing: what it does: udp-stream, tcp-stream, "
                   "udp-rr, tcp-rr, http, ping, spin, fork, syscall, clock, boot, block or replay");
}

Test(reader, reports_the_first_problem_of_the_file) {
    expect_message("name: n\nrun: {seed: x, duration: y}\nhost: nowhere\n",
                   "s.yaml:2:13: run.seed: 'x' is not a whole number of 64 bits; allowed are 0 to "
                   "18446744073709551615");
}

/* --- values --- */

Test(reader, names_the_nearest_word) {
    expect_message(with("mode: sriv", WORKLOAD),
                   "s.yaml:4:19: guests[0].mode: 'sriv' is not a mode; did you mean 'sriov'?");
    expect_message(with("mode: container", WORKLOAD),
                   "s.yaml:4:19: guests[0].mode: 'container' is not a mode; allowed are native, pv, hvm, hvm-pv, "
                   "pvhvm, pvh, virtio, vhost, vhost-user, passthrough, sriov, nitro");
    expect_message(with(GUEST, "kind: udp-steam"),
                   "s.yaml:6:13: guests[0].workloads[0].kind: 'udp-steam' is not a kind of workload; did you mean "
                   "'udp-stream'?");
    expect_message(with(GUEST, WORKLOAD ", direction: up"),
                   "s.yaml:6:36: guests[0].workloads[0].direction: 'up' is not a direction; allowed are transmit, "
                   "receive, both, transit");
}

Test(reader, names_the_unit_that_is_expected) {
    expect_message(with(GUEST, WORKLOAD ", frame: 64"),
                   "s.yaml:6:32: guests[0].workloads[0].frame: '64' has no unit; expected a size (B, KiB, MiB, GiB, "
                   "kB, MB, GB)");
    expect_message(with(GUEST, WORKLOAD ", frame: 64 us"),
                   "s.yaml:6:32: guests[0].workloads[0].frame: '64 us' is a time; expected a size (B, KiB, MiB, "
                   "GiB, kB, MB, GB)");
    expect_message(with(GUEST, WORKLOAD ", frame: 64 b"),
                   "s.yaml:6:32: guests[0].workloads[0].frame: '64 b': 'b' is not a unit; did you mean 'B'?");
    expect_message(with(GUEST, WORKLOAD ", rate: 5 ms"),
                   "s.yaml:6:31: guests[0].workloads[0].rate: '5 ms' is a time; expected a bit rate (bit/s, kbit/s, "
                   "Mbit/s, Gbit/s) or a packet rate (pps, kpps, Mpps) or a rate of requests (IOPS, kIOPS)");
}

Test(reader, names_the_range) {
    expect_message(with(GUEST, WORKLOAD ", frame: 32 B"),
                   "s.yaml:6:32: guests[0].workloads[0].frame: '32 B' is out of range; allowed are 64 B to 65535 B");
    expect_message(with(GUEST, WORKLOAD ", frame: 64.5 B"),
                   "s.yaml:6:32: guests[0].workloads[0].frame: '64.5 B' is not a whole number of bytes");
    expect_message(with(GUEST, WORKLOAD ", flows: 0"),
                   "s.yaml:6:32: guests[0].workloads[0].flows: '0' is out of range; allowed are 1 to 256");
    expect_message(with(GUEST, WORKLOAD ", flows: 99999999999999999999"),
                   "s.yaml:6:32: guests[0].workloads[0].flows: '99999999999999999999' is out of range; allowed are 1 "
                   "to 256");
    expect_message(with(GUEST, WORKLOAD ", flows: two"),
                   "s.yaml:6:32: guests[0].workloads[0].flows: 'two' is not a whole number; allowed are 1 to 256");
    expect_message(with(GUEST ", queues: 17", WORKLOAD),
                   "s.yaml:4:44: guests[0].queues: '17' is out of range; allowed are 1 to 16");
    expect_message("name: n\nrun: {duration: 2 ns}\n",
                   "s.yaml:2:17: run.duration: '2 ns' is out of range; allowed are 1 us to 1 h");
    expect_message("name: n\nrun: {precision: 0 %}\n",
                   "s.yaml:2:18: run.precision: '0 %' is out of range; allowed are 0.01 % to 50 %");
    expect_message("name: n\nrun: {seed: -1}\n",
                   "s.yaml:2:13: run.seed: '-1' is not a whole number of 64 bits; allowed are 0 to "
                   "18446744073709551615");
}

Test(reader, names_the_words_beside_quantities) {
    expect_message(with(GUEST ", tuning: {interrupt_throttle: on}", WORKLOAD),
                   "s.yaml:4:65: guests[0].tuning.interrupt_throttle: 'on' is not an interrupt throttle; allowed are "
                   "adaptive, off or a time between interrupts such as 50 us");
    expect_message(with(GUEST, WORKLOAD ", rate: fast"),
                   "s.yaml:6:31: guests[0].workloads[0].rate: 'fast' is not a rate; allowed are max, a packet rate "
                   "(pps, kpps, Mpps), a bit rate (Gbit/s, …) or, of block, IOPS");
    expect_message("name: n\nrun: {warmup: none}\n",
                   "s.yaml:2:15: run.warmup: 'none' is not a warm-up; allowed are auto or a time");
}

Test(reader, names_the_form_of_texts) {
    expect_message("name: n\nhost: lab\nguests: [{name: \"a b\"}]\n",
                   "s.yaml:3:17: guests[0].name: 'a b' is not a name (letters, digits, _ . -)");
    expect_message(with(GUEST ", kernel: new", WORKLOAD),
                   "s.yaml:4:44: guests[0].kernel: 'new' is not a kernel version such as \"3.10\"");
    expect_message(with(GUEST, WORKLOAD ", peer: web"),
                   "s.yaml:6:31: guests[0].workloads[0].peer: 'web' is not a peer; allowed are wire, dom0, guest NAME");
    expect_message(with(GUEST ", tuning: {offloads: {tso: yes}}", WORKLOAD),
                   "s.yaml:4:61: guests[0].tuning.offloads.tso: 'yes' is not true or false");
    expect_message("name: n\nplots: [{kind: bars, file: a.gif}]\n",
                   "s.yaml:2:28: plots[0].file: 'a.gif' is not a file name that ends in .svg, .png or .pdf");
    expect_message("name: n\nexpect: [{metric: m, value: 1, tolerance: 1 %, source: m1}]\n",
                   "s.yaml:2:56: expect[0].source: 'm1' is not an id of the bibliography, such as M084");
}

Test(reader, names_the_wrong_shape) {
    expect_message("name: [a]\n", "s.yaml:1:7: name: expected a text, not a list");
    expect_message("name:\n", "s.yaml:1:6: name: has no value; expected a text");
    expect_message("name: n\nguests: {a: b}\n", "s.yaml:2:9: guests: expected a list");
    expect_message("name: n\nguests:\n", "s.yaml:2:8: guests: has no value; expected a list");
    expect_message("name: n\nguests: [a]\n",
                   "s.yaml:2:10: guests[0]: expected a mapping (key: value) that describes a guest");
    expect_message("name: n\nrun:\n",
                   "s.yaml:2:5: run: has no value; expected a mapping (key: value) that describes a run table");
    expect_message("name: n\nrun: 5\n", "s.yaml:2:6: run: expected a mapping (key: value) that describes a run table");
}

Test(reader, shortens_long_values_in_messages) {
    char text[9000] = "name: n\nhost: ";
    memset(text + strlen(text), 'x', 8000);
    strcpy(text + 8014, "\n");
    struct diag diag = {0};
    cr_expect_null(load_text(text, &diag));
    cr_expect_eq(strncmp(diag.message, "s.yaml:2:7: host: 'xxxxxxxx", 27), 0, "%s", diag.message);
    cr_expect(strlen(diag.message) < 150, "%s", diag.message);
}

Test(reader, limits_lists) {
    char text[8192] = "name: n\nhost: lab\nguests: [{name: a, mode: pv, vcpus: 1, workloads: [";
    for (int i = 0; i < 17; i++) sprintf(text + strlen(text), "{name: w%d, kind: ping}, ", i);
    strcat(text, "]}]\n");
    expect_message(text, "s.yaml:3:51: guests[0].workloads: 17 entries; allowed are 16");
}
