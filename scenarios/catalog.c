/* Reading the catalog's hosts, NICs, instance types and bibliography; cost sets are in cost_sets.c. */
#include "scenarios/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/data.h"

enum iop_status catalog_read_file(const char *kind, const char *name, const struct table *table,
                                  struct document *document, void *out, struct diag *diag) {
    char path[DATA_PATH_MAX];
    if (names_a_path(name)) {
        if ((size_t)snprintf(path, sizeof path, "%s", name) >= sizeof path)
            return diag_set(diag, IOP_INVALID, "'%s': the path is too long", shown(name).text);
    } else if (catalog_file(kind, name, path, sizeof path, NULL) != IOP_OK) {
        char text[sizeof diag->message];
        catalog_unknown(kind, name, text, sizeof text);
        return diag_set(diag, IOP_INVALID, "%s", text);
    }
    enum iop_status status = document_load(document, path, diag);
    if (status != IOP_OK) return status;
    struct reader reader = {.memory = &document->memory, .diag = diag};
    status = schema_read(&reader, table, document->root, out);
    const char *key = table == &family_table ? "family" : "name";
    const struct node *own = node_child(document->root, key);
    if (status == IOP_OK && !names_a_path(name) && strcmp(own->value, name) != 0)
        status = node_fail(own, diag, "'%s' differs from the file's name, %s.yaml", shown(own->value).text, name);
    if (status != IOP_OK) document_fini(document);
    return status;
}

/* --- NICs and hosts --- */

enum iop_status catalog_nic(const char *name, struct nic_config *nic, struct diag *diag) {
    *nic = (struct nic_config){0};
    struct document document;
    enum iop_status status = catalog_read_file("nics", name, &nic_table, &document, nic, diag);
    if (status != IOP_OK) return status;
    if (nic->virtual_functions > 0 && nic->vf_queues == 0)
        status = node_fail(node_child(document.root, "vf_queues"), diag, "a VF needs a queue at least");
    document_fini(&document);
    return status;
}

enum iop_status catalog_resolve(const struct node *node, const char *kind, const char *name, char *out, size_t size,
                                struct diag *diag) {
    const char *slash = strrchr(node->file, '/');
    int folder = name[0] == '/' || !names_a_path(name) || slash == NULL ? 0 : (int)(slash - node->file + 1);
    if ((size_t)snprintf(out, size, "%.*s%s", folder, node->file, name) >= size)
        return node_fail(node, diag, "the path is too long");
    if (names_a_path(name) || catalog_has(kind, name)) return IOP_OK;
    char text[700];
    catalog_unknown(kind, name, text, sizeof text);
    return node_fail(node, diag, "%s", text);
}

static enum iop_status fill_host(const struct node *root, const struct host_file *file, struct host_config *host,
                                 struct diag *diag) {
    *host = file->host;
    if (node_child(root, "halt_poll") == NULL) host->halt_poll_s = -1;
    int threads = host->sockets * host->cores_per_socket * host->threads_per_core;
    const struct node *dom0 = node_child(root, "dom0");
    if (dom0 != NULL && host->dom0.vcpus >= threads)
        return node_fail(dom0, diag, "%d vCPUs leave no CPU of %d to guests", host->dom0.vcpus, threads);
    if (host->dom0.nic_irq_vcpu >= host->dom0.vcpus)
        return node_fail(node_child(dom0, "nic_irq_vcpu"), diag, "'%d' is out of range; dom0 has vCPUs 0 to %d",
                         host->dom0.nic_irq_vcpu, host->dom0.vcpus - 1);
    char name[DATA_PATH_MAX];
    enum iop_status status = catalog_resolve(node_child(root, "nic"), "nics", file->nic, name, sizeof name, diag);
    if (status == IOP_OK) status = catalog_nic(name, &host->nic, diag);
    if (status == IOP_OK)
        status = catalog_resolve(node_child(root, "costs"), "costs", file->costs, name, sizeof name, diag);
    if (status == IOP_OK) status = catalog_costs(name, &host->costs, diag);
    return status;
}

enum iop_status catalog_host(const char *name, struct host_config *host, struct diag *diag) {
    *host = (struct host_config){0};
    struct document document;
    struct host_file *file = calloc(1, sizeof *file); /* too large for the stack of a thread */
    if (file == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    enum iop_status status = catalog_read_file("hosts", name, &host_table, &document, file, diag);
    if (status == IOP_OK) {
        status = fill_host(document.root, file, host, diag);
        document_fini(&document);
    }
    free(file);
    return status;
}

/* --- instance types --- */

enum iop_status read_family(const char *name, struct document *document, struct family_file *family,
                            struct diag *diag) {
    *family = (struct family_file){0};
    enum iop_status status = catalog_read_file("instances", name, &family_table, document, family, diag);
    if (status != IOP_OK) return status;
    struct instance_row *rows = family->types.items;
    for (int i = 0; i < family->types.count; i++)
        memcpy(rows[i].type.family, family->family, sizeof rows[i].type.family);
    return IOP_OK;
}

enum iop_status find_instance(const char *name, struct instance_type *type, bool *found, struct diag *diag) {
    char family_name[CATALOG_NAME_MAX], path[DATA_PATH_MAX];
    *found = false;
    snprintf(family_name, sizeof family_name, "%.*s", (int)strcspn(name, "."), name);
    if (names_a_path(name) || family_name[0] == '\0' ||
        catalog_file("instances", family_name, path, sizeof path, NULL) != IOP_OK)
        return IOP_OK;
    struct document document;
    struct family_file family;
    enum iop_status status = read_family(family_name, &document, &family, diag);
    if (status != IOP_OK) return status;
    const struct instance_row *rows = family.types.items;
    for (int i = 0; i < family.types.count && !*found; i++) {
        *found = strcmp(rows[i].type.name, name) == 0;
        if (*found) *type = rows[i].type;
    }
    document_fini(&document);
    return IOP_OK;
}

enum iop_status catalog_instance(const char *name, struct instance_type *type, struct diag *diag) {
    *type = (struct instance_type){0};
    bool found;
    enum iop_status status = find_instance(name, type, &found, diag);
    if (status != IOP_OK || found) return status;
    char text[sizeof diag->message];
    catalog_unknown("instances", name, text, sizeof text);
    return diag_set(diag, IOP_INVALID, "%s", text);
}
