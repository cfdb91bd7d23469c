/* SPDX-License-Identifier: Apache-2.0 */
/* All ways, and the run of those in the matrix. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "asker.h"

const struct way ways[] = {
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

const size_t way_count = sizeof(ways) / sizeof(ways[0]);

/* A way's process; it waits for its turn with what it has prepared. */
struct player {
	pid_t pid;
	int turn;
};

static void play(const struct way *way, int ready, int turn)
{
	long count;

	if (way->prepare)
		way->prepare();
	if (write(ready, "", 1) != 1)
		err(1, "pipe");
	close(ready);
	if (read(turn, &count, sizeof(count)) != sizeof(count))
		errx(1, "%s: its turn never came", way->name);
	close(turn);
	way->run(way->name, count);
	settle();
	exit(0);
}

static struct player start(const struct way *way)
{
	struct player player;
	int ready[2], turn[2];
	char byte;

	if (pipe(ready) || pipe(turn))
		err(1, "pipe");
	player.pid = spawn("asker");
	if (player.pid == 0) {
		close(ready[0]);
		close(turn[1]);
		play(way, ready[1], turn[0]);
	}
	close(ready[1]);
	close(turn[0]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "%s did not begin", way->name);
	close(ready[0]);
	player.turn = turn[1];
	return player;
}

static void give_turn(const struct player *player, long count)
{
	if (write(player->turn, &count, sizeof(count)) != sizeof(count))
		err(1, "pipe");
	close(player->turn);
	reap(player->pid);
}

void run_matrix(long count)
{
	struct player old[sizeof(ways) / sizeof(ways[0])];
	long left = 0, done = 0;
	struct plain plain;
	char byte;

	for (size_t i = 0; i < way_count; i++) {
		left += ways[i].in_matrix;
		if (ways[i].prepare)
			old[i] = start(&ways[i]);
	}
	puts("ready");
	fflush(stdout);
	if (read(STDIN_FILENO, &byte, 1) != 1)
		errx(1, "nobody said go");
	plain = start_servers();
	for (size_t i = 0; i < way_count; i++) {
		struct player player;
		long part;

		if (!ways[i].in_matrix)
			continue;
		part = (count - done) / left--;
		player = ways[i].prepare ? old[i] : start(&ways[i]);
		give_turn(&player, part);
		done += part;
	}
	end_servers(&plain);
}
