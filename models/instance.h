/* An instance type as sold: what it may do and how much of it. From models/catalog/instances/. */
#ifndef IOPATH_MODELS_INSTANCE_H
#define IOPATH_MODELS_INSTANCE_H

#include <stdbool.h>

#include "models/costs.h"

enum enhanced_networking { ENHANCED_NONE, ENHANCED_IXGBEVF, ENHANCED_ENA };

struct instance_type {
    char name[CATALOG_NAME_MAX];
    char family[CATALOG_NAME_MAX];
    char cpu[80];
    char host[CATALOG_NAME_MAX]; /* the catalog's host it runs on */
    int vcpus;
    double clock_hz;
    double memory_bytes;
    bool pv, hvm; /* image types it boots */
    enum enhanced_networking enhanced;
    char network_class[32];
    double network_bps;          /* limit of the instance's traffic in each direction; 0: none but the wire */
    double burst_bps;            /* the same while it has network credits; 0: no more than network_bps */
    double flow_bps;             /* limit of one flow; 0: none of its own */
    double flow_in_group_bps;    /* the same inside a placement group */
    double network_pps;          /* limit of frames sent plus received; 0: none known */
    double ebs_bps;              /* of an EBS-optimized instance to its volumes; 0: none of its own */
    double cpu_credits_per_hour; /* earned by a burstable type, minutes of a vCPU; 0: not burstable */
    char source[160];
};

#endif
