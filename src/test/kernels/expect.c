// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Compares the records of a scenario with what its client and server report of themselves. */
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "tracer.h"

#define USER_HZ 100

char reason[500];

static const struct stage *stage;
static __u64 cgroup_id;

bool wrong(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	return false;
}

bool same(const char *what, __u64 is, __u64 should)
{
	return is == should || wrong("%s %llu instead of %llu", what, is, should);
}

/* ---- one packet ----------------------------------------------------------------------------- */

bool bytes_are(const char *what, const __u8 *is, const __u8 *should, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (is[i] != should[i])
			return wrong("%s: byte %zu of %zu is %u instead of %u", what, i, len, is[i],
				     should[i]);
	return true;
}

bool task_is(const struct owner *owner, const struct who *who)
{
	return same("pid", owner->pid, who->pid) && same("tid", owner->tid, who->tid) &&
	       same("ppid", owner->ppid, who->ppid) && same("uid", owner->uid, who->uid) &&
	       same("gid", owner->gid, who->gid) && same("mntns", owner->mntns, who->mntns) &&
	       same("netns", owner->netns, who->netns) &&
	       same("start time", owner->start_time / (1000000000 / USER_HZ), who->start_ticks) &&
	       (!strcmp(owner->comm, who->comm) ||
		wrong("comm %.16s instead of %s", owner->comm, who->comm)) &&
	       (!strcmp(owner->pcomm, who->pcomm) ||
		wrong("pcomm %.16s instead of %s", owner->pcomm, who->pcomm));
}

/* UDP egress: the current task. Everything else: the owner in the socket's storage. */
static bool owner_is(const struct scenario *scenario, const struct packet_record *head,
		     const struct who *who)
{
	if (!scenario->tcp && head->direction == EGRESS)
		return same("attribution", head->attribution, OWNER_EXACT) &&
		       task_is(&head->owner, who);
	if (scenario->no_storage)
		return same("attribution", head->attribution, OWNER_UNKNOWN) &&
		       same("pid", head->owner.pid, 0);
	return same("attribution", head->attribution, OWNER_SOCKET) && task_is(&head->owner, who);
}

static bool addresses_are(const struct scenario *scenario, const struct packet_record *head,
			  bool response)
{
	__u8 server[16], client[16];
	const __u8 *from = response ? server : client, *to = response ? client : server;

	address_of(scenario->server, server);
	address_of(strchr(scenario->server, '.') ? "127.0.0.1" : "::1", client);
	return bytes_are("source", head->source, from, 16) &&
	       bytes_are("destination", head->destination, to, 16) &&
	       same("source port", head->source_port, response ? 53 : stage->client.port) &&
	       same("destination port", head->destination_port, response ? stage->client.port : 53);
}

/* Set in the client's egress records only. */
static bool asked_is(const struct scenario *scenario, const struct packet_record *head)
{
	__u8 server[16];

	address_of(scenario->server, server);
	return same("asked_known", head->flags & ASKED_KNOWN, ASKED_KNOWN) &&
	       same("asked port", head->asked_port, 53) &&
	       bytes_are("asked", head->asked, server, 16);
}

/*
 * Data that arrives before the ACK of the handshake is filtered for the listener and has the
 * listener's cookie.
 */
static bool cookie_is(const struct packet_record *head, const struct who *who)
{
	return (who->listener_cookie && head->direction == INGRESS &&
		head->cookie == who->listener_cookie) ||
	       same("cookie", head->cookie, who->cookie);
}

/* All but the payload. */
static bool head_is(const struct scenario *scenario, const struct packet_record *head,
		    bool response)
{
	const struct who *who =
		response == (head->direction == INGRESS) ? &stage->client : &stage->server;

	return same("protocol", head->protocol, scenario->tcp ? IPPROTO_TCP : IPPROTO_UDP) &&
	       addresses_are(scenario, head, response) && owner_is(scenario, head, who) &&
	       cookie_is(head, who) &&
	       same("in the client's cgroup", head->cgroup == cgroup_id, who == &stage->client) &&
	       (response || head->direction == INGRESS || asked_is(scenario, head));
}

/* ---- UDP ------------------------------------------------------------------------------------ */

