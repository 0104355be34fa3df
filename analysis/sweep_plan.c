#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/content_hash.h"
#include "analysis/selection.h"
#include "analysis/sweep.h"
#include "scenarios/axis.h"
#include "scenarios/catalog.h"

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
        struct diag problem = {""};
        if (axis_check(&request->grid[i], &problem) != IOP_OK)
            return diag_set(diag, IOP_INVALID, "--grid %s", problem.message);
        if (!is_of_scenario(plan->base, request->grid[i].path)) plan->axes[plan->axis_count++] = &request->grid[i];
    }
    return IOP_OK;
}

static enum iop_status lay_out(struct sweep_plan *plan, struct diag *diag) {
    const struct sweep_request *request = plan->request;
    const struct sweep_design *design = request->design != NULL ? request->design : &plan->base->design;
    struct diag problem = {""};
    enum iop_status status = design_make(design, plan->axes, plan->axis_count, &plan->design, &problem);
    if (status != IOP_OK) return diag_set(diag, status, "%s: %s", request->file, problem.message);
    plan->count = plan->design.count;
    plan->left_out = calloc((size_t)plan->count, sizeof *plan->left_out);
    if (plan->left_out == NULL) return no_memory(diag);
    status = design_mark_repeated(&plan->design, plan->left_out, diag);
    for (int i = 0; i < plan->count; i++) plan->repeated += plan->left_out[i];
    return status;
}

/* One list of conditions: all of them must hold. */
static enum iop_status try_conditions(struct sweep_plan *plan, const struct condition *conditions, int count,
                                      struct setting *settings, struct diag *diag) {
    struct selection selection;
    sweep_settings(plan, 0, settings);
    enum iop_status status =
        selection_make(plan->request->file, settings, sweep_setting_count(plan), conditions, count, &selection, diag);
    for (int i = 0; i < plan->count && selection.count > 0 && status == IOP_OK; i++) {
        if (plan->left_out[i]) continue;
        bool holds = true;
        sweep_settings(plan, i, settings);
        status = selection_holds(&selection, settings, &holds, diag);
        plan->left_out[i] = !holds;
        plan->unwanted += !holds;
    }
    selection_free(&selection);
    return status;
}

static enum iop_status choose(struct sweep_plan *plan, struct diag *diag) {
    const struct sweep_request *request = plan->request;
    struct setting *settings = calloc((size_t)sweep_setting_count(plan) + 1, sizeof *settings);
    if (settings == NULL) return no_memory(diag);
    struct diag problem = {""};
    enum iop_status status =
        try_conditions(plan, plan->base->conditions, plan->base->condition_count, settings, &problem);
    if (status == IOP_OK)
        status = try_conditions(plan, request->conditions, request->condition_count, settings, &problem);
    free(settings);
    if (status != IOP_OK) return diag_set(diag, status, "%s: %s", request->file, problem.message);
    if (plan->unwanted + plan->repeated < plan->count) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "%s: the conditions leave out all %d points", request->file, plan->count);
}

void sweep_adjust(const struct sweep_request *request, struct run_config *run) {
    if (request->adjust != NULL) request->adjust(request->adjust_user, run);
}

enum iop_status sweep_plan_make(const struct sweep_request *request, struct sweep_plan *plan, struct diag *diag) {
    *plan = (struct sweep_plan){.request = request};
    plan->base = scenario_load(request->file, request->settings, request->setting_count, diag);
    if (plan->base == NULL) return IOP_INVALID;
    plan->run = plan->base->run;
    sweep_adjust(request, &plan->run);
    enum iop_status status = take_axes(plan, diag);
    if (status == IOP_OK) status = lay_out(plan, diag);
    if (status == IOP_OK) status = choose(plan, diag);
    if (status == IOP_OK) status = catalog_content(&plan->catalog, diag);
    if (status == IOP_OK) status = content_hash_traces(plan->base, &plan->catalog, diag);
    if (status != IOP_OK) sweep_plan_free(plan);
    return status;
}

void sweep_plan_free(struct sweep_plan *plan) {
    scenario_free(plan->base);
    free(plan->axes);
    free(plan->left_out);
    design_free(&plan->design);
    *plan = (struct sweep_plan){0};
}

bool sweep_takes(const struct sweep_plan *plan, int point) {
    const struct sweep_request *request = plan->request;
    if (plan->left_out[point]) return false;
    return request->shards <= 1 || point % request->shards == request->shard;
}

int sweep_setting_count(const struct sweep_plan *plan) { return plan->request->setting_count + plan->axis_count; }

void sweep_settings(const struct sweep_plan *plan, int point, struct setting *settings) {
    const struct sweep_request *request = plan->request;
    for (int i = 0; i < request->setting_count; i++) settings[i] = request->settings[i];
    for (int i = 0; i < plan->axis_count; i++) {
        struct setting *setting = &settings[request->setting_count + i];
        memcpy(setting->path, plan->axes[i]->path, sizeof setting->path);
        design_value(&plan->design, point, i, setting->value);
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
