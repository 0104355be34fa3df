/* Which host each instance is on. */
#include <stdlib.h>
#include <string.h>

#include "scenarios/fleet_input.h"
#include "sim/random.h"

/* --- room --- */

/* Bare metal is the whole machine, a NIC passed through has one user: so it is on the packet level. */
static bool wants_all(const struct fleet_group *group) {
    return group->mode == MODE_NATIVE || group->mode == MODE_PASSTHROUGH;
}

static enum iop_status rooms_init(struct fleet_rooms *rooms, const struct fleet *fleet, struct diag *diag) {
    size_t hosts = (size_t)fleet->host_count, groups = (size_t)fleet->group_count;
    *rooms = (struct fleet_rooms){.vcpus = calloc(hosts, sizeof *rooms->vcpus),
                                  .instances = calloc(hosts, sizeof *rooms->instances),
                                  .clock_hz = calloc(hosts, sizeof *rooms->clock_hz),
                                  .is_alone = calloc(hosts, sizeof *rooms->is_alone),
                                  .of_group = calloc(hosts * groups, sizeof *rooms->of_group)};
    bool all = rooms->vcpus != NULL && rooms->instances != NULL && rooms->clock_hz != NULL && rooms->is_alone != NULL &&
               rooms->of_group != NULL;
    return all ? IOP_OK : diag_set(diag, IOP_NO_MEMORY, "out of memory");
}

void fleet_rooms_fini(struct fleet_rooms *rooms) {
    free(rooms->vcpus);
    free(rooms->instances);
    free(rooms->clock_hz);
    free(rooms->is_alone);
    free(rooms->of_group);
    *rooms = (struct fleet_rooms){0};
}

static int *of_group(const struct fleet_scenario *scenario, const struct fleet_rooms *rooms, int host, int group) {
    return &rooms->of_group[(size_t)host * (size_t)scenario->fleet.group_count + (size_t)group];
}

bool fleet_rooms_fit(const struct fleet_scenario *scenario, const struct fleet_rooms *rooms, int host, int group) {
    const struct fleet *fleet = &scenario->fleet;
    const struct fleet_group *of = &fleet->groups[group];
    const struct fleet_group_input *input = fleet_group_input(scenario, group);
    int kind = fleet->racks[fleet->rack_of_host[host]].kind;
    if (kind != of->kind) return false;
    if (rooms->instances[host] == 0) return true;
    if (rooms->is_alone[host] || wants_all(of) || rooms->instances[host] == GUESTS_MAX) return false;
    if (rooms->vcpus[host] + of->vcpus > fleet->kinds[kind].cores) return false;
    if (node_child(input->at, "per_host") != NULL && *of_group(scenario, rooms, host, group) >= input->per_host)
        return false;
    return input->clock_hz == 0 || rooms->clock_hz[host] == 0 || input->clock_hz == rooms->clock_hz[host];
}

void fleet_rooms_enter(const struct fleet_scenario *scenario, struct fleet_rooms *rooms, int host, int group) {
    const struct fleet_group *of = &scenario->fleet.groups[group];
    rooms->vcpus[host] += of->vcpus;
    rooms->instances[host]++;
    rooms->is_alone[host] = wants_all(of);
    ++*of_group(scenario, rooms, host, group);
    double clock_hz = fleet_group_input(scenario, group)->clock_hz;
    if (clock_hz > 0) rooms->clock_hz[host] = clock_hz;
}

void fleet_rooms_leave(const struct fleet_scenario *scenario, struct fleet_rooms *rooms, int host, int group) {
    rooms->vcpus[host] -= scenario->fleet.groups[group].vcpus;
    rooms->is_alone[host] = false;
    --*of_group(scenario, rooms, host, group);
    if (--rooms->instances[host] == 0) rooms->clock_hz[host] = 0;
}

/* --- placement --- */

struct placing {
    struct fleet_scenario *scenario;
    struct fleet_rooms *rooms;
    int group;
    int count; /* of hosts that it may be on */
    int *hosts;
};

static bool fits(const struct placing *p, int host) { return fleet_rooms_fit(p->scenario, p->rooms, host, p->group); }

