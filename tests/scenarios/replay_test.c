/* Replays: what CSV files and captures say, and what is refused, with its place. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "models/workload/block_trace.h"
#include "models/workload/trace.h"
#include "tests/scenarios/fixture.h"

TestSuite(replay, .init = lab_setup, .fini = lab_teardown);

#define REPLAY_OF(file) with(GUEST, "kind: replay, file: " file)

static struct workload_config *good(const char *text, struct scenario **scenario) {
    *scenario = load_good(text);
    return &(*scenario)->model.guests[0].workloads[0];
}

Test(replay, csv_gives_dates_sizes_and_flows) {
    struct scenario *scenario;
    write_text("t.csv", "time, frame, flow\n# a comment\n\n1.0, 64, 7\n1.000001, 1518, 9\n 1.000003 ,64 ,7\r\n");
    const struct workload_config *work = good(REPLAY_OF("t.csv"), &scenario);
    const struct trace *trace = work->trace;
    cr_assert_not_null(trace);
    cr_expect_eq(work->kind, WORK_REPLAY);
    cr_expect_eq(trace->count, 3);
    cr_expect_eq(trace->flows, 2);
    cr_expect_eq(work->flows, 2);
    cr_expect_eq(trace->arrivals[0].at, 0);
    cr_expect_eq(trace->arrivals[1].at, SIM_US);
    cr_expect_eq(trace->arrivals[2].at, 3 * SIM_US);
    cr_expect_eq(trace->arrivals[0].next, 2);
    cr_expect_eq(trace->arrivals[1].next, 1);
    cr_expect_eq(trace->class_bytes[trace->arrivals[1].size_class], 1518);
    cr_expect_eq(work->frame_bytes, (64 + 1518 + 64 + 1) / 3);
    cr_expect_eq(trace->period, 4500 * SIM_NS);
    cr_expect_float_eq(work->rate_pps, 3 / 4.5e-6, 1);
    cr_expect(work->repeat && work->speed == 1);
    scenario_free(scenario);
}

Test(replay, speed_and_end_are_settings) {
    struct scenario *scenario;
    write_text("t.csv", "0,64\n0.001,64\n");
    const struct workload_config *work =
        good("name: n\nhost: lab\nrun: {warmup: 0 s}\nguests:\n- {name: a, mode: sriov, vcpus: 2,\n   workloads: [\n"
             "     {kind: replay, file: t.csv, repeat: false, speed: 4}]}\n",
             &scenario);
    cr_expect_not(work->repeat);
    cr_expect_float_eq(work->speed, 4, 1e-12);
    cr_expect_float_eq(work->rate_pps, 4000, 1e-6);
    scenario_free(scenario);
    expect_message(
        REPLAY_OF("t.csv, repeat: false"),
        "s.yaml:6:42: guests[0].workloads[0].repeat: a trace that ends after 0.002 s needs a run.warmup that "
        "is shorter, such as 0 s");
}

Test(replay, it_must_not_take_longer_than_simulated_time) {
    write_text("t.csv", "0,64\n2,64\n");
    expect_message(REPLAY_OF("t.csv, speed: 1e-6"),
                   "s.yaml:6:27: guests[0].workloads[0].file: at speed 1e-06 it takes 4e+06 s; allowed are 1e+06 s");
}

Test(replay, guests_alike_share_what_was_read) {
    write_text("t.csv", "0,64\n0.001,64\n");
    struct scenario *scenario;
    good(with("mode: sriov, vcpus: 2, count: 3", "kind: replay, file: t.csv"), &scenario);
    cr_expect_eq(scenario->trace_count, 1);
    cr_expect_eq(scenario->model.guests[2].workloads[0].trace, scenario->model.guests[0].workloads[0].trace);
    scenario_free(scenario);
}

static void expect_line(const char *lines, const char *wanted) {
    char message[400];
    write_text("t.csv", lines);
    snprintf(message, sizeof message, "s.yaml:6:27: guests[0].workloads[0].file: t.csv%s", wanted);
    expect_message(REPLAY_OF("t.csv"), message);
}

Test(replay, errors_in_csv_name_the_line) {
    expect_line("time,frame\n0,64\n0.1,x\n", ":3:5: 'x' is not a frame in bytes");
    expect_line("0,64\nsoon,64\n", ":2:1: 'soon' is not a time in seconds from 0 to 1e+06");
    expect_line("0,64\nnan,64\n", ":2:1: 'nan' is not a time in seconds from 0 to 1e+06");
    expect_line("0,64\n-1,64\n", ":2:1: '-1' is not a time in seconds from 0 to 1e+06");
    expect_line("0,64,1,2\n", ":1: expected are time, frame and perhaps flow, with commas between");
    expect_line("0\n", ":1: expected are time, frame and perhaps flow, with commas between");
    expect_line("0,64,-1\n", ":1:6: '-1' is not the number of a flow");
    expect_line("1,64\n0.5,64\n", ":2: earlier than the frame before it");
    expect_line("0,63\n", ":1: a frame of 63 B; allowed are 64 B to 9018 B (larger ones come from captures with "
                          "segmentation offload)");
    expect_line("time,frame\n", ": there is no frame in it");
    write_text("t.csv", "0,64\n0,64\n");
    expect_message(REPLAY_OF("t.csv"),
                   "s.yaml:6:27: guests[0].workloads[0].file: all its frames have one date; it cannot "
                   "be repeated (repeat: false)");
}

Test(replay, a_file_must_be_given_and_exist) {
    expect_message(with(GUEST, "kind: replay"),
                   "s.yaml:6:6: guests[0].workloads[0]: 'file' is missing: the pcap or CSV that is sent");
    expect_message(REPLAY_OF("gone.csv"),
                   "s.yaml:6:27: guests[0].workloads[0].file: gone.csv: No such file or directory");
    expect_message(REPLAY_OF("gone.pcap"),
                   "s.yaml:6:27: guests[0].workloads[0].file: gone.pcap: No such file or directory");
    expect_message(with(GUEST, "kind: udp-stream, file: t.csv"),
                   "s.yaml:6:25: guests[0].workloads[0]: 'file' does not belong to a workload of kind udp-stream");
}

/* --- requests of a disk --- */

