/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Why a DNS packet was lost: packets that the kernel drops, ICMP errors that it sends, and errors
 * that it reports to sockets. Tracing programs get a struct sk_buff, which no helper reads: bytes
 * are copied with bpf_probe_read_kernel().
 */
#ifndef DROPS_BPF_H
#define DROPS_BPF_H

#include "records.bpf.h"

#define ICMP_DEST_UNREACH 3 /* RFC 792 */
#define ICMP_TIME_EXCEEDED 11
#define ETH_P_IPV6_BE bpf_htons(0x86dd)
#define DST_PTRMASK (~1UL) /* include/linux/skbuff.h, SKB_DST_PTRMASK */
#define LINK_STATE_START 0 /* include/linux/netdevice.h, enum netdev_state_t */
#define LINK_STATE_NOCARRIER 2
#define RTN_LOCAL 2 /* include/uapi/linux/rtnetlink.h */
#define RTF_LOCAL 0x80000000 /* include/uapi/linux/ipv6_route.h */

/* The ports follow an IPv4 header without options, or an IPv6 header without extensions. */
#define HEADERS_LEN (sizeof(struct ipv6hdr) + 2 * sizeof(__be16))

struct dropped_packet {
	struct sk_buff *skb;
	const void *network; /* address of the IP header */
	__u64 cookie; /* of the socket that `place` names, 0 if there is none */
	__u32 payload_offset; /* from the IP header; of the transport header at first */
	__u32 payload_len; /* as far as the skb's linear part has it */
	__u32 reason;
	__u16 source_port; /* host byte order */
	__u16 destination_port;
	__u8 version;
	__u8 protocol;
	__u8 hook; /* enum drop_hook */
	__u8 place; /* enum drop_place */
	__u8 headers[HEADERS_LEN];
};

/* Linux 5.11 and later, which another helper that is new there identifies. */
static __always_inline int has_storage_in_tracing(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_sock_from_file);
}

enum skb_drop_reason___any {
	SKB_DROP_REASON_NETFILTER_DROP___any,
	SKB_DROP_REASON_NEIGH_FAILED___any,
	SKB_DROP_REASON_DEV_READY___any,
	SKB_CONSUMED___any,
};

/* Linux 5.17 and later: kfree_skb has the argument `reason`. */
static __always_inline int has_drop_reason(void)
{
	return bpf_core_type_exists(enum skb_drop_reason___any);
}

typedef void (*btf_trace_kfree_skb___receiver)(void *, struct sk_buff *, void *,
					       enum skb_drop_reason___any, struct sock *);

/* Linux 6.11 and later: kfree_skb has the argument `rx_sk`. */
static __always_inline int has_drop_receiver(void)
{
	return bpf_core_type_exists(btf_trace_kfree_skb___receiver);
}

