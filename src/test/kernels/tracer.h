/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The kernel program under test, loaded and attached, and what its ring held. */
#ifndef TRACER_H
#define TRACER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "trace_dns.h"

/* A packet put together from its record and its chunks. */
struct packet {
	struct packet_record head;
	__u8 *payload; /* head.payload_len bytes */
	__u32 missing; /* of them, brought by no chunk */
};

/* What was read since the last forget(). */
struct seen {
	struct packet *packets;
	size_t packet_count;
	struct cgroup_record *cgroups;
	size_t cgroup_count;
	struct closed_record *closed;
	size_t closed_count;
};

extern struct seen seen;

/* The counters by direction, summed over the CPUs. */
struct totals {
	struct counters by[2];
};

/* Loads each program of the object alone, and says how it went: false if a needed one refused. */
bool load_each(const char *object);

/* Loads all that loaded alone, tracing port 53 alone, and attaches them to the cgroup. */
bool attach_all(const char *object, const char *cgroup);

/* Marks the sockets that were open before; false if the object or this kernel has no such walk. */
bool walk(void);

/* False if the object has no such program, or this kernel refused it. */
bool is_attached(const char *program);

struct bpf_object;

/* walk.c: by the program that writes into sockets, or from what the other one prints. */
bool walk_sockets(const struct bpf_object *object, bool writes);

/* Moves what the ring holds into `seen`; returns the packets read since the start. */
__u64 drain(void);
void forget(void);

struct totals read_totals(void);
/* The settings as the running programs see them. */
struct settings *live_settings(void);
void set_verdict(__u64 cgroup, __u32 epoch, __u32 skip);

#endif
