/* The rows of a demand's file. */
#include "scenarios/demand_input.h"
#include <assert.h>

static const struct choice fills[] = {{"full", WORD_FULL, false}, {NULL, 0, false}};

#define TIME_AT(index)                                                                                                 \
    FIELD_QUANTITY, FIELD_AT(struct objective_input, values[index]), .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-9, \
                                                                     .maximum = 3600
static const struct field objective_fields[] = {
    {"latency_p99", TIME_AT(0), .text = "at most, of 99 % of the requests or packets"},
    {"latency_p999", TIME_AT(1), .text = "at most, of 99.9 % of them"},
    {"latency_p90", TIME_AT(2), .text = "at most, of 90 % of them"},
    {"latency_p50", TIME_AT(3), .text = "at most, of half of them"},
    {"latency_mean", TIME_AT(4), .text = "at most, on average"},
    {"lost", FIELD_QUANTITY, FIELD_AT(struct objective_input, values[5]), .dimensions = DIM_BIT(DIM_SHARE),
     .minimum = 0, .maximum = 1, .text = "share that may be lost or fall behind at most; 1 % when left out"},
};
static_assert(sizeof objective_fields / sizeof *objective_fields == OBJECTIVES_MAX, "a value for each row");
const struct table objective_table = {"demand's objective",
                                      "what must hold at the load of each instance, with 95 % confidence",
                                      TABLE_ROWS(objective_fields), sizeof(struct objective_input), true};

static const struct field demand_disk_fields[] = {
    {"instances", FIELD_TEXT, FIELD_AT(struct demand_disk_input, instances), .required = true,
     .noun = "an instance type or a pattern", .text = "an instance type, or a pattern such as i3.*"},
    {"disk", FIELD_TEXT, FIELD_AT(struct demand_disk_input, disk), .required = true, .noun = "a disk",
     .text = "of the catalog, or the path of a file of the same form, that takes the place of the workload's"},
};
const struct table demand_disk_table = {"demand's disk", "what instances of some types have for a block workload",
                                        TABLE_ROWS(demand_disk_fields), sizeof(struct demand_disk_input), true};

static const struct field demand_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct demand_input, name), .required = true,
     .text = "one line that says what is asked for"},
    {"description", FIELD_TEXT, FIELD_AT(struct demand_input, description), .text = "one more line"},
    {"workload", FIELD_TABLE, FIELD_AT(struct demand_input, workload), .table = &workload_table, .required = true,
     .text = "what all instances together carry today: a workload of a scenario, with a rate"},
    {"growth", FIELD_QUANTITY, FIELD_AT(struct demand_input, growth), .dimensions = DIM_BIT(DIM_SHARE), .minimum = -0.9,
     .maximum = 10, .fallback = "0 %", .text = "of the load in a year"},
    {"years", FIELD_QUANTITY, FIELD_AT(struct demand_input, years), .dimensions = DIM_BIT(DIM_PLAIN), .minimum = 0,
     .maximum = 20, .fallback = "0", .text = "after which the plan must still do"},
    {"headroom", FIELD_QUANTITY, FIELD_AT(struct demand_input, headroom), .dimensions = DIM_BIT(DIM_SHARE),
     .minimum = 0, .maximum = 10, .fallback = "0 %", .text = "capacity asked beyond the load of then"},
    {"objective", FIELD_TABLE, FIELD_AT(struct demand_input, objective), .table = &objective_table,
     .text = "latency and loss that are allowed"},
    {"instances", FIELD_SCALARS, FIELD_AT(struct demand_input, instances),
     .text = "allowed instance types, by name or by pattern such as c3.*; all of the catalog when left out"},
    {"modes", FIELD_SCALARS, FIELD_AT(struct demand_input, modes),
     .text = "allowed modes; when left out those of pv, pvhvm, sriov and nitro that a type can run, and native of bare "
             "metal"},
    {"guest", FIELD_ANY,
     .text = "what else is said of each instance, with the keys of a guest of a scenario but name, count, instance, "
             "mode and workloads: kernel, queues, tuning, …; credits of the network and the CPU are spent, unless "
             "they are given here"},
    {"disks", FIELD_LIST, FIELD_AT(struct demand_input, disks), .table = &demand_disk_table, .maximum = 100,
     .text = "disks of some types in place of the workload's; the first that is meant counts"},
    {"per_host", FIELD_MEASURE, FIELD_AT(struct demand_input, per_host), .dimensions = DIM_BIT(DIM_PLAIN), .minimum = 1,
     .maximum = GUESTS_MAX, .choices = fills, .noun = "a number of instances; allowed are full or a whole number",
     .fallback = "1",
     .text = "instances of the demand that share a machine, all under the same load; full: as many as its CPUs have "
             "room for"},
    {"neighbours", FIELD_LIST, FIELD_AT(struct demand_input, neighbours), .table = &guest_table,
     .maximum = GUESTS_MAX - 1,
     .text = "guests of a scenario that share the machine with each instance; none when left "
             "out"},
    {"prices", FIELD_TEXT, FIELD_AT(struct demand_input, prices), .noun = "a price list", .fallback = "ec2-2017",
     .text = "a price list of the catalog, or the path of a file: YAML of the same form, or CSV with the columns "
             "instance and hour"},
    {"run", FIELD_TABLE, FIELD_AT(struct demand_input, run), .table = &run_table,
     .text =
         "of the simulations; precision is that of capacities, 1 % when left out, and uncertainty the samples of the "
         "cost ranges"},
};
const struct table demand_table = {"demand", "what `iopath plan` is asked", TABLE_ROWS(demand_fields),
                                   sizeof(struct demand_input), false};
