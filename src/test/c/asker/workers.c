/* SPDX-License-Identifier: Apache-2.0 */
/* Servers with sockets that several processes use; ordinary clients. */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

#define WORKERS 3
#define EACH 3 /* questions on one connection */

static void ask_at(const char *what, long count, const struct address *at, int type)
{
	for (long left = count; left > 0; left -= EACH) {
		int fd = open_socket(AF_INET, type, at);

		for (long i = 0; i < EACH && i < left; i++)
			ask(fd, NULL, what);
		close(fd);
	}
}

static void end_all(const pid_t *pids, int count)
{
	settle();
	for (int i = 0; i < count; i++)
		end(pids[i]);
}

/* ---- workers on one socket --------------------------------------------------------------------
 */

static void prefork(const char *what, long count, int type)
{
	struct address at = new_address();
	int fd = serve_at(&at, type, 0);
	pid_t workers[WORKERS];

	for (int i = 0; i < WORKERS; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "worker-%d", i);
		workers[i] = spawn(comm);
		if (workers[i] != 0)
			continue;
		if (type == SOCK_DGRAM)
			answer_datagrams(fd, SHARED);
		answer_connections(fd, FIRST);
	}
	ask_at(what, count, &at, type);
	end_all(workers, WORKERS);
}

void serve_udp_prefork(const char *what, long count)
{
	prefork(what, count, SOCK_DGRAM);
}

void serve_tcp_prefork(const char *what, long count)
{
	prefork(what, count, SOCK_STREAM);
}

/* ---- a process for each query or connection ---------------------------------------------------
 */

/* The process reads, a child answers each query. */
static void fork_for_datagrams(int fd)
{
	for (;;) {
		uint8_t query[DNS_MAX] = { 0 };
		struct address from;
		ssize_t length = read_message(fd, query, sizeof(query), &from);
		pid_t child;

		if (length < 0)
			err(1, "server");
		print_reader(query, SHARED);
		child = spawn("answerer");
		if (child == 0) {
			answer_one(fd, query, length, &from);
			_exit(0);
		}
		reap(child);
	}
}

static int accept_next(int listener)
{
	struct pollfd watched = { .fd = listener, .events = POLLIN };

	for (;;) {
		int fd = poll(&watched, 1, -1) == 1 ? accept(listener, NULL, NULL) : -1;

		if (fd >= 0)
			return fd;
	}
}

static void fork_for_connections(int listener)
{
	for (;;) {
		int fd = accept_next(listener);
		pid_t child = spawn("answerer");

		if (child == 0) {
			answer_stream(fd, FIRST);
			_exit(0);
		}
		close(fd);
		reap(child);
	}
}

static void serve_with(const char *what, long count, int type, void (*serve)(int fd))
{
	struct address at = new_address();
	int fd = serve_at(&at, type, 0);
	pid_t server = spawn("dispatcher");

	if (server == 0)
		serve(fd);
	ask_at(what, count, &at, type);
	end_all(&server, 1);
}

void serve_udp_fork(const char *what, long count)
{
	serve_with(what, count, SOCK_DGRAM, fork_for_datagrams);
}

void serve_tcp_fork(const char *what, long count)
{
	serve_with(what, count, SOCK_STREAM, fork_for_connections);
}

/* ---- descriptors passed -----------------------------------------------------------------------
 */

/* Accepts connections and passes them to a process without the listener. */
static void pass_connections(int listener)
{
	int over[2];
	pid_t receiver;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, over))
		err(1, "socketpair");
	receiver = spawn("heir");
	if (receiver == 0) {
		close(listener);
		for (;;) {
			int fd = receive_descriptor(over[1]);

			answer_stream(fd, FIRST);
			close(fd);
		}
	}
	for (;;) {
		int fd = accept_next(listener);

		send_descriptor(over[0], fd);
		close(fd);
	}
}

void serve_tcp_passed(const char *what, long count)
{
	serve_with(what, count, SOCK_STREAM, pass_connections);
}

/* Binds the socket, then passes it to a server process that runs already. */
static void pass_server(const char *what, long count, int type)
{
	struct address at = new_address();
	int over[2], fd;
	pid_t receiver;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, over))
		err(1, "socketpair");
	receiver = spawn("heir");
	if (receiver == 0) {
		fd = receive_descriptor(over[1]);
		if (type == SOCK_DGRAM)
			answer_datagrams(fd, FIRST);
		answer_connections(fd, FIRST);
	}
	fd = serve_at(&at, type, 0);
	send_descriptor(over[0], fd);
	close(fd);
	ask_at(what, count, &at, type);
	end_all(&receiver, 1);
}

void serve_udp_passed(const char *what, long count)
{
	pass_server(what, count, SOCK_DGRAM);
}

