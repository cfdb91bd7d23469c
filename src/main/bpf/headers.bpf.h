/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* From a packet to its ports and its payload. */
#ifndef HEADERS_BPF_H
#define HEADERS_BPF_H

#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETH_P_IP_BE bpf_htons(0x0800)
#define IP_OFFSET_MASK 0x1fff
#define DNS_HEADER_LEN 12
#define MAX_EXTENSION_HEADERS 8

/* One packet on its way to a record. */
struct headers {
	__u16 source_port;
	__u16 destination_port;
	__u32 payload_offset;
	__u32 payload_len;
	__u32 tcp_seq;
	__u8 protocol;
	__u8 version;
	__u8 direction;
	__u8 attribution;
	__u8 running; /* the running task is the sender */
	__u64 time;
};

enum parse_result { PARSED, NOT_TRANSPORT, FRAGMENT, BAD };

static __always_inline void ports_of(struct headers *h, __be16 source, __be16 destination)
{
	h->source_port = bpf_ntohs(source);
	h->destination_port = bpf_ntohs(destination);
}

/* The transport header wherever it lies, by copying; `at` is its offset. */
static __noinline int parse_transport(struct __sk_buff *skb, struct headers *h, __u32 at)
{
	if (h->protocol == IPPROTO_UDP) {
		struct udphdr udp;
		if (bpf_skb_load_bytes(skb, at, &udp, sizeof(udp)))
			return BAD;
		ports_of(h, udp.source, udp.dest);
		h->payload_offset = at + sizeof(udp);
	} else if (h->protocol == IPPROTO_TCP) {
		struct tcphdr tcp;
		if (bpf_skb_load_bytes(skb, at, &tcp, sizeof(tcp)))
			return BAD;
		ports_of(h, tcp.source, tcp.dest);
		h->tcp_seq = bpf_ntohl(tcp.seq) + tcp.syn; /* a SYN may carry data */
		h->payload_offset = at + tcp.doff * 4;
	} else {
		return NOT_TRANSPORT;
	}
	return PARSED;
}

/* RFC 8200 section 4: the chain of extension headers. */
static __noinline int parse_ipv6_extensions(struct __sk_buff *skb, struct headers *h)
{
	__u32 at = sizeof(struct ipv6hdr);

	for (int i = 0; i < MAX_EXTENSION_HEADERS; i++) {
		__u8 extension[4];

		switch (h->protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_FRAGMENT:
		case IPPROTO_AH:
			break;
		default:
			return parse_transport(skb, h, at);
		}
		if (bpf_skb_load_bytes(skb, at, extension, sizeof(extension)))
			return BAD;
		if (h->protocol == IPPROTO_FRAGMENT) {
			if (extension[2] || extension[3] & 0xf8)
				return FRAGMENT;
			at += 8;
		} else if (h->protocol == IPPROTO_AH) {
			at += (extension[1] + 2) * 4;
		} else {
			at += (extension[1] + 1) * 8;
		}
		h->protocol = extension[0];
	}
	return BAD;
}

/* Direct packet access where the headers are the plain ones and in the linear part. */
static __always_inline int parse(struct __sk_buff *skb, struct headers *h)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	__u32 at;

	if (skb->protocol == ETH_P_IP_BE) {
		struct iphdr *ip = data;

		if ((void *)(ip + 1) > end)
			return BAD;
		at = ip->ihl * 4;
		if (at < sizeof(*ip))
			return BAD;
		if (ip->frag_off & bpf_htons(IP_OFFSET_MASK))
			return FRAGMENT;
		h->version = 4;
		h->protocol = ip->protocol;
	} else {
		struct ipv6hdr *ip = data;

		if ((void *)(ip + 1) > end)
			return BAD;
		at = sizeof(*ip);
		h->version = 6;
		h->protocol = ip->nexthdr;
	}
	if (h->protocol == IPPROTO_UDP) {
		struct udphdr *udp = data + at;

		if ((void *)(udp + 1) > end)
			return parse_transport(skb, h, at);
		ports_of(h, udp->source, udp->dest);
		h->payload_offset = at + sizeof(*udp);
		return PARSED;
	}
	if (h->protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = data + at;

		if ((void *)(tcp + 1) > end)
			return parse_transport(skb, h, at);
		ports_of(h, tcp->source, tcp->dest);
		h->tcp_seq = bpf_ntohl(tcp->seq) + tcp->syn;
		h->payload_offset = at + tcp->doff * 4;
		return PARSED;
	}
	return h->version == 6 ? parse_ipv6_extensions(skb, h) : NOT_TRANSPORT;
}

/* RFC 1035 section 4.1.1: an opcode in use, and at most a handful of questions. */
static __noinline int looks_like_dns(struct __sk_buff *skb, __u32 at)
{
	__u8 header[DNS_HEADER_LEN];

	if (bpf_skb_load_bytes(skb, at, header, sizeof(header)))
		return 0;
	return (header[2] >> 3 & 0xf) <= 6 && !(header[3] & 0x40) && header[4] == 0 &&
	       header[5] <= 4;
}

#endif
