/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The kernel program under test, and the records read from its ring. */
#ifndef TRACER_H
#define TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "trace_dns.h"

/* A packet from its record and chunks. */
struct packet {
	struct packet_record head;
	__u8 *payload; /* head.payload_len bytes */
	__u32 missing; /* of them, neither in the record nor in a chunk */
};

/* A drop record and its payload, head.packet.inline_len bytes. */
struct drop {
	struct drop_record head;
	__u8 payload[DROP_LEN];
};

/* The records read since the last forget(). */
struct seen {
	struct packet *packets;
	size_t packet_count;
	struct drop *drops;
	size_t drop_count;
	struct packet_record *connects;
	size_t connect_count;
	struct packet_record *unsent;
	size_t unsent_count;
	struct cgroup_record *cgroups;
	size_t cgroup_count;
	struct closed_record *closed;
	size_t closed_count;
};

extern struct seen seen;

/* Records read since the start, as the kernel counts them. */
extern struct read_totals {
	__u64 packets, drops, notices;
} records_read;

/* The counters by direction, summed over the CPUs. */
struct totals {
	struct counters by[2];
};

/*
 * Loads each program of the object alone and prints the results; false if a required one fails. The
 * programs that report losses are required where the kernel has their tracepoint.
 */
bool load_each(const char *object);

/* Loads all programs that load alone, for port 53, and attaches them to the cgroup. */
bool attach_all(const char *object, const char *cgroup);

/* Stores the owners of older sockets; false if the object has no program for it. */
bool walk(void);

/* False if the object has no such program, or it was not attached. */
bool is_attached(const char *program);

struct bpf_object;

/* walk.c. writes: by mark_sockets, else by list_sockets. */
bool walk_sockets(const struct bpf_object *object, bool writes);

/* Moves the records in the ring to `seen`. */
void drain(void);
void forget(void);

struct totals read_totals(void);
/* The settings as the running programs see them. */
struct settings *live_settings(void);
void set_verdict(__u64 cgroup, __u32 epoch, __u32 skip);

#endif
