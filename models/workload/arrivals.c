/* When the next arrival of a flow is: constant, Poisson, or in bursts. */
#include "models/workload/flow.h"

/* The source's clock stands still between two bursts. */
static void skip_idle_times(struct flow *flow) {
    while (flow->next_ps > flow->burst_end_ps) {
        double idle = random_exponential(&flow->random, flow->idle_ps);
        flow->next_ps += idle;
        flow->burst_end_ps += idle + random_exponential(&flow->random, flow->burst_ps);
    }
}

/* The date of the next arrival, or of when the next request is due. */
void flow_next_arrival(struct flow *flow) {
    flow->next_ps += flow->poisson ? random_exponential(&flow->random, flow->interval_ps) : flow->interval_ps;
    if (flow->burst_ps > 0) skip_idle_times(flow);
}
