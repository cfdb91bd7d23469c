/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* From a packet to a record in the ring. */
#ifndef RECORDS_BPF_H
#define RECORDS_BPF_H

#include "headers.bpf.h"
#include "owners.bpf.h"

/* 1..max for the verifiers of all kernels; n is u64, max a power of two, n > 0 must hold. */
#define BOUND(n, max)                        \
	({                                   \
		__u64 _n = (n);              \
		_n -= 1;                     \
		asm volatile("" : "+r"(_n)); \
		_n &= (max)-1;               \
		asm volatile("" : "+r"(_n)); \
		(__u32)(_n + 1);             \
	})

/* A wake-up costs more than a record: one for each WAKE_BYTES, the reader looks by itself besides,
 * unless it sleeps since there was nothing for long.
 */
static __always_inline __u64 wake_flags(__u32 record_len)
{
	__u64 unread = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	__u64 before = unread - (BPF_RINGBUF_HDR_SZ + record_len);

	if (settings.asleep)
		return BPF_RB_FORCE_WAKEUP;
	return unread / WAKE_BYTES != before / WAKE_BYTES ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* Global, so that it is verified once and not for each turn of the loop that calls it. */
__noinline int emit_chunk(struct __sk_buff *skb, __u32 from, __u32 position, __u64 time,
			  __u32 direction)
{
	struct {
		struct chunk_record head;
		__u8 data[CHUNK_LEN];
	} * record;
	__u32 at = from + position;
	__u32 len;

	if (at >= skb->len)
		return -1;
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record)
		return -1;
	len = skb->len - at;
	if (len > CHUNK_LEN)
		len = CHUNK_LEN;
	len = BOUND(len, CHUNK_LEN);
	record->head.kind = RECORD_CHUNK;
	record->head.direction = direction;
	record->head.unused = 0;
	record->head.offset = position;
	record->head.len = len;
	record->head.unused2 = 0;
	record->head.time = time;
	record->head.cookie = bpf_get_socket_cookie(skb);
	if (bpf_skb_load_bytes(skb, at, record->data, len)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return -1;
	}
	bpf_ringbuf_submit(record, wake_flags(sizeof(*record)));
	return 0;
}

static __always_inline void write_asked(struct packet_record *record, struct bpf_sock *sk,
					struct dns_socket *socket)
{
	__u16 port = connected_port(sk);
	__u32 *asked = (__u32 *)record->asked;

	if (port && sk->family == AF_INET) {
		map_ipv4(record->asked, sk->dst_ip4);
	} else if (port) {
		asked[0] = sk->dst_ip6[0];
		asked[1] = sk->dst_ip6[1];
		asked[2] = sk->dst_ip6[2];
		asked[3] = sk->dst_ip6[3];
	} else if (socket && socket->asked_tid == record->owner.tid) {
		__builtin_memcpy(record->asked, socket->asked, 16);
		port = socket->asked_port;
		barrier();
		/* Another thread asks on this socket meanwhile: the copy may be its server. */
		if (*(volatile __u32 *)&socket->asked_tid != record->owner.tid)
			port = 0;
	}
	record->asked_port = port;
	record->asked_known = port != 0;
}

static __always_inline int write_addresses(struct packet_record *record, struct __sk_buff *skb,
					   struct headers *h)
{
	__be32 ipv4[2];

	if (h->version == 6)
		/* source and destination lie side by side in both */
		return bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, saddr), record->source, 32);
	if (bpf_skb_load_bytes(skb, offsetof(struct iphdr, saddr), ipv4, sizeof(ipv4)))
		return -1;
	map_ipv4(record->source, ipv4[0]);
	map_ipv4(record->destination, ipv4[1]);
	return 0;
}

static __always_inline int is_loopback(const __u8 *address)
{
	const __u32 *words = (const __u32 *)address;

	if (words[0] || words[1])
		return 0;
	if (words[2] == bpf_htonl(0xffff))
		return address[12] == 127;
	return !words[2] && words[3] == bpf_htonl(1);
}

/* Loopback addresses mean something within one network namespace only: the socket's, which need
 * not be its process's.
 */
