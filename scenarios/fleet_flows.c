/* Who talks to whom in a fleet, and how much of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/hardware/wire.h"
#include "scenarios/fleet_input.h"
#include "sim/random.h"

/* --- how much --- */

enum iop_status fleet_units(const struct fleet_traffic *traffic, enum workload_kind kind,
                            const struct quantity *quantity, double *units, struct diag *problem) {
    *units = quantity->value;
    if (kind == WORK_BLOCK)
        return quantity->dimension == DIM_REQUEST_RATE
                   ? IOP_OK
                   : diag_set(problem, IOP_INVALID, "is no rate of requests; allowed are IOPS, kIOPS");
    if (quantity->dimension == DIM_REQUEST_RATE)
        return diag_set(problem, IOP_INVALID, "is a rate of block requests; allowed are packet rates and bit rates");
    if (kind == WORK_TCP_STREAM) {
        if (quantity->dimension != DIM_BIT_RATE)
            return diag_set(problem, IOP_INVALID,
                            "is a packet rate, but TCP makes the packets; allowed is a bit rate such as 1 Gbit/s");
        *units = quantity->value / traffic->payload_bits;
        return IOP_OK;
    }
    if (quantity->dimension == DIM_BIT_RATE) *units = quantity->value / (traffic->out_bits - 8.0 * WIRE_OVERHEAD_BYTES);
    return IOP_OK;
}

static enum iop_status take_offered(const struct fleet_traffic_input *input, const struct fleet_traffic *traffic,
                                    double *units, struct diag *diag) {
    struct diag problem = {0};
    *units = INFINITY;
    if (input->offered.word == WORD_MAX_RATE) return IOP_OK;
    enum workload_kind kind = (enum workload_kind)input->workload.kind;
    if (fleet_units(traffic, kind, &input->offered.quantity, units, &problem) == IOP_OK) return IOP_OK;
    const struct node *node = node_child(input->at, "offered");
    return node_fail(node, diag, "'%s' %s", shown(node->value).text, problem.message);
}

/* --- who --- */

enum iop_status fleet_add_flow(struct fleet *fleet, const struct fleet_flow *flow, struct diag *diag) {
    int count = fleet->flow_count;
    if (count == FLEET_FLOWS_MAX)
        return diag_set(diag, IOP_INVALID, "more than %d flows in the fleet; allowed are %d", FLEET_FLOWS_MAX,
                        FLEET_FLOWS_MAX);
    if ((count & (count - 1)) == 0) { /* room doubles at powers of two */
        size_t room = count == 0 ? 1 : 2 * (size_t)count;
        struct fleet_flow *larger = realloc(fleet->flows, room * sizeof *larger);
        if (larger == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
        fleet->flows = larger;
    }
    fleet->flows[fleet->flow_count++] = *flow;
    return IOP_OK;
}

/* One end: a group's instances, or a single thing outside. */
struct end {
    int first, count, group;
};

static struct end end_of(const struct fleet *fleet, int group) {
    if (group == FLEET_OUTSIDE) return (struct end){FLEET_OUTSIDE, 1, group};
    return (struct end){fleet->groups[group].first_instance, fleet->groups[group].instances, group};
}

struct talk {
    struct fleet_scenario *scenario;
    const struct fleet_traffic_input *input;
    int number;
    struct end from, to;
};

static enum iop_status add(struct talk *t, int from, int to, struct diag *diag) {
    const struct fleet_flow flow = {.traffic = t->number, .from = t->from.first + from, .to = t->to.first + to};
    enum iop_status status = IOP_OK;
    for (int i = 0; i < t->input->connections && status == IOP_OK; i++)
        status = fleet_add_flow(&t->scenario->fleet, &flow, diag);
    return status;
}

static enum iop_status add_pairs(struct talk *t, struct diag *diag) {
    bool own = t->from.group == t->to.group;
    int most = t->from.count > t->to.count ? t->from.count : t->to.count;
    enum iop_status status = IOP_OK;
    for (int i = 0; i < most && status == IOP_OK; i++)
        status = add(t, i % t->from.count, (i + own) % t->to.count, diag);
    return status;
}

static enum iop_status add_servers(struct talk *t, struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < t->from.count && status == IOP_OK; i++) status = add(t, i, i % t->to.count, diag);
    return status;
}

static enum iop_status add_all(struct talk *t, struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < t->from.count; i++)
        for (int k = 0; k < t->to.count && status == IOP_OK; k++)
            if (t->from.first + i != t->to.first + k) status = add(t, i, k, diag);
    return status;
}

/* The beginning of a random order of all, in which a sender passes over itself. */
static enum iop_status add_random(struct talk *t, struct diag *diag) {
    int *order = malloc((size_t)t->to.count * sizeof *order);
    if (order == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = 0; i < t->to.count; i++) order[i] = i;
    struct random_stream stream;
    random_stream_init(&stream, t->scenario->input->seed, 1, (uint32_t)t->number);
    int fanout = t->input->fanout > 0 ? t->input->fanout : 1;
    enum iop_status status = IOP_OK;
    for (int i = 0; i < t->from.count; i++) {
        for (int k = 0, drawn = 0; drawn < fanout && status == IOP_OK; k++) {
            int other = k + (int)random_below(&stream, (uint32_t)(t->to.count - k)), to = order[other];
            order[other] = order[k];
            order[k] = to;
            if (t->from.first + i == t->to.first + to) continue;
            status = add(t, i, to, diag);
            drawn++;
        }
    }
    free(order);
    return status;
}

