#include "cli/option_values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/store_figure.h"
#include "cli/command.h"
#include "scenarios/axis.h"

const char *const format_names[FORMAT_COUNT] = {"table", "json", "csv"};

static enum iop_status no_memory(struct diag *diag) { return diag_set(diag, IOP_NO_MEMORY, "out of memory"); }

enum iop_status parse_help(struct options *options, const char *text, struct diag *diag) {
    (void)text, (void)diag;
    options->help = true;
    return IOP_OK;
}

enum iop_status options_add_setting(struct options *options, const struct setting *setting, struct diag *diag) {
    struct setting *settings =
        realloc(options->settings, (size_t)(options->setting_count + 1) * sizeof *options->settings);
    if (settings == NULL) return no_memory(diag);
    options->settings = settings;
    settings[options->setting_count++] = *setting;
    return IOP_OK;
}

enum iop_status parse_set(struct options *options, const char *text, struct diag *diag) {
    struct setting setting;
    enum iop_status status = setting_parse(text, &setting, diag);
    return status == IOP_OK ? options_add_setting(options, &setting, diag) : status;
}

/* Reports a word that is not in a list, with the list and the nearest in it. */
static enum iop_status not_one_of(const char *option, const char *word, const char *const *names, size_t count,
                                  struct diag *diag) {
    char list[512] = "";
    for (size_t i = 0, used = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", names[i]);
    const char *near = nearest_name(word, names, count);
    return diag_set(diag, IOP_INVALID, "--%s: '%.80s' is not one of %s%s%s%s", option, word, list,
                    near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

enum iop_status parse_format(struct options *options, const char *text, struct diag *diag) {
    const char *allowed[FORMAT_COUNT];
    size_t count = 0;
    for (int i = 0; i < FORMAT_COUNT; i++) {
        if ((options->command->formats & FORMAT_BIT(i)) == 0) continue;
        allowed[count++] = format_names[i];
        if (strcmp(text, format_names[i]) != 0) continue;
        options->format = (enum output_format)i;
        return IOP_OK;
    }
    return not_one_of("format", text, allowed, count, diag);
}

enum iop_status parse_output(struct options *options, const char *text, struct diag *diag) {
    if (text[0] == '\0') return diag_set(diag, IOP_INVALID, "--output: the file name is empty");
    options->output = strcmp(text, "-") == 0 ? NULL : text;
    return IOP_OK;
}

static enum iop_status parse_count(const char *option, const char *text, uint64_t least, uint64_t most, uint64_t *value,
                                   struct diag *diag) {
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    bool digits = text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
    if (!digits || *end != '\0' || errno != 0 || number < least || number > most)
        return diag_set(diag, IOP_INVALID, "--%s: '%.80s' is not a whole number from %llu to %llu", option, text,
                        (unsigned long long)least, (unsigned long long)most);
    *value = number;
    return IOP_OK;
}

enum iop_status parse_seed(struct options *options, const char *text, struct diag *diag) {
    options->has_seed = true; /* JSON integers are signed */
    return parse_count("seed", text, 0, INT64_MAX, &options->seed, diag);
}

enum iop_status parse_replications(struct options *options, const char *text, struct diag *diag) {
    uint64_t value = 0;
    enum iop_status status = parse_count("replications", text, 1, 100000, &value, diag);
    options->has_replications = true;
    options->replications = (int)value;
    return status;
}

enum iop_status parse_precision(struct options *options, const char *text, struct diag *diag) {
    char *end;
    double value = strtod(text, &end);
    bool number = end != text;
    while (*end == ' ') end++;
    if (*end == '%') {
        value /= 100;
        end++;
    }
    if (!number || *end != '\0' || !(value > 0 && value < 1))
        return diag_set(diag, IOP_INVALID, "--precision: '%.80s' is not a share between 0 and 100 %%, such as 1%%",
                        text);
    options->has_precision = true;
    options->precision = value;
    return IOP_OK;
}

enum iop_status parse_modes(struct options *options, const char *text, struct diag *diag) {
    int known;
    const char *const *names = mode_names(&known);
    char *copy = strdup(text), *rest = copy;
    free(options->modes);
    options->modes = calloc(strlen(text) + 1, sizeof *options->modes);
    options->mode_count = 0;
    enum iop_status status = copy == NULL || options->modes == NULL ? no_memory(diag) : IOP_OK;
    for (char *word; status == IOP_OK && (word = strtok_r(rest, ",", &rest)) != NULL;) {
        enum mode mode = mode_find(word);
        if (mode == MODE_NONE) status = not_one_of("modes", word, names, (size_t)known, diag);
        for (int i = 0; i < options->mode_count; i++)
            if (options->modes[i] == mode)
                status = diag_set(diag, IOP_INVALID, "--modes: '%.80s' is there twice", word);
        options->modes[options->mode_count++] = mode;
    }
    free(copy);
    if (status == IOP_OK && options->mode_count == 0)
        status = diag_set(diag, IOP_INVALID, "--modes: no mode given; 'iopath list modes' shows them");
    return status;
}

enum iop_status parse_instances(struct options *options, const char *text, struct diag *diag) {
    free(options->instance_text);
    free(options->instances);
    options->instance_text = strdup(text);
    options->instances = calloc(strlen(text) + 1, sizeof *options->instances);
    options->instance_count = 0;
    if (options->instance_text == NULL || options->instances == NULL) return no_memory(diag);
    char *rest = options->instance_text;
    for (char *word; (word = strtok_r(rest, ",", &rest)) != NULL;) options->instances[options->instance_count++] = word;
    if (options->instance_count > 0) return IOP_OK;
    return diag_set(diag, IOP_INVALID, "--instances: no type given; 'iopath list instances' shows them");
}

enum iop_status parse_plot(struct options *options, const char *text, struct diag *diag) {
    (void)diag;
    options->plot = text;
    return IOP_OK;
}

enum iop_status parse_direction(struct options *options, const char *text, struct diag *diag) {
    static const char *const names[] = {"transmit", "receive"};
    if (strcmp(text, "read") == 0 || strcmp(text, "write") == 0)
        return diag_set(diag, IOP_INVALID, "--direction: '%s' belongs to block I/O, which is not available yet", text);
    for (int i = 0; i < 2; i++) {
        if (strcmp(text, names[i]) != 0) continue;
        options->has_direction = true;
        options->direction = i == 0 ? DIRECTION_TRANSMIT : DIRECTION_RECEIVE;
        return IOP_OK;
    }
    return not_one_of("direction", text, names, 2, diag);
}

enum iop_status parse_sources(struct options *options, const char *text, struct diag *diag) {
    (void)text, (void)diag;
    options->sources = true;
    return IOP_OK;
}

static enum iop_status parse_number(const char *option, const char *text, int least, int most, int *value,
                                    struct diag *diag) {
    uint64_t number = 0;
    enum iop_status status = parse_count(option, text, (uint64_t)least, (uint64_t)most, &number, diag);
    if (status == IOP_OK) *value = (int)number;
    return status;
}

enum iop_status parse_jobs(struct options *options, const char *text, struct diag *diag) {
    return parse_number("jobs", text, 1, 256, &options->jobs, diag);
}

enum iop_status parse_uncertainty(struct options *options, const char *text, struct diag *diag) {
    options->has_uncertainty = true;
    return parse_number("uncertainty", text, 0, 100000, &options->uncertainty, diag);
}

/* Two rows at least, so that there is a variance. */
enum iop_status parse_samples(struct options *options, const char *text, struct diag *diag) {
    return parse_number("samples", text, 2, 65536, &options->samples, diag);
}

enum iop_status parse_metric(struct options *options, const char *text, struct diag *diag) {
    (void)diag;
    options->metric = text;
    return IOP_OK;
}

enum iop_status parse_store(struct options *options, const char *text, struct diag *diag) {
    if (text[0] == '\0') return diag_set(diag, IOP_INVALID, "--store: the file name is empty");
    options->store = text;
    return IOP_OK;
}

enum iop_status parse_zoom(struct options *options, const char *text, struct diag *diag) {
    if (text[0] == '\0') return diag_set(diag, IOP_INVALID, "--zoom: the host's name is empty");
    options->zoom = text;
    return IOP_OK;
}

enum iop_status parse_rows(struct options *options, const char *text, struct diag *diag) {
    options->has_rows = true;
    for (int i = 0; i < FLEET_ROWS_COUNT; i++) {
        options->rows = (enum fleet_rows)i;
        if (strcmp(fleet_rows_names[i], text) == 0) return IOP_OK;
    }
    return not_one_of("rows", text, fleet_rows_names, FLEET_ROWS_COUNT, diag);
}

enum iop_status parse_trace(struct options *options, const char *text, struct diag *diag) {
    if (text[0] == '\0') return diag_set(diag, IOP_INVALID, "--trace: the file name is empty");
    options->trace = text;
    return IOP_OK;
}

enum iop_status parse_grid(struct options *options, const char *text, struct diag *diag) {
    struct sweep_axis *larger = realloc(options->grid, (size_t)(options->grid_count + 1) * sizeof *larger);
    if (larger == NULL) return no_memory(diag);
    options->grid = larger;
    struct sweep_axis *axis = &larger[options->grid_count++];
    enum iop_status status = axis_parse(text, axis, diag);
    for (int i = 0; i + 1 < options->grid_count && status == IOP_OK; i++)
        if (strcmp(larger[i].path, axis->path) == 0)
            status = diag_set(diag, IOP_INVALID, "--grid: '%s' is there twice", axis->path);
    return status;
}

enum iop_status parse_design(struct options *options, const char *text, struct diag *diag) {
    options->has_design = true;
    return design_parse(text, &options->design, diag);
}

enum iop_status parse_only(struct options *options, const char *text, struct diag *diag) {
    size_t count = (size_t)options->condition_count + 1;
    struct condition *larger = realloc(options->conditions, count * sizeof *larger);
    if (larger == NULL) return no_memory(diag);
    options->conditions = larger;
    struct diag problem = {""};
    enum iop_status status = condition_parse(text, &larger[options->condition_count++], &problem);
    return status == IOP_OK ? IOP_OK : diag_set(diag, status, "--only: %s", problem.message);
}

enum iop_status parse_shard(struct options *options, const char *text, struct diag *diag) {
    int shard, shards, used = 0;
    if (sscanf(text, "%d/%d%n", &shard, &shards, &used) != 2 || text[used] != '\0' || shard < 1 || shards < shard)
        return diag_set(diag, IOP_INVALID, "--shard: '%.80s' is not I/N with I from 1 to N, such as 2/8", text);
    options->shard = shard - 1;
    options->shards = shards;
    return IOP_OK;
}

enum iop_status parse_dry_run(struct options *options, const char *text, struct diag *diag) {
    (void)text, (void)diag;
    options->dry_run = true;
    return IOP_OK;
}

enum iop_status parse_where(struct options *options, const char *text, struct diag *diag) {
    size_t count = (size_t)options->filter_count + 1;
    struct store_filter *filters = realloc(options->filters, count * sizeof *filters);
    if (filters != NULL) options->filters = filters;
    char **texts = realloc(options->filter_text, count * sizeof *texts);
    if (texts != NULL) options->filter_text = texts;
    char *copy = filters != NULL && texts != NULL ? strdup(text) : NULL;
    if (copy == NULL) return no_memory(diag);
    texts[options->filter_count] = copy;
    char *equals = strchr(copy, '=');
    if (equals != NULL) *equals = '\0';
    filters[options->filter_count++] =
        equals != NULL ? (struct store_filter){copy, equals + 1} : (struct store_filter){"metric", copy};
    return IOP_OK;
}

enum iop_status parse_fit(struct options *options, const char *text, struct diag *diag) {
    (void)diag;
    options->fit = text;
    return IOP_OK;
}

enum iop_status parse_base(struct options *options, const char *text, struct diag *diag) {
    (void)diag;
    options->base = text;
    return IOP_OK;
}

enum iop_status parse_exits(struct options *options, const char *text, struct diag *diag) {
    (void)diag;
    options->exits = text;
    return IOP_OK;
}

enum iop_status parse_robust(struct options *options, const char *text, struct diag *diag) {
    (void)text, (void)diag;
    options->robust = true;
    return IOP_OK;
}

static enum iop_status copy_text(const char *option, const char *text, char *out, size_t size, struct diag *diag) {
    if (text[0] == '\0' || strlen(text) >= size)
        return diag_set(diag, IOP_INVALID, "--%s: '%.40s' is empty or longer than %zu bytes", option, text, size - 1);
    snprintf(out, size, "%s", text);
    return IOP_OK;
}

enum iop_status parse_kind(struct options *options, const char *text, struct diag *diag) {
    int count;
    const char *const *names = figure_kinds(&count);
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], text) == 0) return copy_text("kind", text, options->figure.kind, 32, diag);
    return not_one_of("kind", text, names, (size_t)count, diag);
}

