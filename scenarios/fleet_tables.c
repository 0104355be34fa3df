/* The rows of the `fleet:` block. */
#include <string.h>

#include "scenarios/fleet_input.h"

/* "old-2/5" */
static bool is_host_name(const char *text) {
    const char *slash = strchr(text, '/');
    return slash != NULL && slash[1] != '\0' && strspn(slash + 1, "0123456789") == strlen(slash + 1);
}

static bool is_target(const char *text) { return is_host_name(text) || is_name(text); }

/* --- words --- */

static const struct choice placements[] = {{"spread", PLACEMENT_SPREAD, false},
                                           {"pack", PLACEMENT_PACK, false},
                                           {"random", PLACEMENT_RANDOM, false},
                                           {NULL, 0, false}};
static const struct choice patterns[] = {{"pairs", PATTERN_PAIRS, false},    {"random", PATTERN_RANDOM, false},
                                         {"all-to-all", PATTERN_ALL, false}, {"servers", PATTERN_SERVERS, false},
                                         {"matrix", PATTERN_MATRIX, false},  {NULL, 0, false}};
static const struct choice max_rate[] = {{"max", WORD_MAX_RATE, false}, {NULL, 0, false}};

/* --- tables, innermost first --- */

#define A_NAME .check = is_name, .noun = "a name (letters, digits, _ . -)"

static const struct field power_fields[] = {
    {"idle", FIELD_QUANTITY, FIELD_AT(struct fleet_power_input, idle), .dimensions = DIM_BIT(DIM_POWER), .minimum = 0,
     .maximum = 1e5, .required = true, .text = "of a host that does nothing"},
    {"full", FIELD_QUANTITY, FIELD_AT(struct fleet_power_input, full), .dimensions = DIM_BIT(DIM_POWER), .minimum = 0,
     .maximum = 1e5, .required = true, .text = "of a host whose cores are all busy"},
};
const struct table fleet_power_table = {"fleet power", "what a host of a rack draws, linear in its busy cores",
                                        TABLE_ROWS(power_fields), sizeof(struct fleet_power_input), true};

static const struct field rack_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct fleet_rack_input, name), A_NAME, .required = true,
     .text = "what results call it; its hosts are NAME/1, NAME/2, …"},
    {"count", FIELD_INTEGER, FIELD_AT(struct fleet_rack_input, count), .minimum = 1, .maximum = 10000, .fallback = "1",
     .text = "racks alike; several of old are called old-1, old-2, …"},
    {"hosts", FIELD_INTEGER, FIELD_AT(struct fleet_rack_input, hosts), .minimum = 1, .maximum = 10000, .required = true,
     .text = "in each rack; 100000 in all racks at most"},
    {"host", FIELD_TEXT, FIELD_AT(struct fleet_rack_input, host), .noun = "a host", .required = true,
     .text = "a host of the catalog, or the path of a file of the same form, seen from the scenario file"},
    {"uplink", FIELD_QUANTITY, FIELD_AT(struct fleet_rack_input, uplink), .dimensions = DIM_BIT(DIM_BIT_RATE),
     .minimum = 1e6, .maximum = 1e15,
     .text = "of each rack to the spine, each way; as much as the links of all its hosts when left out"},
    {"oversubscription", FIELD_QUANTITY, FIELD_AT(struct fleet_rack_input, oversubscription),
     .dimensions = DIM_BIT(DIM_PLAIN), .minimum = 0.01, .maximum = 10000,
     .text = "instead of uplink: the links of a rack's hosts together over its uplink"},
    {"power", FIELD_TABLE, FIELD_AT(struct fleet_rack_input, power), .table = &fleet_power_table, .optional = true,
     .text = "what a host draws; not reported when left out"},
};
const struct table fleet_rack_table = {"fleet rack", "hosts of one kind behind one uplink, or several such racks",
                                       TABLE_ROWS(rack_fields), sizeof(struct fleet_rack_input), true};

static const struct field group_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct fleet_group_input, name), A_NAME, .required = true,
     .text = "what results call the group; its instances are NAME-1, NAME-2, …, a single one NAME"},
    {"count", FIELD_INTEGER, FIELD_AT(struct fleet_group_input, count), .minimum = 1, .maximum = FLEET_INSTANCES_MAX,
     .fallback = "1", .text = "instances; 1000000 in all groups at most"},
    {"guest", FIELD_ANY, .required = true,
     .text = "an entry of `guests` (instance or vcpus, mode, kernel, tuning, …) without name, count, server and "
             "workloads"},
    {"per_host", FIELD_INTEGER, FIELD_AT(struct fleet_group_input, per_host), .minimum = 1, .maximum = GUESTS_MAX,
     .text = "most instances of the group on one host; as many as there are CPUs for when left out"},
    {"placement", FIELD_CHOICE, FIELD_AT(struct fleet_group_input, placement), .choices = placements,
     .noun = "a placement", .fallback = "spread",
     .text = "spread: each instance goes to the host with the fewest; pack: one host is filled after the other; "
             "random: any host with room"},
    {"racks", FIELD_SCALARS, FIELD_AT(struct fleet_group_input, racks),
     .text = "names of entries of `racks` where its instances may be; all with hosts of its kind when left out"},
};
const struct table fleet_group_table = {"fleet instances", "a group of instances alike", TABLE_ROWS(group_fields),
                                        sizeof(struct fleet_group_input), true};

