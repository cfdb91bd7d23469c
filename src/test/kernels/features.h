/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the running kernel has, from its BTF. */
#ifndef FEATURES_H
#define FEATURES_H

#include <stdbool.h>

bool has_tracepoint(const char *name);

/* kfree_skb has the argument `reason`. */
bool has_drop_reasons(void);

/* kfree_skb has the argument `rx_sk`. */
bool has_drop_receiver(void);

/* bpf_sk_storage_get() in tracing programs. */
bool has_storage_in_tracing(void);

/* -1: the kernel has no such reason. name: without SKB_DROP_REASON_ */
int drop_reason(const char *name);

#endif
