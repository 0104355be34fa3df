/* iopath check: read and validate files without running them. */
#include <stdlib.h>
#include <string.h>

#include "analysis/claim.h"
#include "analysis/plan.h"
#include "cli/command.h"
#include "cli/support.h"
#include "scenarios/catalog.h"
#include "scenarios/fleet.h"

/* What a file is, by keys that begin a line: a host has a hypervisor, a price list prices, neither of them guests or a
 * workload; a demand has a workload and no guests; everything else is read as a scenario. */
enum file_kind { FILE_SCENARIO, FILE_HOST, FILE_DEMAND, FILE_PRICES };

static enum file_kind kind_of(const char *file) {
    static const char *const keys[] = {"hypervisor:", "prices:", "workload:", "guests:"};
    enum { HYPERVISOR, PRICES, WORKLOAD, GUESTS, KEYS };
    bool has[KEYS] = {false};
    char line[256];
    FILE *stream = fopen(file, "r");
    if (stream == NULL) return FILE_SCENARIO;
    while (fgets(line, sizeof line, stream) != NULL)
        for (int i = 0; i < KEYS; i++) has[i] = has[i] || strncmp(line, keys[i], strlen(keys[i])) == 0;
    fclose(stream);
    if (has[GUESTS]) return FILE_SCENARIO;
    return has[WORKLOAD] ? FILE_DEMAND : has[HYPERVISOR] ? FILE_HOST : has[PRICES] ? FILE_PRICES : FILE_SCENARIO;
}

static enum iop_status check_host(const char *file, struct diag *diag) {
    struct host_config *host = malloc(sizeof *host);
    if (host == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    char path[TEXT_MAX];
    snprintf(path, sizeof path, "%s%.500s", strchr(file, '/') == NULL ? "./" : "", file);
    enum iop_status status = catalog_host(path, host, diag);
    free(host);
    return status;
}

/* What is wrong with its guest and workload shows only when the scenarios are made. */
static enum iop_status check_demand(const char *file, struct diag *diag) {
    struct plan plan;
    struct demand *demand = demand_load(file, NULL, 0, diag);
    if (demand == NULL) return IOP_INVALID;
    enum iop_status status = plan_make(demand, &plan, diag);
    plan_free(&plan);
    demand_free(demand);
    return status;
}

static enum iop_status check_prices(const char *file, struct diag *diag) {
    char path[TEXT_MAX];
    struct price_list list;
    snprintf(path, sizeof path, "%s%.500s", strchr(file, '/') == NULL ? "./" : "", file);
    enum iop_status status = prices_load(path, &list, diag);
    if (status == IOP_OK) prices_free(&list);
    return status;
}

static enum iop_status check_fleet(const char *file, struct diag *diag) {
    struct fleet_scenario *fleet = fleet_load(file, NULL, 0, diag);
    fleet_unload(fleet);
    return fleet != NULL ? IOP_OK : IOP_INVALID;
}

/* What a claim sets shows only when the sides of its tests are read. */
static enum iop_status check_claim(const char *file, struct diag *diag) {
    struct claim_set set;
    enum iop_status status = claims_plan(&file, 1, &set, diag);
    if (status == IOP_OK) claims_free(&set);
    return status;
}

static enum iop_status check_file(const char *operand, char needs[TEXT_MAX], struct diag *diag) {
    char file[TEXT_MAX];
    needs[0] = '\0';
    enum iop_status status = scenario_file(operand, file, sizeof file, diag);
    if (status != IOP_OK) return status;
    enum file_kind kind = kind_of(file);
    if (kind == FILE_HOST) return check_host(file, diag);
    if (kind == FILE_DEMAND) return check_demand(file, diag);
    if (kind == FILE_PRICES) return check_prices(file, diag);
    if (fleet_is_in(file)) return check_fleet(file, diag);
    struct scenario *scenario = scenario_load(file, NULL, 0, diag);
    if (scenario == NULL) return IOP_INVALID;
    snprintf(needs, TEXT_MAX, "%s", scenario->not_available);
    bool claims = scenario->claim != NULL;
    scenario_free(scenario);
    return claims ? check_claim(file, diag) : IOP_OK;
}

int check_command(struct options *options) {
    enum iop_status worst = IOP_OK;
    for (int i = 0; i < options->operand_count; i++) {
        struct diag diag = {""};
        char needs[TEXT_MAX];
        enum iop_status status = check_file(options->operands[i], needs, &diag);
        if (status != IOP_OK) {
            worst = status;
            fail(status, &diag);
            continue;
        }
        printf("%s: ok", options->operands[i]);
        if (needs[0] != '\0') printf(" (needs %s, which is not available yet)", needs);
        putchar('\n');
    }
    struct output output;
    struct diag diag = {""};
    output_open(&output, NULL, &diag);
    enum iop_status written = output_close(&output, IOP_OK, &diag);
    return written != IOP_OK ? fail(written, &diag) : exit_code(worst);
}
