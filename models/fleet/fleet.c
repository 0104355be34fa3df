#include "models/fleet/fleet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double day_s = 24 * 3600.0;

enum iop_status fleet_number(struct fleet *fleet, struct diag *diag) {
    free(fleet->first_slot_of_instance);
    free(fleet->first_slot_of_host);
    fleet->first_slot_of_instance = calloc((size_t)fleet->instance_count + 1, sizeof(int));
    fleet->first_slot_of_host = calloc((size_t)fleet->host_count + 1, sizeof(int));
    if (fleet->first_slot_of_instance == NULL || fleet->first_slot_of_host == NULL)
        return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    int next = 0;
    for (int i = 0; i < fleet->instance_count; i++) {
        fleet->first_slot_of_instance[i] = next;
        next += fleet->groups[fleet->group_of_instance[i]].slots.count;
    }
    fleet->first_host_slot = next;
    for (int i = 0; i < fleet->host_count; i++) {
        fleet->first_slot_of_host[i] = next;
        next += fleet->kinds[fleet->racks[fleet->rack_of_host[i]].kind].slots.count;
    }
    fleet->first_link = next;
    fleet->resource_count = next + 2 * fleet->host_count + 2 * fleet->rack_count;
    return IOP_OK;
}

void fleet_free(struct fleet *fleet) {
    for (int i = 0; i < fleet->traffic_count && fleet->traffics != NULL; i++) free(fleet->traffics[i].profile);
    free(fleet->kinds);
    free(fleet->racks);
    free(fleet->rack_of_host);
    free(fleet->groups);
    free(fleet->group_of_instance);
    free(fleet->host_of_instance);
    free(fleet->traffics);
    free(fleet->flows);
    free(fleet->events);
    free(fleet->first_slot_of_instance);
    free(fleet->first_slot_of_host);
    memset(fleet, 0, sizeof *fleet);
}

int fleet_slot(struct fleet_slots *slots, const char *name) {
    for (int i = 0; i < slots->count; i++)
        if (strcmp(slots->names[i], name) == 0) return i;
    if (slots->count == FLEET_SLOTS_MAX) return -1;
    snprintf(slots->names[slots->count], sizeof slots->names[0], "%s", name);
    return slots->count++;
}

/* ---- links: ports up, ports down, uplinks up, uplinks down */

int fleet_link_resource(const struct fleet *fleet, enum fleet_link link, int host_or_rack) {
    const int begin[] = {[FLEET_PORT_UP] = 0,
                         [FLEET_PORT_DOWN] = fleet->host_count,
                         [FLEET_UPLINK_UP] = 2 * fleet->host_count,
                         [FLEET_UPLINK_DOWN] = 2 * fleet->host_count + fleet->rack_count};
    return fleet->first_link + begin[link] + host_or_rack;
}

static void link_name(const struct fleet *fleet, int number, char *out, size_t size) {
    char place[RESOURCE_NAME_MAX];
    if (number < 2 * fleet->host_count) {
        fleet_host_name(fleet, number % fleet->host_count, place, sizeof place);
        snprintf(out, size, "%s/port %s", place, number < fleet->host_count ? "up" : "down");
        return;
    }
    number -= 2 * fleet->host_count;
    snprintf(out, size, "%s/uplink %s", fleet->racks[number % fleet->rack_count].name,
             number < fleet->rack_count ? "up" : "down");
}

/* ---- names */

/* The last entry of rising `first` that is not above `number`. */
static int owner(const int *first, int count, int number) {
    int low = 0, high = count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (first[middle] <= number)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void fleet_instance_name(const struct fleet *fleet, int instance, char *out, size_t size) {
    const struct fleet_group *group = &fleet->groups[fleet->group_of_instance[instance]];
    if (group->instances == 1)
        snprintf(out, size, "%s", group->name);
    else
        snprintf(out, size, "%s-%d", group->name, instance - group->first_instance + 1);
}

void fleet_host_name(const struct fleet *fleet, int host, char *out, size_t size) {
    const struct fleet_rack *rack = &fleet->racks[fleet->rack_of_host[host]];
    snprintf(out, size, "%s/%d", rack->name, host - rack->first_host + 1);
}

void fleet_resource_name(const struct fleet *fleet, int resource, char *out, size_t size) {
    char place[RESOURCE_NAME_MAX];
    const char *slot;
    if (resource >= fleet->first_link) {
        link_name(fleet, resource - fleet->first_link, out, size);
        return;
    }
    if (resource < fleet->first_host_slot) {
        int instance = owner(fleet->first_slot_of_instance, fleet->instance_count, resource);
        fleet_instance_name(fleet, instance, place, sizeof place);
        slot = fleet->groups[fleet->group_of_instance[instance]]
                   .slots.names[resource - fleet->first_slot_of_instance[instance]];
    } else {
        int host = owner(fleet->first_slot_of_host, fleet->host_count, resource);
        fleet_host_name(fleet, host, place, sizeof place);
        slot = fleet->kinds[fleet->racks[fleet->rack_of_host[host]].kind]
                   .slots.names[resource - fleet->first_slot_of_host[host]];
    }
    snprintf(out, size, "%s/%s", place, slot);
}

/* The number behind the last `mark` of a name; 0: there is none. `length` is then what stands before it. */
static int number_after(const char *name, char mark, size_t *length) {
    const char *at = strrchr(name, mark);
    if (at == NULL || at[1] < '1' || at[1] > '9' || strspn(at + 1, "0123456789") != strlen(at + 1)) return 0;
    *length = (size_t)(at - name);
    return atoi(at + 1);
}

int fleet_host_named(const struct fleet *fleet, const char *name) {
    size_t length = 0;
    int number = number_after(name, '/', &length);
    for (int i = 0; number > 0 && i < fleet->rack_count; i++) {
        const struct fleet_rack *rack = &fleet->racks[i];
        if (strlen(rack->name) == length && memcmp(rack->name, name, length) == 0)
            return number <= rack->hosts ? rack->first_host + number - 1 : -1;
    }
    return -1;
}

int fleet_instance_named(const struct fleet *fleet, const char *name) {
    size_t length = 0;
    int number = number_after(name, '-', &length);
    for (int i = 0; i < fleet->group_count; i++) {
        const struct fleet_group *group = &fleet->groups[i];
        if (group->instances == 1 && strcmp(group->name, name) == 0) return group->first_instance;
        if (number > 0 && strlen(group->name) == length && memcmp(group->name, name, length) == 0 &&
            number <= group->instances)
            return group->first_instance + number - 1;
    }
    return -1;
}

double fleet_factor(const struct fleet_traffic *traffic, double at_s) {
    if (traffic->steps == 0) return 1;
    /* Half a nanosecond on, so that the step that begins now has begun. */
    double share = fmod(at_s + 5e-10, day_s) / day_s;
    return traffic->profile[(int)(share * traffic->steps)];
}
