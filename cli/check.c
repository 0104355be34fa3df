/* iopath check: read and validate files without running them. */
#include <stdlib.h>
#include <string.h>

#include "analysis/claim.h"
#include "cli/command.h"
#include "cli/support.h"
#include "scenarios/catalog.h"
#include "scenarios/fleet.h"

/* A host file has a hypervisor and no guests; everything else is read as a scenario. */
static bool is_host_file(const char *file) {
    FILE *stream = fopen(file, "r");
    if (stream == NULL) return false;
    char line[256];
    bool hypervisor = false, guests = false;
    while (fgets(line, sizeof line, stream) != NULL) {
        hypervisor = hypervisor || strncmp(line, "hypervisor:", 11) == 0;
        guests = guests || strncmp(line, "guests:", 7) == 0;
    }
    fclose(stream);
    return hypervisor && !guests;
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
    if (is_host_file(file)) return check_host(file, diag);
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
