#include "analysis/cycle_stack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/units.h"

enum { LABEL = 96, NAMED_MAX = 15, KEYS_MAX = 512 };

/* From this ratio of cycles per packet on, the smallest bar could not be read: shares then. */
static const double SHARES_RATIO = 8;

/* Cycles per packet of one place and category in each point that ran. */
struct stack_key {
    char label[LABEL];
    const char *place;
    double *cycles, largest_share;
};

struct cycle_stack {
    const struct comparison *comparison;
    int point_count;
    const struct comparison_point **points; /* those that ran */
    int key_count;
    struct stack_key *keys;
    double *cycles; /* of key k in point i: cycles[k * point_count + i] */
    double *totals; /* of each point */
    bool shares;
    char (*labels)[LABEL], (*notes)[LABEL];
    const char **label_texts, **note_texts;
    struct plot_value *values;
    char series_labels[NAMED_MAX + 1][LABEL];
    struct plot_series series[NAMED_MAX + 1];
    struct plot_panel panel;
};

static int place_rank(const char *place) {
    static const char *const order[] = {"guest", "hypervisor", "dom0", "host", "device model"};
    for (int i = 0; i < 5; i++)
        if (strcmp(place, order[i]) == 0) return i;
    return 5;
}

static int by_share(const void *left, const void *right) {
    const struct stack_key *a = left, *b = right;
    if (a->largest_share != b->largest_share) return a->largest_share < b->largest_share ? 1 : -1;
    return strcmp(a->label, b->label);
}

static int by_place(const void *left, const void *right) {
    const struct stack_key *a = left, *b = right;
    int order = place_rank(a->place) - place_rank(b->place);
    return order != 0 ? order : by_share(left, right);
}

static void find_largest_shares(struct cycle_stack *stack) {
    for (int k = 0; k < stack->key_count; k++)
        for (int i = 0; i < stack->point_count; i++)
            if (stack->totals[i] > 0)
                stack->keys[k].largest_share =
                    fmax(stack->keys[k].largest_share, stack->keys[k].cycles[i] / stack->totals[i]);
}

/* Sums the charges of each point by place and category; several workloads weigh the same. */
static void collect_charges(struct cycle_stack *stack) {
    for (int i = 0; i < stack->point_count; i++) {
        const struct experiment_result *result = &stack->points[i]->result;
        for (int j = 0; j < result->charge_count; j++) {
            const struct step_charge *charge = &result->charges[j];
            char label[LABEL];
            int k = 0;
            snprintf(label, sizeof label, "%s: %s", charge->place, charge->category);
            while (k < stack->key_count && strcmp(stack->keys[k].label, label) != 0) k++;
            if (k == KEYS_MAX) continue;
            if (k == stack->key_count) {
                stack->keys[k] = (struct stack_key){.place = charge->place};
                memcpy(stack->keys[k].label, label, sizeof label);
                stack->keys[k].cycles = &stack->cycles[stack->key_count++ * stack->point_count];
            }
            stack->keys[k].cycles[i] += charge->cycles_per_packet;
            stack->totals[i] += charge->cycles_per_packet;
        }
    }
    find_largest_shares(stack);
}

static bool too_uneven(const double *totals, int count) {
    double least = INFINITY, most = 0;
    for (int i = 0; i < count; i++) {
        if (totals[i] > 0) least = fmin(least, totals[i]);
        most = fmax(most, totals[i]);
    }
    return most > SHARES_RATIO * least;
}

static void name_bars(struct cycle_stack *stack) {
    for (int i = 0; i < stack->point_count; i++) {
        char number[UNITS_TEXT];
        comparison_label(stack->comparison, stack->points[i], LABEL_INSTANCE_AND_MODE, -1, stack->labels[i], LABEL);
        stack->label_texts[i] = stack->labels[i];
        snprintf(stack->notes[i], LABEL, "%s", units_si(stack->totals[i], "", number));
        stack->note_texts[i] = stack->notes[i];
    }
}

