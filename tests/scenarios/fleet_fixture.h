/* What the tests of fleets share: texts of fleets in which one part differs. */
#ifndef IOPATH_TESTS_SCENARIOS_FLEET_FIXTURE_H
#define IOPATH_TESTS_SCENARIOS_FLEET_FIXTURE_H

#include "scenarios/fleet.h"
#include "tests/scenarios/fixture.h"

/* Loads `text` as s.yaml; what must be right. */
struct fleet_scenario *fleet_text(const char *text, struct diag *diag);
struct fleet_scenario *fleet_good(const char *text);

/* Loading `text` fails with exactly this message. */
#define expect_fleet_message(text, wanted) expect_fleet_message_at(__FILE__, __LINE__, (text), (wanted))
void expect_fleet_message_at(const char *file, int line, const char *text, const char *wanted);

/* Line 2 is `fleet:`, 3 its other keys, 4 to 6 racks, from 7 on instances, then traffic. The result is good until the
 * next call. Parts that are NULL are the usual ones: two racks of two hosts, eight instances `a` of two vCPUs and four
 * `b` of one, one traffic between them. */
const char *fleet_of(const char *racks, const char *instances, const char *traffic, const char *more);

#endif
