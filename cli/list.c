/* iopath list: what there is to choose from. */
#include <stdlib.h>
#include <string.h>

#include "analysis/describe.h"
#include "analysis/table.h"
#include "analysis/units.h"
#include "cli/command.h"
#include "cli/list.h"
#include "cli/support.h"
#include "models/mode.h"
#include "scenarios/catalog.h"

/* Fills the table of one kind; `name` is the second operand or NULL. */
typedef enum iop_status lister(struct table **table, const char *name, struct diag *diag);

static void hertz(struct table *table, double value) {
    char text[UNITS_TEXT];
    table_number(table, value, units_si(value, "Hz", text));
}

static void bits_or_nothing(struct table *table, double value) {
    char text[UNITS_TEXT];
    if (value > 0)
        table_number(table, value, units_si(value, "bit/s", text));
    else
        table_empty(table);
}

static enum iop_status list_modes(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {{"mode", "MODE", TABLE_LEFT},
                                                  {"kernel", "GUEST KERNEL", TABLE_LEFT},
                                                  {"network", "NETWORK", TABLE_LEFT},
                                                  {"interrupts", "INTERRUPTS TO GUEST", TABLE_LEFT}};
    (void)name, (void)diag;
    *table = table_new(COLUMNS(columns));
    int count;
    const char *const *names = mode_names(&count);
    for (int i = 0; i < count; i++) {
        const struct mode_info *info = mode_info((enum mode)i);
        table_text(*table, names[i]);
        table_text(*table, info->kernel);
        table_text(*table, info->network);
        table_text(*table, info->interrupts);
    }
    return IOP_OK;
}

static void instance_row(struct table *table, const struct instance_type *type) {
    static const char *const enhanced[] = {"-", "ixgbevf", "ena"};
    char memory[UNITS_TEXT];
    snprintf(memory, sizeof memory, "%.4g GiB", type->memory_bytes / 1073741824);
    table_text(table, type->name);
    table_count(table, type->vcpus);
    hertz(table, type->clock_hz);
    table_number(table, type->memory_bytes, memory);
    table_text(table, type->pv && type->hvm ? "pv hvm" : type->pv ? "pv" : "hvm");
    table_text(table, enhanced[type->enhanced]);
    table_text(table, type->network_class);
    bits_or_nothing(table, type->network_bps);
    table_text(table, type->host);
    table_text(table, type->cpu);
}

enum iop_status list_each(const char *kind, enum iop_status (*row)(struct table *, const char *, struct diag *),
                          struct table *table, struct diag *diag) {
    struct name_list list;
    enum iop_status status = catalog_names(kind, &list, diag);
    if (status != IOP_OK) return status;
    for (int i = 0; i < list.count && status == IOP_OK; i++) status = row(table, list.names[i], diag);
    names_free(&list);
    return status;
}

static enum iop_status one_instance(struct table *table, const char *name, struct diag *diag) {
    struct instance_type type;
    enum iop_status status = catalog_instance(name, &type, diag);
    if (status == IOP_OK) instance_row(table, &type);
    return status;
}

static enum iop_status list_instances(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"instance", "INSTANCE", TABLE_LEFT}, {"vcpus", "VCPUS", TABLE_RIGHT},
        {"clock_hz", "CLOCK", TABLE_RIGHT},   {"memory_bytes", "MEMORY", TABLE_RIGHT},
        {"images", "IMAGES", TABLE_LEFT},     {"enhanced_networking", "ENHANCED", TABLE_LEFT},
        {"network", "NETWORK", TABLE_LEFT},   {"network_bps", "LIMIT", TABLE_RIGHT},
        {"host", "HOST", TABLE_LEFT},         {"cpu", "CPU", TABLE_LEFT},
    };
    (void)name;
    *table = table_new(COLUMNS(columns));
    return list_each("instances", one_instance, *table, diag);
}

static enum iop_status one_host(struct table *table, const char *name, struct diag *diag) {
    struct host_config *host = malloc(sizeof *host);
    if (host == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = catalog_host(name, host, diag);
    if (status == IOP_OK) {
        char hypervisor[64], cores[32];
        snprintf(hypervisor, sizeof hypervisor, "%s %s", hypervisor_name(host->hypervisor), host->hypervisor_version);
        snprintf(cores, sizeof cores, "%d x %d x %d", host->sockets, host->cores_per_socket, host->threads_per_core);
        table_text(table, host->name);
        table_text(table, hypervisor);
        table_text(table, cores);
        hertz(table, host->clock_hz);
        table_text(table, host->nic.name);
        table_text(table, host->costs.name);
        table_text(table, host->description);
    }
    free(host);
    return status;
}

static enum iop_status list_hosts(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"host", "HOST", TABLE_LEFT},
        {"hypervisor", "HYPERVISOR", TABLE_LEFT},
        {"cores", "SOCKETS x CORES x THREADS", TABLE_LEFT},
        {"clock_hz", "CLOCK", TABLE_RIGHT},
        {"nic", "NIC", TABLE_LEFT},
        {"costs", "COSTS", TABLE_LEFT},
        {"description", "DESCRIPTION", TABLE_LEFT},
    };
    (void)name;
    *table = table_new(COLUMNS(columns));
    return list_each("hosts", one_host, *table, diag);
}

