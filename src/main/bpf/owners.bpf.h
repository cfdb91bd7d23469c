/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Which process owns a DNS socket: kept in the socket's storage. */
#ifndef OWNERS_BPF_H
#define OWNERS_BPF_H

#include "maps.bpf.h"
#include "parse.bpf.h"

#include <bpf/bpf_core_read.h>

#include "kernel_types.h"

#define AF_INET 2
#define AF_INET6 10
#define PF_KTHREAD 0x00200000

/* Expects owner->checksum to be 0. */
static __always_inline __u32 owner_checksum(const struct owner *owner)
{
	const __u64 *words = (const __u64 *)owner;
	__u64 hash = 0;

#pragma unroll
	for (__u32 i = 0; i < sizeof(*owner) / sizeof(*words); i++)
		hash = hash * 0x9e3779b97f4a7c15ULL + words[i];
	return hash >> 32;
}

/* Copies through bpf_probe_read_kernel(): any task, any kernel. */
static __noinline int probe_owner(struct owner *owner, struct task_struct *task)
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
	owner->checksum = 0;
	bpf_core_read(owner->comm, COMM_LEN, &task->comm);
	bpf_core_read(owner->pcomm, COMM_LEN, &parent->comm);
	bpf_core_read(owner->process_name, COMM_LEN, &leader->comm);
	return 0;
}

/*
 * Whether all programs here may call bpf_get_current_task_btf(): on Linux 6.1 and later, which
 * another helper that is new there identifies. Before, only tracing programs may.
 */
static __always_inline int has_current_task_btf(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_ktime_get_tai_ns);
}

static __always_inline void copy_comm(char *target, const char *comm)
{
	((__u64 *)target)[0] = ((const __u64 *)comm)[0];
	((__u64 *)target)[1] = ((const __u64 *)comm)[1];
}

/*
 * Loads directly from a BTF pointer: 10 ns, where bpf_probe_read_kernel() takes 74. Every field is
 * read for each packet: prctl(), exec, setuid(), setns() and the end of the parent change them
 * without a new tid. Some verifiers require the checks for NULL, which depends on the kernel's
 * __rcu annotations.
 */
static __always_inline void load_owner_fields(struct owner *owner, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct task_struct *parent = task->real_parent;
	const struct cred *cred = task->cred;
	struct nsproxy *nsproxy = task->nsproxy;
	struct mnt_namespace *mnt_ns = nsproxy ? nsproxy->mnt_ns : 0;
	struct net *net_ns = nsproxy ? nsproxy->net_ns : 0;

	__builtin_memset(owner->pcomm, 0, COMM_LEN);
	__builtin_memset(owner->process_name, 0, COMM_LEN);
	owner->start_time = leader ? leader->start_boottime : 0;
	owner->pid = task->tgid;
	owner->tid = task->pid;
	owner->uid = cred ? cred->uid.val : 0;
	owner->gid = cred ? cred->gid.val : 0;
	owner->ppid = parent ? parent->tgid : 0;
	owner->mntns = mnt_ns ? mnt_ns->ns.inum : 0;
	owner->netns = net_ns ? net_ns->ns.inum : 0;
	owner->checksum = 0;
	copy_comm(owner->comm, task->comm);
	if (parent)
		copy_comm(owner->pcomm, parent->comm);
	if (leader)
		copy_comm(owner->process_name, leader->comm);
}

static __noinline int read_current_owner(struct owner *owner)
{
	if (has_current_task_btf())
		load_owner_fields(owner, (struct task_struct *)bpf_get_current_task_btf());
	else
		probe_owner(owner, (struct task_struct *)bpf_get_current_task());
	return 0;
}

/* Kernel threads send and read on behalf of other tasks. */
static __always_inline int is_kernel_thread(void)
{
	struct task_struct *task;

	if (has_current_task_btf()) {
		task = (struct task_struct *)bpf_get_current_task_btf();
		return task->flags & PF_KTHREAD;
	}
	task = (struct task_struct *)bpf_get_current_task();
	return BPF_CORE_READ(task, flags) & PF_KTHREAD;
}

/*
 * Other CPUs may read and write the storage of a shared socket at the same time, and no lock is
 * available to cgroup, tracing and iterator programs on 5.10. The checksum lets load_owner()
 * detect a copy that is mixed from two owners.
 */
static __always_inline void store_owner(struct dns_socket *socket, const struct owner *owner)
{
	__u32 checksum = owner_checksum(owner);

	if (socket->owner.checksum == checksum && socket->owner.tid == owner->tid)
		return;
	socket->owner = *owner;
	socket->owner.checksum = checksum;
}

