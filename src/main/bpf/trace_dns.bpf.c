// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * DNS packets with the process that sent them, for every cgroup below the one this is attached to.
 *
 *   connect, sendmsg, post_bind, recvmsg --> storage of a DNS socket: its owner, the server it
 * asked cgroup_skb ingress and egress        --> one record per packet cgroup_mkdir, sock_release
 * --> notices
 *
 * Stable hooks only; loads on 5.10 and later. What was tried on which kernel: docs/ARCHITECTURE.md.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "kernel_types.h"
#include "trace_dns.h"

char LICENSE[] SEC("license") = "GPL";

#define AF_INET 2
#define ETH_P_IP_BE bpf_htons(0x0800)
#define PF_KTHREAD 0x00200000
#define IP_OFFSET_MASK 0x1fff
#define DNS_HEADER_LEN 12
#define MAX_EXTENSION_HEADERS 8

#define PASS 1 /* the verdict of every program: never block anything */

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

/* Keeps the records in the object's BTF, for the test that compares them with the Java layout. */
const struct packet_record *packet_record_btf __attribute__((unused));
const struct chunk_record *chunk_record_btf __attribute__((unused));
const struct cgroup_record *cgroup_record_btf __attribute__((unused));
const struct closed_record *closed_record_btf __attribute__((unused));

/* A softirq can interrupt the same CPU's egress run: add atomically. */
#define COUNT(direction, field)                                                     \
	do {                                                                        \
		__u32 _key = (direction);                                           \
		struct counters *_counters = bpf_map_lookup_elem(&counters, &_key); \
		if (_counters)                                                      \
			__sync_fetch_and_add(&_counters->field, 1);                 \
	} while (0)

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
	__u64 time;
};

enum parse_result { PARSED, NOT_TRANSPORT, FRAGMENT, BAD };

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

/* ---- owners --------------------------------------------------------------------------------- */

static __noinline int read_owner(struct owner *owner, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct nsproxy *nsproxy = BPF_CORE_READ(task, nsproxy);

	owner->start_time = BPF_CORE_READ(leader, start_boottime);
	owner->pid = BPF_CORE_READ(task, tgid);
	owner->tid = BPF_CORE_READ(task, pid);
	owner->uid = BPF_CORE_READ(cred, uid.val);
	owner->gid = BPF_CORE_READ(cred, gid.val);
	owner->ppid = BPF_CORE_READ(parent, tgid);
	owner->mntns = BPF_CORE_READ(nsproxy, mnt_ns, ns.inum);
	owner->netns = BPF_CORE_READ(nsproxy, net_ns, ns.inum);
	owner->unused = 0;
	bpf_core_read(owner->comm, COMM_LEN, &task->comm);
	bpf_core_read(owner->pcomm, COMM_LEN, &parent->comm);
	return 0;
}

static __always_inline struct dns_socket *own_socket(struct bpf_sock *sk, enum direction direction)
{
	struct dns_socket *socket =
		bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!socket) {
		COUNT(direction, no_storage);
		return 0;
	}
	read_owner(&socket->owner, (struct task_struct *)bpf_get_current_task());
	return socket;
}

/* The port the application asks for, before any NAT. */
static __always_inline int is_dns_destination(struct bpf_sock_addr *ctx)
{
	__u16 port = bpf_ntohs((__u16)ctx->user_port);
	return is_dns_port(port) || (settings.any_udp_port && ctx->protocol == IPPROTO_UDP);
}

static __always_inline void asks(struct bpf_sock_addr *ctx, int version)
{
	struct bpf_sock *sk = ctx->sk;
	struct dns_socket *socket;

	if (!sk)
		return;
	if (!is_dns_destination(ctx)) {
		/* The mark goes with a send elsewhere. */
		socket = bpf_sk_storage_get(&sockets, sk, 0, 0);
		if (socket)
			socket->asked_port = 0;
		return;
	}
	socket = own_socket(sk, EGRESS);
	if (!socket)
		return;
	if (version == 4) {
		map_ipv4(socket->asked, ctx->user_ip4);
	} else {
		__u32 *asked = (__u32 *)socket->asked;
		asked[0] = ctx->user_ip6[0];
		asked[1] = ctx->user_ip6[1];
		asked[2] = ctx->user_ip6[2];
		asked[3] = ctx->user_ip6[3];
	}
	socket->asked_tid = socket->owner.tid;
	socket->asked_port = bpf_ntohs((__u16)ctx->user_port);
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	asks(ctx, 4);
	return PASS;
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	asks(ctx, 6);
	return PASS;
}

