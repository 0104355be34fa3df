/* Conditions of sweeps: what holds, and what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "scenarios/condition.h"

TestSuite(condition, .init = lab_setup, .fini = lab_teardown);

#define FRAME "guests[0].workloads[0].frame"
#define RATE  "guests[0].workloads[0].rate"

Test(condition, compares_numbers_with_their_units_and_words_by_text) {
    const struct {
        const char *text, *left;
        bool holds;
    } cases[] = {
        {FRAME " <= 1518 B", "1518 B", true},
        {FRAME "<=1518 B", "1519 B", false},
        {FRAME " < 1 KiB", "1 kB", true},
        {FRAME " > 1 kB", "1 KiB", true},
        {FRAME " = 1 KiB", "1024 B", true},
        {FRAME " != 1 KiB", "1024 B", false},
        {FRAME " >= 64 B", "63 B", false},
        {"guests[0].queues < 10", "9", true},
        {"guests[0].queues = 4", "04", true},
        {"guests[0].mode != hvm", "hvm", false},
        {"guests[0].mode != hvm", "hvm-pv", true},
        {"guests[0].mode = pv", "pv", true},
        {"guests[0].instance = c3.8xlarge", "c3.8xlarge", true},
        {"guests[0].kernel = 3.10", "3.1", false},
        {RATE " = max", "max", true},
        {RATE " = max", "1 kpps", false},
        {RATE " <= 1 Mpps", "max", false},
        {RATE " > 1 Mpps", "max", false},
        {RATE " <= 1 Mpps", "999 kpps", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct condition condition;
        struct diag diag = {""};
        bool holds = false;
        cr_assert_eq(condition_parse(cases[i].text, &condition, &diag), IOP_OK, "%s", diag.message);
        cr_assert_eq(condition.count, 1);
        cr_assert_eq(condition.terms[0].right.path[0], '\0', "%s", cases[i].text);
        const char *right = condition.terms[0].right.value;
        cr_expect_eq(condition_compare(&condition.terms[0], cases[i].left, right, &holds, &diag), IOP_OK);
        cr_expect_eq(holds, cases[i].holds, "%s of %s", cases[i].text, cases[i].left);
    }
}

Test(condition, may_compare_two_paths_and_join_terms) {
    struct condition condition;
    struct diag diag = {""};
    cr_assert_eq(condition_parse("guests[0].queues <= guests[0].vcpus or guests[0].mode = guests[1].mode or host = pv",
                                 &condition, &diag),
                 IOP_OK, "%s", diag.message);
    cr_assert_eq(condition.count, 3);
    cr_expect_str_eq(condition.terms[0].right.path, "guests[0].vcpus");
    cr_expect(condition.terms[0].relation == IS_AT_MOST && condition.terms[0].numbers);
    cr_expect_str_eq(condition.terms[1].right.path, "guests[1].mode");
    cr_expect_str_eq(condition.terms[2].left.path, "host");
    cr_expect_str_eq(condition.terms[2].right.value, "pv");
}

Test(condition, units_of_two_kinds_are_refused) {
    struct condition condition;
    struct diag diag = {""};
    bool holds;
    cr_assert_eq(condition_parse(RATE " < 1 Mpps", &condition, &diag), IOP_OK);
    cr_expect_eq(condition_compare(&condition.terms[0], "1 Mbit/s", "1 Mpps", &holds, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, "'1 Mbit/s' is a bit rate and '1 Mpps' a packet rate: they cannot be compared");
}

Test(condition, wrong_ones_say_what_is_wrong) {
    const struct {
        const char *text, *message;
    } cases[] = {
        {"", "'' is not PATH OP VALUE or PATH OP PATH, OP one of = != < <= > >="},
        {"guests[0].mode", "'guests[0].mode' is not PATH OP VALUE or PATH OP PATH, OP one of = != < <= > >="},
        {"guests[0].mode = pv or ", "'' is not PATH OP VALUE or PATH OP PATH, OP one of = != < <= > >="},
        {"guests[0].mode == pv", "'==' is not one of = != < <= > >="},
        {"guests[0].mode =< pv", "'=<' is not one of = != < <= > >="},
        {"guests[0].mod = pv", "'guests[0].mod': 'mod' is not a key of a guest; did you mean 'mode'?"},
        {"guests[0].mode = sriv", "'sriv' is not a mode; did you mean 'sriov'?"},
        {"guests[0].mode < pv", "'guests[0].mode' is a word, which is neither less nor more than another; use = or !="},
        {"guests[0].mode = guests[0].mod", "'guests[0].mod': 'mod' is not a key of a guest; did you mean 'mode'?"},
        {FRAME " < 64", "'64' has no unit; expected a size (B, KiB, MiB, GiB, kB, MB, GB)"},
        {FRAME " < guests[0].queues",
         "'" FRAME "' and 'guests[0].queues' cannot be compared: they take different kinds of values"},
        {"guests[0].workloads = 3", "'guests[0].workloads': 'workloads' is not a single value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct condition condition;
        struct diag diag = {""};
        cr_expect_eq(condition_parse(cases[i].text, &condition, &diag), IOP_INVALID, "%s", cases[i].text);
        cr_expect_str_eq(diag.message, cases[i].message, "%s: %s", cases[i].text, diag.message);
    }
    char many[1024] = "guests[0].queues = 1";
    for (int i = 0; i < CONDITION_TERMS_MAX; i++) strcat(many, " or guests[0].queues = 1");
    struct condition condition;
    struct diag diag = {""};
    cr_expect_eq(condition_parse(many, &condition, &diag), IOP_INVALID);
}

Test(condition, a_file_says_where_it_is_wrong) {
    static char text[4096];
    snprintf(text, sizeof text, "%sonly: [\"guests[0].queues < 4\", \"guests[0].mode = pw\"]\n", with(GUEST, WORKLOAD));
    expect_message(text, "s.yaml:7:32: only[1]: 'pw' is not a mode; did you mean 'pv'?");
    snprintf(text, sizeof text, "%sonly: [\"guests[3].mode = pv\"]\n", with(GUEST, WORKLOAD));
    expect_message(text, "s.yaml:7:8: only[0]: 'guests[3].mode': there is no entry [3]; the list has 1, from [0] on");
}
