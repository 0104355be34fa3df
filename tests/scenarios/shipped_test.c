/* What ships in models/catalog and scenarios: every file loads, and fits the others. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/document.h"
#include "scenarios/fleet.h"
#include "scenarios/schema.h"

static void use_source_tree(void) { setenv("IOPATH_DATA", source_folder(), 1); }

TestSuite(shipped, .init = use_source_tree);

/* The names of one kind, of which there must be some; names_free() is the caller's. */
static struct name_list shipped(const char *kind) {
    struct name_list names = {0};
    struct diag diag = {0};
    cr_assert_eq(catalog_names(kind, &names, &diag), IOP_OK, "%s", diag.message);
    cr_assert_gt(names.count, 0, "%s", kind);
    return names;
}

Test(shipped, every_nic_loads) {
    struct name_list nics = shipped("nics");
    for (int i = 0; i < nics.count; i++) {
        struct nic_config nic;
        struct diag diag = {0};
        cr_expect_eq(catalog_nic(nics.names[i], &nic, &diag), IOP_OK, "%s", diag.message);
    }
    names_free(&nics);
}

Test(shipped, every_disk_loads) {
    struct name_list disks = shipped("disks");
    for (int i = 0; i < disks.count; i++) {
        struct disk_config disk;
        struct diag diag = {0};
        cr_expect_eq(catalog_disk(disks.names[i], &disk, &diag), IOP_OK, "%s", diag.message);
        cr_expect_str_neq(disk.description, "", "%s", disks.names[i]);
    }
    names_free(&disks);
}

Test(shipped, every_cost_set_loads) {
    struct name_list sets = shipped("costs");
    for (int i = 0; i < sets.count; i++) {
        struct cost_set costs;
        struct diag diag = {0};
        cr_expect_eq(catalog_costs(sets.names[i], &costs, &diag), IOP_OK, "%s", diag.message);
    }
    names_free(&sets);
}

Test(shipped, every_host_loads) {
    struct name_list hosts = shipped("hosts");
    struct host_config *host = host_new();
    for (int i = 0; i < hosts.count; i++) {
        struct diag diag = {0};
        cr_expect_eq(catalog_host(hosts.names[i], host, &diag), IOP_OK, "%s", diag.message);
    }
    free(host);
    names_free(&hosts);
}

Test(shipped, every_instance_type_loads_and_its_host_exists) {
    struct name_list types = shipped("instances");
    for (int i = 0; i < types.count; i++) {
        struct instance_type type;
        struct diag diag = {0};
        cr_expect_eq(catalog_instance(types.names[i], &type, &diag), IOP_OK, "%s", diag.message);
        cr_expect_eq(strncmp(type.name, type.family, strlen(type.family)), 0);
        cr_expect(catalog_has("hosts", type.host), "%s: %s", types.names[i], type.host);
    }
    names_free(&types);
}

/* What a type promises, its host must have. */
Test(shipped, every_instance_type_fits_its_host) {
    struct name_list types = shipped("instances");
    struct host_config *host = host_new();
    for (int i = 0; i < types.count; i++) {
        const char *name = types.names[i];
        struct instance_type type;
        struct diag diag = {0};
        cr_assert_eq(catalog_instance(name, &type, &diag), IOP_OK, "%s", diag.message);
        cr_assert_eq(catalog_host(type.host, host, &diag), IOP_OK, "%s", diag.message);
        int threads = host->sockets * host->cores_per_socket * host->threads_per_core;
        bool ena = strncmp(host->nic.name, "aws-ena", 7) == 0;
        bool metal = strstr(name, ".metal") != NULL;
        cr_expect_leq(type.vcpus, threads, "%s has more vCPUs than %s", name, type.host);
        cr_expect(type.enhanced == ENHANCED_NONE || host->nic.virtual_functions > 0, "%s on %s", name, type.host);
        cr_expect_eq(type.enhanced == ENHANCED_ENA, ena, "%s on %s", name, type.host);
        cr_expect(type.network_bps <= host->nic.link_bps, "%s on %s", name, type.host);
        cr_expect(type.pv || type.hvm, "%s", name);
        cr_expect_eq(host->hypervisor == HYPERVISOR_NONE, metal, "%s on %s", name, type.host);
        cr_expect_eq(host->posted_interrupts, host->hypervisor == HYPERVISOR_NITRO, "%s", type.host);
        cr_expect_not(type.pv && host->hypervisor != HYPERVISOR_XEN, "%s on %s", name, type.host);
    }
    free(host);
    names_free(&types);
}

