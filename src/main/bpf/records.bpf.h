/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Writes packet and chunk records to the ring buffer. */
#ifndef RECORDS_BPF_H
#define RECORDS_BPF_H

#include <linux/errno.h>

#include "owners.bpf.h"
#include "parse.bpf.h"

/*
 * Returns n, which must be in 1..max, max a power of two. The verifiers of all kernels then know
 * the range; the asm statements keep the compiler from removing the mask.
 */
static __always_inline __u32 bound(__u64 n, const __u64 max)
{
	n -= 1;
	asm volatile("" : "+r"(n));
	n &= max - 1;
	asm volatile("" : "+r"(n));
	return n + 1;
}

/*
 * A wake-up costs more than a record: one for each WAKE_BYTES, besides which the reader polls.
 * An idle reader (settings.asleep) does not poll and is woken by every record.
 */
static __always_inline __u64 wake_flags(__u32 record_len)
{
	__u64 unread = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	__u64 before = unread - (BPF_RINGBUF_HDR_SZ + record_len);

	if (settings.asleep)
		return BPF_RB_FORCE_WAKEUP;
	return unread / WAKE_BYTES != before / WAKE_BYTES ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* A global function: verified once, not for each iteration of the loop in write_chunks(). */
__noinline int write_chunk(struct __sk_buff *skb, __u32 payload_offset, __u32 position, __u64 time,
			   __u32 direction)
{
	struct {
		struct chunk_record head;
		__u8 data[CHUNK_LEN];
	} * record;
	__u32 at = payload_offset + position;
	__u32 len;

	if (at >= skb->len)
		return -EINVAL;
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record)
		return -ENOSPC;
	len = skb->len - at;
	if (len > CHUNK_LEN)
		len = CHUNK_LEN;
	len = bound(len, CHUNK_LEN);
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
		return -EFAULT;
	}
	bpf_ringbuf_submit(record, wake_flags(sizeof(*record)));
	return 0;
}

/* The payload but its first CHUNK_LEN bytes. */
static __always_inline int write_chunks(struct packet_ctx *packet)
{
	for (__u32 i = 1; i < MAX_CHUNKS; i++) {
		if (i * CHUNK_LEN >= packet->payload_len)
			return 0;
		if (write_chunk(packet->skb, packet->payload_offset, i * CHUNK_LEN, packet->time,
				packet->direction))
			return -ENOSPC;
	}
	return MAX_CHUNKS * CHUNK_LEN >= packet->payload_len ? 0 : -ENOSPC;
}

static __always_inline void write_asked(struct packet_record *record, struct packet_ctx *packet)
{
	struct dns_socket *socket = packet->socket;
	struct bpf_sock *sk = packet->sk;
	__u16 port = connected_port(sk);

	if (port && sk->family == AF_INET) {
		write_ipv4_mapped(record->asked, sk->dst_ip4);
	} else if (port) {
		write_ipv6(record->asked, sk->dst_ip6);
	} else if (socket && socket->asked_tid == record->owner.tid) {
		__builtin_memcpy(record->asked, socket->asked, 16);
		port = socket->asked_port;
		barrier();
		/* Another thread's sendmsg() may have changed it during the copy. */
		if (*(volatile __u32 *)&socket->asked_tid != record->owner.tid)
			port = 0;
	}
	record->asked_port = port;
	if (port)
		record->flags |= ASKED_KNOWN;
}

/* Source and destination are adjacent in both IP headers. */
static __always_inline int write_addresses(struct packet_record *record, struct packet_ctx *packet)
{
	__be32 ipv4[2];

	if (packet->version == 6)
		return bpf_skb_load_bytes(packet->skb, offsetof(struct ipv6hdr, saddr),
					  record->source, 32);
	if (bpf_skb_load_bytes(packet->skb, offsetof(struct iphdr, saddr), ipv4, sizeof(ipv4)))
		return -EFAULT;
	write_ipv4_mapped(record->source, ipv4[0]);
	write_ipv4_mapped(record->destination, ipv4[1]);
	return 0;
}

/* 127.0.0.0/8 (RFC 1122 section 3.2.1.3) and ::1 (RFC 4291 section 2.5.3). */
static __always_inline int is_loopback(const __u8 *address)
{
	const __u32 *words = (const __u32 *)address;

	if (words[0] || words[1])
		return 0;
	if (words[2] == bpf_htonl(0xffff))
		return address[12] == 127;
	return !words[2] && words[3] == bpf_htonl(1);
}

/*
 * A loopback address is unique within one network namespace only. That is the socket's, which may
 * differ from its process's after setns().
 */
