#include "analysis/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalog.h"
#include "scenarios/document.h"

/* Where a value comes from. */
struct value_source {
    int setting;  /* index among a point's settings, or -1: it is `text` */
    bool of_type; /* the vCPUs of the instance type that this names */
    char text[PATH_TEXT_MAX];
};

struct instance_size {
    char name[PATH_TEXT_MAX], vcpus[12];
};

struct selection_term {
    const struct condition *condition; /* terms of one stand together */
    const struct condition_term *term;
    struct value_source left, right;
};

static enum iop_status no_memory(struct diag *diag) {
    return diag_set(diag, IOP_NO_MEMORY, "out of memory for the conditions of a sweep");
}

/* guests[0].instance for guests[0].vcpus; false if the path is another. */
static bool path_of_type(const char *path, char type[PATH_TEXT_MAX]) {
    static const char vcpus[] = "].vcpus", instance[] = "].instance";
    size_t length = strlen(path), end = strlen(vcpus);
    if (length < end || strcmp(path + length - end, vcpus) != 0) return false;
    return snprintf(type, PATH_TEXT_MAX, "%.*s%s", (int)(length - end), path, instance) < PATH_TEXT_MAX;
}

/* The text is empty if neither settings nor file nor a default say anything. */
static enum iop_status find_value(const struct document *document, const struct setting *settings, int setting_count,
                                  const struct condition_operand *operand, struct value_source *source,
                                  struct diag *diag) {
    *source = (struct value_source){.setting = -1};
    memcpy(source->text, operand->value, sizeof source->text);
    if (operand->path[0] == '\0') return IOP_OK;
    const struct node *node, *other;
    struct diag problem = {""};
    if (document_find(document, operand->path, &node, &problem) != IOP_OK)
        return diag_set(diag, IOP_INVALID, "'%s': %s", operand->path, problem.message);
    for (int i = setting_count - 1; i >= 0 && node != NULL; i--) {
        if (document_find(document, settings[i].path, &other, &problem) != IOP_OK || other != node) continue;
        source->setting = i;
        return IOP_OK;
    }
    if (node != NULL && node->kind == NODE_SCALAR && !node_is_empty(node))
        snprintf(source->text, sizeof source->text, "%s", node->value);
    return IOP_OK;
}

static enum iop_status find_source(const struct document *document, const struct setting *settings, int setting_count,
                                   const struct condition_operand *operand, struct value_source *source,
                                   struct diag *diag) {
    struct condition_operand type = {.value = ""};
    enum iop_status status = find_value(document, settings, setting_count, operand, source, diag);
    if (status != IOP_OK || source->setting >= 0 || source->text[0] != '\0') return status;
    source->of_type = path_of_type(operand->path, type.path);
    if (source->of_type) {
        status = find_value(document, settings, setting_count, &type, source, diag);
        source->of_type = true;
        if (status != IOP_OK || source->setting >= 0 || source->text[0] != '\0') return status;
    }
    return diag_set(diag, IOP_INVALID, "'%s' is not swept, the file does not say it, and it has no default",
                    operand->path);
}

static enum iop_status find_sources(const struct document *document, const struct setting *settings, int setting_count,
                                    const struct condition *condition, struct selection *selection, struct diag *diag) {
    for (int i = 0; i < condition->count; i++) {
        struct selection_term *to = &selection->terms[selection->count++];
        *to = (struct selection_term){.condition = condition, .term = &condition->terms[i]};
        struct diag problem = {""};
        enum iop_status status = find_source(document, settings, setting_count, &to->term->left, &to->left, &problem);
        if (status == IOP_OK)
            status = find_source(document, settings, setting_count, &to->term->right, &to->right, &problem);
        if (status != IOP_OK) return diag_set(diag, status, "condition \"%s\": %s", condition->text, problem.message);
    }
    return IOP_OK;
}

enum iop_status selection_make(const char *file, const struct setting *settings, int setting_count,
                               const struct condition *conditions, int condition_count, struct selection *selection,
                               struct diag *diag) {
    struct document document;
    char path[TEXT_MAX];
    *selection = (struct selection){.count = 0};
    if (condition_count == 0) return IOP_OK;
    scenario_path(file, path, sizeof path);
    enum iop_status status = document_load(&document, path, diag);
    if (status != IOP_OK) return status;
    for (int i = 0; i < setting_count && status == IOP_OK; i++)
        status = document_set(&document, settings[i].path, settings[i].value, diag);
    selection->terms = calloc((size_t)condition_count * CONDITION_TERMS_MAX, sizeof *selection->terms);
    if (selection->terms == NULL && status == IOP_OK) status = no_memory(diag);
    for (int i = 0; i < condition_count && status == IOP_OK; i++)
        status = find_sources(&document, settings, setting_count, &conditions[i], selection, diag);
    document_fini(&document);
    if (status != IOP_OK) selection_free(selection);
    return status;
}

void selection_free(struct selection *selection) {
    free(selection->terms);
    free(selection->types);
    *selection = (struct selection){.count = 0};
}

static enum iop_status vcpus_of(struct selection *selection, const char *name, const char **vcpus, struct diag *diag) {
    for (int i = 0; i < selection->type_count; i++) {
        *vcpus = selection->types[i].vcpus;
        if (strcmp(selection->types[i].name, name) == 0) return IOP_OK;
    }
    struct instance_type type;
    enum iop_status status = catalog_instance(name, &type, diag);
    if (status != IOP_OK) return status;
    struct instance_size *larger =
        realloc(selection->types, ((size_t)selection->type_count + 1) * sizeof *selection->types);
    if (larger == NULL) return no_memory(diag);
    selection->types = larger;
    struct instance_size *size = &larger[selection->type_count++];
    snprintf(size->name, sizeof size->name, "%s", name);
    snprintf(size->vcpus, sizeof size->vcpus, "%d", type.vcpus);
    *vcpus = size->vcpus;
    return IOP_OK;
}

static enum iop_status text_of(struct selection *selection, const struct value_source *source,
                               const struct setting *settings, char text[PATH_TEXT_MAX], struct diag *diag) {
    const char *found = source->setting >= 0 ? settings[source->setting].value : source->text;
    enum iop_status status = source->of_type ? vcpus_of(selection, found, &found, diag) : IOP_OK;
    snprintf(text, PATH_TEXT_MAX, "%s", found);
    return status;
}

static enum iop_status term_holds(struct selection *selection, const struct selection_term *term,
                                  const struct setting *settings, bool *holds, struct diag *diag) {
    char left[PATH_TEXT_MAX], right[PATH_TEXT_MAX];
    struct diag problem = {""};
    enum iop_status status = text_of(selection, &term->left, settings, left, &problem);
    if (status == IOP_OK) status = text_of(selection, &term->right, settings, right, &problem);
    if (status == IOP_OK) status = condition_compare(term->term, left, right, holds, &problem);
    return status == IOP_OK ? IOP_OK
                            : diag_set(diag, status, "condition \"%s\": %s", term->condition->text, problem.message);
}

enum iop_status selection_holds(struct selection *selection, const struct setting *settings, bool *holds,
                                struct diag *diag) {
    *holds = true;
    for (int i = 0; i < selection->count && *holds;) {
        const struct condition *condition = selection->terms[i].condition;
        bool any = false;
        for (; i < selection->count && selection->terms[i].condition == condition; i++) {
            bool one = false;
            enum iop_status status = term_holds(selection, &selection->terms[i], settings, &one, diag);
            if (status != IOP_OK) return status;
            any = any || one;
        }
        *holds = any;
    }
    return IOP_OK;
}