Test(shipped, all_instance_types_of_ec2_until_2018_are_there) {
    static const struct {
        const char *family;
        int types;
    } families[] = {{"t1", 1},  {"m1", 4},  {"c1", 2}, {"m2", 3}, {"cc1", 1}, {"cc2", 1}, {"cg1", 1}, {"cr1", 1},
                    {"hi1", 1}, {"hs1", 1}, {"t2", 7}, {"m3", 4}, {"c3", 5},  {"r3", 5},  {"i2", 4},  {"g2", 2},
                    {"c4", 5},  {"m4", 6},  {"d2", 4}, {"x1", 2}, {"r4", 6},  {"i3", 7},  {"c5", 9},  {"m5", 9}};
    int found[sizeof families / sizeof *families] = {0}, total = 0;
    struct name_list types = shipped("instances");
    for (int i = 0; i < types.count; i++) {
        const char *name = types.names[i];
        for (size_t f = 0; f < sizeof families / sizeof *families; f++)
            if (strncmp(name, families[f].family, strcspn(name, ".")) == 0 &&
                strlen(families[f].family) == strcspn(name, "."))
                found[f]++;
        total++;
    }
    names_free(&types);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        cr_expect_eq(found[f], families[f].types, "%s: %d", families[f].family, found[f]);
    cr_expect_eq(total, 91);
}

