/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Loses packets on loopback and compares what the kernel reports with what it can. */
#ifndef LOSSES_H
#define LOSSES_H

#include <linux/types.h>

/* cgroup: a directory without processes, its id. */
void check_losses(const char *cgroup, __u64 cgroup_id);

#endif
