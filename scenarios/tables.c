/* The rows of the scenario file; those of guests and their workloads are in files of their own. */
#include <string.h>

#include "scenarios/axis.h"
#include "scenarios/catalog_tables.h"
#include "scenarios/input.h"

static bool is_figure(const char *text) {
    const char *dot = strrchr(text, '.');
    return dot != NULL && (strcmp(dot, ".svg") == 0 || strcmp(dot, ".png") == 0 || strcmp(dot, ".pdf") == 0);
}

/* --- words --- */

static const struct choice deliveries[] = {{"injected", DELIVERY_INJECTED, false},
                                           {"posted", DELIVERY_POSTED, false},
                                           {"exit-less", DELIVERY_EXITLESS, false},
                                           {NULL, 0, false}};
static const struct choice automatic[] = {{"auto", WORD_AUTO, false}, {NULL, 0, false}};
static const struct choice axis_scales[] = {
    {"linear", SCALE_LINEAR, false}, {"log", SCALE_LOG, false}, {NULL, 0, false}};
static const struct choice plot_kinds[] = {{"bars", 0, false},       {"scaling", 1, false}, {"latency", 2, false},
                                           {"breakdown", 3, false},  {"heatmap", 4, false}, {"timeline", 5, false},
                                           {"validation", 6, false}, {NULL, 0, false}};

/* --- tables, innermost first --- */

static const struct field run_fields[] = {
    {"duration", FIELD_QUANTITY, FIELD_AT(struct run_input, duration), .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-6,
     .maximum = 3600, .fallback = "100 ms", .text = "simulated and measured, per replication"},
    {"warmup", FIELD_MEASURE, FIELD_AT(struct run_input, warmup), .dimensions = DIM_BIT(DIM_TIME), .minimum = 0,
     .maximum = 3600, .choices = automatic, .noun = "a warm-up; allowed are auto or a time", .fallback = "auto",
     .text = "simulated before measuring; auto finds it on a pilot run"},
    {"replications", FIELD_INTEGER, FIELD_AT(struct run_input, replications), .minimum = 1, .maximum = 10000,
     .fallback = "5", .text = "independent runs; intervals need two at least"},
    {"seed", FIELD_SEED, FIELD_AT(struct run_input, seed), .fallback = "1", .text = "of the random streams"},
    {"precision", FIELD_QUANTITY, FIELD_AT(struct run_input, precision), .dimensions = DIM_BIT(DIM_SHARE),
     .minimum = 1e-4, .maximum = 0.5,
     .text = "half width asked of the intervals of rates, times and CPUs, relative to them: replications are added "
             "until it is "
             "reached, up to 200; without it there are as many as `replications` says"},
    {"uncertainty", FIELD_INTEGER, FIELD_AT(struct run_input, uncertainty), .minimum = 1, .maximum = 100000,
     .text = "samples of the cost ranges for prediction intervals of `run`; none when left out"},
    {"batches", FIELD_INTEGER, FIELD_AT(struct run_input, batches), .minimum = 2, .maximum = 1000,
     .text =
         "equal parts of each replication whose means the intervals of `run` and `compare` are made of, so that one "
         "long replication has intervals; 20 to 30 is customary"},
};
const struct table run_table = {"run table", "how long and how often to simulate", TABLE_ROWS(run_fields),
                                sizeof(struct run_input), false};

static const struct field cost_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct cost_input, name), .noun = "the name of a cost", .required = true,
     .text = "a cost such as netback.tx; `iopath list costs` has them all"},
    {"value", FIELD_TEXT, FIELD_AT(struct cost_input, value), .noun = "a quantity", .required = true,
     .text = "the new value with its unit"},
};
static const struct table cost_table = {"cost", "a change of the host's cost set", TABLE_ROWS(cost_fields),
                                        sizeof(struct cost_input), true};

static const struct field sweep_fields[] = {
    {"set", FIELD_TEXT, FIELD_AT(struct sweep_input, path), .noun = "a path such as guests[0].mode", .required = true,
     .text = "the path of the key that varies, such as guests[0].mode"},
    {"values", FIELD_SCALARS, FIELD_AT(struct sweep_input, values),
     .text = "the list of values it takes, or instead a range: `from` and `to`"},
    {"from", FIELD_TEXT, FIELD_AT(struct sweep_input, from), .noun = "a quantity",
     .text = "the least value of a range, with its unit"},
    {"to", FIELD_TEXT, FIELD_AT(struct sweep_input, to), .noun = "a quantity", .text = "the greatest value of a range"},
    {"steps", FIELD_INTEGER, FIELD_AT(struct sweep_input, steps), .minimum = 2, .maximum = 100000,
     .text = "values of a range in a grid, both ends included; other designs take any value of the range"},
    {"scale", FIELD_CHOICE, FIELD_AT(struct sweep_input, scale), .choices = axis_scales, .noun = "a scale",
     .fallback = "linear", .text = "whether a range goes in equal differences or in equal ratios"},
};
static const struct table sweep_table = {"sweep axis", "a key that takes several values", TABLE_ROWS(sweep_fields),
                                         sizeof(struct sweep_input), true};

