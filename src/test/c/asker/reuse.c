/* SPDX-License-Identifier: Apache-2.0 */
/* Successive processes with the same process id. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "asker.h"

static pid_t spawn_next(pid_t before, long number)
{
	char comm[16];

	snprintf(comm, sizeof(comm), "reuse-%u", (unsigned int)number % 1000000);
	return before ? spawn_as(before, comm) : spawn(comm);
}

/* wait: receive the answer before exiting. */
static void ask_once(const char *what, int type, const struct address *to, int wait)
{
	int stream = type == SOCK_STREAM;
	int fd = open_socket(AF_INET, type, stream ? to : NULL);
	struct question q;

	make_question(&q, what);
	print_sender(&q);
	send_question(fd, stream ? NULL : to, &q);
	if (wait)
		receive_answer(fd, &q);
	_exit(0);
}

static void reuse(const char *what, long count, int type)
{
	pid_t child = 0;

	for (long i = 0; i < count; i++) {
		child = spawn_next(child, i);
		if (child == 0)
			ask_once(what, type, &servers.v4[0], i % 2);
		reap(child);
	}
}

void pid_reuse_udp(const char *what, long count)
{
	reuse(what, count, SOCK_DGRAM);
}

void pid_reuse_tcp(const char *what, long count)
{
	reuse(what, count, SOCK_STREAM);
}

/* A process passes its socket to a successor with the same process id. */
static void reuse_passed(const char *what, long count, int type)
{
	pid_t child = 0;

	for (long i = 0; i < count; i += 3) {
		int over[2], fd;

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, over))
			err(1, "socketpair");
		child = spawn_next(child, i);
		if (child == 0) {
			fd = open_socket(AF_INET, type, &servers.v4[0]);
			ask(fd, NULL, what);
			send_descriptor(over[1], fd);
			_exit(0);
		}
		fd = receive_descriptor(over[0]);
		reap(child);
		child = spawn_next(child, i + 1);
		if (child == 0) {
			for (long left = count - i - 1; left > 0 && left > count - i - 3; left--)
				ask(fd, NULL, what);
			_exit(0);
		}
		reap(child);
		close(fd);
		close(over[0]);
		close(over[1]);
	}
}

void pid_reuse_passed_udp(const char *what, long count)
{
	reuse_passed(what, count, SOCK_DGRAM);
}

void pid_reuse_passed_tcp(const char *what, long count)
{
	reuse_passed(what, count, SOCK_STREAM);
}
