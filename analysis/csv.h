/* Fields of CSV as RFC 4180 has them, but lines end in a bare newline as Unix tools expect. */
#ifndef IOPATH_ANALYSIS_CSV_H
#define IOPATH_ANALYSIS_CSV_H

#include <stdio.h>

/* Quoted only where RFC 4180 asks for it: a comma, a quote or a line break inside. */
void csv_text(FILE *out, const char *text);

/* Shortest of 15 to 17 significant digits that reads back as the same number. */
void csv_number(FILE *out, double value);

#endif
