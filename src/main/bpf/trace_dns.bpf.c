// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Records DNS packets with the process that sent or received them, for the cgroup the programs are
 * attached to and all cgroups below it.
 *
 *   connect, sendmsg                       asked.bpf.h: the server that a DNS socket asks
 *   post_bind, recvmsg                     owners.bpf.h: owner of a DNS socket
 *   sock_recv_length, tcp_rcv_space_adjust owners.bpf.h: the reader of a server socket owns it
 *   iter/task_file                         walk.bpf.h: owners of sockets opened before
 *   cgroup_skb/ingress, cgroup_skb/egress  parse.bpf.h, records.bpf.h: one record per packet
 *   cgroup_mkdir, sock_release             notices
 *   kfree_skb, icmp_send, inet_sk_error_report
 *                                          drops.bpf.h: why a packet was lost
 *
 * Hooks: cgroup programs, BTF tracepoints and an iterator, no kprobes. Loads on Linux 5.10 and
 * later; bin/test-kernels checks it. Programs in SEC("?...") are optional: some kernels lack them.
 */
#include "asked.bpf.h"
#include "drops.bpf.h"
#include "records.bpf.h"
#include "walk.bpf.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define PASS 1 /* the return value of every cgroup program: block nothing */

/* Keeps these types in the object's BTF, where RecordLayoutTest reads them. */
const enum record_kind *record_kind_btf __attribute__((unused));
const enum direction *direction_btf __attribute__((unused));
const enum attribution *attribution_btf __attribute__((unused));
const enum packet_flags *packet_flags_btf __attribute__((unused));
const enum drop_hook *drop_hook_btf __attribute__((unused));
const enum drop_place *drop_place_btf __attribute__((unused));
const struct drop_record *drop_record_btf __attribute__((unused));
const struct packet_record *packet_record_btf __attribute__((unused));
const struct chunk_record *chunk_record_btf __attribute__((unused));
const struct cgroup_record *cgroup_record_btf __attribute__((unused));
const struct closed_record *closed_record_btf __attribute__((unused));

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	on_connect(ctx, 4);
	return PASS;
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	on_connect(ctx, 6);
	return PASS;
}

SEC("cgroup/sendmsg4")
int sendmsg4(struct bpf_sock_addr *ctx)
{
	on_send(ctx, 4);
	return PASS;
}

SEC("cgroup/sendmsg6")
int sendmsg6(struct bpf_sock_addr *ctx)
{
	on_send(ctx, 6);
	return PASS;
}

SEC("cgroup/recvmsg4")
int recvmsg4(struct bpf_sock_addr *ctx)
{
	on_recvmsg(ctx);
	return PASS;
}

SEC("cgroup/recvmsg6")
int recvmsg6(struct bpf_sock_addr *ctx)
{
	on_recvmsg(ctx);
	return PASS;
}

SEC("cgroup/post_bind4")
int post_bind4(struct bpf_sock *sk)
{
	on_bind(sk);
	return PASS;
}

SEC("cgroup/post_bind6")
int post_bind6(struct bpf_sock *sk)
{
	on_bind(sk);
	return PASS;
}

/* Finds DNS behind NAT: the packet has no DNS port, but its socket asks or serves one. */
static __always_inline int is_dns_socket(struct packet_ctx *packet)
{
	struct dns_socket *socket;
	__u16 connected = connected_port(packet->sk);

	if (connected)
		return is_dns_port(connected);
	if (packet->protocol != IPPROTO_UDP)
		return 0;
	socket = bpf_sk_storage_get(&sockets, packet->sk, 0, 0);
	return socket && (socket->asked_port || socket->server);
}

static __always_inline int is_dns(struct packet_ctx *packet)
{
	if (is_dns_port(packet->source_port) || is_dns_port(packet->destination_port))
		return 1;
	if (settings.any_udp_port && packet->protocol == IPPROTO_UDP)
		return looks_like_dns(packet);
	return is_dns_socket(packet);
}

