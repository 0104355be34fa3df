#include "analysis/comparison.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/content_hash.h"
#include "analysis/selection.h"
#include "analysis/without_place.h"
#include "scenarios/catalog.h"

enum { POINTS_MAX = 10000 };

static void free_point(struct comparison_point *point) {
    experiment_result_free(&point->result);
    if (point->scenario != NULL) scenario_free(point->scenario);
    free(point->settings);
    free(point->axis_values);
}

/* The ranges the points count through. */
struct grid {
    const struct comparison_request *request;
    const struct scenario *base;
    enum mode all_modes[MODE_COUNT];
    const enum mode *modes;
    int mode_count, instance_count; /* at least 1; without a choice the file's own is the only one */
    bool host_swept;
    bool *replaced; /* sweep axes that --modes or --instances take the place of */
};

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while planning a comparison");
}

static bool swept(const struct scenario *base, const char *last_name) {
    for (int i = 0; i < base->axis_count; i++)
        if (strcmp(comparison_axis_name(&base->axes[i]), last_name) == 0) return true;
    return false;
}

const char *comparison_axis_name(const struct sweep_axis *axis) {
    const char *dot = strrchr(axis->path, '.');
    return dot == NULL ? axis->path : dot + 1;
}

static int axis_count(const struct grid *grid, int axis) {
    return grid->replaced[axis] ? 1 : grid->base->axes[axis].count;
}

static void plan_grid(const struct comparison_request *request, const struct scenario *base, bool *replaced,
                      struct grid *grid) {
    *grid = (struct grid){.request = request, .base = base, .modes = request->modes, .replaced = replaced};
    grid->mode_count = request->mode_count;
    grid->host_swept = swept(base, "host");
    if (request->mode_count == 0 && !swept(base, "mode")) {
        for (int i = 0; i < MODE_COUNT; i++) grid->all_modes[i] = (enum mode)i;
        grid->modes = grid->all_modes;
        grid->mode_count = MODE_COUNT;
    }
    if (grid->mode_count == 0) grid->mode_count = 1;
    grid->instance_count = request->instance_count > 0 ? request->instance_count : 1;
    for (int i = 0; i < base->axis_count; i++) {
        const char *name = comparison_axis_name(&base->axes[i]);
        replaced[i] = (request->mode_count > 0 && strcmp(name, "mode") == 0) ||
                      (request->instance_count > 0 && strcmp(name, "instance") == 0);
    }
}

static struct setting *next_setting(struct comparison_point *point) { return &point->settings[point->setting_count++]; }

__attribute__((format(printf, 3, 4))) static void add_setting(struct comparison_point *point, const char *value,
                                                              const char *path, ...) {
    struct setting *setting = next_setting(point);
    va_list arguments;
    va_start(arguments, path);
    vsnprintf(setting->path, sizeof setting->path, path, arguments);
    va_end(arguments);
    snprintf(setting->value, sizeof setting->value, "%s", value);
}

/* The instance's name, its host, the mode, the swept values: later settings win over earlier ones. */
static enum iop_status fill_settings(const struct grid *grid, int index, struct comparison_point *point,
                                     struct diag *diag) {
    const struct comparison_request *request = grid->request;
    const struct scenario *base = grid->base;
    int guests = base->file_guest_count;
    point->settings =
        calloc((size_t)(request->setting_count + 2 * guests + 1 + base->axis_count), sizeof *point->settings);
    point->axis_values = calloc((size_t)base->axis_count + 1, sizeof *point->axis_values);
    if (point->settings == NULL || point->axis_values == NULL) return no_memory(diag);
    for (int i = 0; i < request->setting_count; i++) *next_setting(point) = request->settings[i];
    point->own_first = point->setting_count;
    enum mode mode = grid->modes == NULL ? MODE_NONE : grid->modes[index % grid->mode_count];
    index /= grid->mode_count;
    if (request->instance_count > 0) {
        struct instance_type type;
        enum iop_status status = catalog_instance(request->instances[index % grid->instance_count], &type, diag);
        if (status != IOP_OK) return status;
        if (!grid->host_swept) add_setting(point, type.host, "host");
        for (int i = 0; i < guests; i++) add_setting(point, type.name, "guests[%d].instance", i);
    }
    index /= grid->instance_count;
    for (int i = 0; i < guests && mode != MODE_NONE; i++)
        add_setting(point, mode_info(mode)->name, "guests[%d].mode", i);
    for (int i = base->axis_count - 1; i >= 0; i--) {
        const struct sweep_axis *axis = &base->axes[i];
        point->axis_values[i] = axis->count > 0 ? axis->values[index % axis_count(grid, i)] : "";
        index /= axis_count(grid, i);
    }
    for (int i = 0; i < base->axis_count; i++)
        if (!grid->replaced[i]) add_setting(point, point->axis_values[i], "%s", base->axes[i].path);
    return IOP_OK;
}

