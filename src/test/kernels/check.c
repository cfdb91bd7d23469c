// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Whether the kernel program loads, attaches and tells the truth on the running kernel:
 *
 *   check OBJECT CGROUP     (root; CGROUP is a cgroup v2 directory, the caller's own or above it)
 *
 * Each scenario sends lookups whose bytes and whose sender are known, then compares the records.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "tracer.h"
#include "traffic.h"

#define USER_HZ 100
#define SERVER_IPV4 "127.0.0.5"

static const struct scenario scenarios[] = {
	{ .name = "UDP IPv4", .server = SERVER_IPV4, .query_len = 40, .answer_len = 200 },
	{ .name = "UDP IPv4 connected",
	  .server = SERVER_IPV4,
	  .connected = true,
	  .query_len = 64,
	  .answer_len = 256 },
	{ .name = "UDP IPv6", .server = "::1", .query_len = 65, .answer_len = 1024 },
	{ .name = "UDP IPv6 connected",
	  .server = "::1",
	  .connected = true,
	  .query_len = 257,
	  .answer_len = 1025 },
	{ .name = "UDP IPv4 on an IPv6 socket",
	  .server = "::ffff:" SERVER_IPV4,
	  .query_len = 40,
	  .answer_len = 4096 },
	{ .name = "UDP IPv4 on an IPv6 socket, connected",
	  .server = "::ffff:" SERVER_IPV4,
	  .connected = true,
	  .query_len = 40,
	  .answer_len = 4097 },
	{ .name = "fork after connect",
	  .server = SERVER_IPV4,
	  .connected = true,
	  .asker = CHILD_AFTER_CONNECT,
	  .query_len = 40,
	  .answer_len = 200 },
	{ .name = "another thread sends",
	  .server = SERVER_IPV4,
	  .connected = true,
	  .asker = OTHER_THREAD,
	  .query_len = 40,
	  .answer_len = 200 },
	{ .name = "setuid before connect",
	  .server = "::1",
	  .connected = true,
	  .asker = OTHER_USER,
	  .query_len = 40,
	  .answer_len = 200 },
	{ .name = "IPv4 options",
	  .server = SERVER_IPV4,
	  .ip_options = true,
	  .query_len = 40,
	  .answer_len = 200 },
	{ .name = "IPv6 hop-by-hop header",
	  .server = "::1",
	  .hop_by_hop = true,
	  .query_len = 40,
	  .answer_len = 200 },
	{ .name = "60 KB answer, IPv4",
	  .server = SERVER_IPV4,
	  .query_len = 40,
	  .answer_len = 60000 },
	{ .name = "60 KB answer, IPv6",
	  .server = "::1",
	  .connected = true,
	  .query_len = 40,
	  .answer_len = 60001 },
	{ .name = "segmented send (UDP GSO)",
	  .server = SERVER_IPV4,
	  .lookups = 5,
	  .query_len = 90,
	  .answer_len = 200 },
	{ .name = "TCP IPv4",
	  .server = SERVER_IPV4,
	  .tcp = true,
	  .query_len = 40,
	  .answer_len = 5000 },
	{ .name = "TCP IPv6, 240 KB in one write",
	  .server = "::1",
	  .tcp = true,
	  .lookups = 4,
	  .query_len = 40,
	  .answer_len = 60000 },
};

static const struct scenario silent = { .name = "closed with a query unanswered",
					.server = SERVER_IPV4,
					.query_len = 40 };
static const struct scenario skipped = { .name = "skip verdict and its epoch",
					 .server = SERVER_IPV4,
					 .query_len = 40,
					 .answer_len = 200 };
static const struct scenario flood = {
	.name = "ring full", .server = SERVER_IPV4, .query_len = 60000, .flood = true
};

static struct stage *stage;
static char cgroup[4096];
static __u64 cgroup_id;
static char reason[500];

void passed(const char *check)
{
	printf("@ ok %s\n", check);
}

void absent(const char *check)
{
	printf("@ absent %s\n", check);
}

void failed(const char *check, const char *format, ...)
{
	va_list arguments;

	printf("@ FAIL %s: ", check);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

void die(const char *format, ...)
{
	va_list arguments;

	printf("@ FAIL the test itself: ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
	_exit(2);
}

static __u64 boot_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Keeps the first reason; false, for a return. */
static __attribute__((format(printf, 1, 2))) bool wrong(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	return false;
}

static bool same(const char *what, __u64 is, __u64 should)
{
	return is == should || wrong("%s %llu instead of %llu", what, is, should);
}

/* ---- one packet ----------------------------------------------------------------------------- */

static bool bytes_are(const char *what, const __u8 *is, const __u8 *should, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (is[i] != should[i])
			return wrong("%s: byte %zu of %zu is %u instead of %u", what, i, len, is[i],
				     should[i]);
	return true;
}

static bool owner_is(const struct owner *owner, const struct who *who)
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

/* Only the client's own egress knows the server asked. */
static bool asked_is(const struct scenario *scenario, const struct packet_record *head)
{
	__u8 server[16];

	address_of(scenario->server, server);
	return same("asked_known", head->asked_known, 1) &&
	       same("asked port", head->asked_port, 53) &&
	       bytes_are("asked", head->asked, server, 16);
}

/*
 * Data that overtakes the ACK of its handshake makes the accepted socket: it is filtered for the
 * listener, whose cookie it carries.
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
	bool clients = response == (head->direction == INGRESS);
	bool exact = !scenario->tcp && head->direction == EGRESS;

	return same("protocol", head->protocol, scenario->tcp ? IPPROTO_TCP : IPPROTO_UDP) &&
	       addresses_are(scenario, head, response) &&
	       same("attribution", head->attribution, exact ? OWNER_EXACT : OWNER_SOCKET) &&
	       owner_is(&head->owner, clients ? &stage->client : &stage->server) &&
	       cookie_is(head, clients ? &stage->client : &stage->server) &&
	       same("in the client's cgroup", head->cgroup == cgroup_id, clients) &&
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
		/* The later segments leave in the first one's packet. */
		if (!response && direction == EGRESS)
			break;
	}
	return true;
}

/* ---- TCP ------------------------------------------------------------------------------------ */

/* The bytes of one direction of a connection at one of the hooks; a retransmission comes again. */
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

/* The query and the answer, each where it leaves and where it arrives. */
static bool hops_are(const struct scenario *scenario)
{
	char why[sizeof(reason)];

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

/* ---- scenarios ------------------------------------------------------------------------------ */

static bool play(const struct scenario *scenario)
{
	__u64 from = boot_clock();

	forget();
	if (!run(scenario, cgroup, stage))
		return wrong("%s", stage->trouble);
	drain();
	for (size_t i = 0; i < seen.packet_count; i++) {
		__u64 time = seen.packets[i].head.time;

		if (time < from || time > boot_clock())
			return wrong("time %llu outside of %llu to now", time, from);
	}
	return true;
}

static bool lookup_is(const struct scenario *scenario)
{
	return play(scenario) && hops_are(scenario) && same("closed notices", seen.closed_count, 0);
}

static bool notices_cgroup(void)
{
	const char *leaf = strrchr(cgroup, '/');
	struct stat status;

	forget();
	if (mkdir(cgroup, 0755) || stat(cgroup, &status))
		die("%s: %s", cgroup, strerror(errno));
	cgroup_id = status.st_ino;
	drain();
	for (size_t i = 0; i < seen.cgroup_count; i++) {
		const struct cgroup_record *record = &seen.cgroups[i];
		size_t len = strnlen(record->path, PATH_LEN);

		if (record->id != cgroup_id)
			continue;
		return same("path length", record->path_len, len + 1) &&
		       ((len >= strlen(leaf) && !strcmp(record->path + len - strlen(leaf), leaf)) ||
			wrong("path %s instead of …%s", record->path, leaf));
	}
	return wrong("none of %zu has id %llu", seen.cgroup_count, cgroup_id);
}

static bool notices_close(void)
{
	return play(&silent) && hops_are(&silent) && same("closed notices", seen.closed_count, 1) &&
	       same("its cookie", seen.closed[0].cookie, stage->client.cookie);
}

static bool skips(void)
{
	struct settings *settings = live_settings();
	__u64 before = read_totals().by[EGRESS].skipped + read_totals().by[INGRESS].skipped;
	bool right;

	settings->verdicts = 1;
	settings->epoch = 7;
	set_verdict(cgroup_id, 7, 1);
	right = play(&skipped) && same("packets of the server alone", seen.packet_count, 2) &&
		same("skipped",
		     read_totals().by[EGRESS].skipped + read_totals().by[INGRESS].skipped - before,
		     2);
	settings->epoch = 8;
	right = right && lookup_is(&skipped);
	settings->verdicts = 0;
	return right;
}

/* Packets are recorded whole or counted; afterwards all is as before. */
static bool survives_full_ring(void)
{
	struct totals before = read_totals();
	static __u8 expected[65536];
	__u64 full;

	if (!play(&flood))
		return false;
	full = read_totals().by[EGRESS].ring_full - before.by[EGRESS].ring_full;
	if (!full || !seen.packet_count)
		return wrong("%llu refused, %zu recorded", full, seen.packet_count);
	fill_message(expected, flood.query_len, 0, false);
	for (size_t i = 0; i < seen.packet_count; i++)
		if (!same("missing bytes", seen.packets[i].missing, 0) ||
		    !same("payload length", seen.packets[i].head.payload_len, flood.query_len) ||
		    !bytes_are("payload", seen.packets[i].payload, expected, flood.query_len))
			return false;
	return same("egress", read_totals().by[EGRESS].seen - before.by[EGRESS].seen,
		    FLOOD_LOOKUPS) &&
	       lookup_is(&scenarios[0]);
}

static bool adds_up(void)
{
	struct totals totals = read_totals();
	__u64 recorded = 0;

	for (int i = 0; i < 2; i++) {
		const struct counters *by = &totals.by[i];
		__u64 sum = by->skipped + by->no_payload + by->bad + by->ring_full + by->recorded;

		if (!same("seen", by->seen, sum) || !same("bad", by->bad, 0) ||
		    !same("no_storage", by->no_storage, 0) || !same("fragments", by->fragments, 0))
			return false;
		recorded += by->recorded;
	}
	return same("packets read", drain(), recorded);
}

static void report(const char *check, bool right)
{
	if (right)
		passed(check);
	else
		failed(check, "%s", reason);
	fflush(stdout);
}

int main(int count, char **arguments)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	if (count != 3)
		die("usage: %s OBJECT CGROUP", arguments[0]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (stage == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	snprintf(cgroup, sizeof(cgroup), "%s/asker-%d", arguments[2], getpid());
	load_each(arguments[1]);
	if (attach_all(arguments[1], arguments[2])) {
		bool noticed = notices_cgroup();

		if (noticed || is_attached("cgroup_mkdir"))
			report("cgroup made", noticed);
		else
			absent("cgroup made");
		for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
			report(scenarios[i].name, lookup_is(&scenarios[i]));
		report(silent.name, notices_close());
		report(skipped.name, skips());
		report(flood.name, survives_full_ring());
		report("counters add up", adds_up());
		rmdir(cgroup);
	}
	printf("@ done\n");
	return 0;
}
