/* The catalog: found, read, checked. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/document.h"
#include "scenarios/schema.h"

TestSuite(catalog, .init = lab_setup, .fini = lab_teardown);

static void refused(enum iop_status status, const struct diag *diag, const char *wanted) {
    cr_expect_eq(status, IOP_INVALID);
    cr_expect_str_eq(diag->message, wanted);
}

Test(catalog, a_host_comes_with_its_nic_and_costs) {
    struct host_config *host = host_new();
    cr_assert_eq(catalog_host("lab", host, NULL), IOP_OK);
    cr_expect_str_eq(host->name, "lab");
    cr_expect_str_eq(host->hypervisor_version, "4.2");
    cr_expect_eq(host->hypervisor, HYPERVISOR_XEN);
    cr_expect_eq(host->clock_hz, 2.8e9);
    cr_expect_eq(host->smt_share, 1);
    cr_expect_eq(host->cache_bytes, 25 << 20);
    cr_expect_eq(host->iommu.mode, IOMMU_PASSTHROUGH);
    cr_expect_eq(host->iommu.page_bytes, 4096);
    cr_expect_eq(host->dom0.netback_threads, 2);
    cr_expect_eq(host->network.one_way_s, 25e-6);
    cr_expect_eq(host->network.jitter_s, 0);
    cr_expect_str_eq(host->nic.name, "ten");
    cr_expect_eq(host->nic.pcie.mps_bytes, 256);
    cr_expect_eq(host->nic.itr_bulk_s, 84e-6);
    cr_expect_str_eq(host->costs.name, "flat");
    free(host);
}

Test(catalog, cost_sets_convert_times_to_cycles) {
    struct cost_set costs;
    cr_assert_eq(catalog_costs("flat", &costs, NULL), IOP_OK);
    const struct cost_value *copy = &costs.values[COST_GRANT_COPY];
    cr_expect_float_eq(copy->value, 1250, 1e-6);
    cr_expect_float_eq(copy->low, 875, 1e-6);
    cr_expect_float_eq(copy->high, 2500, 1e-6);
    cr_expect_eq(copy->how, PROV_MEASURED);
    cr_expect_eq(copy->sources, 1);
    cr_expect_str_eq(copy->source[0], "XN025");
    cr_expect_str_eq(copy->note, "a note");
    cr_expect_eq(costs.values[COST_SYSCALL].value, 100);
    cr_expect_eq(costs.values[COST_SYSCALL].low, 100);
    cr_expect_eq(costs.values[COST_COPY_HOT].value, 5e9);
    cr_expect_eq(costs.values[COST_MSI].value, 1e-7);
}

Test(catalog, a_cost_set_takes_from_its_base_what_it_leaves_out) {
    struct cost_set costs;
    cr_assert_eq(catalog_costs("derived", &costs, NULL), IOP_OK);
    cr_expect_str_eq(costs.name, "derived");
    cr_expect_eq(costs.clock_hz, 3e9);
    cr_expect_float_eq(costs.values[COST_GRANT_COPY].value, 3000, 1e-6);
    cr_expect_eq(costs.values[COST_GRANT_COPY].how, PROV_FITTED);
    cr_expect_eq(costs.values[COST_SYSCALL].value, 100);
}

Test(catalog, a_derived_set_keeps_cycles_at_its_own_clock) {
    struct cost_set base, derived; /* at 2.5 and 3 GHz: what is inherited stays cycles, not time */
    cr_assert_eq(catalog_costs("flat", &base, NULL), IOP_OK);
    cr_assert_eq(catalog_costs("derived", &derived, NULL), IOP_OK);
    for (int c = 0; c < COST_COUNT_; c++)
        if (c != COST_GRANT_COPY) cr_expect_eq(derived.values[c].value, base.values[c].value);
}

Test(catalog, cards_posted_interrupts_and_packet_limits_are_read) {
    struct host_config *host = host_new();
    cr_assert_eq(catalog_host("lab", host, NULL), IOP_OK);
    cr_expect_not(host->posted_interrupts);
    cr_expect_not(host->nic.low_latency_queue);
    cr_expect_eq(host->nic.card_s, 0);
    cr_assert_eq(
        system("cd data/models/catalog; sed 's/^name: .*/name: card/' nics/ten.yaml > nics/card.yaml;"
               "echo 'low_latency_queue: true\ncard: 2 us' >> nics/card.yaml;"
               "sed '/^dom0/d; s/xen/nitro/; s/: ten/: card/; s/: lab/: nitro/' hosts/lab.yaml > hosts/nitro.yaml;"
               "echo 'posted_interrupts: true' >> hosts/nitro.yaml"),
        0);
    struct diag diag = {0};
    cr_assert_eq(catalog_host("nitro", host, &diag), IOP_OK, "%s", diag.message);
    cr_expect_eq(host->hypervisor, HYPERVISOR_NITRO);
    cr_expect(host->posted_interrupts);
    cr_expect(host->nic.low_latency_queue);
    cr_expect_eq(host->nic.card_s, 2e-6);
    cr_expect(host->dom0.vcpus == 1 && host->dom0.netback_threads == 1 && host->dom0.nic_irq_vcpu == 0);
    free(host);
    struct instance_type type;
    cr_assert_eq(catalog_instance("t9.metal", &type, NULL), IOP_OK);
    cr_expect_eq(type.network_pps, 2.2e6);
    cr_assert_eq(catalog_instance("t9.small", &type, NULL), IOP_OK);
    cr_expect_eq(type.network_pps, 0);
}