/* The value of the last setting whose path ends in `.name` or is `name`, or NULL. */
static const char *setting_value(const struct comparison_point *point, const char *name) {
    for (int i = point->setting_count - 1; i >= 0; i--) {
        const char *dot = strrchr(point->settings[i].path, '.');
        if (strcmp(dot == NULL ? point->settings[i].path : dot + 1, name) == 0) return point->settings[i].value;
    }
    return NULL;
}

/* The guest that names the point: the first with work to do. */
static const struct guest_config *leading_guest(const struct scenario *scenario) {
    for (int i = 0; i < scenario->model.guest_count; i++)
        if (scenario->model.guests[i].workload_count > 0) return &scenario->model.guests[i];
    return &scenario->model.guests[0];
}

/* Why a point whose scenario could not be read does not exist: by preference what the mode says itself. */
static void explain_absence(const struct grid *grid, const char *message, struct comparison_point *point) {
    const struct guest_config *guest = leading_guest(grid->base);
    const char *host_name = setting_value(point, "host"), *mode_name = setting_value(point, "mode");
    enum mode mode = mode_name != NULL ? mode_find(mode_name) : guest->mode;
    struct instance_type type = guest->instance;
    struct host_config *host = malloc(sizeof *host);
    struct diag own = {""};
    if (host == NULL || mode == MODE_NONE) goto plain;
    *host = grid->base->model.host;
    const char *instance = setting_value(point, "instance");
    if (instance != NULL && catalog_instance(instance, &type, NULL) != IOP_OK) goto plain;
    if (host_name != NULL && catalog_host(host_name, host, NULL) != IOP_OK) goto plain;
    mode_available(mode, host, instance != NULL || guest->has_instance ? &type : NULL, &own);
plain:
    snprintf(point->reason, sizeof point->reason, "%.511s",
             own.message[0] != '\0' ? own.message : without_place(message));
    free(host);
}

static void name_point(const struct grid *grid, struct comparison_point *point) {
    const struct guest_config *guest = leading_guest(point->scenario != NULL ? point->scenario : grid->base);
    const char *mode = setting_value(point, "mode"), *instance = setting_value(point, "instance");
    enum mode found = point->scenario == NULL && mode != NULL ? mode_find(mode) : guest->mode;
    point->mode = found == MODE_NONE ? "" : mode_info(found)->name;
    if (point->scenario == NULL && instance != NULL)
        snprintf(point->instance, sizeof point->instance, "%.47s", instance);
    else if (guest->has_instance)
        snprintf(point->instance, sizeof point->instance, "%s", guest->instance.name);
}

static enum iop_status plan_point(const struct grid *grid, struct comparison_point *point, struct diag *diag) {
    const struct comparison_request *request = grid->request;
    struct diag own = {""};
    point->scenario = scenario_load(request->file, point->settings, point->setting_count, &own);
    if (point->scenario == NULL) explain_absence(grid, own.message, point);
    name_point(grid, point);
    if (point->scenario == NULL) return IOP_OK;
    if (request->adjust != NULL) request->adjust(request->adjust_user, &point->scenario->run);
    enum iop_status status =
        content_hash(request->file, point->settings, point->setting_count, &point->content_hash, diag);
    return status == IOP_OK ? content_hash_traces(point->scenario, &point->content_hash, diag) : status;
}

