/* The kernel features of `iopath explain`. */
#include <string.h>

#include "cli/explain_table.h"

static bool concerns(const struct kernel_feature *feature, const struct host_config *host,
                     const struct guest_config *guest) {
    bool pv_kernel = guest->mode == MODE_PV;
    switch (feature->scope) {
    case SCOPE_SPLIT_DRIVER:
        return mode_has_netfront(guest->mode);
    case SCOPE_HVM:
        return mode_has_netfront(guest->mode) && !pv_kernel;
    case SCOPE_KVM:
        return host->hypervisor == HYPERVISOR_KVM;
    default:
        return true;
    }
}

/* The version of the side a feature is on. */
static int version_of(const struct kernel_feature *feature, const struct host_config *host,
                      const struct guest_config *guest) {
    switch (feature->side) {
    case SIDE_GUEST:
        return kernel_version(guest->kernel);
    case SIDE_HOST:
        return kernel_version(host->dom0.kernel);
    default:
        return kernel_version(host->hypervisor_version);
    }
}

static void add_feature(struct table *table, enum kernel_feature_id id, int version) {
    const struct kernel_feature *feature = kernel_feature(id);
    char text[24], why[80];
    table_text(table, feature->name);
    table_text(table, kernel_side_name(feature->side));
    table_text(table, kernel_version_text(feature->first, text, sizeof text));
    table_text(table, feature->last != 0 ? kernel_version_text(feature->last, text, sizeof text) : NULL);
    table_text(table, kernel_has(id, version) ? "yes" : "no");
    if (version != 0)
        snprintf(why, sizeof why, "version %s", kernel_version_text(version, text, sizeof text));
    else
        snprintf(why, sizeof why, "assumed, no version given");
    table_text(table, why);
    table_text(table, feature->modelled ? "yes" : "no");
    table_text(table, feature->source);
    table_text(table, feature->text);
}

enum iop_status explain_kernel(struct explanation *explanation, int guest, struct diag *diag) {
    static const struct table_column columns[] = {
        {"feature", "FEATURE", TABLE_LEFT}, {"side", "OF", TABLE_LEFT},       {"first", "FROM", TABLE_LEFT},
        {"last", "UNTIL", TABLE_LEFT},      {"active", "HERE", TABLE_LEFT},   {"why", "WHY", TABLE_LEFT},
        {"modelled", "COUNTS", TABLE_LEFT}, {"source", "SOURCE", TABLE_LEFT}, {"text", "WHAT", TABLE_LEFT},
    };
    const struct host_config *host = &explanation->model->host;
    const struct guest_config *config = &explanation->model->guests[guest];
    struct table *table = table_new(columns, (int)(sizeof columns / sizeof *columns));
    for (int id = 0; id < FEATURE_COUNT; id++) {
        const struct kernel_feature *feature = kernel_feature((enum kernel_feature_id)id);
        if (!concerns(feature, host, config)) continue;
        add_feature(table, (enum kernel_feature_id)id, version_of(feature, host, config));
        if (explanation->options->sources) explanation_cite(explanation, feature->source);
    }
    fprintf(explanation->out, "Kernel features of %s (COUNTS: changes what is simulated)\n\n", config->name);
    enum iop_status status = table_print(table, 0, explanation->out, diag);
    table_free(table);
    fputs("\n", explanation->out);
    return status;
}
