/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Which server a DNS socket asks, kept in the socket's storage, and whether any packet of that has
 * left.
 */
#ifndef ASKED_BPF_H
#define ASKED_BPF_H

#include "owners.bpf.h"
#include "records.bpf.h"

/* user_port is the destination port as the application gave it, before any NAT. */
static __always_inline int is_dns_destination(struct bpf_sock_addr *ctx)
{
	__u16 port = bpf_ntohs((__u16)ctx->user_port);

	return is_dns_port(port) || (settings.any_udp_port && ctx->protocol == IPPROTO_UDP);
}

/*
 * asked_tid is 0 in between: another thread may be between its sendmsg() and write_asked(). The
 * first time, the helper gives the socket its cookie, which drops.bpf.h reads from the socket: a
 * packet that netfilter drops on its way out does not pass the egress hook.
 */
static __always_inline void store_asked(struct dns_socket *socket, struct bpf_sock_addr *ctx,
					int version)
{
	if (!socket->asked_tid)
		bpf_get_socket_cookie(ctx);
	socket->asked_tid = 0;
	barrier();
	if (version == 4)
		write_ipv4_mapped(socket->asked, ctx->user_ip4);
	else
		write_ipv6(socket->asked, ctx->user_ip6);
	socket->asked_port = bpf_ntohs((__u16)ctx->user_port);
	barrier();
	socket->asked_tid = bpf_get_current_pid_tgid(); /* the lower half */
}

/*
 * Where the kernel finds no route it makes no packet, and no hook sees that connect() or sendmsg()
 * fails. So each of them to a DNS port is outstanding until a packet of the socket leaves, arrives
 * or is dropped, and is reported if that did not happen by the next one, or by the socket's end.
 *
 * Packets of skipped cgroups are not looked at: only what began in the present epoch counts.
 */
static __always_inline void begin_unsent(struct bpf_sock_addr *ctx, struct dns_socket *socket,
					 enum unsent kind)
{
	__u32 epoch = settings.epoch << UNSENT_BITS;

	socket->unsent = is_dns_port(bpf_ntohs((__u16)ctx->user_port)) ? epoch | kind : 0;
}

/*
 * connect() sets the server's port if it succeeds: many programs connect a UDP socket only to learn
 * their own address, and send nothing. After connect(AF_UNSPEC) a UDP socket has no port of its own
 * either, so nothing is known. 0 for what succeeded or is of an earlier epoch.
 */
static __always_inline int is_unsent(struct dns_socket *socket, __u32 protocol, __u16 server_port,
				     __u16 own_port)
{
	if (socket->unsent >> UNSENT_BITS != settings.epoch << UNSENT_BITS >> UNSENT_BITS)
		return 0;
	if ((socket->unsent & UNSENT_MASK) == UNSENT_SEND)
		return 1;
	return !server_port && (own_port || protocol == IPPROTO_TCP);
}

/* The caller of connect() or sendmsg(), as far as it is known. */
static __always_inline void write_asker(struct packet_record *record, struct dns_socket *socket)
{
	int known = load_owner(&record->owner, socket);

	if (known && record->owner.tid == socket->asked_tid) {
		record->attribution = OWNER_EXACT;
	} else if (socket->asked_tid == (__u32)bpf_get_current_pid_tgid()) {
		read_current_owner(&record->owner);
		record->attribution = OWNER_EXACT;
	} else if (known) {
		record->attribution = OWNER_SOCKET;
	} else if (!is_kernel_thread()) {
		read_current_owner(&record->owner); /* it closes the socket */
		record->attribution = OWNER_SOCKET;
	} else {
		__builtin_memset(&record->owner, 0, sizeof(record->owner));
	}
}

/*
 * ctx: a struct bpf_sock_addr or bpf_sock
 * netns: of the socket, 0 if it is the current task's
 */
static __noinline int report_unsent(void *ctx, struct dns_socket *socket, __u32 protocol,
				    __u32 netns)
{
	__u64 cgroup = bpf_get_current_cgroup_id();
	struct packet_record *record;

	if (is_skipped(cgroup))
		return 0;
	record = is_ring_for_packets_only() ? 0 : bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		COUNT(EGRESS, notices_lost);
		return 0;
	}
	__builtin_memset(record, 0, sizeof(*record));
	record->kind = RECORD_UNSENT;
	record->direction = EGRESS;
	record->protocol = protocol;
	record->flags = ASKED_KNOWN;
	if ((socket->unsent & UNSENT_MASK) == UNSENT_CONNECT)
		record->flags |= ASKED_BY_CONNECT;
	record->asked_port = socket->asked_port;
	record->netns = netns;
	record->time = bpf_ktime_get_boot_ns();
	record->cookie = bpf_get_socket_cookie(ctx);
	record->cgroup = cgroup;
	__builtin_memcpy(record->asked, socket->asked, sizeof(record->asked));
	write_asker(record, socket);
	bpf_ringbuf_submit(record, wake_flags(sizeof(*record)));
	COUNT(EGRESS, notices);
	return 0;
}

/*
 * Before the socket asks again. What another thread has begun may be about to succeed: it is left
 * out.
 */
