/* Where the catalog is, and what is in it by name. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/catalog.h"
#include "scenarios/catalog_tables.h"
#include "scenarios/data.h"

static bool exists(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0;
}

/* PREFIX/share/iopath of a program that runs from PREFIX/bin: an installation may be moved as a whole. */
static bool beside_program(char *out, size_t size) {
    ssize_t length = readlink("/proc/self/exe", out, size - 1);
    if (length <= 0) return false;
    out[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(out, '/');
        if (slash == NULL) return false;
        *slash = '\0';
    }
    size_t used = strlen(out);
    if ((size_t)snprintf(out + used, size - used, "/share/iopath") >= size - used) return false;
    char catalog[DATA_PATH_MAX + 32];
    snprintf(catalog, sizeof catalog, "%s/models/catalog", out);
    return exists(catalog);
}

/* The data directory. One that the user names must be one; the others are taken where they are. A program
 * that was not installed reads the source tree it was built from. */
static const char *data_root(char *buffer, size_t size) {
    const char *named = getenv("IOPATH_DATA");
    if (named != NULL && named[0] != '\0') return named;
    if (beside_program(buffer, size)) return buffer;
    return exists(IOPATH_DATA_DIR_SOURCE "/models/catalog") ? IOPATH_DATA_DIR_SOURCE : IOPATH_DATA_DIR_INSTALLED;
}

enum iop_status data_path(const char *below, char *out, size_t size, struct diag *diag) {
    char buffer[DATA_PATH_MAX];
    const char *root = data_root(buffer, sizeof buffer);
    if ((size_t)snprintf(out, size, "%s/%s", root, below) >= size)
        return diag_set(diag, IOP_INVALID, "the path of the data directory '%s' is too long", shown(root).text);
    if (exists(out)) return IOP_OK;
    const char *named = getenv("IOPATH_DATA");
    return diag_set(diag, IOP_INVALID, "%s: %s; the data directory is %s%s", out, strerror(errno), root,
                    named != NULL && named[0] != '\0' ? " (from IOPATH_DATA)" : "");
}

