#include "models/fleet/epochs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/fleet/contention.h"
#include "models/fleet/platform.h"

static const double day_s = 24 * 3600.0, soon_s = 1e-6; /* what is due so soon is due now */

struct epochs {
    const struct fleet *fleet;
    struct contention contention;
    const struct sharing *sharing;
    fleet_observer *observe;
    void *user;
    double now_s;
    int next_event;
    bool changed; /* hosts, places or transfers, since the last solution */
    double *offered_before;
    int move_count;
    struct fleet_move *moves;
    int *moving; /* transfer i is that of moves[moving[i]] */
    double *rack_j, *rack_j_before, *host_loads;
};

/* ---- what happens at once */

static void drop_transfer(struct epochs *epochs, int transfer) {
    struct contention *contention = &epochs->contention;
    int last = --contention->transfer_count;
    contention->transfers[transfer] = contention->transfers[last];
    epochs->moving[transfer] = epochs->moving[last];
    epochs->changed = true;
}

/* The migrations from and to a host that fails. */
static void abandon_moves(struct epochs *epochs, int host) {
    const struct contention *contention = &epochs->contention;
    for (int i = contention->transfer_count - 1; i >= 0; i--)
        if (contention->transfers[i].from_host == host || contention->transfers[i].to_host == host)
            drop_transfer(epochs, i);
}

static void begin_move(struct epochs *epochs, const struct fleet_event *event) {
    struct contention *contention = &epochs->contention;
    const struct fleet *fleet = epochs->fleet;
    int from = contention->host_of_instance[event->instance];
    if (from == event->host || contention->down[from] || contention->down[event->host]) return;
    for (int i = 0; i < contention->transfer_count; i++)
        if (epochs->moves[epochs->moving[i]].instance == event->instance) return;
    struct fleet_move *move = &epochs->moves[epochs->move_count];
    *move = (struct fleet_move){event->instance, from, event->host, epochs->now_s, NAN, {0}};
    precopy_begin(&move->precopy, fleet->groups[fleet->group_of_instance[event->instance]].memory_bytes,
                  event->hot_bytes, event->dirty_bytes_s, event->downtime_s);
    contention->transfers[contention->transfer_count] = (struct transfer){from, event->host, 0};
    epochs->moving[contention->transfer_count++] = epochs->move_count++;
    epochs->changed = true;
}

static void take_events(struct epochs *epochs) {
    const struct fleet *fleet = epochs->fleet;
    for (; epochs->next_event < fleet->event_count; epochs->next_event++) {
        const struct fleet_event *event = &fleet->events[epochs->next_event];
        if (event->at_s > epochs->now_s + soon_s) return;
        if (event->kind == FLEET_MIGRATES) {
            begin_move(epochs, event);
            continue;
        }
        epochs->contention.down[event->host] = event->kind == FLEET_HOST_FAILS;
        if (event->kind == FLEET_HOST_FAILS) abandon_moves(epochs, event->host);
        epochs->changed = true;
    }
}

/* Migrations go on at the rates of the epoch that is over. */
static void advance_moves(struct epochs *epochs, double seconds) {
    struct contention *contention = &epochs->contention;
    for (int i = contention->transfer_count - 1; i >= 0; i--) {
        struct fleet_move *move = &epochs->moves[epochs->moving[i]];
        double bytes_s = contention->transfers[i].bytes_s;
        if (precopy_time(&move->precopy, bytes_s) <= seconds + soon_s) seconds += soon_s;
        precopy_advance(&move->precopy, bytes_s, seconds);
        if (!move->precopy.done) continue;
        move->ended_s = epochs->now_s;
        contention->host_of_instance[move->instance] = move->to_host;
        drop_transfer(epochs, i);
    }
}

/* ---- when the epoch ends */

static double next_step_s(const struct fleet_traffic *traffic, double now_s) {
    if (traffic->steps <= 1) return INFINITY;
    double step_s = day_s / traffic->steps;
    return (floor((now_s + soon_s) / step_s) + 1) * step_s;
}

static double end_of_epoch_s(const struct epochs *epochs) {
    const struct fleet *fleet = epochs->fleet;
    double end = fmin(fleet->duration_s, (floor((epochs->now_s + soon_s) / fleet->epoch_s) + 1) * fleet->epoch_s);
    for (int i = 0; i < fleet->traffic_count; i++) end = fmin(end, next_step_s(&fleet->traffics[i], epochs->now_s));
    if (epochs->next_event < fleet->event_count) end = fmin(end, fleet->events[epochs->next_event].at_s);
    for (int i = 0; i < epochs->contention.transfer_count; i++) {
        double left = precopy_time(&epochs->moves[epochs->moving[i]].precopy, epochs->contention.transfers[i].bytes_s);
        end = fmin(end, epochs->now_s + fmax(left, 10 * SHARING_MOMENT_S));
    }
    return end;
}

/* ---- one epoch */

static enum iop_status solve(struct epochs *epochs, double *passed_s, struct diag *diag) {
    struct contention *contention = &epochs->contention;
    size_t size = (size_t)epochs->fleet->flow_count * sizeof(double);
    contention_offer(contention, epochs->now_s);
    *passed_s = 0;
    if (!epochs->changed && memcmp(epochs->offered_before, contention->offered, size) == 0) return IOP_OK;
    epochs->changed = false;
    memcpy(epochs->offered_before, contention->offered, size);
    return contention_solve(contention, epochs->sharing, passed_s, diag);
}

