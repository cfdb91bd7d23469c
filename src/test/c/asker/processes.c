/* SPDX-License-Identifier: Apache-2.0 */
/* Cases in which a socket changes its process, or a process its user or id. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

#define ROUND 20 /* questions per pair of processes */

static long smaller(long a, long b)
{
	return a < b ? a : b;
}

/* Waits for the turn, asks, passes the turn back. */
static void ask_in_turn(int fd, const struct address *to, const char *what, int turn)
{
	char token;

	if (read(turn, &token, 1) != 1)
		errx(1, "the parent ended");
	ask(fd, to, what);
	if (write(turn, &token, 1) != 1)
		err(1, "turn");
}

/* Parent and child ask in turn on one socket, the parent first; each reads its own answer. */
static void fork_pair(const char *what, long count, int type, int connected)
{
	const struct address *to = &servers.v4[0], *each = connected ? NULL : to;

	for (long left = count; left > 0; left -= ROUND) {
		int fd = open_socket(AF_INET, type, connected ? to : NULL), turn[2];
		long both = smaller(left, ROUND);
		pid_t child;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, turn))
			err(1, "socketpair");
		child = spawn("asker-child");
		if (child == 0) {
			close(turn[0]);
			for (long i = 0; i < both / 2; i++)
				ask_in_turn(fd, each, what, turn[1]);
			_exit(0);
		}
		close(turn[1]);
		for (long i = 0; i < both; i++) {
			char token = 0;

			if (i % 2 == 0)
				ask(fd, each, what);
			else if (write(turn[0], &token, 1) != 1 || read(turn[0], &token, 1) != 1)
				errx(1, "the child ended");
		}
		reap(child);
		close(turn[0]);
		close(fd);
	}
}

void fork_connected(const char *what, long count)
{
	fork_pair(what, count, SOCK_DGRAM, 1);
}

void fork_unconnected(const char *what, long count)
{
	fork_pair(what, count, SOCK_DGRAM, 0);
}

void fork_tcp(const char *what, long count)
{
	fork_pair(what, count, SOCK_STREAM, 1);
}

/* Asks half before and half after an exec, which keeps the socket and changes the comm. */
static void exec(const char *what, long count, int type)
{
	for (long left = count; left > 0; left -= ROUND) {
		long all = smaller(left, ROUND);
		pid_t child = spawn("asker-before");

		if (child == 0) {
			int fd = open_socket(AF_INET, type, &servers.v4[0]);
			char number[12], rest[24], counts[12];

			for (long i = 0; i < all / 2; i++)
				ask(fd, NULL, what);
			snprintf(counts, sizeof(counts), "%d", board_fd);
			snprintf(number, sizeof(number), "%d", fd);
			snprintf(rest, sizeof(rest), "%ld", all - all / 2);
			execl("/proc/self/exe", "asker", "resume", "ask", counts, number, what,
			      rest, NULL);
			err(1, "exec");
		}
		reap(child);
	}
}

void exec_connected(const char *what, long count)
{
	exec(what, count, SOCK_DGRAM);
}

void exec_tcp(const char *what, long count)
{
	exec(what, count, SOCK_STREAM);
}

static void change_user(const char *what, long count, int type, int before_connect)
{
	for (long left = count; left > 0; left -= ROUND) {
		pid_t child = spawn("asker-user");

		if (child == 0) {
			int fd;

			if (before_connect)
				become_other_user();
			fd = open_socket(AF_INET, type, &servers.v4[0]);
			if (!before_connect)
				become_other_user();
			for (long i = 0; i < smaller(left, ROUND); i++)
				ask(fd, NULL, what);
			_exit(0);
		}
		reap(child);
	}
}

void setuid_before(const char *what, long count)
{
	change_user(what, count, SOCK_DGRAM, 1);
}

void setuid_after(const char *what, long count)
{
	change_user(what, count, SOCK_DGRAM, 0);
}

void setuid_tcp_before(const char *what, long count)
{
	change_user(what, count, SOCK_STREAM, 1);
}

void setuid_tcp_after(const char *what, long count)
{
	change_user(what, count, SOCK_STREAM, 0);
}

/* Exits without waiting for the answer. */
static void ask_and_exit(const char *what, int type, const struct address *to)
{
	int stream = type == SOCK_STREAM;
	int fd = open_socket(to->to.ss_family, type, stream ? to : NULL);
	struct question q;

	make_question(&q, what);
	print_sender(&q);
	send_question(fd, stream ? NULL : to, &q);
	_exit(0);
}

/* One process per question; it exits before the answer arrives. */
static void exit_at_once(const char *what, long count, int type, const struct address *to)
{
	for (long i = 0; i < count; i++) {
		pid_t child = spawn("asker-short");

		if (child == 0)
			ask_and_exit(what, type, to);
		reap(child);
		if (board->matrix && i % ROUND == ROUND - 1)
			settle(); /* or the server's receive buffer overflows */
	}
}

void exit_at_once4(const char *what, long count)
{
	exit_at_once(what, count, SOCK_DGRAM, &servers.v4[0]);
}

void exit_at_once6(const char *what, long count)
{
	exit_at_once(what, count, SOCK_DGRAM, &servers.v6);
}

void exit_at_once_tcp(const char *what, long count)
{
	exit_at_once(what, count, SOCK_STREAM, &servers.v4[0]);
}

/* The parent asks once, then passes the socket to the child (SCM_RIGHTS), which asks the rest. */
static void pass(const char *what, long count, int type, int connected)
{
	const struct address *to = &servers.v4[0], *each = connected ? NULL : to;

	for (long left = count; left > 0; left -= ROUND) {
		long all = smaller(left, ROUND);
		int over[2], fd;
		pid_t child;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, over))
			err(1, "socketpair");
		child = spawn("asker-heir");
		if (child == 0) {
			fd = receive_descriptor(over[1]);
			for (long i = 1; i < all; i++)
				ask(fd, each, what);
			_exit(0);
		}
		fd = open_socket(AF_INET, type, connected ? to : NULL);
		ask(fd, each, what);
		send_descriptor(over[0], fd);
		close(fd);
		reap(child);
		close(over[0]);
		close(over[1]);
	}
}

void passed(const char *what, long count)
{
	pass(what, count, SOCK_DGRAM, 1);
}

void passed_unconnected(const char *what, long count)
{
	pass(what, count, SOCK_DGRAM, 0);
}

void passed_tcp(const char *what, long count)
{
	pass(what, count, SOCK_STREAM, 1);
}

/* Two processes send byte-identical queries, each from its own socket. */
void twins(const char *what, long count)
{
	for (long i = 0; i < count; i += 2) {
		struct question q;
		pid_t child;
		int fd;

		make_question(&q, what);
		child = fork();
		fd = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
		print_sender(&q);
		send_question(fd, NULL, &q);
		receive_answer(fd, &q);
		close(fd);
		if (child == 0)
			_exit(0);
		reap(child);
	}
}
