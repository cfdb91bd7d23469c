/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Lookups on loopback between a client and a server process, which report their identity. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

enum asker {
	ITSELF,
	CHILD_AFTER_CONNECT, /* forked from the process that connected the socket */
	OTHER_THREAD, /* than the one that made the socket */
	OTHER_USER, /* setuid between socket() and connect() */
};

struct scenario {
	const char *name;
	const char *server; /* an address; sets the family of the client's socket */
	bool tcp;
	bool connected; /* UDP: connect() before the first send */
	enum asker asker;
	int lookups; /* more than one: in one segmented send (UDP), in one write (TCP) */
	size_t query_len;
	size_t answer_len; /* 0: the server stays silent */
	bool hop_by_hop; /* both sides send an IPv6 hop-by-hop header */
	bool ip_options; /* both sides send IPv4 options */
	bool flood; /* send FLOOD_LOOKUPS queries while the ring is not read */
	bool no_storage; /* socket storage cannot be allocated */
};

#define FLOOD_LOOKUPS 200

/* What a thread reads about itself. */
struct who {
	__u32 pid, tid, ppid, uid, gid, mntns, netns;
	__u64 start_ticks; /* USER_HZ */
	char comm[16], pcomm[16];
	__u64 cookie; /* of its socket; a TCP server's: of the accepted one */
	__u64 listener_cookie;
	__u16 port; /* its socket's */
};

/* Filled by the client and the server. */
struct stage {
	struct who client, server;
	char trouble[200]; /* why the scenario failed */
};

/* Runs a client inside `cgroup` and its server; false with the reason in trouble. */
bool run(const struct scenario *scenario, const char *cgroup, struct stage *stage);

void join(const char *cgroup);
/* The calling thread. */
void describe(struct who *who);
/* Its socket. */
void describe_socket(struct who *who, int fd);

/* A DNS header and a pattern that differs for each message and each offset. */
void fill_message(__u8 *message, size_t len, int lookup, bool response);
int lookups_of(const struct scenario *scenario);

/* 16 bytes, IPv4 in its mapped form. */
void address_of(const char *text, __u8 address[16]);

#endif