#define COSTS "name: c\nclock: 2 GHz\nbase: flat\ncosts:\n"
static void costs_refused(const char *text, const char *wanted) {
    struct cost_set costs;
    struct diag diag = {0};
    write_text("c.yaml", text);
    refused(catalog_costs("c.yaml", &costs, &diag), &diag, wanted);
}

Test(catalog, mistakes_in_cost_sets_are_named) {
    costs_refused("name: c\nclock: 2 GHz\ncosts:\n- {name: syscall.native, value: 1 ns, how: assumed}\n",
                  "c.yaml:4:1: costs: 'syscall.pv' is missing: enter and leave the kernel of a 64-bit PV guest, "
                  "through Xen");
    costs_refused(COSTS "- {name: syscall.natvie, value: 1 ns, how: assumed}\n",
                  "c.yaml:5:10: costs[0].name: 'syscall.natvie' is not the name of a cost; did you mean "
                  "'syscall.native'?");
    costs_refused(
        COSTS "- {name: syscall.native, value: 1 B, how: assumed}\n",
        "c.yaml:5:33: costs[0].value: '1 B' is a size; expected a time (ns, us, ms, s, min, h) or a number of "
        "cycles (cycles)");
    costs_refused(COSTS "- {name: pcie.msi, value: 1 ns, low: 2 ns, how: assumed}\n",
                  "c.yaml:5:27: costs[0].value: '1 ns' does not lie between low and high");
    costs_refused(COSTS "- {name: pcie.msi, value: 1 ns, high: 2, how: assumed}\n",
                  "c.yaml:5:39: costs[0].high: '2' has no unit; expected a time (ns, us, ms, s, min, h)");
    costs_refused(COSTS "- {name: pcie.msi, value: 1 ns, how: guessed}\n",
                  "c.yaml:5:38: costs[0].how: 'guessed' is not a provenance; allowed are measured, derived, fitted, "
                  "assumed");
    costs_refused(COSTS "- {name: pcie.msi, value: 1 ns, how: assumed, source: [x]}\n",
                  "c.yaml:5:56: costs[0].source[0]: 'x' is not an id of the bibliography, such as XN025");
    costs_refused(COSTS
                  "- {name: pcie.msi, value: 1 ns, how: assumed}\n- {name: pcie.msi, value: 1 ns, how: assumed}\n",
                  "c.yaml:6:10: costs[1].name: 'pcie.msi' stands here twice");
    costs_refused("name: c\nclock: 2 GHz\nbase: falt\ncosts: []\n",
                  "c.yaml:3:7: base: 'falt' is not a cost set; did you mean 'flat'?");
    costs_refused("name: c\nclock: 2 GHz\nbase: c.yaml\ncosts: []\n",
                  "c.yaml:3:7: base: more than 8 cost sets on each other");
}

/* The lab host with one of its lines replaced. */
static void host_refused(const char *sed, const char *wanted) {
    char command[400];
    snprintf(command, sizeof command, "sed '%s' data/models/catalog/hosts/lab.yaml > h.yaml", sed);
    cr_assert_eq(system(command), 0);
    struct host_config *host = host_new();
    struct diag diag = {0};
    refused(catalog_host("h.yaml", host, &diag), &diag, wanted);
    free(host);
}

Test(catalog, mistakes_in_hosts_are_named) {
    host_refused("s/^nic: .*/nic: tenn/", "h.yaml:10:6: nic: 'tenn' is not a NIC; did you mean 'ten'?");
    host_refused("s/^costs: .*/costs: flta/", "h.yaml:12:8: costs: 'flta' is not a cost set; did you mean 'flat'?");
    host_refused("s/vcpus: 2/vcpus: 32/", "h.yaml:9:7: dom0: 32 vCPUs leave no CPU of 32 to guests");
    host_refused("s/vcpus: 2/vcpus: 2, nic_irq_vcpu: 2/",
                 "h.yaml:9:32: dom0.nic_irq_vcpu: '2' is out of range; dom0 has vCPUs 0 to 1");
    host_refused("s/page_size: 4 KiB/page_size: 8 KiB/",
                 "h.yaml:8:71: iommu.page_size: '8 KiB' is not a page size; did you mean '4 KiB'?");
    host_refused("s/iotlb_entries: \\[/iotlb: [/",
                 "h.yaml:8:88: iommu.sources: 'iotlb' is not a key of a host's IOMMU; allowed are mode, iotlb_entries, "
                 "walkers, page_size, structure_cache, sources");
    host_refused("s/IO061/io61/",
                 "h.yaml:8:104: iommu.sources.iotlb_entries[0]: 'io61' is not an id of the bibliography, such as "
                 "XN025");
    host_refused("/^clock/d", "h.yaml:1:1: 'clock' is missing: of the CPU");
}

