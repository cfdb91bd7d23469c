/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Sockets that were there before: whose they are, found by a walk over all open files. */
#ifndef WALK_BPF_H
#define WALK_BPF_H

#include "owners.bpf.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000

/* What list_sockets prints: dev.jig.capture.OlderSockets reads it. */
struct open_socket {
	__u32 pid;
	__u32 fd;
	__u64 inode; /* to see that the descriptor is still the same */
	struct dns_socket known;
};

/*
 * Fills in what is known of a socket in a process's table; false if it is none of ours. Unconnected
 * UDP sockets need nothing: they name their server when they send. Nor do connected ones but an
 * owner: they keep the port they asked for.
 */
static __always_inline int describe(struct dns_socket *known, struct sock *sk,
				    struct task_struct *task)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	__u16 protocol = BPF_CORE_READ(sk, sk_protocol);
	__u16 port = BPF_CORE_READ(sk, __sk_common.skc_num);
	__u16 peer = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	__u32 sum;

	if ((family != AF_INET && family != AF_INET6) ||
	    (protocol != IPPROTO_UDP && protocol != IPPROTO_TCP))
		return 0;
	known->server = is_dns_port(port);
	if (!known->server && !is_dns_port(peer) &&
	    !(settings.any_udp_port && protocol == IPPROTO_UDP && peer))
		return 0;
	read_owner(&known->owner, task);
	sum = sum_of(&known->owner);
	known->owner.sum = sum;
	return 1;
}

#endif
