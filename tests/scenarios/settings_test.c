/* --set PATH=VALUE */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(settings, .init = lab_setup, .fini = lab_teardown);

static const char text[] = "name: n\n"
                           "host: lab\n"
                           "guests:\n"
                           "- {name: a, mode: pv, vcpus: 2, workloads: [{name: w, kind: udp-stream}]}\n"
                           "- {name: b, mode: pv, vcpus: 2}\n";

static struct scenario *good(const char *setting) {
    struct diag diag = {0};
    struct scenario *scenario = load_with(text, setting, &diag);
    cr_assert_not_null(scenario, "%s: %s", setting, diag.message);
    return scenario;
}

Test(settings, change_a_value) {
    struct scenario *scenario = good("guests[0].mode=sriov");
    cr_expect_eq(scenario->model.guests[0].mode, MODE_SRIOV);
    scenario_free(scenario);
}

Test(settings, find_list_entries_by_name) {
    struct scenario *scenario = good("guests[a].workloads[w].frame=256 B");
    cr_expect_eq(scenario->model.guests[0].workloads[0].frame_bytes, 256);
    scenario_free(scenario);
}

Test(settings, make_missing_keys) {
    struct scenario *scenario = good("run.seed=7");
    cr_expect_eq(scenario->run.seed, 7);
    cr_expect_eq(scenario->run.replications, 5);
    scenario_free(scenario);
    scenario = good("guests[0].tuning.interrupt_throttle=off");
    cr_expect_eq(scenario->model.guests[0].throttle, THROTTLE_OFF);
    scenario_free(scenario);
    struct diag diag = {0}; /* an empty key gets a mapping */
    scenario =
        load_with("name: n\nhost: lab\nrun:\nguests: [{name: a, mode: pv, vcpus: 1, workloads: [{kind: ping}]}]\n",
                  "run.seed=9", &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    cr_expect_eq(scenario->run.seed, 9);
    scenario_free(scenario);
}

Test(settings, take_yaml_for_lists_and_mappings) {
    struct scenario *scenario = good("guests[1].tuning={interrupt_throttle: 5 us}");
    cr_expect_eq(scenario->model.guests[1].throttle_s, 5e-6);
    scenario_free(scenario);
    scenario = good("guests[1].workloads=[{kind: ping}, {kind: tcp-rr}]");
    cr_expect_eq(scenario->model.guests[1].workload_count, 2);
    scenario_free(scenario);
    scenario = good("name='it is: quoted'");
    cr_expect_str_eq(scenario->name, "it is: quoted");
    scenario_free(scenario);
}

Test(settings, later_ones_win) {
    struct setting settings[2];
    cr_assert_eq(setting_parse("run.seed=7", &settings[0], NULL), IOP_OK);
    cr_assert_eq(setting_parse("run.seed=8", &settings[1], NULL), IOP_OK);
    write_text("s.yaml", text);
    struct scenario *scenario = scenario_load("s.yaml", settings, 2, NULL);
    cr_assert_not_null(scenario);
    cr_expect_eq(scenario->run.seed, 8);
    scenario_free(scenario);
}

Test(settings, keep_an_equals_sign_of_the_value) {
    struct setting setting;
    cr_assert_eq(setting_parse("name=a=b", &setting, NULL), IOP_OK);
    cr_expect_str_eq(setting.path, "name");
    cr_expect_str_eq(setting.value, "a=b");
}

Test(settings, do_not_disturb_aliases) {
    struct diag diag = {0};
    struct scenario *scenario = load_with(
        "name: n\nhost: lab\nguests:\n- &g {name: a, mode: pv, vcpus: 1, workloads: &w [{kind: udp-stream}]}\n"
        "- {name: b, mode: pv, vcpus: 1, workloads: *w}\n",
        "guests[1].workloads[0].frame=512 B", &diag);
    cr_assert_not_null(scenario, "%s", diag.message);
    cr_expect_eq(scenario->model.guests[0].workloads[0].frame_bytes, 64);
    cr_expect_eq(scenario->model.guests[1].workloads[0].frame_bytes, 512);
    scenario_free(scenario);
}

Test(settings, of_the_wrong_form_are_refused) {
    expect_set_message(text, "nonsense", "--set: 'nonsense' is not PATH=VALUE, such as guests[0].mode=pv");
    static const char *const paths[] = {"",      ".a",  "a.",  "a..b",  "a[", "a[]",   "a[0",
                                        "a[0]b", "[0]", "a b", "a[0].", "a]", "a[[0]]"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct setting setting;
        struct diag diag = {0};
        char whole[64], wanted[200];
        snprintf(whole, sizeof whole, "%s=1", paths[i]);
        snprintf(wanted, sizeof wanted, "--set: '%s' is not a path, such as guests[0].workloads[0].frame", paths[i]);
        cr_expect_eq(setting_parse(whole, &setting, &diag), IOP_INVALID);
        cr_expect_str_eq(diag.message, wanted);
    }
    char longer[400];
    memset(longer, 'a', sizeof longer - 1);
    longer[200] = '=';
    longer[sizeof longer - 1] = '\0';
    struct setting setting;
    cr_expect_eq(setting_parse(longer, &setting, NULL), IOP_INVALID);
}

Test(settings, that_lead_nowhere_name_the_path) {
    expect_set_message(text, "guests[2].mode=pv",
                       "--set guests[2].mode: there is no entry [2]; the list has 2, from [0] on");
    expect_set_message(text, "guests[0].workloads[x].frame=64 B",
                       "--set guests[0].workloads[x].frame: there is no entry [x]; did you mean 'w'?");
    expect_set_message(text, "guest[0].mode=pv",
                       "--set guest[0].mode: the file has no list 'guest' there; did you mean 'guests'?");
    expect_set_message(text, "name.mode=pv", "--set name.mode: what stands before 'mode' is not a mapping");
    expect_set_message(text, "name[0]=pv", "--set name[0]: what stands before [0] is not a list");
    expect_set_message(text, "guests.a.mode=pv",
                       "--set guests.a.mode: 'guests' is a list, whose entries are named in brackets: guests[0]");
    expect_set_message(text, "run.a[0]=pv", "--set run.a[0]: the file has no list 'a' there");
    expect_set_message(text, "guests[0].workloads[99999999999999999999]=1",
                       "--set guests[0].workloads[99999999999999999999]: there is no entry [99999999999999999999]; the "
                       "list has 1, from [0] on");
}

Test(settings, with_a_wrong_value_name_the_path) {
    expect_set_message(text, "guests[0].mode=sriv",
                       "--set guests[0].mode: 'sriv' is not a mode; did you mean 'sriov'?");
    expect_set_message(text, "guests[0].mod=pv",
                       "--set guests[0].mod: 'mod' is not a key of a guest; did you mean 'mode'?");
    expect_set_message(text, "run.sede=1", "--set run.sede: 'sede' is not a key of a run table; did you mean 'seed'?");
    expect_set_message(
        text, "guests[0].workloads[0].frame=", "--set guests[0].workloads[0].frame: has no value; expected a quantity");
    expect_set_message(text, "guests[0]=[", "--set guests[0]: '[' is not valid YAML");
    expect_set_message(text, "guests[0].mode=[pv]", "--set guests[0].mode: expected a mode, not a list");
}
