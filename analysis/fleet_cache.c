#include "analysis/fleet_cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "scenarios/fnv.h"

static const char own[] = "probe own ", shared[] = "probe shared ", limit[] = "probe limit ";

/* The numbers of a probe that are no needs. */
static const struct {
    const char *name, *unit;
    size_t offset;
} numbers[] = {
    {"probe most", "1/s", offsetof(struct probe, most)},
    {"probe most of all", "1/s", offsetof(struct probe, most_of_all)},
    {"probe guest cores", "s", offsetof(struct probe, guest_cores)},
    {"probe host cores", "s", offsetof(struct probe, host_cores)},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers, VALUES_MAX = NUMBERS + 2 + FLEET_NEEDS_MAX };

enum iop_status probe_key(const struct fleet_scenario *fleet, const struct probe_request *request, const char *version,
                          char key[STORE_KEY_MAX], struct diag *diag) {
    uint64_t hash, catalog;
    enum iop_status status = probe_hash(fleet, request, &hash, diag);
    if (status == IOP_OK) status = catalog_content(&catalog, diag);
    if (status != IOP_OK) return status;
    hash = fnv1a_64(fnv1a_64(hash, "probe", 5), version, strlen(version));
    hash = fnv1a_64(hash, &catalog, sizeof catalog);
    hash = fnv1a_64(hash, &fleet->run.seed, sizeof fleet->run.seed);
    hash = fnv1a_64(hash, &fleet->run.replications, sizeof fleet->run.replications);
    snprintf(key, STORE_KEY_MAX, "%016" PRIx64, hash);
    return IOP_OK;
}

/* ---- reading */

static void take_need(struct probe *probe, bool of_host, const char *name, double share) {
    if (probe->count == FLEET_NEEDS_MAX) return;
    struct probe_need *need = &probe->needs[probe->count++];
    *need = (struct probe_need){.of_host = of_host, .share = share};
    snprintf(need->name, sizeof need->name, "%s", name);
}

static enum iop_status take_value(void *user, const struct store_value *which, const double *values, int count,
                                  struct diag *diag) {
    struct probe *probe = user;
    const char *name = which->metric;
    (void)diag;
    if (count == 0) return IOP_OK;
    for (size_t i = 0; i < NUMBERS; i++)
        if (strcmp(name, numbers[i].name) == 0) *(double *)((char *)probe + numbers[i].offset) = values[0];
    if (strcmp(name, "probe guests") == 0) probe->guests = (int)values[0];
    if (strncmp(name, own, sizeof own - 1) == 0) take_need(probe, false, name + sizeof own - 1, values[0]);
    if (strncmp(name, shared, sizeof shared - 1) == 0) take_need(probe, true, name + sizeof shared - 1, values[0]);
    if (strncmp(name, limit, sizeof limit - 1) == 0)
        snprintf(probe->bottleneck, sizeof probe->bottleneck, "%s", name + sizeof limit - 1);
    return IOP_OK;
}

enum iop_status probe_read(struct store *store, const char *key, const struct fleet_scenario *fleet,
                           const char *version, struct probe *probe, bool *found, struct diag *diag) {
    const struct store_point point = {.key = key,
                                      .scenario = fleet->name,
                                      .scenario_hash = key,
                                      .version = version,
                                      .cost_set = "",
                                      .seed = fleet->run.seed,
                                      .swept = "probe"};
    int number, count = 0;
    double warmup_s;
    *found = false;
    enum iop_status status = store_add_points(store, &point, 1, diag);
    if (status == IOP_OK) status = store_replications(store, key, &number, 1, &count, &warmup_s, diag);
    if (status != IOP_OK || count == 0) return status;
    *probe = (struct probe){0};
    status = store_visit(store, key, take_value, probe, diag);
    *found = status == IOP_OK && probe->most > 0;
    return status;
}

/* ---- writing */

static struct store_value value_of(const char *first, const char *second, const char *unit, double value) {
    struct store_value of = {.value = value};
    snprintf(of.metric, sizeof of.metric, "%s%s", first, second);
    snprintf(of.unit, sizeof of.unit, "%s", unit);
    return of;
}

static int list_values(const struct probe *probe, struct store_value *values) {
    int count = 0;
    for (size_t i = 0; i < NUMBERS; i++)
        values[count++] =
            value_of(numbers[i].name, "", numbers[i].unit, *(const double *)((const char *)probe + numbers[i].offset));
    values[count++] = value_of("probe guests", "", "1", probe->guests);
    values[count++] = value_of(limit, probe->bottleneck, "1", 1);
    for (int i = 0; i < probe->count; i++)
        values[count++] =
            value_of(probe->needs[i].of_host ? shared : own, probe->needs[i].name, "s", probe->needs[i].share);
    return count;
}

enum iop_status probe_write(struct store *store, const char *key, const struct probe *probe, struct diag *diag) {
    struct store_value values[VALUES_MAX];
    const struct store_replication replication = {
        .number = 1, .conserved = true, .count = list_values(probe, values), .values = values};
    return store_add_replication(store, key, &replication, diag);
}
