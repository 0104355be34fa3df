/* Instances that move to other hosts: which, when, and to where there is room. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/fleet_input.h"

enum target_kind { TO_ANY, TO_HOST, TO_RACK };

struct moving {
    struct fleet_scenario *scenario;
    struct fleet_rooms *rooms;
    int *host_of_instance;                     /* by now */
    const struct fleet_migration_input *input; /* the entry */
    enum target_kind target;
    int to; /* host or rack */
    double at_s;
};

static const struct fleet_migration_input *migration(const struct fleet_scenario *scenario, int entry) {
    return (const struct fleet_migration_input *)scenario->input->migrations.items + entry;
}

/* --- to where --- */

static enum iop_status find_target(struct moving *m, struct diag *diag) {
    const struct fleet *fleet = &m->scenario->fleet;
    const struct node *to = node_child(m->input->at, "to");
    struct diag problem = {0};
    m->target = TO_ANY;
    if (to == NULL && m->input->group[0] != '\0')
        return node_fail(m->input->at, diag, "'to' is missing: the rack, or the host, that the group moves to");
    if (to == NULL) return IOP_OK;
    m->target = strchr(m->input->to, '/') != NULL ? TO_HOST : TO_RACK;
    m->to = m->target == TO_HOST ? fleet_find_host(fleet, m->input->to, &problem)
                                 : fleet_find_rack(fleet, m->input->to, &problem);
    return m->to >= 0 ? IOP_OK : node_fail(to, diag, "%s", problem.message);
}

static bool may_take(const struct moving *m, int host, int group, int from) {
    return host != from && fleet_rooms_fit(m->scenario, m->rooms, host, group) &&
           !fleet_host_is_down(m->scenario, host, m->at_s);
}

/* The host with the fewest instances, of several the first; -1: none has room. */
static int choose(const struct moving *m, int group, int from) {
    const struct fleet *fleet = &m->scenario->fleet;
    int best = -1;
    for (int r = 0; r < fleet->rack_count; r++) {
        const struct fleet_rack *rack = &fleet->racks[r];
        bool here = m->target == TO_ANY ? fleet_may_be_in(m->scenario, group, r)
                                        : r == (m->target == TO_RACK ? m->to : fleet->rack_of_host[m->to]);
        for (int h = rack->first_host; here && h < rack->first_host + rack->hosts; h++) {
            if ((m->target == TO_HOST && h != m->to) || !may_take(m, h, group, from)) continue;
            if (best < 0 || m->rooms->instances[h] < m->rooms->instances[best]) best = h;
        }
    }
    return best;
}

static enum iop_status no_target(const struct moving *m, int instance, struct diag *diag) {
    const struct fleet *fleet = &m->scenario->fleet;
    const struct fleet_group *group = &fleet->groups[fleet->group_of_instance[instance]];
    const struct fleet_kind *kind = &fleet->kinds[group->kind];
    const struct node *to = node_child(m->input->at, "to");
    char name[RESOURCE_NAME_MAX], where[RESOURCE_NAME_MAX + 8] = "elsewhere";
    fleet_instance_name(fleet, instance, name, sizeof name);
    if (to != NULL) snprintf(where, sizeof where, "on '%s'", m->input->to);
    return node_fail(to != NULL ? to : m->input->at, diag,
                     "there is no room %s for '%s', which needs a host '%s' that is up and has %d of %d CPUs free",
                     where, name, kind->name, group->vcpus, kind->cores);
}

/* --- one instance --- */

static enum iop_status check_memory(const struct moving *m, int group, struct diag *diag) {
    const struct fleet_group *of = &m->scenario->fleet.groups[group];
    const struct node *set = node_child(m->input->at, "working_set");
    if (of->memory_bytes == 0)
        return node_fail(m->input->at, diag, "group '%s' has no memory to move; its guest needs 'memory'", of->name);
    if (set != NULL && m->input->working_set > of->memory_bytes)
        return node_fail(set, diag, "'%s' is more than the memory of an instance of group '%s', %.4g GiB", set->value,
                         of->name, of->memory_bytes / 1073741824);
    return IOP_OK;
}

static enum iop_status move(struct moving *m, int instance, struct diag *diag) {
    struct fleet *fleet = &m->scenario->fleet;
    int group = fleet->group_of_instance[instance], from = m->host_of_instance[instance];
    enum iop_status status = check_memory(m, group, diag);
    if (status != IOP_OK) return status;
    char name[RESOURCE_NAME_MAX], host[RESOURCE_NAME_MAX];
    fleet_instance_name(fleet, instance, name, sizeof name);
    fleet_host_name(fleet, from, host, sizeof host);
    if (m->at_s >= fleet->duration_s)
        return node_fail(node_child(m->input->at, "at"), diag, "'%s' would move after the end of the run", name);
    if (m->target == TO_HOST && m->to == from)
        return node_fail(node_child(m->input->at, "to"), diag, "'%s' is on '%s' already", name, host);
    if (fleet_host_is_down(m->scenario, from, m->at_s))
        return node_fail(m->input->at, diag, "'%s' cannot move: its host '%s' is down at that time", name, host);
    int to = choose(m, group, from);
    if (to < 0) return no_target(m, instance, diag);
    bool given = node_child(m->input->at, "working_set") != NULL;
    const struct fleet_event event = {.at_s = m->at_s,
                                      .kind = FLEET_MIGRATES,
                                      .host = to,
                                      .instance = instance,
                                      .dirty_bytes_s = m->input->dirty,
                                      .hot_bytes = given ? m->input->working_set : fleet->groups[group].memory_bytes,
                                      .downtime_s = m->input->downtime};
    fleet_rooms_leave(m->scenario, m->rooms, from, group);
    fleet_rooms_enter(m->scenario, m->rooms, to, group);
    m->host_of_instance[instance] = to;
    m->at_s += m->input->every;
    return fleet_add_event(fleet, &event, diag);
}

