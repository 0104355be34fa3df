/* Which points of a sweep or a comparison their conditions choose.
 *
 * A path of a condition means the last of a point's settings at the same place of the file, however it is written
 * (guests[0] or guests[web]); else what the file says there; else the default of the key, or for a guest's vCPUs those
 * of its instance type. */
#ifndef IOPATH_ANALYSIS_SELECTION_H
#define IOPATH_ANALYSIS_SELECTION_H

#include "scenarios/condition.h"

struct selection {
    int count;
    struct selection_term *terms;
    int type_count;
    struct instance_size *types; /* instance types met so far: each is read from the catalog once */
};

/* Finds what the paths of conditions mean. The settings are those of any point: all have the same paths in the same
 * order. The conditions must outlive the selection. */
enum iop_status selection_make(const char *file, const struct setting *settings, int setting_count,
                               const struct condition *conditions, int condition_count, struct selection *selection,
                               struct diag *diag);
void selection_free(struct selection *selection);

/* Whether a point of these settings satisfies all conditions. */
enum iop_status selection_holds(struct selection *selection, const struct setting *settings, bool *holds,
                                struct diag *diag);

#endif