/* 0 if the kernel has no such reason; the numbers differ between kernels. */
#define DROP_REASON(name)                                                        \
	(bpf_core_enum_value_exists(enum skb_drop_reason___any, name##___any)    \
		 ? bpf_core_enum_value(enum skb_drop_reason___any, name##___any) \
		 : 0)

/*
 * The reasons that matter for TCP: all others, such as old data, are part of its work, and what was
 * lost is sent again.
 */
static __always_inline int is_reason_for_tcp(__u32 reason)
{
	return reason && (reason == DROP_REASON(SKB_DROP_REASON_NETFILTER_DROP) ||
			  reason == DROP_REASON(SKB_DROP_REASON_NEIGH_FAILED) ||
			  reason == DROP_REASON(SKB_DROP_REASON_DEV_READY));
}

static __always_inline int parse_dropped_ipv4(struct dropped_packet *packet)
{
	const struct iphdr *ip = (const struct iphdr *)packet->headers;
	__u32 at = ip->ihl * 4;

	if (ip->version != 4 || at < sizeof(*ip) || ip->frag_off & bpf_htons(IP_OFFSET_MASK))
		return 0;
	packet->version = 4;
	packet->protocol = ip->protocol;
	packet->payload_offset = at;
	return 1;
}

/* Extension headers are not followed. */
static __always_inline int parse_dropped_ipv6(struct dropped_packet *packet)
{
	const struct ipv6hdr *ip = (const struct ipv6hdr *)packet->headers;

	if (ip->version != 6)
		return 0;
	packet->version = 6;
	packet->protocol = ip->nexthdr;
	packet->payload_offset = sizeof(*ip);
	return 1;
}

static __always_inline int read_dropped_ports(struct dropped_packet *packet)
{
	__be16 ports[2];
	__u32 at = packet->payload_offset;

	if (at == sizeof(struct iphdr))
		__builtin_memcpy(ports, packet->headers + sizeof(struct iphdr), sizeof(ports));
	else if (at == sizeof(struct ipv6hdr))
		__builtin_memcpy(ports, packet->headers + sizeof(struct ipv6hdr), sizeof(ports));
	else if (bpf_probe_read_kernel(ports, sizeof(ports), packet->network + at))
		return 0;
	packet->source_port = bpf_ntohs(ports[0]);
	packet->destination_port = bpf_ntohs(ports[1]);
	return 1;
}

/* Returns 0 for what is neither UDP nor TCP, or has no IP header yet. */
static __always_inline int parse_dropped(struct dropped_packet *packet)
{
	struct sk_buff *skb = packet->skb;
	__be16 protocol = skb->protocol;

	if (protocol != ETH_P_IP_BE && protocol != ETH_P_IPV6_BE)
		return 0;
	packet->network = (const void *)skb->head + skb->network_header;
	if (bpf_probe_read_kernel(packet->headers, sizeof(packet->headers), packet->network))
		return 0;
	if (!(protocol == ETH_P_IP_BE ? parse_dropped_ipv4(packet) : parse_dropped_ipv6(packet)))
		return 0;
	return (packet->protocol == IPPROTO_UDP || packet->protocol == IPPROTO_TCP) &&
	       read_dropped_ports(packet);
}

/*
 * Whether the packet was to be delivered in the network namespace that dropped it. UDP removes the
 * route before it queues the packet to a socket; the IP header is then in front of skb->data.
 */
static __always_inline int is_for_this_host(struct dropped_packet *packet)
{
	unsigned long dst = packet->skb->_skb_refdst & DST_PTRMASK;

	if (!dst)
		return (const void *)packet->skb->data > packet->network;
	if (packet->version == 4)
		return BPF_CORE_READ((struct rtable *)dst, rt_type) == RTN_LOCAL;
	return (BPF_CORE_READ((struct rt6_info *)dst, rt6i_flags) & RTF_LOCAL) != 0;
}

/*
 * Sets place and cookie. skb->sk is the sender's socket, or, after an early lookup, the receiver's:
 * its port tells the two apart.
 *
 * receiver: the argument rx_sk, which may be NULL
 */
static __always_inline void find_drop_place(struct dropped_packet *packet, struct sock *receiver)
{
	struct sock *sk = packet->skb->sk;
	__u16 port;

	/* Linux 6.11 and 6.12 take it for never NULL, and skip the check: the copy is safe. */
	if (receiver)
		packet->cookie = BPF_CORE_READ(receiver, __sk_common.skc_cookie.counter);
	if (packet->cookie) {
		packet->place = DROP_AT_RECEIVING_SOCKET;
	} else if (sk) {
		port = sk->__sk_common.skc_num;
		packet->cookie = sk->__sk_common.skc_cookie.counter;
		packet->place = port == packet->destination_port && port != packet->source_port
					? DROP_AT_RECEIVING_SOCKET
					: DROP_AT_SENDING_SOCKET;
	} else {
		packet->place = is_for_this_host(packet) ? DROP_AT_RECEIVING_HOST : DROP_ON_PATH;
	}
}

/* Sets payload_offset and payload_len; TCP segments have none here. */
static __always_inline void find_dropped_payload(struct dropped_packet *packet)
{
	__u32 begin, end = packet->skb->tail;

	packet->payload_offset += sizeof(struct udphdr);
	begin = packet->skb->network_header + packet->payload_offset;
	packet->payload_len = packet->protocol == IPPROTO_UDP && end > begin ? end - begin : 0;
}

static __always_inline struct dns_socket *sending_storage(struct dropped_packet *packet)
{
	struct sock *sk = packet->skb->sk;

	if (packet->place != DROP_AT_SENDING_SOCKET || !has_storage_in_tracing() || !sk)
		return 0;
	return bpf_sk_storage_get(&sockets, sk, 0, 0);
}

static __always_inline int is_dropped_dns(struct dropped_packet *packet, struct dns_socket *socket)
{
	return is_dns_port(packet->source_port) || is_dns_port(packet->destination_port) ||
	       settings.any_udp_port || (socket && (socket->asked_port || socket->server));
}

static __always_inline void write_dropped_addresses(struct packet_record *record,
						    struct dropped_packet *packet)
{
	const __u8 *headers = packet->headers;

	if (packet->version == 4) {
		write_ipv4_mapped(record->source,
				  *(__be32 *)(headers + offsetof(struct iphdr, saddr)));
		write_ipv4_mapped(record->destination,
				  *(__be32 *)(headers + offsetof(struct iphdr, daddr)));
	} else {
		__builtin_memcpy(record->source, headers + offsetof(struct ipv6hdr, saddr), 16);
		__builtin_memcpy(record->destination, headers + offsetof(struct ipv6hdr, daddr),
				 16);
	}
}

/*
 * The sender is the current task if it is the one that called sendmsg() or connect() last. A packet
 * that netfilter drops on its way out has not passed the egress hook.
 */
static __always_inline void write_dropped_owner(struct packet_record *record,
						struct dns_socket *socket)
{
	if (socket && socket->asked_tid == (__u32)bpf_get_current_pid_tgid()) {
		read_current_owner(&record->owner);
		record->attribution = OWNER_EXACT;
	} else if (socket && load_owner(&record->owner, socket)) {
		record->attribution = OWNER_SOCKET;
	} else {
		__builtin_memset(&record->owner, 0, sizeof(record->owner));
		record->attribution = OWNER_UNKNOWN;
	}
}

/* As write_asked(), for the socket that sent the packet. */
static __always_inline void write_dropped_asked(struct packet_record *record, struct sock *sk,
						struct dns_socket *socket)
{
	__u16 port = bpf_ntohs(sk->__sk_common.skc_dport);

	if (port && sk->__sk_common.skc_family == AF_INET) {
		write_ipv4_mapped(record->asked, sk->__sk_common.skc_daddr);
	} else if (port) {
		bpf_core_read(record->asked, 16, &sk->__sk_common.skc_v6_daddr);
	} else if (socket) {
		port = socket->asked_port;
		__builtin_memcpy(record->asked, socket->asked, 16);
	}
	record->asked_port = port;
	if (port)
		record->flags |= ASKED_KNOWN;
}

static __always_inline void write_sending_socket(struct packet_record *record,
						 struct dropped_packet *packet,
						 struct dns_socket *socket)
{
	struct sock *sk = packet->skb->sk;

	record->direction = EGRESS;
	if (!sk)
		return;
	/* Linux 5.15 and later, and 5.10.262. */
	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		record->cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup, kn, id);
	write_dropped_asked(record, sk, socket);
}

static __always_inline __u32 network_namespace(struct sk_buff *skb)
{
	__u32 inum = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);

	return inum ? inum : BPF_CORE_READ(skb, sk, __sk_common.skc_net.net, ns.inum);
}

