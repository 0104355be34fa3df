/* What the emulated devices share (models/paths/device_model.c): the way of a register access to QEMU and back,
 * sending to and receiving from a tap device, raising the interrupt line.
 *
 * Under Xen QEMU is a process of dom0 (FOR_DOM0_MODEL): an access is an exit, an I/O request over an event
 * channel, a wake-up of QEMU, and the same way back, while the vCPU waits (VX023, VX027). Under KVM it is the
 * vCPU's own thread (FOR_THREAD_MODEL): the exit returns from the ioctl to user space on the same CPU, which
 * serves the access under QEMU's big lock and enters the guest again (VX032, VX070, VX073); the main loop's
 * thread, which reads the tap device, needs the same lock. */
#ifndef IOPATH_MODELS_PATHS_DEVICE_MODEL_H
#define IOPATH_MODELS_PATHS_DEVICE_MODEL_H

#include "models/paths/path.h"

/* The vCPU's part of an access, up to the ring in which it waits for the device model. */
extern const struct step access_exit[];
/* From that ring to the device model: under Xen the wake-up of QEMU, under KVM the big lock if it is taken;
 * then finding the device. */
extern const struct step request_to_model[];
/* The answer: under Xen system call, hypercall and event; under KVM the entry is part of the exit. */
extern const struct step answer_of_model[];
/* The frame's way into the tap device, and out of it into the device model. */
extern const struct step write_to_tap[], read_from_tap[];
/* The same with a port of VALE, under KVM. */
extern const struct step write_to_vale[], read_from_vale[];
/* A sleep, if the other thread of the device model has the big lock. */
extern const struct step wait_for_lock[];
/* The emulated e1000 (models/paths/hvm.c): what its model does with a frame to send and with one that it has received,
 * its interrupt up to the guest's poll loop. */
extern const struct step e1000_model_sends[], e1000_model_receives[], e1000_interrupt[];
/* Where an instance's limit holds its frames. */
extern const struct step behind_tap[];
/* An interrupt line raised by the device model, up to the guest's handler, and what follows it there. */
extern const struct step raise_interrupt[], enter_handler[], end_handler[];

#endif
