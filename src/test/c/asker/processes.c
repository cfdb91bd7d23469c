/* SPDX-License-Identifier: Apache-2.0 */
/* Cases where a socket or an identity crosses processes. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

#define ROUND 20 /* questions per pair of processes */
#define OTHER_USER 1000

static long smaller(long a, long b)
{
	return a < b ? a : b;
}

/* Waits for the other's turn to end, asks, gives the turn back. */
static void ask_in_turn(int fd, const struct address *to, const char *what, int turn)
{
	char token;

	if (read(turn, &token, 1) != 1)
		errx(1, "the other one is gone");
	ask(fd, to, what);
	if (write(turn, &token, 1) != 1)
		err(1, "turn");
}

/* Parent and child ask in turn on one socket, the parent first; each reads its own answer. */
static void fork_pair(const char *what, long count, const struct address *to, int connected)
{
	const struct address *each = connected ? NULL : to;

	for (long left = count; left > 0; left -= ROUND) {
		int fd = open_socket(AF_INET, SOCK_DGRAM, connected ? to : NULL), turn[2];
		long both = smaller(left, ROUND);
		pid_t child;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, turn))
			err(1, "socketpair");
		child = fork();
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
				errx(1, "the child is gone");
		}
		reap(child);
		close(turn[0]);
		close(fd);
	}
}

void fork_connected(const char *what, long count)
{
	fork_pair(what, count, &servers.v4[0], 1);
}

void fork_unconnected(const char *what, long count)
{
	fork_pair(what, count, &servers.v4[0], 0);
}

/* Half before, half after an exec that keeps the connected socket and changes the name. */
void exec_connected(const char *what, long count)
{
	for (long left = count; left > 0; left -= ROUND) {
		long all = smaller(left, ROUND);
		pid_t child = fork();

		if (child == 0) {
			int fd = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
			char number[12], rest[24], next[12];

			for (long i = 0; i < all / 2; i++)
				ask(fd, NULL, what);
			snprintf(number, sizeof(number), "%d", fd);
			snprintf(rest, sizeof(rest), "%ld", all - all / 2);
			snprintf(next, sizeof(next), "%u", next_number);
			execl("/proc/self/exe", "asker", "resume", number, what, rest, next, NULL);
			err(1, "exec");
		}
		reap(child);
	}
}

static void become_other_user(void)
{
	if (setgid(OTHER_USER) || setuid(OTHER_USER))
		err(1, "setuid");
}

static void change_user(const char *what, long count, int before_connect)
{
	for (long left = count; left > 0; left -= ROUND) {
		pid_t child = fork();

		if (child == 0) {
			int fd;

			if (before_connect)
				become_other_user();
			fd = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
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
	change_user(what, count, 1);
}

void setuid_after(const char *what, long count)
{
	change_user(what, count, 0);
}

/* A process per question, gone before the answer. */
static void exit_at_once(const char *what, long count, const struct address *to)
{
	for (long i = 0; i < count; i++) {
		pid_t child = fork();

		if (child == 0) {
			struct question q;
			int fd = open_socket(to->to.ss_family, SOCK_DGRAM, NULL);

			compose(&q, what);
			tell(&q);
			put(fd, to, &q);
			_exit(0);
		}
		reap(child);
	}
}

void exit_at_once4(const char *what, long count)
{
	exit_at_once(what, count, &servers.v4[0]);
}

void exit_at_once6(const char *what, long count)
{
	exit_at_once(what, count, &servers.v6);
}

static void send_descriptor(int over, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec byte = { "", 1 };
	struct msghdr msg = { .msg_iov = &byte,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&msg);

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(int));
	if (sendmsg(over, &msg, 0) != 1)
		err(1, "SCM_RIGHTS");
}

static int receive_descriptor(int over)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	char byte;
	struct iovec into = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &into,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(over, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		errx(1, "no descriptor came");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

/* The parent connects and asks once, the child gets the socket passed and asks the rest. */
void passed(const char *what, long count)
{
	for (long left = count; left > 0; left -= ROUND) {
		long all = smaller(left, ROUND);
		int over[2], fd;
		pid_t child;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, over))
			err(1, "socketpair");
		child = fork();
		if (child == 0) {
			fd = receive_descriptor(over[1]);
			for (long i = 1; i < all; i++)
				ask(fd, NULL, what);
			_exit(0);
		}
		fd = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
		ask(fd, NULL, what);
		send_descriptor(over[0], fd);
		close(fd);
		reap(child);
		close(over[0]);
		close(over[1]);
	}
}

/* Two processes send the same message, id and name and all, each from its own socket. */
void twins(const char *what, long count)
{
	for (long i = 0; i < count; i += 2) {
		struct question q;
		pid_t child;
		int fd;

		compose(&q, what);
		child = fork();
		fd = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
		tell(&q);
		put(fd, NULL, &q);
		take(fd, &q);
		close(fd);
		if (child == 0)
			_exit(0);
		reap(child);
	}
}