/* Whether two points differ in nothing but their mode. */
static bool same_but_mode(const struct scenario *base, const struct comparison_point *a,
                          const struct comparison_point *b) {
    if (strcmp(a->instance, b->instance) != 0) return false;
    for (int i = 0; i < base->axis_count; i++)
        if (strcmp(comparison_axis_name(&base->axes[i]), "mode") != 0 &&
            strcmp(a->axis_values[i], b->axis_values[i]) != 0)
            return false;
    return true;
}

/* A point compares with the `pv` among those that differ in nothing but the mode, else with their first. */
static int find_reference(const struct comparison *comparison, const struct comparison_point *point) {
    int reference = -1;
    for (int i = 0; i < comparison->count; i++) {
        const struct comparison_point *other = &comparison->points[i];
        if (other->scenario == NULL || !same_but_mode(comparison->base, point, other)) continue;
        if (strcmp(other->mode, "pv") == 0) return i;
        if (reference < 0) reference = i;
    }
    return reference;
}

static enum iop_status count_points(const struct grid *grid, int *count, struct diag *diag) {
    *count = grid->mode_count * grid->instance_count;
    for (int i = 0; i < grid->base->axis_count; i++) {
        if (axis_count(grid, i) == 0)
            return diag_set(diag, IOP_INVALID, "%s: %s: the range says no steps, which a comparison needs",
                            grid->request->file, grid->base->axes[i].path);
        if (axis_count(grid, i) > POINTS_MAX / *count)
            return diag_set(diag, IOP_INVALID, "%s: the comparison has more than %d points", grid->request->file,
                            POINTS_MAX);
        *count *= axis_count(grid, i);
    }
    return IOP_OK;
}

/* Takes the point at `index` of the grid, unless a condition of the scenario leaves it out. The first point finds what
 * the conditions mean. */
static enum iop_status take_point(const struct grid *grid, int index, struct selection *selection,
                                  struct comparison *comparison, struct diag *diag) {
    const struct scenario *base = grid->base;
    struct comparison_point *point = &comparison->points[comparison->count];
    struct diag problem = {""};
    bool holds = true;
    comparison->count++;
    enum iop_status status = fill_settings(grid, index, point, diag);
    if (status != IOP_OK) return status;
    if (index == 0)
        status = selection_make(grid->request->file, point->settings, point->setting_count, base->conditions,
                                base->condition_count, selection, &problem);
    if (status == IOP_OK) status = selection_holds(selection, point->settings, &holds, &problem);
    if (status != IOP_OK) return diag_set(diag, status, "%s: %s", grid->request->file, problem.message);
    if (holds) return plan_point(grid, point, diag);
    comparison->count--;
    free_point(point);
    *point = (struct comparison_point){.settings = NULL};
    return IOP_OK;
}

static enum iop_status plan_points(const struct grid *grid, struct comparison *comparison, struct diag *diag) {
    int count, existing = 0;
    enum iop_status status = count_points(grid, &count, diag);
    if (status != IOP_OK) return status;
    comparison->points = calloc((size_t)count + 1, sizeof *comparison->points);
    if (comparison->points == NULL) return no_memory(diag);
    struct selection selection = {.count = 0};
    for (int i = 0; i < count && status == IOP_OK; i++) status = take_point(grid, i, &selection, comparison, diag);
    selection_free(&selection);
    if (status != IOP_OK) return status;
    if (comparison->count == 0)
        return diag_set(diag, IOP_INVALID, "%s: the conditions leave out all %d combinations", grid->request->file,
                        count);
    for (int i = 0; i < comparison->count; i++) existing += comparison->points[i].scenario != NULL;
    if (existing == 0)
        return diag_set(diag, IOP_INVALID, "%s: no combination exists; %s: %s", grid->request->file,
                        comparison->points[0].mode, comparison->points[0].reason);
    for (int i = 0; i < comparison->count; i++)
        comparison->points[i].reference = find_reference(comparison, &comparison->points[i]);
    return IOP_OK;
}

