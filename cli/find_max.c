#include "cli/find_max.h"

#include "analysis/capacity.h"
#include "analysis/content_hash.h"
#include "cli/support.h"

static enum iop_status parse_limits(const struct options *options, struct limit *limits, struct diag *diag) {
    enum iop_status status = IOP_OK;
    if (options->limit_count >= LIMITS_MAX)
        return diag_set(diag, IOP_INVALID, "--subject-to: %d limits are more than the %d allowed", options->limit_count,
                        LIMITS_MAX - 1);
    for (int i = 0; i < options->limit_count && status == IOP_OK; i++)
        status = limit_parse(options->limits[i], &limits[i], diag);
    return status;
}

enum iop_status find_max_check(const struct options *options, struct diag *diag) {
    struct limit limits[LIMITS_MAX];
    if (options->find_max == NULL && options->limit_count > 0)
        return diag_set(diag, IOP_INVALID, "--subject-to is a limit of --find-max, which is not given");
    if (options->find_max == NULL) return IOP_OK;
    if (options->has_uncertainty) return diag_set(diag, IOP_INVALID, "--uncertainty and --find-max do not go together");
    return parse_limits(options, limits, diag);
}

static enum iop_status write(const struct options *options, const struct report *report,
                             const struct capacity *capacity, struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_TABLE) status = capacity_table(report, capacity, output.stream, &own);
    if (options->format == FORMAT_JSON) status = capacity_json(report, capacity, output.stream, &own);
    if (options->format == FORMAT_CSV) status = capacity_csv(report, capacity, output.stream, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status, diag);
}

enum iop_status find_max(const struct options *options, const struct scenario *scenario, struct diag *diag) {
    struct limit limits[LIMITS_MAX];
    const struct capacity_request request = {
        .load = options->find_max, .limit_count = options->limit_count, .limits = limits};
    struct report report = {.version = IOPATH_VERSION,
                            .scenario = scenario,
                            .settings = options->settings,
                            .setting_count = options->setting_count};
    enum iop_status status = parse_limits(options, limits, diag);
    if (status == IOP_OK)
        status = content_hash(scenario->file, options->settings, options->setting_count, &report.content_hash, diag);
    if (status == IOP_OK) status = content_hash_traces(scenario, &report.content_hash, diag);
    if (status != IOP_OK) return status;
    struct progress progress;
    struct capacity capacity;
    const struct crew crew = {options->jobs, progress_report, &progress};
    progress_start(&progress);
    status = capacity_find(scenario, &request, &crew, &capacity, diag);
    progress_end(&progress);
    return status == IOP_OK ? write(options, &report, &capacity, diag) : status;
}
