/* What the reader of fleets says about each kind of mistake. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/scenarios/fleet_fixture.h"

TestSuite(fleet_errors, .init = lab_setup, .fini = lab_teardown);

static void racks(const char *text, const char *wanted) {
    expect_fleet_message(fleet_of(text, NULL, NULL, NULL), wanted);
}

static void instances(const char *text, const char *wanted) {
    expect_fleet_message(fleet_of(NULL, text, NULL, NULL), wanted);
}

/* The traffic stands in line 10. */
static void traffic(const char *text, const char *wanted) {
    expect_fleet_message(fleet_of(NULL, NULL, text, NULL), wanted);
}

Test(fleet_errors, the_file) {
    expect_message(fleet_of(NULL, NULL, NULL, NULL),
                   "s.yaml:2:1: this is a fleet, which 'iopath fleet' simulates, and has no guests");
    expect_fleet_message("name: n\nfleet: {racks: 4}\n", "s.yaml:2:16: fleet.racks: expected a list");
    expect_fleet_message("name: n\n", "s.yaml:1:1: 'fleet' is missing: racks of hosts, instances on them and the "
                                      "traffic between");
    expect_fleet_message("name: n\nfleet: {rakcs: []}\n",
                         "s.yaml:2:9: fleet: 'rakcs' is not a key of a fleet; did you mean 'racks'?");
    char text[4096];
    snprintf(text, sizeof text, "%shost: lab\n", fleet_of(NULL, NULL, NULL, NULL));
    expect_fleet_message(text, "s.yaml:11:1: 'host' does not belong to a file with a fleet");
    expect_fleet_message(fleet_of(NULL, NULL, NULL, "duration: 24 hours"),
                         "s.yaml:3:13: fleet.duration: '24 hours': 'hours' is not a unit; expected a time (ns, us, ms, "
                         "s, min, h)");
    expect_fleet_message(fleet_of(NULL, NULL, NULL, "epoch: 25 h"),
                         "s.yaml:3:10: fleet.epoch: '25 h' is out of range; allowed are 1 ms to 24 h");
    expect_fleet_message(fleet_of(NULL, NULL, NULL, "duration: 1 min"),
                         "s.yaml:3:13: fleet.duration: '1 min' makes an epoch longer than the whole duration");
}

Test(fleet_errors, racks) {
    racks("{name: r, hosts: 2, host: lap}",
          "s.yaml:5:31: fleet.racks[0].host: 'lap' is not a host; did you mean 'lab'?");
    racks("{name: r, hosts: 0, host: lab}",
          "s.yaml:5:22: fleet.racks[0].hosts: '0' is out of range; allowed are 1 to 10000");
    racks("{name: r, hosts: 2, host: lab, uplink: 4 GB}",
          "s.yaml:5:44: fleet.racks[0].uplink: '4 GB' is a size; expected a bit rate (bit/s, kbit/s, Mbit/s, Gbit/s)");
    racks("{name: r, hosts: 2, host: lab, uplink: 1 Gbit/s, oversubscription: 2}",
          "s.yaml:5:54: fleet.racks[0]: 'oversubscription' or 'uplink' says what the uplink is; leave out one");
    racks("{name: r, hosts: 2, host: lab, power: {idle: 9 W, full: 8 W}}",
          "s.yaml:5:61: fleet.racks[0].power.full: '8 W' is less than it draws when idle, 9 W");
    racks("{name: r, count: 2, hosts: 2, host: lab}\n  - {name: r-2, hosts: 1, host: lab}",
          "s.yaml:6:12: fleet.racks[1].name: 'r-2' is the name of another rack");
    racks("{name: r, count: 9000, hosts: 12, host: lab}",
          "s.yaml:5:35: fleet.racks[0].hosts: with the racks before, these are 108000 hosts; allowed are 100000");
}

