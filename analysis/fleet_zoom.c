#include "analysis/fleet_zoom.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct zoom {
    const struct fleet_scenario *fleet;
    const struct fleet_result *result;
    int host;
    int guests;
    int *guest_of_instance; /* -1: not on the host */
    double *rates;          /* [guest][traffic][end]; negative: as fast as it goes; NAN: nothing */
    struct fleet_load_of_guest *loads;
    int load_count;
};

static double *rate_of(const struct zoom *zoom, int guest, int traffic, enum fleet_end end) {
    return &zoom->rates[(guest * zoom->fleet->fleet.traffic_count + traffic) * 2 + (int)end];
}

static void add_rate(const struct zoom *zoom, int guest, int traffic, enum fleet_end end, double rate) {
    double *sum = rate_of(zoom, guest, traffic, end);
    if (isinf(rate))
        *sum = -1;
    else if (!(*sum < 0))
        *sum = isnan(*sum) ? rate : *sum + rate;
}

static void add_flow(const struct zoom *zoom, int number) {
    const struct fleet *fleet = &zoom->fleet->fleet;
    const struct fleet_flow *flow = &fleet->flows[number];
    double offered = zoom->result->busy_offered[number], rate = zoom->result->busy_rates[number];
    if (!(offered > 0)) return;
    if (flow->from >= 0 && zoom->guest_of_instance[flow->from] >= 0)
        add_rate(zoom, zoom->guest_of_instance[flow->from], flow->traffic, FLEET_FROM, offered);
    if (flow->to < 0 || zoom->guest_of_instance[flow->to] < 0) return;
    bool known = flow->from < 0 && isfinite(offered);
    add_rate(zoom, zoom->guest_of_instance[flow->to], flow->traffic, FLEET_TO, known ? offered : rate);
}

static void find_guests(struct zoom *zoom) {
    const struct fleet *fleet = &zoom->fleet->fleet;
    for (int i = 0; i < fleet->instance_count; i++)
        zoom->guest_of_instance[i] = zoom->result->busy_places[i] == zoom->host ? zoom->guests++ : -1;
}

static void add_load(struct zoom *zoom, int guest, int group, int traffic, enum fleet_end end, double rate) {
    struct fleet_load_of_guest load = {
        .guest = guest, .group = group, .traffic = traffic, .end = end, .rate = rate > 0 ? rate : 0};
    zoom->loads[zoom->load_count++] = load;
    load.response = true;
    if (traffic >= 0 && fleet_has_response(zoom->fleet, traffic)) zoom->loads[zoom->load_count++] = load;
}

static void list_loads(struct zoom *zoom) {
    const struct fleet *fleet = &zoom->fleet->fleet;
    for (int i = 0; i < fleet->instance_count; i++) {
        int guest = zoom->guest_of_instance[i], before = zoom->load_count;
        if (guest < 0) continue;
        for (int t = 0; t < fleet->traffic_count; t++)
            for (int end = FLEET_FROM; end <= FLEET_TO; end++) {
                double rate = *rate_of(zoom, guest, t, (enum fleet_end)end);
                if (isnan(rate) || rate == 0) continue;
                add_load(zoom, guest, fleet->group_of_instance[i], t, (enum fleet_end)end, rate);
            }
        if (zoom->load_count == before) add_load(zoom, guest, fleet->group_of_instance[i], -1, FLEET_FROM, 0);
    }
}

/* As the fleet has them: "web-17", "pages", "pages response". */
static void name_parts(const struct zoom *zoom, struct scenario *scenario) {
    const struct fleet *fleet = &zoom->fleet->fleet;
    char name[RESOURCE_NAME_MAX];
    for (int i = 0; i < fleet->instance_count; i++) {
        if (zoom->guest_of_instance[i] < 0) continue;
        struct guest_config *guest = &scenario->model.guests[zoom->guest_of_instance[i]];
        fleet_instance_name(fleet, i, name, sizeof name);
        snprintf(guest->name, sizeof guest->name, "%.63s", name);
        int workload = 0;
        for (int k = 0; k < zoom->load_count; k++) {
            const struct fleet_load_of_guest *load = &zoom->loads[k];
            if (load->guest != zoom->guest_of_instance[i] || load->traffic < 0) continue;
            struct workload_config *work = &guest->workloads[workload++];
            snprintf(work->name, sizeof work->name, "%.50s%s", fleet->traffics[load->traffic].name,
                     load->response ? " response" : "");
        }
    }
}

static struct scenario *make_scenario(struct zoom *zoom, struct diag *diag) {
    const struct fleet *fleet = &zoom->fleet->fleet;
    char host[RESOURCE_NAME_MAX];
    fleet_host_name(fleet, zoom->host, host, sizeof host);
    if (zoom->guests == 0) {
        diag_set(diag, IOP_INVALID, "--zoom: there is no instance on host '%s'", host);
        return NULL;
    }
    for (int i = 0; i < zoom->guests * fleet->traffic_count * 2; i++) zoom->rates[i] = NAN;
    for (int i = 0; i < fleet->flow_count; i++) add_flow(zoom, i);
    list_loads(zoom);
    int kind = fleet->racks[fleet->rack_of_host[zoom->host]].kind;
    struct scenario *scenario = fleet_packets(zoom->fleet, kind, zoom->loads, zoom->load_count, NULL, diag);
    if (scenario == NULL) return NULL;
    snprintf(scenario->name, sizeof scenario->name, "host %s of: %.300s", host, zoom->fleet->name);
    name_parts(zoom, scenario);
    return scenario;
}

struct scenario *fleet_zoom(const struct fleet_scenario *fleet, const struct fleet_result *result, int host,
                            struct diag *diag) {
    struct zoom zoom = {.fleet = fleet, .result = result, .host = host};
    struct scenario *scenario = NULL;
    zoom.guest_of_instance = calloc((size_t)fleet->fleet.instance_count + 1, sizeof(int));
    if (zoom.guest_of_instance != NULL) {
        find_guests(&zoom);
        size_t most = (size_t)zoom.guests * (size_t)fleet->fleet.traffic_count * 2 + (size_t)zoom.guests + 1;
        zoom.rates = calloc(most, sizeof *zoom.rates);
        zoom.loads = calloc(2 * most, sizeof *zoom.loads);
    }
    if (zoom.guest_of_instance == NULL || zoom.rates == NULL || zoom.loads == NULL)
        diag_set(diag, IOP_NO_MEMORY, "out of memory");
    else
        scenario = make_scenario(&zoom, diag);
    free(zoom.guest_of_instance);
    free(zoom.rates);
    free(zoom.loads);
    return scenario;
}
