#include "models/fleet/platform.h"

#include <stdlib.h>

/* How many flows take each resource of an instance. */
static void count_flows(const struct fleet *fleet, int *flows) {
    for (int i = 0; i < fleet->flow_count; i++) {
        const struct fleet_flow *flow = &fleet->flows[i];
        const int ends[] = {flow->from, flow->to};
        for (int end = 0; end < 2; end++) {
            const struct fleet_demand *demand = &fleet->traffics[flow->traffic].at[end];
            for (int n = 0; ends[end] >= 0 && n < demand->count; n++)
                if (!demand->needs[n].of_host)
                    flows[fleet->first_slot_of_instance[ends[end]] + demand->needs[n].slot]++;
        }
    }
}

static void number_entities(struct platform *platform, const int *flows) {
    const struct fleet *fleet = platform->fleet;
    for (int r = 0; r < fleet->resource_count; r++) {
        bool shared = r < fleet->first_host_slot ? flows[r] > 1 : r < fleet->first_link || platform->traced;
        platform->entity_of_resource[r] = shared ? platform->entity_count : -1;
        if (shared) platform->resource_of_entity[platform->entity_count++] = r;
    }
}

enum iop_status platform_make(const struct fleet *fleet, bool traced, struct platform *platform, struct diag *diag) {
    size_t resources = (size_t)fleet->resource_count + 1;
    *platform = (struct platform){.fleet = fleet, .tasks = fleet->flow_count + fleet->event_count, .traced = traced};
    platform->entity_of_resource = calloc(resources, sizeof(int));
    platform->resource_of_entity = calloc(resources, sizeof(int));
    int *flows = calloc(resources, sizeof(int));
    bool room = platform->entity_of_resource != NULL && platform->resource_of_entity != NULL && flows != NULL;
    if (room) {
        count_flows(fleet, flows);
        number_entities(platform, flows);
    } else
        platform_free(platform);
    free(flows);
    return room ? IOP_OK : diag_set(diag, IOP_NO_MEMORY, "out of memory");
}

void platform_free(struct platform *platform) {
    free(platform->entity_of_resource);
    free(platform->resource_of_entity);
    platform->entity_of_resource = platform->resource_of_entity = NULL;
}

/* ---- XML */

static void write_power(const struct fleet_rack *rack, FILE *out) {
    if (rack->full_w > 0) /* idle, a little above it, and with all cores busy: linear in between */
        fprintf(out, "<prop id=\"wattage_per_state\" value=\"%.9g:%.9g:%.9g\"/>", rack->idle_w, rack->idle_w,
                rack->full_w);
}

static void write_rack(const struct fleet *fleet, const struct fleet_rack *rack, FILE *out) {
    fprintf(out,
            "<cluster id=\"%s\" prefix=\"%s/\" suffix=\"\" radical=\"1-%d\" speed=\"1f\" bw=\"%.17gBps\" lat=\"0s\" "
            "sharing_policy=\"SPLITDUPLEX\" router_id=\"%s/router\">",
            rack->name, rack->name, rack->hosts, fleet->kinds[rack->kind].link_bps / 8, rack->name);
    write_power(rack, out);
    fprintf(out, "</cluster>\n");
}

static void write_uplink(const struct fleet_rack *rack, FILE *out) {
    fprintf(out, "<link id=\"%s/uplink\" bandwidth=\"%.17gBps\" latency=\"0s\" sharing_policy=\"SPLITDUPLEX\"/>\n",
            rack->name, rack->uplink_bps / 8);
}

static void write_routes(const struct fleet_rack *rack, FILE *out) {
    static const char form[] = "<zoneRoute src=\"%s\" dst=\"%s\" gw_src=\"%s%s\" gw_dst=\"%s%s\" symmetrical=\"NO\">"
                               "<link_ctn id=\"%s/uplink\" direction=\"%s\"/></zoneRoute>\n";
    fprintf(out, form, rack->name, "core", rack->name, "/router", "outside", "", rack->name, "UP");
    fprintf(out, form, "core", rack->name, "outside", "", rack->name, "/router", rack->name, "DOWN");
}

static void write_network(const struct fleet *fleet, FILE *out) {
    fprintf(out, "<zone id=\"network\" routing=\"Floyd\">\n");
    for (int i = 0; i < fleet->rack_count; i++) write_rack(fleet, &fleet->racks[i], out);
    fprintf(out, "<zone id=\"core\" routing=\"Full\"><host id=\"outside\" speed=\"1f\"/>\n");
    for (int i = 0; i < fleet->rack_count; i++) write_uplink(&fleet->racks[i], out);
    fprintf(out, "</zone>\n");
    for (int i = 0; i < fleet->rack_count; i++) write_routes(&fleet->racks[i], out);
    fprintf(out, "</zone>\n");
}

static void write_flat(const struct fleet *fleet, FILE *out) {
    char name[RESOURCE_NAME_MAX];
    fprintf(out, "<zone id=\"network\" routing=\"None\">\n<host id=\"outside\" speed=\"1f\"/>\n");
    for (int i = 0; i < fleet->host_count; i++) {
        fleet_host_name(fleet, i, name, sizeof name);
        fprintf(out, "<host id=\"%s\" speed=\"1f\">", name);
        write_power(&fleet->racks[fleet->rack_of_host[i]], out);
        fprintf(out, "</host>\n");
    }
    fprintf(out, "</zone>\n");
}

void platform_write(const struct platform *platform, FILE *out) {
    const struct fleet *fleet = platform->fleet;
    char name[RESOURCE_NAME_MAX];
    fprintf(out, "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                 "<platform version=\"4.1\">\n<zone id=\"fleet\" routing=\"None\">\n");
    if (platform->traced)
        write_flat(fleet, out);
    else
        write_network(fleet, out);
    fprintf(out, "<zone id=\"shared\" routing=\"None\">\n");
    for (int i = 0; i < platform->entity_count; i++) {
        fleet_resource_name(fleet, platform->resource_of_entity[i], name, sizeof name);
        fprintf(out, "<host id=\"%s\" speed=\"1f\"/>\n", name);
    }
    for (int i = 0; i < fleet->host_count + platform->tasks; i++)
        fprintf(out, "<host id=\"pace-%d\" speed=\"1f\"/>\n", i);
    fprintf(out, "</zone>\n</zone>\n</platform>\n");
}

/* ---- for the module */

static void host_name(const void *user, int host, char *out, size_t size) {
    fleet_host_name(((const struct platform *)user)->fleet, host, out, size);
}

static void entity_name(const void *user, int entity, char *out, size_t size) {
    const struct platform *platform = user;
    fleet_resource_name(platform->fleet, platform->resource_of_entity[entity], out, size);
}

static const char *rack_name(const void *user, int rack) {
    return ((const struct platform *)user)->fleet->racks[rack].name;
}

static bool has_power(const void *user, int host) {
    const struct fleet *fleet = ((const struct platform *)user)->fleet;
    return fleet->racks[fleet->rack_of_host[host]].full_w > 0;
}

struct sharing_platform platform_for_sharing(const struct platform *platform, const char *file, const char *trace) {
    return (struct sharing_platform){
        .file = file,
        .hosts = platform->fleet->host_count,
        .racks = platform->fleet->rack_count,
        .entities = platform->entity_count,
        .tasks = platform->tasks,
        .host_name = host_name,
        .entity_name = entity_name,
        .rack_name = rack_name,
        .has_power = has_power,
        .user = platform,
        .trace = trace,
    };
}
