// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Checks that the kernel program loads, attaches and records correctly on the running kernel:
 *
 *   check OBJECT CGROUP ASKER COUNT
 *                       (root; CGROUP is a cgroup v2 directory, the caller's or an ancestor of it;
 *                       ASKER the program of src/test/c, COUNT the queries that it asks)
 *
 * Each scenario sends messages with known bytes from known processes, then compares the records.
 */
#define _GNU_SOURCE
#include <errno.h>
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

#include "attribution.h"
#include "check.h"
#include "expect.h"
#include "losses.h"
#include "tracer.h"
#include "traffic.h"

#define SERVER_IPV4 "127.0.0.5"
#define RCU_GRACE_US 300000 /* then a closed socket has dropped what it had not read */

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

static const struct scenario no_storage = { .name = "no room for storage",
					    .server = SERVER_IPV4,
					    .connected = true,
					    .query_len = 40,
					    .answer_len = 200,
					    .no_storage = true };

static struct stage *stage;
static char cgroup[4096];
static __u64 cgroup_id;
static __u64 storage_refused; /* by check_without_storage() */
static __u64 notices_lost, drops_lost; /* in survives_full_ring() */

void passed(const char *check)
{
	printf("@ ok %s\n", check);
}

void absent(const char *check)
{
	printf("@ absent %s\n", check);
}

void refused(const char *check, int error)
{
	const char *name = strerrorname_np(error);

	printf("@ absent,%s %s\n", name ? name : "?", check);
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

/* Only the client's socket has sent a query; without storage it is not marked. */
static bool closed_is_client(const struct scenario *scenario)
{
	if (scenario->no_storage)
		return same("closed notices", seen.closed_count, 0);
	return same("closed notices", seen.closed_count, 1) &&
	       same("its cookie", seen.closed[0].cookie, stage->client.cookie);
}

/* What the server had not read when it ended may be dropped later: the client's packets only. */
static bool nothing_is_lost(const struct scenario *scenario)
{
	for (size_t i = 0; scenario->answer_len && i < seen.drop_count; i++) {
		const struct drop_record *drop = &seen.drops[i].head;

		if (drop->packet.source_port == stage->client.port ||
		    drop->packet.destination_port == stage->client.port ||
		    drop->hook == DROP_SOCKET_ERROR)
			return wrong("hook %u reports a loss, reason %u", drop->hook, drop->reason);
	}
	return true;
}

/* Only TCP connections have one. */
static bool connect_is_client(const struct scenario *scenario)
{
	if (!scenario->tcp)
		return same("connect records", seen.connect_count, 0);
	return same("connect records", seen.connect_count, 1) &&
	       same("its cookie", seen.connects[0].cookie, stage->client.cookie);
}

static bool lookup_is(const struct scenario *scenario)
{
	return play(scenario) && hops_are(scenario, stage, cgroup_id) &&
	       closed_is_client(scenario) && connect_is_client(scenario) &&
	       nothing_is_lost(scenario);
}

static void report(const char *check, bool right)
{
	if (right)
		passed(check);
	else
		failed(check, "%s", reason);
	fflush(stdout);
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

/* Packets are recorded whole or counted as ring_full; then a scenario passes as before. */
static bool survives_full_ring(void)
{
	struct totals before = read_totals();
	static __u8 expected[65536];
	__u64 full;

	if (!play(&flood))
		return false;
	full = read_totals().by[EGRESS].ring_full - before.by[EGRESS].ring_full;
	notices_lost = read_totals().by[EGRESS].notices_lost;
	drops_lost = read_totals().by[INGRESS].drops_lost;
	if (!full || !seen.packet_count)
		return wrong("%llu refused, %zu recorded", full, seen.packet_count);
	/* The server's buffer is full before the ring. */
	if (drops_lost == before.by[INGRESS].drops_lost)
		return wrong("no drop record was lost");
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

/* Limits options and storage of a socket to `len` bytes; returns the limit before. */
static int limit_option_memory(int len)
{
	FILE *limit = fopen("/proc/sys/net/core/optmem_max", "r+");
	int before = -1;

	if (!limit)
		return -1;
	if (fscanf(limit, "%d", &before) != 1 || fseek(limit, 0, SEEK_SET) ||
	    fprintf(limit, "%d\n", len) < 0)
		die("optmem_max: %s", strerror(errno));
	fclose(limit);
	return before;
}

/* Before 6.8 only the initial network namespace has the limit. */
static void check_without_storage(void)
{
	__u64 before = read_totals().by[EGRESS].no_storage + read_totals().by[INGRESS].no_storage;
	int limit = limit_option_memory(64);
	bool right;

	if (limit < 0) {
		absent(no_storage.name);
		return;
	}
	right = lookup_is(&no_storage);
	limit_option_memory(limit);
	storage_refused =
		read_totals().by[EGRESS].no_storage + read_totals().by[INGRESS].no_storage - before;
	if (right && !storage_refused)
		right = wrong("none was refused");
	report(no_storage.name, right);
}

static bool adds_up(void)
{
	__u64 recorded = 0, refused = 0, drops = 0, notices = 0, lost_drops = 0, lost_notices = 0;
	struct totals totals;

	usleep(RCU_GRACE_US);
	totals = read_totals();
	drain();
	for (int i = 0; i < 2; i++) {
		const struct counters *by = &totals.by[i];
		__u64 sum = by->skipped + by->no_payload + by->bad + by->ring_full + by->recorded;

		if (!same("seen", by->seen, sum) || !same("bad", by->bad, 0) ||
		    !same("fragments", by->fragments, 0))
			return false;
		recorded += by->recorded;
		refused += by->no_storage;
		drops += by->drops;
		notices += by->notices;
		lost_drops += by->drops_lost;
		lost_notices += by->notices_lost;
	}
	return same("no_storage", refused, storage_refused) &&
	       same("packets read", records_read.packets, recorded) &&
	       same("drop records read", records_read.drops, drops) &&
	       same("notices read", records_read.notices, notices) &&
	       same("drops_lost", lost_drops, drops_lost) &&
	       same("notices_lost", lost_notices, notices_lost);
}

int main(int count, char **arguments)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	if (count != 5)
		die("usage: %s OBJECT CGROUP ASKER COUNT", arguments[0]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (stage == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	snprintf(cgroup, sizeof(cgroup), "%s/asker-%d", arguments[2], getpid());
	load_each(arguments[1]);
	begin_attribution(arguments[3], arguments[4]);
	if (attach_all(arguments[1], arguments[2])) {
		bool walked = walk(), noticed = notices_cgroup();

		if (walked)
			passed("walk over older sockets");
		else
			absent("walk over older sockets");
		if (noticed || is_attached("cgroup_mkdir"))
			report("cgroup made", noticed);
		else
			absent("cgroup made");
		for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
			report(scenarios[i].name, lookup_is(&scenarios[i]));
		report(silent.name, lookup_is(&silent));
		report(skipped.name, skips());
		report(flood.name, survives_full_ring());
		check_without_storage();
		check_losses(cgroup, cgroup_id);
		check_attribution();
		report("counters add up", adds_up());
		rmdir(cgroup);
	}
	printf("@ done\n");
	return 0;
}
