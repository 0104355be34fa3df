#include "sim/balance.h"

#include <math.h>

bool balance_conserved(const struct balance *balance) {
    return balance->entered == balance->delivered + balance->lost + balance->counted &&
           balance->births_given == balance->births_shown + balance->births_counted;
}

double balance_littles_law_error(const struct balance *balance, sim_time now) {
    if (balance->entered == 0) return 0.0;
    double integral = time_average_integral(&balance->inside, now);
    double sojourns = balance->sojourns + balance->ages_counted;
    double difference = fabs(integral - sojourns);
    return integral > 0 ? difference / integral : difference;
}
