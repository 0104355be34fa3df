/* What a file may say about boots. */
#include "tests/scenarios/fixture.h"

#include <criterion/criterion.h>

TestSuite(boot, .init = lab_setup, .fini = lab_teardown);

#define PVHVM "mode: pvhvm, vcpus: 2"
#define PV    "mode: pv, vcpus: 2"

static struct boot_config boot(const char *guest, const char *text) {
    struct scenario *scenario = load_good(with(guest, text));
    struct workload_config workload = scenario->model.guests[0].workloads[0];
    cr_expect_eq(workload.kind, WORK_BOOT);
    scenario_free(scenario);
    return workload.boot;
}

Test(boot, guests_of_xen_begin_as_they_do_on_ec2) {
    struct boot_config pvhvm = boot(PVHVM, "kind: boot"), pv = boot(PV, "kind: boot");
    cr_expect_eq(pvhvm.loader, LOADER_BIOS);
    cr_expect_eq(pvhvm.firmware, FIRMWARE_SEABIOS);
    cr_expect(pvhvm.compressed);
    cr_expect_eq(pvhvm.kernel_bytes, 16.5e6);
    cr_expect_eq(pv.loader, LOADER_DIRECT);
    cr_expect_eq(pv.firmware, FIRMWARE_NONE);
    cr_expect_eq(boot(PV, "kind: boot, loader: pv-grub").loader, LOADER_PV_GRUB);
    cr_expect_eq(boot(PVHVM, "kind: boot, loader: direct").loader, LOADER_DIRECT);
}

Test(boot, sizes_are_taken) {
    struct boot_config sizes = boot(PV, "kind: boot, kernel: 8 MiB, initrd: 1 MiB, console: 500 B, image: vmlinux");
    cr_expect_eq(sizes.kernel_bytes, 8388608.0);
    cr_expect_eq(sizes.initrd_bytes, 1048576.0);
    cr_expect_eq(sizes.console_bytes, 500);
    cr_expect_not(sizes.compressed);
}

Test(boot, memory_is_the_guests) {
    struct scenario *scenario = load_good(with(PV ", memory: 2 GiB", "kind: boot, period: 5 s"));
    cr_expect_eq(scenario->model.guests[0].memory_bytes, 2147483648.0);
    cr_expect_eq(scenario->model.guests[0].workloads[0].period_s, 5);
    scenario_free(scenario);
}

Test(boot, loaders_need_their_machine) {
    expect_message(with(PVHVM, "kind: boot, loader: pv-grub"),
                   "s.yaml:6:27: guests[0].workloads[0].loader: 'pv-grub' is a PV kernel, and the mode is pvhvm");
    expect_message(
        with(PV, "kind: boot, loader: bios"),
        "s.yaml:6:27: guests[0].workloads[0].loader: 'bios' needs firmware and an emulated disk, which guests "
        "of mode 'pv' lack");
    expect_message(with(PV, "kind: boot, firmware: seabios"),
                   "s.yaml:6:29: guests[0].workloads[0].firmware: guests of mode 'pv' have no firmware");
    expect_message(with(PV, "kind: boot, loader: pv-grbu"),
                   "s.yaml:6:27: guests[0].workloads[0].loader: 'pv-grbu' is not a loader; did you mean 'pv-grub'?");
}

Test(boot, monitors_are_kvms) {
    expect_message(with(PVHVM, "kind: boot, vmm: firecracker"),
                   "s.yaml:6:24: guests[0].workloads[0].vmm: 'firecracker' needs KVM, and host 'lab' does not run it");
    expect_message(with(PVHVM, "kind: boot, firmware: qboot"),
                   "s.yaml:6:29: guests[0].workloads[0].firmware: 'qboot' needs KVM, and host 'lab' does not run it");
    expect_message(
        with(PVHVM, "kind: boot, prepared: true"),
        "s.yaml:6:29: guests[0].workloads[0].prepared: a monitor of KVM can be prepared, and host 'lab' does "
        "not run it");
}

Test(boot, bare_metal_has_no_toolstack) {
    expect_message(
        with("mode: native, vcpus: 2", "kind: boot"),
        "s.yaml:6:13: guests[0].workloads[0].kind: what starts a guest of mode 'native' is not in the model; "
        "'boot' needs Xen or KVM");
}

Test(boot, its_keys_are_its_own) {
    expect_message(with(PV, "kind: boot, size: 1 GiB"),
                   "s.yaml:6:19: guests[0].workloads[0]: 'size' does not belong to a workload of kind boot");
    expect_message(with(PV, "kind: fork, size: 1 GiB, vmm: qemu"),
                   "s.yaml:6:32: guests[0].workloads[0]: 'vmm' does not belong to a workload of kind fork");
}