/* A device without carrier has a queue that drops every packet. */
static __always_inline int is_device_down(struct sk_buff *skb)
{
	unsigned long state;

	if (bpf_core_read(&state, sizeof(state), &skb->dev->state))
		return 0;
	return !(state & 1UL << LINK_STATE_START) || state & 1UL << LINK_STATE_NOCARRIER;
}

static __noinline int write_drop_head(struct drop_record *record, struct dropped_packet *packet,
				      struct dns_socket *socket)
{
	struct packet_record *head = &record->packet;

	__builtin_memset(head, 0, sizeof(*head));
	head->kind = RECORD_DROP;
	head->protocol = packet->protocol;
	head->source_port = packet->source_port;
	head->destination_port = packet->destination_port;
	head->time = bpf_ktime_get_boot_ns();
	head->cookie = packet->cookie;
	head->payload_len = packet->payload_len;
	head->inline_len = packet->payload_len;
	write_dropped_addresses(head, packet);
	write_dropped_owner(head, socket);
	if (packet->place == DROP_AT_SENDING_SOCKET)
		write_sending_socket(head, packet, socket);
	if (is_loopback(head->source) || is_loopback(head->destination))
		head->netns = network_namespace(packet->skb);
	record->reason = packet->reason;
	record->hook = packet->hook;
	record->place = packet->place;
	record->device_down = is_device_down(packet->skb);
	return 0;
}

