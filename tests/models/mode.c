#include "models/mode.h"

#include <criterion/criterion.h>
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
           "m3.large cannot run in mode 'sriov': it has no enhanced networking by a VF of an 82599; it boots PV and "
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
    expect_refused_by(&host, MODE_PV, "mode 'pv' needs Xen, and host 'ec2-ivybridge' does not run it");
    expect_refused_by(&host, MODE_SRIOV, "mode 'sriov' needs Xen, and host 'ec2-ivybridge' does not run it");
    cr_expect_eq(mode_available(MODE_NATIVE, &host, NULL, NULL), IOP_OK);
}
