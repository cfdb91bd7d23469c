/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Whether the records are those of the packets that were sent. */
#ifndef EXPECT_H
#define EXPECT_H

#include "traffic.h"

extern char reason[500];

/* Keeps the reason; false, for a return. */
__attribute__((format(printf, 1, 2))) bool wrong(const char *format, ...);
bool same(const char *what, __u64 is, __u64 should);
bool bytes_are(const char *what, const __u8 *is, const __u8 *should, size_t len);

/* The query and the answer, each where it leaves and where it arrives, are in `seen`. */
bool hops_are(const struct scenario *scenario, const struct stage *told, __u64 clients_cgroup);

#endif
