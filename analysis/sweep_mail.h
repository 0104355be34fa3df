/* Messages of a sweep on several processes, with what they carry. */
#ifndef IOPATH_ANALYSIS_SWEEP_MAIL_H
#define IOPATH_ANALYSIS_SWEEP_MAIL_H

#include "analysis/sweep_mpi.h"

/* Sends a message and message->bytes of payload. */
void sweep_mail_send(const struct sweep_wire *wire, int to, const struct sweep_message *message, const void *payload);

/* Takes the message that has arrived from a rank; the caller frees the payload, which is NULL if there is none. */
void sweep_mail_take(const struct sweep_wire *wire, int from, struct sweep_message *message, void **payload);

/* Seconds of a clock that only goes forward, and a nap for who has waited since then. */
double sweep_mail_now(void);
void sweep_mail_nap(double since);

/* Of all that ranks must agree on, once the number of points that the plan takes is known. */
enum iop_status sweep_mail_plan(const struct sweep_plan *plan, const int *points, int count, uint64_t *hash,
                                struct diag *diag);

#endif