Test(fleet_errors, instances) {
    instances("{name: outside, guest: {mode: pv, vcpus: 1}}",
              "s.yaml:7:12: fleet.instances[0].name: 'outside' is the world beyond the spine; give the group another "
              "name");
    instances("{name: a, guest: {mode: pw, vcpus: 1}}",
              "s.yaml:7:29: fleet.instances[0].guest.mode: 'pw' is not a mode; did you mean 'pv'?");
    instances(
        "{name: a, guest: {mode: pv}}",
        "s.yaml:7:22: fleet.instances[0].guest: 'vcpus' is missing: a guest needs an instance type or its own size");
    instances("{name: a, guest: {mode: pv, vcpus: 1, tunign: {}}}",
              "s.yaml:7:43: fleet.instances[0].guest: 'tunign' is not a key of a guest; did you mean 'tuning'?");
    instances("{name: a, guest: {mode: pv, vcpus: 1, count: 2}}",
              "s.yaml:7:43: fleet.instances[0].guest: 'count' does not belong to a guest of a fleet");
    instances("{name: a, guest: {mode: pv, instance: t9.larg}}",
              "s.yaml:7:43: fleet.instances[0].guest.instance: 't9.larg' is not an instance type; did you mean "
              "'t9.large'?");
    instances("{name: a, guest: pv}",
              "s.yaml:7:22: fleet.instances[0].guest: expected a mapping (key: value) that describes a guest");
    instances("{name: a, racks: [s], guest: {mode: pv, vcpus: 1}}",
              "s.yaml:7:23: fleet.instances[0].racks[0]: 's' is not a name in 'racks'; did you mean 'r'?");
    instances("{name: a, count: 65, guest: {mode: pv, vcpus: 2}}",
              "s.yaml:7:22: fleet.instances[0].count: there is room for 64 of 65 instances: 4 hosts 'lab' with 32 CPUs "
              "each, of which an instance takes 2");
    instances("{name: a, count: 5, per_host: 1, guest: {mode: pv, vcpus: 2}}",
              "s.yaml:7:22: fleet.instances[0].count: there is room for 4 of 5 instances: 4 hosts 'lab' with 32 CPUs "
              "each, of which an instance takes 2, and per_host may keep more from one");
    instances("{name: a, count: 2, guest: {mode: pv, vcpus: 2}}\n  - {name: a-2, guest: {mode: pv, vcpus: 2}}",
              "s.yaml:8:12: fleet.instances[1].name: 'a-2' is the name of an instance of group 'a'");
    instances("{name: a, guest: {mode: pv, vcpus: 2}}\n  - {name: a, guest: {mode: pv, vcpus: 2}}",
              "s.yaml:8:12: fleet.instances[1].name: 'a' is the name of another group");
}

Test(fleet_errors, kinds_of_hosts) {
    static const char two[] = "{name: r, hosts: 2, host: lab}\n  - {name: s, hosts: 2, host: bare}";
    static const char one[] = "{name: s, hosts: 2, host: bare}";
    expect_fleet_message(fleet_of(two, "{name: a, guest: {mode: pv, vcpus: 2}}", NULL, NULL),
                         "s.yaml:8:5: fleet.instances[0]: its racks have hosts of several kinds, lab and bare; name "
                         "those it may be placed in, such as racks: [r]");
    expect_fleet_message(fleet_of(one, "{name: a, guest: {instance: t9.large, mode: sriov}}", NULL, NULL),
                         "s.yaml:7:33: fleet.instances[0].guest.instance: 't9.large' runs on host 'lab', which no rack "
                         "that it may be placed in has; there is 'bare'");
}

Test(fleet_errors, ends_of_traffic) {
    traffic("{name: t, from: c, to: b, workload: {kind: udp-stream}}",
            "s.yaml:10:21: fleet.traffic[0].from: 'c' is not a group of instances; did you mean 'a'?");
    traffic("{name: t, from: a, workload: {kind: udp-stream}}",
            "s.yaml:10:5: fleet.traffic[0]: 'to' is missing: a group, or outside, for all but block");
    traffic("{name: t, from: outside, to: outside, workload: {kind: udp-stream}}",
            "s.yaml:10:34: fleet.traffic[0].to: 'outside' is both ends; name a group at one");
    traffic("{name: t, from: a, to: outside, workload: {kind: block, disk: quick}}",
            "s.yaml:10:28: fleet.traffic[0].to: 'outside' has no disks; name a group of storage servers, or leave it "
            "out");
    traffic("{name: t, from: outside, to: b, workload: {kind: block, disk: quick}}",
            "s.yaml:10:21: fleet.traffic[0].from: 'outside' has no disks here to ask; name a group");
    traffic("{name: t, from: a, to: b}",
            "s.yaml:10:5: fleet.traffic[0]: 'workload' is missing: what flows, an entry of "
            "`workloads` of kind udp-stream, tcp-stream or block without name, direction, "
            "peer, rate and file");
    traffic("{name: t, from: a, to: b, workload: {kind: udp-stream}}\n"
            "  - {name: t, from: b, to: a, workload: {kind: udp-stream}}",
            "s.yaml:11:12: fleet.traffic[1].name: 't' is the name of another traffic");
}

