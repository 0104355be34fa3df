/* The catalog: hosts, NICs, disks, cost sets, instance types, prices (prices.h) and the bibliography, as YAML files.
 *
 * Found in this order: the directory in IOPATH_DATA, share/iopath beside the bin/ the program runs from, the
 * source tree it was built from, the data directory it was configured to be installed with. Names are file
 * names without ".yaml"; instance types live in one file per family. */
#ifndef IOPATH_SCENARIOS_CATALOG_H
#define IOPATH_SCENARIOS_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/hardware/disk.h"
#include "models/host.h"
#include "models/instance.h"
#include "sim/diag.h"

/* A directory or file below the data directory ("models/catalog/hosts", "scenarios/tutorial", …). Fails when
 * it does not exist. */
enum iop_status data_path(const char *below, char *out, size_t size, struct diag *diag);

/* By name, or by path when the argument contains '/' or ends in .yaml. The host comes with its NIC and
 * cost set filled in. */
enum iop_status catalog_host(const char *name, struct host_config *host, struct diag *diag);
enum iop_status catalog_nic(const char *name, struct nic_config *nic, struct diag *diag);
enum iop_status catalog_disk(const char *name, struct disk_config *disk, struct diag *diag);
enum iop_status catalog_costs(const char *name, struct cost_set *costs, struct diag *diag);

/* Puts the costs of a polling switch of the catalog (switches/NAME.yaml) in the place of those of a set. */
enum iop_status catalog_switch(const char *name, struct cost_set *costs, struct diag *diag);
enum iop_status catalog_instance(const char *name, struct instance_type *type, struct diag *diag);

struct source { /* one row of the bibliography */
    char id[SOURCE_ID_MAX];
    char title[200], authors[160], venue[80], url[240];
    int year;
    char conditions[400]; /* what was measured, on what, and the value as published */
    char provenance[32];
};
/* Reads the bibliography for one row; who needs many loads it once. */
enum iop_status catalog_source(const char *id, struct source *source, struct diag *diag);

struct bibliography;
struct bibliography *bibliography_load(struct diag *diag);                                       /* NULL on failure */
const struct source *bibliography_find(const struct bibliography *bibliography, const char *id); /* NULL: none */
void bibliography_free(struct bibliography *bibliography);

/* Sorted names of one kind: "hosts", "nics", "disks", "costs", "instances", "prices", "scenarios"
 * (tutorial/01-first-run, …), "demands" (plan/requests, …). Free with names_free. */
struct name_list {
    int count;
    char **names;
};
enum iop_status catalog_names(const char *kind, struct name_list *list, struct diag *diag);
void names_free(struct name_list *list);

/* A hash of the hosts, NICs, disks, cost sets, instance types and switches that there are. */
enum iop_status catalog_content(uint64_t *hash, struct diag *diag);

/* "'c3.9xlarge' is not an instance type; did you mean 'c3.8xlarge'?" for a name that is none of a kind. */
void catalog_unknown(const char *kind, const char *name, char *out, size_t size);
/* Whether the catalog has a file of this name; instance types are found in their family's. */
bool catalog_has(const char *kind, const char *name);
/* Sets a cost from text with its unit, as in a cost set: times of CPU work become cycles at the set's clock. */
enum iop_status cost_value_parse(const struct cost_set *costs, enum cost cost, const char *text, double *value,
                                 struct diag *diag);

#endif
