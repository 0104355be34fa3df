#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/content_hash.h"
#include "analysis/sweep.h"
#include "scenarios/catalog.h"

enum { POINTS_MAX = 10000000 };

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while planning a sweep");
}

static const struct sweep_axis *replacement(const struct sweep_request *request, const char *path) {
    for (int i = 0; i < request->grid_count; i++)
        if (strcmp(request->grid[i].path, path) == 0) return &request->grid[i];
    return NULL;
}

static bool is_of_scenario(const struct scenario *scenario, const char *path) {
    for (int i = 0; i < scenario->axis_count; i++)
        if (strcmp(scenario->axes[i].path, path) == 0) return true;
    return false;
}

static enum iop_status check_axis(const struct sweep_axis *axis, struct diag *diag) {
    for (int i = 0; i < axis->count; i++) {
        struct setting setting;
        memcpy(setting.path, axis->path, sizeof setting.path);
        memcpy(setting.value, axis->values[i], sizeof setting.value);
        struct diag problem = {""};
        enum iop_status status = scenario_check_setting(&setting, &problem);
        if (status != IOP_OK) return diag_set(diag, status, "--grid %s", problem.message);
    }
    return IOP_OK;
}

/* The scenario's axes in its order, those of the command line in their place or after them. */
static enum iop_status take_axes(struct sweep_plan *plan, struct diag *diag) {
    const struct sweep_request *request = plan->request;
    plan->axes = calloc((size_t)(plan->base->axis_count + request->grid_count) + 1, sizeof *plan->axes);
    if (plan->axes == NULL) return no_memory(diag);
    for (int i = 0; i < plan->base->axis_count; i++) {
        const struct sweep_axis *own = &plan->base->axes[i], *other = replacement(request, own->path);
        plan->axes[plan->axis_count++] = other != NULL ? other : own;
    }
    for (int i = 0; i < request->grid_count; i++) {
        enum iop_status status = check_axis(&request->grid[i], diag);
        if (status != IOP_OK) return status;
        if (!is_of_scenario(plan->base, request->grid[i].path)) plan->axes[plan->axis_count++] = &request->grid[i];
    }
    plan->count = 1;
    for (int i = 0; i < plan->axis_count; i++) {
        if (plan->axes[i]->count > POINTS_MAX / plan->count)
            return diag_set(diag, IOP_INVALID, "%s: the sweep has more than %d points", request->file, POINTS_MAX);
        plan->count *= plan->axes[i]->count;
    }
    return IOP_OK;
}

enum iop_status sweep_plan_make(const struct sweep_request *request, struct sweep_plan *plan, struct diag *diag) {
    *plan = (struct sweep_plan){.request = request};
    plan->base = scenario_load(request->file, request->settings, request->setting_count, diag);
    if (plan->base == NULL) return IOP_INVALID;
    plan->run = plan->base->run;
    if (request->adjust != NULL) request->adjust(request->adjust_user, &plan->run);
    enum iop_status status = take_axes(plan, diag);
    if (status == IOP_OK) status = catalog_content(&plan->catalog, diag);
    if (status == IOP_OK) status = content_hash_traces(plan->base, &plan->catalog, diag);
    if (status != IOP_OK) sweep_plan_free(plan);
    return status;
}

void sweep_plan_free(struct sweep_plan *plan) {
    scenario_free(plan->base);
    free(plan->axes);
    *plan = (struct sweep_plan){0};
}

bool sweep_takes(const struct sweep_plan *plan, int point) {
    const struct sweep_request *request = plan->request;
    return request->shards <= 1 || point % request->shards == request->shard;
}

int sweep_setting_count(const struct sweep_plan *plan) { return plan->request->setting_count + plan->axis_count; }

void sweep_settings(const struct sweep_plan *plan, int point, struct setting *settings) {
    const struct sweep_request *request = plan->request;
    for (int i = 0; i < request->setting_count; i++) settings[i] = request->settings[i];
    for (int i = plan->axis_count - 1; i >= 0; i--) {
        const struct sweep_axis *axis = plan->axes[i];
        struct setting *setting = &settings[request->setting_count + i];
        memcpy(setting->path, axis->path, sizeof setting->path);
        memcpy(setting->value, axis->values[point % axis->count], sizeof setting->value);
        point /= axis->count;
    }
}

enum iop_status sweep_key(const struct sweep_plan *plan, int point, char key[STORE_KEY_MAX], struct diag *diag) {
    int count = sweep_setting_count(plan);
    struct setting *settings = calloc((size_t)count + 1, sizeof *settings);
    if (settings == NULL) return no_memory(diag);
    sweep_settings(plan, point, settings);
    uint64_t hash;
    enum iop_status status = scenario_content(plan->request->file, settings, count, &hash, diag);
    free(settings);
    const uint64_t more[] = {plan->catalog, plan->run.seed};
    hash = fnv1a_64(hash, more, sizeof more);
    hash = fnv1a_64(hash, plan->request->version, strlen(plan->request->version));
    snprintf(key, STORE_KEY_MAX, "%016" PRIx64, hash);
    return status;
}