static __always_inline void write_netns(struct packet_record *record, struct packet_ctx *packet)
{
	struct sk_buff *skb = (struct sk_buff *)packet->skb;

	record->netns = 0;
	if (is_loopback(record->source) || is_loopback(record->destination))
		record->netns = BPF_CORE_READ(skb, sk, __sk_common.skc_net.net, ns.inum);
}

/* The current task is read directly: other threads may be writing the socket's owner. */
static __always_inline void write_owner(struct packet_record *record, struct packet_ctx *packet)
{
	record->attribution = packet->attribution;
	if (packet->sent_by_current) {
		read_current_owner(&record->owner);
		if (packet->socket)
			store_owner(packet->socket, &record->owner);
	} else if (!packet->socket || !load_owner(&record->owner, packet->socket)) {
		__builtin_memset(&record->owner, 0, sizeof(record->owner));
		record->attribution = OWNER_UNKNOWN;
	}
}

/*
 * The receiver's buffer may drop the packet, after this hook: user space then waits for that
 * before it shows the packet. The kernel compares the same two (net/ipv4/udp.c,
 * __udp_enqueue_schedule_skb()).
 */
static __always_inline int is_buffer_filling(struct packet_ctx *packet)
{
	struct sk_buff *skb = (struct sk_buff *)packet->skb;
	__u32 used;

	if (packet->direction != INGRESS || packet->protocol != IPPROTO_UDP ||
	    !is_dns_port(packet->destination_port))
		return 0;
	used = BPF_CORE_READ(skb, sk, sk_backlog.rmem_alloc.counter);
	return used && used >= (__u32)BPF_CORE_READ(skb, sk, sk_rcvbuf) / 2;
}

/* Everything but inline_len and the payload. */
static __noinline int write_head(struct packet_record *record, struct packet_ctx *packet)
{
	struct __sk_buff *skb = packet->skb;

	record->kind = RECORD_PACKET;
	record->direction = packet->direction;
	record->pkt_type = skb->pkt_type;
	record->protocol = packet->protocol;
	record->source_port = packet->source_port;
	record->destination_port = packet->destination_port;
	record->payload_len = packet->payload_len;
	record->gso_size = skb->gso_size;
	record->tcp_seq = packet->tcp_seq;
	record->tcp_ack = packet->tcp_ack;
	record->time = packet->time;
	record->cookie = bpf_get_socket_cookie(skb);
	record->cgroup = bpf_skb_cgroup_id(skb);
	record->flags = packet->flags | (is_buffer_filling(packet) ? BUFFER_FILLING : 0);
	record->asked_port = 0;
	write_owner(record, packet);
	if (packet->direction == EGRESS)
		write_asked(record, packet);
	if (write_addresses(record, packet))
		return -EFAULT;
	write_netns(record, packet);
	return 0;
}

/* len: 1..room payload bytes. room: a constant, as bpf_ringbuf_reserve() requires. */
static __always_inline int write_record(struct packet_ctx *packet, __u64 len, const __u32 room)
{
	struct packet_record *record = bpf_ringbuf_reserve(&events, sizeof(*record) + room, 0);

	if (!record)
		return -ENOSPC;
	len = bound(len, room);
	record->inline_len = len;
	if (write_head(record, packet) ||
	    bpf_skb_load_bytes(packet->skb, packet->payload_offset, record + 1, len)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return -EFAULT;
	}
	bpf_ringbuf_submit(record, wake_flags(sizeof(*record) + room));
	return 0;
}

/*
 * Records of four sizes. Chunks come before the record that completes them, so that a packet is
 * recorded whole or not at all.
 */
static __always_inline int write_packet(struct packet_ctx *packet)
{
	__u32 len = packet->payload_len;

	if (len <= 64)
		return write_record(packet, len, 64);
	if (len <= 256)
		return write_record(packet, len, 256);
	if (len <= 1024)
		return write_record(packet, len, 1024);
	if (len <= CHUNK_LEN)
		return write_record(packet, len, CHUNK_LEN);
	if (write_chunks(packet))
		return -ENOSPC;
	return write_record(packet, CHUNK_LEN, CHUNK_LEN);
}

static __always_inline void record_packet(struct packet_ctx *packet)
{
	switch (write_packet(packet)) {
	case 0:
		COUNT(packet->direction, recorded);
		break;
	case -ENOSPC:
		/* As write_owner() would have done. */
		if (packet->sent_by_current && packet->socket)
			store_current_owner(packet->socket);
		COUNT(packet->direction, ring_full);
		break;
	default:
		COUNT(packet->direction, bad);
	}
}

#endif