static void put(struct placing *p, int instance, int host) {
    struct fleet *fleet = &p->scenario->fleet;
    int number = fleet->groups[p->group].first_instance + instance;
    fleet->group_of_instance[number] = p->group;
    fleet->host_of_instance[number] = host;
    fleet_rooms_enter(p->scenario, p->rooms, host, p->group);
}

/* All three place as many as they can and return how many that are. */
static int place_pack(struct placing *p, int wanted) {
    int placed = 0;
    for (int h = 0; h < p->count; h++)
        while (placed < wanted && fits(p, p->hosts[h])) put(p, placed++, p->hosts[h]);
    return placed;
}

/* In rounds: each adds one to the hosts that have the fewest. */
static int place_spread(struct placing *p, int wanted) {
    int placed = 0;
    for (int level = 0; level < GUESTS_MAX && placed < wanted; level++)
        for (int h = 0; h < p->count && placed < wanted; h++)
            if (p->rooms->instances[p->hosts[h]] == level && fits(p, p->hosts[h])) put(p, placed++, p->hosts[h]);
    return placed;
}

static int place_random(struct placing *p, int wanted) {
    struct random_stream stream;
    random_stream_init(&stream, p->scenario->input->seed, 0, (uint32_t)p->group);
    int placed = 0;
    while (placed < wanted && p->count > 0) {
        int at = (int)random_below(&stream, (uint32_t)p->count);
        if (fits(p, p->hosts[at]))
            put(p, placed++, p->hosts[at]);
        else
            p->hosts[at] = p->hosts[--p->count]; /* nobody leaves, so it stays full */
    }
    return placed;
}

static enum iop_status no_room(const struct placing *p, int placed, int hosts, struct diag *diag) {
    const struct fleet *fleet = &p->scenario->fleet;
    const struct fleet_group *group = &fleet->groups[p->group];
    const struct fleet_group_input *input = fleet_group_input(p->scenario, p->group);
    const struct node *count = node_child(input->at, "count"), *per_host = node_child(input->at, "per_host");
    const char *cause = per_host != NULL ? ", and per_host may keep more from one" : "";
    return node_fail(
        count != NULL ? count : input->at, diag,
        "there is room for %d of %d instances: %d hosts '%s' with %d CPUs each, of which an instance takes "
        "%d%s%s",
        placed, group->instances, hosts, fleet->kinds[group->kind].name, fleet->kinds[group->kind].cores, group->vcpus,
        wants_all(group) ? " and the whole host" : "", cause);
}

static enum iop_status place_group(struct placing *p, struct diag *diag) {
    static int (*const place[])(struct placing *, int) = {
        [PLACEMENT_SPREAD] = place_spread, [PLACEMENT_PACK] = place_pack, [PLACEMENT_RANDOM] = place_random};
    const struct fleet *fleet = &p->scenario->fleet;
    p->count = 0;
    for (int r = 0; r < fleet->rack_count; r++) {
        if (!fleet_may_be_in(p->scenario, p->group, r)) continue;
        for (int h = 0; h < fleet->racks[r].hosts; h++) p->hosts[p->count++] = fleet->racks[r].first_host + h;
    }
    int hosts = p->count, wanted = fleet->groups[p->group].instances;
    int placed = place[fleet_group_input(p->scenario, p->group)->placement](p, wanted);
    return placed == wanted ? IOP_OK : no_room(p, placed, hosts, diag);
}

enum iop_status fleet_place(struct fleet_scenario *scenario, struct fleet_rooms *rooms, struct diag *diag) {
    struct fleet *fleet = &scenario->fleet;
    size_t instances = (size_t)fleet->instance_count;
    struct placing p = {.scenario = scenario, .rooms = rooms};
    enum iop_status status = rooms_init(rooms, fleet, diag);
    if (status != IOP_OK) return status;
    fleet->group_of_instance = calloc(instances, sizeof *fleet->group_of_instance);
    fleet->host_of_instance = calloc(instances, sizeof *fleet->host_of_instance);
    p.hosts = calloc((size_t)fleet->host_count, sizeof *p.hosts);
    if (fleet->group_of_instance == NULL || fleet->host_of_instance == NULL || p.hosts == NULL)
        status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (p.group = 0; p.group < fleet->group_count && status == IOP_OK; p.group++) status = place_group(&p, diag);
    free(p.hosts);
    return status;
}
