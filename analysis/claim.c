#include "analysis/claim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bottleneck.h"

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory while planning claims");
}

/* --- sides --- */

/* The settings of one side in the order they apply: those of the condition stand around those of the test. */
struct collected {
    int count;
    struct setting *items;
};

static void collect(struct collected *all, const struct claim_settings *settings) {
    if (all->items != NULL && settings->count > 0)
        memcpy(&all->items[all->count], settings->items, (size_t)settings->count * sizeof *settings->items);
    all->count += settings->count;
}

static void collect_each(struct collected *all, const struct claim_condition *condition, const struct claim_test *test,
                         bool is_of) {
    all->count = 0;
    if (condition != NULL) collect(all, &condition->sides.both);
    collect(all, &test->sides.both);
    collect(all, is_of ? &test->sides.of : &test->sides.to);
    if (condition != NULL) collect(all, is_of ? &condition->sides.of : &condition->sides.to);
}

static enum iop_status collect_side(struct collected *all, const struct claim_condition *condition,
                                    const struct claim_test *test, bool is_of, struct diag *diag) {
    *all = (struct collected){0};
    collect_each(all, condition, test, is_of); /* counts */
    all->items = calloc((size_t)all->count + 1, sizeof *all->items);
    if (all->items == NULL) return no_memory(diag);
    collect_each(all, condition, test, is_of);
    return IOP_OK;
}

static bool same_side(const struct claim_side *side, const char *file, const struct collected *all) {
    if (strcmp(side->file, file) != 0 || side->setting_count != all->count) return false;
    for (int i = 0; i < all->count; i++)
        if (strcmp(side->settings[i].path, all->items[i].path) != 0 ||
            strcmp(side->settings[i].value, all->items[i].value) != 0)
            return false;
    return true;
}

/* Takes the settings over. */
static enum iop_status load_side(struct claim_side *side, const char *file, struct collected *all, struct diag *diag) {
    snprintf(side->file, sizeof side->file, "%s", file);
    side->settings = all->items;
    side->setting_count = all->count;
    all->items = NULL;
    side->scenario = scenario_load(file, side->settings, side->setting_count, diag);
    if (side->scenario == NULL) return IOP_INVALID;
    if (side->scenario->not_available[0] == '\0') return IOP_OK;
    return diag_set(diag, IOP_INVALID, "%s is not available yet", side->scenario->not_available);
}

/* --- planning --- */

/* The number of a test's side goes to *number; it is loaded unless there is one like it. */
static enum iop_status plan_side(struct claim_set *set, const char *file, const struct claim_condition *condition,
                                 const struct claim_test *test, bool is_of, int *number, struct diag *diag) {
    struct collected all;
    enum iop_status status = collect_side(&all, condition, test, is_of, diag);
    if (status != IOP_OK) return status;
    for (*number = 0; *number < set->side_count && !same_side(&set->sides[*number], file, &all);) ++*number;
    if (*number == set->side_count) status = load_side(&set->sides[set->side_count++], file, &all, diag);
    free(all.items);
    return status;
}

static enum iop_status plan_test(struct claim_set *set, const char *file, const struct claim_condition *condition,
                                 const struct claim_test *test, struct claim_outcome *outcome, struct diag *diag) {
    char path[2 * TEXT_MAX];
    struct diag own = {""};
    snprintf(path, sizeof path, "%s", file);
    if (test->scenario[0] != '\0') scenario_beside(file, test->scenario, path, sizeof path);
    enum iop_status status = plan_side(set, path, condition, test, true, &outcome->of, &own);
    if (status == IOP_OK) status = plan_side(set, path, condition, test, false, &outcome->to, &own);
    if (status == IOP_OK) return IOP_OK;
    const char *message = strncmp(own.message, "--set ", 6) == 0 ? own.message + 6 : own.message;
    return diag_set(diag, status, "%s%s%s: %s", test->place, condition != NULL ? " when " : "",
                    condition != NULL ? condition->when : "", message);
}

static enum iop_status plan_case(struct claim_set *set, const struct scenario *scenario, struct claim_case *one,
                                 struct diag *diag) {
    const struct claim *claim = scenario->claim;
    one->expected = one->condition != NULL ? one->condition->verdict : claim->verdict;
    one->outcomes = calloc((size_t)claim->test_count, sizeof *one->outcomes);
    if (one->outcomes == NULL) return no_memory(diag);
    enum iop_status status = IOP_OK;
    for (int i = 0; i < claim->test_count && status == IOP_OK; i++)
        status = plan_test(set, scenario->file, one->condition, &claim->tests[i], &one->outcomes[i], diag);
    return status;
}