static __always_inline void write_netns(struct packet_record *record, struct __sk_buff *skb)
{
	record->netns = 0;
	if (is_loopback(record->source) || is_loopback(record->destination))
		record->netns =
			BPF_CORE_READ((struct sk_buff *)skb, sk, __sk_common.skc_net.net, ns.inum);
}

/* All but the payload. */
static __noinline int write_head(struct packet_record *record, struct __sk_buff *skb,
				 struct headers *h, struct dns_socket *socket)
{
	struct bpf_sock *sk = skb->sk;

	record->kind = RECORD_PACKET;
	record->direction = h->direction;
	record->pkt_type = skb->pkt_type;
	record->protocol = h->protocol;
	record->source_port = h->source_port;
	record->destination_port = h->destination_port;
	record->payload_len = h->payload_len;
	record->tcp_seq = h->tcp_seq;
	record->gso_size = skb->gso_size;
	record->time = h->time;
	record->cookie = bpf_get_socket_cookie(skb);
	record->cgroup = bpf_skb_cgroup_id(skb);
	record->asked_known = 0;
	record->asked_port = 0;
	record->attribution = h->attribution;
	if (h->running) {
		/* Not by way of the socket, which other threads may be writing to. */
		read_owner(&record->owner, (struct task_struct *)bpf_get_current_task());
		if (socket)
			remember(socket, &record->owner);
	} else if (!socket || !recall(&record->owner, socket)) {
		__builtin_memset(&record->owner, 0, sizeof(record->owner));
		record->attribution = OWNER_UNKNOWN;
	}
	if (sk && h->direction == EGRESS) {
		sk = bpf_sk_fullsock(sk);
		if (sk)
			write_asked(record, sk, socket);
	}
	if (write_addresses(record, skb, h))
		return -1;
	write_netns(record, skb);
	return 0;
}

/* One record of a size class: the ring wants constant sizes. */
#define EMIT(payload_max)                                                                \
	do {                                                                             \
		struct {                                                                 \
			struct packet_record head;                                       \
			__u8 payload[payload_max];                                       \
		} *_record = bpf_ringbuf_reserve(&events, sizeof(*_record), 0);          \
		if (!_record) {                                                          \
			COUNT(h->direction, ring_full);                                  \
			return 0;                                                        \
		}                                                                        \
		len = BOUND(len, payload_max);                                           \
		_record->head.inline_len = len;                                          \
		if (write_head(&_record->head, skb, h, socket) ||                        \
		    bpf_skb_load_bytes(skb, h->payload_offset, _record->payload, len)) { \
			bpf_ringbuf_discard(_record, BPF_RB_NO_WAKEUP);                  \
			COUNT(h->direction, bad);                                        \
			return 0;                                                        \
		}                                                                        \
		bpf_ringbuf_submit(_record, wake_flags(sizeof(*_record)));               \
	} while (0)

/* The chunks come before the record that completes them: a packet is recorded whole or not at all.
 */
static __always_inline int emit_chunks(struct __sk_buff *skb, struct headers *h)
{
	for (__u32 i = 1; i < MAX_CHUNKS; i++) {
		if (i * CHUNK_LEN >= h->payload_len)
			return 0;
		if (emit_chunk(skb, h->payload_offset, i * CHUNK_LEN, h->time, h->direction))
			return -1;
	}
	return MAX_CHUNKS * CHUNK_LEN >= h->payload_len ? 0 : -1;
}

static __always_inline int emit(struct __sk_buff *skb, struct headers *h, struct dns_socket *socket)
{
	__u64 len = h->payload_len;

	if (len <= 64) {
		EMIT(64);
	} else if (len <= 256) {
		EMIT(256);
	} else if (len <= 1024) {
		EMIT(1024);
	} else {
		if (len > CHUNK_LEN) {
			if (emit_chunks(skb, h)) {
				COUNT(h->direction, ring_full);
				return 0;
			}
			len = CHUNK_LEN;
		}
		EMIT(CHUNK_LEN);
	}
	COUNT(h->direction, recorded);
	return 0;
}

#endif
