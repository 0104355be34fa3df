#include "analysis/fleet_demands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fleet_cache.h"

struct probing {
    const struct fleet_scenario *fleet;
    struct fleet_probes *probes;
    const int *missing; /* numbers of the probes to run */
};

/* ---- which probes */

/* Of hosts with an instance of the group, the most instances on one, if so many of the group would fit. */
static int most_on_a_host(const struct fleet *fleet, int group) {
    const struct fleet_group *of = &fleet->groups[group];
    int own = 1, all = 1, *counts = calloc(2 * (size_t)fleet->host_count + 1, sizeof *counts);
    if (counts == NULL) return 1;
    for (int i = 0; i < fleet->instance_count; i++) {
        counts[2 * fleet->host_of_instance[i]]++;
        counts[2 * fleet->host_of_instance[i] + 1] += fleet->group_of_instance[i] == group;
    }
    for (int h = 0; h < fleet->host_count; h++) {
        if (counts[2 * h + 1] == 0) continue;
        if (counts[2 * h] > all) all = counts[2 * h];
        if (counts[2 * h + 1] > own) own = counts[2 * h + 1];
    }
    free(counts);
    int fit = of->vcpus > 0 ? fleet->kinds[of->kind].cores / of->vcpus : 1;
    if (all > fit) all = fit;
    return all > own ? all : own;
}

static void add_request(const struct fleet_scenario *fleet, struct fleet_probes *probes, int traffic,
                        enum fleet_end end, bool response) {
    const struct fleet_traffic *of = &fleet->fleet.traffics[traffic];
    int group = end == FLEET_FROM ? of->from : of->to;
    if (group == FLEET_OUTSIDE || (end == FLEET_TO && of->unit == FLEET_REQUESTS)) return;
    probes->requests[probes->count++] =
        (struct probe_request){traffic, end, response, most_on_a_host(&fleet->fleet, group)};
}

static enum iop_status list_probes(const struct fleet_scenario *fleet, struct fleet_probes *probes, struct diag *diag) {
    size_t most = 4 * (size_t)fleet->fleet.traffic_count + 1;
    *probes = (struct fleet_probes){.requests = calloc(most, sizeof *probes->requests),
                                    .probes = calloc(most, sizeof *probes->probes),
                                    .found = calloc(most, sizeof *probes->found)};
    if (probes->requests == NULL || probes->probes == NULL || probes->found == NULL)
        return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < fleet->fleet.traffic_count; i++)
        for (int response = 0; response <= (fleet_has_response(fleet, i) ? 1 : 0); response++) {
            add_request(fleet, probes, i, FLEET_FROM, response);
            add_request(fleet, probes, i, FLEET_TO, response);
        }
    return IOP_OK;
}

void fleet_probes_free(struct fleet_probes *probes) {
    free(probes->requests);
    free(probes->probes);
    free(probes->found);
    *probes = (struct fleet_probes){0};
}

/* ---- running those that are missing */

static enum iop_status run_one(void *user, int index, struct diag *diag) {
    const struct probing *probing = user;
    int number = probing->missing[index];
    const struct crew alone = {.jobs = 1};
    return probe_run(probing->fleet, &probing->probes->requests[number], &alone, &probing->probes->probes[number],
                     diag);
}

/* The first request of the same key, which may be the same one. */
static int first_of_key(char (*keys)[STORE_KEY_MAX], int number) {
    for (int i = 0; i < number; i++)
        if (strcmp(keys[i], keys[number]) == 0) return i;
    return number;
}

static enum iop_status find_missing(const struct fleet_scenario *fleet, struct store *store, const char *version,
                                    struct fleet_probes *probes, char (*keys)[STORE_KEY_MAX], int *missing, int *count,
                                    struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < probes->count && status == IOP_OK; i++) {
        status = probe_key(fleet, &probes->requests[i], version, keys[i], diag);
        if (status == IOP_OK && store != NULL)
            status = probe_read(store, keys[i], fleet, version, &probes->probes[i], &probes->found[i], diag);
        if (status == IOP_OK && !probes->found[i] && first_of_key(keys, i) == i) missing[(*count)++] = i;
    }
    return status;
}

static enum iop_status run_missing(const struct fleet_scenario *fleet, struct store *store, const char *version,
                                   const struct crew *crew, struct fleet_probes *probes, struct diag *diag) {
    int count = 0, *missing = calloc((size_t)probes->count + 1, sizeof *missing);
    char(*keys)[STORE_KEY_MAX] = calloc((size_t)probes->count + 1, sizeof *keys);
    enum iop_status status = missing == NULL || keys == NULL ? diag_set(diag, IOP_NO_MEMORY, "out of memory") : IOP_OK;
    if (status == IOP_OK) status = find_missing(fleet, store, version, probes, keys, missing, &count, diag);
    struct probing probing = {fleet, probes, missing};
    if (status == IOP_OK && count > 0) status = crew_run(crew, count, run_one, &probing, diag);
    for (int i = 0; i < count && status == IOP_OK && store != NULL; i++)
        status = probe_write(store, keys[missing[i]], &probes->probes[missing[i]], diag);
    for (int i = 0; i < probes->count && status == IOP_OK; i++)
        if (!probes->found[i]) probes->probes[i] = probes->probes[first_of_key(keys, i)];
    free(missing);
    free(keys);
    return status;
}