static void name_study(struct claim_study *study) {
    const char *slash = strrchr(study->scenario->file, '/');
    snprintf(study->name, sizeof study->name, "%s", slash != NULL ? slash + 1 : study->scenario->file);
    char *dot = strrchr(study->name, '.');
    if (dot != NULL && strcmp(dot, ".yaml") == 0) *dot = '\0';
}

static enum iop_status read_study(const char *file, struct claim_study *study, int *sides, struct diag *diag) {
    study->scenario = scenario_load(file, NULL, 0, diag);
    if (study->scenario == NULL) return IOP_INVALID;
    const struct claim *claim = study->scenario->claim;
    if (claim == NULL) return diag_set(diag, IOP_INVALID, "%s: the scenario has no claim", file);
    name_study(study);
    study->case_count = 1 + claim->condition_count;
    study->cases = calloc((size_t)study->case_count, sizeof *study->cases);
    if (study->cases == NULL) return no_memory(diag);
    for (int i = 0; i < claim->condition_count; i++) study->cases[i + 1].condition = &claim->conditions[i];
    *sides += 2 * study->case_count * claim->test_count;
    return IOP_OK;
}

static enum iop_status plan(const char *const *files, int count, struct claim_set *set, struct diag *diag) {
    int sides = 0;
    enum iop_status status = IOP_OK;
    set->studies = calloc((size_t)count + 1, sizeof *set->studies);
    if (set->studies == NULL) return no_memory(diag);
    for (int i = 0; i < count && status == IOP_OK; i++)
        status = read_study(files[i], &set->studies[set->study_count++], &sides, diag);
    if (status != IOP_OK) return status;
    set->sides = calloc((size_t)sides + 1, sizeof *set->sides);
    if (set->sides == NULL) return no_memory(diag);
    for (int i = 0; i < set->study_count; i++)
        for (int j = 0; j < set->studies[i].case_count && status == IOP_OK; j++)
            status = plan_case(set, set->studies[i].scenario, &set->studies[i].cases[j], diag);
    return status;
}

enum iop_status claims_plan(const char *const *files, int count, struct claim_set *set, struct diag *diag) {
    *set = (struct claim_set){0};
    enum iop_status status = plan(files, count, set, diag);
    if (status != IOP_OK) claims_free(set);
    return status;
}

void claims_adjust(struct claim_set *set, void (*adjust)(void *user, struct run_config *run), void *user) {
    for (int i = 0; i < set->side_count; i++) adjust(user, &set->sides[i].scenario->run);
}

/* --- running --- */

static enum iop_status run_side(void *user, int index, struct diag *diag) {
    struct claim_set *set = user;
    struct claim_side *side = &set->sides[index];
    const struct crew alone = {.jobs = 1};
    enum iop_status status =
        experiment_run(&side->scenario->model, &side->scenario->run, &alone, &side->result, &side->check);
    if (status == IOP_OK || status == IOP_CHECK_FAILED) return IOP_OK;
    return diag_set(diag, status, "%s: %s", side->file, side->check.message);
}

static bool within(double factor, const struct claim_test *test) {
    return factor >= test->at_least && factor <= test->at_most;
}

/* Whether `path` is `pattern`, in which one * stands for any name. */
static bool matches(const char *path, const char *pattern) {
    const char *star = strchr(pattern, '*');
    if (star == NULL) return strcmp(path, pattern) == 0;
    size_t before = (size_t)(star - pattern), after = strlen(star + 1), length = strlen(path);
    return length >= before + after && strncmp(path, pattern, before) == 0 &&
           strcmp(path + length - after, star + 1) == 0;
}

/* The metric in each replication, of several workloads their sum; NULL: there is none, or memory is out. */
static double *observe(const struct claim_side *side, const char *metric) {
    const struct experiment_result *result = &side->result;
    double *sums = calloc((size_t)experiment_observations(result), sizeof *sums);
    int found = 0;
    for (int i = 0; i < result->estimate_count && sums != NULL; i++) {
        char path[512];
        metric_path(&result->estimates[i].metric, &side->scenario->model, path, sizeof path);
        if (!matches(path, metric)) continue;
        const double *values = experiment_values(result, &result->estimates[i]);
        for (int r = 0; r < experiment_observations(result); r++) sums[r] += values[r];
        found++;
    }
    if (found > 0) return sums;
    free(sums);
    return NULL;
}