static const struct packet *find_datagram(int lookup, bool response, enum direction direction)
{
	const struct packet *found = NULL;

	for (size_t i = 0; i < seen.packet_count; i++) {
		const struct packet *packet = &seen.packets[i];

		if (packet->head.direction != direction || packet->payload[1] != lookup ||
		    packet->payload[2] >> 7 != response)
			continue;
		if (found)
			return NULL;
		found = packet;
	}
	return found;
}

static bool datagram_is(const struct scenario *scenario, int lookup, bool response,
			enum direction direction)
{
	const struct packet *packet = find_datagram(lookup, response, direction);
	size_t len = response ? scenario->answer_len : scenario->query_len;
	bool segmented = lookups_of(scenario) > 1 && !response && direction == EGRESS;
	int messages = segmented ? lookups_of(scenario) : 1;
	static __u8 expected[65536];

	if (!packet)
		return wrong("none, or more than one");
	for (int i = 0; i < messages; i++)
		fill_message(expected + i * len, len, lookup + i, response);
	return same("payload length", packet->head.payload_len, messages * len) &&
	       same("missing bytes", packet->missing, 0) &&
	       bytes_are("payload", packet->payload, expected, messages * len) &&
	       same("gso_size", packet->head.gso_size, segmented ? len : 0) &&
	       head_is(scenario, &packet->head, response);
}

static bool datagrams_are(const struct scenario *scenario, bool response, enum direction direction)
{
	for (int lookup = 0; lookup < lookups_of(scenario); lookup++) {
		if (!datagram_is(scenario, lookup, response, direction))
			return false;
		/* GSO: all segments are in the first one's packet. */
		if (!response && direction == EGRESS)
			break;
	}
	return true;
}

/* ---- TCP ------------------------------------------------------------------------------------ */

/* Compares one direction of a connection at one hook; retransmissions may repeat bytes. */
static bool stream_is(const struct scenario *scenario, bool response, enum direction direction)
{
	size_t each = (response ? scenario->answer_len : scenario->query_len) + 2;
	size_t len = each * lookups_of(scenario);
	__u8 *is = calloc(1, len), *should = calloc(1, len), *have = calloc(1, len);
	__u32 first = 0;
	bool any = false, right = true;

	for (int i = 0; i < lookups_of(scenario); i++) {
		should[i * each] = (each - 2) >> 8;
		should[i * each + 1] = each - 2;
		fill_message(should + i * each + 2, each - 2, i, response);
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; right && i < seen.packet_count; i++) {
			const struct packet *packet = &seen.packets[i];
			__u32 at = packet->head.tcp_seq - first;

			if (packet->head.direction != direction ||
			    (packet->head.source_port == 53) != response)
				continue;
			if (pass == 0) {
				if (!any || (__s32)at < 0)
					first = packet->head.tcp_seq;
				any = true;
				right = same("missing bytes", packet->missing, 0) &&
					head_is(scenario, &packet->head, response);
			} else if (at + packet->head.payload_len > len) {
				right = wrong("%u bytes at %u of %zu", packet->head.payload_len, at,
					      len);
			} else {
				memcpy(is + at, packet->payload, packet->head.payload_len);
				memset(have + at, 1, packet->head.payload_len);
			}
		}
	if (right && !any)
		right = wrong("no packet");
	if (right && memchr(have, 0, len))
		right = wrong("byte %zu of %zu is missing", (__u8 *)memchr(have, 0, len) - have,
			      len);
	right = right && bytes_are("stream", is, should, len);
	free(is);
	free(should);
	free(have);
	return right;
}

bool hops_are(const struct scenario *scenario, const struct stage *played, __u64 clients_cgroup)
{
	char why[sizeof(reason)];

	stage = played;
	cgroup_id = clients_cgroup;
	for (int hop = 0; hop < (scenario->answer_len ? 4 : 2); hop++) {
		bool response = hop & 2;
		enum direction direction = hop & 1 ? INGRESS : EGRESS;

		if (scenario->tcp ? stream_is(scenario, response, direction)
				  : datagrams_are(scenario, response, direction))
			continue;
		memcpy(why, reason, sizeof(why));
		return wrong("%s %s: %s", response ? "answer" : "query",
			     direction == EGRESS ? "egress" : "ingress", why);
	}
	return true;
}
