/* iopath fleet, as a user calls it. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

TestSuite(fleet_command, .init = tool_setup, .fini = tool_teardown);

#define FLEET "fleet fleet/two-racks "

static json_t *json_of(const char *arguments) {
    struct tool_outcome outcome = run_tool(arguments);
    cr_assert_eq(outcome.code, 0, "%s", outcome.err);
    json_t *result = json_loads(outcome.out, 0, NULL);
    cr_assert_not_null(result);
    tool_outcome_free(&outcome);
    return result;
}

static double number(const json_t *object, const char *key) { return json_number_value(json_object_get(object, key)); }

Test(fleet_command, shows_traffic_resources_migrations_and_energy) {
    expect_tool(FLEET, 0, "8 hosts in 2 racks, 20 instances", NULL);
    expect_tool(FLEET, 0, "lookups", NULL);
    expect_tool(FLEET, 0, "uplink up", NULL);
    expect_tool(FLEET, 0, "db-1      new/2  new/4", NULL);
    expect_tool(FLEET, 0, "MEAN POWER", NULL);
}

Test(fleet_command, json_has_all_rows_that_csv_has) {
    json_t *result = json_of(FLEET "--format json");
    cr_expect_str_eq(json_string_value(json_object_get(result, "level")), "fleet");
    static const char *const kinds[] = {"flows", "instances", "resources", "racks", "epochs"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        char arguments[200];
        snprintf(arguments, sizeof arguments, FLEET "--format csv --rows %s", kinds[k]);
        struct tool_outcome outcome = run_tool(arguments);
        cr_assert_eq(outcome.code, 0, "%s", outcome.err);
        size_t lines = 0;
        for (const char *at = outcome.out; (at = strchr(at, '\n')) != NULL; at++) lines++;
        cr_expect_eq(json_array_size(json_object_get(result, kinds[k])), lines - 1, "%s", kinds[k]);
        tool_outcome_free(&outcome);
    }
    const json_t *pages = json_array_get(json_object_get(result, "traffic"), 0);
    cr_expect_leq(number(pages, "delivered"), number(pages, "offered") * 1.0001);
    json_decref(result);
}

/* Each by itself, with its own placement and its own probes. */
Test(fleet_command, upgrades_stand_beside_the_fleet_as_it_is) {
    json_t *result = json_of(
        FLEET "--format json --set fleet.duration='2 h' --set fleet.failures=[] --set fleet.migrations=[] --set "
              "'fleet.upgrades=[{name: wide, set: [\"fleet.racks[old].oversubscription=1\"]}, {name: none, set: "
              "[fleet.seed=1]}]'");
    const json_t *upgrades = json_object_get(result, "upgrades");
    cr_assert_eq(json_array_size(upgrades), 3);
    const json_t *base = json_array_get(upgrades, 0), *wide = json_array_get(upgrades, 1);
    cr_expect_str_eq(json_string_value(json_object_get(base, "upgrade")), "as it is");
    cr_expect_eq(number(base, "gain"), 1);
    cr_expect_geq(number(wide, "gain"), 1);
    cr_expect_eq(number(wide, "gain"), number(wide, "delivered") / number(base, "delivered"));
    cr_expect_float_eq(number(json_array_get(upgrades, 2), "gain"), 1, 1e-9);
    json_decref(result);
}

Test(fleet_command, zoom_shows_the_host_packet_by_packet) {
    json_t *result = json_of(FLEET "--zoom new/1 --format json");
    cr_expect_str_eq(json_string_value(json_object_get(result, "level")), "packet");
    const json_t *guest = json_array_get(json_object_get(result, "guests"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(guest, "name")), "cache-1");
    const json_t *work = json_array_get(json_object_get(guest, "workloads"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(work, "name")), "lookups");
    cr_expect_float_eq(number(json_object_get(work, "pps"), "mean"), 60e3, 600, "three clients of 20,000 each");
    cr_expect_gt(number(json_object_get(work, "latency"), "p99"), 0);
    json_decref(result);
}

Test(fleet_command, keeps_probes_in_a_store) {
    expect_tool(FLEET "--store demands.db", 0, "7 probes of the packet level, 0 of them from the store", NULL);
    expect_tool(FLEET "--store demands.db", 0, "7 probes of the packet level, 7 of them from the store", NULL);
    expect_tool(FLEET "--store demands.db --set guests=1", 2, NULL, "guests");
}

Test(fleet_command, draws_and_traces) {
    expect_tool(FLEET "--plot racks.svg --trace racks.paje -o table.txt", 0, NULL, NULL);
    cr_expect_eq(files_named("racks.svg"), 1);
    cr_expect_eq(files_named("racks.paje"), 1);
    cr_expect_eq(files_named("table.txt"), 1);
}

Test(fleet_command, says_what_is_wrong_and_writes_nothing) {
    expect_tool(FLEET "--zoom old/9 -o out.txt", 2, NULL, "'old/9' is not a host of the fleet");
    expect_tool(FLEET "--zoom old/1 --plot out.svg", 2, NULL, "leave out --plot");
    expect_tool(FLEET "--rows flow --format csv", 2, NULL, "did you mean 'flows'?");
    expect_tool(FLEET "--rows flows -o out.txt", 2, NULL, "--rows is for --format csv");
    expect_tool(FLEET "--set fleet.instances[web].count=9999 -o out.txt", 2, NULL, "there is room for");
    expect_tool("fleet tutorial/01-first-run -o out.txt", 2, NULL, "'fleet' is missing");
    expect_tool("run fleet/two-racks -o out.txt", 2, NULL, "iopath fleet");
    cr_expect_eq(files_named("out"), 0);
}
