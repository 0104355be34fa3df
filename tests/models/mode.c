#include "models/mode.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "models/paths/path.h"
#include "scenarios/catalog.h"

static struct host_config host_of(const char *name) {
    struct host_config host;
    struct diag diag = {0};
    cr_assert_eq(catalog_host(name, &host, &diag), IOP_OK, "%s", diag.message);
    return host;
}

/* On the host the catalog gives the type. */
static void expect(const char *type_name, enum mode mode, const char *refusal) {
    struct instance_type type;
    struct diag diag = {0};
    cr_assert_eq(catalog_instance(type_name, &type, &diag), IOP_OK, "%s", diag.message);
    struct host_config host = host_of(type.host);
    enum iop_status status = mode_available(mode, &host, &type, &diag);
    if (refusal == NULL) {
        cr_expect_eq(status, IOP_OK, "%s", diag.message);
        return;
    }
    cr_expect_eq(status, IOP_INVALID, "%s in mode %s", type_name, mode_info(mode)->name);
    cr_expect_str_eq(diag.message, refusal);
}

Test(mode, names_are_unique_and_found) {
    int count;
    const char *const *names = mode_names(&count);
    cr_expect_eq(count, MODE_COUNT);
    for (int i = 0; i < count; i++) {
        cr_expect_str_eq(names[i], mode_info((enum mode)i)->name);
        cr_expect_eq(mode_find(names[i]), (enum mode)i);
        cr_expect_not_null(mode_path((enum mode)i));
    }
    cr_expect_eq(mode_find("xen"), MODE_NONE);
    cr_expect_eq(mode_find(""), MODE_NONE);
}

Test(mode, types_run_in_the_modes_they_were_sold_with) {
    static const enum mode all[] = {MODE_PV, MODE_HVM, MODE_PVHVM, MODE_SRIOV};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) expect("c3.8xlarge", all[i], NULL);
    expect("r3.8xlarge", MODE_SRIOV, NULL);
    expect("r3.8xlarge", MODE_PVHVM, NULL);
    expect("m3.large", MODE_PV, NULL);
    expect("m3.large", MODE_PVHVM, NULL);
    expect("m1.large", MODE_PV, NULL);
}

Test(mode, a_refusal_names_the_reason_and_what_the_type_boots) {
    expect("r3.8xlarge", MODE_PV, "r3.8xlarge cannot run in mode 'pv': it boots HVM images only");
    expect("m1.large", MODE_HVM, "m1.large cannot run in mode 'hvm': it boots PV images only");
    expect("m1.large", MODE_PVHVM, "m1.large cannot run in mode 'pvhvm': it boots PV images only");
    expect("m1.large", MODE_SRIOV, "m1.large cannot run in mode 'sriov': it boots PV images only");
    expect("m3.large", MODE_SRIOV,
           "m3.large cannot run in mode 'sriov': it has no enhanced networking by a VF of the NIC; it boots PV and "
           "HVM images");
}

static void expect_refused_by(const struct host_config *host, enum mode mode, const char *refusal) {
    struct diag diag = {0};
    cr_expect_eq(mode_available(mode, host, NULL, &diag), IOP_INVALID);
    cr_expect_str_eq(diag.message, refusal);
}

Test(mode, a_nic_without_virtual_functions_has_no_sriov) {
    struct host_config host = host_of("ec2-gen1");
    expect_refused_by(&host, MODE_SRIOV,
                      "mode 'sriov' needs a NIC with virtual functions, and 'intel-82576-1g' of host 'ec2-gen1' has "
                      "none");
    cr_expect_eq(mode_available(MODE_PV, &host, NULL, NULL), IOP_OK);
    cr_expect_eq(mode_available(MODE_HVM, &host, NULL, NULL), IOP_OK);
}

Test(mode, a_host_without_xen_runs_bare_metal_only) {
    struct host_config host = host_of("ec2-ivybridge");
    host.hypervisor = HYPERVISOR_NONE;
    expect_refused_by(&host, MODE_PV, "mode 'pv' needs the hypervisor Xen, and host 'ec2-ivybridge' has none");
    expect_refused_by(&host, MODE_SRIOV, "mode 'sriov' needs the hypervisor Xen, and host 'ec2-ivybridge' has none");
    cr_expect_eq(mode_available(MODE_NATIVE, &host, NULL, NULL), IOP_OK);
}

Test(mode, what_ec2_never_sold_is_refused_for_its_types) {
    expect("c3.8xlarge", MODE_PVH,
           "c3.8xlarge cannot run in mode 'pvh': EC2 does not offer it; it boots PV and HVM images");
    expect("c3.8xlarge", MODE_PASSTHROUGH,
           "c3.8xlarge cannot run in mode 'passthrough': EC2 does not offer it; it boots PV and HVM images");
    expect("c3.8xlarge", MODE_NITRO, "mode 'nitro' needs the hypervisor Nitro, and host 'ec2-ivybridge' has Xen");
    expect("c3.8xlarge", MODE_HVM_PV, NULL);
}

Test(mode, pvh_needs_a_xen_that_has_it) {
    struct host_config host = host_of("ec2-ivybridge");
    expect_refused_by(&host, MODE_PVH, "mode 'pvh' needs Xen 4.10 or later, and host 'ec2-ivybridge' runs 4.2");
    snprintf(host.hypervisor_version, sizeof host.hypervisor_version, "4.9");
    cr_expect_eq(mode_available(MODE_PVH, &host, NULL, NULL), IOP_INVALID);
    snprintf(host.hypervisor_version, sizeof host.hypervisor_version, "4.11");
    cr_expect_eq(mode_available(MODE_PVH, &host, NULL, NULL), IOP_OK);
}

Test(mode, passthrough_needs_an_iommu) {
    struct host_config host = host_of("ec2-ivybridge");
    cr_expect_eq(mode_available(MODE_PASSTHROUGH, &host, NULL, NULL), IOP_OK);
    host.iommu.mode = IOMMU_OFF;
    expect_refused_by(&host, MODE_PASSTHROUGH,
                      "mode 'passthrough' needs an IOMMU, and that of host 'ec2-ivybridge' is off");
}
