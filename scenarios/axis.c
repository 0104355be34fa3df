#include "scenarios/axis.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/input.h"

const struct choice design_kinds[] = {{"grid", DESIGN_GRID, false},
                                      {"latin-hypercube", DESIGN_LATIN_HYPERCUBE, false},
                                      {"sobol", DESIGN_SOBOL, false},
                                      {NULL, 0, false}};

const char *design_name(enum design_kind kind) { return design_kinds[kind].name; }

static enum iop_status out_of_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

/* --- ranges --- */

/* What a range is made of, as it is written. */
struct range_text {
    const char *from, *to;
    int steps; /* 0: none */
    bool log;
};

static const double exact_integer_max = 9007199254740992; /* 2^53: a double counts no further */

static enum iop_status check_key(const char *path, const struct field **field, struct diag *diag) {
    enum iop_status status = schema_find(&scenario_table, path, field, diag);
    if (status != IOP_OK) return status;
    switch ((*field)->kind) {
    case FIELD_INTEGER:
    case FIELD_SEED:
    case FIELD_BYTES:
    case FIELD_QUANTITY:
    case FIELD_MEASURE:
        return IOP_OK;
    default:
        return diag_set(diag, IOP_INVALID, "'%s' takes no numbers, so it has no range; list its values", (*field)->key);
    }
}

