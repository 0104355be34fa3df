#include "models/mode.h"

#include <stdio.h>
#include <string.h>

/* What a mode asks of host and instance type. */
enum image { IMAGE_ANY, IMAGE_PV, IMAGE_HVM };
struct requirement {
    enum hypervisor_kind hypervisor; /* HYPERVISOR_NONE: any or none */
    enum image image;
    int xen_major, xen_minor; /* least version, 0.0: any */
    bool sold;                /* EC2 offers it at all */
};

static const struct {
    struct mode_info info;
    struct requirement needs;
} modes[MODE_COUNT] = {
    [MODE_NATIVE] = {{"native", "bare metal", "native driver", "MSI-X"}, {HYPERVISOR_NONE, IMAGE_ANY, 0, 0, true}},
    [MODE_PV] = {{"pv", "PV (system calls and page tables through Xen)", "netfront/netback", "event channel upcall"},
                 {HYPERVISOR_XEN, IMAGE_PV, 0, 0, true}},
    [MODE_HVM] = {{"hvm", "hardware virtualized", "emulated e1000 or rtl8139 in QEMU", "emulated INTx, trapped EOI"},
                  {HYPERVISOR_XEN, IMAGE_HVM, 0, 0, true}},
    [MODE_HVM_PV] = {{"hvm-pv", "hardware virtualized", "netfront/netback", "platform device INTx"},
                     {HYPERVISOR_XEN, IMAGE_HVM, 0, 0, true}},
    [MODE_PVHVM] = {{"pvhvm", "hardware virtualized", "netfront/netback", "event channel by callback vector"},
                    {HYPERVISOR_XEN, IMAGE_HVM, 0, 0, true}},
    [MODE_PVH] = {{"pvh", "hardware virtualized, no device model", "netfront/netback", "callback vector"},
                  {HYPERVISOR_XEN, IMAGE_ANY, 4, 10, false}},
    [MODE_VIRTIO] = {{"virtio", "hardware virtualized (KVM)", "virtio, back end in QEMU", "irqfd: injected or posted"},
                     {HYPERVISOR_KVM, IMAGE_HVM, 0, 0, false}},
    [MODE_VHOST] = {{"vhost", "hardware virtualized (KVM)", "virtio, back end in kernel", "irqfd: injected or posted"},
                    {HYPERVISOR_KVM, IMAGE_HVM, 0, 0, false}},
    [MODE_VHOST_USER] = {{"vhost-user", "hardware virtualized (KVM)", "virtio, polling switch",
                          "irqfd: injected or posted"},
                         {HYPERVISOR_KVM, IMAGE_HVM, 0, 0, false}},
    [MODE_PASSTHROUGH] = {{"passthrough", "hardware virtualized", "whole NIC through VT-d",
                           "MSI-X, injected or posted"},
                          {HYPERVISOR_XEN, IMAGE_HVM, 0, 0, false}},
    [MODE_SRIOV] = {{"sriov", "hardware virtualized", "VF of the NIC", "MSI-X, injected or posted"},
                    {HYPERVISOR_XEN, IMAGE_HVM, 0, 0, true}},
    [MODE_NITRO] = {{"nitro", "hardware virtualized", "ENA on a card", "MSI-X, posted"},
                    {HYPERVISOR_NITRO, IMAGE_HVM, 0, 0, true}},
};

const struct mode_info *mode_info(enum mode mode) { return &modes[mode].info; }

bool mode_has_netfront(enum mode mode) {
    return mode == MODE_PV || mode == MODE_HVM_PV || mode == MODE_PVHVM || mode == MODE_PVH;
}

enum mode mode_find(const char *name) {
    for (int i = 0; i < MODE_COUNT; i++)
        if (strcmp(modes[i].info.name, name) == 0) return (enum mode)i;
    return MODE_NONE;
}