/* What the hosts' meters and the trace see. */
static void show(const struct epochs *epochs) {
    const struct fleet *fleet = epochs->fleet;
    const struct sharing *sharing = epochs->sharing;
    const struct contention *contention = &epochs->contention;
    for (int i = 0; i < fleet->host_count; i++) {
        const struct fleet_rack *rack = &fleet->racks[fleet->rack_of_host[i]];
        double load = fmin(1, contention->cores[i] / fleet->kinds[rack->kind].cores);
        epochs->host_loads[i] = contention->down[i] ? -1 : load;
        sharing->port(sharing->self, i, contention->loads[fleet_link_resource(fleet, FLEET_PORT_UP, i)],
                      contention->loads[fleet_link_resource(fleet, FLEET_PORT_DOWN, i)]);
    }
    sharing->load(sharing->self, epochs->host_loads);
    for (int i = 0; i < fleet->rack_count; i++)
        sharing->uplink(sharing->self, i, contention->loads[fleet_link_resource(fleet, FLEET_UPLINK_UP, i)],
                        contention->loads[fleet_link_resource(fleet, FLEET_UPLINK_DOWN, i)]);
}

static void read_meters(struct epochs *epochs) {
    const struct fleet *fleet = epochs->fleet;
    for (int i = 0; i < fleet->rack_count; i++) {
        double sum = 0;
        for (int h = 0; h < fleet->racks[i].hosts; h++)
            sum += epochs->sharing->energy_j(epochs->sharing->self, fleet->racks[i].first_host + h);
        epochs->rack_j[i] = sum - epochs->rack_j_before[i];
        epochs->rack_j_before[i] = sum;
    }
}

static enum iop_status one_epoch(struct epochs *epochs, struct diag *diag) {
    double passed_s, from_s = epochs->now_s;
    take_events(epochs);
    enum iop_status status = solve(epochs, &passed_s, diag);
    if (status != IOP_OK) return status;
    show(epochs);
    double to_s = fmax(end_of_epoch_s(epochs), from_s + passed_s);
    epochs->sharing->advance(epochs->sharing->self, to_s - from_s - passed_s);
    epochs->now_s = to_s;
    read_meters(epochs);
    advance_moves(epochs, to_s - from_s);
    const struct contention *contention = &epochs->contention;
    const struct fleet_moment moment = {
        .from_s = from_s,
        .to_s = to_s,
        .offered = contention->offered,
        .rates = contention->rates,
        .loads = contention->loads,
        .cores = contention->cores,
        .host_of_instance = contention->host_of_instance,
        .down = contention->down,
        .rack_j = epochs->rack_j,
        .competing = contention->competing,
        .move_count = epochs->move_count,
        .moves = epochs->moves,
    };
    return epochs->observe(epochs->user, &moment, diag);
}

static enum iop_status drive(void *user, const struct sharing *sharing, struct diag *diag) {
    struct epochs *epochs = user;
    epochs->sharing = sharing;
    enum iop_status status = IOP_OK;
    while (status == IOP_OK && epochs->now_s + soon_s < epochs->fleet->duration_s) status = one_epoch(epochs, diag);
    return status;
}

/* ---- the run */

static enum iop_status write_platform(const struct platform *platform, char *path, struct diag *diag) {
    int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file == NULL) return diag_set(diag, IOP_IO, "%s: cannot be written", path);
    platform_write(platform, file);
    bool failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    return failed ? diag_set(diag, IOP_IO, "%s: cannot be written", path) : IOP_OK;
}

static enum iop_status run_platform(struct epochs *epochs, const struct platform *platform, sharing_run *share,
                                    const char *trace, struct diag *diag) {
    const char *folder = getenv("TMPDIR");
    char path[512];
    snprintf(path, sizeof path, "%s/iopath-fleet-XXXXXX", folder != NULL && *folder != '\0' ? folder : "/tmp");
    enum iop_status status = write_platform(platform, path, diag);
    struct sharing_platform given = platform_for_sharing(platform, path, trace);
    if (status == IOP_OK) status = share(&given, drive, epochs, diag);
    if (status == IOP_NO_MEMORY) diag_set(diag, status, "out of memory");
    unlink(path);
    return status;
}

static bool make_epochs(struct epochs *epochs) {
    const struct fleet *fleet = epochs->fleet;
    epochs->offered_before = calloc((size_t)fleet->flow_count + 1, sizeof(double));
    epochs->moves = calloc((size_t)fleet->event_count + 1, sizeof *epochs->moves);
    epochs->moving = calloc((size_t)fleet->event_count + 1, sizeof(int));
    epochs->rack_j = calloc((size_t)fleet->rack_count + 1, sizeof(double));
    epochs->rack_j_before = calloc((size_t)fleet->rack_count + 1, sizeof(double));
    epochs->host_loads = calloc((size_t)fleet->host_count + 1, sizeof(double));
    return epochs->offered_before != NULL && epochs->moves != NULL && epochs->moving != NULL &&
           epochs->rack_j != NULL && epochs->rack_j_before != NULL && epochs->host_loads != NULL;
}

enum iop_status fleet_run(const struct fleet *fleet, sharing_run *share, const char *trace, fleet_observer *observe,
                          void *user, struct diag *diag) {
    struct epochs epochs = {.fleet = fleet, .observe = observe, .user = user, .changed = true};
    struct platform platform;
    enum iop_status status = platform_make(fleet, trace != NULL, &platform, diag);
    if (status != IOP_OK) return status;
    status = contention_make(&platform, &epochs.contention, diag);
    if (status == IOP_OK && !make_epochs(&epochs)) status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    if (status == IOP_OK) status = run_platform(&epochs, &platform, share, trace, diag);
    contention_free(&epochs.contention);
    platform_free(&platform);
    free(epochs.offered_before);
    free(epochs.moves);
    free(epochs.moving);
    free(epochs.rack_j);
    free(epochs.rack_j_before);
    free(epochs.host_loads);
    return status;
}