void serve_tcp_listener_passed(const char *what, long count)
{
	pass_server(what, count, SOCK_STREAM);
}

/* Socket activation: binds the socket, then execs the server. */
static void serve_after_exec(const char *what, long count, int type)
{
	struct address at = new_address();
	int fd = serve_at(&at, type, 0);
	pid_t server = spawn("activated");

	if (server == 0) {
		char counts[12], number[12];

		snprintf(counts, sizeof(counts), "%d", board_fd);
		snprintf(number, sizeof(number), "%d", fd);
		execl("/proc/self/exe", "asker", "resume",
		      type == SOCK_DGRAM ? "datagrams" : "connections", counts, number, NULL);
		err(1, "exec");
	}
	close(fd);
	ask_at(what, count, &at, type);
	end_all(&server, 1);
}

void serve_udp_exec(const char *what, long count)
{
	serve_after_exec(what, count, SOCK_DGRAM);
}

void serve_tcp_exec(const char *what, long count)
{
	serve_after_exec(what, count, SOCK_STREAM);
}

/* ---- one process, its own socket --------------------------------------------------------------
 */

struct handoff {
	int fd, over[2];
};

struct received {
	uint8_t query[DNS_MAX];
	ssize_t length;
	struct address from;
};

static void *answer_received(void *argument)
{
	const struct handoff *handoff = argument;
	struct received received;

	rename_to("answering");
	while (read(handoff->over[1], &received, sizeof(received)) == sizeof(received))
		answer_one(handoff->fd, received.query, received.length, &received.from);
	return NULL;
}

/* One thread reads, another one answers. */
static void answer_by_thread(int fd)
{
	struct handoff handoff = { .fd = fd };
	struct received received;
	pthread_t thread;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, handoff.over) ||
	    pthread_create(&thread, NULL, answer_received, &handoff))
		errx(1, "no thread");
	for (enum doubt doubt = FIRST;; doubt = NONE) {
		memset(&received, 0, sizeof(received));
		received.length = read_message(fd, received.query, DNS_MAX, &received.from);
		if (received.length < 0)
			err(1, "server");
		print_reader(received.query, doubt);
		if (write(handoff.over[0], &received, sizeof(received)) != sizeof(received))
			err(1, "parcel");
	}
}

void serve_udp_threads(const char *what, long count)
{
	serve_with(what, count, SOCK_DGRAM, answer_by_thread);
}

static void serve_one_process(const char *what, long count, int type, int how)
{
	struct address at = new_address();
	pid_t server = start_server("loner", &at, type, how);

	ask_at(what, count, &at, type);
	end_all(&server, 1);
}

void serve_udp_setuid(const char *what, long count)
{
	serve_one_process(what, count, SOCK_DGRAM, CHANGE_USER);
}

void serve_tcp_setuid(const char *what, long count)
{
	serve_one_process(what, count, SOCK_STREAM, CHANGE_USER);
}

/* ---- several sockets on one port --------------------------------------------------------------
 */

static void reuseport(const char *what, long count, int type)
{
	struct address at = new_address();
	pid_t workers[WORKERS];

	for (int i = 0; i < WORKERS; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "reuser-%d", i);
		workers[i] = start_server(comm, &at, type, REUSE_PORT);
	}
	ask_at(what, count, &at, type);
	end_all(workers, WORKERS);
}

void serve_udp_reuseport(const char *what, long count)
{
	reuseport(what, count, SOCK_DGRAM);
}

void serve_tcp_reuseport(const char *what, long count)
{
	reuseport(what, count, SOCK_STREAM);
}

/* One process binds all sockets; each worker serves one. */
void serve_udp_reuseport_inherited(const char *what, long count)
{
	struct address at = new_address();
	pid_t workers[WORKERS];
	int fds[WORKERS];

	for (int i = 0; i < WORKERS; i++)
		fds[i] = serve_at(&at, SOCK_DGRAM, 1);
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = spawn("inheritor");
		if (workers[i] == 0)
			answer_datagrams(fds[i], FIRST);
	}
	ask_at(what, count, &at, SOCK_DGRAM);
	end_all(workers, WORKERS);
}

/* Two servers, one port, different addresses. */
static void addresses(const char *what, long count, int type)
{
	struct address at[2] = { new_address(), new_address() };
	pid_t two[2] = { start_server("first-address", &at[0], type, 0),
			 start_server("other-address", &at[1], type, 0) };

	ask_at(what, count - count / 2, &at[0], type);
	ask_at(what, count / 2, &at[1], type);
	end_all(two, 2);
}

void serve_udp_addresses(const char *what, long count)
{
	addresses(what, count, SOCK_DGRAM);
}

void serve_tcp_addresses(const char *what, long count)
{
	addresses(what, count, SOCK_STREAM);
}