#define BLOCK_OF(file) with("vcpus: 4, mode: pvhvm", "kind: block, disk: quick, file: " file)

Test(replay, csv_gives_requests_of_a_disk) {
    struct scenario *scenario;
    write_text(
        "r.csv",
        "time,offset,size,op\n5,0,4096,read\n5.001, 4096, 512, W\n# idle\n5.002,399999999488,512,R\n5.003,0,0,flush\n");
    const struct workload_config *work = good(BLOCK_OF("r.csv, speed: 2, depth: 8"), &scenario);
    const struct block_trace *trace = work->requests;
    cr_assert_not_null(trace);
    cr_expect_eq(trace->count, 4);
    cr_expect_eq(trace->requests[3].op, BLOCK_FLUSH);
    cr_expect_eq(trace->requests[1].at, SIM_MS);
    cr_expect_eq(trace->requests[1].offset, 4096);
    cr_expect_eq(trace->requests[1].bytes, 512);
    cr_expect_eq(trace->requests[1].op, BLOCK_WRITE);
    cr_expect_eq(trace->requests[2].op, BLOCK_READ);
    cr_expect_eq(trace->requests[2].offset, 399999999488);
    cr_expect_eq(work->concurrency, 8);
    cr_expect_eq(work->block_bytes, 1536, "the mean");
    cr_expect_float_eq(work->read_share, 2.0 / 3, 1e-12);
    cr_expect_float_eq(work->rate_pps, 2000, 1e-9);
    cr_expect(work->repeat && work->speed == 2);
    scenario_free(scenario);
}

static void expect_request(const char *lines, const char *wanted) {
    char message[400];
    write_text("r.csv", lines);
    snprintf(message, sizeof message, "s.yaml:6:39: guests[0].workloads[0].file: r.csv%s", wanted);
    expect_message(BLOCK_OF("r.csv"), message);
}

Test(replay, errors_in_requests_name_line_and_column) {
    expect_request("time,offset,size,op\n0,0,512\n", ":2: expected are time, offset, size and op, with commas between");
    expect_request("0,0,512,read,1\n", ":1: expected are time, offset, size and op, with commas between");
    expect_request("0,0,512,read\nnow,0,512,read\n", ":2:1: 'now' is not a time in seconds from 0 to 1e+06");
    expect_request("1,0,512,read\n0.5,0,512,read\n", ":2:1: '0.5' is earlier than the request before it");
    expect_request("0,here,512,read\n", ":1:3: 'here' is not an offset in bytes");
    expect_request("0, 100,512,read\n", ":1:4: '100' is not a multiple of 512 B");
    expect_request("0,0,x,read\n", ":1:5: 'x' is not a size in bytes");
    for (int i = 0; i < 3; i++) {
        static const char *const sizes[] = {"0", "1000", "16777728"};
        char line[80], wanted[200];
        snprintf(line, sizeof line, "0,0,%s,read\n", sizes[i]);
        snprintf(wanted, sizeof wanted,
                 ":1:5: '%s' is not a size of a request; allowed are multiples of 512 B up to 16 MiB", sizes[i]);
        expect_request(line, wanted);
    }
    expect_request("0,399999999488,1024,read\n", ":1:3: '399999999488' is beyond the disk, which has 400000000000 B");
    expect_request("0,0,512,trim\n", ":1:9: 'trim' is not an operation; allowed are read, write, flush, R, W, F");
    expect_request("time,offset,size,op\n", ": there is no request in it");
    write_text("r.csv", "0,0,512,read\n");
    expect_message(BLOCK_OF("r.csv"), "s.yaml:6:39: guests[0].workloads[0].file: all its requests have one date; it "
                                      "cannot be repeated (repeat: false)");
}

