/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Makes netfilter drop every IPv4 packet that this network namespace sends. */
#ifndef NETFILTER_H
#define NETFILTER_H

#include <stdbool.h>

/* False if the kernel has neither netfilter programs of BPF (6.4 and later) nor iptable_filter. */
bool block_output(void);
void unblock_output(void);

#endif
