/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Maps and global variables. */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "trace_dns.h"

/* No drop and unsent records while more than 1/2 of the ring is in use: the rest is for packets. */
#define DROP_SHARE 2

/* What no packet has left of so far: dns_socket.unsent. */
enum unsent {
	UNSENT_CONNECT = 1,
	UNSENT_SEND = 2,
	UNSENT_MASK = 3, /* the epoch is above */
	UNSENT_BITS = 2,
};

/* Socket storage of a DNS socket. */
struct dns_socket {
	struct owner owner; /* read and written without a lock: see store_owner() */
	__u8 asked[16]; /* destination of the last connect() or sendmsg() to a DNS port */
	__u32 asked_tid; /* the thread that called it; 0 while asked is being written */
	__u16 asked_port; /* 0: none yet, or a later send went to a non-DNS port */
	__u16 server; /* 1: bound to a DNS port, or has sent from one */
	__u32 queried; /* 1: has sent a query, or connects to a server by TCP */
	__u32 unsent; /* enum unsent and the epoch; 0: nothing is outstanding */
};

/* BPF_F_CLONE: sockets from accept() inherit their listener's storage. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct dns_socket);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024); /* user space sets the size before loading */
} events SEC(".maps");

/* Key: enum direction. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

/* Key: cgroup id. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct verdict);
} verdicts SEC(".maps");

struct settings settings; /* user space maps .bss */

/* Atomic although per CPU: a softirq may run egress while egress runs in process context. */
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

static __always_inline int is_skipped(__u64 cgroup)
{
	struct verdict *verdict;

	if (!settings.verdicts)
		return 0;
	verdict = bpf_map_lookup_elem(&verdicts, &cgroup);
	return verdict && verdict->skip && verdict->epoch == settings.epoch;
}

/* Whether records that are not packets take too much of the ring already. */
static __always_inline int is_ring_for_packets_only(void)
{
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >
	       bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / DROP_SHARE;
}

/* RFC 4291 section 2.5.5.2: ::ffff:a.b.c.d */
static __always_inline void write_ipv4_mapped(__u8 *target, __be32 address)
{
	__builtin_memset(target, 0, 10);
	target[10] = 0xff;
	target[11] = 0xff;
	__builtin_memcpy(target + 12, &address, 4);
}

/* Copies word by word: the verifier allows no wider access to bpf_sock and bpf_sock_addr. */
static __always_inline void write_ipv6(__u8 *target, const __u32 *address)
{
	__u32 *words = (__u32 *)target;

	words[0] = address[0];
	words[1] = address[1];
	words[2] = address[2];
	words[3] = address[3];
}

#endif