/* quick has 400 GB and slow ten times as much. */
Test(replay, what_fits_one_disk_is_checked_for_another) {
    struct scenario *scenario;
    write_text("r.csv", "0,500000000000,512,read\n1,0,512,read\n");
    scenario = load_good(with("vcpus: 4, mode: pvhvm", "kind: block, disk: slow, file: r.csv"));
    scenario_free(scenario);
    expect_message(with("vcpus: 4, mode: pvhvm",
                        "kind: block, disk: slow, file: r.csv}, {name: b, kind: block, disk: quick, file: r.csv"),
                   "s.yaml:6:88: guests[0].workloads[1].file: r.csv:1:3: '500000000000' is beyond the disk, which has "
                   "400000000000 B");
}

Test(replay, what_the_file_says_is_not_said_twice) {
    write_text("r.csv", "0,0,512,read\n1,0,512,read\n");
    expect_message(BLOCK_OF("r.csv, rate: 5 IOPS"),
                   "s.yaml:6:46: guests[0].workloads[0]: 'rate' is what the file says; leave it out");
    expect_message(BLOCK_OF("r.csv, size: 4 KiB"),
                   "s.yaml:6:46: guests[0].workloads[0]: 'size' is what the file says; leave it out");
}

/* --- captures, byte by byte --- */

struct bytes {
    char data[4096];
    size_t size;
};

static void put(struct bytes *to, const void *data, size_t size) {
    memcpy(to->data + to->size, data, size);
    to->size += size;
}

static void put_words(struct bytes *to, const uint32_t *words, size_t count) {
    for (size_t i = 0; i < 4 * count; i++) to->data[to->size++] = (char)(words[i / 4] >> 8 * (i % 4) & 255);
}

/* Microseconds, little endian, Ethernet unless `link` says otherwise. */
static void put_header(struct bytes *to, uint32_t link) {
    put_words(to, (const uint32_t[]){0xa1b2c3d4, 0x00040002, 0, 0, 65535, link}, 6);
}

/* A UDP frame of `length` bytes on the wire, of which 46 were captured. */
static void put_udp(struct bytes *to, uint32_t us, uint32_t length, unsigned char port) {
    unsigned char frame[46] = {[12] = 8, [14] = 0x45, [23] = 17, [26] = 10, [29] = 1, [30] = 10, [33] = 2, [35] = port};
    put_words(to, (const uint32_t[]){1500000000, us, sizeof frame, length}, 4);
    put(to, frame, sizeof frame);
}

Test(replay, a_capture_gives_dates_sizes_and_flows) {
    struct bytes pcap = {.size = 0};
    struct scenario *scenario;
    put_header(&pcap, 1);
    put_udp(&pcap, 10, 60, 1);
    put_udp(&pcap, 12, 1514, 2);
    put_udp(&pcap, 11, 46, 1); /* a little early, and a runt before padding */
    put_udp(&pcap, 20, 60, 1);
    write_file("t.pcap", pcap.data, pcap.size);
    const struct trace *trace = good(REPLAY_OF("t.pcap"), &scenario)->trace;
    cr_assert_eq(trace->count, 4);
    static const int at_us[] = {0, 2, 2, 10}, bytes[] = {64, 1518, 64, 64};
    for (int i = 0; i < 4; i++) {
        cr_expect_eq(trace->arrivals[i].at, at_us[i] * SIM_US, "packet %d", i);
        cr_expect_eq(trace->class_bytes[trace->arrivals[i].size_class], bytes[i], "packet %d", i);
    }
    cr_expect_eq(trace->flows, 2);
    cr_expect_eq(trace->arrivals[0].next, 2);
    cr_expect_eq(trace->arrivals[1].next, 1);
    scenario_free(scenario);
}

Test(replay, broken_captures_are_refused) {
    struct bytes pcap = {.size = 0};
    put_header(&pcap, 1);
    put_udp(&pcap, 10, 60, 1);
    put_udp(&pcap, 12, 60, 2);
    write_file("t.pcap", pcap.data, pcap.size - 10);
    struct diag diag = {0};
    cr_expect_null(load_text(REPLAY_OF("t.pcap"), &diag));
    cr_expect_not_null(strstr(diag.message, "file: t.pcap: packet 2: truncated dump file"), "%s", diag.message);
    write_text("t.pcap", "this is no capture, but long enough for its header");
    diag = (struct diag){0};
    cr_expect_null(load_text(REPLAY_OF("t.pcap"), &diag));
    cr_expect_not_null(strstr(diag.message, "t.pcap: unknown file format"), "%s", diag.message);
    pcap.size = 0;
    put_header(&pcap, 105);
    write_file("t.pcap", pcap.data, pcap.size);
    diag = (struct diag){0};
    cr_expect_null(load_text(REPLAY_OF("t.pcap"), &diag));
    cr_expect_not_null(strstr(diag.message, "allowed are Ethernet and raw IP"), "%s", diag.message);
    pcap.size = 0;
    put_header(&pcap, 1);
    put_udp(&pcap, 10, 65226, 1);
    write_file("t.pcap", pcap.data, pcap.size);
    expect_message(
        REPLAY_OF("t.pcap"),
        "s.yaml:6:27: guests[0].workloads[0].file: t.pcap: packet 1: a frame of 65230 B; allowed are 64 B to "
        "9018 B (larger ones come from captures with segmentation offload)");
}
