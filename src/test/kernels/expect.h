/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Compares the records with the packets that were sent. */
#ifndef EXPECT_H
#define EXPECT_H

#include <linux/types.h>

#include "trace_dns.h"
#include "traffic.h"

extern char reason[500];

/* Sets `reason`; returns false. */
__attribute__((format(printf, 1, 2))) bool wrong(const char *format, ...);
bool same(const char *what, __u64 is, __u64 should);
bool bytes_are(const char *what, const __u8 *is, const __u8 *should, size_t len);

bool task_is(const struct owner *owner, const struct who *who);

/* `seen` has the query and the answer, each at egress and at ingress. */
bool hops_are(const struct scenario *scenario, const struct stage *played, __u64 clients_cgroup);

#endif
