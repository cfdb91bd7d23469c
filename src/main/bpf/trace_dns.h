/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The interface between trace_dns.bpf.c and user space: ring buffer records, counters, settings.
 * The Java side is dev.jig.capture.RecordLayout; RecordLayoutTest compares both through BTF.
 * Integers and ports are in host byte order. Addresses have 16 bytes, IPv4 as an IPv4-mapped IPv6
 * address (RFC 4291 section 2.5.5.2).
 */
#ifndef TRACE_DNS_H
#define TRACE_DNS_H

#define COMM_LEN 16 /* TASK_COMM_LEN */
#define PATH_LEN 1024
#define PORT_WORDS 1024 /* 65536 ports, one bit each */

/* Payload bytes in a packet_record; the rest travels in chunk_records before it. */
#define CHUNK_LEN 4096

/* Payload bytes in a drop_record: a header and the longest question (RFC 1035 section 4.1.2). */
#define DROP_LEN 512

/* 139,264 bytes; the largest skb seen, on loopback, had 131,018. */
#define MAX_CHUNKS 34

/* The reader is woken each time the unread amount crosses a multiple of this. */
#define WAKE_BYTES (256 * 1024)

enum record_kind {
	RECORD_PACKET = 1,
	RECORD_CHUNK = 2,
	RECORD_CGROUP = 3, /* notice: a cgroup was created */
	RECORD_CLOSED = 4, /* notice: a client's socket was closed */
	RECORD_DROP = 5, /* a packet was lost, or an error reported */
	RECORD_CONNECT = 6, /* notice: a TCP connect() to a DNS port, a packet_record */
	RECORD_UNSENT = 7, /* notice: no packet left of a connect() or send, a packet_record */
};

enum direction { INGRESS = 0, EGRESS = 1 };

/* Where a record's owner comes from. */
enum attribution {
	OWNER_UNKNOWN = 0, /* no owner */
	OWNER_SOCKET = 1, /* the process that uses the socket */
	OWNER_EXACT = 2, /* the task that sent this packet */
};

enum packet_flags {
	ASKED_KNOWN = 1, /* asked and asked_port are set */
	TCP_BEGINS = 2, /* SYN: the first segment of the connection */
	TCP_ACKNOWLEDGES = 4, /* tcp_ack is valid */
	BUFFER_FILLING = 8, /* UDP: the receiver's buffer is at least half full */
	ASKED_BY_CONNECT = 16, /* unsent: connect() failed; else a send */
};

/* What reports a loss, and with it what drop_record.reason is. */
enum drop_hook {
	DROP_KFREE_SKB = 1, /* enum skb_drop_reason; 0: the kernel has no reasons */
	DROP_ICMP_SENT = 2, /* ICMP type << 8 | code of the answer to the packet */
	DROP_SOCKET_ERROR = 3, /* errno of the socket; there is no packet */
};

enum drop_place {
	DROP_ON_PATH = 0, /* no socket, and not for the host that dropped it */
	DROP_AT_SENDING_SOCKET = 1, /* cookie is the sender's */
	DROP_AT_RECEIVING_SOCKET = 2, /* cookie is the receiver's */
	DROP_AT_RECEIVING_HOST = 3, /* no socket, but in the namespace it was sent to */
};

/* A task; namespaces are inode numbers, uid and gid those of the initial user namespace. */
struct owner {
	__u64 start_time; /* task->group_leader->start_boottime, ns */
	__u32 pid; /* task->tgid */
	__u32 tid; /* task->pid */
	__u32 uid;
	__u32 gid;
	__u32 ppid; /* task->real_parent->tgid */
	__u32 mntns;
	__u32 netns;
	__u32 checksum; /* of all other fields, in socket storage; 0 in a record */
	char comm[COMM_LEN];
	char pcomm[COMM_LEN]; /* the parent's comm */
	char process_name[COMM_LEN]; /* task->group_leader->comm */
};

struct packet_record {
	__u8 kind;
	__u8 direction;
	__u8 pkt_type; /* skb->pkt_type */
	__u8 protocol; /* IPPROTO_UDP or IPPROTO_TCP */
	__u8 attribution;
	__u8 flags; /* enum packet_flags */
	__u16 asked_port;
	__u16 source_port;
	__u16 destination_port;
	__u32 payload_len; /* of the packet */
	__u16 inline_len; /* of it, in this record */
	__u16 gso_size; /* skb->gso_size */
	__u32 tcp_seq; /* of the payload's first byte */
	__u32 tcp_ack; /* the sequence number expected next, with TCP_ACKNOWLEDGES */
	__u32 netns; /* the socket's, if an address is a loopback address; else 0 */
	__u64 time; /* CLOCK_BOOTTIME, ns */
	__u64 cookie; /* bpf_get_socket_cookie() */
	__u64 cgroup; /* bpf_skb_cgroup_id() */
	__u8 source[16];
	__u8 destination[16];
	__u8 asked[16]; /* the destination as given to connect() or sendmsg(), before NAT */
	struct owner owner;
	/* inline_len bytes of payload follow */
};

struct chunk_record {
	__u8 kind;
	__u8 direction;
	__u16 unused;
	__u32 offset; /* within the packet's payload */
	__u32 len;
	__u32 unused2;
	__u64 time; /* time, cookie and direction are those of the packet's record */
	__u64 cookie;
	/* len bytes of payload follow */
};

struct cgroup_record {
	__u8 kind;
	__u8 unused[3];
	__u32 path_len; /* with the terminating NUL; PATH_LEN: the path may be truncated */
	__u64 id;
	char path[PATH_LEN];
};

struct closed_record {
	__u8 kind;
	__u8 unused[7];
	__u64 time; /* CLOCK_BOOTTIME, ns */
	__u64 cookie;
};

/*
 * packet.kind is RECORD_DROP. Owner, cgroup and asked are set at the sending socket only, and the
 * payload of UDP only, the first DROP_LEN bytes at most: payload_len equals inline_len.
 */
struct drop_record {
	struct packet_record packet;
	__u32 reason;
	__u8 hook; /* enum drop_hook */
	__u8 place; /* enum drop_place */
	__u16 device_down; /* 1: the packet's device is down or has no carrier */
	/* inline_len bytes of payload follow */
};

/* Per CPU and direction. Packets: seen = skipped + no_payload + bad + ring_full + recorded. */
struct counters {
	__u64 seen; /* DNS packets */
	__u64 skipped; /* by a cgroup's verdict */
	__u64 no_payload;
	__u64 bad; /* headers or payload could not be read */
	__u64 ring_full;
	__u64 recorded;
	__u64 fragments; /* IP fragments but the first: not parsed, not in seen */
	__u64 no_storage; /* bpf_sk_storage_get() failed: a socket may have no owner */
	__u64 notices; /* cgroup, closed, connect and unsent records written */
	__u64 notices_lost; /* the same, lost to a ring that was too full */
	__u64 drops; /* drop records written */
	__u64 drops_lost; /* drop records lost to a full ring */
	__u64 unused[4]; /* pads to two cache lines */
};

/* Written by user space, also while the programs run. */
struct settings {
	__u64 ports[PORT_WORDS]; /* bitmap of DNS ports */
	__u32 any_udp_port; /* 1: trace UDP on all ports if it looks like DNS */
	__u32 verdicts; /* 0: no cgroup is skipped */
	__u32 epoch; /* verdicts of another epoch are ignored */
	__u32 asleep; /* 1: the reader is idle; the next record wakes it */
};

/* Value of the map verdicts, by cgroup id. A cgroup without an entry is not skipped. */
struct verdict {
	__u32 epoch;
	__u32 skip;
};

#endif