const char *const *mode_names(int *count) {
    static const char *const names[MODE_COUNT] = {
        [MODE_NATIVE] = "native",           [MODE_PV] = "pv",       [MODE_HVM] = "hvm",
        [MODE_HVM_PV] = "hvm-pv",           [MODE_PVHVM] = "pvhvm", [MODE_PVH] = "pvh",
        [MODE_VIRTIO] = "virtio",           [MODE_VHOST] = "vhost", [MODE_VHOST_USER] = "vhost-user",
        [MODE_PASSTHROUGH] = "passthrough", [MODE_SRIOV] = "sriov", [MODE_NITRO] = "nitro",
    };
    *count = MODE_COUNT;
    return names;
}

static const char *what_it_boots(const struct instance_type *type) {
    if (type->pv && type->hvm) return "PV and HVM images";
    return type->pv ? "PV images only" : "HVM images only";
}

static enum iop_status type_allows(enum mode mode, const struct instance_type *type, struct diag *diag) {
    const char *name = modes[mode].info.name;
    const struct requirement *needs = &modes[mode].needs;
    if (!needs->sold)
        return diag_set(diag, IOP_INVALID, "%s cannot run in mode '%s': EC2 does not offer it; it boots %s", type->name,
                        name, what_it_boots(type));
    if ((needs->image == IMAGE_PV && !type->pv) || (needs->image == IMAGE_HVM && !type->hvm))
        return diag_set(diag, IOP_INVALID, "%s cannot run in mode '%s': it boots %s", type->name, name,
                        what_it_boots(type));
    if (mode == MODE_SRIOV && type->enhanced == ENHANCED_NONE)
        return diag_set(diag, IOP_INVALID,
                        "%s cannot run in mode 'sriov': it has no enhanced networking by a VF of the NIC; it boots %s",
                        type->name, what_it_boots(type));
    return IOP_OK;
}

static const char *hypervisor_name(enum hypervisor_kind kind) {
    static const char *const names[] = {"none", "Xen", "KVM", "Nitro"};
    return names[kind];
}

/* What the host's devices must have. */
static enum iop_status device_allows(enum mode mode, const struct host_config *host, struct diag *diag) {
    const char *name = modes[mode].info.name;
    if ((mode == MODE_SRIOV || mode == MODE_NITRO) && host->nic.virtual_functions == 0)
        return diag_set(diag, IOP_INVALID,
                        "mode '%s' needs a NIC with virtual functions, and '%s' of host '%s' has none", name,
                        host->nic.name, host->name);
    if (mode == MODE_PASSTHROUGH && host->iommu.mode == IOMMU_OFF)
        return diag_set(diag, IOP_INVALID, "mode 'passthrough' needs an IOMMU, and that of host '%s' is off",
                        host->name);
    return IOP_OK;
}

static enum iop_status host_allows(enum mode mode, const struct host_config *host, struct diag *diag) {
    const char *name = modes[mode].info.name;
    const struct requirement *needs = &modes[mode].needs;
    bool both = mode == MODE_PASSTHROUGH || mode == MODE_SRIOV || mode == MODE_HVM; /* Xen and KVM alike */
    if (both && host->hypervisor == HYPERVISOR_KVM) return device_allows(mode, host, diag);
    if (needs->hypervisor != HYPERVISOR_NONE && host->hypervisor != needs->hypervisor)
        return diag_set(diag, IOP_INVALID, "mode '%s' needs the hypervisor %s, and host '%s' has %s", name,
                        hypervisor_name(needs->hypervisor), host->name, hypervisor_name(host->hypervisor));
    int major = 0, minor = 0;
    if (needs->xen_major > 0 && (sscanf(host->hypervisor_version, "%d.%d", &major, &minor) != 2 ||
                                 major < needs->xen_major || (major == needs->xen_major && minor < needs->xen_minor)))
        return diag_set(diag, IOP_INVALID, "mode '%s' needs Xen %d.%d or later, and host '%s' runs %s", name,
                        needs->xen_major, needs->xen_minor, host->name, host->hypervisor_version);
    return device_allows(mode, host, diag);
}

enum iop_status mode_available(enum mode mode, const struct host_config *host, const struct instance_type *type,
                               struct diag *diag) {
    enum iop_status status = type != NULL ? type_allows(mode, type, diag) : IOP_OK;
    return status == IOP_OK ? host_allows(mode, host, diag) : status;
}