/* --- what makes no sense --- */

static enum iop_status check_keys(const struct fleet_traffic_input *input, struct diag *diag) {
    const struct node *fanout = node_child(input->at, "fanout"), *matrix = node_child(input->at, "matrix");
    const struct node *offered = node_child(input->at, "offered"), *pattern = node_child(input->at, "pattern");
    if (fanout != NULL && input->pattern != PATTERN_RANDOM)
        return node_fail_key(fanout, diag, "'fanout' needs pattern: random");
    if (matrix != NULL && input->pattern != PATTERN_MATRIX)
        return node_fail_key(matrix, diag, "'matrix' needs pattern: matrix");
    if (matrix == NULL && input->pattern == PATTERN_MATRIX)
        return node_fail(pattern, diag, "'matrix' needs a file, such as matrix: traffic.csv");
    if (offered != NULL && input->pattern == PATTERN_MATRIX)
        return node_fail_key(offered, diag, "'offered' is in the file of the matrix; leave it out");
    return IOP_OK;
}

static enum iop_status check_pattern(const struct talk *t, struct diag *diag) {
    const struct fleet_traffic_input *input = t->input;
    const struct node *pattern = node_child(input->at, "pattern"), *fanout = node_child(input->at, "fanout");
    const struct fleet *fleet = &t->scenario->fleet;
    bool own = t->from.group == t->to.group, crosses = fleet->traffics[t->number].crosses;
    if (!crosses && input->pattern != PATTERN_PAIRS)
        return node_fail(pattern, diag, "'%s' needs 'to'; without it each instance asks a disk of its host",
                         pattern->value);
    if (input->pattern == PATTERN_MATRIX) return IOP_OK;
    if (input->pattern == PATTERN_RANDOM && (t->from.group == FLEET_OUTSIDE || t->to.group == FLEET_OUTSIDE))
        return node_fail(pattern, diag,
                         "'random' needs groups at both ends; with outside there is a flow for each "
                         "instance");
    if (own && input->pattern == PATTERN_SERVERS)
        return node_fail(pattern, diag, "'servers' needs two groups, clients and servers");
    if (own && t->to.count < 2)
        return node_fail(node_child(input->at, "to"), diag, "'%s' is a single instance, which has no other to talk to",
                         input->to);
    int others = t->to.count - own;
    if (input->pattern == PATTERN_RANDOM && input->fanout > others)
        return node_fail(fanout, diag, "'%d' is out of range; each has %d others", input->fanout, others);
    double pairs = input->pattern == PATTERN_ALL      ? (double)t->from.count * others
                   : input->pattern == PATTERN_RANDOM ? (double)t->from.count * fmax(input->fanout, 1)
                                                      : fmax(t->from.count, t->to.count);
    double flows = pairs * input->connections + fleet->flow_count;
    if (flows > FLEET_FLOWS_MAX)
        return node_fail(pattern != NULL ? pattern : input->at, diag,
                         "with the traffic before, these are %.0f flows; allowed are %d", flows, FLEET_FLOWS_MAX);
    return IOP_OK;
}

/* --- both --- */

/* What a sender offers is spread over its flows; from outside each flow has it. */
static enum iop_status share_out(struct talk *t, int first, double units, struct diag *diag) {
    struct fleet *fleet = &t->scenario->fleet;
    int *flows = calloc((size_t)t->from.count, sizeof *flows);
    if (flows == NULL) return diag_set(diag, IOP_NO_MEMORY, "out of memory");
    for (int i = first; i < fleet->flow_count; i++) flows[fleet->flows[i].from - t->from.first]++;
    for (int i = first; i < fleet->flow_count; i++) {
        int of_sender =
            t->from.group == FLEET_OUTSIDE ? t->input->connections : flows[fleet->flows[i].from - t->from.first];
        fleet->flows[i].offered = units / of_sender;
    }
    free(flows);
    return IOP_OK;
}

static enum iop_status take_flows(struct fleet_scenario *scenario, int number, struct diag *diag) {
    static enum iop_status (*const add_flows[])(struct talk *, struct diag *) = {[PATTERN_PAIRS] = add_pairs,
                                                                                 [PATTERN_RANDOM] = add_random,
                                                                                 [PATTERN_ALL] = add_all,
                                                                                 [PATTERN_SERVERS] = add_servers};
    struct fleet *fleet = &scenario->fleet;
    const struct fleet_traffic *traffic = &fleet->traffics[number];
    struct talk t = {.scenario = scenario,
                     .input = fleet_traffic_input(scenario, number),
                     .number = number,
                     .from = end_of(fleet, traffic->from),
                     .to = end_of(fleet, traffic->to)};
    double units;
    int first = fleet->flow_count;
    enum iop_status status = check_keys(t.input, diag);
    if (status == IOP_OK) status = check_pattern(&t, diag);
    if (status == IOP_OK) status = take_offered(t.input, traffic, &units, diag);
    if (status != IOP_OK) return status;
    if (t.input->pattern == PATTERN_MATRIX) return fleet_take_matrix(scenario, number, diag);
    status = add_flows[t.input->pattern](&t, diag);
    return status == IOP_OK ? share_out(&t, first, units, diag) : status;
}

enum iop_status fleet_take_flows(struct fleet_scenario *scenario, struct diag *diag) {
    enum iop_status status = IOP_OK;
    for (int i = 0; i < scenario->fleet.traffic_count && status == IOP_OK; i++) status = take_flows(scenario, i, diag);
    return status;
}