enum iop_status comparison_plan(const struct comparison_request *request, struct comparison *comparison,
                                struct diag *diag) {
    *comparison = (struct comparison){NULL, 0, NULL};
    comparison->base = scenario_load(request->file, request->settings, request->setting_count, diag);
    if (comparison->base == NULL) return diag_set(diag, IOP_INVALID, "%s: could not be read", request->file);
    struct grid grid;
    bool *replaced = calloc((size_t)comparison->base->axis_count + 1, sizeof *replaced);
    if (replaced != NULL) plan_grid(request, comparison->base, replaced, &grid);
    enum iop_status status = replaced == NULL ? no_memory(diag) : plan_points(&grid, comparison, diag);
    free(replaced);
    if (status != IOP_OK) comparison_free(comparison);
    return status;
}

struct running {
    struct comparison *comparison;
    bool *check_failed; /* of each point */
    struct diag *checks;
};

static enum iop_status run_point(void *user, int index, struct diag *diag) {
    struct running *running = user;
    struct comparison_point *point = &running->comparison->points[index];
    if (point->scenario == NULL) return IOP_OK;
    const struct crew alone = {.jobs = 1};
    enum iop_status status =
        experiment_run(&point->scenario->model, &point->scenario->run, &alone, &point->result, diag);
    point->ran = status == IOP_OK || status == IOP_CHECK_FAILED;
    running->check_failed[index] = status == IOP_CHECK_FAILED;
    if (status == IOP_CHECK_FAILED) running->checks[index] = *diag;
    return point->ran ? IOP_OK : status;
}

enum iop_status comparison_run(struct comparison *comparison, const struct crew *crew, struct diag *diag) {
    size_t count = (size_t)comparison->count;
    struct running running = {comparison, calloc(count, sizeof *running.check_failed),
                              calloc(count, sizeof *running.checks)};
    enum iop_status status = running.check_failed == NULL || running.checks == NULL
                                 ? no_memory(diag)
                                 : crew_run(crew, comparison->count, run_point, &running, diag);
    for (int i = 0; i < comparison->count && status == IOP_OK; i++)
        if (running.check_failed[i]) status = diag_set(diag, IOP_CHECK_FAILED, "%s", running.checks[i].message);
    free(running.check_failed);
    free(running.checks);
    return status;
}

static void append(char *out, size_t size, const char *text) {
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", text);
}

static bool instances_differ(const struct comparison *comparison, const struct comparison_point *point) {
    for (int i = 0; i < comparison->count; i++)
        if (comparison->points[i].ran && strcmp(comparison->points[i].instance, point->instance) != 0) return true;
    return false;
}

void comparison_label(const struct comparison *comparison, const struct comparison_point *point,
                      enum comparison_label_parts parts, int skip, char *out, size_t size) {
    out[0] = '\0';
    if (instances_differ(comparison, point)) append(out, size, point->instance);
    if (parts == LABEL_INSTANCE_AND_MODE) append(out, size, point->mode);
    for (int i = 0; i < comparison->base->axis_count; i++) {
        const char *name = comparison_axis_name(&comparison->base->axes[i]);
        if (i != skip && strcmp(name, "mode") != 0 && strcmp(name, "instance") != 0)
            append(out, size, point->axis_values[i]);
    }
}

void comparison_free(struct comparison *comparison) {
    for (int i = 0; i < comparison->count; i++) free_point(&comparison->points[i]);
    free(comparison->points);
    if (comparison->base != NULL) scenario_free(comparison->base);
    *comparison = (struct comparison){NULL, 0, NULL};
}