static __always_inline int trace(struct __sk_buff *skb, enum direction direction)
{
	struct packet_ctx packet = { .skb = skb, .direction = direction };

	switch (parse_packet(&packet)) {
	case NOT_TRANSPORT:
		on_other_protocol(&packet);
		return PASS;
	case LATER_FRAGMENT:
		COUNT(direction, fragments);
		return PASS;
	case MALFORMED:
		COUNT(direction, seen);
		COUNT(direction, bad);
		return PASS;
	}
	packet.sk = skb->sk ? bpf_sk_fullsock(skb->sk) : 0;
	if (!packet.sk || !is_dns(&packet))
		return PASS;
	COUNT(direction, seen);
	if (packet.payload_offset >= skb->len) {
		clear_unsent(&packet);
		COUNT(direction, no_payload);
		return PASS;
	}
	if (is_skipped(bpf_skb_cgroup_id(skb))) {
		COUNT(direction, skipped);
		return PASS;
	}
	packet.payload_len = skb->len - packet.payload_offset;
	packet.time = bpf_ktime_get_boot_ns();
	find_socket(&packet);
	mark_queried(&packet);
	record_packet(&packet);
	return PASS;
}

/* Called from sk_filter_trim_cap(), before the packet is queued to the socket. */
SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb)
{
	return trace(skb, INGRESS);
}

/* Called from ip_finish_output() and ip6_finish_output(): after netfilter's NAT. */
SEC("cgroup_skb/egress")
int egress(struct __sk_buff *skb)
{
	return trace(skb, EGRESS);
}

/* Linux 6.3 and later. Called from sock_recvmsg() and its like, in the reader's context. */
SEC("?tp_btf/sock_recv_length")
int BPF_PROG(sock_recv_length, struct sock *sk, int len)
{
	if (len > 0)
		on_read(sk);
	return 0;
}

/*
 * Replaces sock_recv_length for TCP on older kernels. tcp_rcv_space_adjust() also runs in softirq,
 * but then no task owns the socket lock.
 */
SEC("?tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(tcp_rcv_space_adjust, struct sock *sk)
{
	if (sk->sk_lock.owned)
		on_read(sk);
	return 0;
}

/* Stores the owners of older sockets. Linux 5.11 and later: bpf_sock_from_file(). */
SEC("?iter/task_file")
int mark_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct dns_socket initial = {};
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	/* Leaves existing storage as it is. */
	if (sk && fill_dns_socket(&initial, sk, task))
		bpf_sk_storage_get(&sockets, sk, &initial, BPF_SK_STORAGE_GET_F_CREATE);
	return 0;
}

/* Replaces mark_sockets on 5.10: prints what user space then stores. */
SEC("?iter/task_file")
int list_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct open_socket open = {};
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;

	if (!task || !file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk || !fill_dns_socket(&open.socket, sk, task))
		return 0;
	open.pid = open.socket.owner.pid;
	open.fd = ctx->fd;
	open.inode = BPF_CORE_READ(file, f_inode, i_ino);
	bpf_seq_write(ctx->meta->seq, &open, sizeof(open));
	return 0;
}

/* Called from inet_release(): the application closed the last descriptor of the socket. */
SEC("cgroup/sock_release")
int sock_release(struct bpf_sock *sk)
{
	struct dns_socket *socket = bpf_sk_storage_get(&sockets, sk, 0, 0);
	struct closed_record *record;

	if (!socket)
		return PASS;
	close_unsent(sk, socket);
	if (!socket->queried)
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

/*
 * Called from cgroup_mkdir() before kernfs_activate(): no process can have joined the cgroup yet.
 * Only the v2 hierarchy (id 0), not v1 hierarchies.
 */
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

/* A packet is dropped. The arguments depend on the kernel, see has_drop_reason(). */
SEC("?tp_btf/kfree_skb")
int kfree_skb(__u64 *ctx)
{
	struct sock *receiver = 0;
	__u32 reason = 0;

	if (has_drop_reason())
		reason = ctx[2];
	if (reason && reason == DROP_REASON(SKB_CONSUMED))
		return 0;
	if (has_drop_receiver())
		receiver = (struct sock *)ctx[3];
	on_drop((struct sk_buff *)ctx[0], receiver, DROP_KFREE_SKB, reason);
	return 0;
}

/*
 * Linux 6.10 and later, and Debian's 6.1.192. IPv4: this host answers a packet with an ICMP message
 * (RFC 792).
 */
SEC("?tp_btf/icmp_send")
int BPF_PROG(icmp_send, struct sk_buff *skb, int type, int code)
{
	if (type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED)
		on_drop(skb, 0, DROP_ICMP_SENT, type << 8 | (code & 0xff));
	return 0;
}

/* Linux 5.14 and later: the socket has got an error, of ICMP or TCP. */
SEC("?tp_btf/inet_sk_error_report")
int BPF_PROG(inet_sk_error_report, struct sock *sk)
{
	on_socket_error(sk);
	return 0;
}
