/* Parts of the HTML report that are made of text: what was run, sources, a validation's rows. */
#ifndef IOPATH_ANALYSIS_HTML_SECTIONS_H
#define IOPATH_ANALYSIS_HTML_SECTIONS_H

#include <stdio.h>

#include "analysis/results.h"
#include "analysis/validation.h"

/* File, versions, cost sets, seeds, and the content hash of each point. */
void html_facts(const struct results *results, const char *file, FILE *out);

/* How the values of each cost set were obtained, and the entries of the bibliography that they cite. A set that is not
 * in the catalog is named as such. */
enum iop_status html_sources(const struct results *results, FILE *out, struct diag *diag);

enum iop_status html_validation(const struct validation *validation, FILE *out, struct diag *diag);

#endif