/* The largest categories keep their names, guest at the bottom, device model on top; the rest is "other". */
static int fill_series(struct cycle_stack *stack) {
    int points = stack->point_count, named = stack->key_count <= NAMED_MAX + 1 ? stack->key_count : NAMED_MAX;
    qsort(stack->keys, (size_t)stack->key_count, sizeof *stack->keys, by_share);
    qsort(stack->keys, (size_t)named, sizeof *stack->keys, by_place);
    for (int k = 0; k < stack->key_count; k++) {
        int s = k < named ? k : named;
        snprintf(stack->series_labels[s], LABEL, "%s", k < named ? stack->keys[k].label : "other");
        stack->series[s] = (struct plot_series){stack->series_labels[s], &stack->values[s * points], points};
        for (int i = 0; i < points; i++) {
            struct plot_value *value = &stack->values[s * points + i];
            double scale = !stack->shares ? 1 : stack->totals[i] > 0 ? 100 / stack->totals[i] : 0;
            value->present = true;
            value->y += stack->keys[k].cycles[i] * scale;
        }
    }
    return named < stack->key_count ? named + 1 : named;
}

static void build(struct cycle_stack *stack) {
    collect_charges(stack);
    stack->shares = too_uneven(stack->totals, stack->point_count);
    name_bars(stack);
    stack->panel = (struct plot_panel){
        .kind = PANEL_STACK,
        .width = PANEL_FULL,
        .title = stack->shares ? "where the CPU cycles of a packet or transaction go (total above the bar)"
                               : "CPU cycles per packet or transaction",
        .y_label = stack->shares ? "% of the cycles" : "cycles",
        .unit = stack->shares ? "%" : "",
        .category_count = stack->point_count,
        .categories = stack->label_texts,
        .notes = stack->note_texts,
        .series_count = fill_series(stack),
        .series = stack->series,
    };
}

static bool allocate(struct cycle_stack *stack) {
    size_t count = (size_t)stack->comparison->count + 1;
    stack->points = calloc(count, sizeof *stack->points);
    stack->keys = calloc(KEYS_MAX, sizeof *stack->keys);
    stack->cycles = calloc(KEYS_MAX * count, sizeof *stack->cycles);
    stack->totals = calloc(count, sizeof *stack->totals);
    stack->labels = calloc(count, sizeof *stack->labels);
    stack->notes = calloc(count, sizeof *stack->notes);
    stack->label_texts = calloc(count, sizeof *stack->label_texts);
    stack->note_texts = calloc(count, sizeof *stack->note_texts);
    stack->values = calloc((NAMED_MAX + 1) * count, sizeof *stack->values);
    return stack->points != NULL && stack->keys != NULL && stack->cycles != NULL && stack->totals != NULL &&
           stack->labels != NULL && stack->notes != NULL && stack->label_texts != NULL && stack->note_texts != NULL &&
           stack->values != NULL;
}

struct cycle_stack *cycle_stack_new(const struct comparison *comparison) {
    struct cycle_stack *stack = calloc(1, sizeof *stack);
    if (stack == NULL) return NULL;
    stack->comparison = comparison;
    bool usable = allocate(stack);
    for (int i = 0; usable && i < comparison->count; i++)
        if (comparison->points[i].ran) stack->points[stack->point_count++] = &comparison->points[i];
    if (usable) build(stack);
    if (stack->key_count > 0) return stack;
    cycle_stack_free(stack);
    return NULL;
}

const struct plot_panel *cycle_stack_panel(const struct cycle_stack *stack) { return &stack->panel; }

void cycle_stack_free(struct cycle_stack *stack) {
    if (stack == NULL) return;
    free(stack->points);
    free(stack->keys);
    free(stack->cycles);
    free(stack->totals);
    free(stack->labels);
    free(stack->notes);
    free(stack->label_texts);
    free(stack->note_texts);
    free(stack->values);
    free(stack);
}
