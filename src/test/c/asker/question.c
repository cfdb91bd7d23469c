/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and their answers over one socket. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

atomic_uint next_number;

int open_socket(int family, int type, const struct address *to)
{
	struct timeval patience = { .tv_sec = 5 };
	int fd = socket(family, type, 0);

	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		err(1, "SO_RCVTIMEO");
	if (to && connect(fd, (const struct sockaddr *)&to->to, to->length))
		err(1, "connect");
	return fd;
}

void compose(struct question *q, const char *what)
{
	unsigned int number = atomic_fetch_add(&next_number, 1);

	q->id = number;
	snprintf(q->name, sizeof(q->name), "c%u-p%d-t%d.%s.ask.example.test", number, getpid(),
		 gettid(), what);
	q->length = dns_query(q->msg, q->id, q->name, 1);
}

void tell(const struct question *q)
{
	char line[300], comm[16];
	int length;

	prctl(PR_GET_NAME, comm);
	length = snprintf(line, sizeof(line), "%d %d %u %s %s\n", getpid(), gettid(), getuid(),
			  comm, q->name);
	if (write(STDOUT_FILENO, line, length) != length)
		err(1, "write");
}

static int is_stream(int fd)
{
	int type = 0;
	socklen_t length = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
	return type == SOCK_STREAM;
}

void put(int fd, const struct address *to, const struct question *q)
{
	uint8_t framed[2 + sizeof(q->msg)] = { q->length >> 8, q->length & 0xff };
	int skip = is_stream(fd) ? 0 : 2; /* only TCP has the length before it */

	memcpy(framed + 2, q->msg, q->length);
	if (sendto(fd, framed + skip, q->length + 2 - skip, 0,
		   to ? (const struct sockaddr *)&to->to : NULL, to ? to->length : 0) < 0)
		err(1, "send %s", q->name);
}

void take(int fd, const struct question *q)
{
	uint8_t answer[2048];
	size_t skip = is_stream(fd) ? 2 : 0;

	for (;;) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);

		if (n <= 0)
			err(1, "no answer to %s", q ? q->name : "anything");
		if (!q)
			return;
		if ((size_t)n >= skip + q->length && dns_id(answer + skip) == q->id &&
		    !memcmp(answer + skip + 12, q->msg + 12, q->length - 12))
			return;
	}
}

void ask(int fd, const struct address *to, const char *what)
{
	struct question q;

	compose(&q, what);
	tell(&q);
	put(fd, to, &q);
	take(fd, &q);
}

void reap(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child)
		err(1, "child");
	if (status)
		errx(1, "child %d ended with %#x", child, status);
}
