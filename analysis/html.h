/* Text in HTML. */
#ifndef IOPATH_ANALYSIS_HTML_H
#define IOPATH_ANALYSIS_HTML_H

#include <stdio.h>

/* With &, <, >, " and ' as entities, for content and attributes; control characters become spaces. */
void html_text(const char *text, FILE *out);

#endif
