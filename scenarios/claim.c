/* A claim as its file has it: settings are parsed, bounds checked; whether paths lead anywhere shows when the sides of
 * the tests are loaded. */
#include "scenarios/claim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/input.h"

static void *grab(struct claim *claim, int count, size_t size, enum iop_status *status, struct diag *diag) {
    void *memory = arena_alloc(&claim->memory, ((size_t)count + 1) * size);
    if (memory == NULL) *status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    return memory;
}

static enum iop_status take_claim_settings(struct claim *claim, const struct node *list, struct claim_settings *to,
                                           struct diag *diag) {
    return take_settings(&claim->memory, list, &to->items, &to->count, diag);
}

static enum iop_status take_sides(struct claim *claim, const struct node *set, const struct node *of,
                                  const struct node *to, struct claim_sides *sides, struct diag *diag) {
    enum iop_status status = take_claim_settings(claim, set, &sides->both, diag);
    if (status == IOP_OK) status = take_claim_settings(claim, of, &sides->of, diag);
    return status == IOP_OK ? take_claim_settings(claim, to, &sides->to, diag) : status;
}

static enum iop_status take_test(struct claim *claim, const struct claim_test_input *input, struct claim_test *test,
                                 struct diag *diag) {
    bool least = node_child(input->at, "at_least") != NULL, most = node_child(input->at, "at_most") != NULL;
    if (!least && !most && input->bottleneck[0] == '\0')
        return node_fail(input->at, diag, "nothing is asked for: at_least, at_most or bottleneck is missing");
    if (least && most && input->at_least > input->at_most)
        return node_fail(node_child(input->at, "at_least"), diag, "'%g' is above at_most, %g", input->at_least,
                         input->at_most);
    if (input->of == NULL && input->to == NULL)
        return node_fail(input->at, diag, "both sides are the same: 'of' or 'to' is missing");
    node_place(input->at, test->place, sizeof test->place);
    memcpy(test->what, input->what, sizeof test->what);
    memcpy(test->scenario, input->scenario, sizeof test->scenario);
    memcpy(test->metric, input->metric, sizeof test->metric);
    memcpy(test->bottleneck, input->bottleneck, sizeof test->bottleneck);
    test->at_least = least ? input->at_least : 0;
    test->at_most = most ? input->at_most : INFINITY;
    return take_sides(claim, input->set, input->of, input->to, &test->sides, diag);
}

static enum iop_status take_condition(struct claim *claim, const struct claim_condition_input *input,
                                      struct claim_condition *condition, struct diag *diag) {
    if (input->set == NULL && input->of == NULL && input->to == NULL)
        return node_fail(input->at, diag, "nothing changes: 'set', 'of' or 'to' is missing");
    node_place(input->at, condition->place, sizeof condition->place);
    memcpy(condition->when, input->when, sizeof condition->when);
    condition->verdict = (enum claim_verdict)input->verdict;
    return take_sides(claim, input->set, input->of, input->to, &condition->sides, diag);
}

static enum iop_status take_sources(struct claim *claim, const struct node *ids, struct diag *diag) {
    enum iop_status status = IOP_OK;
    if (ids == NULL) return IOP_OK;
    claim->sources = grab(claim, ids->count, sizeof *claim->sources, &status, diag);
    for (; claim->source_count < ids->count && status == IOP_OK; claim->source_count++)
        memcpy(claim->sources[claim->source_count], ids->children[claim->source_count]->value,
               strlen(ids->children[claim->source_count]->value) + 1); /* ids are short, as read_ids has checked */
    return status;
}

/* Where most tests decide, a claim holds or fails. */
static enum iop_status check_verdict(const struct claim *claim, const struct node *mapping, struct diag *diag) {
    const struct node *verdict = node_child(mapping, "verdict");
    if (!claim->most || strcmp(verdict->value, claim_verdict_name(CLAIM_DEPENDS)) != 0) return IOP_OK;
    return node_fail(verdict, diag, "'depends' cannot come out where most tests decide; allowed are holds, fails");
}

static enum iop_status fill(struct claim *claim, const struct claim_input *input, struct diag *diag) {
    memcpy(claim->statement, input->statement, sizeof claim->statement);
    claim->verdict = (enum claim_verdict)input->verdict;
    claim->most = input->most;
    enum iop_status status = check_verdict(claim, input->at, diag);
    if (status == IOP_OK) status = take_sources(claim, input->sources, diag);
    if (status == IOP_OK) claim->tests = grab(claim, input->tests.count, sizeof *claim->tests, &status, diag);
    const struct claim_test_input *tests = input->tests.items;
    for (int i = 0; i < input->tests.count && status == IOP_OK; i++)
        status = take_test(claim, &tests[i], &claim->tests[claim->test_count++], diag);
    if (status == IOP_OK)
        claim->conditions = grab(claim, input->conditions.count, sizeof *claim->conditions, &status, diag);
    const struct claim_condition_input *conditions = input->conditions.items;
    for (int i = 0; i < input->conditions.count && status == IOP_OK; i++) {
        status = take_condition(claim, &conditions[i], &claim->conditions[claim->condition_count++], diag);
        if (status == IOP_OK) status = check_verdict(claim, conditions[i].at, diag);
    }
    return status;
}

enum iop_status claim_take(const struct claim_input *input, struct claim **claim, struct diag *diag) {
    *claim = calloc(1, sizeof **claim);
    if (*claim == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = fill(*claim, input, diag);
    if (status == IOP_OK) return IOP_OK;
    claim_free(*claim);
    *claim = NULL;
    return status;
}

void claim_free(struct claim *claim) {
    if (claim == NULL) return;
    arena_free(&claim->memory);
    free(claim);
}
