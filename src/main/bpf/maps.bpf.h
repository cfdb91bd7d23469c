/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the programs share with each other and with user space. */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "trace_dns.h"

/* What is remembered of a DNS socket, in the socket itself. */
struct dns_socket {
	struct owner owner;
	__u8 asked[16];
	__u32 asked_tid; /* the thread that asked */
	__u16 asked_port; /* 0: nothing asked, or the last send went elsewhere */
	__u16 server; /* it has sent from a DNS port, or is bound to one */
	__u32 unanswered; /* queries less responses */
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	/* accepted sockets inherit their listener's */
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct dns_socket);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024); /* user space sets its own before the load */
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2); /* by direction */
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct verdict);
} verdicts SEC(".maps");

struct settings settings; /* mapped by user space */

/* A softirq can interrupt the same CPU's egress run: add atomically. */
#define COUNT(direction, field)                                                     \
	do {                                                                        \
		__u32 _key = (direction);                                           \
		struct counters *_counters = bpf_map_lookup_elem(&counters, &_key); \
		if (_counters)                                                      \
			__sync_fetch_and_add(&_counters->field, 1);                 \
	} while (0)

static __always_inline int is_dns_port(__u16 port)
{
	return settings.ports[port >> 6] >> (port & 63) & 1;
}

static __always_inline void map_ipv4(__u8 *target, __be32 address)
{
	__builtin_memset(target, 0, 10);
	target[10] = 0xff;
	target[11] = 0xff;
	__builtin_memcpy(target + 12, &address, 4);
}

#endif