/* Returns 0 if the socket has no owner, or one that another CPU is writing. */
static __noinline int load_owner(struct owner *owner, const struct dns_socket *socket)
{
	__u32 checksum;

	__builtin_memcpy(owner, &socket->owner, sizeof(*owner));
	barrier(); /* check the copy, not the socket */
	checksum = owner->checksum;
	owner->checksum = 0;
	return owner->pid && owner_checksum(owner) == checksum;
}

static __always_inline void store_current_owner(struct dns_socket *socket)
{
	struct owner owner;

	read_current_owner(&owner);
	store_owner(socket, &owner);
}

/* Returns NULL if there is no room for storage. */
static __always_inline struct dns_socket *get_storage(struct bpf_sock *sk, enum direction direction)
{
	struct dns_socket *socket =
		bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!socket)
		COUNT(direction, no_storage);
	return socket;
}

/* Makes the current task the owner of the socket. */
static __always_inline struct dns_socket *claim_socket(struct bpf_sock *sk,
						       enum direction direction)
{
	struct dns_socket *socket = get_storage(sk, direction);

	if (socket)
		store_current_owner(socket);
	return socket;
}

/* A server that reads a query owns the socket. udp_recvmsg() with an address buffer only. */
static __always_inline void on_recvmsg(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (sk && is_dns_port((__u16)sk->src_port))
		claim_socket(sk, INGRESS);
}

/* As on_recvmsg(), from a tracepoint that every socket passes: the cheapest checks come first. */
static __always_inline void on_read(struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;
	struct dns_socket *socket;

	if ((family != AF_INET && family != AF_INET6) || !is_dns_port(sk->__sk_common.skc_num))
		return;
	if (is_kernel_thread())
		return;
	socket = bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (socket)
		store_current_owner(socket);
	else
		COUNT(INGRESS, no_storage);
}

static __always_inline void on_bind(struct bpf_sock *sk)
{
	struct dns_socket *socket;

	if (!is_dns_port((__u16)sk->src_port))
		return;
	socket = claim_socket(sk, INGRESS);
	if (socket)
		socket->server = 1;
}

/*
 * The port the socket is connected to, as the application gave it, before any NAT; 0 if it is not
 * connected. 5.10 allows only a 4-byte load of dst_port: network order in the low half.
 */
static __always_inline __u16 connected_port(struct bpf_sock *sk)
{
	__u32 port = *(volatile __u32 *)((void *)sk + offsetof(struct bpf_sock, dst_port));

	return bpf_ntohs((__u16)port);
}

/*
 * Whether the current task sends the packet.
 *
 * UDP: udp_sendmsg() reaches the egress hook in process context, so yes, except for kernel threads.
 *
 * TCP: only while a task holds the socket lock (sk_lock.owned). An incoming ACK or a timer can send
 * queued data from a softirq on top of any task, but only while the lock is free. Even the holder
 * may send bytes that another process queued: the attribution is OWNER_SOCKET, not OWNER_EXACT.
 */
static __always_inline int is_sent_by_current(struct packet_ctx *packet)
{
	struct sk_buff *skb = (struct sk_buff *)packet->skb;

	if (is_kernel_thread())
		return 0;
	return packet->protocol == IPPROTO_UDP || BPF_CORE_READ(skb, sk, sk_lock.owned) != 0;
}

/*
 * Sets the packet's socket storage and attribution. An egress packet creates the storage, unless
 * its sender is not known: an empty one would keep the walk (walk.bpf.h) from storing an owner.
 */
static __always_inline void find_socket(struct packet_ctx *packet)
{
	packet->attribution = OWNER_SOCKET;
	if (packet->direction == INGRESS) {
		packet->socket = bpf_sk_storage_get(&sockets, packet->sk, 0, 0);
		return;
	}
	packet->sent_by_current = is_sent_by_current(packet);
	if (packet->sent_by_current && packet->protocol == IPPROTO_UDP)
		packet->attribution = OWNER_EXACT;
	packet->socket = bpf_sk_storage_get(
		&sockets, packet->sk, 0, packet->sent_by_current ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	if (packet->socket && is_dns_port(packet->source_port))
		packet->socket->server = 1;
	if (!packet->socket && packet->sent_by_current)
		COUNT(EGRESS, no_storage);
}

/*
 * Marks a client's socket: sock_release reports it. Which of its queries are unanswered only user
 * space knows: responses may be duplicates, or have another name.
 */
static __always_inline void mark_queried(struct packet_ctx *packet)
{
	struct dns_socket *socket = packet->socket;

	if (!socket)
		return;
	if (socket->unsent)
		socket->unsent = 0;
	if (packet->direction != EGRESS || socket->queried)
		return;
	if (socket->asked_port || is_dns_port(connected_port(packet->sk)))
		socket->queried = 1;
}

#endif
