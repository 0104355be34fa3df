/* The reason in a message, without the place that it names. */
#ifndef IOPATH_ANALYSIS_WITHOUT_PLACE_H
#define IOPATH_ANALYSIS_WITHOUT_PLACE_H

/* What follows "FILE:LINE:COLUMN: PATH: " or "--set PATH: ": for readers who did not write what stands there. Points
 * into the message. */
const char *without_place(const char *message);

#endif
