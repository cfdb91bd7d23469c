/* SPDX-License-Identifier: Apache-2.0 */
/* The table of all cases, and the matrix run. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "asker.h"

const struct test_case test_cases[] = {
	{ "connected4", udp_connected4, NULL, 1 },
	{ "connected6", udp_connected6, NULL, 1 },
	{ "connected-mapped", udp_connected_mapped, NULL, 1 },
	{ "unconnected4", udp_unconnected4, NULL, 1 },
	{ "unconnected6", udp_unconnected6, NULL, 1 },
	{ "unconnected-mapped", udp_unconnected_mapped, NULL, 1 },
	{ "tcp4", tcp4, NULL, 1 },
	{ "tcp6", tcp6, NULL, 1 },
	{ "tcp-mapped", tcp_mapped, NULL, 1 },
	{ "tcp-many", tcp_many, NULL, 1 },
	{ "threads-own", threads_own, NULL, 1 },
	{ "threads-shared", threads_shared, NULL, 1 },
	{ "threads-shared-unconnected", threads_shared_unconnected, NULL, 1 },
	{ "threads-tcp", threads_tcp, NULL, 1 },
	{ "fork-connected", fork_connected, NULL, 1 },
	{ "fork-unconnected", fork_unconnected, NULL, 1 },
	{ "fork-tcp", fork_tcp, NULL, 1 },
	{ "exec-connected", exec_connected, NULL, 1 },
	{ "exec-tcp", exec_tcp, NULL, 1 },
	{ "setuid-before", setuid_before, NULL, 1 },
	{ "setuid-after", setuid_after, NULL, 1 },
	{ "setuid-tcp-before", setuid_tcp_before, NULL, 1 },
	{ "setuid-tcp-after", setuid_tcp_after, NULL, 1 },
	{ "exit-at-once4", exit_at_once4, NULL, 1 },
	{ "exit-at-once6", exit_at_once6, NULL, 1 },
	{ "exit-at-once-tcp", exit_at_once_tcp, NULL, 1 },
	{ "passed", passed, NULL, 1 },
	{ "passed-unconnected", passed_unconnected, NULL, 1 },
	{ "passed-tcp", passed_tcp, NULL, 1 },
	{ "pid-reuse-udp", pid_reuse_udp, NULL, 1 },
	{ "pid-reuse-tcp", pid_reuse_tcp, NULL, 1 },
	{ "pid-reuse-passed-udp", pid_reuse_passed_udp, NULL, 1 },
	{ "pid-reuse-passed-tcp", pid_reuse_passed_tcp, NULL, 1 },
	{ "netns-udp", netns_udp, NULL, 1 },
	{ "netns-tcp", netns_tcp, NULL, 1 },
	{ "netns-left", netns_left, NULL, 1 },
	{ "one-port-udp", one_port_udp, NULL, 1 },
	{ "one-port-tcp", one_port_tcp, NULL, 1 },
	{ "reuseport-udp", reuseport_udp, NULL, 1 },
	{ "serve-udp-prefork", serve_udp_prefork, NULL, 1 },
	{ "serve-udp-fork", serve_udp_fork, NULL, 1 },
	{ "serve-udp-passed", serve_udp_passed, NULL, 1 },
	{ "serve-udp-exec", serve_udp_exec, NULL, 1 },
	{ "serve-udp-threads", serve_udp_threads, NULL, 1 },
	{ "serve-udp-setuid", serve_udp_setuid, NULL, 1 },
	{ "serve-udp-reuseport", serve_udp_reuseport, NULL, 1 },
	{ "serve-udp-reuseport-inherited", serve_udp_reuseport_inherited, NULL, 1 },
	{ "serve-udp-addresses", serve_udp_addresses, NULL, 1 },
	{ "serve-tcp-prefork", serve_tcp_prefork, NULL, 1 },
	{ "serve-tcp-fork", serve_tcp_fork, NULL, 1 },
	{ "serve-tcp-passed", serve_tcp_passed, NULL, 1 },
	{ "serve-tcp-listener-passed", serve_tcp_listener_passed, NULL, 1 },
	{ "serve-tcp-exec", serve_tcp_exec, NULL, 1 },
	{ "serve-tcp-setuid", serve_tcp_setuid, NULL, 1 },
	{ "serve-tcp-reuseport", serve_tcp_reuseport, NULL, 1 },
	{ "serve-tcp-addresses", serve_tcp_addresses, NULL, 1 },
	{ "old-connected4", ask_old, open_old_connected4, 1 },
	{ "old-connected6", ask_old, open_old_connected6, 1 },
	{ "old-unconnected", ask_old, open_old_unconnected, 1 },
	{ "old-tcp", ask_old, open_old_tcp, 1 },
	{ "old-tcp-mapped", ask_old, open_old_tcp_mapped, 1 },
	{ "old-shared-udp", ask_old_shared, open_old_shared_udp, 1 },
	{ "old-shared-tcp", ask_old_shared, open_old_shared_tcp, 1 },
	{ "old-server-udp", ask_old_server, open_old_server_udp, 1 },
	{ "old-server-tcp", ask_old_server, open_old_server_tcp, 1 },
	{ "old-workers-udp", ask_old_server, open_old_workers_udp, 1 },
	{ "old-workers-tcp", ask_old_server, open_old_workers_tcp, 1 },
	{ "ip-options", ip_options, NULL, 0 },
	{ "hop-by-hop", hop_by_hop, NULL, 0 },
	{ "nameservers", nameservers, NULL, 0 },
	{ "twins", twins, NULL, 0 },
	{ "close-early", close_early, NULL, 0 },
	{ "pending", pending, NULL, 0 },
};

const size_t test_case_count = sizeof(test_cases) / sizeof(test_cases[0]);

/* The process of a case; it has prepared and waits for its turn. */
struct case_process {
	pid_t pid;
	int turn;
};

