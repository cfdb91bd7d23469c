/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Owners of sockets that were opened before the programs were attached. */
#ifndef WALK_BPF_H
#define WALK_BPF_H

#include "owners.bpf.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000

/* What list_sockets prints, one after the other; dev.jig.capture.OlderSockets reads it. */
struct open_socket {
	__u32 pid;
	__u32 fd;
	__u64 inode; /* identifies the socket: the descriptor may be reused before it is read */
	struct dns_socket socket; /* the storage to write */
};

/*
 * Fills in the storage of a socket that the task has open; returns 0 if it is no DNS socket.
 * Connected sockets need an owner only, sk->dst_port is the server's. Unconnected UDP sockets need
 * nothing: the next sendmsg() creates their storage.
 */
static __always_inline int fill_dns_socket(struct dns_socket *socket, struct sock *sk,
					   struct task_struct *task)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	__u16 protocol = BPF_CORE_READ(sk, sk_protocol);
	__u16 port = BPF_CORE_READ(sk, __sk_common.skc_num);
	__u16 peer_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	__u32 checksum;

	if ((family != AF_INET && family != AF_INET6) ||
	    (protocol != IPPROTO_UDP && protocol != IPPROTO_TCP))
		return 0;
	socket->server = is_dns_port(port);
	if (!socket->server && !is_dns_port(peer_port) &&
	    !(settings.any_udp_port && protocol == IPPROTO_UDP && peer_port))
		return 0;
	probe_owner(&socket->owner, task);
	checksum = owner_checksum(&socket->owner);
	socket->owner.checksum = checksum;
	return 1;
}

#endif