static const struct field traffic_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct fleet_traffic_input, name), A_NAME, .required = true,
     .text = "what results call it"},
    {"from", FIELD_TEXT, FIELD_AT(struct fleet_traffic_input, from), A_NAME, .required = true,
     .text = "the group that sends or asks, or outside: the world beyond the spine"},
    {"to", FIELD_TEXT, FIELD_AT(struct fleet_traffic_input, to), A_NAME,
     .text = "the group that receives or answers, or outside; of block the group of storage servers that the bytes go "
             "to, a disk of the instance's own host when left out"},
    {"pattern", FIELD_CHOICE, FIELD_AT(struct fleet_traffic_input, pattern), .choices = patterns, .noun = "a pattern",
     .fallback = "pairs",
     .text = "who talks to whom. pairs: the first to the first, and so on, the smaller group over again, in one group "
             "each to the next; random: each to some others; all-to-all: each to every other; servers: the senders are "
             "dealt to the receivers in turn; matrix: as a file says. From or to outside there is one flow for each "
             "instance"},
    {"fanout", FIELD_INTEGER, FIELD_AT(struct fleet_traffic_input, fanout), .minimum = 1, .maximum = 10000,
     .text = "of pattern random: how many others each sends to; 1 when left out"},
    {"matrix", FIELD_TEXT, FIELD_AT(struct fleet_traffic_input, matrix), .noun = "a file",
     .text = "of pattern matrix: a CSV with the columns from, to (instances, or outside) and offered, seen from the "
             "scenario file"},
    {"workload", FIELD_TABLE, FIELD_AT(struct fleet_traffic_input, workload), .table = &workload_table,
     .required = true,
     .text = "what flows, an entry of `workloads` of kind udp-stream, tcp-stream or block without name, "
             "direction, peer, rate and file"},
    {"response", FIELD_TABLE, FIELD_AT(struct fleet_traffic_input, response), .table = &workload_table,
     .optional = true,
     .text = "a udp-stream as well: a unit is then a transaction, a frame of `workload` there and one of `response` "
             "back"},
    {"offered", FIELD_MEASURE, FIELD_AT(struct fleet_traffic_input, offered), .choices = max_rate,
     .dimensions = DIM_BIT(DIM_PACKET_RATE) | DIM_BIT(DIM_BIT_RATE) | DIM_BIT(DIM_REQUEST_RATE), .minimum = 1,
     .maximum = 1e12, .fallback = "max",
     .noun = "a rate; allowed are max, a packet rate (pps, kpps, Mpps), a bit rate (Gbit/s, …) or, of block, IOPS",
     .text = "by each instance that sends, spread over its flows, in the units of a workload's rate; from outside for "
             "each that receives; max: as much as can be"},
    {"connections", FIELD_INTEGER, FIELD_AT(struct fleet_traffic_input, connections), .minimum = 1, .maximum = 64,
     .fallback = "1", .text = "flows instead of each one, with equal parts of what it offers; each competes by itself"},
    {"profile", FIELD_SCALARS, FIELD_AT(struct fleet_traffic_input, profile),
     .text = "1 to 1440 factors of what is offered, in equal parts of a day from 0 h on; 1 all day when left out"},
};
const struct table fleet_traffic_table = {"fleet traffic", "flows alike", TABLE_ROWS(traffic_fields),
                                          sizeof(struct fleet_traffic_input), true};

#define AN_INSTANT .dimensions = DIM_BIT(DIM_TIME), .minimum = 0, .maximum = 366 * 24 * 3600.0

static const struct field failure_fields[] = {
    {"host", FIELD_TEXT, FIELD_AT(struct fleet_failure_input, host), .check = is_host_name,
     .noun = "a host such as old-1/3", .text = "that fails, or instead a rack"},
    {"rack", FIELD_TEXT, FIELD_AT(struct fleet_failure_input, rack), A_NAME, .text = "all of whose hosts fail"},
    {"at", FIELD_QUANTITY, FIELD_AT(struct fleet_failure_input, begins), AN_INSTANT, .required = true,
     .text = "from the start on"},
    {"for", FIELD_QUANTITY, FIELD_AT(struct fleet_failure_input, lasts), .dimensions = DIM_BIT(DIM_TIME),
     .minimum = 1e-3, .maximum = 366 * 24 * 3600.0, .text = "until it is back; it stays away when left out"},
};
const struct table fleet_failure_table = {"fleet failure", "of hosts; instances on them do nothing meanwhile",
                                          TABLE_ROWS(failure_fields), sizeof(struct fleet_failure_input), true};