Test(catalog, unknown_names_get_the_nearest) {
    struct host_config *host = host_new();
    struct nic_config nic;
    struct instance_type type;
    struct diag diag = {0}, second = {0}, third = {0};
    refused(catalog_host("leb", host, &diag), &diag, "'leb' is not a host; did you mean 'lab'?");
    refused(catalog_nic("xyzzy", &nic, &second), &second, "'xyzzy' is not a NIC; allowed are one, ten");
    refused(catalog_instance("t9.tiny", &type, &third), &third,
            "'t9.tiny' is not an instance type; allowed are t9.large, t9.metal, t9.slow, t9.small");
    free(host);
}

Test(catalog, a_name_must_be_that_of_its_file) {
    cr_assert_eq(system("cp data/models/catalog/hosts/lab.yaml data/models/catalog/hosts/copy.yaml"), 0);
    struct host_config *host = host_new();
    struct diag diag = {0};
    cr_expect_eq(catalog_host("copy", host, &diag), IOP_INVALID);
    cr_expect_not_null(strstr(diag.message, "/copy.yaml:1:7: name: 'lab' differs from the file's name, copy.yaml"),
                       "%s", diag.message);
    free(host);
}

Test(catalog, errors_in_its_files_name_the_file_not_the_scenario) {
    cr_assert_eq(system("echo oops: 1 >> data/models/catalog/nics/ten.yaml"), 0);
    struct diag diag = {0};
    cr_expect_null(load_text(with(GUEST, WORKLOAD), &diag));
    cr_expect_not_null(strstr(diag.message, "models/catalog/nics/ten.yaml:"), "%s", diag.message);
    cr_expect_not_null(strstr(diag.message, ":1: 'oops' is not a key of a NIC"), "%s", diag.message);
}

Test(catalog, names_are_sorted) {
    static const struct {
        const char *kind, *names;
    } rows[] = {{"hosts", "bare lab "},
                {"nics", "one ten "},
                {"disks", "quick slow "},
                {"costs", "derived flat "},
                {"instances", "t9.large t9.metal t9.slow t9.small "}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct name_list list;
        char all[200] = "";
        cr_assert_eq(catalog_names(rows[i].kind, &list, NULL), IOP_OK);
        for (int n = 0; n < list.count; n++) strcat(strcat(all, list.names[n]), " ");
        cr_expect_str_eq(all, rows[i].names);
        names_free(&list);
    }
    struct name_list list;
    struct diag diag = {0};
    refused(catalog_names("host", &list, &diag), &diag, "'host' is not a part of the catalog; did you mean 'hosts'?");
}

Test(catalog, a_source_is_found_by_its_id) {
    struct source source;
    cr_assert_eq(catalog_source("M084", &source, NULL), IOP_OK);
    cr_expect_str_eq(source.title, "Two million packets");
    cr_expect_eq(source.year, 2016);
    cr_expect_str_eq(source.conditions, "64 B, 2 Mpps");
    cr_assert_eq(catalog_source("IO061", &source, NULL), IOP_OK);
    struct diag diag = {0};
    refused(catalog_source("M999", &source, &diag), &diag, "'M999' is not in the bibliography");
    struct bibliography *all = bibliography_load(NULL);
    cr_assert_not_null(all);
    cr_expect_str_eq(bibliography_find(all, "XN025")->title, "Grant copies");
    cr_expect_null(bibliography_find(all, "an id that is far too long"));
    bibliography_free(all);
}

Test(catalog, long_texts_of_the_bibliography_are_cut_between_characters) {
    char text[2000] = "- {id: M084, venue: \"";
    for (int i = 0; i < 100; i++) strcat(text, "é"); /* 2 bytes each, 79 fit */
    strcat(text, "\"}\n");
    write_text("data/models/catalog/sources/a.yaml", text);
    struct source source;
    cr_assert_eq(catalog_source("M084", &source, NULL), IOP_OK);
    cr_expect_eq(strlen(source.venue), 78);
}

Test(catalog, the_data_directory_of_the_environment_must_exist) {
    char path[200];
    struct diag diag = {0};
    setenv("IOPATH_DATA", "/nonexistent", 1);
    refused(data_path("models/catalog/hosts", path, sizeof path, &diag), &diag,
            "/nonexistent/models/catalog/hosts: No such file or directory; the data directory is /nonexistent (from "
            "IOPATH_DATA)");
}

Test(catalog, every_table_describes_every_key) {
    int count;
    const struct table *const *tables = schema_tables(&count);
    for (int t = 0; t < count; t++)
        for (int f = 0; f < tables[t]->field_count; f++) {
            const struct field *field = &tables[t]->fields[f];
            cr_expect(field->text != NULL && field->text[0] != '\0', "%s.%s", tables[t]->name, field->key);
            cr_expect(field->kind != FIELD_CHOICE || field->choices != NULL, "%s.%s", tables[t]->name, field->key);
            cr_expect((field->kind != FIELD_TABLE && field->kind != FIELD_LIST) || field->table != NULL, "%s.%s",
                      tables[t]->name, field->key);
        }
}