static void cost_row(struct table *table, enum cost id, const struct cost_value *cost) {
    const struct cost_parameter *parameter = cost_parameter(id);
    char value[UNITS_TEXT], low[UNITS_TEXT], high[UNITS_TEXT], sources[COST_SOURCES_MAX * (SOURCE_ID_MAX + 1)] = "";
    for (int i = 0; i < cost->sources; i++) {
        if (i > 0) strcat(sources, " ");
        strcat(sources, cost->source[i]);
    }
    table_text(table, parameter->name);
    table_number(table, cost->value, describe_cost(cost->value, parameter->unit, value));
    table_number(table, cost->low, describe_cost(cost->low, parameter->unit, low));
    table_number(table, cost->high, describe_cost(cost->high, parameter->unit, high));
    table_text(table, cost_unit_name(parameter->unit));
    table_text(table, provenance_name(cost->how));
    table_text(table, sources[0] != '\0' ? sources : NULL);
    table_text(table, parameter->text);
}

static enum iop_status list_parameters(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"parameter", "PARAMETER", TABLE_LEFT}, {"value", "VALUE", TABLE_RIGHT}, {"low", "LOW", TABLE_RIGHT},
        {"high", "HIGH", TABLE_RIGHT},          {"unit", "UNIT", TABLE_LEFT},    {"how", "HOW", TABLE_LEFT},
        {"sources", "SOURCES", TABLE_LEFT},     {"text", "WHAT", TABLE_LEFT},
    };
    struct cost_set *costs = malloc(sizeof *costs);
    if (costs == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = catalog_costs(name, costs, diag);
    *table = table_new(COLUMNS(columns));
    for (int i = 0; status == IOP_OK && i < COST_COUNT_; i++) cost_row(*table, (enum cost)i, &costs->values[i]);
    free(costs);
    return status;
}

static enum iop_status one_cost_set(struct table *table, const char *name, struct diag *diag) {
    struct cost_set *costs = malloc(sizeof *costs);
    if (costs == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = catalog_costs(name, costs, diag);
    if (status == IOP_OK) {
        table_text(table, costs->name);
        hertz(table, costs->clock_hz);
        table_text(table, costs->description);
    }
    free(costs);
    return status;
}

static enum iop_status list_costs(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"costs", "COSTS", TABLE_LEFT}, {"clock_hz", "CLOCK", TABLE_RIGHT}, {"description", "DESCRIPTION", TABLE_LEFT}};
    if (name != NULL) return list_parameters(table, name, diag);
    *table = table_new(COLUMNS(columns));
    return list_each("costs", one_cost_set, *table, diag);
}

/* Empty where the product leaves a cost to the host's cost set. */
static void cycles(struct table *table, const struct cost_value *cost) {
    char text[32];
    snprintf(text, sizeof text, "%.0f", cost->value);
    if (cost->high > 0)
        table_number(table, cost->value, text);
    else
        table_empty(table);
}