Test(fleet_errors, workloads_of_traffic) {
    traffic("{name: t, from: a, to: b, workload: {kind: ping}}",
            "s.yaml:10:48: fleet.traffic[0].workload.kind: 'ping' is no traffic of a fleet; allowed are udp-stream, "
            "tcp-stream, block");
    traffic("{name: t, from: a, to: b, workload: {kind: udp-stream, rate: 1 kpps}}",
            "s.yaml:10:60: fleet.traffic[0].workload: 'rate' does not belong to the workload of a fleet's traffic; "
            "'offered' says it");
    traffic("{name: t, from: a, to: b, workload: {kind: udp-stream, fram: 1 B}}",
            "s.yaml:10:60: fleet.traffic[0].workload: 'fram' is not a key of a workload; did you mean 'frame'?");
    traffic(
        "{name: t, from: a, to: b, workload: {kind: udp-stream, frame: 1519 B, mtu: 1500 B}}",
        "s.yaml:10:67: fleet.traffic[0].workload.frame: '1519 B' is more than the mtu of 1500 B allows; allowed are "
        "64 B to 1518 B");
    traffic("{name: t, from: a, to: b, workload: {kind: udp-stream, depth: 2}}",
            "s.yaml:10:60: fleet.traffic[0].workload: 'depth' does not belong to a workload of kind udp-stream");
    traffic("{name: t, from: a, workload: {kind: block, disk: quik}}",
            "s.yaml:10:54: fleet.traffic[0].workload.disk: 'quik' is not a disk; did you mean 'quick'?");
    traffic("{name: t, from: a, to: b, workload: {kind: tcp-stream}, response: {kind: udp-stream}}",
            "s.yaml:10:48: fleet.traffic[0].workload.kind: 'tcp-stream' cannot be half of a transaction, a frame there "
            "and one back; allowed is udp-stream");
    traffic("{name: t, from: a, to: b, workload: {kind: udp-stream, payload: 1473 B}}",
            "s.yaml:10:69: fleet.traffic[0].workload.payload: 1473 B is not available yet");
}

/* At the end of b, which sends back, as at that of a. */
Test(fleet_errors, both_ends_are_checked) {
    traffic(
        "{name: t, from: outside, to: b, workload: {kind: udp-stream}, response: {kind: udp-stream, frame: 9100 B}}",
        "s.yaml:10:103: fleet.traffic[0].response.frame: '9100 B' is more than a link carries; allowed are 64 B to "
        "9018 B");
    traffic(
        "{name: t, from: outside, to: b, workload: {kind: udp-stream}, response: {kind: udp-stream, sender: "
        "af-xdp}}",
        "s.yaml:10:104: fleet.traffic[0].response.sender: 'af-xdp' needs a driver with it, virtio_net, and the mode "
        "is sriov");
}

Test(fleet_errors, what_is_offered) {
#define UDP "workload: {kind: udp-stream}"
    traffic(
        "{name: t, from: a, to: b, workload: {kind: tcp-stream}, offered: 5 kpps}",
        "s.yaml:10:70: fleet.traffic[0].offered: '5 kpps' is a packet rate, but TCP makes the packets; allowed is a "
        "bit rate such as 1 Gbit/s");
    traffic(
        "{name: t, from: a, to: b, " UDP ", offered: 5 IOPS}",
        "s.yaml:10:70: fleet.traffic[0].offered: '5 IOPS' is a rate of block requests; allowed are packet rates and "
        "bit rates");
    traffic("{name: t, from: a, workload: {kind: block, disk: quick}, offered: 5 kpps}",
            "s.yaml:10:71: fleet.traffic[0].offered: '5 kpps' is no rate of requests; allowed are IOPS, kIOPS");
    traffic("{name: t, from: a, to: b, " UDP ", profile: [1, 2 B]}",
            "s.yaml:10:74: fleet.traffic[0].profile[1]: '2 B' is a size; expected a plain number or a percentage (%)");
    traffic("{name: t, from: a, to: b, " UDP ", profile: [1001]}",
            "s.yaml:10:71: fleet.traffic[0].profile[0]: '1001' is out of range; allowed are 0 to 1000");
    traffic("{name: t, from: a, to: b, " UDP ", connections: 0}",
            "s.yaml:10:74: fleet.traffic[0].connections: '0' is out of range; allowed are 1 to 64");
}