/* reason: of enum skb_drop_reason, or of ICMP type << 8 | code */
static __always_inline void on_drop(struct sk_buff *skb, struct sock *receiver, __u8 hook,
				    __u32 reason)
{
	struct dropped_packet packet = { .skb = skb, .hook = hook, .reason = reason };
	struct drop_record *record;
	struct dns_socket *socket;
	__u32 len;

	if (!parse_dropped(&packet))
		return;
	if (packet.protocol == IPPROTO_TCP && hook == DROP_KFREE_SKB && !is_reason_for_tcp(reason))
		return;
	find_drop_place(&packet, receiver);
	socket = sending_storage(&packet);
	if (socket)
		socket->unsent = 0; /* the drop is reported instead */
	if (!is_dropped_dns(&packet, socket))
		return;
	find_dropped_payload(&packet);
	if (packet.payload_len > DROP_LEN)
		packet.payload_len = DROP_LEN;
	if (is_ring_for_packets_only()) {
		COUNT(INGRESS, drops_lost);
		return;
	}
	record = bpf_ringbuf_reserve(&events, sizeof(*record) + DROP_LEN, 0);
	if (!record) {
		COUNT(INGRESS, drops_lost);
		return;
	}
	write_drop_head(record, &packet, socket);
	len = packet.payload_len;
	if (len) {
		len = bound(len, DROP_LEN);
		bpf_probe_read_kernel(record + 1, len, packet.network + packet.payload_offset);
	}
	bpf_ringbuf_submit(record, wake_flags(sizeof(*record) + DROP_LEN));
	COUNT(INGRESS, drops);
}

/* An error that the kernel reports to the application: of a client's DNS socket only. */
static __always_inline void on_socket_error(struct sock *sk)
{
	__u32 errno = sk->sk_err;
	struct dns_socket *socket;
	struct drop_record *record;

	if (!errno)
		return;
	socket = bpf_sk_storage_get(&sockets, sk, 0, 0);
	if (!socket || !socket->asked_port)
		return;
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		COUNT(INGRESS, drops_lost);
		return;
	}
	__builtin_memset(record, 0, sizeof(*record));
	record->packet.kind = RECORD_DROP;
	record->packet.protocol = sk->sk_protocol;
	record->packet.time = bpf_ktime_get_boot_ns();
	record->packet.cookie = sk->__sk_common.skc_cookie.counter;
	record->reason = errno;
	record->hook = DROP_SOCKET_ERROR;
	record->place = DROP_AT_SENDING_SOCKET;
	bpf_ringbuf_submit(record, wake_flags(sizeof(*record)));
	COUNT(INGRESS, drops);
}

#endif