static enum iop_status read_end(const char *path, const char *text, struct quantity *end, struct diag *diag) {
    enum iop_status status = schema_check_value(&scenario_table, path, text, diag);
    if (status != IOP_OK) return status;
    struct diag problem = {0};
    if (quantity_parse(text, DIM_ANY, end, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "'%s' is a word; a range goes from one quantity to another",
                        shown(text).text);
    return IOP_OK;
}

/* A place in a range from 0 to 1. */
static double between(const struct axis_range *range, double to, double place) {
    if (range->log) return range->from * exp(place * log(to / range->from));
    return range->from + place * (to - range->from);
}

static void format(const struct axis_range *range, double number, char value[PATH_TEXT_MAX]) {
    if (range->whole && range->dimension == DIM_PLAIN)
        snprintf(value, PATH_TEXT_MAX, "%.0f", number);
    else
        quantity_format(number, range->dimension, value, PATH_TEXT_MAX);
}

/* Whole numbers that come out equal stand once. The ends are as they are written. */
static enum iop_status fill_steps(const struct range_text *text, struct sweep_axis *axis, struct diag *diag) {
    const struct axis_range *range = &axis->range;
    double before = -INFINITY;
    axis->values = calloc((size_t)text->steps + 1, sizeof *axis->values);
    if (axis->values == NULL) return out_of_memory(diag);
    for (int i = 0; i < text->steps; i++) {
        double number = between(range, range->to, (double)i / (text->steps - 1));
        if (range->whole) number = nearbyint(number);
        if (i == 0) number = range->from;
        if (i == text->steps - 1) number = range->to;
        if (number <= before) continue;
        char *value = axis->values[axis->count++];
        if (number == range->from || number == range->to)
            snprintf(value, PATH_TEXT_MAX, "%s", number == range->from ? text->from : text->to);
        else
            format(range, number, value);
        before = number;
    }
    return IOP_OK;
}

/* The axis has its path, and `from` and `to` were read. */
static enum iop_status make_range(const struct range_text *text, const struct field *field, struct quantity from,
                                  struct quantity to, struct sweep_axis *axis, struct diag *diag) {
    if (from.dimension != to.dimension)
        return diag_set(diag, IOP_INVALID, "'%s' is %s and '%s' %s; both ends of a range are of one kind",
                        shown(text->from).text, dimension_noun(from.dimension), shown(text->to).text,
                        dimension_noun(to.dimension));
    if (!(from.value < to.value))
        return diag_set(diag, IOP_INVALID, "'%s' is not more than '%s', where the range begins", shown(text->to).text,
                        shown(text->from).text);
    if (text->log && !(from.value > 0))
        return diag_set(diag, IOP_INVALID, "'%s' is not above 0, as equal ratios need it", shown(text->from).text);
    bool whole = field->kind == FIELD_INTEGER || field->kind == FIELD_SEED || from.dimension == DIM_SIZE;
    if (whole && to.value > exact_integer_max)
        return diag_set(diag, IOP_INVALID, "'%s' is too large for a range; allowed are whole numbers up to %.0f",
                        shown(text->to).text, exact_integer_max);
    axis->range = (struct axis_range){true, whole, text->log, from.dimension, from.value, to.value};
    return text->steps > 0 ? fill_steps(text, axis, diag) : IOP_OK;
}

void axis_sample(const struct sweep_axis *axis, double u, char value[PATH_TEXT_MAX]) {
    const struct axis_range *range = &axis->range;
    double number = between(range, range->whole ? range->to + 1 : range->to, u);
    if (range->whole) number = floor(number);
    format(range, fmin(fmax(number, range->from), range->to), value);
}

/* --- of the scenario file --- */

/* Every value must be one that could stand at the path. */
static enum iop_status take_values(const struct sweep_input *input, struct sweep_axis *axis, struct diag *diag) {
    static const char *const of_ranges[] = {"from", "to", "steps", "scale"};
    for (size_t i = 0; i < sizeof of_ranges / sizeof *of_ranges; i++) {
        const struct node *other = node_child(input->at, of_ranges[i]);
        if (other != NULL)
            return node_fail_key(other, diag, "'%s' belongs to a range; this axis lists its values", of_ranges[i]);
    }
    axis->values = calloc((size_t)input->values->count, sizeof *axis->values);
    if (axis->values == NULL) return out_of_memory(diag);
    for (; axis->count < input->values->count; axis->count++) {
        const struct node *value = input->values->children[axis->count];
        struct diag problem = {0};
        if (strlen(value->value) >= PATH_TEXT_MAX)
            return node_fail(value, diag, "'%s' is too long; allowed are %d bytes", shown(value->value).text,
                             PATH_TEXT_MAX - 1);
        if (schema_check_value(&scenario_table, input->path, value->value, &problem) != IOP_OK)
            return node_fail(value, diag, "%s", problem.message);
        snprintf(axis->values[axis->count], PATH_TEXT_MAX, "%s", value->value);
    }
    return IOP_OK;
}

static enum iop_status take_range(const struct sweep_input *input, struct sweep_axis *axis, struct diag *diag) {
    const struct node *from_node = node_child(input->at, "from"), *to_node = node_child(input->at, "to");
    struct quantity from, to;
    const struct field *field;
    struct diag problem = {0};
    if (from_node == NULL && to_node == NULL)
        return node_fail(input->at, diag, "'values' is missing: the list of values it takes, or 'from' and 'to'");
    if (from_node == NULL || to_node == NULL)
        return node_fail(input->at, diag, "'%s' is missing: a range has two ends", from_node == NULL ? "from" : "to");
    if (check_key(input->path, &field, &problem) != IOP_OK)
        return node_fail(node_child(input->at, "set"), diag, "%s", problem.message);
    if (read_end(input->path, input->from, &from, &problem) != IOP_OK)
        return node_fail(from_node, diag, "%s", problem.message);
    const struct range_text text = {input->from, input->to, input->steps, input->scale == SCALE_LOG};
    enum iop_status status = read_end(input->path, input->to, &to, &problem);
    if (status == IOP_OK) status = make_range(&text, field, from, to, axis, &problem);
    return status == IOP_OK ? IOP_OK : node_fail(to_node, diag, "%s", problem.message);
}

/* Every list entry of the path must exist. */
static enum iop_status take_axis(const struct sweep_input *input, struct document *document, struct sweep_axis *axis,
                                 struct diag *diag) {
    struct diag problem = {0};
    if (document_find_place(document, input->path, &problem) != IOP_OK ||
        schema_check_path(&scenario_table, input->path, &problem) != IOP_OK)
        return node_fail(node_child(input->at, "set"), diag, "%s", problem.message);
    memcpy(axis->path, input->path, sizeof axis->path);
    return input->values != NULL ? take_values(input, axis, diag) : take_range(input, axis, diag);
}

enum iop_status take_axes(const struct list *list, struct document *document, struct scenario *scenario,
                          struct diag *diag) {
    const struct sweep_input *inputs = list->items;
    scenario->axes = calloc((size_t)list->count + 1, sizeof *scenario->axes);
    if (scenario->axes == NULL) return out_of_memory(diag);
    enum iop_status status = IOP_OK;
    for (int i = 0; i < list->count && status == IOP_OK; i++) {
        scenario->axis_count = i + 1;
        status = take_axis(&inputs[i], document, &scenario->axes[i], diag);
    }
    return status;
}

enum iop_status take_design(const struct design_input *input, struct scenario *scenario, struct diag *diag) {
    if (input->at == NULL) return IOP_OK;
    const struct node *points = node_child(input->at, "points");
    if (input->kind == DESIGN_GRID && points != NULL)
        return node_fail_key(points, diag, "'points' is not for a grid, which has as many as its axes make");
    if (input->kind != DESIGN_GRID && points == NULL)
        return node_fail(input->at, diag, "'points' is missing: how many points the %s has",
                         design_name((enum design_kind)input->kind));
    scenario->design = (struct sweep_design){(enum design_kind)input->kind, input->points, input->seed};
    return IOP_OK;
}

/* --- of the command line --- */

/* The values between commas; a comma inside of brackets or braces belongs to a value. */
static enum iop_status split_values(const char *text, struct sweep_axis *axis, struct diag *diag) {
    for (int depth = 0;;) {
        size_t length = 0;
        for (; text[length] != '\0' && (text[length] != ',' || depth > 0); length++)
            depth += (strchr("[{", text[length]) != NULL) - (strchr("]}", text[length]) != NULL);
        char(*larger)[PATH_TEXT_MAX] = realloc(axis->values, (size_t)(axis->count + 1) * sizeof *larger);
        if (larger == NULL) return out_of_memory(diag);
        axis->values = larger;
        if (length == 0 || length >= PATH_TEXT_MAX)
            return diag_set(diag, IOP_INVALID, "--grid %s: value %d is empty or longer than %d bytes", axis->path,
                            axis->count + 1, PATH_TEXT_MAX - 1);
        snprintf(axis->values[axis->count++], PATH_TEXT_MAX, "%.*s", (int)length, text);
        if (text[length] == '\0') return IOP_OK;
        text += length + 1;
    }
}

/* Cuts "/WORD" off the end of a text; "10 Mbit/s" has a slash of its own, so the caller knows the words. */
static char *cut_word(char *text) {
    char *slash = strrchr(text, '/');
    if (slash == NULL) return NULL;
    *slash = '\0';
    return slash + 1;
}

static bool ends_in_scale(const char *text) {
    const char *slash = strrchr(text, '/');
    return slash != NULL && (strcmp(slash, "/log") == 0 || strcmp(slash, "/linear") == 0);
}

static bool ends_in_number(const char *text) {
    const char *slash = strrchr(text, '/');
    return slash != NULL && slash[1] != '\0' && strspn(slash + 1, "0123456789") == strlen(slash + 1);
}

/* FROM..TO[/STEPS][/log]; a list may hold "../file", but does not begin with a digit then. */
static bool is_range(const char *text) { return isdigit((unsigned char)*text) && strstr(text, "..") != NULL; }

static enum iop_status parse_range(const char *written, struct sweep_axis *axis, struct diag *diag) {
    char from_text[PATH_TEXT_MAX];
    if (strlen(written) >= sizeof from_text)
        return diag_set(diag, IOP_INVALID, "'%s' is too long; allowed are %d bytes", shown(written).text,
                        PATH_TEXT_MAX - 1);
    memcpy(from_text, written, strlen(written) + 1);
    struct range_text text = {.from = from_text};
    if (ends_in_scale(from_text)) text.log = strcmp(cut_word(from_text), "log") == 0;
    if (ends_in_number(from_text)) {
        double steps = strtod(cut_word(from_text), NULL);
        if (!(steps >= 2 && steps <= 100000))
            return diag_set(diag, IOP_INVALID, "'%s': steps are out of range; allowed are 2 to 100000",
                            shown(written).text);
        text.steps = (int)steps;
    }
    char *dots = strstr(from_text, "..");
    *dots = '\0';
    text.to = dots + 2;
    struct quantity from, to;
    const struct field *field;
    enum iop_status status = check_key(axis->path, &field, diag);
    if (status == IOP_OK) status = read_end(axis->path, text.from, &from, diag);
    if (status == IOP_OK) status = read_end(axis->path, text.to, &to, diag);
    return status == IOP_OK ? make_range(&text, field, from, to, axis, diag) : status;
}

enum iop_status axis_parse(const char *text, struct sweep_axis *axis, struct diag *diag) {
    *axis = (struct sweep_axis){.count = 0};
    size_t length = strcspn(text, "=");
    if (text[length] == '\0' || length == 0 || length >= sizeof axis->path)
        return diag_set(diag, IOP_INVALID,
                        "--grid: '%.80s' is not PATH=A,B,… or PATH=FROM..TO/STEPS, such as guests[0].mode=pv,sriov",
                        text);
    snprintf(axis->path, sizeof axis->path, "%.*s", (int)length, text);
    if (!is_range(text + length + 1)) return split_values(text + length + 1, axis, diag);
    struct diag problem = {0};
    enum iop_status status = parse_range(text + length + 1, axis, &problem);
    return status == IOP_OK ? IOP_OK : diag_set(diag, status, "--grid %s: %s", axis->path, problem.message);
}

enum iop_status axis_check(const struct sweep_axis *axis, struct diag *diag) {
    for (int i = 0; i < axis->count; i++) {
        struct setting setting;
        memcpy(setting.path, axis->path, sizeof setting.path);
        memcpy(setting.value, axis->values[i], sizeof setting.value);
        enum iop_status status = scenario_check_setting(&setting, diag);
        if (status != IOP_OK) return status;
    }
    return IOP_OK;
}

/* POINTS[:SEED] */
static bool parse_points(const char *text, struct sweep_design *design) {
    char *end;
    if (!isdigit((unsigned char)*text)) return false;
    unsigned long points = strtoul(text, &end, 10);
    if (points < 1 || points > DESIGN_POINTS_MAX) return false;
    design->points = (int)points;
    if (*end == '\0') return true;
    if (*end != ':' || !isdigit((unsigned char)end[1])) return false;
    design->seed = strtoull(end + 1, &end, 10);
    return *end == '\0';
}

enum iop_status design_parse(const char *text, struct sweep_design *design, struct diag *diag) {
    const char *names[] = {"grid", "latin-hypercube", "sobol"};
    char kind[SHOWN_MAX], end[200];
    size_t length = strcspn(text, ":");
    snprintf(kind, sizeof kind, "%.*s", (int)(length < sizeof kind ? length : sizeof kind - 1), text);
    *design = (struct sweep_design){.seed = 1};
    const struct choice *choice = design_kinds;
    while (choice->name != NULL && strcmp(choice->name, kind) != 0) choice++;
    if (choice->name == NULL) {
        suggest(end, sizeof end, kind, names, sizeof names / sizeof *names);
        return diag_set(diag, IOP_INVALID, "--design: '%s' is not a design%s", shown(text).text, end);
    }
    design->kind = (enum design_kind)choice->value;
    if (design->kind == DESIGN_GRID && text[length] == '\0') return IOP_OK;
    if (design->kind != DESIGN_GRID && text[length] == ':' && parse_points(text + length + 1, design)) return IOP_OK;
    return diag_set(diag, IOP_INVALID,
                    "--design: '%s' is not grid, latin-hypercube:POINTS or sobol:POINTS, with 1 to %d points, and "
                    ":SEED after them if wanted",
                    shown(text).text, DESIGN_POINTS_MAX);
}
