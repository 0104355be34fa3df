#include "models/mode.h"

#include <string.h>

static const struct mode_info infos[MODE_COUNT] = {
    [MODE_NATIVE] = {"native", "bare metal", "native driver (ixgbe)", "MSI-X"},
    [MODE_PV] = {"pv", "PV (system calls and page tables through Xen)", "netfront/netback", "event channel upcall"},
    [MODE_HVM] = {"hvm", "hardware virtualized", "emulated e1000 in QEMU", "emulated INTx, trapped EOI"},
    [MODE_PVHVM] = {"pvhvm", "hardware virtualized", "netfront/netback", "event channel by callback vector"},
    [MODE_SRIOV] = {"sriov", "hardware virtualized", "VF of the NIC (ixgbevf)", "MSI-X, injected"},
};

const struct mode_info *mode_info(enum mode mode) { return &infos[mode]; }

enum mode mode_find(const char *name) {
    for (int i = 0; i < MODE_COUNT; i++)
        if (strcmp(infos[i].name, name) == 0) return (enum mode)i;
    return MODE_NONE;
}

const char *const *mode_names(int *count) {
    static const char *const names[MODE_COUNT] = {
        [MODE_NATIVE] = "native", [MODE_PV] = "pv", [MODE_HVM] = "hvm", [MODE_PVHVM] = "pvhvm", [MODE_SRIOV] = "sriov",
    };
    *count = MODE_COUNT;
    return names;
}

static const char *what_it_boots(const struct instance_type *type) {
    if (type->pv && type->hvm) return "PV and HVM images";
    return type->pv ? "PV images only" : "HVM images only";
}

static enum iop_status image_available(enum mode mode, const struct instance_type *type, struct diag *diag) {
    const char *name = infos[mode].name;
    if (mode == MODE_PV && !type->pv)
        return diag_set(diag, IOP_INVALID, "%s cannot run in mode '%s': it boots %s", type->name, name,
                        what_it_boots(type));
    if (mode != MODE_PV && mode != MODE_NATIVE && !type->hvm)
        return diag_set(diag, IOP_INVALID, "%s cannot run in mode '%s': it boots %s", type->name, name,
                        what_it_boots(type));
    if (mode == MODE_SRIOV && type->enhanced != ENHANCED_IXGBEVF)
        return diag_set(diag, IOP_INVALID,
                        "%s cannot run in mode 'sriov': it has no enhanced networking by a VF of an 82599; it boots %s",
                        type->name, what_it_boots(type));
    return IOP_OK;
}

enum iop_status mode_available(enum mode mode, const struct host_config *host, const struct instance_type *type,
                               struct diag *diag) {
    const char *name = infos[mode].name;
    if (mode != MODE_NATIVE && host->hypervisor != HYPERVISOR_XEN)
        return diag_set(diag, IOP_INVALID, "mode '%s' needs Xen, and host '%s' does not run it", name, host->name);
    if (type != NULL) {
        enum iop_status status = image_available(mode, type, diag);
        if (status != IOP_OK) return status;
    }
    if (mode == MODE_SRIOV && host->nic.virtual_functions == 0)
        return diag_set(diag, IOP_INVALID,
                        "mode 'sriov' needs a NIC with virtual functions, and '%s' of host '%s' has none",
                        host->nic.name, host->name);
    return IOP_OK;
}