static enum iop_status one_switch(struct table *table, const char *name, struct diag *diag) {
    struct cost_set *costs = calloc(1, sizeof *costs);
    if (costs == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = catalog_switch(name, costs, diag);
    if (status == IOP_OK) {
        table_text(table, name);
        cycles(table, &costs->values[COST_SWITCH_LOOKUP]);
        cycles(table, &costs->values[COST_SWITCH_VIRTQ]);
    }
    free(costs);
    return status;
}

static enum iop_status list_switches(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {{"switch", "SWITCH", TABLE_LEFT},
                                                  {"lookup_cycles", "LOOKUP", TABLE_RIGHT},
                                                  {"virtqueue_cycles", "VIRTQUEUE", TABLE_RIGHT}};
    (void)name;
    *table = table_new(COLUMNS(columns));
    return list_each("switches", one_switch, *table, diag);
}

static enum iop_status list_workloads(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"kind", "KIND", TABLE_LEFT}, {"keys", "KEYS", TABLE_LEFT}, {"description", "DESCRIPTION", TABLE_LEFT}};
    static const char *const texts[WORK_KIND_COUNT][2] = {
        [WORK_UDP_STREAM] = {"direction peer frame rate arrivals flows clock_reads",
                             "frames at a rate, or as fast as the sender can"},
        [WORK_TCP_STREAM] = {"direction peer message mtu rate arrivals flows",
                             "writes of an application over TCP, as fast as its windows let it"},
        [WORK_UDP_RR] = {"peer request response concurrency rate arrivals clock_reads",
                         "UDP request and response, a socket each"},
        [WORK_TCP_RR] = {"peer request response concurrency rate arrivals clock_reads",
                         "TCP request and response, a socket each"},
        [WORK_HTTP] = {"role peer request response concurrency threads client_threads rate arrivals clock_reads",
                       "requests over kept connections, served by event loops"},
        [WORK_SPIN] = {"jobs busy period", "threads that compute, a neighbour that takes CPU time"},
        [WORK_FORK] = {"size period pinning", "a process that forks: its page tables are copied"},
        [WORK_SYSCALL] = {"jobs", "threads that make system calls"},
        [WORK_CLOCK] = {"source call jobs", "threads that read the clock"},
        [WORK_BOOT] = {"vmm loader firmware image kernel initrd console prepared period",
                       "the guest boots, from the request until init runs"},
        [WORK_REPLAY] = {"direction peer file repeat speed", "frames of a pcap or CSV file, at their times"},
        [WORK_BLOCK] = {"disk read pattern size depth jobs engine fsync rate arrivals file repeat speed",
                        "block requests of a disk, a number in flight for each job"},
        [WORK_PING] = {"peer request interval", "ICMP echo, one after the other or at an interval"},
    };
    (void)name, (void)diag;
    *table = table_new(COLUMNS(columns));
    for (int i = 0; i < WORK_KIND_COUNT; i++) {
        table_text(*table, workload_kind_name((enum workload_kind)i));
        table_text(*table, texts[i][0]);
        table_text(*table, texts[i][1]);
    }
    return IOP_OK;
}

static enum iop_status one_scenario(struct table *table, const char *name, struct diag *diag) {
    char file[TEXT_MAX];
    enum iop_status status = scenario_file(name, file, sizeof file, diag);
    char title[TEXT_MAX], description[TEXT_MAX];
    if (status == IOP_OK) status = scenario_title(file, title, description, diag);
    if (status != IOP_OK) return status;
    table_text(table, name);
    table_text(table, title);
    table_text(table, description);
    return IOP_OK;
}

static enum iop_status list_scenarios(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"scenario", "SCENARIO", TABLE_LEFT}, {"name", "NAME", TABLE_LEFT}, {"description", "DESCRIPTION", TABLE_LEFT}};
    (void)name;
    *table = table_new(COLUMNS(columns));
    return list_each("scenarios", one_scenario, *table, diag);
}

static const struct kind {
    const char *name;
    lister *list;
    bool takes_name;
} kinds[] = {
    {"modes", list_modes, false},       {"instances", list_instances, false}, {"hosts", list_hosts, false},
    {"nics", list_nics, false},         {"disks", list_disks, false},         {"costs", list_costs, true},
    {"switches", list_switches, false}, {"workloads", list_workloads, false}, {"scenarios", list_scenarios, false},
    {"prices", list_prices, true},      {"demands", list_demands, false},
};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static enum iop_status unknown_kind(const char *word, struct diag *diag) {
    const char *names[KIND_COUNT];
    for (int i = 0; i < KIND_COUNT; i++) names[i] = kinds[i].name;
    const char *near = nearest_name(word, names, KIND_COUNT);
    return diag_set(
        diag, IOP_INVALID,
        "list: '%.80s' is not one of modes, instances, hosts, nics, disks, costs, switches, workloads, scenarios, "
        "prices, demands%s%s%s",
        word, near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

static enum iop_status write_table(const struct options *options, const struct table *table, struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    if (options->format == FORMAT_TABLE && table_rows(table) > 0) status = table_print(table, 0, output.stream, diag);
    if (options->format == FORMAT_JSON) status = table_json(table, output.stream, diag);
    if (options->format == FORMAT_CSV) status = table_csv(table, output.stream, diag);
    return output_close(&output, status, diag);
}

int list_command(struct options *options) {
    struct diag diag = {""};
    const char *word = options->operands[0], *name = options->operand_count > 1 ? options->operands[1] : NULL;
    const struct kind *kind = NULL;
    for (int i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i].name, word) == 0) kind = &kinds[i];
    if (kind == NULL) return fail(unknown_kind(word, &diag), &diag);
    if (name != NULL && !kind->takes_name)
        return fail(diag_set(&diag, IOP_INVALID, "list %s: '%.200s' is one operand too many", word, name), &diag);
    struct table *table = NULL;
    enum iop_status status = kind->list(&table, name, &diag);
    if (status == IOP_OK) status = write_table(options, table, &diag);
    table_free(table);
    return fail(status, &diag);
}
