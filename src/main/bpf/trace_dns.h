/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The records that trace_dns.bpf.c writes to its ring buffer, and what user space writes to it.
 * The Java side of this contract is dev.jig.capture.RecordLayout; a test compares both through BTF.
 * All integers are in host order; ports too. Addresses are 16 bytes, IPv4 in its mapped form.
 */
#ifndef TRACE_DNS_H
#define TRACE_DNS_H

#define COMM_LEN 16
#define PATH_LEN 1024
#define PORT_WORDS 1024 /* 65536 ports, one bit each */

/* Payload up to here travels in the packet's own record, the rest in chunks before it. */
#define CHUNK_LEN 4096
/* An skb on loopback was seen with 131,018 bytes. */
#define MAX_CHUNKS 34

/* The reader is woken each time the unread amount crosses a multiple of this. */
#define WAKE_BYTES (64 * 1024)

enum record_kind {
	RECORD_PACKET = 1,
	RECORD_CHUNK = 2,
	RECORD_CGROUP = 3, /* a cgroup was made */
	RECORD_CLOSED = 4, /* a socket was closed with queries unanswered */
};

enum direction { INGRESS = 0, EGRESS = 1 };

/* How sure the owner is. */
enum attribution { OWNER_UNKNOWN = 0, OWNER_SOCKET = 1, OWNER_EXACT = 2 };

struct owner {
	__u64 start_time; /* of the process, ns on the boot clock */
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__u32 gid;
	__u32 ppid;
	__u32 mntns;
	__u32 netns;
	__u32 sum; /* of all else while it lies in a socket; 0 in a record */
	char comm[COMM_LEN];
	char pcomm[COMM_LEN];
};

struct packet_record {
	__u8 kind;
	__u8 direction;
	__u8 pkt_type;
	__u8 protocol;
	__u8 attribution;
	__u8 asked_known;
	__u16 asked_port;
	__u16 source_port;
	__u16 destination_port;
	__u32 payload_len; /* of the whole packet */
	__u32 inline_len; /* of it, in this record */
	__u32 tcp_seq;
	__u32 gso_size;
	__u32 netns; /* of the socket, where an address is loopback's; else 0 */
	__u64 time; /* boot clock, ns */
	__u64 cookie;
	__u64 cgroup;
	__u8 source[16];
	__u8 destination[16];
	__u8 asked[16];
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
	__u64 time; /* the same as its packet's: with cookie and direction its key */
	__u64 cookie;
	/* len bytes follow */
};

struct cgroup_record {
	__u8 kind;
	__u8 unused[3];
	__u32 path_len; /* with the closing NUL; PATH_LEN: may be cut */
	__u64 id;
	char path[PATH_LEN];
};

struct closed_record {
	__u8 kind;
	__u8 unused[7];
	__u64 time;
	__u64 cookie;
};

/* Counted per direction; packets: seen = skipped + no_payload + bad + ring_full + recorded. */
struct counters {
	__u64 seen;
	__u64 skipped;
	__u64 no_payload;
	__u64 bad;
	__u64 ring_full;
	__u64 recorded;
	__u64 fragments; /* later fragments: not parsed, outside the sum */
	__u64 no_storage; /* a socket's storage could not be made: its owner may be unknown */
	__u64 notices; /* cgroup and closed records written */
	__u64 notices_lost; /* and those the ring had no room for */
	__u64 unused[6]; /* to two cache lines */
};

/* What user space may change while the programs run. */
struct settings {
	__u64 ports[PORT_WORDS];
	__u32 any_udp_port;
	__u32 verdicts; /* 0: nothing is skipped */
	__u32 epoch; /* verdicts of another epoch don't count */
	__u32 asleep; /* the reader waits long: the next packet wakes it */
};

/* By cgroup id; unknown: pass. */
struct verdict {
	__u32 epoch;
	__u32 skip;
};

#endif
