/* What the tests of scenarios/ share: a small catalog of their own, and scenario files written on the spot.
 *
 * The catalog is tests/scenarios/data with a cost set `flat` made from COST_TABLE, so that a new cost parameter
 * needs no change here. Files are written as "s.yaml" into a temporary folder that is also the current one, so
 * that messages are the same everywhere. */
#ifndef IOPATH_TESTS_SCENARIOS_FIXTURE_H
#define IOPATH_TESTS_SCENARIOS_FIXTURE_H

#include "scenarios/catalog.h"
#include "scenarios/scenario.h"
#include <stddef.h>

void lab_setup(void); /* .init of a suite */
void lab_teardown(void);

void write_file(const char *name, const char *text, size_t size);
void write_text(const char *name, const char *text);
const char *source_folder(void);    /* of the project */
struct host_config *host_new(void); /* to free */

/* Loads `text` as s.yaml. */
struct scenario *load_text(const char *text, struct diag *diag);
struct scenario *load_with(const char *text, const char *setting, struct diag *diag);
/* Loads what must be right. */
struct scenario *load_good(const char *text);

/* Loading `text` fails with exactly this message. */
#define expect_message(text, wanted)          expect_message_at(__FILE__, __LINE__, (text), NULL, (wanted))
#define expect_set_message(text, set, wanted) expect_message_at(__FILE__, __LINE__, (text), (set), (wanted))
void expect_message_at(const char *file, int line, const char *text, const char *setting, const char *wanted);

/* A scenario with one guest whose keys are `guest` and whose workload has the keys `workload`; the first
 * stand in line 4, the second in line 6. The result is good until the next call. */
const char *with(const char *guest, const char *workload);
#define GUEST    "mode: sriov, vcpus: 2"
#define WORKLOAD "kind: udp-stream"

/* Numbers that are the same in each test: below `limit`. Puts characters that mean something in YAML, and some that are
 * no text, in the place of one to `most` others. */
size_t fuzz_below(size_t limit);
void fuzz_scramble(char *text, size_t size, size_t most);

#endif