bool names_a_path(const char *name) {
    size_t length = strlen(name);
    return strchr(name, '/') != NULL || (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
}

enum iop_status catalog_file(const char *kind, const char *name, char *out, size_t size, struct diag *diag) {
    char below[DATA_PATH_MAX];
    snprintf(below, sizeof below, "models/catalog/%s/%s.yaml", kind, name);
    return data_path(below, out, size, diag);
}

/* --- lists of names --- */

static enum iop_status names_add(struct name_list *list, const char *name, size_t length, struct diag *diag) {
    char **larger = realloc(list->names, ((size_t)list->count + 1) * sizeof *larger);
    if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    list->names = larger;
    char *copy = malloc(length + 1);
    if (copy == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    memcpy(copy, name, length);
    copy[length] = '\0';
    list->names[list->count++] = copy;
    return IOP_OK;
}

void names_free(struct name_list *list) {
    for (int i = 0; i < list->count; i++) free(list->names[i]);
    free(list->names);
    *list = (struct name_list){0};
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Adds the YAML files below `directory`, as PREFIX/NAME, and those of its directories down to `depth`. */
static enum iop_status add_files(struct name_list *list, const char *directory, const char *prefix, int depth,
                                 struct diag *diag) {
    DIR *open = opendir(directory);
    if (open == NULL) return diag_set(diag, IOP_INVALID, "%s: %s", directory, strerror(errno));
    enum iop_status status = IOP_OK;
    const struct dirent *entry;
    while (status == IOP_OK && (entry = readdir(open)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        char path[DATA_PATH_MAX], name[DATA_PATH_MAX];
        bool fits = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) < (int)sizeof path &&
                    snprintf(name, sizeof name, "%s%s", prefix, entry->d_name) < (int)sizeof name - 1;
        struct stat facts;
        if (!fits || stat(path, &facts) != 0) continue;
        size_t length = strlen(name);
        if (S_ISDIR(facts.st_mode) && depth > 0) {
            memcpy(name + length, "/", 2);
            status = add_files(list, path, name, depth - 1, diag);
        } else if (S_ISREG(facts.st_mode) && length > 5 && strcmp(name + length - 5, ".yaml") == 0) {
            status = names_add(list, name, length - 5, diag);
        }
    }
    closedir(open);
    return status;
}

/* Demands lie among the scenarios, in a folder of their own. */
static bool is_demand(const char *name) { return strncmp(name, "plan/", 5) == 0; }

static void keep_demands(struct name_list *list, bool demands) {
    int kept = 0;
    for (int i = 0; i < list->count; i++) {
        if (is_demand(list->names[i]) == demands)
            list->names[kept++] = list->names[i];
        else
            free(list->names[i]);
    }
    list->count = kept;
}

enum iop_status catalog_files(const char *kind, struct name_list *list, struct diag *diag) {
    *list = (struct name_list){0};
    bool demands = strcmp(kind, "demands") == 0, scenarios = demands || strcmp(kind, "scenarios") == 0;
    char below[64], directory[DATA_PATH_MAX];
    snprintf(below, sizeof below, "%s%s", scenarios ? "" : "models/catalog/", scenarios ? "scenarios" : kind);
    enum iop_status status = data_path(below, directory, sizeof directory, diag);
    if (status == IOP_OK) status = add_files(list, directory, "", scenarios ? 1 : 0, diag);
    if (scenarios) keep_demands(list, demands);
    if (status == IOP_OK && list->count > 0) qsort(list->names, (size_t)list->count, sizeof *list->names, by_name);
    if (status != IOP_OK) names_free(list);
    return status;
}

/* The instance types of all families. */
static enum iop_status instance_names(struct name_list *list, struct diag *diag) {
    struct name_list families;
    *list = (struct name_list){0};
    enum iop_status status = catalog_files("instances", &families, diag);
    for (int i = 0; i < families.count && status == IOP_OK; i++) {
        struct document document;
        struct family_file family;
        status = read_family(families.names[i], &document, &family, diag);
        if (status != IOP_OK) break;
        const struct instance_row *rows = family.types.items;
        for (int t = 0; t < family.types.count && status == IOP_OK; t++)
            status = names_add(list, rows[t].type.name, strlen(rows[t].type.name), diag);
        document_fini(&document);
    }
    names_free(&families);
    if (status == IOP_OK && list->count > 0) qsort(list->names, (size_t)list->count, sizeof *list->names, by_name);
    if (status != IOP_OK) names_free(list);
    return status;
}

static const struct {
    const char *kind, *noun;
} kinds[] = {{"hosts", "a host"},
             {"nics", "a NIC"},
             {"disks", "a disk"},
             {"costs", "a cost set"},
             {"switches", "a polling switch"},
             {"instances", "an instance type"},
             {"prices", "a price list"},
             {"scenarios", "a scenario"},
             {"demands", "a demand"}};
enum { KINDS = sizeof kinds / sizeof *kinds };

enum iop_status catalog_names(const char *kind, struct name_list *list, struct diag *diag) {
    *list = (struct name_list){0};
    const char *names[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].kind;
        if (strcmp(kind, kinds[i].kind) == 0)
            return strcmp(kind, "instances") == 0 ? instance_names(list, diag) : catalog_files(kind, list, diag);
    }
    char end[200];
    suggest(end, sizeof end, kind, names, KINDS);
    return diag_set(diag, IOP_INVALID, "'%s' is not a part of the catalog%s", shown(kind).text, end);
}

bool catalog_has(const char *kind, const char *name) {
    char path[DATA_PATH_MAX];
    if (strcmp(kind, "instances") != 0) return catalog_file(kind, name, path, sizeof path, NULL) == IOP_OK;
    struct instance_type type;
    bool found = false;
    return find_instance(name, &type, &found, NULL) == IOP_OK && found;
}

void catalog_unknown(const char *kind, const char *name, char *out, size_t size) {
    const char *noun = "in the catalog";
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kind, kinds[i].kind) == 0) noun = kinds[i].noun;
    struct name_list list;
    char end[600] = "";
    if (catalog_names(kind, &list, NULL) == IOP_OK)
        suggest(end, sizeof end, name, (const char *const *)list.names, (size_t)list.count);
    names_free(&list);
    snprintf(out, size, "'%s' is not %s%s", shown(name).text, noun, end);
}
