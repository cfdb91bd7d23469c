// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * DNS packets with the process that sent them, for every cgroup below the one this is attached to.
 *
 *   connect, sendmsg, post_bind, recvmsg --> owners.bpf.h: a DNS socket's owner and its server
 *   cgroup_skb ingress and egress        --> headers.bpf.h, records.bpf.h: a record per packet
 *   sock_recv_length and its like        --> owners.bpf.h: a server's socket changes hands
 *   a walk over the open files           --> walk.bpf.h: sockets older than this
 *   cgroup_mkdir, sock_release           --> notices
 *
 * Stable hooks only; loads on 5.10 and later. What was tried on which kernel: docs/ARCHITECTURE.md.
 */
#include "records.bpf.h"
#include "walk.bpf.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define PASS 1 /* the verdict of every program: never block anything */

/* Keeps them in the object's BTF, for the test that compares them with the Java layout. */
const enum record_kind *record_kind_btf __attribute__((unused));
const enum direction *direction_btf __attribute__((unused));
const enum attribution *attribution_btf __attribute__((unused));
const struct packet_record *packet_record_btf __attribute__((unused));
const struct chunk_record *chunk_record_btf __attribute__((unused));
const struct cgroup_record *cgroup_record_btf __attribute__((unused));
const struct closed_record *closed_record_btf __attribute__((unused));

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
		socket = sender(skb, sk, &h);
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

/*
 * Who reads from a server's socket is its owner from now on, whoever bound or accepted it. Nothing
 * else is a server's; SEC("?…"): not on every kernel.
 */
SEC("?tp_btf/sock_recv_length")
int BPF_PROG(sock_recv_length, struct sock *sk, int len)
{
	if (len > 0)
		reads(sk);
	return 0;
}

/* For kernels without that one; TCP alone. Runs in softirq too, but then nobody holds the lock. */
SEC("?tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(tcp_rcv_space_adjust, struct sock *sk)
{
	if (sk->sk_lock.owned)
		reads(sk);
	return 0;
}

/* The walk over every open file (walk.bpf.h), on kernels that let it write to a socket. */
SEC("?iter/task_file")
int mark_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct dns_socket known = {};
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (sk && describe(&known, sk, task))
		bpf_sk_storage_get(&sockets, sk, &known, BPF_SK_STORAGE_GET_F_CREATE);
	return 0;
}

/* And on kernels that don't: user space writes. */
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
	if (!sk || !describe(&open.known, sk, task))
		return 0;
	open.pid = open.known.owner.pid;
	open.fd = ctx->fd;
	open.inode = BPF_CORE_READ(file, f_inode, i_ino);
	bpf_seq_write(ctx->meta->seq, &open, sizeof(open));
	return 0;
}

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