SEC("cgroup/sendmsg4")
int sendmsg4(struct bpf_sock_addr *ctx)
{
	asks(ctx, 4);
	return PASS;
}

SEC("cgroup/sendmsg6")
int sendmsg6(struct bpf_sock_addr *ctx)
{
	asks(ctx, 6);
	return PASS;
}

/* A server's worker that reads a query: the socket is its own from now on. */
static __always_inline void receives(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (sk && is_dns_port((__u16)sk->src_port))
		own_socket(sk, INGRESS);
}

SEC("cgroup/recvmsg4")
int recvmsg4(struct bpf_sock_addr *ctx)
{
	receives(ctx);
	return PASS;
}

SEC("cgroup/recvmsg6")
int recvmsg6(struct bpf_sock_addr *ctx)
{
	receives(ctx);
	return PASS;
}

static __always_inline void binds(struct bpf_sock *sk)
{
	struct dns_socket *socket;

	if (!is_dns_port((__u16)sk->src_port))
		return;
	socket = own_socket(sk, INGRESS);
	if (socket)
		socket->server = 1;
}

SEC("cgroup/post_bind4")
int post_bind4(struct bpf_sock *sk)
{
	binds(sk);
	return PASS;
}

SEC("cgroup/post_bind6")
int post_bind6(struct bpf_sock *sk)
{
	binds(sk);
	return PASS;
}

/* ---- the ring ------------------------------------------------------------------------------- */

/* A wake-up costs more than a record: one for each WAKE_BYTES, the reader looks by itself besides.
 */
