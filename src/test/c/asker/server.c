/* SPDX-License-Identifier: Apache-2.0 */
/* Answers queries, and prints the reader of each query and the sender of each answer. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

#define MAX_CONNECTIONS 32
#define TIMEOUT_MS 30000
#define BACKLOG 64

struct address new_address(void)
{
	unsigned int number = atomic_fetch_add(&board->next_address, 1);
	struct address at;
	char text[16];

	if (number >= 250 * 250)
		errx(1, "no address left");
	snprintf(text, sizeof(text), "127.1.%u.%u", 1 + number / 250, 1 + number % 250);
	at.length = dns_address(&at.to, text, servers.port);
	return at;
}

int serve_at(const struct address *at, int type, int reuse_port)
{
	int fd = socket(at->to.ss_family, type, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		err(1, "socket");
	if (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)))
		err(1, "SO_REUSEPORT");
	if (bind(fd, (const struct sockaddr *)&at->to, at->length))
		err(1, "bind");
	/* Workers share it: those that get no connection must not block in accept(). */
	if (type == SOCK_STREAM && (listen(fd, BACKLOG) || fcntl(fd, F_SETFL, O_NONBLOCK)))
		err(1, "listen");
	return fd;
}

void print_reader(const uint8_t *query, enum doubt doubt)
{
	char name[256];

	dns_name(query, DNS_MAX, name, sizeof(name));
	print_row(name, SERVER_QUERY, doubt);
}

void answer_one(int fd, const uint8_t *query, size_t length, const struct address *to)
{
	uint8_t answer[DNS_MAX];
	char name[256];

	memcpy(answer, query, length);
	dns_name(query, length, name, sizeof(name));
	length = dns_answer(answer, length);
	if (write_message(fd, answer, length, to) < 0)
		err(1, "answer to %s", name);
	print_row(name, SERVER_RESPONSE, NONE);
	atomic_fetch_add(&board->answered, 1);
}

/* The doubt of the next query on the same socket. */
static enum doubt next_doubt(enum doubt doubt)
{
	return doubt == FIRST ? NONE : doubt;
}

void answer_datagrams(int fd, enum doubt doubt)
{
	for (;; doubt = next_doubt(doubt)) {
		uint8_t query[DNS_MAX] = { 0 };
		struct address from;
		ssize_t length = read_message(fd, query, sizeof(query), &from);

		if (length < 0)
			err(1, "server");
		print_reader(query, doubt);
		answer_one(fd, query, length, &from);
	}
}

static int answer_next(int fd, enum doubt doubt)
{
	uint8_t query[DNS_MAX] = { 0 };
	ssize_t length = read_message(fd, query, sizeof(query), NULL);

	if (length <= 0)
		return 0; /* closed, or reset by a process that exited */
	print_reader(query, doubt);
	answer_one(fd, query, length, NULL);
	return 1;
}

void answer_stream(int fd, enum doubt doubt)
{
	while (answer_next(fd, doubt))
		doubt = next_doubt(doubt);
}

void answer_connections(int listener, enum doubt doubt)
{
	struct pollfd watched[1 + MAX_CONNECTIONS] = { { .fd = listener, .events = POLLIN } };
	enum doubt doubts[1 + MAX_CONNECTIONS];
	int count = 1;

	for (;;) {
		if (poll(watched, count, -1) < 0)
			err(1, "poll");
		for (int i = count - 1; i > 0; i--) {
			if (!watched[i].revents)
				continue;
			if (answer_next(watched[i].fd, doubts[i])) {
				doubts[i] = next_doubt(doubts[i]);
				continue;
			}
			close(watched[i].fd);
			watched[i] = watched[--count];
			doubts[i] = doubts[count];
		}
		/* After the loop above, which moves entries. */
		if (watched[0].revents && count <= MAX_CONNECTIONS) {
			int fd = accept(listener, NULL, NULL);

			if (fd < 0 && errno != EAGAIN && errno != ECONNABORTED)
				err(1, "accept");
			if (fd >= 0) {
				watched[count] = (struct pollfd){ .fd = fd, .events = POLLIN };
				doubts[count++] = doubt;
			}
		}
	}
}

pid_t start_server(const char *comm, const struct address *at, int type, int how)
{
	int fd = -1, ready[2];
	char byte;
	pid_t server;

	if (pipe(ready))
		err(1, "pipe");
	server = spawn(comm);
	if (server == 0) {
		fd = serve_at(at, type, how & REUSE_PORT);
		if (how & CHANGE_USER)
			become_other_user();
		if (write(ready[1], "", 1) != 1)
			err(1, "pipe");
		close(ready[0]);
		close(ready[1]);
		if (type == SOCK_DGRAM)
			answer_datagrams(fd, NONE);
		answer_connections(fd, NONE);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "no server");
	close(ready[0]);
	return server;
}

struct default_servers start_servers(void)
{
	struct default_servers default_servers = { .count = 0 };

	for (int i = 0; i <= servers.v4_count; i++) {
		const struct address *at = i < servers.v4_count ? &servers.v4[i] : &servers.v6;

		default_servers.pids[default_servers.count++] =
			start_server("server", at, SOCK_DGRAM, 0);
		default_servers.pids[default_servers.count++] =
			start_server("server", at, SOCK_STREAM, 0);
	}
	return default_servers;
}

void settle(void)
{
	static const struct timespec moment = { .tv_nsec = 1000000 };

	for (int waited = 0; board->answered < board->asked; waited++) {
		if (waited > TIMEOUT_MS)
			errx(1, "%u of %u answered", board->answered, board->asked);
		nanosleep(&moment, NULL);
	}
}

void end_servers(const struct default_servers *default_servers)
{
	settle(); /* a client may have its answer before the server has printed the row */
	for (int i = 0; i < default_servers->count; i++)
		end(default_servers->pids[i]);
}
