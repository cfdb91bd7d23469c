/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Whose a DNS socket is, and whom it asks. */
#ifndef OWNERS_BPF_H
#define OWNERS_BPF_H

#include "headers.bpf.h"
#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

#include "kernel_types.h"

#define AF_INET 2
#define AF_INET6 10
#define PF_KTHREAD 0x00200000

/* Folds an owner whose sum is 0. */
static __always_inline __u32 sum_of(const struct owner *owner)
{
	const __u64 *words = (const __u64 *)owner;
	__u64 sum = 0;

#pragma unroll
	for (__u32 i = 0; i < sizeof(*owner) / sizeof(*words); i++)
		sum = sum * 0x9e3779b97f4a7c15ULL + words[i];
	return sum >> 32;
}

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
	owner->sum = 0;
	bpf_core_read(owner->comm, COMM_LEN, &task->comm);
	bpf_core_read(owner->pcomm, COMM_LEN, &parent->comm);
	return 0;
}

/*
 * Into the socket, which others may be writing to and reading from on other CPUs: there is no lock
 * that all these programs may take on all kernels. The sum tells a mixture of two.
 */
static __always_inline void remember(struct dns_socket *socket, const struct owner *owner)
{
	__u32 sum = sum_of(owner);

	if (socket->owner.sum == sum && socket->owner.tid == owner->tid)
		return;
	socket->owner = *owner;
	socket->owner.sum = sum;
}

/* Out of the socket; false if it has none, or one that is just being written. */
static __noinline int recall(struct owner *owner, const struct dns_socket *socket)
{
	__u32 sum;

	__builtin_memcpy(owner, &socket->owner, sizeof(*owner));
	barrier(); /* what counts is the copy */
	sum = owner->sum;
	owner->sum = 0;
	return owner->pid && sum_of(owner) == sum;
}

static __always_inline void remember_current(struct dns_socket *socket)
{
	struct owner owner;

	read_owner(&owner, (struct task_struct *)bpf_get_current_task());
	remember(socket, &owner);
}

static __always_inline struct dns_socket *own_socket(struct bpf_sock *sk, enum direction direction)
{
	struct dns_socket *socket =
		bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!socket) {
		COUNT(direction, no_storage);
		return 0;
	}
	remember_current(socket);
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
	/* Another thread may be between this and its packet: see write_asked. */
	socket->asked_tid = 0;
	barrier();
	if (version == 4) {
		map_ipv4(socket->asked, ctx->user_ip4);
	} else {
		__u32 *asked = (__u32 *)socket->asked;
		asked[0] = ctx->user_ip6[0];
		asked[1] = ctx->user_ip6[1];
		asked[2] = ctx->user_ip6[2];
		asked[3] = ctx->user_ip6[3];
	}
	socket->asked_port = bpf_ntohs((__u16)ctx->user_port);
	barrier();
	socket->asked_tid = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), pid);
}

/* A server's worker that reads a query: the socket is its own from now on. */
static __always_inline void receives(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (sk && is_dns_port((__u16)sk->src_port))
		own_socket(sk, INGRESS);
}

/* The same for any socket, in process context. Most are none of ours: ports first. */
static __always_inline void reads(struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;
	struct task_struct *task;
	struct dns_socket *socket;

	if ((family != AF_INET && family != AF_INET6) || !is_dns_port(sk->__sk_common.skc_num))
		return;
	task = (struct task_struct *)bpf_get_current_task();
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return;
	socket = bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (socket)
		remember_current(socket);
	else
		COUNT(INGRESS, no_storage);
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

/*
 * The port the socket is connected to, as the application gave it; 0 if it is not connected.
 * Read as 4 bytes, the only width 5.10 allows: network order in the low half.
 */
static __always_inline __u16 connected_port(struct bpf_sock *sk)
{
	__u32 port = *(volatile __u32 *)((void *)sk + offsetof(struct bpf_sock, dst_port));

	return bpf_ntohs((__u16)port);
}

/*
 * Whether the running task is the one that sends. Always over UDP, but for a kernel thread, which
 * sends for somebody else. Over TCP if it holds the socket's lock: an ACK or a timer that lets
 * data go runs on top of anybody, but only while nobody holds it. Even then the bytes may be some
 * that another process had written before: good for the socket's owner, not proven exact.
 */
static __always_inline int is_running(struct __sk_buff *skb, struct headers *h)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return 0;
	return h->protocol == IPPROTO_UDP ||
	       BPF_CORE_READ((struct sk_buff *)skb, sk, sk_lock.owned) != 0;
}

/* Without a sender to write into it, a socket gets no storage: the walk may still bring one. */
static __always_inline struct dns_socket *sender(struct __sk_buff *skb, struct bpf_sock *sk,
						 struct headers *h)
{
	struct dns_socket *socket;

	h->running = is_running(skb, h);
	if (h->running && h->protocol == IPPROTO_UDP)
		h->attribution = OWNER_EXACT;
	socket = bpf_sk_storage_get(&sockets, sk, 0, h->running ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	if (!socket) {
		if (h->running)
			COUNT(EGRESS, no_storage);
		return 0;
	}
	if (is_dns_port(h->source_port))
		socket->server = 1;
	return socket;
}

/* Counts a client's queries and responses, for the notice when it closes the socket early.
 */
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

#endif
