/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that a process opens before the tracer starts and uses afterwards. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

#define MAX_OLD_SERVERS 4

/* Set by prepare(), used by run(), in the same process. */
static struct {
	int fd; /* a client's socket */
	const struct address *to; /* null where it is connected */
	struct address at; /* a server's */
	int type;
	pid_t servers[MAX_OLD_SERVERS];
	int server_count;
} old;

static void keep(int fd, const struct address *to)
{
	old.fd = fd;
	old.to = to;
}

void open_old_connected4(void)
{
	keep(open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]), NULL);
}

void open_old_connected6(void)
{
	keep(open_socket(AF_INET6, SOCK_DGRAM, &servers.v6), NULL);
}

/* bind() gives it a port before the first send. */
void open_old_unconnected(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	keep(open_socket(AF_INET, SOCK_DGRAM, NULL), &servers.v4[0]);
	if (bind(old.fd, (struct sockaddr *)&any, sizeof(any)))
		err(1, "bind");
}

static void open_server(int type)
{
	old.at = new_address();
	old.type = type;
	old.servers[old.server_count++] = start_server("old-server", &old.at, type, 0);
}

static void open_old_stream(int mapped)
{
	struct address *to = &old.at;
	struct address six;

	open_server(SOCK_STREAM);
	if (mapped) {
		char text[64] = "::ffff:";

		inet_ntop(AF_INET, &((struct sockaddr_in *)&old.at.to)->sin_addr, text + 7,
			  sizeof(text) - 7);
		six.length = dns_address(&six.to, text, servers.port);
		to = &six;
	}
	keep(open_socket(to->to.ss_family, SOCK_STREAM, to), NULL);
}

void open_old_tcp(void)
{
	open_old_stream(0);
}

void open_old_tcp_mapped(void)
{
	open_old_stream(1);
}

void open_old_shared_udp(void)
{
	open_old_connected4();
}

void open_old_shared_tcp(void)
{
	open_old_tcp();
}

void open_old_server_udp(void)
{
	open_server(SOCK_DGRAM);
}

void open_old_server_tcp(void)
{
	open_server(SOCK_STREAM);
}

/* Several workers read from one socket, which this process keeps open too. */
static void open_workers(int type)
{
	int fd;

	old.at = new_address();
	old.type = type;
	fd = serve_at(&old.at, type, 0);
	while (old.server_count < MAX_OLD_SERVERS) {
		pid_t worker = spawn("old-worker");

		if (worker == 0 && type == SOCK_DGRAM)
			answer_datagrams(fd, SHARED);
		if (worker == 0)
			answer_connections(fd, FIRST);
		old.servers[old.server_count++] = worker;
	}
}

void open_old_workers_udp(void)
{
	open_workers(SOCK_DGRAM);
}

void open_old_workers_tcp(void)
{
	open_workers(SOCK_STREAM);
}

static void end_old(void)
{
	settle();
	while (old.server_count)
		end(old.servers[--old.server_count]);
}

void ask_old(const char *what, long count)
{
	for (long i = 0; i < count; i++)
		ask(old.fd, old.to, what);
	end_old();
}

/* The parent opened the socket before the tracer started; only its child asks. */
void ask_old_shared(const char *what, long count)
{
	pid_t child = spawn("old-heir");

	if (child == 0) {
		for (long i = 0; i < count; i++)
			ask(old.fd, NULL, what);
		_exit(0);
	}
	reap(child);
	end_old();
}

void ask_old_server(const char *what, long count)
{
	for (long i = 0; i < count; i++) {
		int fd = open_socket(AF_INET, old.type, &old.at);

		ask(fd, NULL, what);
		close(fd);
	}
	end_old();
}