enum iop_status parse_x(struct options *options, const char *text, struct diag *diag) {
    return copy_text("x", text, options->figure.x, PATH_TEXT_MAX, diag);
}

enum iop_status parse_y(struct options *options, const char *text, struct diag *diag) {
    return copy_text("y", text, options->figure.y, PATH_TEXT_MAX, diag);
}

enum iop_status parse_lines(struct options *options, const char *text, struct diag *diag) {
    return copy_text("lines", text, options->figure.lines, PATH_TEXT_MAX, diag);
}

enum iop_status parse_scenario(struct options *options, const char *text, struct diag *diag) {
    (void)diag;
    options->scenario = text;
    return IOP_OK;
}

enum iop_status parse_batches(struct options *options, const char *text, struct diag *diag) {
    return parse_number("batches", text, 2, 1000, &options->batches, diag);
}

enum iop_status parse_find_max(struct options *options, const char *text, struct diag *diag) {
    (void)diag;
    options->find_max = text;
    return IOP_OK;
}

enum iop_status parse_subject_to(struct options *options, const char *text, struct diag *diag) {
    const char **limits = realloc(options->limits, (size_t)(options->limit_count + 1) * sizeof *limits);
    if (limits == NULL) return no_memory(diag);
    options->limits = limits;
    limits[options->limit_count++] = text;
    return IOP_OK;
}
