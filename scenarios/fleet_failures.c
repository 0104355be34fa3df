/* Hosts that fail, and when they are back; events in the order of time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/fleet_input.h"

static const struct fleet_failure_input *failure(const struct fleet_scenario *scenario, int entry) {
    return (const struct fleet_failure_input *)scenario->input->failures.items + entry;
}

enum iop_status fleet_add_event(struct fleet *fleet, const struct fleet_event *event, struct diag *diag) {
    int count = fleet->event_count;
    if ((count & (count - 1)) == 0) { /* room doubles at powers of two */
        size_t room = count == 0 ? 1 : 2 * (size_t)count;
        struct fleet_event *larger = realloc(fleet->events, room * sizeof *larger);
        if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
        fleet->events = larger;
    }
    fleet->events[fleet->event_count++] = *event;
    return IOP_OK;
}

bool fleet_host_is_down(const struct fleet_scenario *scenario, int host, double at_s) {
    for (int i = 0; i < scenario->input->failures.count; i++) {
        const struct fleet_failure_input *input = failure(scenario, i);
        bool its = host >= input->first && host < input->first + input->hosts;
        if (its && at_s >= input->begins && at_s < input->begins + input->lasts) return true;
    }
    return false;
}

/* A host that is down cannot fail. */
static enum iop_status check_others(const struct fleet_scenario *scenario, int entry, struct diag *diag) {
    const struct fleet_failure_input *own = failure(scenario, entry);
    for (int i = 0; i < entry; i++) {
        const struct fleet_failure_input *other = failure(scenario, i);
        bool hosts = own->first < other->first + other->hosts && other->first < own->first + own->hosts;
        bool times = own->begins < other->begins + other->lasts && other->begins < own->begins + own->lasts;
        if (hosts && times)
            return node_fail(own->at, diag, "a host of it is down at that time by failures[%d], line %d", i,
                             other->at->line);
    }
    return IOP_OK;
}

static enum iop_status find_hosts(const struct fleet *fleet, struct fleet_failure_input *input, struct diag *diag) {
    const struct node *host = node_child(input->at, "host"), *rack = node_child(input->at, "rack");
    struct diag problem = {0};
    if ((host == NULL) == (rack == NULL))
        return node_fail(input->at, diag, "one of 'host' and 'rack' says what fails; %s",
                         host == NULL ? "give one" : "leave out the other");
    int found =
        host != NULL ? fleet_find_host(fleet, input->host, &problem) : fleet_find_rack(fleet, input->rack, &problem);
    if (found < 0) return node_fail(host != NULL ? host : rack, diag, "%s", problem.message);
    input->first = host != NULL ? found : fleet->racks[found].first_host;
    input->hosts = host != NULL ? 1 : fleet->racks[found].hosts;
    return IOP_OK;
}

static enum iop_status take_failure(struct fleet_scenario *scenario, int entry, struct diag *diag) {
    struct fleet_failure_input *input = (struct fleet_failure_input *)scenario->input->failures.items + entry;
    struct fleet *fleet = &scenario->fleet;
    const struct node *at = node_child(input->at, "at");
    enum iop_status status = find_hosts(fleet, input, diag);
    if (status != IOP_OK) return status;
    if (input->begins >= fleet->duration_s)
        return node_fail(at, diag, "'%s' is not before the end of the run", shown(at->value).text);
    if (node_child(input->at, "for") == NULL) input->lasts = INFINITY;
    status = check_others(scenario, entry, diag);
    for (int i = 0; i < input->hosts && status == IOP_OK; i++) {
        struct fleet_event event = {
            .at_s = input->begins, .kind = FLEET_HOST_FAILS, .host = input->first + i, .instance = -1};
        status = fleet_add_event(fleet, &event, diag);
        event.at_s = input->begins + input->lasts;
        event.kind = FLEET_HOST_RETURNS;
        if (status == IOP_OK && event.at_s < fleet->duration_s) status = fleet_add_event(fleet, &event, diag);
    }
    return status;
}

enum iop_status fleet_take_failures(struct fleet_scenario *scenario, struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < scenario->input->failures.count && status == IOP_OK; i++)
        status = take_failure(scenario, i, diag);
    return status;
}
