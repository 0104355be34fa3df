/* iopath claims: the statements of the debate about PV and HVM, put to the test. */
#include <stdlib.h>
#include <string.h>

#include "analysis/claim.h"
#include "cli/command.h"
#include "cli/support.h"
#include "scenarios/catalog.h"

static const char folder[] = "claims/";

/* What is to be run: paths of files. */
struct files {
    int count;
    char (*paths)[TEXT_MAX];
};

static enum iop_status unknown_claim(const char *word, const struct name_list *names, struct diag *diag) {
    enum { NAMES_MAX = 64 };
    const char *claims[NAMES_MAX];
    size_t count = 0;
    char list[600] = "";
    for (int i = 0; i < names->count && count < NAMES_MAX; i++) {
        if (strncmp(names->names[i], folder, strlen(folder)) != 0) continue;
        claims[count++] = names->names[i] + strlen(folder);
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", claims[count - 1]);
    }
    const char *near = nearest_name(word, claims, count);
    if (near == NULL)
        return diag_set(diag, IOP_INVALID, "claims: '%.80s' is no claim and no file; allowed are %s", word, list);
    return diag_set(diag, IOP_INVALID, "claims: '%.80s' is no claim and no file; did you mean '%s'?", word, near);
}

static enum iop_status add_file(struct files *files, const char *name, struct diag *diag) {
    return scenario_file(name, files->paths[files->count++], sizeof *files->paths, diag);
}

/* A claim of the catalog by its name, or a scenario with a claim as `run` names it. */
static enum iop_status find_claim(struct files *files, const char *word, const struct name_list *names,
                                  struct diag *diag) {
    char claim[TEXT_MAX];
    snprintf(claim, sizeof claim, "%s%.400s", folder, word);
    for (int i = 0; i < names->count; i++)
        if (strcmp(names->names[i], claim) == 0) return add_file(files, claim, diag);
    return add_file(files, word, NULL) == IOP_OK ? IOP_OK : unknown_claim(word, names, diag);
}

static enum iop_status find_files(const struct options *options, struct files *files, struct diag *diag) {
    struct name_list names;
    enum iop_status status = catalog_names("scenarios", &names, diag);
    if (status != IOP_OK) return status;
    size_t most = (size_t)(names.count > options->operand_count ? names.count : options->operand_count);
    files->paths = calloc(most + 1, sizeof *files->paths);
    if (files->paths == NULL) status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < options->operand_count && status == IOP_OK; i++)
        status = find_claim(files, options->operands[i], &names, diag);
    for (int i = 0; i < names.count && status == IOP_OK && options->operand_count == 0; i++)
        if (strncmp(names.names[i], folder, strlen(folder)) == 0) status = add_file(files, names.names[i], diag);
    names_free(&names);
    return status;
}

static enum iop_status plan(const struct options *options, struct claim_set *set, struct diag *diag) {
    struct files files = {0};
    enum iop_status status = find_files(options, &files, diag);
    const char **list = status == IOP_OK ? calloc((size_t)files.count + 1, sizeof *list) : NULL;
    if (status == IOP_OK && list == NULL) status = diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < files.count && list != NULL; i++) list[i] = files.paths[i];
    if (status == IOP_OK) status = claims_plan(list, files.count, set, diag);
    free(list);
    free(files.paths);
    return status;
}

static enum iop_status write_claims(const struct options *options, const struct claim_set *set, enum iop_status ran,
                                    struct diag *diag) {
    struct output output;
    enum iop_status status = output_open(&output, options->output, diag);
    if (status != IOP_OK) return status;
    struct diag own = {""};
    if (options->format == FORMAT_TABLE) status = claims_table(set, output.stream, &own);
    if (options->format == FORMAT_JSON) status = claims_json(set, output.stream, &own);
    if (options->format == FORMAT_CSV) status = claims_csv(set, output.stream, &own);
    if (status != IOP_OK) *diag = own;
    return output_close(&output, status != IOP_OK ? status : ran, diag);
}

static void adjust(void *user, struct run_config *run) { options_adjust_run(user, run); }

int claims_command(struct options *options) {
    struct diag diag = {""};
    struct claim_set set = {0};
    enum iop_status status = output_check(options, &diag);
    if (status == IOP_OK) status = plan(options, &set, &diag);
    if (status != IOP_OK) return fail(status, &diag);
    claims_adjust(&set, adjust, options);
    signals_install();
    struct progress progress;
    progress_start(&progress);
    const struct crew crew = {options->jobs, progress_report, &progress};
    status = claims_run(&set, &crew, &diag);
    progress_end(&progress);
    if (status == IOP_OK || status == IOP_CHECK_FAILED) status = write_claims(options, &set, status, &diag);
    claims_free(&set);
    return fail(status, &diag);
}