static void run_case(const struct test_case *test_case, int ready, int turn)
{
	long count;

	if (test_case->prepare)
		test_case->prepare();
	if (write(ready, "", 1) != 1)
		err(1, "pipe");
	close(ready);
	if (read(turn, &count, sizeof(count)) != sizeof(count))
		errx(1, "%s: no turn", test_case->name);
	close(turn);
	test_case->run(test_case->name, count);
	settle();
	exit(0);
}

static struct case_process start_case(const struct test_case *test_case)
{
	struct case_process case_process;
	int ready[2], turn[2];
	char byte;

	if (pipe(ready) || pipe(turn))
		err(1, "pipe");
	case_process.pid = spawn("asker");
	if (case_process.pid == 0) {
		close(ready[0]);
		close(turn[1]);
		run_case(test_case, ready[1], turn[0]);
	}
	close(ready[1]);
	close(turn[0]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "%s did not start", test_case->name);
	close(ready[0]);
	case_process.turn = turn[1];
	return case_process;
}

static void run_turn(const struct case_process *case_process, long count)
{
	if (write(case_process->turn, &count, sizeof(count)) != sizeof(count))
		err(1, "pipe");
	close(case_process->turn);
	reap(case_process->pid);
}

void run_matrix(long count)
{
	struct case_process old[sizeof(test_cases) / sizeof(test_cases[0])];
	long left = 0, done = 0;
	struct default_servers default_servers;
	char byte;

	for (size_t i = 0; i < test_case_count; i++) {
		left += test_cases[i].in_matrix;
		if (test_cases[i].prepare)
			old[i] = start_case(&test_cases[i]);
	}
	puts("ready");
	fflush(stdout);
	if (read(STDIN_FILENO, &byte, 1) != 1)
		errx(1, "stdin ended before the start line");
	default_servers = start_servers();
	for (size_t i = 0; i < test_case_count; i++) {
		struct case_process case_process;
		long part;

		if (!test_cases[i].in_matrix)
			continue;
		part = (count - done) / left--;
		case_process = test_cases[i].prepare ? old[i] : start_case(&test_cases[i]);
		run_turn(&case_process, part);
		done += part;
	}
	end_servers(&default_servers);
}