static const struct field design_fields[] = {
    {"kind", FIELD_CHOICE, FIELD_AT(struct design_input, kind), .choices = design_kinds, .noun = "a design",
     .fallback = "grid",
     .text = "all combinations, or as many points as `points` says, spread over all axes at once: a Latin hypercube "
             "spreads each axis most evenly, a Sobol sequence keeps its points when more are asked for"},
    {"points", FIELD_INTEGER, FIELD_AT(struct design_input, points), .minimum = 1, .maximum = DESIGN_POINTS_MAX,
     .text = "how many points, unless a grid"},
    {"seed", FIELD_SEED, FIELD_AT(struct design_input, seed), .fallback = "1", .text = "of the points, unless a grid"},
};
static const struct table design_table = {"design", "where the points of a sweep lie", TABLE_ROWS(design_fields),
                                          sizeof(struct design_input), true};

static const struct field plot_fields[] = {
    {"kind", FIELD_CHOICE, FIELD_AT(struct plot_input, kind), .choices = plot_kinds, .noun = "a kind of plot",
     .required = true, .text = "bars, scaling, latency, breakdown, heatmap, timeline or validation"},
    {"x", FIELD_TEXT, FIELD_AT(struct plot_input, request.x), .text = "path of the key on the x axis"},
    {"y", FIELD_TEXT, FIELD_AT(struct plot_input, request.y), .text = "metric on the y axis"},
    {"lines", FIELD_TEXT, FIELD_AT(struct plot_input, request.lines), .text = "path of the key with a line per value"},
    {"file", FIELD_TEXT, FIELD_AT(struct plot_input, request.file), .check = is_figure, .required = true,
     .noun = "a file name that ends in .svg, .png or .pdf", .text = "where to write it: a .svg, .png or .pdf"},
};
static const struct table plot_table = {"plot", "a figure of the scenario", TABLE_ROWS(plot_fields),
                                        sizeof(struct plot_input), true};

static const struct field expect_fields[] = {
    {"metric", FIELD_TEXT, FIELD_AT(struct expect_input, metric), .required = true,
     .text = "path of the metric, such as guests[sut].workloads[flood].pps"},
    {"relative_to", FIELD_TEXT, FIELD_AT(struct expect_input, relative_to),
     .text = "scenario file whose same metric is the base of a ratio"},
    {"value", FIELD_MEASURE, FIELD_AT(struct expect_input, value), .dimensions = DIM_ANY, .required = true,
     .text = "the published value with its unit; a plain number when relative"},
    {"tolerance", FIELD_QUANTITY, FIELD_AT(struct expect_input, tolerance), .dimensions = DIM_BIT(DIM_SHARE),
     .minimum = 0, .maximum = 10, .required = true, .text = "accepted relative error, such as 20 %"},
    {"source", FIELD_TEXT, FIELD_AT(struct expect_input, source), .check = is_source_id,
     .noun = "an id of the bibliography, such as M084", .text = "row of the bibliography the value is from"},
    {"missed", FIELD_TEXT, FIELD_AT(struct expect_input, missed),
     .text = "why the prediction is known to lie outside the tolerance"},
};
static const struct table expect_table = {"expectation", "a published value to compare with", TABLE_ROWS(expect_fields),
                                          sizeof(struct expect_input), true};

static const struct field disk_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct disk_input, name), .check = is_name, .noun = "a name (letters, digits, _ . -)",
     .required = true, .text = "what workloads call it"},
    {"model", FIELD_TEXT, FIELD_AT(struct disk_input, model), .required = true, .noun = "a disk",
     .text = "a disk of the catalog, or the path of a file of the same form"},
};
static const struct table named_disk_table = {"named disk", "a disk of each machine", TABLE_ROWS(disk_fields),
                                              sizeof(struct disk_input), true};

