/* Parts of the program that are loaded when they are needed, with the libraries that they bring along. */
#ifndef IOPATH_CLI_MODULE_H
#define IOPATH_CLI_MODULE_H

#include "sim/diag.h"

/* Loads FILE.so beside the program, as it is built, or where an installation, which may be moved, has it. Its symbols
 * are seen by what it loads itself. `absent` is the message when there is none. NULL on failure. */
void *module_load(const char *file, const char *absent, struct diag *diag);

#endif