static const struct field migration_fields[] = {
    {"instance", FIELD_TEXT, FIELD_AT(struct fleet_migration_input, instance), A_NAME,
     .text = "that moves, or instead a group, or a host that is emptied"},
    {"group", FIELD_TEXT, FIELD_AT(struct fleet_migration_input, group), A_NAME,
     .text = "whose instances move, those that are there already left out"},
    {"host", FIELD_TEXT, FIELD_AT(struct fleet_migration_input, host), .check = is_host_name,
     .noun = "a host such as old-1/3", .text = "whose instances move"},
    {"to", FIELD_TEXT, FIELD_AT(struct fleet_migration_input, to), .check = is_target,
     .noun = "a host such as old-2/5, or a rack",
     .text = "a host, or a rack on whose hosts they are spread; when left out any host of the kind in the racks of the "
             "group. A group needs it"},
    {"at", FIELD_QUANTITY, FIELD_AT(struct fleet_migration_input, begins), AN_INSTANT, .required = true,
     .text = "when the first begins"},
    {"every", FIELD_QUANTITY, FIELD_AT(struct fleet_migration_input, every), AN_INSTANT, .fallback = "0 s",
     .text = "from the beginning of one to that of the next"},
    {"dirty", FIELD_QUANTITY, FIELD_AT(struct fleet_migration_input, dirty), .dimensions = DIM_BIT(DIM_BYTE_RATE),
     .minimum = 0, .maximum = 1e12, .fallback = "0 B/s", .text = "memory that each writes to meanwhile"},
    {"working_set", FIELD_QUANTITY, FIELD_AT(struct fleet_migration_input, working_set),
     .dimensions = DIM_BIT(DIM_SIZE), .minimum = 4096, .maximum = 70368744177664.0,
     .text = "memory that it writes to over and over; all of its memory when left out"},
    {"downtime", FIELD_QUANTITY, FIELD_AT(struct fleet_migration_input, downtime), .dimensions = DIM_BIT(DIM_TIME),
     .minimum = 1e-3, .maximum = 3600, .fallback = "300 ms",
     .text = "it is stopped for the rest when that takes no longer"},
};
const struct table fleet_migration_table = {"fleet migration", "of running instances to other hosts",
                                            TABLE_ROWS(migration_fields), sizeof(struct fleet_migration_input), true};

static const struct field upgrade_fields[] = {
    {"name", FIELD_TEXT, FIELD_AT(struct fleet_upgrade_input, name), .required = true,
     .text = "what the result calls it"},
    {"set", FIELD_SCALARS, FIELD_AT(struct fleet_upgrade_input, set), .required = true,
     .text = "settings that make it, such as fleet.instances[web].guest.mode=sriov"},
};
const struct table fleet_upgrade_table = {"fleet upgrade", "the fleet with settings, to see what they gain",
                                          TABLE_ROWS(upgrade_fields), sizeof(struct fleet_upgrade_input), true};

static const struct field fleet_fields[] = {
    {"duration", FIELD_QUANTITY, FIELD_AT(struct fleet_input, duration), .dimensions = DIM_BIT(DIM_TIME), .minimum = 1,
     .maximum = 366 * 24 * 3600.0, .fallback = "24 h", .text = "simulated, from midnight on"},
    {"epoch", FIELD_QUANTITY, FIELD_AT(struct fleet_input, epoch), .dimensions = DIM_BIT(DIM_TIME), .minimum = 1e-3,
     .maximum = 24 * 3600.0, .fallback = "5 min", .text = "after which what flows is worked out anew"},
    {"seed", FIELD_SEED, FIELD_AT(struct fleet_input, seed), .fallback = "1",
     .text = "of random placement and random traffic"},
    {"racks", FIELD_LIST, FIELD_AT(struct fleet_input, racks), .table = &fleet_rack_table, .minimum = 1,
     .maximum = FLEET_ENTRIES_MAX, .required = true, .text = "where the hosts are"},
    {"instances", FIELD_LIST, FIELD_AT(struct fleet_input, instances), .table = &fleet_group_table, .minimum = 1,
     .maximum = FLEET_ENTRIES_MAX, .required = true, .text = "what runs on them"},
    {"traffic", FIELD_LIST, FIELD_AT(struct fleet_input, traffic), .table = &fleet_traffic_table, .minimum = 1,
     .maximum = FLEET_TRAFFICS_MAX, .required = true, .text = "what flows between instances, and to disks"},
    {"failures", FIELD_LIST, FIELD_AT(struct fleet_input, failures), .table = &fleet_failure_table,
     .maximum = FLEET_EVENTS_MAX, .text = "of hosts and racks"},
    {"migrations", FIELD_LIST, FIELD_AT(struct fleet_input, migrations), .table = &fleet_migration_table,
     .maximum = FLEET_EVENTS_MAX, .text = "of instances"},
    {"upgrades", FIELD_LIST, FIELD_AT(struct fleet_input, upgrades), .table = &fleet_upgrade_table,
     .maximum = FLEET_UPGRADES_MAX, .text = "changes to be compared with the fleet as it is, each by itself"},
};
const struct table fleet_table = {"fleet", "racks of hosts, instances on them and the traffic between",
                                  TABLE_ROWS(fleet_fields), sizeof(struct fleet_input), true};