Test(fleet_errors, who_talks_to_whom) {
    traffic(
        "{name: t, from: a, to: b, pattern: everyone, " UDP "}",
        "s.yaml:10:40: fleet.traffic[0].pattern: 'everyone' is not a pattern; allowed are pairs, random, all-to-all, "
        "servers, matrix");
    traffic("{name: t, from: a, to: b, fanout: 2, " UDP "}",
            "s.yaml:10:31: fleet.traffic[0]: 'fanout' needs pattern: random");
    traffic("{name: t, from: b, to: b, pattern: random, fanout: 4, " UDP "}",
            "s.yaml:10:56: fleet.traffic[0].fanout: '4' is out of range; each has 3 others");
    traffic("{name: t, from: outside, to: b, pattern: random, " UDP "}",
            "s.yaml:10:46: fleet.traffic[0].pattern: 'random' needs groups at both ends; with outside there is a flow "
            "for each instance");
    traffic("{name: t, from: b, to: b, pattern: servers, " UDP "}",
            "s.yaml:10:40: fleet.traffic[0].pattern: 'servers' needs two groups, clients and servers");
    traffic("{name: t, from: a, pattern: random, workload: {kind: block, disk: quick}}",
            "s.yaml:10:33: fleet.traffic[0].pattern: 'random' needs 'to'; without it each instance asks a disk of its "
            "host");
    traffic("{name: t, from: a, to: b, pattern: matrix, " UDP "}",
            "s.yaml:10:40: fleet.traffic[0].pattern: 'matrix' needs a file, such as matrix: traffic.csv");
    expect_fleet_message(fleet_of("{name: r, count: 10, hosts: 100, host: lab}",
                                  "{name: a, count: 3000, guest: {mode: pv, vcpus: 1}}",
                                  "{name: t, from: a, to: a, pattern: all-to-all, " UDP "}", NULL),
                         "s.yaml:9:40: fleet.traffic[0].pattern: with the traffic before, these are 8997000 flows; "
                         "allowed are 4000000");
}

static void matrix(const char *rows, const char *wanted) {
    write_text("m.csv", rows);
    traffic("{name: t, from: a, to: b, pattern: matrix, matrix: m.csv, " UDP "}", wanted);
}

Test(fleet_errors, rows_of_a_matrix) {
    matrix("from,too,offered\n", "m.csv:1:6: 'too' is not a column; did you mean 'to'?");
    matrix("from,to,offered\n", "m.csv: there are no flows in it");
    matrix("from,to,offered\na-1,b-5,1 kpps\n",
           "m.csv:2:5: 'b-5' is not an instance; those of group 'b' are b-1 to b-4");
    matrix("from,to,offered\na-1,a-2,1 kpps\n", "m.csv:2:5: 'a-2' is not of group 'b', as the traffic says");
    matrix("from,to,offered\na-1,outside,1 kpps\n", "m.csv:2:5: 'outside' is not of group 'b', as the traffic says");
    matrix("from,to,offered\na-1,b-1,many\n",
           "m.csv:2:9: 'many' is not a number; expected a bit rate (bit/s, kbit/s, Mbit/s, Gbit/s) or a packet rate "
           "(pps, kpps, Mpps) or a rate of requests (IOPS, kIOPS)");
    matrix("from,to,offered\na-1,b-1,3 IOPS\n",
           "m.csv:2:9: '3 IOPS' is a rate of block requests; allowed are packet rates and bit rates");
    traffic("{name: t, from: a, to: b, pattern: matrix, matrix: nowhere.csv, " UDP "}",
            "nowhere.csv: No such file or directory");
}