static const struct field scenario_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct scenario_input, name), .required = true,
     .text = "one line that says what is simulated"},
    {"description", FIELD_TEXT, FIELD_AT(struct scenario_input, description), .text = "one more line"},
    {"host", FIELD_TEXT, FIELD_AT(struct scenario_input, host), .noun = "a host",
     .text = "a host of the catalog, or the path of a file of the same form, seen from the scenario file"},
    {"iommu", FIELD_CHOICE, FIELD_AT(struct scenario_input, iommu), .choices = iommu_modes, .noun = "an IOMMU mode",
     .text = "mode of the host's IOMMU, instead of the one its file gives"},
    {"interrupts", FIELD_CHOICE, FIELD_AT(struct scenario_input, interrupts), .choices = deliveries,
     .noun = "a kind of delivery",
     .text = "how devices' interrupts reach a guest, instead of what the host's file says; exit-less needs KVM"},
    {"mitigations", FIELD_BOOL, FIELD_AT(struct scenario_input, mitigations),
     .text = "kernels and hypervisor keep the mitigations of 2018 on, instead of what the host's file says"},
    {"halt_poll", FIELD_QUANTITY, FIELD_AT(struct scenario_input, halt_poll), .dimensions = DIM_BIT(DIM_TIME),
     .minimum = 0, .maximum = 0.01,
     .text = "a halted vCPU of a KVM host polls for so long at most before its CPU sleeps, instead of what the host's "
             "file says"},
    {"scheduler", FIELD_TABLE, FIELD_AT(struct scenario_input, scheduler), .table = &scheduler_table,
     .text = "how guests share the CPUs, instead of the host's"},
    {"host_kernel", FIELD_TEXT, FIELD_AT(struct scenario_input, host_kernel), .check = is_kernel_version,
     .noun = "a kernel version such as \"3.10\"",
     .text = "kernel of dom0 or the KVM host, in place of what the host's file says"},
    {"hypervisor_version", FIELD_TEXT, FIELD_AT(struct scenario_input, hypervisor_version), .check = is_kernel_version,
     .noun = "a version such as \"4.5\"", .text = "version of the hypervisor, in place of what the host's file says"},
    {"disks", FIELD_LIST, FIELD_AT(struct scenario_input, disks), .table = &named_disk_table, .maximum = DISKS_MAX,
     .text = "disks of each machine by name, where several are of one model"},
    {"switch", FIELD_TEXT, FIELD_AT(struct scenario_input, polling_switch), .noun = "a polling switch",
     .text = "product of the catalog whose costs the host's polling switch has; those of the cost set when left out"},
    {"guests", FIELD_LIST, FIELD_AT(struct scenario_input, guests), .table = &guest_table, .minimum = 1,
     .maximum = GUESTS_MAX, .text = "the virtual machines"},
    {"run", FIELD_TABLE, FIELD_AT(struct scenario_input, run), .table = &run_table, .text = "how long and how often"},
    {"cost_set", FIELD_TEXT, FIELD_AT(struct scenario_input, cost_set), .noun = "a cost set",
     .text = "a cost set of the catalog, or the path of a file of the same form, instead of the host's"},
    {"costs", FIELD_LIST, FIELD_AT(struct scenario_input, costs), .table = &cost_table, .maximum = 1000,
     .text = "changes of the host's cost set"},
    {"sweep", FIELD_LIST, FIELD_AT(struct scenario_input, sweep), .table = &sweep_table, .maximum = 32,
     .text = "keys that `sweep` and `compare` vary"},
    {"design", FIELD_TABLE, FIELD_AT(struct scenario_input, design), .table = &design_table, .optional = true,
     .text = "which points `sweep` takes; `compare` takes the grid"},
    {"only", FIELD_SCALARS, FIELD_AT(struct scenario_input, only),
     .text = "conditions that a point of `sweep` and `compare` must satisfy, all of them, such as "
             "\"guests[0].workloads[0].frame <= 1518 B\" or \"guests[0].mode = pv or guests[0].queues = 1\": a path, "
             "one of "
             "= != < <= > >=, and a value or another path"},
    {"plots", FIELD_LIST, FIELD_AT(struct scenario_input, plots), .table = &plot_table, .maximum = 100,
     .text = "figures of the scenario"},
    {"expect", FIELD_LIST, FIELD_AT(struct scenario_input, expect), .table = &expect_table, .maximum = 1000,
     .text = "published values that `validate` compares with"},
    {"claim", FIELD_TABLE, FIELD_AT(struct scenario_input, claim), .table = &claim_table, .optional = true,
     .text = "a statement that `claims` puts to the test"},
    {"fleet", FIELD_TABLE, FIELD_AT(struct scenario_input, fleet), .table = &fleet_table, .optional = true,
     .text = "racks of hosts, instances on them and the traffic between, for `iopath fleet`; takes the place of host, "
             "guests and all that refers to them"},
};
const struct table scenario_table = {"scenario", "the whole file", TABLE_ROWS(scenario_fields),
                                     sizeof(struct scenario_input), false};

const struct table *const *schema_tables(int *count) {
    static const struct table *const all[] = {
        &scenario_table,
        &guest_table,
        &tuning_table,
        &offloads_table,
        &workload_table,
        &run_table,
        &cost_table,
        &sweep_table,
        &design_table,
        &plot_table,
        &expect_table,
        &claim_table,
        &claim_test_table,
        &claim_condition_table,
        &fleet_table,
        &fleet_rack_table,
        &fleet_power_table,
        &fleet_group_table,
        &fleet_traffic_table,
        &fleet_failure_table,
        &fleet_migration_table,
        &fleet_upgrade_table,
        &host_table,
        &scheduler_table,
        &iommu_table,
        &dom0_table,
        &network_table,
        &nic_table,
        &pcie_table,
        &disk_table,
        &cost_set_table,
        &cost_value_table,
        &family_table,
        &instance_table,
        &price_list_table,
        &price_table,
        &demand_table,
        &objective_table,
        &demand_disk_table,
        &source_table,
    };
    *count = (int)(sizeof all / sizeof *all);
    return all;
}
