/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks in all the ways that make it hard to say who asked, and prints the truth, one line per
 * packet sent: PID TID UID COMM NAME, in the program's own pid namespace.
 *   asker [-4 ADDR,ADDR…] [-6 ADDR] [-p PORT] CASE COUNT      COUNT questions
 *   asker … all COUNT                                         COUNT in all, spread over the
 *                                                             cases of attribution over UDP
 *   asker list                                                the cases
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

static const struct way {
	const char *name;
	void (*run)(const char *what, long count);
	int in_all;
} ways[] = {
	{ "connected4", udp_connected4, 1 },
	{ "connected6", udp_connected6, 1 },
	{ "connected-mapped", udp_connected_mapped, 1 },
	{ "unconnected4", udp_unconnected4, 1 },
	{ "unconnected6", udp_unconnected6, 1 },
	{ "unconnected-mapped", udp_unconnected_mapped, 1 },
	{ "threads-own", threads_own, 1 },
	{ "threads-shared", threads_shared, 1 },
	{ "threads-shared-unconnected", threads_shared_unconnected, 1 },
	{ "fork-connected", fork_connected, 1 },
	{ "fork-unconnected", fork_unconnected, 1 },
	{ "exec-connected", exec_connected, 1 },
	{ "setuid-before", setuid_before, 1 },
	{ "setuid-after", setuid_after, 1 },
	{ "exit-at-once4", exit_at_once4, 1 },
	{ "exit-at-once6", exit_at_once6, 1 },
	{ "passed", passed, 1 },
	{ "tcp4", tcp4, 0 },
	{ "tcp6", tcp6, 0 },
	{ "ip-options", ip_options, 0 },
	{ "hop-by-hop", hop_by_hop, 0 },
	{ "nameservers", nameservers, 0 },
	{ "twins", twins, 0 },
	{ "close-early", close_early, 0 },
	{ "pending", pending, 0 },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

struct servers servers;

static void set_servers(char *v4, const char *v6)
{
	char mapped[64];

	for (char *one = strtok(v4, ","); one; one = strtok(NULL, ",")) {
		struct address *next = &servers.v4[servers.v4_count++];

		if (servers.v4_count > MAX_SERVERS)
			errx(2, "more than %d servers", MAX_SERVERS);
		next->length = dns_address(&next->to, one, servers.port);
		snprintf(mapped, sizeof(mapped), "::ffff:%s", one);
		servers.mapped.length = dns_address(&servers.mapped.to, mapped, servers.port);
		if (next->to.ss_family != AF_INET)
			errx(2, "not an IPv4 address: %s", one);
	}
	servers.v6.length = dns_address(&servers.v6.to, v6, servers.port);
	if (servers.v6.to.ss_family != AF_INET6)
		errx(2, "not an IPv6 address: %s", v6);
}

static void run_all(long count)
{
	long spread = 0, done = 0;

	for (size_t i = 0; i < WAYS; i++)
		spread += ways[i].in_all;
	for (size_t i = 0; i < WAYS; i++) {
		if (ways[i].in_all) {
			long part = (count - done) / spread--;

			ways[i].run(ways[i].name, part);
			done += part;
		}
	}
}

static int run(const char *name, long count)
{
	if (!strcmp(name, "all")) {
		run_all(count);
		return 0;
	}
	for (size_t i = 0; i < WAYS; i++) {
		if (!strcmp(name, ways[i].name)) {
			ways[i].run(name, count);
			return 0;
		}
	}
	errx(2, "no case %s: see asker list", name);
}

int main(int argc, char **argv)
{
	char loopback[] = "127.0.0.1", *v4 = loopback;
	const char *v6 = "::1";
	int option;

	servers.port = 53;
	while ((option = getopt(argc, argv, "4:6:p:")) != -1) {
		if (option == '4')
			v4 = optarg;
		else if (option == '6')
			v6 = optarg;
		else if (option == 'p')
			servers.port = atoi(optarg);
		else
			return 2;
	}
	if (argc - optind == 1 && !strcmp(argv[optind], "list")) {
		for (size_t i = 0; i < WAYS; i++)
			puts(ways[i].name);
		return 0;
	}
	/* exec-connected comes back here: a socket left open over exec. */
	if (argc - optind == 5 && !strcmp(argv[optind], "resume")) {
		next_number = atoi(argv[optind + 4]);
		for (long left = atol(argv[optind + 3]); left > 0; left--)
			ask(atoi(argv[optind + 1]), NULL, argv[optind + 2]);
		return 0;
	}
	if (argc - optind != 2)
		errx(2, "[-4 ADDR,…] [-6 ADDR] [-p PORT] CASE|all COUNT, or list");
	set_servers(v4, v6);
	return run(argv[optind], atol(argv[optind + 1]));
}