/* By what factor the metric of the first side exceeds that of the second. */
static enum iop_status compare(const struct claim_side *of, const struct claim_side *to, const struct claim_test *test,
                               struct interval *factor, struct diag *diag) {
    double *first = observe(of, test->metric), *second = observe(to, test->metric);
    int own = experiment_observations(&of->result), its = experiment_observations(&to->result);
    int count = own < its ? own : its;
    enum iop_status status = IOP_OK;
    if (first == NULL || second == NULL)
        status = diag_set(diag, IOP_INVALID, "%s.metric: '%s' is not in the results of the %s side", test->place,
                          test->metric, first == NULL ? "first" : "second");
    else
        *factor = student_factor(first, second, count);
    if (status == IOP_OK && isnan(factor->mean))
        status =
            diag_set(diag, IOP_INVALID, "%s.metric: '%s' is not above 0 in every replication, so there is no factor",
                     test->place, test->metric);
    free(first);
    free(second);
    return status;
}

static enum iop_status judge_test(const struct claim_set *set, const struct claim_test *test,
                                  struct claim_outcome *outcome, struct diag *diag) {
    const struct claim_side *of = &set->sides[outcome->of], *to = &set->sides[outcome->to];
    enum iop_status status = compare(of, to, test, &outcome->factor, diag);
    if (status != IOP_OK) return status;
    outcome->bottleneck = bottleneck_find(&of->result).first;
    bool limited = outcome->bottleneck != NULL && strstr(outcome->bottleneck->name, test->bottleneck) != NULL;
    bool bounded = within(outcome->factor.mean, test);
    outcome->held = bounded && (test->bottleneck[0] == '\0' || limited);
    outcome->clear = within(outcome->factor.low, test) == bounded && within(outcome->factor.high, test) == bounded;
    return IOP_OK;
}

static enum iop_status judge(const struct claim_set *set, const struct claim *claim, struct claim_case *one,
                             struct diag *diag) {
    one->held = 0;
    for (int i = 0; i < claim->test_count; i++) {
        enum iop_status status = judge_test(set, &claim->tests[i], &one->outcomes[i], diag);
        if (status != IOP_OK) return status;
        one->held += one->outcomes[i].held;
    }
    if (claim->most)
        one->verdict = 2 * one->held > claim->test_count ? CLAIM_HOLDS : CLAIM_FAILS;
    else if (one->held == claim->test_count)
        one->verdict = CLAIM_HOLDS;
    else
        one->verdict = one->held == 0 ? CLAIM_FAILS : CLAIM_DEPENDS;
    return IOP_OK;
}

/* What is not as it should be, the first of it; everything has been run and judged by then. */
static enum iop_status review(const struct claim_set *set, struct diag *diag) {
    for (int i = 0; i < set->side_count; i++)
        if (set->sides[i].check.message[0] != '\0')
            return diag_set(diag, IOP_CHECK_FAILED, "%s: %s", set->sides[i].file, set->sides[i].check.message);
    for (int i = 0; i < set->study_count; i++)
        for (int j = 0; j < set->studies[i].case_count; j++) {
            const struct claim_case *one = &set->studies[i].cases[j];
            if (one->verdict == one->expected) continue;
            return diag_set(diag, IOP_CHECK_FAILED, "%s: the verdict%s%s is '%s', not '%s' as the file expects",
                            set->studies[i].name, one->condition != NULL ? " when " : "",
                            one->condition != NULL ? one->condition->when : "", claim_verdict_name(one->verdict),
                            claim_verdict_name(one->expected));
        }
    return IOP_OK;
}

enum iop_status claims_run(struct claim_set *set, const struct crew *crew, struct diag *diag) {
    enum iop_status status = crew_run(crew, set->side_count, run_side, set, diag);
    for (int i = 0; i < set->study_count; i++)
        for (int j = 0; j < set->studies[i].case_count && status == IOP_OK; j++)
            status = judge(set, set->studies[i].scenario->claim, &set->studies[i].cases[j], diag);
    return status == IOP_OK ? review(set, diag) : status;
}

void claims_free(struct claim_set *set) {
    for (int i = 0; i < set->study_count; i++) {
        struct claim_study *study = &set->studies[i];
        for (int j = 0; j < study->case_count && study->cases != NULL; j++) free(study->cases[j].outcomes);
        free(study->cases);
        scenario_free(study->scenario);
    }
    for (int i = 0; i < set->side_count; i++) {
        experiment_result_free(&set->sides[i].result);
        scenario_free(set->sides[i].scenario);
        free(set->sides[i].settings);
    }
    free(set->studies);
    free(set->sides);
    *set = (struct claim_set){0};
}
