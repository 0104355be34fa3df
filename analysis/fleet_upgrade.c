#include "analysis/fleet_upgrade.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/fleet_result.h"

void fleet_upgrade_sum(const struct fleet_result *result, struct fleet_upgrade_outcome *outcome) {
    const struct fleet *fleet = result->fleet;
    double duration_s = result->duration_s;
    outcome->instances = fleet->instance_count;
    outcome->hosts = fleet->host_count;
    for (int i = 0; i < result->epoch_count && duration_s > 0; i++) {
        const struct fleet_epoch *epoch = &result->epochs[i];
        double share = (epoch->to_s - epoch->from_s) / duration_s;
        outcome->offered_bps += epoch->offered_bps * share;
        outcome->delivered_bps += epoch->delivered_bps * share;
        outcome->power_w += epoch->power_w * share;
    }
    for (int i = 0; i < fleet->flow_count && duration_s > 0; i++) outcome->units += result->flows[i].units / duration_s;
    for (int i = 0; i < fleet->resource_count; i++) outcome->full_hours += result->resources[i].full_s / 3600;
}

/* What a child tells its parent. */
struct message {
    enum iop_status status;
    struct fleet_upgrade_outcome outcome;
    struct diag diag;
};

static void run_fleet(const struct fleet *fleet, sharing_run *share, struct message *message) {
    struct fleet_result result;
    message->status = fleet_result_make(fleet, &result, &message->diag);
    if (message->status != IOP_OK) return;
    message->status = fleet_run(fleet, share, NULL, fleet_result_add, &result, &message->diag);
    if (message->status == IOP_OK) fleet_upgrade_sum(&result, &message->outcome);
    fleet_result_free(&result);
}

static enum iop_status run_apart(const struct fleet *fleet, sharing_run *share, struct fleet_upgrade_outcome *outcome,
                                 struct diag *diag) {
    int ends[2];
    struct message message = {.status = IOP_IO, .outcome = *outcome};
    if (pipe(ends) != 0) return diag_set(diag, IOP_IO, "no pipe to a process of its own");
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_fleet(fleet, share, &message);
        bool sent = write(ends[1], &message, sizeof message) == (ssize_t)sizeof message;
        _exit(sent ? 0 : 1);
    }
    close(ends[1]);
    bool heard = child > 0 && read(ends[0], &message, sizeof message) == (ssize_t)sizeof message;
    close(ends[0]);
    if (child > 0) waitpid(child, NULL, 0);
    if (!heard) return diag_set(diag, IOP_IO, "the upgrade's process did not answer");
    *outcome = message.outcome;
    return message.status == IOP_OK ? IOP_OK : diag_set(diag, message.status, "%s", message.diag.message);
}

/* The message goes on with whose it is. */
static enum iop_status of_upgrade(const struct fleet_upgrade *upgrade, enum iop_status status, struct diag *diag) {
    struct diag own = *diag;
    return diag_set(diag, status, "%.800s (upgrade '%s')", own.message, upgrade->name);
}

enum iop_status fleet_upgrade_run(const struct fleet_upgrade_run *run, const struct fleet_upgrade *upgrade,
                                  struct fleet_upgrade_outcome *outcome, struct diag *diag) {
    int count = run->setting_count + upgrade->setting_count;
    struct setting *settings = calloc((size_t)count + 1, sizeof *settings);
    if (settings == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < run->setting_count; i++) settings[i] = run->settings[i];
    for (int i = 0; i < upgrade->setting_count; i++) settings[run->setting_count + i] = upgrade->settings[i];
    struct fleet_scenario *fleet = fleet_load(run->file, settings, count, diag);
    free(settings);
    if (fleet == NULL) return of_upgrade(upgrade, IOP_INVALID, diag);
    if (run->adjust != NULL) run->adjust(run->adjust_user, &fleet->run);
    struct fleet_probes probes = {0};
    enum iop_status status = fleet_demands(fleet, run->store, run->version, run->crew, &probes, diag);
    *outcome = (struct fleet_upgrade_outcome){.name = ""};
    memcpy(outcome->name, upgrade->name, sizeof outcome->name);
    if (status == IOP_OK) status = run_apart(&fleet->fleet, run->share, outcome, diag);
    fleet_probes_free(&probes);
    fleet_unload(fleet);
    return status == IOP_OK ? IOP_OK : of_upgrade(upgrade, status, diag);
}
