/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Parses IP, UDP and TCP headers up to the payload. */
#ifndef PARSE_BPF_H
#define PARSE_BPF_H

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "trace_dns.h"

#define ETH_P_IP_BE bpf_htons(0x0800)
#define IP_OFFSET_MASK 0x1fff
#define DNS_HEADER_LEN 12
#define MAX_EXTENSION_HEADERS 8

/* What trace() collects about one packet, from its headers to its record. */
struct packet_ctx {
	struct __sk_buff *skb;
	struct bpf_sock *sk; /* a full socket, see bpf_sk_fullsock() */
	struct dns_socket *socket; /* the storage of sk, NULL if it has none */
	__u64 time; /* CLOCK_BOOTTIME, ns */
	__u32 payload_offset; /* from the network header */
	__u32 payload_len;
	__u32 tcp_seq; /* of the payload's first byte */
	__u32 tcp_ack;
	__u16 source_port; /* host byte order */
	__u16 destination_port;
	__u8 version; /* of IP */
	__u8 protocol;
	__u8 direction; /* enum direction */
	__u8 attribution; /* enum attribution */
	__u8 sent_by_current; /* 1: the current task sends this packet */
	__u8 flags; /* enum packet_flags, those of TCP */
};

enum parse_result {
	PARSED,
	NOT_TRANSPORT, /* neither UDP nor TCP */
	LATER_FRAGMENT, /* has no transport header */
	MALFORMED,
};

static __always_inline void set_ports(struct packet_ctx *packet, __be16 source, __be16 destination)
{
	packet->source_port = bpf_ntohs(source);
	packet->destination_port = bpf_ntohs(destination);
}

static __always_inline void set_udp(struct packet_ctx *packet, const struct udphdr *udp, __u32 at)
{
	set_ports(packet, udp->source, udp->dest);
	packet->payload_offset = at + sizeof(*udp);
}

/* A SYN takes one sequence number and may carry data (RFC 7413). */
static __always_inline void set_tcp(struct packet_ctx *packet, const struct tcphdr *tcp, __u32 at)
{
	set_ports(packet, tcp->source, tcp->dest);
	packet->tcp_seq = bpf_ntohl(tcp->seq) + tcp->syn;
	packet->tcp_ack = bpf_ntohl(tcp->ack_seq);
	packet->flags = (tcp->syn ? TCP_BEGINS : 0) | (tcp->ack ? TCP_ACKNOWLEDGES : 0);
	packet->payload_offset = at + tcp->doff * 4;
}

/* Copies the transport header at offset `at`, which may lie outside the skb's linear part. */
static __noinline int parse_transport(struct packet_ctx *packet, __u32 at)
{
	if (packet->protocol == IPPROTO_UDP) {
		struct udphdr udp;

		if (bpf_skb_load_bytes(packet->skb, at, &udp, sizeof(udp)))
			return MALFORMED;
		set_udp(packet, &udp, at);
		return PARSED;
	}
	if (packet->protocol == IPPROTO_TCP) {
		struct tcphdr tcp;

		if (bpf_skb_load_bytes(packet->skb, at, &tcp, sizeof(tcp)))
			return MALFORMED;
		set_tcp(packet, &tcp, at);
		return PARSED;
	}
	return NOT_TRANSPORT;
}

/* RFC 8200 section 4, at most MAX_EXTENSION_HEADERS; AH: RFC 4302 section 2.2. */
static __noinline int parse_ipv6_extensions(struct packet_ctx *packet)
{
	__u32 at = sizeof(struct ipv6hdr);

	for (int i = 0; i < MAX_EXTENSION_HEADERS; i++) {
		__u8 extension[4];

		switch (packet->protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_FRAGMENT:
		case IPPROTO_AH:
			break;
		default:
			return parse_transport(packet, at);
		}
		if (bpf_skb_load_bytes(packet->skb, at, extension, sizeof(extension)))
			return MALFORMED;
		if (packet->protocol == IPPROTO_FRAGMENT) {
			if (extension[2] || extension[3] & 0xf8) /* fragment offset */
				return LATER_FRAGMENT;
			at += 8;
		} else if (packet->protocol == IPPROTO_AH) {
			at += (extension[1] + 2) * 4;
		} else {
			at += (extension[1] + 1) * 8;
		}
		packet->protocol = extension[0];
	}
	return MALFORMED;
}

/* Direct packet access for headers in the linear part, copies for everything else. */
static __always_inline int parse_packet(struct packet_ctx *packet)
{
	void *data = (void *)(long)packet->skb->data;
	void *end = (void *)(long)packet->skb->data_end;
	__u32 at;

	if (packet->skb->protocol == ETH_P_IP_BE) {
		struct iphdr *ip = data;

		if ((void *)(ip + 1) > end)
			return MALFORMED;
		at = ip->ihl * 4;
		if (at < sizeof(*ip))
			return MALFORMED;
		if (ip->frag_off & bpf_htons(IP_OFFSET_MASK))
			return LATER_FRAGMENT;
		packet->version = 4;
		packet->protocol = ip->protocol;
	} else {
		struct ipv6hdr *ip = data;

		if ((void *)(ip + 1) > end)
			return MALFORMED;
		at = sizeof(*ip);
		packet->version = 6;
		packet->protocol = ip->nexthdr;
	}
	if (packet->protocol == IPPROTO_UDP) {
		struct udphdr *udp = data + at;

		if ((void *)(udp + 1) > end)
			return parse_transport(packet, at);
		set_udp(packet, udp, at);
		return PARSED;
	}
	if (packet->protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = data + at;

		if ((void *)(tcp + 1) > end)
			return parse_transport(packet, at);
		set_tcp(packet, tcp, at);
		return PARSED;
	}
	return packet->version == 6 ? parse_ipv6_extensions(packet) : NOT_TRANSPORT;
}

/* RFC 1035 section 4.1.1: opcode 0 to 6, Z bit 0 (RFC 2535 section 6.1), at most 4 questions. */
static __noinline int looks_like_dns(struct packet_ctx *packet)
{
	__u8 header[DNS_HEADER_LEN];

	if (bpf_skb_load_bytes(packet->skb, packet->payload_offset, header, sizeof(header)))
		return 0;
	return (header[2] >> 3 & 0xf) <= 6 && !(header[3] & 0x40) && header[4] == 0 &&
	       header[5] <= 4;
}

#endif