Test(shipped, instance_types_are_what_was_published) {
    static const struct {
        const char *name, *host, *network_class;
        int vcpus;
        double clock_hz, memory_gib, network_bps, network_pps;
        enum enhanced_networking enhanced;
        bool pv, hvm;
    } rows[] = {
        {"t1.micro", "ec2-gen1", "Very Low", 1, 2.66e9, 0.613, 70e6, 0, ENHANCED_NONE, true, false},
        {"hi1.4xlarge", "ec2-nehalem-10g", "10 Gigabit", 16, 2.4e9, 60.5, 10e9, 0, ENHANCED_NONE, true, true},
        {"g2.2xlarge", "ec2-sandybridge", "High", 8, 2.6e9, 15, 0, 0, ENHANCED_NONE, false, true},
        {"c4.8xlarge", "ec2-haswell", "10 Gigabit", 36, 2.9e9, 60, 10e9, 0, ENHANCED_IXGBEVF, false, true},
        {"m4.10xlarge", "ec2-haswell", "10 Gigabit", 40, 2.4e9, 160, 10e9, 0, ENHANCED_IXGBEVF, false, true},
        {"m4.16xlarge", "ec2-broadwell", "25 Gigabit", 64, 2.3e9, 256, 25e9, 0, ENHANCED_ENA, false, true},
        {"c5.large", "nitro-skylake", "Up to 10 Gbps", 2, 3e9, 4, 750e6, 0, ENHANCED_ENA, false, true},
        {"m5.24xlarge", "nitro-skylake", "25 Gigabit", 96, 3.1e9, 384, 25e9, 2.2e6, ENHANCED_ENA, false, true},
        {"m5.metal", "nitro-skylake-metal", "25 Gigabit", 96, 3.1e9, 384, 25e9, 2.2e6, ENHANCED_ENA, false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct instance_type type;
        struct diag diag = {0};
        cr_assert_eq(catalog_instance(rows[i].name, &type, &diag), IOP_OK, "%s", diag.message);
        cr_expect_str_eq(type.host, rows[i].host);
        cr_expect_str_eq(type.network_class, rows[i].network_class);
        cr_expect_eq(type.vcpus, rows[i].vcpus);
        cr_expect_float_eq(type.clock_hz, rows[i].clock_hz, 1);
        cr_expect_float_eq(type.memory_bytes, rows[i].memory_gib * 1073741824, 1);
        cr_expect_float_eq(type.network_bps, rows[i].network_bps, 1);
        cr_expect_float_eq(type.network_pps, rows[i].network_pps, 1);
        cr_expect_eq(type.enhanced, rows[i].enhanced);
        cr_expect(type.pv == rows[i].pv && type.hvm == rows[i].hvm, "%s", rows[i].name);
    }
}

static bool is_fleet(const char *name) { return strncmp(name, "fleet/", strlen("fleet/")) == 0; }

Test(shipped, every_fleet_loads) {
    struct name_list scenarios = shipped("scenarios");
    int fleets = 0;
    for (int i = 0; i < scenarios.count; i++) {
        cr_expect_eq(fleet_is_in(scenarios.names[i]), is_fleet(scenarios.names[i]), "%s", scenarios.names[i]);
        if (!is_fleet(scenarios.names[i])) continue;
        struct diag diag = {0};
        struct fleet_scenario *fleet = fleet_load(scenarios.names[i], NULL, 0, &diag);
        cr_expect_not_null(fleet, "%s", diag.message);
        fleet_unload(fleet);
        fleets++;
    }
    cr_expect_gt(fleets, 0);
    names_free(&scenarios);
}

Test(shipped, every_scenario_loads_and_can_run) {
    struct name_list scenarios = shipped("scenarios");
    for (int i = 0; i < scenarios.count; i++) {
        struct diag diag = {0};
        if (is_fleet(scenarios.names[i])) continue;
        struct scenario *scenario = scenario_load(scenarios.names[i], NULL, 0, &diag);
        cr_expect_not_null(scenario, "%s", diag.message);
        if (scenario != NULL) cr_expect_str_eq(scenario->not_available, "");
        scenario_free(scenario);
    }
    names_free(&scenarios);
}

/* The bibliography is needed for what the catalog cites. */
Test(shipped, the_bibliography_has_what_the_costs_cite) {
    struct name_list sets = shipped("costs");
    struct bibliography *all = bibliography_load(NULL);
    cr_assert_not_null(all);
    for (int i = 0; i < sets.count; i++) {
        struct cost_set costs;
        struct diag diag = {0};
        cr_assert_eq(catalog_costs(sets.names[i], &costs, &diag), IOP_OK, "%s", diag.message);
        for (int c = 0; c < COST_COUNT_; c++)
            for (int s = 0; s < costs.values[c].sources; s++)
                cr_expect_not_null(bibliography_find(all, costs.values[c].source[s]), "%s: %s: %s", sets.names[i],
                                   cost_parameter((enum cost)c)->name, costs.values[c].source[s]);
    }
    bibliography_free(all);
    names_free(&sets);
}

static void expect_cited(const struct bibliography *all, const struct node *node, bool below_sources) {
    if (node->kind == NODE_SCALAR && below_sources)
        cr_expect_not_null(bibliography_find(all, node->value), "%s: %s", node->file, node->value);
    for (int i = 0; i < node->count; i++) {
        const struct node *child = node->children[i];
        expect_cited(all, child, below_sources || (child->key != NULL && strcmp(child->key, "sources") == 0));
    }
}

Test(shipped, the_bibliography_has_what_hosts_nics_and_disks_cite) {
    static const char *const kinds[] = {"hosts", "nics", "disks"};
    for (int k = 0; k < 3; k++) {
        struct name_list names = shipped(kinds[k]);
        struct bibliography *all = bibliography_load(NULL);
        cr_assert_not_null(all);
        for (int i = 0; i < names.count; i++) {
            char path[500];
            struct document document;
            struct diag diag = {0};
            snprintf(path, sizeof path, "%s/models/catalog/%s/%s.yaml", source_folder(), kinds[k], names.names[i]);
            cr_assert_eq(document_load(&document, path, &diag), IOP_OK, "%s", diag.message);
            expect_cited(all, document.root, false);
            document_fini(&document);
        }
        bibliography_free(all);
        names_free(&names);
    }
}

/* What was not read in its source may give a default or a range, never an expectation (CONTRIBUTING.md). */
Test(shipped, expectations_cite_what_was_read_in_the_source) {
    struct name_list scenarios = shipped("scenarios");
    struct bibliography *all = bibliography_load(NULL);
    cr_assert_not_null(all);
    for (int i = 0; i < scenarios.count; i++) {
        struct diag diag = {0};
        if (is_fleet(scenarios.names[i])) continue;
        struct scenario *scenario = scenario_load(scenarios.names[i], NULL, 0, &diag);
        cr_assert_not_null(scenario, "%s", diag.message);
        for (int e = 0; e < scenario->expect_count; e++) {
            const char *id = scenario->expect[e].source;
            const struct source *source = bibliography_find(all, id);
            cr_expect_not_null(source, "%s: %s", scenarios.names[i], id);
            if (source != NULL) cr_expect_str_eq(source->provenance, "read in the source", "%s", id);
        }
        scenario_free(scenario);
    }
    bibliography_free(all);
    names_free(&scenarios);
}

Test(shipped, switches_have_costs_of_their_own_from_the_bibliography) {
    struct name_list names = shipped("switches");
    struct bibliography *all = bibliography_load(NULL);
    cr_assert_not_null(all);
    cr_expect_eq(names.count, 7);
    for (int i = 0; i < names.count; i++) {
        struct cost_set costs = {0};
        struct diag diag = {0};
        cr_assert_eq(catalog_switch(names.names[i], &costs, &diag), IOP_OK, "%s", diag.message);
        const struct cost_value *lookup = &costs.values[COST_SWITCH_LOOKUP];
        cr_expect(lookup->value > 0 && lookup->high > lookup->low, "%s", names.names[i]);
        for (int c = 0; c < COST_COUNT_; c++)
            for (int s = 0; s < costs.values[c].sources; s++)
                cr_expect_not_null(bibliography_find(all, costs.values[c].source[s]), "%s: %s", names.names[i],
                                   costs.values[c].source[s]);
    }
    bibliography_free(all);
    names_free(&names);
}

/* AWS001, M170: credits for types sold as "up to" a bandwidth or as burstable, a cap of one flow where there is more
 * than that. */
Test(shipped, types_sold_as_up_to_a_bandwidth_burst) {
    struct name_list types = shipped("instances");
    int bursting = 0;
    for (int i = 0; i < types.count; i++) {
        struct instance_type type;
        struct diag diag = {0};
        cr_assert_eq(catalog_instance(types.names[i], &type, &diag), IOP_OK, "%s", diag.message);
        bool up_to = strncmp(type.network_class, "Up to", 5) == 0;
        double most = type.burst_bps > type.network_bps ? type.burst_bps : type.network_bps;
        bool burstable = strcmp(type.family, "t2") == 0;
        cr_expect_eq(type.burst_bps > type.network_bps, up_to || burstable, "%s", types.names[i]);
        cr_expect_eq(type.flow_bps == 5e9, type.enhanced == ENHANCED_ENA && most > 5e9, "%s", types.names[i]);
        cr_expect(type.flow_bps == 0 || type.flow_in_group_bps == 10e9, "%s", types.names[i]);
        bursting += up_to;
    }
    cr_expect_eq(bursting, 16);
    names_free(&types);
}

Test(shipped, the_bibliography_has_the_packet_limits_of_instance_types) {
    struct name_list types = shipped("instances");
    struct bibliography *all = bibliography_load(NULL);
    cr_assert_not_null(all);
    for (int i = 0; i < types.count; i++) {
        struct instance_type type;
        struct diag diag = {0};
        cr_assert_eq(catalog_instance(types.names[i], &type, &diag), IOP_OK, "%s", diag.message);
        const char *cited = strstr(type.source, "packets: ");
        cr_expect_eq(cited != NULL, type.network_pps > 0, "%s", types.names[i]);
        if (cited != NULL)
            cr_expect_not_null(bibliography_find(all, cited + strlen("packets: ")), "%s", types.names[i]);
    }
    bibliography_free(all);
    names_free(&types);
}
