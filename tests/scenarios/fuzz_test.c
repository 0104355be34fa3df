/* Whatever stands in the file, the reader returns: a scenario, or one message on one line. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(fuzz, .init = lab_setup, .fini = lab_teardown);

static const char good[] =
    "name: c3.8xlarge\n"
    "description: one line\n"
    "host: lab\n"
    "guests:\n"
    "  - name: sut\n"
    "    count: 2\n"
    "    instance: t9.large\n"
    "    mode: sriov\n"
    "    kernel: \"3.10\"\n"
    "    queues: 2\n"
    "    tuning: {interrupt_throttle: adaptive, rps_cpus: 6, offloads: {tso: true}}\n"
    "    workloads:\n"
    "      - &w {name: flood, kind: udp-stream, peer: guest web, frame: 64 B, rate: 2 Gbit/s, flows: 4}\n"
    "      - {name: disk, kind: block, read: 100 %, size: 4 KiB, depth: 32, jobs: 4, disk: quick}\n"
    "      - {name: rr, kind: tcp-rr, request: 1 B, response: 1 B, concurrency: 1}\n"
    "  - {name: web, count: 2, mode: pv, vcpus: 2, server: 2, workloads: [{kind: ping, interval: 1 ms}]}\n"
    "run: {duration: 1 s, warmup: auto, replications: 5, seed: 1, precision: 1 %}\n"
    "costs:\n"
    "  - {name: netback.tx, value: 900 ns}\n"
    "sweep:\n"
    "  - {set: \"guests[0].workloads[0].frame\", values: [64 B, 256 B, 1514 B]}\n"
    "plots:\n"
    "  - {kind: scaling, x: a, y: pps, file: a.svg}\n"
    "expect:\n"
    "  - {metric: m, value: 2 Mpps, tolerance: 20 %, source: M084}\n";

static void check(const char *text, size_t size) {
    struct diag diag = {0};
    write_file("s.yaml", text, size);
    struct scenario *scenario = scenario_load("s.yaml", NULL, 0, &diag);
    if (scenario == NULL) {
        cr_expect(diag.message[0] != '\0' && strchr(diag.message, '\n') == NULL, "message: %s", diag.message);
        cr_expect(strncmp(diag.message, "s.yaml", 6) == 0, "message: %s", diag.message);
    } else {
        cr_expect_str_eq(diag.message, "");
    }
    scenario_free(scenario);
}

Test(fuzz, the_good_file_is_good) { scenario_free(load_good(good)); }

Test(fuzz, mutated_bytes) {
    for (int i = 0; i < 1500; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        fuzz_scramble(text, sizeof good - 1, 4);
        check(text, sizeof good - 1);
    }
}

Test(fuzz, cut_short) {
    for (size_t size = 0; size < sizeof good; size += 3) check(good, size);
}

Test(fuzz, lines_lost_doubled_and_swapped) {
    for (int i = 0; i < 600; i++) {
        char text[2 * sizeof good];
        size_t size = 0, doubled = fuzz_below(26), lost = fuzz_below(26), line = 0;
        for (const char *s = good; *s != '\0'; line++) {
            size_t length = strcspn(s, "\n") + 1;
            for (int n = line == lost ? 0 : line == doubled ? 2 : 1; n > 0; n--) {
                memcpy(text + size, s, length);
                size += length;
            }
            s += length;
        }
        check(text, size);
    }
}

Test(fuzz, values_replaced) {
    static const char *const values[] = {
        "",         "-1",    "0",     "1e999",    "nan", "[]",      "{}",  "[[]]",   "~",
        "*w",       "*x",    "&a 1",  "!!int 1",  "'",   "\"\\0\"", "? a", "{a: b}", "99999999999999999999999",
        "\xc3\xa9", "a b c", "- - -", "guest sut"};
    char text[2 * sizeof good];
    for (const char *colon = strstr(good, ": "); colon != NULL; colon = strstr(colon + 1, ": ")) {
        size_t before = (size_t)(colon + 2 - good), gap = strcspn(colon + 2, ",}\n");
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            int size = snprintf(text, sizeof text, "%.*s%s%s", (int)before, good, values[v], colon + 2 + gap);
            check(text, (size_t)size);
        }
    }
}

Test(fuzz, deep_nesting, .timeout = 60) {
    for (size_t depth = 10; depth <= 4000000; depth *= 8) {
        char *text = malloc(depth);
        cr_assert_not_null(text);
        memset(text, '[', depth);
        check(text, depth);
        for (size_t i = 0; i < depth; i++) text[i] = i % 2 == 0 ? '-' : ' ';
        check(text, depth);
        memset(text, '{', depth);
        check(text, depth);
        free(text);
    }
}

Test(fuzz, many_values, .timeout = 60) {
    size_t size = 4000000;
    char *text = malloc(size);
    cr_assert_not_null(text);
    for (size_t i = 0; i < size; i++) text[i] = i % 2 == 0 ? 'a' : ','; /* one long word */
    check(text, size);
    text[0] = '[';
    check(text, size);
    text[size - 1] = ']';
    check(text, size);
    size_t used = 0;
    for (int i = 0; used + 20 < size; i++) used += (size_t)sprintf(text + used, "k%d: 1\n", i);
    check(text, used);
    free(text);
}

Test(fuzz, aliases_that_multiply, .timeout = 60) {
    char text[1000] = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; i++) {
        sprintf(text + strlen(text), "a%d: &a%d [", i, i);
        for (int n = 0; n < 8; n++) sprintf(text + strlen(text), "*a%d,", i - 1);
        strcat(text, "]\n");
    }
    struct diag diag = {0};
    cr_expect_null(load_text(text, &diag));
    cr_expect_not_null(strstr(diag.message, "more than 400000 values in one file"), "%s", diag.message);
}