static __always_inline __u64 wake_flags(__u32 record_len)
{
	__u64 unread = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	return unread / WAKE_BYTES != (unread - record_len) / WAKE_BYTES ? BPF_RB_FORCE_WAKEUP
									 : BPF_RB_NO_WAKEUP;
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

/* ---- packets -------------------------------------------------------------------------------- */

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
		h->tcp_seq = bpf_ntohl(tcp.seq);
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
		h->tcp_seq = bpf_ntohl(tcp->seq);
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

/*
 * The port the socket is connected to, as the application gave it; 0 if it is not connected.
 * Read as 4 bytes, the only width 5.10 allows: network order in the low half.
 */
static __always_inline __u16 connected_port(struct bpf_sock *sk)
{
	__u32 port = *(volatile __u32 *)((void *)sk + offsetof(struct bpf_sock, dst_port));

	return bpf_ntohs((__u16)port);
}

/* A socket that asked, or serves, a DNS port which NAT keeps off the wire. */
static __always_inline int is_dns_socket(struct bpf_sock *sk, struct headers *h)
{
	struct dns_socket *socket;
	__u16 connected = connected_port(sk);

	if (connected)
		return is_dns_port(connected);
	if (h->protocol != IPPROTO_UDP)
		return 0;
	socket = bpf_sk_storage_get(&sockets, sk, 0, 0);
	return socket && (socket->asked_port || socket->server);
}

static __always_inline int is_dns(struct __sk_buff *skb, struct bpf_sock *sk, struct headers *h)
{
	if (is_dns_port(h->source_port) || is_dns_port(h->destination_port))
		return 1;
	if (settings.any_udp_port && h->protocol == IPPROTO_UDP)
		return looks_like_dns(skb, h->payload_offset);
	return is_dns_socket(sk, h);
}

static __always_inline int is_skipped(__u64 cgroup)
{
	struct verdict *verdict;

	if (!settings.verdicts)
		return 0;
	verdict = bpf_map_lookup_elem(&verdicts, &cgroup);
	return verdict && verdict->skip && verdict->epoch == settings.epoch;
}

static __always_inline struct dns_socket *sender(struct bpf_sock *sk, struct headers *h,
						 struct task_struct *task)
{
	struct dns_socket *socket =
		bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	/* The UDP sender is the running task; a kernel thread sends for somebody else. */
	if (h->protocol == IPPROTO_UDP && !(BPF_CORE_READ(task, flags) & PF_KTHREAD))
		h->attribution = OWNER_EXACT;
	if (!socket) {
		COUNT(EGRESS, no_storage);
		return 0;
	}
	if (h->attribution == OWNER_EXACT)
		read_owner(&socket->owner, task);
	if (is_dns_port(h->source_port))
		socket->server = 1;
	return socket;
}

/* Counts a client's queries and responses, for the notice when it closes the socket early. */
static __always_inline void count_unanswered(struct dns_socket *socket, struct bpf_sock *sk,
					     enum direction direction)
{
	if (!socket->asked_port && !is_dns_port(connected_port(sk)))
		return;
	if (direction == EGRESS)
		__sync_fetch_and_add(&socket->unanswered, 1);
	else if (socket->unanswered)
		__sync_fetch_and_add(&socket->unanswered, -1);
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
	} else if (socket && socket->asked_port && socket->asked_tid == record->owner.tid) {
		__builtin_memcpy(record->asked, socket->asked, 16);
		port = socket->asked_port;
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
	record->unused = 0;
	record->time = h->time;
	record->cookie = bpf_get_socket_cookie(skb);
	record->cgroup = bpf_skb_cgroup_id(skb);
	record->asked_known = 0;
	record->asked_port = 0;
	if (socket && socket->owner.pid) {
		record->owner = socket->owner;
		record->attribution = h->attribution;
	} else if (h->attribution == OWNER_EXACT) {
		/* The socket had no room left for its storage. */
		read_owner(&record->owner, (struct task_struct *)bpf_get_current_task());
		record->attribution = h->attribution;
	} else {
		__builtin_memset(&record->owner, 0, sizeof(record->owner));
		record->attribution = OWNER_UNKNOWN;
	}
	if (sk && h->direction == EGRESS) {
		sk = bpf_sk_fullsock(sk);
		if (sk)
			write_asked(record, sk, socket);
	}
	return write_addresses(record, skb, h);
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

static __always_inline int trace(struct __sk_buff *skb, enum direction direction)
{
	struct headers h = {};
	struct dns_socket *socket;
	struct bpf_sock *sk;
	int parsed = parse(skb, &h);

	if (parsed == NOT_TRANSPORT)
		return PASS;
	if (parsed == FRAGMENT) {
		COUNT(direction, fragments);
		return PASS;
	}
	if (parsed == BAD) {
		COUNT(direction, seen);
		COUNT(direction, bad);
		return PASS;
	}
	sk = skb->sk ? bpf_sk_fullsock(skb->sk) : 0;
	if (!sk || !is_dns(skb, sk, &h))
		return PASS;
	COUNT(direction, seen);
	if (h.payload_offset >= skb->len) {
		COUNT(direction, no_payload);
		return PASS;
	}
	if (is_skipped(bpf_skb_cgroup_id(skb))) {
		COUNT(direction, skipped);
		return PASS;
	}
	h.direction = direction;
	h.payload_len = skb->len - h.payload_offset;
	h.time = bpf_ktime_get_boot_ns();
	h.attribution = OWNER_SOCKET;
	if (direction == EGRESS)
		socket = sender(sk, &h, (struct task_struct *)bpf_get_current_task());
	else
		socket = bpf_sk_storage_get(&sockets, sk, 0, 0);
	if (socket)
		count_unanswered(socket, sk, direction);
	emit(skb, &h, socket);
	return PASS;
}

SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb)
{
	return trace(skb, INGRESS);
}

SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb)
{
	return trace(skb, EGRESS);
}

/* ---- notices -------------------------------------------------------------------------------- */

SEC("cgroup/sock_release")
int sock_release(struct bpf_sock *sk)
{
	struct dns_socket *socket = bpf_sk_storage_get(&sockets, sk, 0, 0);
	struct closed_record *record;

	if (!socket || !socket->unanswered)
		return PASS;
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		COUNT(EGRESS, notices_lost);
		return PASS;
	}
	record->kind = RECORD_CLOSED;
	__builtin_memset(record->unused, 0, sizeof(record->unused));
	record->time = bpf_ktime_get_boot_ns();
	record->cookie = bpf_get_socket_cookie(sk);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	COUNT(EGRESS, notices);
	return PASS;
}

/* Runs before any process can be inside; v1 hierarchies make cgroups too. */
SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	struct cgroup_record *record;
	long len;

	if (BPF_CORE_READ(cgroup, root, hierarchy_id) != 0)
		return 0;
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		COUNT(EGRESS, notices_lost);
		return 0;
	}
	record->kind = RECORD_CGROUP;
	__builtin_memset(record->unused, 0, sizeof(record->unused));
	record->id = BPF_CORE_READ(cgroup, kn, id);
	len = bpf_probe_read_kernel_str(record->path, PATH_LEN, path);
	record->path_len = len > 0 ? len : 0;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	COUNT(EGRESS, notices);
	return 0;
}
