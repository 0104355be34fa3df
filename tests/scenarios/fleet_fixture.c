#include "tests/scenarios/fleet_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct fleet_scenario *fleet_text(const char *text, struct diag *diag) {
    write_text("s.yaml", text);
    return fleet_load("s.yaml", NULL, 0, diag);
}

struct fleet_scenario *fleet_good(const char *text) {
    struct diag diag = {0};
    struct fleet_scenario *fleet = fleet_text(text, &diag);
    cr_assert_not_null(fleet, "%s", diag.message);
    return fleet;
}

void expect_fleet_message_at(const char *file, int line, const char *text, const char *wanted) {
    struct diag diag = {0};
    struct fleet_scenario *fleet = fleet_text(text, &diag);
    cr_expect_null(fleet, "%s:%d: accepted", file, line);
    cr_expect_str_eq(diag.message, wanted, "%s:%d:\n  got    %s\n  wanted %s", file, line, diag.message, wanted);
    fleet_unload(fleet);
}

const char *fleet_of(const char *racks, const char *instances, const char *traffic, const char *more) {
    static char text[16384];
    snprintf(text, sizeof text,
             "name: n\n"
             "fleet:\n"
             "  %s\n"
             "  racks:\n"
             "  - %s\n"
             "  instances:\n"
             "  - %s\n"
             "  traffic:\n"
             "  - %s\n",
             more != NULL ? more : "duration: 24 h", racks != NULL ? racks : "{name: r, count: 2, hosts: 2, host: lab}",
             instances != NULL ? instances
                               : "{name: a, count: 8, guest: {mode: pv, vcpus: 2, memory: 1 GiB}}\n"
                                 "  - {name: b, count: 4, guest: {mode: sriov, vcpus: 1}}",
             traffic != NULL ? traffic : "{name: t, from: a, to: b, workload: {kind: udp-stream, frame: 200 B}}");
    return text;
}