/* --- one entry --- */

static bool is_there(const struct moving *m, int instance) {
    const struct fleet *fleet = &m->scenario->fleet;
    int host = m->host_of_instance[instance];
    return m->target == TO_HOST ? host == m->to : fleet->rack_of_host[host] == m->to;
}

static enum iop_status move_group(struct moving *m, const struct node *node, struct diag *diag) {
    const struct fleet *fleet = &m->scenario->fleet;
    int number = fleet_group_named(fleet, m->input->group);
    if (number < 0) {
        const char *names[FLEET_ENTRIES_MAX];
        char end[400];
        for (int i = 0; i < fleet->group_count; i++) names[i] = fleet->groups[i].name;
        suggest(end, sizeof end, m->input->group, names, (size_t)fleet->group_count);
        return node_fail(node, diag, "'%s' is not a group of instances%s", m->input->group, end);
    }
    const struct fleet_group *group = &fleet->groups[number];
    enum iop_status status = IOP_OK;
    for (int i = group->first_instance; i < group->first_instance + group->instances && status == IOP_OK; i++)
        if (!is_there(m, i)) status = move(m, i, diag);
    return status;
}

static enum iop_status empty_host(struct moving *m, const struct node *node, struct diag *diag) {
    const struct fleet *fleet = &m->scenario->fleet;
    struct diag problem = {0};
    int host = fleet_find_host(fleet, m->input->host, &problem);
    if (host < 0) return node_fail(node, diag, "%s", problem.message);
    enum iop_status status = IOP_OK;
    for (int i = 0; i < fleet->instance_count && status == IOP_OK; i++)
        if (m->host_of_instance[i] == host) status = move(m, i, diag);
    return status;
}

static enum iop_status move_instance(struct moving *m, const struct node *node, struct diag *diag) {
    struct diag problem = {0};
    int instance = fleet_find_instance(&m->scenario->fleet, m->input->instance, &problem);
    return instance < 0 ? node_fail(node, diag, "%s", problem.message) : move(m, instance, diag);
}

static enum iop_status take_entry(struct moving *m, struct diag *diag) {
    const struct node *instance = node_child(m->input->at, "instance"), *group = node_child(m->input->at, "group");
    const struct node *host = node_child(m->input->at, "host");
    if ((instance != NULL) + (group != NULL) + (host != NULL) != 1)
        return node_fail(m->input->at, diag, "one of 'instance', 'group' and 'host' says what moves, and only one");
    m->at_s = m->input->begins;
    enum iop_status status = find_target(m, diag);
    if (status != IOP_OK) return status;
    if (instance != NULL) return move_instance(m, instance, diag);
    return group != NULL ? move_group(m, group, diag) : empty_host(m, host, diag);
}

/* --- all, in the order in which they begin --- */

static int by_beginning(const void *a, const void *b) {
    const struct fleet_migration_input *one = *(const struct fleet_migration_input *const *)a;
    const struct fleet_migration_input *two = *(const struct fleet_migration_input *const *)b;
    if (one->begins != two->begins) return one->begins < two->begins ? -1 : 1;
    return (one > two) - (one < two); /* entries of one list, in its order */
}

/* At one time hosts return before others fail, and what moves finds all of that done. */
static int by_time(const void *a, const void *b) {
    static const int order[] = {[FLEET_HOST_RETURNS] = 0, [FLEET_HOST_FAILS] = 1, [FLEET_MIGRATES] = 2};
    const struct fleet_event *one = a, *two = b;
    if (one->at_s != two->at_s) return one->at_s < two->at_s ? -1 : 1;
    if (one->kind != two->kind) return order[one->kind] - order[two->kind];
    return one->instance != two->instance ? one->instance - two->instance : one->host - two->host;
}

enum iop_status fleet_take_migrations(struct fleet_scenario *scenario, struct fleet_rooms *rooms, struct diag *diag) {
    struct fleet *fleet = &scenario->fleet;
    int count = scenario->input->migrations.count;
    size_t instances = (size_t)fleet->instance_count;
    struct moving m = {.scenario = scenario, .rooms = rooms};
    const struct fleet_migration_input **entries = calloc((size_t)count + 1, sizeof *entries);
    m.host_of_instance = malloc(instances * sizeof *m.host_of_instance);
    enum iop_status status = IOP_OK;
    if (entries == NULL || m.host_of_instance == NULL) {
        status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
        count = 0;
    } else {
        memcpy(m.host_of_instance, fleet->host_of_instance, instances * sizeof *m.host_of_instance);
        for (int i = 0; i < count; i++) entries[i] = migration(scenario, i);
        qsort(entries, (size_t)count, sizeof *entries, by_beginning);
    }
    for (int i = 0; i < count && status == IOP_OK; i++) {
        m.input = entries[i];
        status = take_entry(&m, diag);
    }
    if (status == IOP_OK && fleet->event_count > 1)
        qsort(fleet->events, (size_t)fleet->event_count, sizeof *fleet->events, by_time);
    free(entries);
    free(m.host_of_instance);
    return status;
}