static __always_inline void end_unsent(struct bpf_sock_addr *ctx, struct bpf_sock *sk,
				       struct dns_socket *socket)
{
	if (!socket->unsent)
		return;
	if (socket->asked_tid == (__u32)bpf_get_current_pid_tgid() &&
	    is_unsent(socket, ctx->protocol, connected_port(sk), sk->src_port))
		report_unsent(ctx, socket, ctx->protocol, 0);
	socket->unsent = 0;
}

/* Before the socket is closed. The context is the kernel's struct sock. */
static __always_inline void close_unsent(struct bpf_sock *sk, struct dns_socket *socket)
{
	struct sock *kernel = (struct sock *)sk;

	if (socket->unsent &&
	    is_unsent(socket, sk->protocol, bpf_ntohs(BPF_CORE_READ(kernel, __sk_common.skc_dport)),
		      BPF_CORE_READ(kernel, __sk_common.skc_num)))
		report_unsent(sk, socket, sk->protocol,
			      BPF_CORE_READ(kernel, __sk_common.skc_net.net, ns.inum));
	socket->unsent = 0;
}

/* An egress packet that is not recorded: a SYN, or a datagram without payload. */
static __always_inline void clear_unsent(struct packet_ctx *packet)
{
	__u8 syn = packet->flags & (TCP_BEGINS | TCP_ACKNOWLEDGES);
	struct dns_socket *socket;

	if (packet->direction != EGRESS || (packet->protocol == IPPROTO_TCP && syn != TCP_BEGINS))
		return;
	socket = bpf_sk_storage_get(&sockets, packet->sk, 0, 0);
	if (socket)
		socket->unsent = 0;
}

/* IPsec (RFC 4303, RFC 4302): what the socket sent is inside. */
static __always_inline void on_other_protocol(struct packet_ctx *packet)
{
	if (packet->direction != EGRESS ||
	    (packet->protocol != IPPROTO_ESP && packet->protocol != IPPROTO_AH))
		return;
	packet->sk = packet->skb->sk ? bpf_sk_fullsock(packet->skb->sk) : 0;
	if (packet->sk)
		clear_unsent(packet);
}

/* After a connect() or send to a non-DNS port. */
static __always_inline void clear_asked(struct bpf_sock_addr *ctx, struct bpf_sock *sk)
{
	struct dns_socket *socket = bpf_sk_storage_get(&sockets, sk, 0, 0);

	if (!socket)
		return;
	end_unsent(ctx, sk, socket);
	socket->asked_port = 0;
}

/*
 * A connection to a server may come to nothing: then its client has got no answer. The socket's end
 * is reported as that of one that sent a query.
 */
static __noinline int report_connect(struct bpf_sock_addr *ctx, struct dns_socket *socket)
{
	struct packet_record *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

	if (!record) {
		COUNT(EGRESS, notices_lost);
		return 0;
	}
	__builtin_memset(record, 0, sizeof(*record));
	record->kind = RECORD_CONNECT;
	record->direction = EGRESS;
	record->protocol = IPPROTO_TCP;
	record->attribution = OWNER_EXACT;
	record->flags = ASKED_KNOWN;
	record->asked_port = socket->asked_port;
	record->time = bpf_ktime_get_boot_ns();
	record->cookie = bpf_get_socket_cookie(ctx);
	__builtin_memcpy(record->asked, socket->asked, sizeof(record->asked));
	read_current_owner(&record->owner);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	COUNT(EGRESS, notices);
	return 0;
}

/* connect() on UDP and TCP sockets. */
static __always_inline void on_connect(struct bpf_sock_addr *ctx, int version)
{
	struct bpf_sock *sk = ctx->sk;
	struct dns_socket *socket;

	if (!sk)
		return;
	if (!is_dns_destination(ctx)) {
		clear_asked(ctx, sk);
		return;
	}
	socket = claim_socket(sk, EGRESS);
	if (!socket)
		return;
	end_unsent(ctx, sk, socket);
	store_asked(socket, ctx, version);
	begin_unsent(ctx, socket, UNSENT_CONNECT);
	if (ctx->protocol == IPPROTO_TCP) {
		socket->queried = 1;
		report_connect(ctx, socket);
	}
}

/*
 * The egress hook runs next, in the same context, and stores the owner of the socket: except for
 * kernel threads, for cgroups that are skipped, and with any_udp_port for what is not DNS. It does
 * not run if the send fails: after one that did the owner is stored here.
 */
static __always_inline int must_store_owner_on_send(void)
{
	return settings.verdicts || settings.any_udp_port || is_kernel_thread();
}

/* sendto() and sendmsg() with a destination on UDP sockets. */
static __always_inline void on_send(struct bpf_sock_addr *ctx, int version)
{
	struct bpf_sock *sk = ctx->sk;
	struct dns_socket *socket;

	if (!sk)
		return;
	if (!is_dns_destination(ctx)) {
		clear_asked(ctx, sk);
		return;
	}
	socket = get_storage(sk, EGRESS);
	if (!socket)
		return;
	if (must_store_owner_on_send() || socket->unsent)
		store_current_owner(socket);
	end_unsent(ctx, sk, socket);
	store_asked(socket, ctx, version);
	begin_unsent(ctx, socket, UNSENT_SEND);
}

#endif
