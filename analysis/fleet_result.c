#include "analysis/fleet_result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double full = 0.999;

enum iop_status fleet_result_make(const struct fleet *fleet, struct fleet_result *result, struct diag *diag) {
    size_t flows = (size_t)fleet->flow_count + 1;
    *result = (struct fleet_result){.fleet = fleet};
    result->flows = calloc(flows, sizeof *result->flows);
    result->resources = calloc((size_t)fleet->resource_count + 1, sizeof *result->resources);
    result->rack_j = calloc((size_t)fleet->rack_count + 1, sizeof(double));
    result->busy_rates = calloc(flows, sizeof(double));
    result->busy_offered = calloc(flows, sizeof(double));
    result->busy_places = calloc((size_t)fleet->instance_count + 1, sizeof(int));
    result->moves = calloc((size_t)fleet->event_count + 1, sizeof *result->moves);
    if (result->flows != NULL && result->resources != NULL && result->rack_j != NULL && result->busy_rates != NULL &&
        result->busy_offered != NULL && result->busy_places != NULL && result->moves != NULL)
        return IOP_OK;
    fleet_result_free(result);
    return diag_set(diag, IOP_NO_MEMORY, "out of memory");
}

void fleet_result_free(struct fleet_result *result) {
    free(result->epochs);
    free(result->heat);
    free(result->flows);
    free(result->resources);
    free(result->rack_j);
    free(result->busy_rates);
    free(result->busy_offered);
    free(result->busy_places);
    free(result->moves);
    *result = (struct fleet_result){0};
}

double fleet_bps(const struct fleet *fleet, int flow, double rate) {
    return rate * fleet->traffics[fleet->flows[flow].traffic].payload_bits;
}

static bool has_room(struct fleet_result *result) {
    if (result->epoch_count < result->epoch_room) return true;
    int room = 2 * result->epoch_room + 64;
    size_t cells = (size_t)result->fleet->rack_count * FLEET_HEATS;
    struct fleet_epoch *epochs = realloc(result->epochs, (size_t)room * sizeof *epochs);
    if (epochs != NULL) result->epochs = epochs;
    float *heat = realloc(result->heat, (size_t)room * cells * sizeof *heat);
    if (heat != NULL) result->heat = heat;
    if (epochs == NULL || heat == NULL) return false;
    result->epoch_room = room;
    return true;
}

static void add_flows(struct fleet_result *result, const struct fleet_moment *moment, struct fleet_epoch *epoch) {
    const struct fleet *fleet = result->fleet;
    double seconds = moment->to_s - moment->from_s;
    for (int i = 0; i < fleet->flow_count; i++) {
        struct flow_sum *sum = &result->flows[i];
        double rate = moment->rates[i], offered = moment->offered[i];
        bool first = sum->most == 0 && sum->least == 0 && sum->offered == 0;
        sum->units += rate * seconds;
        sum->offered += offered * seconds;
        if (offered > 0) sum->least = first ? rate : fmin(sum->least, rate);
        sum->most = fmax(sum->most, rate);
        epoch->delivered_bps += fleet_bps(fleet, i, rate);
        epoch->offered_bps += fleet_bps(fleet, i, isinf(offered) ? rate : offered);
    }
}

static void add_resources(struct fleet_result *result, const struct fleet_moment *moment) {
    double seconds = moment->to_s - moment->from_s;
    for (int i = 0; i < result->fleet->resource_count; i++) {
        struct resource_sum *sum = &result->resources[i];
        sum->used_s += moment->loads[i] * seconds;
        sum->peak = fmax(sum->peak, moment->loads[i]);
        if (moment->loads[i] >= full) sum->full_s += seconds;
    }
}

static double busiest_of_host(const struct fleet *fleet, const double *loads, int host) {
    double most = fmax(loads[fleet_link_resource(fleet, FLEET_PORT_UP, host)],
                       loads[fleet_link_resource(fleet, FLEET_PORT_DOWN, host)]);
    const struct fleet_kind *kind = &fleet->kinds[fleet->racks[fleet->rack_of_host[host]].kind];
    for (int s = 0; s < kind->slots.count; s++) most = fmax(most, loads[fleet->first_slot_of_host[host] + s]);
    return most;
}

static void add_racks(struct fleet_result *result, const struct fleet_moment *moment, struct fleet_epoch *epoch) {
    const struct fleet *fleet = result->fleet;
    double seconds = moment->to_s - moment->from_s;
    float *heat = result->heat + (size_t)result->epoch_count * (size_t)fleet->rack_count * FLEET_HEATS;
    for (int r = 0; r < fleet->rack_count; r++, heat += FLEET_HEATS) {
        const struct fleet_rack *rack = &fleet->racks[r];
        double cores = 0, busiest = 0;
        for (int h = rack->first_host; h < rack->first_host + rack->hosts; h++) {
            cores += moment->cores[h];
            busiest = fmax(busiest, busiest_of_host(fleet, moment->loads, h));
            epoch->down += moment->down[h];
        }
        heat[FLEET_HEAT_CPUS] = (float)fmin(1, cores / rack->hosts / fleet->kinds[rack->kind].cores);
        heat[FLEET_HEAT_HOSTS] = (float)busiest;
        heat[FLEET_HEAT_UPLINK] = (float)fmax(moment->loads[fleet_link_resource(fleet, FLEET_UPLINK_UP, r)],
                                              moment->loads[fleet_link_resource(fleet, FLEET_UPLINK_DOWN, r)]);
        result->rack_j[r] += moment->rack_j[r];
        epoch->power_w += seconds > 0 ? moment->rack_j[r] / seconds : 0;
    }
}

enum iop_status fleet_result_add(void *user, const struct fleet_moment *moment, struct diag *diag) {
    struct fleet_result *result = user;
    const struct fleet *fleet = result->fleet;
    if (!has_room(result)) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    struct fleet_epoch *epoch = &result->epochs[result->epoch_count];
    *epoch = (struct fleet_epoch){.from_s = moment->from_s, .to_s = moment->to_s, .competing = moment->competing};
    add_flows(result, moment, epoch);
    add_resources(result, moment);
    add_racks(result, moment, epoch);
    if (result->epoch_count == 0 || epoch->delivered_bps > result->epochs[result->busiest_epoch].delivered_bps) {
        result->busiest_epoch = result->epoch_count;
        memcpy(result->busy_rates, moment->rates, (size_t)fleet->flow_count * sizeof(double));
        memcpy(result->busy_offered, moment->offered, (size_t)fleet->flow_count * sizeof(double));
        memcpy(result->busy_places, moment->host_of_instance, (size_t)fleet->instance_count * sizeof(int));
    }
    result->duration_s = moment->to_s;
    result->move_count = moment->move_count;
    memcpy(result->moves, moment->moves, (size_t)moment->move_count * sizeof *result->moves);
    result->epoch_count++;
    return IOP_OK;
}
