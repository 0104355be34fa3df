/* What the names of a fleet mean, and what is wrong with those that mean nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/fleet_input.h"

enum { END_MAX = 400 };

int fleet_group_named(const struct fleet *fleet, const char *name) {
    for (int i = 0; i < fleet->group_count; i++)
        if (strcmp(fleet->groups[i].name, name) == 0) return i;
    return -1;
}

int fleet_rack_named(const struct fleet *fleet, const char *name) {
    for (int i = 0; i < fleet->rack_count; i++)
        if (strcmp(fleet->racks[i].name, name) == 0) return i;
    return -1;
}

int fleet_find_rack(const struct fleet *fleet, const char *name, struct diag *problem) {
    int rack = fleet_rack_named(fleet, name);
    if (rack >= 0) return rack;
    const char **names = calloc((size_t)fleet->rack_count + 1, sizeof *names);
    char end[END_MAX] = "";
    for (int i = 0; names != NULL && i < fleet->rack_count; i++) names[i] = fleet->racks[i].name;
    if (names != NULL) suggest(end, sizeof end, name, names, (size_t)fleet->rack_count);
    free(names);
    diag_set(problem, IOP_INVALID, "'%s' is not a rack%s", shown(name).text, end);
    return -1;
}

int fleet_find_host(const struct fleet *fleet, const char *name, struct diag *problem) {
    int host = fleet_host_named(fleet, name);
    if (host >= 0) return host;
    char rack[RESOURCE_NAME_MAX];
    snprintf(rack, sizeof rack, "%.*s", (int)strcspn(name, "/"), name);
    int number = fleet_find_rack(fleet, rack, problem);
    if (number >= 0)
        diag_set(problem, IOP_INVALID, "'%s' is not a host; those of rack '%s' are %s/1 to %s/%d", shown(name).text,
                 rack, rack, rack, fleet->racks[number].hosts);
    return -1;
}

/* The group whose instance it would be if there were as many. */
static int group_before(const struct fleet *fleet, const char *name) {
    const char *mark = strrchr(name, '-');
    for (int i = 0; i < fleet->group_count; i++) {
        const char *group = fleet->groups[i].name;
        size_t length = strlen(group);
        bool numbered = mark == name + length && mark[1] != '\0' && strspn(mark + 1, "0123456789") == strlen(mark + 1);
        if (strcmp(group, name) == 0 || (strncmp(group, name, length) == 0 && numbered)) return i;
    }
    return -1;
}

int fleet_find_instance(const struct fleet *fleet, const char *name, struct diag *problem) {
    int instance = fleet_instance_named(fleet, name);
    if (instance >= 0) return instance;
    int group = group_before(fleet, name);
    if (group >= 0) {
        const struct fleet_group *to = &fleet->groups[group];
        char last[RESOURCE_NAME_MAX];
        fleet_instance_name(fleet, to->first_instance + to->instances - 1, last, sizeof last);
        diag_set(problem, IOP_INVALID, "'%s' is not an instance; those of group '%s' are %s%s to %s", shown(name).text,
                 to->name, to->name, to->instances > 1 ? "-1" : "", last);
        return -1;
    }
    const char *names[FLEET_ENTRIES_MAX];
    char end[END_MAX];
    for (int i = 0; i < fleet->group_count; i++) names[i] = fleet->groups[i].name;
    char word[RESOURCE_NAME_MAX];
    const char *mark = strrchr(name, '-');
    snprintf(word, sizeof word, "%.*s", mark != NULL ? (int)(mark - name) : (int)strlen(name), name);
    suggest(end, sizeof end, word, names, (size_t)fleet->group_count);
    diag_set(problem, IOP_INVALID, "'%s' is not an instance: no group is called '%s'%s", shown(name).text,
             shown(word).text, end);
    return -1;
}
