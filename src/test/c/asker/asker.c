/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends DNS queries from sockets that are hard to attribute (shared, inherited, passed on), and
 * prints the expected attribution in the lines of print_row(), with ids of its own pid namespace.
 *   asker [-4 ADDR,ADDR…] [-6 ADDR] [-p PORT] CASE COUNT      COUNT queries to running servers;
 *                                                             prints the senders of the queries
 *   asker … matrix COUNT                                      COUNT queries in all, spread over all
 *                                                             matrix cases; starts the servers;
 *                                                             prints the sender and the reader of
 *                                                             every message
 *   asker list                                                prints the cases
 * -l LABEL replaces the case's name in the names of the questions; -t prints the time it took.
 * The matrix prints `ready` once the sockets that must be older than the tracer are open, then
 * waits for a line on stdin.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

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

static int run(const char *name, const char *label, long count)
{
	if (!strcmp(name, "matrix")) {
		pid_t child;

		board->matrix = 1;
		/* The parent of every sender then runs in this pid namespace. */
		child = spawn("asker");
		if (child == 0) {
			run_matrix(count);
			return 0;
		}
		reap(child);
		return 0;
	}
	for (size_t i = 0; i < test_case_count; i++) {
		if (!strcmp(name, test_cases[i].name)) {
			if (test_cases[i].prepare)
				test_cases[i].prepare();
			test_cases[i].run(label ? label : name, count);
			return 0;
		}
	}
	errx(2, "no case %s: see asker list", name);
}

/* Continues a case after its exec. */
static int resume(char **arguments)
{
	int fd = atoi(arguments[2]);

	open_board(atoi(arguments[1]));
	if (!strcmp(arguments[0], "ask"))
		for (long left = atol(arguments[4]); left > 0; left--)
			ask(fd, NULL, arguments[3]);
	else if (!strcmp(arguments[0], "datagrams"))
		answer_datagrams(fd, FIRST);
	else
		answer_connections(fd, FIRST);
	return 0;
}

static unsigned long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000UL + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	char loopback[] = "127.0.0.1", *v4 = loopback;
	const char *v6 = "::1", *label = NULL;
	unsigned long begun = now_us();
	int option, timed = 0, result;

	servers.port = 53;
	while ((option = getopt(argc, argv, "4:6:p:l:t")) != -1) {
		if (option == '4')
			v4 = optarg;
		else if (option == '6')
			v6 = optarg;
		else if (option == 'p')
			servers.port = atoi(optarg);
		else if (option == 'l')
			label = optarg;
		else if (option == 't')
			timed = 1;
		else
			return 2;
	}
	if (argc - optind == 1 && !strcmp(argv[optind], "list")) {
		for (size_t i = 0; i < test_case_count; i++)
			puts(test_cases[i].name);
		return 0;
	}
	if (argc - optind > 1 && !strcmp(argv[optind], "resume"))
		return resume(argv + optind + 1);
	open_board(-1);
	if (argc - optind != 2)
		errx(2,
		     "[-4 ADDR,…] [-6 ADDR] [-p PORT] [-l LABEL] [-t] CASE|matrix COUNT, or list");
	set_servers(v4, v6);
	result = run(argv[optind], label, atol(argv[optind + 1]));
	if (timed)
		printf("lived %lu us\n", now_us() - begun);
	return result;
}