/* ---- demands */

static enum iop_status add_share(struct fleet_demand *demand, struct fleet_slots *slots, bool of_host, const char *name,
                                 double share, struct diag *diag) {
    int slot = fleet_slot(slots, name);
    for (int i = 0; i < demand->count; i++)
        if (demand->needs[i].of_host == of_host && demand->needs[i].slot == slot) {
            demand->needs[i].share += share;
            return IOP_OK;
        }
    if (slot < 0 || demand->count == FLEET_NEEDS_MAX)
        return diag_set(diag, IOP_INVALID, "more than %d resources of one group or kind of host", FLEET_SLOTS_MAX);
    demand->needs[demand->count++] = (struct fleet_need){of_host, slot, share};
    return IOP_OK;
}

/* A vCPU of applications is a thread of that traffic, which runs on any of the vCPUs that take no interrupts. */
static enum iop_status add_thread(struct fleet_demand *demand, struct fleet_group *group, const char *traffic,
                                  const struct probe_need *need, struct diag *diag) {
    char name[NAME_MAX_BYTES];
    int vcpus = group->vcpus > 1 ? group->vcpus - 1 : 1;
    snprintf(name, sizeof name, "%.20s of %.38s", need->name, traffic);
    enum iop_status status = add_share(demand, &group->slots, false, name, need->share, diag);
    if (status != IOP_OK) return status;
    return add_share(demand, &group->slots, false, "application vcpus", need->share / vcpus, diag);
}

static enum iop_status add_demand(struct fleet *fleet, const struct probe_request *request, const struct probe *probe,
                                  struct diag *diag) {
    struct fleet_traffic *traffic = &fleet->traffics[request->traffic];
    struct fleet_demand *demand = &traffic->at[request->end];
    struct fleet_group *group = &fleet->groups[request->end == FLEET_FROM ? traffic->from : traffic->to];
    enum iop_status status = IOP_OK;
    for (int i = 0; i < probe->count && status == IOP_OK; i++) {
        const struct probe_need *need = &probe->needs[i];
        struct fleet_slots *slots = need->of_host ? &fleet->kinds[group->kind].slots : &group->slots;
        if (!need->of_host && strncmp(need->name, "vcpu#", 5) == 0)
            status = add_thread(demand, group, traffic->name, need, diag);
        else
            status = add_share(demand, slots, need->of_host, need->name, need->share, diag);
    }
    demand->guest_cores += probe->guest_cores;
    demand->host_cores += probe->host_cores;
    return status;
}

/* What an instance that is alone on its host can do: its fullest resource says. */
static void find_most(const struct fleet *fleet, struct fleet_demand *demand, int group) {
    const struct fleet_need *largest = NULL;
    for (int i = 0; i < demand->count; i++)
        if (largest == NULL || demand->needs[i].share > largest->share) largest = &demand->needs[i];
    demand->most = largest != NULL ? 1 / largest->share : INFINITY;
    if (largest == NULL) return;
    const struct fleet_group *of = &fleet->groups[group];
    const struct fleet_slots *slots = largest->of_host ? &fleet->kinds[of->kind].slots : &of->slots;
    snprintf(demand->bottleneck, sizeof demand->bottleneck, "%s", slots->names[largest->slot]);
}

enum iop_status fleet_demands(struct fleet_scenario *fleet, struct store *store, const char *version,
                              const struct crew *crew, struct fleet_probes *probes, struct diag *diag) {
    struct fleet *of = &fleet->fleet;
    enum iop_status status = list_probes(fleet, probes, diag);
    if (status == IOP_OK) status = run_missing(fleet, store, version, crew, probes, diag);
    for (int i = 0; i < of->traffic_count; i++)
        of->traffics[i].at[0] = of->traffics[i].at[1] = (struct fleet_demand){0};
    for (int i = 0; i < probes->count && status == IOP_OK; i++)
        status = add_demand(of, &probes->requests[i], &probes->probes[i], diag);
    for (int i = 0; i < of->traffic_count; i++)
        for (int end = 0; end < 2; end++)
            find_most(of, &of->traffics[i].at[end], end == FLEET_FROM ? of->traffics[i].from : of->traffics[i].to);
    return status == IOP_OK ? fleet_number(of, diag) : status;
}
