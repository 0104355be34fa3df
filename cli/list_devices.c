/* iopath list nics and disks. */
#include "cli/list.h"

#include <math.h>
#include <stdio.h>

#include "analysis/units.h"
#include "scenarios/catalog.h"

/* Empty where there is no limit. */
static void per_second(struct table *table, double value, const char *unit) {
    char text[UNITS_TEXT];
    if (value > 0 && isfinite(value))
        table_number(table, value, units_si(value, unit, text));
    else
        table_empty(table);
}

static enum iop_status one_nic(struct table *table, const char *name, struct diag *diag) {
    struct nic_config nic;
    enum iop_status status = catalog_nic(name, &nic, diag);
    if (status != IOP_OK) return status;
    char pcie[32];
    snprintf(pcie, sizeof pcie, "gen %d x%d", nic.pcie.generation, nic.pcie.lanes);
    table_text(table, nic.name);
    per_second(table, nic.link_bps, "bit/s");
    table_text(table, pcie);
    table_count(table, nic.virtual_functions);
    table_count(table, nic.vf_queues);
    table_count(table, nic.pf_queues);
    table_count(table, nic.tx_ring);
    table_count(table, nic.rx_ring);
    table_text(table, nic.description);
    return IOP_OK;
}

enum iop_status list_nics(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"nic", "NIC", TABLE_LEFT},
        {"link_bps", "LINK", TABLE_RIGHT},
        {"pcie", "PCIE", TABLE_LEFT},
        {"virtual_functions", "VFS", TABLE_RIGHT},
        {"vf_queues", "QUEUES/VF", TABLE_RIGHT},
        {"pf_queues", "QUEUES/PF", TABLE_RIGHT},
        {"tx_ring", "TX RING", TABLE_RIGHT},
        {"rx_ring", "RX RING", TABLE_RIGHT},
        {"description", "DESCRIPTION", TABLE_LEFT},
    };
    (void)name;
    *table = table_new(COLUMNS(columns));
    return list_each("nics", one_nic, *table, diag);
}

static enum iop_status one_disk(struct table *table, const char *name, struct diag *diag) {
    enum { SMALL = 4096, LARGE = 1048576 };
    struct disk_config disk;
    enum iop_status status = catalog_disk(name, &disk, diag);
    if (status != IOP_OK) return status;
    table_text(table, disk.name);
    table_text(table, disk_kind_name(disk.kind));
    table_text(table, disk_interface_name(disk.interface));
    for (int write = 0; write < 2; write++) per_second(table, disk_rate_bound(&disk, SMALL, write, false), "/s");
    for (int write = 0; write < 2; write++)
        per_second(table, LARGE * disk_rate_bound(&disk, LARGE, write, true), "B/s");
    table_count(table, disk.queue_depth);
    table_text(table, disk.description);
    return IOP_OK;
}

/* Bounds of random requests of 4 KiB and of sequential ones of 1 MiB. */
enum iop_status list_disks(struct table **table, const char *name, struct diag *diag) {
    static const struct table_column columns[] = {
        {"disk", "DISK", TABLE_LEFT},
        {"kind", "KIND", TABLE_LEFT},
        {"interface", "INTERFACE", TABLE_LEFT},
        {"read_iops", "READ 4K", TABLE_RIGHT},
        {"write_iops", "WRITE 4K", TABLE_RIGHT},
        {"read_bytes_per_s", "READ", TABLE_RIGHT},
        {"write_bytes_per_s", "WRITE", TABLE_RIGHT},
        {"queue_depth", "DEPTH", TABLE_RIGHT},
        {"description", "DESCRIPTION", TABLE_LEFT},
    };
    (void)name;
    *table = table_new(COLUMNS(columns));
    return list_each("disks", one_disk, *table, diag);
}
