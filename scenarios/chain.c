/* Service chains: the guests through which a stream in transit goes from one to the next. */
#include <string.h>

#include "models/paths/path.h"
#include "scenarios/input.h"

static enum iop_status add_link(struct builder *b, const struct node *node, int index, const struct guest_config *own,
                                struct workload_config *workload) {
    const struct guest_config *guest = &b->scenario->model.guests[index];
    if (workload->through_count == CHAIN_MAX)
        return node_fail(node, b->diag, "a chain has %d guests at most", CHAIN_MAX);
    for (int i = 0; i < workload->through_count; i++)
        if (workload->through[i] == index)
            return node_fail(node, b->diag, "guest '%s' is in the chain already", guest->name);
    if (guest->server != own->server) return node_fail(node, b->diag, "guest '%s' is on another server", guest->name);
    if (guest->mode != MODE_NONE && !guest_path(guest)->polls)
        return node_fail(node, b->diag, "guest '%s' does not poll; who forwards has `driver: poll`", guest->name);
    workload->through[workload->through_count++] = index;
    return IOP_OK;
}

/* A name of the file stands for all copies of its guest. */
static enum iop_status add_links(struct builder *b, const struct node *node, const struct guest_config *own,
                                 struct workload_config *workload) {
    const struct model_config *model = &b->scenario->model;
    const struct guest_input *entries = b->input->guests.items;
    int first = -1, count = 1;
    for (int e = 0; e < b->input->guests.count; e++)
        if (strcmp(entries[e].name, node->value) == 0) {
            first = b->first[e];
            count = entries[e].count;
        }
    for (int i = 0; i < model->guest_count && first < 0; i++)
        if (strcmp(model->guests[i].name, node->value) == 0) first = i;
    if (first < 0) return unknown_guest(b, node, node->value);
    enum iop_status status = IOP_OK;
    for (int i = 0; i < count && status == IOP_OK; i++) status = add_link(b, node, first + i, own, workload);
    return status;
}

enum iop_status take_chain(struct builder *b, const struct workload_input *input, const struct guest_config *guest,
                           struct workload_config *workload) {
    if (input->through == NULL) return IOP_OK;
    if (workload->direction != DIRECTION_TRANSIT)
        return node_fail_key(input->through, b->diag,
                             "only what is in transit (direction: transit) goes through guests");
    enum iop_status status = IOP_OK;
    for (int i = 0; i < input->through->count && status == IOP_OK; i++)
        status = add_links(b, input->through->children[i], guest, workload);
    return status;
}
