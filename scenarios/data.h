/* Inside of the catalog: files by kind and name. */
#ifndef IOPATH_SCENARIOS_DATA_H
#define IOPATH_SCENARIOS_DATA_H

#include <stdbool.h>

#include "scenarios/catalog.h"
#include "scenarios/catalog_tables.h"

enum { DATA_PATH_MAX = 1024 };

bool names_a_path(const char *name); /* contains '/' or ends in .yaml: the path of a file, no name of the catalog */
enum iop_status catalog_file(const char *kind, const char *name, char *out, size_t size, struct diag *diag);
/* Where the file is that the value of `node` names: a path is seen from the file that has it; a name is the catalog's
 * and must exist there. */
enum iop_status catalog_resolve(const struct node *node, const char *kind, const char *name, char *out, size_t size,
                                struct diag *diag);
/* Sorted file names of one kind, without ".yaml". */
enum iop_status catalog_files(const char *kind, struct name_list *list, struct diag *diag);

/* Loads the file of a name or path and reads it by its table. The caller ends the document on success. */
enum iop_status catalog_read_file(const char *kind, const char *name, const struct table *table,
                                  struct document *document, void *out, struct diag *diag);
/* Reports a name that is none of COST_TABLE, with the nearest or those of its category. */
enum iop_status cost_unknown(const struct node *node, struct diag *diag);
/* The file of one family; the caller ends the document, whose memory holds the rows. */
enum iop_status read_family(const char *name, struct document *document, struct family_file *family, struct diag *diag);
/* *found says whether there is such a type; failure is a broken catalog. */
enum iop_status find_instance(const char *name, struct instance_type *type, bool *found, struct diag *diag);

#endif
